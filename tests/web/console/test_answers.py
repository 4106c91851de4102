"""Open answers on the console: a right of its own, no order, two coders who see nothing of each other, quotations."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner
from flask import Flask

from surveyapp.app import create_app
from surveyapp.cli import main
from surveyapp.config import Settings
from surveyapp.fieldwork import coding, editions
from surveyapp.fieldwork.case_lines import short_id
from surveyapp.storage import audit
from surveyapp.storage import coding as stored
from surveyapp.storage.accounts import ROLES, add_user
from surveyapp.storage.database import Database
from surveyapp.web.passwords import password_hash
from tests.reports.coded_waves import CODED, QUESTION, STUDY, WORDS, YEAR, closed_wave, give, started
from tests.web.console.people import PASSWORD, Person

BASE = f"/console/{STUDY}/{YEAR}/answers"
ONE = f"{BASE}/{QUESTION}"
RESEARCHER, ADMIN = "researcher@example.org", "admin@example.org"
PEOPLE = 48
NAMED = "Bel Piet Jansen van Bureau Zuid op 06-12345678 of mail piet@zuid.nl"


@pytest.fixture
def coded(tmp_path: Path) -> Iterator[Flask]:
    """A closed wave of 48 people with an answer each, and an account per role; the researcher may read."""
    settings = Settings(
        instance=tmp_path, environment="development", instruments=tmp_path / "none", second_step_roles="none"
    )
    made = create_app(settings)
    database = made.extensions["surveyapp"].database
    database.upgrade()
    keys = closed_wave(database, [WORDS[1 + at % 3] for at in range(PEOPLE - 1)] + [NAMED])
    hashed = password_hash(PASSWORD)
    with database.write() as session:
        for role in ROLES:
            add_user(session, f"{role}@example.org", hashed, role, "en")
        coding.set_readers(session, STUDY, [RESEARCHER], ADMIN)
    made.extensions["keys"] = keys
    yield made
    database.close()


@pytest.fixture
def enter(coded: Flask) -> Callable[[str], Person]:
    def entered(role: str) -> Person:
        person = Person(coded.test_client())
        assert person.sign_in(f"{role}@example.org").status_code == 302
        return person

    return entered


def held(app: Flask) -> Database:
    found: Database = app.extensions["surveyapp"].database
    return found


def test_reading_is_a_right_of_its_own_that_an_administrator_gives(
    coded: Flask, enter: Callable[[str], Person]
) -> None:
    admin = enter("admin")
    for address in ("", "/quotations", "/code", "/settle", "/quote/" + "0" * 16):
        answer = admin.get(ONE + address)
        assert (answer.status_code, answer.location) == (303, BASE)
    assert "right of its own" in admin.get(BASE).text
    admin.post(f"{BASE}/readers", reader=[ADMIN, RESEARCHER, "editor@example.org"])
    assert WORDS[1] in admin.get(ONE).text
    with held(coded).read() as session:
        assert coding.readers(session, STUDY) == (ADMIN, RESEARCHER)  # an editor may not see cases
        noted = audit.details_of(session, "answers.read", f"{STUDY} {YEAR}")
    assert noted == [{"question": QUESTION, "is_searched": False, "page": 1}]


def test_answers_are_searched_without_accents_and_few_people_are_not_shown(enter: Callable[[str], Person]) -> None:
    person = enter("researcher")
    found = person.get(f"{ONE}?q=TÉ+weinig+tijd").text
    assert "16 answers" in found
    assert WORDS[2] not in found
    assert "24 answers" in person.get(f"{ONE}?role=manager").text
    few = person.get(f"{ONE}?filter=gr_assign+==+3").text  # five people
    assert "Not shown" in few
    assert all(words not in few for words in WORDS.values())
    assert person.get(f"{ONE}?role=nobody").status_code == 400


def test_nothing_on_the_page_tells_whose_answer_it_is_or_when_it_came(
    coded: Flask, enter: Callable[[str], Person]
) -> None:
    """Neither the key of a case nor its short name; and the order is not that of keys, in which the wave is kept."""
    person = enter("researcher")
    text = person.get(ONE).text + person.get(f"{ONE}?part=2").text
    keys = coded.extensions["keys"]
    for key in keys:
        assert str(key) not in text
        assert key.hex not in text
        assert short_id(key) not in text
    order = [WORDS[1 + at % 3] for at in sorted(range(PEOPLE - 1), key=lambda at: keys[at])]
    shown = [words for words in re.findall(r"<blockquote[^>]*>(.*?)</blockquote>", text) if "Piet" not in words]
    assert sorted(shown) == sorted(order)
    assert shown != order


def test_two_people_code_settle_and_put_it_into_the_figures(coded: Flask, enter: Callable[[str], Person]) -> None:
    person, database = enter("researcher"), held(coded)
    started_at = person.post(f"{ONE}/coding/begin")
    assert started_at.location == f"{ONE}/frame"
    person.post(f"{ONE}/frame", number="1", act="add", **{"label-nl": "Tijd", "label-en": "Time"})
    assert person.post(f"{ONE}/frame", number="1", act="retire", code="1").status_code == 422  # another version since
    late = person.post(f"{ONE}/frame", number="1", act="add", **{"label-nl": "Te laat", "label-en": "Too late"})
    assert late.status_code == 422
    assert 'href="#new-label-nl"' in late.text  # what is wrong leads to the form, and what was typed stands in it
    assert re.search(r'id="new-label-en"[^>]* value="Too late"', late.text)
    person.post(f"{ONE}/frame", number="2", act="add", **{"label-nl": "Geld", "label-en": "Money"})
    assert person.post(f"{ONE}/coding/seat", seat="1").location == f"{ONE}/code"
    codes = {WORDS[1]: ["1"], WORDS[2]: ["2"], WORDS[3]: ["97"]}
    page = person.get(f"{ONE}/code").text
    assert person.post(f"{ONE}/code", answer=_name(page), suggested="").status_code == 422
    suggested = 0
    for _ in range(PEOPLE):
        words = re.search(r'class="answer measure" lang="\w+">(.*?)<', page)
        assert words is not None
        shown = re.search(r'name="suggested" value="([\d,]*)"', page)
        assert shown is not None
        suggested += bool(shown[1])
        code = codes.get(words[1], ["9999"])
        sent = person.post(f"{ONE}/code", answer=_name(page), suggested=shown[1], code=code)
        page = person.get(sent.location).text
    assert "You have coded every answer." in page
    assert suggested >= PEOPLE - 8  # like answers are known by then
    # The other coder, who sees nothing of the first, gives one answer another code.
    with database.write() as session:
        frame = coding.frame_in_force(session, STUDY, YEAR, QUESTION).frame
        coding.take_seat(session, STUDY, YEAR, QUESTION, 2, ADMIN)
        first = coding.given(session, STUDY, YEAR, QUESTION, (1,))
        for at, case in enumerate(sorted(first)):
            given = first[case].codes[1] if at else (2,) if first[case].codes[1] != (2,) else (1,)
            coding.give(session, STUDY, YEAR, frame, case, 2, given)
    state = person.get(f"{ONE}/coding").text
    assert "1 answer got other codes from both." in state
    assert "Pooled kappa" in state
    settling = person.get(f"{ONE}/settle").text
    assert "Coder 2" in settling
    sent = person.post(f"{ONE}/settle", answer=_name(settling), suggested="", code=["1", "2"])
    assert "Nothing waits to be settled." in person.get(sent.location).text
    viewer = enter("viewer")
    results = f"/console/{STUDY}/{YEAR}/results"
    assert viewer.get(f"{results}/{CODED}").status_code == 400  # there is no such variable for them
    assert CODED not in viewer.get(results).text
    assert CODED in person.get(results).text
    assert person.post(f"{ONE}/coding/figures", reason="").status_code == 422
    assert person.post(f"{ONE}/coding/figures", reason="coded").status_code == 303
    shown_page = viewer.get(f"{results}/{CODED}?by=role")
    assert shown_page.status_code == 200
    assert "Time" in shown_page.text
    with database.read() as session:
        made = editions.of_wave(session, STUDY, YEAR)[-1]
    assert (made.act, made.reason, made.actor) == (coding.COUNT, "coded", RESEARCHER)
    assert "The codes as they stand are in the figures." in person.get(f"{ONE}/coding").text


def test_who_still_codes_sees_nothing_of_the_other(coded: Flask, enter: Callable[[str], Person]) -> None:
    database, keys = held(coded), coded.extensions["keys"]
    started(database)
    give(database, 2, [(key, [2]) for key in keys])
    with database.write() as session:
        coding.hand_over(session, STUDY, YEAR, QUESTION, 1, ADMIN)
    person = enter("researcher")
    person.post(f"{ONE}/coding/seat", seat="1")
    page = person.get(f"{ONE}/code").text
    assert "checked" not in page
    assert "suggested</span>" not in page
    assert person.get(f"{ONE}/settle").location == f"{ONE}/coding"
    assert person.post(f"{ONE}/settle/alone").status_code == 409
    assert person.post(f"{ONE}/coding/seat", seat="2", leave="1").status_code == 400  # not one's own


def test_a_quotation_is_edited_released_shown_and_tells_nothing_of_its_case(
    coded: Flask, enter: Callable[[str], Person]
) -> None:
    database, keys, person = held(coded), coded.extensions["keys"], enter("researcher")
    started(database)
    for seat in (1, 2):
        give(database, seat, [(key, [1]) for key in keys])
    person.post(f"{ONE}/coding/figures", reason="coded")
    found = re.search(rf'href="({ONE}/quote/\w+)"', person.get(f"{ONE}?q=Piet").text)
    assert found is not None
    page = person.get(found[1]).text
    assert "<mark>Piet Jansen</mark>" in page or "<mark>Piet</mark>" in page
    assert "Bel [naam] van [naam] op [telefoonnummer] of mail [e-mailadres]" in page
    assert person.post(found[1], words="").status_code == 422
    assert person.post(found[1], words="Bel [naam] van [naam].").status_code == 303
    shown = enter("viewer").get(f"/console/{STUDY}/{YEAR}/results/{CODED}").text
    assert "Bel [naam] van [naam]." in shown
    listed = person.get(f"{ONE}/quotations").text
    for text in (shown, listed):
        assert found[1].rsplit("/", 1)[1] not in text  # nor what its answer is called in the reader
        assert all(str(key) not in text and short_id(key) not in text for key in keys)
    with database.read() as session:
        (row,) = stored.quotations(session, STUDY, YEAR)
        noted = audit.details_of(session, "quotation.release", f"{STUDY} {YEAR}")
    assert (row.actor, row.role) == (RESEARCHER, "manager")
    assert [one["quotation"] for one in noted] == [row.quotation_id]
    person.post(f"{ONE}/quotations/{row.quotation_id}/withdraw")
    assert "Bel [naam]" not in enter("viewer").get(f"/console/{STUDY}/{YEAR}/results/{CODED}").text


def _name(page: str) -> str:
    found = re.search(r'name="answer" value="(\w+)"', page)
    assert found is not None
    return found[1]


def test_codes_go_out_as_a_book_and_come_in_whole_or_not_at_all(coded: Flask, enter: Callable[[str], Person]) -> None:
    person, database = enter("researcher"), held(coded)
    started(database)
    with database.write() as session:
        coding.hand_over(session, STUDY, YEAR, QUESTION, 1, ADMIN)
        coding.take_seat(session, STUDY, YEAR, QUESTION, 1, RESEARCHER)
    sent_out = openpyxl.load_workbook(io.BytesIO(person.get(f"{ONE}/coding.xlsx").data))
    sheet = sent_out.worksheets[0]
    assert [cell.value for cell in sheet[1]] == ["Answer", "Words", "Codes"]
    assert sheet.max_row == PEOPLE + 1
    for row in range(2, sheet.max_row + 1):
        assert sheet.cell(row, 1).data_type == "s"
        sheet.cell(row, 3).value = "1; 2" if row == 2 else "3" if row < 20 else None

    def send(change: Callable[[], object]) -> str:
        change()
        written = io.BytesIO()
        sent_out.save(written)
        answer = person.client.post(
            f"{ONE}/coding/book",
            data={"csrf_token": person.token(), "file": (io.BytesIO(written.getvalue()), "codes.xlsx")},
        )
        if answer.status_code == 303:
            return "taken in"
        assert answer.status_code == 422
        found = re.search(r'id="file-message">.*?</span>(.*?)</p>', answer.text)
        assert found is not None
        return found[1]

    def put(row: int, column: int, value: object) -> Callable[[], object]:
        return lambda: setattr(sheet.cell(row, column), "value", value)

    assert "cannot be given together" in send(put(5, 3, "4"))
    assert "cannot be given together" in send(put(5, 3, "9999, 1"))
    assert "numbers with commas" in send(put(5, 3, "één"))
    with database.read() as session:
        assert coding.given(session, STUDY, YEAR, QUESTION) == {}
    assert "no such answer" in send(lambda: (put(5, 3, "3")(), put(5, 1, "nobody")()))
    assert "columns Answer and Codes" in send(lambda: (put(5, 1, None)(), put(1, 3, "Kodes")()))
    assert send(put(1, 3, "Codes")) == "taken in"
    assert send(put(6, 3, "=1+1")) == "taken in"  # nobody computes it: the row has no codes, and keeps those it had
    with database.read() as session:
        found = [one.codes[1] for one in coding.given(session, STUDY, YEAR, QUESTION).values()]
    assert sorted(found) == [(1, 2), *[(3,)] * 16]
    answer = person.client.post(
        f"{ONE}/coding/book", data={"csrf_token": person.token(), "file": (io.BytesIO(b"PK\x03\x04 no book"), "x.xlsx")}
    )
    assert "save it anew" in answer.text


def test_the_commands_take_codes_out_and_in_for_an_account_that_may(
    coded: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = held(coded)
    started(database)
    for name, value in (("INSTANCE", tmp_path), ("ENVIRONMENT", "development"), ("INSTRUMENTS", tmp_path / "none")):
        monkeypatch.setenv(f"SURVEYAPP_{name}", str(value))
    file = tmp_path / "codes.xlsx"

    def run(*words: str) -> str:
        return CliRunner().invoke(main, ["codes", words[0], STUDY, str(YEAR), QUESTION, *words[1:]]).output

    assert "a right of its own" in run("out", "editor@example.org", "--out", str(file))
    assert "Take one of the two places first" in run("out", RESEARCHER, "--out", str(file))
    with database.write() as session:
        coding.hand_over(session, STUDY, YEAR, QUESTION, 1, ADMIN)
        coding.take_seat(session, STUDY, YEAR, QUESTION, 1, RESEARCHER)
    assert str(file) in run("out", RESEARCHER, "--out", str(file))
    assert file.stat().st_mode & 0o077 == 0
    assert "is there already" in run("out", RESEARCHER, "--out", str(file))
    book = openpyxl.load_workbook(file)
    book.worksheets[0].cell(2, 3).value = "1, 2"
    book.save(file)
    assert "1 answer was coded." in run("in", RESEARCHER, str(file))
    assert "0 answers were coded." in run("in", RESEARCHER, str(file))
    with database.read() as session:
        assert [one.codes[1] for one in coding.given(session, STUDY, YEAR, QUESTION).values()] == [(1, 2)]
        read = audit.details_of(session, "answers.read", f"{STUDY} {YEAR}")
        assert read == [{"question": QUESTION, "coding": 1, "answers": PEOPLE}]
