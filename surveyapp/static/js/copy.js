// Makes of the link to a table as text a button that copies it. Without this file, without a clipboard, or when copying is
// refused, it stays the link it is.
"use strict";
(() => {
  if (!navigator.clipboard) return;
  for (const link of document.querySelectorAll("a[data-copy]")) {
    const button = document.createElement("button");
    const said = document.createElement("span");
    said.setAttribute("role", "status");
    said.className = "small muted";
    button.type = "button";
    button.className = "button secondary small-button";
    button.textContent = link.dataset.copy;
    button.addEventListener("click", async () => {
      said.textContent = "";
      try {
        const answer = await fetch(link.href);
        if (!answer.ok) throw new Error(answer.statusText);
        await navigator.clipboard.writeText(await answer.text());
        said.textContent = ` ${link.dataset.copied}`;
      } catch {
        link.hidden = false;
        link.click();
      }
    });
    link.hidden = true;
    link.after(button, said);
  }
})();
