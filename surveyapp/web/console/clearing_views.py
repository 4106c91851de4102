"""The addresses at which test cases are removed and a draft wave is deleted."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from surveyapp.web.accounts import actor, requires
from surveyapp.web.console.blueprint import blueprint
from surveyapp.web.console.forms import YearForm
from surveyapp.web.console.frame import wave_frame
from surveyapp.web.sessions import reading_primary, writing


@blueprint.route("/<study>/<int:year>/<any('remove-tests', 'delete'):clearing>", methods=["GET", "POST"])
@requires("researcher")
def clear_wave(study: str, year: int, clearing: str) -> ResponseReturnValue:
    """Say what would go, and let it go once the year of the wave was typed."""
    from surveyapp.web.console.clearing_page import DEEDS, clearing_of

    with reading_primary() as database:
        frame = wave_frame(database, study, year)
        asked = clearing_of(database, study, year, clearing)
    form = YearForm(year)
    if request.method == "GET" or not form.validate():
        page = render_template("console/waves/clear.html", wave=frame, clearing=asked, form=form)
        return page, 200 if request.method == "GET" else 422
    with writing() as database:
        DEEDS[clearing](database, study, year, actor())
    flash(asked.done, "success")
    return redirect(url_for("console.studies"), 303)
