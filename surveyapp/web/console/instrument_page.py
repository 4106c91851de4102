"""The definition of a wave as it stands on disk: what the checks say, and who is asked what."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from surveyapp.errors import Place
from surveyapp.instrument.conditions import Condition
from surveyapp.instrument.conditions.codebook import PlainCodebook
from surveyapp.instrument.conditions.sentence import block_text, clause, sentence
from surveyapp.instrument.findings import Finding
from surveyapp.instrument.loader import read_instrument
from surveyapp.instrument.minutes import word_count
from surveyapp.instrument.model import Instrument, Page
from surveyapp.web.console.frame import WaveFrame
from surveyapp.web.languages import current, translate
from surveyapp.web.sessions import reading, services

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
    """One finding in words."""

    code: str
    level: str
    level_name: str
    place: str
    name: str
    message: str
    fix: str
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
    questions: int
    words: int


@dataclass(frozen=True, slots=True)
class InstrumentPage:
    """The whole page."""

    findings: tuple[FindingView, ...]
    errors: int
    warnings: int
    hints: int
    is_on_disk: bool
    is_broken: bool
    is_published: bool
    published_hash: str
    disk_hash: str
    folder: str
    maps: tuple[RoleMap, ...]
    variables: int
    tables: int


def instrument_page(wave: WaveFrame) -> InstrumentPage:
    """The check of the files on disk, and the map of what is published and serves."""
    folder = services().settings.instruments / wave.study
    is_on_disk = (folder / "study.yaml").is_file()
    on_disk, findings = read_instrument(folder, wave.year) if is_on_disk else (None, ())
    shown = tuple(_finding(finding, folder) for finding in sorted(findings, key=_weight))
    return InstrumentPage(
        findings=shown,
        errors=sum(finding.level == "error" for finding in findings),
        warnings=sum(finding.level == "warning" for finding in findings),
        hints=sum(finding.level == "hint" for finding in findings),
        is_on_disk=is_on_disk,
        is_broken=is_on_disk and on_disk is None,
        is_published=on_disk is not None and on_disk.hash == wave.instrument.hash,
        published_hash=wave.instrument.hash,
        disk_hash=on_disk.hash if on_disk else "",
        folder=f"{wave.study}/{wave.year}",
        maps=_maps(wave.instrument),
        variables=len(wave.instrument.variables),
        tables=len(wave.instrument.tables),
    )


def _weight(finding: Finding) -> tuple[int, str, int]:
    return (("error", "warning", "hint").index(finding.level), finding.place.file, finding.place.line)


def _finding(finding: Finding, folder: Path) -> FindingView:
    names = {"error": translate("error"), "warning": translate("warning"), "hint": translate("hint")}
    return FindingView(
        finding.code,
        finding.level,
        names[finding.level],
        str(within(finding.place, folder)),
        finding.name,
        finding.message[current()],
        finding.fix[current()],
        _excerpt(finding.place, folder) if finding.level == "error" else None,
    )


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
                _endings(page, book),
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
                sum(page.questions for page in pages),
                sum(page.words for page in pages),
            )
        )
    return tuple(found)


def _shown(page: Page, book: PlainCodebook) -> str:
    """To whom a page is shown: its block first, then its condition; empty: everyone of the role."""
    block = "" if page.block is None else block_text(page.block, current())
    return "; ".join(filter(None, (block, _in_words(page.show_if, book))))


def _in_words(condition: Condition | None, book: PlainCodebook) -> str:
    return "" if condition is None else sentence(condition, current(), book)


def _endings(page: Page, book: PlainCodebook) -> tuple[str, ...]:
    return tuple(
        translate(
            "ends here (%(title)s) if %(condition)s",
            title=ending.title[current()],
            condition=clause(ending.condition, current(), book),
        )
        for ending in page.endings
    )
