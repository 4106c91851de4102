"""Two definitions of one wave: do they differ in words alone, and can answers given under both be counted together?

A correction of texts may reach people who are answering: nothing they see appears, goes or moves, and nothing that was
stored changes its meaning. Anything else is another version beside the first. Answers of both stand in one column per
variable, so a version may add variables, codes and conditions, and may not take away or turn anything round.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, timedelta

from surveyapp.errors import Message
from surveyapp.instrument.conditions import Condition
from surveyapp.instrument.findings import in_both
from surveyapp.instrument.identity import bare, identity_findings, shares
from surveyapp.instrument.model import Instrument, Organisation, Question, Questionnaire, Text

PARTS = (
    "study", "wave", "variables", "scales", "missing", "constructs", "phases", "questionnaires", "universes", "tables",
    "filters", "banners",
)  # fmt: skip
_IN_BRACES = re.compile(r"\{([^{}|]*)")
_SKIPPED: Mapping[type, frozenset[str]] = {
    Question: frozenset({"variable"}),  # compared by itself
    Questionnaire: frozenset({"minutes", "longest"}),  # follow from the words
}
"""Fields in which two definitions need no comparing."""


@dataclass(frozen=True, slots=True)
class TextCorrection:
    """One text, wherever it stands, before and after."""

    places: tuple[str, ...]
    old: Mapping[str, str]
    new: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class VersionDifference:
    """What differs between two definitions of one wave: texts, and the places of everything else.

    ``exchanged`` are places whose words came from another place: a label that now stands at another code says of
    answers already given what nobody said. They are among ``others`` too.
    """

    texts: tuple[TextCorrection, ...]
    others: tuple[str, ...]
    exchanged: tuple[str, ...] = ()


def version_difference(old: Instrument, new: Instrument) -> VersionDifference:
    """Everything in which two definitions differ. A text that fills in another answer than before is no mere text."""
    texts: dict[tuple[tuple[tuple[str, str], ...], ...], list[str]] = {}
    others: list[str] = []
    kept: dict[str, list[Mapping[str, str]]] = {}
    for part in PARTS:
        for place, before, after in _differences(part, getattr(old, part), getattr(new, part)):
            if before is not None and before == after:
                kept.setdefault(_list_of(place), []).append(before)
            elif (
                before is None
                or after is None
                or _filled_in(before) != _filled_in(after)
                or _is_other_unit(place, before, after)
            ):
                others.append(place)
            else:
                texts.setdefault((tuple(before.items()), tuple(after.items())), []).append(place)
    found = tuple(TextCorrection(tuple(places), dict(was), dict(now)) for (was, now), places in texts.items())
    exchanged = tuple(dict.fromkeys((*_exchanged(found), *_taken_over(found, kept))))
    return VersionDifference(found, tuple(dict.fromkeys((*others, *exchanged))), exchanged)


def _exchanged(texts: Sequence[TextCorrection]) -> Iterator[str]:
    """Where words now stand that stood at another of the changed places: swapped, or moved on by one."""
    stood: dict[tuple[str, str], set[int]] = {}
    for number, text in enumerate(texts):
        for language, words in text.old.items():
            stood.setdefault((language, bare(words)), set()).add(number)
    for number, text in enumerate(texts):
        for language, words in text.new.items():
            is_new = bare(words) != bare(text.old.get(language, ""))
            if bare(words) and is_new and stood.get((language, bare(words)), set()) - {number}:
                yield text.places[0]
                break


def _taken_over(texts: Sequence[TextCorrection], kept: Mapping[str, Sequence[Mapping[str, str]]]) -> Iterator[str]:
    """Where words now stand that one beside it has and keeps: two codes, roles or missing codes would say the same."""
    for text in texts:
        for place in filter(_list_of, text.places):
            if any(shares(text.new, other, text.old) for other in kept.get(_list_of(place), ())):
                yield place


def _list_of(place: str) -> str:
    """The list whose entries must say different things: of codes, roles, missing codes, the ends of a scale; or ''."""
    above, _, part = place.rpartition(".")
    if part in ("low", "high"):
        return above
    home = above.rpartition(".")[0]
    return home if part == "label" and (home == "missing" or home.endswith((".categories", ".roles"))) else ""


def _is_other_unit(place: str, before: Mapping[str, str], after: Mapping[str, str]) -> bool:
    """Whether a unit reads otherwise in every language: 12 months are not 12 years. In one alone a slip is mended."""
    is_unit = place.startswith("variables.") and place.endswith(".unit")
    return is_unit and all(bare(words) != bare(after.get(language, "")) for language, words in before.items())


def one_sided(difference: VersionDifference, languages: Sequence[str]) -> tuple[TextCorrection, ...]:
    """Corrections of the source language (the first) in which another language says what it said."""
    source, *rest = languages
    return tuple(
        text
        for text in difference.texts
        if text.old.get(source) != text.new.get(source)
        and any(text.old.get(language) == text.new.get(language) for language in rest)
    )


def stacking_obstacles(old: Instrument, new: Instrument) -> tuple[Mapping[str, str], ...]:
    """Why answers given under both cannot be counted together, in nl and en; empty when they can."""
    found = [finding.message for finding in identity_findings(old, new) if finding.level == "error"]
    return (*found, *map(in_both, _obstacles(old, new)))


def _obstacles(old: Instrument, new: Instrument) -> Iterator[Message]:
    for place in version_difference(old, new).exchanged:
        yield Message("At '%(place)s' stand the words of another place now.", place=place)
    for name, was in old.variables.items():
        now = new.variables.get(name)
        if was.derivation is not None:
            continue  # nobody answered it, and it is made anew of what people did
        if now is None:
            yield Message("'%(name)s' is gone: what was answered to it would be in no figure any more.", name=name)
        elif was.level != now.level or was.is_stored_apart != now.is_stored_apart or was.ranks > now.ranks:
            yield Message("'%(name)s' is measured or kept otherwise than in the version in force.", name=name)
    for role in old.questionnaires:
        if role not in new.questionnaires:
            yield Message("The role '%(role)s' is gone.", role=role)
    if old.wave.mode != new.wave.mode:
        yield Message("The mode (anonymous or confidential) is fixed since the first answer.")
    if _moves_cut_back(old, new):
        yield Message(
            "People read when the link with their address goes (%(days)s days after %(closes)s): it can be no later. "
            "Opened again after the last day, the wave may stay open until then.",
            closes=old.wave.closes or Message("closing"),
            days=old.wave.link_days,
        )


def _moves_cut_back(old: Instrument, new: Instrument) -> bool:
    """Whether the day on which a confidential wave lets go of its link would be later than its pages said."""
    if old.wave.mode != "confidential":
        return False
    if old.wave.closes is None:
        return new.wave.link_days > old.wave.link_days
    return new.wave.closes is None or _cut(new) > _cut(old)


def _cut(instrument: Instrument) -> date:
    """The day on which the link goes at the latest, by a definition that names its last day."""
    wave = instrument.wave
    return date.fromisoformat(wave.closes or "9999-01-01") + timedelta(days=wave.link_days)


def _filled_in(text: Mapping[str, str]) -> Mapping[str, tuple[str, ...]]:
    return {language: tuple(sorted(set(_IN_BRACES.findall(words)))) for language, words in text.items()}


Found = tuple[str, Mapping[str, str] | None, Mapping[str, str] | None]
"""A place and its texts; no texts where something else differs."""


def _differences(place: str, old: object, new: object) -> Iterator[Found]:
    if isinstance(old, Text) and isinstance(new, Text):
        yield place, dict(old), dict(new)
    elif type(old) is not type(new) or isinstance(old, Condition):
        if old != new:
            yield place, None, None
    elif isinstance(old, Organisation) and isinstance(new, Organisation):
        yield from _organisation(place, old, new)
    elif is_dataclass(old) and not isinstance(old, type):
        skipped = _SKIPPED.get(type(old), frozenset())
        if isinstance(old, Question) and isinstance(new, Question) and old.name != new.name:
            yield place, None, None
            return
        for each in fields(old):
            if each.compare and each.name not in skipped:
                yield from _differences(f"{place}.{each.name}", getattr(old, each.name), getattr(new, each.name))
    elif isinstance(old, Mapping) and isinstance(new, Mapping):
        yield from _entries(place, old, new)
    elif isinstance(old, tuple | list) and isinstance(new, tuple | list):
        yield from _sequence(place, old, new)
    elif old != new:
        yield place, None, None


def _entries(place: str, old: Mapping[object, object], new: Mapping[object, object]) -> Iterator[Found]:
    for key in {**old, **new}:
        if key in old and key in new:
            yield from _differences(f"{place}.{key}", old[key], new[key])
        else:
            yield f"{place}.{key}", None, None
    if set(old) == set(new) and list(old) != list(new):
        yield f"{place} (order)", None, None


def _sequence(
    place: str, old: tuple[object, ...] | list[object], new: tuple[object, ...] | list[object]
) -> Iterator[Found]:
    before, after = [_named(item) for item in old], [_named(item) for item in new]
    if before != after:
        changed = [name for name in dict.fromkeys([*before, *after]) if (name in before) != (name in after)]
        for name in changed or ["(order)"]:
            yield f"{place}.{name}", None, None
    for was, now in zip(old, new, strict=False):
        if _named(was) == _named(now):
            yield from _differences(f"{place}.{_named(was)}", was, now)


def _named(item: object) -> str:
    for name in ("id", "name", "code"):
        found = getattr(item, name, None)
        if found is not None:
            return str(found)
    return str(item)


def _organisation(place: str, old: Organisation, new: Organisation) -> Iterator[Found]:
    """Whom to ask: names, numbers and addresses are texts that are the same in every language."""
    for each in fields(old):
        was, now = getattr(old, each.name), getattr(new, each.name)
        if isinstance(was, Text) and isinstance(now, Text):
            yield from _differences(f"{place}.{each.name}", was, now)
        elif was != now:
            yield f"{place}.{each.name}", {"nl": was, "en": was}, {"nl": now, "en": now}
