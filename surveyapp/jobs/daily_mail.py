"""The daily mail: what of the open waves needs attention, to whoever of the team wants it, once a day.

The day is noted just before the mail server gets the mail, in a transaction of its own, so that no other worker and no
worker that starts again sends a second one; where the server refuses it is taken back. A worker that dies in between
leaves a day without a mail: the page has everything all the same. Where nothing needs attention nothing is sent.

The mail holds what the alerts say, which never speak of fewer than three people, and where to look: no name, no case.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from surveyapp import clock
from surveyapp.errors import MailNotSent
from surveyapp.fieldwork.library import InstrumentLibrary
from surveyapp.fieldwork.waves import WaveInfo, wave_list
from surveyapp.instrument.model import Instrument
from surveyapp.jobs.mail import Letter, message
from surveyapp.jobs.mail_headers import one_line
from surveyapp.jobs.post import Post
from surveyapp.journal import structlog
from surveyapp.reports.alerts import Alert
from surveyapp.storage import daily_mail
from surveyapp.storage.daily_mail import Reader
from surveyapp.storage.database import Database

FROM_HOUR = 7
"""The hour from which the mail of a day goes, on the study's clock."""
READERS = frozenset({"researcher", "admin"})
"""The roles that may see the fieldwork of cases; somebody who lost them gets no mail."""
SECONDS = 20.0
KIND = "alerts"

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Attention:
    """What of one wave needs attention."""

    info: WaveInfo
    instrument: Instrument
    alerts: tuple[Alert, ...]


class DailyMail:
    """Sends the mail of the day to who was not seen to yet."""

    def __init__(self, database: Database, library: InstrumentLibrary, post: Post) -> None:
        self._database, self._library, self._post = database, library, post

    def send_due(self) -> int:
        """Send what is due; how many mails went."""
        now = clock.local(clock.now())
        if now.hour < FROM_HOUR:
            return 0
        with self._database.read_primary() as session:
            waiting = [one for one in daily_mail.readers(session, now.date()) if READERS & set(one.roles)]
        if not waiting:
            return 0
        found = self._attention()
        return sum(self._seen_to(one, found) for one in waiting)

    def _attention(self) -> tuple[Attention, ...]:
        # Only here: figures bring numpy along, and a worker that mails nobody needs none.
        from surveyapp.reports.fieldwork_state import fieldwork_state
        from surveyapp.reports.live import LiveWaves

        live, found = LiveWaves(self._database, self._library), []
        with self._database.read_primary() as session:
            for info in wave_list(session):
                if info.state != "open":
                    continue
                instrument = self._library.of_wave(session, info.study, info.year)
                state = fieldwork_state(session, live, info, instrument)
                alerts = tuple(one for one in state.alerts if not one.is_aside)
                if alerts:
                    found.append(Attention(info, instrument, alerts))
        return tuple(found)

    def _seen_to(self, reader: Reader, found: Sequence[Attention]) -> bool:
        """See to one person; whether a mail went."""
        today = clock.today()
        with self._database.write() as session:
            if not daily_mail.claim(session, reader, today):
                return False
        if not found:
            return False
        try:
            made = message(self._letter(reader, found), self._post.sender)
            with self._post.transport.connection(SECONDS) as send:
                send(made)
        except MailNotSent as failure:
            if not failure.is_final:
                with self._database.write() as session:
                    daily_mail.give_back(session, reader, today)
            log.warning("mail", kind=KIND, outcome="put off", reason=str(failure))
            return False
        log.info("mail", kind=KIND, outcome="sent")
        return True

    def _letter(self, reader: Reader, found: Sequence[Attention]) -> Letter:
        base, language = self._post.base_url, reader.language
        waves = [
            {
                "title": one_line(f"{one.instrument.study.title[language]} {one.info.year}"),
                "alerts": [one_line(alert.text[language]) for alert in one.alerts],
                "address": f"{base}/console/{one.info.study}/{one.info.year}/fieldwork",
            }
            for one in found
        ]
        values = {"waves": waves, "account": f"{base}/console/account"}
        return Letter(KIND, reader.email, language, found[0].instrument.study.organisation, values)
