"""Every key and secret the product makes, and how a secret is kept.

Keys name rows; secrets open them. A key is never given out as a secret, a secret never stands in a table: only its
SHA-256 does. The secrets are random with at least 59 bits, so a plain hash needs no salt and no stretching.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import uuid

from uuid_utils import compat

CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Letters and digits without 0/O and 1/I/L: what can be read aloud and typed over."""
CODE_LENGTH = 12
"""31 ** 12 is 59.4 bits; doors that take a code also count attempts (`storage.throttle`)."""
REFERENCE_LENGTH = 10
BROWSER_LENGTH = 6


def uuid7() -> uuid.UUID:
    """A key that sorts by the time it was made; for rows whose time is no secret."""
    made: uuid.UUID = compat.uuid7()
    return made


def case_id() -> uuid.UUID:
    """The key of a new case.

    It is wholly random: the first 48 bits of a UUIDv7 are the millisecond of answering, an anonymous wave promised to
    keep no time and a confidential one to keep no more than the day (docs/decisions/0004-keys.md).
    """
    return uuid.uuid4()


def apart_id(secret: str | None = None) -> uuid.UUID:
    """The key of a row that must not be laid beside a case: random, it says nothing of when it was made.

    Parameters
    ----------
    secret : what the key follows from, so that who holds it finds the row again; absent: nobody can
    """
    if secret is None:
        return uuid.uuid4()
    return uuid.UUID(bytes=hashlib.sha256(f"apart\0{secret}".encode()).digest()[:16], version=4)


def new_secret() -> str:
    """A secret of 128 random bits as 22 characters fit for a cookie or a link."""
    return secrets.token_urlsafe(16)


def secret_hash(secret: str) -> str:
    """What is stored of a secret: 64 hexadecimal digits."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def resume_code() -> str:
    """A new code of twelve characters to go on with later."""
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))


def typed_code(text: str) -> str:
    """A code as somebody typed it, brought back to how it was given: no spaces or hyphens, capitals."""
    return "".join(character for character in text.upper() if character.isalnum())


def reference() -> str:
    """A new receipt number of ten characters; the column's unique constraint is the judge of it."""
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(REFERENCE_LENGTH))


def browser_mark(secret: str | None = None) -> str:
    """A mark that tells apart the browsers in which one case is answered; it opens nothing.

    Parameters
    ----------
    secret : what the mark follows from, so that two requests of one browser make the same one; absent: a random mark
    """
    if secret is None:
        return "".join(secrets.choice(CODE_ALPHABET) for _ in range(BROWSER_LENGTH))
    digest = hashlib.sha256(f"browser\0{secret}".encode()).digest()
    return "".join(CODE_ALPHABET[byte % len(CODE_ALPHABET)] for byte in digest[:BROWSER_LENGTH])


def order_seed() -> int:
    """A random number from which a case's order of rows and options follows; fits a signed 32-bit column."""
    return secrets.randbits(31)


def key_mark(key: str) -> int:
    """Thirty-one bits by which a copy or a database tells whether this secret key is its own; nothing of the key."""
    digest = hmac.digest(key.encode(), b"surveyapp: the key a back-up was made under", "sha256")
    return int.from_bytes(digest[:4], "big") >> 1 or 1


def _pad(code: str, place: str) -> bytes:
    return hashlib.sha256(f"seal\0{place}\0{code}".encode()).digest()


def sealed(secret: str, code: str, place: str) -> str:
    """The secret, readable only with the code.

    Each code seals one secret once, so the pad is used a single time; ``place`` (the case) keeps two seals apart.

    Raises
    ------
    ValueError     the secret is longer than the pad; none this module makes is
    """
    raw = secret.encode()
    pad = _pad(code, place)
    if len(raw) > len(pad):
        raise ValueError("Only secrets of at most 32 bytes can be sealed.")
    return bytes(a ^ b for a, b in zip(raw, pad, strict=False)).hex()


def unsealed(box: str, code: str, place: str) -> str:
    """The secret that was sealed with this code at this place."""
    return bytes(a ^ b for a, b in zip(bytes.fromhex(box), _pad(code, place), strict=False)).decode()
