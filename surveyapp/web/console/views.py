"""The addresses of the console. Each view reads the request, asks one function below, and chooses a page."""

from __future__ import annotations

from flask import (
    Blueprint,
    Flask,
    Response,
    current_app,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.exceptions import HTTPException

from surveyapp.errors import BadQuery, NotReleased, SurveyError
from surveyapp.web import accounts, error_pages, languages, logs
from surveyapp.web.accounts import may, requires
from surveyapp.web.console.frame import role_names, wave_frame
from surveyapp.web.languages import translate
from surveyapp.web.rendering import hour
from surveyapp.web.sessions import reading, services

blueprint = Blueprint("console", __name__, url_prefix="/console")


# --------------------------------------------------------------------------------------------------------- fieldwork


@blueprint.get("/<study>/<int:year>/fieldwork")
@requires("viewer")
def fieldwork(study: str, year: int) -> ResponseReturnValue:
    """How the fieldwork goes; htmx asks for the moving part, and gets nothing when nothing moved."""
    from surveyapp.web.console.fieldwork_page import fieldwork_page

    with reading() as database:
        frame = wave_frame(database, study, year)
        page = fieldwork_page(database, services().cases, frame)
    is_part = request.args.get("_part") == "figures" and "HX-Request" in request.headers
    if is_part and request.args.get("version") == page.version:
        response = Response(status=204)
    else:
        name = "console/fieldwork/_figures.html" if is_part else "console/fieldwork/page.html"
        response = Response(render_template(name, wave=frame, page=page))
    response.headers["X-Stand"] = hour(page.stand)
    return response


@blueprint.get("/<study>/<int:year>/fieldwork/cases")
@requires(accounts.SEES_CASES)
def fieldwork_cases(study: str, year: int) -> ResponseReturnValue:
    """The cases behind a figure."""
    from surveyapp.web.console.case_list import case_list

    with reading() as database:
        frame = wave_frame(database, study, year)
        found = case_list(database, services().cases, frame)
    return render_template("console/fieldwork/cases.html", wave=frame, list=found)


# ----------------------------------------------------------------------------------------------------------- results


@blueprint.get("/<study>/<int:year>/results")
@requires("viewer")
def results(study: str, year: int) -> ResponseReturnValue:
    """Every variable, to search and choose from."""
    from surveyapp.web.console.variable_list import variable_list

    with reading() as database:
        frame = wave_frame(database, study, year)
    return render_template("console/results/page.html", wave=frame, list=variable_list(frame))


@blueprint.get("/<study>/<int:year>/results/<variable>")
@requires("viewer")
def results_variable(study: str, year: int, variable: str) -> ResponseReturnValue:
    """One variable: the question, its base, chart and table."""
    from surveyapp.web.console import results_page
    from surveyapp.web.console.variable_list import variable_list

    with reading() as database:
        frame = wave_frame(database, study, year)
    data = results_page.shown_data(study, year)
    table = results_page.asked_table(data, variable)
    written_out = results_page.canonical_address(frame, variable)
    if written_out:
        return redirect(written_out)
    return render_template(
        "console/results/variable.html",
        wave=frame,
        list=variable_list(frame, variable),
        page=results_page.result_page(frame, data, table),
    )


@blueprint.get("/<study>/<int:year>/results/<variable>.json")
@requires("viewer")
def results_json(study: str, year: int, variable: str) -> ResponseReturnValue:
    """The same table as plain data, in the shape of ``surveyapp table --json``."""
    from surveyapp.web.console.results_page import asked_table, shown_data

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
    if request.blueprint not in accounts.STAFF_BLUEPRINTS:
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


def _error(
    status: int, message: str = "", details: tuple[str, ...] = (), advice: str | None = None
) -> ResponseReturnValue:
    """An error in the staff frame."""
    names = role_names()
    headings = {
        400: translate("This cannot be shown as asked"),
        403: translate("You may not do this"),
        404: translate("This page does not exist"),
        409: translate("This cannot be done now"),
        429: translate("Too many attempts"),
        503: translate("The database is busy"),
    }
    usual = {
        400: message,
        403: translate(
            "This takes the role of %(role)s. Whoever manages accounts can give it to you.",
            role=names.get(message, message),
        ),
        404: message or translate("Check the address, or start from the studies."),
        409: message,
        429: translate("Wait a minute and try again."),
        503: translate("Try again in a moment. What is saved is safe."),
    }
    page = render_template(
        "console/error.html",
        heading=headings.get(status, translate("Something went wrong on our side")),
        advice=advice or usual.get(status, translate("Please try again in a minute.")),
        details=details,
        number=logs.request_number(),
        back=url_for("console.studies"),
        back_name=translate("To the studies"),
    )
    return page, status


@blueprint.errorhandler(HTTPException)
def _http_error(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    if status < 400:
        return error
    return _error(status, str(error.description) if status == 403 else "")


@blueprint.errorhandler(SurveyError)
def _own_error(error: SurveyError) -> ResponseReturnValue:
    status = error_pages.status_of(error)
    if status >= 500:
        error_pages.log_fault(error)
        return _error(status)
    nearest = error.nearest if isinstance(error, BadQuery) else ()
    told = error.told(languages.current()) if isinstance(error, BadQuery) else str(error)
    if request.path.endswith(".json"):
        answer = current_app.json.response({"error": told, "nearest": list(nearest)})
        answer.status_code = status
        return answer
    if isinstance(error, NotReleased):
        return _error(
            status,
            details=(
                told,
                translate(
                    "Free filters and other groups take the role of %(role)s. "
                    "Whoever manages accounts can give it to you.",
                    role=role_names()[accounts.SEES_CASES],
                ),
            ),
            advice=translate("Your role shows the groups of the plan of the report, so that nobody can be recognised."),
        )
    if isinstance(error, BadQuery):
        asked = translate(
            "A name, filter or group in the address does not exist or does not fit. Nothing was left out."
        )
        return _error(status, asked, (told,))
    return _error(status, str(error))


@blueprint.errorhandler(Exception)
def _unforeseen(error: Exception) -> ResponseReturnValue:
    error_pages.log_fault(error)
    return _error(500)


def install(app: Flask) -> None:
    """Add the console's addresses, frame and error pages."""
    from surveyapp.web.console import exports_views  # noqa: F401  adds its addresses to the blueprint

    app.context_processor(_staff)
    app.register_blueprint(blueprint)
