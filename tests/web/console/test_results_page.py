"""The results explorer shows the numbers of the one table, and nothing that must not be shown."""

from __future__ import annotations

import html
import json
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from surveyapp.app import create_app
from surveyapp.config import Settings
from surveyapp.reports.formatting import figure_text
from surveyapp.reports.tabulate import Tabulation, tabulate
from surveyapp.reports.wording import steps_note
from surveyapp.web.console import asked_figures, results_page
from tests.reports.toy_analysis import PLANNED, even
from tests.web.console.people import BASE, INSTRUMENTS, STUDY, Person


@pytest.fixture(scope="module")
def app(filled: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """One application for all of these: they only read."""
    folder = tmp_path_factory.mktemp("results")
    shutil.copyfile(filled, folder / "surveyapp.sqlite3")
    made = create_app(Settings(instance=folder, environment="development", instruments=INSTRUMENTS))
    yield made
    made.extensions["surveyapp"].database.close()


def cells(text: str) -> list[str]:
    body = text.split("<tbody>")[1].split("</tbody>")[0]
    return [
        re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r'<td class="number(?: beyond)?">([^<]*)', body)
    ]


@pytest.mark.parametrize("query", ["", "by=role", "by=role&by=b_sector", "by=role&filter=role+%3D%3D+'contractor'"])
def test_the_page_prints_the_cells_of_the_table(app: Flask, signed_in: Callable[[str], Person], query: str) -> None:
    data = app.extensions["surveyapp"].live.data(STUDY, 2026)
    by = re.findall(r"by=(\w+)", query)
    table = tabulate(data, "gr_assign", by, "role == 'contractor'" if "filter" in query else None)

    page = signed_in("researcher").get(f"{BASE}/results/gr_assign?{query}").text

    expected = [
        figure_text(figure, measure.unit, "en")
        for measure, figures in table.lines
        if measure.kind != "missing"
        for figure in figures
        if not figure.bases.is_outside
    ]
    assert cells(page) == expected


@pytest.mark.parametrize("role", ["viewer", "researcher"])
def test_the_json_is_the_same_table(app: Flask, signed_in: Callable[[str], Person], role: str) -> None:
    live = app.extensions["surveyapp"].live
    data = live.published(STUDY, 2026) if role == "viewer" else live.data(STUDY, 2026)

    answer = signed_in(role).get(f"{BASE}/results/gr_assign.json?by=role")

    expected = json.loads(json.dumps(tabulate(data, "gr_assign", ["role"]).as_dict()))
    if (steps := steps_note(data)) is not None:  # of an open wave, to who may not see its cases
        expected["notes"].append(dict(steps))
    assert (steps is None) is (role == "researcher")
    found = answer.get_json()
    for table in (expected, found):
        table.pop("stand")
        table.pop("method")
    assert found == expected


def test_a_filter_that_leaves_fewer_than_ten_gives_no_figure_anywhere(signed_in: Callable[[str], Person]) -> None:
    person = signed_in("researcher")
    query = "filter=role+%3D%3D+'intermediary'+and+gr_interm+%3D%3D+10"

    page = person.get(f"{BASE}/results/nps_client?{query}")
    table = person.get(f"{BASE}/results/nps_client.json?{query}").get_json()

    assert page.status_code == 200
    assert "<tbody>" not in page.text
    assert "<svg" not in page.text
    assert table["base"]["valid"] is None
    assert all(cell["value"] is None and cell["count"] is None for row in table["rows"] for cell in row["cells"])


@pytest.mark.parametrize(
    ("address", "status", "hint"),
    [
        ("gr_asign", 400, "gr_assign"),
        ("gr_assign?by=rol", 400, "role"),
        ("gr_assign?filter=gr_asign+>+3", 422, "gr_assign"),  # the page's own form can mend it
        ("gr_assign?filter=gr_assign+>", 422, "position"),
        ("gr_assign.json?filter=gr_assign+>", 400, "position"),
        ("gr_assign?banner=role", 400, "banner"),
        ("gr_assign?pick=b_sector&codes=999", 400, "b_sector"),
    ],
)
def test_a_bad_question_is_refused_and_says_what_and_which_names_are_near(
    signed_in: Callable[[str], Person], address: str, status: int, hint: str
) -> None:
    answer = signed_in("researcher").get(f"{BASE}/results/{address}")

    assert answer.status_code == status
    assert hint in html.unescape(answer.text)


