"""From a wave in the database to files in a folder: names, versions, who may, and what is refused."""

from __future__ import annotations

import csv
import errno
import io
import json
import re
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from surveyapp import clock
from surveyapp.cli import main
from surveyapp.cli.export import next_version
from surveyapp.errors import ExportError, NotFound
from surveyapp.exports.flat_files import encoded
from surveyapp.exports.flat_tables import DUTCH, INTERNATIONAL, FlatTable
from surveyapp.exports.registry import EXPORTS, ExportSource, file_name, gather, write
from surveyapp.exports.report_book.long import COLUMNS
from surveyapp.fieldwork.library import InstrumentLibrary
from surveyapp.fieldwork.waves import WaveInfo, close_wave, create_wave, open_wave
from surveyapp.instrument.loader import load_instrument
from surveyapp.reports.live import LiveWaves
from surveyapp.storage.database import Database
from tests.exports.workbooks import chart_references, count, opened, split_reference
from tests.instrument.definitions import patched
from tests.instrument.definitions import write as write_definition
from tests.reports.waves import random_wave

STUDY = "goed-opdrachtgeverschap"
CASES = 150
SHEETS = {"OPD01", "AAN01", "STE01", "FAS02", "FEI02", "VER01", "TAR01", "VOL04"}


@pytest.fixture(scope="module")
def source() -> ExportSource:
    """A few hundred cases, and of the plan one sheet of each kind."""
    whole = random_wave(CASES, 7)
    instrument = replace(whole.instrument, tables=tuple(one for one in whole.instrument.tables if one.id in SHEETS))
    data = replace(whole, instrument=instrument)
    wave = WaveInfo(STUDY, 2026, "open", "anonymous", data.instrument.hash, datetime(2026, 11, 2, tzinfo=UTC), None)
    return ExportSource(wave, data, None, 2)


@pytest.fixture(scope="module")
def files(source: ExportSource, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("files")
    made = {}
    for key in EXPORTS:
        made[key] = folder / file_name(key, STUDY, 2026, "nl", source.data.stand, source.version)
        write(key, source, made[key], "nl")
    return made


def test_a_file_is_named_after_study_year_book_language_version_and_day(files: dict[str, Path]) -> None:
    assert files["report"].name == "goed-opdrachtgeverschap-2026-report-nl-v2-20261123.xlsx"
    assert files["csv"].suffix == ".zip"
    late = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)  # already the first of January in Amsterdam
    assert file_name("data", "s", 2026, "en", late) == "s-2026-data-en-v1-20270101.xlsx"


def test_only_researchers_may_have_single_cases() -> None:
    assert {key: (kind.role, kind.is_personal) for key, kind in EXPORTS.items()} == {
        "report": ("editor", False),
        "codebook": ("editor", False),
        "codebook-html": ("editor", False),
        "codebook-json": ("editor", False),
        "ddi": ("editor", False),
        "evidence": ("editor", False),
        "data": ("researcher", True),
        "csv": ("researcher", True),
        "sav": ("researcher", True),
        "parquet": ("researcher", True),
        "triple-s": ("researcher", True),
        "archive": ("researcher", True),
    }


def test_the_documentation_lists_every_kind_with_who_may_have_it() -> None:
    page = (Path(__file__).parents[2] / "docs" / "exports.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| `([a-z-]+)` \| (\w+) \| `(\.\w+)` \|", page, flags=re.M)
    assert listed == [(kind.key, kind.role, kind.suffix) for kind in EXPORTS.values()]


def test_an_unknown_kind_is_refused_with_what_there_is(source: ExportSource, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="“pdf”; there are: report, codebook"):
        write("pdf", source, tmp_path / "x.pdf", "nl")


