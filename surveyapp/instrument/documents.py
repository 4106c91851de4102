"""An instrument as plain data: what is stored with a version, what its hash is taken of, and the way back.

Only what the wave uses is in it, so that next year's variables do not change this year's hash. Databases may sort the
keys of an object; where order matters (the codebook, the columns of a file) it stands in a list of its own.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from surveyapp.errors import DefinitionError
from surveyapp.instrument.definition import QuestionnaireFile, StudyFile, TablesFile, VariablesFile
from surveyapp.instrument.files import StudyFiles, WaveFiles, usable
from surveyapp.instrument.mapping_definition import MappingFile
from surveyapp.instrument.shape import shaped
from surveyapp.instrument.source import Document

FORMAT = 1
"""Changes when documents stored earlier would be read otherwise."""


def documents_of(files: StudyFiles, year: int, variables: Iterable[str]) -> dict[str, object]:
    """The files of one wave as JSON data, narrowed to the ``variables`` of the registry it uses."""
    wave = files.waves[year]
    study: dict[str, Any] = dict(files.study.document.data) if files.study else {}
    study["waves"] = [entry for entry in study.get("waves", []) if entry["year"] == year]
    registry: dict[str, Any] = files.variables.document.data if files.variables else {}
    used = [name for name in registry["variables"] if name in set(variables)]
    derived = [name for name in registry.get("derived", {}) if name in set(variables)]
    lists = {registry["variables"][name].get("codes") for name in used}
    documents: dict[str, object] = {"format": FORMAT, "year": year, "study": study}
    if wave.mapping is not None:
        mapping = wave.mapping.document.data
        documents["mapping"] = mapping
        documents["columns"] = list(mapping["columns"])
        lists |= {column.get("codes") for column in mapping["columns"].values()}
    if wave.questionnaire is not None:
        documents["questionnaire"] = wave.questionnaire.document.data
    if wave.tables is not None:
        documents["tables"] = wave.tables.document.data
    narrowed: dict[str, object] = {
        "code_lists": {name: body for name, body in registry.get("code_lists", {}).items() if name in lists},
        "variables": {name: registry["variables"][name] for name in used},
    }
    documents["variables"], documents["codebook"] = narrowed, used
    if derived:
        narrowed["derived"] = {name: registry["derived"][name] for name in derived}
        documents["derived"] = derived
    return documents


def hash_of(documents: Mapping[str, object]) -> str:
    """Sha-256 of the canonical JSON, 64 hexadecimal digits."""
    canonical = json.dumps(documents, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def texts_in(data: object) -> Iterator[str]:
    """Every text of more than one word that stands anywhere in documents."""
    if isinstance(data, str):
        if " " in data:
            yield data
    elif isinstance(data, Mapping):
        for each in data.values():
            yield from texts_in(each)
    elif isinstance(data, list | tuple):
        for each in data:
            yield from texts_in(each)


def files_of(documents: Mapping[str, object]) -> tuple[StudyFiles, int]:
    """Documents as the files they were made of, without places, and the wave's year.

    Raises DefinitionError: the documents are not those of an instrument.
    """
    year = documents.get("year")
    if documents.get("format") != FORMAT or not isinstance(year, int):
        raise DefinitionError("These documents are no instrument of this version; publish the wave again.")
    variables = documents.get("variables")
    if isinstance(variables, Mapping):
        variables = {
            **variables,
            "variables": _in_order(variables.get("variables"), documents.get("codebook")),
        }
        if "derived" in variables:
            variables["derived"] = _in_order(variables["derived"], documents.get("derived"))
    mapping = documents.get("mapping")
    if isinstance(mapping, Mapping):
        mapping = {**mapping, "columns": _in_order(mapping.get("columns"), documents.get("columns"))}
    questionnaire, tables = documents.get("questionnaire"), documents.get("tables")
    wave = WaveFiles(
        year,
        None if questionnaire is None else usable(shaped(Document("questionnaire", questionnaire), QuestionnaireFile)),
        None if tables is None else usable(shaped(Document("tables", tables), TablesFile)),
        None if mapping is None else usable(shaped(Document("mapping", mapping), MappingFile)),
    )
    study = usable(shaped(Document("study", documents.get("study")), StudyFile))
    return StudyFiles("", study, usable(shaped(Document("variables", variables), VariablesFile)), {year: wave}), year


def _in_order(found: object, order: object) -> object:
    if not isinstance(found, Mapping) or not isinstance(order, list) or set(found) != set(order):
        raise DefinitionError("These documents are incomplete; publish the wave again.")
    return {name: found[name] for name in order}
