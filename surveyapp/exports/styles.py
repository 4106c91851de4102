"""The look of a book: fifteen named styles, so that an editor restyles a whole book in one go.

Values are never formatted into text: a number keeps its full precision and only its format rounds what is shown. The
colours are those of the screens (docs/decisions), measured for contrast and for colour-blind readers.
"""

from __future__ import annotations

from typing import Any

from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Side
from openpyxl.workbook import Workbook
from openpyxl.worksheet.header_footer import HeaderFooterItem
from openpyxl.worksheet.header_footer import _HeaderFooterPart as FooterPart

FONT = "Arial"
INK, MUTED, LINK, LINE = "1A1D21", "50565E", "0B5C8A", "C9CFD6"
GROUP_COLOURS = ("0B3C5D", "D55E00", "009E73", "A05CC0")
"""The roles in the study's order; further groups take ink."""
TOTAL_COLOUR = LINK
AGREEMENT_COLOURS = ("B3400A", "F0A35E", "DDE1E6", "6FB3D9", "0B3C5D")
"""Five answers from low to high."""
LEVEL_COLOURS = ("E6F1F7", "B5D6E8", "7BB4D3", "3B86B0", "0B3C5D")
"""Five steps of one thing: the levels of a code list that has them."""

SHADES = {1: "E9F2F9", 2: "D5E6F4", 3: "BFD9EE", -1: "FAF3E8", -2: "F5E8D4", -3: "F0DCBD"}
"""What lies behind a figure that differs from all others together: higher or lower, and how far."""

TITLE, QUESTION, NOTE, LINK_STYLE, GROUP, HEADER, LETTER = (
    "GO Title",
    "GO Question",
    "GO Note",
    "GO Link",
    "GO Group",
    "GO Header",
    "GO Letter",
)
LABEL, CODE, COUNT, SHARE, NET, MEAN, MARGIN, SMALL = (
    "GO Label",
    "GO Code",
    "GO N",
    "GO Pct",
    "GO Net",
    "GO Mean",
    "GO Margin",
    "GO Small",
)

SHARE_FORMAT, SHARE_FINE, MEAN_FORMAT, MARGIN_FORMAT = "0%", "0.0%", "0.0", '"±"0.0'
COUNT_FORMAT, CODE_FORMAT = "#,##0", "0"
POINTS_FORMAT, DIFFERENCE_FORMAT = '[>=0.5]+0;[<=-0.5]-0;"0"', '[>=0.05]+0.0;[<=-0.05]-0.0;"0"'
"""With a sign; what rounds to nothing prints as 0, never as -0.0."""
DAY_FORMAT, MOMENT_FORMAT, MONTH_FORMAT = "yyyy-mm-dd", "yyyy-mm-dd hh:mm", "mmm yyyy"

SECTION_COLOURS = ("0B5C8A", "D55E00", "009E73", "A05CC0", "8A5200", "1B6E3C", "50565E", "B3121D")
"""Tab colours, one per section of the report in order of appearance."""


def named_styles() -> tuple[NamedStyle, ...]:
    """The fifteen styles of every book, in a fixed order so that two books have the same style numbers."""
    hair = Side(style="thin", color=LINE)
    rule = Side(style="thin", color=INK)
    right = figure()  # heads that fill their cells do not touch
    right_head = Alignment(horizontal="right", vertical="bottom", wrap_text=True, indent=1)
    return (
        _style(TITLE, _font(14, bold=True)),
        _style(QUESTION, _font(10), Alignment(vertical="center", wrap_text=True)),
        _style(NOTE, _font(9, color=MUTED), Alignment(vertical="center", wrap_text=True)),
        _style(LINK_STYLE, _font(10, color=LINK, underline="single"), Alignment(vertical="center")),
        _style(GROUP, _font(9, bold=True), right_head),
        _style(
            HEADER,
            _font(9, bold=True),
            right_head,
            border=Border(bottom=rule),
        ),
        _style(LETTER, _font(9, color=MUTED), right),
        _style(LABEL, _font(10), Alignment(vertical="center", wrap_text=True)),
        _style(CODE, _font(9, color=MUTED), right, number_format=CODE_FORMAT),
        _style(COUNT, _font(9, color=MUTED), right, number_format=COUNT_FORMAT),
        _style(SHARE, _font(10), right, number_format=SHARE_FORMAT),
        _style(NET, _font(10, bold=True), right, number_format=SHARE_FORMAT, border=Border(top=hair)),
        _style(MEAN, _font(10, bold=True), right, number_format=MEAN_FORMAT),
        _style(MARGIN, _font(9, color=MUTED), right, number_format=MARGIN_FORMAT),
        _style(SMALL, _font(8, color=MUTED), Alignment(vertical="top")),
    )


def add_styles(book: Workbook) -> None:
    """Register the styles and make Arial 10 what an unstyled cell looks like."""
    for style in named_styles():
        book.add_named_style(style)
    normal = book._named_styles["Normal"]  # type: ignore[attr-defined]  # the default font has no public name
    normal.font = _font(10)
    book._fonts[0] = _font(10)  # type: ignore[attr-defined]  # column widths are measured in this font


def _font(size: int, *, bold: bool = False, color: str = INK, underline: str | None = None) -> Font:
    return Font(name=FONT, size=size, bold=bold, color=color, underline=underline)  # type: ignore[arg-type]  # stub lists literals


def _style(
    name: str,
    font: Font,
    alignment: Alignment | None = None,
    *,
    number_format: str = "General",
    border: Border | None = None,
) -> NamedStyle:
    return NamedStyle(
        name=name,
        font=font,
        alignment=alignment or Alignment(vertical="top"),
        number_format=number_format,
        border=border or Border(),
    )


def running_text() -> Alignment:
    """For a text that may run on over the empty cells beside it."""
    return Alignment(horizontal="left", vertical="top", wrap_text=False)


def head(sheet: Any, text: str) -> None:
    """A line over every printed page of a sheet; none where the text is empty."""
    if text:
        sheet.oddHeader.center.text, sheet.oddHeader.center.size = text, 8


def foot(sheet: Any) -> None:
    """Which file and sheet a printed page is of, and which of how many."""
    sheet.oddFooter = HeaderFooterItem(left=FooterPart("&F – &A", FONT, 8), right=FooterPart("&P / &N", FONT, 8))


def figure() -> Alignment:
    """For a figure: it ends where its head does, and leaves room before the text beside it."""
    return Alignment(horizontal="right", vertical="center", indent=1)


def shade(step: int) -> PatternFill:
    """The ground of a figure so many steps from all others together."""
    return PatternFill("solid", fgColor=SHADES[step])


def text_after_figures() -> Alignment:
    """For a text right after a column of figures, in line with them however high the row."""
    return Alignment(horizontal="left", vertical="center", wrap_text=True, indent=1)


def text_header(indent: int = 0) -> Alignment:
    """For the title of a column of texts; indented where figures stand right before it."""
    return Alignment(horizontal="left", vertical="bottom", wrap_text=True, indent=indent)


def bold_text() -> Font:
    """For the label of a line that sums up others."""
    return _font(10, bold=True)
