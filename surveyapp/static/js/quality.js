// J and K lead to the next and the previous flagged questionnaire: in the list from row to row, on a questionnaire from
// one to the other. Without this file there are the links they follow.
"use strict";
(() => {
  const queue = document.getElementById("queue");
  if (!queue) return;
  const rows = [...queue.querySelectorAll("tbody th a")];
  const step = (by) => {
    const at = rows.findIndex((link) => link.closest("tr").contains(document.activeElement));
    const next = rows[at < 0 ? (by > 0 ? 0 : rows.length - 1) : at + by];
    if (next) next.focus();
  };
  const follow = (rel) => {
    const link = queue.querySelector(`a[rel="${rel}"]`);
    if (link) link.click();
  };
  window.singleKeys("quality-keys", queue, queue.dataset.keysOn, () => {}, (key) => {
    const by = { j: 1, k: -1 }[key.toLowerCase()];
    if (!by) return false;
    if (rows.length) step(by);
    else follow(by > 0 ? "next" : "prev");
    return true;
  });
})();
