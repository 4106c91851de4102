"""The addresses of one's own account: look, language, role."""

from __future__ import annotations

from flask import (
    abort,
    redirect,
    render_template,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_security.utils import validate_redirect_url

from surveyapp.storage import audit
from surveyapp.storage import daily_mail as mails
from surveyapp.storage.accounts import ROLES
from surveyapp.web.accounts import SEES_CASES, actor, requires
from surveyapp.web.console.blueprint import blueprint
from surveyapp.web.console.forms import DailyMailForm, LanguageForm, LookForm
from surveyapp.web.console.frame import role_names
from surveyapp.web.languages import translate
from surveyapp.web.sessions import reading_primary, services, writing


@blueprint.get("/account")
@requires("viewer")
def account() -> ResponseReturnValue:
    """One's own account."""
    role = current_user.role
    with reading_primary() as database:
        wants_mail = mails.is_wanted(database, current_user.id)
    return render_template(
        "console/account.html",
        role_name=role_names()[role],
        role_description=translate(ROLES[role]),
        has_second_factor=bool(current_user.tf_primary_method),
        wants_mail=wants_mail,
        can_mail=services().post is not None,
        themes=[("", translate("as the device")), ("light", translate("light")), ("dark", translate("dark"))],
    )


@blueprint.post("/account/daily-mail")
@requires(SEES_CASES)
def daily_mail() -> ResponseReturnValue:
    """Want the daily mail of what needs attention, or no more."""
    form = DailyMailForm()
    if not form.validate():
        abort(400)
    with writing() as database:
        mails.set_wanted(database, current_user.id, wanted=form.wanted.data)
        audit.add(database, actor(), "account.daily_mail", current_user.email, {"wanted": form.wanted.data})
    return redirect(url_for("console.account"), 303)


@blueprint.post("/look")
@requires("viewer")
def look() -> ResponseReturnValue:
    """Choose light or dark."""
    form = LookForm()
    if not form.validate():
        abort(400)
    session["staff_theme"] = form.theme.data
    return redirect(url_for("console.account"), 303)


@blueprint.post("/language")
def speak() -> ResponseReturnValue:
    """Choose Dutch or English; also before signing in."""
    form = LanguageForm()
    if not form.validate():
        abort(400)
    session["staff_language"], onward = form.language.data, form.next.data or ""
    is_ours = onward.startswith("/") and validate_redirect_url(onward)
    return redirect(onward if is_ours else url_for("console.studies"), 303)
