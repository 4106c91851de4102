"""Every kind of file that can be made, by whom, under which name, and by which function."""

from __future__ import annotations

import errno
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from surveyapp.clock import local
from surveyapp.errors import ExportError
from surveyapp.exports.codebook_files import write_codebook, write_codebook_json
from surveyapp.exports.ddi_files import write_ddi
from surveyapp.exports.finishing import write_json
from surveyapp.exports.printed_codebook import write_printed_codebook
from surveyapp.exports.report_book import write_report_book
from surveyapp.exports.report_book.assemble import report_content
from surveyapp.exports.report_book.content import ReportContent
from surveyapp.exports.words import Words
from surveyapp.fieldwork import editions
from surveyapp.fieldwork.editions import Edition
from surveyapp.fieldwork.quality import last_run
from surveyapp.fieldwork.waves import WaveInfo, wave_info, wave_list
from surveyapp.instrument.model import Instrument, TableDefinition
from surveyapp.instrument.weighting import UNWEIGHTED
from surveyapp.reports.added_figures import added_figures, tables_of
from surveyapp.reports.asked_models import earlier_waves
from surveyapp.reports.codebook import Codebook, codebook
from surveyapp.reports.live import LiveWaves
from surveyapp.reports.publication import Publication
from surveyapp.reports.quotations import Quotation, quotations
from surveyapp.reports.steps import Step, steps
from surveyapp.reports.texts import with_texts
from surveyapp.reports.wave_data import WaveData
from surveyapp.reports.weights import scheme_of
from surveyapp.storage import waves
from surveyapp.storage.database import Database

if TYPE_CHECKING:
    from surveyapp.exports.case_stream import CaseStream


@dataclass(frozen=True, slots=True)
class ExportSource:
    """What any file is made from: the wave as it stands, the wave before it, and the number of this edition.

    Files without single cases are publications, whoever makes them: they hold what is published.
    """

    wave: WaveInfo
    data: WaveData
    previous: WaveData | None = None
    version: int = 1
    steps: Callable[[], Sequence[Step]] = tuple  # read only by the files that hold them
    texts: Callable[[WaveData], WaveData] = lambda data: data  # the same; they are left in the database until then
    edition: Edition | None = None  # absent: the wave never closed
    published: WaveData | None = None  # what of the wave may leave the team; absent: all of it
    added: Sequence[TableDefinition] = ()  # the sheets that the team added to the report
    earlier: Sequence[WaveData] = ()  # the waves that the plan's trends reach back to
    quotations: Sequence[Quotation] = ()  # of coded answers, released one by one
    weight: str = ""  # the weighting that was asked for; empty: as the study says of its report
    before: Callable[[], Sequence[Instrument]] = tuple  # what earlier waves asked; read by the codebooks alone
    definition: Callable[[], Mapping[str, object]] = dict  # its documents by name; read for the archive alone

    @property
    def public(self) -> WaveData:
        """The data of a file without single cases."""
        return self.published or self.data

    def publication(self, data: WaveData) -> Publication:
        """The figures that leave together, of these data."""
        return Publication(data, self.previous, self.added, self.earlier, self.weight)


Writer = Callable[[ExportSource, Path, str], None]


@dataclass(frozen=True, slots=True)
class ExportKind:
    """One kind of file: the least role that may have it, and whether it holds single cases."""

    key: str
    role: str
    suffix: str
    is_personal: bool
    write: Writer
    has_figures: bool = False  # which are weighted or not


def _content(source: ExportSource, data: WaveData) -> ReportContent:
    publication = source.publication(data)
    return report_content(
        publication, source.wave, version=source.version, edition=source.edition, quotations=source.quotations
    )


def _report(source: ExportSource, path: Path, language: str) -> None:
    content = _content(source, source.public)
    write_report_book(content, path, language)


def _data(source: ExportSource, path: Path, language: str) -> None:
    # Only then: whoever merely lists the kinds, or answers respondents beside it, need not hold pandas.
    from surveyapp.exports.data_book import write_data_book

    write_data_book(source.texts(source.data.with_excluded()), _book_of_cases(source), path, language)


def _book(source: ExportSource) -> Codebook:
    return codebook(source.public.instrument, source.public, before=source.before())


