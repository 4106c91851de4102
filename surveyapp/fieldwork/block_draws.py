"""Which blocks of a rotation somebody is asked: drawn once, when they agree to take part, and kept with the case.

Each person gets one of the draws that their role got least often until then, so that the numbers per block never differ
by more than one draw; among equals chance decides. That chance is not the case's seed: from a seed that is stored, the
draw and its place among the draws would follow, and so something of the order in which people came.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence

from surveyapp.engine.answers import Value
from surveyapp.instrument.model import Questionnaire, Variable
from surveyapp.instrument.rotations import as_stored
from surveyapp.storage.block_draws import Choose, give_out
from surveyapp.storage.database import Session


def draw_blocks(
    session: Session, study: str, year: int, questionnaire: Questionnaire, choose: Choose | None = None
) -> dict[str, Value]:
    """What somebody of this role draws of each rotation, as answers; counted as given out.

    Parameters
    ----------
    choose : decides among draws given out equally seldom; absent: chance that nobody can repeat
    """
    found: dict[str, Value] = {}
    for variable in questionnaire.rotations:
        if variable.draw is None:
            continue
        draws = {_named(codes): codes for codes in variable.draw.drawn()}
        drawn = give_out(
            session, study, year, questionnaire.role, _source(variable), tuple(draws), choose or _by_chance
        )
        found[variable.name] = as_stored(variable, draws[drawn])
    return found


def _by_chance(draws: Sequence[str]) -> str:
    return secrets.choice(draws)


def _named(codes: Sequence[int]) -> str:
    return ".".join(map(str, codes))


def _source(variable: Variable) -> str:
    """What is drawn from, in at most 80 letters: other blocks, or another number of them, are counted anew."""
    draw = variable.draw
    if draw is None:
        return variable.name
    blocks = hashlib.sha256(_named(draw.codes).encode()).hexdigest()[:16]
    return f"{variable.name}:{draw.take}:{blocks}"
