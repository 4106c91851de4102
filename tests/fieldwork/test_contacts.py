"""A list of contacts is taken in whole, or it is said per row why not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from surveyapp.errors import ImportRefused, WrongState
from surveyapp.fieldwork import contacts, personal_links, unsubscribing
from surveyapp.instrument.model import Instrument
from surveyapp.storage import contacts as stored
from surveyapp.storage.database import Database
from tests.builders import STUDY, YEAR, running_wave, small_instrument

GOOD = (
    b"email;name;role;language;source\r\n"
    b"Jan@Example.ORG;Jan;contractor;nl;nieuwsbrief\r\n"
    b"els@example.org;;;en;\r\n"
    b";;;;\r\n"
)
SALT = "a secret of the application, long enough for a test"


@pytest.fixture
def instrument() -> Instrument:
    return small_instrument(mode="confidential")


def faults(data: bytes, instrument: Instrument) -> list[tuple[int | None, str | None]]:
    with pytest.raises(ImportRefused) as refused:
        contacts.read_contacts(data, instrument)
    return [(fault.row, fault.column) for fault in refused.value.faults]


def test_a_good_list_is_taken_in_with_what_was_left_open_filled_in(database: Database, instrument: Instrument) -> None:
    running_wave(database, instrument, "draft")
    listed = contacts.read_contacts(GOOD, instrument)
    with database.write() as session:
        report = contacts.import_contacts(session, instrument, listed)
    assert (report.contacts, report.by_role, report.opted_out) == (2, {"contractor": 1, "": 1}, 0)
    with database.read() as session:
        rows = [
            (row.email, row.name, row.role, row.language, row.source) for row in stored.listed(session, STUDY, YEAR)
        ]
    assert rows == [
        ("els@example.org", None, None, "en", "personal"),
        ("jan@example.org", "Jan", "contractor", "nl", "nieuwsbrief"),
    ]


def test_every_row_that_does_not_fit_is_named_with_its_column(instrument: Instrument) -> None:
    data = (
        b"email,name,role,language,source\n"
        b"a@example.org,,contractor,nl,\n"
        b"no address,,,,\n"
        b"A@example.org,,,,\n"
        b"b@example.org,,baker,fr,not a word\n"
        b",Nobody,,,\n"
    )
    assert faults(data, instrument) == [
        (3, "email"), (4, "email"), (5, "role"), (5, "language"), (5, "source"), (6, "email"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "data",
    [b"", b"email\n", b"name;role\nJan;contractor\n", b"email;email\na@example.org;b\n", b"email;shoe size\n", b"e\0m"],
)
def test_a_file_that_is_no_list_of_contacts_is_refused(data: bytes, instrument: Instrument) -> None:
    faults(data, instrument)


def test_an_address_that_was_invited_before_refuses_the_whole_list(database: Database, instrument: Instrument) -> None:
    running_wave(database, instrument, "draft")
    with database.write() as session:
        contacts.import_contacts(session, instrument, contacts.read_contacts(GOOD, instrument))
    again = contacts.read_contacts(b"email\nnew@example.org\njan@example.org\n", instrument)
    with pytest.raises(ImportRefused) as refused, database.write() as session:
        contacts.import_contacts(session, instrument, again)
    assert [fault.row for fault in refused.value.faults] == [3]
    with database.read() as session:
        assert len(stored.listed(session, STUDY, YEAR)) == 2


def test_who_opted_out_of_an_earlier_wave_is_known_and_gets_no_link(database: Database, instrument: Instrument) -> None:
    earlier = replace(instrument, hash="b" * 64, wave=replace(instrument.wave, year=YEAR - 1))
    for each in (earlier, instrument):
        running_wave(database, each)
    listed = contacts.read_contacts(GOOD, instrument)
    with database.write() as session:
        contacts.import_contacts(session, earlier, listed)
        link = next(
            each
            for each in personal_links.make_links(session, STUDY, YEAR - 1, salt=SALT)
            if each.email == "els@example.org"
        )
        mine = personal_links.invitation(session, link.token, salt=SALT)
        assert mine is not None
        subscription = unsubscribing.Subscription(mine.wave, mine.contact_id, mine.opted_out_on)
        unsubscribing.opt_out(session, subscription, "page")
    with database.write() as session:
        assert contacts.import_contacts(session, instrument, listed).opted_out == 1
        assert [each.email for each in personal_links.make_links(session, STUDY, YEAR, salt=SALT)] == [
            "jan@example.org"
        ]


def test_nobody_is_invited_to_a_wave_that_is_over(database: Database, instrument: Instrument) -> None:
    running_wave(database, instrument, "closed")
    with pytest.raises(WrongState), database.read() as session:
        contacts.plan_import(session, instrument, contacts.read_contacts(GOOD, instrument))


def test_mistakes_and_the_rows_they_stand_in_are_counted_apart(instrument: Instrument) -> None:
    """Row 2 has two mistakes and row 4 one, as a spreadsheet numbers them."""
    with pytest.raises(ImportRefused, match=r"^3 mistakes in 2 rows; nothing was taken in\.$"):
        contacts.read_contacts(b"email;role\nno address;baker\na@example.org;\nb;\n", instrument)


def test_nobody_is_invited_by_name_to_an_anonymous_wave(database: Database) -> None:
    instrument = small_instrument(mode="anonymous")
    running_wave(database, instrument)
    listed = contacts.read_contacts(GOOD, instrument)
    whole = rf"surveyapp wave links {STUDY} {YEAR} --sources NAME,NAME --out FOLDER$"
    with pytest.raises(WrongState, match=whole), database.write() as session:
        contacts.import_contacts(session, instrument, listed)
    with database.read() as session:
        assert stored.listed(session, STUDY, YEAR) == []
