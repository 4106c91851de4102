"""What runs beside the requests: mail that waits, files to be made, openings to announce, mail
that came back, and what is kept no longer.

Any number of workers may run at once, on any number of machines; each piece of work is one of theirs only.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

from surveyapp import clock
from surveyapp.errors import StorageBusy
from surveyapp.fieldwork import (
    closing_day,
    freezing,
    invitation_sending,
    link_cutting,
    openings,
    retention,
    staged_lists,
)
from surveyapp.fieldwork.library import InstrumentLibrary
from surveyapp.jobs import exports, faults, mail_queue, quality_runs
from surveyapp.jobs.daily_mail import DailyMail
from surveyapp.jobs.invitation_queue import InvitationQueue
from surveyapp.jobs.mail_queue import Delivery, MailQueue
from surveyapp.jobs.mail_transport import Folder
from surveyapp.jobs.post import Post
from surveyapp.jobs.quality_runs import RuleRunner
from surveyapp.jobs.queue import Jobs
from surveyapp.jobs.retention import Retention
from surveyapp.journal import structlog
from surveyapp.mail_places import MailboxServer
from surveyapp.storage import throttle, tickets
from surveyapp.storage.database import Database

PAUSE = 5.0
"""Seconds between two looks."""
TIDYING = 3600.0
"""Seconds between two times of tidying."""
FETCHING = 300.0
"""Seconds between two looks into the mailbox for returned mail."""
CLOSING = 60.0
"""Seconds between two looks whether the closing day of a wave is over, and what became of files."""

log = structlog.get_logger(__name__)


class Worker:
    """The work, a round at a time.

    Parameters
    ----------
    post : None where no mail can be sent: what waits goes on waiting for a day, and the rest is done
    files : where the messages of rounds go that become files; None where a mail server is set
    salt : the application's secret
    folder : where files are written before they are whole; absent: this worker makes none
    mailbox : where returned mail is read; absent: nowhere
    a_minute : most messages of rounds a minute; 0: as many as the mail server takes
    keeps_days : a wave closes at the end of the day its pages name; not where a demonstration must stay open
    """

    def __init__(
        self,
        database: Database,
        library: InstrumentLibrary,
        post: Post | None,
        *,
        salt: str,
        files: Post | None = None,
        keeps_days: bool = True,
        folder: Path | None = None,
        mailbox: MailboxServer | Path | None = None,
        a_minute: int = 0,
    ) -> None:
        self._jobs: Jobs | None = None
        if folder is not None:
            from surveyapp.jobs.export_making import ExportMaker  # brings what figures and books need

            self._jobs = Jobs(database)
            self._maker = ExportMaker(database, library, self._jobs.worker, folder)
            self._jobs.learn(self._maker.make_file)
            self._jobs.learn(RuleRunner(database, library, self._jobs.worker).go_through_rules)
            self._jobs.learn(Retention(database, library, salt=salt).let_go)
        self._database, self._library, self._salt, self._keeps_days = database, library, salt, keeps_days
        self._queue = MailQueue(database, library, post, salt=salt) if post is not None else None
        self._daily = DailyMail(database, library, post) if post is not None else None
        self._mailbox = mailbox
        self._rounds = tuple(
            InvitationQueue(database, library, office, salt=salt, a_minute=a_minute, as_files=as_files)
            for office, as_files in ((post, False), (files, True))
            if office is not None
        )
        self._files = files.transport if files is not None and isinstance(files.transport, Folder) else None
        self._tidied: float | None = None
        self._fetched: float | None = None
        self._looked: float | None = None

    def run(self, is_over: Callable[[], bool], pause: Callable[[float], object] = time.sleep) -> None:
        """Work until it is over; a fault is logged and the work goes on."""
        with self._jobs.going_on() if self._jobs is not None else nullcontext():
            while not is_over():
                try:
                    more = self.round(is_over).taken > 0
                except StorageBusy as error:
                    faults.tell_away(error)
                    more = False
                except Exception as error:
                    _log_fault("round", error)
                    more = False
                if not more:
                    pause(PAUSE)

    def once(self) -> Delivery:
        """Everything that is due now."""
        whole = Delivery()
        if self._jobs is not None:
            self._jobs.once()
        while (done := self.round()).taken:
            whole = whole.taken_with(done)
        if self._jobs is not None:
            self._jobs.once()  # what the round asked for
        return whole

    def round(self, is_over: Callable[[], bool] = lambda: False) -> Delivery:
        """One look at everything; a fault in one piece of work is logged and keeps no other from being done."""
        if self._looked is None or time.monotonic() - self._looked >= CLOSING:
            self._looked = time.monotonic()
            if self._keeps_days:
                self._apart("closing", lambda: closing_day.close_due_waves(self._database, self._library))
            if self._daily is not None:
                self._apart("daily mail", self._daily.send_due)
            self._apart("freezing", lambda: freezing.freeze_due(self._database))
            if self._jobs is not None:
                self._apart("files", self._tidy_files)
                self._apart("quality", lambda: quality_runs.ask_where_stale(self._database))
        if self._tidied is None or time.monotonic() - self._tidied >= TIDYING:
            self._tidied = time.monotonic()  # also when it fails: then it comes again after as long
            self._apart("forgetting", self._forget)
            if self._files is not None:
                self._apart("mails as files", self._files.forget_old)
            self._apart("cutting links", lambda: link_cutting.cut_due_links(self._database, clock.today()))
            self._apart("retention", lambda: retention.run(self._database, self._library, salt=self._salt))
        if self._mailbox is not None and (self._fetched is None or time.monotonic() - self._fetched >= FETCHING):
            self._fetched = time.monotonic()
            self._apart("returned mail", self._fetch)
        done = Delivery()
        if self._queue is not None:
            self._apart("announcing", self._announce)
            done = self._queue.deliver(is_over)
        for rounds in self._rounds:
            done = done.taken_with(rounds.deliver(is_over))
        return done

    def _apart(self, name: str, work: Callable[[], object]) -> None:
        """Do a piece of work whose fault is its own."""
        try:
            work()
        except StorageBusy as error:
            faults.tell_away(error, work=name)
        except Exception as error:
            _log_fault(name, error)

    def _fetch(self) -> None:
        from surveyapp.jobs import bounce_reading  # brings what reads mail along, for who has a mailbox

        if self._mailbox is not None:
            bounce_reading.read_mailbox(self._database, bounce_reading.mails(self._mailbox), salt=self._salt)

    def _tidy_files(self) -> None:
        exports.tidy(self._database)
        self._maker.tidy()

    def _announce(self) -> None:
        with self._database.read_primary() as session:
            if not openings.is_any_opening_to_announce(session):
                return
        with self._database.write() as session:
            openings.announce_openings(session)

    def _forget(self) -> None:
        from surveyapp.fieldwork import study_proposals

        with self._database.write() as session:
            throttle.forget_old(session)
            tickets.forget_old(session)
            openings.forget_left_over(session)
            staged_lists.forget_old(session)
            study_proposals.forget_old(session)
            invitation_sending.tidy(session)
            if self._queue is None:
                mail_queue.forget_unsent(session, salt=self._salt)


def _log_fault(work: str, error: Exception) -> None:
    log.error("worker", outcome="fault", work=work, kind=type(error).__name__, where=faults.place(error))