def _book_of_cases(source: ExportSource) -> Codebook:
    # Without what became of variables since earlier waves: the files of a closed wave stay as they are when one of
    # those comes into the house later.
    return codebook(source.data.instrument, source.data)


def _codebook(source: ExportSource, path: Path, language: str) -> None:
    write_codebook(_book(source), source.public.stand, path, language)


def _codebook_html(source: ExportSource, path: Path, language: str) -> None:
    write_printed_codebook(_book(source), source.public.stand, path, language)


def _ddi(source: ExportSource, path: Path, language: str) -> None:
    write_ddi(source.public, _book(source), path, language)


def _codebook_json(source: ExportSource, path: Path, language: str) -> None:
    Words(language)  # the file holds both languages; an unknown one is refused all the same
    write_codebook_json(_book(source), path)


def _evidence(source: ExportSource, path: Path, language: str) -> None:
    Words(language)  # for programs; an unknown one is refused all the same
    write_json(source.publication(source.public).evidence(), path)


def _csv(source: ExportSource, path: Path, language: str) -> None:
    from surveyapp.exports.flat_files import write_csv

    content, book = _content(source, source.data), _book_of_cases(source)
    write_csv(source.texts(source.data.with_excluded()), content, book, path, language, source.steps())


def _sav(source: ExportSource, path: Path, language: str) -> None:
    from surveyapp.exports.spss_files import write_spss

    write_spss(_stream(source, language), path, source.edition)


def _parquet(source: ExportSource, path: Path, language: str) -> None:
    from surveyapp.exports.parquet_files import write_parquet

    write_parquet(_stream(source, language), path, source.edition)


def _triple_s(source: ExportSource, path: Path, language: str) -> None:
    from surveyapp.exports.triple_s_files import write_triple_s

    write_triple_s(_stream(source, language), path, source.edition)


def _stream(source: ExportSource, language: str) -> CaseStream:
    from surveyapp.exports.case_stream import CaseStream

    words = Words(language)
    data = source.texts(source.data.with_excluded())
    return CaseStream(data, codebook(source.data.instrument, source.data, is_counted=False), words)


IN_THE_ARCHIVE = {
    "report.xlsx": "report",
    "codebook.xlsx": "codebook",
    "codebook.html": "codebook-html",
    "codebook.json": "codebook-json",
    "ddi.xml": "ddi",
    "evidence.json": "evidence",
    "data/": "csv",
}
"""What of the other files goes into the archive, under which name."""


def _archive(source: ExportSource, path: Path, language: str) -> None:
    from surveyapp.exports.archive import write_archive

    Words(language)
    files = {name: partial(_written, EXPORTS[key], source, language) for name, key in IN_THE_ARCHIVE.items()}
    title = source.data.instrument.wave.title[language]
    write_archive(title, source.definition(), source.edition, files, path, language)


def _written(kind: ExportKind, source: ExportSource, language: str, path: Path) -> None:
    kind.write(source, path, language)


EXPORTS: Mapping[str, ExportKind] = {
    kind.key: kind
    for kind in (
        ExportKind("report", "editor", ".xlsx", False, _report, has_figures=True),
        ExportKind("codebook", "editor", ".xlsx", False, _codebook),
        ExportKind("codebook-html", "editor", ".html", False, _codebook_html),
        ExportKind("codebook-json", "editor", ".json", False, _codebook_json),
        ExportKind("ddi", "editor", ".xml", False, _ddi),
        ExportKind("evidence", "editor", ".json", False, _evidence, has_figures=True),
        ExportKind("data", "researcher", ".xlsx", True, _data),
        ExportKind("csv", "researcher", ".zip", True, _csv, has_figures=True),
        ExportKind("sav", "researcher", ".zip", True, _sav),
        ExportKind("parquet", "researcher", ".zip", True, _parquet),
        ExportKind("triple-s", "researcher", ".zip", True, _triple_s),
        ExportKind("archive", "researcher", ".zip", True, _archive, has_figures=True),
    )
}


def export_kind(key: str) -> ExportKind:
    """The kind of this name.

    Raises
    ------
    ExportError     there is no such kind; the message lists what there is
    """
    try:
        return EXPORTS[key]
    except KeyError:
        raise ExportError(
            "There is no export “%(name)s”; there are: %(names)s.", name=key, names=", ".join(EXPORTS)
        ) from None


