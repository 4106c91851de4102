"""What needs attention now: a role that ends short of its target at its pace, and days on which nobody finished."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from surveyapp.fieldwork.figures import DayCounts, FieldworkFigures
from surveyapp.web.console.fieldwork_outlook import Outlook
from surveyapp.web.languages import translate
from surveyapp.web.rendering import day, whole

SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Alert:
    """One thing: what and since when, and where to look."""

    text: str
    address: str
    look: str


def alerts(
    figures: FieldworkFigures,
    today: date,
    ends: Callable[[str], Outlook | None],
    name: Callable[[str, str], str],
    here: str,
) -> tuple[Alert, ...]:
    """What needs attention; nothing where no answers come in or a part is looked at: there no role has an outlook."""
    found = {group.key: ends(group.key) for group in figures.groups["role"]}
    if not any(found.values()):
        return ()
    return (*_silence(figures.days, today, here), *_behind(figures, found, name, here))


def _silence(days: tuple[DayCounts, ...], today: date, here: str) -> Iterator[Alert]:
    last = max((one.day for one in days if one.complete), default=None)
    if last is None:
        return
    between = (last + timedelta(days=at) for at in range(1, (today - last).days))
    if any(one.weekday() < SATURDAY for one in between):
        text = translate("Nobody has finished since %(day)s.", day=day(last, form="EEEE d MMMM"))
        yield Alert(text, f"{here}#heading-days", translate("Day by day"))


def _behind(
    figures: FieldworkFigures, found: dict[str, Outlook | None], name: Callable[[str, str], str], here: str
) -> Iterator[Alert]:
    """A role is behind when even the upper end of its range lies below the target."""
    for group in figures.groups["role"]:
        ends = found[group.key]
        if ends is None or ends.is_early or not group.gap or not group.target:
            continue
        if ends.high is not None and ends.high >= group.target:
            continue
        text = translate(
            "%(role)s: %(outlook)s, with a target of %(target)s (pace of the last seven full days).",
            role=name("role", group.key),
            outlook=str(ends),
            target=whole(group.target),
        )
        yield Alert(text, f"{here}#role-{group.key}", translate("To the curve"))
