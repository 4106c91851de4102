"""The way in: from a study's folder, or from documents stored earlier, to an :class:`Instrument`.

``read_instrument`` answers for a person at work on the files and never raises for what they say; ``load_instrument``
answers for the server, which cannot go on with half a definition.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from surveyapp.errors import Message, NotFound, Place
from surveyapp.instrument.checks import checked
from surveyapp.instrument.definition import StudyFile
from surveyapp.instrument.documents import files_of
from surveyapp.instrument.files import digests, no_such_wave, read_file, read_files, wave_folders
from surveyapp.instrument.findings import Finding, fault
from surveyapp.instrument.model import Instrument
from surveyapp.instrument.resolve import resolved
from surveyapp.recent import Recent

CACHED_INSTRUMENTS = 16
Reading = tuple[Instrument | None, tuple[Finding, ...]]

_read: Recent[tuple[str, int, tuple[str, ...]], Reading] = Recent(CACHED_INSTRUMENTS)


def studies(instruments_folder: Path) -> tuple[str, ...]:
    """The folders that hold a study.yaml, by name."""
    if not instruments_folder.is_dir():
        return ()
    return tuple(sorted(entry.name for entry in instruments_folder.iterdir() if (entry / "study.yaml").is_file()))


def require_wave(folder: Path, year: int) -> None:
    """Refuse a year of which the study's folder holds no files.

    Raises NotFound: the study has no such wave; the message says which it has and what to make.
    """
    if year not in wave_folders(folder):
        raise no_such_wave(folder.name, year, wave_folders(folder), folder / str(year) / "questionnaire.yaml")


def read_instrument(folder: Path, year: int) -> Reading:
    """The instrument of one wave and everything the checks have to say of it.

    The instrument is None when its files hold an error that leaves nothing to ask. Never raises for what stands in the
    files. The same files are resolved and checked once.
    """
    known = _read.known((str(folder), year, digests(folder, year)))  # without shaping the files anew
    if known is not None:
        return known
    files = read_files(folder, [year])
    if files.findings:
        return checked(files, year)
    return _read.get((str(folder), year, files.digests), lambda: checked(files, year))


def misnamed(folder: Path, instrument: Instrument) -> Finding | None:
    """What to say of a folder that does not bear its study's name; commands find a study by that name."""
    name = folder.resolve().name
    if name == instrument.study.id:
        return None
    found = read_file(folder / "study.yaml", StudyFile)
    place = Place(str(folder / "study.yaml")) if isinstance(found, tuple) else found.place("study")
    study = instrument.study.id
    message = Message(
        "The folder is called '%(folder)s' and the study '%(study)s': no command finds it like that.",
        folder=name,
        study=study,
    )
    return fault("Y010", place, study, message, Message("Give the folder the study's name."))


def load_instrument(folder: Path, year: int) -> Instrument:
    """The instrument of one wave, fit for use; warnings and the launch gate's errors are not its business.

    Raises DefinitionError: the first thing that makes the definition unusable, with its place.
    """
    if not (folder / "study.yaml").is_file():
        raise NotFound("There is no study in %(folder)s.", folder=folder)
    require_wave(folder, year)
    instrument, findings = read_instrument(folder, year)
    if instrument is None:
        raise next(finding for finding in findings if finding.level == "error").as_error()
    return instrument


def instrument_from_documents(documents: Mapping[str, object]) -> Instrument:
    """The instrument stored with a version: equal to the one whose ``documents`` these are, without places.

    Raises DefinitionError: these are not the documents of an instrument.
    """
    files, year = files_of(documents)
    return resolved(files, year)
