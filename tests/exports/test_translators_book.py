"""The translators' workbook goes out and is read back; a broken or hostile one is refused."""

from __future__ import annotations

import zipfile
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

from surveyapp.cli import main
from surveyapp.config import Settings
from surveyapp.errors import ImportRefused
from surveyapp.exports import incoming_books
from surveyapp.exports.translators_book import ABOUT, TEXTS, read_translators_book, write_translators_book
from surveyapp.instrument.translation.approve import readable_study
from surveyapp.instrument.translation.texts import translations
from surveyapp.storage.database import Database
from tests.instrument.definitions import patched, write
from tests.ready import make_ready
from tests.web.conftest import REAL

MOMENT = datetime(2026, 9, 1, 12, tzinfo=UTC)


@pytest.fixture
def studies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "instruments"
    write(folder / "tiny", patched())
    monkeypatch.setenv("SURVEYAPP_INSTRUMENTS", str(folder))
    return folder


@pytest.fixture
def book(studies: Path, tmp_path: Path) -> Path:
    path = tmp_path / "texts.xlsx"
    standing = translations(readable_study(studies / "tiny", 2026), 2026, "en")
    write_translators_book(standing, "tiny", 2026, "nl", path, "nl", MOMENT)
    return path


def fill(path: Path, key: str, value: object, column: int = 6) -> int:
    workbook = openpyxl.load_workbook(path)
    sheet = workbook[TEXTS]
    row = next(number for number in range(2, sheet.max_row + 1) if sheet.cell(number, 2).value == key)
    sheet.cell(row, column).value = value
    workbook.save(path)
    return row


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, list(arguments), catch_exceptions=False)
    return result.exit_code, result.output


def approve_all() -> int:
    """Approve everything there is, by its number as the command itself tells it."""
    code, told = run("translate", "approve", "tiny", "2026")
    assert code == 2, told
    return run("translate", "approve", "tiny", "2026", "--all", told.split("--all ")[1].split()[0])[0]


def test_what_goes_out_comes_back_with_its_key_and_source(studies: Path, book: Path) -> None:
    found = read_translators_book(book)
    standing = translations(readable_study(studies / "tiny", 2026), 2026, "en")
    assert (found.study, found.year, found.source, found.language) == ("tiny", 2026, "nl", "en")
    assert [(row.key, row.source, row.words) for row in found.rows] == [
        (each.text.key, each.source, "") for each in standing
    ]


def test_the_same_texts_give_the_same_bytes(studies: Path, book: Path, tmp_path: Path) -> None:
    standing = translations(readable_study(studies / "tiny", 2026), 2026, "en")
    write_translators_book(standing, "tiny", 2026, "nl", tmp_path / "again.xlsx", "nl", MOMENT)
    assert (tmp_path / "again.xlsx").read_bytes() == book.read_bytes()


def test_a_number_typed_for_a_label_is_its_text(book: Path) -> None:
    row = fill(book, "study.title", 2030)
    assert next(found.words for found in read_translators_book(book).rows if found.row == row) == "2030"


@pytest.mark.parametrize("value", ["=1+1", '=HYPERLINK("http://example.org","x")', MOMENT.replace(tzinfo=None)])
def test_a_formula_or_a_date_is_refused_by_its_row(book: Path, value: object) -> None:
    row = fill(book, "study.title", value)
    with pytest.raises(ImportRefused, match="no plain text") as caught:
        read_translators_book(book)
    assert [fault.row for fault in caught.value.faults] == [row]


def test_other_books_and_broken_files_are_refused(tmp_path: Path) -> None:
    other = tmp_path / "other.xlsx"
    openpyxl.Workbook().save(other)
    no_zip = tmp_path / "no.xlsx"
    no_zip.write_bytes(b"not a zip")
    hollow = tmp_path / "hollow.xlsx"
    with zipfile.ZipFile(hollow, "w") as archive:
        archive.writestr("[Content_Types].xml", "<x")
    bomb = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b" " * (incoming_books.LARGEST_UNPACKED + 1))
    large = tmp_path / "large.xlsx"
    large.write_bytes(b"x" * (incoming_books.LARGEST_FILE + 1))
    for path, message in (
        (other, "no translators' workbook"),
        (no_zip, "a text file"),
        (hollow, "no Excel workbook"),
        (bomb, "unfolds"),
        (large, "limit"),
        (tmp_path / "absent.xlsx", "cannot be opened"),
    ):
        with pytest.raises(ImportRefused, match=message):
            read_translators_book(path)


