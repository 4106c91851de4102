"""How a mail leaves: over SMTP, or as a file in a folder.

Nothing a mail server says is passed on: it often repeats the address. What is kept of a refusal is its code.
"""

from __future__ import annotations

import os
import secrets
import smtplib
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Protocol

from surveyapp import clock
from surveyapp.errors import MailNotSent
from surveyapp.mail_places import MailServer

Send = Callable[[EmailMessage], None]
"""Hands one mail over.

Raises
------
MailNotSent     it was not taken
"""


class Transport(Protocol):
    """A way out."""

    def connection(self, seconds: float, patience: float = 0.0) -> AbstractContextManager[Send]:
        """Connect, and hand over one mail after another; each step, connecting included, takes at most ``seconds``.

        Parameters
        ----------
        patience : seconds more for the word on a mail the other side has the whole of

        Raises
        ------
        MailNotSent     nobody is there, or the door stays shut
        """


FILES_KEPT = timedelta(days=7)
"""How long mails stay as files: they bear addresses, and links that open questionnaires."""
_STAMP = "%Y%m%dT%H%M%S"


class Folder:
    """Mails as ``.eml`` files, which any mail program opens: where no mail server is set."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextmanager
    def connection(self, seconds: float, patience: float = 0.0) -> Iterator[Send]:
        """As `Transport.connection`."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        yield self._write

    def forget_old(self) -> None:
        """Delete what has stood here for as long as it may; its name says since when."""
        ends = f"{clock.now() - FILES_KEPT:{_STAMP}}"
        for path in self._folder.iterdir() if self._folder.is_dir() else ():
            if path.suffix in (".eml", ".half") and path.name < ends:
                path.unlink(missing_ok=True)  # another worker may have been here

    def _write(self, message: EmailMessage) -> None:
        # The name says when and nothing of whom; it appears when the file is whole.
        path = self._folder / f"{clock.now():{_STAMP}}-{secrets.token_hex(3)}.eml"
        half = path.with_suffix(".half")
        handle = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(message.as_bytes())
        half.rename(path)


GO_AHEAD = 354
"""What a server says when it wants the mail itself; its next reply is its word on the whole (RFC 5321, 4.5.3.2.6)."""


class _Punctual(smtplib.SMTP):
    """Waits for each reply no longer than what is left of the time given."""

    def __init__(self, ends: float, host: str, port: int, greeting: str, **options: Any) -> None:
        self.ends = ends  # by time.monotonic
        self.patience = 0.0  # seconds more for the last word on a mail
        self.has_whole = False  # the server has the whole of a mail and has not said a word on it yet
        self._gave_way = False
        super().__init__(host, port, greeting, timeout=self.left(), **options)

    def left(self) -> float:
        """Seconds left; never none at all, which would mean to wait for ever."""
        return max(0.05, self.ends - time.monotonic())

    def getreply(self) -> tuple[int, bytes]:
        """The server's reply."""
        if self.sock is not None:
            self.sock.settimeout(self.left())
        self.has_whole = self._gave_way
        code, said = super().getreply()
        self._gave_way, self.has_whole = code == GO_AHEAD, False
        if code == GO_AHEAD:
            self.ends += self.patience
        return code, said


class _PunctualTls(_Punctual, smtplib.SMTP_SSL):
    """The same over a connection that is encrypted from the first byte."""


class Smtp:
    """A mail server."""

    def __init__(self, server: MailServer, greeting: str) -> None:
        self._server, self._greeting = server, greeting

    @contextmanager
    def connection(self, seconds: float, patience: float = 0.0) -> Iterator[Send]:
        """As `Transport.connection`."""
        smtp = self._connected(seconds)

        def send(message: EmailMessage) -> None:
            smtp.ends, smtp.patience, smtp.has_whole = time.monotonic() + seconds, patience, False
            _hand_over(smtp, message)

        try:
            yield send
        finally:
            with suppress(smtplib.SMTPException, OSError):
                smtp.ends = time.monotonic() + 1  # a goodbye is not worth waiting for
                smtp.quit()
            smtp.close()

    def _connected(self, seconds: float) -> _Punctual:
        server, ends = self._server, time.monotonic() + seconds
        smtp: _Punctual | None = None
        try:
            if server.is_tls:
                context = ssl.create_default_context()
                smtp = _PunctualTls(ends, server.host, server.port, self._greeting, context=context)
            else:
                smtp = _Punctual(ends, server.host, server.port, self._greeting)
                if server.starts_tls:
                    smtp.starttls(context=ssl.create_default_context())
            if server.user:
                smtp.login(server.user, server.password.get_secret_value())
        except (smtplib.SMTPException, OSError, UnicodeError) as error:
            if smtp is not None:
                smtp.close()
            raise MailNotSent(_told(error), is_server=True) from None
        return smtp


def _hand_over(smtp: _Punctual, message: EmailMessage) -> None:
    try:
        smtp.send_message(message)
    except smtplib.SMTPRecipientsRefused as error:
        ((code, _said),) = error.recipients.values()
        raise MailNotSent(f"{type(error).__name__} {code}", is_final=code >= 500) from None
    except smtplib.SMTPDataError as error:
        raise MailNotSent(_told(error), is_final=error.smtp_code >= 500) from None
    except smtplib.SMTPNotSupportedError as error:  # an address only a server with SMTPUTF8 can reach
        raise MailNotSent(_told(error), is_final=True) from None
    except (smtplib.SMTPException, OSError) as error:  # gone half-way, or it does not take mail from us
        raise MailNotSent(_told(error), is_server=True, is_unsure=smtp.has_whole) from None


def _told(error: Exception) -> str:
    """What the log may know of a fault: its kind and code, never its text."""
    code = getattr(error, "smtp_code", None)
    return type(error).__name__ if code is None else f"{type(error).__name__} {code}"
