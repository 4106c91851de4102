"""I: names and codes keep their meaning from one wave to the next.

A code that comes to mean something else, a name given to another thing or a scale turned round makes two years look
comparable that are not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from surveyapp.errors import Place
from surveyapp.instrument.findings import Finding, Severity, by_place
from surveyapp.instrument.model import Instrument, Text
from surveyapp.instrument.variables import Category, MissingCode, Variable

_SIGNS = re.compile(r"[\W_]+")


def bare(words: str) -> str:
    """Words without capitals, signs and spaces: what stays the same when somebody only tidies a text."""
    return _SIGNS.sub("", words).casefold() or words.strip()


def identity_findings(earlier: Instrument, later: Instrument) -> tuple[Finding, ...]:
    """Every name, code or scale of the later wave that has lost its meaning; codes I001 to I008."""
    faults = (_identity_faults, _construct_faults, _word_faults)
    return by_place([found for each in faults for found in each(earlier, later)])


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


def _word_faults(earlier: Instrument, later: Instrument) -> Iterator[Finding]:
    """A name, a role or a missing code that bears the words another one had: what was answered says something else."""
    if not earlier.questionnaires or not later.questionnaires:
        return  # an imported wave speaks of its own file
    for kind, was, now in (
        ("", _labels(earlier.variables), _labels(later.variables)),
        ("missing.", _labels(earlier.missing), _labels(later.missing)),
        ("roles.", {role.id: role.label for role in earlier.study.roles}, {r.id: r.label for r in later.study.roles}),
    ):
        moved = {key for key in now if key in was and _differ(was[key], now[key])}
        for key in sorted(moved):
            other = next((each for each in sorted(moved - {key}) if _shares(now[key], was[each], was[key])), None)
            if other is not None:
                variable = later.variables.get(key) if not kind else None
                yield Finding(
                    "I008",
                    "error",
                    (variable.place if variable else None) or Place("variables" if not kind else "study"),
                    f"{kind}{key}",
                    {
                        "nl": f"‘{kind}{key}’ heeft nu de woorden die ‘{kind}{other}’ had.",
                        "en": f"'{kind}{key}' has the words now that '{kind}{other}' had.",
                    },
                    {
                        "nl": "Zet de woorden terug, of neem een nieuwe naam.",
                        "en": "Put the words back, or take a new name.",
                    },
                )


def _labels(things: Mapping[str, Variable] | Mapping[str, MissingCode]) -> dict[str, Text]:
    return {key: thing.label for key, thing in things.items()}


def _differ(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    return any(bare(words) != bare(other.get(language, "")) for language, words in one.items())


def _shares(now: Mapping[str, str], had: Mapping[str, str], was: Mapping[str, str]) -> bool:
    """Whether words, in any language, are those that another had, and are new here."""
    return any(
        bare(words) == bare(had.get(language, "")) and bare(words) != bare(was.get(language, ""))
        for language, words in now.items()
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
    if before.low and before.high and after.low and after.high:
        ends_swapped = _shares(after.low, before.high, before.low) or _shares(after.high, before.low, before.high)
    else:
        ends_swapped = False
    return ends_swapped or before.is_descending != after.is_descending


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
