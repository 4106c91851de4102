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


@pytest.mark.parametrize("kind", ["drivers", "gaps"])
def test_an_analysis_marks_its_figures_as_a_table_does_on_the_page_and_in_the_text(
    signed_in: Callable[[str], Person], monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    person = signed_in("researcher")
    address = f"{BASE}/analyses/{kind}"
    monkeypatch.setattr(
        "surveyapp.reports.tabulate.precision_rule", lambda low_base: PrecisionRule(base=10**6, least_base=1)
    )
    page = html.unescape(person.get(address).text)
    marked = '<span aria-hidden="true">°</span><span class="visually-hidden"> indicative</span>'
    told = person.get(f"{address}.json").get_json()
    cells = [cell for item in told["items"] for row in item["rows"] for cell in row["cells"] if cell["precision"]]
    assert {cell["precision"] for cell in cells} == {"indicative"}
    assert page.count(marked) == sum(
        bool(cell["precision"]) and not column["low_base"]
        for item in told["items"]
        for row in item["rows"]
        for cell, column in zip(row["cells"], item["columns"], strict=True)
    )
    low = sum(column["low_base"] for column in told["items"][0]["columns"])
    assert page.count('<span class="visually-hidden"> (a base under 30: indicative)</span>') == low
    text = person.get(f"{address}.tsv").text
    assert sum(line.count("°") for line in text.splitlines() if line.startswith("Indicative\t")) >= page.count(marked)
    monkeypatch.setattr(
        "surveyapp.reports.tabulate.precision_rule", lambda low_base: PrecisionRule(base=10**6, least_base=10**5)
    )
    page = html.unescape(person.get(address).text)
    assert page.count('/<span class="visually-hidden"> not shown: too imprecise</span>') >= len(cells) / 2
    assert marked not in page
    assert 'id="finding"' not in page or kind == "gaps"
    assert "\t/\t" in person.get(f"{address}.tsv").text
