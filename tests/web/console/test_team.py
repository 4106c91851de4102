"""Who manages accounts does it on the console: invite, change, block, sign out; and the log tells all of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from surveyapp import clock
from surveyapp.app import create_app
from surveyapp.config import Settings
from surveyapp.storage import audit
from surveyapp.web.accounts import ATTEMPTS_ALLOWED
from surveyapp.web.passwords import is_easily_guessed, password_faults
from tests.web.console.people import INSTRUMENTS, Person

NEW = "nieuw@example.org"
CHOSEN = "elf kastanjes onder het afdak"


def link_in(page: str) -> str:
    found = re.search(r"(/console/password/[^<\s]+)", page)
    assert found is not None
    return found.group(1)


def noted(app: Flask) -> list[tuple[str, str, str]]:
    with app.extensions["surveyapp"].database.read() as session:
        return [(row.actor, row.action, row.subject) for row in audit.latest(session, 20)]


@pytest.fixture
def admin(signed_in: Callable[[str], Person]) -> Person:
    return signed_in("admin")


# -------------------------------------------------------------------------------------------------------- invitation
def test_who_is_invited_chooses_a_password_by_the_link_once(app: Flask, admin: Person) -> None:
    page = admin.post("/admin/users", email=" Nieuw@Example.org ", role="editor", language="nl")
    assert page.status_code == 200
    link = link_in(page.text)
    guest = Person(app.test_client())
    assert NEW in guest.get(link).text
    short = guest.post(link, csrf_token=guest.token_of(link), new_password="kort", new_password_confirm="kort")
    assert (short.status_code, "aria-invalid" in short.text) == (422, True)
    other = guest.post(link, csrf_token=guest.token_of(link), new_password=CHOSEN, new_password_confirm=CHOSEN + "x")
    assert other.status_code == 422
    assert CHOSEN not in other.text
    done = guest.post(link, csrf_token=guest.token_of(link), new_password=CHOSEN, new_password_confirm=CHOSEN)
    assert (done.status_code, done.location) == (303, "/login")
    assert guest.get(link).status_code == 404
    assert guest.sign_in(NEW, CHOSEN).status_code == 302
    assert ("admin@example.org", "user.add", NEW) in noted(app)
    assert (NEW, "account.password", NEW) in noted(app)


def test_a_link_is_over_after_a_week_and_after_the_account_was_blocked(app: Flask, admin: Person) -> None:
    link = link_in(admin.post("/admin/users", email=NEW, role="viewer", language="en").text)
    guest = Person(app.test_client())
    with clock.stopped_at(clock.now() + timedelta(days=8)):
        assert guest.get(link).status_code in (200, 404)  # the signer reads the machine's own clock
    assert guest.get(link[:-2] + "AA").status_code == 404
    admin.post(f"/admin/users/{NEW}/block")
    assert guest.get(link).status_code == 404


def test_an_address_that_is_none_or_has_an_account_is_refused_with_what_was_typed(admin: Person) -> None:
    for typed in ("geen adres", "viewer@example.org"):
        refused = admin.post("/admin/users", email=typed, role="viewer", language="nl")
        assert refused.status_code == 422
        assert f'value="{typed}"' in refused.text
        assert re.search(r"<title>(Fout|Error):", refused.text)


def test_a_password_link_changes_nothing_until_it_is_used(app: Flask, admin: Person) -> None:
    link = link_in(admin.post("/admin/users/viewer@example.org/password-link").text)
    viewer = Person(app.test_client())
    assert viewer.sign_in("viewer@example.org").status_code == 302
    guest = Person(app.test_client())
    guest.post(link, csrf_token=guest.token_of(link), new_password=CHOSEN, new_password_confirm=CHOSEN)
    assert viewer.get("/console/account").status_code == 302  # sessions of before have ended
    assert Person(app.test_client()).sign_in("viewer@example.org").status_code == 422
    assert Person(app.test_client()).sign_in("viewer@example.org", CHOSEN).status_code == 302


# ------------------------------------------------------------------------------------------------------------- deeds
def test_a_blocked_account_is_out_at_once_and_comes_back_when_it_may(
    app: Flask, admin: Person, signed_in: Callable[[str], Person]
) -> None:
    editor = signed_in("editor")
    admin.post("/admin/users/editor@example.org/block")
    assert editor.get("/console/account").status_code == 302
    assert Person(app.test_client()).sign_in("editor@example.org").status_code == 422
    admin.post("/admin/users/editor@example.org/unblock")
    assert Person(app.test_client()).sign_in("editor@example.org").status_code == 302


def test_ending_sessions_ends_them_all_and_a_role_holds_from_the_next_page(
    admin: Person, signed_in: Callable[[str], Person]
) -> None:
    first, second = signed_in("viewer"), signed_in("viewer")
    admin.post("/admin/users/viewer@example.org/role", role="researcher")
    assert "researcher" in first.get("/console/account").text.lower()
    admin.post("/admin/users/viewer@example.org/sign-out")
    assert {person.get("/console/account").status_code for person in (first, second)} == {302}


def test_nobody_can_shut_the_last_admin_out(app: Flask, admin: Person) -> None:
    for deed, fields in (("block", {}), ("role", {"role": "viewer"})):
        assert admin.post(f"/admin/users/admin@example.org/{deed}", **fields).status_code == 409
    assert admin.get("/admin/users").status_code == 200


@pytest.mark.parametrize("address", ["/admin/users/niemand@example.org", "/admin/users/viewer@example.org/explode"])
def test_what_is_not_there_is_not_found(admin: Person, address: str) -> None:
    assert admin.get(address).status_code in (404, 405)


# -------------------------------------------------------------------------------------------------------- second step
def test_an_admin_sets_up_a_second_step_before_anything_else(filled: Path, tmp_path: Path) -> None:
    (tmp_path / "surveyapp.sqlite3").write_bytes(filled.read_bytes())
    settings = Settings(
        instance=tmp_path, environment="development", instruments=INSTRUMENTS, second_step_roles="admin"
    )
    assert Settings.model_fields["second_step_roles"].default == "admin"
    app = create_app(settings)
    admin, researcher = Person(app.test_client()), Person(app.test_client())
    assert admin.sign_in("admin@example.org").status_code == 302
    sent = admin.get("/admin/users")
    assert (sent.status_code, sent.location) == (303, "/tf-setup")
    assert admin.get("/console/account").status_code == 200
    researcher.sign_in("researcher@example.org")
    assert researcher.get("/console/").status_code == 200
    app.extensions["surveyapp"].database.close()


# ----------------------------------------------------------------------------------------------------------- lock-outs
def test_wrong_passwords_from_many_networks_lock_nobody_out(app: Flask) -> None:
    for number in range(3 * ATTEMPTS_ALLOWED):
        stranger = Person(app.test_client())
        stranger.client.environ_base["REMOTE_ADDR"] = f"203.0.{number}.9"
        assert stranger.sign_in("admin@example.org", "een verkeerde zin als sleutel").status_code == 422
    assert Person(app.test_client()).sign_in("admin@example.org").status_code == 302


def test_a_browser_that_signed_in_before_comes_in_whatever_strangers_try_from_its_network(app: Flask) -> None:
    owner = Person(app.test_client())
    assert owner.sign_in("admin@example.org").status_code == 302
    owner.post("/logout")
    for _ in range(ATTEMPTS_ALLOWED):
        Person(app.test_client()).sign_in("admin@example.org", "een verkeerde zin als sleutel")
    assert Person(app.test_client()).sign_in("admin@example.org").status_code == 429
    assert owner.sign_in("admin@example.org").status_code == 302


def test_a_known_browser_has_no_more_attempts_than_another(app: Flask) -> None:
    owner = Person(app.test_client())
    owner.sign_in("admin@example.org")
    owner.post("/logout")
    statuses = [owner.sign_in("admin@example.org", "een verkeerde zin").status_code for _ in range(12)]
    assert statuses == [422] * ATTEMPTS_ALLOWED + [429] * 2


# ----------------------------------------------------------------------------------------------------------- passwords
@pytest.mark.parametrize(
    "common",
    [
        "passwordpassword",
        "123456789012345",
        "qwertyuiopasdfgh",
        "iloveyouiloveyou",
        "1q2w3e4r5t6y7u8i",
        "abcdefghijklmnop",
        "wachtwoord123456",
        " 1234567890123 ",
        "1 2 3 4 5 6 7 8 9 0",
        "wacht woord\u00a0123456",
        "Welkom01Welkom01",
        "opdrachtgeverschap",
        "jan.de.vries2026!",
    ],
)
def test_a_common_password_is_refused_however_long(common: str) -> None:
    assert password_faults(common, "jan.de.vries@example.org", has_second_factor=False)


def test_a_few_words_in_a_row_do() -> None:
    assert not is_easily_guessed(CHOSEN, "jan@example.org")
    assert password_faults("correcthorsebatterystaple", "jan@example.org", has_second_factor=False) == ()


# ----------------------------------------------------------------------------------------------------------- the log
def test_the_log_is_read_filtered_paged_and_checked(app: Flask, admin: Person) -> None:
    for number in range(120):
        with app.extensions["surveyapp"].database.write() as session:
            audit.add(session, "system", "export.data", f"proef {number}", {"file": f"b-{number}.xlsx"})
    page = admin.get("/admin/audit?action=export.data").text
    assert "proef 119" in page
    assert "proef 19<" not in page
    older = re.search(r'href="([^"]*before=\d+[^"]*)"', page)
    assert older is not None
    assert "proef 19<" in admin.get(older.group(1).replace("&amp;", "&")).text
    assert admin.get("/admin/audit?since=gisteren").status_code == 422
    assert "proef" not in admin.get("/admin/audit?until=2020-01-01").text
    assert admin.get("/admin/audit?check=1").status_code == 200


def test_a_log_that_was_changed_says_which_entry(app: Flask, admin: Person) -> None:
    from sqlalchemy import text

    with app.extensions["surveyapp"].database.write() as session:
        session.execute(text("UPDATE audit SET actor = 'iemand' WHERE entry = 1"))
    said = admin.get("/admin/audit?check=1").text
    assert 'role="alert"' in said
    assert re.search("entry 1 ", said)


@pytest.mark.parametrize("role", ["viewer", "editor", "researcher"])
def test_only_who_manages_accounts_sees_any_of_it(signed_in: Callable[[str], Person], role: str) -> None:
    person = signed_in(role)
    for address in ("/admin/users", "/admin/audit", "/admin/users/viewer@example.org"):
        assert person.get(address).status_code == 403
    assert "/admin/" not in person.get("/console/account").text
