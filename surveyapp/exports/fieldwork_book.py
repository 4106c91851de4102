"""The fieldwork report: how a wave goes, as one workbook to bring to a meeting.

Sheets: what it rests on, rates, role by segment, day by day (the curves as data), where people break off, what each
mailing brought, dispositions, what needs attention. Figures of the fieldwork alone; nothing in it is about an answer.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from surveyapp.exports.safe_cells import SafeCells
from surveyapp.exports.words import Words
from surveyapp.fieldwork.dispositions import Disposition
from surveyapp.fieldwork.outcomes import Outcomes
from surveyapp.fieldwork.sample_progress import SegmentProgress
from surveyapp.reports.fieldwork_state import FieldworkState
from surveyapp.reports.formatting import moment
from surveyapp.reports.funnel import FunnelStep
from surveyapp.reports.outcome_rates import disposition_label, label_of, no_rate, rate_lines, rates_of
from surveyapp.reports.sentences import in_both

Value = str | int | float | date | None
PERCENT, ONE_DECIMAL, DAY = "0.0%", "0.0", "d mmm yyyy"
FIRST_WIDTH, WIDTH = 44, 14


@dataclass(frozen=True, slots=True)
class Share:
    """A share of 0..1, printed as a percentage; None where there is none."""

    value: float | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its name, the heads of its columns, and its rows."""

    name: str
    heads: Sequence[str]
    rows: Iterable[Sequence[Value | Share]]
    widths: Sequence[int] = (FIRST_WIDTH,)


def fieldwork_book(state: FieldworkState, found: Outcomes, stand: datetime, language: str) -> bytes:
    """The workbook.

    Parameters
    ----------
    found : what became of everybody
    stand : the moment of the figures
    """
    words = Words(language)
    made = _Sheets(state, found, words)
    book, safe = Workbook(write_only=True), SafeCells()
    for sheet in (made.basis(stand), *made.all()):
        _write(book, safe, sheet)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _write(book: Workbook, safe: SafeCells, made: Sheet) -> None:
    sheet = book.create_sheet(made.name)
    for at in range(max(len(made.heads), len(made.widths))):
        width = made.widths[at] if at < len(made.widths) else WIDTH
        sheet.column_dimensions[get_column_letter(at + 1)].width = width
    sheet.freeze_panes = "B2"
    sheet.append([_styled(sheet, safe.text(head), bold=True) for head in made.heads])
    for row in made.rows:
        sheet.append([_cell(sheet, safe, value) for value in row])


def _cell(sheet: Any, safe: SafeCells, value: Value | Share) -> Any:
    if isinstance(value, Share):
        return _styled(sheet, value.value, PERCENT) if value.value is not None else None
    stored: Any = safe.streamed(sheet, value)
    if isinstance(stored, date):
        return _styled(sheet, stored, DAY)
    return _styled(sheet, stored, ONE_DECIMAL) if isinstance(stored, float) else stored


def _styled(sheet: Any, value: Any, number_format: str = "", *, bold: bool = False) -> Any:
    cell = WriteOnlyCell(sheet, value=value)
    if number_format:
        cell.number_format = number_format
    if bold:
        cell.font, cell.alignment = Font(bold=True), Alignment(wrap_text=True, vertical="top")
    return cell


