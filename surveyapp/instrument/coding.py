"""Code frames: what open answers are coded by, and the variable that comes of it.

A frame is no part of a wave's instrument: it grows while people read, long after the questionnaire closed. So it has
versions of its own, and a code that was merged, split or retired stays in it with what became of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from surveyapp.instrument.model import Instrument, TableDefinition, Universe
from surveyapp.instrument.types import Level, Shape, VariableType
from surveyapp.instrument.variables import Category, Coded, Text, Variable

CANNOT_BE_CODED = 9999
"""The code of an answer that says nothing by which it could be coded; in every frame, and of none."""
CANNOT_BE_CODED_LABEL = Text({"nl": "Niet te coderen", "en": "Cannot be coded"})
IN_USE, RETIRED, MERGED, SPLIT = "in use", "retired", "merged", "split"


@dataclass(frozen=True, slots=True)
class FrameCode:
    """One code of a frame; ``into``: the codes that took its place when it was merged (one) or split (several)."""

    code: int
    key: str
    label: Text
    description: Text | None = None
    state: str = IN_USE
    into: tuple[int, ...] = ()

    @property
    def is_in_use(self) -> bool:
        """Whether coders can still give it."""
        return self.state == IN_USE


@dataclass(frozen=True, slots=True)
class Sheet:
    """The sheet of the report book that shows a coded variable."""

    id: str
    title: Text
    section: str
    most: int | None = None  # so many codes at most, those that were named most


@dataclass(frozen=True, slots=True)
class Frame:
    """By which codes the answers to one open question are coded; ``variable`` is what comes of it."""

    question: str
    variable: str
    label: Text
    codes: tuple[FrameCode, ...]
    sheet: Sheet | None = None

    @property
    def in_use(self) -> tuple[FrameCode, ...]:
        """The codes that can be given, in their order."""
        return tuple(one for one in self.codes if one.is_in_use)

    def find(self, code: int) -> FrameCode | None:
        """The code with this number."""
        return next((one for one in self.codes if one.code == code), None)

    def by_key(self, key: str) -> FrameCode | None:
        """The code with this key, which is the same in every wave."""
        return next((one for one in self.codes if one.key == key), None)

    def as_counted(self, codes: Sequence[int]) -> tuple[int, ...] | None:
        """Codes that were given as they count now, merged ones as what they were merged into, in the frame's order.

        None where one was split since: only a person can say what became of it.
        """
        found: set[int] = set()
        for code in codes:
            entry = self.find(code)
            while entry is not None and entry.state == MERGED:
                entry = self.find(entry.into[0])
            if code != CANNOT_BE_CODED and (entry is None or entry.state == SPLIT):
                return None
            found.add(CANNOT_BE_CODED if entry is None else entry.code)
        order = [*(one.code for one in self.codes), CANNOT_BE_CODED]
        return tuple(sorted(found, key=order.index))

    def as_dict(self) -> dict[str, Any]:
        """The frame as plain data."""
        return {
            "of": self.question,
            "variable": self.variable,
            "label": dict(self.label),
            "codes": [
                {
                    "code": one.code,
                    "key": one.key,
                    "label": dict(one.label),
                    "description": dict(one.description) if one.description else None,
                    "state": one.state,
                    "into": list(one.into),
                }
                for one in self.codes
            ],
            "sheet": None
            if self.sheet is None
            else {
                "id": self.sheet.id,
                "title": dict(self.sheet.title),
                "section": self.sheet.section,
                **({"most": self.sheet.most} if self.sheet.most is not None else {}),
            },
        }


def frame_of(found: Mapping[str, Any]) -> Frame:
    """The frame that :meth:`Frame.as_dict` gave, or that stands in coding.yaml (checked with the other files)."""
    sheet = found.get("sheet")
    return Frame(
        found["of"],
        found["variable"],
        Text(found["label"]),
        tuple(
            FrameCode(
                int(one["code"]),
                one["key"],
                Text(one["label"]),
                Text(one["description"]) if one.get("description") else None,
                RETIRED if one.get("retired") else one.get("state", IN_USE),
                tuple(one.get("into", ())),
            )
            for one in found["codes"]
        ),
        Sheet(sheet["id"], Text(sheet["title"]), sheet["section"], sheet.get("most")) if sheet else None,
    )


def frames_of(document: Mapping[str, Any]) -> tuple[Frame, ...]:
    """The frames that coding.yaml holds; none where there is no such file."""
    return tuple(map(frame_of, document.get("frames", ())))


def coded_variable(
    frame: Frame, source: Variable, made: Coded, used: Sequence[int], order: Sequence[int] = ()
) -> Variable:
    """The variable that comes of coding a question.

    Parameters
    ----------
    used :  the codes that were given to somebody: a retired one among them keeps its category
    order : codes that stand first, in this order; the others follow in that of the frame
    """
    shown = [one for one in frame.codes if one.is_in_use or (one.state == RETIRED and one.code in used)]
    first = {code: place for place, code in enumerate(order)}
    shown.sort(key=lambda one: first.get(one.code, len(first)))
    categories = [Category(one.code, one.key, one.label, one.label, retired=not one.is_in_use) for one in shown]
    last = CANNOT_BE_CODED_LABEL
    categories.append(Category(CANNOT_BE_CODED, "cannot_be_coded", last, last, exclusive=True, anchored=True))
    return Variable(
        name=frame.variable,
        type=VariableType.of(Shape.CHOICE),
        level=Level.NOMINAL,
        label=frame.label,
        categories=tuple(categories),
        construct=source.construct,
        phase=source.phase,
        use=source.use,
        is_sensitive=source.is_sensitive,
        coded=made,
    )


def with_coded(instrument: Instrument, coded: Mapping[str, tuple[Frame, Variable]]) -> Instrument:
    """The instrument with coded variables behind the questions they come of, and the sheets that show them."""
    if not coded:
        return instrument
    sheets = tuple(_sheet(frame) for frame, _ in coded.values() if frame.sheet is not None)
    universes = {frame.variable: instrument.universes.get(frame.question, Universe({})) for frame, _ in coded.values()}
    return replace(
        instrument,
        variables=dict(_in_order(instrument.variables, coded)),
        universes={**instrument.universes, **universes},
        tables=(*instrument.tables, *sheets),
    )


def _in_order(
    variables: Mapping[str, Variable], coded: Mapping[str, tuple[Frame, Variable]]
) -> Iterator[tuple[str, Variable]]:
    for name, variable in variables.items():
        yield name, variable
        yield from ((made.name, made) for frame, made in coded.values() if frame.question == name)


def _sheet(frame: Frame) -> TableDefinition:
    sheet = frame.sheet
    assert sheet is not None
    return TableDefinition(
        sheet.id, sheet.title, sheet.section, "multiple", (frame.variable,), ("role",), chart="bars", most=sheet.most
    )
