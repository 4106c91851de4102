"""The address at which an editor asks for a filter that the plan of the report does not hold."""

from __future__ import annotations

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from surveyapp.errors import BadQuery
from surveyapp.storage import requested_filters
from surveyapp.web.accounts import actor, requires
from surveyapp.web.console.blueprint import blueprint
from surveyapp.web.console.frame import wave_frame
from surveyapp.web.languages import translate
from surveyapp.web.sessions import reading, secret, services


@blueprint.route("/<study>/<int:year>/filters", methods=["GET", "POST"])
@requires("editor", takes=("filter", "pick", "codes", "variable"))
def filters(study: str, year: int) -> ResponseReturnValue:
    """The filters everyone may use, and the form with which another is asked for."""
    from surveyapp.reports.filter_requests import ask_for_filter
    from surveyapp.web.console.asked_figures import shown_data
    from surveyapp.web.console.filters_page import FilterForm, canonical_address, filters_page, released_address

    with reading() as database:
        frame = wave_frame(database, study, year)
    if written_out := canonical_address(frame):
        return redirect(written_out)
    form = FilterForm()
    if form.validate_on_submit():
        try:
            name = ask_for_filter(services().live, study, year, form.filter.data, actor=actor(), salt=secret())
        except BadQuery as error:
            form.reject(error)
        else:
            flash(translate("This filter is released."), "success")
            return redirect(released_address(frame, form.variable.data or "", name), 303)
    # Looking makes no step of an open wave for who sees its cases; a request is judged by what is published.
    data = shown_data(study, year) if request.method == "GET" else services().live.published(study, year)
    with reading() as database:
        requested = requested_filters.of_wave(database, study, year)
    page = filters_page(frame, data, form, requested)
    status = 200 if request.method == "GET" and not page.builder.fault else 422
    return render_template("console/results/filters.html", wave=frame, page=page, form=form), status
