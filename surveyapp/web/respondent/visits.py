"""What the browser holds of a visit: a role before consent, a case's key after it.

It stands in a signed cookie for each wave (`visit_cookies`), which holds no id of the database, no address, and no
answer but ticked contact wishes, which may not stand beside the others. The key is a random secret: who holds it, holds
the questionnaire. One browser may answer several studies; a request is about the wave its address names.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from flask import g, session
from flask.sessions import SessionMixin
from markupsafe import Markup

from surveyapp import clock
from surveyapp.fieldwork.arrivals import OPEN_LINK
from surveyapp.storage.keys import browser_mark, new_secret, secret_hash
from surveyapp.web.cookies import last, until
from surveyapp.web.respondent import addresses
from surveyapp.web.respondent.addresses import WaveName
from surveyapp.web.respondent.visit_cookies import KEY, OVER, SEEN, visit_of
from surveyapp.web.sessions import services

DAY = timedelta(hours=24)
"""How long a visit lasts that has not begun, or is over."""
SHARED = timedelta(minutes=45)
"""How long a visit outlives the last page on a computer that others use."""
GRACE = timedelta(days=7)
"""How long after its wave's closing day one that is under way still lasts."""
LONGEST = timedelta(days=180)
"""How long one lasts in a wave without a closing day; no browser keeps a cookie for much longer than a year."""


def wave() -> WaveName | None:
    """The wave this request is about: that of its address, or else the one this browser looked at last."""
    if named := addresses.wave():
        return named
    text = session.get("wave")
    return WaveName.read(text) if text else None


def turn_to(wave_name: WaveName) -> None:
    """From now on this request is about this wave, and so are this browser's next ones whose address names none."""
    if addresses.wave() != wave_name:
        addresses.turn_to(wave_name)
    if session.get("wave") != str(wave_name):
        session["wave"] = str(wave_name)


def of_request() -> SessionMixin:
    """What this browser holds of the wave of this request, to be changed."""
    here = wave()
    assert here is not None, "only pages of a wave write of a visit"
    return visit_of(here)


def known() -> Mapping[str, Any]:
    """The same to read; empty where the request is about no wave."""
    held = g._get_current_object()
    found: Mapping[str, Any] | None = held.get("visit")  # until it is about another one (`addresses.turn_to`)
    if found is None:
        here = wave()
        found = visit_of(here) if here is not None else {}
        held.visit = found if here is not None else None
    return found


def arrive(wave_name: WaveName, source: str | None) -> None:
    """Note the wave someone came for and the source of the link, as `arrivals.declared_source` gave it."""
    turn_to(wave_name)
    if source and source != known().get("source", OPEN_LINK):
        of_request()["source"] = source
    if not known().get(KEY):
        stay()


def follow(wave_name: WaveName, token: str, source: str) -> None:
    """Note the personal link someone came by, so that it need not stand in an address any more."""
    arrive(wave_name, source)
    of_request()["link"] = token


def link() -> str | None:
    """The personal link someone came by."""
    found: str | None = known().get("link")
    return found


def source() -> str:
    """Through which link someone came."""
    found: str = known().get("source", OPEN_LINK)
    return found


def role() -> str | None:
    """The role chosen on the landing page."""
    found: str | None = known().get("role")
    return found


def choose(role_id: str) -> None:
    """Keep the role chosen on the landing page."""
    of_request()["role"] = role_id


def stay(closes: str | None = None, *, has_ended: bool = False) -> None:
    """Let the visit last; written once an hour, so that most pages leave the cookies alone.

    A questionnaire under way is kept until its wave closes, one that has ended a day from then, and on a shared
    computer both go after three quarters of an hour of quiet. The session, which holds what forms are checked by, lasts
    as long.

    Parameters
    ----------
    closes :    the closing day of the wave of the case, ISO; absent where it has none
    has_ended : the case was sent, or ended early
    """
    now, held = clock.now(), known()
    step = 300 if held.get("shared") else 3600
    seen = int(now.timestamp()) // step * step
    if held.get(SEEN) == seen and has_ended == (OVER in held):
        return
    visit = of_request()
    visit[SEEN] = seen
    if not has_ended:
        _drop(OVER)
    elif OVER not in visit:
        visit[OVER] = int((now + DAY).timestamp())
    end = _end(visit, now, closes)
    last(visit, end)
    visit.permanent = visit.modified = True
    if not visit.get("shared"):
        last(session, max(end, now + DAY, until(session) or end))
        session.permanent = session.modified = True


def _end(visit: SessionMixin, now: datetime, closes: str | None) -> datetime:
    if OVER in visit:
        end = datetime.fromtimestamp(visit[OVER], UTC)
    elif not visit.get(KEY):
        end = now + DAY
    elif closes is None:
        end = now + LONGEST
    else:  # its day may be moved, and a wave may stay open after it
        end = max(clock.end_of(date.fromisoformat(closes)), now) + GRACE
    return min(end, now + SHARED) if visit.get("shared") else end


