"""A wave's definition while people answer it: texts corrected, or a new version beside the old one.

A *correction* differs from the version in force in words alone. It is published as a version of its own; cases that
are still answering go on with it from their next page, cases that were sent keep the words they saw. A *revision*
differs in more: cases that begin from now on get it, and every case that began keeps its own. Figures count all of them
in the columns of the version in force, which is why a revision may add and never take away (`instrument.corrections`).

Both are written in the audit log in the same transaction, with every changed text old and new and the reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from surveyapp.errors import NotFound, Word, WrongState
from surveyapp.fieldwork import editions
from surveyapp.fieldwork.meanings import lost_meanings
from surveyapp.fieldwork.wave_moves import BEFORE_OPENING, contradiction
from surveyapp.fieldwork.waves import publish
from surveyapp.instrument.corrections import VersionDifference, one_sided, stacking_obstacles, version_difference
from surveyapp.instrument.model import Instrument
from surveyapp.storage import audit, versions, waves
from surveyapp.storage.database import Session
from surveyapp.storage.tables import WaveRow

CHANGEABLE = ("open", "closed")
"""States in which a correction or revision is the way; before, `waves.adopt` is."""
CORRECT, REVISE = "wave.correct", "wave.revise"
LOGGED = ("wave.create", "wave.adopt", CORRECT, REVISE)
MOST_NAMED = 12
MOST_LOGGED = 200


@dataclass(frozen=True, slots=True)
class NewVersion:
    """A version that came into force during the fieldwork.

    ``moved`` counts the cases that were under way and go on with it; 0 for a revision.
    """

    study: str
    year: int
    hash: str
    replaces: str
    difference: VersionDifference
    moved: int


@dataclass(frozen=True, slots=True)
class VersionEntry:
    """One line of a wave's history, from the audit log."""

    at: datetime
    actor: str
    action: str  # wave.create · wave.adopt · wave.correct · wave.revise
    hash: str
    replaces: str
    reason: str
    moved: int
    texts: tuple[Mapping[str, Any], ...]  # places, old and new per language
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Replaced:
    """A version that was in force while figures could be seen, and until when."""

    hash: str
    until: datetime


def correct(session: Session, instrument: Instrument, actor: str, reason: str = "") -> NewVersion:
    """Put corrected texts in force, for new cases and for those under way.

    Raises
    ------
    WrongState     the wave is not open or closed; nothing differs; more than words does; words changed places; or no
                   reason is given where the wave is closed or only the source language changed
    """
    row, before = _in_force(session, instrument)
    difference = version_difference(before, instrument)
    if difference.exchanged:
        raise WrongState(
            "%(study)s %(year)s: words changed places (%(places)s). Answers already given would mean something else; "
            "put each text back where it stood.",
            study=row.study_id,
            year=row.year,
            places=_named(difference.exchanged),
        )
    if difference.others:
        raise WrongState(
            "%(study)s %(year)s: more than texts differs (%(named)s). Take that back, or make a new version beside "
            "this one: surveyapp wave revise %(study)s %(year)s --reason …",
            study=row.study_id,
            year=row.year,
            named=_named(difference.others),
        )
    if not difference.texts:
        raise WrongState(
            "%(study)s %(year)s: no text differs from the version in force.", study=row.study_id, year=row.year
        )
    alone = one_sided(difference, instrument.languages)
    if alone and not reason.strip():
        raise WrongState(
            "%(study)s %(year)s: texts changed in the source language (%(language)s) while their translation says what "
            "it said: %(places)s. Mend the translation, or say with --reason why it still holds.",
            study=row.study_id,
            year=row.year,
            language=instrument.languages[0],
            places=_named(tuple(each.places[0] for each in alone)),
        )
    return _put_in_force(session, row, instrument, difference, CORRECT, actor, reason, moves=True)


def revise(session: Session, instrument: Instrument, actor: str, reason: str) -> NewVersion:
    """Put a new version in force for new cases; every case that began keeps its own.

    Raises
    ------
    WrongState     the wave is not open or closed; no reason is given; nothing or only texts differ; or answers under
                   both versions could not be counted together
    """
    row, before = _in_force(session, instrument)
    name = f"{row.study_id} {row.year}"
    if not reason.strip():
        raise WrongState("%(name)s: say why with --reason; it stands beside the figures of this wave.", name=name)
    difference = version_difference(before, instrument)
    if not difference.others:
        raise WrongState("%(name)s: nothing but texts differs; use: surveyapp wave correct %(name)s", name=name)
    obstacles = stacking_obstacles(before, instrument)
    if obstacles:
        raise WrongState(
            "%(name)s: the answers could not be counted together. %(why)s", name=name, why=_told(obstacles)
        )
    stood = {(year, found.code, found.name) for year, found in lost_meanings(session, before)}
    for year, found in lost_meanings(session, instrument):
        if (year, found.code, found.name) not in stood:
            raise contradiction(instrument, year, found, more=0)
    return _put_in_force(session, row, instrument, difference, REVISE, actor, reason, moves=False)


