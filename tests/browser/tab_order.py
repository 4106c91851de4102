"""The way by Tab around a page: where it stops, in which order, and whether each stop is marked and uncovered."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from playwright.sync_api import Page

_STOPS = """() => {
  const groups = new Set();
  const can = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]';
  return [...document.querySelectorAll(can)]
    .filter(e => e.checkVisibility({visibilityProperty: true}) && !e.disabled && e.tabIndex >= 0)
    .filter(e => {
      if (e.type !== 'radio') return true;
      if (groups.has(e.name)) return false;
      return groups.add(e.name);
    }).length;
}"""

FOCUS = """() => {
  const e = document.activeElement;
  if (!e || e === document.body) return null;
  const label = e.id && document.querySelector(`label[for="${e.id}"]`);
  const choice = e.type === 'radio' || e.type === 'checkbox';
  const marked = [e, choice && label].filter(Boolean).some(x => {
    const s = getComputedStyle(x);
    return s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 3;
  });
  const box = (choice && label ? label : e), r = box.getBoundingClientRect();
  // A link over two lines has its middle between them, and a tall field may reach out of the window: ask of the first
  // line, and of what the window holds of it (2.4.11: not entirely hidden).
  const first = box.getClientRects()[0];
  const middle = (from, to, end) => (Math.max(0, from) + Math.min(to, end)) / 2;
  const top = document.elementFromPoint(
    middle(first.left, first.right, innerWidth), middle(first.top, first.bottom, innerHeight));
  const aside = box.parentElement.closest('.region, .scroll')?.scrollLeft || 0;  // the focus moves what it is in
  const free = top !== null && (box.contains(top) || top === e || top === label);
  const lies = top && `${top.tagName}.${top.className} at ${Math.round(first.left)},${Math.round(first.top)}`;
  return {name: e.type === 'radio' ? e.name : e.id || e.value || e.textContent.trim(), marked, free, over: lies,
          kind: `${e.tagName}.${e.className}.${e.type || ''}${choice && label ? label.parentElement.className : ''}`,
          x: r.x + aside, y: r.y + scrollY, width: r.width, height: r.height, top: r.y};
}"""


_LISTEN = f"""() => {{
  if (!window.stops) addEventListener('keydown', () => window.stops.push(({FOCUS})()), {{capture: true}});
  window.stops = [];
  document.body.tabIndex = -1;  // from the top, wherever the focus was: one round is enough
  document.body.focus({{preventScroll: true}});
  document.body.removeAttribute('tabindex');
}}"""
"""At each key, where the one before it has led: asked on the page, so that a stop costs one message and not two."""
_AT_ONCE = 8


def stops(page: Page) -> list[dict[str, Any]]:
    """Where Tab leads, once around the page, beginning at its top."""
    page.evaluate(_LISTEN)
    for _ in range(500 // _AT_ONCE):
        for _ in range(_AT_ONCE):
            page.keyboard.down("Tab")  # held down: it goes on as often as it is said, in half the messages of a press
        met = page.evaluate("window.stops")[1:]  # the first is the page itself
        if None in met:
            page.keyboard.up("Tab")
            return list(met[: met.index(None)])
    page.keyboard.up("Tab")
    return []


def faults_of(page: Page) -> list[str]:
    """Whether Tab meets everything, in the order in which it is seen, marked and uncovered."""
    way = [stop for stop in stops(page) if not stop["kind"].startswith("IFRAME")]  # a frame keeps its own way
    faults = [f"not marked: {stop['name']}" for stop in way if not stop["marked"]]
    faults += [f"covered: {stop['name']} ({stop['kind']}) by {stop['over']}" for stop in way if not stop["free"]]
    expected = page.evaluate(_STOPS)
    if len(way) != expected:
        faults.append(f"Tab stops {len(way)} times where {expected} can be used")
    for one, next_ in pairwise(way[1:]):  # the skip link lies outside until it has the focus
        is_above = next_["y"] + next_["height"] <= one["y"] and next_["x"] < one["x"] + one["width"]
        is_beside = abs(next_["y"] - one["y"]) < 4 and next_["x"] < one["x"]
        if is_above or is_beside:
            faults.append(f"out of order: {one['name']} before {next_['name']}")
    return faults
