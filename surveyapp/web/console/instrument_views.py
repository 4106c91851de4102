"""The addresses of the instrument: compared, walked by robots, previewed, printed. None of them writes anything."""

from __future__ import annotations

from flask import Response, make_response, render_template, request
from flask.typing import ResponseReturnValue

from surveyapp.catalogues import LANGUAGES
from surveyapp.errors import NotFound
from surveyapp.instrument.model import Instrument
from surveyapp.web import languages
from surveyapp.web.accounts import requires
from surveyapp.web.console.blueprint import blueprint
from surveyapp.web.console.frame import WaveFrame, wave_frame
from surveyapp.web.console.instrument_page import working_definition
from surveyapp.web.security import CONTENT_POLICY
from surveyapp.web.sessions import reading

FRAMED = CONTENT_POLICY.replace("frame-ancestors 'none'", "frame-ancestors 'self'")
"""A page of the preview may stand in a frame of ours; no other page of the product may stand in any."""
FRAMING = f"{CONTENT_POLICY}; frame-src 'self'"


def _framed(answer: ResponseReturnValue) -> Response:
    response = make_response(answer)
    response.headers["Content-Security-Policy"] = FRAMED
    return response


def _at_work(study: str, year: int) -> tuple[WaveFrame, Instrument, bool]:
    with reading() as database:
        wave = wave_frame(database, study, year)
    return wave, *working_definition(wave)


@blueprint.get("/<study>/<int:year>/instrument/compare")
@requires("viewer", takes=("against",))
def instrument_compare(study: str, year: int) -> ResponseReturnValue:
    """This wave beside another, variable by variable, and the versions it has had."""
    from surveyapp.web.console.compare_page import compare_page, version_log

    with reading() as database:
        frame = wave_frame(database, study, year)
        page = compare_page(database, frame)
        log = version_log(database, frame)
    return render_template("console/instrument/compare.html", wave=frame, page=page, log=log)


@blueprint.get("/<study>/<int:year>/instrument/robots")
@requires("viewer", takes=("role", "language"))
def instrument_robots(study: str, year: int) -> ResponseReturnValue:
    """What robots reach of the questionnaire and what they never do."""
    from surveyapp.web.console.robots_page import robots_page

    wave, instrument, is_from_files = _at_work(study, year)
    walked = robots_page(instrument, wave)
    return render_template("console/instrument/robots.html", wave=wave, walked=walked, is_from_files=is_from_files)


@blueprint.get("/<study>/<int:year>/instrument/preview")
@requires("viewer", takes=("role", "page", "draw", "width", "tongues", "state"))
def instrument_preview(study: str, year: int) -> ResponseReturnValue:
    """The questionnaire itself, in frames."""
    from surveyapp.web.console.preview_page import preview_page

    wave, instrument, is_from_files = _at_work(study, year)
    page = preview_page(wave, instrument, request.args, is_from_files=is_from_files)
    response = make_response(render_template("console/instrument/preview.html", wave=wave, page=page))
    response.headers["Content-Security-Policy"] = FRAMING
    return response


@blueprint.route("/<study>/<int:year>/instrument/preview/<role>/<language>/<page>", methods=["GET", "POST"])
@requires("viewer", takes=("a", "show"))
def instrument_frame(study: str, year: int, role: str, language: str, page: str) -> ResponseReturnValue:
    """One page of the preview; a form posted here is checked and forgotten."""
    from surveyapp.web.console import preview_frame

    wave, instrument, _ = _at_work(study, year)
    at = preview_frame.preview(wave, instrument, role, language, page)
    return _framed(preview_frame.taken_in(at) if request.method == "POST" else preview_frame.drawn_page(at))


@blueprint.post("/<study>/<int:year>/instrument/preview/<role>/<language>/<page>/part")
@requires("viewer")
def instrument_part(study: str, year: int, role: str, language: str, page: str) -> ResponseReturnValue:
    """The parts of a previewed page that come and go."""
    from surveyapp.web.console import preview_frame

    wave, instrument, _ = _at_work(study, year)
    return _framed(preview_frame.changed_part(preview_frame.preview(wave, instrument, role, language, page)))


@blueprint.get("/<study>/<int:year>/instrument/print/<role>/<language>")
@requires("viewer", takes=("draw",))
def instrument_print(study: str, year: int, role: str, language: str) -> ResponseReturnValue:
    """The whole questionnaire of a role on paper."""
    from surveyapp.web.console.print_page import printed

    _, instrument, _ = _at_work(study, year)
    if language not in instrument.languages or language not in LANGUAGES:
        raise NotFound("There is no questionnaire in %(language)s.", language=language[:20])
    languages.use(language, "console")
    paper = printed(instrument, role, language, request.args.get("draw", ""))
    return render_template("console/instrument/print.html", paper=paper)
