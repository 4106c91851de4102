"""From plain data to a model of the definition, or to findings that say in nl and en what does not fit its shape."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Generic, TypeVar

from pydantic import ValidationError

from surveyapp.errors import Place
from surveyapp.instrument import definition
from surveyapp.instrument.findings import Finding
from surveyapp.instrument.notation import FileModel
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
    try:
        return DefinitionFile(document, model.model_validate(document.data))
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
        nearest = difflib.get_close_matches(key, _known_keys(), n=1)
        fix = (
            (f"Bedoelt u ‘{nearest[0]}’?", f"Do you mean '{nearest[0]}'?")
            if nearest and nearest[0] != key
            else ("Haal de sleutel weg.", "Remove the key.")
        )
        return _made(
            "S002", place, name, (f"De sleutel ‘{key}’ hoort hier niet.", f"The key '{key}' does not belong here."), fix
        )
    if kind in _KINDS:
        nl, en = _KINDS[kind]
        return _made(
            "S003",
            place,
            name,
            (f"Bij ‘{key}’ hoort {nl}.", f"'{key}' must be {en}."),
            (f"Maak hier {nl} van.", f"Make this {en}."),
        )
    if kind in ("literal_error", "enum"):
        options = str(context.get("expected", ""))
        options_nl = options.replace(" or ", " of ")
        return _made(
            "S004",
            place,
            name,
            (f"‘{_short(fault.get('input'))}’ kan hier niet.", f"'{_short(fault.get('input'))}' is not possible here."),
            (f"Kies uit: {options_nl}.", f"Choose from: {options}."),
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
            (f"De vorm is {pattern}.", f"The form is {pattern}."),
        )
    return _made(
        "S006",
        place,
        name,
        (f"De waarde bij ‘{key}’ valt buiten wat mag.", f"The value of '{key}' is outside what is allowed."),
        (f"De regel is: {_rule(context)}.", f"The rule is: {_rule(context)}."),
    )


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
