"""The messages of rounds, handed over one at a time, at the pace that is set.

One transaction notes what became of the message before and takes the next, so between two messages nothing is in hand
and a message costs one commit. What happens to whom when a worker or a mail server dies stands in
docs/decisions/0048-invitations.md. The log tells how many and why not; never to whom.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from surveyapp.errors import MailNotSent, StorageBusy
from surveyapp.fieldwork import invitation_sending
from surveyapp.fieldwork.invitation_sending import InHand, Outcome
from surveyapp.fieldwork.library import InstrumentLibrary
from surveyapp.jobs import faults
from surveyapp.jobs.invitation_mail import message, of_hand
from surveyapp.jobs.mail_queue import PATIENCE, SECONDS, Delivery
from surveyapp.jobs.mail_transport import Send
from surveyapp.jobs.post import Post
from surveyapp.journal import structlog
from surveyapp.storage.database import Database, Session

SLICE = 5.0
"""Seconds after which a worker looks at its other work, mail that somebody waits for included."""

log = structlog.get_logger(__name__)


class InvitationQueue:
    """Sends what is due of rounds.

    Parameters
    ----------
    a_minute : most messages a minute, of all workers together; 0: as fast as the mail server takes them
    as_files : for rounds that become files, and no others; else for those that are mailed
    """

    def __init__(
        self,
        database: Database,
        library: InstrumentLibrary,
        post: Post,
        *,
        salt: str,
        a_minute: int = 0,
        as_files: bool = False,
    ) -> None:
        self._as_files = as_files
        self._database, self._library, self._post, self._salt = database, library, post, salt
        self._a_minute = a_minute
        self._before: Outcome | None = None  # of the last message; noted with the next one

    def deliver(self, is_over: Callable[[], bool] = lambda: False) -> Delivery:
        """Send what is due, for some seconds; stops between two messages when ``is_over`` says so.

        Raises
        ------
        StorageBusy     the database is away; what became of the last message is noted the next time
        """
        done = Delivery()
        if self._before is None:
            with self._database.read_primary() as session:
                if not invitation_sending.is_anything_due(session, as_files=self._as_files):
                    return done
        with self._database.write() as session:
            self._note(session)
            unsure = invitation_sending.tidy(session)
            room = invitation_sending.room(session, self._a_minute)
        self._before = None
        if unsure:
            log.warning("invitation", outcome="unsure", messages=unsure, reason="a worker died while the server had it")
        if room != 0:
            self._send(room, done, is_over)
        if done.taken:
            log.info("invitation", sent=done.sent, put_off=done.put_off, given_up=done.given_up, unsure=done.needless)
        return done

    def _send(self, room: int | None, done: Delivery, is_over: Callable[[], bool]) -> None:
        ends = time.monotonic() + SLICE
        try:
            with self._post.transport.connection(SECONDS, PATIENCE) as send:
                while not is_over() and time.monotonic() < ends and (room is None or done.taken < room):
                    if not self._next(send, done):
                        break
        except MailNotSent as failure:
            log.warning("invitation", outcome="put off", reason=str(failure))
        finally:
            if self._before is not None:
                with self._database.write() as session:
                    self._note(session)
                    invitation_sending.tidy(session)
                self._before = None

    def _next(self, send: Send, done: Delivery) -> bool:
        """Send one message; False when there is none.

        Raises
        ------
        MailNotSent     by the server's doing: the others would fare no better now
        """
        with self._database.write() as session:
            self._note(session)
            taken = invitation_sending.take(session, self._library, salt=self._salt, as_files=self._as_files)
            if taken is None:
                invitation_sending.tidy(session)
        self._before = None
        if taken is None:
            return False
        try:
            made = message(of_hand(taken, self._post.base_url, salt=self._salt), self._post.sender)
            send(made)
        except MailNotSent as failure:
            self._before = self._failed(taken, failure, done)
            if failure.is_server:
                raise
        except StorageBusy:
            raise
        except Exception as error:  # kept, it would come first again and again and hold up the others
            reason = f"{type(error).__name__} at {faults.place(error)}"
            self._before = self._failed(taken, MailNotSent(reason, is_final=True), done)
        else:
            self._before = Outcome(taken, "sent")
            done.sent += 1
        return True

    def _failed(self, taken: InHand, failure: MailNotSent, done: Delivery) -> Outcome:
        if failure.is_unsure:
            done.needless += 1
            return Outcome(taken, "unsure", str(failure)[:80])
        if failure.is_final:
            done.given_up += 1
            return Outcome(taken, "failed", str(failure)[:80])
        done.put_off += 1
        return Outcome(taken, "waiting", str(failure)[:80])

    def _note(self, session: Session) -> None:
        if self._before is not None and invitation_sending.settle(session, self._before):
            log.error("invitation", outcome="stopped by itself", reason=self._before.reason)
