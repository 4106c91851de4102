"""What an editor may count on in every report book (books.md 4.10)."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from openpyxl import Workbook
from openpyxl.utils import range_boundaries

from surveyapp.errors import ExportError
from surveyapp.exports.report_book import write_report_book
from surveyapp.exports.report_book.long import COLUMNS
from surveyapp.reports.grid import Bases, Figure, Restriction
from tests.exports.tables import STAND, both, content, sheets
from tests.exports.workbooks import chart_references, count, opened, parts, split_reference, trees

LANGUAGES = ("nl", "en")
FIXED = {
    "nl": ("Inhoud", "Leeswijzer", "Respons", "Kerncijfers", "Stellingen", "Lang"),
    "en": ("Contents", "Guide", "Response", "Key_figures", "Statements", "Long"),
}


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("books")
    made = {language: folder / f"report-{language}.xlsx" for language in LANGUAGES}
    for language, path in made.items():
        write_report_book(content(), path, language)
    return made


@pytest.fixture(params=LANGUAGES)
def path(books: dict[str, Path], request: pytest.FixtureRequest) -> Path:
    return books[request.param]


def _numbers(book: Workbook) -> Iterator[tuple[str, str, float]]:
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, int | float):
                    yield sheet.title, cell.coordinate, cell.value


def _rounded(values: Iterable[float | None]) -> set[float]:
    """openpyxl writes 16 digits of the 17 a float can have."""
    return {round(value, 12) for value in values if value is not None}


def test_every_part_of_the_file_parses(path: Path) -> None:
    assert len(trees(path)) > 20


def test_there_is_no_formula_no_merged_cell_and_no_hidden_sheet(path: Path) -> None:
    assert count(path, "f") == 0
    assert count(path, "mergeCell") == 0
    assert {sheet.sheet_state for sheet in opened(path).worksheets} == {"visible"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sheets_stand_in_the_reader_s_order_under_permanent_names(books: dict[str, Path], language: str) -> None:
    titles = opened(books[language]).sheetnames
    front, back = FIXED[language][:4], FIXED[language][4:]
    assert titles == [*front, *(sheet.id for sheet in sheets()), *back]


def test_every_link_leads_to_a_cell_that_exists_and_back(path: Path) -> None:
    book = opened(path)
    contents = book.worksheets[0]
    targets = set()
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.hyperlink:
                    title, place = split_reference(cell.hyperlink.location)
                    assert book[title][place].value is not None
                    targets.add((sheet.title, title))
    others = set(book.sheetnames) - {contents.title}
    assert {there for here, there in targets if here == contents.title} == others
    with_way_back = {here for here, there in targets if there == contents.title}
    assert with_way_back == others - {book.sheetnames[-1]}  # the long list begins with its header


def test_every_defined_name_has_a_suffix_and_resolves_to_cells_that_are_filled(path: Path) -> None:
    book = opened(path)
    names = dict(book.defined_names.items())
    for sheet in sheets():
        assert {f"{sheet.id}_title", f"{sheet.id}_n", f"{sheet.id}_pct", f"{sheet.id}_chart"} <= set(names)
    for name, defined in names.items():
        assert re.fullmatch(r"[A-Z]{3}\d{2}_(title|n|pct|mean|chart)", name)
        title, place = split_reference(defined.attr_text or "")
        cells = book[title][place]
        flat = [cell for row in cells for cell in row] if isinstance(cells, tuple) else [cells]
        assert any(cell.value is not None for cell in flat), name


def test_each_chart_stands_on_numbers_and_never_on_a_hidden_figure(path: Path) -> None:
    book = opened(path)
    references = list(chart_references(path))
    assert {part for part, _ in references} == {f"xl/charts/chart{at}.xml" for at in range(1, len(sheets()) + 1)}
    for part, reference in references:
        title, place = split_reference(reference)
        left, top, right, bottom = range_boundaries(place)
        values = [c.value for row in book[title].iter_rows(top, bottom, left, right) for c in row]
        assert any(value is not None for value in values), (part, reference)
        assert all(value is None or isinstance(value, int | float) for value in values), (part, reference)


@pytest.mark.parametrize("id_", ["OPD01", "FAS01", "VOL03"])
def test_the_figures_of_a_chart_by_group_stand_in_the_column_of_their_group(id_: str, path: Path) -> None:
    """A head that is repeated on the page of the chart stood over the figures of another group."""
    book = opened(path)
    sheet = book[id_]
    left, top, right, _ = range_boundaries(split_reference(book.defined_names[f"{id_}_chart"].attr_text or "")[1])
    named = {column: sheet.cell(top, column).value for column in range(left + 1, right + 1)}
    assert len([name for name in named.values() if name]) >= 2
    for column, name in named.items():
        assert name in (None, sheet.cell(6, column).value)


def test_a_chart_carries_its_figures_its_description_and_every_flag_that_excel_would_guess(path: Path) -> None:
    held = parts(path)
    charts = [held[name] for name in held if name.startswith("xl/charts/chart")]
    for chart in charts:
        assert chart.count(b'<delete val="0"') == 2
        assert b'<autoTitleDeleted val="1"' in chart
        assert b"<numCache>" in chart
        assert all(b'sourceLinked="0"' in found for found in re.findall(rb"<numFmt [^>]*>", chart))
        for flag in (b"showLegendKey", b"showVal", b"showCatName", b"showSerName", b"showPercent", b"showBubbleSize"):
            assert flag in chart
    drawings = [tree for name, tree in trees(path).items() if name.startswith("xl/drawings/drawing")]
    described = [node.get("descr", "") for tree in drawings for node in tree.iter() if node.tag.endswith("cNvPr")]
    assert [text[:5] for text in described if text] == [sheet.id for sheet in sheets()]


def test_a_figure_of_a_group_that_is_hidden_stands_nowhere_in_the_book(path: Path) -> None:
    """OPD01 hides procurement: its column holds points only, in the table, the chart's range and the long list."""
    book = opened(path)
    sheet = book["OPD01"]
    column = [sheet.cell(row, 6).value for row in range(8, 40)]
    assert "." in column
    assert not any(isinstance(value, int | float) for value in column)
    rows = list(book.worksheets[-1].iter_rows(values_only=True))
    at = {name: place for place, name in enumerate(COLUMNS)}
    hidden = [row for row in rows[1:] if row[at["table_id"]] == "OPD01" and row[at["banner_code"]] == "3"]
    assert hidden
    for row in hidden:
        assert row[at["suppressed"]] == 1
        held = [row[at[name]] for name in ("value", "n_unweighted", "n_effective", "se", "margin95", "higher_than")]
        assert held == [None] * 6


