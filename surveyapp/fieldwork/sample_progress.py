"""How far the invited of a confidential wave are, by role and segment: invited, opened, begun, complete, wanted.

Counts over the records of `fieldwork.participation`, made of those who are alike so that a page that looks every half
minute can have them of a large sample; `fieldwork.record_choice` chooses the same people one by one. Of an anonymous
wave, and once links are cut, there are none: then nobody is known to have done anything.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from surveyapp.fieldwork.case_lines import CaseChoice
from surveyapp.fieldwork.dispositions import Disposition
from surveyapp.fieldwork.outcomes import Outcome
from surveyapp.fieldwork.participation import SOME_CASE, Participation, alike, is_cut
from surveyapp.fieldwork.personal_links import CONFIDENTIAL
from surveyapp.fieldwork.waves import WaveInfo
from surveyapp.instrument.model import Instrument
from surveyapp.instrument.system_variables import SYSTEM_VARIABLES
from surveyapp.storage.database import Session

PARTS = tuple(SYSTEM_VARIABLES)
"""What of a choice of cases is known of the invited too."""


@dataclass(frozen=True, slots=True)
class SampleTally:
    """The invited of a wave counted by all that a page may ask; ``people`` are records of whom so many are alike."""

    people: Mapping[Participation, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SegmentProgress:
    """Some of the invited; ``role`` and ``segment`` are empty where they are not known."""

    role: str = ""
    segment: str = ""
    outcome: Outcome = field(default_factory=Outcome)
    opened: int = 0
    begun: int = 0
    target: int | None = None

    @property
    def invited(self) -> int:
        """How many were invited."""
        return self.outcome.people

    @property
    def complete(self) -> int:
        """How many sent their answers."""
        return self.outcome.of(Disposition.COMPLETE)

    @property
    def gap(self) -> int | None:
        """Completes still wanted; 0 when the target is reached."""
        return None if self.target is None else max(0, self.target - self.complete)


@dataclass(frozen=True, slots=True)
class RoleProgress:
    """The invited of one role: together, and by segment."""

    total: SegmentProgress
    segments: tuple[SegmentProgress, ...]


@dataclass(frozen=True, slots=True)
class SampleProgress:
    """The invited of a wave, role by role."""

    total: SegmentProgress = field(default_factory=SegmentProgress)
    roles: tuple[RoleProgress, ...] = ()


def sample_tally(session: Session, info: WaveInfo, instrument: Instrument) -> SampleTally | None:
    """Count the invited; None where nobody can know what became of them."""
    if info.mode != CONFIDENTIAL or is_cut(session, info):
        return None
    counts: Counter[Participation] = Counter()
    for one, times in alike(session, info, instrument):
        counts[_coarse(one)] += times
    return SampleTally(counts)


def _coarse(one: Participation) -> Participation:
    """A record with what is counted and nothing else, so that those who are alike are one."""
    return Participation(
        one.state,
        one.role,
        one.source,
        one.language,
        is_by_link=True,
        case_id=SOME_CASE if one.has_begun else None,
        segment=one.segment,
        device=one.device,
        has_link=one.has_link,
        opened_on=one.opened_on,
        decided=one.decided,
    )


def sample_progress(
    tally: SampleTally,
    roles: Mapping[str, int | None],
    segments: Mapping[tuple[str, str], int],
    choice: CaseChoice | None = None,
) -> SampleProgress:
    """Divide the invited by role and segment.

    Parameters
    ----------
    roles :    the study's roles in order, each with its target; targets stand beside whole roles only
    segments : targets by role and segment
    choice :   limits everything to these people
    """
    choice = choice or CaseChoice()
    parts = {name: value for name, value in choice.parts().items() if name in PARTS}
    is_part = bool(set(choice.parts()) - {"role"})
    counts: dict[tuple[str, str], Counter[Disposition]] = {}
    opened, begun = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for one, times in tally.people.items():
        if any(getattr(one, name) != value for name, value in parts.items()):
            continue
        key = (one.role or "", one.segment or "")
        counts.setdefault(key, Counter())[one.disposition] += times
        opened[key] += times * one.has_opened
        begun[key] += times * one.has_begun
    for key in segments:
        if not is_part and choice.role in (None, key[0]):
            counts.setdefault(key, Counter())  # wanted, and nobody of them is invited

    def group(role: str, segment: str, target: int | None, *keys: tuple[str, str]) -> SegmentProgress:
        together: Counter[Disposition] = Counter()
        for key in keys:
            together.update(counts[key])
        return SegmentProgress(
            role,
            segment,
            Outcome(dict(together)),
            sum(opened[key] for key in keys),
            sum(begun[key] for key in keys),
            None if is_part else target,
        )

    found = []
    for role in (*roles, *sorted({role for role, _ in counts} - set(roles))):
        own = sorted((key for key in counts if key[0] == role), key=lambda key: (not key[1], key[1].casefold()))
        if own:
            each = tuple(group(role, segment, segments.get((role, segment)), (role, segment)) for _, segment in own)
            found.append(RoleProgress(group(role, "", roles.get(role), *own), each))
    wanted = [one.total.target for one in found if one.total.target is not None]
    return SampleProgress(group("", "", sum(wanted) if wanted else None, *counts), tuple(found))
