"""The definition of a wave as it stands on disk: what the checks say, and who is asked what."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from surveyapp.errors import Place
from surveyapp.fieldwork import definitions
from surveyapp.instrument.conditions.codebook import PlainCodebook
from surveyapp.instrument.conditions.sentence import block_text, clause, sentence
from surveyapp.instrument.findings import SEVERITIES, Finding
from surveyapp.instrument.loader import read_instrument
from surveyapp.instrument.minutes import word_count
from surveyapp.instrument.model import Instrument, Page
from surveyapp.web.console.frame import WaveFrame
from surveyapp.web.languages import current, translate
from surveyapp.web.sessions import reading, reading_primary, services

AROUND = 2
"""Lines of a file shown before and after the place of an error."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A few lines of a file around a place."""

    first: int
    lines: tuple[str, ...]
    line: int


@dataclass(frozen=True, slots=True)
class FindingView:
    """One finding, with its level in words and its place as seen from the study's folder."""

    finding: Finding
    level_name: str
    place: str
    excerpt: Excerpt | None


@dataclass(frozen=True, slots=True)
class MapPage:
    """One page of a role: what it holds and who sees it."""

    id: str
    part: str
    title: str
    questions: int
    words: int
    condition: str
    endings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RoleMap:
    """The way of one role."""

    role: str
    name: str
    minutes: int
    measured_in: int | None  # the year of the wave that measured the minutes; None: estimated from the words
    pages: tuple[MapPage, ...]


@dataclass(frozen=True, slots=True)
class InstrumentPage:
    """The whole page."""

    findings: tuple[FindingView, ...]
    counts: Counter[str]  # of findings, by level
    is_on_disk: bool
    is_broken: bool
    other: str  # the hash of the definition on disk where it differs from the version in force
    maps: tuple[RoleMap, ...]


def instrument_page(wave: WaveFrame) -> InstrumentPage:
    """The check of the files on disk, and the map of what is published and serves."""
    there = working_folder(wave)
    is_on_disk = there is not None
    on_disk, findings = read_instrument(there, wave.year) if there is not None else (None, ())
    folder = there or services().settings.instruments / wave.study
    return InstrumentPage(
        findings=tuple(finding_view(finding, folder) for finding in sorted(findings, key=_weight)),
        counts=Counter(finding.level for finding in findings),
        is_on_disk=is_on_disk,
        is_broken=is_on_disk and on_disk is None,
        other=on_disk.hash if on_disk is not None and on_disk.hash != wave.instrument.hash else "",
        maps=_maps(wave.instrument),
    )


def working_folder(wave: WaveFrame) -> Path | None:
    """The folder with the definition that is worked on; None where this server has no file of it."""
    with reading_primary() as database:
        return definitions.working_folder(database, services().settings, wave.study, wave.year)


def working_definition(wave: WaveFrame) -> tuple[Instrument, bool]:
    """The definition worked on, and whether it comes from the files for they differ from the version in force."""
    folder = working_folder(wave)
    if folder is not None:
        on_disk, _ = read_instrument(folder, wave.year)
        if on_disk is not None and on_disk.hash != wave.instrument.hash:
            return on_disk, True
    return wave.instrument, False


def _weight(finding: Finding) -> tuple[int, str, int]:
    return (SEVERITIES.index(finding.level), finding.place.file, finding.place.line)


def finding_view(finding: Finding, folder: Path) -> FindingView:
    """A finding as a page prints it."""
    names = {"error": translate("error"), "warning": translate("warning"), "hint": translate("hint")}
    excerpt = _excerpt(finding.place, folder) if finding.level == "error" else None
    return FindingView(finding, names[finding.level], str(within(finding.place, folder)), excerpt)


def within(place: Place, folder: Path) -> Place:
    """The place as seen from the study's folder; where the server keeps it is nobody's business."""
    path = Path(place.file)
    try:
        return Place(str(path.resolve().relative_to(folder.resolve())), place.line, place.column)
    except ValueError:
        return place if not path.is_absolute() else Place(path.name, place.line, place.column)


def _excerpt(place: Place, folder: Path) -> Excerpt | None:
    path = Path(place.file) if Path(place.file).is_file() else folder / place.file
    try:
        if not path.resolve().is_relative_to(folder.resolve()):
            return None
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return None
    first = max(1, place.line - AROUND)
    return Excerpt(first, tuple(line[:200] for line in lines[first - 1 : place.line + AROUND]), place.line)


def _maps(instrument: Instrument) -> tuple[RoleMap, ...]:
    study = instrument.study
    with reading() as database:
        measured = services().minutes.before(database, instrument)
    book = PlainCodebook(instrument.variables, instrument.missing, study.roles, study.languages)
    found = []
    for role, questionnaire in instrument.questionnaires.items():
        parts = {part.id: part.title[current()] for part in questionnaire.parts}
        pages = tuple(
            MapPage(
                page.id,
                parts.get(page.part, page.part),
                page.title[current()],
                sum(1 for _ in page.questions()),
                word_count(page, instrument.study.source_language),
                _shown(page, book),
                tuple(
                    translate(
                        "ends here (%(title)s) if %(condition)s",
                        title=ending.title[current()],
                        condition=clause(ending.condition, current(), book),
                    )
                    for ending in page.endings
                ),
            )
            for page in questionnaire.pages
        )
        found.append(
            RoleMap(
                role,
                instrument.role(role).plural[current()],
                measured.of(instrument, role),
                measured.year if measured.covers(role) else None,
                pages,
            )
        )
    return tuple(found)


def _shown(page: Page, book: PlainCodebook) -> str:
    """To whom a page is shown: its block first, then its condition; empty: everyone of the role."""
    block = "" if page.block is None else block_text(page.block, current())
    condition = "" if page.show_if is None else sentence(page.show_if, current(), book)
    return "; ".join(filter(None, (block, condition)))
