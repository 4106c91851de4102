"""What the browser's session holds of a visit: a wave and a role before consent, a case's key after it.

The session is a signed cookie; it holds no id of the database, no address, and no answer but ticked contact wishes,
which may not stand beside the others. The key is a random secret: who holds it, holds the questionnaire. One browser
may answer several studies: each case stands in the cookie with its own wave, one of them is in hand, and a look at
another study's first page lets go of none.
"""

from __future__ import annotations

from collections.abc import Iterable

from flask import session

from surveyapp import clock
from surveyapp.fieldwork.arrivals import OPEN_LINK, known_source
from surveyapp.storage.keys import browser_mark, secret_hash
from surveyapp.web.respondent.addresses import WaveName

BEFORE = ("role", "source", "link")
"""What is known before there is a case, of the wave someone came for."""
OF_CASE = ("key", "code", "wishes", "hidden", "address", "own", "browser", "former")
MOST_ASIDE = 3
"""Cases beside the one in hand; a browser refuses a cookie of more than 4 kB."""


def arrive(wave: WaveName, source: str | None) -> None:
    """Note the wave someone came for and the source named in the link, as it is counted."""
    if session.get("wave") != str(wave):
        session.pop("role", None)
        session.pop("link", None)
        session["wave"] = str(wave)
        session["source"] = OPEN_LINK
    if str(wave) in _aside():
        _take_in_hand(wave)
    if source:
        session["source"] = known_source(source)
    stay()


def follow(wave: WaveName, token: str, source: str) -> None:
    """Note the personal link someone came by, so that it need not stand in an address any more."""
    arrive(wave, source)
    session["link"] = token


def link() -> str | None:
    """The personal link someone came by."""
    found: str | None = session.get("link")
    return found


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


def _aside() -> dict[str, dict[str, object]]:
    """What this browser knows of the cases it has not in hand, by wave; the one longest put aside is first."""
    return dict(session.get("aside", ()))


def _take_in_hand(wave_name: WaveName) -> None:
    """Put the case in hand aside, and take up the one of this wave, if there is one."""
    held = case_wave()
    if held is not None and str(held) == str(wave_name):
        return
    aside = _aside()
    if held is not None:
        aside[str(held)] = {name: session[name] for name in OF_CASE if name in session}
    _drop(*OF_CASE)
    session.update(aside.pop(str(wave_name), {}))
    session["case"] = str(wave_name)
    _put_aside(aside)


def stay() -> None:
    """Let the visit last a day from now on; written once an hour, so that most pages leave the cookie alone."""
    hour = int(clock.now().timestamp()) // 3600
    if session.get("hour") != hour:
        session["hour"] = hour
        session.permanent = True


def owner() -> str:
    """The mark by which a form names the case it is given out for; empty when there is none. It opens nothing."""
    held = key()
    return _mark(held) if held else ""


def take_up(mark: str) -> bool:
    """Take in hand the case a form was given out for, whichever this browser looked at last.

    Parameters
    ----------
    mark : as :func:`owner` gave it to the form; empty where a form names none

    Returns
    -------
    whether this browser still holds that case
    """
    if not mark or mark in (owner(), session.get("former")):
        return True
    for name, kept in _aside().items():
        if mark in (_mark(str(kept.get("key", ""))), kept.get("former")):
            _take_in_hand(WaveName.read(name))
            session["wave"] = name
            return True
    return False


def _mark(secret_key: str) -> str:
    return secret_hash(f"tab:{secret_key}")[:16]


def _put_aside(cases: dict[str, dict[str, object]]) -> None:
    session["aside"] = list(cases.items())[-MOST_ASIDE:]  # a list: the cookie puts the names of a dictionary in order


def _drop(*names: str) -> None:
    for name in names:
        session.pop(name, None)


def begin(wave_name: WaveName, key: str) -> None:
    """From now on this browser answers the case with this key."""
    session["wave"] = str(wave_name)
    _take_in_hand(wave_name)
    if session.get("key") != key:
        _drop("hidden", "own", "browser", "former")
    session["key"] = key
    _drop("role", "code")
    session.permanent = True


def renew(key: str) -> None:
    """The case of this browser has another key now; what this browser shows of it, and its open forms, stay good."""
    if session.get("key") != key:
        session["former"] = owner()
    session["key"] = key


def key() -> str | None:
    """The key of the case this browser has in hand."""
    found: str | None = session.get("key")
    return found


def case_wave() -> WaveName | None:
    """The wave of the case this browser has in hand; not always the wave of the first page it looks at."""
    text = session.get("case", session.get("wave")) if key() else None
    return WaveName.read(text) if text else None


def key_of(wave_name: WaveName) -> str | None:
    """The key of the case this browser answers in a wave, in hand or not."""
    held = case_wave()
    if held is not None and str(held) == str(wave_name):
        return key()
    found = _aside().get(str(wave_name), {}).get("key")
    return str(found) if found else None


def forget(wave_name: WaveName) -> None:
    """Let go of the case of this wave and of what led to it: this browser knows nothing of it any more."""
    held = case_wave()
    if held is None or str(held) == str(wave_name):
        _drop("case", *OF_CASE)
    if str(wave_name) in _aside():
        _put_aside({name: kept for name, kept in _aside().items() if name != str(wave_name)})
    if session.get("wave") == str(wave_name):
        _drop(*BEFORE)


def note_left() -> None:
    """The case in hand is about to be removed by who answered it: its other tabs are told so."""
    session["left"] = owner()


def has_left(mark: str) -> bool:
    """Whether the case a form was given out for was removed in this browser."""
    return bool(mark) and session.get("left") == mark


def take_over(wave_name: WaveName, key: str, pages: Iterable[str]) -> None:
    """From now on this browser answers a case that was begun on another device.

    It does not show what was answered there on these pages, nor what was typed there and not saved: that stays for
    the other browser, which this one's mark tells it from.
    """
    begin(wave_name, key)
    session["hidden"] = sorted(pages)
    session["own"] = []
    session["browser"] = browser_mark()


def note_saved(page: str) -> None:
    """This browser saved a page itself, so that it may show it."""
    if browser() and page not in session["own"]:
        session["own"] = [*session["own"], page]


def hide_others(pages: Iterable[str]) -> None:
    """Hide whatever was saved so far and not by this browser: the other one may go on at the same time."""
    if browser():
        others = sorted(frozenset(pages) - frozenset(session["own"]))
        if others != session.get("hidden"):
            session["hidden"] = others


def browser() -> str:
    """The mark of a browser that took over a case; empty for the one that began it."""
    found: str = session.get("browser", "")
    return found


def hidden() -> frozenset[str]:
    """The pages whose answers this browser does not show."""
    return frozenset(session.get("hidden", ()))


def ask(what: str) -> None:
    """Note that something was left open on a page before the questions, for the page itself to say so once."""
    session["asked"] = what


def was_asked(what: str) -> bool:
    """Whether this was left open a moment ago; told once."""
    if session.get("asked") != what:
        return False
    session.pop("asked")
    return True


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


def leave_address(what: str) -> None:
    """The form for an address was sent (``kept``) or declined (``none``): it is not asked again."""
    session.pop("wishes", None)
    session["address"] = what


def address_left() -> str | None:
    """What became of the form for an address; None while it can still be asked."""
    found: str | None = session.get("address")
    return found
