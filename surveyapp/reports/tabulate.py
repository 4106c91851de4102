"""From a question of a reader to a table: one variable over a banner, for everyone or for a filter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import groupby

import numpy as np

from surveyapp.analysis.columns import Bools, Floats
from surveyapp.analysis.significance import Rows, column_letters
from surveyapp.errors import BadQuery
from surveyapp.instrument.conditions import Condition
from surveyapp.instrument.conditions.mask import is_true
from surveyapp.instrument.model import Variable
from surveyapp.reports.banners import banners, column_heads, positions, taken
from surveyapp.reports.filters import Filter, read_filter
from surveyapp.reports.release import Judge, release_of
from surveyapp.reports.rows import Line, Stub, stub
from surveyapp.reports.sentences import both, in_both
from surveyapp.reports.subjects import Subject, subject
from surveyapp.reports.table import Base, Cell, Table, TableColumn, TableRow, drawn
from surveyapp.reports.wave_data import WaveData
from surveyapp.reports.wording import (
    base_text,
    method_line,
    question_text,
    question_texts,
    remarks,
    titled,
    wordings_note,
)

HIDDEN, EMPTY = Cell(suppressed=True), Cell()
UNWEIGHTED = (None, "none")


def tabulate(
    data: WaveData,
    variable: str,
    by: Sequence[str] = (),
    filter: str | Condition | None = None,  # noqa: A002  the reader's word
    weight: str | None = None,
    *,
    partials: bool = False,
) -> Table:
    """One variable over a banner; groups that the filter leaves nobody of are not in it.

    Parameters
    ----------
    variable : name of a variable of the wave, or role, language, source, device
    by :       banner variables, side by side
    filter :   an expression; only cases for which it is true take part
    weight :   None or "none"; there are no weightings yet
    partials : count unfinished questionnaires too, as far as their pages were saved

    Raises
    ------
    BadQuery     an unknown variable, filter, banner or weighting; the message names the nearest
    """
    return drawn((Tabulation(data, by, filter, weight, partials=partials).table(variable),))[0]


class Tabulation:
    """Any number of tables over the same banner and filter: the groups are made once."""

    def __init__(
        self,
        data: WaveData,
        by: Sequence[str] = (),
        filter: str | Condition | None = None,  # noqa: A002
        weight: str | None = None,
        *,
        partials: bool = False,
    ) -> None:
        """As :func:`tabulate`.

        Raises
        ------
        BadQuery     an unknown filter, banner or weighting
        """
        if weight not in UNWEIGHTED:
            raise BadQuery("There is no weighting “%(name)s”; available: none.", ("none",), name=weight[:40])
        self.data = data
        self.partials = partials or data.is_imported
        self.filter: Filter | None = read_filter(filter, data.instrument, data.dataset.sources)
        self.everyone = data.cases(partials=partials)
        whole = banners(by, data.instrument, self.everyone)
        self.release = release_of(data)
        self.by = tuple(by)
        self.cases, self.parts = self.everyone, whole
        if self.filter is not None:
            index = np.flatnonzero(self.filter.mask(self.everyone))
            self.cases = self.everyone.take(index)
            self.parts = tuple(taken(part, index) for part in whole)

    @cached_property
    def _judge(self) -> Judge:
        """Who decides what of these tables is shown."""
        condition = self.filter.condition if self.filter else None
        if not self.partials or self.data.is_imported:
            judge = self.release.judge(condition, self.by)
            if judge is not None:
                return judge
        cases = self.release.cases
        total: Bools = np.ones(cases.n, dtype=np.bool_) if self.partials else self.release.is_counted
        if condition is not None:
            total = total & is_true(condition, cases)
        return self.release.beside(total, banners(self.by, self.data.instrument, cases))

    @property
    def is_released(self) -> bool:
        """Whether everyone who sees results may see these tables."""
        return self._judge.is_released

    @cached_property
    def _heads(self) -> list[TableColumn]:
        return column_heads(self.parts)

    def table(self, name: str) -> Table:
        """The table of one variable.

        Raises
        ------
        BadQuery     no such variable
        """
        return self.table_of(subject(name, self.data.instrument, self.everyone))

    def table_of(self, chosen: Subject) -> Table:
        """The table of a subject, also of one that is derived from the cases."""
        instrument, variable = self.data.instrument, chosen.variable
        found = stub(chosen, chosen.column(self.cases), tuple(part.split for part in self.parts), instrument)
        hidden = self._judge.hidden(chosen.column(self.release.cases).missing)
        columns = self._columns(found, hidden)
        rows = self._rows(found, columns)
        texts = question_texts(variable, instrument)
        if self.filter is not None and self.filter.roles is not None:
            texts = {role: text for role, text in texts.items() if role in self.filter.roles}
        wordings = wordings_note(texts, instrument)
        notes = self._notes(chosen, columns)
        # Why there are no figures is said right after what there is to remark on the variable.
        reason = notes[len(tuple(remarks(variable, instrument)))] if columns[0].suppressed else None
        return Table(
            variable=variable.name,
            title=in_both(titled(variable, instrument)),
            question=in_both(question_text(variable, instrument, texts)),
            base=Base(
                text=in_both(
                    base_text(
                        variable,
                        instrument,
                        is_derived=chosen.is_derived,
                        roles=self.filter.roles if self.filter else None,
                        earlier=self.data.earlier,
                    )
                ),
                asked=columns[0].asked,
                answered=columns[0].answered,
                valid=columns[0].n,
                condition=self.filter.rest if self.filter else None,
            ),
            filter=self.filter.sentence if self.filter else None,
            weight="none",
            method=method_line(
                self.data,
                {line.test for line in found.lines},
                has_letters=any(not part.is_overlapping for part in self.parts),
                has_partials=self.partials,
            ),
            columns=columns,
            rows=rows,
            notes=(*((wordings,) if wordings else ()), *notes),
            study=instrument.study.id,
            year=instrument.wave.year,
            instrument_hash=instrument.hash,
            stand=self.data.stand.isoformat(timespec="seconds"),
            extra={**self._extra(variable, texts), "wordings": wordings, "not_shown": reason},
            is_made_up=self.data.is_made_up,
        )

    def _extra(self, variable: Variable, texts: Mapping[str, Mapping[str, str]]) -> dict[str, object]:
        """What a chart or page may want to know besides: the wording per role, the filter as typed, the scale."""
        scale = self.data.instrument.scales.get(variable.scale) if variable.scale else None
        return {
            "questions": texts,
            "filter": self.filter.source if self.filter else None,
            "type": variable.type.value,
            "scale": variable.scale,
            "construct": variable.construct,
            "descending": scale.is_descending if scale else False,
        }

    def _columns(self, found: Stub, hidden: Bools) -> tuple[TableColumn, ...]:
        low_base = self.data.instrument.study.low_base
        columns: list[TableColumn] = []
        # The total stands first and is never left out; without a filter a group is only small.
        people = [1, *(count for part in self.parts for count in part.people())]
        for head, is_hidden, asked, answered, valid, count in zip(
            self._heads,
            hidden.tolist(),
            found.asked.tolist(),
            found.answered.tolist(),
            found.valid.tolist(),
            people,
            strict=True,
        ):
            if is_hidden:
                columns.append(replace(head, suppressed=True))
            else:
                is_low = 0 < valid < low_base
                columns.append(
                    replace(
                        head,
                        n=valid,
                        n_weighted=float(valid),
                        n_effective=float(valid),
                        asked=asked,
                        answered=answered,
                        low_base=is_low,
                        is_left_out=self.filter is not None and not count,
                    )
                )
        return tuple(columns)

    def _rows(self, found: Stub, columns: Sequence[TableColumn]) -> tuple[TableRow, ...]:
        letters = self._letters(found, columns)
        return tuple(
            TableRow(line.code, in_both(line.label), line.kind, _cells(line, columns, letters.get(place)))
            for place, line in enumerate(found.lines)
        )

    def _letters(self, found: Stub, columns: Sequence[TableColumn]) -> Mapping[int, list[str]]:
        """Letters per tested row. Overlapping groups share people, which these tests do not allow for."""
        groups = [
            group for part, group in zip(self.parts, positions(self.parts), strict=True) if not part.is_overlapping
        ]
        if not groups:
            return {}
        low_base = self.data.instrument.study.low_base
        tested = np.array([not column.suppressed and (column.n or 0) >= low_base for column in columns])
        names = [column.letter or "" for column in columns]
        lettered: dict[int, list[str]] = {}
        for test, alike in groupby(range(len(found.lines)), key=lambda place: found.lines[place].test):
            if test is not None:
                block = list(alike)
                lines = [found.lines[place] for place in block]
                value, se, n = (np.array([getattr(line, name) for line in lines]) for name in ("value", "se", "base"))
                lettered.update(
                    zip(block, column_letters(Rows(test, value, se, n), groups, names, tested), strict=True)
                )
        return lettered

    def _notes(self, chosen: Subject, columns: Sequence[TableColumn]) -> list[Mapping[str, str]]:
        study = self.data.instrument.study
        notes: list[Mapping[str, str]] = list(remarks(chosen.variable, self.data.instrument))
        if columns[0].suppressed:
            notes.append(
                both(
                    "Not shown: these are fewer than %(threshold)s people, or fewer than %(threshold)s would follow "
                    "from these figures and others that are shown.",
                    threshold=study.threshold,
                )
            )
        elif any(column.suppressed for column in columns):
            notes.append(
                both(
                    "Groups marked with a dot have fewer than %(threshold)s answers, or would give one away that has.",
                    threshold=study.threshold,
                )
            )
        if any(column.low_base for column in columns):
            notes.append(
                both("Groups under %(base)s are indicative and are not tested.", base=study.low_base),
            )
        if any(part.is_overlapping for part in self.parts):
            notes.append(both("Groups of a question with several answers overlap and are not tested."))
        if not self.is_released:
            notes.append(
                both("For the team only, not for publication: these groups are not in the plan of the report.")
            )
        return notes


def _cells(line: Line, columns: Sequence[TableColumn], letters: Sequence[str] | None) -> tuple[Cell, ...]:
    width = len(columns)
    values, errors, lows, highs = (_figures(array, width) for array in (line.value, line.se, line.low, line.high))
    counts: Sequence[int | None] = line.count.tolist() if line.count is not None else [None] * width
    marks = letters or [""] * width
    return tuple(
        HIDDEN if column.suppressed else EMPTY if column.is_outside else Cell(value, se, low, high, count, mark)
        for column, value, se, low, high, count, mark in zip(
            columns, values, errors, lows, highs, counts, marks, strict=True
        )
    )


def _figures(array: Floats | None, width: int) -> list[float | None]:
    """Numbers as Python's own; what does not exist as None."""
    if array is None:
        return [None] * width
    return [None if value != value else value for value in np.asarray(array, dtype=np.float64).tolist()]
