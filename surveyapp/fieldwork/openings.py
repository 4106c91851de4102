"""Telling people that a wave opens, when they asked for it; their addresses are kept no longer than that takes."""

from __future__ import annotations

from datetime import timedelta

from surveyapp import clock
from surveyapp.errors import NotFound, WrongState
from surveyapp.fieldwork.waves import WaveInfo, wave_info
from surveyapp.storage import opening_requests, outbox
from surveyapp.storage.database import Session

MAIL = "opened"
KEPT = timedelta(days=365)
"""An address left for a wave that never opens goes after this long; the page that asks for it says so."""
AT_ONCE = 200


def can_be_told(info: WaveInfo) -> bool:
    """Whether a wave is still to open."""
    return info.state == "draft"


def ask_to_be_told(session: Session, info: WaveInfo, email: str, language: str) -> None:
    """Keep an address for the mail that says that a wave opened; twice makes no second mail.

    Raises
    ------
    WrongState     the wave is open or over
    """
    if not can_be_told(info):
        raise WrongState(f"{info.study} {info.year} is {info.state}: there is no opening to wait for.")
    opening_requests.add(session, info.study, info.year, email, language, clock.today())


def announce_openings(session: Session) -> int:
    """Put a mail in the outbox for whoever waited for a wave that is open now; the number of them.

    In the same transaction the address leaves the list, so that nobody is written to twice. At most `AT_ONCE` a wave:
    the next call goes on.
    """
    announced = 0
    for study, year in opening_requests.waves(session):
        if wave_info(session, study, year).state != "open":
            continue
        for email, language in opening_requests.take(session, study, year, AT_ONCE):
            outbox.append(session, study, year, MAIL, email, language, send_key=f"{MAIL}:{year}:{email}")
            announced += 1
    return announced


def is_any_opening_to_announce(session: Session) -> bool:
    """Whether `announce_openings` has something to do; only reads."""
    return any(wave_info(session, study, year).state == "open" for study, year in opening_requests.waves(session))


def forget_left_over(session: Session) -> int:
    """Delete addresses nothing will come of: of waves that are over, or left too long ago; the number of them."""
    gone = opening_requests.forget_before(session, clock.today() - KEPT)
    for study, year in opening_requests.waves(session):
        if wave_info(session, study, year).is_settled:
            gone += opening_requests.forget(session, study, year)
    return gone


def is_still_open(session: Session, study: str, year: int) -> bool:
    """Whether the mail is still true when it is about to go."""
    try:
        return wave_info(session, study, year).state == "open"
    except NotFound:
        return False
