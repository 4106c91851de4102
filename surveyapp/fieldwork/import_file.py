"""A data file of an earlier fieldwork, read cell by cell into the answers of cases. Pure: nothing is written.

Every column of the file becomes a variable or is skipped for a stated reason; every cell is a declared code, a number,
a text, or no answer. What fits none of these is a fault with its row and column, and then nothing of the file is used.

An empty tail of a row is where somebody stopped: those variables were not asked. A gap before the last answer is
skipped; the file cannot tell a skipped question from one that routing left out, and the report says so.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from surveyapp.errors import ImportRefused, RowFault
from surveyapp.fieldwork.file_moments import column_moments, seconds_between
from surveyapp.fieldwork.text_table import HEADER_ROW, MOST_FAULTS, read_text_table, require_columns
from surveyapp.fieldwork.typed_numbers import NotANumber, typed_number
from surveyapp.instrument.mapping import ImportColumn, ImportLink, ImportMapping
from surveyapp.instrument.model import CODED_TYPES, NOT_ASKED, NUMBER_TYPES, SKIPPED, TEXT_TYPES, Variable

MAXIMUM_BYTES = 50 * 1024 * 1024
MAXIMUM_ROWS = 200_000
MAXIMUM_FAULTS = MOST_FAULTS
MAXIMUM_TEXT = 20_000
MAXIMUM_SECONDS = 3600
_UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

Answer = int | float | str


@dataclass(frozen=True, slots=True)
class ImportedCase:
    """One row of the file: when and whence, and the answers by variable name (missing codes included)."""

    row: int  # as a spreadsheet counts: 1 is the header
    number: str  # what the file calls the case: its own number, or else its place below the header
    source: str
    started: datetime | None
    seconds: int  # between start and end, at most an hour
    answers: Mapping[str, Answer]
    reached_the_end: bool
    implausible: tuple[str, ...]  # variables whose number was kept and flagged


@dataclass(slots=True)
class ColumnReport:
    """What became of one column."""

    column: str
    variable: str | None
    note: str = ""
    valid: int = 0
    missing: Counter[int] = field(default_factory=Counter)  # by missing code
    implausible: int = 0
    linked: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, object]:
        """For the record of the import and for ``--json``."""
        return {
            "column": self.column,
            "variable": self.variable,
            "note": self.note,
            "valid": self.valid,
            "missing": {str(code): count for code, count in sorted(self.missing.items())},
            "implausible": self.implausible,
            "linked": list(self.linked),
        }


@dataclass(frozen=True, slots=True)
class ReadFile:
    """All of a data file that was understood."""

    cases: tuple[ImportedCase, ...]
    columns: tuple[ColumnReport, ...]


def read_file(data: bytes, mapping: ImportMapping) -> ReadFile:
    """Read a whole data file.

    Parameters
    ----------
    data :    the file's bytes, in the mapping's encoding, at most 50 MB
    mapping : what each column means

    Raises
    ------
    ImportRefused     the file, its header or any cell does not fit; ``faults`` name row and column, at most fifty
    """
    table = read_text_table(
        data,
        separator=mapping.separator,
        encoding=mapping.encoding,
        most_bytes=MAXIMUM_BYTES,
        most_rows=MAXIMUM_ROWS,
        marks=mapping.missing_marks,
    )
    columns = sorted(mapping.file_columns)
    require_columns(table.header, columns, columns, "is not in the mapping: map it or skip it with a reason")
    return _Reader(mapping, table.header).read(table.rows)


class _Reader:
    """One pass over the rows; collects faults until there are enough to stop."""

    def __init__(self, mapping: ImportMapping, header: Sequence[str]) -> None:
        self.mapping = mapping
        self.place = {name: position for position, name in enumerate(header)}
        self.marks = frozenset(mark.strip() for mark in mapping.missing_marks) | {""}
        self.mapped = [mapping.columns[name] for name in header if name in mapping.columns]
        self.asked = [column for column in self.mapped if column.variable is not None]
        self.links: dict[str, list[ImportLink]] = {}
        for link in mapping.links:
            self.links.setdefault(link.column, []).append(link)
        self.reports = {column.column: self._report(column) for column in self.mapped}
        self.faults: list[RowFault] = []
        self.started: Mapping[int, datetime] = {}
        self.ended: Mapping[int, datetime] = {}

    def _report(self, column: ImportColumn) -> ColumnReport:
        linked = tuple(link.variable.name for link in self.links.get(column.column, []))
        if column.variable is None:
            return ColumnReport(column.column, None, note=f"skipped: {column.skip_reason}")
        return ColumnReport(column.column, column.variable.name, linked=linked)

    def read(self, rows: Sequence[tuple[int, Sequence[str]]]) -> ReadFile:
        self._require_numbered_once(rows)
        self.started = self._moments(rows, self.mapping.case.started)
        self.ended = self._moments(rows, self.mapping.case.ended)
        cases: list[ImportedCase] = []
        for number, row in rows:
            if len(self.faults) >= MAXIMUM_FAULTS:
                break
            if cells := self._cells(row):
                cases.append(self._case(number, row, cells))
        if not cases and not self.faults:
            raise ImportRefused("No row of the file holds an answer or says when somebody began.")
        if self.faults:
            first = self.faults[0]
            raise ImportRefused(
                f"Row {first.row}, column {first.column}: {first.message}. Nothing was imported.",
                tuple(self.faults[:MAXIMUM_FAULTS]),
            )
        return ReadFile(tuple(cases), tuple(self.reports.values()))

    def _cells(self, row: Sequence[str]) -> list[str]:
        """The answers of a row; none where nothing says that somebody was there."""
        case = self.mapping.case
        cells = [row[self.place[column.column]].strip() for column in self.asked]
        moments = [row[self.place[column]].strip() for column in (case.started, case.ended) if column]
        return cells if any(cell not in self.marks for cell in (*cells, *moments)) else []

    def _require_numbered_once(self, rows: Sequence[tuple[int, Sequence[str]]]) -> None:
        column = self.mapping.case.row
        if column is None:
            return
        seen: dict[str, int] = {}
        for number, row in rows:
            if not self._cells(row):
                continue
            said = self._number(number, row)
            plain = re.sub(
                r"^0+(?=\d)|(?<=\d)[.,]0+$", "", said
            ).casefold()  # a spreadsheet makes 7 of 007, and 7.0 of 7
            if plain in seen:
                self._fault(number, column, f"'{said[:40]}' stands in row {seen[plain]} too; a case has one row")
            seen.setdefault(plain, number)

    def _number(self, number: int, row: Sequence[str]) -> str:
        """What the file calls a case, or else its place below the header."""
        column = self.mapping.case.row
        return (row[self.place[column]].strip() if column else "") or str(number - HEADER_ROW)

    def _moments(self, rows: Sequence[tuple[int, Sequence[str]]], column: str | None) -> Mapping[int, datetime]:
        if column is None:
            return {}
        filled = [(number, row[self.place[column]].strip()) for number, row in rows]
        moments, faults = column_moments(
            [(number, cell) for number, cell in filled if cell not in self.marks],
            self.mapping.case.date_formats,
            column,
        )
        self.faults.extend(faults)
        return moments

    def _case(self, number: int, row: Sequence[str], cells: Sequence[str]) -> ImportedCase:
        case = self.mapping.case
        reached = max((position for position, cell in enumerate(cells) if cell not in self.marks), default=-1)
        answers: dict[str, Answer] = {}
        implausible: list[str] = []
        for position, (column, cell) in enumerate(zip(self.asked, cells, strict=True)):
            if column.variable is None:
                continue
            if position > reached:
                self.reports[column.column].missing[NOT_ASKED] += 1
                continue
            answer = self._answer(number, column, column.variable, cell)
            if answer is None:
                continue
            answers[column.variable.name] = answer
            self._count(column, answer)
            if self._is_implausible(column, answer):
                self.reports[column.column].implausible += 1
                implausible.append(column.variable.name)
            self._link(column, answer, answers)
        started, ended = self.started.get(number), self.ended.get(number)
        spent = seconds_between(started, ended) if started and ended else 0
        return ImportedCase(
            row=number,
            number=self._number(number, row),
            source=(row[self.place[case.source]].strip() if case.source else "") or "file",
            started=started,
            seconds=min(max(spent, 0), MAXIMUM_SECONDS),
            answers=answers,
            reached_the_end=reached == len(cells) - 1,
            implausible=tuple(implausible),
        )

    def _fault(self, row: int, column: str, message: str) -> None:
        self.faults.append(RowFault(row, column, message))

    def _answer(self, row: int, column: ImportColumn, variable: Variable, cell: str) -> Answer | None:
        """The value to store, or None when the cell is a fault."""
        if cell in self.marks:
            return SKIPPED
        if variable.type in TEXT_TYPES:
            if _UNSTORABLE.search(cell) or len(cell) > MAXIMUM_TEXT:
                self._fault(row, column.column, "holds characters that cannot be stored, or more than 20,000 of them")
                return None
            return cell
        try:
            number = typed_number(cell, self.mapping.decimal)
        except NotANumber as problem:
            self._fault(row, column.column, str(problem))
            return None
        whole = int(number) if number == int(number) else None
        if whole is not None and whole in column.missing:
            return column.missing[whole]
        if variable.type in CODED_TYPES:
            if whole is None or whole not in variable.codes:
                known = ", ".join(str(code) for code in variable.codes)
                self._fault(row, column.column, f"'{cell[:40]}' is no declared code (declared: {known})")
                return None
            return whole
        if variable.type not in NUMBER_TYPES:
            self._fault(row, column.column, f"a {variable.type.value} question cannot be imported from one column")
            return None
        if number < 0:
            self._fault(row, column.column, f"'{cell[:40]}' is below 0, where only missing codes stand")
            return None
        return number if whole is None else whole

    def _count(self, column: ImportColumn, answer: Answer) -> None:
        report = self.reports[column.column]
        if isinstance(answer, int) and answer < 0:
            report.missing[answer] += 1
        else:
            report.valid += 1

    @staticmethod
    def _is_implausible(column: ImportColumn, answer: Answer) -> bool:
        if isinstance(answer, str) or answer < 0:
            return False
        low, high = column.plausible_low, column.plausible_high
        return (low is not None and answer < low) or (high is not None and answer > high)

    def _link(self, column: ImportColumn, answer: Answer, answers: dict[str, Answer]) -> None:
        """Let the registry's variables that stand for this column answer too."""
        for link in self.links.get(column.column, []):
            linked = linked_answer(link, answer)
            if linked is not None:
                answers[link.variable.name] = linked


def linked_answer(link: ImportLink, answer: Answer) -> Answer | None:
    """What a registry variable answers, given its column's answer; None where the old answer has no equal."""
    if isinstance(answer, str) or answer < 0:
        return answer
    if link.recode:
        return link.recode.get(int(answer)) if answer == int(answer) else None
    moved = answer + link.add
    return int(moved) if moved == int(moved) else moved
