"""Who of the team may come in, for how long, and what they may do there.

Flask-Security signs people in (argon2, second step by TOTP with recovery codes, freshness); this module gives it our
rules: one message for every failure, attempts counted exactly over all processes, half an hour of quiet or twelve hours
in all ends a session, and signing out ends it on the server too. Rights are four roles in order, asked for by
:func:`requires`; a view of the console without it does not exist (a test walks every route).
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection
from datetime import timedelta
from functools import cache, wraps
from typing import ParamSpec

from flask import Flask, Response, abort, current_app, flash, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, user_logged_out
from flask_security import Security, logout_user
from flask_security.signals import password_changed, tf_profile_changed, user_authenticated
from flask_security.utils import check_and_update_authn_fresh
from sqlalchemy import func, select

from surveyapp import clock
from surveyapp.storage import audit, throttle
from surveyapp.storage.accounts import ROLES, UserRow
from surveyapp.storage.throttle import ATTEMPTS, source_hash
from surveyapp.web import asked, languages
from surveyapp.web.account_store import AccountStore, User
from surveyapp.web.known_devices import known_device, remember_device
from surveyapp.web.logs import STAFF_BLUEPRINTS
from surveyapp.web.networks import network_of
from surveyapp.web.sessions import reading, services, writing

P = ParamSpec("P")

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
FRESH = timedelta(minutes=30)
AHEAD = timedelta(minutes=5)
ATTEMPTS_ALLOWED = 10
ATTEMPTS_OF_NETWORK = 30
"""Failures of a whole network: an office behind one router is many people."""
ATTEMPTS_OF_ACCOUNT = 300
"""Failures at one account from everywhere, in browsers where nobody signed in to it before."""
WINDOW = timedelta(minutes=15)
SEES_CASES = "researcher"
"""The least role that may see single cases, ask for any group, and follow a wave by the second."""
WITHOUT_SECOND_STEP = frozenset({"console.account", "console.look"})
"""What an account may reach that has yet to set up its second step."""
LOGIN, CONFIRM, CODE, SIGNED_OUT = "login", "confirm", "code", "signed_out"
"""Doors of the throttle. A session that was signed out is a door that stays closed."""


# ------------------------------------------------------------------------------------------------------------ rights


def requires(
    role: str, *, takes: Collection[str] = ()
) -> Callable[[Callable[P, ResponseReturnValue]], Callable[P, ResponseReturnValue]]:
    """Let only accounts of this role or a higher one through, with an address that holds what the view ``takes``.

    Someone who is not signed in is asked to, and comes back to the same address. A refused person is told which role it
    takes. The role stands on the view as ``required_role``, so that a test can hold every route to it.
    """

    def guard(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
        @wraps(view)
        def guarded(*arguments: P.args, **named: P.kwargs) -> ResponseReturnValue:
            if not current_user.is_authenticated:
                return _to_sign_in()
            if not may(role):
                abort(403, description=role)
            if needs_second_step() and request.endpoint not in WITHOUT_SECOND_STEP:
                flash(languages.translate("Your role takes a second step when signing in. Set it up to go on."), "info")
                return redirect(url_for("security.two_factor_setup"), 303)
            if request.method in ("GET", "HEAD"):
                asked.require_known(takes)
            return view(*arguments, **named)

        guarded.required_role = role  # type: ignore[attr-defined]  # read by the test of the rights
        return guarded

    return guard


def may(role: str) -> bool:
    """Whether whoever makes this request holds the role or a higher one."""
    order = tuple(ROLES)
    held = getattr(current_user, "role", None)
    return held is not None and order.index(held) >= order.index(role)


def needs_second_step() -> bool:
    """Whether this account's role takes a second step and the account has none yet."""
    held = getattr(current_user, "role", None)
    return held in services().settings.second_step_for and not getattr(current_user, "tf_primary_method", None)


def may_see_cases() -> bool:
    """Whether whoever makes this request may see single cases; others see what was released to everyone."""
    return may(SEES_CASES)


def actor() -> str:
    """Who makes this request, as the audit log names them."""
    return str(current_user.email) if current_user.is_authenticated else "-"


def note(action: str, subject: str, **details: object) -> None:
    """Write one entry of the audit log in a transaction of its own."""
    with writing() as database:
        audit.add(database, actor=actor(), action=action, subject=subject, details=details)


def is_staff_request() -> bool:
    """Whether this request is for a page of the team, also when no such page exists."""
    if request.blueprint is not None:
        return request.blueprint in STAFF_BLUEPRINTS
    return request.path.split("/")[1] in _staff_places(current_app)