def test_a_disk_that_fills_leaves_no_half_file_and_says_why(
    source: ExportSource, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def fills(*_: object, **_named: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    for key, place in {"sav": "packages.hashlib.sha256", "evidence": "finishing.json.dumps"}.items():
        monkeypatch.setattr(f"surveyapp.exports.{place}", fills)
        with pytest.raises(ExportError, match="The disk is full"):
            write(key, source, tmp_path / f"{key}.made", "nl")
    assert list(tmp_path.iterdir()) == []


def test_the_real_report_holds_no_formula_and_no_figure_of_a_group_below_the_threshold(files: dict[str, Path]) -> None:
    path = files["report"]
    assert count(path, "f") == 0
    at = {name: place for place, name in enumerate(COLUMNS)}
    book = opened(path)
    rows = list(book["Lang"].iter_rows(min_row=2, values_only=True))
    bases = [row for row in rows if row[at["row_kind"]] == "n_unw"]
    assert any(row[at["suppressed"]] for row in bases), "with so few cases some groups must be hidden"
    for row in rows:
        base = row[at["n_unweighted"]]
        if row[at["suppressed"]]:
            assert row[at["value"]] is None
            assert row[at["se"]] is None
        else:
            assert base == 0 or base >= 10, row


def test_each_chart_of_the_real_report_stands_on_numbers_only(files: dict[str, Path]) -> None:
    book = opened(files["report"])
    for part, reference in chart_references(files["report"]):
        title, place = split_reference(reference)
        cells = book[title][place]
        values = [row[0].value for row in cells] if isinstance(cells, tuple) else [cells.value]
        assert any(value is not None for value in values), (part, reference)
        assert all(value is None or isinstance(value, int | float) for value in values), (part, reference)


def test_a_role_that_was_not_asked_has_empty_cells_from_its_base_down(files: dict[str, Path]) -> None:
    """STE01 is put to professionals and managers; a zero under another role would read as nobody."""
    sheet = opened(files["report"])["STE01"]
    heads = {sheet.cell(6, column).value: column for column in range(3, sheet.max_column + 1)}
    end = next(row for row in range(11, sheet.max_row) if str(sheet.cell(row, 1).value).startswith("Grafiekdata"))
    for name, column in heads.items():
        filled = [value for row in range(8, end) if (value := sheet.cell(row, column).value) is not None]
        if name in {"Totaal", "zelfstandig professionals", "inhurende managers"}:
            assert len(filled) > 1
        else:
            assert filled == ["niet gevraagd"]


def test_the_key_figures_are_those_of_the_long_list(files: dict[str, Path]) -> None:
    book = opened(files["report"])
    at = {name: place for place, name in enumerate(COLUMNS)}
    means = {
        (row[at["variable"]], row[at["banner_label"]]): row[at["value"]]
        for row in book["Lang"].iter_rows(min_row=2, values_only=True)
        if row[at["row_kind"]] == "mean" and row[at["banner_var"]] == "role" and not row[at["note"]]
    }
    compared = 0
    for row in book["Kerncijfers"].iter_rows(min_row=5, max_col=4, values_only=True):
        if str(row[0]).startswith("gr_") and (row[0], row[2]) in means and isinstance(row[3], float):
            assert row[3] == pytest.approx(means[row[0], row[2]], abs=1e-12)
            compared += 1
    assert compared >= 4


def test_the_codebook_comes_as_a_workbook_and_as_one_object(files: dict[str, Path], source: ExportSource) -> None:
    held = json.loads(files["codebook-json"].read_text(encoding="utf-8"))
    names = [entry["name"] for entry in held["entries"]]
    assert names == [one.name for one in source.data.instrument.variables.values() if not one.is_stored_apart]
    values = {(entry["name"], value["code"]): value for entry in held["entries"] for value in entry["values"]}
    assert {frozenset(value) for value in values.values()} == {frozenset({"code", "label", "is_missing", "has_text"})}
    with_text = {place for place, value in values.items() if value["has_text"]}
    variables = source.data.instrument.variables
    assert with_text == {(name, one.code) for name in names for one in variables[name].categories if one.other} != set()
    sheet = opened(files["codebook"]).worksheets[0]
    assert [row[1] for row in sheet.iter_rows(min_row=2, values_only=True)] == names


def _csv(files: dict[str, Path], name: str) -> list[list[str]]:
    with zipfile.ZipFile(files["csv"]) as archive:
        content = archive.read(name)
    dutch = name.endswith("nl-excel.csv")
    assert content.startswith(b"\xef\xbb\xbf") is dutch
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";" if dutch else ","))


