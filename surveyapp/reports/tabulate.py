"""From a question of a reader to figures: variables over a banner, for everyone or for a filter."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence, Set
from functools import cached_property

import numpy as np

from surveyapp.analysis.columns import Bools, Column, Floats
from surveyapp.analysis.dataset import Dataset
from surveyapp.analysis.design import Design
from surveyapp.analysis.moments import Split
from surveyapp.analysis.significance import Comparison
from surveyapp.analysis.verdict import Verdict
from surveyapp.instrument.conditions import Condition
from surveyapp.instrument.conditions.mask import is_true
from surveyapp.instrument.model import Level
from surveyapp.instrument.nesting import as_written
from surveyapp.instrument.weighting import UNWEIGHTED
from surveyapp.reports.banners import banners, groups_of, taken
from surveyapp.reports.code_layouts import tables
from surveyapp.reports.differences import Columns, marks, rests, rule_of
from surveyapp.reports.exclusions import told_exclusions
from surveyapp.reports.filters import Filter, read_filter
from surveyapp.reports.grid import Bases, Figure, Grid, Group, Item, Restriction, TableTest, drawn
from surveyapp.reports.release import Judge, release_of
from surveyapp.reports.rows import RowsOf, Stub, stub
from surveyapp.reports.sentences import Words, both, in_both
from surveyapp.reports.subjects import Subject, subject
from surveyapp.reports.table_findings import with_finding
from surveyapp.reports.table_tests import table_tests, tests_in_words
from surveyapp.reports.tests_in_words import Compared
from surveyapp.reports.verdicts import base_verdicts, freedom_of, judged_figures, precision_note, precision_rule
from surveyapp.reports.wave_data import WaveData
from surveyapp.reports.weights import case_weights, scheme_of, weighted_design, weighting_words
from surveyapp.reports.wording import (
    base_text,
    method_line,
    question_text,
    question_texts,
    remarks,
    titled,
    wordings_note,
)

NOTHING = Bases(is_hidden=True)


def tabulate(
    data: WaveData,
    variable: str,
    by: Sequence[str] = (),
    filter: str | Condition | None = None,  # noqa: A002  the reader's word
    weight: str | None = None,
    *,
    partials: bool = False,
    against: str = "columns",
) -> Grid:
    """One variable over a banner; groups that the filter leaves nobody of are not in it.

    Parameters
    ----------
    variable : name of a variable of the wave, or role, language, source, device
    by :       banner variables, side by side
    filter :   an expression; only cases for which it is true take part
    weight :   the name of a scheme of weights; None or "none": every case counts once
    partials : count unfinished questionnaires too, as far as their pages were saved
    against :  what a group is tested against: "columns", the others of its banner, or "rest", everyone outside it

    Raises
    ------
    BadQuery     an unknown variable, filter, banner or weighting; the message names the nearest
    """
    tabulation = Tabulation(data, by, filter, weight, partials=partials, against=against)
    study = data.instrument.study
    return drawn(with_finding(tabulation.grid(variable), study, is_against_rest=tabulation.is_against_rest))


class Tabulation:
    """Any number of figures over the same banner and filter: the groups are made once."""

    def __init__(
        self,
        data: WaveData,
        by: Sequence[str] = (),
        filter: str | Condition | None = None,  # noqa: A002
        weight: str | None = None,
        *,
        partials: bool = False,
        earlier: Sequence[WaveData] = (),
        against: str = "columns",
    ) -> None:
        """As :func:`tabulate`; ``earlier`` are the waves before it, for what runs over several.

        Raises
        ------
        BadQuery     an unknown filter, banner or weighting, or one that these cases cannot be given
        """
        self.data = data
        self.earlier = tuple(earlier)
        self.scheme = scheme_of(data, weight)
        self.partials = partials or data.is_imported
        self.filter: Filter | None = read_filter(filter, data.instrument, data.dataset.names["source"])
        self.everyone = data.cases(partials=partials)
        whole = banners(by, data.instrument, self.everyone)
        self.release = release_of(data)
        self.by = tuple(map(as_written, by))
        self.is_against_rest = against == "rest"
        self.cases, self.parts = self.everyone, whole
        self.design = Design.plain(self.everyone.n)
        if self.scheme is not None:
            self.design = weighted_design(data, self.scheme, partials=self.partials)
        if self.filter is not None:
            index = np.flatnonzero(self.filter.mask(self.everyone))
            self.cases, self.design = self.everyone.take(index), self.design.take(index)
            self.parts = tuple(taken(part, index) for part in whole)

    @cached_property
    def _judge(self) -> Judge:
        """Who decides what of these figures is shown."""
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
        """Whether everyone who sees results may see these figures."""
        return self._judge.is_released

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """Whom the columns speak of."""
        return groups_of(self.parts)

    def grid(self, *names: str, rows: RowsOf = stub, method: Words | None = None) -> Grid:
        """The figures of these variables.

        Parameters
        ----------
        rows :   what is measured of each; absent: what its type asks for
        method : a sentence of its own in the method line

        Raises
        ------
        BadQuery     no such variable
        """
        chosen = [subject(name, self.data.instrument, self.everyone) for name in names]
        return self.grid_of(*chosen, rows=rows, method=method)

    def grid_of(self, *subjects: Subject, rows: RowsOf = stub, method: Words | None = None) -> Grid:
        """The figures of subjects, also of those that are derived from the cases."""
        data = self.data
        columns = [one.column(self.cases) for one in subjects]
        counted = tables(subjects, columns, self._splits, data.instrument, self.design)
        whole = [
            rows(one, column, self._splits, data.instrument, self.design, table)
            for one, column, table in zip(subjects, columns, counted, strict=True)
        ]
        found = [made.first(len(self.groups)) for made in whole]
        freedom = [self._freedom(column, made) for column, made in zip(columns, found, strict=True)]
        bases = [self._bases(*one) for one in zip(subjects, found, freedom, strict=True)]
        compared = [self._columns(one) for one in bases]
        marked = [marks(made, one) for made, one in zip(whole, compared, strict=True)]
        tests = [tuple(table_tests(*one)) for one in zip(whole, columns, compared, strict=True)]
        rule = precision_rule(data.instrument.study.low_base)
        figures = [tuple(judged_figures(*one, rule)) for one in zip(found, bases, freedom, marked, strict=True)]
        # What stands together is told of in one line: of several, what each rests on is no part of it.
        tested = {row.test for made in found for row in made.rows}
        said = self._method(tested, method, bases[0][0] if len(subjects) == 1 else Bases())
        items = zip(subjects, bases, figures, tests, strict=True)
        return Grid(
            items=tuple(self._item(*item, said) for item in items),
            measures=tuple(row.measure for made in found for row in made.rows),
            groups=self.groups,
            figures=tuple(line for lines in figures for line in lines),
            bases=tuple(bases),
            filter=self._restriction,
            weight=self.scheme.name if self.scheme else UNWEIGHTED,
            study=data.instrument.study.id,
            year=data.instrument.wave.year,
            instrument_hash=data.instrument.hash,
            stand=data.stand.isoformat(timespec="seconds"),
            version=data.version,
            is_made_up=data.is_made_up,
            left_out=told_exclusions(data),
            is_released=self.is_released,
        )

    def hidden(self, base: Callable[[Dataset], Column]) -> list[bool]:
        """In which columns figures of these people may not be shown."""
        found: list[bool] = self._judge.hidden(base(self.release.cases).missing).tolist()
        return found

    def members(self) -> Iterator[Bools]:
        """Who is in each column, over the cases: everyone first."""
        yield np.ones(self.cases.n, dtype=np.bool_)
        for part in self.parts:
            for group in range(part.split.size):
                yield part.split.members(group)

    @cached_property
    def _splits(self) -> tuple[Split, ...]:
        splits = tuple(part.split for part in self.parts)
        return (*splits, *rests(splits)) if self.is_against_rest else splits

    @cached_property
    def _people(self) -> tuple[int, ...]:
        """How many cases each column has; the total stands first and is never left out."""
        return 1, *(count for part in self.parts for count in part.people())

    @cached_property
    def _restriction(self) -> Restriction | None:
        asked = self.filter
        return None if asked is None else Restriction(asked.sentence, asked.source, asked.rest)

    @cached_property
    def _compared(self) -> Compared:
        is_linearised = not self.design.is_plain
        return Compared(self.is_against_rest, is_linearised, any(part.is_overlapping for part in self.parts))

    def _columns(self, bases: Sequence[Bases]) -> Columns:
        study = self.data.instrument.study
        return Columns(
            self.parts,
            self._splits,
            tuple(group.letter or "" for group in self.groups),
            np.array([(one.valid or 0) >= study.low_base and one.precision is not Verdict.NOT_SHOWN for one in bases]),
            self.design,
            rule_of(study),
            self.is_against_rest,
        )

    def _item(
        self,
        chosen: Subject,
        bases: Sequence[Bases],
        figures: Sequence[Sequence[Figure]],
        tests: tuple[TableTest, ...],
        method: Words,
    ) -> Item:
        instrument, variable = self.data.instrument, chosen.variable
        roles = self.filter.roles if self.filter else None
        texts = question_texts(variable, instrument)
        if roles is not None:
            texts = {role: text for role, text in texts.items() if role in roles}
        wordings = wordings_note(texts, instrument)
        remarked = tuple(remarks(variable, instrument))
        not_shown = self._not_shown if bases[0].is_hidden else None
        precision = precision_note(figures, bases, instrument.study)
        scale, codes = instrument.scales.get(variable.scale) if variable.scale else None, variable.codes
        return Item(
            variable=variable.name,
            title=in_both(titled(variable, instrument)),
            question=in_both(question_text(variable, instrument, texts)),
            base=in_both(
                base_text(variable, instrument, is_derived=chosen.is_derived, roles=roles, earlier=self.data.earlier)
            ),
            method=method,
            questions=texts,
            wordings=wordings,
            # Why there are no figures is said right after what there is to remark on the variable.
            notes=tuple(
                filter(None, (wordings, *remarked, not_shown, *self._notes(bases, precision), *tests_in_words(tests)))
            ),
            tests=tests,
            not_shown=not_shown,
            precision=precision,
            is_descending=scale.is_descending if scale else False,
            ends=(float(min(codes)), float(max(codes))) if codes and variable.level is Level.SCORE else None,
            palette="level" if scale and scale.has_levels else "agreement",
        )

    def _method(self, compared: Set[Comparison | None], made: Words | None, total: Bases) -> Words:
        weighted = None
        if self.scheme is not None:
            weighted = weighting_words(case_weights(self.data, self.scheme, partials=self.partials), total)
        return method_line(
            self.data,
            compared,
            has_letters=bool(self.parts),
            has_partials=self.partials,
            made=made,
            how=self._compared,
            weighted=weighted,
        )

    def _freedom(self, column: Column, found: Stub) -> Floats:
        members = () if self.design.is_simple else tuple(self.members())
        return freedom_of(column.missing == 0, members, found, self.design)

    def _bases(self, chosen: Subject, found: Stub, freedom: Floats) -> tuple[Bases, ...]:
        hidden = self._judge.hidden(chosen.column(self.release.cases).missing)
        study = self.data.instrument.study
        return tuple(
            NOTHING
            if is_hidden
            else Bases(
                asked,
                answered,
                valid,
                weighted,
                effective,
                is_low=0 < valid < study.low_base,
                precision=verdict,
                # Without a filter a group is only small.
                is_left_out=self.filter is not None and not people,
                is_outside=not asked and group.banner is not None,
            )
            for group, is_hidden, asked, answered, valid, weighted, effective, verdict, people in zip(
                self.groups,
                hidden.tolist(),
                found.asked.tolist(),
                found.answered.tolist(),
                found.valid.tolist(),
                found.weighted.tolist(),
                found.effective.tolist(),
                base_verdicts(found, freedom, precision_rule(study.low_base)),
                self._people,
                strict=True,
            )
        )

    @cached_property
    def _not_shown(self) -> Words:
        return both(
            "Not shown: these are fewer than %(threshold)s people, or fewer than %(threshold)s would follow "
            "from these figures and others that are shown.",
            threshold=self.data.instrument.study.threshold,
        )

    def _notes(self, bases: Sequence[Bases], precision: Words | None) -> Iterator[Words]:
        study = self.data.instrument.study
        if any(one.is_hidden for one in bases) and not bases[0].is_hidden:
            yield both(
                "Groups marked with a dot have fewer than %(threshold)s answers, or could be used to work out "
                "one that has.",
                threshold=study.threshold,
            )
        if precision is not None:
            yield precision
        if not self.is_released:
            yield both("For the team only, not for publication: these groups are not in the plan of the report.")