class _Sheets:
    """Puts the state in rows, in one language."""

    def __init__(self, state: FieldworkState, found: Outcomes, words: Words) -> None:
        self._state, self._found, self.words, self._language = state, found, words, words.language

    def all(self) -> Iterator[Sheet]:
        """The sheets with figures; one of which nothing is known stays out."""
        yield self._rates()
        if self._state.sample is not None:
            yield self._sample()
        yield self._days()
        yield self._funnel()
        if self._state.rounds:
            yield self._mailings()
        yield self._dispositions()
        if self._state.alerts:
            yield self._alerts()

    def basis(self, stand: datetime) -> Sheet:
        """What the figures rest on."""
        words, state = self.words, self._state
        is_open = state.info.is_answerable
        rows: list[Sequence[Value | Share]] = [
            (words("Study"), f"{words.pick(state.instrument.study.title)} {state.info.year}"),
            (words("Figures as of"), moment(stand, self._language)),
            (words("Begun"), state.figures.total.counts.begun),
            (words("Complete"), state.figures.total.counts.complete),
            (words("Basis"), words("Cases that count: no tests, no answers that were erased.")),
            (words("Rates"), words("AAPOR’s, as if the fieldwork ended now; of an open link there are none.")),
            (words("Break-off"), words("Of those who sent their answers or broke off, the share that broke off.")),
            (words("Times"), words("Medians; minutes of sent questionnaires, seconds of saved pages.")),
        ]
        if state.said_why or state.instrument.wave.asks_why_stopped:
            rows.append((words("Said why they stopped"), state.said_why))
        if is_open and state.outlooks[""] is not None:
            rows.append((words("At this pace"), words.pick(state.outlooks[""].words())))
        return Sheet(words("Basis"), (words("Fieldwork report"), ""), rows, (24, 90))

    def _rates(self) -> Sheet:
        words, found = self.words, self._found
        heads = (words("Rate"), words("Value"), words("Formula"), words("This wave"))
        if not found.has_rates:
            return Sheet(words("Rates"), heads, [(no_rate()[self._language],)], (FIRST_WIDTH, WIDTH, 60, 60))
        total = rate_lines(found.invited, "role", self._state.instrument, has_rates=True).total
        rows = [(rate.name, Share(rate.value), rate.formula, rate.filled_in) for rate in total.rates.values()]
        return Sheet(words("Rates"), heads, rows, (16, WIDTH, 60, 60))

    def _sample(self) -> Sheet:
        words = self.words
        heads = (
            words("Role"), words("Segment"), words("Invited"), words("Opened"), words("Begun"), words("Complete"),
            words("Target"), words("To go"), "RR1", "RR2",
        )  # fmt: skip
        sample = self._state.sample
        assert sample is not None
        rows = [
            self._progress(one, self._role(role.total.role), one.segment or words("not known"))
            for role in sample.roles
            for one in role.segments
        ]
        rows += [self._progress(one.total, self._role(one.total.role), words("All")) for one in sample.roles]
        rows.append(self._progress(sample.total, words("All"), words("All")))
        return Sheet(words("Role and segment"), heads, rows, (30, 24))

    def _progress(self, one: SegmentProgress, role: str, segment: str) -> Sequence[Value | Share]:
        rates = rates_of(one.outcome)
        counts = (one.invited, one.opened, one.begun, one.complete, one.target, one.gap)
        return (role, segment, *counts, Share(rates["RR1"].value), Share(rates["RR2"].value))

    def _role(self, role: str) -> str:
        return label_of("role", role, self._state.instrument)[self._language]

    def _days(self) -> Sheet:
        words, roles = self.words, [group.key for group in self._state.figures.groups["role"]]
        heads = [
            words("Day"),
            words("Begun"),
            words("Sent"),
            *(f"{self._role(one)}, {words('so far')}" for one in roles),
        ]
        rows: list[Sequence[Value | Share]] = [
            (one.day, one.begun, one.complete, *(one.so_far.get(role, 0) for role in roles))
            for one in self._state.figures.days
        ]
        return Sheet(words("Day by day"), heads, rows, (WIDTH,))

    def _funnel(self) -> Sheet:
        words = self.words
        devices = self._state.cases.values("device")
        named = [words.pick(in_both(label_of("device", one, self._state.instrument))) for one in devices]
        heads = [
            words("Role"), words("Page"), words("Reached"), words("Broke off here"), words("Share"),
            words("Median seconds"), *(f"{words('Reached')}, {name}" for name in named),
            *(f"{words('Broke off here')}, {name}" for name in named),
        ]  # fmt: skip
        return Sheet(words("Where people break off"), heads, self._pages(devices), (30, FIRST_WIDTH))

    def _pages(self, devices: Sequence[str]) -> Iterator[Sequence[Value | Share]]:
        for role, steps in self._state.steps.items():
            people = self._state.introductions.get(role)
            if people is not None and people.role_chosen:
                left = max(0, people.role_chosen - people.consent_given)
                yield self._role(role), self.words("Introduction"), people.role_chosen, left, Share(people.break_off)
            for step in steps:
                yield self._page(role, step, devices)

    def _page(self, role: str, step: FunnelStep, devices: Sequence[str]) -> Sequence[Value | Share]:
        def of(count: Callable[[Any], int]) -> list[int | None]:
            return [count(step.by_device[one]) if one in step.by_device else None for one in devices]

        row = step.all
        counts = (row.reached, row.left, Share(row.share), row.seconds)
        return (
            self._role(role), step.title[self._language], *counts,
            *of(lambda one: one.reached), *of(lambda one: one.left),
        )  # fmt: skip

    def _mailings(self) -> Sheet:
        words = self.words
        heads = (
            words("Mailing"), words("First sent on"), words("Sent"), words("Delivered"), words("Came back"),
            words("Finished within 3 days"), words("Opted out"),
        )  # fmt: skip
        rows: list[Sequence[Value | Share]] = []
        for one in self._state.rounds:
            found = one.figures
            counts = (found.sent, found.delivered, found.bounced, found.completes, found.opt_outs)
            rows.append((one.name[self._language], found.first_on, *counts))
        return Sheet(words("Mailings"), heads, rows)

    def _dispositions(self) -> Sheet:
        words, found = self.words, self._found
        heads = (words("What became of them"), words("Code"), words("Invited"), words("Without an invitation"))
        rows = [
            (disposition_label(one)[self._language], one.code, *counts)
            for one in Disposition
            if any(counts := (found.invited.total.of(one), found.others.total.of(one)))
        ]
        rows.append((words("Total"), "", found.invited.total.people, found.others.total.people))
        return Sheet(words("Dispositions"), heads, rows)

    def _alerts(self) -> Sheet:
        words = self.words
        rows = [(one.text[self._language], one.since) for one in self._state.alerts]
        return Sheet(words("Needs attention"), (words("What"), words("Since")), rows, (110, WIDTH))
