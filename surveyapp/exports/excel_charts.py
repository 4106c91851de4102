"""Native Excel charts: editable by an editor, with the figures stored in them for programs that do not recalculate.

openpyxl leaves out what Excel then guesses at: every axis says that it is shown, every label flag is set, and each
series keeps a copy of its figures (docs/exports.md lists what goes wrong otherwise).
"""

from __future__ import annotations

from dataclasses import dataclass

from openpyxl.chart import BarChart, LineChart
from openpyxl.chart.data_source import AxDataSource, NumData, NumDataSource, NumRef, NumVal, StrData, StrRef, StrVal
from openpyxl.chart.label import DataLabel, DataLabelList
from openpyxl.chart.marker import Marker
from openpyxl.chart.series import Series, SeriesLabel
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText
from openpyxl.drawing.colors import ColorChoice
from openpyxl.drawing.fill import PatternFillProperties
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.text import CharacterProperties, Font, Paragraph, ParagraphProperties, RichTextProperties
from openpyxl.utils import get_column_letter

from surveyapp.exports import styles
from surveyapp.exports.chart_data import ChartData, ChartSeries

Chart = BarChart | LineChart
WIDEST = 22.0  # centimetres; a wider banner needs no wider chart
TALLEST = 14.0  # centimetres: what a page has left under the repeated header
_MARKERS = ("circle", "square", "triangle", "diamond", "plus", "x", "star")
_STROKED = frozenset({"plus", "x", "star"})  # these have no inside: their line is their colour
_PATTERNS = ("wdUpDiag", "dkHorz", "wdDnDiag", "dkVert", "lgCheck", "lgConfetti")
"""A bar has no marker: the second round of the four colours is hatched, the third lined, and so on."""
_DARK = frozenset({"agreement-1", "agreement-5", "level-4", "level-5"})


@dataclass(frozen=True, slots=True)
class ChartRange:
    """Where the figures of a chart stand: names of the series in ``row``, each in its own of ``columns``.

    The categories stand below it in ``category_column``.
    """

    sheet: str
    row: int
    category_column: int
    columns: tuple[int, ...]

    def name(self, at: int) -> str:
        """Cell with the name of series ``at``."""
        return self._cells(self.columns[at], self.row, self.row)

    def categories(self, count: int) -> str:
        """Cells with the names of the categories."""
        return self._cells(self.category_column, self.row + 1, self.row + count)

    def values(self, at: int, count: int) -> str:
        """Cells with the figures of series ``at``."""
        return self._cells(self.columns[at], self.row + 1, self.row + count)

    def _cells(self, column: int, first: int, last: int) -> str:
        letter = get_column_letter(column)
        end = "" if first == last else f":${letter}${last}"
        return f"'{self.sheet}'!${letter}${first}{end}"


def native_chart(data: ChartData, source: ChartRange, width: float) -> Chart:
    """The chart over figures that stand in cells, one native series per series of ``data``; width in centimetres."""
    chart = _line_chart() if data.kind == "profile" else _bar_chart(data)
    for at, series in enumerate(data.series):
        drawn = _series(data, series, source, at)
        _dress(chart, drawn, data, series)
        chart.series.append(drawn)
    _dress_axes(chart, data)
    lines = len(data.lines) * (len(data.series) if data.kind in ("bars", "points") else 1)
    chart.width = min(WIDEST, width)  # type: ignore[assignment]  # the stub thinks of whole centimetres
    chart.height = 10.0 if data.kind == "profile" else max(6.0, min(TALLEST, 2.6 + 0.62 * lines))
    chart.graphical_properties = GraphicalProperties(noFill=True, ln=LineProperties(noFill=True))
    chart.roundedCorners = False
    return chart


def _bar_chart(data: ChartData) -> BarChart:
    chart = BarChart()
    chart.type = "bar"
    chart.grouping = "percentStacked" if data.kind == "stacked" else "clustered"
    chart.overlap = (
        -5 if data.kind == "bars" else 0 if data.kind == "points" else 100
    )  # dots: each line holds one group's bar
    chart.gapWidth = 50
    return chart


def _line_chart() -> LineChart:
    chart = LineChart()
    chart.display_blanks = "gap"
    return chart


def _series(data: ChartData, series: ChartSeries, source: ChartRange, at: int) -> Series:
    count = len(data.categories)
    number_format = figure_format(data)
    values = NumData(
        formatCode=number_format,
        ptCount=count,
        pt=[NumVal(idx=place, v=repr(value)) for place, value in enumerate(series.values) if value is not None],
    )
    categories = StrData(ptCount=count, pt=[StrVal(idx=place, v=name) for place, name in enumerate(data.categories)])
    label = StrData(ptCount=1, pt=[StrVal(idx=0, v=series.label)])
    return Series(
        idx=at,
        order=at,
        tx=SeriesLabel(strRef=StrRef(f=source.name(at), strCache=label)),
        cat=AxDataSource(strRef=StrRef(f=source.categories(count), strCache=categories)),
        val=NumDataSource(numRef=NumRef(f=source.values(at, count), numCache=values)),
    )


def _dress(chart: Chart, drawn: Series, data: ChartData, series: ChartSeries) -> None:
    colour = tone_colour(series.tone)
    if isinstance(chart, BarChart):
        edge = LineProperties(solidFill="FFFFFF", w=9525) if data.kind == "stacked" else LineProperties(noFill=True)
        drawn.graphicalProperties = _filled(series.tone, colour, edge)
        drawn.invertIfNegative = False
        ink = "FFFFFF" if data.kind == "stacked" and series.tone in _DARK else styles.INK
        drawn.dLbls = _labels(data, ink, "ctr" if data.kind == "stacked" else "outEnd")
        return
    drawn.graphicalProperties = GraphicalProperties(ln=LineProperties(solidFill=colour, w=22225))
    symbol = _MARKERS[(_place(series.tone) - 1) % len(_MARKERS)]
    ink = colour if symbol in _STROKED else "FFFFFF"
    drawn.marker = Marker(
        symbol=symbol,  # type: ignore[arg-type]  # one of the names the stub lists
        size=9,
        spPr=GraphicalProperties(solidFill=colour, ln=LineProperties(solidFill=ink, w=9525)),
    )
    drawn.smooth = False
    drawn.dLbls = _label_at_end(data, series)


