"""Taking in the answers of an earlier fieldwork as a closed wave of the study: all of the file, or nothing."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any

from surveyapp import clock
from surveyapp.errors import DefinitionError, WrongState
from surveyapp.fieldwork import editions, waves
from surveyapp.fieldwork.import_file import ColumnReport, ImportedCase, ReadFile, read_file
from surveyapp.instrument.mapping import ImportMapping
from surveyapp.instrument.model import Instrument
from surveyapp.storage import clearing, imports
from surveyapp.storage.changes import forget
from surveyapp.storage.database import Session
from surveyapp.storage.tables import ImportRunRow

NAMESPACE = uuid.UUID("6f1c2a54-0d0b-4f0e-9b5e-2d9a7c3e8f10")
"""Makes the id of an imported case from study, year and its number, so that importing again gives the same cases."""


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import took in."""

    study: str
    year: int
    cases: int
    complete: int
    replaced: int  # cases that stood in the wave before
    first_day: date | None
    last_day: date | None
    columns: tuple[ColumnReport, ...]

    def as_dict(self) -> dict[str, Any]:
        """For the record in the database and for ``--json``."""
        return {
            "study": self.study,
            "year": self.year,
            "cases": self.cases,
            "complete": self.complete,
            "replaced": self.replaced,
            "first_day": self.first_day.isoformat() if self.first_day else None,
            "last_day": self.last_day.isoformat() if self.last_day else None,
            "columns": [column.as_dict() for column in self.columns],
        }


def dry_run(data: bytes, mapping: ImportMapping, instrument: Instrument) -> ImportReport:
    """Read the whole file and say what an import would do, without a database.

    Raises
    ------
    ImportRefused     the file does not fit its mapping
    """
    return _report(read_file(data, mapping), instrument, replaced=0)


def import_wave(
    session: Session,
    data: bytes,
    mapping: ImportMapping,
    instrument: Instrument,
    *,
    actor: str = editions.SYSTEM,
    reason: str = "",
) -> ImportReport:
    """Put the file's cases into the wave, in the place of what an earlier import left there.

    Parameters
    ----------
    data :       the data file
    mapping :    what its columns mean
    instrument : the definition of the imported wave; published and pinned to the wave
    actor, reason : who imports it, and, when it changes what was imported before, why

    Raises
    ------
    ImportRefused       the file does not fit its mapping; nothing was written
    DefinitionError     mapping and instrument speak of different waves
    WrongState          the wave was fielded here: an import never overwrites answers that people gave; or it would
                        change what was imported before and no reason is given
    """
    if instrument.wave.imported_series != mapping.series or instrument.wave.year != mapping.year:
        raise DefinitionError(
            f"The mapping is of series {mapping.series} {mapping.year}, the definition of "
            f"{instrument.wave.imported_series} {instrument.wave.year}."
        )
    study, year = instrument.study.id, instrument.wave.year
    read = read_file(data, mapping)
    is_new = not any(info.year == year for info in waves.wave_list(session, study))
    if is_new:
        waves.create_wave(session, instrument, state="closed")
    else:
        _require_imported(session, study, year)
    before = imports.runs(session, study, year)
    file_hash = hashlib.sha256(data).hexdigest()
    if before and not _is_same(before[0], file_hash, instrument):
        editions.require_reason(study, year, reason)
    moments = sorted(case.started for case in read.cases if case.started)
    waves.pin_imported(session, instrument, moments[0] if moments else None, moments[-1] if moments else None)
    rows = [_row(case, mapping, instrument) for case in read.cases]
    replaced = imports.replace_cases(session, study, year, rows)
    report = _report(read, instrument, replaced)
    imports.record_run(
        session,
        study,
        year,
        file_hash=file_hash,
        mapping_hash=instrument.hash,
        rows=len(read.cases),
        report=report.as_dict(),
        at=clock.now(),
    )
    if not before:
        editions.make(session, study, year, actor, editions.IMPORTED, reason)
    elif not _is_same(before[0], file_hash, instrument):
        editions.make(session, study, year, actor, editions.IMPORTED_ANEW, reason)
    return report


def _is_same(run: ImportRunRow, file_hash: str, instrument: Instrument) -> bool:
    """Whether importing this would only put there again what stands there."""
    return run.file_hash == file_hash and run.mapping_hash == instrument.hash


def rehearse(
    session: Session, data: bytes, mapping: ImportMapping, instrument: Instrument, *, reason: str = ""
) -> ImportReport:
    """What `import_wave` would do to this database, with every one of its checks; all of it is taken back.

    Raises
    ------
    ImportRefused, DefinitionError, WrongState     as `import_wave`
    """
    undone = session.begin_nested()
    try:
        return import_wave(session, data, mapping, instrument, reason=reason)
    finally:
        if undone.is_active:
            undone.rollback()
        forget(session)


def _require_imported(session: Session, study: str, year: int) -> None:
    info = waves.wave_info(session, study, year)
    was_fielded = info.opened_at is not None or clearing.count_cases(session, study, year) > 0
    if was_fielded and not imports.runs(session, study, year):
        raise WrongState(f"{study} {year} was fielded here; an import would overwrite what people answered.")


def _row(case: ImportedCase, mapping: ImportMapping, instrument: Instrument) -> dict[str, Any]:
    study, year = instrument.study.id, instrument.wave.year
    day = clock.local(case.started).date() if case.started else date(year, 1, 1)
    return {
        "case_id": uuid.uuid5(NAMESPACE, f"{study}/{year}/{case.number}"),
        "instrument_hash": instrument.hash,
        "role": mapping.role,
        "language": mapping.language,
        "source": case.source[:64],
        "state": "complete" if case.reached_the_end else "started",
        "started_on": day,
        "sent_on": day if case.reached_the_end else None,
        "seconds": case.seconds,
        "answers": dict(case.answers),
        "flags": {"implausible": list(case.implausible)} if case.implausible else {},
    }


def _report(read: ReadFile, instrument: Instrument, replaced: int) -> ImportReport:
    days = sorted(clock.local(case.started).date() for case in read.cases if case.started)
    return ImportReport(
        study=instrument.study.id,
        year=instrument.wave.year,
        cases=len(read.cases),
        complete=sum(case.reached_the_end for case in read.cases),
        replaced=replaced,
        first_day=days[0] if days else None,
        last_day=days[-1] if days else None,
        columns=read.columns,
    )
