"""Settings, read once from the environment (``SURVEYAPP_*``).

Unset, they give a working, safe, single-machine system on SQLite in ``instance/``. Each field's description is the
row of the settings table in ``docs/operations.md``; a test holds the two equal.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal, Self
from urllib.parse import urlsplit

from email_validator import EmailNotValidError, validate_email
from pydantic import Field, ModelWrapValidatorHandler, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from surveyapp.errors import ConfigurationError
from surveyapp.mail_places import MailboxServer, MailServer, mail_server, mailbox_place

PREFIX = "SURVEYAPP_"
KEY_BYTES = 32
STAFF_ROLES = ("viewer", "editor", "researcher", "admin")
"""The team's roles, from least to most; what each may do stands in `surveyapp.storage.accounts`."""
_HOST_NAME = re.compile(r"\.?[A-Za-z0-9_]([A-Za-z0-9._-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:]+\]")
_MAY_BE_EMPTY = frozenset({"TRUSTED_HOSTS"})
_OWN_WORDS = {
    "int_parsing": "write a whole number in digits",
    "int_from_float": "write a whole number in digits",
    "literal_error": "{msg}",
    "greater_than_equal": "{msg}",
    "less_than_equal": "{msg}",
}


def _in_words(fault: Mapping[str, Any]) -> str:
    said = str(fault["msg"]).removeprefix("Value error, ").replace("Input should be", "it must be")
    return _OWN_WORDS.get(str(fault["type"]), "{msg}").format(msg=said)


def require_known_names(environment: Mapping[str, str]) -> None:
    """Refuse a name that begins as ours do and is none, and one without a value: neither would be noticed later.

    Raises
    ------
    ConfigurationError     names it, and the nearest that exists
    """
    known = [name.upper() for name in Settings.model_fields]
    for given in sorted(environment):
        if not given.upper().startswith(PREFIX):
            continue
        name = given.upper().removeprefix(PREFIX)
        if name not in known:
            nearest = get_close_matches(name, known, n=1)
            hint = f"did you mean {PREFIX}{nearest[0]}?" if nearest else "take it away."
            raise ConfigurationError(f"There is no setting {given}; {hint} See docs/operations.md, 'Settings'.")
        if not environment[given].strip() and name not in _MAY_BE_EMPTY:
            raise ConfigurationError(f"{given} is set to nothing; give it a value, or take it out of the environment.")


