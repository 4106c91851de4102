"""One grid per sheet, on rows that never move, so that links from a document survive a year."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
from surveyapp.exports.report_book.column_heads import (
    BOLD_ROOM,
    FIGURE_WIDTH,
    FIRST_COLUMN,
    GROUP_ROW,
    LETTER_ROW,
    column_heads,
    head_height,
    head_widths,
    put_column_heads,
)
from surveyapp.exports.report_book.content import ReportContent
from surveyapp.exports.report_book.legend import LOW_FORMAT, marked
from surveyapp.exports.report_book.sheets import (
    MILLIMETRES_PER_CHARACTER,
    ROW_HEIGHT,
    Book,
    beginning,
    fit_height,
    fit_page,
    lines_needed,
)
from surveyapp.exports.report_book.statistic_lines import statistic_columns, statistic_lines
from surveyapp.exports.words import base_text
from surveyapp.reports.formatting import SUPPRESSED, moment
from surveyapp.reports.grid import Bases, Grid
from surveyapp.reports.panels import has_statistics_aside, panels, rests_on_one

TITLE_ROW, QUESTION_ROW, BASE_ROW, LINK_ROW = 1, 2, 3, 4
N_ROW, WEIGHTED_ROW, EFFECTIVE_ROW, BODY_ROW = 8, 9, 10, 11
LABEL_WIDTH, CODE_WIDTH = 46.0, 6.0
CHART_ROW = 40
_PROSE = 1.15  # letters are narrower than the digits a width counts
NAMED = ("pct", "mean")
"""The parts of a body that have a defined name."""


def add_table_sheet(book: Book, content: ReportContent, grid: Grid, colour: str) -> bool:
    """Write one sheet; True when it has a chart.

    Raises
    ------
    ExportError     there is nothing in it
    """
    if not grid.items:
        raise ExportError("Table %(table)s has no figures; leave it out of the book.", table=grid.id)
    heads = column_heads(book, grid)
    figures = head_widths(heads)
    widths = (LABEL_WIDTH, CODE_WIDTH, *figures)
    room = sum(widths)
    made = book.sheet(str(grid.id), widths, colour=colour)
    for at, figure in enumerate(figures, FIRST_COLUMN):
        made.column_dimensions[get_column_letter(at)].width = figure
    made.freeze_panes = "C7"
    made.print_title_cols = "A:B"
    _head(book, content, grid, made, room)
    put_column_heads(book, made, heads, figures)
    _bases(book, grid, made, len(heads))
    row = _body(book, grid, made, len(heads))
    if grid.finding is not None and _is_below(grid) and _fits(book.words.pick(grid.finding), room):
        said = book.put(made, row + 1, 1, book.words.pick(grid.finding), styles.QUESTION)
        said.alignment = Alignment(vertical="bottom", wrap_text=False)
        made.row_dimensions[row + 1].height = 2 * ROW_HEIGHT  # some air between the figures and what they say
    data = chart_data(grid, grid.look.chart, book.words) if grid.look.chart else None
    chart_row = None if data is None else row + 2
    if data is not None:
        row = _chart(book, grid, made, data, row + 2, room)
    last = _notes(book, content, grid, made, row + 2, int(room))
    if fit_page(made, room, last, chart_row):
        made.print_title_rows = f"{GROUP_ROW}:{LETTER_ROW}"
        if data is not None and chart_row is not None and made.row_breaks.brk and not all(s.key for s in data.series):
            # Answers under the names of groups would mislead: the head is repeated over the chart without its figures.
            right = get_column_letter(FIRST_COLUMN + max(len(heads), len(data.series)) - 1)
            below = chart_row + len(data.categories) + 1
            made.print_area = f"A1:{right}{chart_row - 1},A{below}:{right}{last}"
    return data is not None


def _title(book: Book, grid: Grid) -> str:
    return f"{grid.id} · {book.words.pick(grid.title)}"


def _head(book: Book, content: ReportContent, grid: Grid, made: Worksheet, room: float) -> None:
    words = book.words
    book.put(made, TITLE_ROW, 1, _title(book, grid), styles.TITLE)
    question = (
        words.pick(grid.item.question) if len(grid.items) == 1 else words("One line per question; see the codebook.")
    )
    if grid.finding is not None and not _is_below(grid):
        question = _found(book, words.pick(grid.finding), room)  # what it found stands right under its title
    elif any(item.wordings for item in grid.items):
        question = f"{question} {words('[asked differently per role, see below]')}"
    _text_line(book, made, QUESTION_ROW, question, styles.QUESTION, room)
    _text_line(book, made, BASE_ROW, _in_short(book, _base_line(book, grid), room), styles.NOTE, room)
    book.back(made, LINK_ROW)
    if not content.is_final:
        book.put(made, LINK_ROW, FIRST_COLUMN, words("Provisional*"), styles.NOTE).alignment = Alignment(
            wrap_text=False
        )
    book.name(f"{grid.id}_title", f"'{grid.id}'!$A${TITLE_ROW}")


def _is_below(grid: Grid) -> bool:
    """Whether what it found stands under the figures: those of one question, whose words stand under the title."""
    is_table = grid.has_letters and not any(group.is_difference for group in grid.groups)
    return is_table and len(grid.items) == 1


def _in_short(book: Book, text: str, room: float) -> str:
    """A text that fits one line, or its first words: all of it then stands below the table."""
    if _fits(text, room):
        return text
    said = book.words("(in full below)")
    return f"{beginning(text, int(room * _PROSE) - len(said) - 1)} {said}"


def _found(book: Book, text: str, room: float) -> str:
    """What was found, on one line, or the first parts of it that hold by themselves: cut elsewhere it would mislead."""
    if _fits(text, room):
        return text
    said = book.words("(in full below)")
    begun = text[: int(room * _PROSE) - len(said)]
    end = max(begun.rfind(". "), begun.rfind("; "))
    return f"{begun[: end + 1]} {said}" if end > 0 else book.words("What these figures say stands below the table.")


def _fits(text: str, room: float) -> bool:
    return len(text) <= room * _PROSE


def _base_line(book: Book, grid: Grid) -> str:
    words = book.words
    return words("Base: {base}", base=base_text(grid, words, words("differs per line, see n below")))


def _text_line(book: Book, made: Worksheet, row: int, text: str, style: str, room: float) -> None:
    """A text that runs on over the empty cells beside it, or wraps in its own cell when even that is too narrow."""
    cell = book.put(made, row, 1, text, style)
    if _fits(text, room) and "\n" not in text:
        cell.alignment = Alignment(vertical="top", wrap_text=False)
    else:
        fit_height(made, row, text, LABEL_WIDTH)


def _bases(book: Book, grid: Grid, made: Worksheet, columns: int) -> None:
    words = book.words
    differ = len(grid.items) > 1 and not rests_on_one(grid)
    label = words("n, largest of the lines below") if differ else words("n (valid answers)")
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
    for column in range(1, FIRST_COLUMN + columns):
        made.cell(EFFECTIVE_ROW, column).border = rule


def _largest(grid: Grid) -> Iterator[Bases]:
    """Per column the base with most answers of those that are shown."""
    for same in zip(*grid.bases, strict=True):
        shown = [one for one in same if not one.is_hidden]
        yield max(shown, key=lambda one: one.valid or 0) if shown else Bases(is_hidden=True)


def _body(book: Book, grid: Grid, made: Worksheet, columns: int) -> int:
    row = BODY_ROW
    is_aside = has_statistics_aside(grid)
    parts: dict[str, list[int]] = {}
    are_said = [one.is_low for one in _largest(grid)] * (columns if is_aside else 1)  # the n bears the mark
    for line in statistic_lines(grid, book.words) if is_aside else body(grid, book.words):
        if line.part == "heading":
            row += 1
            cell = book.put(made, row, 1, line.label, styles.GROUP)
            cell.alignment = Alignment(horizontal="left", vertical="bottom", wrap_text=True)
        elif line.part == "heads":
            row += 2
            for at, label in enumerate(line.cells, FIRST_COLUMN):
                book.put(made, row, at, label, styles.HEADER)
            for at in (1, 2):
                book.put(made, row, at, None, styles.HEADER)
            made.row_dimensions[row].height = head_height(list(map(str, line.cells)), [FIGURE_WIDTH] * columns)
        else:
            parts.setdefault(line.part, []).append(row)
            _line(book, made, row, line, are_said)
        row += 1
    if is_aside:
        _name_statistics(book, grid)
        return row - 1
    last = get_column_letter(FIRST_COLUMN + columns - 1)
    for part in NAMED:
        if rows := parts.get(part):
            block = _first_run(rows)
            book.name(f"{grid.id}_{part}", f"'{grid.id}'!$C${block[0]}:${last}${block[-1]}")
    return row - 1


def _name_statistics(book: Book, grid: Grid) -> None:
    """The first column of shares and of means, over the lines of the first panel."""
    panel = panels(grid)[0]
    last = BODY_ROW + sum(len(block.rows) for block in panel.blocks) - 1
    parts = [one.part for one in next(statistic_columns(grid, book.words))]
    for part in set(NAMED) & set(parts):
        letter = get_column_letter(FIRST_COLUMN + parts.index(part))
        book.name(f"{grid.id}_{part}", f"'{grid.id}'!${letter}${BODY_ROW}:${letter}${last}")


_ROOM = 0.9
"""What of a width the widest plain labels leave, as `lines_needed` counts (measured in two typefaces)."""


def _line(book: Book, made: Worksheet, row: int, line: BodyLine, are_said: Sequence[bool] = ()) -> None:
    label = book.put(made, row, 1, line.label, styles.LABEL)
    is_bold = line.style in {styles.NET, styles.MEAN}
    if is_bold:
        label.font = Font(name=styles.FONT, size=10, bold=True, color=styles.INK)
    fit_height(made, row, line.label, LABEL_WIDTH * (BOLD_ROOM if is_bold else _ROOM))
    if line.code is not None:
        book.put(made, row, 2, line.code, styles.CODE)
    for place, figure in enumerate(line.cells):
        style, number_format = line.looks[place] if line.looks else (line.style, line.number_format)
        cell = book.put(made, row, FIRST_COLUMN + place, figure, style)
        if number_format and figure is not None and not isinstance(figure, str):
            cell.number_format = number_format
        if line.indicative and line.indicative[place] and not (are_said and are_said[place]):
            cell.number_format = marked(cell.number_format)
        if line.steps and line.steps[place]:
            cell.fill = styles.shade(line.steps[place])


def _first_run(rows: Sequence[int]) -> list[int]:
    """The first unbroken run, because a defined name is one rectangle."""
    run = [rows[0]]
    for row in rows[1:]:
        if row != run[-1] + 1:
            break
        run.append(row)
    return run


def _chart(book: Book, grid: Grid, made: Worksheet, data: ChartData, row: int, room: float) -> int:
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
    width = room * MILLIMETRES_PER_CHARACTER / 10 * 0.95
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


def _notes(book: Book, content: ReportContent, grid: Grid, made: Worksheet, row: int, room: int) -> int:
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
    base = _base_line(book, grid)
    long = [text for text in (words.pick(grid.finding), base) if not _fits(text, room)]
    for text in [*long, *filter(None, seen), source]:
        for line in wrap(text, min(room, 150)):
            book.put(made, row, 1, line, styles.NOTE).alignment = styles.running_text()
            row += 1
    return row - 1
