"""The addresses of what is kept until when: the list, removing what is due, and certificates."""

from __future__ import annotations

import json

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from surveyapp.errors import NotFound
from surveyapp.fieldwork import certificates, retention
from surveyapp.web import fragments
from surveyapp.web.accounts import actor, is_fresh, requires
from surveyapp.web.console.admin_views import blueprint, confirm_first
from surveyapp.web.console.forms import YearForm
from surveyapp.web.languages import translate
from surveyapp.web.sessions import reading_primary, secret, services, writing


@blueprint.get("/retention")
@requires("admin", takes=("_part",))
def kept() -> ResponseReturnValue:
    """What is kept until when, and the certificates of what went; how far a removal is, by itself."""
    from surveyapp.web.console.retention_page import removal, retention_page

    if fragments.is_asked_for("removing"):
        with reading_primary() as database:
            going = removal(database)
        return render_template("console/admin/_removing.html", going=going)
    with reading_primary() as database:
        page = retention_page(database)
    return render_template("console/admin/retention.html", page=page)


@blueprint.post("/retention")
@requires("admin")
def let_go() -> ResponseReturnValue:
    """Let the worker remove now what is due."""
    from surveyapp.web.console.retention_page import ask_for_removal

    here = url_for("admin.kept")
    if not is_fresh():
        return confirm_first(here)
    with writing() as database:
        ask_for_removal(database, actor())
    flash(translate("The worker removes what is due; its certificates stand below once it has."), "success")
    return redirect(here, 303)


@blueprint.route("/retention/<study>/<int:year>/texts", methods=["GET", "POST"])
@requires("admin")
def remove_texts(study: str, year: int) -> ResponseReturnValue:
    """Ask whether the open answers of a wave may go, and let them."""
    with reading_primary() as database:
        due = retention.due_lines(database, services().library, by_hand=True)
    line = next((one for one in due if (one.kind, one.study, one.year) == (retention.TEXTS, study, year)), None)
    if line is None:
        raise NotFound("No open answers of this wave are due to go.")
    form, here = YearForm(year), url_for("admin.kept")
    if request.method == "POST" and not is_fresh():
        return confirm_first(request.path)
    if request.method == "GET" or not form.validate():
        page = render_template("console/admin/texts.html", line=line, form=form)
        return page, 200 if request.method == "GET" else 422
    retention.remove(services().database, services().library, line, salt=secret(), actor=actor())
    flash(translate("The open answers are removed; the certificate stands below."), "success")
    return redirect(here, 303)


@blueprint.get("/retention/certificates/<int:number>")
@requires("admin")
def certificate(number: int) -> ResponseReturnValue:
    """One certificate, to keep; 0 gives all of them."""
    with reading_primary() as database:
        made = certificates.listed(database) if number == 0 else (certificates.one(database, number),)
    held = [one.document() for one in made]
    answer = Response(json.dumps(held if number == 0 else held[0], indent=1) + "\n", mimetype="application/json")
    name = "certificates" if number == 0 else f"certificate-{number}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.json"'
    return answer
