"""The addresses of the exports centre."""

from __future__ import annotations

from mimetypes import guess_type

from flask import Response, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from surveyapp.web import fragments
from surveyapp.web.accounts import actor, is_fresh, may, note, requires
from surveyapp.web.console.blueprint import blueprint
from surveyapp.web.console.forms import FileForm
from surveyapp.web.console.frame import wave_frame
from surveyapp.web.languages import translate
from surveyapp.web.sessions import reading, reading_primary, services, writing


@blueprint.get("/<study>/<int:year>/exports")
@requires("editor", takes=("_part",))
def exports(study: str, year: int) -> ResponseReturnValue:
    """What can be made and what was made."""
    from surveyapp.fieldwork.weightings import schemes_in_force
    from surveyapp.web.console.exports_page import exports_page

    with reading() as database:
        frame = wave_frame(database, study, year)
        page = exports_page(frame, schemes_in_force(database, study, year))
    is_part = fragments.is_asked_for("runs")
    name = "console/exports/_runs.html" if is_part else "console/exports/page.html"
    return Response(render_template(name, wave=frame, page=page, is_part=is_part))


@blueprint.post("/<study>/<int:year>/exports/<kind>")
@requires("editor")
def make_export(study: str, year: int, kind: str) -> ResponseReturnValue:
    """Ask for a file."""
    from surveyapp.jobs import exports as jobs
    from surveyapp.web.console import exports_page

    chosen = exports_page.kind(kind)
    if not may(chosen.role):
        abort(403, description=chosen.role)
    form = FileForm()
    if not form.validate():
        abort(400)
    language, weight = form.language.data, form.weight.data
    here = url_for("console.exports", study=study, year=year)
    if chosen.is_personal and not is_fresh():
        flash(translate("Confirm with your password that it is you; then make the file again."), "info")
        return redirect(url_for("security.verify", next=here), 303)
    with reading() as database:
        frame = wave_frame(database, study, year)
        exports_page.require_weighting(database, frame, chosen, weight)
    with writing() as database:
        asked = jobs.ask(database, frame.study, frame.year, chosen.key, language, actor(), weight)
    details = {"language": language, "run": asked.id, "file": asked.name} | ({"weight": weight} if weight else {})
    note(f"export.{kind}", f"{study} {year}", **details)
    return redirect(url_for("console.exports", study=study, year=year, _anchor="made"), 303)


@blueprint.get("/<study>/<int:year>/exports/<run>/file")
@requires("editor")
def download_export(study: str, year: int, run: str) -> ResponseReturnValue:
    """Hand over a finished file."""
    from surveyapp.jobs import exports as jobs
    from surveyapp.web.console import exports_page

    with reading_primary() as database:
        found = jobs.file_of(database, study, year, run)
    chosen = exports_page.kind(found.kind)
    if not may(chosen.role):
        abort(403, description=chosen.role)
    if chosen.is_personal and not is_fresh():
        return redirect(url_for("security.verify", next=url_for("console.exports", study=study, year=year)))
    content = jobs.content(services().database, found)
    note("export.download", f"{study} {year}", run=found.id, file=found.name, sha256=found.sha256)
    answer = Response(content, mimetype=guess_type(found.name)[0])
    answer.content_length = found.size
    answer.headers.set("Content-Disposition", "attachment", filename=found.name)
    return answer
