"""The outbox's mails, written and sent one at a time, and tried again when the server was away.

A mail the server took is never sent again. One it broke off on, or said nothing about for two minutes after it had the
whole, is: under the same Message-ID, as RFC 5321 asks. What goes where when a worker or server dies stands in
`storage.outbox`. The log tells the kind of a mail, how often it was tried and why it did not go; never to whom.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from surveyapp import clock
from surveyapp.errors import MailNotSent, StorageBusy
from surveyapp.fieldwork import link_requests, made_up, openings
from surveyapp.fieldwork.library import InstrumentLibrary
from surveyapp.fieldwork.waves import landing
from surveyapp.jobs import faults
from surveyapp.jobs.mail import Letter, message
from surveyapp.jobs.mail_transport import Send
from surveyapp.jobs.post import Post
from surveyapp.journal import structlog
from surveyapp.storage import outbox
from surveyapp.storage.database import Database, Session
from surveyapp.storage.outbox import ClaimedMail

AT_ONCE = 5
"""Mails one claim takes: `SECONDS` and `PATIENCE` each, they are done before the claim lapses."""
SECONDS = 10.0
"""How long a mail server may take to be reached, and then over each mail up to its last line."""
PATIENCE = 120.0
"""Seconds it may take over a mail it has the whole of: many look into it first, and who is given up too soon gets the
mail twice."""
DELAYS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 4 * 60, 12 * 60, 24 * 60))
"""How long after each failure the next attempt comes; after the last one a mail is given up."""
UNSENT = DELAYS[-1]
"""How long after its turn a mail is kept that nobody may send, because mail was switched off."""
"""Where a wave is found, as `web.respondent.addresses` has it."""

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Delivery:
    """What became of the mails of one round."""

    sent: int = 0
    put_off: int = 0  # tried in vain; comes again
    given_up: int = 0
    needless: int = 0  # nobody to write to, or not true any more

    @property
    def taken(self) -> int:
        """Mails that were taken out of the outbox's queue."""
        return self.sent + self.put_off + self.given_up + self.needless

    def taken_with(self, other: Delivery) -> Delivery:
        """Both together."""
        return Delivery(
            self.sent + other.sent,
            self.put_off + other.put_off,
            self.given_up + other.given_up,
            self.needless + other.needless,
        )


def forget_unsent(session: Session, *, salt: str) -> None:
    """Let go of mails whose turn came a day ago, where no mail can be sent: nobody else ever would."""
    outbox.drop_unsure(session)
    for mail in outbox.drop_due_before(session, clock.now() - UNSENT):
        _take_back(session, mail, salt)
        log.warning("mail", kind=mail.kind, outcome="given up", reason="no mail server is set")


def _take_back(session: Session, mail: ClaimedMail, salt: str) -> None:
    """What a mail promised that will never go."""
    if mail.kind == link_requests.MAIL:
        link_requests.take_back(session, mail.study, mail.mail_id, salt=salt)


