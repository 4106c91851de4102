"""Where people leave: the introduction, and each page of each role with its seconds, by device, with its preview."""

from __future__ import annotations

from collections.abc import Callable

from surveyapp.fieldwork.case_lines import REVIEW
from surveyapp.fieldwork.drop_off import PageDropOff
from surveyapp.fieldwork.figures import Counts
from surveyapp.reports import formatting
from surveyapp.reports.fieldwork_state import FieldworkState
from surveyapp.reports.funnel import FunnelStep
from surveyapp.web.console.fieldwork_cards import DASH, share
from surveyapp.web.console.fieldwork_shapes import Introduction, Linked, PageRow, RoleDropOff
from surveyapp.web.console.frame import WaveFrame, group_name
from surveyapp.web.languages import current, translate
from surveyapp.web.rendering import whole

DEVICES = ("phone", "desktop")
"""Devices that have columns of their own; the others are in the counts of all."""


class Funnel:
    """Puts the funnel in words; ``to`` gives the address of the cases with these parts."""

    def __init__(self, wave: WaveFrame, state: FieldworkState, to: Callable[..., str]) -> None:
        self._wave, self._state, self._to = wave, state, to

    def blocks(self) -> tuple[RoleDropOff, ...]:
        """A block for each role; none before anybody began."""
        if not self._state.figures.total.counts.begun:
            return ()
        return tuple(self._of_role(role, steps) for role, steps in self._state.steps.items())

    def worst(self) -> tuple[PageRow, ...]:
        """The pages that most people left, the worst first."""
        marked = [step for steps in self._state.steps.values() for step in steps if step.all.rank is not None]
        return tuple(self._row(step) for step in sorted(marked, key=lambda step: step.all.rank or 0))

    def _of_role(self, role: str, steps: tuple[FunnelStep, ...]) -> RoleDropOff:
        counts = next((group.counts for group in self._state.figures.groups["role"] if group.key == role), Counts())
        return RoleDropOff(
            role,
            group_name(self._wave.instrument, "role", role),
            translate(
                "%(left)s of the %(ended)s who sent or broke off (%(share)s)",
                left=whole(counts.left),
                ended=whole(counts.left + counts.complete),
                share=share(counts.break_off),
            ),
            self._introduction(role),
            tuple(self._row(step) for step in steps if step.all.reached),
        )

    def _introduction(self, role: str) -> Introduction | None:
        """Who chose this role and did not go on; nothing where nobody can know, or nobody came that way."""
        people = self._state.introductions.get(role)
        if people is None or not people.role_chosen:
            return None
        left = max(0, people.role_chosen - people.consent_given)
        return Introduction(whole(people.role_chosen), whole(left), share(people.break_off))

    def _row(self, step: FunnelStep) -> PageRow:
        row, wave = step.all, self._wave
        return PageRow(
            title=step.title[current()],
            reached=Linked(row.reached, self._to(role=row.role, reached=row.page)),
            left=Linked(row.left, self._to(role=row.role, state="left", page=row.page)),
            share=share(row.share),
            seconds=formatting.mean(row.seconds, current(), 0) if row.seconds is not None else DASH,
            devices=tuple(self._on_device(step.by_device.get(device), device) for device in DEVICES),
            rank=row.rank,
            sentence=translate(
                "%(role)s: %(left)s of the %(reached)s who reached it broke off here (%(share)s)",
                role=group_name(wave.instrument, "role", row.role),
                left=whole(row.left),
                reached=whole(row.reached),
                share=share(row.share),
            ),
            preview=""
            if row.page == REVIEW
            else wave.address("console.instrument_preview", role=row.role, page=row.page),
        )

    def _on_device(self, row: PageDropOff | None, device: str) -> tuple[Linked, str]:
        """How many on this device left the page, and which share of those who reached it on one."""
        if row is None or not row.reached:
            return Linked(None, None), ""
        where = self._to(role=row.role, state="left", page=row.page, device=device) if row.left else None
        return Linked(row.left, where), share(row.share)