@cache
def _staff_places(app: Flask) -> frozenset[str]:
    """The first words of every address of the team's."""
    return frozenset(
        rule.rule.split("/")[1]
        for rule in app.url_map.iter_rules()
        if rule.endpoint.partition(".")[0] in STAFF_BLUEPRINTS
    )


def _to_sign_in() -> ResponseReturnValue:
    if request.headers.get("HX-Request"):  # a fragment must not be replaced by a sign-in page
        return Response(status=401)
    here = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("security.login", next=here))


# ---------------------------------------------------------------------------------------------------------- sessions


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
        if request.method == "GET" and request.blueprint == "console" and not request.headers.get("HX-Request"):
            flash(languages.translate("You were signed out after a time without activity. Sign in to go on."), "info")
        return None
    if not request.headers.get("HX-Request") and now - seen > 60:  # polling does not count as activity
        session["staff_seen"] = now
    return None


def _is_signed_out() -> bool:
    """Whether this session was signed out: its cookie may have been copied before."""
    statement = select(func.count()).where(
        ATTEMPTS.c.door == SIGNED_OUT,
        ATTEMPTS.c.source_hash == source_hash(str(session.get("staff_session", "")), salt()),
    )
    with reading() as database:
        return bool(database.execute(statement).scalar_one())


def _begin_session(_sender: Flask, user: User, **_more: object) -> None:
    """A new identity for the session, its start, and the account's language; one line in the audit log."""
    now = clock.now().timestamp()
    session["staff_session"] = secrets.token_urlsafe(16)
    session["staff_since"] = session["staff_seen"] = now
    session.setdefault("staff_language", user.language)
    with writing() as database:
        throttle.forget_old(database)
        for source in sign_in_sources(user.email):
            throttle.take_back(database, LOGIN, source, salt=salt())
        audit.add(database, user.email, "account.sign_in", user.email)
    remember_device(user.email, salt())


def _end_session(_sender: Flask, **_more: object) -> None:
    """Close the door behind a session, so that a copy of its cookie opens nothing."""
    name = session.get("staff_session")
    if name:
        with writing() as database:
            throttle.attempt(database, SIGNED_OUT, str(name), limit=1, window=LONGEST, salt=salt())
    _forget_staff()


def _forget_staff() -> None:
    for key in ("staff_session", "staff_since", "staff_seen"):
        session.pop(key, None)


def _password_changed(_sender: Flask, user: User, **_more: object) -> None:
    note("account.password", user.email)


def _second_step_changed(_sender: Flask, user: User, method: str | None = None, **_more: object) -> None:
    note("account.second_step", user.email, method=method or "none")


def is_fresh() -> bool:
    """Whether the password was given within the last half hour; asked for before personal data leave the system."""
    return bool(check_and_update_authn_fresh(FRESH, timedelta(0), "session"))


# ---------------------------------------------------------------------------------------------------------- language


def staff_language() -> str:
    """The language a member of the team reads: chosen, or the account's, or the browser's."""
    return languages.chosen() or languages.preferred()


def _speak() -> None:
    if is_staff_request():
        languages.use(staff_language(), "console")


# ------------------------------------------------------------------------------------------------------------ set-up


def salt() -> str:
    """What hashes of addresses and sessions are keyed with."""
    from surveyapp.web.security import secret_key

    return secret_key(services().settings)


def network() -> str:
    """The network of this request, as the throttle counts it; never stored as it is."""
    return network_of(request.remote_addr)


def sign_in_sources(email: str) -> dict[str, int]:
    """By what an attempt to sign in is counted, and how many of each are allowed in :data:`WINDOW`.

    A browser in which this account signed in before counts for itself. Any other counts for the account from its
    network, for the network, and for the account from everywhere: the last so high that passwords as long as ours are
    never guessed within it, and eleven wrong ones from eleven networks lock nobody out.
    """
    device = known_device(email, salt())
    if device is not None:
        return {f"device {device}": ATTEMPTS_ALLOWED}
    here = network()
    return {f"{email} {here}": ATTEMPTS_ALLOWED, here: ATTEMPTS_OF_NETWORK, email: ATTEMPTS_OF_ACCOUNT}


def has_accounts() -> bool:
    """Whether anybody can sign in at all; the sign-in page says how to begin when nobody can."""
    with reading() as database:
        return bool(database.execute(select(func.count()).select_from(UserRow)).scalar_one())


def install(app: Flask) -> None:
    """Let people of the team sign in."""
    from surveyapp.web import account_settings, second_step, sign_in_forms

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
