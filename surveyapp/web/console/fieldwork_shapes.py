"""What the fieldwork page is made of: plain pieces with every word and address filled in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from markupsafe import Markup

from surveyapp.web.console.alerts_page import AlertLine
from surveyapp.web.console.choices import Chip, Select
from surveyapp.web.console.fieldwork_charts import Bars, Mark, SoFar


@dataclass(frozen=True, slots=True)
class Line:
    """A small line under a figure."""

    text: str
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """One figure above the fold."""

    id: str
    name: str
    value: str
    lines: tuple[Line, ...] = ()
    address: str | None = None
    beside: str = ""
    progress: int | None = None


@dataclass(frozen=True, slots=True)
class Linked:
    """A count and the cases behind it."""

    value: int | None  # None: it cannot be known
    address: str | None


@dataclass(frozen=True, slots=True)
class CountRow:
    """One group of a table of counts."""

    name: str
    cells: tuple[Linked, ...]
    break_off: str
    minutes: str
    tone: str = ""  # of a role


@dataclass(frozen=True, slots=True)
class CountTable:
    """The counts by one part."""

    part: str
    name: str
    rows: tuple[CountRow, ...]


@dataclass(frozen=True, slots=True)
class RolePanel:
    """One role: how far it is."""

    key: str
    name: str
    tone: str
    complete: Linked
    target: int | None
    percent: str
    distance: str
    chart: SoFar | None
    outlook: str = ""  # where it ends at this pace


@dataclass(frozen=True, slots=True)
class DayRow:
    """One day of the table."""

    name: str
    begun: Linked
    complete: Linked
    so_far: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SampleRow:
    """The invited of a role, of a segment within it, or all."""

    name: str
    tone: str
    is_role: bool
    cells: tuple[Linked, ...]  # invited, opened, begun, complete
    target: str
    gap: str
    rates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SampleBlock:
    """The invited by role and segment."""

    rows: tuple[SampleRow, ...]
    total: SampleRow
    is_large: bool  # so many that what was counted rests a while (`LiveWaves.kept`)


@dataclass(frozen=True, slots=True)
class RoundRow:
    """What came of one round of messages."""

    name: str
    address: str
    day: date | None
    sent: str
    delivered: Linked
    bounced: Linked
    completes: str
    points: str  # completes as a share of what was delivered
    opt_outs: str


@dataclass(frozen=True, slots=True)
class Introduction:
    """Who chose a role and did not go on; only ever counted."""

    chose: str
    left: str
    share: str


@dataclass(frozen=True, slots=True)
class PageRow:
    """One page of a role's drop-off."""

    title: str
    reached: Linked
    left: Linked
    share: str
    seconds: str
    devices: tuple[tuple[Linked, str], ...]  # by phone, on a computer: how many left, and their share
    rank: int | None
    sentence: str
    preview: str  # empty: it has none


@dataclass(frozen=True, slots=True)
class RoleDropOff:
    """The pages of one role."""

    role: str
    name: str
    summary: str
    introduction: Introduction | None
    rows: tuple[PageRow, ...]


@dataclass(frozen=True, slots=True)
class FieldworkPage:
    """The whole page."""

    stand: datetime
    version: str
    here: str
    part: str
    unlimited: str
    landing: str
    is_live: bool
    is_empty: bool
    announcement: str
    filters: tuple[Select, ...]
    chips: tuple[Chip, ...]
    cards: tuple[Card, ...]
    roles: tuple[RolePanel, ...]
    bars: tuple[Bars, ...]
    days: tuple[DayRow, ...]
    sample: SampleBlock | None
    rounds: tuple[RoundRow, ...]
    tables: tuple[CountTable, ...]
    total: CountRow
    worst: tuple[PageRow, ...]
    drop_off: tuple[RoleDropOff, ...]
    said_why: int | None  # who said why they stopped; None: nobody is asked
    alerts: tuple[AlertLine, ...]
    aside: int  # alerts that somebody put aside
    marks: tuple[Mark, ...]
    earlier: int | None  # the year of the wave before, where it is drawn
    has_range: bool  # somewhere stands where it ends at this pace
    keeps_days: bool  # who began today can be told from who broke off
    moving: Markup | None = None  # what moves on it, drawn