def _place(tone: str) -> int:
    """The place of a group among the groups, from 1; the total counts as the first."""
    family, _, step = tone.partition("-")
    return int(step) if family == "group" else 1


def _filled(tone: str, colour: str, edge: LineProperties) -> GraphicalProperties:
    around = (_place(tone) - 1) // len(styles.GROUP_COLOURS)
    if not around:
        return GraphicalProperties(solidFill=colour, ln=edge)
    pattern = PatternFillProperties(
        prst=_PATTERNS[(around - 1) % len(_PATTERNS)],  # type: ignore[arg-type]  # one of the names the stub lists
        fgClr=ColorChoice(srgbClr=colour),  # type: ignore[arg-type]  # the setter makes a colour of a text
        bgClr=ColorChoice(srgbClr="FFFFFF"),  # type: ignore[arg-type]
    )
    return GraphicalProperties(pattFill=pattern, ln=edge)


def figure_format(data: ChartData) -> str:
    """How a figure of this chart is written: a share, a mean, or a year without decimals."""
    if data.unit == "share":
        return styles.SHARE_FORMAT
    return styles.CODE_FORMAT if data.unit == "year" else styles.MEAN_FORMAT


def _labels(data: ChartData, colour: str, position: str) -> DataLabelList:
    # A stacked segment under 5 % has no room for its figure; the cell beside the chart has it.
    number_format = (
        ('[<0.05]"";0%' if data.kind == "stacked" else "0%") if data.unit == "share" else figure_format(data)
    )
    is_shown = data.kind != "points"  # so many bars leave no room for figures: the axis has them, and the table
    return DataLabelList(numFmt=number_format, dLblPos=position, txPr=_text(800, colour), showVal=is_shown, **_SILENT)


def _label_at_end(data: ChartData, series: ChartSeries) -> DataLabelList:
    """One figure, at the last point: more of them lie on top of each other; the table has them all."""
    last = max(at for at, value in enumerate(series.values) if value is not None)
    ink = _text(900, tone_colour(series.tone))
    label = DataLabel(idx=last, numFmt=figure_format(data), dLblPos="r", txPr=ink, showVal=True, **_SILENT)
    return DataLabelList(dLbl=[label], showVal=False, **_SILENT)


_SILENT: dict[str, bool] = dict.fromkeys(
    ("showLegendKey", "showCatName", "showSerName", "showPercent", "showBubbleSize"), False
)


def _dress_axes(chart: Chart, data: ChartData) -> None:
    horizontal = isinstance(chart, BarChart)
    chart.x_axis.delete = False
    chart.x_axis.tickLblPos = "low"
    if isinstance(chart, BarChart):
        chart.x_axis.tickLblSkip = 1  # every bar has its name, also where a program finds them close together
    chart.x_axis.txPr = _text(900, styles.INK)
    chart.x_axis.graphicalProperties = GraphicalProperties(ln=LineProperties(solidFill=styles.LINE))
    chart.x_axis.majorTickMark = "none"
    if horizontal:
        chart.x_axis.scaling.orientation = "maxMin"  # the first line of the table is the first bar
    chart.y_axis.delete = False
    chart.y_axis.majorGridlines = None
    # The length of a bar counts from zero; a year has none to count from.
    chart.y_axis.scaling.min = 0.0 if horizontal and data.unit != "year" else data.minimum
    chart.y_axis.scaling.max = data.maximum
    # The labels of bars say what an axis would; many bars have none.
    chart.y_axis.number_format = figure_format(data) if data.kind == "points" else ";;;" if horizontal else "0"
    chart.y_axis.majorTickMark = "none"
    chart.y_axis.crosses = "max" if horizontal else "autoZero"
    chart.y_axis.tickLblPos = "nextTo"
    chart.y_axis.txPr = _text(800, styles.MUTED)
    chart.y_axis.graphicalProperties = GraphicalProperties(ln=LineProperties(noFill=True))
    if not horizontal:
        chart.y_axis.majorUnit = 1
    if len(data.series) == 1:
        chart.legend = None
    elif chart.legend is not None:
        chart.legend.position = "b"
        chart.legend.txPr = _text(900, styles.INK)
        chart.legend.overlay = False


def tone_colour(tone: str) -> str:
    """The colour (RRGGBB) of a tone of :class:`~surveyapp.exports.chart_data.ChartSeries`."""
    family, _, step = tone.partition("-")
    palettes = {"group": styles.GROUP_COLOURS, "agreement": styles.AGREEMENT_COLOURS, "level": styles.LEVEL_COLOURS}
    if family not in palettes:
        return styles.TOTAL_COLOUR
    return palettes[family][(int(step) - 1) % len(palettes[family])]


def _text(size: int, colour: str) -> RichText:
    properties = CharacterProperties(latin=Font(typeface=styles.FONT), sz=size, b=False, solidFill=colour)
    # Said to lie flat, names of bars stay, all of them, also in programs that leave out every second of a full axis.
    level = RichTextProperties(rot=0)
    return RichText(bodyPr=level, p=[Paragraph(pPr=ParagraphProperties(defRPr=properties), endParaRPr=properties)])
