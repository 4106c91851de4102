"""What should be so before a wave opens or closes: one list each, which anybody can add a check to.

The console shows the list; whoever opens a wave, on the console or by the command, asks :func:`require_ready`. A check
is a function from the wave to what it found: done, missing (no wave opens with it), or
something to look at. What each says, and where it is mended, stands in `web.console.checklist_words` under its key.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from surveyapp import clock
from surveyapp.config import Settings
from surveyapp.errors import Listed, Word, WrongState
from surveyapp.fieldwork import definitions
from surveyapp.fieldwork.meanings import lost_meanings
from surveyapp.fieldwork.personal_links import CONFIDENTIAL
from surveyapp.fieldwork.targets import role_targets
from surveyapp.fieldwork.wave_moves import BEFORE_OPENING
from surveyapp.fieldwork.waves import WaveInfo
from surveyapp.instrument.documents import texts_in
from surveyapp.instrument.findings import Finding, opening_blockers
from surveyapp.instrument.loader import read_instrument
from surveyapp.instrument.model import Instrument
from surveyapp.storage import clearing, invitation_rounds
from surveyapp.storage.database import Session

State = Literal["done", "missing", "look"]


@dataclass(frozen=True, slots=True)
class Wave:
    """The wave a checklist is about, with what several checks ask of it."""

    session: Session
    info: WaveInfo
    instrument: Instrument
    findings: tuple[Finding, ...]

    @property
    def here(self) -> tuple[str, int]:
        """Study and year."""
        return self.info.study, self.info.year


@dataclass(frozen=True, slots=True)
class Checked:
    """What one check found: ``n`` counts what is missing or to be looked at, ``names`` says which."""

    key: str
    state: State
    n: int = 0
    names: tuple[str, ...] = ()


Check = Callable[[Wave], Checked | None]
"""None: it does not concern this wave."""


def _found(key: str, n: int, names: tuple[str, ...] = (), *, otherwise: State = "missing") -> Checked:
    return Checked(key, otherwise if n else "done", n, names)


def _errors(wave: Wave) -> Checked:
    return _found("errors", sum(each.level == "error" for each in wave.findings))


def _stale(wave: Wave) -> Checked | None:
    if len(wave.instrument.languages) == 1:
        return None
    return _found("translations", sum(each.level != "error" for each in opening_blockers(wave.findings)))


def _meanings(wave: Wave) -> Checked:
    return _found("meanings", len(lost_meanings(wave.session, wave.instrument)))


def _privacy(wave: Wave) -> Checked:
    definition, organisation = wave.instrument.wave, wave.instrument.study.organisation
    needed = (
        definition.kept_until, definition.country, organisation.name, organisation.contact, organisation.email,
        organisation.telephone, *organisation.payer.values(),
    )  # fmt: skip
    return _found("privacy", sum(not each for each in needed))


def _dates(wave: Wave) -> Checked:
    definition = wave.instrument.wave
    return _found("dates", sum(day is None for day in (definition.opens, definition.closes)))


def _days_to_come(wave: Wave) -> Checked | None:
    closes = wave.instrument.wave.closes
    return _found("closing-day", int(closes < clock.today().isoformat()), otherwise="look") if closes else None


def _targets(wave: Wave) -> Checked:
    return _found("targets", int(not sum(role_targets(wave.session, wave.instrument).values())))


def _tried(wave: Wave) -> Checked:
    tried = clearing.tried_languages(wave.session, *wave.here)
    lacking = tuple(language for language in wave.instrument.languages if language not in tried)
    return _found("tried", len(lacking), lacking)


def _sample(wave: Wave) -> Checked | None:
    if wave.info.mode != CONFIDENTIAL:
        return None
    return _found("sample", int(not clearing.count_contacts(wave.session, *wave.here)))


def _mail(wave: Wave) -> Checked | None:
    if wave.info.mode != CONFIDENTIAL:
        return None
    return _found("mail", int(not invitation_rounds.of_wave(wave.session, *wave.here)), otherwise="look")


def _years(wave: Wave) -> Checked | None:
    held = definitions.held(wave.session, *wave.here)
    if held is None or held.based_on is None:
        return None
    named = re.compile(rf"\b{held.based_on}\b")
    return _found(
        "years", sum(bool(named.search(text)) for text in texts_in(wave.instrument.documents)), otherwise="look"
    )


def _tests(wave: Wave) -> Checked | None:
    n = clearing.count_tests(wave.session, *wave.here)
    return Checked("tests", "done", n) if n else None


OPENING: list[Check] = [
    _errors, _stale, _meanings, _privacy, _dates, _days_to_come, _targets, _sample, _mail, _years, _tried, _tests,
]  # fmt: skip
"""What is looked at before a wave opens for the first time."""


LACKING: Mapping[str, Word] = {
    "errors": Word("a questionnaire without errors"),
    "translations": Word("translations that are up to date"),
    "meanings": Word("names and codes that mean what they meant in earlier waves"),
    "privacy": Word("a whole privacy text (who pays, whom to ask, until when answers are kept, where)"),
    "dates": Word("the opening day and the closing day"),
    "targets": Word("how many answers are wanted"),
    "sample": Word("contacts to invite"),
    "tried": Word("somebody who tried it to the end in each language"),
    "tried-nl": Word("somebody who tried it to the end in Dutch"),
    "tried-en": Word("somebody who tried it to the end in English"),
}
"""What a wave lacks by each check that keeps it from opening."""


def require_ready(session: Session, settings: Settings, info: WaveInfo, instrument: Instrument) -> None:
    """Refuse the first opening of a wave while something on its checklist is missing.

    Raises
    ------
    WrongState     the message names everything that is missing
    """
    if info.state not in BEFORE_OPENING:
        return
    found = looked_at(OPENING, session, settings, info, instrument)
    missing = [each for each in found if each.state == "missing"]
    if missing:
        raise WrongState(
            "%(study)s %(year)s cannot open yet. Missing: %(what)s. The checklist is on the console, behind Open.",
            study=info.study,
            year=info.year,
            what=Listed(word for each in missing for word in _lacked(each)),
        )


def _lacked(found: Checked) -> list[Word]:
    named = {LACKING.get(f"{found.key}-{name}", LACKING[found.key]) for name in found.names}
    return sorted(named) or [LACKING[found.key]]


def _early(wave: Wave) -> Checked | None:
    closes = wave.instrument.wave.closes
    return _found("early", int(clock.today().isoformat() < closes), otherwise="look") if closes else None


def _answering(wave: Wave) -> Checked:
    return _found("answering", clearing.count_started(wave.session, *wave.here), otherwise="look")


def _sending(wave: Wave) -> Checked | None:
    found = invitation_rounds.of_wave(wave.session, *wave.here)
    return _found("sending", sum(each.state == "going" for each in found), otherwise="look") if found else None


CLOSING: list[Check] = [_early, _answering, _sending]
"""What is looked at before a wave closes; nothing of it keeps it open."""


def looked_at(
    checks: list[Check], session: Session, settings: Settings, info: WaveInfo, instrument: Instrument
) -> tuple[Checked, ...]:
    """What each check of a list found of a wave."""
    folder = definitions.working_folder(session, settings, info.study, info.year)
    findings = read_instrument(folder, info.year)[1] if folder is not None else ()
    wave = Wave(session, info, instrument, findings)
    return tuple(_each(checks, wave))


def _each(checks: list[Check], wave: Wave) -> Iterator[Checked]:
    for check in checks:
        found = check(wave)
        if found is not None:
            yield found
