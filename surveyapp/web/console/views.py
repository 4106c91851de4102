"""The addresses of the console. Each view reads the request, asks one function below, and chooses a page."""

from __future__ import annotations

from flask import (
    Flask,
    Response,
    render_template,
    request,
    session,
)
from flask.typing import ResponseReturnValue
from flask_login import current_user

from surveyapp.exports.chart_marks import colour_of, key, marker
from surveyapp.fieldwork.targets import role_targets
from surveyapp.reports.formatting import SUPPRESSED
from surveyapp.web import accounts, error_pages, fragments
from surveyapp.web.accounts import is_staff_request, may, requires
from surveyapp.web.console.blueprint import blueprint
from surveyapp.web.console.choices import LIMITS
from surveyapp.web.console.error_views import error_page
from surveyapp.web.console.frame import wave_frame
from surveyapp.web.rendering import hour
from surveyapp.web.sessions import reading, services

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
            targets = role_targets(database, frame.instrument)
        data = services().live.published(study, year)
        page_of_all = fieldwork_summary.fieldwork_summary(frame, data, announcement(frame), targets)
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
    from surveyapp.web.console import (  # noqa: F401  add their addresses to the blueprint
        admin_views,
        alert_views,
        case_views,
        exports_views,
        mail_file_views,
        rates_views,
        results_views,
    )

    app.context_processor(_staff)
    app.jinja_env.globals.update(SUPPRESSED=SUPPRESSED, group_key=key, group_marker=marker, group_colour=colour_of)
    app.register_blueprint(blueprint)
    app.register_blueprint(admin_views.blueprint)
    error_pages.frame(app, is_staff_request, error_page)
