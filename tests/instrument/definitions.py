"""Whole studies to test with: read from one file, changed by a patch, written as the folder the loader wants."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from surveyapp.instrument.coding_definition import CodingFile
from surveyapp.instrument.corrections import VersionDifference
from surveyapp.instrument.definition import QuestionnaireFile, StudyFile, TablesFile, VariablesFile
from surveyapp.instrument.files import StudyFiles, WaveFiles, read_files
from surveyapp.instrument.findings import Finding
from surveyapp.instrument.mapping_definition import MappingFile
from surveyapp.instrument.shape import DefinitionFile, Model, shaped
from surveyapp.instrument.source import Document, read_document
from surveyapp.instrument.translation.approve import approved
from surveyapp.instrument.translation.lock import LockFile
from surveyapp.instrument.translation.texts import Translation, translations, wave_texts
from surveyapp.instrument.weighting_definition import WeightingFile

FOLDER = Path(__file__).parent.parent / "instruments"
FILES = {
    "study": "study.yaml",
    "variables": "variables.yaml",
    "questionnaire": "2026/questionnaire.yaml",
    "tables": "2026/tables.yaml",
    "weighting": "2026/weighting.yaml",
    "coding": "2026/coding.yaml",
    "mapping": "2014/mapping.yaml",
    "lock": "2026/lock.json",
}
DELETE = object()
"""As a value in a patch: take the key or entry away."""

Definition = dict[str, Any]


def definition(name: str = "tiny") -> Definition:
    """The study in ``tests/instruments/<name>.yaml``: plain data per file."""
    path = FOLDER / f"{name}.yaml"
    found = read_document(path.read_bytes(), str(path))
    assert isinstance(found, Document), found
    plain: Definition = json.loads(json.dumps(found.data))
    return plain


def patched(*changes: tuple[str, Any], name: str = "tiny") -> Definition:
    """The study with things put elsewhere: ``("questionnaire.pages.0.id", "x")``; "+" appends to a list."""
    found = definition(name)
    for path, value in changes:
        first, *steps = path.split("/") if "/" in path else path.split(".")
        if not steps:
            found[FILES[first]] = value
            continue
        node: Any = found
        keys: list[Any] = [FILES[first], *(int(step) if step.isdigit() else step for step in steps)]
        for key in keys[:-1]:
            node = node[key if not (isinstance(key, int) and isinstance(node, dict)) else str(key)]
        last = keys[-1]
        if isinstance(last, int) and isinstance(node, dict):
            last = str(last)
        if value is DELETE:
            del node[last]
        elif last == "+":
            node.append(value)
        else:
            node[last] = value
    return found


def write(folder: Path, files: Definition) -> Path:
    """The study as a folder; JSON is YAML, so its text is JSON with one key to a line."""
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(data, ensure_ascii=False, indent=1), "utf-8")
    return folder


def in_memory(*changes: tuple[str, Any], name: str = "tiny") -> StudyFiles:
    """The patched study without files, so without places; quick."""
    found = without_places(patched(*changes, name=name))
    assert found.findings == (), found.findings
    return found


def without_places(files: Definition) -> StudyFiles:
    """Plain data as if it had been read; what does not fit its shape is None and among the findings."""
    findings: list[Finding] = []

    def file(key: str, model: type[Model]) -> DefinitionFile[Model] | None:
        found = shaped(Document(FILES[key], files[FILES[key]]), model)
        if isinstance(found, DefinitionFile):
            return found
        findings.extend(found)
        return None

    lock = file("lock", LockFile) if FILES["lock"] in files else None
    weighting = file("weighting", WeightingFile) if FILES["weighting"] in files else None
    coding = file("coding", CodingFile) if FILES["coding"] in files else None
    questionnaire, tables = file("questionnaire", QuestionnaireFile), file("tables", TablesFile)
    asked = WaveFiles(2026, questionnaire, tables, lock=lock, weighting=weighting, coding=coding)
    imported = WaveFiles(2014, mapping=file("mapping", MappingFile))
    study, variables = file("study", StudyFile), file("variables", VariablesFile)
    return StudyFiles("tiny", study, variables, {2014: imported, 2026: asked}, tuple(findings))


def study_files(folder: Path, *changes: tuple[str, Any], name: str = "tiny") -> StudyFiles:
    """The patched study, written and read back."""
    return read_files(write(folder, patched(*changes, name=name)))


def approve_all(files: StudyFiles, year: int, language: str) -> tuple[dict[Path, bytes], tuple[Translation, ...]]:
    """The locks with every translation that is there approved, and the texts still without one."""
    lacking = tuple(found for found in translations(files, year, language) if not found.words.strip())
    return approved(files, year, language, wave_texts(files, year), tidy=True), lacking


def only_texts(found: VersionDifference) -> bool:
    """Whether words differ and nothing else does."""
    return bool(found.texts) and not found.others
