"""What is kept of a password takes as long to guess at as OWASP asks, however quick tests/conftest.py makes it here."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from surveyapp.web import account_settings, passwords


def test_a_password_is_kept_as_argon2_with_no_less_than_owasp_asks() -> None:
    spec = importlib.util.spec_from_file_location("as_it_is_shipped", Path(passwords.__file__))
    assert spec is not None
    assert spec.loader is not None
    shipped = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(shipped)
    assert shipped.password_hash("vijf gewone woorden achter elkaar").startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_a_password_set_in_the_web_is_kept_as_one_set_by_a_command() -> None:
    settings = account_settings.configuration("geheim")
    assert settings["SECURITY_PASSWORD_HASH"] == "argon2"
    assert settings["SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS"] == {
        f"argon2__{name}": value for name, value in passwords.ARGON2.items()
    }
