"""The worker sends what waits: once, to who should get it, and again when the server was away."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from surveyapp.clock import stopped_at
from surveyapp.config import Settings
from surveyapp.errors import StorageBusy
from surveyapp.fieldwork import link_cutting, link_requests, openings, personal_links, waves
from surveyapp.fieldwork.library import InstrumentLibrary
from surveyapp.fieldwork.waves import wave_info
from surveyapp.instrument.loader import load_instrument
from surveyapp.instrument.model import Instrument
from surveyapp.jobs import mail_queue, worker
from surveyapp.jobs.mail import Letter
from surveyapp.jobs.mail_queue import DELAYS
from surveyapp.jobs.post import post_office
from surveyapp.jobs.worker import Worker
from surveyapp.storage import contacts, keys, outbox
from surveyapp.storage.database import Database
from surveyapp.web import logs
from surveyapp.web.respondent.addresses import ADDRESSES
from tests.instrument.definitions import patched, write
from tests.jobs.mail_servers import MailBox, mail_server

SITE = "https://survey.example.org"
STUDY, YEAR, SALT = "kinds", 2026, "zout" * 8
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def confidential(tmp_path_factory: pytest.TempPathFactory) -> Instrument:
    documents = patched(("study.waves.0.mode", "confidential"), name="kinds")
    return load_instrument(write(tmp_path_factory.mktemp("confidential"), documents), YEAR)


@pytest.fixture
def box() -> Iterator[MailBox]:
    with mail_server() as made:
        yield made


@pytest.fixture
def office(database: Database, confidential: Instrument) -> Database:
    """A wave with two contacts, still a draft, on each kind of database."""
    return furnished(database, confidential)


@pytest.fixture
def small_office(sqlite_database: Database, confidential: Instrument) -> Database:
    """The same where the kind of database does not matter."""
    return furnished(sqlite_database, confidential)


def furnished(database: Database, confidential: Instrument) -> Database:
    with database.write() as session:
        waves.create_wave(session, confidential)
        contacts.add(
            session,
            [
                {
                    "study_id": STUDY,
                    "contact_id": keys.uuid7(),
                    "year": YEAR,
                    "email": f"{name}@example.org",
                    "name": None,
                    "role": None,
                    "language": language,
                    "source": "personal",
                    "opted_out_on": None,
                }
                for name, language in (("jan", "nl"), ("els", "en"))
            ],
        )
    return database


def settings(url: str) -> Settings:
    return Settings(
        smtp_url=SecretStr(url),
        mail_from="survey@example.org",
        base_url="https://survey.example.org",
        log_level="ERROR",
    )


def made_worker(database: Database, url: str) -> Worker:
    return Worker(database, InstrumentLibrary(database), post_office(settings(url)), salt=SALT)


def ask_to_be_told(database: Database, email: str, language: str = "nl") -> None:
    with database.write() as session:
        openings.ask_to_be_told(session, wave_info(session, STUDY, YEAR), email, language)


def ask_for_link(database: Database, email: str) -> None:
    with database.write() as session:
        link_requests.ask_for_link(session, email, "nl")


def open_wave(database: Database) -> None:
    with database.write() as session:
        waves.open_wave(session, STUDY, YEAR)


def everything(database: Database) -> str:
    """Every row of the tables of mail, as text."""
    with database.read() as session:
        return repr([session.execute(text(f"SELECT * FROM {name}")).all() for name in ("outbox", "opening_request")])


# ----------------------------------------------------------------------------------------------------------- openings
def test_who_asked_is_told_once_when_the_wave_opens_and_their_address_is_gone(office: Database, box: MailBox) -> None:
    for email, language in (("an@example.org", "nl"), ("an@example.org", "nl"), ("bo@example.org", "en")):
        ask_to_be_told(office, email, language)
    postman = made_worker(office, box.url)
    assert postman.once().sent == 0
    assert box.mails == []
    open_wave(office)
    assert postman.once().sent == 2
    assert postman.once().sent == 0
    assert sorted(mail["To"] for mail in box.mails) == ["an@example.org", "bo@example.org"]
    said = dict(zip([mail["To"] for mail in box.mails], box.texts, strict=True))
    assert "https://survey.example.org/nl/onderzoek/kinds-2026" in said["an@example.org"]
    assert "https://survey.example.org/en/survey/kinds-2026" in said["bo@example.org"]
    assert "example.org" not in everything(office)


def test_a_wave_that_closed_before_the_mail_went_is_not_announced(office: Database, box: MailBox) -> None:
    ask_to_be_told(office, "an@example.org")
    open_wave(office)
    with office.write() as session:
        assert openings.announce_openings(session) == 1
        waves.close_wave(session, STUDY, YEAR)
    done = made_worker(office, box.url).once()
    assert (done.sent, done.needless) == (0, 1)
    assert box.mails == []
    assert "example.org" not in everything(office)


def test_addresses_nothing_will_come_of_are_deleted(office: Database, box: MailBox) -> None:
    ask_to_be_told(office, "an@example.org")
    open_wave(office)
    with office.write() as session:
        waves.close_wave(session, STUDY, YEAR)
    Worker(office, InstrumentLibrary(office), None, salt=SALT).round()
    assert "example.org" not in everything(office)


def test_an_address_is_kept_a_year_at_most(office: Database) -> None:
    with stopped_at(NOON):
        ask_to_be_told(office, "an@example.org")
    for days, is_left in ((365, True), (367, False)):
        with stopped_at(NOON + timedelta(days=days)), office.write() as session:
            openings.forget_left_over(session)
        assert ("an@example.org" in everything(office)) is is_left


# -------------------------------------------------------------------------------------------------------------- links
def token_in(said: str) -> str:
    found = re.search(r"https://survey\.example\.org/i/(\S+)", said)
    assert found is not None
    return found[1]


def leads_somewhere(database: Database, token: str) -> bool:
    with database.read() as session:
        mine = personal_links.invitation(session, token, salt=SALT)
    return mine is not None and mine.is_usable


def test_who_was_invited_gets_a_link_more_in_their_own_language_and_the_old_one_works_on(
    office: Database, box: MailBox
) -> None:
    with office.write() as session:
        old = {link.email: link.token for link in personal_links.make_links(session, STUDY, YEAR, salt=SALT)}
    open_wave(office)
    ask_for_link(office, "els@example.org")
    ask_for_link(office, "els@example.org")
    assert "/i/" not in everything(office)
    assert made_worker(office, box.url).once().sent == 1
    (said,) = box.texts
    assert "Your personal link" in box.mails[0]["Subject"]
    new = token_in(said)
    assert new != old["els@example.org"]
    assert len(new) == 22
    assert leads_somewhere(office, new)
    assert leads_somewhere(office, old["els@example.org"])
    assert "example.org" not in everything(office)
    with office.read() as session:
        assert new not in repr(session.execute(text("SELECT * FROM token")).all())


def test_who_opted_out_and_asks_for_the_link_gets_it(office: Database, box: MailBox) -> None:
    open_wave(office)
    with office.write() as session:
        row = contacts.by_address(session, STUDY, YEAR, "jan@example.org")
        assert row is not None
        contacts.set_opted_out(session, STUDY, row.contact_id, NOON.date())
    ask_for_link(office, "jan@example.org")
    assert made_worker(office, box.url).once().sent == 1


def test_who_was_not_invited_gets_nothing_and_leaves_nothing(office: Database, box: MailBox) -> None:
    open_wave(office)
    ask_for_link(office, "vreemd@example.org")
    assert "vreemd" in everything(office)  # the page does the same, whoever asks
    done = made_worker(office, box.url).once()
    assert (done.sent, done.needless) == (0, 1)
    assert box.mails == []
    assert "vreemd" not in everything(office)


def test_a_link_asked_for_while_the_server_was_away_is_the_same_link_later(
    small_office: Database, box: MailBox
) -> None:
    open_wave(small_office)
    box.on_recipient = "451 later"
    with stopped_at(NOON):
        ask_for_link(small_office, "jan@example.org")
        assert made_worker(small_office, box.url).once().put_off == 1
    box.on_recipient = "250 OK"
    with stopped_at(NOON + DELAYS[0]):
        assert made_worker(small_office, box.url).once().sent == 1
    with small_office.read() as session:
        assert session.execute(text("SELECT count(*) FROM token")).scalar() == 1


def test_a_link_that_cannot_be_mailed_opens_nothing(
    office: Database, box: MailBox, capfd: pytest.CaptureFixture[str]
) -> None:
    open_wave(office)
    box.on_recipient = "550 no jan@example.org here"
    ask_for_link(office, "jan@example.org")
    assert made_worker(office, box.url).once().given_up == 1
    with office.read() as session:
        assert session.execute(text("SELECT count(*) FROM token")).scalar() == 0
    assert "example.org" not in everything(office)
    said = "".join(capfd.readouterr())
    assert "given up" in said
    assert "550" in said
    assert "jan" not in said


# ------------------------------------------------------------------------------------------------------ trouble
def waiting_link(database: Database, at: datetime = NOON) -> None:
    open_wave(database)
    with stopped_at(at):
        ask_for_link(database, "jan@example.org")


def test_a_server_that_is_away_is_tried_again_ever_later_and_at_last_given_up(small_office: Database) -> None:
    waiting_link(small_office)
    nobody = made_worker(small_office, "smtp://127.0.0.1:1?starttls=no")
    at, tries = NOON, 0
    while tries < 20:
        with stopped_at(at):
            done = nobody.once()
        tries += 1
        if done.given_up:
            break
        assert done.put_off == 1
        at += DELAYS[tries - 1]
        with stopped_at(at - timedelta(seconds=1)):
            assert nobody.once().taken == 0
    assert tries == len(DELAYS) + 1
    assert "example.org" not in everything(small_office)


def test_a_server_that_dies_half_way_gets_the_mail_again_under_the_same_name(
    small_office: Database, box: MailBox
) -> None:
    waiting_link(small_office)
    box.dies = True
    with stopped_at(NOON):
        assert made_worker(small_office, box.url).once().put_off == 1
    box.dies = False
    with stopped_at(NOON + DELAYS[0]):
        assert made_worker(small_office, box.url).once().sent == 1
    assert len(box.mails) == 1
    assert re.fullmatch(r"<[0-9a-f]{32}@survey\.example\.org>", box.mails[0]["Message-ID"])


def test_a_refused_mail_does_not_hold_up_the_next(small_office: Database, box: MailBox) -> None:
    for email in ("an@example.org", "bo@example.org"):
        ask_to_be_told(small_office, email)
    open_wave(small_office)
    refuse = ["550 no", "250 OK"]
    original = box.handle_RCPT

    async def first_refused(*arguments: object) -> str:
        box.on_recipient = refuse.pop(0)
        return await original(*arguments)  # type: ignore[arg-type]

    box.handle_RCPT = first_refused  # type: ignore[assignment,method-assign]
    done = made_worker(small_office, box.url).once()
    assert (done.sent, done.given_up) == (1, 1)


def test_a_worker_told_to_stop_gives_back_what_it_had(small_office: Database, box: MailBox) -> None:
    for email in ("an@example.org", "bo@example.org", "cor@example.org"):
        ask_to_be_told(small_office, email)
    open_wave(small_office)
    done = made_worker(small_office, box.url).round(lambda: len(box.mails) >= 1)
    assert done.sent == 1
    assert made_worker(small_office, box.url).once().sent == 2
    assert len({mail["To"] for mail in box.mails}) == 3


def test_a_mail_that_was_given_back_untried_has_all_its_attempts_left(small_office: Database, box: MailBox) -> None:
    waiting_link(small_office)
    postman = made_worker(small_office, box.url)
    for _ in range(3):
        postman.round(lambda: True)
    with small_office.write() as session:
        (mail,) = outbox.claim(session, 1)
    assert mail.attempts == 1


def test_two_workers_at_once_send_each_mail_once(office: Database, box: MailBox) -> None:
    for number in range(25):
        ask_to_be_told(office, f"p{number}@example.org")
    open_wave(office)
    start = threading.Barrier(3)

    def work() -> None:
        mine = made_worker(office, box.url)
        start.wait()
        mine.once()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(mail["To"] for mail in box.mails) == sorted(f"p{number}@example.org" for number in range(25))


def test_a_fault_and_a_database_that_is_away_do_not_end_the_work(
    small_office: Database, box: MailBox, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    waiting_link(small_office, datetime(2020, 1, 1, tzinfo=UTC))
    postman = made_worker(small_office, box.url)
    faults: list[Exception] = [StorageBusy("away"), ValueError("jan@example.org")]
    real = mail_queue.MailQueue.deliver

    def deliver(*arguments: object) -> object:
        if faults:
            raise faults.pop(0)
        return real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(mail_queue.MailQueue, "deliver", deliver)
    postman.run(lambda: bool(box.mails), pause=lambda _: None)
    assert len(box.mails) == 1
    said = "".join(capfd.readouterr())
    assert "ValueError" in said
    assert "jan@" not in said


@pytest.mark.parametrize(
    ("cause", "level"), [("locked", "warning"), ("starting or stopping", "warning"), ("disk full", "error")]
)
def test_a_database_that_takes_nothing_in_is_no_fault_and_its_cause_is_told(
    small_office: Database,
    box: MailBox,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    cause: str,
    level: str,
) -> None:
    def busy(*_: object) -> None:
        raise StorageBusy("away", cause)

    logs.configure(Settings())
    for owner, name in ((openings, "announce_openings"), (link_cutting, "cut_due_links")):
        monkeypatch.setattr(owner, name, busy)
    ask_to_be_told(small_office, "an@example.org")
    open_wave(small_office)
    made_worker(small_office, box.url).round()
    said = [json.loads(line) for line in "".join(capfd.readouterr()).splitlines()]
    told = {(line["work"], line["outcome"], line["cause"], line["level"]) for line in said}
    assert told == {(work, "the database is away", cause, level) for work in ("announcing", "cutting links")}


@pytest.mark.parametrize("piece", ["cut_due_links", "forget_left_over", "announce_openings"])
def test_a_fault_in_one_piece_of_work_keeps_no_mail_from_going(
    small_office: Database,
    box: MailBox,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    piece: str,
) -> None:
    ask_to_be_told(small_office, "an@example.org")
    waiting_link(small_office)
    tried = []

    def fails(*_: object, **__: object) -> None:
        tried.append(piece)
        raise KeyError("jan@example.org")

    monkeypatch.setattr(link_cutting if piece == "cut_due_links" else openings, piece, fails)
    postman = made_worker(small_office, box.url)
    postman.run(lambda: len(tried) > 1 or "jan@example.org" in {mail["To"] for mail in box.mails}, lambda _: None)
    assert "jan@example.org" in {mail["To"] for mail in box.mails}
    tried.clear()
    postman.round()
    assert tried == (["announce_openings"] if piece == "announce_openings" else [])  # tidying comes again in an hour
    said = "".join(capfd.readouterr())
    assert "KeyError" in said
    assert "jan@" not in said


def test_a_mail_nobody_can_write_is_given_up_and_holds_up_no_other(
    small_office: Database, box: MailBox, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    for email in ("an@example.org", "bo@example.org"):
        ask_to_be_told(small_office, email)
    open_wave(small_office)
    real = mail_queue.message

    def spoilt(letter: Letter, *arguments: object) -> object:
        if letter.to == "an@example.org":
            raise KeyError(letter.to)
        return real(letter, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(mail_queue, "message", spoilt)
    done = made_worker(small_office, box.url).once()
    assert (done.sent, done.given_up) == (1, 1)
    assert [mail["To"] for mail in box.mails] == ["bo@example.org"]
    assert "example.org" not in everything(small_office)
    said = "".join(capfd.readouterr())
    assert "KeyError at " in said
    assert "an@" not in said


def test_a_database_that_goes_away_gives_no_mail_up(
    small_office: Database, box: MailBox, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting_link(small_office)

    def away(*_: object) -> bool:
        raise StorageBusy("away")

    postman = made_worker(small_office, box.url)
    with monkeypatch.context() as patch, stopped_at(NOON):
        patch.setattr(outbox, "hand_over", away)
        with pytest.raises(StorageBusy):
            postman.once()
    with stopped_at(NOON + outbox.LEASE):
        assert postman.once().sent == 1


def test_a_claim_holds_for_as_long_as_the_slowest_server_may_take() -> None:
    connecting = mail_queue.SECONDS
    slowest = connecting + mail_queue.AT_ONCE * (mail_queue.SECONDS + mail_queue.PATIENCE)
    assert slowest < outbox.LEASE.total_seconds() * 0.8


def test_without_a_mail_server_what_waits_goes_on_waiting_for_a_day(small_office: Database) -> None:
    waiting_link(small_office)
    with small_office.write() as session:  # an attempt was made and failed: its link is there already
        contact = contacts.by_address(session, STUDY, YEAR, "jan@example.org")
        (mail,) = session.execute(text("SELECT mail_id FROM outbox")).scalars()
        assert contact is not None
        assert link_requests.new_link(session, STUDY, YEAR, contact.email, uuid.UUID(mail), salt=SALT) is not None
    for hours, is_left in ((23, True), (25, False)):
        with stopped_at(NOON + timedelta(hours=hours)):
            assert Worker(small_office, InstrumentLibrary(small_office), None, salt=SALT).once().taken == 0
        assert ("jan@example.org" in everything(small_office)) is is_left
        with small_office.read() as session:
            assert session.execute(text("SELECT count(*) FROM token")).scalar() == int(is_left)


def test_addresses_in_mails_are_those_of_the_pages() -> None:
    for language, path in ADDRESSES["landing"].items():
        assert waves.landing(STUDY, YEAR, language) == path.replace("<wave:wave>", "kinds-2026")


# ---------------------------------------------------------------------------------------------------- its own process
KILLED = """
import os, sys
from surveyapp.jobs import mail_queue
from surveyapp.storage import outbox
step = sys.argv.pop(1)
real = outbox.hand_over
def killed(session, mail):
    if step == "before":
        os.kill(os.getpid(), 9)
    return real(session, mail)
