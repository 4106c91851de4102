"""How a member of the team signs in and out, and for how long: Flask-Security wired to our accounts and pages."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Flask, Response, flash, has_request_context, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, user_logged_out
from flask_security import Security, logout_user
from flask_security.signals import password_changed, tf_profile_changed, user_authenticated

from surveyapp import clock
from surveyapp.storage import audit, throttle, tickets
from surveyapp.web import account_settings, languages, second_step, sign_in_forms
from surveyapp.web.account_store import AccountStore, User
from surveyapp.web.accounts import LOGIN, is_staff_request, note, salt, sign_in_sources, staff_language
from surveyapp.web.fragments import htmx
from surveyapp.web.known_devices import remember_device
from surveyapp.web.sessions import reading, writing

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
AHEAD = timedelta(minutes=5)
SIGNED_OUT = "signed_out"
"""A kind of ticket: a session is used up when it is signed out."""
SECOND_STEPS = frozenset(
    {"security.two_factor_token_validation", "security.two_factor_rescue", "security.tf_select", "security.mf_recovery"}
)
"""Pages of signing in; to somebody who is signed in they say nothing, and the library signs them out for looking."""


def _pass_second_steps() -> ResponseReturnValue | None:
    """Lead who is signed in already past the steps of signing in: a look may change nothing."""
    if request.endpoint in SECOND_STEPS and request.method in ("GET", "HEAD") and current_user.is_authenticated:
        return redirect(url_for("console.studies"))
    return None


def _keep_session() -> ResponseReturnValue | None:
    """End a session that was quiet or open too long, or that was signed out elsewhere with the same cookie."""
    if "_user_id" not in session:
        return None
    now = clock.now().timestamp()
    since, seen = session.get("staff_since", 0.0), session.get("staff_seen", 0.0)
    is_ahead = max(since, seen) > now + AHEAD.total_seconds()  # the clock went back: a session must not last for ever
    if is_ahead or now - since > LONGEST.total_seconds() or now - seen > IDLE.total_seconds() or _is_signed_out():
        logout_user()
        _forget_staff()
        if request.method == "GET" and request.blueprint == "console" and not htmx:
            flash(languages.translate("You were signed out after a time without activity. Sign in to go on."), "info")
        return None
    if not htmx and now - seen > 60:  # polling does not count as activity
        session["staff_seen"] = now
    return None


def _is_signed_out() -> bool:
    """Whether this session was signed out: its cookie may have been copied before."""
    with reading() as database:
        return tickets.is_used(database, SIGNED_OUT, str(session.get("staff_session", "")), salt=salt())


def _begin_session(_sender: Flask, user: User, **_more: object) -> None:
    """A new identity for the session, its start, and the account's language; one line in the audit log."""
    now = clock.now().timestamp()
    session["staff_session"] = secrets.token_urlsafe(16)
    session["staff_since"] = session["staff_seen"] = now
    session.setdefault("staff_language", user.language)
    with writing() as database:
        throttle.forget_old(database)
        tickets.forget_old(database)
        for source in sign_in_sources(user.email):
            throttle.take_back(database, LOGIN, source, salt=salt())
        audit.add(database, user.email, "account.sign_in", user.email)
    remember_device(user.email, salt())


def _end_session(_sender: Flask, **_more: object) -> None:
    """Close the door behind a session, so that a copy of its cookie opens nothing."""
    name = session.get("staff_session")
    if name:
        with writing() as database:
            tickets.use(database, SIGNED_OUT, str(name), salt=salt())
    _forget_staff()


def _forget_staff() -> None:
    for key in ("staff_session", "staff_since", "staff_seen"):
        session.pop(key, None)


def _password_changed(_sender: Flask, user: User, **_more: object) -> None:
    note("account.password", user.email)


def _second_step_changed(_sender: Flask, user: User, method: str | None = None, **_more: object) -> None:
    note("account.second_step", user.email, method=method or "none")


def _speak() -> None:
    if is_staff_request():
        languages.use(staff_language(), "console")


def _ask_only_the_team(app: Flask) -> None:
    """Look for nobody who signed in where a page is not the team's: it would write into a respondent's session, too."""
    everywhere: tuple[tuple[list[Any], object], ...] = (
        (app.before_request_funcs[None], None),
        (app.template_context_processors[None], {}),
    )
    for hooks, nothing in everywhere:
        hooks[:] = [_of_the_team(hook, nothing) if _is_of_sign_in(hook) else hook for hook in hooks]
    after = app.after_request_funcs[None]
    after[:] = [_after_the_team(hook) if _is_of_sign_in(hook) else hook for hook in after]


def _is_of_sign_in(hook: Callable[..., Any]) -> bool:
    return hook.__module__.startswith(("flask_login", "flask_principal", "flask_security"))


def _of_the_team(hook: Callable[[], Any], nothing: object) -> Callable[[], Any]:
    return lambda: hook() if not has_request_context() or is_staff_request() else nothing


def _after_the_team(hook: Callable[[Response], Any]) -> Callable[[Response], Any]:
    return lambda response: hook(response) if is_staff_request() else response


def install(app: Flask) -> None:
    """Let people of the team sign in."""
    app.config.from_mapping(account_settings.configuration(str(app.config["SECRET_KEY"])))
    store = AccountStore(app.extensions["surveyapp"].database)
    security = Security(
        app,
        store,
        login_form=sign_in_forms.SignInForm,
        verify_form=sign_in_forms.ConfirmForm,
        two_factor_setup_form=sign_in_forms.SetupForm,
        two_factor_rescue_form=sign_in_forms.RescueForm,
        two_factor_verify_code_form=sign_in_forms.CodeForm,
        mf_recovery_form=sign_in_forms.RecoveryForm,
        password_util_cls=sign_in_forms.Passwords,
        totp_cls=sign_in_forms.SingleUseTotp,
    )
    security.i18n_domain = account_settings.InterfaceTexts()  # type: ignore[assignment]  # its own asks for Flask-Babel
    app.jinja_env.globals["_fsdomain"] = account_settings.InterfaceTexts.gettext
    second_step.install(app, security)
    _ask_only_the_team(app)
    security.want_json(lambda _request: False)
    # Nobody signs in by a token, and looking for one would parse a body of JSON, however deep.
    app.login_manager.request_loader(lambda _request: None)  # type: ignore[attr-defined]  # set by Flask-Login
    app.before_request(_speak)
    app.before_request(_keep_session)
    app.before_request(_pass_second_steps)
    user_authenticated.connect(_begin_session, app)
    user_logged_out.connect(_end_session, app)
    password_changed.connect(_password_changed, app)
    tf_profile_changed.connect(_second_step_changed, app)
