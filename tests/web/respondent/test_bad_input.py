"""Nothing a client sends gives a 5xx, and nothing is stored that was not asked."""

from __future__ import annotations

import json
import logging
import random
from collections.abc import Callable
from urllib.parse import quote_from_bytes

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import select

from surveyapp.instrument.model import Instrument
from surveyapp.storage.database import Database
from surveyapp.storage.tables import CaseRow, PageSaveRow
from tests.web.browsing import Visitor, cookies_of
from tests.web.conftest import KINDS, put_wave


def stored(database: Database) -> tuple[dict[str, object], int]:
    """The case's answers and how many page saves there are."""
    with database.read() as session:
        case = session.exec(select(CaseRow)).one()
        return dict(case.answers), len(session.exec(select(PageSaveRow)).all())


@pytest.fixture
def started(visitor: Visitor) -> Visitor:
    """Someone on the page of a single choice."""
    return visitor.begin(KINDS, "contractor").press("next", q_k_elig="1")


TAMPERED = {
    "a field this page does not have": {"q_k_mark": "9"},
    "a field no page has": {"q_nothing": "1"},
    "a question of another role": {"q_k_manager": "1"},
    "a name that is no field at all": {"__class__": "1"},
    "a code that was not offered": {"q_k_single": "55"},
    "a missing code that was not offered": {"q_k_single": "-3"},
    "a code the platform sets": {"q_k_single": "-9"},
    "two values for one choice": {"q_k_single": ["1", "2"]},
    "a key that is no key": {"client_key": "'; drop table"},
    "no key": {"client_key": None},
    "a revision that is no number": {"expected": "-1"},
    "a time that is no number": {"since": "1e9"},
    "names that are no names": {"prompted": "<script>"},
    "a choice in the shape of a code": {"q_k_single": "１"},
}


@pytest.mark.parametrize("changes", TAMPERED.values(), ids=TAMPERED.keys())
def test_a_tampered_form_is_refused_and_stores_nothing(
    changes: dict[str, object], started: Visitor, sqlite_database: Database
) -> None:
    before = stored(sqlite_database)
    started.tamper(**changes)
    assert started.status == 400
    assert "Deze pagina kon niet worden opgeslagen" in started.html
    assert stored(sqlite_database) == before


def test_a_question_hidden_by_an_earlier_page_cannot_be_answered(started: Visitor, sqlite_database: Database) -> None:
    started.go("depending").press("next", q_k_via="2")
    form = started.go("depending").form
    token, key = form.fields["csrf_token"], form.fields["client_key"]
    page = {"csrf_token": token, "client_key": key, "expected": "0", "since": "0", "prompted": "", "action": "next"}
    before = stored(sqlite_database)
    started.post("/nl/vragenlijst/kinds-2026/p/sequel", {**page, "q_k_route": "1"})
    assert started.status == 400
    assert stored(sqlite_database) == before


def test_an_unknown_action_saves_like_the_button_does(started: Visitor) -> None:
    assert started.tamper(action="explode", q_k_single="1").status == 200


def test_five_thousand_fields_are_refused_before_they_are_parsed(started: Visitor, sqlite_database: Database) -> None:
    before = stored(sqlite_database)
    started.tamper(**{f"q_{number}": "1" for number in range(5_000)})
    assert started.status == 413
    assert stored(sqlite_database) == before


def test_a_megabyte_of_text_is_refused_on_its_page_and_kept_there(visitor: Visitor) -> None:
    visitor.begin(KINDS, "contractor").press("next", q_k_elig="1").go("long")
    text = "€uro " * 200_000
    visitor.press("next", q_k_long=text)
    assert (visitor.status, visitor.at) == (422, "long")
    assert visitor.page.title.startswith("Fout: ")
    assert visitor.form.fields["q_k_long"] == [text]


@pytest.mark.parametrize("action", ["language", "previous", "save"])
def test_nobody_leaves_a_page_with_more_than_a_draft_can_hold(visitor: Visitor, action: str) -> None:
    visitor.begin(KINDS, "contractor").press("next", q_k_elig="1").go("long")
    text = "a" * 30_000
    visitor.press(action, q_k_long=text)
    assert (visitor.status, visitor.at) == (422, "long")
    assert visitor.form.fields["q_k_long"] == [text]


