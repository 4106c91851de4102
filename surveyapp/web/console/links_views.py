"""The addresses of a wave's open links: one per source and language, with a QR code of each."""

from __future__ import annotations

from flask import Response, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from surveyapp.catalogues import told
from surveyapp.errors import NotFound, WrongState
from surveyapp.storage import audit
from surveyapp.web.accounts import actor, requires
from surveyapp.web.console.blueprint import blueprint
from surveyapp.web.console.frame import wave_frame
from surveyapp.web.console.settings_forms import SourceForm
from surveyapp.web.languages import current, translate
from surveyapp.web.sessions import reading_primary, writing

KINDS = {"svg": "image/svg+xml", "png": "image/png"}


@blueprint.route("/<study>/<int:year>/settings/links", methods=["GET", "POST"])
@requires("researcher")
def settings_links(study: str, year: int) -> ResponseReturnValue:
    """The open links, and one more source."""
    from surveyapp.fieldwork.arrivals import declare_sources
    from surveyapp.web.console.open_links import open_links

    form = SourceForm()
    with reading_primary() as database:
        frame = wave_frame(database, study, year)
    if request.method == "POST" and form.validate():
        try:
            with writing() as database:
                fresh = declare_sources(database, study, year, [form.source.data])
                audit.add(database, actor(), "wave.sources", f"{study} {year}", {"sources": list(fresh)})
        except WrongState as refused:
            form.source.errors = [told(refused, current())]
        else:
            flash(translate("The link is there: its arrivals are counted apart."), "success")
            return redirect(frame.address("console.settings_links"), 303)
    with reading_primary() as database:
        page = open_links(database, frame)
    made = render_template("console/waves/links.html", wave=frame, page=page, form=form)
    return made, 200 if request.method == "GET" else 422


@blueprint.get("/<study>/<int:year>/settings/links/<source>/<language>.<any(svg, png):picture>")
@requires("researcher")
def settings_qr(study: str, year: int, source: str, language: str, picture: str) -> ResponseReturnValue:
    """The QR code of an open link."""
    from surveyapp.exports.qr_codes import qr_bytes
    from surveyapp.web.console.open_links import address_of, open_links

    with reading_primary() as database:
        frame = wave_frame(database, study, year)
        page = open_links(database, frame)
    if source not in page.names or language not in frame.instrument.languages:
        raise NotFound("There is no link of that name in this wave.")
    answer = Response(qr_bytes(address_of(frame, language, source), picture), mimetype=KINDS[picture])
    answer.headers.set("Content-Disposition", "attachment", filename=f"{study}-{year}-{source}-{language}.{picture}")
    return answer
