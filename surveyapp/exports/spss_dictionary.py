"""What an SPSS file says of its columns: names, labels, codes, missing ranges, measures and widths it can hold.

SPSS counts in bytes: 64 of a name, 255 of a label of a variable, 120 of a label of a code. Its writer cuts without a
word, and in the middle of a letter; here a text is cut between two letters, and whoever asks is told.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from surveyapp.exports.case_frame import DAYS, MINUTES
from surveyapp.exports.case_stream import CaseStream
from surveyapp.exports.data_readme import Losses
from surveyapp.exports.safe_cells import readable
from surveyapp.exports.words import Words
from surveyapp.frames import pd
from surveyapp.instrument.model import Instrument, Level
from surveyapp.instrument.types import Shape, VariableType

LONGEST_NAME, LONGEST_LABEL, LONGEST_VALUE_LABEL, LONGEST_STRING = 64, 255, 120, 255
RESERVED = frozenset(("ALL", "AND", "BY", "EQ", "GE", "GT", "LE", "LT", "NE", "NOT", "OR", "TO", "WITH"))
MEASURES = {Level.NOMINAL: "nominal", Level.ORDINAL: "ordinal", Level.SCORE: "scale", Level.RATIO: "scale"}
"""Of our levels; a score is averaged by convention, which SPSS allows of a scale only."""
_UNFIT = re.compile(r"[^\w.]")


@dataclass(frozen=True, slots=True)
class SpssColumn:
    """One column as the file declares it."""

    name: str
    source: str  # its name in the frame
    label: str
    labels: Mapping[Any, str]
    missing: tuple[int, int] | None  # the range of codes that are no answer
    measure: str
    form: str  # F4.0, DATE11, A12
    width: int  # of a text in bytes; 0: a number

    @property
    def display(self) -> int:
        """Characters a data editor shows it with."""
        return min(max(8, len(self.name)), 24)


def spss_columns(stream: CaseStream, losses: Losses) -> tuple[SpssColumn, ...]:
    """The columns of the cases as SPSS can hold them."""
    words, names = stream.words, legal_names(list(stream.columns))
    made = []
    for source, column in stream.columns.items():
        if names[source] != source:
            losses.of(words("A name was changed"), f"{source} → {names[source]}")
        label = cut(column["label"], LONGEST_LABEL)
        if label != column["label"]:
            losses.of(words("The label of a variable was shortened"), names[source])
        labels = {code: cut(said, LONGEST_VALUE_LABEL) for code, said in column["labels"].items() if code != ""}
        if any(labels[code] != column["labels"][code] for code in labels):
            losses.of(words("The label of a code was shortened"), names[source])
        width = text_width(stream.empty[source], stream)
        if width:
            labels = {cut(str(code), LONGEST_STRING): said for code, said in labels.items()}
        gone = column["missing"]
        made.append(
            SpssColumn(
                names[source],
                source,
                label,
                labels,
                (min(gone), max(gone)) if gone else None,
                _measure(source, column),
                f"A{width}" if width else _form(source, column, stream),
                width,
            )
        )
    return tuple(made)


def legal_names(names: Sequence[str]) -> dict[str, str]:
    """A name SPSS takes for each of these; two that differ in capitals only would be one to it."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for name in names:
        plain = _UNFIT.sub("_", name).strip(".") or "v"
        if not plain[0].isalpha():
            plain = f"v{plain}" if plain[0] == "_" else f"v_{plain}"
        plain = cut(plain, LONGEST_NAME).rstrip(".")
        legal, number = plain, 1
        while legal.upper() in RESERVED or legal.upper() in taken:
            number += 1
            legal = f"{cut(plain, LONGEST_NAME - len(str(number)) - 1)}_{number}"
        taken.add(legal.upper())
        found[name] = legal
    return found


def cut(text: str, size: int) -> str:
    """The text without what no file can hold, on one line, and not longer than so many bytes."""
    clean = readable(text)[0].replace("\n", " ")
    return clean.encode()[:size].decode(errors="ignore")


def text_width(column: pd.Series[Any], stream: CaseStream) -> int:
    """Bytes of the widest text in a column of names; 0 where it holds numbers."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        met: Sequence[str] = [str(name) for name in column.cat.categories]
    elif column.name == "response_id":
        met = [str(name) for name in stream.cases.ids]
    else:
        return 0
    return max([len(cut(name, LONGEST_STRING).encode()) for name in met], default=0) or 1


def _measure(source: str, column: Mapping[str, Any]) -> str:
    if column["variable"] is None:
        return "scale" if source in (*DAYS, MINUTES, "wave") else "nominal"
    shape = VariableType(column["type"]).shape
    if shape in (Shape.CHOICE, Shape.RANKING):
        return "nominal"
    return "scale" if shape is Shape.ALLOCATION else MEASURES[Level(column["measure"])]


def _form(source: str, column: Mapping[str, Any], stream: CaseStream) -> str:
    """How a number is printed: as many digits as the widest has, the decimals of its definition where it has any."""
    if source in DAYS:
        return "DATE11"
    if source == MINUTES:
        return "F8.2"
    number = stream.numbers.get(source)
    if number is None:
        return "F4.0"
    decimals = 0 if number.is_whole else decimals_of(stream.data.instrument, column["variable"])
    return f"F{min(40, max(4, number.digits) + (decimals + 1 if decimals else 0))}.{decimals}"


def decimals_of(instrument: Instrument, variable: str) -> int:
    """Decimals a number is shown with that is not whole in every case."""
    limits = instrument.variables[variable].number
    return min(16, (limits.decimals if limits is not None else 0) or 2)


def layout(columns: Sequence[SpssColumn]) -> np.dtype[Any]:
    """One row as it stands in the file: eight bytes a number, a text filled up to a multiple of eight."""
    parts = [(f"c{at}", f"S{-(-one.width // 8) * 8}" if one.width else "<f8") for at, one in enumerate(columns)]
    return np.dtype(parts)


def syntax(columns: Sequence[SpssColumn], stream: CaseStream, file: str) -> str:
    """The syntax that makes a set of the columns of one question with several answers, one command a question."""
    words: Words = stream.words
    title = cut(words.pick(stream.data.instrument.wave.title), 200).rstrip(".")
    lines = [f"* {title}.", f"GET FILE={_quoted(file)}.", ""]
    questions: dict[str, list[SpssColumn]] = {}
    for one in columns:
        questions.setdefault(stream.columns[one.source]["variable"] or "", []).append(one)
    sets = legal_names([name for name in questions if name])
    for variable, parts in questions.items():
        shape = VariableType(stream.columns[parts[0].source]["type"]).shape if variable else None
        if shape not in (Shape.CHOICE, Shape.RANKING):
            continue
        label = words.pick(stream.data.instrument.variables[variable].label)
        kind, value = ("MDGROUP", "VALUE=1") if shape is Shape.CHOICE else ("MCGROUP", "")
        said = " CATEGORYLABELS=VARLABELS" if shape is Shape.CHOICE else ""
        lines += [
            "MRSETS",
            f"  /{kind} NAME=${cut(sets[variable], LONGEST_NAME - 1)}{said}",
            f"    LABEL={_quoted(cut(label, LONGEST_LABEL))}",
            "    VARIABLES=",
            *(f"      {part.name}" for part in parts),
            *([f"    {value}"] if value else []),
            "  .",
            "",
        ]
    return "\ufeff" + "\r\n".join([*lines, "MRSETS /DISPLAY NAME=ALL.", ""])


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
