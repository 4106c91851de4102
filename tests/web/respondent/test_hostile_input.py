"""Whatever is sent to whichever address of the respondent's side: never a fault, and never half a save.

The addresses are read from the application, so that a new one is tried the day it is made.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import select
from werkzeug.test import TestResponse

from surveyapp.fieldwork import continuing
from surveyapp.fieldwork.case_state import state_of
from surveyapp.instrument.model import Instrument
from surveyapp.storage import cases
from surveyapp.storage.database import Database
from surveyapp.storage.tables import CaseRow, DraftRow, PageSaveRow
from tests.web.browsing import PageReader, Visitor, cookies_of, lend
from tests.web.conftest import KINDS, put_wave

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
PAGES = ("start", "single", "multiple", "mark", "rate", "month", "ranking", "parts", "short", "long", "statements",
         "depending", "sequel", "team", "contact", "consent")  # fmt: skip
FIELDS = ("q_k_single", "q_k_single__other", "q_k_multiple", "q_k_mark", "q_k_rate", "q_k_rate__missing", "q_k_short",
          "q_k_month__month", "q_k_month__year", "q_k_ranking__1", "q_k_parts__1", "q_k_long", "q_k_fit", "q_k_who",
          "q_k_contact", "q_k_manager", "role", "agree", "code", "email", "then", "seen", "__class__", "q_",
          "")  # fmt: skip
OWN = ("csrf_token", "client_key", "expected", "since", "prompted", "action")
STRANGE = (
    "", "1", "-3", "-9", "9" * 400, "1e309", "NaN", "0x10", "１２", "a\0b", "\ud800", "a\udfffb", "\ufffe", "\uffff",
    "\u202eabc\u2066", "\u2028", "🙂" * 50, "e\u0301", "é", "ﬁ", "=1+1", "<script>alert(1)</script>", "' OR 1=1 --",
    "{{ 7*7 }}", "%s%n", "../../etc/passwd", "%252e%252e%252f", "\r\nSet-Cookie: a=b", "x" * 30_000, "next", "previous",
    "save", "language", "elsewhere", "clear:k_mark", "clear:__class__", "clear:" + "x" * 200, "no", "undo", "fresh",
)  # fmt: skip
ANY_TEXT = st.text(st.characters(), max_size=60)  # lone surrogates and noncharacters included
TEXTS = st.one_of(st.sampled_from(STRANGE), ANY_TEXT)
NAMES = st.one_of(st.sampled_from(FIELDS), st.sampled_from(OWN), TEXTS)
PAIRS = st.lists(st.tuples(NAMES, TEXTS), max_size=8)
TYPES = ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "multipart/form-data",
         "application/json", "text/plain", "application/xml", "x", "")  # fmt: skip
KEPT_BY_TOKEN = frozenset({"respondent.leave", "respondent.opt_out", "respondent.unsubscribe"})
"""Withdrawing is what their button is for: these get no token of the form's."""


@dataclass
class Target:
    """Someone in the middle of a questionnaire, whose cookie and form any request may borrow."""

    client: FlaskClient
    database: Database
    addresses: tuple[tuple[str, str], ...]  # endpoint, rule
    cookies: dict[str, str]
    form: dict[str, str]

    def send(self, method: str, address: str, **options: Any) -> TestResponse:
        """One request of this browser, as it was when it opened its page."""
        lend(self.client, self.cookies)
        return self.client.open(address, method=method, **options)

    def stored(self) -> tuple[dict[str, Any], list[tuple[str, dict[str, Any]]]]:
        """The answers and the saves of the one case; the answers must follow from the saves."""
        with self.database.read() as session:
            case = session.exec(select(CaseRow)).one()
            found = cases.by_id(session, case.study_id, case.case_id)
            assert found is not None
            assert continuing.rebuild_answers(session, state_of(found)) == case.answers
            saves = session.exec(select(PageSaveRow).order_by(PageSaveRow.seq)).all()  # type: ignore[arg-type]
            session.exec(select(DraftRow)).all()  # can be read back
        return dict(case.answers), [(save.page, save.answers) for save in saves]


@pytest.fixture
def target(database: Database, make_app: Callable[..., Flask], kinds: Instrument) -> Target:
    """Someone on a page, in the wave of every kind of question, on either database: PostgreSQL takes less."""
    put_wave(database, kinds)
    app = make_app(database)
    visitor = Visitor(app.test_client())
    visitor.begin(KINDS, "contractor").press("next", q_k_elig="1").go("short")
    rules = tuple(
        (rule.endpoint, rule.rule) for rule in app.url_map.iter_rules() if rule.endpoint[:11] == "respondent."
    )
    assert len(rules) > 30
    form = {name: values[0] for name, values in visitor.form.fields.items()}
    return Target(visitor.client, database, rules, cookies_of(visitor.client), form)


def escaped(text: str) -> str:
    """As a tampered request spells it: halves of characters are sent as they are."""
    return quote_plus(text.encode("utf-8", "surrogatepass"))


