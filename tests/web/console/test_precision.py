"""How far a figure can be trusted stands beside it on the page, for who sees it and for who hears it."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

import pytest

from surveyapp.analysis.precision import PrecisionRule
from tests.web.console.people import BASE, Person

WORDS = {
    "nl": (
        "indicatief",
        "niet getoond: te onnauwkeurig",
        "Cijfers met ° zijn indicatief",
        "te onnauwkeurig om te tonen",
    ),
    "en": ("indicative", "not shown: too imprecise", "Figures marked ° are indicative", "too imprecise to be shown"),
}


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_page_marks_what_is_indicative_and_says_what_is_too_imprecise(
    signed_in: Callable[[str], Person], monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    indicative, imprecise, rule, held_back = WORDS[language]
    person = signed_in("researcher")
    person.post("/console/language", language=language, next="/console/")
    address = f"{BASE}/results/gr_assign"
    bases = [column["n_effective"] for column in person.get(f"{address}.json").get_json()["columns"]]
    monkeypatch.setattr(
        "surveyapp.reports.tabulate.precision_rule", lambda low_base: PrecisionRule(base=bases[0] + 1, least_base=1)
    )
    page = html.unescape(person.get(address).text)
    marked = f'<span aria-hidden="true">°</span><span class="visually-hidden"> {indicative}</span>'
    assert marked in page
    assert page.count(rule) == 1
    assert imprecise not in page
    monkeypatch.setattr(
        "surveyapp.reports.tabulate.precision_rule",
        lambda low_base: PrecisionRule(base=bases[0] + 2, least_base=bases[0] + 1),
    )
    page = html.unescape(person.get(f"{address}?by=role").text)
    assert re.search(rf'<td class="number">/<span class="visually-hidden"> {imprecise}</span></td>', page)
    assert marked not in page
    assert held_back in page
    assert not re.search(r'<td class="number">\d', page.split("<tbody>")[1].split("</tbody>")[0])
