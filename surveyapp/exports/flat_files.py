"""CSV: the cases, the report's figures and the codebook as plain text, for Dutch Excel and for everything else.

A spreadsheet program reads a formula into a text that begins with ``= + - @``, a tab or a return. Such a text gets a
``'`` before it; a number is never touched, or −9 would stop being one.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import partial
from pathlib import Path

from surveyapp.analysis.dataset import Dataset
from surveyapp.exports.case_columns import Columns, columns_of
from surveyapp.exports.case_frame import OPEN_HEADER, blocks, named_cases, no_cases, open_lines, rows, short_names
from surveyapp.exports.codebook_lines import VALUE_HEADER, value_lines, variable_header, variable_lines
from surveyapp.exports.csvw import CODES, LABELS, METADATA, csvw
from surveyapp.exports.data_readme import checksums
from surveyapp.exports.flat_tables import DIALECTS, Dialect, FlatTable
from surveyapp.exports.packages import Part, WrittenPart, write_package
from surveyapp.exports.report_book.content import ReportContent
from surveyapp.exports.report_book.long import COLUMNS, long_lines
from surveyapp.exports.words import Words
from surveyapp.reports.codebook import Codebook
from surveyapp.reports.quality_effect import failed_rules
from surveyapp.reports.steps import Step
from surveyapp.reports.wave_data import WaveData

BLOCK = 1000
LIVE = ("=", "+", "-", "@", "\t", "\r")
STEP_HEADER = (
    "response_id", "role", "device", "language_switches", "step", "page", "language", "seconds", "prompts", "changed",
)  # fmt: skip


def write_csv(
    data: WaveData, content: ReportContent, codebook: Codebook, path: Path, language: str, steps: Sequence[Step] = ()
) -> None:
    """A zip of every table in both dialects, with a word of explanation; the same data give the same bytes."""
    words = Words(language)
    cases = named_cases(data.dataset)
    columns = columns_of(no_cases(data.instrument, cases), data.instrument, codebook, words)
    tables = flat_tables(data, cases, columns, content, codebook, words, steps)
    parts = [
        Part(f"{table.name}-{dialect.name}.csv", "", partial(encoded, table, dialect))
        for table in tables
        for dialect in DIALECTS
    ]
    parts.append(Part(METADATA, words("the same for programs"), lambda: [csvw(tables, DIALECTS, columns, data, words)]))
    write_package(parts, lambda written: _readme(data, words, written), path, data.stand)


def flat_tables(
    data: WaveData,
    cases: Dataset,
    columns: Columns,
    content: ReportContent,
    codebook: Codebook,
    words: Words,
    steps: Sequence[Step] = (),
) -> tuple[FlatTable, ...]:
    """Cases in codes and in labels, open answers, variables, values, every published figure, and how people went."""
    instrument = data.instrument
    return (
        FlatTable(CODES, tuple(columns), lambda: rows(blocks(instrument, cases))),
        FlatTable(LABELS, tuple(columns), lambda: rows(blocks(instrument, cases, columns.labels))),
        FlatTable("open", OPEN_HEADER, lambda: open_lines(instrument, cases, words)),
        FlatTable("variables", variable_header(codebook), lambda: variable_lines(codebook, words)),
        FlatTable("values", VALUE_HEADER, lambda: value_lines(codebook)),
        FlatTable("long", COLUMNS, lambda: long_lines(content.sheets, words, is_final=content.is_final)),
        FlatTable("steps", STEP_HEADER, lambda: step_lines(data, steps)),
    )


def step_lines(data: WaveData, steps: Iterable[Step]) -> Iterator[tuple[object, ...]]:
    """One line per page that was saved, by the short name of its case; cases outside the data are left out."""
    named = dict(zip(data.dataset.ids.tolist(), short_names(data.dataset), strict=True))
    known = [step for step in steps if step.case_id in named]
    for step in sorted(known, key=lambda step: (named[step.case_id], step.number)):
        yield (
            named[step.case_id],
            step.role,
            step.device,
            step.language_switches,
            step.number,
            step.page,
            step.language,
            step.seconds,
            step.prompts,
            " ".join(step.changed) or None,
        )


def encoded(table: FlatTable, dialect: Dialect) -> Iterator[bytes]:
    """The file of one table, a block at a time."""
    yield "\ufeff".encode() if dialect.byte_order_mark else b""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=dialect.separator, lineterminator="\r\n")
    writer.writerow(table.header)
    for count, line in enumerate(table.lines(), 1):
        # most cells are codes, which csv writes by itself
        writer.writerow([value if type(value) is int else _spelt(value, dialect) for value in line])
        if count % BLOCK == 0:
            yield _taken(buffer)
    yield _taken(buffer)


def _taken(buffer: io.StringIO) -> bytes:
    written = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return written.encode("utf-8", errors="replace")


def _spelt(value: object, dialect: Dialect) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        clean = value.replace("\x00", "\ufffd")
        return f"'{clean}" if clean.startswith(LIVE) else clean
    if isinstance(value, float):
        number = repr(value + 0.0)
        return number.replace(".", ",") if dialect.decimal_comma else number
    return value.isoformat() if isinstance(value, date) else str(value)


def _readme(data: WaveData, words: Words, parts: Sequence[WrittenPart]) -> str:
    lines = [
        words.pick(data.instrument.wave.title),
        "",
        words("Restricted: single answers. Do not pass on."),
        *filter(None, (words.made_up(data.is_made_up),)),
        f"{words('Cases')}: {data.dataset.n}; {words('of which excluded')}: {int(data.dataset.is_excluded.sum())}",
        *(words.pick(said) for said in filter(None, (failed_rules(data),))),
        words("status “excluded”: sent, and left out of every figure for its quality."),
        f"{words('Data of')}: {data.stand.isoformat(timespec='seconds')}",
        f"{words('Definition')}: {data.instrument.hash}",
        "",
        words("*-nl-excel.csv: separator ; decimal comma, UTF-8 with byte order mark, opens in a Dutch Excel."),
        words("*-international.csv: separator , decimal point, UTF-8."),
        words("A text that begins with = + - @, a tab or a return has a ' before it; numbers never have."),
        words("Texts are complete here, also where a workbook had to shorten them."),
        words("steps-*.csv: one row per page somebody saved, in order. seconds: how long it was open, at most 3600."),
        words("prompts: skipped questions that were asked about. changed: answers given otherwise on an earlier save."),
        words(
            "language_switches: how often the case switched language on a page with questions; the same in its rows."
        ),
        "",
        *(f"{code.code}: {words.pick(code.label)}" for code in data.instrument.missing.values()),
        "",
        words("What this format cannot hold"),
        words("- types, and what a code means: csv-metadata.json, variables-*.csv and values-*.csv say it"),
        "",
        *checksums(parts, words),
    ]
    return "\n".join(lines)
