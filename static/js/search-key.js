// "/" moves to the search box, unless one types or has switched shortcuts off.
const box = document.querySelector("main [data-search-key]") ?? document.querySelector("[data-search-key]");
const off = () => document.documentElement.dataset.shortcuts === "off";

for (const hint of document.querySelectorAll("[data-key-hint]")) hint.hidden = off();

document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || off() || !box) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  event.preventDefault();
  box.focus();
  box.select();
});
