"""How far each role is: completes, target, the line so far and where it ends at its pace."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from surveyapp.fieldwork.figures import GroupCounts
from surveyapp.reports.fieldwork_state import FieldworkState
from surveyapp.web.console.fieldwork_cards import distance, share
from surveyapp.web.console.fieldwork_charts import Mark, SoFar, so_far
from surveyapp.web.console.fieldwork_shapes import Linked, RolePanel
from surveyapp.web.console.frame import WaveFrame, group_name
from surveyapp.web.languages import current


def role_panels(
    wave: WaveFrame, state: FieldworkState, marks: Sequence[Mark], to: Callable[..., str]
) -> tuple[RolePanel, ...]:
    """A panel for each role; ``to`` gives the address of the cases with these parts."""
    return tuple(
        RolePanel(
            key=group.key,
            name=group_name(wave.instrument, "role", group.key),
            tone=wave.tone(group.key),
            complete=Linked(group.counts.complete, to(role=group.key, state="complete")),
            target=group.target,
            percent=share(group.progress),
            distance=distance(group, wave),
            chart=_chart(wave, state, group, marks),
            outlook=_ends(state, group.key),
        )
        for group in state.figures.groups["role"]
    )


def _chart(wave: WaveFrame, state: FieldworkState, group: GroupCounts, marks: Sequence[Mark]) -> SoFar | None:
    """The picture of a role; the wave before is laid beside whole roles."""
    is_part = bool(set(state.choice.parts()) - {"role"})
    name = group_name(wave.instrument, "role", group.key)
    return so_far(group, name, state.figures.days, marks, None if is_part else state.earlier)


def _ends(state: FieldworkState, role: str) -> str:
    """Where a role ends at its pace; nothing where no pace can be told."""
    found = state.outlooks[role]
    return "" if found is None or found.is_early else found.words()[current()]
