"""From a question to what its template draws: one table from question type to template and fields.

A view model holds plain strings in one language; templates decide nothing but markup. Field names and values are those
of `surveyapp.engine.answers`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from babel.dates import get_month_names

from surveyapp.catalogues import LOCALES
from surveyapp.engine.answers import Form
from surveyapp.engine.shown_order import shown_categories
from surveyapp.engine.texts import DEFAULT_LENGTH, OTHER_LENGTH
from surveyapp.instrument.model import Question, Variable, VariableType


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
        return f"q_{self.question.name}"

    def first(self, name: str) -> str:
        """What was typed in a field."""
        values = self.typed.get(name)
        return values[0] if values else ""


def _missing(asked: Asked, name: str) -> tuple[Option, ...]:
    chosen = asked.typed.get(name, ())
    return tuple(
        Option(f"{name}-{missing.key}", str(missing.code), missing.label[asked.language], str(missing.code) in chosen)
        for missing in asked.question.missing
    )


def _own_words(asked: Asked, label: str = "") -> TextField:
    """What "other" is, in a person's own words."""
    name = f"{asked.base}__other"
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
    return Fields(options=_options(asked), missing=_missing(asked, asked.base))


def _scale(asked: Asked) -> Fields:
    variable, language = asked.variable, asked.language
    return Fields(
        options=_options(asked),
        missing=_missing(asked, asked.base),
        low=variable.low[language] if variable.low else "",
        high=variable.high[language] if variable.high else "",
    )


def _typed_number(asked: Asked, width: str, maximum: int) -> Fields:
    base = asked.base
    text = TextField(base, asked.first(base), maximum=maximum, numeric=True, width=width, invalid=base in asked.faults)
    return Fields(
        texts=(text,),
        missing=_missing(asked, f"{base}__missing"),
        unit=asked.variable.unit[asked.language] if asked.variable.unit else "",
        single="" if asked.question.missing else base,
    )


def _number(asked: Asked) -> Fields:
    return _typed_number(asked, "medium", 60)


def _year(asked: Asked) -> Fields:
    return _typed_number(asked, "narrow", 8)


def _region(asked: Asked) -> Fields:
    return _typed_number(asked, "narrow", 8)


@lru_cache(maxsize=4)
def _month_names(language: str) -> tuple[str, ...]:
    names = get_month_names("wide", "stand-alone", LOCALES[language])
    return tuple(names[month] for month in range(1, 13))


def _month(asked: Asked) -> Fields:
    base = asked.base
    month, year = f"{base}__month", f"{base}__year"
    chosen = asked.first(month)
    options = tuple(
        Option(f"{month}-{number}", str(number), name, chosen == str(number))
        for number, name in enumerate(_month_names(asked.language), start=1)
    )
    return Fields(
        selects=(Select(month, "month", options, month in asked.faults),),
        texts=(TextField(year, asked.first(year), "year", 8, True, "narrow", year in asked.faults),),
        missing=_missing(asked, f"{base}__missing"),
    )


def _ranking(asked: Asked) -> Fields:
    base, language = asked.base, asked.language
    categories = shown_categories(asked.question, asked.seed)
    selects = []
    for place in range(1, asked.variable.ranks + 1):
        name = f"{base}__{place}"
        chosen = asked.first(name)
        options = tuple(
            Option("", str(category.code), category.label[language], chosen == str(category.code))
            for category in categories
        )
        selects.append(Select(name, str(place), options, name in asked.faults))
    others = tuple(_own_words(asked, category.label[language]) for category in categories if category.other)
    return Fields(selects=tuple(selects), texts=others, missing=_missing(asked, f"{base}__missing"))


def _allocation(asked: Asked) -> Fields:
    base, language = asked.base, asked.language
    texts = []
    for category in shown_categories(asked.question, asked.seed):
        name = f"{base}__{category.code}"
        text = TextField(name, asked.first(name), category.label[language], 20, True, "narrow", name in asked.faults)
        texts.append(text)
    return Fields(texts=tuple(texts), missing=_missing(asked, f"{base}__missing"), unit="%")


def _text(asked: Asked) -> Fields:
    base = asked.base
    maximum = asked.variable.maximum_characters or DEFAULT_LENGTH
    text = TextField(base, asked.first(base), maximum=maximum, width="wide", invalid=base in asked.faults)
    return Fields(
        texts=(text,),
        missing=_missing(asked, f"{base}__missing"),
        single="" if asked.question.missing else base,
    )


@dataclass(frozen=True, slots=True)
class QuestionType:
    """How a type is drawn: its template and the function that fills it."""

    template: str
    fields: Callable[[Asked], Fields]


QUESTION_TYPES: Mapping[VariableType, QuestionType] = {
    VariableType.SINGLE: QuestionType("questions/single.html", _choice),
    VariableType.CONSENT: QuestionType("questions/single.html", _choice),
    VariableType.MULTIPLE: QuestionType("questions/multiple.html", _choice),
    VariableType.MARK: QuestionType("questions/mark.html", _scale),
    VariableType.RECOMMENDATION: QuestionType("questions/recommendation.html", _scale),
    VariableType.NUMBER: QuestionType("questions/number.html", _number),
    VariableType.YEAR: QuestionType("questions/year.html", _year),
    VariableType.MONTH: QuestionType("questions/month.html", _month),
    VariableType.REGION: QuestionType("questions/region.html", _region),
    VariableType.RANKING: QuestionType("questions/ranking.html", _ranking),
    VariableType.ALLOCATION: QuestionType("questions/allocation.html", _allocation),
    VariableType.SHORT_TEXT: QuestionType("questions/short_text.html", _text),
    VariableType.LONG_TEXT: QuestionType("questions/long_text.html", _text),
}
"""Every type a questionnaire may hold; a test holds it complete."""
