"""What axe is asked of a document as it lies in one window and one light, and what its answers are read from.

Its rules are three groups. Most read the document alone and are asked once. Some read where things lie: asked anew in a
window, in another light only where something has moved. Some read colours: asked anew where a colour, a letter or what
lies under a text is another. So a look costs what has changed in it, and what one look was told holds for its likes.
"""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser, Page, ViewportSize

from tests.browser.probes import Shown
from tests.browser.remembered import Answer, Remembered

SOURCE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OF_BOXES = ["target-size", "scrollable-region-focusable"]
"""Rules that read where things lie, whatever their colours."""
OF_COLOURS = ["color-contrast", "link-in-text-block"]
"""Rules that read colours, letters, and what lies under a text."""
BY_NAME = "css-orientation-lock"
"""Reads the sheets, those of other windows too; an experiment to axe, which no tag asks for."""
GROUPS = ("document", "boxes", "colours")

_CONTRAST = """targets => {
  const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  const rgba = text => {
    canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = text; canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = (top, below) => top.slice(0, 3).map((c, i) => c * top[3] + below[i] * (1 - top[3])).concat(1);
  const light = c => c.slice(0, 3).map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  return targets.map(target => {
    const element = document.querySelector(target), own = getComputedStyle(element);
    const layers = [];
    for (let e = element; e; e = e.parentElement) {
      const style = getComputedStyle(e);
      if (style.backgroundImage !== 'none') return `${target}: a picture behind the text`;
      layers.unshift(rgba(style.backgroundColor));
    }
    const ground = layers.reduce((below, layer) => over(layer, below), [255, 255, 255, 1]);
    const pair = [light(over(rgba(own.color), ground)), light(ground)].sort((a, b) => b - a);
    const ratio = (pair[0] + 0.05) / (pair[1] + 0.05), size = parseFloat(own.fontSize);
    const least = size >= 24 || size >= 18.66 && parseInt(own.fontWeight) >= 700 ? 3 : 4.5;
    return ratio >= least ? '' : `${target}: ${ratio.toFixed(2)} is less than ${least}`;
  }).filter(Boolean);
}"""

_ASK = f"""async ([tags, boxes, colours, byName, asked]) => {{
  if (!window.axe) return null;
  const group = id => boxes.includes(id) ? 'boxes' : colours.includes(id) ? 'colours' : 'document';
  const named = [...boxes, ...colours].filter(id => asked.includes(group(id)));
  const how = asked.includes('document')
    ? {{runOnly: {{type: 'tag', values: tags}}, rules: Object.fromEntries([...boxes, ...colours, byName]
        .map(id => [id, {{enabled: id === byName || named.includes(id)}}]))}}
    : {{runOnly: {{type: 'rule', values: named}}}};
  const found = await axe.run(document, {{...how, resultTypes: ['violations', 'incomplete']}});
  const told = Object.fromEntries(asked.map(name => [name, [[], 0]]));
  for (const rule of found.violations) for (const node of rule.nodes)
    told[group(rule.id)][0].push(`${{rule.id}}: ${{node.target}} ${{node.failureSummary}}`);
  const unsure = found.incomplete.filter(rule => rule.id === 'color-contrast')
    .flatMap(rule => rule.nodes.map(node => node.target.join(' ')));
  if (unsure.length) {{
    told.colours[0].push(...({_CONTRAST})(unsure));
    told.colours[1] = unsure.length;
  }}
  return told;
}}"""

