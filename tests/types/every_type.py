"""What each type of question must have, read from its tiny definition, and what a type still lacks.

``tests/instruments/<type>.yaml`` holds the code lists, the variable and the item; forms with what is stored of them and
how that reads (``answers``); forms that are refused (``faults``); and the shapes of its data (``data``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from surveyapp.engine.shapes import HANDLERS
from surveyapp.instrument.model import Instrument, VariableType
from surveyapp.instrument.resolve import resolved
from surveyapp.instrument.source import Document, read_document
from surveyapp.instrument.types import TRAITS
from surveyapp.web.questionnaire.question_types import QUESTION_TYPES
from tests.instrument.definitions import FOLDER, definition, without_places

ROOT = Path(__file__).parents[2]
NAME, AFTER = "tt", "after"
KEYS = frozenset({"variable", "answers", "faults", "data"})


@dataclass(frozen=True)
class TypeDefinition:
    """One tiny definition: the instrument made of it, and what is promised of the type."""

    kind: VariableType
    instrument: Instrument
    study: dict[str, Any]
    answers: list[dict[str, Any]]
    faults: list[dict[str, Any]]
    data: dict[str, Any]

    @property
    def has_item(self) -> bool:
        """Whether a page asks it; the consent is asked by the platform."""
        return self.kind is not VariableType.CONSENT


def path_of(kind: str) -> Path:
    return FOLDER / f"{kind}.yaml"


def _read(kind: str) -> dict[str, Any]:
    path = path_of(kind)
    found = read_document(path.read_bytes(), str(path))
    assert isinstance(found, Document), found
    data: dict[str, Any] = found.data
    return data


def type_definition(kind: VariableType) -> TypeDefinition:
    """The definition of one type: its question on a page, and a page after it on which nothing depends."""
    parts, study = _read(kind), definition("every_type")
    variables = study["variables.yaml"]
    yesno = {"yesno": variables["code_lists"]["yesno"]}
    closing = {"type": "single", "label": {"nl": "Tot slot", "en": "Finally"}, "codes": "yesno"}
    consent = {} if kind is VariableType.CONSENT else {"s_consent": variables["variables"]["s_consent"]}
    study["variables.yaml"] = {
        "code_lists": {**yesno, **parts.get("code_lists", {})},
        "variables": {**consent, NAME: parts["variable"], AFTER: closing},
    }
    asked = [{"variable": NAME, **parts["item"]}] if "item" in parts else []
    page = {"part": "only", "title": {"nl": "Vraag", "en": "Question"}}
    text = {"nl": "Klaar?", "en": "Finished?"}
    study["2026/questionnaire.yaml"] |= {
        "consent": {"variable": next(iter(consent), NAME), "version": "1"},
        "pages": [
            *({**page, "id": "asked", "items": asked} for _ in asked),
            {**page, "id": "last", "items": [{"variable": AFTER, "text": text}]},
        ],
    }
    instrument = resolved(without_places(study), 2026)
    return TypeDefinition(kind, instrument, study, parts["answers"], parts["faults"], parts["data"])


def lacking(kind: str) -> list[str]:
    """What a type of question still needs, in words; nothing when it is whole."""
    return list(_lacking(kind))


def _lacking(kind: str) -> Iterator[str]:
    if kind not in {str(member) for member in TRAITS}:
        yield "its traits in instrument/types.py"
    if kind not in {str(member) for member in HANDLERS}:
        yield "a handler in engine/shapes"
    if kind not in {str(member) for member in QUESTION_TYPES}:
        yield "an entry in web/questionnaire/question_types.py"
    elif not (ROOT / "surveyapp" / "templates" / QUESTION_TYPES[VariableType(kind)].template).is_file():
        yield "its template in templates/questions/"
    if f"| `{kind}` |" not in (ROOT / "docs" / "instrument-format.md").read_text("utf-8"):
        yield "a row in docs/instrument-format.md"
    if not path_of(kind).is_file():
        yield f"tests/instruments/{kind}.yaml"
    elif lost := sorted(KEYS - _read(kind).keys()):
        yield f"{', '.join(lost)} in tests/instruments/{kind}.yaml"
