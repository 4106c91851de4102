"""How any sheet of the report book is laid out, and what all sheets have in common."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from openpyxl.cell import Cell
from openpyxl.workbook import Workbook
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from surveyapp.exports import styles
from surveyapp.exports.report_book.legend import Legend
from surveyapp.exports.safe_cells import SafeCells
from surveyapp.exports.words import Words

CONTENTS, GUIDE, RESPONSE, KEY_FIGURES, STATEMENTS, QUOTES, LONG = (
    "Contents",
    "Guide",
    "Response",
    "Key_figures",
    "Statements",
    "Quotes",
    "Long",
)
"""Titles of the fixed sheets; the catalogue has the Dutch ones, and both stay for ever (links lead to them)."""
ROW_HEIGHT = 14.0  # points
MILLIMETRES_PER_CHARACTER = 1.95  # of Arial 10, the padding of the columns included


@dataclass(slots=True)
class Book:
    """A report book in the making: the workbook, the sanitiser, words and marks, and what is told about each chart."""

    workbook: Workbook
    safe: SafeCells
    words: Words
    legend: Legend
    descriptions: list[list[str]] = field(default_factory=list)
    made_up: str = ""  # what the head of every printed page says

    def sheet(
        self, title: str, widths: Sequence[float], *, colour: str | None = None, portrait: bool = False
    ) -> Worksheet:
        """A new sheet with the house's page: no gridlines, A4, one page wide, footer with file, sheet and page."""
        sheet: Worksheet = self.workbook.create_sheet(title)
        for letter, width in zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", widths, strict=False):
            sheet.column_dimensions[letter].width = width
        dress(sheet, portrait=portrait)
        styles.head(sheet, self.made_up)
        sheet.row_dimensions[1].height = 22.0
        if colour:
            sheet.sheet_properties.tabColor = colour
        return sheet

    def put(self, sheet: Worksheet, row: int, column: int, content: object, style: str | None = None) -> Cell:
        """One safe value into one cell."""
        return self.safe.put(sheet, row, column, content, style)

    def link(self, sheet: Worksheet, row: int, column: int, text: str, target: str, cell: str = "A1") -> None:
        """A text that leads to a cell of another sheet of the book."""
        placed = self.put(sheet, row, column, text, styles.LINK_STYLE)
        placed.hyperlink = Hyperlink(ref=placed.coordinate, location=f"'{target}'!{cell}", tooltip=target)
        placed.style = styles.LINK_STYLE  # openpyxl puts its own style on a linked cell

    def back(self, sheet: Worksheet, row: int) -> None:
        """The way back to the contents."""
        contents = self.words(CONTENTS)
        self.link(sheet, row, 1, f"← {contents}", contents)

    def name(self, name: str, reference: str) -> None:
        """A defined name; always with a suffix, because a bare id such as OPD01 is the address of a cell."""
        self.workbook.defined_names[name] = DefinedName(name, attr_text=reference)

    def header(self, sheet: Worksheet, row: int, titles: Sequence[str], *, left: int = 1) -> None:
        """A line of column titles; the first ``left`` of them stand left, as texts do."""
        for column, title in enumerate(titles, 1):
            cell = self.put(sheet, row, column, title, styles.HEADER)
            if column <= left:
                cell.alignment = styles.text_header()

    def pick(self, text: Mapping[str, str] | None) -> str:
        """The study's text in the book's language."""
        return self.words.pick(text)


def dress(sheet: Worksheet, *, portrait: bool = False) -> None:
    """Page and view of a sheet; also for sheets of the data book."""
    sheet.sheet_view.showGridLines = False
    sheet.sheet_view.zoomScale = 100
    sheet.sheet_format.defaultRowHeight = ROW_HEIGHT
    sheet.sheet_format.customHeight = True
    sheet.page_setup.orientation = "portrait" if portrait else "landscape"
    sheet.page_setup.paperSize = 9  # A4
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    margins = sheet.page_margins
    margins.left = margins.right = margins.top = 15 / 25.4
    margins.bottom = 18 / 25.4
    margins.header = margins.footer = 8 / 25.4
    styles.foot(sheet)