_READ = """() => {
  const every = [...document.querySelectorAll('*')], all = every.filter(e => e.checkVisibility() && !e.closest('head'));
  const index = new Map(all.map((e, i) => [e, i])), styles = all.map(e => getComputedStyle(e));
  const boxes = all.map(e => e.getBoundingClientRect()), lines = all.map(e => [...e.getClientRects()]);
  const taken = (names, style) => names.map(name => style[name]).join();
  const PLACED = ['display', 'visibility', 'opacity', 'position', 'zIndex', 'float', 'overflowX', 'overflowY', 'clip',
    'clipPath', 'transform', 'filter', 'mixBlendMode', 'perspective', 'maskImage', 'isolation', 'willChange',
    'contain'];
  const DRAWN = ['color', 'backgroundColor', 'backgroundImage', 'backgroundClip', 'fontWeight', 'fontStyle',
    'fontFamily', 'textShadow', 'textDecoration', 'textIndent', 'webkitTextFillColor', 'webkitTextStroke', 'outline',
    'borderTop', 'borderRight', 'borderBottom', 'borderLeft'];
  const placed = styles.map(style => taken(PLACED, style));

  // Where things lie: every line of every box, and what can be scrolled.
  const where = all.map((e, i) => [placed[i], e.scrollWidth, e.clientWidth, e.scrollHeight, e.clientHeight,
    ...lines[i].flatMap(r => [r.x, r.y, r.width, r.height])].join());

  // What a text is drawn with, and what lies under the middle of each of its lines, as axe goes about it.
  const scrolls = all.map((e, i) => ['X', 'Y'].map(way => /auto|scroll/.test(styles[i][`overflow${way}`])
    && (way === 'X' ? e.scrollWidth > e.clientWidth : e.scrollHeight > e.clientHeight)).join());
  const cut = new Map();  // the boxes beyond which an element is not seen
  const cutting = e => {
    if (!e || !index.has(e)) return [];
    if (!cut.has(e)) {
      const i = index.get(e), hides = /hidden|clip/.test(styles[i].overflow);
      cut.set(e, hides ? [...cutting(e.parentElement), boxes[i]] : cutting(e.parentElement));
    }
    return cut.get(e);
  };
  const flat = lines.flatMap((of, i) => of.map(r => [i, r.left, r.top, r.right, r.bottom].map(Math.floor)));
  const painted = styles.map(style => style.backgroundImage !== 'none' || style.backgroundColor !== 'rgba(0, 0, 0, 0)');
  const within = (inner, outer) => inner.left >= outer.left - 1 && inner.right <= outer.right + 1
    && inner.top >= outer.top - 1 && inner.bottom <= outer.bottom + 1;
  const under = (i, rect) => {
    let {left, top, right, bottom} = rect;
    for (const box of cutting(all[i])) {
      left = Math.max(left, box.left), right = Math.min(right, box.right);
      top = Math.max(top, box.top), bottom = Math.min(bottom, box.bottom);
    }
    if (right - left < 1 || bottom - top < 1) return '-';
    const x = Math.floor((left + right) / 2), y = Math.floor((top + bottom) / 2), met = new Set();
    const line = {left, top, right, bottom};
    for (const [other, l, t, r, b] of flat) if (x >= l && x < r && y >= t && y < b) met.add(other);
    return [...met].map(other => !painted[other] || within(line, boxes[other]) ? other : `${other}!`).join();
  };
  const inked = new Set();
  all.forEach((e, i) => {
    const own = [...e.childNodes].some(node => node.nodeType === Node.TEXT_NODE && node.data.trim());
    if (own || e.matches('a, button, input, select, textarea') || scrolls[i].includes('true')) inked.add(i);
    if (e.localName === 'a')  // a link in a sentence is held against the block of that sentence
      for (let block = e.parentElement; block && index.has(block); block = block.parentElement) {
        const is = index.get(block), inline = child => styles[index.get(child)]?.display.startsWith('inline');
        if ([...block.children].some(child => !child.matches('a') && inline(child) && child.textContent.trim()))
          inked.add(is);
        if (!styles[is].display.startsWith('inline')) break;
      }
  });
  // A letter is large or not, and as large as those around it or not; strokes and shadows are held against its size.
  const letters = (i, size = parseFloat(styles[i].fontSize), points = Math.ceil(72 * size) / 96) => [
    points >= 14, points >= 18,
    all[i].parentElement && size === parseFloat(getComputedStyle(all[i].parentElement).fontSize),
    styles[i].textShadow !== 'none' || parseFloat(styles[i].webkitTextStrokeWidth) ? size : ''].join();
  const behind = i => {
    const texts = [...all[i].childNodes].filter(node => node.nodeType === Node.TEXT_NODE && node.data.trim());
    const rects = texts.flatMap(node => {
      const range = document.createRange();
      range.selectNodeContents(node);
      return [...range.getClientRects()];
    });
    return [...new Set((rects.length ? rects : [boxes[i]]).map(rect => under(i, rect)))].join('/');
  };
  const beside = i => ['::before', '::after'].map(name => {
    const style = getComputedStyle(all[i], name);
    if (style.content === 'none' || style.content === 'normal') return '';
    return [style.content, style.width, style.height, boxes[i].width, boxes[i].height, taken(DRAWN, style),
      taken(PLACED, style)].join();
  }).join();
  const drawn = all.map((e, i) => [placed[i], scrolls[i], taken(inked.has(i) ? DRAWN : DRAWN.slice(1, 4), styles[i]),
    boxes[i].width < 1, boxes[i].height < 1, boxes[i].right <= 0, boxes[i].bottom <= 0,
    beside(i), inked.has(i) ? `${letters(i)} ${behind(i)}` : ''].join());

  const digest = parts => {  // twice 32 bits, each by another factor
    const text = parts.join('\\n');
    let one = 0xdeadbeef, two = 0x41c6ce57;
    for (let i = 0; i < text.length; i++) {
      one = Math.imul(one ^ text.charCodeAt(i), 2654435761);
      two = Math.imul(two ^ text.charCodeAt(i), 1597334677);
    }
    return `${text.length} ${one} ${two}`;
  };
  const seen = every.map(e => index.has(e) ? 1 : 0).join('');
  return {document: '', boxes: digest([innerWidth, innerHeight, seen, ...where]), colours: digest([seen, ...drawn])};
}"""