def test_the_json_says_in_json_what_is_wrong(signed_in: Callable[[str], Person]) -> None:
    answer = signed_in("researcher").get(f"{BASE}/results/gr_asign.json")

    assert answer.status_code == 400
    assert "gr_assign" in answer.get_json()["nearest"]


def test_ticked_codes_become_an_address_that_can_be_mailed(signed_in: Callable[[str], Person]) -> None:
    person = signed_in("researcher")
    ticked = person.get(f"{BASE}/results/gr_assign?by=role&pick=role&codes=contractor&codes=manager")
    assert ticked.status_code == 302

    page = person.get(ticked.location).text

    assert "pick=" not in ticked.location
    assert html.escape("role in ['contractor', 'manager']", quote=True) in page or "role in [" in html.unescape(page)
    assert page.count('class="chips"') == 1


def test_a_second_condition_joins_the_first_and_each_can_be_taken_away(signed_in: Callable[[str], Person]) -> None:
    person = signed_in("researcher")
    first = person.get(f"{BASE}/results/gr_assign?pick=role&codes=contractor").location
    second = person.get(f"{first}&pick=b_sector&codes=1&codes=2").location

    page = person.get(second).text
    removals = [
        html.unescape(address)
        for address in re.findall(r'<li><a href="([^"]+)">[^<]*<span class="visually-hidden"> – remove', page)
    ]

    assert len(removals) == 2
    assert first in removals


def test_the_search_finds_a_variable_by_its_words_in_either_language(signed_in: Callable[[str], Person]) -> None:
    person = signed_in("viewer")

    for words in ("gr_assign", "cijfer opdracht", "mark assignment"):
        assert ">gr_assign<" in person.get(f"{BASE}/results", query_string={"q": words}).text


def test_the_list_leads_to_no_figures_of_what_is_stored_apart(app: Flask, signed_in: Callable[[str], Person]) -> None:
    with app.extensions["surveyapp"].database.read() as session:
        instrument = app.extensions["surveyapp"].library.of_wave(session, STUDY, 2026)
    apart = [name for name, one in instrument.variables.items() if one.is_stored_apart]
    page = signed_in("viewer").get(f"{BASE}/results").text

    assert apart
    assert not any(f"/results/{name}" in page for name in apart)


def test_both_wordings_of_the_question_stand_on_the_page(signed_in: Callable[[str], Person]) -> None:
    page = signed_in("viewer").get(f"{BASE}/results/gr_assign").text

    assert '<dd lang="nl">' in page
    assert '<dd lang="en">' in page


REFUSED = (
    "filter=b_size+%3D%3D+1",
    "filter=(b_size+%3D%3D+1)+or+(b_size+%3D%3D+1)",
    "filter=role+%3D%3D+'contractor'",
    "pick=b_sector&codes=1",
    "pick=b_sector",
    "by=a_expertise",
    "by=source",
)


@pytest.mark.parametrize("role", ["viewer", "editor"])
@pytest.mark.parametrize("query", REFUSED)
def test_who_may_not_see_cases_chooses_among_banners_and_named_filters(
    signed_in: Callable[[str], Person], role: str, query: str
) -> None:
    person = signed_in(role)
    page = person.get(f"{BASE}/results/gr_assign?{query}")
    data = person.get(f"{BASE}/results/gr_assign.json?{query}")
    assert (page.status_code, data.status_code) == (403, 403)
    assert "<tbody>" not in page.text
    assert "researcher" in page.text
    assert set(data.get_json()) == {"error", "nearest"}
    assert {"private-sector", "role"} & set(data.get_json()["nearest"])


def test_language_source_and_device_are_no_table_of_a_viewer(signed_in: Callable[[str], Person]) -> None:
    assert signed_in("viewer").get(f"{BASE}/results/source.json?by=role").status_code == 403
    assert signed_in("researcher").get(f"{BASE}/results/source.json?by=role").status_code == 200


