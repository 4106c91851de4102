"""The published JSON Schema is that of the models."""

from __future__ import annotations

from surveyapp.instrument.definition import PageEntry, VariableEntry
from surveyapp.instrument.schema import KINDS, PATH, schema, schema_text


def test_the_published_schema_is_current() -> None:
    assert PATH.read_text("utf-8") == schema_text(), "run python -m surveyapp.instrument.schema"


def test_every_kind_of_file_has_a_definition_that_refuses_unknown_keys() -> None:
    found = schema()["$defs"]
    for model in KINDS.values():
        assert found[model.__name__]["additionalProperties"] is False


def test_keys_are_those_an_author_writes() -> None:
    found = schema()["$defs"]
    assert "construct" in found[VariableEntry.__name__]["properties"]
    assert "if" in found["EndingEntry"]["properties"]
    assert set(found[PageEntry.__name__]["required"]) == {"id", "part", "title", "items"}
