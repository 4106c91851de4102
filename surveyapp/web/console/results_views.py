"""The addresses of the results: the variables, one of them in figures, the report they go into, the filters."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from flask import Response, abort, current_app, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from surveyapp.errors import BadQuery
from surveyapp.storage import requested_filters
from surveyapp.web.accounts import SEES_CASES, actor, may, requires
from surveyapp.web.console.blueprint import blueprint
from surveyapp.web.console.frame import WaveFrame, wave_frame, with_coded_variables
from surveyapp.web.languages import current, translate
from surveyapp.web.sessions import reading, secret, services, writing

if TYPE_CHECKING:
    from surveyapp.reports.quotations import Quotation


@blueprint.get("/<study>/<int:year>/results")
@requires("viewer", takes=("q", "by", "filter", "weight", "stat", "chart", "against", "years", "year"))
def results(study: str, year: int) -> ResponseReturnValue:
    """Every variable, to search and choose from, and the figures that were added to the report."""
    from surveyapp.reports.quality_effect import headline_notes
    from surveyapp.web.console.asked_figures import shown_data
    from surveyapp.web.console.model_page import models
    from surveyapp.web.console.report_figures import figure_lines
    from surveyapp.web.console.variable_list import variable_list

    data = shown_data(study, year)
    seen, notes = data.instrument, [words[current()] for words in headline_notes(data)]
    with reading() as database:
        frame = with_coded_variables(wave_frame(database, study, year), seen)
        added = figure_lines(database, frame) if may("editor") else ()
    return render_template(
        "console/results/page.html",
        wave=frame,
        list=variable_list(frame),
        added=added,
        models=models(frame),
        notes=notes,
    )


@blueprint.get("/<study>/<int:year>/results/<variable>")
@requires("viewer", takes=("by", "filter", "weight", "pick", "codes", "q", "stat", "chart", "against", "years", "year"))
def results_variable(study: str, year: int, variable: str) -> ResponseReturnValue:
    """One variable: the question, its base, chart and table."""
    from surveyapp.web.console import results_page
    from surveyapp.web.console.asked_figures import shown_data
    from surveyapp.web.console.variable_list import variable_list

    with reading() as database:
        frame = wave_frame(database, study, year)
    if written_out := results_page.canonical_address(frame, variable):
        return redirect(written_out)
    data = shown_data(study, year)
    frame = with_coded_variables(frame, data.instrument)
    page, status = results_page.asked_page(frame, data, variable, _quoted(frame, variable))
    return render_template(
        "console/results/variable.html", wave=frame, list=variable_list(frame, variable), page=page
    ), status


def _quoted(frame: WaveFrame, variable: str) -> tuple[Quotation, ...]:
    """The quotations that stand with a coded variable."""
    from surveyapp.reports.quotations import per_code, quotations

    found = frame.instrument.variables.get(variable)
    if found is None or found.coded is None:
        return ()
    with reading() as database:
        return per_code(quotations(database, frame.study, frame.year, found.coded.source))


@blueprint.get("/<study>/<int:year>/results/<variable>.json")
@requires("viewer", takes=("by", "filter", "weight", "pick", "codes", "q", "stat", "chart", "against", "years", "year"))
def results_json(study: str, year: int, variable: str) -> ResponseReturnValue:
    """The same table as plain data, in the shape of ``surveyapp table --json``."""
    from surveyapp.web.console.asked_figures import asked_table, shown_data

    return current_app.json.response(asked_table(shown_data(study, year), variable).as_dict())


@blueprint.get("/<study>/<int:year>/results/<variable>.tsv")
@requires("viewer", takes=("by", "filter", "weight", "pick", "codes", "q", "stat", "chart", "against", "years", "year"))
def results_text(study: str, year: int, variable: str) -> ResponseReturnValue:
    """The same table as text with tabs, to paste into a sheet."""
    from surveyapp.exports.table_text import table_text
    from surveyapp.web.console.asked_figures import asked_table, shown_data
    from surveyapp.web.console.figure_choices import figure_choice

    data, choice = shown_data(study, year), figure_choice()
    grid = asked_table(data, variable)
    grid = replace(grid, finding=choice.found(grid, data.instrument.study.significance))
    return _sheet(table_text(grid, choice.lines(grid.lines) or grid.lines, current()), f"{study}-{year}-{variable}")


@blueprint.get("/<study>/<int:year>/analyses/<kind>")
@requires("viewer", takes=("of", "by", "filter", "weight"))
def model(study: str, year: int, kind: str) -> ResponseReturnValue:
    """A scale, what drives a mark, the phases, the roles beside each other, or the years."""
    from surveyapp.web.console.asked_figures import shown_data
    from surveyapp.web.console.model_page import model_page

    with reading() as database:
        frame = wave_frame(database, study, year)
    page, status = model_page(frame, shown_data(study, year), kind)
    return render_template("console/results/model.html", wave=frame, page=page), status


@blueprint.get("/<study>/<int:year>/analyses/<kind>.json")
@requires("viewer", takes=("of", "by", "filter", "weight"))
def model_json(study: str, year: int, kind: str) -> ResponseReturnValue:
    """The same figures as plain data, in the shape of ``surveyapp drivers --json`` and the others."""
    from surveyapp.web.console.asked_figures import shown_data
    from surveyapp.web.console.model_page import asked_model

    return current_app.json.response(asked_model(study, year, kind, shown_data(study, year)).as_dict())


@blueprint.get("/<study>/<int:year>/analyses/<kind>.tsv")
@requires("viewer", takes=("of", "by", "filter", "weight"))
def model_text(study: str, year: int, kind: str) -> ResponseReturnValue:
    """The same figures as text with tabs, to paste into a sheet."""
    from surveyapp.exports.table_text import panels_text
    from surveyapp.web.console.asked_figures import shown_data
    from surveyapp.web.console.model_page import asked_model

    grid = asked_model(study, year, kind, shown_data(study, year))
    return _sheet(panels_text(grid, current()), f"{study}-{year}-{kind}")


def _sheet(text: str, name: str) -> Response:
    answer = Response(text, mimetype="text/tab-separated-values")
    answer.headers.set("Content-Disposition", "attachment", filename=f"{name}.tsv")
    return answer


@blueprint.post("/<study>/<int:year>/results/<variable>/report")
@requires("editor")
def add_figure(study: str, year: int, variable: str) -> ResponseReturnValue:
    """Add a view of the results to the report."""
    from surveyapp.reports.added_figures import add_figure as add
    from surveyapp.web.console import report_figures

    form = report_figures.AddFigureForm()
    if not form.validate():
        abort(400)
    seen = services().live.published(study, year)
    schemes = seen.schemes
    with writing() as database:
        frame = wave_frame(database, study, year)
        instrument = report_figures.instrument_of(database, with_coded_variables(frame, seen.instrument))
        asked = variable, form.by.data, form.filter.data, form.weight.data, form.chart.data
        added = add(database, instrument, *asked, schemes=schemes, actor=actor())
    flash(translate("This figure stands in the report as %(id)s.", id=added.id), "success")
    return redirect(report_figures.address(frame, added), 303)


@blueprint.post("/<study>/<int:year>/results/report/<int:number>/remove")
@requires("editor")
def remove_figure(study: str, year: int, number: int) -> ResponseReturnValue:
    """Take an added figure out of the report."""
    from surveyapp.reports.added_figures import remove_figure as remove

    with writing() as database:
        frame = wave_frame(database, study, year)
        remove(database, study, year, number, actor=actor())
    flash(translate("The figure was taken out of the report."), "success")
    return redirect(frame.address("console.results", _anchor="added"), 303)


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


@blueprint.get("/<study>/<int:year>/weights")
@requires(SEES_CASES)
def results_weights(study: str, year: int) -> ResponseReturnValue:
    """What the schemes of weights do with the cases of a wave, and what they cost."""
    from surveyapp.web.console.weights_page import weights_page

    with reading() as database:
        frame = wave_frame(database, study, year)
    page = weights_page(frame, services().live.data(study, year))
    return render_template("console/results/weights.html", wave=frame, page=page)
