"""Every place where a file of the team comes in, and the ways such files go wrong: file, row and column are named."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import click
import openpyxl
import pytest
from click.testing import CliRunner

from surveyapp import clock
from surveyapp.cli import COMMANDS, main
from surveyapp.errors import DefinitionError, ImportRefused, ListRefused
from surveyapp.exports.contact_books import read_upload
from surveyapp.exports.incoming_books import read_book
from surveyapp.exports.translators_book import read_translators_book, write_translators_book
from surveyapp.exports.xlsform_book import read_xlsform
from surveyapp.fieldwork.contacts import read_contacts
from surveyapp.fieldwork.import_file import read_file
from surveyapp.instrument.files import read_files
from surveyapp.instrument.mapping import ImportMapping, load_mapping
from surveyapp.instrument.translation.texts import translations
from surveyapp.instrument.xlsform.inward import inward
from tests.builders import small_instrument
from tests.fieldwork.test_strict_files import MAPPING, _file

STUDIES = MAPPING.parents[2]
TEMPLATES = Path(__file__).parents[2] / "surveyapp" / "templates"


def _contacts(path: Path) -> object:
    return read_contacts(path.read_bytes(), small_instrument())


def _wave(path: Path) -> object:
    return read_file(path.read_bytes(), load_mapping(MAPPING))


def _mapping(path: Path) -> object:
    place = path.parent / "study" / "2014" / "mapping.yaml"
    place.parent.mkdir(parents=True, exist_ok=True)
    for name in ("study.yaml", "variables.yaml"):
        (place.parents[1] / name).write_bytes((MAPPING.parents[1] / name).read_bytes())
    place.write_bytes(path.read_bytes())
    return load_mapping(place)


PLACES: dict[str, tuple[str, Callable[[Path], object]]] = {
    "contact import file": ("table", _contacts),
    "wave import data_file": ("table", _wave),
    "wave import mapping_file": ("definition", _mapping),
    "translate in path": ("workbook", read_translators_book),
    "xlsform in path": ("workbook", read_xlsform),
}
"""Command and argument → the kind of file, and what reads it. Targets, lists and plans stand in definitions."""
ELSEWHERE = {
    "bounces read source": "returned mail, garbage among it: tests/fieldwork/test_bounces.py",
    "codes in file": "a coder's own codes: tests/web/console/test_answers.py",
    "check paths": "definitions: tests/instrument/test_source.py",
    "db restore file": "a copy of the database: tests/storage/test_backup.py",
    "db backup file": "goes out",
    "db backup key_file": "goes out",
    "xlsform in folder": "a folder that is made",
}
SENT_IN = {
    "console/answers/coding.html": "tests/web/console/test_answers.py, by the way of tests/web/console/test_sample.py",
    "console/sample/page.html": "tests/web/console/test_sample.py, with files of every wrong kind",
    "console/waves/first_study.html": "tests/web/console/test_first_study.py, by the readers of the exchange",
    "console/instrument/exchange.html": "tests/web/console/test_exchange.py and tests/instrument/test_study_archive.py",
}
"""Forms of the console that take a file."""


def _arguments(group: click.Group, name: str = "") -> Iterator[tuple[str, click.Parameter]]:
    context = click.Context(group)
    for each in group.list_commands(context):
        command = group.get_command(context, each)
        path = f"{name} {each}".strip()
        if isinstance(command, click.Group):
            yield from _arguments(command, path)
        elif command is not None:
            yield from ((f"{path} {parameter.name}", parameter) for parameter in command.params)


def test_every_place_where_a_file_comes_in_is_looked_at_here() -> None:
    assert COMMANDS
    files = {
        name
        for name, parameter in _arguments(main)  # type: ignore[arg-type]
        if isinstance(parameter.type, click.Path | click.File) and "--out" not in parameter.opts
    }
    assert files == {*PLACES, *ELSEWHERE}
    uploads = {
        str(path.relative_to(TEMPLATES))
        for path in TEMPLATES.rglob("*.html")
        if re.search(r"type=.file|multipart", path.read_text())
    }
    assert uploads == set(SENT_IN)


# ------------------------------------------------------------------------------------------------ what a file really is
def _workbook() -> bytes:
    book = openpyxl.Workbook()
    book.worksheets[0].append(["email"])
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _zip(name: str, content: str = "") -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr(name, content)
    return written.getvalue()


KINDS = {
    "UTF-16": "email;name\njan@example.org;Zoë\n".encode("utf-16"),
    "UTF-16 ": "email;name\njan@example.org;Zoë\n".encode("utf-16-le"),
    "UTF-32": "email;name\njan@example.org;Zoë\n".encode("utf-32"),
    "(.xls)": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
    "(.xlsx)": _workbook(),
    "(.ods)": _zip("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
    "zip": _zip("list.csv"),
    "PDF": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n",
    "web page": b"<html><table><tr><td>email</td></tr></table></html>",
    "text file": b"email;name\njan@example.org;Jan\n",
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("place", PLACES)
def test_a_file_of_another_kind_is_named_as_what_it_is(place: str, kind: str, tmp_path: Path) -> None:
    takes, read = PLACES[place]
    path = tmp_path / "file"
    path.write_bytes(KINDS[kind])
    if kind == {"table": "text file", "workbook": "(.xlsx)"}.get(takes):
        return
    with pytest.raises((ImportRefused, DefinitionError)) as refused:
        read(path)
    said = str(refused.value)
    if takes == "definition":
        assert re.search(r"mapping\.yaml:\d+:\d+", said)
    else:
        assert kind.strip() in said or (takes == "workbook" and "no Excel workbook" in said)
        assert "save it as" in said


@pytest.mark.parametrize("place", [name for name, (kind, _) in PLACES.items() if kind != "workbook"])
@pytest.mark.parametrize("letters", ["CafÃ©", "donâ€™t", "Caf\ufffd"])
def test_letters_that_were_spoilt_are_noticed_everywhere(place: str, letters: str, tmp_path: Path) -> None:
    tables = {
        "contact import file": f"email;name\n\njan@example.org;{letters}\n",
        "wave import data_file": _file(load_mapping(MAPPING), {}, {"CollectorNm": letters}).decode(),
        "wave import mapping_file": f"wave: 2014\n# een\nseries: '{letters}'\n",
    }
    path = tmp_path / "file"
    path.write_text(tables[place], "utf-8")
    with pytest.raises((ImportRefused, DefinitionError)) as refused:
        PLACES[place][1](path)
    assert "wrong encoding" in f"{refused.value} {getattr(refused.value, 'faults', '')}"
    where = [fault.row for fault in getattr(refused.value, "faults", ())] or [refused.value.place.line]  # type: ignore[attr-defined]
    assert where == [3]


def _flagged(book: bytes, bit: int) -> bytes:
    """The book with one bit of every part's flags set: 1 says that it is locked with a password."""
    changed = bytearray(book)
    for mark, where in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        at = changed.find(mark)
        while at >= 0:
            changed[at + where] |= bit
            at = changed.find(mark, at + 4)
    return bytes(changed)


