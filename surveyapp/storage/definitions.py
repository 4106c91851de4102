"""Queries on definitions that are worked on from the console, and on what was sent in for them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select, update
from sqlmodel import Session

from surveyapp.storage.definition_tables import DefinitionRow, ProposalRow, StudyProposalRow
from surveyapp.storage.statements import in_wave

DEFINITIONS: Any = DefinitionRow.__table__  # type: ignore[attr-defined]
PROPOSALS: Any = ProposalRow.__table__  # type: ignore[attr-defined]
STUDIES: Any = StudyProposalRow.__table__  # type: ignore[attr-defined]
HEAD = tuple(column for column in DEFINITIONS.c if column.name != "files")


def head(session: Session, study: str, year: int) -> Row[*tuple[Any, ...]] | None:
    """What is known of a definition without its files; None where the console holds none."""
    return session.connection().execute(select(*HEAD).where(*in_wave(DEFINITIONS, study, year))).first()


def files(session: Session, study: str, year: int) -> bytes | None:
    """The files of a definition, packed."""
    found = session.connection().execute(select(DEFINITIONS.c.files).where(*in_wave(DEFINITIONS, study, year)))
    packed = found.scalar_one_or_none()
    return None if packed is None else bytes(packed)


def add(session: Session, study: str, year: int, **values: Any) -> None:
    """Hold a definition from now on."""
    session.connection().execute(insert(DEFINITIONS).values(study_id=study, year=year, revision=1, **values))


def change(session: Session, study: str, year: int, revision: int, **values: Any) -> bool:
    """Put other files in the place of those of this revision; whether they still were of it."""
    there = (*in_wave(DEFINITIONS, study, year), DEFINITIONS.c.revision == revision)
    changed = update(DEFINITIONS).where(*there).values(revision=revision + 1, **values)
    return bool(session.connection().execute(changed.returning(DEFINITIONS.c.revision)).first())


def propose(session: Session, study: str, year: int, proposal_id: str, **values: Any) -> None:
    """Keep what was sent in until it is confirmed."""
    session.connection().execute(insert(PROPOSALS).values(study_id=study, year=year, proposal_id=proposal_id, **values))


def proposal(session: Session, study: str, year: int, proposal_id: str) -> Row[*tuple[Any, ...]] | None:
    """What was sent in under this name."""
    statement = select(PROPOSALS).where(*in_wave(PROPOSALS, study, year), PROPOSALS.c.proposal_id == proposal_id)
    return session.connection().execute(statement).first()


def drop_proposal(session: Session, study: str, year: int, proposal_id: str) -> bool:
    """Let go of what was sent in; whether it was there."""
    gone = delete(PROPOSALS).where(*in_wave(PROPOSALS, study, year), PROPOSALS.c.proposal_id == proposal_id)
    return bool(session.connection().execute(gone.returning(PROPOSALS.c.proposal_id)).first())


def forget_proposals(session: Session, before: datetime) -> int:
    """Let go of everything that was sent in before; the number of them."""
    gone = delete(PROPOSALS).where(PROPOSALS.c.sent_at < before).returning(PROPOSALS.c.proposal_id)
    return len(session.connection().execute(gone).all())


def propose_study(session: Session, study: str, proposal_id: str, **values: Any) -> None:
    """Keep a first study that was sent in until it is confirmed."""
    session.connection().execute(insert(STUDIES).values(study_id=study, proposal_id=proposal_id, **values))


def proposed_study(
    session: Session, proposal_id: str, actor: str, after: datetime, *, lock: bool = False
) -> Row[*tuple[Any, ...]] | None:
    """What somebody sent in under this name, after a moment; locked, nobody else takes it in before this transaction
    ends.
    """
    theirs = (STUDIES.c.proposal_id == proposal_id, STUDIES.c.actor == actor, STUDIES.c.sent_at > after)
    statement = select(STUDIES).where(*theirs)
    return session.connection().execute(statement.with_for_update() if lock else statement).first()


def drop_study(session: Session, proposal_id: str) -> None:
    """Let go of a first study that was sent in."""
    session.connection().execute(delete(STUDIES).where(STUDIES.c.proposal_id == proposal_id))


def forget_studies(session: Session, before: datetime) -> int:
    """Let go of every first study that was sent in before; the number of them."""
    gone = delete(STUDIES).where(STUDIES.c.sent_at < before).returning(STUDIES.c.proposal_id)
    return len(session.connection().execute(gone).all())


def forget_wave(session: Session, study: str, year: int) -> None:
    """Let go of everything of a wave that goes itself."""
    for table in (PROPOSALS, DEFINITIONS):
        session.connection().execute(delete(table).where(*in_wave(table, study, year)))