def share() -> None:
    """Somebody said that others use this computer: the visit goes soon, and with the browser."""
    of_request().update(shared=True)
    _drop(SEEN)
    stay()


def is_shared() -> bool:
    """Whether others use this computer."""
    return bool(known().get("shared"))


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
    return not mark or mark in (owner(), known().get("former"))


def offer_key() -> None:
    """Make the key of the case that may begin here before its form is given out: sent twice, it begins one case."""
    of_request()["next_key"] = new_secret()


def offered_key() -> str | None:
    """The key the next case gets."""
    found: str | None = known().get("next_key")
    return found


def begin(wave_name: WaveName, key: str, *, keeps_mark: bool = False) -> None:
    """From now on this browser answers the case with this key, under a mark of its own (`fieldwork.givers`).

    Two presses of the form that began it are one browser: the mark follows from the key that was offered with it.

    Parameters
    ----------
    keeps_mark : it is the case of before, whose key was made anew (`lose`)
    """
    turn_to(wave_name)
    visit = of_request()
    if visit.get("key") != key:
        _drop("former", "wishes", "address", "address_key", "address_new", "code")
        if not keeps_mark:
            _drop("browser")
    visit.setdefault("browser", browser_mark(visit.get("next_key")))
    visit["key"] = key
    _drop("role", "code", "next_key")
    stay()
    _drop(SEEN)  # the next page knows the wave's closing day


def renew(key: str) -> None:
    """The case of this browser has another key now; what this browser shows of it, and its open forms, stay good."""
    visit = of_request()
    if visit.get("key") != key:
        visit["former"] = owner()
    visit["key"] = key


def key() -> str | None:
    """The key of the case this browser has of the wave of this request."""
    found: str | None = known().get("key")
    return found


def key_of(wave_name: WaveName) -> str | None:
    """The key of the case this browser answers in a wave."""
    found: str | None = visit_of(wave_name).get("key")
    return found


def forget(wave_name: WaveName, *but: str) -> None:
    """Let go of the case of this wave and of what led to it: this browser knows nothing of it but that it was left.

    Parameters
    ----------
    but : what it still knows besides
    """
    _keep_only(wave_name, "left", *but)


def lose(wave_name: WaveName) -> None:
    """The key of the case opens nothing any more; a newer link of the same person finds what this browser gave."""
    _keep_only(wave_name, "left", "browser", "link")


def _keep_only(wave_name: WaveName, *names: str) -> None:
    visit = visit_of(wave_name)
    for name in visit.keys() - frozenset(names):
        del visit[name]


def note_left() -> None:
    """The case is about to be removed by who answered it: its other tabs are told so."""
    of_request()["left"] = owner()


def has_left(mark: str) -> bool:
    """Whether the case a form was given out for was removed in this browser."""
    return bool(mark) and known().get("left") == mark


def _drop(*names: str) -> None:
    visit = of_request()
    for name in names:
        if name in visit:
            del visit[name]


def browser() -> str:
    """The mark of this browser, by which it is told what it gave itself; empty where it holds no case."""
    visit = known()
    if visit.get("key") and not visit.get("browser"):  # of before there were marks
        of_request()["browser"] = browser_mark()
    found: str = known().get("browser", "")
    return found


def ask(what: str) -> None:
    """Note that something was left open on a page before the questions, for the page itself to say so once."""
    of_request()["asked"] = what


def was_asked(what: str) -> bool:
    """Whether this was left open a moment ago; told once."""
    if known().get("asked") != what:
        return False
    _drop("asked")
    return True


def ask_of_consent(words: str) -> None:
    """Note how the page of consent was left (``consent`` when its box was not ticked, ``agreed``, ``shared``)."""
    ask(f"consent page: {words}")


def left_of_consent() -> frozenset[str]:
    """How the page of consent was left a moment ago; told once."""
    text = str(known().get("asked", ""))
    if not text.startswith("consent page: "):
        return frozenset()
    _drop("asked")
    return frozenset(text.split())


def show_code(code: str) -> None:
    """Keep the resume code for the page that shows it; the database only has its hash."""
    of_request()["code"] = code


def shown_code() -> str | None:
    """The resume code to show, or None once someone went on."""
    found: str | None = known().get("code")
    return found


def where_codes_go() -> Markup:
    """Where a code is entered, as one types it into another device: without ``https://``, broken after a slash only."""
    base = services().settings.base_url.rstrip("/")
    parts = (base.partition("://")[2] + addresses.address("resume")).split("/")
    return Markup("/<wbr>").join(parts)


def drop_code() -> None:
    """The code was shown and someone went on."""
    _drop("code")


def note_mailed(how: str) -> None:
    """What became of the code that was to be mailed (``sent``, ``asked``), for its page to say so once."""
    of_request()["mailed"] = how


def was_mailed() -> str:
    """What became of the code that was to be mailed a moment ago; told once, empty when there was none."""
    found: str = known().get("mailed", "")
    if found:
        _drop("mailed")
    return found
