"""I: names and codes keep their meaning from one wave to the next.

A code that comes to mean something else, a name given to another thing or a scale turned round makes two years look
comparable that are not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from surveyapp.errors import Place
from surveyapp.instrument.findings import Finding, Severity, by_place
from surveyapp.instrument.model import Instrument
from surveyapp.instrument.variables import Category, Variable

_SIGNS = re.compile(r"[\W_]+")


def bare(words: str) -> str:
    """Words without capitals, signs and spaces: what stays the same when somebody only tidies a text."""
    return _SIGNS.sub("", words).casefold() or words.strip()


def identity_findings(earlier: Instrument, later: Instrument) -> tuple[Finding, ...]:
    """Every name, code or scale of the later wave that has lost its meaning; codes I001 to I007."""
    return by_place([*_identity_faults(earlier, later), *_construct_faults(earlier, later)])


def _identity_faults(earlier: Instrument, later: Instrument) -> Iterator[Finding]:
    for name, new in later.variables.items():
        old = earlier.variables.get(name)
        if old is None:
            continue
        before = {category.code: category for category in old.categories}
        for category in new.categories:
            was = before.get(category.code)
            if was is not None and (was.key != category.key or _took_over(category, was, old)):
                yield _finding(
                    "I001",
                    "error",
                    new,
                    f"Code {category.code} van ‘{name}’ betekende ‘{was.label['nl']}’ en nu ‘{category.label['nl']}’.",
                    f"Code {category.code} of '{name}' meant '{was.label['en']}' and now '{category.label['en']}'.",
                    ("Geef de nieuwe categorie een nieuwe code.", "Give the new category a new code."),
                )
        for code in sorted(set(before) - set(new.codes)):
            yield _finding(
                "I002",
                "error",
                new,
                f"Code {code} van ‘{name}’ is verdwenen.",
                f"Code {code} of '{name}' is gone.",
                ("Laat de categorie staan met retired: true.", "Keep the category with retired: true."),
            )
        if old.type != new.type:
            yield _finding(
                "I003",
                "error",
                new,
                f"‘{name}’ was {old.type} en is nu {new.type}.",
                f"'{name}' was {old.type} and is now {new.type}.",
                ("Neem een nieuwe naam voor de nieuwe vraag.", "Take a new name for the new question."),
            )
        if old.is_reversed != new.is_reversed or _turned(name, earlier, later):
            yield _finding(
                "I004",
                "error",
                new,
                f"De schaal van ‘{name}’ is omgedraaid.",
                f"The scale of '{name}' was turned round.",
                ("Houd de richting, of neem een nieuwe naam.", "Keep the direction, or take a new name."),
            )
        if old.construct != new.construct:
            yield _finding(
                "I005",
                "warning",
                new,
                f"‘{name}’ hoorde bij ‘{old.construct}’ en nu bij ‘{new.construct}’.",
                f"'{name}' belonged to '{old.construct}' and now to '{new.construct}'.",
                ("Ga na of dit nog dezelfde variabele is.", "See whether this is still the same variable."),
            )
        if old.unit is not None and new.unit is not None and dict(old.unit) != dict(new.unit):
            yield _finding(
                "I006",
                "error",
                new,
                f"De eenheid van ‘{name}’ was ‘{old.unit['nl']}’ en is nu ‘{new.unit['nl']}’.",
                f"The unit of '{name}' was '{old.unit['en']}' and is now '{new.unit['en']}'.",
                ("Reken om, of neem een nieuwe naam.", "Convert, or take a new name."),
            )


def _took_over(category: Category, was: Category, old: Variable) -> bool:
    """Whether a category bears the label another code had: the key stayed, the meaning went."""
    for language in category.label:
        words = bare(category.label[language])
        if words != bare(was.label[language]) and any(
            other.code != category.code and bare(other.label[language]) == words for other in old.categories
        ):
            return True
    return False


def _turned(name: str, earlier: Instrument, later: Instrument) -> bool:
    old, new = earlier.variables[name], later.variables[name]
    before = earlier.scales.get(old.scale) if old.scale else None
    after = later.scales.get(new.scale) if new.scale else None
    if before is None or after is None or not before.is_ordered or not after.is_ordered:
        return False
    return before.is_descending != after.is_descending


def _construct_faults(earlier: Instrument, later: Instrument) -> Iterator[Finding]:
    for name, construct in later.constructs.items():
        before = earlier.constructs.get(name)
        if before is None or not earlier.questionnaires or not later.questionnaires:
            continue
        for item in sorted(set(before.items) ^ set(construct.items)):
            lost = item in before.items
            variable = later.variables.get(item) or earlier.variables[item]
            yield _finding(
                "I007",
                "warning",
                variable,
                f"Het construct ‘{name}’ heeft ‘{item}’ {'niet meer' if lost else 'erbij'}.",
                f"The construct '{name}' {'lost' if lost else 'gained'} '{item}'.",
                (
                    "Vergelijk de schaal over de items van beide metingen.",
                    "Compare the scale over the items of both waves.",
                ),
            )


def _finding(code: str, level: Severity, variable: Variable, nl: str, en: str, fix: tuple[str, str]) -> Finding:
    place = variable.place or Place("variables")
    return Finding(code, level, place, variable.name, {"nl": nl, "en": en}, {"nl": fix[0], "en": fix[1]})