def test_the_csv_files_hold_the_cells_of_the_books_in_both_spellings(files: dict[str, Path]) -> None:
    book = opened(files["data"])
    for name, title in (("data-codes", "Data_codes"), ("values", "Waarden")):
        dutch, international = (_csv(files, f"{name}-{dialect}.csv") for dialect in ("nl-excel", "international"))
        cells = list(book[title].iter_rows(values_only=True))
        assert len(dutch) == len(international) == len(cells)
        assert dutch[0] == international[0] == list(cells[0])
    rate = international_column = _csv(files, "data-codes-international.csv")
    at = international_column[0].index("minutes")
    assert any("." in row[at] for row in rate[1:])
    assert any("," in row[at] for row in _csv(files, "data-codes-nl-excel.csv")[1:])
    assert len(_csv(files, "long-international.csv")) == opened(files["report"])["Lang"].max_row


def test_a_live_text_gets_a_guard_and_a_negative_number_does_not() -> None:
    table = FlatTable("t", ("text", "number"), lambda: [("=1+1", -9), ("-ja", -0.5), ("a\nb", None)])
    assert b"".join(encoded(table, INTERNATIONAL)).decode() == "text,number\r\n'=1+1,-9\r\n'-ja,-0.5\r\n\"a\nb\",\r\n"
    assert b"".join(encoded(table, DUTCH)).decode("utf-8-sig").splitlines()[2] == "'-ja;-0,5"


def test_a_wave_that_does_not_exist_cannot_be_gathered(sqlite_database: Database) -> None:
    live = LiveWaves(sqlite_database, InstrumentLibrary(sqlite_database))
    with pytest.raises(NotFound):
        gather(sqlite_database, live, STUDY, 1999)


def test_a_closed_wave_gives_the_same_bytes_whenever_a_file_is_made_and_dates_it_at_its_closing(
    sqlite_database: Database, tmp_path: Path
) -> None:
    instrument = load_instrument(write_definition(tmp_path / "kinds", patched(name="kinds")), 2026)
    with sqlite_database.write() as session:
        create_wave(session, instrument)
        open_wave(session, "kinds", 2026)
    with clock.stopped_at(datetime(2026, 12, 18, 23, 30, tzinfo=UTC)), sqlite_database.write() as session:
        close_wave(session, "kinds", 2026)
    made: dict[str, list[bytes]] = {}
    for month in (1, 7):
        with clock.stopped_at(datetime(2027, month, 1, 12, 0, tzinfo=UTC)):
            live = LiveWaves(sqlite_database, InstrumentLibrary(sqlite_database))  # a process that starts anew
            source = gather(sqlite_database, live, "kinds", 2026)
            for key in EXPORTS:
                name = file_name(key, "kinds", 2026, "nl", source.data.stand)
                assert "20261219" in name  # half past midnight in Amsterdam
                write(key, source, tmp_path / str(month) / name, "nl")
                made.setdefault(key, []).append((tmp_path / str(month) / name).read_bytes())
    assert made.keys() == EXPORTS.keys()
    assert all(first == second for first, second in made.values())


def test_the_next_version_is_one_more_than_what_stands_there(tmp_path: Path) -> None:
    assert next_version(tmp_path / "new", "report", STUDY, 2026, "nl") == 1
    for version in (2, 10):
        (tmp_path / f"{STUDY}-2026-report-nl-v{version}-20261123.xlsx").touch()
    (tmp_path / f"{STUDY}-2026-report-en-v12-20261123.xlsx").touch()
    assert next_version(tmp_path, "report", STUDY, 2026, "nl") == 11


def test_the_command_says_which_wave_is_missing(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SURVEYAPP_DATABASE_URL", f"sqlite:///{sqlite_database.file}")
    folder = tmp_path / "out"
    found = CliRunner().invoke(main, ["export", "report", STUDY, "1999", "--out", str(folder)])
    assert found.exit_code == 2
    assert "1999" in found.output
    assert not folder.exists()
