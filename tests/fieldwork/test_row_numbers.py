"""A message about a file names the row that its reader sees in the spreadsheet: the header is row 1, in every import.

A blank row counts and a cell of many lines stands in one row: neither line breaks nor filled rows are counted.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from time import process_time

import pytest
from openpyxl import Workbook

from surveyapp.errors import ImportRefused
from surveyapp.exports.xlsform_book import read_xlsform
from surveyapp.fieldwork.contacts import read_contacts
from surveyapp.fieldwork.import_file import read_file
from surveyapp.fieldwork.text_table import read_text_table
from surveyapp.instrument.mapping import load_mapping
from tests.builders import small_instrument
from tests.fieldwork.test_strict_files import MAPPING

ABOVE = b'email;name\njan@example.org;"Jan\nvan der\nBerg"\n;\n'
"""Three rows on five lines: the next one is row 4."""


def plain(data: bytes, encoding: str | None = None) -> None:
    read_text_table(data, separator=None, encoding=encoding, most_bytes=10_000, most_rows=100)


def contacts(data: bytes) -> None:
    read_contacts(data, small_instrument())


@pytest.mark.parametrize(
    ("read", "row"),
    [
        (plain, b"nul@example.org;\0\n"),
        (lambda data: plain(data, "utf-8"), b"latin@example.org;Ren\xe9\n"),
        (lambda data: plain(data, "latin-1"), b"windows@example.org;\x93Jan\x94\n"),
        (plain, b"ragged@example.org;Jan;more\n"),
        (plain, "twice@example.org;RenÃ©\n".encode()),
        (plain, b'open@example.org;"Jan" x\n'),
        (contacts, b"no address;Jan\n"),
        (contacts, b"jan@example.org;twice\n"),
        (contacts, b"ragged@example.org;Jan;more\n"),
    ],
)
def test_a_table_of_text_is_counted_as_a_spreadsheet_counts(read: Callable[[bytes], None], row: bytes) -> None:
    with pytest.raises(ImportRefused) as refused:
        read(ABOVE + row)
    assert [fault.row for fault in refused.value.faults] == [4], refused.value.faults


def test_a_data_file_is_counted_as_a_spreadsheet_counts() -> None:
    mapping = load_mapping(MAPPING)
    columns = sorted(mapping.file_columns)

    def line(**cells: str) -> str:
        return ";".join(cells.get(column, "") for column in columns)

    dated = {"StartDate": "9-5-2014 10:13", "EndDate": "9-5-2014 10:25", "q0004": "1"}
    whole = line(**dated, row_num="1", CollectorNm='"Web\nLink"')
    with pytest.raises(ImportRefused) as refused:
        read_file(
            "\n".join([";".join(columns), whole, "", line(**dated, row_num="2", q0014_0001="x")]).encode(), mapping
        )
    assert [fault.row for fault in refused.value.faults] == [4]
    assert str(refused.value).startswith("Row 4, ")


def test_a_wrong_column_of_numbers_is_told_at_fifty_rows_and_not_held_against_each_other_row_by_row() -> None:
    """Each row that stood twice was looked for among all rows: a file of 200,000 took the whole night."""
    mapping = load_mapping(MAPPING)
    columns = sorted(mapping.file_columns)
    dated = {"StartDate": "9-5-2014 10:13", "EndDate": "9-5-2014 10:25", "q0004": "1"}
    rows = [{**dated, "row_num": f"{number % 10_000:05}"} for number in range(20_000)]
    data = "\n".join([";".join(columns), *(";".join(row.get(column, "") for column in columns) for row in rows)])
    began = process_time()
    with pytest.raises(ImportRefused) as refused:
        read_file(data.encode(), mapping)
    assert process_time() - began < 6
    assert [fault.row for fault in refused.value.faults] == list(range(10_002, 10_052))
    assert refused.value.faults[7].message == "'00007' stands in row 9 too; a case has one row"


def test_a_form_is_counted_as_a_spreadsheet_counts(tmp_path: Path) -> None:
    book = Workbook()
    survey = book.active
    assert survey is not None
    survey.title = "survey"
    for row in (("type", "name", "label"), ("text", "a", "What\nis\nit?"), (), ("text", "b", "=1/0")):
        survey.append(row)
    book.save(tmp_path / "form.xlsx")
    with pytest.raises(ImportRefused) as refused:
        read_xlsform(tmp_path / "form.xlsx")
    assert [fault.row for fault in refused.value.faults] == [4]
