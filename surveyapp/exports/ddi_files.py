"""DDI-Codebook 2.5: the codebook as archives and search engines of data read it, in both languages.

It holds no answers and describes the columns of the other files; whom its counts may speak of the release decided.
Elements stand in the order of the schema, which allows no other.

References
----------
DDI Alliance (2014), *DDI-Codebook 2.5*.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC
from pathlib import Path
from xml.etree.ElementTree import Element, ElementTree, SubElement, indent, register_namespace

from surveyapp.catalogues import LANGUAGES
from surveyapp.exports.finishing import whole_file
from surveyapp.exports.safe_cells import readable
from surveyapp.exports.words import Words
from surveyapp.instrument.types import Shape, VariableType
from surveyapp.reports.codebook import Codebook, CodebookEntry, CodebookValue
from surveyapp.reports.wave_data import WaveData

NAMESPACE = "ddi:codebook:2_5"
FILE = "F1"
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
NATURES = {"nominal": "nominal", "ordinal": "ordinal", "score": "ordinal", "ratio": "ratio", "text": "other"}
"""What DDI calls our levels of measurement."""


def write_ddi(data: WaveData, codebook: Codebook, path: Path, language: str) -> None:
    """Write the description; ``language`` is the one its own words are in."""
    words = Words(language)
    register_namespace("", NAMESPACE)
    root = Element(_tag("codeBook"), {"version": "2.5", LANGUAGE: language})
    _study(root, data, codebook, words)
    file = SubElement(root, _tag("fileDscr"), {"ID": FILE})
    text = SubElement(file, _tag("fileTxt"))
    _said(text, "fileName", "data-codes-international.csv")
    columns = [(entry, part) for entry in codebook.entries for part in _parts(entry)]
    _said(SubElement(text, _tag("dimensns")), "varQnty", str(len(columns)))
    described = SubElement(root, _tag("dataDscr"))
    for entry in codebook.entries:
        if len(parts := list(_parts(entry))) > 1:
            members = " ".join(_id(entry, part) for part in parts)
            is_several = VariableType(entry.type).shape.is_list
            kind = {"type": "multipleResp"} if is_several else {"type": "other", "otherType": entry.type}
            group = SubElement(described, _tag("varGrp"), {"ID": f"G_{entry.name}", "var": members, **kind})
            _in_both(group, "labl", entry.label)
    for entry, part in columns:
        _variable(described, entry, part)
    indent(root, " ")
    with whole_file(path) as draft, draft.open("wb") as target:
        ElementTree(root).write(target, encoding="utf-8", xml_declaration=True)


def _study(root: Element, data: WaveData, codebook: Codebook, words: Words) -> None:
    study, wave = data.instrument.study, data.instrument.wave
    described = SubElement(root, _tag("stdyDscr"))
    citation = SubElement(described, _tag("citation"))
    title = SubElement(citation, _tag("titlStmt"))
    _said(title, "titl", words.pick(wave.title), words.language)
    for language in LANGUAGES:
        if language != words.language:
            _said(title, "parTitl", codebook.title[language], language)
    _said(title, "IDNo", f"{study.id}-{wave.year}")
    _said(SubElement(citation, _tag("rspStmt")), "AuthEnty", study.organisation.name)
    stand = data.stand.astimezone(UTC)
    made = SubElement(citation, _tag("prodStmt"))
    _said(made, "prodDate", stand.date().isoformat()).set("date", stand.date().isoformat())
    version = SubElement(citation, _tag("verStmt"))
    _said(version, "version", codebook.instrument_hash)
    info = SubElement(described, _tag("stdyInfo"))
    if codebook.is_made_up:
        _said(info, "abstract", words.made_up(True), words.language)
    summary = SubElement(info, _tag("sumDscr"))
    _said(summary, "timePrd", str(wave.year)).set("date", str(wave.year))
    for role in codebook.roles.values():
        _in_both(summary, "universe", role)
    _said(summary, "dataKind", words("answers to a questionnaire"), words.language)
    access = SubElement(SubElement(described, _tag("dataAccs")), _tag("useStmt"))
    _said(access, "restrctn", words("Restricted: single answers. Do not pass on."), words.language)


def _parts(entry: CodebookEntry) -> Iterator[CodebookValue | int | None]:
    """The columns of a variable: one of its own, or one per code or place."""
    shape = VariableType(entry.type).shape
    if shape is Shape.TEXT:
        return
    codes = [value for value in entry.values if not value.is_missing]
    if shape in (Shape.CHOICE, Shape.ALLOCATION):
        yield from codes
    elif shape is Shape.RANKING:
        yield from range(1, entry.places + 1)
    else:
        yield None


def _id(entry: CodebookEntry, part: CodebookValue | int | None) -> str:
    return f"V_{_name(entry, part)}"


def _name(entry: CodebookEntry, part: CodebookValue | int | None) -> str:
    if part is None:
        return entry.name
    return f"{entry.name}__{part.code if isinstance(part, CodebookValue) else part}"


def _variable(described: Element, entry: CodebookEntry, part: CodebookValue | int | None) -> None:
    """One column, its children in the order of the schema."""
    shape = VariableType(entry.type).shape
    has_codes = shape in (Shape.CODE, Shape.RANKING, Shape.CHOICE)
    variable = SubElement(
        described,
        _tag("var"),
        {
            "ID": _id(entry, part),
            "name": _name(entry, part),
            "files": FILE,
            "intrvl": "discrete" if has_codes else "contin",
            "nature": NATURES[entry.level],
        },
    )
    for language in LANGUAGES:
        of_part = "" if part is None else f": {part.label[language] if isinstance(part, CodebookValue) else part}"
        _said(variable, "labl", entry.label[language] + of_part, language)
    asked = list(entry.questions.values())
    if asked:
        question = SubElement(variable, _tag("qstn"))
        for text in list({text["nl"]: text for text in asked}.values()):
            _in_both(question, "qstnLit", text)
    missing = [value for value in entry.values if value.is_missing]
    if missing:
        invalid = SubElement(variable, _tag("invalrng"))
        for value in missing:
            SubElement(invalid, _tag("item"), {"VALUE": str(value.code)})
    _in_both(variable, "universe", entry.base)
    if entry.valid is not None:
        _said(variable, "sumStat", str(entry.valid)).set("type", "vald")
    for code, label, is_missing in _categories(entry, shape):
        category = SubElement(variable, _tag("catgry"), {"missing": "Y"} if is_missing else {})
        _said(category, "catValu", str(code))
        _in_both(category, "labl", label)
    if entry.construct is not None:
        _in_both(variable, "concept", entry.construct)
    SubElement(variable, _tag("varFormat"), {"type": "numeric"})


def _categories(entry: CodebookEntry, shape: Shape) -> Iterator[tuple[int, Mapping[str, str], bool]]:
    """What stands in the column: the codes, or yes and no; then what is no answer."""
    if shape is Shape.CHOICE:
        yield 0, {language: Words(language)("no") for language in LANGUAGES}, False
        yield 1, {language: Words(language)("yes") for language in LANGUAGES}, False
    for value in entry.values:
        if value.is_missing or shape in (Shape.CODE, Shape.RANKING):
            yield value.code, value.label, value.is_missing


def _in_both(parent: Element, name: str, text: Mapping[str, str]) -> None:
    for language in LANGUAGES:
        _said(parent, name, text[language], language)


def _said(parent: Element, name: str, text: str, language: str = "") -> Element:
    made = SubElement(parent, _tag(name), {LANGUAGE: language} if language else {})
    made.text = readable(text)[0]
    return made


def _tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"
