"""What a browser holds that must not stand beside answers: contact wishes, and the way to an address that was left."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask.sessions import SessionMixin

from surveyapp.storage.keys import new_secret
from surveyapp.web.respondent import visits
from surveyapp.web.respondent.visit_cookies import visit_of


def _visit() -> SessionMixin:
    here = visits.wave()
    assert here is not None, "only pages of a wave write of a visit"
    return visit_of(here)


def _held() -> Mapping[str, Any]:
    here = visits.wave()
    return visit_of(here) if here is not None else {}


def keep(name: str, value: object) -> None:
    """Keep what must not be stored beside answers (contact wishes) until its own form is sent."""
    _visit()["wishes"] = {**_held().get("wishes", {}), name: value}


def kept() -> dict[str, object]:
    """What is stored apart, by variable."""
    found: dict[str, object] = _held().get("wishes", {})
    return found


def leave_address(what: str, secret: str = "") -> None:
    """The form for an address was sent (``kept``), declined (``none``) or taken back (``gone``): it is not asked again.

    Parameters
    ----------
    secret : by which this browser, and nobody else, finds the address again (`storage.report_requests.kept`)
    """
    visit = _visit()
    for name in ("wishes", "address_key", "address_new"):
        visit.pop(name, None)
    visit["address"] = what
    if secret:
        visit.update(address_key=secret, address_new=True)


def offer_address_key() -> None:
    """Make the secret of the address that may be left here before its form is given out: sent twice, it leaves one."""
    if not address_key():
        _visit()["address_key"] = new_secret()


def address_left() -> str | None:
    """What became of the form for an address; None while it can still be asked."""
    found: str | None = _held().get("address")
    return found


def address_key() -> str:
    """The secret under which this browser left an address, or is to leave one; empty where no form was given out."""
    found: str = _held().get("address_key", "")
    return found


def has_no_address() -> bool:
    """Whether it is known here that none was left: it was declined, or deleted since."""
    return address_left() in ("none", "gone")


def has_just_left_address() -> bool:
    """Whether the address was typed here a moment ago, so that its page may show it whole; told once."""
    return "address_new" in _held() and bool(_visit().pop("address_new"))
