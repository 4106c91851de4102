// Digits tick the codes of an answer, Enter saves and goes on; who does not want that switches it off, and it stays off.
// Without this file the page is whole: boxes and a button.
"use strict";
(() => {
  const form = document.getElementById("codes");
  if (!form) return;
  const boxes = [...form.querySelectorAll('input[name="code"]')];
  const apart = boxes[boxes.length - 1];
  const keyed = boxes.slice(0, -1).slice(0, 9);
  const keys = new Map(keyed.map((box, at) => [String(at + 1), box]));
  keys.set("0", apart);

  for (const [key, box] of keys) {
    const hint = document.createElement("kbd");
    hint.textContent = key;
    hint.setAttribute("aria-hidden", "true");
    box.before(hint);
  }
  // An answer that cannot be coded has no other codes.
  form.addEventListener("change", (event) => {
    if (!event.target.checked) return;
    boxes.filter((box) => (event.target === apart) !== (box === apart)).forEach((box) => { box.checked = false; });
  });

  const show = (isOn) => form.classList.toggle("with-keys", isOn);
  window.singleKeys("coding-keys", form, form.dataset.keysOn, show, (key, held) => {
    const box = keys.get(key);
    if (box) {
      box.checked = !box.checked;
      box.dispatchEvent(new Event("change", { bubbles: true }));
      return true;
    }
    const isSaved = key === "Enter" && (held === document.body || (held && held.name === "code"));
    if (isSaved) form.requestSubmit();
    return isSaved;
  });
})();
