"""The files of one study: which there are, what is in them, and what could not be read."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from surveyapp.errors import Message, NotFound, Place
from surveyapp.instrument.coding_definition import CodingFile
from surveyapp.instrument.definition import QuestionnaireFile, StudyFile, TablesFile, VariablesFile
from surveyapp.instrument.findings import Finding, by_place, fault
from surveyapp.instrument.mapping_definition import MappingFile
from surveyapp.instrument.shape import DefinitionFile, Model, shaped
from surveyapp.instrument.source import MAXIMUM_BYTES, read_document
from surveyapp.instrument.translation.lock import LOCK_NAME, LockFile, read_lock
from surveyapp.instrument.weighting_definition import WeightingFile

_YEAR = re.compile(r"(19|20)\d{2}")


@dataclass(frozen=True, slots=True)
class WaveFiles:
    """The files of one wave: a questionnaire with its tables, or the mapping of an imported file."""

    year: int
    questionnaire: DefinitionFile[QuestionnaireFile] | None = None
    tables: DefinitionFile[TablesFile] | None = None
    mapping: DefinitionFile[MappingFile] | None = None
    lock: DefinitionFile[LockFile] | None = None  # the translations that were approved
    weighting: DefinitionFile[WeightingFile] | None = None
    coding: DefinitionFile[CodingFile] | None = None


@dataclass(frozen=True, slots=True)
class StudyFiles:
    """All files of a study as models; a file that cannot be read is None here and named in ``findings``."""

    folder: str
    study: DefinitionFile[StudyFile] | None
    variables: DefinitionFile[VariablesFile] | None
    waves: Mapping[int, WaveFiles] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    digests: tuple[str, ...] = ()  # hashes of the files' bytes, in the order read


def wave_folders(folder: Path) -> tuple[int, ...]:
    """The years that have a folder with a questionnaire or a mapping, earliest first."""
    if not folder.is_dir():
        return ()
    return tuple(
        sorted(
            int(entry.name)
            for entry in folder.iterdir()
            if _YEAR.fullmatch(entry.name)
            and ((entry / "questionnaire.yaml").is_file() or (entry / "mapping.yaml").is_file())
        )
    )


def no_such_wave(study: str, year: int, known: Iterable[int], make: Path | None = None) -> NotFound:
    """What to say where the files of a study hold no such year: which years they hold, and how it comes to hold one."""
    there = ", ".join(map(str, known))
    if not there:
        return NotFound("%(name)s has no wave yet; make %(folder)s.", name=study, folder=make or f"{study}/{year}")
    if make is None:
        return NotFound("%(name)s has no wave %(year)s; it has %(years)s.", name=study, year=year, years=there)
    return NotFound(
        "%(name)s has no wave %(year)s; it has %(years)s. For a new one make %(folder)s.",
        name=study,
        year=year,
        years=there,
        folder=make,
    )


def read_files(folder: Path, years: Iterable[int] | None = None) -> StudyFiles:
    """Read a study's shared files and those of the given waves (all by default); never raises for their content."""
    reading = _Reading()
    study = reading.file(folder / "study.yaml", StudyFile)
    variables = reading.file(folder / "variables.yaml", VariablesFile)
    waves: dict[int, WaveFiles] = {}
    for year in wave_folders(folder) if years is None else years:
        there = folder / str(year)
        lock = reading.lock(there / LOCK_NAME)
        weighting = reading.file(there / "weighting.yaml", WeightingFile, is_required=False)
        coding = reading.file(there / "coding.yaml", CodingFile, is_required=False)
        if (there / "mapping.yaml").is_file() and not (there / "questionnaire.yaml").is_file():
            waves[year] = WaveFiles(
                year,
                mapping=reading.file(there / "mapping.yaml", MappingFile),
                tables=reading.file(there / "tables.yaml", TablesFile, is_required=False),
                lock=lock,
                weighting=weighting,
                coding=coding,
            )
        else:
            waves[year] = WaveFiles(
                year,
                questionnaire=reading.file(there / "questionnaire.yaml", QuestionnaireFile),
                tables=reading.file(there / "tables.yaml", TablesFile, is_required=False),
                lock=lock,
                weighting=weighting,
                coding=coding,
            )
    return StudyFiles(str(folder), study, variables, waves, by_place(reading.findings), tuple(reading.digests))


def digests(folder: Path, year: int) -> tuple[str, ...]:
    """The hashes of one wave's files as `read_files` gives them; none where a file is missing."""
    there = folder / str(year)
    beside = [path for path in (there / LOCK_NAME, there / "weighting.yaml", there / "coding.yaml") if path.is_file()]
    if (there / "mapping.yaml").is_file() and not (there / "questionnaire.yaml").is_file():
        of_wave = [there / "mapping.yaml"]
    else:
        of_wave = [there / "questionnaire.yaml"]
    of_wave += filter(Path.is_file, [there / "tables.yaml"])
    found = list[str]()
    try:
        for path in (folder / "study.yaml", folder / "variables.yaml", *beside, *of_wave):
            with path.open("rb") as source:
                found.append(hashlib.sha256(source.read(MAXIMUM_BYTES + 1)).hexdigest())
    except OSError:
        return ()
    return tuple(found)


def read_file(path: Path, model: type[Model]) -> DefinitionFile[Model] | tuple[Finding, ...]:
    """Read one file into its model, or say what is wrong with it."""
    try:
        size = path.stat().st_size
        # One byte more than allowed is enough to know that the file is too large.
        with path.open("rb") as source:
            content = source.read(MAXIMUM_BYTES + 1) if size <= MAXIMUM_BYTES else b" " * (MAXIMUM_BYTES + 1)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        message = Message("The file is not there or cannot be opened (%(reason)s).", reason=reason)
        return (
            fault("Y000", Place(str(path)), path.name, message, Message("Create the file or give read permission.")),
        )
    document = read_document(content, str(path))
    if isinstance(document, Finding):
        return (document,)
    return shaped(document, model)


def usable(found: DefinitionFile[Model] | tuple[Finding, ...]) -> DefinitionFile[Model]:
    """What was read, for who cannot go on without it.

    Raises DefinitionError: the first thing that is wrong with it, with its place.
    """
    if isinstance(found, tuple):
        raise found[0].as_error()
    return found


class _Reading:
    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self.digests: list[str] = []

    def file(self, path: Path, model: type[Model], *, is_required: bool = True) -> DefinitionFile[Model] | None:
        if not is_required and not path.is_file():
            return None
        return self.taken(read_file(path, model))

    def lock(self, path: Path) -> DefinitionFile[LockFile] | None:
        return self.taken(read_lock(path)) if path.is_file() else None

    def taken(self, found: DefinitionFile[Model] | tuple[Finding, ...]) -> DefinitionFile[Model] | None:
        if isinstance(found, tuple):
            self.findings.extend(found)
            return None
        self.digests.append(found.document.digest)
        return found
