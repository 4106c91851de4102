"""Draws of a questionnaire's rotations, to choose from where a questionnaire is shown to who makes it."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice, product

from surveyapp.engine.answers import Value
from surveyapp.instrument.model import Page, Questionnaire, Variable
from surveyapp.instrument.rotations import as_stored
from surveyapp.web.languages import current

MOST_OFFERED = 100
"""Draws of all rotations together in one list."""
Draw = Mapping[str, Value]


def draws_of(questionnaire: Questionnaire) -> dict[str, tuple[str, Draw]]:
    """Every draw somebody of this role can get: by its key in an address what it is called and what it is."""
    rotations = [variable for variable in questionnaire.rotations if variable.draw is not None]
    if not rotations:
        return {}
    every = product(*(variable.draw.drawn() for variable in rotations if variable.draw is not None))
    return {
        "-".join(".".join(map(str, codes)) for codes in together): (
            " · ".join(_named(variable, codes) for variable, codes in zip(rotations, together, strict=True)),
            {variable.name: as_stored(variable, codes) for variable, codes in zip(rotations, together, strict=True)},
        )
        for together in islice(every, MOST_OFFERED)
    }


def is_asked(page: Page, drawn: Draw | None) -> bool:
    """Whether a page is among those of a draw; without a draw every page is."""
    if page.block is None or drawn is None:
        return True
    held = drawn.get(page.block.rotation.name)
    return page.block.code in (held if isinstance(held, list) else [held])


def _named(variable: Variable, codes: tuple[int, ...]) -> str:
    return " + ".join(variable.category(code).label[current()] for code in codes)
