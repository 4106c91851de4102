"""The invited by role and segment, and what came of each round of messages, with the lists behind the counts."""

from __future__ import annotations

from urllib.parse import urlencode

from surveyapp.fieldwork.dispositions import Disposition
from surveyapp.fieldwork.record_choice import INVITED, NONE
from surveyapp.fieldwork.sample_progress import SegmentProgress
from surveyapp.reports.fieldwork_state import FieldworkState
from surveyapp.reports.formatting import share
from surveyapp.reports.outcome_rates import label_of, rates_of
from surveyapp.reports.round_lines import RoundLine
from surveyapp.web.console.fieldwork_cards import DASH
from surveyapp.web.console.fieldwork_shapes import Linked, RoundRow, SampleBlock, SampleRow
from surveyapp.web.console.frame import WaveFrame
from surveyapp.web.languages import current, translate
from surveyapp.web.rendering import whole

LARGE = 10_000
"""So many invited are counted less often than they are looked at."""


def sample_block(wave: WaveFrame, state: FieldworkState) -> SampleBlock | None:
    """The table of role by segment; None where nobody can know who of the invited took part."""
    if state.sample is None:
        return None
    lists = _Lists(wave, state)
    rows = []
    for role in state.sample.roles:
        is_divided = len(role.segments) > 1 or bool(role.segments[0].segment)
        rows.append(_row(wave, role.total, lists, is_role=True))
        rows += [_row(wave, one, lists) for one in role.segments if is_divided]
    return SampleBlock(
        tuple(rows), _row(wave, state.sample.total, lists, is_total=True), state.sample.total.invited > LARGE
    )


def _row(
    wave: WaveFrame, one: SegmentProgress, lists: _Lists, *, is_role: bool = False, is_total: bool = False
) -> SampleRow:
    parts = {} if is_total else {"role": one.role or NONE}
    if is_total:
        name = translate("All")
    elif is_role:
        name = label_of("role", one.role, wave.instrument)[current()]
    else:
        name = one.segment or translate("segment not known")
        parts["segment"] = one.segment or NONE
    rates = rates_of(one.outcome)
    return SampleRow(
        name=name[:1].upper() + name[1:] if is_role else name,
        tone=wave.tone(one.role) if is_role and one.role else "",
        is_role=is_role,
        cells=(
            Linked(one.invited, lists(**parts)),
            Linked(one.opened, lists(**parts, step="opened")),
            Linked(one.begun, lists(**parts, step="begun")),
            Linked(one.complete, lists(**parts, disposition=str(Disposition.COMPLETE))),
        ),
        target=DASH if one.target is None else whole(one.target),
        gap=DASH if one.gap is None else whole(one.gap),
        rates=tuple(share(rates[name].value, current(), 1) or DASH for name in ("RR1", "RR2")),
    )


class _Lists:
    """Where the people behind a count are listed."""

    def __init__(self, wave: WaveFrame, state: FieldworkState) -> None:
        self._at, self._choice = wave.address("console.fieldwork_cases"), state.choice.parts()

    def __call__(self, **parts: str) -> str:
        return f"{self._at}?{urlencode({'sample': INVITED, **self._choice, **parts})}"


def round_rows(wave: WaveFrame, state: FieldworkState) -> tuple[RoundRow, ...]:
    """What came of each round of which anything is known."""
    return tuple(_round(wave, one) for one in state.rounds)


def _round(wave: WaveFrame, one: RoundLine) -> RoundRow:
    found = one.figures

    def listed(count: int, state: str) -> Linked:
        return Linked(count, wave.address("console.invitations_messages", number=one.number, state=state))

    completes = found.completes
    return RoundRow(
        name=one.name[current()],
        address=wave.address("console.invitations_round", number=one.number),
        day=found.first_on,
        sent=whole(found.sent),
        delivered=listed(found.delivered, "sent"),
        bounced=listed(found.bounced, "bounced"),
        completes=DASH if completes is None else whole(completes),
        points=DASH if completes is None or not found.delivered else share(completes / found.delivered, current(), 1),
        opt_outs=whole(found.opt_outs),
    )
