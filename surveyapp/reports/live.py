"""The cases of every wave somebody looks at as columns, kept in the process and fed only with what changed.

No figure is a query: the database is asked for the cases that changed since the last look (`storage.changes` never
misses one), and everything else is arithmetic on columns, of results and of fieldwork alike. A process that starts
reads a wave once.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from threading import Lock
from time import monotonic, thread_time
from typing import TYPE_CHECKING, TypeVar, cast

from surveyapp import clock
from surveyapp.fieldwork import made_up
from surveyapp.fieldwork.case_lines import DayCount
from surveyapp.fieldwork.earlier_progress import EarlierWave, earlier_wave, last_wave
from surveyapp.fieldwork.library import InstrumentLibrary
from surveyapp.fieldwork.versions import replaced_versions
from surveyapp.fieldwork.wave_cases import WaveCases
from surveyapp.fieldwork.waves import WaveInfo, wave_info
from surveyapp.instrument.model import Instrument
from surveyapp.instrument.weighting import UNWEIGHTED_ONLY, Schemes
from surveyapp.recent import Recent
from surveyapp.reports.case_store import CaseStore
from surveyapp.reports.held_wave import HeldWave
from surveyapp.reports.keeper import Keeper
from surveyapp.reports.publishing import Standing, advance, published, standing
from surveyapp.reports.released_filters import with_requested
from surveyapp.reports.wave_data import WaveData
from surveyapp.storage import coding, requested_filters, sources, weightings
from surveyapp.storage.case_feed import CaseFeed
from surveyapp.storage.changes import days_of_wave, turns
from surveyapp.storage.database import Database, Session

if TYPE_CHECKING:
    from surveyapp.reports.coded_figures import CodedData


T = TypeVar("T")
LONG = 0.25
"""Seconds of work after which what was counted rests; the invited of some ten thousand take less."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """Something that was made, and of which state of the counters."""

    turns: object
    rests_until: float
    value: object


@dataclass
class _Wave:
    """What a process holds of one wave."""

    lock: Lock = field(default_factory=Lock)
    held: HeldWave | None = None
    version: int = 0
    latest: WaveData | None = None
    bare: WaveData | None = None  # the same without coded variables
    coded: CodedData | None = None  # of a wave that is over
    instrument: Instrument | None = None  # with the filters that were released on request
    plans_before: tuple[Instrument, ...] = ()
    plans: tuple[object, ...] = ()  # what these two, and the order of sources, were made of
    publishing: Lock = field(default_factory=Lock)
    standing: Standing | None = None
    published: WaveData | None = None
    made_of: tuple[object, ...] = ()  # what the published data were made of
    tried: int = -1  # the version of the data at which the last step was tried
    weighting: tuple[int, Schemes] = (0, UNWEIGHTED_ONLY)  # the targets in force, by their number


class LiveWaves:
    """The data of all waves, shared by the threads of a process."""

    def __init__(self, database: Database, library: InstrumentLibrary) -> None:
        self.database = database
        self.library = library
        self._keeper = Keeper(database)
        self._waves: dict[tuple[str, int], _Wave] = {}
        self._lock = Lock()
        self._kept: Recent[Hashable, _Kept] = Recent(32)
        self._earlier: Recent[tuple[str, int, int], EarlierWave] = Recent(8)

    def data(self, study: str, year: int) -> WaveData:
        """The data of a wave as they stand now."""
        with self._locked(study, year) as wave, self.database.read() as session:
            return self._look(session, wave, wave_info(session, study, year))

    def cases(self, session: Session, study: str, year: int) -> WaveCases:
        """The cases of a wave as the team may see them, as they stand in this session's picture of the database."""
        with self._locked(study, year) as wave:
            info = wave_info(session, study, year)
            self._look(session, wave, info)
            is_test = info.state == "test"
            days = tuple(DayCount(*day) for day in days_of_wave(session, study, year, is_test=is_test))
            assert wave.held is not None
            return wave.held.lines.cases(clock.today(), days, is_test=is_test, takes_answers=info.is_answerable)

    def wave_before(self, session: Session, study: str, year: int) -> EarlierWave | None:
        """How the last earlier wave went that is over; counted once for each of its editions."""
        found = last_wave(session, study, year)
        if found is None:
            return None
        info, edition = found
        return self._earlier.get((study, info.year, edition), lambda: earlier_wave(session, info))

    def kept(self, session: Session, study: str, year: int, name: Hashable, make: Callable[[], T]) -> T:
        """What was made of a wave's people, messages and cases before, or is now; anew after any change of them.

        What takes long, because a hundred thousand people are invited, rests for ten times as long: a page that several
        look at while answers come in would do nothing else.

        Parameters
        ----------
        name : tells what it is, and all else it was made of
        """
        key, now = (study, year, name), turns(session, study, year)
        held = self._kept.known(key)
        if held is not None and (held.turns == now or monotonic() < held.rests_until):
            return cast("T", held.value)
        began = thread_time()
        value = make()
        took = thread_time() - began
        rests = monotonic() + 10 * took if took > LONG else 0.0
        self._kept.put(key, _Kept(now, rests, value))
        return value

    @contextmanager
    def _locked(self, study: str, year: int) -> Iterator[_Wave]:
        with self._lock:
            wave = self._waves.setdefault((study, year), _Wave())
        try:
            with wave.lock:
                yield wave
        finally:
            if wave.latest is None:  # no such wave: keep nothing under a name somebody made up
                with self._lock:
                    self._waves.pop((study, year), None)

    def published(self, study: str, year: int) -> WaveData:
        """The data of a wave as far as they are published to those who may not see its cases."""
        with self._lock:
            wave = self._waves.setdefault((study, year), _Wave())
        with wave.publishing:
            while True:
                info, data, wave.standing = self._picture(study, year, wave.standing)
                is_open = info.state == "open"
                if data.is_imported or not (is_open or (info.is_settled and wave.standing.steps)):
                    return data
                is_tried, wave.tried = wave.tried == data.version, data.version
                if not is_open or is_tried or not advance(self.database, data, wave.standing):
                    break
            if wave.published is not None and wave.published.schemes is not data.schemes:
                wave.published = replace(wave.published, schemes=data.schemes)  # of the same people
            made_of = (data.version, data.instrument, wave.standing, is_open)
            if wave.published is None or wave.made_of != made_of:
                found = published(data, wave.standing, is_over=not is_open)
                if wave.published is None or not _is_same(wave.published, found):
                    wave.published = found
                wave.made_of = made_of
            return wave.published

    def _picture(self, study: str, year: int, known: Standing | None) -> tuple[WaveInfo, WaveData, Standing]:
        """A wave, its data and its steps in one picture of the primary database.

        A replica may not know yet who came by a step, or who left.
        """
        with self._locked(study, year) as wave, self.database.read_primary() as session:
            info = wave_info(session, study, year)
            data = self._look(session, wave, info)
            if wave.coded is not None:  # what is settled but not put into the figures is the team's own
                data = replace(wave.coded.in_figures, stand=data.stand, schemes=data.schemes)
            return info, data, standing(session, study, year, known)

    def _look(self, session: Session, wave: _Wave, info: WaveInfo) -> WaveData:
        now = clock.now()
        instrument = self.library.of_wave(session, info.study, info.year)
        rows = requested_filters.of_wave(session, info.study, info.year)
        requested = tuple((row.expression, row.at) for row in rows)
        replaced = replaced_versions(session, info.study, info.year)
        declared = sources.of_wave(session, info.study, info.year)
        is_made_up = made_up.is_made_up(session, info.study, info.year)
        schemes = _schemes(session, wave, info)

        def version_of(hash_: str) -> Instrument:
            return instrument if hash_ == instrument.hash else self.library.get(session, info.study, hash_)

        held = wave.held
        is_other = held is None or held.is_broken or held.store.instrument.hash != instrument.hash
        if held is None or is_other:
            held = self._keeper.held(info.study, info.year, instrument, version_of) or HeldWave(
                CaseFeed(info.study, info.year), CaseStore(instrument)
            )
        has_changed = held.take_in(session, version_of)
        self._keeper.keep(held)
        wave.held = held
        stand = info.closed_at or now if info.is_settled else now
        plans = (requested, replaced, declared)
        if is_other or wave.instrument is None or wave.plans != plans:
            wave.instrument = with_requested(instrument, (asked for asked, _ in requested))
            wave.plans_before = tuple(
                with_requested(version_of(one.hash), (asked for asked, at in requested if at < one.until))
                for one in replaced
            )
            wave.plans, is_other = plans, True
        marks = coding.marks(session, info.study, info.year) if info.is_settled else ()
        has_codes = marks != (wave.coded.marks if wave.coded else ())
        if has_changed or is_other or has_codes or wave.bare is None or wave.latest is None:
            wave.version += 1
            whole = held.store.dataset(declared)
            counted = whole.included()
            wave.bare = WaveData(
                wave.instrument,
                counted,
                stand,
                wave.version,
                held.store.earlier(),
                is_made_up=is_made_up,
                plans_before=wave.plans_before,
                requested=len(requested),
                schemes=schemes,
                whole=None if counted is whole else whole,
                left_out=whole.n - counted.n,
            )
            wave.coded = self._coded(session, wave.bare, marks) if marks else None
            wave.latest = wave.coded.as_they_stand if wave.coded else wave.bare
        else:
            wave.latest = replace(wave.latest, stand=stand, schemes=schemes)  # unchanged at a later moment
        return wave.latest

    def _coded(self, session: Session, data: WaveData, marks: tuple[object, ...]) -> CodedData:
        # Only here: a respondent's process has nothing to do with agreement of coders.
        from surveyapp.reports.coded_figures import coded_data

        return coded_data(session, data, marks)


def _schemes(session: Session, wave: _Wave, info: WaveInfo) -> Schemes:
    number, document = weightings.in_force(session, info.study, info.year)
    if number != wave.weighting[0]:
        # Only here: the parser of definitions has no place in a respondent's process.
        from surveyapp.instrument.schemes import schemes_of

        wave.weighting = number, schemes_of(document)
    return wave.weighting[1]


def _is_same(kept: WaveData, found: WaveData) -> bool:
    """Whether nothing of what is published has changed, so that what was worked out of it still holds."""
    known, fresh = kept.extent, found.extent
    return (
        kept.version == found.version
        and kept.instrument is found.instrument
        and known is not None
        and fresh is not None
        and known.steps == fresh.steps
        and known.known.n == fresh.known.n
        and known.is_over == fresh.is_over
    )
