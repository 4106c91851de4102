"""The demonstration: what there is to see after `make run`.

Every study in the instruments folder, or the one that is named: its latest wave open, earlier ones closed, each
answered by as many robots as its targets ask for on days that look like fieldwork; and an account for each role of
staff. Seeding twice changes nothing, and an interrupted seeding
goes on where it stopped. The accounts share one password that is made on this machine and kept beside the database, so
no password is known to anybody who merely read this file.
"""

from __future__ import annotations

import os
import secrets
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from surveyapp import clock
from surveyapp.config import Settings
from surveyapp.engine.profile import load_profile
from surveyapp.errors import ConfigurationError, NotFound
from surveyapp.fieldwork import waves
from surveyapp.fieldwork.library import InstrumentLibrary
from surveyapp.fieldwork.simulate import cases_in, simulate
from surveyapp.fieldwork.waves import WaveInfo, landing
from surveyapp.fieldwork.weightings import weigh_from_the_start
from surveyapp.instrument.files import wave_folders as wave_years
from surveyapp.instrument.loader import load_instrument, studies
from surveyapp.instrument.model import Instrument
from surveyapp.reports.live import LiveWaves
from surveyapp.reports.made_up_coding import code_made_up
from surveyapp.storage import accounts, audit
from surveyapp.storage.database import Database, Session

CASES = 1200
"""Most cases per wave; a wave whose targets add up to less gets no more than those."""
ACTOR = "demonstration"
LEAST_DAYS = 21
"""Days of fieldwork the open wave has behind it, so that its curves have a shape."""
STAFF = {role: f"{role}@example.org" for role in accounts.ROLES}
"""The demonstration accounts: an address per role."""

_QUESTIONNAIRE = {"nl": "Vragenlijst", "en": "Questionnaire"}
_CODED = {
    "nl": "de open antwoorden van de demonstratie zijn gecodeerd",
    "en": "the open answers of the demonstration are coded",
}
_WEEKDAYS = (1.0, 1.25, 1.2, 1.15, 0.8, 0.35, 0.4)
"""How willingly people answer from Monday to Sunday."""
_REMINDED_AFTER = (0, 7, 14)
"""Days after the opening on which mails go out; answers come in the days after and fade."""


@dataclass(frozen=True, slots=True)
class Seeded:
    """What a seeding did: cases made per wave (0 where they were there already), accounts made."""

    cases: Mapping[tuple[str, int], int]  # by study and year
    accounts: int

    @property
    def changed_anything(self) -> bool:
        """Whether anything was not there yet."""
        return bool(self.accounts) or any(self.cases.values())


@dataclass(frozen=True, slots=True)
class _Wave:
    """One wave of the demonstration."""

    study: str
    year: int
    closes: bool

    def __str__(self) -> str:
        return f"{self.study} {self.year}"


def seed(
    settings: Settings,
    *,
    number: int = CASES,
    study: str | None = None,
    tell: Callable[[str], object] = lambda _: None,
) -> Seeded:
    """Make the demonstration in the settings' database, or what is still missing of it.

    Parameters
    ----------
    number : cases per wave at most
    study :  the one study to make; absent: every study in the instruments folder
    tell :   gets a line before each longer step

    Raises
    ------
    ConfigurationError     these are not a developer's settings: shared accounts have no place anywhere else
    NotFound               there is no such study, or none at all
    """
    if not settings.is_development:
        raise ConfigurationError(
            "The demonstration study comes with shared accounts; set SURVEYAPP_ENVIRONMENT=development to make it."
        )
    found = _waves(settings, study)
    database = Database.of(settings)
    try:
        database.upgrade()
        made = {(wave.study, wave.year): _seed_wave(database, settings, wave, number, tell) for wave in found}
        with database.write() as session:
            absent = {role: email for role, email in STAFF.items() if not accounts.user_by_email(session, email)}
            if absent:
                # Only then: signing in brings the whole web floor along.
                from surveyapp.web.passwords import password_hash

                hashed = password_hash(_password(settings, make=True) or "")
                for role, email in absent.items():
                    accounts.add_user(session, email, hashed, role)
    finally:
        database.close()
    return Seeded(made, len(absent))


