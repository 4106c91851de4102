"""The addresses of a person's request: found by address or link, shown to them as a file, mended, removed."""

from __future__ import annotations

import uuid

from flask import Response, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from wtforms import StringField, ValidationError

from surveyapp.catalogues import told
from surveyapp.errors import NotFound
from surveyapp.fieldwork import person_requests
from surveyapp.fieldwork.person_requests import Held
from surveyapp.numerals import whole_number
from surveyapp.web.accounts import actor, is_fresh, requires
from surveyapp.web.console.admin_views import blueprint, confirm_first
from surveyapp.web.console.sample_forms import ReasonForm
from surveyapp.web.languages import current, translate
from surveyapp.web.sessions import secret, services, writing


class PersonForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF carries no types
    """Who asks: an address, or a link from one of our mails."""

    who = StringField(filters=[lambda typed: (typed or "").strip()[:600]])

    def validate_who(self, field: StringField) -> None:
        """Refuse nothing at all."""
        if not field.data:
            raise ValidationError(translate("Type the e-mail address, or paste a link."))


@blueprint.route("/people", methods=["GET", "POST"])
@requires("admin")
def people() -> ResponseReturnValue:
    """Find what is kept of somebody who asks for it; nothing of it stands in an address."""
    form = PersonForm()
    if request.method == "GET":
        return _page(form, None, "")
    if not is_fresh():
        return confirm_first(url_for("admin.people"))
    if not form.validate():
        return _page(form, None, ""), 422
    try:
        with writing() as database:
            email = person_requests.wanted(form.who.data, database, salt=secret())
            if request.form.get("action") == "forget":
                year = whole_number(request.form.get("year", "")) or 0
                person_requests.forget_address(database, request.form.get("study", ""), year, email, actor())
                flash(translate("The address is removed."), "success")
            found = person_requests.held(database, email, actor())
    except NotFound as error:
        form.who.errors = [told(error, current())]
        return _page(form, None, ""), 422
    return _page(form, found, email)


@blueprint.post("/people/<study>/<int:year>/<uuid:contact>/file")
@requires("admin")
def person_file(study: str, year: int, contact: uuid.UUID) -> ResponseReturnValue:
    """Everything that is kept of one person, for them; why is noted."""
    form = ReasonForm()
    if not is_fresh():
        return confirm_first(url_for("admin.people"))
    if not form.validate():
        flash(" ".join(form.reason.errors), "error")
        return _page(PersonForm(formdata=None), None, ""), 422
    with writing() as database:
        text = person_requests.document(database, services().library, study, year, contact, form.reason.data, actor())
    answer = Response(text, mimetype="text/plain")
    name = translate("request")
    answer.headers["Content-Disposition"] = f'attachment; filename="{study}-{year}-{name}.txt"'
    return answer


def _page(form: PersonForm, found: tuple[Held, ...] | None, email: str) -> str:
    return render_template("console/admin/people.html", form=form, found=found, email=email)
