"""A real mail server on loopback (aiosmtpd), which can also refuse, hang and die half-way."""

from __future__ import annotations

import asyncio
import datetime
import ipaddress
import itertools
import os
import socket
import ssl
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

USER, PASSWORD = "survey", "p@ss/word"


@dataclass
class MailBox:
    """What the server took in, and how it behaves."""

    mails: list[EmailMessage] = field(default_factory=list)
    envelopes: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    greeted_as: list[str] = field(default_factory=list)
    on_recipient: str = "250 OK"
    on_data: str = "250 OK"
    hangs: bool = False
    dies: bool = False
    looks: float = 0.0  # seconds it looks into a mail it has the whole of
    port: int = 0

    @property
    def url(self) -> str:
        """As `SURVEYAPP_SMTP_URL` takes it."""
        return f"smtp://127.0.0.1:{self.port}?starttls=no"

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.greeted_as.append(hostname)
        return responses

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.hangs:
            await asyncio.sleep(60)
        if self.on_recipient.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.on_recipient

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.dies:
            server.transport.abort()
            return "421 gone"
        await asyncio.sleep(self.looks)
        if self.on_data.startswith("250"):
            assert isinstance(envelope.content, bytes)
            read = message_from_bytes(envelope.content, policy=default)
            assert isinstance(read, EmailMessage)
            self.mails.append(read)
            self.envelopes.append((str(envelope.mail_from), tuple(envelope.rcpt_tos)))
        return self.on_data

    @property
    def texts(self) -> list[str]:
        """What the mails say, as plain text. The server looks at every attribute here: none may fail on any mail."""
        bodies = (mail.get_body(("plain",)) for mail in self.mails)
        return [body.get_content().replace("\r\n", "\n") if body is not None else "" for body in bodies]


_PORTS = itertools.count(10_000 + os.getpid() * 50 % 20_000)


def free_port() -> int:
    """A port that nobody has, and that the system gives to no connection: those begin at 32,768."""
    for port in _PORTS:
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError("every port is taken")


class _MailServer(Controller):  # type: ignore[misc]
    """The server in a thread of its own, on a port that it is given and not one that was free a moment ago.

    The library ends its loop with the connections of the last moment still open, where a look for garbage finds them
    in whatever test comes then; here each is ended first.
    """

    def __init__(self, box: MailBox, **options: object) -> None:
        self._listening = socket.create_server(("127.0.0.1", box.port))
        box.port = self._listening.getsockname()[1]
        self._met: list[SMTP] = []
        super().__init__(box, hostname="127.0.0.1", port=box.port, ready_timeout=60, **options)

    def factory(self) -> SMTP:
        self._met.append(super().factory())
        return self._met[-1]

    def _create_server(self) -> Coroutine[None, None, asyncio.Server]:
        return self.loop.create_server(self._factory_invoker, sock=self._listening, ssl=self.ssl_context)

    async def _leave_nothing(self) -> None:
        self.loop.remove_reader(self._listening.fileno())  # nobody comes any more
        for _ in range(10):  # turns of the loop: whoever was let in a moment ago gets a line, and so an end
            await asyncio.sleep(0)
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for line in (line for one in self._met for line in (one.transport, one._original_transport)):
            if line is not None:
                line.abort()
        await asyncio.sleep(0)  # a line that was broken off is let go of one turn later

    def stop(self, no_assert: bool = False) -> None:
        asyncio.run_coroutine_threadsafe(self._leave_nothing(), self.loop).result(60)
        super().stop(no_assert)


@contextmanager
def mail_server(box: MailBox | None = None, **options: object) -> Iterator[MailBox]:
    """A server that takes mail; its box."""
    box = box or MailBox()
    server = _MailServer(box, **options)
    server.start()
    try:
        yield box
    finally:
        server.stop()


@contextmanager
def mute_server() -> Iterator[str]:
    """The URL of something that takes connections and never says a word."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(8)
        yield f"smtp://127.0.0.1:{listening.getsockname()[1]}?starttls=no"


def _authenticated(server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: object) -> AuthResult:
    assert isinstance(given, LoginPassword)
    return AuthResult(success=(given.login, given.password) == (USER.encode(), PASSWORD.encode()))


@contextmanager
def guarded_server(folder: Path) -> Iterator[tuple[MailBox, Path]]:
    """A server that takes mail only over STARTTLS and after sign-in; its box, and the certificate to trust."""
    certificate, key = _certificate(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with mail_server(
        tls_context=context, require_starttls=True, auth_required=True, authenticator=_authenticated
    ) as box:
        yield box, certificate


def _certificate(folder: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate, secret = folder / "certificate.pem", folder / "key.pem"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return certificate, secret
