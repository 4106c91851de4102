"""Where mails are handed over and fetched, as the settings name it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from pydantic import SecretStr

LOOPBACK = ("127.0.0.1", "localhost", "::1")
_PORTS = {"smtp": 587, "smtps": 465}


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mails are handed over."""

    host: str
    port: int
    user: str
    password: SecretStr
    is_tls: bool  # from the first byte
    starts_tls: bool  # after the greeting; a server that does not offer it is not used


def mail_server(url: str) -> MailServer:
    """The mail server a URL names: ``smtp://user:password@host:587``, ``smtps://…``, ``smtp://…?starttls=no``.

    Raises
    ------
    ValueError     it names none, or a password would travel in the clear; never repeats what it was given
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ValueError("the port is no number; write smtp://user:password@host:587") from None
    query = parse_qs(parts.query, keep_blank_values=True)
    if parts.scheme not in _PORTS or not parts.hostname or parts.path not in ("", "/") or parts.fragment:
        raise ValueError("write smtp://user:password@host:587 or smtps://user:password@host:465")
    if set(query) - {"starttls"} or query.get("starttls", ["no"]) != ["no"]:
        raise ValueError("after the question mark only starttls=no is known")
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if any(not character.isprintable() for character in user + password):
        raise ValueError("the user name or password holds a control character")
    is_tls = parts.scheme == "smtps"
    starts_tls = not is_tls and "starttls" not in query
    if password and not is_tls and not starts_tls and parts.hostname not in LOOPBACK:
        raise ValueError("with starttls=no the password would travel in the clear; use STARTTLS or smtps://")
    return MailServer(parts.hostname, port or _PORTS[parts.scheme], user, SecretStr(password), is_tls, starts_tls)


@dataclass(frozen=True, slots=True)
class MailboxServer:
    """Where returned mail is fetched, over IMAP."""

    host: str
    port: int
    user: str
    password: SecretStr
    folder: str
    is_tls: bool  # from the first byte
    starts_tls: bool
    token_file: Path | None = None  # signs in by the access token in this file (XOAUTH2) instead of a password


_MAILBOX_PORTS = {"imap": 143, "imaps": 993}
_MAILBOX_FORM = "write a path, or imaps://user:password@host/INBOX"


def mailbox_place(text: str, token_file: Path | None = None) -> MailboxServer | Path:
    """The mailbox that is named: a path, or ``imaps://user:password@host:993/INBOX``, ``imap://…`` with STARTTLS.

    Raises
    ------
    ValueError     it names none, or a password would travel in the clear; never repeats what it was given
    """
    if "://" not in text:
        return Path(text)
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise ValueError(f"the port is no number; {_MAILBOX_FORM}") from None
    query = parse_qs(parts.query, keep_blank_values=True)
    if parts.scheme not in _MAILBOX_PORTS or not parts.hostname or not parts.username or parts.fragment:
        raise ValueError(_MAILBOX_FORM)
    if set(query) - {"starttls"} or query.get("starttls", ["no"]) != ["no"]:
        raise ValueError("after the question mark only starttls=no is known")
    user, password = unquote(parts.username), unquote(parts.password or "")
    folder = unquote(parts.path.lstrip("/")) or "INBOX"
    if any(not character.isprintable() for character in user + password + folder):
        raise ValueError("the user name, password or folder holds a control character")
    if bool(password) is (token_file is not None):
        raise ValueError("give either a password in the address or a file with a token, SURVEYAPP_BOUNCES_TOKEN")
    is_tls = parts.scheme == "imaps"
    starts_tls = not is_tls and "starttls" not in query
    if not is_tls and not starts_tls and parts.hostname not in LOOPBACK:
        raise ValueError("with starttls=no the password would travel in the clear; use STARTTLS or imaps://")
    return MailboxServer(
        parts.hostname,
        port or _MAILBOX_PORTS[parts.scheme],
        user,
        SecretStr(password),
        folder,
        is_tls,
        starts_tls,
        token_file,
    )
