"""Messages of rounds: sent once, to who is still to get them, whatever the mail server or the worker does."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from surveyapp import clock
from surveyapp.errors import MailNotSent
from surveyapp.fieldwork import (
    interviews,
    invitation_rounds,
    invitation_sending,
    invitation_texts,
    invitation_yield,
    personal_links,
    unsubscribing,
    waves,
)
from surveyapp.fieldwork.invitation_texts import RoundText
from surveyapp.fieldwork.waves import wave_info
from surveyapp.jobs import invitation_queue
from surveyapp.jobs.invitation_mail import NO_KEY, message, previewed
from surveyapp.jobs.invitation_queue import InvitationQueue
from surveyapp.jobs.post import Post
from surveyapp.storage import audit, invitation_messages
from surveyapp.storage import contacts as stored
from surveyapp.storage import invitation_rounds as stored_rounds
from surveyapp.storage.database import Database
from tests.builders import STUDY, YEAR, running_wave
from tests.jobs.mail_servers import MailBox, mail_server, mute_server
from tests.jobs.mailings import INSTRUMENT, SALT, SENDER, SITE, TUESDAY, Library, go, invite, office, states


@pytest.fixture(autouse=True)
def _working_day() -> Iterator[None]:
    with clock.stopped_at(TUESDAY):
        yield


@pytest.fixture
def wave(sqlite_database: Database) -> Database:
    running_wave(sqlite_database, INSTRUMENT)
    return sqlite_database


@pytest.fixture
def either(database: Database) -> Database:
    """The same on each kind of database, where locks and turns are asked about."""
    running_wave(database, INSTRUMENT)
    return database


class Wire:
    """A way out that takes what it is given, unless it is told otherwise."""

    def __init__(self, behave: Callable[[EmailMessage], None] = lambda mail: None) -> None:
        self.sent: list[EmailMessage] = []
        self.behave = behave

    @contextmanager
    def connection(self, seconds: float, patience: float = 0.0) -> Iterator[Callable[[EmailMessage], None]]:
        def send(mail: EmailMessage) -> None:
            self.behave(mail)
            self.sent.append(mail)

        yield send

    @property
    def to(self) -> list[str]:
        return [str(mail["To"]).partition("@")[0] for mail in self.sent]


def queue(database: Database, wire: Any, **options: Any) -> InvitationQueue:
    return InvitationQueue(database, Library(database), Post(wire, SENDER, SITE), salt=SALT, **options)


def deliver(database: Database, wire: Any, **options: Any) -> None:
    made = queue(database, wire, **options)
    while made.deliver().taken:
        pass


def answer(database: Database, mail: EmailMessage, pages: int = 4) -> None:
    """What somebody does who got this mail: follow the link, answer, and send if they saw every page."""
    (token,) = re.findall(rf"{SITE}/i/(\S+)", plain(mail))
    with database.write() as session:
        mine = personal_links.invitation(session, token, salt=SALT)
        assert mine is not None
        personal_links.note_opened(session, mine)
        if not pages:
            return
        begun = personal_links.begin(session, INSTRUMENT, token, "manager", "nl", "phone", salt=SALT)
        assert begun is not None
        case = begun[0]
    for page in range(1, pages + 1):
        with database.write() as session:
            case = interviews.save_page(
                session, case, f"p{page}", {f"v{page}": 1}, expected_seq=0, client_key=f"{page:0>12}", language="nl"
            ).case
    if pages == 4:
        with database.write() as session:
            interviews.send(session, case)


def plain(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


# --------------------------------------------------------------------------------------------------------- what it says
def test_a_preview_is_what_is_sent_to_the_byte_but_for_what_is_one_persons_secret(wave: Database) -> None:
    invite(wave, "jan")
    box = MailBox()
    taken: list[bytes] = []
    box.handle_DATA = _kept(taken)  # type: ignore[method-assign]
    with mail_server(box):
        number = go(wave)
        InvitationQueue(wave, Library(wave), office(box.url), salt=SALT).deliver()
    assert states(wave, number) == {"sent": 1}
    with wave.read() as session:
        text = invitation_rounds.round_of(session, STUDY, YEAR, number).texts["nl"]
        (contact,) = stored.listed(session, STUDY, YEAR)
        (row,) = invitation_messages.listed(session, STUDY, YEAR, number, state="", start=0, most=9)
    shown = previewed(INSTRUMENT, "confidential", text, "nl", contact.email, contact.name, SITE)
    expected = message(shown, SENDER).as_bytes()
    opt_out = unsubscribing.signed(contact.contact_id, salt=SALT).encode()
    secrets = {
        invitation_sending.token(row.message_id, SALT).encode(): b"uw-persoonlijke-link--",
        opt_out: b"uw-eigen-afmeldlink".ljust(43, b"-"),
        row.message_id.hex.encode(): NO_KEY.encode(),
    }
    sent = taken[0].replace(b"=\r\n", b"").replace(b"\r\n", b"\n")
    wanted = expected.replace(b"=\r\n", b"").replace(b"\r\n", b"\n")
    for secret, stand_in in secrets.items():
        assert len(secret) == len(stand_in)
        assert secret in sent
        sent = sent.replace(secret, stand_in)
    assert sent == wanted
    assert len(taken[0]) == len(expected)


def _kept(taken: list[bytes]) -> Any:
    async def handle(server: object, session: object, envelope: Any) -> str:
        taken.append(envelope.content)
        return "250 OK"

    return handle


@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_message_is_plain_text_and_html_with_the_same_words_and_nothing_from_elsewhere(
    wave: Database, language: str
) -> None:
    invite(wave, "jan", language=language)
    wire = Wire()
    go(wave)
    deliver(wave, wire)
    mail = message_from_bytes(wire.sent[0].as_bytes(), policy=default)
    assert mail.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    page, text = str(mail.get_body(("html",)).get_content()), plain(mail)  # type: ignore[union-attr]
    assert f'<html lang="{language}">' in page
    assert not re.search(r"<(img|script|link|iframe)|url\(|src=", page)
    words = re.sub(r"<[^>]+>", " ", page.partition("<body")[2].partition(">")[2])
    for line in text.splitlines():
        if "http" not in line:
            assert " ".join(line.split()) in " ".join(words.split())
    links = set(re.findall(r"https://\S+", text))
    assert links == set(re.findall(r'href="(https://[^"]+)"', page))
    assert len(links) == 2
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["List-Unsubscribe"].strip("<>") in links
    assert re.fullmatch(r"<[0-9a-f]{32}@survey\.example\.org>", mail["Message-ID"])
    assert mail["Content-Language"] == language


def test_headers_of_one_word_stay_one_word_however_long_the_name_of_the_site(wave: Database) -> None:
    shown = previewed(
        INSTRUMENT, "confidential", RoundText("x", "{link} {opt_out}"), "en", "jan@example.org", None,
        "https://a-rather-long-name-of-a-site-that-somebody-chose.onderzoek.example.org",
    )  # fmt: skip
    made = message(shown, SENDER).as_bytes()
    assert b"=?utf-8" not in made
    assert re.search(rb"\r\nList-Unsubscribe: <https://[^\s>]+>\r\n", made)


@pytest.mark.parametrize(
    "address",
    ["jan@example.org\r\nBcc: els@example.org", "jan@example.org,els@example.org", "jan@ex\nample.org", "jan"],
)
def test_an_address_that_is_none_is_never_written_to_and_the_others_are(wave: Database, address: str) -> None:
    invite(wave, "jan", "els")
    with wave.write() as session:
        session.connection().exec_driver_sql("UPDATE contact SET email = ? WHERE email LIKE 'jan%'", (address,))
    wire = Wire()
    number = go(wave)
    deliver(wave, wire)
    assert wire.to == ["els"]
    assert states(wave, number) == {"failed": 1, "sent": 1}


def test_the_link_of_a_message_stands_nowhere_and_opens_one_case_with_those_before(wave: Database) -> None:
    invite(wave, "jan")
    wire = Wire()
    go(wave)
    deliver(wave, wire)
    go(wave, "reminder")
    deliver(wave, wire)
    first, second = wire.sent
    answer(wave, first, pages=2)
    tokens = [re.findall(rf"{SITE}/i/(\S+)", plain(mail))[0] for mail in (first, second)]
    assert tokens[0] != tokens[1]
    with wave.read() as session:
        cases = {personal_links.invitation(session, one, salt=SALT).case.case_id for one in tokens}  # type: ignore[union-attr]
        assert len(cases) == 1
        dump = "\n".join(session.connection().connection.driver_connection.iterdump())  # type: ignore[union-attr]
    assert not any(token in dump for token in tokens)


# --------------------------------------------------------------------------------------------------------- who gets it
def test_who_finishes_or_opts_out_before_their_turn_is_not_written_to(either: Database) -> None:
    invite(either, "jan", "els", "piet")
    wire = Wire()
    go(either)
    deliver(either, wire)
    by_name = dict(zip(wire.to, list(wire.sent), strict=True))
    number = go(either, "reminder")
    answer(either, by_name["jan"])
    with either.write() as session:
        piet = stored.by_address(session, STUDY, YEAR, "piet@example.org")
        assert piet is not None
        stored.set_opted_out(session, STUDY, piet.contact_id, clock.today())
    wire.sent.clear()
    deliver(either, wire)
    assert wire.to == ["els"]
    with either.read() as session:
        rows = {(row.state, row.reason): row.n for row in stored_rounds.counts(session, STUDY, YEAR, number)}
    assert rows == {("sent", None): 1, ("spared", "done"): 1, ("spared", "opted_out"): 1}


def test_a_late_contact_is_invited_alone(wave: Database) -> None:
    invite(wave, "jan")
    wire = Wire()
    go(wave)
    deliver(wave, wire)
    invite(wave, "els")
    go(wave)
    deliver(wave, wire)
    assert wire.to == ["jan", "els"]


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["jan", "els", "piet"]), st.sampled_from(["open", "begin", "send", "out", "bounce", "remind"])
    ),
    max_size=8,
)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_nobody_is_reminded_who_was_done_out_or_out_of_reach(
    sqlite_template: Any, steps: list[tuple[str, str]]
) -> None:
    import shutil
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as folder, clock.stopped_at(TUESDAY):
        path = Path(folder) / "survey.sqlite3"
        shutil.copyfile(sqlite_template, path)
        database = Database(f"sqlite:///{path}")
        try:
            _remind_at_random(database, steps)
        finally:
            database.close()


def _remind_at_random(database: Database, steps: list[tuple[str, str]]) -> None:
    running_wave(database, INSTRUMENT)
    invite(database, "jan", "els", "piet")
    wire = Wire()
    go(database)
    deliver(database, wire)
    mails = {str(mail["To"]).partition("@")[0]: mail for mail in wire.sent}
    assert set(mails) == {"jan", "els", "piet"}
    away: set[str] = set()
    far: dict[str, str] = {}
    for name, step in [*steps, ("", "remind")]:
        if step == "remind":
            wire.sent.clear()
            with database.write() as session:
                number = invitation_rounds.create(session, INSTRUMENT, "reminder", "test")
                invitation_messages.add(  # to everybody, as if the rule had not been asked when it was confirmed
                    session,
                    STUDY,
                    YEAR,
                    number,
                    [one.contact_id for one in stored.listed(session, STUDY, YEAR)],
                    TUESDAY,
                )
                stored_rounds.change(session, STUDY, YEAR, number, state="going")
            deliver(database, wire)
            assert set(wire.to) == {"jan", "els", "piet"} - away
        elif step == "out":
            with database.write() as session:
                row = stored.by_address(session, STUDY, YEAR, f"{name}@example.org")
                assert row is not None
                stored.set_opted_out(session, STUDY, row.contact_id, clock.today())
            away.add(name)
        elif step == "bounce":
            with database.write() as session:
                row = stored.by_address(session, STUDY, YEAR, f"{name}@example.org")
                assert row is not None
                for one in invitation_messages.written(session, STUDY, YEAR, row.contact_id):
                    if one.state == "sent":
                        found = [
                            each.message_id
                            for each in invitation_messages.listed(
                                session, STUDY, YEAR, one.number, state="sent", start=0, most=9
                            )
                            if each.contact_id == row.contact_id
                        ]
                        invitation_messages.mark_bounced(session, STUDY, found[0], "5.1.1")
            away.add(name)
        elif far.get(name) != "send" and (step == "send" or name not in far):
            if step == "send" and far.get(name) == "begin":
                continue
            answer(database, mails[name], {"open": 0, "begin": 1, "send": 4}[step])
            far[name] = step
            if step == "send":
                away.add(name)


# ------------------------------------------------------------------------------------------- what goes wrong on the way
def test_a_stopped_round_sends_nothing_and_goes_on_where_it_was(either: Database) -> None:
    invite(either, *(f"p{n}" for n in range(6)))
    wire = Wire()
    number = go(either)
    left = iter([False, False, True])
    queue(either, wire).deliver(lambda: next(left))
    assert states(either, number) == {"sent": 2, "waiting": 4}
    with either.write() as session:
        invitation_rounds.stop(session, STUDY, YEAR, number, "test")
    deliver(either, wire)
    assert len(wire.sent) == 2
    with either.write() as session:
        invitation_rounds.go_on(session, STUDY, YEAR, number, "test")
    deliver(either, wire)
    assert sorted(wire.to) == [f"p{n}" for n in range(6)]
    with either.read() as session:
        assert invitation_rounds.round_of(session, STUDY, YEAR, number).state == "done"


def test_no_more_goes_in_a_minute_than_is_set(wave: Database) -> None:
    invite(wave, *(f"p{n}" for n in range(7)))
    wire = Wire()
    go(wave)
    sent = []
    for minute in range(4):
        with clock.stopped_at(TUESDAY + timedelta(seconds=61 * minute)):
            deliver(wave, wire, a_minute=3)
            sent.append(len(wire.sent))
    assert sent == [3, 6, 7, 7]


def test_a_refusal_for_good_fails_one_for_now_is_tried_again_and_a_server_that_goes_holds_up_the_rest(
    wave: Database,
) -> None:
    invite(wave, "gone", "later", "els")
    faults = {"gone": MailNotSent("SMTPRecipientsRefused 550", is_final=True), "later": MailNotSent("x 450")}

    def behave(mail: EmailMessage) -> None:
        if fault := faults.get(str(mail["To"]).partition("@")[0]):
            raise fault

    wire = Wire(behave)
    number = go(wave)
    deliver(wave, wire)
    assert wire.to == ["els"]
    assert states(wave, number) == {"failed": 1, "waiting": 1, "sent": 1}
    del faults["later"]
    deliver(wave, wire)
    assert wire.to == ["els"]  # not before its minute is over
    with clock.stopped_at(TUESDAY + timedelta(minutes=2)):
        deliver(wave, wire)
    assert wire.to == ["els", "later"]
    assert wire.sent[1]["Message-ID"] != wire.sent[0]["Message-ID"]


def test_a_server_that_hangs_or_is_not_there_costs_no_message_an_attempt(wave: Database) -> None:
    invite(wave, "jan")
    number = go(wave)
    with mute_server() as url, pytest.MonkeyPatch.context() as patch:
        patch.setattr(invitation_queue, "SECONDS", 0.2)
        InvitationQueue(wave, Library(wave), office(url), salt=SALT).deliver()
    assert states(wave, number) == {"waiting": 1}
    wire = Wire()
    deliver(wave, wire)
    assert wire.to == ["jan"]


def test_a_server_that_breaks_off_once_it_has_the_whole_leaves_an_unsure_message_that_goes_only_when_told(
    wave: Database,
) -> None:
    invite(wave, "jan")
    number = go(wave)
    with mail_server(MailBox(dies=True)) as box:
        InvitationQueue(wave, Library(wave), office(box.url), salt=SALT).deliver()
    assert states(wave, number) == {"unsure": 1}
    wire = Wire()
    deliver(wave, wire)
    assert wire.to == []
    with wave.write() as session:
        assert invitation_rounds.send_unsure_again(session, STUDY, YEAR, number, "test") == 1
    deliver(wave, wire)
    assert wire.to == ["jan"]


def refusing(code: int) -> Wire:
    """A server that takes nothing."""

    def behave(mail: EmailMessage) -> None:
        raise MailNotSent(f"SMTPRecipientsRefused {code}", is_final=code >= 500)

    return Wire(behave)


def stopped_because(database: Database, number: int) -> tuple[str, str | None]:
    with database.read() as session:
        found = invitation_rounds.round_of(session, STUDY, YEAR, number)
    return found.state, found.stopped_because


def test_a_mailing_of_which_the_server_takes_none_stops_by_itself_and_loses_nobody(either: Database) -> None:
    invite(either, *(f"p{n:02}" for n in range(25)))
    number = go(either)
    deliver(either, refusing(554))
    assert states(either, number) == {"waiting": 25}
    assert stopped_because(either, number) == ("stopped", "SMTPRecipientsRefused 554")
    with either.write() as session:
        (told,) = audit.details_of(session, "invitation.stop-by-itself", f"{STUDY} {YEAR}")
        assert told == {"round": number, "in_a_row": 10, "reason": "SMTPRecipientsRefused 554"}
        invitation_rounds.go_on(session, STUDY, YEAR, number, "test")
    deliver(either, refusing(554))
    assert states(either, number) == {"waiting": 25}, "going on begins to count anew"
    with either.write() as session:
        invitation_rounds.go_on(session, STUDY, YEAR, number, "test")
    wire = Wire()
    deliver(either, wire)
    assert sorted(wire.to) == [f"p{n:02}" for n in range(25)]
    assert stopped_because(either, number) == ("done", None)


def test_a_mailing_goes_on_without_those_who_were_refused(wave: Database) -> None:
    invite(wave, *(f"p{n:02}" for n in range(12)))
    number = go(wave)
    deliver(wave, refusing(550))
    with wave.write() as session:
        invitation_rounds.go_on(session, STUDY, YEAR, number, "test", without_refused=True)
    wire = Wire()
    deliver(wave, wire)
    assert len(wire.sent) == 2
    assert states(wave, number) == {"failed": 10, "sent": 2}
    assert stopped_because(wave, number) == ("done", None)


def test_one_that_is_taken_in_between_breaks_the_row(wave: Database) -> None:
    invite(wave, *(f"p{n:02}" for n in range(25)))
    count = 0

    def behave(mail: EmailMessage) -> None:
        nonlocal count
        count += 1
        if count % 10:
            raise MailNotSent("SMTPRecipientsRefused 550", is_final=True)

    number = go(wave)
    for second in range(25):  # a moment each: what was handed over at one moment is in no order
        with clock.stopped_at(TUESDAY + timedelta(seconds=second)):
            queue(wave, Wire(behave), a_minute=second + 1).deliver()
    assert states(wave, number) == {"failed": 23, "sent": 2}
    assert stopped_because(wave, number) == ("done", None)


def test_refusals_for_now_stop_a_mailing_after_an_hour_and_not_before(wave: Database) -> None:
    invite(wave, *(f"p{n:02}" for n in range(12)))
    number, busy = go(wave), refusing(452)
    for minutes in (0, 2, 8, 24):
        with clock.stopped_at(TUESDAY + timedelta(minutes=minutes)):
            deliver(wave, busy)
    assert stopped_because(wave, number) == ("going", None)
    with clock.stopped_at(TUESDAY + timedelta(minutes=85)):
        deliver(wave, busy)
        assert stopped_because(wave, number) == ("stopped", "SMTPRecipientsRefused 452")
        with wave.write() as session:
            invitation_rounds.go_on(session, STUDY, YEAR, number, "test")
        wire = Wire()
        deliver(wave, wire)
    assert len(wire.sent) == 12


def test_two_people_of_whom_none_can_be_reached_are_no_reason_to_stop(wave: Database) -> None:
    invite(wave, "gone", "away")
    number = go(wave)
    deliver(wave, refusing(550))
    assert states(wave, number) == {"failed": 2}
    assert stopped_because(wave, number) == ("done", None)


def test_what_was_confirmed_as_files_is_never_mailed_and_what_was_to_be_mailed_never_becomes_a_file(
    wave: Database,
) -> None:
    invite(wave, "jan")
    go(wave, as_files=True)
    invite(wave, "els")
    go(wave, contact=contact_of(wave, "els"))
    mailed, files = Wire(), Wire()
    deliver(wave, files, as_files=True)
    assert files.to == ["jan"]
    deliver(wave, mailed)
    assert mailed.to == ["els"]
    assert files.to == ["jan"]


def contact_of(database: Database, name: str) -> str:
    with database.read() as session:
        found = stored.by_address(session, STUDY, YEAR, f"{name}@example.org")
    assert found is not None
    return str(found.contact_id)


class Killed(BaseException):
    """The worker ends here, as a kill would: nothing after this line is done."""


def test_a_worker_killed_anywhere_sends_nobody_two_and_loses_nobody(
    either: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sixty kills: before the server has a message, once it has it, and between a message and its note."""
    invite(either, *(f"p{n:02}" for n in range(90)))
    number, wire, count = go(either), Wire(), 0
    now = TUESDAY

    def killed_before(mail: EmailMessage) -> None:
        nonlocal count
        count += 1
        if count % 3 == 0:
            raise Killed

    def killed_after(session: object, outcome: object) -> None:
        raise Killed

    wire.behave = killed_before
    noted = invitation_sending.settle
    kills = 0
    while kills < 60:
        with clock.stopped_at(now):
            monkeypatch.setattr(invitation_sending, "settle", killed_after if kills % 2 else noted)
            try:
                if not queue(either, wire).deliver().taken:
                    break
            except Killed:
                kills += 1
        now += timedelta(minutes=11)
    assert kills >= 20
    monkeypatch.setattr(invitation_sending, "settle", noted)
    wire.behave = lambda mail: None
    with clock.stopped_at(now):
        deliver(either, wire)
    found = states(either, number)
    assert max(Counter(wire.to).values()) == 1
    assert found["sent"] + found["unsure"] == 90
    assert len(wire.sent) >= found["sent"]
    with either.read() as session:
        sent = invitation_messages.listed(session, STUDY, YEAR, number, state="sent", start=0, most=99)
    assert {row.email.partition("@")[0] for row in sent} <= set(wire.to)


