"""The addresses of studies, waves, their states, and what is cleared of them."""

from __future__ import annotations

from flask import (
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from surveyapp.fieldwork.wave_moves import require_move
from surveyapp.fieldwork.waves import require_study, wave_info
from surveyapp.web.accounts import actor, requires
from surveyapp.web.console.blueprint import blueprint
from surveyapp.web.console.forms import YearForm
from surveyapp.web.console.frame import state_name, wave_frame
from surveyapp.web.languages import translate
from surveyapp.web.sessions import reading, reading_primary, services, writing


@blueprint.get("/")
@requires("viewer")
def studies() -> ResponseReturnValue:
    """Studies and waves."""
    from surveyapp.web.console.waves_page import mail_line, study_cards

    with reading() as database:
        cards = study_cards(database, services().live)
    return render_template("console/waves/page.html", studies=cards, mail=mail_line())


@blueprint.get("/<study>/")
@requires("viewer")
def study(study: str) -> ResponseReturnValue:
    """One study: its place on the first page."""
    with reading() as database:
        require_study(database, study)
    return redirect(url_for("console.studies", _anchor=f"study-{study}"))


@blueprint.get("/<study>/<int:year>/")
@requires("viewer")
def wave(study: str, year: int) -> ResponseReturnValue:
    """One wave: its fieldwork."""
    with reading() as database:
        wave_info(database, study, year)
    return redirect(url_for("console.fieldwork", study=study, year=year))


@blueprint.route("/<study>/<int:year>/<any(test,open,close,archive):change>", methods=["GET", "POST"])
@requires("researcher")
def change_wave(study: str, year: int, change: str) -> ResponseReturnValue:
    """Ask whether a wave may change its state, and do it."""
    from surveyapp.web.console import waves_page
    from surveyapp.web.console.unfinished import unfinished

    with reading() as database:
        frame = wave_frame(database, study, year)
        late = waves_page.overtime(database, frame, change)
    asked = waves_page.action(change, study, year, frame.state)
    require_move(year, frame.state, asked.to)
    blocked = waves_page.blockers(frame, change)
    with reading_primary() as database:
        if request.method == "POST":
            waves_page.require_time(database, frame, change)
        checked = waves_page.checklist(database, frame, change)
    form = YearForm(year) if asked.asks_year else FlaskForm()
    is_sure = request.method == "POST" and form.validate()
    is_ready = not blocked and all(line.state != "missing" for line in checked)
    if not (is_ready and is_sure):
        said = {"form": form, "blockers": blocked, "overtime": late, "checklist": checked, "is_ready": is_ready}
        said["unfinished"] = unfinished(change)
        page = render_template("console/waves/confirm.html", wave=frame, action=asked, **said)
        return page, 200 if request.method == "GET" else 422
    waves_page.carry_out(frame, change, asked.to, actor())
    flash(translate("The wave of %(year)s is now: %(state)s.", year=year, state=state_name(asked.to)), "success")
    return redirect(url_for("console.studies"), 303)


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
