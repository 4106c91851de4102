"""What the browser's session holds of a visit: a wave and a role before consent, a case's key after it.

The session is a signed cookie; it never holds an answer, an id of the database or an address. The key is a random
secret: who holds it, holds the questionnaire.
"""

from __future__ import annotations

import re

from flask import session

from surveyapp.web.respondent.addresses import WaveName

OPEN_LINK = "open"
_SOURCE = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")


def arrive(wave: WaveName, source: str | None) -> None:
    """Note the wave someone came for and the source named in the link, if it is a plain word."""
    if session.get("wave") != str(wave):
        session.pop("role", None)
        session["wave"] = str(wave)
        session["source"] = OPEN_LINK
    if source and _SOURCE.fullmatch(source):
        session["source"] = source
    session.permanent = True


def wave() -> WaveName | None:
    """The wave this visit is about."""
    text = session.get("wave")
    return WaveName.read(text) if text else None


def source() -> str:
    """Through which link someone came."""
    found: str = session.get("source", OPEN_LINK)
    return found


def role() -> str | None:
    """The role chosen on the landing page."""
    found: str | None = session.get("role")
    return found


def choose(role_id: str) -> None:
    """Keep the role chosen on the landing page."""
    session["role"] = role_id


def begin(wave_name: WaveName, key: str) -> None:
    """From now on this browser answers the case with this key."""
    session["wave"] = str(wave_name)
    session["key"] = key
    session.pop("role", None)
    session.pop("code", None)
    session.permanent = True


def key() -> str | None:
    """The key of the case this browser answers."""
    found: str | None = session.get("key")
    return found


def forget() -> None:
    """Let go of the case: this browser knows nothing of it any more."""
    for name in ("key", "role", "code", "wishes", "source"):
        session.pop(name, None)


def show_code(code: str) -> None:
    """Keep the resume code for the page that shows it; the database only has its hash."""
    session["code"] = code


def shown_code() -> str | None:
    """The resume code to show, or None once someone went on."""
    found: str | None = session.get("code")
    return found


def drop_code() -> None:
    """The code was shown and someone went on."""
    session.pop("code", None)


def keep_apart(name: str, value: object) -> None:
    """Keep what must not be stored beside answers (contact wishes) until its own form is sent."""
    session["wishes"] = {**session.get("wishes", {}), name: value}


def kept_apart() -> dict[str, object]:
    """What is stored apart, by variable."""
    found: dict[str, object] = session.get("wishes", {})
    return found


def drop_kept_apart() -> None:
    """Its own form was sent or declined."""
    session.pop("wishes", None)
