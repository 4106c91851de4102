"""Where returned mail lies: an mbox file, a Maildir, a folder of mails, or a server that speaks IMAP.

Mails come one at a time, each with at most the bytes that are looked at, however large it is. Nothing is ever deleted
or moved. On a server, a mail is marked as seen once what it says is stored, and flagged where it was not understood, so
that somebody looks at it; a reading that dies before that finds it unseen again, and it still counts once.
"""

from __future__ import annotations

import imaplib
import mailbox
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from surveyapp.errors import MailNotRead
from surveyapp.fieldwork.delivery_reports import MOST
from surveyapp.mail_places import MailboxServer

SECONDS = 30.0
"""How long a server may take for each step."""


class Waiting(Protocol):
    """A mail of the mailbox."""

    raw: bytes

    def settle(self, *, is_understood: bool) -> None:
        """What it says is stored."""


@dataclass(slots=True)
class FiledMail:
    """A mail in a file; files stay as they are."""

    raw: bytes

    def settle(self, *, is_understood: bool) -> None:
        """Nothing is marked in a file."""


def filed(path: Path) -> Iterator[FiledMail]:
    """The mails of an mbox file, of a Maildir, or of a folder with a mail in each file.

    Raises
    ------
    MailNotRead     there is no such file or folder, or it cannot be read
    """
    try:
        yield from map(FiledMail, _raw(path))
    except (OSError, mailbox.Error) as error:
        raise MailNotRead("%(path)s cannot be read: %(fault)s.", path=path, fault=type(error).__name__) from None


def _raw(path: Path) -> Iterator[bytes]:
    if path.is_dir():
        is_maildir = all((path / name).is_dir() for name in ("cur", "new"))
        for folder in (path / "cur", path / "new") if is_maildir else (path,):
            for file in sorted(folder.iterdir()):
                if file.is_file() and not file.name.startswith("."):
                    with file.open("rb") as opened:
                        yield opened.read(MOST)
        return
    with path.open("rb"):  # a file that is not there is no empty mailbox
        box = mailbox.mbox(path, create=False)
    try:
        for key in box.iterkeys():
            with box.get_file(key) as opened:
                yield opened.read(MOST)
    finally:
        box.close()


@dataclass(slots=True)
class ServedMail:
    """A mail on a server."""

    raw: bytes
    _uid: str
    _server: Any = field(repr=False)

    def settle(self, *, is_understood: bool) -> None:
        """Mark it as seen, and flag it where nobody understood it."""
        with _in_our_words():
            _done(
                self._server.uid(
                    "STORE", self._uid, "+FLAGS.SILENT", "(\\Seen)" if is_understood else "(\\Seen \\Flagged)"
                )
            )


def served(server: MailboxServer) -> Iterator[ServedMail]:
    """The mails on a server that nobody has seen yet.

    Raises
    ------
    MailNotRead     it is away, refuses to sign in, or there is no such folder; what it says is not repeated
    """
    with _connected(server) as connection:
        with _in_our_words():
            found = _done(connection.uid("SEARCH", "UNSEEN"))
        uids = b" ".join(part for part in found if isinstance(part, bytes)).decode("ascii", "replace").split()
        for uid in uids:
            with _in_our_words():
                answered = _done(connection.uid("FETCH", uid, f"(BODY.PEEK[]<0.{MOST}>)"))
            raw = next((part[1] for part in answered if isinstance(part, tuple)), None)
            if raw is not None:  # taken away meanwhile by somebody else
                yield ServedMail(raw, uid, connection)


@contextmanager
def _connected(server: MailboxServer) -> Iterator[imaplib.IMAP4]:
    with _in_our_words():
        context = ssl.create_default_context()
        connection: imaplib.IMAP4
        if server.is_tls:
            connection = imaplib.IMAP4_SSL(server.host, server.port, ssl_context=context, timeout=SECONDS)
        else:
            connection = imaplib.IMAP4(server.host, server.port, timeout=SECONDS)
    try:
        with _in_our_words():
            if server.starts_tls:
                connection.starttls(ssl_context=ssl.create_default_context())
            _sign_in(connection, server)
            _done(connection.select(_quoted(server.folder)))
        yield connection
    finally:
        with suppress(imaplib.IMAP4.error, OSError):
            connection.logout()
        with suppress(OSError):  # also where it broke off, and a goodbye says no more
            connection.shutdown()


def _sign_in(connection: imaplib.IMAP4, server: MailboxServer) -> None:
    if server.token_file is None:
        connection.login(server.user, server.password.get_secret_value())
        return
    token = server.token_file.read_text(encoding="utf-8").strip()  # anew each time: whoever renews it writes it here
    # After a refusal the server asks once more, and gets an empty line (Google, "XOAUTH2 Mechanism").
    answers = iter([f"user={server.user}\x01auth=Bearer {token}\x01\x01".encode()])
    connection.authenticate("XOAUTH2", lambda _said: next(answers, b""))


def _quoted(folder: str) -> str:
    return '"' + folder.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _done(answer: tuple[str, list[Any]]) -> list[Any]:
    status, data = answer
    if status != "OK":
        raise imaplib.IMAP4.error(status)
    return data


@contextmanager
def _in_our_words() -> Iterator[None]:
    try:
        yield
    except (imaplib.IMAP4.error, OSError, UnicodeError) as error:
        raise MailNotRead(
            "The mailbox for returned mail cannot be read: %(fault)s.", fault=type(error).__name__
        ) from None