@st.composite
def requests(draw: st.DrawFn) -> tuple[int, dict[str, str], str, bool, list[tuple[str, str]], str, bytes]:
    """Which address, what stands in its gaps, the method, with the form's own fields or not, and the body."""
    gaps = {
        "page": draw(st.one_of(st.sampled_from(PAGES), TEXTS)),
        "token": draw(TEXTS),
        "wave": draw(st.sampled_from((f"{KINDS}-2026", f"{KINDS}-1999", "niets-2026", "x", "K-2026", "a-99999"))),
    }
    pairs, kind = draw(PAIRS), draw(st.sampled_from(TYPES))
    is_plain = (
        draw(st.integers(0, 3)) > 0
    )  # mostly a form of ours with strange things in it: the rest stops at the door
    raw = b"" if is_plain else draw(st.binary(max_size=300))
    method = "POST" if is_plain else draw(st.sampled_from(METHODS))
    return draw(st.integers(0, 10_000)), gaps, method, is_plain, pairs, TYPES[0] if is_plain else kind, raw


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(request=requests(), twice=st.booleans())
def test_no_request_is_a_fault_and_none_stores_half(
    target: Target, request: tuple[int, dict[str, str], str, bool, list[tuple[str, str]], str, bytes], twice: bool
) -> None:
    number, gaps, method, has_form, pairs, kind, raw = request
    endpoint, rule = target.addresses[number % len(target.addresses)]
    address = rule.replace("<wave:wave>", gaps["wave"])
    for name in ("page", "token"):
        text = quote(gaps[name].encode("utf-8", "surrogatepass"), safe="")
        address = address.replace(f"<{name}>", quote(text, safe="") if twice else text)
    form = dict(target.form) if has_form and endpoint not in KEPT_BY_TOKEN else {}
    fields = [(name, value) for name, value in form.items() if name not in dict(pairs)] + pairs
    encoded = "&".join(f"{escaped(name)}={escaped(value)}" for name, value in fields).encode()
    body = raw if raw else encoded
    before = target.stored()
    response = target.send(method, address, data=body, content_type=kind)
    assert response.status_code < 500, (method, address, body)
    after = target.stored()
    if response.status_code != 303:
        assert after == before, f"{response.status_code} stored something"
    assert len(after[1]) <= len(before[1]) + 1
    is_part = endpoint == "respondent.visible" and response.status_code == 200
    is_page = response.mimetype == "text/html" and not 300 <= response.status_code < 400 and not is_part
    if is_page and response.get_data():
        prefix = address[1:3]
        page = PageReader(response.get_data(as_text=True))
        assert page.language == prefix or prefix not in ("nl", "en")
        assert page.title
        assert "<script>alert" not in response.get_data(as_text=True)


@pytest.mark.parametrize("wave", [f"{KINDS}-1999", "niets-2026"])
def test_what_a_handler_of_errors_meets_is_refused_in_its_turn(target: Target, wave: str) -> None:
    form = target.form | {"client_key": ""}  # no page of ours sends that, and its handler looks for the wave

    response = target.send("POST", f"/nl/vragenlijst/{wave}/p/start", data=form)

    assert response.status_code == 404


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    at=st.sampled_from(PAGES[:-4]),
    texts=st.lists(TEXTS, min_size=3, max_size=3),
    action=st.sampled_from(("next", "previous", "save", "language", "clear:k_rate", "elsewhere", "explode")),
    prompted=st.sampled_from(("", "k_rate", "k_long k_short", "x" * 300)),
)
def test_strange_values_in_a_pages_own_fields_are_stored_or_asked_back(
    target: Target, at: str, texts: list[str], action: str, prompted: str
) -> None:
    lend(target.client, target.cookies)
    visitor = Visitor(target.client).go(at)
    fields = [(name, value) for name, values in visitor.form.fields.items() if name[:2] != "q_" for value in values]
    names = sorted(visitor.form.typing | visitor.form.offered.keys())
    fields += [(name, texts[place % 3]) for place, name in enumerate(names) if name[:2] == "q_"]
    fields += [("action", action)]
    body = "&".join(f"{name}={escaped(prompted if name == 'prompted' else value)}" for name, value in fields)
    before = target.stored()
    response = target.send("POST", f"/nl/vragenlijst/kinds-2026/p/{at}", data=body, content_type=TYPES[0])
    assert response.status_code in (303, 400, 413, 422), response.status_code
    after = target.stored()
    assert after == before or (response.status_code == 303 and len(after[1]) == len(before[1]) + 1)
    assert visitor.go(at).status == 200


