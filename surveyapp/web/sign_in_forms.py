"""Flask-Security's forms and helpers with our limits: attempts are counted before a secret is looked at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, after_this_request, g
from flask_login import current_user
from flask_security.forms import (
    LoginForm,
    TwoFactorRescueForm,
    TwoFactorSetupForm,
    TwoFactorVerifyCodeForm,
    VerifyForm,
)
from flask_security.password_util import PasswordUtil
from flask_security.recovery_codes import MfRecoveryForm
from flask_security.totp import Totp
from passlib.exc import TokenError
from passlib.totp import TotpMatch
from wtforms import StringField

from surveyapp import clock
from surveyapp.storage import throttle, tickets
from surveyapp.web import accounts, languages, logs, passwords
from surveyapp.web.sessions import writing

READ = 4 * passwords.LONGEST_PASSWORD
"""Signs of a password that are read; nobody's is as long."""


def _too_many(door: str, sources: Mapping[str, int]) -> str | None:
    """Count one attempt for each source; the message to show when one of them is beyond its limit, with status 429."""
    wait = 0
    with writing() as database:
        for source, limit in sources.items():
            turn = throttle.attempt(database, door, source, limit=limit, window=accounts.WINDOW, salt=accounts.salt())
            wait = max(wait, turn.retry_after)
    if not wait:
        return None
    logs.log.warning("throttled", door=door)

    @after_this_request
    def _refused(response: Response) -> Response:
        response.status_code = 429
        response.headers["Retry-After"] = str(wait)
        return response

    return languages.translate_plural(
        "Too many attempts. Try again in %(n)s minute.",
        "Too many attempts. Try again in %(n)s minutes.",
        clock.whole_minutes(wait),
    )


def _name_of(user: Any) -> str:
    return str(getattr(user, "fs_uniquifier", ""))


def _unprocessable() -> None:
    @after_this_request
    def _status(response: Response) -> Response:
        if response.status_code == 200:
            response.status_code = 422
        return response


class SignInForm(LoginForm):
    """E-mail and password; nothing is remembered beyond the session."""

    remember = None

    def validate(self, **options: Any) -> bool:
        """Whether this may come in; the attempt is counted first."""
        account = (self.email.data or "").strip().lower()[:254]
        if refusal := _too_many(accounts.LOGIN, accounts.sign_in_sources(account)):
            self.form_errors.append(refusal)
            return False
        self.password.data = (self.password.data or "")[:READ]  # of an unknown account it is hashed as it came
        if super().validate(**options):
            return True
        logs.log.warning("sign_in_failed")
        _unprocessable()
        return False


class ConfirmForm(VerifyForm):
    """The password once more."""

    def validate(self, **options: Any) -> bool:
        """Whether it is the account's; counted per account, apart from what strangers try."""
        email = str(current_user.email)
        if refusal := _too_many(accounts.CONFIRM, {email: accounts.ATTEMPTS_ALLOWED}):
            self.form_errors.append(refusal)
            return False
        if super().validate(**options):
            with writing() as database:
                throttle.forgive(database, accounts.CONFIRM, email, salt=accounts.salt())
            return True
        _unprocessable()
        return False


class CodeForm(TwoFactorVerifyCodeForm):
    """The code of the app."""

    def validate(self, **options: Any) -> bool:
        """Whether the code fits; counted per account."""
        g.refused_code = self
        if refusal := _too_many(accounts.CODE, {_name_of(self.user): accounts.ATTEMPTS_ALLOWED}):
            self.form_errors.append(refusal)
            return False
        if super().validate(**options):
            del g.refused_code
            return True
        _unprocessable()
        return False


class SetupForm(TwoFactorSetupForm):
    """Turn the second step on or off; the two buttons of the page say which.

    Its own field uses what WTForms 3.3 warns about (choices as tuples), so it is replaced.
    """

    setup = StringField()


class _RescueField(StringField):  # type: ignore[misc]  # WTForms carries no types
    """A field whose choices Flask-Security writes and our page does not show."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.choices: list[tuple[str, str]] = []


class RescueForm(TwoFactorRescueForm):
    """Help by mail is not offered: a recovery code or an administrator helps."""

    help_setup = _RescueField()

    def validate(self, **_options: Any) -> bool:
        """Never."""
        return False


class RecoveryForm(MfRecoveryForm):
    """A recovery code instead of the app."""

    def validate(self, **options: Any) -> bool:
        """Whether the code is one of the account's; counted per account."""
        if refusal := _too_many(accounts.CODE, {_name_of(self.user): accounts.ATTEMPTS_ALLOWED}):
            self.form_errors.append(refusal)
            return False
        if super().validate(**options):
            return True
        _unprocessable()
        return False


class Passwords(PasswordUtil):
    """What a new password must be, and how much is read of any."""

    def normalize(self, password: str) -> str:
        """The password as it is compared and hashed; of a far too long one a piece that cannot be anybody's.

        The library that hashes refuses more than 4,096 bytes with an error.
        """
        return str(super().normalize(password))[:READ]

    def validate(self, password: str, is_register: bool, **known: Any) -> tuple[list[str] | None, str]:
        """The faults in words (None: it will do) and the password as it is hashed."""
        normal = self.normalize(password)
        user = known.get("user")
        faults = passwords.password_faults(
            normal,
            str(getattr(user, "email", "")),
            has_second_factor=bool(getattr(user, "tf_primary_method", None)),
        )
        return [languages.translate(fault) for fault in faults] or None, normal


class SingleUseTotp(Totp):
    """A code of the app opens once: within its half minute it cannot be used again; that of a new key can."""

    def set_last_counter(self, user: Any, tmatch: TotpMatch) -> None:
        """Take the code's turn; the second time there is none left.

        Raises
        ------
        TokenError     the code was used already
        """
        ticket = f"{user.fs_uniquifier}:{tmatch.totp.hex_key}:{tmatch.counter}"
        with writing() as database:
            is_first = tickets.use(database, "totp", ticket, salt=accounts.salt())
        if not is_first:
            raise TokenError("This code was used already.")