outbox.hand_over = killed
if step == "after":
    from surveyapp.jobs import mail_transport
    mail_transport._hand_over = lambda *_: os.kill(os.getpid(), 9)
from surveyapp.cli import main
main(["worker", "--once"])
"""


def environment(database: Database, box: MailBox, folder: Path) -> dict[str, str]:
    return {
        **os.environ,
        "SURVEYAPP_DATABASE_URL": database.url.render_as_string(hide_password=False),
        "SURVEYAPP_INSTANCE": str(folder),
        "SURVEYAPP_SECRET_KEY": SALT,
        "SURVEYAPP_SMTP_URL": box.url,
        "SURVEYAPP_MAIL_FROM": "survey@example.org",
        "SURVEYAPP_BASE_URL": "https://survey.example.org",
    }


def test_a_worker_killed_before_the_server_has_the_mail_loses_nothing_and_after_it_doubles_nothing(
    office: Database, box: MailBox, tmp_path: Path
) -> None:
    open_wave(office)
    for step, sent in (("before", 1), ("after", 0)):
        ask_for_link(office, "jan@example.org")
        killed = subprocess.run(
            [sys.executable, "-c", KILLED, step], env=environment(office, box, tmp_path), check=False, timeout=180
        )
        assert killed.returncode == -signal.SIGKILL
        assert made_worker(office, box.url).once().taken == 0  # the dead worker's claim still holds
        # The killed process read the real clock, some time before this.
        with stopped_at(datetime.now(UTC) + outbox.LEASE + timedelta(minutes=1)):
            assert made_worker(office, box.url).once().sent == sent
        assert "jan@" not in everything(office)
        assert len(box.mails) == 1


def run_until(condition: Callable[[], bool], seconds: float = 120) -> None:
    ends = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < ends
        time.sleep(0.1)


def test_the_command_works_until_it_is_told_to_stop(small_office: Database, box: MailBox, tmp_path: Path) -> None:
    open_wave(small_office)
    with (tmp_path / "said").open("w") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "surveyapp.cli", "worker"],
            env=environment(small_office, box, tmp_path),
            stdout=said,
            stderr=said,
        )
        try:
            ask_for_link(small_office, "jan@example.org")
            run_until(lambda: len(box.mails) == 1)
            process.send_signal(signal.SIGTERM)
            assert process.wait(15) == 0
        finally:
            process.kill()
    assert "jan" not in (tmp_path / "said").read_text()


def test_a_worker_beside_a_server_ends_when_the_server_is_killed(
    small_office: Database, box: MailBox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert worker.PAUSE <= 5
    parent = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import subprocess, sys, os, time\n"
            "command = [sys.executable, '-m', 'surveyapp.cli', 'worker', '--beside', str(os.getpid())]\n"
            "child = subprocess.Popen(command)\n"
            "print(child.pid, flush=True)\n"
            "time.sleep(180)\n",
        ],
        env=environment(small_office, box, tmp_path),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    try:
        ask_to_be_told(small_office, "an@example.org")
        open_wave(small_office)
        run_until(lambda: len(box.mails) == 1)  # it is at work
    finally:
        parent.kill()
        parent.wait()
        parent.stdout.close()
    run_until(lambda: not _lives(child))


def _lives(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"
