"""``surveyapp user``: accounts of the team."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Callable

import click
from email_validator import EmailNotValidError, validate_email

from surveyapp.config import Settings
from surveyapp.errors import ConfigurationError
from surveyapp.storage import audit
from surveyapp.storage.accounts import ROLES, add_user
from surveyapp.storage.database import Database

WORDS = 5
_SYLLABLES = ("ba", "de", "fi", "go", "hu", "ka", "le", "mi", "no", "pu", "ra", "se", "ti", "vo", "wu", "ze")


@click.group("user")
def user() -> None:
    """Accounts of the team."""


@user.command("add")
@click.argument("email")
@click.option("--role", type=click.Choice(tuple(ROLES)), required=True, help="What the account may do.")
@click.option("--lang", "language", type=click.Choice(("nl", "en")), default="nl", show_default=True)
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def add(email: str, role: str, language: str, password_stdin: bool) -> None:
    """Make an account; without a terminal to ask on, a password is made and printed once."""
    from surveyapp.web.accounts import password_faults, password_hash

    address = _address(email)
    is_made = False
    if password_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    elif sys.stdin.isatty():
        password = click.prompt("Password (empty: one is made)", hide_input=True, default="", show_default=False)
        if password:
            click.prompt("Again", hide_input=True, value_proc=_same_as(password))
    else:
        password = ""
    if not password:
        password, is_made = made_password(), True
    faults = password_faults(password, address, has_second_factor=False)
    if faults:
        raise ConfigurationError(faults[0])
    database = Database(Settings().url)
    database.upgrade()
    with database.write() as session:
        add_user(session, address, password_hash(password), role, language)
        audit.add(session, "system", "user.add", address, {"role": role})
    database.close()
    click.echo(f"Account made: {address} ({role}). Sign in at /login.")
    if is_made:
        click.echo(f"Password, shown this once: {password}")


def made_password() -> str:
    """Five made-up words of six letters: 60 random bits, easy to type over."""
    words = ("".join(secrets.choice(_SYLLABLES) for _ in range(3)) for _ in range(WORDS))
    return "-".join(words)


def _address(email: str) -> str:
    try:
        return validate_email(email, check_deliverability=False, test_environment=True).normalized.lower()
    except EmailNotValidError as error:
        raise ConfigurationError(f"{email} is not an e-mail address: {error}") from error


def _same_as(password: str) -> Callable[[str], str]:
    def check(value: str) -> str:
        if value != password:
            raise click.BadParameter("the two passwords are not the same")
        return value

    return check


commands = (user,)
