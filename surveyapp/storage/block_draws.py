"""How often each draw of a rotation was given out: the next person gets one of those given out least."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import select, update
from sqlmodel import Session

from surveyapp.storage.statements import in_wave, insert_into
from surveyapp.storage.tables import BlockDrawRow

DRAWS: Any = BlockDrawRow.__table__  # type: ignore[attr-defined]
_KEY = ("study_id", "year", "role", "rotation", "draw")
Choose = Callable[[Sequence[str]], str]


def give_out(
    session: Session, study: str, year: int, role: str, rotation: str, draws: Sequence[str], choose: Choose
) -> str:
    """One of the draws given out least often, counted; exact over all processes.

    Two people who begin at once wait for each other: the counts are locked until the transaction ends.

    Parameters
    ----------
    draws :  every draw there is
    choose : picks one among those given out equally seldom
    """
    times = _locked(session, study, year, role, rotation)
    if not set(draws) <= times.keys():
        rows = [
            {"study_id": study, "year": year, "role": role, "rotation": rotation, "draw": draw, "times": 0}
            for draw in sorted(draws)
        ]
        session.connection().execute(
            insert_into(session, DRAWS).on_conflict_do_nothing(index_elements=list(_KEY)), rows
        )
        times = _locked(session, study, year, role, rotation)
    least = min(times[draw] for draw in draws)
    drawn = choose([draw for draw in draws if times[draw] == least])
    session.connection().execute(
        update(DRAWS).where(*_of(study, year, role, rotation), DRAWS.c.draw == drawn).values(times=DRAWS.c.times + 1)
    )
    return drawn


def _of(study: str, year: int, role: str, rotation: str) -> tuple[Any, ...]:
    return (
        *in_wave(DRAWS, study, year),
        DRAWS.c.role == role,
        DRAWS.c.rotation == rotation,
    )


def _locked(session: Session, study: str, year: int, role: str, rotation: str) -> dict[str, int]:
    statement = select(DRAWS.c.draw, DRAWS.c.times).where(*_of(study, year, role, rotation))
    rows = session.connection().execute(statement.order_by(DRAWS.c.draw).with_for_update())
    return {row.draw: row.times for row in rows}