_SWAP = """async html => {
  const given = new DOMParser().parseFromString(html, 'text/html'), root = document.documentElement;
  for (const {name} of [...root.attributes]) root.removeAttribute(name);
  for (const {name, value} of given.documentElement.attributes) root.setAttribute(name, value);
  const sheets = head => [...head.querySelectorAll('link[rel=stylesheet], style')];
  const written = head => sheets(head).map(sheet => sheet.outerHTML).join();
  if (written(document.head) === written(given.head)) {  // sheets that are here stay: nothing to wait for
    const kept = sheets(document.head);
    for (const child of [...document.head.children]) if (!kept.includes(child)) child.remove();
    sheets(given.head).forEach(sheet => sheet.remove());
    document.head.prepend(...given.head.childNodes);
  } else document.head.replaceWith(document.adoptNode(given.head));
  document.body.replaceWith(document.adoptNode(given.body));
  const focused = document.querySelector('[data-focused]');
  focused?.removeAttribute('data-focused');
  const loading = [...document.querySelectorAll('link[rel=stylesheet]')].filter(link => !link.sheet)
    .map(link => new Promise(done => link.onload = link.onerror = done));
  await Promise.all([...loading, ...[...document.images].map(image => image.decode().catch(() => {}))]);
  focused?.focus({preventScroll: true});
  scrollTo(0, 0);
}"""


class Mirror:
    """A page on which one document after another is shown to axe: axe that has run before takes half the time.

    It shows them as they stood, without their scripts, with what was typed, chosen and focused. So it also lets axe,
    which is a script itself, see what came to somebody without scripts.
    """

    def __init__(self, browser: Browser, address: str) -> None:
        self._context = browser.new_context(reduced_motion="reduce")
        self.page = self._context.new_page()
        self.page.route("**/mirror", lambda route: route.fulfill(body="<!doctype html>", content_type="text/html"))
        self.page.goto(f"{address}/mirror")
        self._shown: Shown | None = None
        self._window: ViewportSize | None = None
        self._scheme = ""

    def show(self, document: Shown, window: ViewportSize, scheme: str) -> Page:
        """The mirror with this document in it, in this window and light."""
        if window != self._window:
            self.page.set_viewport_size(window)
            self._window = window
        if scheme != self._scheme:
            self.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            self._scheme = scheme
        if document is not self._shown:
            self.page.evaluate(_SWAP, document.html)
            self._shown = document
        return self.page

    def close(self) -> None:
        """Away with its browser profile."""
        self._context.close()


def ask(page: Page, groups: list[str] | None = None) -> dict[str, Answer]:
    """What axe finds by these groups of rules, by default all; where it is unsure of a contrast, that is computed."""
    question = [TAGS, OF_BOXES, OF_COLOURS, BY_NAME, list(groups or GROUPS)]
    told = page.evaluate(_ASK, question)
    if told is None:  # axe is not on this page yet
        page.evaluate(SOURCE)
        told = page.evaluate(_ASK, question)
    return {group: Answer(list(faults), int(unsure)) for group, (faults, unsure) in told.items()}


def read(page: Page) -> dict[str, str]:
    """What each group of rules reads beside the document: looks for which this is the same get the same answer."""
    found: dict[str, str] = page.evaluate(_READ)
    return found


def of_look(page: Page, document: Shown, remembered: Remembered) -> Answer:
    """What axe finds on the page as it lies now; only what nothing like it was asked before is asked of axe."""
    keys = {group: f"{group} {key}" for group, key in read(page).items()}
    known = {group: remembered.told(document, key) for group, key in keys.items()}
    if lacking := [group for group, answer in known.items() if answer is None]:
        for group, answer in ask(page, lacking).items():
            remembered.keep(document, keys[group], answer)
            known[group] = answer
    return sum((answer for answer in known.values() if answer is not None), Answer([], 0))
