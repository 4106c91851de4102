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
from typing import TYPE_CHECKING

from surveyapp.errors import ImportRefused, RowFault
from surveyapp.fieldwork.file_moments import column_moments, seconds_between
from surveyapp.fieldwork.text_table import HEADER_ROW, MOST_FAULTS, read_text_table, require_columns
from surveyapp.fieldwork.typed_numbers import NotANumber, typed_number
from surveyapp.instrument.mapping import ImportColumn, ImportLink, ImportMapping
from surveyapp.instrument.model import NOT_ASKED, SKIPPED, Shape, Variable

if TYPE_CHECKING:
    from surveyapp.frames import pd

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
        separator=mapping.file.separator,
        encoding=mapping.file.encoding,
        most_bytes=MAXIMUM_BYTES,
        most_rows=MAXIMUM_ROWS,
        marks=mapping.file.missing,
    )
    columns = sorted(mapping.file_columns)
    require_columns([*table], columns, columns, "is not in the mapping: map it or skip it with a reason")
    return _Reader(mapping, table).read()


class _Reader:
    """One pass over the rows; collects faults until there are enough to stop."""

    def __init__(self, mapping: ImportMapping, table: pd.DataFrame) -> None:
        self.mapping, case = mapping, mapping.case
        self.marks = frozenset(mark.strip() for mark in mapping.file.missing) | {""}
        self.mapped = [mapping.columns[name] for name in table if name in mapping.columns]
        self.asked = [column for column in self.mapped if column.variable is not None]
        names = [column.column for column in self.asked]
        moments = [name for name in (case.started, case.ended) if name]
        # Only rows in which something says that somebody was there.
        self.table = table[~table[[*names, *moments]].isin(list(self.marks)).all(axis=1)]
        self.cells = self.table[names]
        self.links: dict[str, list[ImportLink]] = {}
        for link in mapping.links:
            self.links.setdefault(link.column, []).append(link)
        self.reports = {column.column: self._report(column) for column in self.mapped}
        self.faults: list[RowFault] = []

    def _report(self, column: ImportColumn) -> ColumnReport:
        linked = tuple(link.variable.name for link in self.links.get(column.column, []))
        if column.variable is None:
            return ColumnReport(column.column, None, note=f"skipped: {column.skip_reason}")
        return ColumnReport(column.column, column.variable.name, linked=linked)

    def read(self) -> ReadFile:
        case = self.mapping.case
        numbers = self._numbers()
        sources = self.table[case.source] if case.source else {}
        started, ended = self._moments(case.started), self._moments(case.ended)
        cases: list[ImportedCase] = []
        for row, cells in zip(self.cells.index, self.cells.itertuples(index=False, name=None), strict=True):
            if len(self.faults) >= MAXIMUM_FAULTS:
                break
            answers, implausible, reached = self._answers(row, cells)
            spent = seconds_between(started[row], ended[row]) if row in started and row in ended else 0
            seconds = min(max(spent, 0), MAXIMUM_SECONDS)
            source = sources.get(row) or "file"
            cases.append(
                ImportedCase(row, numbers[row], source, started.get(row), seconds, answers, reached, implausible)
            )
        if not cases and not self.faults:
            raise ImportRefused("No row of the file holds an answer or says when somebody began.")
        if self.faults:
            first = self.faults[0]
            raise ImportRefused(
                f"Row {first.row}, column {first.column}: {first.message}. Nothing was imported.",
                tuple(self.faults[:MAXIMUM_FAULTS]),
            )
        return ReadFile(tuple(cases), tuple(self.reports.values()))

    def _numbers(self) -> Mapping[int, str]:
        """What the file calls each case, once, or else its place below the header."""
        column = self.mapping.case.row
        places = (self.table.index - HEADER_ROW).astype(str).astype(object)
        if column is None:
            return dict(zip(self.table.index, places, strict=True))
        found = self.table[column].where(self.table[column] != "", places)
        # A spreadsheet makes 7 of 007, and 7.0 of 7.
        plain = found.str.replace(r"^0+(?=\d)|(?<=\d)[.,]0+$", "", regex=True).str.casefold()
        first = {name: row for row, name in plain.drop_duplicates().items()}
        for row, name in plain[plain.duplicated()].head(MAXIMUM_FAULTS).items():
            self._fault(row, column, f"'{found[row][:40]}' stands in row {first[name]} too; a case has one row")
        return dict(found)

    def _moments(self, column: str | None) -> Mapping[int, datetime]:
        if column is None:
            return {}
        filled = self.table[column][lambda cells: ~cells.isin(list(self.marks))]
        moments, faults = column_moments(list(filled.items()), self.mapping.case.date_formats, column)
        self.faults.extend(faults)
        return moments

    def _answers(self, row: int, cells: Sequence[str]) -> tuple[Mapping[str, Answer], tuple[str, ...], bool]:
        """What a row answers, which of it is implausible, and whether it reaches the last question."""
        reached = max((position for position, cell in enumerate(cells) if cell not in self.marks), default=-1)
        answers: dict[str, Answer] = {}
        implausible: list[str] = []
        for position, (column, cell) in enumerate(zip(self.asked, cells, strict=True)):
            if column.variable is None:
                continue
            if position > reached:
                self.reports[column.column].missing[NOT_ASKED] += 1
                continue
            answer = self._answer(row, column, column.variable, cell)
            if answer is None:
                continue
            answers[column.variable.name] = answer
            self._count(column, answer)
            if self._is_implausible(column, answer):
                self.reports[column.column].implausible += 1
                implausible.append(column.variable.name)
            self._link(column, answer, answers)
        return answers, tuple(implausible), reached == len(cells) - 1

    def _fault(self, row: int, column: str, message: str) -> None:
        self.faults.append(RowFault(row, column, message))

    def _answer(self, row: int, column: ImportColumn, variable: Variable, cell: str) -> Answer | None:
        """The value to store, or None when the cell is a fault."""
        if cell in self.marks:
            return SKIPPED
        if variable.type.shape is Shape.TEXT:
            if _UNSTORABLE.search(cell) or len(cell) > MAXIMUM_TEXT:
                self._fault(row, column.column, "holds characters that cannot be stored, or more than 20,000 of them")
                return None
            return cell
        try:
            number = typed_number(cell, self.mapping.file.decimal)
        except NotANumber as problem:
            self._fault(row, column.column, str(problem))
            return None
        whole = int(number) if number == int(number) else None
        if whole is not None and whole in column.missing:
            return column.missing[whole]
        if variable.type.shape is Shape.CODE:
            if whole is None or whole not in variable.codes:
                known = ", ".join(str(code) for code in variable.codes)
                self._fault(row, column.column, f"'{cell[:40]}' is no declared code (declared: {known})")
                return None
            return whole
        if variable.type.shape is not Shape.NUMBER:
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
