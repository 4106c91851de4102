"""What the browser holds of a visit: a role before consent, a case's key after it.

It stands in a signed cookie for each wave (`visit_cookies`), which holds no id of the database, no address, and no
answer but ticked contact wishes, which may not stand beside the others. The key is a random secret: who holds it, holds
the questionnaire. One browser may answer several studies; a request is about the wave its address names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask import session
from flask.sessions import SessionMixin

from surveyapp import clock
from surveyapp.fieldwork.arrivals import OPEN_LINK
from surveyapp.storage.keys import browser_mark, new_secret, secret_hash
from surveyapp.web.respondent import addresses
from surveyapp.web.respondent.addresses import WaveName
from surveyapp.web.respondent.visit_cookies import HOUR, visit_of


def wave() -> WaveName | None:
    """The wave this request is about: that of its address, or else the one this browser looked at last."""
    text = session.get("wave")
    return addresses.wave() or (WaveName.read(text) if text else None)


def turn_to(wave_name: WaveName) -> None:
    """From now on this request is about this wave, and so are this browser's next ones whose address names none."""
    addresses.turn_to(wave_name)
    if session.get("wave") != str(wave_name):
        session["wave"] = str(wave_name)


def _visit() -> SessionMixin:
    """What this browser holds of the wave of this request, to be changed."""
    here = wave()
    assert here is not None, "only pages of a wave write of a visit"
    return visit_of(here)


def _held() -> Mapping[str, Any]:
    """The same to read; empty where the request is about no wave."""
    here = wave()
    return visit_of(here) if here is not None else {}


def arrive(wave_name: WaveName, source: str | None) -> None:
    """Note the wave someone came for and the source of the link, as `arrivals.declared_source` gave it."""
    turn_to(wave_name)
    if source and source != _held().get("source", OPEN_LINK):
        _visit()["source"] = source
    stay()


def follow(wave_name: WaveName, token: str, source: str) -> None:
    """Note the personal link someone came by, so that it need not stand in an address any more."""
    arrive(wave_name, source)
    _visit()["link"] = token


def link() -> str | None:
    """The personal link someone came by."""
    found: str | None = _held().get("link")
    return found


def source() -> str:
    """Through which link someone came."""
    found: str = _held().get("source", OPEN_LINK)
    return found


def role() -> str | None:
    """The role chosen on the landing page."""
    found: str | None = _held().get("role")
    return found


def choose(role_id: str) -> None:
    """Keep the role chosen on the landing page."""
    _visit()["role"] = role_id


def stay() -> None:
    """Let the visit last a day from now on; written once an hour, so that most pages leave the cookies alone."""
    hour = int(clock.now().timestamp()) // 3600
    if _held().get(HOUR) != hour:
        visit = _visit()
        visit[HOUR] = hour
        visit.permanent = session.permanent = session.modified = True


def owner() -> str:
    """The mark by which a form names the case it is given out for; empty when there is none. It opens nothing."""
    held = key()
    return secret_hash(f"tab:{held}")[:16] if held else ""


def holds(mark: str) -> bool:
    """Whether this browser still holds the case a form was given out for.

    Parameters
    ----------
    mark : as :func:`owner` gave it to the form; empty where a form names none
    """
    return not mark or mark in (owner(), _held().get("former"))


def offer_key() -> None:
    """Make the key of the case that may begin here before its form is given out: sent twice, it begins one case."""
    _visit()["next_key"] = new_secret()


def offered_key() -> str | None:
    """The key the next case gets."""
    found: str | None = _held().get("next_key")
    return found


def begin(wave_name: WaveName, key: str) -> None:
    """From now on this browser answers the case with this key."""
    turn_to(wave_name)
    visit = _visit()
    if visit.get("key") != key:
        _drop("hidden", "own", "browser", "former", "wishes", "address")
    visit["key"] = key
    _drop("role", "code")
    stay()


