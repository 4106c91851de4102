"""One table per sheet, on rows that never move, so that links from a document survive a year."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap

from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from surveyapp.errors import ExportError
from surveyapp.exports import styles
from surveyapp.exports.chart_data import ChartData, chart_data, shortened
from surveyapp.exports.chart_words import chart_sentence
from surveyapp.exports.excel_charts import ChartRange, figure_format, native_chart
from surveyapp.exports.report_book.body import SUPPRESSED, BodyLine, body
from surveyapp.exports.report_book.content import ReportContent
from surveyapp.exports.report_book.sheets import (
    MILLIMETRES_PER_CHARACTER,
    ROW_HEIGHT,
    Book,
    fit_height,
    fit_page,
    lines_needed,
)
from surveyapp.exports.words import Words
from surveyapp.reports.formatting import moment
from surveyapp.reports.plan import ReportSheet
from surveyapp.reports.table import Table, TableColumn

TITLE_ROW, QUESTION_ROW, BASE_ROW, LINK_ROW, GROUP_ROW, HEADER_ROW, LETTER_ROW = 1, 2, 3, 4, 5, 6, 7
N_ROW, WEIGHTED_ROW, EFFECTIVE_ROW, BODY_ROW = 8, 9, 10, 11
FIRST_COLUMN = 3
LABEL_WIDTH, CODE_WIDTH, FIGURE_WIDTH = 46.0, 6.0, 12.0
CHART_ROW = 40


def add_table_sheet(book: Book, content: ReportContent, sheet: ReportSheet, colour: str) -> bool:
    """Write one sheet; True when it has a chart.

    Raises
    ------
    ExportError     the tables of the sheet do not share their columns
    """
    columns = _shared_columns(sheet)
    widths = (LABEL_WIDTH, CODE_WIDTH, *(FIGURE_WIDTH for _ in columns))
    made = book.sheet(sheet.id, widths, colour=colour)
    for at in range(len(columns)):
        made.column_dimensions[get_column_letter(FIRST_COLUMN + at)].width = FIGURE_WIDTH
    made.freeze_panes = "C7"
    made.print_title_cols = "A:B"
    _head(book, content, sheet, made, columns)
    _bases(book, sheet, made, columns)
    row = _body(book, sheet, made, body(sheet.tables, book.words))
    data = _chart_of(sheet, book)
    chart_row = None if data is None else row + 2
    if data is not None:
        row = _chart(book, sheet, made, data, row + 2)
    last = _notes(book, content, sheet, made, row + 2, columns)
    if fit_page(made, sum(widths), last, chart_row):
        made.print_title_rows = f"{GROUP_ROW}:{LETTER_ROW}"
        if data is not None and chart_row is not None and made.row_breaks.brk and not all(s.key for s in data.series):
            # Answers under the names of groups would mislead: the head is repeated over the chart without its figures.
            right = get_column_letter(FIRST_COLUMN + max(len(columns), len(data.series)) - 1)
            below = chart_row + len(data.categories) + 1
            made.print_area = f"A1:{right}{chart_row - 1},A{below}:{right}{last}"
    return data is not None


def _shared_columns(sheet: ReportSheet) -> tuple[TableColumn, ...]:
    if not sheet.tables:
        raise ExportError("Table %(table)s has no figures; leave it out of the book.", table=sheet.id)
    keys = [tuple(column.key for column in table.columns) for table in sheet.tables]
    if len(set(keys)) > 1:
        raise ExportError("The tables of sheet %(sheet)s have different columns; give them one banner.", sheet=sheet.id)
    return sheet.tables[0].columns


def _head(
    book: Book, content: ReportContent, sheet: ReportSheet, made: Worksheet, columns: Sequence[TableColumn]
) -> None:
    words = book.words
    table = sheet.tables[0]
    book.put(made, TITLE_ROW, 1, f"{sheet.id} · {words.pick(sheet.title)}", styles.TITLE)
    room = LABEL_WIDTH + CODE_WIDTH + FIGURE_WIDTH * len(columns)
    question = (
        words.pick(table.question) if len(sheet.tables) == 1 else words("One line per question; see the codebook.")
    )
    if any(each.extra.get("wordings") for each in sheet.tables):
        question = f"{question} {words('[asked differently per role, see below]')}"
    _text_line(book, made, QUESTION_ROW, question, styles.QUESTION, room)
    base = _base_line(book, sheet)
    if len(base) > room:
        base = f"{shortened(base, int(room) - 24)} {words('(in full below)')}"
    _text_line(book, made, BASE_ROW, base, styles.NOTE, room)
    book.back(made, LINK_ROW)
    if not content.is_final:
        book.put(made, LINK_ROW, FIRST_COLUMN, words("Provisional*"), styles.NOTE).alignment = Alignment(
            wrap_text=False
        )
    book.name(f"{sheet.id}_title", f"'{sheet.id}'!$A${TITLE_ROW}")
    seen: set[str] = set()
    for at, column in enumerate(columns, FIRST_COLUMN):
        group = words.pick(column.banner_label)
        repeated = column.banner is not None and column.banner in seen
        seen.add(column.banner or "")
        cell = book.put(made, GROUP_ROW, at, group or None, styles.GROUP)
        if repeated:
            cell.font = Font(name=styles.FONT, size=9, color=styles.LINE)
        book.put(made, HEADER_ROW, at, words.pick(column.label), styles.HEADER)
        book.put(made, LETTER_ROW, at, column.letter, styles.LETTER)
    for at in (1, 2):
        book.put(made, HEADER_ROW, at, None, styles.HEADER)
    deepest = max(lines_needed(words.pick(column.label), FIGURE_WIDTH - 2) for column in columns)
    made.row_dimensions[HEADER_ROW].height = 12.5 * deepest + 3
    groups = max(lines_needed(words.pick(column.banner_label), FIGURE_WIDTH - 2) for column in columns)
    made.row_dimensions[GROUP_ROW].height = 12.5 * groups + 3


def _base_line(book: Book, sheet: ReportSheet) -> str:
    words = book.words
    return words("Base: {base}", base=base_text(sheet.tables, words, words("differs per line, see n below")))


def _text_line(book: Book, made: Worksheet, row: int, text: str, style: str, room: float) -> None:
    """A text that runs on over the empty cells beside it, or wraps in its own cell when even that is too narrow."""
    cell = book.put(made, row, 1, text, style)
    if len(text) <= room * 1.05 and "\n" not in text:
        cell.alignment = Alignment(vertical="top", wrap_text=False)
    else:
        fit_height(made, row, text, LABEL_WIDTH)


def base_text(tables: Sequence[Table], words: Words, otherwise: str) -> str:
    """The base in words when all tables share it, ``otherwise`` when they do not; then what their filter asks."""
    texts = {words.pick(table.base.text) for table in tables}
    base = texts.pop() if len(texts) == 1 else otherwise
    condition = words.pick(tables[0].base.condition)
    return f"{base} · {words('Filter: {filter}', filter=condition)}" if condition else base


def _bases(book: Book, sheet: ReportSheet, made: Worksheet, columns: Sequence[TableColumn]) -> None:
    words = book.words
    several = len(sheet.tables) > 1
    label = words("n, largest of the lines below") if several else words("n (valid answers)")
    book.put(made, N_ROW, 1, label, styles.LABEL)
    book.put(made, WEIGHTED_ROW, 1, words("n weighted"), styles.LABEL)
    book.put(made, EFFECTIVE_ROW, 1, words("n effective"), styles.LABEL)
    for at in range(len(columns)):
        same = [table.columns[at] for table in sheet.tables]
        shown = [column for column in same if not column.suppressed]
        largest = max(shown, key=lambda column: column.n or 0) if shown else None
        counts: tuple[float | str | None, ...] = (SUPPRESSED,) * 3
        if largest is not None:
            counts = largest.n, largest.n_weighted, largest.n_effective
        if largest is not None and all(column.is_outside for column in shown):
            counts = (words("not asked"), None, None)  # said once: the figures below stay empty
        for row, count in zip((N_ROW, WEIGHTED_ROW, EFFECTIVE_ROW), counts, strict=True):
            placed = book.put(made, row, FIRST_COLUMN + at, count, styles.COUNT)
            if row == N_ROW and largest is not None and largest.low_base:
                placed.number_format = '#,##0"°"'
    last = get_column_letter(FIRST_COLUMN + len(columns) - 1)
    book.name(f"{sheet.id}_n", f"'{sheet.id}'!$C${N_ROW}:${last}${N_ROW}")
    rule = Border(bottom=Side(style="thin", color=styles.LINE))
    for column in range(1, FIRST_COLUMN + len(columns)):
        made.cell(EFFECTIVE_ROW, column).border = rule


def _body(book: Book, sheet: ReportSheet, made: Worksheet, lines: Sequence[BodyLine]) -> int:
    row = BODY_ROW
    parts: dict[str, list[int]] = {}
    for line in lines:
        if line.part == "heading":
            row += 1
            cell = book.put(made, row, 1, line.label, styles.GROUP)
            cell.alignment = Alignment(horizontal="left", vertical="bottom", wrap_text=True)
        else:
            parts.setdefault(line.part, []).append(row)
            _line(book, made, row, line)
        row += 1
    last = get_column_letter(FIRST_COLUMN + len(sheet.tables[0].columns) - 1)
    for part in ("pct", "mean"):
        if rows := parts.get(part):
            block = _first_run(rows)
            book.name(f"{sheet.id}_{part}", f"'{sheet.id}'!$C${block[0]}:${last}${block[-1]}")
    return row - 1


_BOLD_ROOM = 0.9
"""What of a width bold letters leave: they are wider."""


def _line(book: Book, made: Worksheet, row: int, line: BodyLine) -> None:
    label = book.put(made, row, 1, line.label, styles.LABEL)
    is_bold = line.style in {styles.NET, styles.MEAN}
    if is_bold:
        label.font = Font(name=styles.FONT, size=10, bold=True, color=styles.INK)
    fit_height(made, row, line.label, LABEL_WIDTH * _BOLD_ROOM if is_bold else LABEL_WIDTH)
    if line.code is not None:
        book.put(made, row, 2, line.code, styles.CODE)
    for at, figure in enumerate(line.cells, FIRST_COLUMN):
        cell = book.put(made, row, at, figure, line.style)
        if line.number_format and figure is not None and not isinstance(figure, str):
            cell.number_format = line.number_format


def _first_run(rows: Sequence[int]) -> list[int]:
    """The first unbroken run, because a defined name is one rectangle."""
    run = [rows[0]]
    for row in rows[1:]:
        if row != run[-1] + 1:
            break
        run.append(row)
    return run


def _chart_of(sheet: ReportSheet, book: Book) -> ChartData | None:
    return chart_data(sheet.tables, sheet.chart, book.words) if sheet.chart else None


def _chart(book: Book, sheet: ReportSheet, made: Worksheet, data: ChartData, row: int) -> int:
    """The range a chart is drawn from, then the chart; the row below it."""
    words = book.words
    said = words("Chart data: {measure}", measure=data.measure)
    book.put(made, row, 1, f"{said}. {data.left_out}" if data.left_out else said, styles.SMALL)
    columns = _chart_columns(sheet, data)
    for at, series in zip(columns, data.series, strict=True):
        cell = book.put(made, row, at, shortened(series.label), styles.SMALL)
        cell.alignment = Alignment(horizontal="right", vertical="bottom", wrap_text=True)
    deepest = max(lines_needed(shortened(series.label), FIGURE_WIDTH) for series in data.series)
    made.row_dimensions[row].height = 11.0 * deepest + 2
    for offset, category in enumerate(data.categories, 1):
        book.put(made, row + offset, 1, category, styles.SMALL)
        for at, series in zip(columns, data.series, strict=True):
            cell = book.put(made, row + offset, at, series.values[offset - 1], styles.SMALL)
            cell.number_format = figure_format(data)
    end = row + len(data.categories)
    last = get_column_letter(max(columns))
    book.name(f"{sheet.id}_chart", f"'{sheet.id}'!$A${row}:${last}${end}")
    anchor = CHART_ROW if end + 2 <= CHART_ROW else -(-(end + 2) // 10) * 10
    chart = native_chart(data, ChartRange(sheet.id, row, 1, columns), _chart_width(sheet))
    made.add_chart(chart, f"A{anchor}")
    below = anchor + int(chart.height / 2.54 * 72 / ROW_HEIGHT) + 1
    title = f"{sheet.id} · {words.pick(sheet.title)}"
    book.descriptions.append([f"{title}. {chart_sentence(data, words)}"])
    return below


def _chart_columns(sheet: ReportSheet, data: ChartData) -> tuple[int, ...]:
    """The column each series stands in: that of its group, so that the head of the table is right over it too."""
    keys = [column.key for column in sheet.tables[0].columns]
    if all(series.key in keys for series in data.series):
        return tuple(FIRST_COLUMN + keys.index(series.key) for series in data.series)
    return tuple(range(FIRST_COLUMN, FIRST_COLUMN + len(data.series)))


def _chart_width(sheet: ReportSheet) -> float:
    """Centimetres, a little less than the table: a chart that sticks out would add a page to the print."""
    characters = LABEL_WIDTH + CODE_WIDTH + FIGURE_WIDTH * len(sheet.tables[0].columns)
    return characters * MILLIMETRES_PER_CHARACTER / 10 * 0.95


def _notes(
    book: Book, content: ReportContent, sheet: ReportSheet, made: Worksheet, row: int, columns: Sequence[TableColumn]
) -> int:
    words = book.words
    seen: dict[str, None] = {}
    for table in sheet.tables:
        seen[words.pick(table.method)] = None
        wordings = table.extra.get("wordings") if len(sheet.tables) > 1 else None
        seen.update({words.pick(note): None for note in table.notes if note != wordings})
        if wordings:
            seen[words("Roles were asked the same in other words, each from its own side; see the codebook.")] = None
    if any(column.suppressed for table in sheet.tables for column in table.columns) or any(
        cell.suppressed for table in sheet.tables for line in table.rows for cell in line.cells
    ):
        seen[
            words(
                ". = not shown: fewer than {threshold} answers, or to be derived from them", threshold=content.threshold
            )
        ] = None
    if any(column.low_base for table in sheet.tables for column in table.columns):
        seen[words("° = fewer than {low_base} answers: read with care", low_base=content.low_base)] = None
    if not content.is_final:
        seen[words("* = provisional: the fieldwork is not closed or the data are not final")] = None
    source = words(
        "Source: {title}, n = {n}; data of {stand}; definition {hash}",
        title=words.pick(content.title),
        n=SUPPRESSED if content.complete is None else content.complete,
        stand=moment(content.stand, words.language),
        hash=content.instrument_hash[:12],
    )
    room = int(LABEL_WIDTH + CODE_WIDTH + FIGURE_WIDTH * len(columns))
    base = _base_line(book, sheet)
    for text in [*([base] if len(base) > room else []), *filter(None, seen), source]:
        for line in wrap(text, min(room, 150)):
            book.put(made, row, 1, line, styles.NOTE).alignment = styles.running_text()
            row += 1
    return row - 1