def test_every_figure_of_a_table_stands_in_the_long_list_and_the_other_way_round(path: Path) -> None:
    book = opened(path)
    at = {name: place for place, name in enumerate(COLUMNS)}
    rows = list(book.worksheets[-1].iter_rows(min_row=2, values_only=True))
    for sheet in sheets():
        listed = {row[at["value"]] for row in rows if row[at["table_id"]] == sheet.id and row[at["value"]] is not None}
        figures = {
            one.value if measure.kind != "missing" else one.count
            for measure, line in sheet.lines
            for one in line
            if not one.is_hidden
        }
        assert _rounded(figures) <= _rounded(listed)
        if len(sheet.items) == 1:
            assert _rounded(figures) <= _rounded(value for title, _, value in _numbers(book) if title == sheet.id)


def test_the_key_figures_keep_their_full_precision_and_show_their_format(path: Path) -> None:
    sheet = opened(path).worksheets[3]
    assert sheet["D5"].value == 7.6499
    assert sheet["D5"].number_format == "0.0"
    assert sheet["D6"].value == "."
    assert sheet["F6"].value is None
    assert (sheet["D7"].value, sheet["D7"].number_format) == (0.762, "0%")
    assert sheet["H7"].value == pytest.approx(6.2)  # points, not a share
    assert sheet["D8"].value == pytest.approx(12.0)


def test_the_two_languages_hold_the_same_numbers_in_the_same_cells(books: dict[str, Path]) -> None:
    dutch, english = (list(_numbers(opened(books[language]))) for language in LANGUAGES)
    assert [(place, value) for _, place, value in dutch] == [(place, value) for _, place, value in english]


