"""The page of rates: what became of the invited, AAPOR's rates with their formulas, and apart from it the open link."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import request

from surveyapp.analysis.response_rates import Rate
from surveyapp.fieldwork.dispositions import Disposition
from surveyapp.fieldwork.outcomes import PARTS, Outcomes, Sample, outcomes
from surveyapp.fieldwork.record_choice import INVITED, NONE, OTHERS
from surveyapp.reports import formatting
from surveyapp.reports.outcome_rates import RateLine, RateLines, disposition_label, no_rate, rate_lines, rates_of
from surveyapp.storage.database import Session
from surveyapp.web.console.choices import one_of
from surveyapp.web.console.fieldwork_shapes import Linked
from surveyapp.web.console.frame import WaveFrame
from surveyapp.web.console.record_list import sample_names
from surveyapp.web.languages import current, translate
from surveyapp.web.rendering import whole

BESIDE = ("RR1", "RR2", "COOP1", "REF1")
"""The rates that stand beside each group."""
DASH = "–"


@dataclass(frozen=True, slots=True)
class DispositionRow:
    """One way to end, with AAPOR's code and how many did."""

    code: str
    name: str
    count: Linked
    share: str


@dataclass(frozen=True, slots=True)
class RateRow:
    """One rate with its formula, and this wave's numbers in it."""

    name: str
    value: str
    formula: str
    filled_in: str


@dataclass(frozen=True, slots=True)
class GroupRow:
    """One role, segment or source."""

    name: str
    cells: tuple[Linked, ...]
    rates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SampleBlock:
    """Some of the people of a wave: all of them by what became of them, and by one part."""

    heads: tuple[tuple[str, str], ...]  # code and name of each way to end that occurs
    dispositions: tuple[DispositionRow, ...]
    people: Linked
    rows: tuple[GroupRow, ...]
    total: GroupRow
    rates: tuple[RateRow, ...]


@dataclass(frozen=True, slots=True)
class Way:
    """One way to divide the people."""

    name: str
    address: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class RatesPage:
    """The whole page."""

    lead: str
    ways: tuple[Way, ...]
    part: str  # what the rows are called
    beside: tuple[str, ...]
    invited: SampleBlock | None
    unknown: int  # contacts of whom nobody may know what became of them
    others: SampleBlock | None
    others_name: str
    no_rate: str
    is_cut: bool
    is_confidential: bool
    is_open: bool


def rates_page(session: Session, wave: WaveFrame) -> RatesPage:
    """The page, by the part in this request's address.

    Raises
    ------
    BadQuery     there is no such part
    """
    part = one_of("by", request.args.get("by", ""), _part_names())
    found = outcomes(session, wave.info, wave.instrument)
    invited, others = found.invited, found.others
    has_others = others.total.people > 0 or not found.is_confidential
    return RatesPage(
        lead=_lead(found),
        ways=tuple(
            Way(name, _here(wave, one), one == part)
            for one, name in _part_names().items()
            if found.is_confidential or one != "segment"  # which is known of contacts alone
        ),
        part=_part_names()[part],
        beside=BESIDE,
        invited=_block(wave, found, invited, INVITED, part) if found.has_rates else None,
        unknown=0 if found.is_confidential else invited.total.people,
        others=_block(wave, found, others, OTHERS, part) if has_others and others.total.people else None,
        others_name=_capital(sample_names(wave)[OTHERS]),
        no_rate="" if found.is_confidential else no_rate()[current()],
        is_cut=found.is_cut,
        is_confidential=found.is_confidential,
        is_open=wave.info.is_answerable,
    )


def _part_names() -> dict[str, str]:
    names = {"role": translate("Role"), "segment": translate("Segment"), "source": translate("Source")}
    return {part: names[part] for part in PARTS}


def _here(wave: WaveFrame, part: str) -> str:
    return wave.address("console.fieldwork_rates", by=None if part == PARTS[0] else part)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _lead(found: Outcomes) -> str:
    """What the page comes to, in a sentence."""
    total = found.invited.total
    if found.has_rates:
        rates = _beside(rates_of(total))
        return translate(
            "Invited: %(people)s. Sent: %(complete)s. RR1 %(rr1)s, RR2 %(rr2)s.",
            people=whole(total.people),
            complete=whole(total.of(Disposition.COMPLETE)),
            rr1=rates[0],
            rr2=rates[1],
        )
    if found.is_confidential:
        return translate("Nobody is invited yet, so there is nobody to count.")
    return translate(
        "This wave is anonymous. Begun: %(begun)s. Sent: %(complete)s.",
        begun=whole(found.others.total.people),
        complete=whole(found.others.total.of(Disposition.COMPLETE)),
    )


def _beside(rates: Mapping[str, Rate]) -> tuple[str, ...]:
    return tuple(formatting.share(rates[name].value, current(), 1) or DASH for name in BESIDE)


def _block(wave: WaveFrame, found: Outcomes, sample: Sample, name: str, part: str) -> SampleBlock:
    has_rates = name == INVITED and found.has_rates
    lines = rate_lines(sample, part, wave.instrument, has_rates=has_rates)
    listed = _Lists(wave, name, part, is_cut=found.is_cut)
    there = [one for one in Disposition if sample.total.of(one)]
    people = sample.total.people
    return SampleBlock(
        heads=tuple((one.code, disposition_label(one)[current()]) for one in there),
        dispositions=tuple(
            DispositionRow(
                one.code,
                disposition_label(one)[current()],
                Linked(sample.total.of(one), listed(one)),
                formatting.share(sample.total.of(one) / people, current(), 1) if has_rates else "",
            )
            for one in there
        ),
        people=Linked(people, listed()),
        rows=tuple(_group(line, there, listed) for line in lines.groups),
        total=_group(lines.total, there, listed, is_total=True),
        rates=_rates(lines),
    )


def _group(line: RateLine, there: Sequence[Disposition], listed: _Lists, *, is_total: bool = False) -> GroupRow:
    value = None if is_total else line.value or NONE
    cells = [Linked(line.outcome.people, listed(None, value))]
    cells += [Linked(line.outcome.of(one), listed(one, value)) for one in there]
    return GroupRow(_capital(line.label[current()]), tuple(cells), _beside(line.rates) if line.rates else ())


def _rates(lines: RateLines) -> tuple[RateRow, ...]:
    return tuple(
        RateRow(
            name,
            formatting.share(rate.value, current(), 1) or DASH,
            rate.formula,
            rate.filled_in if current() == "en" else rate.filled_in.replace(".", ","),
        )
        for name, rate in lines.total.rates.items()
    )


class _Lists:
    """Where the people behind a count are listed; nowhere once links are cut, as no list can be made any more."""

    def __init__(self, wave: WaveFrame, sample: str, part: str, *, is_cut: bool) -> None:
        self._at = wave.address("console.fieldwork_cases")
        self._sample, self._part, self._is_cut = sample, part, is_cut

    def __call__(self, disposition: Disposition | None = None, value: str | None = None) -> str | None:
        """The address of who ended so, of one group or of all."""
        if self._is_cut:
            return None
        parts = {"sample": self._sample}
        if disposition is not None:
            parts["disposition"] = str(disposition)
        if value is not None:
            parts[self._part] = value
        return f"{self._at}?{urlencode(parts)}"
