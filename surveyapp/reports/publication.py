"""What of a wave leaves together at one moment, and the record by which somebody else can check it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

import numpy as np

from surveyapp.instrument.model import TableDefinition
from surveyapp.instrument.system_variables import SYSTEM_VARIABLES
from surveyapp.instrument.weighting import UNWEIGHTED
from surveyapp.reports.exclusions import told_exclusions
from surveyapp.reports.grid import Bases, Figure, Grid
from surveyapp.reports.key_figures import key_figures
from surveyapp.reports.plan import planned_grids
from surveyapp.reports.plans import BESIDE
from surveyapp.reports.release import Release, release_of
from surveyapp.reports.response import participation, response
from surveyapp.reports.sentences import Words, both, in_both
from surveyapp.reports.subjects import subject
from surveyapp.reports.wave_data import WaveData
from surveyapp.reports.weights import asked_for, scheme_of

FORM = "1"
"""Of the record; goes up when a key changes its meaning."""
Record = dict[str, object]


class Publication:
    """The grids of a wave that leave together: what its books and pages print, and all that can be asked for.

    They stand on one state of the data and were judged by one release, so one record of evidence tells of all of them.

    Attributes
    ----------
    data :     of the wave, as far as they are published
    scheme :   by which its figures are weighted; None: by none
    previous : those of the wave that it is held against
    added :    the sheets that the team added to those of the plan
    earlier :  the waves that trends reach back to
    weight :   the scheme that was asked for, or none; empty: as the study says of its report
    """

    def __init__(
        self,
        data: WaveData,
        previous: WaveData | None = None,
        added: Sequence[TableDefinition] = (),
        earlier: Sequence[WaveData] = (),
        weight: str = "",
    ) -> None:
        """As the attributes say.

        Raises
        ------
        BadQuery     there is no such weighting; the message names those there are
        """
        self.data, self.previous, self.added, self.earlier = data, previous, added, earlier
        self.weight = weight
        self.scheme = scheme_of(data, asked_for(data, weight))

    @cached_property
    def tables(self) -> tuple[Grid, ...]:
        """The sheets of the plan, and those the team added.

        Raises
        ------
        BadQuery     the plan names what the wave has not
        """
        return tuple(planned_grids(self.data, self.added, self.earlier, self.weight))

    @cached_property
    def key_figures(self) -> Grid:
        """The figures a report opens with."""
        return key_figures(self.data, self.previous, self.weight)

    @cached_property
    def response(self) -> Grid:
        """Who took part, by role and source."""
        return response(self.data)

    @property
    def release(self) -> Release:
        """What decides which populations are shown."""
        return release_of(self.data)

    def evidence(self) -> Record:
        """Which people figures may speak of, which are hidden, the smallest that is shown, by which rule, and when.

        In the form that output checkers of research centres read (results with status, command, outcome and cells per
        file), with a record of every variable over all released populations: the columns of its one row. It speaks of
        every page, book and file that bears the same ``stand``. It holds no number of anybody who is hidden, and
        nothing of the lots of an open wave.

        References
        ----------
        Smith et al. (2023), *SACRO: Semi-Automated Checking of Research Outputs*.
        """
        data, threshold = self.data, self.release.threshold
        extent = data.extent
        others = {
            "key-figures": self.key_figures,
            "response-by-group": self.response,
            "who-took-part": participation(data),
        }  # no variable is called so: its name has no dash
        results = [*self._of_variables(), *(self._of_grid(uid, grid) for uid, grid in others.items())]
        return {
            "version": FORM,
            "study": data.instrument.study.id,
            "year": data.instrument.wave.year,
            "instrument": data.instrument.hash,
            "stand": self._stand,
            "is_made_up": data.is_made_up,
            "excluded": told_exclusions(data),
            "weighting": {
                "name": self.scheme.name if self.scheme else UNWEIGHTED,
                "label": in_both(self.scheme.label) if self.scheme else None,
                "is_asked": bool(self.weight),
            },
            "rule": {
                "threshold": threshold,
                "bases": ["asked", "answered", "valid"],
                "text": _rule(threshold),
            },
            "extent": {
                "everything": extent is None,
                "over": extent is None or extent.is_over,
                "waiting": extent is not None and extent.is_waiting,
            },
            "populations": self.release.names,
            "results": {str(one["uid"]): one for one in results},
        }

    @property
    def _command(self) -> str:
        """What makes the files with these figures, and this record beside them."""
        instrument, chosen = self.data.instrument, f" --weight {self.weight}" if self.weight else ""
        return f"surveyapp export report {instrument.study.id} {instrument.wave.year}{chosen} --out FOLDER"

    @cached_property
    def _stand(self) -> str:
        return self.data.stand.isoformat(timespec="seconds")

    def _of_variables(self) -> Iterator[Record]:
        """A record of each variable that can be asked for: one row, a column per released population."""
        data, names = self.data, self.release.names
        asked = (*data.instrument.variables, *(name for name in SYSTEM_VARIABLES if name not in BESIDE))
        for name in asked:
            if name in data.instrument.variables and name not in data.dataset.columns:
                continue
            missing = subject(name, data.instrument, data.dataset).column(self.release.cases).missing
            hidden = np.flatnonzero(self.release.hidden(missing)).tolist()
            yield self._record(
                name,
                len(names),
                self.release.smallest(missing),
                [[0, at] for at in hidden],
                {names[at]: {name: "suppressed"} for at in hidden},
            )

    def _of_grid(self, uid: str, grid: Grid) -> Record:
        """The record of figures that are no table of one variable."""
        hidden = [
            [row, at] for row, figures in enumerate(grid.figures) for at, one in enumerate(figures) if one.is_hidden
        ]
        outcome: dict[str, dict[str, str]] = {}
        for row, at in hidden:
            measure = grid.measures[row]
            outcome.setdefault(grid.groups[at].key, {})[f"{measure.item}:{measure.code}"] = "suppressed"
        figures = [one for line in grid.figures for one in line]
        return self._record(uid, len(figures), _smallest(figures), hidden, outcome)

    def _record(
        self,
        uid: str,
        cells: int,
        smallest: int,
        hidden: Sequence[Sequence[int]],
        outcome: Mapping[str, Mapping[str, str]],
    ) -> Record:
        is_safe = not 0 < smallest < self.release.threshold
        return {
            "uid": uid,
            "status": "pass" if is_safe else "fail",
            "type": "table",
            "properties": {"method": "crosstab", "smallest_group": smallest or None},
            "files": [
                {
                    "name": f"{uid}.json",
                    "sdc": {
                        "summary": {"suppressed": bool(hidden), "threshold": len(hidden)},
                        "cells": {"threshold": hidden},
                    },
                }
            ],
            "outcome": outcome,
            "command": self._command,
            "summary": f"{'pass' if is_safe else 'fail'}; {len(hidden)} of {cells} suppressed",
            "timestamp": self._stand,
            "comments": [],
            "exception": "",
        }


def _rule(threshold: int) -> Words:
    return both(
        "No figure speaks of 1 to %(most)s people: not alone, not as what is left of a total, and not as the "
        "difference of two populations that are shown or follow by one subtraction.",
        most=threshold - 1,
    )


def _smallest(figures: Sequence[Figure]) -> int:
    """People of the smallest population that one of these speaks of; 0 where none does."""
    found = [n for one in figures if not one.is_hidden for n in _people(one.bases) if n]
    return min(found, default=0)


def _people(bases: Bases) -> tuple[int | None, ...]:
    return bases.asked, bases.answered, bases.valid
