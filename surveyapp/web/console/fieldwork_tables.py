"""The tables of counts of the fieldwork page, by day and by part, with the way to the cases behind each count."""

from __future__ import annotations

from surveyapp.fieldwork.figures import Counts, GroupCounts
from surveyapp.instrument.system_variables import labels
from surveyapp.reports import formatting
from surveyapp.reports.fieldwork_state import FieldworkState
from surveyapp.web.console.choices import LIMITS, CasesAddress, Select
from surveyapp.web.console.fieldwork_cards import DASH, share
from surveyapp.web.console.fieldwork_shapes import CountRow, CountTable, DayRow, Linked
from surveyapp.web.console.frame import WaveFrame, group_name, part_titles
from surveyapp.web.languages import current, translate
from surveyapp.web.rendering import day

STANDINGS = ("in_progress", "left", "screened_out", "withdrawn", "complete")


class Tables:
    """Puts figures into words and addresses; holds what all of them need."""

    def __init__(self, wave: WaveFrame, state: FieldworkState) -> None:
        self.wave = wave
        self.cases = state.cases
        self.figures = state.figures
        self.choice = state.choice
        self._address = CasesAddress(wave)

    def to(self, **parts: object) -> str:
        """The address of the cases of the page's choice with these parts besides."""
        return self._address(self.choice.but(**parts))

    def name(self, part: str, key: str) -> str:
        """A group in words."""
        return group_name(self.wave.instrument, part, key)

    def filters(self) -> tuple[Select, ...]:
        """The selects, each with what occurs in this wave."""
        titles = labels(LIMITS, current())
        chosen = self.choice.parts()
        found = []
        for part in LIMITS:
            keys = (
                tuple(role.id for role in self.wave.instrument.study.roles)
                if part == "role"
                else self.cases.values(part)
            )
            options = (("", translate("all")), *((key, self.name(part, key)) for key in keys))
            found.append(Select(part, titles[part], options, chosen.get(part, "")))
        return tuple(found)

    def days(self) -> tuple[DayRow, ...]:
        """The table behind the bars, the newest day first."""
        roles, keeps_days = [group.key for group in self.figures.groups["role"]], self.cases.keeps_days
        return tuple(
            DayRow(
                name=day(one.day, form="EEE d MMM yyyy"),
                begun=Linked(one.begun, self.to(started=one.day) if keeps_days else None),
                complete=Linked(one.complete, self.to(state="complete", sent=one.day) if keeps_days else None),
                so_far=tuple(one.so_far.get(role, 0) for role in roles),
            )
            for one in reversed(self.figures.days)
        )

    def counts(self) -> tuple[CountTable, ...]:
        """The counts by role, language, source and device."""
        names = part_titles()
        return tuple(
            CountTable(
                part,
                names[part],
                tuple(self.row(group, self.name(part, group.key), {part: group.key}) for group in groups),
            )
            for part, groups in self.figures.groups.items()
        )

    def row(self, group: GroupCounts, name: str, parts: dict[str, object]) -> CountRow:
        """One row of a table of counts."""
        counts = group.counts
        return CountRow(
            name,
            (
                Linked(counts.begun, self.to(**parts)),
                *(self._standing(counts, standing, parts) for standing in STANDINGS),
            ),
            share(counts.break_off),
            formatting.mean(counts.minutes.median, current(), 1) if counts.minutes else DASH,
            self.wave.tone(group.key) if "role" in parts else "",
        )

    def _standing(self, counts: Counts, standing: str, parts: dict[str, object]) -> Linked:
        if standing == "in_progress" and self.cases.takes_answers and not self.cases.keeps_days:
            return Linked(None, None)  # not told from who broke off
        return Linked(getattr(counts, standing), self.to(**parts, state=standing))
