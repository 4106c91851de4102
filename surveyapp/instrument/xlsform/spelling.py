"""A form with every heading and type in one spelling, and every label in a language that is said."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from surveyapp.errors import DefinitionRefused, Message
from surveyapp.instrument.xlsform.aliases import (
    CHOICES,
    LABELLED,
    SETTINGS,
    SURVEY,
    column_of,
    is_double_coloned,
    is_other_language,
    language_code,
    type_as_known,
)
from surveyapp.instrument.xlsform.form import Form, Loss, Row

_YES = frozenset({"yes", "true", "true()"})


def in_one_spelling(form: Form, language: str) -> Form:
    """The form as the readers of its rows expect it.

    ``language``: of labels whose column names none, where the form does not say.

    Raises DefinitionRefused: there is no column ``type``; or all labels are in languages that are not asked here.
    """
    survey, choices = _renamed(form.survey, SURVEY), _renamed(form.choices, CHOICES)
    (settings,) = _renamed((form.settings,), SETTINGS)
    if not any("type" in row for row in survey):
        raise DefinitionRefused("The sheet 'survey' has no column 'type'; nothing was written.")
    losses = list(form.losses)
    kept: list[Row] = []
    for row in survey:
        if row.get("disabled", "").lower() in _YES:
            losses.append(Loss.of(row.get("name", "row"), Message("a row that is disabled")))
        else:
            kept.append({**row, "type": type_as_known(row["type"])} if "type" in row else row)
    own = _own_language(kept, choices, settings, language)
    _require_a_language([*kept, *choices], settings, own)
    return Form(_said(kept, own), _said(choices, own), settings, tuple(losses), form.places)


def _renamed(rows: Sequence[Row], sheet: str) -> tuple[Row, ...]:
    is_double = is_double_coloned(heading for row in rows for heading in row)
    return tuple(
        {column_of(heading, sheet, is_double=is_double): cell for heading, cell in row.items()} for row in rows
    )


def _own_language(survey: Sequence[Row], choices: Sequence[Row], settings: Row, language: str) -> str | None:
    """The language of labels whose column names none; None where it is one questionnaires here are not in."""
    default = settings.get("default_language", "")
    if default and default != "default":
        code = language_code(default)
        if code is not None:
            return code
        if is_other_language(default):
            return None
    named = {code for row in (*survey, *choices) for code in _codes(row)}
    is_said_apart = any(kind in row for row in survey for kind in LABELLED)
    return next(iter(named)) if len(named) == 1 and not is_said_apart else language


def _codes(row: Row) -> Iterable[str]:
    """The languages a row says something in."""
    for column in row:
        kind, _, named = column.partition("::")
        code = language_code(named) if kind in LABELLED and named else None
        if code is not None:
            yield code


def _require_a_language(rows: Sequence[Row], settings: Row, own: str | None) -> None:
    columns = {column for row in rows for column in row if column.partition("::")[0] in LABELLED}
    others = {column.partition("::")[2] for column in columns if is_other_language(column.partition("::")[2])}
    if own is None:
        others.add(settings["default_language"])
    readable = [
        column
        for column in columns
        if language_code(column.partition("::")[2])
        or (column in LABELLED and own)
        or ("::" in column and not is_other_language(column.partition("::")[2]))
    ]
    if others and not readable:
        raise DefinitionRefused(
            "The form speaks %(languages)s; questionnaires here are in Dutch (nl) and English (en). "
            "Nothing was written.",
            languages=", ".join(sorted(others)),
        )


def _said(rows: Sequence[Row], own: str | None) -> tuple[Row, ...]:
    """Labels under ``label::nl``; where a column names no language, under the form's own."""
    found: list[Row] = []
    for row in rows:
        said: dict[str, str] = {}
        later: dict[str, str] = {}
        for column, cell in row.items():
            kind, _, named = column.partition("::")
            if kind not in LABELLED:
                said[column] = cell
            elif (code := language_code(named)) is not None:
                said[f"{kind}::{code}"] = cell
            elif own is not None and not (named and is_other_language(named)):
                later.setdefault(f"{kind}::{own}", cell)
            else:
                said[column] = cell
        found.append({**later, **said})
    return tuple(found)