@pytest.mark.parametrize("is_final", [False, True])
def test_the_guide_of_an_open_wave_says_why_fewer_count_than_were_sent(tmp_path: Path, is_final: bool) -> None:
    path = tmp_path / "book.xlsx"
    write_report_book(content(is_final=is_final), path, "nl")
    said = {row[0].value: row[1].value for row in opened(path)["Leeswijzer"].iter_rows() if row[0].value}
    assert ("Stappen" in said) is not is_final
    assert is_final or "ten minste 20 verstuurde vragenlijsten" in said["Stappen"]
    cover = opened(path)["Inhoud"]["A11"].value
    assert cover == said.get("Stappen"), "the cover says it in the same words"


def test_a_line_of_the_key_figures_stands_at_one_height(books: dict[str, Path]) -> None:
    sheet = opened(books["nl"])["Kerncijfers"]
    lines = [row for row in sheet.iter_rows() if row[9].value in {"cijfer 1–10", "aandeel", "gemiddelde"}]
    assert lines
    assert {cell.alignment.vertical for row in lines for cell in row if cell.value is not None} == {"center"}


def test_the_same_content_gives_the_same_bytes_and_later_data_another_date(tmp_path: Path) -> None:
    first, second, later = (tmp_path / f"{name}.xlsx" for name in ("first", "second", "later"))
    write_report_book(content(), first, "nl")
    write_report_book(content(), second, "nl")
    write_report_book(replace(content(), stand=STAND + timedelta(days=1)), later, "nl")
    assert first.read_bytes() == second.read_bytes()
    assert b"2026-11-23T14:05:00Z" in parts(first)["docProps/core.xml"]
    assert b"2026-11-24T14:05:00Z" in parts(later)["docProps/core.xml"]


def test_a_book_has_fifteen_styles_of_its_own_and_a_page_that_prints(path: Path) -> None:
    book = opened(path)
    assert len([name for name in book.named_styles if name.startswith("GO ")]) == 15
    for sheet in book.worksheets:
        assert sheet.page_setup.paperSize == 9
        is_fitted = sheet.sheet_properties.pageSetUpPr.fitToPage and sheet.page_setup.fitToWidth == 1
        assert is_fitted or (sheet.page_setup.scale >= 50 and sheet.row_breaks.count == 1), sheet.title
        assert not sheet.sheet_view.showGridLines
    table = book["OPD01"]
    assert table.freeze_panes == "C7"
    for sheet in book.worksheets:
        if sheet.freeze_panes == "C7":  # a table; over the figures of a chart on the next page its head would mislead
            whole = sheet.row_breaks.count == 1 and sheet.print_title_rows is None
            assert whole or sheet.print_title_rows == "$5:$7", sheet.title
    assert table.sheet_properties.tabColor is not None


def test_a_provisional_book_says_so_and_a_final_one_does_not(tmp_path: Path, books: dict[str, Path]) -> None:
    final = tmp_path / "final.xlsx"
    write_report_book(content(is_final=True), final, "nl")
    assert opened(final)["OPD01"]["C4"].value is None
    assert opened(books["nl"])["OPD01"]["C4"].value == "Voorlopig*"


def test_what_a_filter_asks_stands_with_the_base_on_the_sheet_in_the_contents_and_in_the_long_list(
    tmp_path: Path,
) -> None:
    chosen = both(
        (
            "het antwoord op “Cijfer voor de opdracht” 8 of hoger is",
            "the answer to “Mark for the assignment” is 8 or higher",
        )
    )
    sheet = next(sheet for sheet in sheets() if sheet.id == "VOL03")
    only = both(("zelfstandig professionals", "independent professionals"))
    filtered = replace(
        sheet,
        items=(replace(sheet.item, base=only),),
        filter=Restriction(chosen, "role == 'contractor' and gr_assign >= 8", chosen),
    )
    path = tmp_path / "filtered.xlsx"
    write_report_book(replace(content(), sheets=(filtered,)), path, "nl")
    book = opened(path)
    said = "zelfstandig professionals · Alleen als het antwoord op “Cijfer voor de opdracht” 8 of hoger is"
    assert book["VOL03"]["A3"].value == f"Basis: {said}"
    assert [row[3].value for row in book["Inhoud"].iter_rows() if row[0].value == "VOL03"] == [said]
    assert (
        book["Lang"].cell(2, COLUMNS.index("note") + 1).value
        == "Alleen als het antwoord op “Cijfer voor de opdracht” 8 of hoger is"
    )


