"""Editors ask for filters on the console; what is granted stands for everyone, and the audit log tells of both."""

from __future__ import annotations

import html
import json
import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from random import Random

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from surveyapp import clock
from surveyapp.fieldwork.arrivals import declare_sources
from surveyapp.reports.filter_requests import MOST_REFUSED
from surveyapp.storage import audit, requested_filters
from tests.web.console.curious_reader import K, Reader
from tests.web.console.curious_wave import BANNERS, BASE, COURSE, VARIABLES, YEAR, Happening
from tests.web.console.people import Person
from tests.web.console.test_curious_reader import course, draw_alike, minorities, spellings  # noqa: F401  fixtures

FILTERS = f"{BASE}/filters"
WIDE = "te_pace in [2, 3]"
FEW = "te_pace == 1 and role == 'trainer'"


def person(app: Flask, role: str) -> Person:
    made = Person(app.test_client())
    assert made.sign_in(f"{role}@example.org").status_code == 302
    return made


def ask(editor: Person, expression: str, **fields: str) -> TestResponse:
    return editor.post(FILTERS, filter=expression, variable="v_mark", **fields)


def noted(app: Flask) -> list[tuple[str, str, str]]:
    with app.extensions["surveyapp"].database.read() as session:
        rows = audit.latest(session, 40)
    return [(row.actor, row.action, row.details["filter"]) for row in rows if row.action.startswith("filter.")]


