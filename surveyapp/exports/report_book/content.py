"""What a report book is made from; everything in it was tabulated and guarded before it came here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from surveyapp.reports.table import Table


@dataclass(frozen=True, slots=True)
class ReportSheet:
    """One sheet of the book: a permanent id and one table per stub variable, all with the same banner."""

    id: str  # three capitals and two digits
    title: Mapping[str, str]
    section: str
    kind: str  # frequencies · statements · marks · phases · multiple · ranking · numbers
    chart: str | None  # bars · stacked · profile · dots, or None
    tables: tuple[Table, ...]


@dataclass(frozen=True, slots=True)
class KeyFigureLine:
    """A figure the report opens with. ``value``, ``low`` and ``high`` are None below the threshold."""

    id: str
    label: Mapping[str, str]
    group: Mapping[str, str]
    unit: str  # mark · mean · share · score
    value: float | None
    low: float | None
    high: float | None
    n: int | None
    previous: float | None = None
    difference: float | None = None
    is_significant: bool | None = None
    is_suppressed: bool = False
    note: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class ResponseLine:
    """The fieldwork of one role by one source; ``source`` None stands for all sources, ``role`` None for all roles.

    Shares and minutes are None where they are not defined or may not be shown.
    """

    role: Mapping[str, str] | None
    source: str | None
    started: int
    complete: int
    partial: int
    screened_out: int
    withdrawn: int = 0
    invited: int | None = None  # None: an open link, so no rate
    response_rate: float | None = None
    median_minutes: float | None = None
    phone_share: float | None = None
    english_share: float | None = None


@dataclass(frozen=True, slots=True)
class RoleLine:
    """A role and who belongs to it."""

    label: Mapping[str, str]
    description: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ReportContent:
    """All that a report book holds, in both languages.

    ``not_computed`` names, in the books' English message ids, the parts of the plan of analysis that this edition does
    not hold yet; the guide prints them so that no reader takes silence for a zero.
    """

    study: str
    year: int
    title: Mapping[str, str]
    stand: datetime  # the moment the data stand at, aware
    version: int
    is_final: bool
    instrument_hash: str
    opened_on: str | None  # ISO days
    closed_on: str | None
    contact: str
    complete: int
    threshold: int
    low_base: int
    roles: tuple[RoleLine, ...]
    missing: tuple[tuple[int, Mapping[str, str]], ...]
    sections: Mapping[str, Mapping[str, str]]
    sheets: tuple[ReportSheet, ...]
    key_figures: tuple[KeyFigureLine, ...] = ()
    response: tuple[ResponseLine, ...] = ()
    not_computed: tuple[str, ...] = ()
    notes: tuple[Mapping[str, str], ...] = field(default_factory=tuple)
