// Lets the figures look again every half minute while somebody looks at them. Without this file the page is whole: the
// link "Refresh" does the same. No answer means no change (204); a failure leaves the figures and says so.
"use strict";
(() => {
  const EVERY = 30_000;
  const LONGEST = 300_000;
  const bar = document.getElementById("live-bar");
  const pause = document.getElementById("pause");
  const stale = document.getElementById("stale");
  const stand = document.getElementById("stand");
  const figures = () => document.getElementById("figures");
  if (!bar || !pause || !figures()) return;

  let wait = EVERY;
  let due = Date.now() + EVERY;
  let paused = false;
  let opened = [];
  let ticked = [];
  let scrolled = [];
  let focused = null;

  const clock = () => new Intl.DateTimeFormat("nl-NL", {
    hour: "2-digit", minute: "2-digit", timeZone: "Europe/Amsterdam",
  }).format(new Date());
  const filled = (name) => bar.dataset[name].replace("{t1}", clock()).replace("{t0}", stand.textContent.trim());
  const look = () => {
    due = Date.now() + wait;
    htmx.trigger(figures(), "look");
  };
  const succeeded = (moment) => {
    wait = EVERY;
    stale.textContent = "";
    if (moment) stand.textContent = moment;
  };
  const failed = () => {
    wait = Math.min(wait * 2, LONGEST);
    due = Date.now() + wait;
    stale.textContent = filled("stale");
  };

  pause.hidden = false;
  pause.addEventListener("click", () => {
    paused = !paused;
    pause.setAttribute("aria-pressed", String(paused));
    pause.textContent = paused ? bar.dataset.resume : bar.dataset.pause;
    stale.textContent = paused ? filled("paused") : "";
    if (!paused) look();
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && !paused && Date.now() >= due) look();
  });
  setInterval(() => {
    if (!document.hidden && !paused && Date.now() >= due) look();
  }, 1_000);

  // What was opened, scrolled or focused stays so over a swap. A control is found back by where it leads or its region,
  // and by its turn among those alike: a count that changed is still the same link.
  const alike = (address) =>
    [...figures().querySelectorAll("a")].filter((link) => link.getAttribute("href") === address);
  document.body.addEventListener("htmx:beforeSwap", () => {
    opened = [...figures().querySelectorAll("details[open]")].map((element) => element.id);
    ticked = [...figures().querySelectorAll("input:checked")].map((element) => element.id);
    const held = document.activeElement;
    focused = figures().contains(held)
      ? {
          address: held.getAttribute("href"),
          turn: alike(held.getAttribute("href")).indexOf(held),
          holder: held.closest("[id]").id,
          tag: held.tagName,
        }
      : null;
    scrolled = [...figures().querySelectorAll(".region")].map((element) => [element.id, element.scrollLeft]);
  });
  document.body.addEventListener("htmx:afterSwap", () => {
    opened.forEach((id) => document.getElementById(id)?.setAttribute("open", ""));
    ticked.forEach((id) => { const found = document.getElementById(id); if (found) found.checked = true; });
    if (focused) {
      const holder = document.getElementById(focused.holder) || figures();
      const found = focused.address
        ? alike(focused.address)[focused.turn]
        : holder.tagName === focused.tag ? holder : holder.querySelector(focused.tag.toLowerCase());
      found?.focus({ preventScroll: true });
    }
    scrolled.forEach(([id, left]) => { const found = document.getElementById(id); if (found) found.scrollLeft = left; });
  });
  document.body.addEventListener("htmx:afterRequest", (event) => {
    const answer = event.detail.xhr;
    if (answer && (answer.status === 200 || answer.status === 204)) succeeded(answer.getResponseHeader("X-Stand"));
    else failed();
  });
})();
