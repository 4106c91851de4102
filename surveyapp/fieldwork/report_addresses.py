"""How long an address is kept that somebody left for the report, a next wave or an interview, and how it goes away.

It goes a year after the wave closed, by the worker, or before that when its owner asks (`surveyapp contact forget`).
"""

from __future__ import annotations

from datetime import timedelta

from surveyapp import clock
from surveyapp.fieldwork.waves import wave_list
from surveyapp.storage import report_requests
from surveyapp.storage.database import Session

KEPT = timedelta(days=365)
"""After closing: the report is out by then, and the next wave of a yearly study has invited."""


def forget_old(session: Session) -> int:
    """Delete addresses left in waves that closed too long ago; the number of them."""
    return sum(
        report_requests.forget(session, info.study, info.year)
        for info in wave_list(session)
        if info.closed_at is not None and info.closed_at < clock.now() - KEPT
    )
