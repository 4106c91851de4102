"""The alerts of a wave as pages show them: what, since when, where to look, and who has seen it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from surveyapp.reports.alerts import Alert
from surveyapp.reports.fieldwork_state import fieldwork_state
from surveyapp.reports.live import LiveWaves
from surveyapp.storage.database import Session
from surveyapp.web.accounts import actor
from surveyapp.web.console.frame import WaveFrame
from surveyapp.web.languages import current, translate


@dataclass(frozen=True, slots=True)
class AlertLine:
    """One thing that needs attention."""

    key: str
    text: str
    address: str
    look: str
    since: date | None
    seen: tuple[tuple[str, datetime], ...]
    aside: tuple[str, datetime] | None
    is_seen: bool = False  # by whoever looks at the page


@dataclass(frozen=True, slots=True)
class AlertsPage:
    """The whole page."""

    alerts: tuple[AlertLine, ...]
    aside: tuple[AlertLine, ...]
    is_open: bool

    @property
    def keys(self) -> frozenset[str]:
        """The keys of everything on it."""
        return frozenset(one.key for one in (*self.alerts, *self.aside))


def alerts_page(session: Session, live: LiveWaves, wave: WaveFrame) -> AlertsPage:
    """The page of a wave's alerts."""
    state = fieldwork_state(session, live, wave.info, wave.instrument)
    here = wave.address("console.fieldwork")
    lines = [(one.is_aside, alert_line(wave, one, here)) for one in state.alerts]
    return AlertsPage(
        tuple(line for is_aside, line in lines if not is_aside),
        tuple(line for is_aside, line in lines if is_aside),
        wave.state == "open",
    )


def alert_line(wave: WaveFrame, one: Alert, here: str) -> AlertLine:
    """An alert in the words of this request; ``here`` is the fieldwork page with its choice."""
    who = actor()
    is_seen = any(name == who for name, _ in one.noted.seen)
    text, where = one.text[current()], _way(wave, one.place, here)
    return AlertLine(one.key, text, *where, one.since, one.noted.seen, one.noted.aside, is_seen)


def _way(wave: WaveFrame, place: str, here: str) -> tuple[str, str]:
    """The address of what an alert speaks of, and what the link says."""
    kind, _, number = place.partition(":")
    if kind == "round":
        return wave.address("console.invitations_round", number=int(number)), translate("To the mailing")
    if place == "invitations":
        return wave.address("console.invitations"), translate("To the mailings")
    if place == "quality":
        return wave.address("console.quality"), translate("To the quality rules")
    if place.startswith("role-"):
        return f"{here}#{place}", translate("To the curve")
    if place.startswith("pages-"):
        return f"{here}#{place}", translate("To the pages")
    if place == "heading-days":
        return f"{here}#{place}", translate("Day by day")
    return f"{here}#{place}", translate("To the figure")
