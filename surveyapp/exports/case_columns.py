"""What each column of the cases means: made from the codebook's lines, so that an exported file tells it as well."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Self

from surveyapp.exports.codebook_lines import VALUE_HEADER, value_lines, variable_header, variable_lines
from surveyapp.exports.words import Words
from surveyapp.frames import pd
from surveyapp.instrument.model import Instrument, Shape, VariableType
from surveyapp.instrument.system_variables import SYSTEM_VARIABLES, value_label
from surveyapp.reports.codebook import Codebook

CATEGORIES = (*SYSTEM_VARIABLES, "status")
"""The columns of the platform's own names."""
Labels = Mapping[str, Mapping[Any, str]]
"""Per column of the cases what its codes or names mean."""
Line = Mapping[str, Any]
"""A line of the codebook by its header, as it is made or as it stands in a file."""


class Columns(dict[str, dict[str, Any]]):
    """What each column means, by its name. Not to be changed: frames share it.

    pandas copies the metadata of a frame at every step, to the last label; that would cost more than most steps do.
    """

    @property
    def labels(self) -> Labels:
        """Per column what its codes or names mean."""
        return {name: column["labels"] for name, column in self.items()}

    def __deepcopy__(self, memo: object) -> Self:
        return self


def columns_of(frame: pd.DataFrame, instrument: Instrument, codebook: Codebook, words: Words) -> Columns:
    """What the columns of a frame of cases mean, in one language."""
    keys = {name: list(frame[name].cat.categories) for name in SYSTEM_VARIABLES}
    said = {name: {key: words.pick(value_label(name, key, instrument)) for key in keys[name]} for name in keys}
    states = {"started": words("unfinished"), "complete": words("complete"), "screened_out": words("screened out")}
    states["excluded"] = words("excluded")
    return described(
        list(frame),
        [dict(zip(variable_header(codebook), line, strict=True)) for line in variable_lines(codebook, words)],
        [dict(zip(VALUE_HEADER, line, strict=True)) for line in value_lines(codebook)],
        {value.code: words.pick(value.label) for value in codebook.missing},
        {**said, "status": states},
        words,
    )


def described(
    names: Sequence[str],
    variables: Iterable[Line],
    values: Iterable[Line],
    missing: Mapping[int, str],
    keys: Labels,
    words: Words,
) -> Columns:
    """Per column its variable, label, question, base, type, measure, labels and missing codes.

    Parameters
    ----------
    names :     of the columns, in order
    variables : the codebook's lines, by :func:`~surveyapp.exports.codebook_lines.variable_header`
    values :    the same, by :data:`VALUE_HEADER`
    missing :   the codes that stand in any column, and what they mean
    keys :      what the platform's own names mean, in the columns that have any
    """
    line_of = {line["name"]: line for line in variables}
    said: dict[str, dict[int, str]] = {}
    for value in values:
        said.setdefault(value["name"], {})[int(value["code"])] = value[f"label_{words.language}"]
    own = _own_labels(words)
    found = Columns()
    for name in names:
        variable, part = (name, "") if name in line_of or name in own else name.rsplit("__", 1)
        if (line := line_of.get(variable)) is None:
            found[name] = {"variable": None, "label": own[name], "labels": dict(keys.get(name, {})), "missing": []}
            continue
        kind, codes = VariableType(line["kind"]), said.get(variable, {})
        label, gone = line[f"label_{words.language}"], {**missing, **{k: v for k, v in codes.items() if k < 0}}
        if part:
            label = f"{label}: {part if kind.shape is Shape.RANKING else codes[int(part)]}"
        found[name] = {
            "variable": variable,
            "label": label,
            "question": line[f"question_{words.language}"] or "",
            "base": line["asked_to"],
            "type": kind.value,
            "measure": line["level"],
            "labels": {**_valid(kind, codes, words), **gone},
            "missing": list(gone),
        }
    return found


def _valid(kind: VariableType, codes: Mapping[int, str], words: Words) -> dict[int, str]:
    """What stands in a column of this type where there is an answer."""
    if kind.shape is Shape.CHOICE:
        return {0: words("no"), 1: words("yes")}
    if kind.shape in (Shape.CODE, Shape.RANKING):
        return {code: label for code, label in codes.items() if code >= 0}
    return {}


def _own_labels(words: Words) -> dict[str, str]:
    return {
        "response_id": words("Short name of the case"),
        "wave": words("Wave"),
        **{name: words.pick(known.label) for name, known in SYSTEM_VARIABLES.items()},
        "status": words("Status"),
        "started_on": words("Day it began"),
        "submitted_on": words("Day it was sent"),
        "minutes": words("Minutes"),
    }
