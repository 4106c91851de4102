"""The fieldwork report as the page gives it: the workbook and its name."""

from __future__ import annotations

from surveyapp import clock
from surveyapp.exports.fieldwork_book import fieldwork_book
from surveyapp.fieldwork.outcomes import outcomes
from surveyapp.reports.fieldwork_state import fieldwork_state
from surveyapp.reports.live import LiveWaves
from surveyapp.storage.database import Session
from surveyapp.web.console.frame import WaveFrame
from surveyapp.web.languages import current


def report_file(session: Session, live: LiveWaves, wave: WaveFrame) -> tuple[bytes, str]:
    """The workbook in the language of this request, and what the file is called."""
    now = clock.now()
    state = fieldwork_state(session, live, wave.info, wave.instrument)
    found = outcomes(session, wave.info, wave.instrument)
    name = f"{wave.study}-{wave.year}-fieldwork-{current()}-{clock.local(now):%Y%m%d}.xlsx"
    return fieldwork_book(state, found, now, current()), name