def renew(key: str) -> None:
    """The case of this browser has another key now; what this browser shows of it, and its open forms, stay good."""
    visit = _visit()
    if visit.get("key") != key:
        visit["former"] = owner()
    visit["key"] = key


def key() -> str | None:
    """The key of the case this browser has of the wave of this request."""
    found: str | None = _held().get("key")
    return found


def key_of(wave_name: WaveName) -> str | None:
    """The key of the case this browser answers in a wave."""
    found: str | None = visit_of(wave_name).get("key")
    return found


def forget(wave_name: WaveName) -> None:
    """Let go of the case of this wave and of what led to it: this browser knows nothing of it but that it was left."""
    visit = visit_of(wave_name)
    for name in visit.keys() - {"left"}:
        del visit[name]


def note_left() -> None:
    """The case is about to be removed by who answered it: its other tabs are told so."""
    _visit()["left"] = owner()


def has_left(mark: str) -> bool:
    """Whether the case a form was given out for was removed in this browser."""
    return bool(mark) and _held().get("left") == mark


def _drop(*names: str) -> None:
    visit = _visit()
    for name in names:
        if name in visit:
            del visit[name]


def take_over(wave_name: WaveName, key: str, pages: Iterable[str]) -> None:
    """From now on this browser answers a case that was begun on another device.

    It does not show what was answered there on these pages, nor what was typed there and not saved: that stays for
    the other browser, which this one's mark tells it from.
    """
    begin(wave_name, key)
    _visit().update(hidden=sorted(pages), own=[], browser=browser_mark())


def note_saved(page: str) -> None:
    """This browser saved a page itself, so that it may show it."""
    visit = _visit()
    if browser() and page not in visit["own"]:
        visit["own"] = [*visit["own"], page]


def hide_others(pages: Iterable[str]) -> None:
    """Hide whatever was saved so far and not by this browser: the other one may go on at the same time."""
    if browser():
        visit = _visit()
        others = sorted(frozenset(pages) - frozenset(visit["own"]))
        if others != visit.get("hidden"):
            visit["hidden"] = others


def browser() -> str:
    """The mark of a browser that took over a case; empty for the one that began it."""
    found: str = _held().get("browser", "")
    return found


def hidden() -> frozenset[str]:
    """The pages whose answers this browser does not show."""
    return frozenset(_held().get("hidden", ()))


def ask(what: str) -> None:
    """Note that something was left open on a page before the questions, for the page itself to say so once."""
    _visit()["asked"] = what


def was_asked(what: str) -> bool:
    """Whether this was left open a moment ago; told once."""
    if _held().get("asked") != what:
        return False
    _drop("asked")
    return True


def show_code(code: str) -> None:
    """Keep the resume code for the page that shows it; the database only has its hash."""
    _visit()["code"] = code


def shown_code() -> str | None:
    """The resume code to show, or None once someone went on."""
    found: str | None = _held().get("code")
    return found


def drop_code() -> None:
    """The code was shown and someone went on."""
    _drop("code")


def note_mailed(how: str) -> None:
    """What became of the code that was to be mailed (``sent``, ``asked``), for its page to say so once."""
    _visit()["mailed"] = how


def was_mailed() -> str:
    """What became of the code that was to be mailed a moment ago; told once, empty when there was none."""
    found: str = _held().get("mailed", "")
    if found:
        _drop("mailed")
    return found


def keep_apart(name: str, value: object) -> None:
    """Keep what must not be stored beside answers (contact wishes) until its own form is sent."""
    _visit()["wishes"] = {**_held().get("wishes", {}), name: value}


def kept_apart() -> dict[str, object]:
    """What is stored apart, by variable."""
    found: dict[str, object] = _held().get("wishes", {})
    return found


def leave_address(what: str) -> None:
    """The form for an address was sent (``kept``) or declined (``none``): it is not asked again."""
    _drop("wishes")
    _visit()["address"] = what


def address_left() -> str | None:
    """What became of the form for an address; None while it can still be asked."""
    found: str | None = _held().get("address")
    return found
