"""From a question to what its template draws: one table from question type to template and fields.

A view model holds plain strings in one language; templates decide nothing but markup. Field names and values are those
of `surveyapp.engine.answers`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

from babel.dates import get_month_names

import surveyapp
from surveyapp.catalogues import LOCALES
from surveyapp.engine.answers import Form, field_name
from surveyapp.engine.shapes import HANDLERS
from surveyapp.engine.shapes.base import missing_field
from surveyapp.engine.shown_order import shown_categories
from surveyapp.engine.texts import DEFAULT_LENGTH, OTHER_LENGTH
from surveyapp.instrument.model import Question, Shape, Variable, VariableType

TEMPLATES = Path(surveyapp.__file__).parent / "templates"


@dataclass(frozen=True, slots=True)
class Option:
    """One thing to choose."""

    id: str
    value: str
    label: str
    checked: bool
    exclusive: bool = False
    other: TextField | None = None


@dataclass(frozen=True, slots=True)
class TextField:
    """A field to type in."""

    name: str
    value: str
    label: str = ""
    maximum: int = 0
    numeric: bool = False
    width: str = "medium"  # narrow · medium · wide
    invalid: bool = False


@dataclass(frozen=True, slots=True)
class Select:
    """A list to choose one from."""

    name: str
    label: str
    options: tuple[Option, ...]
    invalid: bool = False


@dataclass(frozen=True, slots=True)
class Fields:
    """What a question type adds to its question: options, fields and the ends of a scale."""

    options: tuple[Option, ...] = ()
    missing: tuple[Option, ...] = ()  # don't know and the like, apart from the answers
    texts: tuple[TextField, ...] = ()
    selects: tuple[Select, ...] = ()
    unit: str = ""
    low: str = ""
    high: str = ""
    single: str = ""  # the one field a label can be tied to; empty: a group with a legend


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it is put to one person now."""

    question: Question
    language: str
    typed: Form
    seed: int
    faults: frozenset[str] = field(default_factory=frozenset)  # form fields a message is tied to

    @property
    def variable(self) -> Variable:
        """The question's variable."""
        return self.question.variable

    @property
    def base(self) -> str:
        """The name of its first form field."""
        return field_name(self.question.name)

    def first(self, name: str) -> str:
        """What was typed in a field."""
        values = self.typed.get(name)
        return values[0] if values else ""


def _missing(asked: Asked) -> tuple[Option, ...]:
    name = missing_field(asked.variable)
    chosen = asked.typed.get(name, ())
    return tuple(
        Option(f"{name}-{missing.key}", str(missing.code), missing.label[asked.language], str(missing.code) in chosen)
        for missing in asked.question.missing
    )


def _own_words(asked: Asked, label: str = "") -> TextField:
    """What "other" is, in a person's own words."""
    name = field_name(asked.question.name, "other")
    is_wrong = name in asked.faults
    return TextField(name, asked.first(name), label, OTHER_LENGTH, width="wide", invalid=is_wrong)


def _options(asked: Asked) -> tuple[Option, ...]:
    language, base = asked.language, asked.base
    chosen = asked.typed.get(base, ())
    found: list[Option] = []
    for category in shown_categories(asked.question, asked.seed):
        other = None
        if category.other:
            other = _own_words(asked)
        value = str(category.code)
        ident = f"{base}-{value}" if found else f"{base}-first"  # the error summary leads to the first
        found.append(Option(ident, value, category.label[language], value in chosen, category.exclusive, other))
    return tuple(found)


def _choice(asked: Asked) -> Fields:
    return Fields(options=_options(asked), missing=_missing(asked))


def _scale(asked: Asked) -> Fields:
    variable, language = asked.variable, asked.language
    return replace(
        _choice(asked),
        low=variable.low[language] if variable.low else "",
        high=variable.high[language] if variable.high else "",
    )


