"""A closed wave's answers, frozen: a hash by which whoever runs the platform can show that they are what they were.

An edition counts what stands there until the next named act (`fieldwork.editions`); the hash is of just that. It rests
on a salt that never leaves the database and that goes with the next edition: a hash without one would let whoever
knows the other answers guess those that somebody took back, and confirm the guess (docs/decisions/0055-closing.md).
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from surveyapp.errors import WrongState
from surveyapp.fieldwork.wave_moves import OVER
from surveyapp.fieldwork.waves import wave_info, wave_list
from surveyapp.storage import editions, mixing, waves
from surveyapp.storage.database import Database, Session


@dataclass(frozen=True, slots=True)
class Frozen:
    """What a check of the answers came to."""

    edition: int
    cases: int
    hash: str  # that was noted
    found: str  # of what stands there

    @property
    def holds(self) -> bool:
        """Whether the answers are what they were."""
        return self.hash == self.found


def freeze_due(database: Database) -> int:
    """Note the hash of every edition in force that has none yet; how many. For the worker."""
    with database.read_primary() as session:
        due = [(info.study, info.year) for info in wave_list(session) if info.state in OVER]
        due = [wave for wave in due if _unfrozen(session, *wave) is not None]
    return sum(freeze(database, study, year) for study, year in due)


def freeze(database: Database, study: str, year: int) -> bool:
    """Note the hash of a wave's edition in force; False where it has one, or the wave takes answers again."""
    with database.write() as session:
        mixing.hold(session)  # a removal that is under way is waited for, and makes an edition of its own
        waves.find(session, study, year, lock=True)
        number = _unfrozen(session, study, year)
        if number is None or wave_info(session, study, year).state not in OVER:
            return False
        salt = secrets.token_hex(16)
        found, _ = editions.fingerprint(session, study, year, salt)
        editions.freeze(session, study, year, number, found, salt)
    return True


def _unfrozen(session: Session, study: str, year: int) -> int | None:
    made = editions.of_wave(session, study, year)
    return int(made[-1].number) if made and made[-1].data_salt is None else None


def verify(session: Session, study: str, year: int) -> Frozen:
    """Compute the hash anew and hold it against the one that was noted.

    Raises
    ------
    NotFound       there is no such wave
    WrongState     it has no hash: it is not closed, or the worker has not been there yet
    """
    is_over = wave_info(session, study, year).state in OVER
    made = editions.of_wave(session, study, year)
    if not is_over or not made or made[-1].data_salt is None:
        raise WrongState(
            "The answers of %(study)s %(year)s are not frozen: the wave is not closed, or the worker is still to come.",
            study=study,
            year=year,
        )
    found, cases = editions.fingerprint(session, study, year, made[-1].data_salt)
    return Frozen(made[-1].number, cases, made[-1].data_hash, found)
