"""The address of why people stopped, in their own words: for who may read open answers."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from surveyapp.web.accounts import SEES_CASES, note, requires
from surveyapp.web.console.answers_views import READ, reads_answers
from surveyapp.web.console.blueprint import blueprint
from surveyapp.web.console.frame import wave_frame
from surveyapp.web.sessions import reading_primary


@blueprint.get("/<study>/<int:year>/fieldwork/stopped")
@requires(SEES_CASES, takes=("part",))
@reads_answers
def fieldwork_stopped(study: str, year: int) -> ResponseReturnValue:
    """What people said; each page that is looked at is noted."""
    from surveyapp.reports.stop_reasons import NAME
    from surveyapp.web.console.stopped_page import stopped_page

    with reading_primary() as database:
        frame = wave_frame(database, study, year)
        page = stopped_page(database, frame)
    if page.lines:
        note(READ, f"{study} {year}", question=NAME, page=page.page)
    return render_template("console/fieldwork/stopped.html", wave=frame, page=page)
