"""From plain data to a model of the definition, or to findings that say in nl and en what does not fit its shape."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Generic, TypeVar

from pydantic import ValidationError

from surveyapp.errors import Message, Place
from surveyapp.instrument import definition
from surveyapp.instrument.as_seen import read_otherwise
from surveyapp.instrument.findings import Finding, fault
from surveyapp.instrument.near import nearest
from surveyapp.instrument.nodes import Node, without_places
from surveyapp.instrument.notation import FORMS, FileModel
from surveyapp.instrument.source import Document

Model = TypeVar("Model", bound=FileModel)
MAXIMUM_FAULTS = 50

_BLOCK = Message("a block of keys")
_KINDS: Mapping[str, Message] = {
    "string_type": Message("a text"),
    "int_type": Message("a whole number"),
    "float_type": Message("a number"),
    "bool_type": Message("true or false"),
    "list_type": Message("a list"),
    "dict_type": _BLOCK,
    "model_type": _BLOCK,
    "model_attributes_type": _BLOCK,
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
        for each in error.errors(include_url=False, include_context=True, include_input=True):
            finding = _finding(document, each)
            # Each branch of "a text, or a text per role" complains of the same key; once is enough.
            found.setdefault(finding.name + (finding.message["en"] if finding.code == "S001" else ""), finding)
            if len(found) >= MAXIMUM_FAULTS:
                break
        return tuple(found.values())


def _finding(document: Document, error: Mapping[str, Any]) -> Finding:
    path = tuple(_data_path(document.data, error["loc"]))
    place = document.place(*path)
    key = str(error["loc"][-1]) if error["loc"] else document.file
    if key in ("[key]",) or key not in map(str, path):
        key = str(path[-1]) if path else key
    kind, context, given = error["type"], error.get("ctx", {}), error.get("input")
    name = ".".join(str(step) for step in path) or document.file
    if kind == "missing":
        absent = str(error["loc"][-1])
        message, fix = Message("The key '%(key)s' is missing here.", key=absent), Message("Add '%(key)s'.", key=absent)
        return fault("S001", place, name, message, fix)
    if kind == "extra_forbidden":
        near = nearest(key, _known_keys())
        fix = (
            _comma(document, path)
            or (Message("Do you mean '%(near)s'?", near=near) if near else None)
            or Message("Mend the key; what belongs here stands in docs/instrument-format.md.")
        )
        return fault("S002", place, name, Message("The key '%(key)s' does not belong here.", key=key), fix)
    there = document.as_written(*path) or _stands(given)
    if kind in _KINDS:
        wanted = _KINDS[kind]
        if there:
            message = Message(
                "'%(key)s' must be %(kind)s; there stands '%(there)s'.", key=key, kind=wanted, there=there
            )
        elif given is None:
            message = Message("'%(key)s' must be %(kind)s; there stands nothing.", key=key, kind=wanted)
        else:
            message = Message("'%(key)s' must be %(kind)s.", key=key, kind=wanted)
        fix = _comma(document, path) or _spelled(kind, there) or Message("Make this %(kind)s.", kind=wanted)
        return fault("S003", place, name, message, fix)
    if kind in ("literal_error", "enum"):
        expected = str(context.get("expected", ""))
        options = {"nl": expected.replace(" or ", " of "), "en": expected}
        near = nearest(str(given), re.findall(r"'([^']+)'", expected))
        fix = (
            Message("Choose from: %(options)s. Do you mean '%(near)s'?", options=options, near=near)
            if near
            else Message("Choose from: %(options)s.", options=options)
        )
        return fault("S004", place, name, Message("'%(value)s' is not possible here.", value=_short(given)), fix)
    if kind == "string_pattern_mismatch":
        pattern = str(context.get("pattern", ""))
        message = Message("'%(value)s' does not have the form that belongs here.", value=_short(given))
        return fault("S005", place, name, message, FORMS.get(pattern, Message("The form is %(form)s.", form=pattern)))
    message = (
        Message("The value '%(value)s' of '%(key)s' is outside what is allowed.", value=there, key=key)
        if there
        else Message("The value of '%(key)s' is outside what is allowed.", key=key)
    )
    return fault("S006", place, name, message, Message("The rule is: %(rule)s.", rule=_rule(context)))


def _stands(value: object) -> str:
    """A value as a message shows it; empty for blocks and for nothing at all."""
    if value is None or isinstance(value, dict | list):
        return ""
    return str(value).lower() if isinstance(value, bool) else _short(value)


_GROUPED = re.compile(r"[-+]?\d{1,3}(?:[_ .,'’]\d{3})+|[-+]?\d+(?:_\d+)+")
_DECIMAL_COMMA = re.compile(r"[-+]?\d+,\d+")
_TRUE, _FALSE = frozenset({"yes", "on", "y", "ja"}), frozenset({"no", "off", "n", "nee"})


def _spelled(kind: str, there: str) -> Message | None:
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
    return Message("Write %(meant)s.", meant=meant) if meant else None


def _comma(document: Document, path: tuple[str | int, ...]) -> Message | None:
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
    value, rest = parent[before], str(path[-1])
    if isinstance(value, int) and not isinstance(value, bool) and re.fullmatch(r"\d{3}", rest):
        return Message(
            "There stands %(written)s: write %(whole)s, or %(decimal)s if the comma stands for decimals.",
            written=f"{value},{rest}",
            whole=f"{value}{rest}",
            decimal=f"{value}.{rest}",
        )
    if isinstance(value, int) and not isinstance(value, bool) and rest.isdigit():
        decimal = f"{value}.{rest}"
        return Message("Write %(decimal)s for '%(key)s': the decimal sign is a point.", decimal=decimal, key=before)
    if isinstance(value, str):
        return Message(
            "Does this belong to the text of '%(key)s'? Put that whole text between quotation marks.", key=before
        )
    return None


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
