"""The demonstration study: what there is to see after `make run`.

The real questionnaire, last year's wave closed and this year's open, each answered by some 1,200 robots on days that
look like fieldwork; and an account for each role of staff. Seeding twice changes nothing, and an interrupted seeding
goes on where it stopped. The accounts share one password that is made on this machine and kept beside the database, so
no password is known to anybody who merely read this file.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from sqlmodel import Session

from surveyapp import clock
from surveyapp.config import Settings
from surveyapp.engine.profile import load_profile
from surveyapp.errors import ConfigurationError, NotFound
from surveyapp.fieldwork import waves
from surveyapp.fieldwork.library import InstrumentLibrary
from surveyapp.fieldwork.simulate import cases_in, simulate
from surveyapp.fieldwork.waves import WaveInfo
from surveyapp.instrument.loader import load_instrument
from surveyapp.instrument.model import Instrument
from surveyapp.storage import accounts, audit
from surveyapp.storage.database import Database

STUDY = "goed-opdrachtgeverschap"
CLOSED_YEAR, OPEN_YEAR = 2025, 2026
CASES = 1200
ACTOR = "demonstration"
LEAST_DAYS = 21
"""Days of fieldwork the open wave has behind it, so that its curves have a shape."""
STAFF = {role: f"{role}@example.org" for role in accounts.ROLES}
"""The demonstration accounts: an address per role."""

_ADDRESSES = (
    ("Vragenlijst", "/nl/onderzoek/{wave}"),
    ("Questionnaire", "/en/survey/{wave}"),
    ("Console", "/console/"),
)
_WEEKDAYS = (1.0, 1.25, 1.2, 1.15, 0.8, 0.35, 0.4)
"""How willingly people answer from Monday to Sunday."""
_REMINDED_AFTER = (0, 7, 14)
"""Days after the opening on which mails go out; answers come in the days after and fade."""


@dataclass(frozen=True, slots=True)
class Seeded:
    """What a seeding did: cases made per wave (0 where they were there already), accounts made."""

    cases: dict[int, int]
    accounts: int

    @property
    def changed_anything(self) -> bool:
        """Whether anything was not there yet."""
        return bool(self.accounts) or any(self.cases.values())


def seed(settings: Settings, *, number: int = CASES, tell: Callable[[str], object] = lambda _: None) -> Seeded:
    """Make the demonstration study in the settings' database, or what is still missing of it.

    Parameters
    ----------
    number : cases per wave
    tell :   gets a line before each longer step

    Raises
    ------
    ConfigurationError     these are not a developer's settings: shared accounts have no place anywhere else
    """
    if not settings.is_development:
        raise ConfigurationError(
            "The demonstration study comes with shared accounts; set SURVEYAPP_ENVIRONMENT=development to make it."
        )
    database = Database(settings.url)
    try:
        if not database.is_current():
            database.upgrade()
        made = {
            CLOSED_YEAR: _seed_wave(database, settings, CLOSED_YEAR, number, tell, closes=True),
            OPEN_YEAR: _seed_wave(database, settings, OPEN_YEAR, number, tell, closes=False),
        }
        with database.write() as session:
            absent = {role: email for role, email in STAFF.items() if not accounts.user_by_email(session, email)}
            if absent:
                # Only then: signing in brings the whole web floor along.
                from surveyapp.web.accounts import password_hash

                hashed = password_hash(_password(settings, make=True) or "")
                for role, email in absent.items():
                    accounts.add_user(session, email, hashed, role)
    finally:
        database.close()
    return Seeded(made, len(absent))


def welcome_text(settings: Settings, base_url: str) -> str:
    """Where to look and how to sign in, for whoever just started the server."""
    wave = f"{STUDY}-{OPEN_YEAR}"
    lines = ["", *(f"  {name:14} {base_url}{path.format(wave=wave)}" for name, path in _ADDRESSES)]
    password = _password(settings, make=False) if settings.is_development else None
    if password is not None:
        lines += ["", "  Sign in at the console with one of these accounts:"]
        lines += [f"  {role:14} {email:26} {password}" for role, email in STAFF.items()]
    return "\n".join([*lines, ""])


def fieldwork_days(first: date, last: date) -> tuple[tuple[date, float], ...]:
    """The days of a fieldwork with how many answers each brings: bursts after the mailings, few at weekends."""
    days = []
    for offset in range((last - first).days + 1):
        day = first + timedelta(days=offset)
        bursts = sum(0.62 ** (offset - mailed) for mailed in _REMINDED_AFTER if offset >= mailed)
        days.append((day, (0.12 + bursts) * _WEEKDAYS[day.weekday()]))
    return tuple(days)


def _seed_wave(
    database: Database, settings: Settings, year: int, number: int, tell: Callable[[str], object], *, closes: bool
) -> int:
    with database.read_primary() as session:
        info = _found(session, year)
        present = cases_in(session, STUDY, year) if info else 0
    if info is not None and (info.state in ("closed", "archived") or (not closes and present >= number)):
        return 0
    instrument = load_instrument(settings.instruments / STUDY, year)
    first, last = _period(instrument, closes=closes)
    opened_at = datetime.combine(first, time(9), clock.ZONE).astimezone(UTC)
    closed_at = datetime.combine(last, time(23, 59), clock.ZONE).astimezone(UTC)
    missing = max(number - present, 0)
    tell(f"{STUDY} {year}: {missing} robots fill in the questionnaire …")
    with _change(database, opened_at, "wave.open", year) as session:
        if info is None:
            info = waves.create_wave(session, instrument)
        if info.state != "open":
            waves.open_wave(session, STUDY, year)
    profile = load_profile(settings.instruments / STUDY, year)
    days = fieldwork_days(first, last)
    simulate(
        database, InstrumentLibrary(database), STUDY, year, missing, year, profile=profile, days=days, first=present
    )
    if closes:
        with _change(database, closed_at, "wave.close", year) as session:
            waves.close_wave(session, STUDY, year)
    return missing


def _found(session: Session, year: int) -> WaveInfo | None:
    try:
        return waves.wave_info(session, STUDY, year)
    except NotFound:
        return None


@contextmanager
def _change(database: Database, moment: datetime, action: str, year: int) -> Iterator[Session]:
    """A transaction at another moment, with its line in the audit."""
    with clock.stopped_at(moment), database.write() as session:
        yield session
        audit.add(session, ACTOR, action, f"{STUDY} {year}")


def _period(instrument: Instrument, *, closes: bool) -> tuple[date, date]:
    """First and last day of fieldwork: those of the definition where they fit the present, otherwise near it."""
    today = clock.today()
    wave = instrument.wave
    first = date.fromisoformat(wave.opens) if wave.opens else None
    last = date.fromisoformat(wave.closes) if wave.closes else None
    if closes:
        if first is not None and last is not None and last < today:
            return first, last
        return today - timedelta(days=365), today - timedelta(days=365 - 46)
    if first is not None and (last is None or today <= last) and first <= today - timedelta(days=LEAST_DAYS - 1):
        return first, today
    return today - timedelta(days=LEAST_DAYS), today


def _password(settings: Settings, *, make: bool) -> str | None:
    """The demonstration accounts' password, from the instance folder; made there when wanted and absent."""
    path: Path = settings.instance / "demonstration-password"
    if path.is_file():
        return path.read_text("utf-8").strip()
    if not make:
        return None
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    password = "-".join("".join(secrets.choice(letters) for _ in range(5)) for _ in range(4))
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as target:
        target.write(password + "\n")
    return password
