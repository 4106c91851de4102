"""One grid per sheet, on rows that never move, so that links from a document survive a year."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from textwrap import wrap

from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from surveyapp.errors import ExportError
from surveyapp.exports import styles
from surveyapp.exports.chart_data import ChartData, chart_data, shortened
from surveyapp.exports.chart_words import chart_sentence
from surveyapp.exports.excel_charts import ChartRange, figure_format, native_chart
from surveyapp.exports.report_book.body import BodyLine, body
from surveyapp.exports.report_book.content import ReportContent
from surveyapp.exports.report_book.legend import LOW_FORMAT, marked
from surveyapp.exports.report_book.sheets import (
    MILLIMETRES_PER_CHARACTER,
    ROW_HEIGHT,
    Book,
    beginning,
    fit_height,
    fit_page,
    head_width,
    lines_needed,
)
from surveyapp.exports.words import base_text
from surveyapp.reports.formatting import SUPPRESSED, moment
from surveyapp.reports.grid import Bases, Grid

TITLE_ROW, QUESTION_ROW, BASE_ROW, LINK_ROW, GROUP_ROW, HEADER_ROW, LETTER_ROW = 1, 2, 3, 4, 5, 6, 7
N_ROW, WEIGHTED_ROW, EFFECTIVE_ROW, BODY_ROW = 8, 9, 10, 11
FIRST_COLUMN = 3
LABEL_WIDTH, CODE_WIDTH, FIGURE_WIDTH = 46.0, 6.0, 12.0
CHART_ROW = 40


def add_table_sheet(book: Book, content: ReportContent, grid: Grid, colour: str) -> bool:
    """Write one sheet; True when it has a chart.

    Raises
    ------
    ExportError     there is nothing in it
    """
    if not grid.items:
        raise ExportError("Table %(table)s has no figures; leave it out of the book.", table=grid.id)
    figures = _figure_widths(book, grid)
    widths = (LABEL_WIDTH, CODE_WIDTH, *figures)
    made = book.sheet(str(grid.id), widths, colour=colour)
    for at, figure in enumerate(figures, FIRST_COLUMN):
        made.column_dimensions[get_column_letter(at)].width = figure
    made.freeze_panes = "C7"
    made.print_title_cols = "A:B"
    _head(book, content, grid, made)
    _bases(book, grid, made)
    row = _body(book, grid, made, body(grid, book.words))
    data = chart_data(grid, grid.look.chart, book.words) if grid.look.chart else None
    chart_row = None if data is None else row + 2
    if data is not None:
        row = _chart(book, grid, made, data, row + 2)
    last = _notes(book, content, grid, made, row + 2)
    if fit_page(made, sum(widths), last, chart_row):
        made.print_title_rows = f"{GROUP_ROW}:{LETTER_ROW}"
        if data is not None and chart_row is not None and made.row_breaks.brk and not all(s.key for s in data.series):
            # Answers under the names of groups would mislead: the head is repeated over the chart without its figures.
            right = get_column_letter(FIRST_COLUMN + max(len(grid.groups), len(data.series)) - 1)
            below = chart_row + len(data.categories) + 1
            made.print_area = f"A1:{right}{chart_row - 1},A{below}:{right}{last}"
    return data is not None


def _figure_widths(book: Book, grid: Grid) -> tuple[float, ...]:
    """Characters per column: wide enough for the longest word of its heads, in bold and with its gap."""
    return tuple(
        max(FIGURE_WIDTH, *map(head_width, heads))
        for heads in ([_head_text(book, text) for text in (group.label, group.banner_label)] for group in grid.groups)
    )


def _room(book: Book, grid: Grid) -> float:
    """How many characters wide the table is."""
    return LABEL_WIDTH + CODE_WIDTH + sum(_figure_widths(book, grid))


def _head_text(book: Book, text: Mapping[str, str] | None) -> str:
    """A head of a column; an amount stays with its sign."""
    return book.pick(text).replace("€ ", "€\N{NO-BREAK SPACE}")


def _title(book: Book, grid: Grid) -> str:
    return f"{grid.id} · {book.words.pick(grid.title)}"


def _head(book: Book, content: ReportContent, grid: Grid, made: Worksheet) -> None:
    words, room = book.words, _room(book, grid)
    book.put(made, TITLE_ROW, 1, _title(book, grid), styles.TITLE)
    question = (
        words.pick(grid.item.question) if len(grid.items) == 1 else words("One line per question; see the codebook.")
    )
    if grid.finding is not None:
        question = words.pick(grid.finding)  # what it found stands right under its title
    elif any(item.wordings for item in grid.items):
        question = f"{question} {words('[asked differently per role, see below]')}"
    _text_line(book, made, QUESTION_ROW, question, styles.QUESTION, room)
    base = _base_line(book, grid)
    if len(base) > room:
        base = f"{beginning(base, int(room) - 24)} {words('(in full below)')}"
    _text_line(book, made, BASE_ROW, base, styles.NOTE, room)
    book.back(made, LINK_ROW)
    if not content.is_final:
        book.put(made, LINK_ROW, FIRST_COLUMN, words("Provisional*"), styles.NOTE).alignment = Alignment(
            wrap_text=False
        )
    book.name(f"{grid.id}_title", f"'{grid.id}'!$A${TITLE_ROW}")
    seen: set[str] = set()
    for at, group in enumerate(grid.groups, FIRST_COLUMN):
        repeated = group.banner is not None and group.banner in seen
        seen.add(group.banner or "")
        cell = book.put(made, GROUP_ROW, at, _head_text(book, group.banner_label) or None, styles.GROUP)
        if repeated:
            cell.font = Font(name=styles.FONT, size=9, color=styles.LINE)
        book.put(made, HEADER_ROW, at, _head_text(book, group.label), styles.HEADER)
        book.put(made, LETTER_ROW, at, group.letter, styles.LETTER)
    for at in (1, 2):
        book.put(made, HEADER_ROW, at, None, styles.HEADER)
    for row, texts in (
        (HEADER_ROW, [group.label for group in grid.groups]),
        (GROUP_ROW, [group.banner_label for group in grid.groups]),
    ):
        deepest = max(
            lines_needed(_head_text(book, text), (figure - 3) * _BOLD_ROOM)
            for text, figure in zip(texts, _figure_widths(book, grid), strict=True)
        )
        made.row_dimensions[row].height = 12.5 * deepest + 3


def _base_line(book: Book, grid: Grid) -> str:
    words = book.words
    return words("Base: {base}", base=base_text(grid, words, words("differs per line, see n below")))


def _text_line(book: Book, made: Worksheet, row: int, text: str, style: str, room: float) -> None:
    """A text that runs on over the empty cells beside it, or wraps in its own cell when even that is too narrow."""
    cell = book.put(made, row, 1, text, style)
    if len(text) <= room * 1.05 and "\n" not in text:
        cell.alignment = Alignment(vertical="top", wrap_text=False)
    else:
        fit_height(made, row, text, LABEL_WIDTH)


def _bases(book: Book, grid: Grid, made: Worksheet) -> None:
    words = book.words
    label = words("n, largest of the lines below") if len(grid.items) > 1 else words("n (valid answers)")
    book.put(made, N_ROW, 1, label, styles.LABEL)
    book.put(made, WEIGHTED_ROW, 1, words("n weighted"), styles.LABEL)
    book.put(made, EFFECTIVE_ROW, 1, words("n effective"), styles.LABEL)
    for at, (same, largest) in enumerate(zip(zip(*grid.bases, strict=True), _largest(grid), strict=True)):
        shown = [one for one in same if not one.is_hidden]
        counts: tuple[float | str | None, ...] = largest.valid, largest.weighted, largest.effective
        if not shown:
            counts = (SUPPRESSED,) * 3
        elif all(one.is_outside for one in shown):
            counts = (words("not asked"), None, None)  # said once: the figures below stay empty
        for row, count in zip((N_ROW, WEIGHTED_ROW, EFFECTIVE_ROW), counts, strict=True):
            placed = book.put(made, row, FIRST_COLUMN + at, count, styles.COUNT)
            if row == N_ROW and largest.is_low:
                placed.number_format = LOW_FORMAT
    last = get_column_letter(FIRST_COLUMN + len(grid.groups) - 1)
    book.name(f"{grid.id}_n", f"'{grid.id}'!$C${N_ROW}:${last}${N_ROW}")
    rule = Border(bottom=Side(style="thin", color=styles.LINE))
    for column in range(1, FIRST_COLUMN + len(grid.groups)):
        made.cell(EFFECTIVE_ROW, column).border = rule


def _largest(grid: Grid) -> Iterator[Bases]:
    """Per column the base with most answers of those that are shown."""
    for same in zip(*grid.bases, strict=True):
        shown = [one for one in same if not one.is_hidden]
        yield max(shown, key=lambda one: one.valid or 0) if shown else Bases(is_hidden=True)


def _body(book: Book, grid: Grid, made: Worksheet, lines: Sequence[BodyLine]) -> int:
    row = BODY_ROW
    parts: dict[str, list[int]] = {}
    are_said = [one.is_low for one in _largest(grid)]  # the n of the column bears the mark
    for line in lines:
        if line.part == "heading":
            row += 1
            cell = book.put(made, row, 1, line.label, styles.GROUP)
            cell.alignment = Alignment(horizontal="left", vertical="bottom", wrap_text=True)
        else:
            parts.setdefault(line.part, []).append(row)
            _line(book, made, row, line, are_said)
        row += 1
    last = get_column_letter(FIRST_COLUMN + len(grid.groups) - 1)
    for part in ("pct", "mean"):
        if rows := parts.get(part):
            block = _first_run(rows)
            book.name(f"{grid.id}_{part}", f"'{grid.id}'!$C${block[0]}:${last}${block[-1]}")
    return row - 1


_ROOM, _BOLD_ROOM = 0.9, 0.85
"""What of a width the widest labels leave, plain and bold, as `lines_needed` counts (measured in two typefaces)."""


def _line(book: Book, made: Worksheet, row: int, line: BodyLine, are_said: Sequence[bool] = ()) -> None:
    label = book.put(made, row, 1, line.label, styles.LABEL)
    is_bold = line.style in {styles.NET, styles.MEAN}
    if is_bold:
        label.font = Font(name=styles.FONT, size=10, bold=True, color=styles.INK)
    fit_height(made, row, line.label, LABEL_WIDTH * (_BOLD_ROOM if is_bold else _ROOM))
    if line.code is not None:
        book.put(made, row, 2, line.code, styles.CODE)
    for at, figure in enumerate(line.cells, FIRST_COLUMN):
        cell = book.put(made, row, at, figure, line.style)
        if line.number_format and figure is not None and not isinstance(figure, str):
            cell.number_format = line.number_format
        place = at - FIRST_COLUMN
        if line.indicative and line.indicative[place] and not (are_said and are_said[place]):
            cell.number_format = marked(cell.number_format)


def _first_run(rows: Sequence[int]) -> list[int]:
    """The first unbroken run, because a defined name is one rectangle."""
    run = [rows[0]]
    for row in rows[1:]:
        if row != run[-1] + 1:
            break
        run.append(row)
    return run


def _chart(book: Book, grid: Grid, made: Worksheet, data: ChartData, row: int) -> int:
    """The range a chart is drawn from, then the chart; the row below it."""
    words = book.words
    said = words("Chart data: {measure}", measure=data.measure)
    said = f"{said}. {data.left_out}" if data.left_out else said
    book.put(made, row, 1, said, styles.SMALL).alignment = Alignment(vertical="bottom", wrap_text=True)
    columns = _chart_columns(grid, data)
    for at, series in zip(columns, data.series, strict=True):
        cell = book.put(made, row, at, shortened(series.label), styles.SMALL)
        cell.alignment = Alignment(horizontal="right", vertical="bottom", wrap_text=True, indent=1)
    deepest = max(
        lines_needed(said, LABEL_WIDTH),
        *(lines_needed(shortened(series.label), FIGURE_WIDTH - 2) for series in data.series),
    )
    made.row_dimensions[row].height = 11.0 * deepest + 2
    for offset, category in enumerate(data.categories, 1):
        book.put(made, row + offset, 1, category, styles.SMALL)
        for at, series in zip(columns, data.series, strict=True):
            cell = book.put(made, row + offset, at, series.values[offset - 1], styles.SMALL)
            cell.number_format, cell.alignment = figure_format(data), styles.figure()
    end = row + len(data.categories)
    last = get_column_letter(max(columns))
    book.name(f"{grid.id}_chart", f"'{grid.id}'!$A${row}:${last}${end}")
    anchor = CHART_ROW if end + 2 <= CHART_ROW else -(-(end + 2) // 10) * 10
    # A little less wide than the table: a chart that sticks out would add a page to the print.
    width = _room(book, grid) * MILLIMETRES_PER_CHARACTER / 10 * 0.95
    chart = native_chart(data, ChartRange(str(grid.id), row, 1, columns), width)
    made.add_chart(chart, f"A{anchor}")
    below = anchor + int(chart.height / 2.54 * 72 / ROW_HEIGHT) + 1
    book.descriptions.append([f"{_title(book, grid)}. {chart_sentence(data, words)}"])
    return below


def _chart_columns(grid: Grid, data: ChartData) -> tuple[int, ...]:
    """The column each series stands in: that of its group, so that the head of the table is right over it too."""
    keys = [group.key for group in grid.groups]
    if all(series.key in keys for series in data.series):
        return tuple(FIRST_COLUMN + keys.index(series.key) for series in data.series)
    return tuple(range(FIRST_COLUMN, FIRST_COLUMN + len(data.series)))


def _notes(book: Book, content: ReportContent, grid: Grid, made: Worksheet, row: int) -> int:
    words = book.words
    seen: dict[str, None] = {}
    for item in grid.items:
        seen[words.pick(item.method)] = None
        wordings = item.wordings if len(grid.items) > 1 else None
        seen.update({words.pick(note): None for note in item.notes if note not in (wordings, item.precision)})
        if wordings:
            seen[words("Roles were asked the same in other words, each from its own side; see the codebook.")] = None
    seen.update(dict.fromkeys(book.legend.of_sheet(made)))
    source = words(
        "Source: {title}, n = {n}; data of {stand}; definition {hash}",
        title=words.pick(content.title),
        n=SUPPRESSED if content.complete is None else content.complete,
        stand=moment(content.stand, words.language),
        hash=content.instrument_hash[:12],
    )
    room = int(_room(book, grid))
    base = _base_line(book, grid)
    for text in [*([base] if len(base) > room else []), *filter(None, seen), source]:
        for line in wrap(text, min(room, 150)):
            book.put(made, row, 1, line, styles.NOTE).alignment = styles.running_text()
            row += 1
    return row - 1
