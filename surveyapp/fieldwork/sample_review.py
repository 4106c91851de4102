"""What a list of contacts would come to: every row judged beside those that are there, and nothing written.

A grown list comes in again: an address that is there keeps its contact and its links. What its row says anew is taken
over; an empty cell says nothing. Where somebody began to answer, the role and the source stay as they were: their
answers are counted under these.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Any

from email_validator import EmailNotValidError, validate_email

from surveyapp.fieldwork.arrivals import PERSONAL_LINK, source_name
from surveyapp.fieldwork.sample_columns import EMAIL, FIELDS, LONGEST, languages_by_word, plain, roles_by_word
from surveyapp.fieldwork.sample_files import ReadList
from surveyapp.instrument.encodings import spoilt_at
from surveyapp.instrument.model import Instrument
from surveyapp.instrument.near import nearest

COUNTED_BY = ("role", "source")
"""What stays once somebody began: their answers are counted under it."""
LOST = "#"
"""With this begins what a spreadsheet shows for a formula that failed; no name or place does."""


class Outcome(StrEnum):
    """What becomes of a row, in the order in which pages tell it."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    OPTED_OUT = "opted_out"  # new here, and said in an earlier wave that they want no mail: taken in, never written to
    DUPLICATE = "duplicate"
    UNKNOWN_ROLE = "unknown_role"
    INVALID = "invalid"


TAKEN = (Outcome.NEW, Outcome.CHANGED, Outcome.UNCHANGED, Outcome.OPTED_OUT)
"""What leaves the address among the contacts."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a cell cannot be taken in: one of the codes that pages have words for, and what stands in their blanks."""

    code: str
    field: str
    value: str = ""
    near: str = ""


@dataclass(frozen=True, slots=True)
class JudgedRow:
    """One row of the list and what becomes of it."""

    row: int
    outcome: Outcome
    email: str  # as it was typed where it is none
    said: Mapping[str, str]  # what the row says beside the address, in stored values
    reasons: tuple[Reason, ...] = ()
    changes: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()  # would change, and stays because the person began
    contact_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Review:
    """A whole list, judged."""

    rows: tuple[JudgedRow, ...]
    counts: Mapping[Outcome, int] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """A name for this outcome: another one means that something changed since it was looked at."""
        told = hashlib.sha256()
        for one in self.rows:
            told.update(json.dumps((one.row, one.outcome, one.email, one.changes, one.kept)).encode())
        return told.hexdigest()

    def of(self, *outcomes: Outcome) -> tuple[JudgedRow, ...]:
        """The rows with these outcomes, as they stand in the list."""
        return tuple(one for one in self.rows if one.outcome in outcomes)

    @property
    def refused(self) -> tuple[JudgedRow, ...]:
        """The rows that are not taken in."""
        return tuple(one for one in self.rows if one.outcome not in TAKEN)

    @property
    def to_write(self) -> int:
        """How many contacts confirming would add or change."""
        return sum(self.counts.get(each, 0) for each in (Outcome.NEW, Outcome.CHANGED, Outcome.OPTED_OUT))

    @property
    def held_back(self) -> int:
        """How many people keep a role or source that the list says otherwise, because they began."""
        return sum(bool(one.kept) for one in self.rows)


def review(
    listed: ReadList,
    columns: Sequence[str | None],
    instrument: Instrument,
    there: Sequence[Any],
    opted_out: Mapping[str, date],
) -> Review:
    """Judge every row.

    Parameters
    ----------
    columns :   what each column of the list holds; None: nothing that is read
    there :     the contacts of the wave, with ``has_begun``
    opted_out : addresses that want no mail about this study
    """
    known = {row.email: row for row in there}
    reader = _Reader(instrument, columns)
    seen: dict[str, int] = {}
    judged = tuple(_judge(number, cells, reader, known, opted_out, seen) for number, cells in listed.rows.items())
    return Review(judged, {each: sum(one.outcome is each for one in judged) for each in Outcome})


