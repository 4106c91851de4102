"""One link per contact, one case per contact, and nothing stored that opens either."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from surveyapp.errors import WrongState
from surveyapp.fieldwork import case_state, contacts, continuing, interviews, personal_links, resume_codes
from surveyapp.fieldwork.personal_links import Link
from surveyapp.fieldwork.waves import WaveInfo, wave_info
from surveyapp.instrument.model import Instrument
from surveyapp.storage import contacts as stored
from surveyapp.storage import keys
from surveyapp.storage.database import Database
from surveyapp.storage.tables import CaseLinkRow, CaseRow, TokenRow
from tests.builders import STUDY, YEAR, running_wave, small_instrument

SALT = "a secret of the application, long enough for a test"


@pytest.fixture
def instrument() -> Instrument:
    return small_instrument(mode="confidential")


def invited(database: Database, instrument: Instrument, *emails: str) -> tuple[Link, ...]:
    running_wave(database, instrument)
    listed = contacts.read_contacts("\n".join(["email", *emails]).encode(), instrument)
    with database.write() as session:
        contacts.import_contacts(session, instrument, listed)
        return personal_links.make_links(session, STUDY, YEAR, salt=SALT)


def begin(session: Session, instrument: Instrument, token: str) -> tuple[case_state.CaseState, str]:
    begun = personal_links.begin(session, instrument, token, "contractor", "nl", salt=SALT)
    assert begun is not None
    return begun


def test_a_link_is_recognised_by_its_mac_alone(database: Database, instrument: Instrument) -> None:
    (link,) = invited(database, instrument, "jan@example.org")
    assert len(link.token) == 22  # 128 bits, six to a character
    with database.read() as session:
        hashes = [row.token_hash for row in session.exec(select(TokenRow))]
        mine = personal_links.invitation(session, link.token, salt=SALT)
        assert personal_links.invitation(session, link.token, salt=SALT + "!") is None
        assert personal_links.invitation(session, link.token + "x", salt=SALT) is None
        assert personal_links.invitation(session, "x" * 5000, salt=SALT) is None
    assert hashes == [personal_links.link_hash(link.token, SALT)]
    assert mine is not None
    assert mine.is_usable
    assert mine.case is None


def test_two_devices_at_once_begin_one_case(database: Database, instrument: Instrument) -> None:
    (link,) = invited(database, instrument, "jan@example.org")

    def on_a_device(_: int) -> tuple[object, str]:
        with database.write() as session:
            case, key = begin(session, instrument, link.token)
            return case.case_id, key

    with ThreadPoolExecutor(4) as pool:
        begun = set(pool.map(on_a_device, range(8)))
    assert len(begun) == 1
    with database.read() as session:
        assert len(session.exec(select(CaseRow)).all()) == 1
        assert len(session.exec(select(CaseLinkRow)).all()) == 1


def test_the_database_refuses_a_second_case_for_a_contact(database: Database, instrument: Instrument) -> None:
    (link,) = invited(database, instrument, "jan@example.org")
    info = running_wave_info(database)
    with database.write() as session:
        begin(session, instrument, link.token)
        mine = personal_links.invitation(session, link.token, salt=SALT)
        other, _ = interviews.begin(session, info, instrument, "manager", "nl", "open")
    assert mine is not None
    with pytest.raises(IntegrityError), database.write() as session:
        stored.link_case(session, STUDY, mine.contact_id, other.case_id)


def running_wave_info(database: Database) -> WaveInfo:
    with database.read() as session:
        return wave_info(session, STUDY, YEAR)


def test_links_made_anew_replace_the_old_and_open_what_was_begun(database: Database, instrument: Instrument) -> None:
    (old,) = invited(database, instrument, "jan@example.org")
    with database.write() as session:
        case, old_key = begin(session, instrument, old.token)
        code = resume_codes.make_resume_code(session, replace(case, browser="one"))
        newest = resume_codes.make_resume_code(session, replace(case, browser="two"))
    with database.read() as session:
        for each in (code, newest):
            assert resume_codes.resume(session, STUDY, YEAR, each) == old_key
    with database.write() as session:
        (new,) = personal_links.renew_links(session, STUDY, YEAR, salt=SALT)
    with database.write() as session:
        assert personal_links.invitation(session, old.token, salt=SALT) is None
        assert personal_links.begin(session, instrument, old.token, "contractor", "nl", salt=SALT) is None
        again, new_key = begin(session, instrument, new.token)
    assert again.case_id == case.case_id
    assert new_key != old_key
    with database.read() as session:
        assert interviews.load_case(session, STUDY, old_key) is None
        for each in (code, newest):
            assert resume_codes.resume(session, STUDY, YEAR, each) is None


def test_an_anonymous_wave_has_no_personal_links_and_no_way_to_them(database: Database) -> None:
    instrument = small_instrument(mode="anonymous")
    running_wave(database, instrument)
    with database.write() as session:
        stored.add(
            session,
            [
                {
                    "study_id": STUDY,
                    "contact_id": keys.uuid7(),
                    "year": YEAR,
                    "email": "jan@example.org",
                    "language": "nl",
                    "source": "personal",
                }
            ],
        )
    with pytest.raises(WrongState, match="anonymous"), database.write() as session:
        personal_links.make_links(session, STUDY, YEAR, salt=SALT)
    # A token that stands there all the same (a wave changed by hand) opens nothing and ties nothing.
    with database.write() as session:
        (row,) = stored.listed(session, STUDY, YEAR)
        stored.replace_tokens(session, STUDY, {row.contact_id: personal_links.link_hash("t" * 22, SALT)})
        assert personal_links.begin(session, instrument, "t" * 22, "contractor", "nl", salt=SALT) is None
        assert session.exec(select(CaseLinkRow)).all() == []


def test_what_was_withdrawn_does_not_begin_again(database: Database, instrument: Instrument) -> None:
    (link,) = invited(database, instrument, "jan@example.org")
    with database.write() as session:
        case, _ = begin(session, instrument, link.token)
        continuing.withdraw(session, case)
    with database.write() as session:
        assert personal_links.begin(session, instrument, link.token, "contractor", "nl", salt=SALT) is None
        assert len(session.exec(select(CaseRow)).all()) == 1


def test_no_table_holds_a_link_or_a_key(database: Database, instrument: Instrument) -> None:
    (link,) = invited(database, instrument, "jan@example.org")
    with database.write() as session:
        _, key = begin(session, instrument, link.token)
    with database.read() as session:
        for table in ("token", "contact", "case_link", "cases", "page_save"):
            for row in session.connection().execute(text(f'SELECT * FROM "{table}"')).mappings():
                kept = json.dumps(dict(row), default=str)
                assert link.token not in kept
                assert key not in kept