class Settings(BaseSettings):
    """Every setting of the product."""

    model_config = SettingsConfigDict(env_prefix="SURVEYAPP_", extra="ignore", frozen=True)

    environment: Literal["production", "development"] = Field(
        "production", description="`development` allows plain http and shows the demonstration accounts."
    )
    instance: Path = Field(
        Path("instance"),
        description="Folder of this machine, for the SQLite file and the secret key.",
    )
    instruments: Path = Field(Path("instruments"), description="Folder with one folder per study.")
    columns: Path | None = Field(
        None,
        description="Folder for large waves as columns, shared by all servers; unset: in the instance folder on "
        "SQLite, none on PostgreSQL.",
    )
    database_url: str | None = Field(
        None, description="`sqlite:///…` or `postgresql+psycopg://…`; unset: SQLite in the instance folder."
    )
    database_read_url: str | None = Field(
        None, description="A replica for figures and exports; unset: the same database."
    )
    secret_key: SecretStr | None = Field(
        None,
        description="At least 32 bytes; unset: made once and kept in the instance folder; must be set on PostgreSQL.",
    )
    base_url: str = Field("http://127.0.0.1:8000", description="Address under which people reach the site.")
    trusted_hosts: str = Field(
        "", description="Host names answered to, with commas; unset: the base URL's and loopback."
    )
    proxy_hops: int = Field(0, ge=0, le=5, description="Number of reverse proxies whose forwarded headers are trusted.")
    smtp_url: SecretStr | None = Field(
        None,
        description="`smtp://user:password@host:587` (STARTTLS) or `smtps://…`; unset: no mail, and mailings become "
        "files; in development all mail does.",
    )
    mail_from: str | None = Field(
        None, description="Address mails come from; needed with a mail server. The name is the study's organisation."
    )
    bounces: SecretStr | None = Field(
        None,
        description="Mailbox for returned mail: `imaps://user:password@host/INBOX`, or a path; unset: none is read.",
    )
    bounces_token: Path | None = Field(
        None, description="File with an access token, to sign in there by XOAUTH2 instead of a password."
    )
    mails_a_minute: int = Field(
        300,
        ge=0,
        description="Most invitations and reminders a minute, of all workers together; 0: as many as the mail server "
        "takes.",
    )
    second_step_roles: str = Field(
        "admin", description="Roles of the team that must sign in with a second step, with commas; `none`: no role."
    )
    flood_limit: int = Field(
        6000,
        ge=0,
        description="Requests a minute that respondents of one network may make of one server process; 0: no limit.",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="Least level that is logged.")

    @model_validator(mode="wrap")
    @classmethod
    def _in_own_words(cls, values: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        """Name the setting and what it takes, never what it holds: that may be a key or a password."""
        require_known_names(os.environ)
        try:
            return handler(values)
        except ValidationError as error:
            faults = error.errors(include_url=False, include_context=False, include_input=False)
            said = (f"{PREFIX}{'_'.join(map(str, one['loc'])).upper()}: {_in_words(one)}" for one in faults)
            raise ConfigurationError(f"{'; '.join(said)}. See docs/operations.md, 'Settings'.") from None

    @field_validator("base_url")
    @classmethod
    def _whole_address(cls, value: str) -> str:
        parts = urlsplit(value)
        try:
            is_right = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        except ValueError:
            is_right = False
        if not is_right or parts.username or any(character.isspace() for character in value):
            raise ValueError("write scheme and host name, such as https://survey.example.org")
        if parts.path not in ("", "/") or parts.query or parts.fragment:
            raise ValueError("write it without a path, question mark or #: the site stands at the root of its host")
        return value.rstrip("/")

    @field_validator("trusted_hosts")
    @classmethod
    def _only_names(cls, value: str) -> str:
        for name in filter(None, (each.strip() for each in value.split(","))):
            if not _HOST_NAME.fullmatch(name):
                raise ValueError(
                    "write host names with commas between them, without scheme, port or path: "
                    "survey.example.org,www.example.org"
                )
        return value

    @field_validator("second_step_roles")
    @classmethod
    def _known_roles(cls, value: str) -> str:
        named = [name.strip() for name in value.split(",")]
        if named != ["none"] and not set(named) <= set(STAFF_ROLES):
            raise ValueError(f"write roles with commas between them ({', '.join(STAFF_ROLES)}), or none")
        return value

    @property
    def second_step_for(self) -> frozenset[str]:
        """The roles that must sign in with a second step."""
        return frozenset(name.strip() for name in self.second_step_roles.split(",")) - {"none"}

    @field_validator("secret_key")
    @classmethod
    def _long_enough(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and len(value.get_secret_value().encode()) < KEY_BYTES:
            raise ValueError(
                f"the secret key has fewer than {KEY_BYTES} bytes; make one with: "
                "python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
            )
        return value

    @field_validator("smtp_url")
    @classmethod
    def _known_mail_server(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            mail_server(value.get_secret_value())
        return value

    @field_validator("mail_from")
    @classmethod
    def _known_sender(cls, value: str | None) -> str | None:
        if value is None:
            return None
        try:
            found = validate_email(value, check_deliverability=False, allow_smtputf8=False)
        except EmailNotValidError:
            raise ValueError("write one address without a name, such as survey@example.org") from None
        return found.ascii_email

    @model_validator(mode="after")
    def _mail_has_a_sender(self) -> Self:
        if self.smtp_url is not None and self.mail_from is None:
            raise ConfigurationError(
                "SURVEYAPP_SMTP_URL is set and SURVEYAPP_MAIL_FROM is not; give the address mails come from. "
                "See docs/operations.md, 'Mail'."
            )
        return self

    @property
    def mail_server(self) -> MailServer | None:
        """Where mails are handed over; None: no mail server is set."""
        return mail_server(self.smtp_url.get_secret_value()) if self.smtp_url is not None else None

    @model_validator(mode="after")
    def _mailbox_is_one(self) -> Self:
        try:
            _ = self.mailbox
        except ValueError as error:
            raise ConfigurationError(f"SURVEYAPP_BOUNCES: {error}. See docs/operations.md, 'Settings'.") from None
        return self

    @property
    def mailbox(self) -> MailboxServer | Path | None:
        """Where returned mail is read; None: nowhere."""
        return mailbox_place(self.bounces.get_secret_value(), self.bounces_token) if self.bounces is not None else None

    @property
    def mail_folder(self) -> Path | None:
        """Where mails are written as files instead of being sent: in development without a mail server."""
        return self.mailing_folder if self.is_development else None

    @property
    def mailing_folder(self) -> Path | None:
        """Where messages of mailings are written as files: wherever no mail server is set."""
        return self.instance / "mail" if self.smtp_url is None else None

    @property
    def url(self) -> str:
        """The primary database's URL."""
        return self.database_url or f"sqlite:///{(self.instance / 'surveyapp.sqlite3').resolve()}"

    @property
    def read_url(self) -> str:
        """The URL figures are read from."""
        return self.database_read_url or self.url

    @property
    def columns_folder(self) -> Path | None:
        """Where waves stand as columns; None: nowhere. Every server must reach it, or erased answers would stay."""
        if self.columns is None and self.url.startswith("sqlite"):
            return self.instance / "columns"
        return self.columns

    @property
    def is_development(self) -> bool:
        """Whether plain http and the demonstration accounts are allowed."""
        return self.environment == "development"