def _number(asked: Asked) -> Fields:
    base = asked.base
    width, maximum = ("medium", 60) if asked.variable.type.traits.is_amount else ("narrow", 8)
    text = TextField(base, asked.first(base), maximum=maximum, numeric=True, width=width, invalid=base in asked.faults)
    return Fields(
        texts=(text,),
        missing=_missing(asked),
        unit=asked.variable.unit[asked.language] if asked.variable.unit else "",
        single="" if asked.question.missing else base,
    )


@lru_cache(maxsize=4)
def _month_names(language: str) -> tuple[str, ...]:
    names = get_month_names("wide", "stand-alone", LOCALES[language])
    return tuple(names[month] for month in range(1, 13))


def _month(asked: Asked) -> Fields:
    month, year = HANDLERS[asked.variable.type].fields(asked.variable)
    chosen = asked.first(month)
    options = tuple(
        Option(f"{month}-{number}", str(number), name, chosen == str(number))
        for number, name in enumerate(_month_names(asked.language), start=1)
    )
    return Fields(
        selects=(Select(month, "month", options, month in asked.faults),),
        texts=(TextField(year, asked.first(year), "year", 8, True, "narrow", year in asked.faults),),
        missing=_missing(asked),
    )


def _ranking(asked: Asked) -> Fields:
    language = asked.language
    categories = shown_categories(asked.question, asked.seed)
    selects = []
    for place, name in enumerate(HANDLERS[asked.variable.type].fields(asked.variable), start=1):
        chosen = asked.first(name)
        options = tuple(
            Option("", str(category.code), category.label[language], chosen == str(category.code))
            for category in categories
        )
        selects.append(Select(name, str(place), options, name in asked.faults))
    others = tuple(_own_words(asked, category.label[language]) for category in categories if category.other)
    return Fields(selects=tuple(selects), texts=others, missing=_missing(asked))


def _allocation(asked: Asked) -> Fields:
    texts = []
    for category in shown_categories(asked.question, asked.seed):
        name = field_name(asked.question.name, category.code)
        label = category.label[asked.language]
        texts.append(TextField(name, asked.first(name), label, 20, True, "narrow", name in asked.faults))
    return Fields(texts=tuple(texts), missing=_missing(asked), unit="%")


def _text(asked: Asked) -> Fields:
    base = asked.base
    maximum = asked.variable.maximum_characters or DEFAULT_LENGTH
    text = TextField(base, asked.first(base), maximum=maximum, width="wide", invalid=base in asked.faults)
    return Fields(
        texts=(text,),
        missing=_missing(asked),
        single="" if asked.question.missing else base,
    )


@dataclass(frozen=True, slots=True)
class QuestionType:
    """How a type is drawn: its template and the function that fills it."""

    template: str
    fields: Callable[[Asked], Fields]
    is_typed: bool = False  # its fields are typed in


_OF_SHAPE: Mapping[Shape, QuestionType] = {
    Shape.CODE: QuestionType("questions/single.html", _choice),
    Shape.CHOICE: QuestionType("questions/multiple.html", _choice),
    Shape.NUMBER: QuestionType("questions/number.html", _number, is_typed=True),
    Shape.RANKING: QuestionType("questions/ranking.html", _ranking),
    Shape.ALLOCATION: QuestionType("questions/allocation.html", _allocation, is_typed=True),
    Shape.TEXT: QuestionType("questions/long_text.html", _text, is_typed=True),
}


_SCALE = QuestionType("questions/scale.html", _scale)
_MONTH = QuestionType("questions/month.html", _month)


def _question_type(kind: VariableType) -> QuestionType:
    """Drawn as its shape is, by a template of its own name where there is one."""
    like = _SCALE if kind.traits.scale else _MONTH if kind.traits.is_month else _OF_SHAPE[kind.shape]
    own = f"questions/{kind}.html"
    return replace(like, template=own) if (TEMPLATES / own).is_file() else like


QUESTION_TYPES: Mapping[VariableType, QuestionType] = {kind: _question_type(kind) for kind in VariableType}
