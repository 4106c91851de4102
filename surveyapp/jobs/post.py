"""The product's post office: what the settings make of it, and mail that goes at once.

A mail goes at once, inside the request, where it may not be stored first: the resume code of an anonymous wave beside
an address would tie the two. Everything else goes by the outbox (`jobs.mail_queue`).
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from email.message import EmailMessage
from urllib.parse import urlsplit

from surveyapp.config import Settings
from surveyapp.errors import MailNotSent
from surveyapp.jobs.mail import Letter, Sender, message
from surveyapp.jobs.mail_transport import Folder, Smtp, Transport

SECONDS = 4.0
"""How long connecting, and then handing over, may each take while somebody waits for a page."""
AT_ONCE = 2
"""Mails that go at once, per process: a mail server that hangs must not hold up those who answer."""


@dataclass(frozen=True, slots=True)
class Post:
    """A way out, who we write as, and where the site is."""

    transport: Transport
    sender: Sender
    base_url: str
    _places: threading.BoundedSemaphore = field(default_factory=lambda: threading.BoundedSemaphore(AT_ONCE))

    def send_now(self, letter: Letter) -> None:
        """Send while the caller waits, some eight seconds at most; nothing of it is stored.

        Raises
        ------
        MailNotSent     it did not go
        """
        self.send_made_now(message(letter, self.sender))

    def send_made_now(self, made: EmailMessage) -> None:
        """The same with a mail that is written already.

        Raises
        ------
        MailNotSent     it did not go
        """
        if not self._places.acquire(blocking=False):
            raise MailNotSent("Too many mails at once.", is_server=True)
        try:
            with self.transport.connection(SECONDS) as send:
                send(made)
        finally:
            self._places.release()


def sender_of(settings: Settings) -> Sender:
    """Who the product writes as under these settings."""
    host = urlsplit(settings.base_url).hostname or "localhost"
    return Sender(settings.mail_from or "survey@example.org", host)


def post_office(settings: Settings) -> Post | None:
    """The post office of these settings; None where no mail can be sent, and none may be offered."""
    base_url = settings.base_url.rstrip("/")
    server, folder, sender = settings.mail_server, settings.mail_folder, sender_of(settings)
    if server is not None and settings.mail_from is not None:
        return Post(Smtp(server, sender.greeting), sender, base_url)
    if folder is not None:
        return Post(Folder(folder), sender, base_url)
    return None


def files_office(settings: Settings) -> Post | None:
    """The post office whose mailings become files, for the team to look at; None where a mail server is set.

    Nobody who answers is offered a mail that would become a file: outside development this is for mailings alone.
    """
    folder = settings.mailing_folder
    return None if folder is None else Post(Folder(folder), sender_of(settings), settings.base_url.rstrip("/"))