@pytest.fixture
def opened(course: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:  # noqa: F811
    draw_alike(monkeypatch, 0)
    return course


@pytest.fixture
def closed(course: Flask) -> Flask:  # noqa: F811
    Happening(course).close()
    return course


def test_a_granted_filter_stands_for_everyone_in_words_and_in_the_log(closed: Flask) -> None:
    editor, viewer = person(closed, "editor"), person(closed, "viewer")
    answer = ask(editor, WIDE)
    assert answer.status_code == 303
    assert answer.location.endswith(f"{BASE}/results/v_mark?filter=requested_1")
    page = html.unescape(viewer.get(answer.location).text)
    assert 'value="requested_1" selected' in page
    assert "tempo" in page or "pace" in page
    figures = json.loads(viewer.get(f"{BASE}/results/v_mark.json?filter=requested_1").text)
    assert figures["base"]["valid"] >= 10
    assert figures["filter"]["nl"] != figures["filter"]["en"]
    assert not any("publi" in note["en"] for note in figures["notes"])
    listed = html.unescape(editor.get(FILTERS).text)
    assert "requested by editor@example.org on" in listed
    assert noted(closed) == [("editor@example.org", "filter.release", WIDE)]


def test_asking_for_what_is_released_already_leads_there_and_releases_nothing(closed: Flask) -> None:
    editor = person(closed, "editor")
    assert ask(editor, "te_clear >= 4").location.endswith("filter=clear")
    ask(editor, WIDE)
    assert ask(editor, f" {WIDE} ").location.endswith("filter=requested_1")
    with closed.extensions["surveyapp"].database.read() as session:
        assert [row.expression for row in requested_filters.of_wave(session, COURSE, YEAR)] == [WIDE]


def test_a_refusal_stands_at_the_form_says_no_number_of_people_and_offers_the_nearest(closed: Flask) -> None:
    editor = person(closed, "editor")
    answer = ask(editor, FEW)
    assert answer.status_code == 422
    page = html.unescape(answer.text)
    assert re.search(r"<title>\s*Error:", page)
    assert "This filter cannot be granted" in page
    assert 'id="filter-asked"' not in page  # it is not offered for sending again
    assert noted(closed) == [("editor@example.org", "filter.refuse", FEW)]
    held = re.search(r'id="filter-nearest" value="([^"]+)"', page)
    assert held is not None
    assert html.unescape(held[1]) == "role in ['trainer']"  # the last part left out is too few, another is not
    assert ask(editor, html.unescape(held[1])).location.endswith("filter=teaching")
    assert ask(editor, WIDE).status_code == 303
    with closed.extensions["surveyapp"].database.read() as session:
        assert len(requested_filters.of_wave(session, COURSE, YEAR)) == 1


def test_ticked_codes_become_the_filter_that_is_asked_for(closed: Flask) -> None:
    editor = person(closed, "editor")
    picking = editor.get(f"{FILTERS}?pick=te_pace&variable=v_mark")
    assert picking.text.count('type="checkbox" name="codes"') == 5
    written = editor.get(f"{FILTERS}?variable=v_mark&pick=te_pace&codes=2&codes=3")
    assert written.status_code == 302
    page = html.unescape(editor.get(written.location.split("#")[0]).text)
    assert f'id="filter-asked" value="{WIDE}"' in page
    assert 'name="variable" value="v_mark"' in page


HAND_MADE = (
    "te_pace ==", "no_such == 1", "no_such in [1]", "te_pace == 'x'", "te_pace == 1\x00", "", "te_pace in [1",
    "te_pace >= 2", "te_pace in [1, 2] or role in ['trainer']", "not (te_pace == 1)", "v_mark in [7, 8]",
    "c_hours == 3", "any_of(w_helped, [1])",
)  # fmt: skip


def test_the_sources_that_can_be_ticked_are_the_declared_ones_whoever_came(closed: Flask) -> None:
    with closed.extensions["surveyapp"].database.write() as session:
        declare_sources(session, COURSE, YEAR, ["zeta", "alfa"])
    editor = person(closed, "editor")
    page = editor.get(f"{FILTERS}?pick=source").text
    assert re.findall(r'name="codes" id="code-[^"]+" value="([^"]+)"', page) == ["open", "alfa", "zeta"]
    assert editor.get(f"{FILTERS}?filter=source in ['zeta']").status_code == 200
    assert editor.get(f"{FILTERS}?filter=source in ['elsewhere']").status_code == 400


@pytest.mark.parametrize("expression", HAND_MADE)
def test_what_the_boxes_cannot_make_is_refused_at_the_form_and_released_to_nobody(
    closed: Flask, expression: str
) -> None:
    answer = ask(person(closed, "editor"), expression)
    assert answer.status_code in (400, 422)
    assert 'id="filter-nearest"' not in answer.text
    assert all(action == "filter.refuse" for _, action, _ in noted(closed))


def test_grant_refusal_nearest_and_list_tell_no_mark_of_anybody_by_halving(closed: Flask) -> None:
    # The only trainer for whom it went far too fast gave a 2: no request says so, nor whether there is such a person.
    editor = person(closed, "editor")
    alone = "te_pace == 1 and role == 'trainer'"
    for form in ("te_pace in [2, 3] or ({} and v_mark <= {})", "not ({} and v_mark <= {})", "{} and v_mark <= {}"):
        for mark in range(1, 6):
            page = ask(editor, form.format(alone, mark))
            assert page.status_code == 422
            assert "groups of at most 3 variables" in page.text
    assert "requested by" not in editor.get(FILTERS).text


def test_page_filters_is_one_of_the_ways_through_a_wave_for_whoever_may_ask(closed: Flask) -> None:
    page = html.unescape(person(closed, "editor").get(FILTERS).text)
    assert re.search(rf'<a href="{FILTERS}" aria-current="page">Filters</a>', page)
    assert f'href="{FILTERS}"' not in person(closed, "viewer").get(f"{BASE}/results/v_mark").text
    assert 'name="filter"' not in page  # it is ticked, never typed
    assert "v_mark" not in page.partition('id="pick"')[2].partition("</select>")[0]  # a mark divides nobody into groups


def test_after_twenty_refusals_a_day_the_next_request_is_not_judged(closed: Flask) -> None:
    editor = person(closed, "editor")
    for code in range(MOST_REFUSED):
        assert ask(editor, f"{FEW} and language in ['{'nl' if code % 2 else 'en'}']").status_code == 422
    answer = ask(editor, WIDE)
    assert answer.status_code == 409
    assert "Ask again tomorrow" in html.unescape(answer.text)


def test_requests_at_the_same_moment_get_no_more_verdicts_than_one_after_the_other(closed: Flask) -> None:
    editor = person(closed, "editor")
    token, cookies = editor.token(), editor.client._cookies  # type: ignore[attr-defined]
    together = threading.Barrier(60)

    def post(number: int) -> int:
        client = closed.test_client()
        client._cookies.update(cookies)  # type: ignore[attr-defined]
        together.wait()
        expression = f"{FEW} and language in ['{'nl' if number % 2 else 'en'}']"
        return client.post(FILTERS, data={"csrf_token": token, "filter": expression}).status_code

    with ThreadPoolExecutor(60) as pool:
        answers = list(pool.map(post, range(60)))
    assert set(answers) <= {409, 422, 503}, answers
    assert 0 < answers.count(422) <= MOST_REFUSED
    assert len([one for one in noted(closed) if one[1] == "filter.refuse"]) == answers.count(422)


def test_what_was_not_refused_takes_no_turn(closed: Flask) -> None:
    editor = person(closed, "editor")
    for _ in range(MOST_REFUSED + 1):
        assert ask(editor, "te_clear >= 4").status_code == 303
        assert ask(editor, "te_pace ==").status_code == 422
    assert ask(editor, WIDE).status_code == 303


def test_a_filter_that_nobody_can_read_any_more_stands_in_no_ones_way(closed: Flask) -> None:
    """A request was judged anew for ever: the database held one row more than anybody could count."""
    with closed.extensions["surveyapp"].database.write() as session:
        held = {"at": clock.now(), "actor": "other@example.org"}
        assert requested_filters.add(session, COURSE, YEAR, "te_pace ~ 3", after=0, **held) == 1
    editor = person(closed, "editor")
    assert ask(editor, WIDE).location.endswith("filter=requested_2")
    assert ask(editor, WIDE).location.endswith("filter=requested_2")


def test_who_is_overtaken_each_time_is_told_to_ask_again(closed: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    judged: list[None] = []
    monkeypatch.setattr(requested_filters, "add", lambda *_, **__: judged.append(None))
    answer = ask(person(closed, "editor"), WIDE)
    assert answer.status_code == 503
    assert "Ask again in a minute" in html.unescape(answer.text)
    assert len(judged) == 3


def test_a_viewer_asks_for_none(closed: Flask) -> None:
    viewer = person(closed, "viewer")
    assert viewer.get(FILTERS).status_code == 403
    assert viewer.post(FILTERS, filter=WIDE).status_code == 403
    assert "/filters?" not in viewer.get(f"{BASE}/results/v_mark").text
    assert "/filters?variable=v_mark" in person(closed, "editor").get(f"{BASE}/results/v_mark").text


def test_two_editors_at_the_same_moment_are_judged_one_after_the_other(closed: Flask) -> None:
    database = closed.extensions["surveyapp"].database
    with database.write() as session:
        held = {"at": clock.now(), "actor": "other@example.org"}
        assert requested_filters.add(session, COURSE, YEAR, "te_pace in [4, 5]", after=0, **held) == 1
        assert requested_filters.add(session, COURSE, YEAR, WIDE, after=0, **held) is None
        assert requested_filters.add(session, COURSE, YEAR, WIDE, after=1, **held) == 2


def test_what_was_granted_while_a_wave_was_open_keeps_its_figures_after_the_closing(opened: Flask) -> None:
    editor, viewer = person(opened, "editor"), person(opened, "viewer")
    granted = [
        answer.location.split("=")[-1]
        for expression in ("language in ['nl']", WIDE, "te_usable in [4, 5]", "te_clear in [3, 4]", "te_pace in [5]")
        if (answer := ask(editor, expression)).status_code == 303
    ]
    assert len(granted) >= 2
    Happening(opened).close()
    for name in granted:
        figures = json.loads(viewer.get(f"{BASE}/results/v_mark.json?filter={name}").text)
        assert not figures["columns"][0]["suppressed"], name


def ticked(random: Random, n: int) -> Iterator[str]:
    """Filters as the boxes make them."""
    codes = {"te_pace": "12345", "te_clear": "12345", "te_usable": "12345"}
    for _ in range(n):
        parts = [
            f"{name} in [{', '.join(sorted(random.sample(codes[name], random.randint(1, 4))))}]"
            for name in random.sample(sorted(codes), random.choice([1, 1, 2]))
        ]
        parts += [f"role in ['{random.choice(['participant', 'trainer'])}']"] * random.choice([0, 0, 1])
        yield " and ".join(parts)


@pytest.mark.parametrize(("is_open", "seed"), [(True, 5), (True, 28), (False, 5)])
def test_no_figure_of_whatever_was_granted_tells_of_one_to_nine_also_while_people_come(
    opened: Flask, monkeypatch: pytest.MonkeyPatch, is_open: bool, seed: int
) -> None:
    """Seed 28: between the last step and the closing, four of those of one group came that were of no other."""
    draw_alike(monkeypatch, seed - 5)
    wave, random = Happening(opened, seed - 2), Random(seed)
    if not is_open:
        wave.close()
    reader, granted = Reader(opened, "editor"), [""]
    for moment in range(3):
        for expression in [*(one for _ in range(2) for one in spellings(random, 3)), *ticked(random, 12)]:
            answer = ask(reader.person, expression)
            if answer.status_code == 303 and answer.location.split("=")[-1] not in granted:
                granted.append(answer.location.split("=")[-1])
        reader.look()
        for condition in granted:
            for variable in VARIABLES[:2]:
                assert reader.ask(variable, BANNERS, condition, with_page=False) == 200
        fewest, how = reader.few()
        assert fewest >= K, (moment, how)
        if is_open and moment == 0:
            wave.come(90)
        elif is_open and moment == 1:
            wave.close()
    assert sum(name.startswith("requested") for name in granted) >= 2, "nothing was granted, which is safe and useless"
