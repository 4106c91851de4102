"""Every number a page shows, each under the words it stands with, so that a test can hold all of them and miss none."""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping

from playwright.sync_api import Page

_READ = """() => {
  const said = e => e.innerText.replace(/[\\u2060\\u00ad]/g, '').replace(/\\s+/g, ' ').trim();
  const main = document.querySelector('main').cloneNode(true);
  document.body.append(main);  // what is not drawn has no innerText; behind the other, to be taken away again
  const found = [], add = (place, e) => { if (/\\d/.test(said(e))) found.push([place, said(e)]); e.remove(); };
  main.querySelectorAll('details').forEach(e => e.open = true);
  main.querySelectorAll('th details').forEach(e => e.replaceWith(e.querySelector('summary')));
  const apart = 'svg, select, pre, code, progress, nav, .paging, .visually-hidden:not(caption):not(thead)';
  main.querySelectorAll(apart).forEach(e => e.remove());
  for (const table of main.querySelectorAll('table')) {
    const heads = [...table.querySelectorAll('thead th, thead td')].map(said);
    const region = table.closest('[role=region]'), title = region && region.getAttribute('aria-label');
    const name = title || (table.caption ? said(table.caption) : '');
    for (const row of table.querySelectorAll('tbody tr, tfoot tr')) {
      const cells = [...row.children], first = said(cells[0]);
      cells.forEach((cell, at) => { if (at) add([name, first, heads[at] || at].filter(Boolean).join(' | '), cell); });
    }
    table.remove();
  }
  for (const card of main.querySelectorAll('.card, .role-card')) {
    const name = said(card.querySelector('h3'));
    card.querySelectorAll('p').forEach(one => add(name, one));
    card.remove();
  }
  for (const pair of main.querySelectorAll('dl > div'))
    add(said(pair.querySelector('dt')), pair.querySelector('dd'));
  for (const one of main.querySelectorAll('h1, h2, h3, summary, p, li, dt, dd, label, button, legend'))
    if (one.isConnected) add('', one);
  main.remove();
  return found;
}"""
_MONTHS = "|".join(f"{calendar.month_abbr[at]}|{calendar.month_name[at]}|Sept" for at in range(1, 13))
_MOMENT = re.compile(
    rf"\b(\d{{1,2}} )?({_MONTHS}) \d{{4}}(,? \d{{1,2}}:\d\d)?|\b\d{{1,2}} ({_MONTHS})\b|\b\d{{1,2}}:\d\d\b|\b20\d\d\b"
)
_SENT_AT = re.compile(rf"(Invitation|Reminder \d) \d{{1,2}} ({_MONTHS}) \d{{4}}(, \d{{1,2}}:\d\d)?")
"""The moment under the name of a mailing."""
_WORDING = re.compile(
    r"^(Show all # columns|Reminder #$|Unweighted\. |An Excel workbook|Finished within # days|Figures marked °|"
    r"Groups under #|UH, UO: |Type the number|"
    r"[A-Z]{1,2}: .*\(#\)$|Day, month|Month and year|some # minutes|What was typed and never saved)"
    r"|No page of this wave has #|No role has #"
)
"""Numbers that are part of the wording and count nothing."""
_ESTIMATE = re.compile("at this pace # to # at the closing|95% interval|^Pooled kappa")
"""What is expected or estimated is no count of rows: tests/web/console/test_fieldwork_outlook and tests/analysis do."""
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*%?")


def numbers_on(page: Page) -> dict[str, tuple[str, ...]]:
    """The numbers of a page by the words around them, ``#`` where each stands; days, hours and years are none."""
    found: dict[str, tuple[str, ...]] = {}
    for place, text in page.evaluate(_READ):
        bare = _MOMENT.sub("…", text)
        numbers = tuple(_NUMBER.findall(bare))
        words, place = _NUMBER.sub("#", bare), _SENT_AT.sub(r"\1", place)
        name = f"{place}: {words}" if place and words != "#" and not place.endswith("Formula") else place or words
        if numbers and not _WORDING.search(name) and not _ESTIMATE.search(name):
            found[name] = (*found.get(name, ()), *numbers)
    return found


def held(page: Page, recounted: Mapping[str, object]) -> None:
    """Hold every number of a page against what was counted from the rows; what nobody counted is a fault too."""
    expected = {
        name: tuple(str(one) for one in (value if isinstance(value, tuple | list) else (value,)))
        for name, value in recounted.items()
    }
    shown = numbers_on(page)
    wrong = {
        name: (shown.get(name), expected.get(name))
        for name in {*shown, *expected}
        if shown.get(name) != expected.get(name)
    }
    assert not wrong, f"{page.url}: shown, recounted\n" + "\n".join(
        f"{name}: {pair}" for name, pair in sorted(wrong.items())
    )
