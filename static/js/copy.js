// A button with data-copy copies its text and says so; without a script it stays hidden.
for (const button of document.querySelectorAll("[data-copy]")) {
  const label = button.querySelector("[data-copy-label]");
  const resting = label.textContent;
  let timer;
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
      label.textContent = button.dataset.copiedText;
      button.dataset.copied = "";
    } catch {
      label.textContent = button.dataset.failedText;
    }
    clearTimeout(timer);
    timer = setTimeout(() => {
      label.textContent = resting;
      delete button.dataset.copied;
    }, 2000);
  });
}
