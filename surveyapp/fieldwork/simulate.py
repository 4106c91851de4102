"""Fill a wave with robots: simulated people through the engine and into the store, like anybody's answers.

Each case is begun, saved page by page and sent by the functions of `fieldwork.interviews`, so that what lies in the
database afterwards is what real fieldwork would have left. Many cases share one transaction; that is the only
difference. The answers follow from the seed; keys and receipts are secrets and do not.
"""

from __future__ import annotations

import bisect
import itertools
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from hashlib import blake2b
from random import Random
from typing import Generic, TypeVar

from surveyapp import clock
from surveyapp.engine.answers import Value
from surveyapp.engine.profile import Profile
from surveyapp.engine.robots import Crew, RobotWalk
from surveyapp.engine.route import on_path
from surveyapp.errors import DefinitionError, Word, WrongState
from surveyapp.fieldwork import interviews
from surveyapp.fieldwork.arrivals import declare_sources, declared_source
from surveyapp.fieldwork.block_draws import draw_blocks
from surveyapp.fieldwork.consent import give_consent
from surveyapp.fieldwork.library import InstrumentLibrary
from surveyapp.fieldwork.waves import WaveInfo, back_to_draft, test_wave, wave_info
from surveyapp.instrument.model import Instrument, Questionnaire
from surveyapp.storage import arrivals, cases, waves
from surveyapp.storage.database import Database, Session

T = TypeVar("T")

BATCH = 100
"""Cases per transaction: few commits, and a lock that nobody waits long for."""
LEFT_AT_CONSENT = 0.18
"""Of those who choose a role, the share who read the conditions and go (three quarters of all break-off is early)."""
DECLINED = 0.15
"""Of those who go there, the share who say no by the button."""


@dataclass(frozen=True, slots=True)
class Simulated:
    """What a simulation brought: cases by outcome, and by role."""

    cases: int
    outcomes: Mapping[str, int]  # complete, screened_out, broke_off
    roles: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class _Invited:
    """Who a simulated case is, before it answers."""

    number: int
    role: str
    language: str
    source: str
    device: str
    day: date | None
    seed: int
    random: Random


def simulate(
    database: Database,
    library: InstrumentLibrary,
    study: str,
    year: int,
    n: int,
    seed: int,
    *,
    profile: Profile | None = None,
    days: Sequence[tuple[date, float]] = (),
    first: int = 0,
    is_demonstration: bool = False,
) -> Simulated:
    """Let ``n`` robots take part in a wave that is a draft or being tested; what they leave are test cases.

    Parameters
    ----------
    n, seed : how many cases begin, and what their answers follow from
    profile : how they answer; absent, plausibly for each question's type
    days :    on which days they come, with weights; absent: today
    first :   number of the first case, to go on where an earlier run with this seed stopped
    is_demonstration : the wave may be open, and is one of made-up people from then on

    Raises
    ------
    WrongState          it takes no answers
    DefinitionError     a robot gets stuck on a page; nothing of its batch was stored
    """
    used = profile or Profile()
    with database.read_primary() as session:
        wave = wave_info(session, study, year)
        instrument = library.of_wave(session, study, year)
    if wave.state == "open" and not is_demonstration:
        raise WrongState(
            "%(study)s %(year)s is open: robots would stand among people. Send them into a wave that is a draft or in "
            "test, before it opens; to look around in a filled one run: surveyapp demo",
            study=study,
            year=year,
        )
    is_draft = wave.state == "draft"
    if is_draft:
        wave = replace(wave, state=Word("test"))
    if not wave.is_answerable:
        raise WrongState(f"{study} {year} is {wave.state}: open it first, or put it in test.")
    crews = {role: Crew(made, used) for role, made in instrument.questionnaires.items()}
    outcomes: Counter[str] = Counter()
    roles: Counter[str] = Counter()
    draw = _Draw(instrument, used, days)
    with database.write() as session:
        if wave.state == "open":
            waves.mark_demonstration(session, study, year)
            declare_sources(session, study, year, tuple(used.file.sources))
    for start in range(first, first + n, BATCH):
        batch = [draw.person(seed, number) for number in range(start, min(start + BATCH, first + n))]
        draws = _draws(database, instrument, batch)
        walks = [
            (invited, drawn, _walk(crews[invited.role], invited, drawn))
            for invited, drawn in zip(batch, draws, strict=True)
        ]
        with database.write() as session:
            if is_draft:  # nobody else ever sees it in test: it is a draft again before this ends
                test_wave(session, study, year)
            _arrive(session, wave, batch)
            for invited, drawn, walk in walks:
                _store(session, wave, instrument, crews[invited.role].questionnaire, invited, drawn, walk)
            if is_draft:
                back_to_draft(session, study, year)
        outcomes.update(walk.outcome for *_, walk in walks)
        roles.update(invited.role for invited in batch)
    return Simulated(n, dict(outcomes), dict(roles))


def cases_in(session: Session, study: str, year: int) -> int:
    """How many cases a wave has, to go on with a simulation that was interrupted."""
    return cases.count(session, study, year)


