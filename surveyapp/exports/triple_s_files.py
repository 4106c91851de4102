"""Triple-S 2.0: the cases for other survey packages, a description in XML beside a CSV file.

A question with several answers is one variable of type *multiple*, its codes side by side in one field (*spread*); what
kind of missing answer it has stands in a variable behind it. Codes are *literal*, so that ours below zero stay what
they are. A number keeps its missing codes as values with a label.

References
----------
The Triple-S Group (2011), *The Triple-S XML Standard, version 2.0*.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from surveyapp.exports.case_frame import DAYS, MINUTES, OPEN_HEADER, shown
from surveyapp.exports.case_stream import CaseStream
from surveyapp.exports.data_readme import Losses, data_readme, evidence_part
from surveyapp.exports.flat_files import encoded
from surveyapp.exports.flat_tables import INTERNATIONAL, FlatTable
from surveyapp.exports.packages import Part, write_package
from surveyapp.exports.safe_cells import readable
from surveyapp.exports.spss_dictionary import decimals_of, text_width
from surveyapp.fieldwork.editions import Edition
from surveyapp.frames import pd
from surveyapp.instrument.types import Shape, VariableType

DESCRIPTION, CASES, OPEN = "cases.xml", "cases.csv", "open-answers.csv"
_UNFIT = re.compile(r"[^A-Za-z0-9_]")


@dataclass(frozen=True, slots=True)
class TripleVariable:
    """One variable of the description, which is one field of the data."""

    name: str
    kind: str  # single, multiple, quantity, character, date
    label: str
    sources: tuple[str, ...]  # columns of the frame
    values: Mapping[str, str] = field(default_factory=dict)  # code: label
    span: tuple[str, str] | None = None  # of a quantity or a date
    size: int = 0  # of a text
    codes: tuple[int, ...] = ()  # of a multiple, one per source
    is_missing: bool = False  # which kind of missing answer a multiple has


def write_triple_s(stream: CaseStream, path: Path, edition: Edition | None = None) -> None:
    """Write the package: description, cases, open answers, evidence and readme; nothing is left when it fails."""
    words, losses = stream.words, Losses()
    losses.always(words("Question, base and routing of a variable: they stand in the codebook."))
    losses.always(words("The level of measurement; and a ranking as one question: it is a variable per place."))
    losses.always(words("Open answers are no variables: they stand in a file beside the cases."))
    variables = tuple(triple_variables(stream, losses))
    parts = (
        Part(DESCRIPTION, words("what each field of the cases is"), lambda: [description(stream, variables)]),
        Part(CASES, words("one row per response, answers as codes"), lambda: _cases(stream, variables)),
        Part(OPEN, words("answers in people’s own words, one per row"), lambda: _texts(stream)),
        evidence_part(stream, "triple-s", edition),
    )
    write_package(parts, data_readme(stream, "Triple-S 2.0", losses, edition), path, stream.data.stand)


def triple_variables(stream: CaseStream, losses: Losses) -> Iterator[TripleVariable]:
    """The columns of the frame as variables: those of one question with several answers as one."""
    several: dict[str, list[str]] = {}
    for name, column in stream.columns.items():
        if column["variable"] is not None and VariableType(column["type"]).shape is Shape.CHOICE:
            several.setdefault(column["variable"], []).append(name)
    done = set()
    for name, column in stream.columns.items():
        variable = column["variable"]
        if variable not in several:
            yield _single(name, column, stream, losses)
        elif variable not in done:
            done.add(variable)
            yield from _several(variable, several[variable], stream, losses)


def _several(variable: str, names: Sequence[str], stream: CaseStream, losses: Losses) -> Iterator[TripleVariable]:
    codes = tuple(int(name.rpartition("__")[2]) for name in names)
    if min(codes) < 1:  # 0 says in a spread that a place is not needed
        for name in names:
            yield _single(name, stream.columns[name], stream, losses)
        return
    asked = stream.data.instrument.variables[variable]
    labels = {category.code: stream.words.pick(category.label) for category in asked.categories}
    label, gone = stream.words.pick(asked.label), stream.columns[names[0]]
    said = {str(code): labels[code] for code in codes}
    yield TripleVariable(_name(variable, stream, losses), "multiple", label, tuple(names), said, codes=codes)
    kinds = {str(code): gone["labels"][code] for code in gone["missing"]}
    about = stream.words("{label}: kind of missing answer", label=label)
    yield TripleVariable(f"{_UNFIT.sub('_', variable)}__m", "single", about, tuple(names[:1]), kinds, is_missing=True)


def _single(name: str, column: Mapping[str, Any], stream: CaseStream, losses: Losses) -> TripleVariable:
    plain, label, source = _name(name, stream, losses), column["label"], (name,)
    labels = {str(code): said for code, said in column["labels"].items()}
    if name in DAYS:
        days = stream.cases.started if name == DAYS[0] else stream.cases.sent
        return TripleVariable(plain, "date", label, source, span=_span_of_days(days))
    if width := text_width(stream.empty[name], stream):
        if name == "response_id":
            return TripleVariable(plain, "character", label, source, size=width)
        return TripleVariable(
            plain, "single", label, source, {str(key): said for key, said in column["labels"].items()}
        )
    labels = {str(code): said for code, said in column["labels"].items()}
    shape = VariableType(column["type"]).shape if column["variable"] is not None else None
    if shape in (Shape.CODE, Shape.RANKING, Shape.CHOICE):
        return TripleVariable(plain, "single", label, source, labels)
    return TripleVariable(plain, "quantity", label, source, labels, span=_span(name, column, stream))


def _name(name: str, stream: CaseStream, losses: Losses) -> str:
    plain = _UNFIT.sub("_", name)
    if plain != name:
        losses.of(stream.words("A name was changed"), f"{name} → {plain}")
    return plain


def _span(name: str, column: Mapping[str, Any], stream: CaseStream) -> tuple[str, str]:
    """The lowest and the highest there can be, written with as many digits and decimals as there are."""
    form = stream.numbers.get(name)
    if form is None:
        year = stream.data.instrument.wave.year
        return ("0.00", "9999999.99") if name == MINUTES else (str(year), str(year))
    decimals = 0 if form.is_whole else decimals_of(stream.data.instrument, column["variable"])
    return f"{form.low:.{decimals}f}", f"{form.high:.{decimals}f}"


def _span_of_days(ordinals: Any) -> tuple[str, str]:
    met = sorted({int(one) for one in ordinals if one})
    ends = [date.fromordinal(one) for one in (met[:1] + met[-1:])] or [date(2000, 1, 1)] * 2
    return f"{ends[0]:%Y%m%d}", f"{ends[-1]:%Y%m%d}"


def description(stream: CaseStream, variables: Sequence[TripleVariable]) -> bytes:
    """The XML; written by hand, because the standard wants a document type and our checker of bytes an order."""
    data, words = stream.data, stream.words
    stand = data.stand.astimezone(UTC)
    title = words.pick(data.instrument.wave.title), words.made_up(data.is_made_up)
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<!DOCTYPE sss PUBLIC "-//triple-s//DTD Survey Interchange v2.0//EN"'
        ' "http://www.triple-s.org/dtd/sss_v20.dtd">',
        f'<sss version="2.0" languages="{words.language}">',
        f" <date>{stand:%Y-%m-%d}</date>",
        f" <time>{stand:%H:%M:%S}</time>",
        f" <origin>{_text(data.instrument.study.organisation.name)}</origin>",
        " <survey>",
        f"  <name>{_text(data.instrument.study.id)}</name>",
        f"  <version>{_text(data.instrument.hash)}</version>",
        f"  <title>{_text(' – '.join(filter(None, title)))}</title>",
        f'  <record ident="A" href="{CASES}" format="csv" skip="1">',
    ]
    for number, one in enumerate(variables, 1):
        lines += _element(number, one)
    return "\n".join([*lines, "  </record>", " </survey>", "</sss>", ""]).encode()


def _element(number: int, one: TripleVariable) -> Iterator[str]:
    literal = ' format="literal"' if one.kind == "single" else ""
    use = ' use="serial"' if one.sources == ("response_id",) else ""
    yield f'   <variable ident="{number}" type="{one.kind}"{literal}{use}>'
    yield f"    <name>{_text(one.name)}</name>"
    yield f"    <label>{_text(one.label)}</label>"
    yield f'    <position start="{number}"/>'
    if one.codes:
        yield f'    <spread subfields="{len(one.codes)}" width="{_width(one)}"/>'
    if one.size:
        yield f"    <size>{one.size}</size>"
    if one.span or one.values:
        yield "    <values>"
        if one.span:
            yield f'     <range from="{one.span[0]}" to="{one.span[1]}"/>'
        yield from (f"     <value code={quoteattr(code)}>{_text(said)}</value>" for code, said in one.values.items())
        yield "    </values>"
    yield "   </variable>"


def _width(one: TripleVariable) -> int:
    return len(str(max(one.codes)))


def _text(text: str) -> str:
    return escape(readable(text)[0].replace("\n", " "))


def _cases(stream: CaseStream, variables: Sequence[TripleVariable]) -> Iterator[bytes]:
    """The rows; every field in quotes, so that the zeros before a code are kept."""
    yield _line([one.name for one in variables])
    for frame in stream.blocks():
        for row in zip(*(_fields(one, frame) for one in variables), strict=True):
            yield _line(row)


def _line(fields: Sequence[str]) -> bytes:
    return (",".join('"' + text.replace('"', '""') + '"' for text in fields) + "\r\n").encode()


def _fields(one: TripleVariable, frame: pd.DataFrame) -> list[str]:
    if one.kind == "multiple":
        return _spread(one, frame)
    values = shown(frame[one.sources[0]])
    if one.is_missing:
        return [str(value) if isinstance(value, int) and value < 0 else "" for value in values]
    if one.kind == "date":
        return [f"{value:%Y%m%d}" if value is not None else "" for value in values]
    return ["" if value is None else readable(str(value))[0] for value in values]


def _spread(one: TripleVariable, frame: pd.DataFrame) -> list[str]:
    """The codes that were chosen, one after the other, and noughts in the places that are not needed."""
    width, found = _width(one), []
    chosen = zip(*(frame[name].tolist() for name in one.sources), strict=True)
    for marks in chosen:
        if marks[0] < 0:
            found.append("")
            continue
        codes = [f"{code:0{width}d}" for code, mark in zip(one.codes, marks, strict=True) if mark == 1]
        found.append("".join(codes).ljust(width * len(one.codes), "0"))
    return found


def _texts(stream: CaseStream) -> Iterator[bytes]:
    return encoded(FlatTable("open", OPEN_HEADER, stream.texts), INTERNATIONAL)