@pytest.mark.parametrize(
    ("language", "said", "legend"),
    [("nl", ("iets hoger", "veel lager"), "gekleurd = "), ("en", ("a bit higher", "much lower"), "shaded = ")],
)
def test_a_figure_that_differs_is_shaded_by_how_far_and_words_say_the_same(
    tmp_path: Path, language: str, said: tuple[str, str], legend: str
) -> None:
    sheet = next(sheet for sheet in sheets() if sheet.id == "VOL03")
    first = tuple(replace(one, step={1: 1, 2: -3}.get(at, 0)) for at, one in enumerate(sheet.figures[0]))
    path = tmp_path / "shaded.xlsx"
    shaded = replace(sheet, figures=(first, *sheet.figures[1:]))
    write_report_book(replace(content(), sheets=(shaded,)), path, language)
    made = opened(path)[str(sheet.id)]
    grounds = {
        cell.coordinate: cell.fill.fgColor.rgb for row in made.iter_rows() for cell in row if cell.fill.fill_type
    }
    assert grounds == {"D11": "00E9F2F9", "E11": "00F0DCBD"}
    words = {cell.value: cell.column_letter for row in made.iter_rows() for cell in row if cell.value in said}
    assert words == dict(zip(said, "DE", strict=True))
    assert any(str(cell.value).startswith(legend) for row in made.iter_rows(max_col=1) for cell in row)
    _, *lines = opened(path)["Lang" if language == "nl" else "Long"].iter_rows(values_only=True)
    assert {line[COLUMNS.index("step")] for line in lines if line[0]} == {None, 1, -3}
    write_report_book(replace(content(), sheets=(sheet,)), tmp_path / "plain.xlsx", language)
    plain = opened(tmp_path / "plain.xlsx")[str(sheet.id)]
    assert not any(str(cell.value).startswith(legend) for row in plain.iter_rows(max_col=1) for cell in row)


def test_two_tables_of_one_id_are_refused_and_leave_no_file(tmp_path: Path) -> None:
    twice = replace(content(), sheets=(sheets()[0], replace(sheets()[1], id="opd01")))
    with pytest.raises(ExportError, match="same id"):
        write_report_book(twice, tmp_path / "twice.xlsx", "nl")
    assert list(tmp_path.iterdir()) == []


def test_a_sheet_without_figures_is_refused(tmp_path: Path) -> None:
    empty = replace(sheets()[0], items=(), measures=(), figures=(), bases=())
    with pytest.raises(ExportError, match="OPD01"):
        write_report_book(replace(content(), sheets=(empty,)), tmp_path / "empty.xlsx", "nl")
    assert list(tmp_path.iterdir()) == []


def test_a_language_no_book_is_made_in_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="“fr”"):
        write_report_book(content(), tmp_path / "fr.xlsx", "fr")


@pytest.mark.slow
def test_libreoffice_opens_the_book(books: dict[str, Path], tmp_path: Path) -> None:
    program = shutil.which("soffice")
    if program is None:
        pytest.skip("LibreOffice is not installed (apt-get install libreoffice-calc)")
    made = subprocess.run(
        [
            *(program, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless"),
            *("--convert-to", "csv", "--outdir", str(tmp_path), str(books["nl"])),
        ],
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert made.returncode == 0
    assert "Goed opdrachtgeverschap 2026" in (tmp_path / "report-nl.csv").read_text(encoding="utf-8", errors="replace")


@pytest.mark.parametrize(("language", "words"), [("nl", "geen cijfers: te weinig"), ("en", "no figures: too few")])
def test_the_contents_say_which_sheet_has_no_figures(tmp_path: Path, language: str, words: str) -> None:
    first, *others = content().sheets
    hidden = replace(
        first,
        figures=tuple(tuple(Figure(is_hidden=True) for _ in figures) for figures in first.figures),
        bases=tuple(tuple(Bases(is_hidden=True) for _ in bases) for bases in first.bases),
    )
    path = tmp_path / "report.xlsx"
    write_report_book(replace(content(), sheets=(hidden, *others)), path, language)
    sheet = opened(path).worksheets[0]
    told = {row[0]: words in str(row[3]) for row in sheet.iter_rows(min_row=15, values_only=True)}
    assert told[first.id]
    assert not any(told[other.id] for other in others)
