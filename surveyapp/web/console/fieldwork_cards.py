"""The figures above the fold of the fieldwork page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from surveyapp.fieldwork.figures import Counts, GroupCounts
from surveyapp.fieldwork.personal_links import CONFIDENTIAL
from surveyapp.reports import formatting
from surveyapp.reports.fieldwork_state import FieldworkState
from surveyapp.reports.outcome_rates import rates_of
from surveyapp.web.console.fieldwork_shapes import Card, Line
from surveyapp.web.console.frame import WaveFrame
from surveyapp.web.languages import current, translate, translate_plural
from surveyapp.web.rendering import day, whole

DASH = "–"


def share(value: float | None) -> str:
    """A share as it is printed, a dash where there is none."""
    return DASH if value is None else formatting.share(value, current())


def distance(group: GroupCounts, wave: WaveFrame) -> str:
    """How far a group's target is, in words; nothing is to go any more where the fieldwork is over."""
    if not group.target:
        return ""
    if not group.gap:
        return translate("target reached")
    if wave.info.is_settled:
        return translate("%(n)s short of the target", n=whole(group.gap))
    return translate("%(n)s to go", n=whole(group.gap))


def closing(wave: WaveFrame, today: date) -> tuple[str, str] | None:
    """How many days are left, and until when or why none; nothing where the fieldwork is over."""
    closes = wave.instrument.wave.closes
    if wave.info.is_settled:
        return None
    if not wave.info.is_answerable or not closes:
        return DASH, wave.state_name if closes else translate("no closing date set")
    left = (date.fromisoformat(closes) - today).days
    if left < 0:
        return "0", translate("planned closing day was %(day)s", day=day(closes))
    return whole(left), translate("closes on %(day)s", day=day(closes))


class Cards:
    """Puts each figure in words with the way to its cases; ``to`` gives the address of the cases with these parts."""

    def __init__(self, wave: WaveFrame, state: FieldworkState, to: Callable[..., str | None]) -> None:
        self._wave = wave
        self._state = state
        self._cases = state.cases
        self._figures = state.figures
        self._to = to

    def all(self) -> tuple[Card, ...]:
        """The figures above the fold."""
        total = self._figures.total
        counts = total.counts
        return (
            self._complete(total),
            Card(
                "begun",
                translate("Begun"),
                whole(counts.begun),
                (
                    *(
                        (
                            Line(
                                translate("%(n)s in progress", n=whole(counts.in_progress)),
                                self._to(state="in_progress") if counts.in_progress else None,
                            ),
                        )
                        if self._cases.keeps_days
                        else ()
                    ),
                    Line(
                        translate("%(n)s not eligible", n=whole(counts.screened_out)),
                        self._to(state="screened_out") if counts.screened_out else None,
                    ),
                ),
                self._to() if counts.begun else None,
            ),
            Card(
                "break-off",
                translate("Break-off after consent"),
                share(counts.break_off),
                (
                    Line(
                        translate_plural(
                            "%(left)s broke off", "%(left)s broke off", counts.left, left=whole(counts.left)
                        ),
                        self._to(state="left") if counts.left else None,
                    ),
                    Line(translate("of %(n)s who sent or broke off", n=whole(counts.left + counts.complete))),
                    *(
                        (Line(translate("whoever is answering now counts as broke off: this wave keeps no days")),)
                        if self._cases.takes_answers and counts.left and not self._cases.keeps_days
                        else ()
                    ),
                ),
            ),
            self._introduction(),
            self._minutes(counts),
            *self._closing(),
            self._response(),
        )

    def _response(self) -> Card:
        """AAPOR's second rate of the invited; where nobody can know it, why not."""
        name, rates = translate("Response rate"), self._wave.address("console.fieldwork_rates")
        sample = self._state.sample
        if sample is not None and sample.total.invited:
            said = translate("RR2 of AAPOR, of %(n)s invited", n=whole(sample.total.invited))
            value = formatting.share(rates_of(sample.total.outcome)["RR2"].value, current(), 1) or DASH
            return Card("response-rate", name, value, (Line(said, rates),))
        if self._wave.info.mode != CONFIDENTIAL:
            said = translate("No response rate: with an open link we don’t know how many people were asked.")
            return Card("response-rate", name, translate("n.a."), (Line(said),))
        if self._state.rounds:  # the link was cut
            said = translate("counted on the day on which the link was cut")
            return Card("response-rate", name, DASH, (Line(said, rates),))
        return Card("response-rate", name, DASH, (Line(translate("nobody is invited yet")),))

    def _complete(self, total: GroupCounts) -> Card:
        far = distance(total, self._wave)
        return Card(
            "complete",
            translate("Complete"),
            whole(total.counts.complete),
            (Line(far),) if far else (),
            self._to(state="complete") if total.counts.complete else None,
            translate("of the target of %(target)s", target=whole(total.target)) if total.target else "",
            min(100, int(100 * (total.progress or 0))) if total.target else None,
        )

    def _introduction(self) -> Card:
        name = translate("Break-off at the introduction")
        people = self._figures.arrivals
        if people is None:
            reason = translate("not known for this choice: nobody is kept before consent")
            return Card("introduction", name, DASH, (Line(reason),))
        if not people.role_chosen:
            return Card("introduction", name, DASH, (Line(translate("nobody was counted before consent")),))
        return Card(
            "introduction",
            name,
            share(people.break_off),
            (
                Line(translate("%(n)s chose a role", n=whole(people.role_chosen))),
                Line(translate("%(n)s gave consent", n=whole(people.consent_given))),
            ),
        )

    def _minutes(self, counts: Counts) -> Card:
        name = translate("Median minutes")
        if counts.minutes is None:
            return Card("minutes", name, DASH, (Line(translate("no times yet")),))
        low, high = (formatting.mean(value, current(), 0) for value in (counts.minutes.p10, counts.minutes.p90))
        return Card(
            "minutes",
            name,
            formatting.mean(counts.minutes.median, current(), 1),
            (Line(translate("eight in ten took %(low)s to %(high)s", low=low, high=high)),),
        )

    def _closing(self) -> tuple[Card, ...]:
        found = closing(self._wave, self._cases.today)
        if found is None:
            return ()
        ends = self._state.outlooks[""]
        lines = (Line(found[1]), *(() if ends is None else (Line(ends.words()[current()]),)))
        return (Card("closing", translate("Days left"), found[0], lines),)