def test_what_no_page_can_hold_is_refused(started: Visitor, sqlite_database: Database) -> None:
    before = stored(sqlite_database)
    started.tamper(q_k_single="1" * 5_000_000)
    assert started.status == 413
    assert "Dit formulier is te groot" in started.html
    assert stored(sqlite_database) == before


def test_a_multipart_form_with_too_many_parts_is_refused(started: Visitor) -> None:
    fields = {**started.form.fields, **{f"q_{number}": "1" for number in range(600)}}
    assert started.post(started.form.action, fields, content_type="multipart/form-data").status == 413


UNUSABLE = {
    "NUL": b"a\0b",
    "a lone surrogate": b"a\xed\xa0\x80b",
    "half a character": b"a\xc3",
    "an overlong form": b"\xc0\xaf",
}


@pytest.mark.parametrize("text", UNUSABLE.values(), ids=UNUSABLE.keys())
def test_text_no_database_can_keep_is_refused(text: bytes, started: Visitor, sqlite_database: Database) -> None:
    form = started.go("short").form
    known = "&".join(f"{name}={values[0]}" for name, values in form.fields.items() if name != "q_k_short")
    body = f"{known}&action=next&q_k_short={quote_from_bytes(text)}"
    before = stored(sqlite_database)
    response = started.client.post(form.action, data=body, content_type="application/x-www-form-urlencoded")
    assert response.status_code in (400, 422)
    assert stored(sqlite_database) == before


def test_strange_text_is_kept_as_typed_or_asked_back(started: Visitor, sqlite_database: Database) -> None:
    started.go("long").press("next", q_k_long="=1+1 <b>x</b> \u202eabc 🙂 e\u0301")
    assert stored(sqlite_database)[0]["k_long"] == "=1+1 <b>x</b> \u202eabc 🙂 é"
    started.go("long")
    assert "<b>x</b>" not in started.html
    assert "&lt;b&gt;x&lt;/b&gt;" in started.html


def test_text_that_is_too_long_stays_on_the_page_and_is_not_cut(started: Visitor, sqlite_database: Database) -> None:
    started.go("long").press("next", q_k_long="x" * 300)
    assert started.is_asked
    assert started.form.fields["q_k_long"] == ["x" * 300]
    assert "Uw tekst is 100 tekens te lang: hoogstens 200." in started.html
    assert "k_long" not in stored(sqlite_database)[0]


@pytest.mark.parametrize(
    ("page", "answers", "words"),
    [
        ("rate", {"q_k_rate": "veel"}, "Vul een getal in cijfers in, bijvoorbeeld 85,50."),
        ("rate", {"q_k_rate": "5"}, "Vul een getal van 10 tot en met 500 in."),
        ("rate", {"q_k_rate": "85,505"}, "Gebruik hoogstens 2 cijfers achter de komma, bijvoorbeeld 85,50."),
        ("rate", {"q_k_rate": "85", "q_k_rate__missing": "-3"}, "Welke geldt?"),
        ("year", {"q_k_year": "75"}, "Vul een jaartal van vier cijfers in, van 1935 tot en met 2010."),
        ("month", {"q_k_month__month": "3"}, "Vul de maand en het jaar allebei in"),
        ("region", {"q_k_region": "AB"}, "Vul de eerste twee cijfers van een postcode in, bijvoorbeeld 35."),
        ("ranking", {"q_k_ranking__1": "1", "q_k_ranking__2": "1"}, "U koos “Verdienen” meer dan één keer."),
        ("ranking", {"q_k_ranking__2": "1"}, "Kies ook uw nummer 1"),
        ("parts", {"q_k_parts__1": "50"}, "Samen moet dit 100 zijn. Het is nu 50."),
        ("multiple", {"q_k_multiple": ["1", "2", "3"]}, "Kies er hoogstens 2. U koos er 3."),
    ],
)
def test_a_mistake_is_named_with_an_example_or_a_limit_and_stays_on_the_page(
    page: str, answers: dict[str, object], words: str, started: Visitor
) -> None:
    started.go(page).press("next", answers)
    assert started.is_asked
    assert words in started.html
    assert started.page.title.startswith("Fout: ")
    for name, value in answers.items():
        assert started.form.fields[name] == (value if isinstance(value, list) else [value])
    targets = [href for href, _ in started.page.links if href.startswith("#q_")]
    assert targets
    assert all(target[1:] in started.page.ids for target in targets)


