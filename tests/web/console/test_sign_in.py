"""Coming in: one message for every failure, exact counts, sessions that end, a second step that opens once."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from passlib.totp import TOTP

from surveyapp import clock
from surveyapp.storage import audit
from surveyapp.web.accounts import ATTEMPTS_ALLOWED, ATTEMPTS_OF_NETWORK
from surveyapp.web.passwords import password_faults
from surveyapp.web.sign_in import IDLE, LONGEST
from tests.web.console.people import BASE, PASSWORD, Person


def message(text: str) -> str:
    found = re.search(r'id="summary".*?</div>', text, re.S)
    assert found is not None
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", found.group(0))).strip()


def test_a_wrong_password_and_an_unknown_address_give_the_same_answer(someone: Person) -> None:
    wrong = someone.sign_in("admin@example.org", "een verkeerde zin als sleutel")
    unknown = someone.sign_in("nobody@example.org", PASSWORD)

    assert (wrong.status_code, unknown.status_code) == (422, 422)
    assert message(wrong.text) == message(unknown.text)


def test_a_disabled_account_cannot_be_told_from_a_wrong_password(app: Flask, someone: Person) -> None:
    from surveyapp.storage.accounts import user_by_email

    wrong = someone.sign_in("admin@example.org", "een verkeerde zin als sleutel")
    with app.extensions["surveyapp"].database.write() as session:
        row = user_by_email(session, "admin@example.org")
        assert row is not None
        row.active = False
        session.add(row)

    assert message(someone.sign_in("admin@example.org").text) == message(wrong.text)


def test_the_eleventh_attempt_in_a_quarter_of_an_hour_waits_even_with_the_right_password(someone: Person) -> None:
    for _ in range(ATTEMPTS_ALLOWED):
        assert someone.sign_in("admin@example.org", "een verkeerde zin als sleutel").status_code == 422

    refused = someone.sign_in("admin@example.org")

    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 15 * 60
    with clock.stopped_at(clock.now() + timedelta(minutes=16)):
        assert someone.sign_in("admin@example.org").status_code == 302


def test_signing_in_often_from_one_office_is_no_attack(app: Flask) -> None:
    for _ in range(ATTEMPTS_OF_NETWORK + 5):
        assert Person(app.test_client()).sign_in("viewer@example.org").status_code == 302


def test_a_network_that_fails_on_many_accounts_waits(app: Flask) -> None:
    statuses = [
        Person(app.test_client()).sign_in(f"guess{number}@example.org").status_code
        for number in range(ATTEMPTS_OF_NETWORK + 1)
    ]

    assert statuses == [422] * ATTEMPTS_OF_NETWORK + [429]


def test_a_deep_link_survives_signing_in(someone: Person) -> None:
    asked = someone.get(f"{BASE}/results/gr_assign?by=role")
    entered = someone.sign_in("viewer@example.org", address=asked.location)

    assert entered.location == f"{BASE}/results/gr_assign?by=role"


@pytest.mark.parametrize(
    "elsewhere", ["https://example.com/", "//example.com", "/\\example.com", "javascript:alert(1)"]
)
def test_signing_in_never_leads_to_another_site(someone: Person, elsewhere: str) -> None:
    entered = someone.post("/login", email="viewer@example.org", password=PASSWORD, next=elsewhere)

    assert re.fullmatch(r"/(?![/\\\\]).*", entered.location or "/console/")


def test_the_language_switch_never_leads_to_another_site(someone: Person) -> None:
    assert someone.post("/console/language", language="nl", next="//example.com").location == "/console/"


def test_half_an_hour_of_quiet_ends_a_session(signed_in: Callable[[str], Person]) -> None:
    person = signed_in("viewer")
    now = clock.now()

    with clock.stopped_at(now + IDLE - timedelta(minutes=1)):
        assert person.get("/console/").status_code == 200
    with clock.stopped_at(now + 2 * IDLE):
        assert person.get("/console/").status_code == 302


def test_polling_does_not_keep_a_session_alive(signed_in: Callable[[str], Person]) -> None:
    person = signed_in("viewer")
    now = clock.now()
    part = {"headers": {"HX-Request": "true"}}

    with clock.stopped_at(now + IDLE - timedelta(minutes=1)):
        assert person.get(f"{BASE}/fieldwork?_part=figures", **part).status_code == 200
    with clock.stopped_at(now + IDLE + timedelta(minutes=1)):
        assert person.get(f"{BASE}/fieldwork?_part=figures", **part).status_code == 401


def test_twelve_hours_end_a_session_however_busy(signed_in: Callable[[str], Person]) -> None:
    person = signed_in("viewer")
    now = clock.now()
    for minutes in range(25, int(LONGEST.total_seconds()) // 60, 25):
        with clock.stopped_at(now + timedelta(minutes=minutes)):
            assert person.get("/console/account").status_code == 200

    with clock.stopped_at(now + LONGEST + timedelta(minutes=1)):
        assert person.get("/console/account").status_code == 302


def test_a_copied_cookie_opens_nothing_after_signing_out(app: Flask, signed_in: Callable[[str], Person]) -> None:
    person = signed_in("viewer")
    cookie = person.client.get_cookie("survey")
    assert cookie is not None
    thief = Person(app.test_client())
    thief.client.set_cookie("survey", cookie.value)
    assert thief.get("/console/account").status_code == 200

    assert person.post("/logout").status_code == 302

    assert thief.get("/console/account").status_code == 302


def test_signing_out_in_one_browser_leaves_the_other_signed_in(signed_in: Callable[[str], Person]) -> None:
    here, there = signed_in("viewer"), signed_in("viewer")

    here.post("/logout")

    assert there.get("/console/account").status_code == 200


def test_signing_in_without_a_token_is_refused(someone: Person) -> None:
    answer = someone.client.post("/login", data={"email": "viewer@example.org", "password": PASSWORD})

    assert answer.status_code == 400


def test_signing_in_stands_in_the_audit_log(app: Flask, signed_in: Callable[[str], Person]) -> None:
    signed_in("editor")

    with app.extensions["surveyapp"].database.read() as session:
        newest = audit.latest(session, 1)[0]
        assert (newest.actor, newest.action) == ("editor@example.org", "account.sign_in")
        assert audit.verify(session).holds


def set_up_second_step(person: Person) -> Any:
    page = person.post("/tf-setup", setup="authenticator").text
    key = re.search(r"<code>([A-Z0-9 -]+)</code>", page)
    target = re.search(r'action="(/tf-setup/[^"]+)"', page)
    assert key is not None
    assert target is not None
    totp = TOTP(key.group(1).replace(" ", "").replace("-", ""))
    assert person.post(target.group(1), code=totp.generate().token).status_code == 302
    return totp


def test_with_a_second_step_a_password_alone_opens_nothing_and_a_code_opens_once(
    app: Flask, signed_in: Callable[[str], Person]
) -> None:
    totp = set_up_second_step(signed_in("admin"))
    first, second = Person(app.test_client()), Person(app.test_client())
    for person in (first, second):
        person.sign_in("admin@example.org")
        assert person.get("/console/").status_code == 302
    later = clock.now() + timedelta(seconds=30)
    code = totp.generate(later.timestamp()).token  # the next half minute's: the present one set the app up

    first.post("/tf-validate", code=code, csrf_token=first.token_of("/mf-recovery"))
    again = second.post("/tf-validate", code=code, csrf_token=second.token_of("/mf-recovery"))

    assert first.get("/console/").status_code == 200
    assert again.status_code == 422
    assert second.get("/console/").status_code == 302


def test_an_app_set_up_anew_within_the_same_half_minute_is_not_taken_for_the_one_before(
    signed_in: Callable[[str], Person],
) -> None:
    person = signed_in("admin")

    for _ in range(2):
        set_up_second_step(person)  # which sees the code taken
        assert person.post("/tf-setup", setup="disable").status_code == 302


def test_a_recovery_code_lets_in_once(app: Flask, signed_in: Callable[[str], Person]) -> None:
    owner = signed_in("admin")
    set_up_second_step(owner)
    codes = re.findall(r"<li>([0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4})</li>", owner.post("/mf-recovery-codes").text)
    assert len(codes) == 10

    outcomes = []
    for _ in range(2):
        person = Person(app.test_client())
        person.sign_in("admin@example.org")
        person.post("/mf-recovery", code=codes[0], csrf_token=person.token_of("/mf-recovery"))
        outcomes.append(person.get("/console/").status_code)

    assert outcomes == [200, 302]


def test_recovery_codes_are_not_readable_in_the_database(app: Flask, signed_in: Callable[[str], Person]) -> None:
    from surveyapp.storage.accounts import user_by_email

    owner = signed_in("admin")
    shown = re.findall(r"<li>([0-9a-f-]{14})</li>", owner.post("/mf-recovery-codes").text)

    with app.extensions["surveyapp"].database.read() as session:
        row = user_by_email(session, "admin@example.org")
        assert row is not None
        kept = " ".join(row.mf_recovery_codes or [])
    assert shown
    assert not any(code in kept for code in shown)


@pytest.mark.parametrize(
    ("password", "has_second_factor", "is_good"),
    [
        ("kort", False, False),
        ("veertien teken", False, False),  # 14
        ("vijftien tekens", False, True),  # 15
        ("twaalf teken", True, True),  # 12
        ("elf tekens!", True, False),  # 11
        ("aaaaaaaaaaaaaaaaaaaa", False, False),
        ("opdrachtgeverschap2026", False, False),
        ("welkomwelkomwelkom", False, False),
        ("jan.jansen@example.org", False, False),
        ("x" * 64 + "abcdefgh", False, False),  # long, and said in few words
        ("zeven blauwe fietsen staan vannacht " * 2, False, True),  # 72
        ("abcdefgh" * 17, False, False),  # 136 characters
    ],
)
def test_passwords_must_be_long_and_not_what_everybody_tries(
    password: str, has_second_factor: bool, is_good: bool
) -> None:
    found = password_faults(password, "jan.jansen@example.org", has_second_factor=has_second_factor)

    assert (not found) == is_good


def test_changing_the_password_ends_the_other_sessions(signed_in: Callable[[str], Person]) -> None:
    here, there = signed_in("viewer"), signed_in("viewer")
    new = "zes andere woorden op een rij"

    changed = here.post("/change", password=PASSWORD, new_password=new, new_password_confirm=new)

    assert changed.status_code == 302
    assert here.get("/console/account").status_code == 200
    assert there.get("/console/account").status_code == 302


def test_a_data_book_asks_for_the_password_again_after_half_an_hour(signed_in: Callable[[str], Person]) -> None:
    person = signed_in("researcher")
    with person.client.session_transaction() as session:
        session["fs_paa"] -= 31 * 60  # when the password was last given

    answer = person.post(f"{BASE}/exports/data", language="nl")

    assert answer.status_code == 303
    assert answer.location.startswith("/verify")
