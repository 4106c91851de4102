"""How Flask-Security is set: what it does, what it says, and in whose words."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import timedelta

from surveyapp import clock
from surveyapp.web import accounts, languages, passwords


class InterfaceTexts:
    """Flask-Security's texts through our own catalogue, in the shape of its translation domain."""

    @staticmethod
    def gettext(string: str, **values: object) -> str:
        """One of its sentences in the language of the request."""
        return languages.translate(string, **values)

    @staticmethod
    def ngettext(singular: str, plural: str, num: int, **values: object) -> str:
        """The form that fits a number."""
        return languages.translate_plural(singular, plural, num, **values)

    @staticmethod
    def format_list(items: list[str], **_options: object) -> str:
        """Names with commas."""
        return ", ".join(items)


def configuration(secret: str) -> dict[str, object]:
    """Flask-Security's settings; keys of their own are derived from the application's."""

    def derived(purpose: str) -> bytes:
        return hmac.new(secret.encode(), f"surveyapp:{purpose}".encode(), hashlib.sha256).digest()

    return {
        "SECURITY_PASSWORD_HASH": "argon2",
        "SECURITY_PASSWORD_SCHEMES": ["argon2"],
        "SECURITY_DEPRECATED_PASSWORD_SCHEMES": [],
        "SECURITY_PASSWORD_SINGLE_HASH": ["argon2"],  # a new secret key must not lock everybody out
        "SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS": {
            f"argon2__{name}": value for name, value in passwords.ARGON2.items()
        },
        "SECURITY_PASSWORD_LENGTH_MIN": passwords.SHORTEST_WITH_CODE,
        "SECURITY_RETURN_GENERIC_RESPONSES": True,
        "SECURITY_CHANGEABLE": True,
        "SECURITY_SEND_PASSWORD_CHANGE_EMAIL": False,
        "SECURITY_TWO_FACTOR": True,
        "SECURITY_TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
        "SECURITY_TWO_FACTOR_AUTHENTICATOR_VALIDITY": 30,
        "SECURITY_TWO_FACTOR_ALWAYS_VALIDATE": True,
        "SECURITY_TWO_FACTOR_RESCUE_EMAIL": False,
        "SECURITY_TWO_FACTOR_POST_SETUP_VIEW": "console.account",
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES": True,
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_N": 10,
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_KEYS": [base64.urlsafe_b64encode(derived("recovery codes"))],
        "SECURITY_TOTP_SECRETS": {1: derived("totp").hex()},
        "SECURITY_TOTP_ISSUER": "surveyapp",
        "SECURITY_FRESHNESS": accounts.FRESH,
        "SECURITY_FRESHNESS_GRACE_PERIOD": timedelta(0),
        "SECURITY_POST_LOGIN_VIEW": "console.studies",
        "SECURITY_POST_LOGOUT_VIEW": "security.login",
        "SECURITY_POST_CHANGE_VIEW": "console.account",
        "SECURITY_EMAIL_VALIDATOR_ARGS": {"check_deliverability": False, "test_environment": True},
        "SECURITY_DATETIME_FACTORY": clock.now,
        "SECURITY_API_ENABLED_METHODS": ["session"],
        "SECURITY_MSG_GENERIC_AUTHN_FAILED": (
            "The e-mail address or password is not right. Check both and try again.",
            "error",
        ),
        "SECURITY_MSG_UNAUTHENTICATED": ("Sign in to see this page.", "info"),
        "SECURITY_MSG_REAUTHENTICATION_REQUIRED": ("Confirm with your password that it is you.", "info"),
        "SECURITY_MSG_REAUTHENTICATION_SUCCESSFUL": ("Thank you. You can go on.", "success"),
        "SECURITY_MSG_PASSWORD_CHANGE": ("Your password has been changed.", "success"),
        "SECURITY_MSG_PASSWORD_IS_THE_SAME": ("Choose another password than the present one.", "error"),
        "SECURITY_MSG_RETYPE_PASSWORD_MISMATCH": ("The two new passwords are not the same.", "error"),
        "SECURITY_MSG_INVALID_PASSWORD": ("This is not your password.", "error"),
        "SECURITY_MSG_PASSWORD_NOT_PROVIDED": ("Type your password.", "error"),
        "SECURITY_MSG_TWO_FACTOR_INVALID_TOKEN": ("This code is not right or was used already.", "error"),
        "SECURITY_MSG_TWO_FACTOR_LOGIN_SUCCESSFUL": ("Your code is right.", "success"),
        "SECURITY_MSG_TWO_FACTOR_CHANGE_METHOD_SUCCESSFUL": (
            "From now on signing in asks for a code from your app. Make recovery codes too.",
            "success",
        ),
        "SECURITY_MSG_TWO_FACTOR_DISABLED": ("Signing in no longer asks for a code.", "success"),
        "SECURITY_MSG_TWO_FACTOR_PERMISSION_DENIED": ("Sign in first.", "error"),
        "SECURITY_MSG_INVALID_RECOVERY_CODE": ("This recovery code is not right or was used already.", "error"),
        "SECURITY_MSG_NO_RECOVERY_CODES_SETUP": ("There are no recovery codes yet.", "info"),
        "SECURITY_MSG_INVALID_REDIRECT": ("The address to go on to was not of this site.", "error"),
    }