def test_nothing_goes_on_a_holiday_or_while_the_wave_is_not_open(wave: Database) -> None:
    invite(wave, "jan")
    wire = Wire()
    go(wave)
    with clock.stopped_at(datetime(2026, 12, 25, 9, tzinfo=UTC)):
        deliver(wave, wire)
    assert wire.to == []
    with wave.write() as session:
        waves.close_wave(session, STUDY, YEAR)
    deliver(wave, wire)
    assert wire.to == []
    with wave.read() as session:
        assert invitation_rounds.round_of(session, STUDY, YEAR, 1).state == "done"


# ----------------------------------------------------------------------------------------------------- what came of it
def test_the_yield_of_a_round_counts_each_person_for_the_newest_message_before(wave: Database) -> None:
    invite(wave, "soon", "late", "out", "silent", "gone")
    wire = Wire()
    first = go(wave)
    deliver(wave, wire)
    mails = dict(zip(wire.to, list(wire.sent), strict=True))
    with wave.write() as session:
        rows = invitation_messages.listed(session, STUDY, YEAR, first, state="sent", start=0, most=9)
        (gone,) = (row.message_id for row in rows if row.email.startswith("gone"))
        assert invitation_messages.mark_bounced(session, STUDY, gone, "5.1.1")
    with clock.stopped_at(TUESDAY + timedelta(days=3)):
        answer(wave, mails["soon"])
    with clock.stopped_at(TUESDAY + timedelta(days=7)):
        second = go(wave, "reminder")
        deliver(wave, wire)
        with wave.write() as session:
            row = stored.by_address(session, STUDY, YEAR, "out@example.org")
            assert row is not None
            stored.set_opted_out(session, STUDY, row.contact_id, clock.today())
    with clock.stopped_at(TUESDAY + timedelta(days=11)):
        answer(wave, mails["late"])
    with wave.read() as session:
        found = invitation_yield.yields(session, wave_info(session, STUDY, YEAR))
    one, two = found[first], found[second]
    assert (one.sent, one.bounced, one.delivered, one.completes, one.opt_outs) == (5, 1, 4, 1, 0)
    assert (two.sent, two.bounced, two.delivered, two.completes, two.opt_outs) == (3, 0, 3, 0, 1)  # the fourth day
    assert [one.first_on for one in (one, two)] == [TUESDAY.date() + timedelta(days=back) for back in (0, 7)]
    with wave.write() as session:
        info = wave_info(session, STUDY, YEAR)
        invitation_yield.write_down(session, info)
        stored_rounds.forget_messages(session, STUDY, YEAR)
        assert invitation_yield.yields(session, info) == found, "also when the messages are gone"


def test_a_text_in_which_one_language_lacks_a_placeholder_is_not_saved_and_names_it(wave: Database) -> None:
    with wave.write() as session:
        number = invitation_rounds.create(session, INSTRUMENT, "invitation", "test")
    good = invitation_texts.default_texts(INSTRUMENT, "invitation", 1, None)
    assert invitation_texts.text_faults("invitation", good, INSTRUMENT) == ()
    bad = {**good, "en": RoundText(good["en"].subject, good["en"].text.replace("{link}", "").replace("{name}", ""))}
    with wave.write() as session:
        faults = invitation_rounds.save_texts(session, INSTRUMENT, number, bad)
    assert [(one.language, one.field, str(one.message).partition(" ")[0]) for one in faults] == [
        ("en", "text", "The"),
        ("en", "text", "What"),
    ]
    assert "{link}" in str(faults[0].message)
    assert "{name}" in str(faults[1].message)
    with wave.read() as session:
        assert invitation_rounds.round_of(session, STUDY, YEAR, number).texts == good
