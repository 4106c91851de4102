"""I: names and codes keep their meaning from one wave to the next.

A code that comes to mean something else, a name given to another thing or a scale turned round makes two years look
comparable that are not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from surveyapp.errors import Message, Place
from surveyapp.instrument.findings import Finding, Severity, by_place, in_both
from surveyapp.instrument.model import Instrument, Text
from surveyapp.instrument.variables import Category, MissingCode, Scale, Variable

_SIGNS = re.compile(r"[\W_]+")
_WARNINGS = ("I005", "I007")
"""What may be right; everything else is an error."""


def bare(words: str) -> str:
    """Words without capitals, signs and spaces: what stays the same when somebody only tidies a text."""
    return _SIGNS.sub("", words).casefold() or words.strip()


def identity_findings(earlier: Instrument, later: Instrument) -> tuple[Finding, ...]:
    """Every name, code or scale of the later wave that has lost its meaning; codes I001 to I008."""
    found = [*_identity_faults(earlier, later)]
    if earlier.questionnaires and later.questionnaires:  # an imported wave speaks of its own file
        found += [*_construct_faults(earlier, later), *_word_faults(earlier, later)]
    return by_place(found)


def _identity_faults(earlier: Instrument, later: Instrument) -> Iterator[Finding]:
    for name, new in later.variables.items():
        old = earlier.variables.get(name)
        if old is None:
            continue
        before = {category.code: category for category in old.categories}
        for now in new.categories:
            was = before.get(now.code)
            if was is not None and (was.key != now.key or _took_over(now, was, old)):
                says = Message(
                    "Code %(code)s of '%(name)s' meant '%(old)s' and now '%(new)s'.",
                    code=now.code,
                    name=name,
                    old=was.label,
                    new=now.label,
                )
                yield _finding("I001", new, says, Message("Give the new category a new code."))
        for code in sorted(set(before) - set(new.codes)):
            says = Message("Code %(code)s of '%(name)s' is gone.", code=code, name=name)
            yield _finding("I002", new, says, Message("Keep the category with retired: true."))
        if old.type != new.type:
            says = Message("'%(name)s' was %(old)s and is now %(new)s.", name=name, old=old.type, new=new.type)
            yield _finding("I003", new, says, Message("Take a new name for the new question."))
        if old.is_reversed != new.is_reversed or _is_turned(_scale(old, earlier), _scale(new, later)):
            says = Message("The scale of '%(name)s' was turned round.", name=name)
            yield _finding("I004", new, says, Message("Keep the direction, or take a new name."))
        if old.construct != new.construct:
            says = Message(
                "'%(name)s' belonged to '%(old)s' and now to '%(new)s'.",
                name=name,
                old=old.construct,
                new=new.construct,
            )
            yield _finding("I005", new, says, Message("See whether this is still the same variable."))
        if old.unit is not None and new.unit is not None and old.unit != new.unit:
            says = Message(
                "The unit of '%(name)s' was '%(old)s' and is now '%(new)s'.", name=name, old=old.unit, new=new.unit
            )
            yield _finding("I006", new, says, Message("Convert, or take a new name."))


def _construct_faults(earlier: Instrument, later: Instrument) -> Iterator[Finding]:
    for name, construct in later.constructs.items():
        before = earlier.constructs.get(name, construct)
        for item in sorted(set(before.items) ^ set(construct.items)):
            if item in before.items:
                says = Message("The construct '%(name)s' lost '%(item)s'.", name=name, item=item)
            else:
                says = Message("The construct '%(name)s' gained '%(item)s'.", name=name, item=item)
            variable = later.variables.get(item) or earlier.variables[item]
            yield _finding("I007", variable, says, Message("Compare the scale over the items of both waves."))


def _word_faults(earlier: Instrument, later: Instrument) -> Iterator[Finding]:
    """A name, a role or a missing code that bears the words another one had: what was answered says something else."""
    for kind, was, now in (
        ("", _labels(earlier.variables), _labels(later.variables)),
        ("missing.", _labels(earlier.missing), _labels(later.missing)),
        ("roles.", {role.id: role.label for role in earlier.roles}, {role.id: role.label for role in later.roles}),
    ):
        moved = {key for key in now if key in was and shares(now[key], now[key], was[key])}
        for key in sorted(moved):
            other = next((each for each in sorted(moved - {key}) if shares(now[key], was[each], was[key])), None)
            if other is not None:
                says = Message(
                    "'%(name)s' has the words now that '%(other)s' had.", name=f"{kind}{key}", other=f"{kind}{other}"
                )
                remedy = Message("Put the words back, or take a new name.")
                yield _finding("I008", f"{kind}{key}" if kind else later.variables[key], says, remedy)


def _labels(things: Mapping[str, Variable] | Mapping[str, MissingCode]) -> dict[str, Text]:
    return {key: thing.label for key, thing in things.items()}


def shares(now: Mapping[str, str], had: Mapping[str, str], was: Mapping[str, str]) -> bool:
    """Whether words, in any language, are those that another had, and are new here."""
    return any(
        bare(words) == bare(had.get(language, "")) and bare(words) != bare(was.get(language, ""))
        for language, words in now.items()
    )


def _took_over(category: Category, was: Category, old: Variable) -> bool:
    """Whether a category bears the label another code had: the key stayed, the meaning went."""
    others = [other.label for other in old.categories if other.code != category.code]
    return any(shares(category.label, other, was.label) for other in others)


def _scale(variable: Variable, instrument: Instrument) -> Scale | None:
    return instrument.scales.get(variable.scale) if variable.scale else None


def _is_turned(before: Scale | None, after: Scale | None) -> bool:
    if before is None or after is None or not before.is_ordered or not after.is_ordered:
        return False
    if before.low and before.high and after.low and after.high:
        is_swapped = shares(after.low, before.high, before.low) or shares(after.high, before.low, before.high)
    else:
        is_swapped = False
    return is_swapped or before.is_descending != after.is_descending


def _finding(code: str, of: Variable | str, says: Message, remedy: Message) -> Finding:
    """A finding of a variable, or of a part of the study by its name."""
    level: Severity = "warning" if code in _WARNINGS else "error"
    place = Place("study") if isinstance(of, str) else of.place or Place("variables")
    return Finding(code, level, place, of if isinstance(of, str) else of.name, in_both(says), in_both(remedy))
