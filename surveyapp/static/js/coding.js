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

  const line = document.createElement("p");
  const label = document.createElement("label");
  const on = document.createElement("input");
  line.className = "choice small";
  on.type = "checkbox";
  on.id = "keys";
  label.htmlFor = "keys";
  label.textContent = form.dataset.keysOn;
  try { on.checked = localStorage.getItem("coding-keys") !== "off"; } catch { on.checked = true; }
  const show = () => form.classList.toggle("with-keys", on.checked);
  on.addEventListener("change", () => {
    show();
    try { localStorage.setItem("coding-keys", on.checked ? "on" : "off"); } catch { /* it lasts as long as the page */ }
  });
  line.append(on, label);
  form.append(line);
  show();

  document.addEventListener("keydown", (event) => {
    const held = document.activeElement;
    const types = held && held.matches('input:not([type="checkbox"]), textarea, select');
    if (!on.checked || types || event.ctrlKey || event.metaKey || event.altKey) return;
    const box = keys.get(event.key);
    if (box) {
      box.checked = !box.checked;
      box.dispatchEvent(new Event("change", { bubbles: true }));
      event.preventDefault();
    } else if (event.key === "Enter" && (held === document.body || (held && held.name === "code"))) {
      form.requestSubmit();
      event.preventDefault();
    }
  });
})();
