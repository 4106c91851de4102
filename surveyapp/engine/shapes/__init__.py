"""One handler per shape of answer: everything the engine does with an answer, from form to words.

A type has the handler of its shape. Three kinds of number have one of their own, because they are written otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping

from surveyapp.engine.shapes.allocations import Allocation
from surveyapp.engine.shapes.base import Handler
from surveyapp.engine.shapes.codes import Choices, Codes
from surveyapp.engine.shapes.numbers import Month, Number, Region, Year
from surveyapp.engine.shapes.open_answers import OpenAnswer
from surveyapp.engine.shapes.rankings import Ranking
from surveyapp.instrument.model import Shape, VariableType

_OF_SHAPE: Mapping[Shape, Handler] = {
    Shape.CODE: Codes(),
    Shape.CHOICE: Choices(),
    Shape.RANKING: Ranking(),
    Shape.ALLOCATION: Allocation(),
    Shape.NUMBER: Number(),
    Shape.TEXT: OpenAnswer(),
}
_OWN: Mapping[VariableType, Handler] = {
    VariableType.YEAR: Year(),
    VariableType.MONTH: Month(),
    VariableType.REGION: Region(),
}
HANDLERS: Mapping[VariableType, Handler] = {kind: _OWN.get(kind, _OF_SHAPE[kind.shape]) for kind in VariableType}
