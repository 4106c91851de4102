"""Flags of finished cases and what the team decides of them: kept, excluded, or nothing yet.

Excluding is a state of a case and never a deletion: its answers stay as they are, it counts in no figure, and undoing
it gives back every file to the last byte. A decision has a reason and a name, and no moment: in an anonymous wave it
would be nearly the moment of coming (docs/decisions/0025-no-order.md). Of a wave that is over each decision that moves
figures is an edition (`editions`), and whoever may not see cases is shown no figure that would move by a few
(docs/decisions/0050-exclusion-is-a-state.md).
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from surveyapp import clock
from surveyapp.errors import NotFound, Word, WrongState
from surveyapp.fieldwork import editions
from surveyapp.fieldwork.wave_moves import OVER
from surveyapp.storage import audit, cases, imports, mixing, publication, quality, waves
from surveyapp.storage.database import Session
from surveyapp.storage.quality import NOTED
from surveyapp.storage.tables import EXCLUDED, KEPT

EXCLUDE, KEEP, UNDO = ACTS = ("exclude", "keep", "undo")
DECIDED = "wave.quality-decision"
"""What the editions of a closed wave call it."""
LONGEST_REASON = 200


@dataclass(frozen=True, slots=True)
class CaseFlag:
    """One rule that strikes for a case; ``strength`` 1 is mild, 2 strong."""

    rule: str
    strength: int
    value: float | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided of a case, and why."""

    is_excluded: bool
    reason: str
    by: str


@dataclass(frozen=True, slots=True)
class QualityRun:
    """The last time the rules were gone through; ``is_stale``: answers or decisions changed since."""

    at: datetime
    checked: int
    not_run: Mapping[str, str]
    is_stale: bool


def last_run(session: Session, study: str, year: int) -> QualityRun | None:
    """The last run of the rules; None before the first."""
    row = quality.run_of(session, study, year)
    if row is None:
        return None
    is_stale = row.data_version != quality.data_version(session, study, year)
    return QualityRun(row.at, row.checked, dict(row.not_run), is_stale)


def is_due(session: Session, study: str, year: int) -> bool:
    """Whether somebody finished and the rules were not gone through since the last change."""
    run = last_run(session, study, year)
    return run.is_stale if run is not None else quality.has_finished(session, study, year)


def data_version(session: Session, study: str, year: int) -> str:
    """What differs after every change of a case."""
    return quality.data_version(session, study, year)


def flags_of_case(session: Session, study: str, case_id: uuid.UUID) -> tuple[CaseFlag, ...]:
    """The flags that the last run gave a case."""
    return tuple(CaseFlag(row.rule, row.strength, row.value) for row in quality.of_case(session, study, case_id))


def flags_of_wave(session: Session, study: str, year: int) -> list[tuple[uuid.UUID, CaseFlag]]:
    """Every flag that the last run gave."""
    return [(row.case_id, CaseFlag(row.rule, row.strength, row.value)) for row in quality.of_wave(session, study, year)]


def waiting(session: Session, study: str, year: int) -> int:
    """How many flagged cases wait for a decision, by the last run."""
    return quality.waiting(session, study, year)


def excluded(session: Session, study: str, year: int) -> int:
    """How many finished cases are excluded."""
    return quality.excluded(session, study, year)


def decisions(session: Session, study: str, year: int) -> dict[uuid.UUID, Decision]:
    """What was decided, by case."""
    return {
        case: Decision(decided == EXCLUDED, reason, by)
        for case, (decided, reason, by) in quality.decisions(session, study, year).items()
    }


def keep_flags(
    session: Session, study: str, year: int, flags: Iterable[tuple[uuid.UUID, CaseFlag]], *, at: datetime,
    version: str, checked: int, not_run: Mapping[str, str],
) -> None:  # fmt: skip
    """Put the flags of a run in the place of those before."""
    rows = [(case, flag.rule, flag.strength, flag.value) for case, flag in flags]
    quality.replace(session, study, year, rows, at=at, version=version, checked=checked, not_run=not_run)


def decide(
    session: Session, study: str, year: int, chosen: Sequence[uuid.UUID], act: str, actor: str, reason: str = ""
) -> int:
    """Exclude, keep or undo; how many cases that changed.

    What is decided already stays: only undoing touches it. Cases that are not finished, not of this wave or tests are
    passed over.

    Parameters
    ----------
    act : exclude, keep or undo

    Raises
    ------
    NotFound       there is no such wave
    WrongState     the wave is archived or came in as a file; or a reason is lacking
    """
    mixing.join_writers(session)
    row = waves.find(session, study, year, lock=True)
    if row is None:
        raise NotFound("There is no wave %(study)s %(year)s.", study=study, year=year)
    _require_decidable(session, study, year, row.state, act, reason)
    said, changed, moved = reason.strip()[:LONGEST_REASON], 0, []
    whole = publication.mark_of(session, study, year) if row.state in OVER else ""
    for case_id in chosen:
        case = cases.by_id(session, study, case_id, lock=True)
        if case is None or case.year != year or case.state != "complete" or case.is_test:
            continue
        before = quality.decision_of(session, study, case_id)
        if (before is None) == (act == UNDO):
            continue
        _note(session, study, case_id, act, said, actor)
        changed += 1
        if EXCLUDED in (before, _AFTER[act]):
            moved.append(case_id)
    if not changed:
        return 0
    audit.add(session, actor, f"quality.{act}", f"{study} {year}", {"cases": changed, "reason": said})
    if moved and row.state in OVER:
        publication.note_decisions(session, study, year, moved, whole, clock.now())
        editions.make(session, study, year, actor, DECIDED, said)
    return changed


_AFTER: Mapping[str, str | None] = {EXCLUDE: EXCLUDED, KEEP: KEPT, UNDO: None}


def _note(session: Session, study: str, case_id: uuid.UUID, act: str, reason: str, actor: str) -> None:
    flags = {name: value for name, value in cases.flags(session, study, case_id).items() if name != NOTED}
    if act != UNDO:
        flags[NOTED] = {"reason": reason, "by": actor}
    cases.change(session, study, case_id, {"quality_decision": _AFTER[act], "flags": flags})


def _require_decidable(session: Session, study: str, year: int, state: str, act: str, reason: str) -> None:
    if state == "archived":
        raise WrongState(
            "%(study)s %(year)s is %(state)s: in it nothing changes any more.", study=study, year=year,
            state=Word(state),
        )  # fmt: skip
    if imports.runs(session, study, year):
        raise WrongState(
            "%(study)s %(year)s came in as a file: leave cases out of the file and import it anew.",
            study=study,
            year=year,
        )
    if act == EXCLUDE and not reason.strip():
        raise WrongState("Say why these questionnaires are excluded; the reason stands with each of them.")
    if state in OVER and not reason.strip():
        raise WrongState(
            "%(study)s %(year)s is closed: say why its figures change. The reason is listed with the wave and stands "
            "in its book.",
            study=study,
            year=year,
        )
