// Theme and shortcuts at once, without a new page; the form does the same without a script.
const root = document.documentElement;

const apply = {
  theme(value) {
    root.classList.remove("light", "dark");
    if (value !== "system") root.classList.add(value);
  },
  shortcuts(value) {
    root.dataset.shortcuts = value;
  },
};

for (const form of document.querySelectorAll("[data-preferences]")) {
  form.addEventListener("submit", (event) => {
    const { name, value } = event.submitter;
    event.preventDefault();
    const secure = location.protocol === "https:" ? "; secure" : "";
    document.cookie = `${name}=${value}; path=/; max-age=31536000; samesite=lax${secure}`;
    apply[name](value);
    for (const button of form.querySelectorAll(`[name="${name}"]`)) {
      button.setAttribute("aria-pressed", String(button.value === value));
    }
  });
}
