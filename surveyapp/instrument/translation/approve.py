"""Approve the translations of a wave as they stand, or say why a stale one may stay: the contents of ``lock.json``.

Texts in study.yaml and variables.yaml are shared: who approves one for a wave approves it for every wave that has it in
its lock.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from surveyapp.errors import DefinitionError, NotFound, WrongState
from surveyapp.instrument.files import StudyFiles, no_such_wave, read_files, wave_folders
from surveyapp.instrument.findings import has_errors
from surveyapp.instrument.near import nearest_words
from surveyapp.instrument.translation.lock import LOCK_NAME, LockFile, Waiver, lock_text, source_hash
from surveyapp.instrument.translation.texts import StudyText, Translation, translations, wave_texts


def readable_study(folder: Path, year: int) -> StudyFiles:
    """The files of a study, all waves of it, fit to work on its texts.

    Raises
    ------
    DefinitionError     a file cannot be read
    """
    if not (folder / "study.yaml").is_file():
        raise NotFound("There is no study in %(folder)s.", folder=folder)
    if year not in wave_folders(folder):
        raise no_such_wave(folder.name, year, wave_folders(folder))
    files = read_files(folder)
    if has_errors(files.findings) or files.study is None or files.variables is None:
        raise next(finding for finding in files.findings if finding.level == "error").as_error()
    return files


def require_language(files: StudyFiles, language: str) -> str:
    """The study's source language, when ``language`` is one it is translated into.

    Raises NotFound: the study has no such translation.
    """
    languages = files.study.model.languages if files.study else []
    if language not in languages[1:]:
        if len(languages) == 1:
            raise NotFound(
                "%(study)s is in one language, %(language)s: there is nothing to translate.",
                study=Path(files.folder).name,
                language=languages[0],
            )
        raise NotFound(
            "%(study)s is translated into %(listed)s, not into '%(language)s'.",
            study=Path(files.folder).name,
            listed=", ".join(languages[1:]),
            language=language,
        )
    return languages[0]


def lock_path(files: StudyFiles, year: int) -> Path:
    """Where the lock of a wave stands."""
    return Path(files.folder) / str(year) / LOCK_NAME


def approved(
    files: StudyFiles, year: int, language: str, texts: Iterable[StudyText], *, tidy: bool = False
) -> dict[Path, bytes]:
    """The locks after the translations of ``texts`` were approved; only those that change.

    ``tidy`` also forgets keys that no longer exist, and waivers.
    """
    source = require_language(files, language)
    now = {text.key: source_hash(text.words.get(source, "")) for text in texts if text.words.get(language, "").strip()}
    shared = {text.key for text in texts if text.is_shared}
    made: dict[Path, bytes] = {}
    for other, wave in files.waves.items():
        if other != year and wave.lock is None:
            continue
        lock = wave.lock.model if wave.lock else LockFile()
        held = dict(lock.approved.get(language, {}))
        waived = dict(lock.waived.get(language, {}))
        fresh = now if other == year else {key: digest for key, digest in now.items() if key in shared & set(held)}
        held.update(fresh)
        waived = {key: waiver for key, waiver in waived.items() if key not in fresh}
        if tidy and other == year:
            there = {text.key for text in wave_texts(files, year)}
            held = {key: digest for key, digest in held.items() if key in there}
            waived = {key: waiver for key, waiver in waived.items() if key in there}
        changed = LockFile(
            approved={**lock.approved, language: held},
            waived={**lock.waived, language: waived} if waived or language in lock.waived else lock.waived,
        )
        if wave.lock is None or changed != lock:
            made[lock_path(files, other)] = lock_text(changed).encode()
    return made


def approve_keys(files: StudyFiles, year: int, language: str, keys: Iterable[str]) -> dict[Path, bytes]:
    """Approve the translations with these keys; the locks that change.

    Raises NotFound: there is no such text, or it has no translation yet.
    """
    require_language(files, language)
    by_key = {text.key: text for text in wave_texts(files, year)}
    wanted = list(dict.fromkeys(keys))
    for key in wanted:
        if key not in by_key:
            raise _no_text(key, by_key)
        if not by_key[key].words.get(language, "").strip():
            raise NotFound("'%(key)s' has no translation into '%(language)s' yet.", key=key, language=language)
    return approved(files, year, language, [by_key[key] for key in wanted], tidy=True)


def waive(files: StudyFiles, year: int, language: str, key: str, reason: str) -> dict[Path, bytes]:
    """Let one stale translation stay, with the reason; it counts until the source changes again.

    Raises
    ------
    NotFound            there is no text with this key
    WrongState          its translation is not stale
    DefinitionError     there is no reason, or it is too long
    """
    require_language(files, language)
    reason = " ".join(reason.split())
    if not 3 <= len(reason) <= 500:
        raise DefinitionError("Give a reason of 3 to 500 characters.")
    by_key: Mapping[str, Translation] = {found.text.key: found for found in translations(files, year, language)}
    if key not in by_key:
        raise _no_text(key, by_key)
    found = by_key[key]
    wave = files.waves[year]
    if found.status != "stale" or wave.lock is None:
        raise WrongState("The translation of '%(key)s' is not stale; there is nothing to waive.", key=key)
    lock = wave.lock.model
    waived = {**lock.waived.get(language, {}), key: Waiver(source=source_hash(found.source), reason=reason)}
    made = LockFile(approved=lock.approved, waived={**lock.waived, language: waived})
    return {lock_path(files, year): lock_text(made).encode()}


def _no_text(key: str, known: Iterable[str]) -> NotFound:
    return NotFound("There is no text '%(key)s' in this wave%(near)s.", key=key, near=nearest_words(key, known))