def test_a_part_without_a_name_is_refused(target: Target) -> None:
    body = b"--x\r\nContent-Disposition: form-data\r\n\r\n1\r\n--x--\r\n"
    for _, rule in target.addresses:
        address = rule.replace("<page>", "short").replace("<token>", "x").replace("<wave:wave>", f"{KINDS}-2026")
        response = target.send("POST", address, data=body, content_type="multipart/form-data; boundary=x")
        assert response.status_code in (400, 405), rule


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(pairs=PAIRS, name=TEXTS, content=st.binary(max_size=200), page=st.sampled_from(PAGES))
def test_a_form_in_parts_is_no_fault_with_files_and_strange_names(
    target: Target, pairs: list[tuple[str, str]], name: str, content: bytes, page: str
) -> None:
    fields: dict[str, Any] = dict(target.form)
    for field, value in pairs:
        fields[field.encode("utf-8", "replace").decode()] = value.encode("utf-8", "replace").decode()
    fields["q_k_short"] = (BytesIO(content), name.encode("utf-8", "replace").decode() or "x")
    before = target.stored()
    response = target.send(
        "POST", f"/nl/vragenlijst/kinds-2026/p/{page}", data=fields, content_type="multipart/form-data"
    )
    assert response.status_code < 500
    if response.status_code != 303:
        assert target.stored() == before


PLAIN = st.text(
    st.one_of(
        st.characters(categories=("L", "M", "N", "P", "S", "Zs"), exclude_characters="\u2800"),
        st.sampled_from("\n\t=+-@<>&\"'🙂é\u202e"),
    ),
    max_size=120,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(typed=PLAIN, end=st.sampled_from(("\r\n", "\n", "\r")))
def test_a_text_comes_back_as_it_was_typed(target: Target, typed: str, end: str) -> None:
    """NFC, and one kind of line end; nothing else is changed."""
    text = unicodedata.normalize("NFC", f"a{typed}z")
    visitor = Visitor(target.client)
    lend(target.client, target.cookies)
    visitor.go("long").press("next", q_k_long=f"a{typed}z".replace("\n", end))
    assert visitor.at == "statements"
    assert target.stored()[0]["k_long"] == text
    assert visitor.go("long").form.fields["q_k_long"] == [text]


@pytest.mark.parametrize(
    ("at", "field", "text", "stored"),
    [
        ("short", "q_k_short", "a\u202eb\u2066c", "abc"),  # no line of one's own can turn the next one round
        ("short", "q_k_short", "twee\nregels\tnaast elkaar", "twee regels naast elkaar"),
        ("long", "q_k_long", "a\ufffeb\uffffc\x07d\x85e", "abcd\ne"),
        ("long", "q_k_long", "e\u0301 🙂 \U0001f468\u200d\U0001f469", "é 🙂 \U0001f468\u200d\U0001f469"),
        ("long", "q_k_long", "regel 1\rregel 2\r\nregel 3", "regel 1\nregel 2\nregel 3"),
    ],
)
def test_what_is_cleaned_is_cleaned_as_documented(at: str, field: str, text: str, stored: str, target: Target) -> None:
    visitor = Visitor(target.client).go(at)
    visitor.press("next", {field: text})
    if visitor.is_asked:  # signs that were taken out are told before the text is kept without them
        assert field[2:] not in target.stored()[0]
        visitor.press("next")
    assert target.stored()[0][field[2:]] == stored
    assert visitor.go(at).form.fields[field] == [stored]


@pytest.mark.parametrize("text", ["a\0b", "veel " * 3_000], ids=["NUL", "15,000 letters"])
@pytest.mark.parametrize("action", ["next", "previous", "save", "language"])
def test_a_text_that_cannot_be_kept_is_not_lost_on_the_way(text: str, action: str, target: Target) -> None:
    visitor = Visitor(target.client).go("long")
    before = target.stored()
    visitor.press(action, q_k_long=text)
    assert target.stored() == before
    if visitor.at != "long":
        visitor.go("long")
    shown = visitor.form.fields["q_k_long"][0]
    assert shown.replace("\ufffd", "\0") == text or shown == text.replace("\0", "")


def test_a_page_name_encoded_twice_is_no_page(target: Target) -> None:
    assert target.send("GET", "/nl/vragenlijst/kinds-2026/p/%73hort").status_code == 200
    for name in ("%2573hort", "short%2f..%2flong", "short%252fconcept", "..%252f..%252fconsole", "%C0%AFshort"):
        response = target.send("GET", f"/nl/vragenlijst/kinds-2026/p/{name}")
        assert response.status_code == 404, name
        assert '<html lang="nl"' in response.get_data(as_text=True)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE"])
def test_a_method_that_no_browser_uses_is_a_page_in_the_right_language(method: str, target: Target) -> None:
    for address, words in (
        ("/nl/vragenlijst/kinds-2026/p/short", "Dit kan hier niet"),
        ("/en/questionnaire/kinds-2026/p/short", "cannot be"),
    ):
        response = target.send(method, address)
        assert response.status_code == 405
        assert words in response.get_data(as_text=True)


def test_asking_for_the_head_or_the_options_changes_nothing(target: Target) -> None:
    before = target.stored()
    for _, rule in target.addresses:
        if "<" in rule:
            continue
        for method in ("HEAD", "OPTIONS"):
            response = target.send(method, rule)
            assert response.status_code < 400, (method, rule)
            assert response.get_data() == b""
    assert target.stored() == before
