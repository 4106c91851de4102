"""The addresses of the exports centre."""

from __future__ import annotations

from flask import Response, abort, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from surveyapp.catalogues import LANGUAGES
from surveyapp.web.accounts import is_fresh, may, note, requires
from surveyapp.web.console.frame import wave_frame
from surveyapp.web.console.views import blueprint
from surveyapp.web.languages import translate
from surveyapp.web.sessions import reading, services


@blueprint.get("/<study>/<int:year>/exports")
@requires("editor")
def exports(study: str, year: int) -> ResponseReturnValue:
    """What can be made and what was made."""
    from surveyapp.web.console.exports_page import exports_page

    with reading() as database:
        frame = wave_frame(database, study, year)
    page = exports_page(frame)
    is_part = request.args.get("_part") == "runs" and "HX-Request" in request.headers
    name = "console/exports/_runs.html" if is_part else "console/exports/page.html"
    return Response(render_template(name, wave=frame, page=page, is_part=is_part))


@blueprint.post("/<study>/<int:year>/exports/<kind>")
@requires("editor")
def make_export(study: str, year: int, kind: str) -> ResponseReturnValue:
    """Begin to make a file."""
    from surveyapp.web.console import exports_page

    chosen = exports_page.kind(kind)
    if not may(chosen.role):
        abort(403, description=chosen.role)
    language = request.form.get("language", "")
    if language not in LANGUAGES:
        abort(400)
    here = url_for("console.exports", study=study, year=year)
    if chosen.is_personal and not is_fresh():
        flash(translate("Confirm with your password that it is you; then make the file again."), "info")
        return redirect(url_for("security.verify", next=here), 303)
    with reading() as database:
        frame = wave_frame(database, study, year)
    run = exports_page.start(frame, chosen, language)
    note(f"export.{kind}", f"{study} {year}", language=language, run=run.id, file=run.file_name)
    return redirect(url_for("console.exports", study=study, year=year, _anchor="made"), 303)


@blueprint.get("/<study>/<int:year>/exports/<run>/file")
@requires("editor")
def download_export(study: str, year: int, run: str) -> ResponseReturnValue:
    """Hand over a finished file."""
    from surveyapp.web.console import exports_page

    place = exports_page.shelf(services().settings)
    found = place.run(study, year, run)
    chosen = exports_page.kind(found.kind)
    if not may(chosen.role):
        abort(403, description=chosen.role)
    if chosen.is_personal and not is_fresh():
        return redirect(url_for("security.verify", next=url_for("console.exports", study=study, year=year)))
    path = place.file(found)
    note("export.download", f"{study} {year}", run=found.id, file=found.file_name, sha256=found.sha256)
    return send_file(path.resolve(), as_attachment=True, download_name=found.file_name, max_age=0, conditional=False)
