"""How any sheet of the report book is laid out, and what all sheets have in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from openpyxl.cell import Cell
from openpyxl.workbook import Workbook
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.header_footer import HeaderFooterItem
from openpyxl.worksheet.header_footer import _HeaderFooterPart as FooterPart
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from surveyapp.exports import styles
from surveyapp.exports.safe_cells import SafeCells
from surveyapp.exports.words import Words

CONTENTS, GUIDE, RESPONSE, KEY_FIGURES, STATEMENTS, LONG = (
    "Contents",
    "Guide",
    "Response",
    "Key_figures",
    "Statements",
    "Long",
)
"""Titles of the fixed sheets; the catalogue has the Dutch ones, and both stay for ever (links lead to them)."""
ROW_HEIGHT = 14.0  # points


@dataclass(slots=True)
class Book:
    """A report book in the making: the workbook, the sanitiser, the words, and what is told about each chart."""

    workbook: Workbook
    safe: SafeCells
    words: Words
    descriptions: list[list[str]] = field(default_factory=list)

    def sheet(
        self, title: str, widths: Sequence[float], *, colour: str | None = None, portrait: bool = False
    ) -> Worksheet:
        """A new sheet with the house's page: no gridlines, A4, one page wide, footer with file, sheet and page."""
        sheet: Worksheet = self.workbook.create_sheet(title)
        for letter, width in zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", widths, strict=False):
            sheet.column_dimensions[letter].width = width
        dress(sheet, portrait=portrait)
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
    sheet.oddFooter = HeaderFooterItem(
        left=FooterPart("&F – &A", styles.FONT, 8), right=FooterPart("&P / &N", styles.FONT, 8)
    )


def fit_page(sheet: Worksheet, characters: float, rows: int) -> None:
    """Put a whole sheet on one page, upright or across, whichever prints larger; across and onwards when too long.

    A spreadsheet program breaks a page where it likes, through a chart if need be, and pays no heed to page breaks of
    ours on a sheet that is fitted to the page's width. On one page nothing is cut.
    """
    heights = [sheet.row_dimensions[row].height or ROW_HEIGHT for row in range(1, rows + 1)]
    width, height = characters * _MILLIMETRES_PER_CHARACTER, sum(heights) / 72 * 25.4
    upright = min(180 / width, 264 / height)
    across = min(267 / width, 177 / height)
    if max(upright, across) < _SMALLEST_SCALE:
        return
    sheet.page_setup.orientation = "portrait" if upright > across else "landscape"
    sheet.page_setup.fitToHeight = 1


_MILLIMETRES_PER_CHARACTER = 1.95  # of Arial 10, the padding of the columns included
_SMALLEST_SCALE = 0.55  # ten points become five and a half


def lines_needed(text: str, width: float) -> int:
    """How many lines a wrapped text takes in a column ``width`` characters wide, cautiously."""
    room = max(1.0, width * 1.05)
    return sum(max(1, -(-len(part) // int(room))) for part in text.split("\n"))


def fit_height(sheet: Worksheet, row: int, text: str, width: float, line: float = 13.0) -> None:
    """Make a row as high as its wrapped text needs; programs do not do so by themselves when they open a file."""
    needed = lines_needed(text, width)
    if needed > 1:
        current = sheet.row_dimensions[row].height or 0
        sheet.row_dimensions[row].height = max(current, needed * line + 2)