def test_an_unlikely_number_is_asked_about_once(started: Visitor, sqlite_database: Database) -> None:
    started.go("rate").press("next", q_k_rate="400")
    assert started.is_asked
    assert "U vulde 400 in. Klopt dat?" in started.html
    started.press("next")
    assert stored(sqlite_database)[0]["k_rate"] == 400


def test_a_form_from_another_site_is_refused(started: Visitor, sqlite_database: Database) -> None:
    before = stored(sqlite_database)
    fields = {**started.form.fields, "q_k_single": ["1"], "action": ["next"]}
    started.post(started.form.action, fields, headers={"Sec-Fetch-Site": "cross-site"})
    assert started.status == 403
    assert stored(sqlite_database) == before


def test_a_form_without_its_token_gives_the_page_again_with_what_was_typed(
    started: Visitor, sqlite_database: Database
) -> None:
    before = stored(sqlite_database)
    started.go("short").tamper(csrf_token="stale", q_k_short="Een heel verhaal")
    assert started.status == 400
    assert started.form.fields["q_k_short"] == ["Een heel verhaal"]
    assert "nog niet opgeslagen" in started.html
    assert stored(sqlite_database) == before
    started.press("next")
    assert stored(sqlite_database)[0]["k_short"] == "Een heel verhaal"


def test_without_the_cookie_the_typed_text_is_still_shown(started: Visitor) -> None:
    started.go("long")
    fields = {**started.form.fields, "q_k_long": ["Een heel verhaal"], "action": ["next"]}
    for name in cookies_of(started.client):
        started.client.delete_cookie(name)
    started.post(started.form.action, fields)
    assert started.status == 400
    assert "Een heel verhaal" in started.html
    assert "code" in started.form.typing


@pytest.mark.parametrize("seed", range(4))
def test_random_bytes_never_give_a_fault(seed: int, started: Visitor) -> None:
    source = random.Random(seed)
    form = started.go("long").form
    token = form.fields["csrf_token"][0]
    urls = [form.action, f"{form.action}/zicht", f"{form.action}/concept", "/nl/onderzoek/kinds-2026"]
    urls += [f"/nl/vragenlijst/kinds-2026/{name}" for name in ("toestemming", "bewaard", "controle", "klaar")]
    urls.append("/nl/vragenlijst/verder")
    for url in urls:
        for body in (source.randbytes(400), f"csrf_token={token}&".encode() + source.randbytes(400)):
            for kind in ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/json"):
                response = started.client.post(url, data=body, content_type=kind)
                assert response.status_code < 500, (url, kind, body)


@pytest.mark.parametrize(
    "url",
    [
        "/nl/onderzoek/../../x-2026",
        "/nl/onderzoek/kinds-99999",
        "/nl/onderzoek/KINDS-2026",
        "/nl/privacy?wave=%ff",
        "/nl/privacy?wave=x",
        "/nl/privacy?wave=x-abcd",
        "/nl/privacy?wave=kinds-1999",
        "/static/../app.py",
        "/static/css/none.css",
        "/nl/" + "x" * 5000,
    ],
)
def test_a_strange_address_is_a_page_not_a_fault(url: str, client: FlaskClient) -> None:
    assert client.get(url).status_code in (400, 404)


@pytest.mark.parametrize("page", ["%00", "..%2f..%2fetc", "%ff", "x" * 3000, "'--"])
def test_a_strange_page_name_is_a_page_not_a_fault(page: str, started: Visitor) -> None:
    assert started.go(page).status == 404


