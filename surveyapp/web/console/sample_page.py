"""The sample of a wave at a look: who is invited and how far they are, what is wanted, and the ways to change that."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from surveyapp.fieldwork.personal_links import CONFIDENTIAL
from surveyapp.fieldwork.targets import role_targets, segment_targets
from surveyapp.fieldwork.waves import CUT_LINKS
from surveyapp.storage import audit, samples
from surveyapp.storage.database import Session
from surveyapp.storage.samples import NONE
from surveyapp.web.console.frame import WaveFrame, value_name
from surveyapp.web.console.sample_forms import WANTED
from surveyapp.web.console.sample_words import standing_names
from surveyapp.web.languages import translate

SHOWN = ("linked", "begun", "complete", "opted_out")
"""How far people are, each with a column of its own."""
MOST_FIELDS = 450
"""Fields of the grid of targets; a form of more is refused."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A count that leads to the contacts behind it."""

    value: int | None
    address: str


@dataclass(frozen=True, slots=True)
class SampleRow:
    """The people of one role, or of one segment within it."""

    label: str
    is_segment: bool
    cells: tuple[Cell, ...]
    target: int | None


@dataclass(frozen=True, slots=True)
class SamplePage:
    """The whole page."""

    is_by_name: bool  # whether people are invited by name at all
    is_open: bool  # whether anybody can still be invited
    is_cut: bool
    people: int
    without_link: int
    with_link: int
    heads: tuple[str, ...]
    rows: tuple[SampleRow, ...]


@dataclass(frozen=True, slots=True)
class TargetField:
    """One field of the grid of targets."""

    name: str
    label: str
    value: str
    people: int


@dataclass(frozen=True, slots=True)
class TargetRow:
    """One role of the grid, with its segments."""

    label: str
    fields: tuple[TargetField, ...]


def is_cut(session: Session, wave: WaveFrame) -> bool:
    """Whether nobody can tell any more who answered what, and so not who answered."""
    return audit.last(session, CUT_LINKS, f"{wave.study} {wave.year}") is not None


def sample_page(session: Session, wave: WaveFrame) -> SamplePage:
    """The page of a wave's sample."""
    counted = samples.counts(session, wave.study, wave.year)
    by_standing: Counter[str] = Counter()
    for row in counted:
        by_standing[row.standing] += row.n
    cut = is_cut(session, wave)
    names = standing_names()
    if cut:  # nobody can tell who of them began
        names = names | {"linked": translate("not known any more")}
    columns = ("linked", "opted_out") if cut else SHOWN
    if by_standing["bounced"]:
        columns = (*columns[:1], "bounced", *columns[1:])
    people = sum(by_standing.values())
    return SamplePage(
        is_by_name=wave.info.mode == CONFIDENTIAL,
        is_open=not wave.info.is_settled,
        is_cut=cut,
        people=people,
        without_link=by_standing["unlinked"],
        with_link=sum(by_standing[one] for one in ("linked", "bounced", "begun", "complete")),
        heads=(translate("Invited"), *(names[one] for one in columns)),
        rows=tuple(_rows(session, wave, counted, columns)),
    )


def _rows(session: Session, wave: WaveFrame, counted: Sequence[Any], columns: Sequence[str]) -> list[SampleRow]:
    tally: Counter[tuple[str, str, str]] = Counter()
    for row in counted:
        for role in ("", row.role or NONE):
            for segment in ("", *([row.segment] if row.segment and role else [])):
                for standing in ("", row.standing):
                    tally[role, segment, standing] += row.n
    whole, parts = role_targets(session, wave.instrument), segment_targets(session, wave.instrument)
    roles = [*wave.instrument.questionnaires, *([NONE] if tally[NONE, "", ""] else [])]

    def line(role: str, segment: str, label: str, target: int | None) -> SampleRow:
        cells = tuple(
            Cell(
                tally[role, segment, standing],
                wave.address(
                    "console.sample_contacts",
                    role=role or None,
                    segment=segment or None,
                    standing=standing or None,
                ),
            )
            for standing in ("", *columns)
        )
        return SampleRow(label, bool(segment), cells, target)

    found = []
    for role in roles:
        name = translate("chooses at the beginning") if role == NONE else value_name(wave.instrument, "role", role)
        found.append(line(role, "", name, whole.get(role) or None))
        segments = {key[1] for key in (*tally, *parts) if key[0] == role and key[1]}
        found += [line(role, one, one, parts.get((role, one)) or None) for one in sorted(segments, key=str.casefold)]
    found.append(line("", "", translate("Total"), sum(whole.values()) or None))
    return found


def target_grid(session: Session, wave: WaveFrame, typed: Mapping[str, str]) -> tuple[TargetRow, ...]:
    """The grid of targets; what was typed stands there again."""
    counted = samples.counts(session, wave.study, wave.year)
    people: Counter[tuple[str, str]] = Counter()
    for row in counted:
        people[row.role or NONE, ""] += row.n
        if row.segment:
            people[row.role or NONE, row.segment] += row.n
    whole, parts = role_targets(session, wave.instrument), segment_targets(session, wave.instrument)
    segments = {segment for _, segment in (*people, *parts) if segment}
    most = MOST_FIELDS // max(1, len(wave.instrument.questionnaires)) - 1
    by_size = Counter({segment: sum(n for key, n in people.items() if key[1] == segment) for segment in segments})
    shown = sorted((segment for segment, _ in by_size.most_common(most)), key=str.casefold)
    rows = []
    for role in wave.instrument.questionnaires:
        fields = []
        for segment in ("", *shown):
            held = parts.get((role, segment)) if segment else whole.get(role)
            name = f"{WANTED}{role}:{segment}"
            label = segment or translate("All together")
            fields.append(TargetField(name, label, typed.get(name, str(held) if held else ""), people[role, segment]))
        rows.append(TargetRow(value_name(wave.instrument, "role", role), tuple(fields)))
    return tuple(rows)
