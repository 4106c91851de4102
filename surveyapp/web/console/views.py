"""The addresses of the console. Each view reads the request, asks one function below, and chooses a page."""

from __future__ import annotations

from flask import (
    Flask,
    Response,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    session,
)
from flask.typing import ResponseReturnValue
from flask_login import current_user

from surveyapp.errors import BadQuery
from surveyapp.exports.chart_marks import colour_of, key, marker
from surveyapp.reports.formatting import SUPPRESSED
from surveyapp.storage import requested_filters
from surveyapp.web import accounts, error_pages, fragments
from surveyapp.web.accounts import actor, is_staff_request, may, requires
from surveyapp.web.console.blueprint import blueprint
from surveyapp.web.console.choices import LIMITS, PARTS
from surveyapp.web.console.error_views import error_page
from surveyapp.web.console.frame import wave_frame
from surveyapp.web.languages import translate
from surveyapp.web.rendering import hour
from surveyapp.web.sessions import reading, secret, services

# --------------------------------------------------------------------------------------------------------- fieldwork


@blueprint.get("/<study>/<int:year>/fieldwork")
@requires("viewer", takes=(*LIMITS, "_part", "version"))
def fieldwork(study: str, year: int) -> ResponseReturnValue:
    """How the fieldwork goes; htmx asks for the moving part, and gets nothing when nothing moved."""
    from surveyapp.web.console import fieldwork_summary
    from surveyapp.web.console.edition_lines import edition_lines
    from surveyapp.web.console.fieldwork_page import announcement, fieldwork_page

    if not accounts.may_see_cases():
        with reading() as database:
            frame = wave_frame(database, study, year)
            made = edition_lines(database, frame)
        data = services().live.published(study, year)
        page_of_all = fieldwork_summary.fieldwork_summary(frame, data, announcement(frame))
        return render_template("console/fieldwork/summary.html", wave=frame, page=page_of_all, editions=made)

    with reading() as database:
        frame = wave_frame(database, study, year)
        page = fieldwork_page(database, services().live, frame)
        made = edition_lines(database, frame)
    is_part = fragments.is_asked_for("figures")
    if is_part and request.args.get("version") == page.version:
        response = Response(status=204)
    else:
        name = "console/fieldwork/_figures.html" if is_part else "console/fieldwork/page.html"
        response = Response(render_template(name, wave=frame, page=page, editions=made))
    response.headers["X-Stand"] = hour(page.stand)
    return response


@blueprint.get("/<study>/<int:year>/fieldwork/cases")
@requires(accounts.SEES_CASES, takes=(*PARTS, "sort", "part"))
def fieldwork_cases(study: str, year: int) -> ResponseReturnValue:
    """The cases behind a figure."""
    from surveyapp.web.console.case_list import case_list

    with reading() as database:
        frame = wave_frame(database, study, year)
        found = case_list(database, services().live, frame)
    return render_template("console/fieldwork/cases.html", wave=frame, list=found)


# ----------------------------------------------------------------------------------------------------------- results


@blueprint.get("/<study>/<int:year>/results")
@requires("viewer", takes=("q", "by", "filter"))
def results(study: str, year: int) -> ResponseReturnValue:
    """Every variable, to search and choose from."""
    from surveyapp.web.console.variable_list import variable_list

    with reading() as database:
        frame = wave_frame(database, study, year)
    return render_template("console/results/page.html", wave=frame, list=variable_list(frame))


@blueprint.get("/<study>/<int:year>/results/<variable>")
@requires("viewer", takes=("by", "filter", "pick", "codes", "q"))
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
    page, status = results_page.asked_page(frame, data, variable)
    return render_template(
        "console/results/variable.html", wave=frame, list=variable_list(frame, variable), page=page
    ), status


@blueprint.get("/<study>/<int:year>/results/<variable>.json")
@requires("viewer", takes=("by", "filter", "pick", "codes", "q"))
def results_json(study: str, year: int, variable: str) -> ResponseReturnValue:
    """The same table as plain data, in the shape of ``surveyapp table --json``."""
    from surveyapp.web.console.asked_figures import asked_table, shown_data

    return current_app.json.response(asked_table(shown_data(study, year), variable).as_dict())


# -------------------------------------------------------------------------------------------------------- instrument


@blueprint.get("/<study>/<int:year>/instrument")
@requires("viewer")
def instrument(study: str, year: int) -> ResponseReturnValue:
    """What the checks say of the definition, and who is asked what."""
    from surveyapp.web.console.instrument_page import instrument_page

    with reading() as database:
        frame = wave_frame(database, study, year)
    return render_template("console/instrument/page.html", wave=frame, page=instrument_page(frame))


# ------------------------------------------------------------------------------------------------------------ set-up


def _staff() -> dict[str, object]:
    """What the staff frame shows; nothing on pages of another side."""
    if not is_staff_request():
        return {}
    known = current_user.is_authenticated
    here = request.full_path.rstrip("?") if request.method == "GET" else request.path
    return {
        "staff": {
            "email": current_user.email if known else "",
            "role": current_user.role if known else None,
            "theme": session.get("staff_theme", ""),
            "here": here,
        },
        "may": may,
        "has_accounts": accounts.has_accounts,
    }


def install(app: Flask) -> None:
    """Add the console's addresses, frame and error pages."""
    from surveyapp.web.console import admin_views, exports_views  # noqa: F401  add their addresses to the blueprint

    app.context_processor(_staff)
    app.jinja_env.globals.update(SUPPRESSED=SUPPRESSED, group_key=key, group_marker=marker, group_colour=colour_of)
    app.register_blueprint(blueprint)
    app.register_blueprint(admin_views.blueprint)
    error_pages.frame(app, is_staff_request, error_page)


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