def require_figures(key: str, weight: str) -> None:
    """See that no weighting is asked of a file without figures.

    Raises
    ------
    ExportError     there is nothing in it that could be weighted
    """
    if weight and not export_kind(key).has_figures:
        raise ExportError("“%(name)s” holds no figures that could be weighted.", name=key)


def file_name(
    key: str, study: str, year: int, language: str, moment: datetime, version: int = 1, weight: str = ""
) -> str:
    """``course-2026-report-nl-v3-20261123.xlsx``; the day is the one in the study's zone.

    Where a weighting was asked for it is named behind the kind: ``course-2026-report-unweighted-nl-v1-20261123.xlsx``.
    """
    kind = export_kind(key)
    return f"{_beginning(key, study, year, language, weight)}{version}-{local(moment):%Y%m%d}{kind.suffix}"


def _beginning(key: str, study: str, year: int, language: str, weight: str) -> str:
    weighted = f"-{'unweighted' if weight == UNWEIGHTED else weight}" if weight else ""
    return f"{study}-{year}-{key}{weighted}-{language}-v"


def name_of(key: str, source: ExportSource, language: str) -> str:
    """The name of the file that is made from this source: its day is that of the data it holds."""
    data = source.data if export_kind(key).is_personal else source.public
    weight = source.weight if export_kind(key).has_figures else ""
    return file_name(key, source.wave.study, source.wave.year, language, data.stand, source.version, weight)


def version_in(name: str, key: str, study: str, year: int, language: str, weight: str = "") -> int:
    """The version that the name of such a file tells; 0 where it is the name of something else."""
    number = name.removeprefix(_beginning(key, study, year, language, weight)).partition("-")[0]
    return int(number) if number.isdecimal() else 0


def gather(
    database: Database, live: LiveWaves, study: str, year: int, *, version: int = 1, weight: str = ""
) -> ExportSource:
    """Everything an export of a wave needs, as it stands now.

    Which wave it stands beside, `editions.beside` says. ``weight`` is the weighting that was asked for: the name of a
    scheme, or none; empty: as the study says of its report.

    Raises
    ------
    BadQuery     there is no such weighting
    """
    with database.read() as session:
        wave = wave_info(session, study, year)
        edition = editions.in_force(session, study, year)
        beside = editions.beside(session, study, year)
    previous = live.published(study, beside) if beside is not None else None

    def read_steps() -> Sequence[Step]:
        with database.read() as session:
            return tuple(steps(session, study, year))

    def read_definition() -> Mapping[str, object]:
        with database.read() as session:
            return waves.version(session, study, wave.instrument_hash) or {}

    def read_before() -> Sequence[Instrument]:
        with database.read() as session:
            years = [one.year for one in wave_list(session, study) if one.year < year]
            if edition is not None:  # what came into the house later leaves the files of a closed wave as they are
                made = {each: [one.at for one in editions.of_wave(session, study, each)] for each in years}
                years = [each for each in years if made[each] and min(made[each]) <= edition.at]
            return [live.library.of_wave(session, study, each) for each in years]

    published = live.published(study, year)
    scheme_of(published, weight)
    with database.read() as session:
        run = last_run(session, study, year)
        added = added_figures(session, study, year, published.instrument)
        has_trend = any(table.kind == "trend" for table in published.instrument.tables)
        earlier = earlier_waves(live, session, study, year) if has_trend else ()
        coded = {one.coded.source for one in published.instrument.variables.values() if one.coded is not None}
        quoted = tuple(one for one in quotations(session, study, year) if one.question in coded) if coded else ()
    failed = tuple(run.not_run) if run is not None else ()
    return ExportSource(
        wave,
        replace(live.data(study, year), rules_not_run=failed),
        previous,
        version,
        read_steps,
        lambda data: with_texts(database, data),
        published=replace(published, rules_not_run=failed),
        edition=edition,
        added=tables_of(added, published.schemes),
        earlier=earlier,
        quotations=quoted,
        weight=weight,
        before=read_before,
        definition=read_definition,
    )


def write(key: str, source: ExportSource, path: Path, language: str) -> None:
    """Make one file; nothing is left at ``path`` when it fails.

    Raises
    ------
    ExportError     an unknown kind or language, something no file can hold, or a disk that is full
    """
    try:
        export_kind(key).write(source, path, language)
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise ExportError("The disk is full: the file was not made. Make room and make it again.") from error