def test_a_viewer_chooses_a_filter_by_its_name_and_sees_the_step(signed_in: Callable[[str], Person]) -> None:
    person = signed_in("viewer")
    page = person.get(f"{BASE}/results/gr_assign?by=role&filter=professionals").text
    assert '<option value="professionals" selected>' in page
    assert 'name="pick"' not in page
    assert page.count("figures move in steps of at least 20") == 1
    assert "Half of all that were sent count" in page
    plain = person.get(f"{BASE}/results/gr_assign.json?filter=professionals")
    assert plain.status_code == 200
    assert "Half of all that were sent count" in plain.get_json()["notes"][-1]["en"]
    whole = signed_in("researcher").get(f"{BASE}/results/gr_assign.json?filter=professionals").get_json()
    assert not any("Half of all" in note["en"] for note in whole["notes"])  # who sees cases sees everybody


def test_what_is_kept_apart_has_no_figures_and_is_not_called_unanswered(signed_in: Callable[[str], Person]) -> None:
    page = signed_in("researcher").get(f"{BASE}/results/c_contact").text
    assert "This is kept apart from the answers" in page
    assert "asked 0" not in page
    assert "Nobody has answered this yet" not in page


def heads(text: str) -> str:
    """The heads of the table's columns."""
    return text.split("<thead>")[1].split("</thead>")[0]


def test_a_group_that_the_filter_leaves_nobody_of_is_not_drawn(signed_in: Callable[[str], Person]) -> None:
    page = signed_in("researcher").get(f"{BASE}/results/gr_assign?by=role&filter=role+%3D%3D+'contractor'").text

    assert heads(page).count('<th scope="col" class="number') == 2  # everyone and the one role
    assert "hiring managers" not in heads(page)


def test_a_role_that_was_not_asked_is_said_so_once_in_its_column_and_has_no_zeros(
    signed_in: Callable[[str], Person],
) -> None:
    page = signed_in("researcher").get(f"{BASE}/results/{only_of_one_role()}?by=role")
    body = page.text.split("<tbody>")[1].split("</tbody>")[0]

    assert page.status_code == 200
    assert body.count("not asked") == len(re.findall('class="not-asked', body)) >= 1
    foot = page.text.split("<tfoot>")[1].split("</tfoot>")[0]
    assert "–<span" in foot


def only_of_one_role() -> str:
    """A variable that one role only is asked, with codes of its own."""
    from surveyapp.instrument.loader import load_instrument

    instrument = load_instrument(INSTRUMENTS / STUDY, 2026)
    asked = {role: set(questionnaire.questions) for role, questionnaire in instrument.questionnaires.items()}
    others = set().union(*(names for role, names in asked.items() if role != "contractor"))
    return next(
        name
        for name, variable in instrument.variables.items()
        if name in asked["contractor"] - others and variable.categories and variable.type == "single"
    )


def test_a_variable_without_figures_says_why_and_not_the_first_note_that_comes_along(
    app: Flask, signed_in: Callable[[str], Person]
) -> None:
    data = app.extensions["surveyapp"].live.data(STUDY, 2026)
    tried = [f"b_sector == {code} and role in ['contractor', 'procurement']" for code in range(1, 15)]
    expression = next(one for one in tried if tabulate(data, "gr_assign", (), one).total.is_hidden)
    found = tabulate(data, "gr_assign", (), expression)
    assert not found.item.notes[0]["en"].startswith("Not shown")  # the roles' wordings come first

    page = signed_in("researcher").get(f"{BASE}/results/gr_assign", query_string={"filter": expression}).text
    told = re.search(r'<div class="notice"><p>([^<]*)</p>', page)

    assert told is not None
    assert told.group(1).startswith("Not shown:")
    assert page.count(told.group(1)) == 1


def test_a_filter_that_nobody_answers_to_says_so(signed_in: Callable[[str], Person]) -> None:
    expression = "role == 'contractor' and role == 'manager'"

    page = signed_in("researcher").get(f"{BASE}/results/gr_assign", query_string={"filter": expression}).text

    assert "Nobody answers to this filter." in page
    assert "<tbody>" not in page


