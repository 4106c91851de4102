"""From plain data to a model of the definition, or to findings that say in nl and en what does not fit its shape."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Generic, TypeVar

from pydantic import ValidationError

from surveyapp.errors import Place
from surveyapp.instrument import definition
from surveyapp.instrument.as_seen import read_otherwise
from surveyapp.instrument.findings import Finding
from surveyapp.instrument.near import nearest
from surveyapp.instrument.nodes import Node, without_places
from surveyapp.instrument.notation import FORMS, FileModel
from surveyapp.instrument.source import Document

Model = TypeVar("Model", bound=FileModel)
MAXIMUM_FAULTS = 50

_KINDS: Mapping[str, tuple[str, str]] = {
    "string_type": ("een tekst", "a text"),
    "int_type": ("een geheel getal", "a whole number"),
    "float_type": ("een getal", "a number"),
    "bool_type": ("true of false", "true or false"),
    "list_type": ("een lijst", "a list"),
    "dict_type": ("een blok met sleutels", "a block of keys"),
    "model_type": ("een blok met sleutels", "a block of keys"),
    "model_attributes_type": ("een blok met sleutels", "a block of keys"),
}


@dataclass(frozen=True, slots=True)
class DefinitionFile(Generic[Model]):
    """One file that fits its shape: the model, and the document that knows the places."""

    document: Document
    model: Model

    def place(self, *path: str | int) -> Place:
        """Where the key or entry at this path stands."""
        return self.document.place(*path)


def shaped(document: Document, model: type[Model]) -> DefinitionFile[Model] | tuple[Finding, ...]:
    """The file as a model, or everything about it that does not fit, at most 50 findings."""
    if not isinstance(document.data, Node):
        document = replace(document, data=without_places(document.data))
    try:
        read = model.model_validate(document.data, context=document.file)
        strange = tuple(read_otherwise(document))[:MAXIMUM_FAULTS]
        return strange or DefinitionFile(document, read)
    except ValidationError as error:
        found: dict[str, Finding] = {}
        for fault in error.errors(include_url=False, include_context=True, include_input=True):
            finding = _finding(document, fault)
            # Each branch of "a text, or a text per role" complains of the same key; once is enough.
            found.setdefault(finding.name + (finding.message["en"] if finding.code == "S001" else ""), finding)
            if len(found) >= MAXIMUM_FAULTS:
                break
        return tuple(found.values())


def _finding(document: Document, fault: Mapping[str, Any]) -> Finding:
    path = tuple(_data_path(document.data, fault["loc"]))
    place = document.place(*path)
    key = str(fault["loc"][-1]) if fault["loc"] else document.file
    if key in ("[key]",) or key not in map(str, path):
        key = str(path[-1]) if path else key
    kind, context = fault["type"], fault.get("ctx", {})
    name = ".".join(str(step) for step in path) or document.file
    if kind == "missing":
        absent = str(fault["loc"][-1])
        return _made(
            "S001",
            place,
            name,
            (f"Hier ontbreekt de sleutel ‘{absent}’.", f"The key '{absent}' is missing here."),
            (f"Voeg ‘{absent}’ toe.", f"Add '{absent}'."),
        )
    if kind == "extra_forbidden":
        near = nearest(key, _known_keys())
        fix = (
            _comma(document, path)
            or ((f"Bedoelt u ‘{near}’?", f"Do you mean '{near}'?") if near else None)
            or (
                "Verbeter de sleutel; wat hier kan, staat in docs/instrument-format.md.",
                "Mend the key; what belongs here stands in docs/instrument-format.md.",
            )
        )
        return _made(
            "S002", place, name, (f"De sleutel ‘{key}’ hoort hier niet.", f"The key '{key}' does not belong here."), fix
        )
    if kind in _KINDS:
        nl, en = _KINDS[kind]
        there = document.as_written(*path) or _stands(fault.get("input"))
        nothing = ("; er staat niets.", "; there stands nothing.") if fault.get("input") is None else (".", ".")
        return _made(
            "S003",
            place,
            name,
            (
                f"Bij ‘{key}’ hoort {nl}" + (f"; er staat ‘{there}’." if there else nothing[0]),
                f"'{key}' must be {en}" + (f"; there stands '{there}'." if there else nothing[1]),
            ),
            _comma(document, path) or _spelled(kind, there) or (f"Maak hier {nl} van.", f"Make this {en}."),
        )
    if kind in ("literal_error", "enum"):
        options = str(context.get("expected", ""))
        options_nl = options.replace(" or ", " of ")
        near = nearest(str(fault.get("input")), re.findall(r"'([^']+)'", options))
        return _made(
            "S004",
            place,
            name,
            (f"‘{_short(fault.get('input'))}’ kan hier niet.", f"'{_short(fault.get('input'))}' is not possible here."),
            (
                f"Kies uit: {options_nl}." + (f" Bedoelt u ‘{near}’?" if near else ""),
                f"Choose from: {options}." + (f" Do you mean '{near}'?" if near else ""),
            ),
        )
    if kind == "string_pattern_mismatch":
        pattern = str(context.get("pattern", ""))
        return _made(
            "S005",
            place,
            name,
            (
                f"‘{_short(fault.get('input'))}’ heeft niet de vorm die hier hoort.",
                f"'{_short(fault.get('input'))}' does not have the form that belongs here.",
            ),
            FORMS.get(pattern, (f"De vorm is {pattern}.", f"The form is {pattern}.")),
        )
    there = document.as_written(*path) or _stands(fault.get("input"))
    shown = (f" ‘{there}’", f" '{there}'") if there else ("", "")
    return _made(
        "S006",
        place,
        name,
        (
            f"De waarde{shown[0]} bij ‘{key}’ valt buiten wat mag.",
            f"The value{shown[1]} of '{key}' is outside what is allowed.",
        ),
        (f"De regel is: {_rule(context)}.", f"The rule is: {_rule(context)}."),
    )


def _stands(value: object) -> str:
    """A value as a message shows it; empty for blocks and for nothing at all."""
    if value is None or isinstance(value, dict | list):
        return ""
    return str(value).lower() if isinstance(value, bool) else _short(value)


_GROUPED = re.compile(r"[-+]?\d{1,3}(?:[_ .,'’]\d{3})+|[-+]?\d+(?:_\d+)+")
_DECIMAL_COMMA = re.compile(r"[-+]?\d+,\d+")
_TRUE, _FALSE = frozenset({"yes", "on", "y", "ja"}), frozenset({"no", "off", "n", "nee"})


def _spelled(kind: str, there: str) -> tuple[str, str] | None:
    """How to write what was meant, where that can be told."""
    meant = ""
    if kind in ("int_type", "float_type") and _GROUPED.fullmatch(there):
        meant = re.sub(r"[^\d+-]", "", there)
    elif kind == "float_type" and _DECIMAL_COMMA.fullmatch(there):
        meant = there.replace(",", ".")
    elif kind == "bool_type" and there.lower() in _TRUE | _FALSE:
        meant = "true" if there.lower() in _TRUE else "false"
    elif kind == "string_type" and there:
        meant = f'"{there}"'
    return (f"Schrijf {meant}.", f"Write {meant}.") if meant else None


def _comma(document: Document, path: tuple[str | int, ...]) -> tuple[str, str] | None:
    """What to do where a comma within braces made a key of the rest of a number or of a text."""
    parent: Any = document.data
    for step in path[:-1]:
        parent = parent[step]
    if not path or not isinstance(parent, dict) or parent.get(path[-1], path) is not None:
        return None
    keys = list(parent)
    before = keys[keys.index(path[-1]) - 1] if keys.index(path[-1]) else None
    if before is None:
        return None
    value = parent[before]
    if isinstance(value, int) and not isinstance(value, bool) and re.fullmatch(r"\d{3}", str(path[-1])):
        written = f"{value},{path[-1]}"
        return (
            f"Er staat {written}: schrijf {value}{path[-1]}, of {value}.{path[-1]} als de komma voor decimalen staat.",
            f"There stands {written}: write {value}{path[-1]}, or {value}.{path[-1]} if the comma stands for decimals.",
        )
    if isinstance(value, int) and not isinstance(value, bool) and str(path[-1]).isdigit():
        return (
            f"Schrijf {value}.{path[-1]} bij ‘{before}’: het decimaalteken is een punt.",
            f"Write {value}.{path[-1]} for '{before}': the decimal sign is a point.",
        )
    if isinstance(value, str):
        return (
            f"Hoort dit bij de tekst van ‘{before}’? Zet die hele tekst tussen aanhalingstekens.",
            f"Does this belong to the text of '{before}'? Put that whole text between quotation marks.",
        )
    return None


def _made(code: str, place: Place, name: str, message: tuple[str, str], fix: tuple[str, str]) -> Finding:
    return Finding(code, "error", place, name, {"nl": message[0], "en": message[1]}, {"nl": fix[0], "en": fix[1]})


def _rule(context: Mapping[str, Any]) -> str:
    signs = {
        "ge": "≥",
        "le": "≤",
        "gt": ">",
        "lt": "<",
        "min_length": "≥",
        "max_length": "≤",
    }
    return (
        ", ".join(f"{signs[key]} {value}" for key, value in context.items() if key in signs)
        or "docs/instrument-format.md"
    )


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 60 else text[:59] + "…"


def _data_path(data: Any, location: tuple[str | int, ...]) -> Iterator[str | int]:
    """The steps of an error's location that exist in the data; names of union branches and "[key]" do not."""
    node = data
    for step in location:
        if isinstance(node, dict) and str(step) in node:
            node = node[str(step)]
            yield str(step)
        elif isinstance(node, list) and isinstance(step, int) and step < len(node):
            node = node[step]
            yield step


@cache
def _known_keys() -> tuple[str, ...]:
    keys: set[str] = set()
    for model in vars(definition).values():
        if isinstance(model, type) and issubclass(model, FileModel):
            keys.update(info.alias or name for name, info in model.model_fields.items())
    return tuple(sorted(keys))
