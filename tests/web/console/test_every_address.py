"""Every address there is: a look changes nothing and signs nobody out, and no number is a fault of ours."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import quote

import pytest
from flask import Flask
from sqlalchemy import text
from sqlmodel import SQLModel
from werkzeug.routing import Rule

from tests.web.console.people import STUDY, Person

NINES = "9" * 5000
BAD = ("9" * 19, "9" * 400, "-1", "0", "1e400", "٣", "%FF", "%00", "1.5", "..%2f")
"""A number of the 64 bits' own length, one that Python reads in pieces, and what is none."""
VALUES = {
    "study": STUDY, "year": "2026", "variable": "gr_assign", "kind": "report", "run": "0" * 32, "role": "contractor",
    "language": "nl", "page": "start", "wave": f"{STUDY}-2026", "token": "A" * 22, "change": "close",
    "filename": "x.css", "email": "viewer@example.org", "clearing": "delete", "number": "1",
    "contact": "0" * 8 + "-0000-4000-8000-" + "0" * 12, "act": "opt-out", "form": "csv",
    "step": "stop", "name": "none.eml", "code": "AAAA-AAAA", "way": "exclude", "source": "open", "picture": "svg",
    "question": "op_improve", "answer": "0" * 16, "quotation": "0" * 32,
}  # fmt: skip
QUERIES = [
    f"against={NINES}", f"against={'9' * 19}", f"show={NINES}", f"show={'9' * 19}", f"part={NINES}", f"part={'9' * 19}",
    f"pick=b_size&codes={NINES}", f"pick=b_size&codes={'9' * 19}", "pick=b_size&codes=%D9%A3", "pick=b_size&codes=-1",
    f"filter=b_size+%3D%3D+{NINES}", f"filter=b_size+%3D%3D+{'9' * 19}", "filter=b_size+%3D%3D+1e400", "by=%FF%00",
    f"by={NINES}", f"version={NINES}", f"a={NINES}", "q=%00",
]  # fmt: skip


def rules(app: Flask) -> list[Rule]:
    return sorted((rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())), key=str)


def addresses(rule: Rule, bad: tuple[str, ...] = ()) -> Iterator[str]:
    """The rule's address with things that exist, or each with one thing that is bad."""
    for name in sorted(rule.arguments) if bad else [""]:
        for value in bad or ("",):
            address = ""
            for is_dynamic, part in rule._trace:  # type: ignore[attr-defined]
                address += (value if part == name else quote(VALUES[part])) if is_dynamic else part.strip("|")
            yield address


@pytest.fixture
def admin(signed_in: Callable[[str], Person]) -> Person:
    return signed_in("admin")


def content(app: Flask) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table, but for counts of attempts and the day's counts of those who came."""
    with app.extensions["surveyapp"].database.read() as session:
        return {
            table.name: sorted(map(tuple, session.execute(text(f'SELECT * FROM "{table.name}"'))), key=repr)
            for table in SQLModel.metadata.sorted_tables
            if table.name not in ("throttle", "arrival")
        }


def test_a_look_at_any_address_changes_nothing_and_signs_nobody_out(app: Flask, admin: Person) -> None:
    before = content(app)
    for rule in rules(app):
        for address in addresses(rule):
            answer = admin.get(address)
            assert answer.status_code < 500, address
            assert admin.get("/console/account").status_code == 200, f"{address} signed out"
    assert content(app) == before


@pytest.mark.slow
def test_no_number_in_an_address_is_a_fault_of_ours(app: Flask, admin: Person) -> None:
    for rule in rules(app):
        for address in addresses(rule, BAD):
            assert admin.get(address).status_code < 500, address


@pytest.mark.slow
@pytest.mark.parametrize("query", QUERIES, ids=[query[:40] for query in QUERIES])
def test_no_number_behind_an_address_is_a_fault_of_ours(query: str, app: Flask, admin: Person) -> None:
    for rule in rules(app):
        if rule.endpoint.startswith("console."):
            for address in addresses(rule):
                assert admin.get(f"{address}?{query}").status_code < 500, address


def test_no_page_and_no_file_is_kept_by_a_browser(app: Flask, admin: Person) -> None:
    for rule in rules(app):
        for address in addresses(rule):
            headers = admin.get(address).headers
            assert headers["Cache-Control"] == "no-store", address


ROLES = ("viewer", "editor", "researcher", "admin")
DROPPED = ("rol=manager", "rol=manager&by=role", "by=%00", "filter=b_size%01", "q=%EF%BF%BD", "part=1&part=2", "%00=1")
"""What a page would pass over: a misspelt part, signs that are no text, one of two that contradict each other."""


@pytest.mark.parametrize("role", ROLES)
def test_nothing_in_an_address_of_the_team_is_dropped_without_a_word(
    role: str, app: Flask, signed_in: Callable[[str], Person]
) -> None:
    person = signed_in(role)
    for rule in rules(app):
        held = getattr(app.view_functions[rule.endpoint], "required_role", None)
        if held is None or ROLES.index(held) > ROLES.index(role):
            continue
        for address in addresses(rule):
            for query in DROPPED:
                answer = person.get(f"{address}?{query}")
                assert answer.status_code == 400, (address, query)
                assert "\x00" not in answer.text


@pytest.mark.parametrize(
    "query",
    [
        "fieldwork?language=xx", "fieldwork/cases?device=toaster", "fieldwork/cases?started=0001-01-01",
        "fieldwork/cases?sent=2026-W40-4", "results/gr_assign?codes=1", "results/gr_assign.json?codes=1",
    ],
)  # fmt: skip
def test_a_value_that_cannot_be_is_refused_with_what_can(query: str, signed_in: Callable[[str], Person]) -> None:
    assert signed_in("researcher").get(f"/console/{STUDY}/2026/{query}").status_code == 400


def test_what_is_refused_can_be_mended_in_the_form_that_says_so(signed_in: Callable[[str], Person]) -> None:
    person, page = signed_in("researcher"), f"/console/{STUDY}/2026/fieldwork"
    assert person.get(f"{page}?rol=").status_code == 200  # emptied there
    refused = person.get(f"{page}?role=manager&role=contractor")
    assert refused.status_code == 400
    assert refused.text.count('name="role"') == 1


@pytest.mark.parametrize("query", ["since=0001-01-01", "until=9999-12-31", "since=2026-W40-4", "until=30-11-2026"])
def test_a_day_that_has_no_midnight_is_no_day_of_the_audit_log(query: str, admin: Person) -> None:
    assert admin.get(f"/admin/audit?{query}").status_code == 422
    assert admin.get("/admin/audit?before=vorige").status_code == 404


def test_a_look_of_the_managers_of_accounts_stands_in_the_log_by_itself(
    admin: Person, capsys: pytest.CaptureFixture[str]
) -> None:
    admin.get("/admin/users")
    assert '"route": "/admin/users"' in capsys.readouterr().err


@pytest.mark.parametrize("typed", [NINES, "€" * 2000, "ﷺ" * 1000], ids=["nines", "euros", "eighteen signs each"])
def test_a_password_of_any_length_is_only_a_wrong_one(typed: str, app: Flask, admin: Person) -> None:
    stranger = Person(app.test_client())
    for email in ("admin@example.org", "nobody@example.org"):
        assert stranger.sign_in(email, typed).status_code == 422
    assert admin.post("/verify", password=typed).status_code == 422
    changed = admin.post("/change", password=typed, new_password=typed, new_password_confirm=typed)
    assert changed.status_code < 500
    assert admin.get("/console/account").status_code == 200
