"""What a page is asked in the browser beside axe: our own questions about what axe cannot see; answers are faults."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page

_SHOWN = """() => {
  const root = document.documentElement, all = [...root.querySelectorAll('*')];
  const copy = document.implementation.createHTMLDocument('').importNode(root, true);  // where nothing is fetched
  if (document.activeElement !== document.body) {
    const at = all.indexOf(document.activeElement);
    copy.querySelectorAll('*')[at]?.setAttribute('data-focused', '');
  }
  // What a person did stands in properties, which a document written down does not show: put them in its attributes.
  [...copy.querySelectorAll('*')].forEach((e, i) => {
    const own = all[i];
    if (own.localName === 'input') {
      e.toggleAttribute('checked', own.checked);
      if (!['checkbox', 'radio', 'file', 'password'].includes(own.type)) e.setAttribute('value', own.value);
      else if (own.type === 'password' && own.value) e.setAttribute('value', '*');
    } else if (own.localName === 'option') e.toggleAttribute('selected', own.selected);
    else if (own.localName === 'textarea') e.textContent = own.value;
  });
  copy.querySelectorAll('script').forEach(e => e.remove());
  const shown = '<!doctype html>' + copy.outerHTML;
  copy.querySelector('[data-focused]')?.removeAttribute('data-focused');
  // What is drawn by lot or read off the clock, and as long each time: tokens, keys, codes, numbers of faults, times.
  const same = text => text.replace(/[0-9A-Za-z]/g, 'x');
  const short = text => text.replace(/\\d\\d:\\d\\d/g, '00:00')
    .replace(/[\\w.-]{10,}/g, word => /\\d/.test(word) ? same(word) : word);
  for (const e of copy.querySelectorAll('*')) {
    if (e.localName === 'input' && e.type === 'hidden') e.removeAttribute('value');
    for (const {name, value} of [...e.attributes])
      if (name === 'src' && value.startsWith('data:')) e.setAttribute(name, '');
      else if (/^(href|src|action|formaction|datetime|data-|hx-)/.test(name) && !value.startsWith('#'))
        e.setAttribute(name, name === 'datetime' ? same(value) : short(value));
    const drawn = e.matches('code, .code, .receipt');
    for (const part of e.childNodes)
      if (part.nodeType === Node.TEXT_NODE) part.data = drawn ? same(part.data) : short(part.data);
  }
  return {shown, alike: `${all.indexOf(document.activeElement)} ${copy.outerHTML}`};
}"""

_FRAME = """() => {
  const d = document.documentElement, seen = new Set(), faults = [];
  // Respondents touch, and get 44 pixels; the team's pages keep the 24 of WCAG 2.5.8.
  const least = document.body.classList.contains('console') ? 23.5 : 43.5;
  const wide = d.scrollWidth - d.clientWidth;
  if (wide > 0) faults.push(`${wide} pixels too wide`);
  const shown = e => e.checkVisibility() && !e.closest('.visually-hidden, .skip-link');
  const small = [...document.querySelectorAll('a, button, input, select, textarea, summary')]
    .filter(e => shown(e) && e.type !== 'hidden')
    .map(e => {
      const choice = e.type === 'radio' || e.type === 'checkbox';
      const box = choice && document.querySelector(`label[for="${e.id}"]`) || e;
      const r = box.getBoundingClientRect();
      // A link in a sentence is as high as its line (WCAG 2.5.8 excepts it); one that stands alone is a target.
      const around = e.closest('p, li, dd');
      const inline = e.tagName === 'A' && around && around.textContent.trim() !== e.textContent.trim();
      return {what: box.textContent.trim().slice(0, 40) || e.name, width: r.width, height: r.height, inline};
    })
    .filter(t => !t.inline && (t.width < least || t.height < least));
  for (const t of small) faults.push(`small: ${t.what} ${Math.round(t.width)}x${Math.round(t.height)}`);
  const ids = [...document.querySelectorAll('[id]')].map(e => e.id);
  for (const id of ids) { if (seen.has(id)) faults.push(`twice: #${id}`); seen.add(id); }
  return faults;
}"""

_OVERLAPS = """() => {
  const faults = [], boxes = [], known = new Map();
  // What is wrong with a box itself; asked once, however many texts it holds. A drawing has no box of this sort.
  const wrong = a => {
    if (!known.has(a)) {
      const style = getComputedStyle(a), drawn = a instanceof SVGElement;
      known.set(a, [
        !drawn && style.display !== 'inline' && a.scrollWidth > a.clientWidth + 1 && style.overflowX !== 'auto',
        !drawn && style.overflowY === 'hidden' && a.scrollHeight > a.clientHeight + 1]);
    }
    return known.get(a);
  };
  const hidden = e => !e.checkVisibility() || e.closest('.visually-hidden, .skip-link, title');
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; node = walker.nextNode();) {
    const e = node.parentElement;
    if (!node.data.trim() || hidden(e) || e.closest('script, select, textarea')) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const r of range.getClientRects()) if (r.width > 1) boxes.push({e, r, what: node.data.trim().slice(0, 30)});
    for (let a = e; a && a !== document.body; a = a.parentElement) {
      const [wide, cut] = wrong(a);
      if (wide) faults.push(`too wide for its box: ${node.data.trim().slice(0, 40)} in ${a.tagName}.${a.className}`);
      if (cut) faults.push(`cut off: ${node.data.trim().slice(0, 40)}`);
      if (wide || cut) break;
    }
  }
  // What lies within a drawing is data: two groups with one value lie over each other.
  const controls = 'input:not([type=hidden]), select, textarea, button, .button, svg:not(svg svg)';
  for (const e of document.querySelectorAll(controls)) {
    if (!hidden(e) && getComputedStyle(e).opacity !== '0')
      boxes.push({e, r: e.getBoundingClientRect(), what: e.id || e.value || e.tagName, control: true});
  }
  boxes.sort((a, b) => a.r.top - b.r.top);
  for (let i = 0; i < boxes.length; i++) for (let j = i + 1; j < boxes.length; j++) {
    const a = boxes[i], b = boxes[j];
    if (b.r.top > a.r.bottom) break;  // and so does everything after it
    if (a.e === b.e || a.e.contains(b.e) && a.control || b.e.contains(a.e) && b.control) continue;
    const across = Math.min(a.r.right, b.r.right) - Math.max(a.r.left, b.r.left);
    const down = Math.min(a.r.bottom, b.r.bottom) - Math.max(a.r.top, b.r.top);
    if (across > 2 && down > 5) faults.push(`over each other: ${a.what} / ${b.what}`);
  }
  return [...new Set(faults)];
}"""

_SPACING = """on => {
  if (!on) { document.adoptedStyleSheets = []; return; }
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: 0.12em !important;
    word-spacing: 0.16em !important; } p { margin-bottom: 2em !important; }`);
  document.adoptedStyleSheets = [sheet];
}"""

_BORDERS = """() => [...document.querySelectorAll('input:not([type=hidden]), select, textarea, button, .button')]
  .filter(e => e.checkVisibility() && !e.closest('.visually-hidden'))
  .filter(e => {
    const drawn = x => x && ['Top', 'Right', 'Bottom', 'Left'].some(side => {
      const s = getComputedStyle(x);
      return parseFloat(s[`border${side}Width`]) >= 1 && s[`border${side}Style`] !== 'none';
    });
    if (e.matches('.quiet')) return getComputedStyle(e).textDecorationLine !== 'underline';
    const native = (e.type === 'radio' || e.type === 'checkbox') && getComputedStyle(e).opacity !== '0';
    return !native && !drawn(e) && !drawn(document.querySelector(`label[for="${e.id}"]`));
  })
  .map(e => `no border: ${e.id || e.textContent.trim() || e.name}`)"""

_PRINT = """() => [...document.querySelectorAll('button, .button, input, select, textarea, nav'
    + ', .skip-link, .language, .footer-links')]
  .filter(e => e.checkVisibility()).map(e => `printed: ${e.id || e.textContent.trim().slice(0, 30)}`)"""

_NAMES = """() => {
  const faults = [];
  const clean = text => text.replace(/\\s+/g, ' ').trim().toLowerCase();
  for (const e of document.querySelectorAll(':is(a, button, input):is([aria-label], [aria-labelledby])')) {
    const label = e.getAttribute('aria-label') || e.getAttribute('aria-labelledby').split(' ')
      .map(id => document.getElementById(id)?.textContent || '').join(' ');
    const seen = clean(e.innerText || '');
    if (seen && !clean(label).includes(seen)) faults.push(`name without its label: ${seen}`);
  }
  for (const id of [...document.querySelectorAll('[aria-describedby], [aria-labelledby]')]
    .flatMap(e => [e.getAttribute('aria-describedby'), e.getAttribute('aria-labelledby')]).join(' ').split(/\\s+/))
    if (id && !document.getElementById(id)) faults.push(`tied to nothing: ${id}`);
  for (const e of document.querySelectorAll('[type=email]'))
    // The team types the addresses of others: a browser must not offer one's own (WCAG 1.3.5 is about the user's).
    if (!['email', 'username'].includes(e.autocomplete)
        && !(e.autocomplete === 'off' && document.body.classList.contains('console')))
      faults.push(`no purpose: ${e.name}`);
  const texts = [...document.querySelectorAll('h1, h2, h3, label, legend')].filter(e => !e.textContent.trim());
  for (const e of texts) faults.push(`empty ${e.tagName}`);
  return faults;
}"""


_LAYOUT = f"() => [...({_FRAME})(), ...({_OVERLAPS})()]"

_ONCE = f"""() => {{
  const all = what => document.querySelectorAll(what).length, spacing = {_SPACING};
  const told = {{headings: all('h1'), statuses: all('[role=status]'), title: document.title,
    language: document.documentElement.lang, height: document.documentElement.scrollHeight, names: ({_NAMES})()}};
  spacing(true);
  told.spacing = [...({_OVERLAPS})(), ...({_FRAME})()];
  spacing(false);
  return told;
}}"""


@dataclass(frozen=True, slots=True)
class Told:
    """What a page says of itself, whatever its window and colours."""

    headings: int
    """How many of the first level."""
    statuses: int
    title: str
    language: str
    height: int
    """Pixels of the whole document in the window of now."""
    names: list[str]
    """Faults, as `of_names` gives them."""
    spacing: list[str]
    """Faults, as `of_spacing` gives them."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A document as it stands on the screen, with what was typed and chosen put into its attributes."""

    html: str
    alike: str
    """Where the focus is, and the document without tokens, codes and times: two of which this is equal look alike."""


def once(page: Page) -> Told:
    """Everything a page says of itself, in one question."""
    told: dict[str, Any] = page.evaluate(_ONCE)
    return Told(**{**told, "spacing": _of_wider_spacing(told["spacing"])})


def shown(page: Page) -> Shown:
    """The document as it stands now, without its scripts."""
    found: dict[str, str] = page.evaluate(_SHOWN)
    return Shown(found["shown"], found["alike"])


def of_layout(page: Page) -> list[str]:
    """What `of_frame` and `of_overlaps` give, in one question."""
    found: list[str] = page.evaluate(_LAYOUT)
    return found


def of_frame(page: Page) -> list[str]:
    """Sideways scroll, small targets, ids twice."""
    found: list[str] = page.evaluate(_FRAME)
    return found


def of_overlaps(page: Page) -> list[str]:
    """Text or controls that lie over each other, stick out of their box or are cut off."""
    found: list[str] = page.evaluate(_OVERLAPS)
    return found


def of_spacing(page: Page) -> list[str]:
    """The same with the reader's own spacing (WCAG 1.4.12)."""
    page.evaluate(_SPACING, True)
    found = _of_wider_spacing([*of_overlaps(page), *of_frame(page)])
    page.evaluate(_SPACING, False)
    return found


def _of_wider_spacing(found: list[str]) -> list[str]:
    return [f"spacing: {fault}" for fault in found if "small" not in fault]


def of_forced_colours(page: Page) -> list[str]:
    """Controls whose border goes with the colours."""
    page.emulate_media(forced_colors="active")
    found: list[str] = page.evaluate(_BORDERS)
    page.emulate_media(forced_colors="none")
    return found


def of_print(page: Page) -> list[str]:
    """What has no use on paper."""
    page.emulate_media(media="print")
    found: list[str] = page.evaluate(_PRINT)
    page.emulate_media(media="screen")
    return found


def of_names(page: Page) -> list[str]:
    """Label in name (2.5.3), ties to nothing, input purpose (1.3.5), empty labels and headings (2.4.6)."""
    found: list[str] = page.evaluate(_NAMES)
    return found
