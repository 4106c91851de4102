"""The address of a wave's alerts: each with who has seen it, and the buttons to say so or to put it aside."""

from __future__ import annotations

from flask import abort, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import AnyOf, InputRequired, Length

from surveyapp.fieldwork import noted_alerts
from surveyapp.web.accounts import SEES_CASES, actor, requires
from surveyapp.web.console.blueprint import blueprint
from surveyapp.web.console.frame import wave_frame
from surveyapp.web.sessions import reading_primary, services, writing


class AlertForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF carries no types
    """One alert, and what is done with it."""

    key = StringField(validators=[InputRequired(), Length(max=120)])
    act = StringField(validators=[AnyOf(tuple(noted_alerts.ACTS))])


@blueprint.route("/<study>/<int:year>/fieldwork/alerts", methods=["GET", "POST"])
@requires(SEES_CASES)
def fieldwork_alerts(study: str, year: int) -> ResponseReturnValue:
    """What needs attention; a button notes who has seen it. One that is over meanwhile is noted of nobody."""
    from surveyapp.web.console.alerts_page import alerts_page

    with reading_primary() as database:
        frame = wave_frame(database, study, year)
        page = alerts_page(database, services().live, frame)
    if request.method == "GET":
        return render_template("console/fieldwork/alerts.html", wave=frame, page=page)
    form = AlertForm()
    if not form.validate():
        abort(400)
    if form.key.data in page.keys:
        with writing() as database:
            noted_alerts.note(database, study, year, form.key.data, form.act.data, actor())
    return redirect(frame.address("console.fieldwork_alerts"), 303)
