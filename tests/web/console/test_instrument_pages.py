"""The instrument in the console: compared, walked, previewed and printed, with nothing written."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text
from sqlmodel import SQLModel

from surveyapp.app import create_app
from surveyapp.config import Settings
from surveyapp.errors import NotFound
from surveyapp.fieldwork import versions, waves
from surveyapp.fieldwork.library import InstrumentLibrary
from surveyapp.fieldwork.measured_minutes import ENOUGH
from surveyapp.fieldwork.simulate import simulate
from surveyapp.instrument.loader import load_instrument
from surveyapp.storage.cases import complete_seconds
from surveyapp.web.console.preview_page import LONGEST_STATE, packed, unpacked
from tests.web.console.people import BASE, INSTRUMENTS, STUDY, Person

HERE = f"{BASE}/instrument"
FRAME = f"{HERE}/preview/contractor/nl"


def contents(app: Flask) -> dict[str, int]:
    """How many rows each table holds."""
    with app.extensions["surveyapp"].database.read() as session:
        return {
            name: session.execute(text(f"SELECT count(*) FROM {name}")).scalar_one()
            for name in SQLModel.metadata.tables
        }


def fields(page: str) -> dict[str, str]:
    return {"csrf_token": re.search(r'name="csrf_token" value="([^"]+)"', page).group(1), "client_key": "preview"}  # type: ignore[union-attr]


def action(page: str) -> str:
    found = re.search(r'<form id="q" method="post" action="([^"]+)"', page)
    assert found is not None
    return unescape(found.group(1))


def test_two_waves_stand_side_by_side_with_old_and_new_words(signed_in: Callable[[str], Person]) -> None:
    page = signed_in("viewer").get(f"{HERE}/compare").text
    assert "2025 → 2026" in page
    assert "This assignment widens my network." in page
    assert "Through this assignment I meet people who matter to my work." in page
    assert re.search(r'class="effect indicative">indicative<', page)
    assert "88 unchanged" in page


def test_an_earlier_wave_looks_forward_and_an_unknown_one_is_not_found(signed_in: Callable[[str], Person]) -> None:
    person = signed_in("viewer")
    assert "2025 → 2026" in person.get(f"/console/{STUDY}/2025/instrument/compare?against=2026").text
    assert person.get(f"{HERE}/compare?against=1999").status_code == 404
    assert person.get(f"{HERE}/compare?against=vorig").status_code == 404


@pytest.fixture
def edited(filled: Path, tmp_path: Path) -> tuple[Flask, Person, Path]:
    """A console whose files can be changed, and somebody at it."""
    shutil.copyfile(filled, tmp_path / "surveyapp.sqlite3")
    shutil.copytree(INSTRUMENTS, tmp_path / "definitions")
    app = create_app(Settings(instance=tmp_path, environment="development", instruments=tmp_path / "definitions"))
    person = Person(app.test_client())
    person.sign_in("researcher@example.org")
    return app, person, tmp_path / "definitions" / STUDY


def replaced(path: Path, old: str, new: str) -> None:
    content = path.read_text(encoding="utf-8")
    assert old in content
    path.write_text(content.replace(old, new, 1), encoding="utf-8")


def test_a_code_that_means_something_else_stands_on_top(edited: tuple[Flask, Person, Path]) -> None:
    _, person, folder = edited
    content = (folder / "variables.yaml").read_text(encoding="utf-8")
    first = re.search(r"code: 1, key: (\w+)", content)
    assert first is not None
    replaced(folder / "variables.yaml", first.group(0), "code: 1, key: something_else")
    page = person.get(f"{HERE}/compare").text
    assert "I001" in page
    assert page.index("I001") < page.index("2025 → 2026")
    assert "the files on disk are compared" in page
    assert str(folder) not in page


def test_a_correction_shows_in_the_log_with_old_and_new_words(edited: tuple[Flask, Person, Path]) -> None:
    app, person, folder = edited
    old = "This assignment widens"
    instrument = load_instrument(folder, 2026)
    was = instrument.questionnaires["contractor"].questions["gr_assign"].text["en"]
    replaced(folder / "2026" / "questionnaire.yaml", was, "How do you rate it, all in all?")
    assert old not in was
    with app.extensions["surveyapp"].database.write() as session:
        made = versions.correct(session, load_instrument(folder, 2026), "redactie@example.org", "te lang")
    page = unescape(person.get(f"{HERE}/compare").text)
    log = page[page.index("Versions of 2026") :]
    assert "texts corrected" in log
    assert made.hash[:12] in log
    assert "te lang" in log
    assert was in log
    assert "How do you rate it, all in all?" in log
    assert made.moved > 0
    assert f"{made.moved} went on with it" in log


def test_robots_are_sent_for_one_role_and_language_and_tell_what_they_reached(
    signed_in: Callable[[str], Person],
) -> None:
    person = signed_in("viewer")
    before = person.get(f"{HERE}/robots").text
    assert "Send robots" in before
    after = person.get(f"{HERE}/robots?role=intermediary&language=nl").text
    assert "Everything was reached and everybody came to the end." in after
    assert person.get(f"{HERE}/robots?role=niemand&language=nl").status_code == 404
    assert "There is no questionnaire in ." not in person.get(f"{HERE}/robots?role=intermediary").text
    assert person.get(f"{HERE}/robots?role=manager&language=fr").status_code == 404


def test_the_preview_shows_both_languages_in_frames_of_ours_only(signed_in: Callable[[str], Person]) -> None:
    person = signed_in("viewer")
    answer = person.get(f"{HERE}/preview?role=manager&page=about-you&width=phone")
    frames = re.findall(r'<iframe src="([^"]+)" title="([^"]+)"', answer.text)
    assert [("/nl/" in address, "/en/" in address) for address, _ in frames] == [(True, False), (False, True)]
    assert "frame-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    for address, _ in frames:
        frame = person.get(unescape(address))
        assert frame.status_code == 200
        assert "frame-ancestors 'self'" in frame.headers["Content-Security-Policy"]
        assert 'name="q_b_birth"' in frame.text
    dutch, english = (person.get(unescape(address)).text for address, _ in frames)
    assert '<html lang="nl"' in dutch
    assert "Voorbeeldweergave: er wordt niets bewaard" in dutch
    assert "Preview: nothing is stored" in english


@pytest.mark.parametrize("role", ["contractor", "manager", "procurement", "intermediary"])
def test_every_page_of_every_role_can_be_shown_with_every_message(
    signed_in: Callable[[str], Person], role: str
) -> None:
    person = signed_in("viewer")
    instrument = load_instrument(INSTRUMENTS / STUDY, 2026)
    states = 0
    for page in instrument.questionnaires[role].pages:
        host = person.get(f"{HERE}/preview?role={role}&page={page.id}&tongues=nl&state=all")
        assert host.status_code == 200, page.id
        for address in re.findall(r'<iframe src="([^"]+)"', host.text):
            frame = person.get(unescape(address))
            assert frame.status_code == 200, address
            assert len(re.findall("<h1", frame.text)) == 1
            if "show=" in address:
                states += 1
                assert 'id="summary"' in frame.text, address
    assert states > 30


def test_a_preview_is_walked_like_the_questionnaire_and_writes_nothing(
    app: Flask, signed_in: Callable[[str], Person]
) -> None:
    person = signed_in("viewer")
    before = contents(app)
    first = person.get(f"{FRAME}/start?a={packed({})}")
    wrong = person.client.post(action(first.text), data={**fields(first.text), "action": "next"})
    assert wrong.status_code == 422
    assert 'id="summary"' in wrong.text
    role_question = next(iter(load_instrument(INSTRUMENTS / STUDY, 2026).questionnaires["contractor"].questions))
    values = re.findall(rf'name="q_{role_question}" value="(\d+)"', first.text)
    gone_on = person.client.post(
        action(first.text), data={**fields(first.text), "action": "next", f"q_{role_question}": values[0]}
    )
    assert gone_on.status_code in (303, 422)
    back = person.get(f"{FRAME}/your-assignment")
    assert back.status_code == 200
    for pressed in ("previous", "save", "clear:a_via"):
        answer = person.client.post(action(back.text), data={**fields(back.text), "action": pressed})
        assert answer.status_code in (200, 303), pressed
    part = person.client.post(
        action(person.get(f"{FRAME}/career").text).replace("/career?", "/career/part?"), data=fields(back.text)
    )
    assert part.status_code in (200, 204)
    assert contents(app) == before


def test_the_last_page_leads_to_the_end_and_back_to_the_beginning(signed_in: Callable[[str], Person]) -> None:
    page = signed_in("viewer").get(f"{HERE}/preview/contractor/en/_end?a={packed({})}")
    assert page.status_code == 200
    assert "Start again" in page.text


@pytest.mark.parametrize("state", ["x", "%00", "e30", "A" * 9000, packed({"b_since": 1})[:-4]])
def test_a_forged_address_is_refused_or_means_nothing(signed_in: Callable[[str], Person], state: str) -> None:
    assert signed_in("viewer").get(f"{FRAME}/start?a={state}").status_code in (200, 400, 404)


def test_answers_that_cannot_be_are_left_out(signed_in: Callable[[str], Person]) -> None:
    wild = {"b_since": "zeven", "gr_assign": [1, {}], "a_via": {"x": 1}, "unknown": 1, "gr_client": True, "s_x": None}
    state = packed(wild)  # type: ignore[arg-type]
    for page in ("start", "career", "marks"):
        assert signed_in("viewer").get(f"{FRAME}/{page}?a={state}").status_code in (200, 400, 404)


def test_a_state_keeps_its_answers_and_stays_short_enough_for_an_address() -> None:
    given = {"a": 1, "b": [1, 2], "c": {"1": 60.0, "2": 40.0}, "d": "tekst"}
    assert unpacked(packed(given)) == given  # type: ignore[arg-type]
    import secrets

    long = {f"v{n}": secrets.token_hex(400) for n in range(30)}
    assert len(packed({**long, "a": 1})) <= LONGEST_STATE
    assert unpacked(packed({**long, "a": 1}))["a"] == 1
    with pytest.raises(NotFound):
        unpacked("niets")


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("role", ["contractor", "manager", "procurement", "intermediary"])
def test_on_paper_every_text_code_and_condition_of_the_role_is_there(
    signed_in: Callable[[str], Person], role: str, language: str
) -> None:
    page = unescape(signed_in("viewer").get(f"{HERE}/print/{role}/{language}").text)
    questionnaire = load_instrument(INSTRUMENTS / STUDY, 2026).questionnaires[role]
    assert f'<html lang="{language}"' in page
    for each in questionnaire.pages:
        assert each.title[language] in page
    for name, question in questionnaire.questions.items():
        assert question.text[language] in page, name
        assert f'<span class="name">{name}</span>' in page
        for category in question.variable.categories:
            assert category.retired or category.label[language] in page, (name, category.code)
    conditions = sum(
        (each.show_if is not None) + sum(question.show_if is not None for question in each.questions())
        for each in questionnaire.pages
    )
    assert page.count('class="only-if"') >= conditions > 0


def test_on_paper_a_limit_stands_as_people_write_it(signed_in: Callable[[str], Person]) -> None:
    dutch, english = (signed_in("viewer").get(f"{HERE}/print/procurement/{each}").text for each in ("nl", "en"))
    assert "0–20.000 · zelfstandig professionals" in dutch
    assert "0–20,000 · independent professionals" in english
    assert ">1935–2010" in english, "a year stays a year"


def test_on_paper_an_unknown_language_or_role_is_not_found(signed_in: Callable[[str], Person]) -> None:
    person = signed_in("viewer")
    assert person.get(f"{HERE}/print/contractor/fr").status_code == 404
    assert person.get(f"{HERE}/print/niemand/nl").status_code == 404


def test_the_map_counts_words(signed_in: Callable[[str], Person]) -> None:
    page = signed_in("viewer").get(HERE).text
    assert re.search(r"[\d,]+ words, some \d+ minutes", page)


def test_minutes_are_estimated_until_thirty_people_of_a_closed_wave_measured_them(
    app: Flask, signed_in: Callable[[str], Person]
) -> None:
    database = app.extensions["surveyapp"].database
    person = signed_in("viewer")
    assert not re.search(r"\d+ minutes, measured in 2025", person.get(HERE).text)
    with database.write() as session:
        waves.open_wave(session, STUDY, 2025)
    simulate(database, InstrumentLibrary(database), STUDY, 2025, 90, 3, is_demonstration=True)
    with database.write() as session:
        session.execute(text("UPDATE wave SET is_demonstration = FALSE"))  # as if they had been people
        waves.close_wave(session, STUDY, 2025)
        rows = complete_seconds(session, STUDY, 2025)
    enough = {role for role, _ in rows if sum(each == role for each, _ in rows) >= ENOUGH}
    assert enough == {"contractor"}  # six in ten of the simulated people
    page = person.get(HERE).text
    assert len(re.findall(r"\d+ minutes, measured in 2025", page)) == 1
    assert len(re.findall(r"some \d+ minutes", page)) == 3


@pytest.mark.parametrize(
    ("asked", "at"),
    [("role=nobody", "role"), ("page=nowhere", "page"), ("draw=9.9", "draw"), ("width=tv", "width"),
     ("tongues=fr", "tongues"), ("state=none", "state")],
)  # fmt: skip
def test_a_preview_of_what_does_not_exist_is_refused_and_nothing_else_is_shown_instead(
    signed_in: Callable[[str], Person], asked: str, at: str
) -> None:
    answer = signed_in("viewer").get(f"{HERE}/preview?{asked}")
    assert answer.status_code == 400
    assert "<iframe" not in answer.text
    assert f'name="{at}"' in answer.text, "to be mended where it stands"


def test_a_page_of_another_role_is_said_not_to_be_this_roles(signed_in: Callable[[str], Person]) -> None:
    """Whoever chooses another role in the form still sends the page of before."""
    person = signed_in("viewer")
    other = person.get(f"{HERE}/preview?role=intermediary&page=your-assignment").text
    assert "The page asked for is not put to this role" in other
    assert "<iframe" in other
    assert (
        "The page asked for is not put" not in person.get(f"{HERE}/preview?role=contractor&page=your-assignment").text
    )
    assert person.get(f"{HERE}/print/contractor/nl?draw=zzz").status_code == 400
