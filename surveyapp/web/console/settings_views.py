"""The addresses of a new wave and of what is set of one."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from surveyapp.errors import DefinitionRefused, WrongState
from surveyapp.fieldwork.wave_moves import BEFORE_OPENING
from surveyapp.fieldwork.waves import require_study, wave_list
from surveyapp.web.accounts import actor, requires
from surveyapp.web.console.blueprint import blueprint
from surveyapp.web.console.frame import WaveFrame, wave_frame
from surveyapp.web.console.settings_forms import NewWaveForm, SettingsForm
from surveyapp.web.languages import translate
from surveyapp.web.sessions import reading_primary, writing


@blueprint.route("/<study>/new", methods=["GET", "POST"])
@requires("researcher")
def new_wave(study: str) -> ResponseReturnValue:
    """A new wave, made of an earlier one."""
    from surveyapp.web.console.new_wave_page import made_of, new_wave_page

    with reading_primary() as database:
        require_study(database, study)
        page = new_wave_page(database, study)
        taken = frozenset(info.year for info in wave_list(database, study))
    form = NewWaveForm(page.years, taken) if page.years else None
    if form is None or request.method == "GET" or not form.validate():
        status = 200 if request.method == "GET" else 422
        return render_template("console/waves/new.html", page=page, form=form), status
    year = int(form.year.data)
    said = made_of(study, int(form.earlier.data), year, actor())
    flash(said, "success")
    return redirect(url_for("console.settings", study=study, year=year), 303)


@blueprint.route("/<study>/<int:year>/settings", methods=["GET", "POST"])
@requires("researcher")
def settings(study: str, year: int) -> ResponseReturnValue:
    """The settings of a wave."""
    from surveyapp.web.console.settings_page import as_set

    with reading_primary() as database:
        frame = wave_frame(database, study, year)
        held = as_set(database, frame)
    form = SettingsForm(frame.instrument, held, is_before_opening=frame.state in BEFORE_OPENING)
    if request.method == "GET" or not form.validate():
        return _page(frame, form)
    return _saved(frame, form)


def _saved(frame: WaveFrame, form: SettingsForm) -> ResponseReturnValue:
    from surveyapp.web.console.refusals import refusal_lines
    from surveyapp.web.console.settings_page import save

    try:
        with writing() as database:
            save(database, frame, form, actor())
    except (WrongState, DefinitionRefused) as refused:
        return _page(frame, form, refusal_lines(refused))
    flash(translate("The settings are saved."), "success")
    return redirect(frame.address("console.settings"), 303)


def _page(frame: WaveFrame, form: SettingsForm, refused: tuple[str, ...] = ()) -> ResponseReturnValue:
    from surveyapp.web.console.settings_page import settings_page

    with reading_primary() as database:
        page = settings_page(database, frame)
    said = {"form": form, "refused": refused}
    made = render_template("console/waves/settings.html", wave=frame, page=page, **said)
    return made, 200 if request.method == "GET" else 422
