"""Over the figures of a printed book: heads that do not touch, words that are not cut, notes that are whole."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import load_workbook

from surveyapp.exports.report_book import write_report_book
from surveyapp.exports.report_book.sheets import beginning
from tests.exports.tables import both, content

GAP, CHARACTER = 9, 7  # pixels: one indent, a digit of Arial 10
LONGEST = {"uitvoeringsorganisaties": 136, "samenwerkingsverband": 137, "pensioenfondsen": 100}
"""Pixels of Arial 9 bold, measured with the typeface's own metrics."""


@pytest.mark.parametrize("word", LONGEST)
def test_the_longest_word_of_a_head_fits_its_column_with_a_gap(tmp_path: Path, word: str) -> None:
    whole = content()
    first = whole.sheets[0]
    label = both((f"Rijk en {word}", "state"))
    total, group, *others = first.groups
    renamed = replace(first, groups=(total, replace(group, label=label), *others))
    path = tmp_path / "book.xlsx"
    write_report_book(replace(whole, sheets=(renamed,)), path, "nl")
    sheet = load_workbook(path)[str(first.id)]
    assert sheet["D6"].value == f"Rijk en {word}"
    assert sheet.column_dimensions["D"].width * CHARACTER - GAP >= LONGEST[word]
    # The head and the figures below it keep the same distance from their right.
    assert {sheet.cell(row, 4).alignment.indent for row in (5, 6, 7, 8, 9, 10)} == {1}


@pytest.mark.parametrize("language", ["nl", "en"])
def test_no_head_of_a_list_breaks_within_a_word(tmp_path: Path, language: str) -> None:
    """“Uitgenodigd” stood as “Uitgenodig” over “d”; a letter of Arial 9 bold is 6.7 pixels wide in the widest words."""
    path = tmp_path / "book.xlsx"
    write_report_book(content(), path, language)
    heads = 0
    for sheet in load_workbook(path).worksheets:
        if sheet.max_row >= 4 and sheet.print_title_rows == "$4:$4":
            for cell in sheet[4]:
                longest = max(map(len, str(cell.value).split()))
                assert longest * 6.7 <= sheet.column_dimensions[cell.column_letter].width * CHARACTER - GAP, cell.value
                heads += 1
    assert heads > 30


def test_an_amount_stays_with_its_sign(tmp_path: Path) -> None:
    whole = content()
    first = whole.sheets[0]
    label = both(("€ 100 tot € 125", "€ 100 to € 125"))
    total, group, *others = first.groups
    renamed = replace(first, groups=(total, replace(group, label=label), *others))
    path = tmp_path / "book.xlsx"
    write_report_book(replace(whole, sheets=(renamed,)), path, "nl")
    assert load_workbook(path)[str(first.id)]["D6"].value == "€\xa0100 tot €\xa0125"


def test_what_a_chart_leaves_out_is_said_in_full_and_every_bar_has_its_name(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    write_report_book(content(), path, "nl")
    charts = 0
    for sheet in load_workbook(path).worksheets:
        for row in sheet.iter_rows(max_col=1):
            if str(row[0].value or "").startswith("Grafiekdata"):
                assert row[0].alignment.wrap_text, sheet.title
        charts += len(sheet._charts)
        for chart in sheet._charts:
            if chart.tagname == "barChart":
                assert chart.x_axis.tickLblSkip == 1, sheet.title
                assert chart.x_axis.txPr.bodyPr.rot == 0, sheet.title
    assert charts


def test_a_scale_that_is_set_holds_the_table_in_a_wider_typeface_too(tmp_path: Path) -> None:
    """A width of n characters is n × 8 + 5 pixels where DejaVu Sans takes Arial's place (96 to the inch)."""
    path = tmp_path / "book.xlsx"
    write_report_book(content(), path, "nl")
    scaled = [sheet for sheet in load_workbook(path).worksheets if sheet.row_breaks.count]
    assert scaled
    for sheet in scaled:
        across = 267 if sheet.page_setup.orientation == "landscape" else 180
        used = [one.width for letter, one in sheet.column_dimensions.items() if sheet[f"{letter}8"].value is not None]
        pixels = sum(width * 8 + 5 for width in (*used, 6.0))
        assert pixels / 96 * 25.4 * sheet.page_setup.scale / 100 <= across, sheet.title


def test_figures_of_a_chart_stand_under_their_heads(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    write_report_book(content(), path, "nl")
    seen = 0
    for sheet in load_workbook(path).worksheets:
        starts = [row for row in range(1, sheet.max_row + 1) if str(sheet.cell(row, 1).value).startswith("Grafiekdata")]
        for row in starts:
            for head, figure in zip(sheet[row][1:], sheet[row + 1][1:], strict=True):
                if head.value is not None:
                    seen += 1
                    assert figure.alignment.indent == head.alignment.indent == 1, (sheet.title, figure.coordinate)
                    assert figure.alignment.horizontal == "right"
    assert seen


@pytest.mark.parametrize(
    ("text", "length", "shown"),
    [
        ("iedereen", 130, "iedereen"),
        ("als contractpartij “Een broker of contractpartij” is", 44, "als contractpartij “Een broker of…"),
        ("als contractpartij, bemiddelaar of MSP", 30, "als contractpartij…"),
        ("x" * 20, 10, "x" * 9 + "…"),
    ],
)
def test_a_base_that_is_too_long_ends_at_the_end_of_a_word(text: str, length: int, shown: str) -> None:
    assert beginning(text, length) == shown
