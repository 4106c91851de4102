"""The addresses of whoever manages accounts: the team, one account, the audit log; and where a password is chosen."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from surveyapp.catalogues import LANGUAGES
from surveyapp.errors import WrongState
from surveyapp.storage import audit, team
from surveyapp.storage.accounts import add_user, user_by_email
from surveyapp.storage.database import Session
from surveyapp.web.accounts import actor, is_fresh, requires, salt
from surveyapp.web.console.admin_forms import AuditForm, InviteForm, PasswordForm, RoleForm
from surveyapp.web.console.blueprint import blueprint as console
from surveyapp.web.console.frame import language_name, role_names
from surveyapp.web.languages import translate
from surveyapp.web.password_links import VALID, account_of_link, password_link
from surveyapp.web.passwords import password_hash
from surveyapp.web.sessions import reading, services, writing

blueprint = Blueprint("admin", __name__, url_prefix="/admin")
A_PAGE = 100
"""Entries of the audit log on one page."""
Deed = Callable[[Session, str], None]
DEEDS: Mapping[str, Deed] = {
    "block": team.block,
    "unblock": team.unblock,
    "sign-out": team.end_sessions,
    "second-step": team.forget_second_step,
}


@blueprint.get("/users")
@requires("admin")
def users() -> ResponseReturnValue:
    """The team, and a form to invite somebody."""
    return _team_page(InviteForm(formdata=None))


@blueprint.post("/users")
@requires("admin")
def invite() -> ResponseReturnValue:
    """Make an account, and the link with which its owner chooses a password."""
    form = InviteForm()
    if not is_fresh():
        return confirm_first(url_for("admin.users"))
    if form.validate():
        made = ""
        with writing() as database:
            if user_by_email(database, form.email.data) is None:
                add_user(database, form.email.data, None, form.role.data, form.language.data)
                audit.add(database, actor(), "user.add", form.email.data, {"role": form.role.data})
                made = _link(database, form.email.data)
        if made:
            return _account_page(form.email.data, link=made)
        form.email.errors = [translate("There is an account for this address already.")]
    return _team_page(form), 422


@blueprint.get("/users/<email>")
@requires("admin")
def user(email: str) -> ResponseReturnValue:
    """One account and what can be done about it."""
    return _account_page(email)


@blueprint.post("/users/<email>/<any('block', 'unblock', 'sign-out', 'second-step', 'role', 'password-link'):deed>")
@requires("admin")
def change_user(email: str, deed: str) -> ResponseReturnValue:
    """Change an account."""
    here = url_for("admin.user", email=email)
    if not is_fresh():
        return confirm_first(here)
    form, link = RoleForm(), ""
    if deed == "role" and not form.validate():
        abort(400)
    with writing() as database:
        found = team.account_of(database, email)
        if deed in ("block", "role") and found.email == current_user.email:
            raise WrongState("You cannot block your own account or give it another role; ask another admin.")
        if deed == "password-link":
            link = _link(database, found.email)
            audit.add(database, actor(), "user.password-link", found.email, {})
        elif deed == "role":
            team.set_role(database, found.email, form.role.data)
            audit.add(database, actor(), "user.role", found.email, {"role": form.role.data, "before": found.role})
        else:
            DEEDS[deed](database, found.email)
            audit.add(database, actor(), f"user.{deed}", found.email, {})
    if link:
        return _account_page(email, link=link)
    flash(translate("Done: %(what)s.", what=deed_names()[deed]), "success")
    return redirect(here, 303)


@blueprint.get("/audit")
@requires("admin", takes=("actor", "action", "subject", "since", "until", "before", "check"))
def audit_log() -> ResponseReturnValue:
    """Who did what, filtered; and, when asked, whether the log is whole."""
    from surveyapp.web.console.audit_page import audit_page, details_in_words

    form = AuditForm(request.args)
    is_valid = form.validate()
    with reading() as database:
        page = audit_page(database, form, is_valid=is_valid, most=A_PAGE, is_checked="check" in request.args)
    html = render_template("console/admin/audit.html", form=form, page=page, in_words=details_in_words)
    return html, 200 if is_valid else 422


@console.route("/password/<token>", methods=["GET", "POST"])
def choose_password(token: str) -> ResponseReturnValue:
    """Choose a password by a link; the link works once."""
    with reading() as database:
        found = account_of_link(database, salt(), token)
        if found is None:
            return render_template("console/admin/link_over.html", days=VALID.days), 404
        email, has_second_step = found.email, bool(found.tf_primary_method)
    form = PasswordForm(email, has_second_step)
    if request.method == "GET" or not form.validate():
        page = render_template("console/admin/password.html", form=form, email=email)
        return page, 200 if request.method == "GET" else 422
    hashed = password_hash(form.new_password.data)
    with writing() as database:
        if account_of_link(database, salt(), token) is None:  # the other of two presses was first
            return render_template("console/admin/link_over.html", days=VALID.days), 404
        team.set_password(database, email, hashed)
        audit.add(database, email, "account.password", email, {"by": "link"})
    flash(translate("Your password has been chosen. Sign in with it."), "success")
    return redirect(url_for("security.login"), 303)


def deed_names() -> dict[str, str]:
    """What was done, in words."""
    return {
        "block": translate("the account is blocked"),
        "unblock": translate("the account can sign in again"),
        "sign-out": translate("every session of the account has ended"),
        "second-step": translate("the second step is off; sessions have ended"),
        "role": translate("the account has another role"),
    }


def _team_page(form: InviteForm) -> str:
    with reading() as database:
        team_list = team.account_list(database)
    languages = [(code, language_name(code)) for code in LANGUAGES]
    return render_template(
        "console/admin/users.html", accounts=team_list, form=form, roles=role_names(), languages=languages
    )


def _account_page(email: str, link: str = "") -> str:
    with reading() as database:
        account = team.account_of(database, email)
    return render_template(
        "console/admin/user.html",
        account=account,
        roles=role_names(),
        link=link,
        days=VALID.days,
    )


def _link(database: Session, email: str) -> str:
    return password_link(database, salt(), services().settings.base_url, email)


def confirm_first(here: str) -> ResponseReturnValue:
    """Ask for the password again; then the page is shown on which it was pressed."""
    flash(translate("Confirm with your password that it is you; then do it again."), "info")
    return redirect(url_for("security.verify", next=here), 303)