def test_the_search_finds_open_questions_and_leads_to_them(signed_in: Callable[[str], Person]) -> None:
    person = signed_in("researcher")
    for query in ("verbeteren", "op_improve", "VERBETEREN SAMENWERKING"):
        page = person.get(f"{BASE}/results", query_string={"q": query}).text
        assert f'href="{BASE}/results/op_improve"' in page, query
        assert "open answer" in page
    assert person.get(f"{BASE}/results/op_improve").status_code == 200
    apart = person.get(f"{BASE}/results?q=c_contact").text
    address = html.unescape(re.findall(r'<a href="([^"]*instrument/preview[^"]*)"', apart)[0])
    assert person.get(address).status_code == 200


def test_a_column_bears_its_roles_marker_and_a_phone_gets_three_of_them_until_it_asks_for_more(
    signed_in: Callable[[str], Person],
) -> None:
    page = signed_in("researcher").get(f"{BASE}/results/gr_assign?by=role").text

    tones = re.findall(
        r'<th scope="col" class="number[^"]*"><svg[^>]*><\w+ class="chart-fill chart-([a-z0-9-]+)"', page
    )
    assert tones == ["group-1", "group-2", "group-3", "group-4"]
    assert heads(page).count(" beyond") == 2
    assert re.search(r'<input type="checkbox" class="more-columns" id="([^"]+)"><label for="\1"', page)
    # The name of the banner spans two of its columns on a phone and four elsewhere.
    assert re.findall(r'colspan="(\d)"', heads(page)) == ["4", "2"]


def test_the_three_statistics_of_a_ranking_stand_under_headings(signed_in: Callable[[str], Person]) -> None:
    page = signed_in("researcher").get(f"{BASE}/results/rk?by=role").text

    found = re.findall(r'<tr class="row-heading"><th scope="rowgroup"[^>]*>(?:<span>)?([^<]*)</', page)
    assert found == ["Chosen, in any place", "In first place", "Mean points", "Not in the shares (counts)"]


def test_letters_stand_in_a_gutter_of_one_width_beside_every_figure(
    app: Flask, signed_in: Callable[[str], Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    table = tabulate(app.extensions["surveyapp"].live.data(STUDY, 2026), "gr_assign", ["role"])
    (total, *groups), *others = table.figures
    lettered = replace(table, figures=((replace(total, letters="BCD"), *groups), *others))
    monkeypatch.setattr(results_page, "asked_table", lambda *_: lettered)

    page = signed_in("researcher").get(f"{BASE}/results/gr_assign?by=role").text
    body = page.split("<tbody>")[1].split("</tbody>")[0]

    assert '<table class="banner-table gutter-3">' in page
    assert body.count('<span class="letters">') == body.count("higher than") == 1
    assert body.index('class="interval"') < body.index('class="letters"'), "on a phone they stand under the interval"


def test_an_analysis_that_no_page_knows_stands_on_the_page(
    app: Flask, signed_in: Callable[[str], Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    tabulation = Tabulation(app.extensions["surveyapp"].live.data(STUDY, 2026), ["role"])
    grid = even(tabulation, PLANNED).parts[0]
    for module in (results_page, asked_figures):  # the page, and the same figures as plain data
        monkeypatch.setattr(module, "asked_table", lambda *_: grid)

    page = signed_in("researcher").get(f"{BASE}/results/gr_assign?by=role").text
    told = json.loads(signed_in("researcher").get(f"{BASE}/results/gr_assign.json?by=role").text)

    printed = [figure_text(one, "share", "en") for one in grid.figures[0]]
    assert printed[0].endswith("%")
    assert cells(page) == printed
    assert "even codes" in page
    assert "Even codes count." in page
    assert '<figure class="chart">' in page
    assert [cell["value"] for cell in told["rows"][0]["cells"]] == [one.value for one in grid.figures[0]]


@pytest.mark.parametrize(
    ("role", "said", "leads"),
    [("viewer", "which a researcher can make", False), ("researcher", "on the sheet Open of the workbook", True)],
)
def test_the_page_of_an_open_answer_says_where_the_words_are(
    signed_in: Callable[[str], Person], role: str, said: str, leads: bool
) -> None:
    page = html.unescape(signed_in(role).get(f"{BASE}/results/b_sector_other").text)
    assert "What people wrote does not stand beside figures." in page
    assert said in page
    assert (f'href="{BASE}/exports">To the exports</a>' in page) == leads
    assert "What people wrote" not in signed_in(role).get(f"{BASE}/results/gr_assign").text
