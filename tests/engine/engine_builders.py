"""Small questionnaires made in code, for tests of the engine alone."""

from __future__ import annotations

from typing import Any

from surveyapp.instrument.conditions import Condition, parse_condition
from surveyapp.instrument.model import (
    Category,
    Construct,
    Ending,
    Information,
    Instrument,
    Item,
    Level,
    MissingCode,
    Organisation,
    Page,
    Part,
    Question,
    Questionnaire,
    QuestionSet,
    Study,
    Text,
    Variable,
    VariableType,
    Wave,
)

NA = MissingCode("na", -1, Text({"nl": "n.v.t.", "en": "not applicable"}), True)
DK = MissingCode("dk", -2, Text({"nl": "weet ik niet", "en": "don't know"}), True)
SKIPPED = MissingCode("skipped", -9, Text({"nl": "overgeslagen", "en": "skipped"}), False)


def both(text: str) -> Text:
    """The same words in both languages."""
    return Text({"nl": text, "en": text})


def categories(*codes: int, other: int | None = None, exclusive: int | None = None) -> tuple[Category, ...]:
    """Plain categories, one of them perhaps with a text of its own, one perhaps exclusive."""
    every = [*codes, *(code for code in (other, exclusive) if code is not None)]
    return tuple(
        Category(
            code,
            f"key_{code}",
            Text({"nl": f"optie {code}", "en": f"option {code}"}),
            both(f"{code}"),
            exclusive=code == exclusive,
            other=code == other,
        )
        for code in every
    )


def variable(name: str, kind: VariableType | str, **parts: Any) -> Variable:
    """A variable; coded types get codes 1, 2, 3 unless told otherwise."""
    kind = VariableType(kind)
    if kind in (VariableType.SINGLE, VariableType.MULTIPLE, VariableType.RANKING, VariableType.ALLOCATION):
        parts.setdefault("categories", categories(1, 2, 3))
    if kind is VariableType.MARK:
        parts.setdefault("categories", categories(*range(1, 11)))
    if kind is VariableType.RANKING:
        parts.setdefault("ranks", 3)
    return Variable(name=name, type=kind, level=Level.NOMINAL, label=both(name), **parts)


def question(name: str, kind: VariableType | str = "single", *, show_if: str | None = None, **parts: Any) -> Question:
    """A question on a variable of that type; parts of the variable are told by ``of``."""
    of = parts.pop("of", {})
    return Question(variable(name, kind, **of), both(f"{name}?"), show_if=when(show_if), **parts)


def statements(name: str, *questions: Question, show_if: str | None = None) -> QuestionSet:
    return QuestionSet(name, both(name), questions, show_if=when(show_if))


def information(name: str, show_if: str | None = None) -> Information:
    return Information(name, both(name), when(show_if))


def page(name: str, *items: Item, show_if: str | None = None, end_if: str | None = None, part: str = "one") -> Page:
    endings = (Ending(f"{name}-end", parse_condition(end_if), both("end"), both("end")),) if end_if else ()
    return Page(name, part, both(name), items, show_if=when(show_if), endings=endings)


def questionnaire(*pages: Page, role: str = "contractor", parts: tuple[str, ...] = ("one",)) -> Questionnaire:
    return Questionnaire(role, pages, tuple(Part(part, both(f"Part {part}")) for part in parts), 10)


def instrument(made: Questionnaire) -> Instrument:
    """The least instrument around one questionnaire, the texts beside "other" included."""
    variables = {each.name: each.variable for each in made.questions.values()}
    for each in list(variables.values()):
        if any(category.other for category in each.categories):
            name = f"{each.name}_other"
            variables[name] = variable(name, "short_text", other_of=each.name, maximum_characters=200)
    organisation = Organisation("x", "x", "x@example.org", "0", "x", both("x"))
    return Instrument(
        study=Study("test", both("Test"), both("Test"), ("nl", "en"), organisation, ()),
        wave=Wave(2026, both("2026"), "anonymous"),
        variables=variables,
        scales={},
        missing={"na": NA, "dk": DK, "skipped": SKIPPED},
        constructs={"x": Construct("x", both("x"), "content")},
        phases={},
        questionnaires={made.role: made},
        universes={},
        tables=(),
        hash="0" * 64,
    )


def when(source: str | None) -> Condition | None:
    return parse_condition(source) if source else None
