"""Setting up the second step: a code that was typed wrongly leaves the key where it is, to be tried again."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import cast

from flask import Flask, g, make_response, render_template, session
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_security import Security

SETTING_UP = "security.two_factor_setup_validate"


def key_being_set_up() -> dict[str, str] | None:
    """The picture and the letters of the key that this session is setting up; None when it sets up none."""
    secret = session.get("tf_totp_secret") if session.get("tf_state") == "validating_profile" else None
    return _drawn(secret) if secret else None


def _drawn(secret: str) -> dict[str, str]:
    """A key as its page shows it, whoever it is of: the name in the picture is only a label in the app."""
    from flask_security.proxies import _datastore, _security

    user = current_user
    if not user.is_authenticated:
        user = _datastore.find_user(fs_uniquifier=session.get("tf_user_id", ""))
    drawn: dict[str, str] = _security.totp_factory.fetch_setup_values(secret, user)
    return drawn


def install(app: Flask, security: Security) -> None:
    """Let the page that takes the first code show its key again when the code was wrong."""
    app.jinja_env.globals["key_being_set_up"] = key_being_set_up
    begun = cast("Callable[[str], ResponseReturnValue]", app.view_functions[SETTING_UP])

    @wraps(begun)
    def validated(token: str) -> ResponseReturnValue:
        answer = begun(token)
        form = g.pop("refused_code", None)
        if form is None:
            return answer
        session.pop("_flashes", None)  # the library's own message for a page without a form
        drawn = _drawn(form.tf_totp_secret)
        page = render_template(
            "security/two_factor_setup.html",
            two_factor_setup_form=form,
            two_factor_verify_code_form=form,
            chosen_method="authenticator",
            changing=True,
            state_token=token,
            authr_qrcode=drawn["image"],
            authr_key=drawn["key"],
            choices=(),
        )
        return make_response(page, 422)

    app.view_functions[SETTING_UP] = validated