def test_entities_in_the_xml_are_not_unfolded(book: Path, tmp_path: Path) -> None:
    evil = tmp_path / "evil.xlsx"
    laughs = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><x>&b;</x>'
    with zipfile.ZipFile(book) as source, zipfile.ZipFile(evil, "w") as sink:
        for name in source.namelist():
            sink.writestr(name, laughs if name == "xl/workbook.xml" else source.read(name))
    with pytest.raises(ImportRefused, match="cannot be read"):
        read_translators_book(evil)


def test_more_rows_than_any_questionnaire_has_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(incoming_books, "MOST_ROWS", 20)
    workbook = openpyxl.Workbook(write_only=True)
    for name in (TEXTS, ABOUT):
        sheet = workbook.create_sheet(name)
        for number in range(21):
            sheet.append([number])
    workbook.save(tmp_path / "long.xlsx")
    with pytest.raises(ImportRefused, match="more than 20 rows"):
        read_translators_book(tmp_path / "long.xlsx")


def test_the_commands_take_a_translation_from_the_book_to_the_files_and_back(studies: Path, tmp_path: Path) -> None:
    path = tmp_path / "out.xlsx"
    assert approve_all() == 0
    study = studies / "tiny" / "study.yaml"
    study.write_text(study.read_text("utf-8").replace('"Klein onderzoek"', '"Heel klein onderzoek"'), "utf-8")
    code, output = run("translate", "out", "tiny", "2026", "--out", str(path), "--open-only")
    assert (code, output) == (0, f"{path}: 0 new, 1 stale, 0 done\n")
    fill(path, "study.title", "Very small study")
    assert "1 translation would be written" in run("translate", "in", str(path), "--dry-run")[1]
    assert "Very small study" not in study.read_text("utf-8")
    assert run("translate", "in", str(path)) == (
        0,
        "study.title: Small study → Very small study\n1 translation written; confirmed as they stood: 0.\n",
    )
    assert '"Very small study"' in study.read_text("utf-8")
    assert run("translate", "status", "tiny", "2026")[1].endswith(" done\n")


def test_a_refused_book_names_its_rows_and_leaves_with_code_2(studies: Path, book: Path) -> None:
    row = fill(book, "study.title", "{wave_year}")
    code, output = run("translate", "in", str(book))
    assert code == 2
    assert f"row {row}, study.title: The placeholder wave_year does not stand in the source." in output


def test_a_wave_with_a_stale_translation_is_not_opened(
    studies: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SURVEYAPP_INSTANCE", str(tmp_path / "instance"))
    (tmp_path / "instance").mkdir()
    assert approve_all() == 0
    assert run("db", "upgrade")[0] == 0
    study = studies / "tiny" / "study.yaml"
    study.write_text(study.read_text("utf-8").replace('"Klein onderzoek"', '"Heel klein onderzoek"'), "utf-8")
    assert run("wave", "create", "tiny", "2026")[0] == 0  # drafting goes on
    code, output = run("wave", "open", "tiny", "2026")
    assert code == 2
    assert "changed after its translation was approved" in output
    assert run("translate", "waive", "tiny", "2026", "study.title", "--reason", "The English says it.")[0] == 0
    with Database(Settings().url) as database:
        make_ready(database, "tiny", 2026)
    assert run("wave", "open", "tiny", "2026")[0] == 0


def test_no_text_runs_over_the_row_below_it_and_each_sheet_fits_the_width_of_its_page(tmp_path: Path) -> None:
    path = tmp_path / "texts.xlsx"
    standing = translations(readable_study(REAL, 2026), 2026, "en")
    write_translators_book(standing, REAL.name, 2026, "nl", path, "nl", MOMENT)
    read = openpyxl.load_workbook(path)
    texts, wrapped = read[TEXTS], 0
    for row in texts.iter_rows(min_row=2, max_col=4):
        width = texts.column_dimensions["C"].width * 1.15
        lines = max(int(len(str(cell.value)) // width) + 1 for cell in row[2:])
        wrapped += lines > 1
        assert lines == 1 or texts.row_dimensions[row[0].row].height >= 12 * lines, row[1].value
    assert wrapped > 50
    for sheet in read:
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.page_setup.fitToWidth == 1
        assert "&A" in sheet.oddFooter.left.text