def _judge(
    number: int,
    cells: Sequence[str],
    reader: _Reader,
    known: Mapping[str, Any],
    opted_out: Mapping[str, date],
    seen: dict[str, int],
) -> JudgedRow:
    email, said, reasons = reader.read(cells)
    if reasons:
        is_role = all(one.code == "role_unknown" for one in reasons)
        return JudgedRow(number, Outcome.UNKNOWN_ROLE if is_role else Outcome.INVALID, email, said, reasons)
    if email in seen:
        why = Reason("twice", EMAIL, str(seen[email]))
        return JudgedRow(number, Outcome.DUPLICATE, email, said, (why,))
    seen[email] = number
    row = known.get(email)
    if row is None:
        return JudgedRow(number, Outcome.OPTED_OUT if email in opted_out else Outcome.NEW, email, said)
    other = tuple(name for name, value in said.items() if (getattr(row, name) or "") != value)
    kept = tuple(name for name in other if row.has_begun and name in COUNTED_BY)
    changes = tuple(name for name in other if name not in kept)
    outcome = Outcome.CHANGED if changes else Outcome.UNCHANGED
    return JudgedRow(number, outcome, email, said, (), changes, kept, row.contact_id)


def normal_address(typed: str) -> str | None:
    """An address as it is kept; None for what is none. Capitals make no other address."""
    try:
        return str(validate_email(typed[:320], check_deliverability=False).normalized.lower())
    except EmailNotValidError:
        return None


class _Reader:
    """Reads rows of one list."""

    def __init__(self, instrument: Instrument, columns: Sequence[str | None]) -> None:
        self._at = [(at, name) for at, name in enumerate(columns) if name is not None]
        self._words = {"role": roles_by_word(instrument), "language": languages_by_word(instrument)}
        self._value = lru_cache(10_000)(self._read)

    def read(self, cells: Sequence[str]) -> tuple[str, dict[str, str], tuple[Reason, ...]]:
        """The address, what else the row says, and what is wrong with it."""
        email, said, reasons = "", {}, []
        for at, name in self._at:
            typed = cells[at]
            if name == EMAIL:
                email, why = _address(typed)
            elif not typed:
                continue
            else:
                said[name], why = self._value(name, typed)
            if why is not None:
                reasons.append(why)
        return email, said, tuple(reasons)

    def _read(self, name: str, typed: str) -> tuple[str, Reason | None]:
        short = typed[:40]
        if spoilt_at(typed) is not None:
            return typed, Reason("spoilt", name, short)
        if typed.startswith(LOST):
            return typed, Reason("lost", name, short)
        if name in self._words:
            words = self._words[name]
            found = words.get(plain(typed))
            if found is not None:
                return found, None
            return typed, Reason(f"{name}_unknown", name, short, nearest(typed, sorted(set(words.values()))) or "")
        if name == "source":
            found = source_name(typed)
            return found or typed, None if found else Reason("source_wrong", name, short)
        if len(typed) > LONGEST[name]:
            return typed, Reason("too_long", name, str(LONGEST[name]))
        return typed, None


def _address(typed: str) -> tuple[str, Reason | None]:
    if not typed:
        return "", Reason("missing", EMAIL)
    email = normal_address(typed)
    if email is not None:
        return email, None
    many = typed.count("@") > 1 or (" " in typed and "@" in typed)
    return typed[:80], Reason("many" if many else "no_address", EMAIL, typed[:80])


def stored_values(one: JudgedRow, instrument: Instrument) -> dict[str, str | None]:
    """What a new contact is kept with: what the row says, and what follows where it is silent."""
    values: dict[str, str | None] = {name: one.said.get(name) for name in FIELDS if name != EMAIL}
    values["language"] = values["language"] or instrument.study.source_language
    values["source"] = values["source"] or PERSONAL_LINK
    return values


def changed_values(one: JudgedRow, row: Any) -> dict[str, str | None]:
    """What a contact is kept with once the row's changes are made."""
    values: dict[str, str | None] = {name: getattr(row, name) for name in FIELDS}
    values.update({name: one.said[name] for name in one.changes})
    return values


def refused_lines(found: Review) -> Iterator[tuple[JudgedRow, Reason]]:
    """Each thing that is wrong, with its row."""
    for one in found.refused:
        for why in one.reasons:
            yield one, why
