"""A form as XLSForm has it: rows of cells under named columns, and what could not be carried."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from surveyapp.catalogues import LANGUAGES
from surveyapp.errors import SurveyError

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
_LANGUAGE = re.compile(r"(label|hint)(?:::(?:.*\((\w{2})\)|(\w{2})))?")


@dataclass(frozen=True, slots=True, order=True)
class Loss:
    """One thing that one side has and the other has not: where it stood and what became of it."""

    where: str
    what: str


@dataclass(frozen=True, slots=True)
class Form:
    """The three sheets; ``settings`` is the only row of its sheet. ``losses`` were met while the sheets were read."""

    survey: tuple[Row, ...]
    choices: tuple[Row, ...]
    settings: Row
    losses: tuple[Loss, ...] = ()


class CannotCarry(SurveyError):
    """A condition has no equal on the other side."""


def language_label(language: str) -> str:
    """The name of a language as columns carry it: ``Nederlands (nl)``."""
    return f"{LANGUAGE_NAMES.get(language, language)} ({language})"


def column_language(column: str) -> tuple[str, str | None] | None:
    """``label`` or ``hint`` and the language's code (None: no language named); None for other columns."""
    found = _LANGUAGE.fullmatch(column)
    code = found and (found[2] or found[3] or None)
    return None if found is None or (code and code not in LANGUAGES) else (found[1], code)