def test_a_strange_page_name_is_no_fault_on_either_database(
    make_app: Callable[..., Flask], database: Database, kinds: Instrument
) -> None:
    put_wave(database, kinds)
    visitor = Visitor(make_app(database).test_client()).begin("kinds", "contractor")
    form = dict(visitor.form.fields)
    for name in ("%00", "start%00", "%00~"):
        assert visitor.get(f"/nl/vragenlijst/kinds-2026/p/{name}").status == 404
        for where, action in (("", "next"), ("", "elsewhere"), ("", "clear:k_elig"), ("/zicht", ""), ("/concept", "")):
            assert visitor.post(f"/nl/vragenlijst/kinds-2026/p/{name}{where}", {**form, "action": action}).status == 404
    assert visitor.get("/en/privacy?wave=%00a-2026").status == 404


def test_only_questions_of_the_page_count_as_asked_about(started: Visitor, sqlite_database: Database) -> None:
    forged = " ".join(["k_mark", "k_rate", "k_mark", *(f"k_{number}" for number in range(400))])
    started.go("mark").tamper(prompted=forged, q_k_mark="8", action="next")
    with sqlite_database.read() as session:
        kept = {row.page: row.prompts for row in session.exec(select(PageSaveRow))}
    assert kept["mark"] == 1


def test_a_strange_host_is_refused(client: FlaskClient) -> None:
    assert client.get("/nl/", headers={"Host": "evil.example"}).status_code == 400


def test_a_fault_of_ours_is_a_page_with_a_number_that_stands_in_the_log_and_no_stack(
    capsys: pytest.CaptureFixture[str], app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> None:
        raise RuntimeError("secret text")

    monkeypatch.setitem(app.view_functions, "respondent.home", broken)
    response = client.get("/nl/")
    page = response.get_data(as_text=True)
    assert response.status_code == 500
    assert "Er ging iets mis bij ons" in page
    assert "secret text" not in page
    log = capsys.readouterr().err
    assert "secret text" not in log
    number = page.partition("Nummer: ")[2][:10]
    assert number in log


def test_a_busy_database_gives_the_page_again_with_the_text(
    started: Visitor, sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    from surveyapp.errors import StorageBusy
    from surveyapp.fieldwork import interviews

    def full(*_: object, **__: object) -> None:
        raise StorageBusy("The disk is full.")

    started.go("short")
    monkeypatch.setattr(interviews, "save_page", full)
    started.press("next", q_k_short="Een heel verhaal")
    assert started.status == 503
    assert started.response.headers["Retry-After"]
    assert started.form.fields["q_k_short"] == ["Een heel verhaal"]
    assert "Niet opgeslagen" in started.html


def test_a_database_that_is_away_gives_a_form_that_can_be_sent_again(
    started: Visitor, sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    from surveyapp.errors import StorageBusy
    from surveyapp.fieldwork import interviews

    def away(*_: object, **__: object) -> None:
        raise StorageBusy("The database is away.")

    started.go("short")
    with monkeypatch.context() as patch:
        patch.setattr(interviews, "load_case", away)
        started.press("next", q_k_short="Een heel verhaal")
        assert started.status == 503
    started.post("/nl/vragenlijst/kinds-2026/p/short", started.form.fields)
    assert stored(sqlite_database)[0]["k_short"] == "Een heel verhaal"


def test_logs_hold_no_answer_token_address_or_query(
    make_app: Callable[..., Flask],
    app: Flask,
    capsys: pytest.CaptureFixture[str],
) -> None:
    served = make_app(log_level="INFO")
    visitor = Visitor(served.test_client())
    visitor.get("/nl/onderzoek/kinds-2026?source=kanarie-bron", headers={"User-Agent": "kanarie-agent"})
    visitor.press("next", role="contractor").press("next", agree="yes").press("next", q_k_elig="1")
    visitor.go("short").press("next", q_k_short="kanarie-antwoord")
    visitor.get("/nl/kanarie-pad?x=kanarie-vraag")
    visitor.get("/nl/vragenlijst/verder").press("", code="kanarie-code")
    at_once = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert at_once == []  # what went well, or was refused, has no line
    served.extensions["surveyapp.request_counts"].flush()
    log = capsys.readouterr().err + repr(at_once)
    assert '"kind": "questionnaire"' in log
    assert "kanarie" not in log
    assert "127.0.0.1" not in log
    assert not logging.getLogger("surveyapp").handlers