class MailQueue:
    """Sends what is due."""

    def __init__(self, database: Database, library: InstrumentLibrary, post: Post, *, salt: str) -> None:
        self._database, self._library, self._post, self._salt = database, library, post, salt

    def deliver(self, is_over: Callable[[], bool] = lambda: False) -> Delivery:
        """Send what is due, at most `AT_ONCE` mails; stops between two mails when ``is_over`` says so.

        Raises
        ------
        StorageBusy     the database is away; what was claimed comes again when the claim lapses
        """
        done = Delivery()
        with self._database.read_primary() as session:
            if not outbox.is_due(session):
                return done
        with self._database.write() as session:
            unsure = outbox.drop_unsure(session)
            claimed = outbox.claim(session, AT_ONCE)
        for kind in unsure:
            log.warning("mail", kind=kind, outcome="unsure", reason="the worker died while the server had it")
        if claimed:
            self._send(claimed, done, is_over)
        return done

    def _send(self, claimed: list[ClaimedMail], done: Delivery, is_over: Callable[[], bool]) -> None:
        waiting = list(claimed)
        try:
            with self._post.transport.connection(SECONDS, PATIENCE) as send:
                while waiting and not is_over():
                    self._one(waiting[0], send, done)
                    waiting.pop(0)
        except MailNotSent as failure:  # the server's doing: the others would fare no better now
            for mail in waiting:
                self._failed(mail, failure, done)
            return
        for mail in waiting:  # told to stop: the next worker need not wait for the claim to lapse
            with self._database.write() as session:
                outbox.put_back(session, mail, clock.now(), is_untried=True)

    def _one(self, mail: ClaimedMail, send: Send, done: Delivery) -> None:
        """Send one mail; one that cannot be written or sent for a reason nobody foresaw is given up.

        Raises
        ------
        MailNotSent     it failed by the server's doing, and was not put back yet
        """
        try:
            self._written_and_sent(mail, send, done)
        except MailNotSent as failure:
            if failure.is_server:
                raise
            self._failed(mail, failure, done)
        except StorageBusy:
            raise
        except Exception as error:  # kept, it would come first again and again and hold up the others
            reason = f"{type(error).__name__} at {faults.place(error)}"
            self._failed(mail, MailNotSent(reason, is_final=True), done)

    def _written_and_sent(self, mail: ClaimedMail, send: Send, done: Delivery) -> None:
        letter = self._letter(mail)
        if letter is None:
            self._remove(mail)
            done.needless += 1
            log.info("mail", kind=mail.kind, outcome="needless")
            return
        made = message(letter, self._post.sender, mail.mail_id.hex)
        with self._database.write() as session:
            if not outbox.hand_over(session, mail):
                return  # we were too slow: another worker has it now
        send(made)
        self._remove(mail)
        done.sent += 1
        log.info("mail", kind=mail.kind, outcome="sent", attempts=mail.attempts)

    def _failed(self, mail: ClaimedMail, failure: MailNotSent, done: Delivery) -> None:
        """Put a mail back for later, or give it up: its address goes, and with it what it promised."""
        if not failure.is_final and mail.attempts <= len(DELAYS):
            with self._database.write() as session:
                outbox.put_back(session, mail, clock.now() + DELAYS[mail.attempts - 1])
            done.put_off += 1
            log.warning("mail", kind=mail.kind, outcome="put off", attempts=mail.attempts, reason=str(failure))
            return
        with self._database.write() as session:
            _take_back(session, mail, self._salt)
            outbox.remove(session, mail)
        done.given_up += 1
        log.error("mail", kind=mail.kind, outcome="given up", attempts=mail.attempts, reason=str(failure))

    def _remove(self, mail: ClaimedMail) -> None:
        with self._database.write() as session:
            outbox.remove(session, mail)

    # -------------------------------------------------------------------------------------------------- what they say
    def _letter(self, mail: ClaimedMail) -> Letter | None:
        """What the mail says; None when there is nobody to say it to, or it is not true any more."""
        return self._link(mail) if mail.kind == link_requests.MAIL else self._opened(mail)

    def _link(self, mail: ClaimedMail) -> Letter | None:
        with self._database.write() as session:
            link = link_requests.new_link(session, mail.study, mail.year, mail.email, mail.mail_id, salt=self._salt)
        return self._worded(mail, link.language, f"/i/{link.token}") if link is not None else None

    def _opened(self, mail: ClaimedMail) -> Letter | None:
        with self._database.read_primary() as session:
            if not openings.is_still_open(session, mail.study, mail.year):
                return None
        return self._worded(mail, mail.language, landing(mail.study, mail.year, mail.language))

    def _worded(self, mail: ClaimedMail, language: str, path: str) -> Letter:
        with self._database.read_primary() as session:
            instrument = self._library.of_wave(session, mail.study, mail.year)
            is_made_up = made_up.is_made_up(session, mail.study, mail.year)
        values = {
            "title": instrument.wave.title[language],
            "address": self._post.base_url + path,
            "closes": instrument.wave.closes,
        }
        study = instrument.study
        said = study.explained(language)
        return Letter(mail.kind, mail.email, language, study.organisation, values, said, is_made_up)
