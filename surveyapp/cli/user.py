"""``surveyapp user``: accounts of the team."""

from __future__ import annotations

import json
import secrets
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict

import click
from email_validator import EmailNotValidError, validate_email

from surveyapp.cli.preflight import opened
from surveyapp.config import Settings
from surveyapp.errors import ConfigurationError
from surveyapp.storage import audit, team
from surveyapp.storage.accounts import ROLES, add_user
from surveyapp.storage.database import Session
from surveyapp.storage.readiness import require_key

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
    from surveyapp.web.passwords import password_faults, password_hash

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
    with _session() as session:
        add_user(session, address, password_hash(password), role, language)
        _noted(session, "user.add", address, role=role)
    click.echo(f"Account made: {address} ({role}). Sign in at /login.")
    if is_made:
        click.echo(f"Password, shown this once: {password}")


@user.command("list")
@click.option("--json", "as_json", is_flag=True, help="As data.")
def list_(as_json: bool) -> None:
    """Every account: role, state, second step, last sign-in."""
    with _session(writes=False) as session:
        found = team.account_list(session)
    if as_json:
        click.echo(json.dumps([asdict(one) for one in found], default=str, indent=1))
        return
    for one in found:
        state = "blocked" if not one.is_active else "active" if one.has_password else "invited"
        step = "with second step" if one.has_second_step else "without second step"
        seen = f"last signed in {one.signed_in_at:%Y-%m-%d %H:%M} UTC" if one.signed_in_at else "never signed in"
        click.echo(f"{one.email}: {one.role or 'no role'}, {state}, {step}, {seen}")


@user.command("invite")
@click.argument("email")
@click.option("--role", type=click.Choice(tuple(ROLES)), required=True, help="What the account may do.")
@click.option("--lang", "language", type=click.Choice(("nl", "en")), default="nl", show_default=True)
def invite(email: str, role: str, language: str) -> None:
    """Make an account and print the link with which its owner chooses a password."""
    address = _address(email)
    with _session() as session:
        add_user(session, address, None, role, language)
        _noted(session, "user.add", address, role=role)
        link = _link(session, address)
    click.echo(f"Account made: {address} ({role}). Hand over this link; it works once, for a week:\n{link}")


@user.command("password-link")
@click.argument("email")
def password_link_(email: str) -> None:
    """Print a link with which the owner of an account chooses a new password."""
    with _session() as session:
        link = _link(session, email)
        _noted(session, "user.password-link", email)
    click.echo(f"Hand over this link; it works once, for a week:\n{link}")


@user.command("role")
@click.argument("email")
@click.argument("role", type=click.Choice(tuple(ROLES)))
def role_(email: str, role: str) -> None:
    """Give an account another role."""
    with _session() as session:
        before = team.account_of(session, email).role
        team.set_role(session, email, role)
        _noted(session, "user.role", email, role=role, before=before)
    click.echo(f"{email} is {role} now.")


def _deed(name: str, action: str, doc: str, said: str, do: Callable[[Session, str], None]) -> None:
    @user.command(name, help=doc)
    @click.argument("email")
    def command(email: str) -> None:
        with _session() as session:
            do(session, email)
            _noted(session, action, email)
        click.echo(f"{email}: {said}")


_deed("block", "user.block", "Let an account sign in no more; its sessions end.", "blocked.", team.block)
_deed("unblock", "user.unblock", "Let an account sign in again.", "can sign in again.", team.unblock)
_deed("sign-out", "user.sign-out", "End every session of an account.", "every session has ended.", team.end_sessions)
_deed(
    "second-step-off",
    "user.second-step",
    "Let an account sign in without a code, for who lost the telephone.",
    "the second step is off; sessions have ended.",
    team.forget_second_step,
)


@contextmanager
def _session(*, writes: bool = True) -> Iterator[Session]:
    with opened(Settings()) as database, database.write() if writes else database.read() as session:
        yield session


def _noted(session: Session, action: str, email: str, **details: object) -> None:
    audit.add(session, "system", action, email.strip().lower(), details)


def _link(session: Session, email: str) -> str:
    from surveyapp.web.password_links import password_link
    from surveyapp.web.security import secret_key

    settings = Settings()
    key = secret_key(settings)
    require_key(session, key)
    return password_link(session, key, settings.base_url, email)


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
