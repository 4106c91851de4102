"""What a browser holds that must not stand beside answers: contact wishes, and the way to an address that was left."""

from __future__ import annotations

from surveyapp.storage.keys import new_secret
from surveyapp.web.respondent.visits import known, of_request


def keep(name: str, value: object) -> None:
    """Keep what must not be stored beside answers (contact wishes) until its own form is sent."""
    of_request()["wishes"] = {**known().get("wishes", {}), name: value}


def kept() -> dict[str, object]:
    """What is stored apart, by variable."""
    found: dict[str, object] = known().get("wishes", {})
    return found


def leave_address(what: str, secret: str = "") -> None:
    """The form for an address was sent (``kept``), declined (``none``) or taken back (``gone``): it is not asked again.

    Parameters
    ----------
    secret : by which this browser, and nobody else, finds the address again (`storage.report_requests.kept`)
    """
    visit = of_request()
    for name in ("wishes", "address_key", "address_new"):
        visit.pop(name, None)
    visit["address"] = what
    if secret:
        visit.update(address_key=secret, address_new=True)


def offer_address_key() -> None:
    """Make the secret of the address that may be left here before its form is given out: sent twice, it leaves one."""
    if not address_key():
        of_request()["address_key"] = new_secret()


def address_left() -> str | None:
    """What became of the form for an address; None while it can still be asked."""
    found: str | None = known().get("address")
    return found


def address_key() -> str:
    """The secret under which this browser left an address, or is to leave one; empty where no form was given out."""
    found: str = known().get("address_key", "")
    return found


def has_no_address() -> bool:
    """Whether it is known here that none was left: it was declined, or deleted since."""
    return address_left() in ("none", "gone")


def has_just_left_address() -> bool:
    """Whether the address was typed here a moment ago, so that its page may show it whole; told once."""
    return "address_new" in known() and bool(of_request().pop("address_new"))
