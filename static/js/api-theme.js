// Swagger UI is dark by a class of its own; it follows the site's theme and the system's.
const page = document.documentElement;
const night = matchMedia("(prefers-color-scheme: dark)");

function follow() {
  const dark = page.classList.contains("dark") || (night.matches && !page.classList.contains("light"));
  if (page.classList.contains("dark-mode") !== dark) page.classList.toggle("dark-mode", dark);
}

night.addEventListener("change", follow);
new MutationObserver(follow).observe(page, { attributeFilter: ["class"] });
follow();
