"""Returned mail is fetched from files and servers, once, and stays where it lies."""

from __future__ import annotations

import mailbox
from pathlib import Path

import pytest

from surveyapp.errors import MailNotRead
from surveyapp.fieldwork import contacts
from surveyapp.fieldwork.delivery_reports import MOST
from surveyapp.fieldwork.library import InstrumentLibrary
from surveyapp.jobs import bounce_reading
from surveyapp.jobs.worker import Worker
from surveyapp.mail_places import MailboxServer, mailbox_place
from surveyapp.storage import bounces, samples
from surveyapp.storage.database import Database
from surveyapp.storage.samples import ContactChoice
from tests.builders import STUDY, YEAR, running_wave, small_instrument
from tests.fieldwork.returned_mails import GARBAGE, complaint, dsn
from tests.jobs.imap_server import Mailbox, serving

SALT = "a secret of the application, long enough for a test"
HARD, SOFT, UNWANTED = dsn("jan@example.org"), dsn("els@example.org", "4.2.2", "delayed"), complaint("bo@example.org")
HUGE = dsn("kim@example.org").replace(b"Beste collega,", b"x" * (2 * MOST))
MAILS = [HARD, GARBAGE["an answer"], SOFT, HUGE, UNWANTED, GARBAGE["bytes"]]
EXPECTED = {"hard": 2, "soft": 1, "complaint": 1, "not_understood": 2}


@pytest.fixture
def invited(sqlite_database: Database) -> Database:
    instrument = small_instrument(mode="confidential")
    running_wave(sqlite_database, instrument)
    listed = b"email\n" + b"".join(b"%s@example.org\n" % name for name in (b"jan", b"els", b"bo", b"kim"))
    with sqlite_database.write() as session:
        contacts.import_contacts(session, instrument, contacts.read_contacts(listed, instrument))
    return sqlite_database


def place(box: Mailbox, *, password: str = "correct horse", token: Path | None = None) -> MailboxServer:
    user = box.user.replace("@", "%40") + (f":{password.replace(' ', '%20')}" if token is None else "")
    found = mailbox_place(f"imap://{user}@127.0.0.1:{box.port}/INBOX?starttls=no", token)
    assert isinstance(found, MailboxServer)
    return found


def read(database: Database, source: Path | MailboxServer) -> dict[str, int]:
    return dict(bounce_reading.read_mailbox(database, bounce_reading.mails(source), salt=SALT))


@pytest.mark.parametrize("form", ["mbox", "maildir", "folder"])
def test_files_are_read_in_each_form_and_stay_as_they_are(invited: Database, tmp_path: Path, form: str) -> None:
    (tmp_path / "mail").mkdir()
    target = tmp_path / "mail" / form
    if form == "folder":
        target.mkdir()
        for number, mail in enumerate(MAILS):
            (target / f"{number}.eml").write_bytes(mail)
    else:
        box = mailbox.mbox(target) if form == "mbox" else mailbox.Maildir(target)
        for mail in MAILS:
            box.add(mail)
        box.close()
    before = {path: path.read_bytes() for path in (tmp_path / "mail").rglob("*") if path.is_file()}
    assert read(invited, target) == EXPECTED
    assert read(invited, target) == {"known": len(MAILS)}
    assert {path: path.read_bytes() for path in (tmp_path / "mail").rglob("*") if path.is_file()} == before
    with invited.read() as session:
        assert samples.count(session, STUDY, YEAR, ContactChoice(standing="bounced")) == 2
        assert samples.count(session, STUDY, YEAR, ContactChoice(standing="opted_out")) == 1


def test_a_mailbox_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(MailNotRead, match="cannot be read: FileNotFoundError"):
        list(bounce_reading.mails(tmp_path / "none"))


def test_a_server_hears_what_was_seen_and_what_somebody_must_look_at(invited: Database) -> None:
    with serving(Mailbox(MAILS)) as box:
        assert read(invited, place(box)) == EXPECTED
        seen, odd = "\\Seen", "\\Seen \\Flagged"
        assert box.flags == {1: seen, 2: odd, 3: seen, 4: seen, 5: seen, 6: odd}
        assert read(invited, place(box)) == {}
        box.flags.clear()  # somebody marked all as unread
        assert read(invited, place(box)) == {"known": len(MAILS)}
        assert not [said for said in box.asked if "EXPUNGE" in said or "Deleted" in said]


def test_a_connection_that_breaks_loses_nothing_and_counts_nothing_twice(invited: Database) -> None:
    with serving(Mailbox(MAILS, breaks_at=4)) as box:
        with pytest.raises(MailNotRead):
            read(invited, place(box))
        with invited.read() as session:
            assert bounces.counts(session) == {"hard": 1, "soft": 1, "not_understood": 1}
        box.breaks_at = 0
        del box.flags[3]  # its mark did not reach the server
        assert read(invited, place(box)) == {"known": 1, "hard": 1, "complaint": 1, "not_understood": 1}
    with invited.read() as session:
        assert bounces.counts(session) == EXPECTED


def test_a_token_from_a_file_signs_in_and_is_read_anew_each_time(invited: Database, tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("old\n", encoding="utf-8")
    with serving(Mailbox(MAILS, token="new")) as box:
        with pytest.raises(MailNotRead):
            read(invited, place(box, token=file))
        file.write_text("new\n", encoding="utf-8")
        assert read(invited, place(box, token=file)) == EXPECTED


def test_a_refusal_repeats_nothing_of_what_the_server_said(invited: Database) -> None:
    with serving(Mailbox(MAILS)) as box, pytest.raises(MailNotRead) as refused:
        read(invited, place(box, password="wrong"))
    assert str(refused.value) == "The mailbox for returned mail cannot be read: error."


def test_the_worker_reads_the_mailbox_on_its_rounds_and_goes_on_when_it_is_away(invited: Database) -> None:
    with serving(Mailbox(MAILS)) as box:
        worker = Worker(invited, InstrumentLibrary(invited), None, salt=SALT, mailbox=place(box))
        worker.round()
        worker.round()
        assert box.asked.count("UID SEARCH UNSEEN") == 1  # and again in five minutes
    with invited.read() as session:
        assert bounces.counts(session) == EXPECTED
    Worker(invited, InstrumentLibrary(invited), None, salt=SALT, mailbox=place(box)).round()  # nobody is there