def history(session: Session, study: str, year: int) -> tuple[VersionEntry, ...]:
    """How a wave came to its version in force, newest first."""
    found = []
    for at, actor, action, details in versions.entries(session, f"{study} {year}", LOGGED):
        held = details or {}
        found.append(
            VersionEntry(
                at,
                actor,
                action,
                str(held.get("version", "")),
                str(held.get("corrects") or held.get("replaces") or ""),
                str(held.get("reason", "")),
                int(held.get("moved", 0)),
                tuple(held.get("texts", ())),
                tuple(held.get("others", ())),
            )
        )
    return tuple(found)


def replaced_versions(session: Session, study: str, year: int) -> tuple[Replaced, ...]:
    """The versions by which figures were shown before the one in force, oldest first; the same one may come twice.

    Those of before the opening are none of them. What is read are the audit's entries, and of a wave that came in as a
    file, which has figures from then on, its editions.
    """
    found = [Replaced(row.hash, row.at) for row in versions.replacements(session, f"{study} {year}", (CORRECT, REVISE))]
    made = editions.of_wave(session, study, year) if not found else ()
    found += [Replaced(one.version, after.at) for one, after in pairwise(made) if one.version != after.version]
    return tuple(found)


def _in_force(session: Session, instrument: Instrument) -> tuple[WaveRow, Instrument]:
    # Only here: the parser of definitions has no place in a respondent's process.
    from surveyapp.instrument.loader import instrument_from_documents

    study, year = instrument.study.id, instrument.wave.year
    row = waves.find(session, study, year, lock=True)
    if row is None:
        raise NotFound(
            "There is no wave %(study)s %(year)s; make it with: surveyapp wave create %(study)s %(year)s",
            study=study,
            year=year,
        )
    if row.state in BEFORE_OPENING:
        raise WrongState(
            "%(study)s %(year)s is %(state)s: it takes the definition over as it stands with: "
            "surveyapp wave create %(study)s %(year)s",
            study=study,
            year=year,
            state=Word(row.state),
        )
    if row.state not in CHANGEABLE:
        raise WrongState(
            "%(study)s %(year)s is %(state)s: in it nothing changes any more.",
            study=study,
            year=year,
            state=Word(row.state),
        )
    documents = waves.version(session, study, row.instrument_hash)
    if documents is None:
        raise NotFound(
            "%(study)s has no published version %(version)s.",
            study=study,
            version=row.instrument_hash[:12],
        )
    before = instrument_from_documents(documents)
    if not before.questionnaires:
        raise WrongState(
            "%(study)s %(year)s came in as a file; import it again to change its definition.", study=study, year=year
        )
    return row, before


def _put_in_force(
    session: Session,
    row: WaveRow,
    instrument: Instrument,
    difference: VersionDifference,
    action: str,
    actor: str,
    reason: str,
    *,
    moves: bool,
) -> NewVersion:
    study, year, before = row.study_id, row.year, row.instrument_hash
    publish(session, instrument)
    row.instrument_hash = instrument.hash
    session.add(row)
    session.flush()
    if row.state in editions.OVER:
        editions.require_reason(study, year, reason)
        editions.make(session, study, year, actor, action, reason)
    moved = versions.move_running(session, study, year, before, instrument.hash) if moves else 0
    audit.add(
        session,
        actor,
        action,
        f"{study} {year}",
        {
            "version": instrument.hash,
            "corrects" if moves else "replaces": before,
            "reason": reason.strip(),
            "moved": moved,
            "texts": [
                {"places": list(each.places), "old": dict(each.old), "new": dict(each.new)}
                for each in difference.texts[:MOST_LOGGED]
            ],
            "others": list(difference.others[:MOST_LOGGED]),
        },
    )
    return NewVersion(study, year, instrument.hash, before, difference, moved)


def _named(others: tuple[str, ...]) -> str:
    more = f" and {len(others) - MOST_NAMED} more" if len(others) > MOST_NAMED else ""
    return ", ".join(others[:MOST_NAMED]) + more


def _told(obstacles: tuple[Mapping[str, str], ...]) -> str:
    more = f" And {len(obstacles) - MOST_NAMED} more." if len(obstacles) > MOST_NAMED else ""
    return " ".join(each["en"] for each in obstacles[:MOST_NAMED]) + more
