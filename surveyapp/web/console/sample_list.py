"""A list of contacts that was sent in: what it comes to, its first rows, and which column holds what."""

from __future__ import annotations

from dataclasses import dataclass

from surveyapp.fieldwork.sample_columns import FIELDS
from surveyapp.fieldwork.sample_review import JudgedRow, Outcome, Review, refused_lines
from surveyapp.fieldwork.staged_lists import StagedList
from surveyapp.web.console.frame import WaveFrame
from surveyapp.web.console.sample_words import field_names, outcome_names, reason_text, shown
from surveyapp.web.languages import translate

FIRST = 10
"""Rows of each outcome that the page shows."""


@dataclass(frozen=True, slots=True)
class OutcomeBlock:
    """The rows with one outcome: how many, and the first of them."""

    key: str
    name: str
    meaning: str
    count: int
    lines: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class ListPage:
    """What a list comes to."""

    id: str
    rows: int
    heads: tuple[str, ...]
    blocks: tuple[OutcomeBlock, ...]
    to_write: int
    left_out: int
    held_back: int
    unread: tuple[str, ...]  # heads of columns that nothing is read of
    digest: str


@dataclass(frozen=True, slots=True)
class ColumnChoice:
    """One column of a list: its head, its first values, and what it is said to hold."""

    name: str
    head: str
    examples: tuple[str, ...]
    chosen: str


def list_page(waiting: StagedList, found: Review, wave: WaveFrame) -> ListPage:
    """The page about a list."""
    words = outcome_names()
    blocks = [
        OutcomeBlock(
            str(each),
            *words[each],
            count=found.counts[each],
            lines=tuple(_line(one, wave) for one in found.of(each)[:FIRST]),
        )
        for each in Outcome
    ]
    unread = tuple(
        head for head, column in zip(waiting.listed.header, waiting.columns, strict=True) if column is None and head
    )
    return ListPage(
        id=waiting.id,
        rows=len(found.rows),
        heads=(translate("Row"), translate("E-mail address"), translate("Name"), translate("What")),
        blocks=tuple(blocks),
        to_write=found.to_write,
        left_out=len(found.refused),
        held_back=found.held_back,
        unread=unread,
        digest=found.digest,
    )


def _line(one: JudgedRow, wave: WaveFrame) -> tuple[str, ...]:
    if one.reasons:
        said = " ".join(reason_text(why, wave) for why in one.reasons)
    elif one.changes:
        names = field_names()
        said = "; ".join(f"{names[name]}: {shown(wave, name, one.said[name])}" for name in one.changes)
    else:
        said = "; ".join(shown(wave, name, one.said[name]) for name in ("role", "segment") if name in one.said)
    return str(one.row), one.email, one.said.get("name", ""), said


def column_choices(waiting: StagedList, chosen: tuple[str | None, ...] | None = None) -> tuple[ColumnChoice, ...]:
    """What is asked of each column whose values can be read."""
    rows = list(waiting.listed.rows.values())[:200]
    columns = chosen if chosen is not None and len(chosen) == len(waiting.columns) else waiting.columns
    return tuple(
        ColumnChoice(
            f"column-{at}",
            head or translate("column %(n)s, without a name", n=at + 1),
            tuple(dict.fromkeys(row[at] for row in rows if row[at]))[:3],
            columns[at] or "",
        )
        for at, head in enumerate(waiting.listed.header)
    )


def column_options() -> list[tuple[str, str]]:
    """What a column can hold."""
    names = field_names()
    return [("", translate("is not read")), *((field, names[field]) for field in FIELDS)]


def fault_table(waiting: StagedList, found: Review, wave: WaveFrame) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """The rows that are left out as they were sent in, with the row's number, the column and the reason."""
    names = field_names()
    header = (translate("Row"), translate("Column"), translate("Reason"), *waiting.listed.header)
    heads = {field: waiting.listed.header[at] for at, field in enumerate(waiting.columns) if field is not None}
    lines = [
        (
            str(one.row),
            heads.get(why.field, names[why.field]),
            reason_text(why, wave),
            *waiting.listed.rows[one.row],
        )
        for one, why in refused_lines(found)
    ]
    return header, lines
