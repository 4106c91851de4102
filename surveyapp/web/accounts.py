"""Who of the team may come in, for how long, and what they may do there.

Flask-Security signs people in (argon2, second step by TOTP with recovery codes, freshness); this module gives it our
rules: one message for every failure, attempts counted exactly over all processes, half an hour of quiet or twelve hours
in all ends a session, and signing out ends it on the server too. Rights are four roles in order, asked for by
:func:`requires`; a view of the console without it does not exist (a test walks every route).
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import timedelta
from functools import cache, wraps
from typing import ParamSpec

from flask import Flask, Response, abort, current_app, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_security.utils import check_and_update_authn_fresh

from surveyapp.storage import audit
from surveyapp.storage.accounts import ROLES, has_users
from surveyapp.web import asked, languages
from surveyapp.web.fragments import htmx
from surveyapp.web.known_devices import known_device
from surveyapp.web.logs import STAFF_BLUEPRINTS
from surveyapp.web.networks import network_of
from surveyapp.web.sessions import reading, services, writing

P = ParamSpec("P")

FRESH = timedelta(minutes=30)
ATTEMPTS_ALLOWED = 10
ATTEMPTS_OF_NETWORK = 30
"""Failures of a whole network: an office behind one router is many people."""
ATTEMPTS_OF_ACCOUNT = 300
"""Failures at one account from everywhere, in browsers where nobody signed in to it before."""
WINDOW = timedelta(minutes=15)
SEES_CASES = "researcher"
"""The least role that may see single cases, ask for any group, and follow a wave by the second."""
SEES_ANSWERS = "researcher"
"""The least role that may read the answers of one case; a right of its own, each use of which is noted."""
WITHOUT_SECOND_STEP = frozenset({"console.account", "console.look"})
"""What an account may reach that has yet to set up its second step."""
LOGIN, CONFIRM, CODE = "login", "confirm", "code"
"""Doors of the throttle."""


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
    held = g._get_current_object()
    found: bool | None = held.get("is_of_the_team")
    if found is None:  # asked by every hook of the library that signs people in
        blueprint = request.blueprint
        found = (
            request.path.split("/")[1] in _staff_places(current_app)
            if blueprint is None
            else (blueprint in STAFF_BLUEPRINTS)
        )
        held.is_of_the_team = found
    return found


@cache
def _staff_places(app: Flask) -> frozenset[str]:
    """The first words of every address of the team's."""
    return frozenset(
        rule.rule.split("/")[1]
        for rule in app.url_map.iter_rules()
        if rule.endpoint.partition(".")[0] in STAFF_BLUEPRINTS
    )


def _to_sign_in() -> ResponseReturnValue:
    if htmx:  # a fragment must not be replaced by a sign-in page
        return Response(status=401)
    here = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("security.login", next=here))


# ---------------------------------------------------------------------------------------------------------- sessions


def is_fresh() -> bool:
    """Whether the password was given within the last half hour; asked for before personal data leave the system."""
    return bool(check_and_update_authn_fresh(FRESH, timedelta(0), "session"))


# ---------------------------------------------------------------------------------------------------------- language


def staff_language() -> str:
    """The language a member of the team reads: chosen, or the account's, or the browser's."""
    return languages.chosen() or languages.preferred()


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
        return has_users(database)
