"""What runs beside the requests: mail that waits, openings to announce, and things that are kept no longer.

Any number of workers may run at once, on any number of machines; each piece of work is one of theirs only.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import structlog

from surveyapp import clock
from surveyapp.errors import StorageBusy
from surveyapp.fieldwork import link_cutting, openings
from surveyapp.fieldwork.library import InstrumentLibrary
from surveyapp.jobs.mail_queue import Delivery, MailQueue
from surveyapp.jobs.post import Post
from surveyapp.storage import throttle
from surveyapp.storage.database import Database

PAUSE = 5.0
"""Seconds between two looks."""
TIDYING = 3600.0
"""Seconds between two times of tidying."""

log = structlog.get_logger(__name__)


class Worker:
    """The work, a round at a time.

    Parameters
    ----------
    post : None where no mail can be sent: what waits goes on waiting, and the rest is done
    salt : the application's secret
    """

    def __init__(self, database: Database, library: InstrumentLibrary, post: Post | None, *, salt: str) -> None:
        self._database = database
        self._queue = MailQueue(database, library, post, salt=salt) if post is not None else None
        self._tidied: float | None = None

    def run(self, is_over: Callable[[], bool], pause: Callable[[float], object] = time.sleep) -> None:
        """Work until it is over; a fault is logged and the work goes on."""
        while not is_over():
            try:
                more = self.round(is_over).taken > 0
            except StorageBusy:
                log.warning("worker", outcome="the database is away")
                more = False
            except Exception as error:
                # Its text may quote a row; where and what kind it was is enough to find it.
                place = error.__traceback__
                while place is not None and place.tb_next is not None:
                    place = place.tb_next
                where = f"{place.tb_frame.f_code.co_filename}:{place.tb_lineno}" if place is not None else ""
                log.error("worker", outcome="fault", kind=type(error).__name__, where=where)
                more = False
            if not more:
                pause(PAUSE)

    def once(self) -> Delivery:
        """Everything that is due now."""
        whole = Delivery()
        while (done := self.round()).taken:
            whole.sent += done.sent
            whole.put_off += done.put_off
            whole.given_up += done.given_up
            whole.needless += done.needless
        return whole

    def round(self, is_over: Callable[[], bool] = lambda: False) -> Delivery:
        """One look at everything.

        Raises
        ------
        StorageBusy     the database is away
        """
        if self._tidied is None or time.monotonic() - self._tidied >= TIDYING:
            self._tidy()
        if self._queue is None:
            return Delivery()
        self._announce()
        return self._queue.deliver(is_over)

    def _announce(self) -> None:
        with self._database.read_primary() as session:
            if not openings.is_any_opening_to_announce(session):
                return
        with self._database.write() as session:
            openings.announce_openings(session)

    def _tidy(self) -> None:
        with self._database.write() as session:
            throttle.forget_old(session)
            openings.forget_left_over(session)
        link_cutting.cut_due_links(self._database, clock.today())
        self._tidied = time.monotonic()