def _cut_off(book: bytes) -> bytes:
    """The book with a part that promises more bytes than there are."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", "<sheet/>")
    changed = bytearray(written.getvalue())
    at = changed.find(b"PK\x01\x02")
    changed[at + 20 : at + 28] = (10_000).to_bytes(4, "little") * 2
    return bytes(changed)


def _uploaded(path: Path) -> object:
    return read_upload(path.read_bytes())


@pytest.mark.parametrize("spoil", [lambda book: _flagged(book, 1), _cut_off], ids=["locked", "cut off"])
@pytest.mark.parametrize("read", [read_translators_book, read_xlsform, _uploaded])
def test_a_workbook_that_is_locked_or_cut_off_is_refused_in_words(
    read: Callable[[Path], object], spoil: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(spoil(_workbook()))
    with pytest.raises((ImportRefused, ListRefused), match="workbook"):
        read(path)


# --------------------------------------------------------------------------------------------------------------- tables
def separated(separator: str) -> ImportMapping:
    mapping = load_mapping(MAPPING)
    return replace(mapping, file=mapping.file.model_copy(update={"separator": separator}))


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
@pytest.mark.parametrize("line", ["sep={}\r\n", '"sep={}"\n', "SEP={}\n"])
def test_the_line_that_names_the_separator_is_no_row(separator: str, line: str, tmp_path: Path) -> None:
    said = line.format(separator).encode()
    (contact,) = read_contacts(
        said + f"email{separator}name\njan@example.org{separator}Jan\n".encode(), small_instrument()
    )
    assert (contact.row, contact.name) == (2, "Jan")
    data = said + _file(load_mapping(MAPPING), {}).replace(b";", separator.encode())
    assert read_file(data, separated(separator)).cases[0].row == 2
    with pytest.raises(ImportRefused, match="was declared"):
        read_file(data, separated(":"))


@pytest.mark.parametrize("separator", [",", "\t", "|"])
def test_another_separator_than_was_declared_is_named(separator: str) -> None:
    mapping = load_mapping(MAPPING)
    with pytest.raises(ImportRefused, match="Another sign") as refused:
        read_file(_file(mapping, {}).replace(b";", separator.encode()), mapping)
    assert refused.value.faults[0].row == 1


@pytest.mark.parametrize(
    ("header", "column", "said"),
    [
        ("e-mail;name", "e-mail", "do you mean 'email'"),
        ("email;naam", "naam", "do you mean 'name'"),
        ("email;rol", "rol", "do you mean 'role'"),
        ("email;email", "email", "stands twice"),
        ("name;role", "email", "is not in the file"),
    ],
)
def test_a_heading_that_is_nearly_right_is_named_with_the_right_one(header: str, column: str, said: str) -> None:
    with pytest.raises(ImportRefused) as refused:
        read_contacts(f"{header}\njan@example.org;x\n".encode(), small_instrument())
    (fault,) = refused.value.faults
    assert (fault.row, fault.column) == (1, column)
    assert said in fault.message


def test_a_heading_of_a_data_file_is_held_against_the_mapping() -> None:
    mapping = load_mapping(MAPPING)
    with pytest.raises(ImportRefused) as refused:
        read_file(_file(mapping, {}).replace(b"StartDate", b"Startdate"), mapping)
    (fault,) = refused.value.faults
    assert (fault.row, fault.column) == (1, "Startdate")
    assert fault.message.endswith("do you mean 'StartDate'")


@pytest.mark.parametrize("cell", ["#REF!", "#N/A", "#NAAM?", "#DEEL/0!", "######"])
def test_what_a_failed_formula_left_is_no_text(cell: str) -> None:
    mapping = load_mapping(MAPPING)
    for read in (
        lambda: read_contacts(f"email;name\njan@example.org;{cell}\n".encode(), small_instrument()),
        lambda: read_file(_file(mapping, {"CollectorNm": cell}), mapping),
    ):
        with pytest.raises(ImportRefused, match="could not compute") as refused:
            read()
        assert refused.value.faults[0].row == 2
        assert refused.value.faults[0].column in ("name", "CollectorNm")
    marked = replace(mapping, file=mapping.file.model_copy(update={"missing": [*mapping.file.missing, cell]}))
    assert read_file(_file(mapping, {"q0004": cell}), marked).cases[0].answers == {}


@pytest.mark.parametrize("name", ["Zoë", "Renée", "Müller", "François"])
@pytest.mark.parametrize("encoding", ["cp850", "mac-roman"])
def test_a_list_of_another_program_is_not_taken_for_one_of_windows(name: str, encoding: str) -> None:
    with pytest.raises(ImportRefused) as refused:
        read_contacts(f"email;name\njan@example.org;{name}\n".encode(encoding), small_instrument())
    assert refused.value.faults[0].row == 2


@pytest.mark.parametrize("name", ["Zoë d’Hondt", "“Jan”", "Ängström – x", "’s-Gravenhage", "Renée…", "Žižek", "Dvořák"])
def test_a_name_as_windows_writes_it_comes_in(name: str) -> None:
    encoding = "utf-8" if "ř" in name else "cp1252"
    (contact,) = read_contacts(f"email;name\njan@example.org;{name}\n".encode(encoding), small_instrument())
    assert contact.name == name


@pytest.mark.parametrize("again", ["1", "01", "1.0", "1,00", ""])
def test_a_case_number_is_the_same_however_a_spreadsheet_wrote_it(again: str) -> None:
    mapping = load_mapping(MAPPING)
    rows = [{"row_num": "1"}, {"row_num": again}] if again else [{"row_num": ""}, {"row_num": "1"}]
    with pytest.raises(ImportRefused) as refused:
        read_file(_file(mapping, *rows), mapping)
    (fault,) = refused.value.faults
    assert (fault.row, fault.column) == (3, "row_num")


def test_a_moment_the_clock_skipped_is_named() -> None:
    mapping = load_mapping(MAPPING)
    data = _file(mapping, {}, {"StartDate": "3-29-2026 02:30", "EndDate": "3-29-2026 03:10"})
    with pytest.raises(ImportRefused) as refused:
        read_file(data, mapping)
    (fault,) = refused.value.faults
    assert (fault.row, fault.column) == (3, "StartDate")
    assert "skipped that hour" in fault.message


def test_sixty_thousand_empty_rows_are_none() -> None:
    data = b"email;name\n" + b";\n" * 60_000 + b"jan@example.org;Jan\n"
    (contact,) = read_contacts(data, small_instrument())
    assert contact.row == 60_002


@pytest.mark.parametrize("start", ["\n\n", ";;\n", " \n"])
def test_a_header_further_down_is_not_taken_for_data(start: str) -> None:
    with pytest.raises(ImportRefused, match="names of its columns") as refused:
        read_contacts(f"{start}email;name\njan@example.org;Jan\n".encode(), small_instrument())
    assert refused.value.faults[0].row == 1


# ------------------------------------------------------------------------------------------------------------ workbooks
def test_a_cell_that_is_merged_downwards_stands_in_each_of_its_rows(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    survey, choices = book.worksheets[0], book.create_sheet("choices")
    survey.title = "survey"
    for row in (["type", "name", "label"], ["select_one yn", "a", "Kiest u?"]):
        survey.append(row)
    for row in (["list_name", "name", "label"], ["yn", 1, "Ja"], [None, 2, "Nee"], ["", "", ""]):
        choices.append(row)
    book.save(tmp_path / "apart.xlsx")
    _, losses = inward(read_xlsform(tmp_path / "apart.xlsx"), "proef", 2026)
    assert ("2", "a choice that names no list") in {(loss.where, loss.what) for loss in losses}
    choices.merge_cells("A2:A3")
    book.save(tmp_path / "merged.xlsx")
    assert [row[0].kind for row in read_book(tmp_path / "merged.xlsx", ("choices",))["choices"]] == [
        "text",
        "text",
        "part of a merged cell",
    ]
    documents, losses = inward(read_xlsform(tmp_path / "merged.xlsx"), "proef", 2026)
    assert [each["code"] for each in documents["variables.yaml"]["code_lists"]["yn"]["categories"]] == [1, 2]
    assert any("merged" in loss.what for loss in losses)


def test_a_translation_that_is_merged_or_spoilt_is_refused_with_its_row(tmp_path: Path) -> None:
    folder = STUDIES / "cursusevaluatie"
    standing = translations(read_files(folder, [2026]), 2026, "en")
    path = tmp_path / "book.xlsx"
    write_translators_book(standing, "cursusevaluatie", 2026, "nl", path, "nl", clock.now())
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    sheet["F3"], sheet["F6"] = "One text", "CafÃ©"
    sheet.merge_cells("F3:F4")
    book.save(path)
    with pytest.raises(ImportRefused) as refused:
        read_translators_book(path)
    assert [fault.row for fault in refused.value.faults] == [4, 6]
    result = CliRunner().invoke(main, ["translate", "in", str(path)], env={"SURVEYAPP_INSTRUMENTS": str(STUDIES)})
    assert result.exit_code == 2
    assert f"surveyapp: {path}: 2 cells hold no plain text" in result.output
    assert f"row 4, {standing[2].text.key}: The new translation is a part of a merged cell" in result.output
