"""What a mail in the mailbox for returned mail says: it did not arrive, not yet, or was called unwanted.

Most mail servers report in a form of their own; `flufl.bounce` knows those, and the form of RFC 3464. Complaints come
in the form of RFC 5965. Of a mail at most `MOST` bytes are looked at: what is reported stands before the mail that
comes back. Whatever cannot be read is "not understood", and no mail makes this module raise.
"""

from __future__ import annotations

import email
import hashlib
import hmac
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

MOST = 512 * 1024
"""Bytes of a mail that are looked at."""
_MOST_NAMED = 20
_ADDRESS = re.compile(r"[^\s<>,;:()\"]{1,128}@[^\s<>,;:()\"]{1,190}")
_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_MESSAGE_ID = re.compile(r"<([^<>\s]{1,200})>")
_UNSUBSCRIBE = re.compile(r"/u/([A-Za-z0-9_-]{43})/")
_UNWANTED = frozenset({"abuse", "fraud", "other", "opt-out", "opt-out-list", "virus"})
"""Types of feedback that say no; ``not-spam`` says the opposite (RFC 5965, 7.3; RFC 6430)."""
_PASSING = frozenset({"1.7", "1.8", "2.2", "2.3", "3", "4", "5", "6", "7"})
"""Subjects of RFC 3463 that are not about the address: our own address, a full mailbox, a mail too long, the system,
the network, the protocol, the content, a policy. A mail that failed for one of these may arrive another time."""
_LASTING = frozenset({"4.4"})
"""No way to the domain: what servers say of one that does not exist."""


class Kind(StrEnum):
    """What a mail says."""

    HARD = "hard"
    SOFT = "soft"
    COMPLAINT = "complaint"
    NOT_UNDERSTOOD = "not_understood"


@dataclass(frozen=True, slots=True)
class Report:
    """What one mail says, and of whom."""

    kind: Kind
    code: str | None = None  # RFC 3463
    recipients: tuple[str, ...] = ()  # in small letters
    message_ids: tuple[str, ...] = ()  # of the mail that came back
    tokens: tuple[str, ...] = ()  # of its signed addresses for no more mail


NOTHING = Report(Kind.NOT_UNDERSTOOD)


def fingerprint(raw: bytes, salt: str) -> str:
    """By what a mail is known again, whatever way it was fetched: with LF or CRLF, from a file or a server.

    Parameters
    ----------
    salt : the application's secret: the fingerprint of a mail with an address in it tells nothing without
    """
    plain = raw[:MOST].replace(b"\r\n", b"\n").rstrip(b"\n\0 ")
    return hmac.new(salt.encode(), b"report:" + plain, hashlib.sha256).hexdigest()


def read(raw: bytes) -> Report:
    """What this mail says."""
    try:
        message = email.message_from_bytes(raw[:MOST])
        return _complaint(message) or _failure(message) or NOTHING
    except Exception:  # whatever somebody put into a mailbox; the caller counts it
        return NOTHING


def _complaint(message: Message) -> Report | None:
    """What RFC 5965 says; None where the mail is no complaint."""
    for part in message.walk():
        if part.get_content_type() != "message/feedback-report":
            continue
        said = _fields(part)
        if said.get("feedback-type", "").strip().lower() not in _UNWANTED:
            return None
        named = [said.get(name, "") for name in ("original-rcpt-to", "removal-recipient")]
        returned = list(_returned(message))
        if not any(named):  # who runs the mailbox left it out: the mail itself says to whom it went
            named = [str(each.get("to", "")) for each in returned]
        return _report(Kind.COMPLAINT, None, named, returned)
    return None


def _fields(part: Message) -> dict[str, str]:
    """The lines of a part that is made of header lines, whether or not the parser took it for a mail."""
    held = part.get_payload()
    blocks = held if isinstance(held, list) else [email.message_from_string(str(held).lstrip())]
    return {name.lower(): str(value) for block in blocks if isinstance(block, Message) for name, value in block.items()}


def _failure(message: Message) -> Report | None:
    """What a mail server says of a mail it could not deliver; None where this is no such word."""
    passing, lasting = _all_failures()(message)
    named = [each.decode("ascii", "replace") for each in (lasting or passing)]
    if not named:
        return None
    code = _status(message)
    kind = Kind.HARD if lasting and not _may_pass(code) else Kind.SOFT
    return _report(kind, code, [*named, *_original_recipients(message)], list(_returned(message)))


@cache
def _all_failures() -> Callable[[Message], Any]:
    import logging

    from flufl.bounce import all_failures

    logging.getLogger("flufl.bounce").setLevel(logging.CRITICAL)  # it logs each step, and what it chokes on
    return all_failures


def _may_pass(code: str | None) -> bool:
    if code is None:
        return False
    kind, subject, detail = code.split(".")
    whole = f"{subject}.{detail}"
    return kind == "4" or (whole not in _LASTING and bool({subject, whole} & _PASSING))


def _status(message: Message) -> str | None:
    """The status of the failure: where RFC 3464 has it, else the first that the text names."""
    texts: list[str] = []
    for part in message.walk():
        if part.get_content_type() == "message/delivery-status":
            blocks = part.get_payload()
            for block in blocks if isinstance(blocks, list) else []:
                if isinstance(block, Message) and (found := _STATUS.search(str(block.get("status", "")))):
                    return found.group()
        elif part.get_content_type() == "text/plain" and not texts:
            texts.append(str(part.get_payload())[:20_000])
    found = next((found for text in texts if (found := _STATUS.search(text))), None)
    return found.group() if found is not None and found.group(1) != "2" else None


def _original_recipients(message: Message) -> Iterator[str]:
    for part in message.walk():
        blocks = part.get_payload() if part.get_content_type() == "message/delivery-status" else None
        for block in blocks if isinstance(blocks, list) else []:
            for name in ("original-recipient", "final-recipient"):
                if isinstance(block, Message) and block.get(name):
                    yield str(block[name])


def _returned(message: Message) -> Iterator[Message]:
    """The mail that came back, or its head."""
    for part in message.walk():
        kind = part.get_content_type()
        held = part.get_payload()
        if kind == "message/rfc822" and isinstance(held, list):
            yield from (each for each in held if isinstance(each, Message))
        elif kind in ("text/rfc822-headers", "message/rfc822-headers", "message/partial"):
            yield email.message_from_string(held if isinstance(held, str) else "".join(map(str, held)))
        elif kind == "text/plain" and isinstance(held, str):
            at = held.lower().find("message-id:")  # servers that put the head into their text
            if at >= 0:
                begins = held.rfind("\n\n", 0, at) + 2 if "\n\n" in held[:at] else 0
                yield email.message_from_string("\n".join(line.strip() for line in held[begins:].splitlines()))


def _report(kind: Kind, code: str | None, named: list[str], returned: list[Message]) -> Report:
    addresses = dict.fromkeys(found.lower() for text in named for found in _ADDRESS.findall(text))
    ids = [str(each.get("message-id", "")) for each in returned]
    heads = "\n".join(str(each.get("list-unsubscribe", "")) for each in returned)
    return Report(
        kind,
        code,
        tuple(addresses)[:_MOST_NAMED],
        tuple(dict.fromkeys(found for text in ids for found in _MESSAGE_ID.findall(text)))[:_MOST_NAMED],
        tuple(dict.fromkeys(_UNSUBSCRIBE.findall(heads)))[:_MOST_NAMED],
    )
