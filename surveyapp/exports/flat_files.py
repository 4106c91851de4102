"""CSV: the cases, the report's figures and the codebook as plain text, for Dutch Excel and for everything else.

A spreadsheet program reads a formula into a text that begins with ``= + - @``, a tab or a return. Such a text gets a
``'`` before it; a number is never touched, or −9 would stop being one.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from surveyapp.exports.case_columns import columns_of
from surveyapp.exports.case_frame import OPEN_HEADER, blocks, named_cases, no_cases, open_lines, rows, short_names
from surveyapp.exports.codebook_lines import VALUE_HEADER, VARIABLE_HEADER, value_lines, variable_lines
from surveyapp.exports.finishing import whole_file
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


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a file is written for one kind of reader."""

    name: str
    separator: str
    decimal_comma: bool
    byte_order_mark: bool


DUTCH = Dialect("nl-excel", ";", decimal_comma=True, byte_order_mark=True)
INTERNATIONAL = Dialect("international", ",", decimal_comma=False, byte_order_mark=False)
DIALECTS = (DUTCH, INTERNATIONAL)


@dataclass(frozen=True, slots=True)
class FlatTable:
    """One table: its name, its columns, and its lines, made anew for each dialect."""

    name: str
    header: Sequence[str]
    lines: Callable[[], Iterable[Sequence[object]]]


def write_csv(
    data: WaveData, content: ReportContent, codebook: Codebook, path: Path, language: str, steps: Sequence[Step] = ()
) -> None:
    """A zip of every table in both dialects, with a word of explanation; the same data give the same bytes."""
    words = Words(language)
    moment = max(data.stand.astimezone(UTC), datetime(1980, 1, 1, tzinfo=UTC)).timetuple()[:6]
    with whole_file(path) as draft, zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as archive:
        for table in flat_tables(data, content, codebook, words, steps):
            for dialect in DIALECTS:
                part = zipfile.ZipInfo(f"{table.name}-{dialect.name}.csv", date_time=moment)
                part.compress_type = zipfile.ZIP_DEFLATED
                part.external_attr = 0o600 << 16
                with archive.open(part, "w") as sink:
                    for block in encoded(table, dialect):
                        sink.write(block)
        readme = zipfile.ZipInfo("readme.txt", date_time=moment)
        readme.external_attr = 0o600 << 16
        archive.writestr(readme, _readme(data, words))


def flat_tables(
    data: WaveData, content: ReportContent, codebook: Codebook, words: Words, steps: Sequence[Step] = ()
) -> tuple[FlatTable, ...]:
    """Cases in codes and in labels, open answers, variables, values, every published figure, and how people went."""
    instrument, cases = data.instrument, named_cases(data.dataset)
    columns = columns_of(no_cases(instrument, cases), instrument, codebook, words)
    return (
        FlatTable("data-codes", tuple(columns), lambda: rows(blocks(instrument, cases))),
        FlatTable("data-labels", tuple(columns), lambda: rows(blocks(instrument, cases, columns.labels))),
        FlatTable("open", OPEN_HEADER, lambda: open_lines(instrument, cases, words)),
        FlatTable("variables", VARIABLE_HEADER, lambda: variable_lines(codebook, words)),
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


def _readme(data: WaveData, words: Words) -> str:
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
    ]
    return "\n".join(lines) + "\n"
