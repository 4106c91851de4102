"""Two waves side by side, and the versions one wave has had."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from flask import request

from surveyapp.errors import NotFound
from surveyapp.fieldwork import editions, versions, waves
from surveyapp.instrument.compare import Comparability, compare
from surveyapp.instrument.differences import Change
from surveyapp.instrument.findings import Finding
from surveyapp.instrument.model import Instrument
from surveyapp.numerals import whole_number
from surveyapp.storage.database import Session
from surveyapp.storage.versions import cases_by_version
from surveyapp.web.accounts import may_see_cases
from surveyapp.web.console.frame import WaveFrame, language_name
from surveyapp.web.console.instrument_page import within
from surveyapp.web.console.working_definition import working_definition
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

    name: str
    label: str
    changes: tuple[str, ...]
    effect: str
    effect_name: str
    reasons: tuple[str, ...]
    details: tuple[str, ...]
    texts: tuple[TextPair, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """A name or code that no longer means what it meant."""

    code: str
    level: str
    level_name: str
    message: str
    fix: str
    place: str


@dataclass(frozen=True, slots=True)
class ComparePage:
    """The whole page. ``is_from_files``: the later side is the definition on disk, not the version in force."""

    earlier: int | None
    later: int
    others: tuple[int, ...]
    is_from_files: bool
    faults: tuple[Fault, ...]
    rows: tuple[Row, ...]
    counts: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Version:
    """One line of the wave's history."""

    at: datetime
    actor: str
    action: str
    hash: str
    replaces: str
    reason: str
    moved: int
    cases: int | None  # None: for who may see cases
    texts: tuple[TextPair, ...]
    others: tuple[str, ...]


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
    found = compare(earlier, later, before=still_earlier)
    counts = Counter(change for difference in found.differences for change in difference.changes)
    return ComparePage(
        earlier=earlier.wave.year,
        later=later.wave.year,
        others=tuple(years),
        is_from_files=is_from_files,
        faults=tuple(_fault(finding, wave.study) for finding in found.findings),
        rows=tuple(_row(difference, earlier, later) for difference in found.changed()),
        counts=tuple((change.words[current()], counts[change]) for change in Change if counts[change]),
    )


def _row(difference: Comparability, earlier: Instrument, later: Instrument) -> Row:
    variable = later.variables.get(difference.name) or earlier.variables[difference.name]
    words = current()
    has_texts = bool(difference.texts)
    begins = Change.NEW in difference.changes  # a series that begins is not one that breaks
    return Row(
        name=difference.name,
        label=variable.label[words],
        changes=tuple(change.words[words] for change in difference.changes),
        effect="" if begins else difference.effect.value,
        effect_name="" if begins else _effect_name(difference.effect.value),
        reasons=tuple(reason[words] for reason in difference.reasons),
        # Texts stand side by side below; here only what else differs.
        details=tuple(
            detail[words]
            for detail in difference.details
            if not (has_texts and any(text.new.get(words, "") in detail[words] for text in difference.texts))
        ),
        texts=tuple(
            TextPair(
                f"{later.role(text.role).label[words]}: {text.part[words]}" if text.role else text.part[words],
                language,
                language_name(language),
                text.old.get(language, ""),
                text.new.get(language, ""),
            )
            for text in difference.texts
            for language in later.languages
            if text.old.get(language, "") != text.new.get(language, "")
        ),
    )


def _fault(finding: Finding, study: str) -> Fault:
    names = {"error": translate("error"), "warning": translate("warning"), "hint": translate("hint")}
    place = str(within(finding.place, services().settings.instruments / study)) if finding.place.line > 1 else ""
    words = current()
    return Fault(finding.code, finding.level, names[finding.level], finding.message[words], finding.fix[words], place)


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
            entry.at,
            entry.actor,
            actions[entry.action],
            entry.hash,
            entry.replaces,
            entry.reason,
            entry.moved if sees_cases else 0,
            cases.get(entry.hash, 0) if sees_cases else None,
            tuple(
                TextPair(
                    ", ".join(text["places"][:2]) + (" …" if len(text["places"]) > 2 else ""),
                    language,
                    language_name(language),
                    str(old),
                    str(text["new"].get(language, "")),
                )
                for text in entry.texts
                for language, old in text["old"].items()
                if old != text["new"].get(language)
            ),
            entry.others,
        )
        for entry in versions.history(session, wave.study, wave.year)
    )