def _draws(database: Database, instrument: Instrument, batch: Sequence[_Invited]) -> list[Mapping[str, Value]]:
    """The blocks each of them is asked, kept even with everybody's; what chance decides follows from the seed."""
    if not any(made.rotations for made in instrument.questionnaires.values()):
        return [{} for _ in batch]
    study, year = instrument.study.id, instrument.wave.year
    with database.write() as session:
        return [
            draw_blocks(session, study, year, instrument.questionnaires[each.role], Random(each.seed).choice)  # noqa: S311 - simulated people must be reproducible, not secret
            for each in batch
        ]


def _walk(crew: Crew, invited: _Invited, drawn: Mapping[str, Value]) -> RobotWalk:
    walk = crew.walk(invited.seed, invited.language, invited.device, drawn=drawn)
    if walk.outcome == "stuck":
        problems = ", ".join(f"{problem.variable}: {problem.code}" for problem in walk.problems)
        raise DefinitionError(
            f"A robot as {invited.role} in {invited.language} cannot get past page {walk.stopped_at} ({problems})."
        )
    return walk


def _store(
    session: Session,
    wave: WaveInfo,
    instrument: Instrument,
    made: Questionnaire,
    invited: _Invited,
    drawn: Mapping[str, Value],
    walk: RobotWalk,
) -> None:
    with clock.stopped_at(_moment(invited)):
        case, _ = interviews.begin(
            session,
            wave,
            instrument,
            invited.role,
            invited.language,
            invited.source,
            invited.device,
            seed=invited.seed % 2**31,
        )
        case = give_consent(session, case, instrument, invited.language, drawn=drawn)
        for place, step in enumerate(walk.steps, start=1):
            # What is stored apart has no place among the answers; robots leave no addresses.
            values = {
                name: value
                for name, value in step.values.items()
                if not (name in made.questions and made.questions[name].variable.is_stored_apart)
            }
            case = interviews.save_page(
                session,
                case,
                step.page,
                values,
                expected_seq=case.expected_seq(step.page),
                client_key=f"robot-{place}",
                language=invited.language,
                seconds=step.seconds,
                prompts=step.prompts,
            ).case
        if walk.outcome == "complete":
            interviews.send(session, case, on_path(made, case.answers, invited.language))
        elif walk.outcome == "screened_out":
            interviews.screen_out(session, case)


def _moment(invited: _Invited) -> datetime:
    """A moment between nine in the morning and ten at night on the case's day, never later than now."""
    now = clock.now()
    if invited.day is None:
        return now
    minute = 9 * 60 + int(invited.random.betavariate(2.2, 2.0) * 13 * 60)
    local = datetime.combine(invited.day, time(0), clock.ZONE) + timedelta(minutes=minute)
    return min(local.astimezone(UTC), now)


def _arrive(session: Session, wave: WaveInfo, batch: Sequence[_Invited]) -> None:
    """Count the people before the cases: everybody chose a role, most agreed, some went."""
    counts: Counter[tuple[str, str, str, str]] = Counter()
    for invited in batch:
        key = (invited.role, invited.language, declared_source(session, wave.study, wave.year, invited.source))
        counts[("role_chosen", *key)] += 1
        counts[("consent_given", *key)] += 1
        # One case stands for LEFT / (1 - LEFT) people who never became one.
        while invited.random.random() < LEFT_AT_CONSENT:
            counts[("role_chosen", *key)] += 1
            if invited.random.random() < DECLINED:
                counts[("declined", *key)] += 1
    is_test = wave.state == "test"
    for (event, role, language, source), times in sorted(counts.items()):
        arrivals.add(session, wave.study, wave.year, event, role, language, source, times, is_test=is_test)


class _Draw:
    """Who comes, from where, when, and with which device."""

    def __init__(self, instrument: Instrument, profile: Profile, days: Sequence[tuple[date, float]]) -> None:
        file = profile.file
        known = instrument.questionnaires
        wanted = {role: weight for role, weight in (file.roles or instrument.wave.targets).items() if role in known}
        self._roles = _Weighted(wanted or dict.fromkeys(known, 1.0))
        languages = {each: weight for each, weight in file.languages.items() if each in instrument.study.languages}
        self._languages = _Weighted(languages or {instrument.study.source_language: 1.0})
        self._sources = _Weighted(file.sources)
        self._devices = _Weighted(file.devices)
        self._days = _Weighted(dict(days)) if days else None

    def person(self, seed: int, number: int) -> _Invited:
        digest = int.from_bytes(blake2b(f"{seed}/{number}".encode(), digest_size=8).digest(), "big")
        random = Random(digest)  # noqa: S311 - simulated people must be reproducible, not secret
        return _Invited(
            number=number,
            role=self._roles.draw(random),
            language=self._languages.draw(random),
            source=self._sources.draw(random),
            device=self._devices.draw(random),
            day=self._days.draw(random) if self._days else None,
            seed=random.getrandbits(63),
            random=random,
        )


class _Weighted(Generic[T]):
    """Draws a key as often as its weight says."""

    def __init__(self, weights: Mapping[T, float]) -> None:
        self._keys = list(weights)
        self._totals = list(itertools.accumulate(weights.values()))

    def draw(self, random: Random) -> T:
        place = bisect.bisect_right(self._totals, random.random() * self._totals[-1])
        return self._keys[min(place, len(self._keys) - 1)]
