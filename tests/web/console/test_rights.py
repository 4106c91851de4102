"""Every address of the console × every role: nothing is reachable that was not given."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from werkzeug.routing import Rule

from surveyapp.storage.accounts import ROLES
from surveyapp.web.accounts import STAFF_BLUEPRINTS
from tests.web.console.people import BASE, STUDY, Person

OPEN_TO_ALL = {"console.speak", "console.choose_password"}
VALUES = {
    "study": STUDY, "year": 2026, "variable": "gr_assign", "kind": "report", "run": "0" * 32,
    "role": "contractor", "language": "nl", "page": "start", "email": "viewer@example.org", "deed": "sign-out",
    "clearing": "delete", "number": 1, "contact": "0" * 8 + "-0000-4000-8000-" + "0" * 12, "act": "opt-out",
    "form": "csv", "code": "AAAA-AAAA", "step": "stop", "name": "none.eml", "way": "exclude",
    "question": "op_improve", "answer": "0" * 16, "quotation": "0" * 32,
    "source": "open", "picture": "svg",
}  # fmt: skip


def staff_rules(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith(("console.", "admin."))]


def addresses(app: Flask, rule: Rule) -> list[str]:
    found = []
    with app.test_request_context():
        for change in ("test", "open", "close", "archive") if "change" in rule.arguments else ("",):
            values = {name: VALUES.get(name, change) for name in rule.arguments}
            built = rule.build(values)
            assert built is not None
            found.append(built[1])
    return found


def test_every_view_of_the_console_states_the_role_it_takes(app: Flask) -> None:
    without = {
        rule.endpoint for rule in staff_rules(app) if not hasattr(app.view_functions[rule.endpoint], "required_role")
    }

    assert without == OPEN_TO_ALL


@pytest.mark.parametrize("role", [None, *ROLES])
def test_each_route_opens_to_its_role_and_higher_and_to_nobody_else(
    app: Flask, someone: Person, signed_in: Callable[[str], Person], role: str | None
) -> None:
    person = signed_in(role) if role else someone
    order = list(ROLES)
    for rule in staff_rules(app):
        if rule.endpoint in OPEN_TO_ALL:
            continue
        needed = getattr(app.view_functions[rule.endpoint], "required_role")  # noqa: B009
        for address in addresses(app, rule):
            for method in sorted((rule.methods or set()) & {"GET", "POST"}):
                answer = person.get(address) if method == "GET" else person.post(address)
                if role is None:
                    assert answer.status_code == 302, (method, address)
                    assert answer.location.startswith("/login"), (method, address)
                elif order.index(role) < order.index(needed):
                    assert answer.status_code == 403, (method, address)
                    assert needed in answer.text
                else:
                    assert answer.status_code not in (401, 403, 500), (method, address)
                    assert not (answer.location or "").startswith("/login"), (method, address)


def test_no_other_blueprint_hides_staff_pages(app: Flask) -> None:
    staff = {
        rule.endpoint.split(".")[0] for rule in app.url_map.iter_rules() if rule.rule.startswith(("/console", "/admin"))
    }

    assert staff <= set(STAFF_BLUEPRINTS)


def test_an_editor_is_refused_the_data_book_and_told_which_role_it_takes(signed_in: Callable[[str], Person]) -> None:
    answer = signed_in("editor").post(f"{BASE}/exports/data", language="nl")

    assert answer.status_code == 403
    assert "researcher" in answer.text


def test_a_viewer_sees_counts_but_no_list_of_cases(signed_in: Callable[[str], Person]) -> None:
    page = signed_in("viewer").get(f"{BASE}/fieldwork")

    assert page.status_code == 200
    assert "fieldwork/cases" not in page.text


def test_a_right_that_is_taken_away_is_gone_at_the_next_request(app: Flask, signed_in: Callable[[str], Person]) -> None:
    from surveyapp.storage.accounts import UserRow

    person = signed_in("researcher")
    with app.extensions["surveyapp"].database.write() as session:
        row = session.get(UserRow, 3)
        assert row is not None
        assert row.email == "researcher@example.org"
        row.active = False
        session.add(row)

    assert person.get("/console/").status_code == 302
