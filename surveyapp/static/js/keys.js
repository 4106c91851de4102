// Single keys for who works through many: a box under the form switches them off, and they stay off (WCAG 2.1.4).
"use strict";
window.singleKeys = (name, place, label, show, press) => {
  const line = document.createElement("p");
  const words = document.createElement("label");
  const on = document.createElement("input");
  line.className = "choice small";
  on.type = "checkbox";
  on.id = "keys";
  words.htmlFor = "keys";
  words.textContent = label;
  try { on.checked = localStorage.getItem(name) !== "off"; } catch { on.checked = true; }
  on.addEventListener("change", () => {
    show(on.checked);
    try { localStorage.setItem(name, on.checked ? "on" : "off"); } catch { /* it lasts as long as the page */ }
  });
  line.append(on, words);
  place.append(line);
  show(on.checked);
  document.addEventListener("keydown", (event) => {
    const held = document.activeElement;
    const types = held && held.matches('input:not([type="checkbox"]), textarea, select');
    if (!on.checked || types || event.ctrlKey || event.metaKey || event.altKey) return;
    if (press(event.key, held)) event.preventDefault();
  });
};
