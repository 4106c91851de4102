"""What a report book is made from; everything in it was tabulated and guarded before it came here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from surveyapp.fieldwork.editions import Edition
from surveyapp.reports.grid import Grid
from surveyapp.reports.quotations import Quotation
from surveyapp.reports.sentences import Words


@dataclass(frozen=True, slots=True)
class RoleLine:
    """A role and who belongs to it."""

    label: Mapping[str, str]
    description: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ConstructLine:
    """A construct of the key figures and the statements it is made of."""

    label: Mapping[str, str]
    items: tuple[Mapping[str, str], ...]


@dataclass(frozen=True, slots=True)
class ReportContent:
    """All that a report book holds, in both languages.

    ``not_computed`` names, in the books' English message ids, the parts of the plan of analysis that this edition does
    not hold yet; the guide prints them so that no reader takes silence for a zero.
    """

    study: Mapping[str, str]
    year: int
    title: Mapping[str, str]
    stand: datetime  # the moment the data stand at, aware
    version: int
    is_final: bool
    instrument_hash: str
    opened_on: str | None  # ISO days
    closed_on: str | None
    contact: str
    complete: int | None  # None: hidden, as too few
    threshold: int
    low_base: int
    roles: tuple[RoleLine, ...]
    missing: tuple[tuple[int, Mapping[str, str]], ...]
    sheets: tuple[Grid, ...]
    key_figures: Grid  # a line per indicator, by role, with the wave before and the difference
    response: Grid  # a line per count, by role and source
    constructs: tuple[ConstructLine, ...] = ()
    rotations: tuple[Mapping[str, str], ...] = ()  # what blocks were drawn of, where not everyone was asked everything
    not_computed: tuple[str, ...] = ()
    beside: int | None = None  # the year of the wave whose figures stand beside its own
    edition: Edition | None = None  # of a closed wave: by which act its figures came to be these
    steps: Words | None = None  # how the figures of an open wave move and whom they count; None: everybody counts
    weighting: tuple[Words, str] | None = None  # by which scheme figures are weighted, and its name with its version
    is_weighting_asked: bool = False  # somebody chose it, instead of what the study says of its report
    role_labels: Mapping[str, Words] = field(default_factory=dict)  # by role
    quotations: tuple[Quotation, ...] = ()  # of open answers, released one by one
    is_made_up: bool = False  # robots filled it, or the wave it is compared with
    notes: tuple[Mapping[str, str], ...] = field(default_factory=tuple)
