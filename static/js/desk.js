// j and k move through the items of the page; a and r go to the two decisions. Off where shortcuts are off.
const items = [...document.querySelectorAll("[data-item]")];
const off = () => document.documentElement.dataset.shortcuts === "off";
const typing = (event) => event.target.closest("input, textarea, select, [contenteditable]");

function move(step) {
  const here = items.indexOf(document.activeElement.closest("[data-item]"));
  const next = items[Math.max(0, Math.min(items.length - 1, here < 0 ? 0 : here + step))];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

function choose(key) {
  const field = document.querySelector(`[data-choose="${key}"]`);
  if (field) return field.focus();
  const link = document.activeElement.closest("[data-item]");
  if (link?.href) location.assign(`${link.href}#choose-${key}`);
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || off() || typing(event)) return;
  const act = { j: () => move(1), k: () => move(-1), a: () => choose("a"), r: () => choose("r") }[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});
