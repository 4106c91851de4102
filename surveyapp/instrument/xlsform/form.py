"""A form as XLSForm has it: rows of cells under named columns, and what could not be carried."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from surveyapp.catalogues import LANGUAGES
from surveyapp.errors import Message, SurveyError
from surveyapp.instrument.findings import in_both

Row = Mapping[str, str]
"""Column → cell; empty cells are absent."""

LANGUAGE_NAMES = {"nl": "Nederlands", "en": "English", "de": "Deutsch", "fr": "Français"}
MISSING_NAMES = ("na", "dk", "refused")
"""Names of choices that are missing codes here; XLSForm has no such thing."""
OTHER_CODE = 97
OTHER_LABEL = {"nl": "Anders", "en": "Other"}
OTHER_SUFFIX = "_or_other"
"""Ending of the name of a code list that came from ``select_one … or_other``."""
UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufdd0-\ufdef\ufeff\ufffe\uffff]")
"""Signs no definition file may hold."""
READ_COLUMNS = frozenset({"type", "name", "relevant", "required", "constraint", "appearance", "parameters"})
OF_QUESTIONS = frozenset({"required", "constraint", "parameters"})
APPEARANCES = {
    "text": {"multiline"},
    "select_one": {"likert"},
    "date": {"month-year"},
    "begin_group": {"field-list", "table-list"},
}
"""Looks that mean something here, per type of row."""
_SELECTS = ("select_one", "select_multiple", "rank")
_LANGUAGE = re.compile(r"(label|hint)(?:::(?:.*\((\w{2})\)|(\w{2})))?")


@dataclass(frozen=True, slots=True, order=True)
class Loss:
    """One thing that one side has and the other has not: where it stood and what became of it."""

    where: str
    what: str
    said: Message | None = field(default=None, compare=False)
    """The same, to be told in another language; None where it holds no words of ours."""

    def in_both(self) -> Mapping[str, str]:
        """What became of it, in every language."""
        return in_both(self.said) if self.said is not None else dict.fromkeys(LANGUAGES, self.what)

    @classmethod
    def of(cls, where: str, what: str | Message) -> Loss:
        """The loss that is said so."""
        return cls(where, str(what), what if isinstance(what, Message) else None)


@dataclass(frozen=True, slots=True)
class Spot:
    """A row of a sheet, as a spreadsheet counts."""

    sheet: str
    row: int


@dataclass(frozen=True, slots=True)
class Form:
    """The three sheets; ``settings`` is the only row of its sheet. ``losses`` were met while the sheets were read."""

    survey: tuple[Row, ...]
    choices: tuple[Row, ...]
    settings: Row
    losses: tuple[Loss, ...] = ()
    places: Mapping[str, tuple[Spot, ...]] = field(default_factory=dict, compare=False)
    """Where what a row is called stands in the workbook, as far as that is known."""


class CannotCarry(SurveyError):
    """A condition has no equal on the other side.

    ``why``: what of it, to be told in either language.
    """

    def __init__(self, why: str | Message) -> None:
        super().__init__("%(why)s", why=why)
        self.why = why


def language_label(language: str) -> str:
    """The name of a language as columns carry it: ``Nederlands (nl)``."""
    return f"{LANGUAGE_NAMES.get(language, language)} ({language})"


def column_language(column: str) -> tuple[str, str | None] | None:
    """``label`` or ``hint`` and the language's code (None: no language named); None for other columns."""
    found = _LANGUAGE.fullmatch(column)
    code = found and (found[2] or found[3] or None)
    return None if found is None or (code and code not in LANGUAGES) else (found[1], code)


def type_of(row: Row) -> str:
    """The type of a row; '' for a row that holds only remarks."""
    return row.get("type", "")


def where_of(row: Row) -> str:
    """How a row is called in the list of what could not be carried."""
    return row.get("name") or row.get("type") or "row"


def unread_cells(row: Row) -> Iterator[str]:
    """Every cell nobody reads, as ``column: content``."""
    kind = type_of(row).split(" ")[0]
    is_group_or_note = kind in ("begin_group", "note")
    for column, cell in row.items():
        named = column_language(column)
        if named is not None:
            is_read = named[0] == "label" or not is_group_or_note
        elif column == "appearance":
            is_read = cell in APPEARANCES.get(kind, ())
        elif column == "parameters":
            is_read = (cell.strip() == "randomize=true" and kind in _SELECTS) or kind == "range"
        else:
            is_read = column in READ_COLUMNS and not (is_group_or_note and column in OF_QUESTIONS)
        if not is_read:
            yield f"{column}: {cell}"
