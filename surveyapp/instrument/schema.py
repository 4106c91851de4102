"""The JSON Schema of the definition files, for editors that complete and underline; published as ``schema.json``.

One document with each kind of file under ``$defs``: refer to ``…/schema.json#/$defs/StudyFile``.
Run ``python -m surveyapp.instrument.schema`` after changing ``definition.py``; a test holds the two together.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic.json_schema import models_json_schema

from surveyapp.instrument.coding_definition import CodingFile
from surveyapp.instrument.definition import QuestionnaireFile, StudyFile, TablesFile, VariablesFile
from surveyapp.instrument.mapping_definition import MappingFile
from surveyapp.instrument.notation import FileModel
from surveyapp.instrument.weighting_definition import WeightingFile

PATH = Path(__file__).parent / "schema.json"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
KINDS: dict[str, type[FileModel]] = {
    "study.yaml": StudyFile,
    "variables.yaml": VariablesFile,
    "questionnaire.yaml": QuestionnaireFile,
    "tables.yaml": TablesFile,
    "weighting.yaml": WeightingFile,
    "coding.yaml": CodingFile,
    "mapping.yaml": MappingFile,
}
"""Which model describes which file."""


def schema() -> dict[str, Any]:
    """The published document."""
    _, found = models_json_schema([(model, "validation") for model in KINDS.values()], by_alias=True)
    return {
        "$schema": DIALECT,
        "title": "Definition files of a study",
        "description": "study.yaml, variables.yaml, <year>/questionnaire.yaml, <year>/tables.yaml, "
        "<year>/weighting.yaml, <year>/coding.yaml, <year>/mapping.yaml",
        "anyOf": [{"$ref": f"#/$defs/{model.__name__}"} for model in KINDS.values()],
        "$defs": found["$defs"],
    }


def schema_text() -> str:
    """The published document as it stands in the file."""
    return json.dumps(schema(), indent=1, ensure_ascii=False, sort_keys=True) + "\n"


if __name__ == "__main__":
    PATH.write_text(schema_text(), "utf-8")
