"""Files of the research team are read as strictly as respondents' numbers: nothing is guessed, rows are named."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from surveyapp import clock
from surveyapp.errors import ImportRefused
from surveyapp.fieldwork.contacts import read_contacts
from surveyapp.fieldwork.file_moments import column_moments, seconds_between
from surveyapp.fieldwork.import_file import read_file
from surveyapp.fieldwork.text_table import read_text_table
from surveyapp.fieldwork.typed_numbers import Decimal, NotANumber, typed_number
from surveyapp.instrument.mapping import ImportMapping, load_mapping
from tests.builders import small_instrument

MAPPING = Path(__file__).resolve().parents[2] / "instruments" / "goed-opdrachtgeverschap" / "2014" / "mapping.yaml"
DAY_FIRST, MONTH_FIRST = "%d-%m-%Y %H:%M", "%m-%d-%Y %H:%M"


@pytest.fixture(scope="module")
def mapping() -> ImportMapping:
    return load_mapping(MAPPING)


def _file(mapping: ImportMapping, *rows: dict[str, str], encoding: str = "utf-8") -> bytes:
    columns = sorted(mapping.file_columns)
    dated = {"StartDate": "9-5-2014 10:13", "EndDate": "9-5-2014 10:25", "CollectorNm": "Web Link", "q0004": "1"}
    lines = [";".join(columns)]
    for number, row in enumerate(rows, start=1):
        cells = {} if row.get("only") else {**dated, "row_num": str(number)}
        lines.append(";".join({**cells, **row}.get(column, "") for column in columns))
    return ("\n".join(lines) + "\n").encode(encoding)


def _faults(mapping: ImportMapping, data: bytes) -> list[tuple[int | None, str | None, str]]:
    with pytest.raises(ImportRefused) as refused:
        read_file(data, mapping)
    return [(fault.row, fault.column, fault.message) for fault in refused.value.faults]


# ------------------------------------------------------------------------------------------------------------- numbers
@pytest.mark.parametrize(
    ("cell", "decimal", "value"),
    [
        ("1.250", "comma", 1250.0),
        ("1.250", "point", 1.25),
        ("1,250", "comma", 1.25),
        ("1,250", "point", 1250.0),
        ("1.250.000,50", "comma", 1_250_000.5),
        ("1,250,000.50", "point", 1_250_000.5),
        ("85,50", None, 85.5),
        ("85.5", None, 85.5),
        ("1.250.000", None, 1_250_000.0),
        ("1.250,75", None, 1250.75),
        ("1.00E+05", None, 100_000.0),
        ("0.1234", None, 0.1234),
        ("-12", None, -12.0),
        ("123456789012345", None, 123_456_789_012_345.0),
    ],
)
def test_a_number_is_read_in_the_notation_of_its_file(cell: str, decimal: Decimal | None, value: float) -> None:
    assert typed_number(cell, decimal) == value


@pytest.mark.parametrize("cell", ["1.250", "1,250", "12.000", "-1.250", "999,999"])
def test_a_number_that_could_be_two_is_neither_until_the_file_says_which(cell: str) -> None:
    with pytest.raises(NotANumber, match=r"may be .* or .*; declare"):
        typed_number(cell, None)


@pytest.mark.parametrize(
    ("cell", "decimal"),
    [("1.25", "comma"), ("12.50", "comma"), ("1,5", "point"), ("1.2.3", None), ("1,2.3,4", None), ("٧", None)]
    + [
        (cell, None) for cell in ("", "acht", "10 %", "€ 10", "1 250", "1e999999", "0x10", "1_000", "--1", "nan", "inf")
    ],
)
def test_what_is_no_number_in_this_notation_is_refused(cell: str, decimal: Decimal | None) -> None:
    with pytest.raises(NotANumber, match="is no number"):
        typed_number(cell, decimal)


def test_a_doubtful_number_in_a_data_file_names_its_row_and_both_readings(mapping: ImportMapping) -> None:
    data = _file(mapping, {"q0014_0001": "75"}, {"q0014_0001": "1.250"})
    ((row, column, said),) = _faults(mapping, data)
    assert (row, column) == (3, "q0014_0001")
    assert "'1.250' may be 1.25 or 1250" in said
    dutch = read_file(data, replace(mapping, file=mapping.file.model_copy(update={"decimal": "comma"})))
    assert [case.answers["go14_q0014_0001"] for case in dutch.cases] == [75, 1250]


# ----------------------------------------------------------------------------------------------------------- encodings
@pytest.mark.parametrize("declared", ["latin-1", "cp1252"])
def test_a_utf8_file_that_is_declared_something_else_is_not_stored_as_garbage(
    mapping: ImportMapping, declared: str
) -> None:
    data = _file(mapping, {"CollectorNm": "Één café"})
    with pytest.raises(ImportRefused, match=f"declared {declared} and is utf-8"):
        read_file(data, replace(mapping, file=mapping.file.model_copy(update={"encoding": declared})))
    assert read_file(data, mapping).cases[0].source == "Één café"


def test_a_windows_file_that_is_declared_latin_1_is_refused_where_the_two_differ(mapping: ImportMapping) -> None:
    data = _file(mapping, {}, {"CollectorNm": "“Café”"}, encoding="cp1252")
    with pytest.raises(ImportRefused, match="probably cp1252") as refused:
        read_file(data, replace(mapping, file=mapping.file.model_copy(update={"encoding": "latin-1"})))
    assert refused.value.faults[0].row == 3
    declared = replace(mapping, file=mapping.file.model_copy(update={"encoding": "cp1252"}))
    assert read_file(data, declared).cases[1].source == "“Café”"


@pytest.mark.parametrize("spoilt", ["CafÃ© de Haven", "â€œGoedâ€\u009d", "Caf\ufffd", "naÃ¯ef"])
def test_letters_that_were_saved_in_the_wrong_encoding_before_are_noticed(mapping: ImportMapping, spoilt: str) -> None:
    ((row, _, said),) = _faults(mapping, _file(mapping, {}, {"CollectorNm": spoilt}))
    assert row == 3
    assert "wrong encoding" in said


@pytest.mark.parametrize("meant", ["Ångström", "Ã", "É. Â. Ü", "São João", "ÀÉ", "“Goed” – €"])
def test_letters_that_only_look_odd_are_taken_as_they_are(mapping: ImportMapping, meant: str) -> None:
    assert read_file(_file(mapping, {"CollectorNm": meant}), mapping).cases[0].source == meant


def test_utf16_is_named(mapping: ImportMapping) -> None:
    with pytest.raises(ImportRefused, match="UTF-16"):
        read_file(_file(mapping, {}, encoding="utf-16"), mapping)


def test_a_list_of_contacts_is_read_as_strictly() -> None:
    instrument = small_instrument()
    with pytest.raises(ImportRefused, match="lost or doubled"):
        read_contacts("email,name\njan@example.org,RenÃ©\n".encode(), instrument)
    with pytest.raises(ImportRefused, match="UTF-16"):
        read_contacts("email\njan@example.org\n".encode("utf-16"), instrument)
    (contact,) = read_contacts("email;name\n\n;\njan@example.org;René\n".encode("cp1252"), instrument)
    assert (contact.row, contact.name) == (4, "René")


# --------------------------------------------------------------------------------------------------------------- dates
def test_two_orders_of_day_and_month_in_one_column_are_refused_with_their_rows(mapping: ImportMapping) -> None:
    both = replace(mapping, case=mapping.case.model_copy(update={"date_formats": [DAY_FIRST, MONTH_FIRST]}))
    rows = [{"StartDate": date, "EndDate": ""} for date in ("13-5-2014 10:00", "5-13-2014 10:00", "3-4-2014 10:00")]
    ((row, column, said),) = _faults(both, _file(both, *rows))
    assert (row, column) == (4, "StartDate")
    assert "may be two days" in said
    assert "some rows fit the one and some the other" in said


def test_a_column_that_could_be_read_both_ways_from_end_to_end_is_refused(mapping: ImportMapping) -> None:
    both = replace(mapping, case=mapping.case.model_copy(update={"date_formats": [DAY_FIRST, MONTH_FIRST]}))
    rows = [{"StartDate": date, "EndDate": ""} for date in ("3-4-2014 10:00", "5-6-2014 10:00")]
    assert [fault[0] for fault in _faults(both, _file(both, *rows))] == [2, 3]


def test_one_row_that_fits_one_order_only_settles_the_column(mapping: ImportMapping) -> None:
    moments, faults = column_moments([(2, "3-4-2014 10:00"), (3, "13-4-2014 10:00")], (MONTH_FIRST, DAY_FIRST), "c")
    assert faults == []
    assert [(moments[row].day, moments[row].month) for row in (2, 3)] == [(3, 4), (13, 4)]
    same_day = column_moments([(2, "4-4-2014 10:00")], (MONTH_FIRST, DAY_FIRST), "c")
    assert same_day[1] == []


@pytest.mark.parametrize(
    ("started", "ended", "minutes"),
    [
        # Europe/Amsterdam: on 25 October 2026 the hour from two to three comes twice, on 29 March 2026 it is left out.
        ("25-10-2026 01:50", "25-10-2026 03:10", 140),
        ("29-03-2026 01:50", "29-03-2026 03:10", 20),
        ("25-10-2026 02:50", "25-10-2026 02:10", 20),
        ("24-10-2026 10:00", "24-10-2026 10:12", 12),
    ],
)
def test_time_that_passed_over_a_change_of_the_clock_is_what_passed(started: str, ended: str, minutes: int) -> None:
    moments, _ = column_moments([(2, started), (3, ended)], (DAY_FIRST,), "c")
    assert moments[2].tzinfo is clock.ZONE
    assert seconds_between(moments[2], moments[3]) == minutes * 60


# ---------------------------------------------------------------------------------------------------------------- rows
def test_a_row_that_holds_nothing_is_no_case_and_rows_keep_their_numbers(mapping: ImportMapping) -> None:
    data = _file(mapping, {}, {"only": "x", "row_num": "77"}, {"only": "x", "q0004": "NA"}, {})
    cases = read_file(data, mapping).cases
    assert [case.row for case in cases] == [2, 5]


def test_a_case_number_that_stands_twice_is_refused(mapping: ImportMapping) -> None:
    ((row, column, said),) = _faults(mapping, _file(mapping, {}, {"row_num": "1"}))
    assert (row, column) == (3, "row_num")
    assert "'1' stands in row 2 too" in said


def test_a_case_keeps_its_number_wherever_its_row_stands(mapping: ImportMapping) -> None:
    one, other = {"row_num": "12", "q0022": "8"}, {"row_num": "7", "q0022": "3"}
    for rows in ((one, other), (other, one)):
        cases = read_file(_file(mapping, *rows), mapping).cases
        assert {case.number: case.answers["go14_q0022"] for case in cases} == {"12": 8, "7": 3}


def test_a_file_that_is_no_table_says_in_which_row() -> None:
    for data, row in ((b'a;b\n1;2\n3;"open\n', 3), (b'a;b\n1;2\n"x"y;2\n', 3), (b"a;b\n1;2\n1;2;3\n", 3)):
        with pytest.raises(ImportRefused) as refused:
            read_text_table(data, separator=";", encoding="utf-8", most_bytes=1000, most_rows=10)
        assert refused.value.faults[0].row == row


def test_what_is_read_is_a_frame_of_texts_under_their_rows() -> None:
    data = b'a;b;a\n\n 007 ;NA;1.0\n;;\n"two\nlines";True\n'
    found = read_text_table(data, separator=";", encoding=None, most_bytes=1000, most_rows=10, may_be_short=True)
    assert list(found.columns) == ["a", "b", "a"]
    assert dict(zip(found.index, found.itertuples(index=False, name=None), strict=True)) == {
        3: ("007", "NA", "1.0"),
        5: ("two\nlines", "True", ""),
    }


def test_columns_nobody_filled_in_are_none_but_one_without_a_name_that_holds_something_is_refused() -> None:
    instrument = small_instrument()
    (contact,) = read_contacts(b"email;;name;;\njan@example.org;;Jan;;\n", instrument)
    assert (contact.email, contact.name) == ("jan@example.org", "Jan")
    with pytest.raises(ImportRefused) as refused:
        read_contacts(b"email;;name\njan@example.org;x;Jan\n", instrument)
    assert refused.value.faults[0].message == "the column in place 2 has no name"


def test_a_header_of_a_million_names_over_short_rows_takes_no_room() -> None:
    data = b"email" + b";x" * 1_000_000 + b"\n" + b"jan@example.org\n" * 50
    with pytest.raises(ImportRefused, match="1,000,001 columns for 50 rows"):
        read_contacts(data, small_instrument())
