// Tools that fit what is typed, in a list below the search box; without a script the form does it.
const PAUSE = 150;
const MOST = 6;

function option(box, card, place) {
  const link = document.createElement("a");
  link.id = `${box.id}-option-${place}`;
  link.className = "suggestion";
  link.href = card.url;
  link.tabIndex = -1;
  link.setAttribute("role", "option");
  const name = document.createElement("span");
  name.className = "suggestion-name";
  name.textContent = card.tool;
  const summary = document.createElement("span");
  summary.className = "suggestion-text";
  summary.textContent = card.summary;
  link.append(name, summary);
  return link;
}

function attach(box) {
  const list = document.createElement("div");
  list.id = `${box.id}-list`;
  list.className = "suggestions";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Tools that fit");
  box.closest(".search-box").append(list);
  const said = { role: "combobox", "aria-autocomplete": "list", "aria-controls": list.id };
  for (const [name, value] of Object.entries(said)) box.setAttribute(name, value);
  let timer;
  let asking;
  let chosen = -1;

  function show(cards) {
    chosen = -1;
    list.replaceChildren(...cards.map((card, place) => option(box, card, place)));
    open(cards.length > 0);
  }

  function open(is) {
    list.hidden = !is;
    box.setAttribute("aria-expanded", String(is));
    if (!is) choose(-1);
  }

  function choose(place) {
    list.children[chosen]?.removeAttribute("aria-selected");
    chosen = place;
    const now = list.children[chosen];
    now?.setAttribute("aria-selected", "true");
    now?.scrollIntoView({ block: "nearest" });
    if (now) box.setAttribute("aria-activedescendant", now.id);
    else box.removeAttribute("aria-activedescendant");
  }

  async function ask() {
    asking?.abort();
    const words = box.value.trim();
    if (words.length < 2) return show([]);
    asking = new AbortController();
    try {
      const query = new URLSearchParams({ q: words, size: MOST });
      const answer = await fetch(`/api/v1/search?${query}`, { signal: asking.signal });
      if (answer.ok && document.activeElement === box) show((await answer.json()).results);
    } catch {
      // an answer that was overtaken, or none: the form still works
    }
  }

  box.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  });
  box.addEventListener("keydown", (event) => {
    const count = list.children.length;
    if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      open(false);
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && count) {
      event.preventDefault();
      if (list.hidden) open(true);
      const step = event.key === "ArrowDown" ? 1 : -1;
      choose(((chosen + 1 + step + count + 1) % (count + 1)) - 1);
    } else if (event.key === "Enter" && chosen >= 0) {
      event.preventDefault();
      location.assign(list.children[chosen].href);
    }
  });
  box.closest("form").addEventListener("submit", () => clearTimeout(timer));
  box.addEventListener("blur", () => {
    clearTimeout(timer);
    asking?.abort();
    open(false);
  });
  list.addEventListener("mousedown", (event) => event.preventDefault()); // keeps the focus in the box
  open(false);
}

for (const box of document.querySelectorAll("[data-search-key]")) attach(box);