def welcome_text(settings: Settings, base_url: str) -> str:
    """Where to look and how to sign in, for whoever just started the server."""
    lines = [""]
    found = _found_waves(settings)
    waves_of = Counter(wave.study for wave in found)
    # The study with the most waves first: it has most to show.
    for wave in sorted((each for each in found if not each.closes), key=lambda each: -waves_of[each.study]):
        lines += [
            f"  {name:14} {base_url}{landing(wave.study, wave.year, language)}"
            for language, name in _QUESTIONNAIRE.items()
        ]
    lines.append(f"  {'Console':14} {base_url}/console/")
    password = _password(settings, make=False) if settings.is_development else None
    if password is not None:
        lines += ["", "  Sign in at the console with one of these accounts:"]
        lines += [f"  {role:14} {email:26} {password}" for role, email in STAFF.items()]
    lines += ["", f"  {'E-mail':14} {mail_text(settings)}"]
    return "\n".join([*lines, ""])


def mail_text(settings: Settings) -> str:
    """What becomes of mail under these settings, in a few words."""
    if settings.mail_server is not None:
        return f"is sent over {settings.mail_server.host}, from {settings.mail_from}"
    if settings.mail_folder is not None:
        return f"is not sent but written to {settings.mail_folder}/"
    return "no mail server is set (SURVEYAPP_SMTP_URL), so no mail is offered to anybody"


def fieldwork_days(first: date, last: date) -> tuple[tuple[date, float], ...]:
    """The days of a fieldwork with how many answers each brings: bursts after the mailings, few at weekends."""
    days = []
    for offset in range((last - first).days + 1):
        day = first + timedelta(days=offset)
        bursts = sum(0.62 ** (offset - mailed) for mailed in _REMINDED_AFTER if offset >= mailed)
        days.append((day, (0.12 + bursts) * _WEEKDAYS[day.weekday()]))
    return tuple(days)


def _found_waves(settings: Settings) -> tuple[_Wave, ...]:
    """The waves with a questionnaire of every study in the instruments folder; the latest of each stays open."""
    found: list[_Wave] = []
    for study in studies(settings.instruments):
        folder = settings.instruments / study
        years = [year for year in wave_years(folder) if (folder / str(year) / "questionnaire.yaml").is_file()]
        found += [_Wave(study, year, closes=year != years[-1]) for year in years]
    return tuple(found)


def _waves(settings: Settings, study: str | None) -> tuple[_Wave, ...]:
    found = tuple(wave for wave in _found_waves(settings) if study in (None, wave.study))
    if not found:
        name = f"study {study}" if study else "study with a questionnaire"
        raise NotFound(f"There is no {name} in {settings.instruments}.")
    return found


def _seed_wave(database: Database, settings: Settings, wave: _Wave, number: int, tell: Callable[[str], object]) -> int:
    study, year, closes = wave.study, wave.year, wave.closes
    folder = settings.instruments / study
    with database.read_primary() as session:
        info = _found(session, wave)
        present = cases_in(session, study, year) if info else 0
    if info is not None and info.is_settled:
        return 0
    instrument = load_instrument(folder, year)
    wanted = min(number, sum(instrument.wave.targets.values()) or number)
    if info is not None and not closes and present >= wanted:
        return 0
    first, last = _period(instrument, closes=closes)
    opened_at = datetime.combine(first, time(9), clock.ZONE).astimezone(UTC)
    closed_at = datetime.combine(last, time(23, 59), clock.ZONE).astimezone(UTC)
    missing = max(wanted - present, 0)
    tell(f"{wave}: questionnaires for robots to fill in: {missing} …")
    with _change(database, opened_at, "wave.open", wave) as session:
        if info is None:
            info = waves.create_wave(session, instrument)
            weigh_from_the_start(session, instrument, ACTOR)
        if info.state != "open":
            waves.open_wave(session, study, year)
    profile = load_profile(folder, year)
    days = fieldwork_days(first, last)
    library = InstrumentLibrary(database)
    simulate(
        database, library, study, year, missing, year, profile=profile, days=days, first=present, is_demonstration=True
    )
    if closes:
        with _change(database, closed_at, "wave.close", wave) as session:
            waves.close_wave(session, study, year, actor=ACTOR)
        coders = STAFF["researcher"], STAFF["admin"]
        code_made_up(
            database,
            LiveWaves(database, library),
            instrument,
            profile,
            coders,
            _CODED[instrument.study.source_language],
        )
    return missing


def _found(session: Session, wave: _Wave) -> WaveInfo | None:
    try:
        return waves.wave_info(session, wave.study, wave.year)
    except NotFound:
        return None


@contextmanager
def _change(database: Database, moment: datetime, action: str, wave: _Wave) -> Iterator[Session]:
    """A transaction at another moment, with its line in the audit."""
    with clock.stopped_at(moment), database.write() as session:
        yield session
        audit.add(session, ACTOR, action, str(wave))


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
