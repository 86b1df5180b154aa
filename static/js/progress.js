// Replaces the live part of a publication's page by the server's newest, until it is done.
const live = document.querySelector("[data-live]");
const PAUSE = 1000;
const LONGEST = 15000;
let pause = PAUSE;
let shown = "";

async function refresh() {
  try {
    const answer = await fetch(live.dataset.live, { headers: { accept: "text/html" } });
    if (!answer.ok) throw new Error(String(answer.status));
    const text = await answer.text();
    const news = text.replace(/csrfmiddlewaretoken" value="[^"]*"/g, "");
    if (news !== shown) live.innerHTML = text; // so that nothing moves under one's hand for nothing
    shown = news;
    pause = PAUSE;
  } catch {
    pause = Math.min(pause * 2, LONGEST);
  }
  if (live.querySelector("[data-done]")) location.reload();
  else setTimeout(refresh, pause);
}

if (live && !live.querySelector("[data-done]")) setTimeout(refresh, pause);
