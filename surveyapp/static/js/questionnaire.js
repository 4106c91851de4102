// Comfort on top of pages that work without it. Nothing here decides what is stored.
(() => {
  "use strict";

  // The pages before the questions only fetch this, so that the first page of questions has it at hand on a slow line.
  if (document.currentScript && "fetchOnly" in document.currentScript.dataset) return;

  const form = document.getElementById("q");
  const main = document.querySelector("[data-main]");
  const status = document.querySelector(".status");
  const owner = main && main.form;

  // A page that came back with questions is the answer to a post. Left in the history as such, "back" would ask to send
  // the form again; as its own address it is simply fetched.
  if (form && form.dataset.answered) window.history.replaceState(window.history.state, "", window.location.href);

  // Print buttons exist only where they can work.
  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }

  // A second press of a button while the first is under way does nothing; after 400 ms the main one says so and keeps its
  // focus. A press that leads nowhere (stopped, a dead line) lets go after ten seconds: the server takes one form once.
  let sending = null;
  if (owner) {
    owner.addEventListener("submit", (event) => {
      if (event.defaultPrevented) return;
      const label = main.textContent;
      if (sending && sending === event.submitter) { event.preventDefault(); return; }
      sending = event.submitter || main;
      const busy = window.setTimeout(() => {
        main.setAttribute("aria-disabled", "true");
        main.textContent = owner.dataset.busy;
      }, 400);
      window.setTimeout(() => {
        window.clearTimeout(busy);
        sending = null;
        main.removeAttribute("aria-disabled");
        main.textContent = label;
      }, 10000);
    });
    window.addEventListener("pageshow", (event) => {
      if (event.persisted) window.location.reload();
    });
  }

  // What this tab keeps of one person's pages until the server has them. A page says at which save each page is: what was
  // sent in over an earlier save than that has arrived; all else is brought to the server now, as a draft. Pages that say
  // nothing of it are the end of a visit. The preview in the console keeps nothing. (The form has buttons called
  // "action", which hide its property of that name.)
  const told = document.querySelector("[data-saves]");
  const page = form ? form.getAttribute("action").replace(/^.*\//, "") : "";
  const place = form && form.dataset.draft ? `page:${form.dataset.owner}:${page}` : ""; // in whichever language
  const kept = (() => { try { return window.sessionStorage; } catch { return null; } })();
  // The next page may be on its way without what is brought now: then it stays here for that page to compare.
  let leaving = false;
  window.addEventListener("beforeunload", () => { leaving = true; });
  const drop = (name) => { if (kept && !leaving) kept.removeItem(name); };
  const read = (name) => { try { return JSON.parse(kept.getItem(name)) || {}; } catch { return {}; } }; // none, or of an older version
  const write = (name, held) => { try { kept.setItem(name, JSON.stringify(held)); } catch { /* full or forbidden: the page still works */ } };
  const aside = `${place}:were`; // texts that gave way to "none of these", for this page alone
  const pageOf = (name) => name.slice(name.lastIndexOf(":") + 1);
  const bring = (draft, text) => {
    const typed = new URLSearchParams(text);
    typed.set("csrf_token", document.querySelector("[name=csrf_token]").value);
    typed.set("action", "recall");
    return fetch(draft, { method: "POST", body: typed, redirect: "error" });
  };
  if (kept) {
    const saves = new Map((told ? told.dataset.saves : "").split(" ").map((each) => each.split(":")));
    for (const name of Object.keys(kept)) {
      if (!name.startsWith("page:") || name === place || name === aside) continue;
      const held = read(name);
      const isMine = told && held.draft && name.startsWith(`page:${told.dataset.owner}:`);
      const isSaved = () => held.sent && Number(saves.get(pageOf(name)) || 0) > Number(new URLSearchParams(held.text).get("expected"));
      if (!isMine || isSaved()) { kept.removeItem(name); continue; }
      bring(held.draft, held.text).then(({ status }) => { if (status < 412) drop(name); }, () => {});
    }
  }
  if (!form || !("draft" in form.dataset)) return;

  const turn = form.elements.namedItem("turn");
  const next = () => { if (turn) turn.value = String(Number(turn.value) + 1); }; // so that none that comes late counts
  const body = () => new URLSearchParams(new FormData(form));
  const say = (text, kind) => {
    if (!status) return;
    status.textContent = text;
    status.classList.toggle("offline", kind === "offline");
    status.classList.toggle("visually-hidden", kind === "spoken");
  };
  // Fill in these fields as somebody left them: a mapping of names to the values that were there.
  const refill = (fields, values) => {
    for (const field of fields) {
      const were = values.get(field.name);
      if (!were) continue;
      if (field.type === "radio" || field.type === "checkbox") field.checked = were.includes(field.value);
      else if (were.length) field.value = were[0];
    }
  };

  // "None of these" and "don't know" stand alone; the server asks when this did not run. A text that gives way to them
  // is back when they are taken back.
  form.addEventListener("change", (event) => {
    const field = event.target;
    const question = field.closest && field.closest(".question");
    if (!question) return;
    const alone = "exclusive" in field.dataset, texts = question.querySelectorAll("input[type=text], textarea, select");
    const back = () => { for (const text of texts) text.value = text.value || text.dataset.were || read(aside)[text.name] || ""; };
    if (alone && !field.checked) back();
    if (!field.checked) return;
    if (field.type === "checkbox" || field.name.endsWith("__missing")) {
      let gave = false;
      for (const other of question.querySelectorAll("input[type=checkbox]:checked")) {
        if (other === field || !(alone || "exclusive" in other.dataset)) continue;
        other.checked = false;
        gave = true;
        if (!alone) back();
      }
      if (alone) for (const text of texts) {
        gave = gave || Boolean(text.value);
        text.dataset.were = text.value;
        if (place) write(aside, { ...read(aside), [text.name]: text.value });
        text.value = "";
      }
      if (gave) say(form.dataset.alone, "spoken");
    }
  });

  // Who fills in an answer after "don't know" gives that answer.
  form.addEventListener("input", (event) => {
    if (!event.target.value) return;
    for (const apart of form.querySelectorAll(`[name="${event.target.name}__missing"]`)) apart.checked = false;
  });

  // Once everything that was asked about is answered, nothing is passed over any more: the buttons say so.
  const passing = [...document.querySelectorAll("[data-passes]")], otherwise = main && main.dataset.otherwise;
  const isAnswered = (question) => [...question.querySelectorAll("input, select, textarea")].some((field) =>
    (field.type === "radio" || field.type === "checkbox" ? field.checked : Boolean(field.value.trim())));
  if (otherwise) {
    const without = main.textContent;
    const name = () => {
      const all = [...form.querySelectorAll(".has-prompt")].every(isAnswered);
      for (const button of passing) button.textContent = all ? otherwise : without;
    };
    form.addEventListener("input", name);
    form.addEventListener("change", name);
    name();
  }

  // "Clear answer" without going to the server.
  const clears = (question) => question.querySelector(".clear");
  form.addEventListener("change", (event) => {
    const question = event.target.closest && event.target.closest(".question");
    if (question && event.target.type === "radio" && clears(question)) clears(question).hidden = false;
  });
  form.addEventListener("click", (event) => {
    const button = event.target.closest && event.target.closest("button.clear");
    if (!button) return;
    event.preventDefault();
    const question = button.closest(".question");
    const radios = question.querySelectorAll("input[type=radio]");
    for (const radio of radios) radio.checked = false;
    for (const text of question.querySelectorAll(".other input")) text.value = "";
    clears(question).hidden = true;
    if (radios.length) radios[0].focus();
    question.dispatchEvent(new Event("change", { bubbles: true }));
  });

  // How many characters are left; spoken at 90 % and 100 % only.
  const count = (field) => {
    const counter = document.getElementById(`${field.id}-counter`);
    if (!counter) return;
    const left = Number(field.dataset.maximum) - [...field.value.trim().normalize("NFC")].length;
    const form = Math.abs(left) === 1 ? "One" : "Many";
    const text = counter.dataset[(left < 0 ? "over" : "left") + form];
    counter.textContent = text.replace("{n}", String(Math.abs(left)));
    counter.classList.toggle("over", left < 0);
    const stage = left < 0 ? 2 : left <= Number(field.dataset.maximum) / 10 ? 1 : 0;
    if (stage > Number(field.dataset.stage || 0)) say(counter.textContent, "spoken");
    field.dataset.stage = String(stage);
  };
  // Parts that have to be 100 together.
  const add = (list) => {
    const output = list.querySelector("output"), fields = [...list.querySelectorAll("input")];
    const decimal = document.documentElement.lang === "nl" ? "," : ".";
    let sum = 0;
    for (const field of fields) {
      const value = field.value.replace("%", "").trim().replace(decimal, ".");
      if (/^\d+(\.\d+)?$/.test(value)) sum += Number(value);
    }
    output.hidden = fields.every((field) => !field.value.trim());
    output.textContent = String(Math.round(sum * 100) / 100).replace(".", decimal);
    output.classList.toggle("off", sum !== Number(list.dataset.total));
  };
  const addAll = (part) => { for (const list of part.querySelectorAll("div.allocation")) add(list); };
  addAll(form);
  form.addEventListener("input", (event) => {
    if (event.target.matches("textarea[data-maximum]")) count(event.target);
    const list = event.target.closest("div.allocation");
    if (list) add(list);
  });

  // Questions that come and go with an answer on this page: the server draws their places anew, focus and text stay.
  // What stood in a question that went is back when it comes again.
  const gone = new Map();
  let asking = null;
  const renew = (fresh) => {
    const old = document.getElementById(fresh.id);
    if (!old) return false;
    const focused = old.contains(document.activeElement) ? document.activeElement.id : "";
    const typed = new FormData(form);
    for (const field of old.querySelectorAll("[name^=q_]")) gone.set(field.name, typed.getAll(field.name));
    const appears = !old.querySelector("[name^=q_]") && fresh.querySelector("[name^=q_]");
    old.replaceWith(fresh);
    refill(fresh.querySelectorAll("[name^=q_]"), gone);
    addAll(fresh);
    if (focused && document.getElementById(focused)) document.getElementById(focused).focus();
    return Boolean(appears);
  };
  form.addEventListener("change", async (event) => {
    if (!event.target.closest || !event.target.closest("[data-steers]")) return;
    if (asking) asking.abort();
    const mine = asking = new AbortController();
    form.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(form.dataset.visible, { method: "POST", body: body(), signal: mine.signal, redirect: "error" });
      if (answer.status === 200) {
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const appeared = [...page.querySelectorAll(".slot")].map((slot) => renew(document.adoptNode(slot)));
        if (appeared.includes(true)) say(form.dataset.appeared, "spoken");
      }
    } catch { /* gone on, asked again or offline: sending the page brings the questions up all the same */ }
    if (asking === mine) form.removeAttribute("aria-busy");
  });

  if (!place) return;

  // What was typed, for this tab alone: until the server has it.
  const remember = (sent = "") => write(place, { draft: form.dataset.draft, text: body().toString(), sent });

  // A draft on the server, two seconds after the last key and every four while somebody types on, and at once when the
  // page is left: never checked, never counted, shown again on return. When it is there, the page says since when; that is
  // no status message, which a screen reader would read after every pause.
  const since = form.querySelector(".kept");
  let timer = 0, begun = 0, isNew = false;
  let underway = null;
  const keep = async () => {
    if (underway) underway.abort(); // an older one on a slow line must not land last
    const mine = underway = new AbortController();
    next();
    const text = body().toString();
    begun = 0;
    try {
      const answer = await fetch(form.dataset.draft, {
        method: "POST", body: new URLSearchParams(text), signal: mine.signal, redirect: "error", keepalive: text.length < 60000,
      });
      if (answer.status !== 204) { since.hidden = true; throw new Error("not kept"); }
      if (begun || sending) return; // typed on, or on its way
      isNew = false;
      drop(place);
      const time = new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hour12: false });
      since.textContent = form.dataset.kept.replace("{time}", time);
      since.hidden = false;
    } catch { /* it stays here, and goes along with the next */ }
  };
  const later = () => {
    isNew = true;
    remember();
    begun = begun || Date.now();
    window.clearTimeout(timer);
    timer = window.setTimeout(keep, Math.max(Math.min(2000, begun + 4000 - Date.now()), 0));
  };
  form.addEventListener("input", later);
  form.addEventListener("change", later);
  const leave = () => {
    window.clearTimeout(timer);
    if (!isNew || sending) return;
    isNew = false;
    keep();
  };
  window.addEventListener("beforeunload", leave);
  window.addEventListener("pagehide", leave);
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") leave(); });

  // Without a connection the form stays here and is sent once there is one again.
  let waiting = null;
  const recall = () => {
    if (form.dataset.answered) { remember(); return; } // the answer to a post holds what only this page can hold
    const held = read(place);
    if (!held.text) return;
    // The language button brought it along, and numbers are written in the other way now.
    if (held.sent === "language" && held.draft !== form.dataset.draft) { kept.removeItem(place); return; }
    const typed = new URLSearchParams(held.text);
    const answers = (fields) => [...fields].filter(([name]) => name.startsWith("q_")).map(String).sort().join("\n");
    if (answers(typed) === answers(new FormData(form))) { kept.removeItem(place); return; } // the server has it
    // The server draws the page with it: the questions it brings up, and what was saved elsewhere since beside it.
    bring(form.dataset.draft, held.text).then((answer) => {
      if (answer.status === 204) {
        drop(place);
        window.location.reload();
        return;
      }
      // More than a draft can hold, or another tab's text stands there: it stands here as it was left, and over what it
      // was typed over. Questions that it brings up find their text in what is gone.
      for (const name of [...new FormData(form).keys(), ...typed.keys()]) gone.set(name, typed.getAll(name));
      refill(form.querySelectorAll(answer.status === 412 ? "[name^=q_], [name=expected], [name=drawn]" : "[name^=q_]"), gone);
      const steering = form.querySelector("[data-steers] :is(input, select)");
      if (steering) steering.dispatchEvent(new Event("change", { bubbles: true }));
    }, () => { /* still no connection: it stays here */ });
  };
  recall();
  form.addEventListener("submit", (event) => {
    window.clearTimeout(timer);
    if (underway) underway.abort();
    next();
    if (event.submitter && event.submitter.value === "elsewhere") { if (kept) kept.removeItem(place); }
    else remember((event.submitter && event.submitter.value) || "next");
    if (navigator.onLine) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    waiting = event.submitter;
    say(form.dataset.offline, "offline");
  }, true);
  window.addEventListener("online", () => {
    if (!waiting) return;
    const button = waiting;
    waiting = null;
    say("");
    form.requestSubmit(button);
  });
})();