def fit_page(sheet: Worksheet, characters: float, rows: int, chart_row: int | None) -> bool:
    """Put a whole sheet on one page, upright or across, whichever prints larger.

    Returns whether its head should be repeated on a next page: not where the table is on one page and only the figures
    of the chart follow, over which the head of the table would mislead.

    What would get too small goes onto more pages, the chart with its figures at the top of one. There the scale is set
    outright, because a spreadsheet program that fits a sheet to a page heeds no page break and cuts through the chart.
    """
    heights = [sheet.row_dimensions[row].height or ROW_HEIGHT for row in range(1, rows + 1)]
    width, height = characters * MILLIMETRES_PER_CHARACTER, sum(heights) / 72 * 25.4
    upright, across = 180 / width, 267 / width
    scale = max(min(upright, 264 / height), min(across, 177 / height))
    is_whole = False
    if scale >= _SMALLEST_SCALE:
        is_upright = min(upright, 264 / height) >= min(across, 177 / height)
        sheet.page_setup.fitToHeight = 1
    elif across < _SMALLEST_SCALE:  # a wide banner: pages beside each other, each with the labels
        is_upright = False
        beside = math.ceil(_SMALLEST_SCALE / across)
        sheet.page_setup.fitToWidth = beside
        # What comes to little more than whole pages is made to fit: three lines of notes are no page.
        sheet.page_setup.fitToHeight = max(1, round(height * min(1.0, across * beside) / 177))
    else:
        is_upright = upright >= _READABLE_SCALE
        sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=False)
        room = max(_SMALLEST_SET, min(1.0, (upright if is_upright else across) * _WIDER_TYPEFACE))
        if chart_row is not None:
            sheet.row_breaks.append(Break(id=chart_row - 1))
            table = sum(heights[: chart_row - 1]) / 72 * 25.4
            whole = (250 if is_upright else 165) / table
            is_whole = whole >= _SMALLEST_SCALE
            room = min(room, whole) if is_whole else room
        sheet.page_setup.scale = int(room * 100)
    sheet.page_setup.orientation = "portrait" if is_upright else "landscape"
    return not is_whole


_SMALLEST_SCALE = 0.55  # ten points become five and a half
_READABLE_SCALE = 0.7
_SMALLEST_SET = 0.5
_WIDER_TYPEFACE = 0.88
"""What a set scale leaves for machines without Arial: DejaVu Sans has digits of 8 pixels where Arial's have 7, and a
table that is a little too wide loses its last column, and half of its chart, to a page of their own."""


def beginning(text: str, length: int) -> str:
    """A text, or as many of its words as ``length`` characters hold: no word is cut in two."""
    if len(text) <= length:
        return text
    whole, _, _ = text[:length].rpartition(" ")
    return (whole or text[: length - 1]).rstrip(" ,;:") + "…"


def head_width(head: str) -> float:
    """Characters that keep the longest word of a head whole, in bold and with its gap."""
    return max(map(len, _BREAK.split(head))) + 1.5


_BREAK = re.compile(r"(?<=[-/])|\s")


def lines_needed(text: str, width: float) -> int:
    """How many lines a wrapped text takes in a column ``width`` characters wide, cautiously."""
    room = max(1.0, width * 1.15)  # letters are narrower than the digits a width counts
    return sum(max(1, -(-len(part) // int(room))) for part in text.split("\n"))


def fit_height(sheet: Worksheet, row: int, text: str, width: float, line: float = 13.0) -> None:
    """Make a row as high as its wrapped text needs; programs do not do so by themselves when they open a file."""
    needed = lines_needed(text, width)
    if needed > 1:
        current = sheet.row_dimensions[row].height or 0
        sheet.row_dimensions[row].height = max(current, needed * line + 2)
