"""What became of a wave's people, counted: of the invited sample, and apart from it of who came by an open link.

Every count is a count over the records of `fieldwork.participation`, and the list behind it are the same records. Once
links are cut no record tells anything of a contact any more; what is left are the counts of that moment by role, source
and segment, each by itself, with small segments taken together: a segment of three people of whom three took part
would name them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from surveyapp.fieldwork.dispositions import Disposition
from surveyapp.fieldwork.participation import Participation, is_cut, participation
from surveyapp.fieldwork.personal_links import CONFIDENTIAL
from surveyapp.fieldwork.waves import WaveInfo
from surveyapp.instrument.model import Instrument
from surveyapp.storage import dispositions
from surveyapp.storage.database import Session

PARTS = ("role", "segment", "source")
"""By what the people of a wave are counted."""
LEAST_KEPT = 10
"""A segment of fewer people is counted with others when links are cut."""
OTHERS = "*"
"""The name under which small segments are counted together."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many of some people ended in which way; ``value`` names them within their part, empty where not known."""

    counts: Mapping[Disposition, int] = field(default_factory=dict)
    value: str = ""

    @property
    def people(self) -> int:
        """How many they are."""
        return sum(self.counts.values())

    def of(self, *dispositions: Disposition) -> int:
        """How many ended in one of these ways."""
        return sum(self.counts.get(one, 0) for one in dispositions)


@dataclass(frozen=True, slots=True)
class Sample:
    """Some of a wave's people: all of them, and by each part."""

    total: Outcome = field(default_factory=Outcome)
    groups: Mapping[str, tuple[Outcome, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What became of a wave's people.

    ``invited`` are the contacts of a confidential wave. In an anonymous one they are only counted, as ``not known``:
    nobody can say who of them took part. ``others`` are cases that no invitation leads to; where links were cut those
    are the invited themselves, and are not counted a second time.
    """

    invited: Sample
    others: Sample
    is_confidential: bool
    is_cut: bool = False

    @property
    def has_rates(self) -> bool:
        """Whether there is a sample of which it is known what became of it."""
        return self.is_confidential and self.invited.total.people > 0


def outcomes(session: Session, info: WaveInfo, instrument: Instrument) -> Outcomes:
    """Count the people of a wave."""
    if info.mode == CONFIDENTIAL and is_cut(session, info):
        kept = _kept(dispositions.kept_counts(session, info.study, info.year))
        return Outcomes(kept, Sample(), is_confidential=True, is_cut=True)
    return counted(participation(session, info, instrument), is_confidential=info.mode == CONFIDENTIAL)


def counted(records: Iterable[Participation], *, is_confidential: bool) -> Outcomes:
    """Count these records."""
    apart: tuple[list[Participation], list[Participation]] = ([], [])
    for one in records:
        apart[one.is_invited].append(one)
    others, invited = (_sample(some) for some in apart)
    return Outcomes(invited, others, is_confidential=is_confidential)


def _sample(records: Iterable[Participation]) -> Sample:
    tally: Counter[tuple[str, str, Disposition]] = Counter()
    for one in records:
        tally.update((part, getattr(one, part) or "", one.disposition) for part in PARTS)
    return _of(tally)


def _of(tally: Mapping[tuple[str, str, Disposition], int]) -> Sample:
    groups: dict[str, dict[str, dict[Disposition, int]]] = {part: {} for part in PARTS}
    total: dict[Disposition, int] = {}
    for (part, value, disposition), times in tally.items():
        groups[part].setdefault(value, {})[disposition] = times
        if part == PARTS[0]:
            total[disposition] = total.get(disposition, 0) + times
    return Sample(
        Outcome(total),
        {
            part: tuple(Outcome(counts, value) for value, counts in sorted(found.items(), key=_unknown_last))
            for part, found in groups.items()
        },
    )


def _unknown_last(item: tuple[str, object]) -> tuple[bool, bool, str]:
    return not item[0], item[0] == OTHERS, item[0].casefold()


# ---------------------------------------------------------------------------------------------- when links are cut
def keep_outcomes(session: Session, info: WaveInfo, instrument: Instrument) -> None:
    """Keep what became of the invited, coarsely, and forget what was decided about any of them; before links go."""
    invited = counted(participation(session, info, instrument), is_confidential=True).invited
    counts = {
        (part, value, str(disposition)): times
        for part, groups in coarse(invited).items()
        for value, found in groups.items()
        for disposition, times in found.items()
    }
    dispositions.keep_counts(session, info.study, info.year, counts)
    dispositions.forget_people(session, info.study, info.year)


def coarse(sample: Sample) -> Mapping[str, Mapping[str, Mapping[Disposition, int]]]:
    """The groups of a sample, small segments taken together: no segment that is left stands for a few people."""
    found: dict[str, dict[str, Counter[Disposition]]] = {
        part: {group.value: Counter(group.counts) for group in groups} for part, groups in sample.groups.items()
    }
    segments = found.get("segment", {})
    by_size = sorted(segments, key=lambda value: (segments[value].total(), value))
    together: Counter[Disposition] = Counter()
    for value in by_size:
        if segments[value].total() >= LEAST_KEPT and (not together or together.total() >= LEAST_KEPT):
            break
        together += segments.pop(value)
    if together:
        segments[OTHERS] = together
    return found


def _kept(counts: Mapping[tuple[str, str, str], int]) -> Sample:
    return _of({(part, value, Disposition(said)): times for (part, value, said), times in counts.items()})
