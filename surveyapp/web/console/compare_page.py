"""Two waves side by side, and the versions one wave has had."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import request

from surveyapp.errors import NotFound
from surveyapp.fieldwork import editions, versions, waves
from surveyapp.fieldwork.versions import VersionEntry
from surveyapp.instrument.compare import Comparability, compare
from surveyapp.instrument.differences import Change
from surveyapp.instrument.model import Instrument
from surveyapp.numerals import whole_number
from surveyapp.storage.database import Session
from surveyapp.storage.versions import cases_by_version
from surveyapp.web.accounts import may_see_cases
from surveyapp.web.console.frame import WaveFrame, language_name
from surveyapp.web.console.instrument_page import FindingView, finding_view, working_definition, working_folder
from surveyapp.web.languages import current, translate
from surveyapp.web.sessions import services


@dataclass(frozen=True, slots=True)
class TextPair:
    """One text before and after, in one language."""

    where: str
    language: str
    language_name: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Row:
    """One variable in two waves."""

    difference: Comparability
    label: str
    effect: str  # empty: a series that begins is not one that breaks
    details: tuple[str, ...]
    texts: tuple[TextPair, ...]


@dataclass(frozen=True, slots=True)
class ComparePage:
    """The whole page. ``is_from_files``: the later side is the definition on disk, not the version in force."""

    earlier: int | None
    later: int
    others: tuple[int, ...]
    is_from_files: bool
    faults: tuple[FindingView, ...]  # names and codes that no longer mean what they meant
    rows: tuple[Row, ...]
    counts: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Version:
    """One line of the wave's history."""

    entry: VersionEntry
    action: str
    cases: int | None  # None: for who may see cases
    texts: tuple[TextPair, ...]


def _effect_name(effect: str) -> str:
    return {
        "continue": translate("trend continues"),
        "recode": translate("recode"),
        "indicative": translate("indicative"),
        "break": translate("trend breaks"),
    }[effect]


def compare_page(session: Session, wave: WaveFrame) -> ComparePage:
    """This wave beside the one asked for, or the latest before it.

    Raises
    ------
    NotFound     the wave asked for is not there, or is this very wave
    """
    years = sorted(info.year for info in waves.wave_list(session, wave.study) if info.year != wave.year)
    later, is_from_files = working_definition(wave)
    asked = whole_number(request.args.get("against"))
    if asked is None and "against" in request.args:
        raise NotFound("Compare with a year, for example %(year)s.", year=wave.year - 1)
    if asked is not None and asked not in years:
        raise NotFound("There is no wave of %(year)s to compare with.", year=asked)
    before = [year for year in years if year < wave.year]
    chosen = asked or editions.beside(session, wave.study, wave.year) or (before[-1] if before else None)
    if chosen is None:
        return ComparePage(None, wave.year, tuple(years), is_from_files, (), (), ())
    library = services().library
    earlier = library.of_wave(session, wave.study, chosen)
    still_earlier = [library.of_wave(session, wave.study, year) for year in years if year < min(chosen, wave.year)]
    if chosen > wave.year:
        earlier, later = later, earlier
    folder = working_folder(wave) or services().settings.instruments / wave.study
    found = compare(earlier, later, before=still_earlier)
    counts = Counter(change for difference in found.differences for change in difference.changes)
    return ComparePage(
        earlier=earlier.wave.year,
        later=later.wave.year,
        others=tuple(years),
        is_from_files=is_from_files,
        faults=tuple(finding_view(finding, folder) for finding in found.findings),
        rows=tuple(_row(difference, earlier, later) for difference in found.changed()),
        counts=tuple((change.words[current()], counts[change]) for change in Change if counts[change]),
    )


def _row(difference: Comparability, earlier: Instrument, later: Instrument) -> Row:
    variable = later.variables.get(difference.name) or earlier.variables[difference.name]
    words = current()
    has_texts = bool(difference.texts)
    return Row(
        difference,
        variable.label[words],
        "" if Change.NEW in difference.changes else _effect_name(difference.effect.value),
        # Texts stand side by side below; here only what else differs.
        tuple(
            detail[words]
            for detail in difference.details
            if not (has_texts and any(text.new.get(words, "") in detail[words] for text in difference.texts))
        ),
        tuple(
            pair
            for text in difference.texts
            for pair in text_pairs(
                f"{later.role(text.role).label[words]}: {text.part[words]}" if text.role else text.part[words],
                text.old,
                text.new,
                later.languages,
            )
        ),
    )


def text_pairs(where: str, old: Mapping[str, Any], new: Mapping[str, Any], spoken: Iterable[str]) -> Iterator[TextPair]:
    """A text in every language in which it differs."""
    for language in spoken:
        before, after = str(old.get(language, "")), str(new.get(language, ""))
        if before != after:
            yield TextPair(where, language, language_name(language), before, after)


def version_log(session: Session, wave: WaveFrame) -> tuple[Version, ...]:
    """How the wave came to the version in force, newest first."""
    sees_cases = may_see_cases()
    cases = cases_by_version(session, wave.study, wave.year)
    actions = {
        "wave.create": translate("made"),
        "wave.adopt": translate("taken over before opening"),
        versions.CORRECT: translate("texts corrected"),
        versions.REVISE: translate("new version beside the old one"),
    }
    return tuple(
        Version(
            entry,
            actions[entry.action],
            cases.get(entry.hash, 0) if sees_cases else None,
            tuple(
                pair
                for text in entry.texts
                for pair in text_pairs(
                    ", ".join(text["places"][:2]) + (" …" if len(text["places"]) > 2 else ""),
                    text["old"],
                    text["new"],
                    text["old"],
                )
            ),
        )
        for entry in versions.history(session, wave.study, wave.year)
    )
