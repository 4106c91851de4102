"""Every text of one wave with a key that outlives its place in the file, and how its translation stands.

The texts are what the models mark as such (:mod:`surveyapp.instrument.mentions`), so that a new kind of item is
translated without a word here. A key is the path with the entries' own ids instead of their numbers:
``questionnaire.pages.start.items.s_elig.text.contractor``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, Literal

from surveyapp.errors import Place
from surveyapp.instrument.derived_variables import derived_names
from surveyapp.instrument.files import StudyFiles
from surveyapp.instrument.mentions import Path, mentions
from surveyapp.instrument.notation import Words
from surveyapp.instrument.resolve import used_variables
from surveyapp.instrument.shape import DefinitionFile
from surveyapp.instrument.source import Document
from surveyapp.instrument.translation.lock import LockFile, source_hash

Status = Literal["new", "stale", "done"]
STATUSES: tuple[Status, ...] = ("new", "stale", "done")
SHARED = frozenset({"study", "variables"})
"""Files that all waves of a study share; their texts are approved for every wave that has a lock."""
_FRAMES = frozenset({"pages", "items", "rows", "categories", "parts", "code_lists", "variables", "roles", "phases"})


@dataclass(frozen=True, slots=True)
class StudyText:
    """One text: ``key`` names it for ever, ``path`` leads to it in its document, ``trail`` is for people."""

    key: str
    trail: tuple[str, ...]
    document: Document
    path: Path
    words: Mapping[str, str]

    @property
    def place(self) -> Place:
        """Where it stands in the file."""
        return self.document.place(*self.path)

    @property
    def is_shared(self) -> bool:
        """Whether other waves use the same text."""
        return self.key.partition(".")[0] in SHARED


@dataclass(frozen=True, slots=True)
class Translation:
    """How one text stands in one language; ``waiver`` is the reason why a stale one may stay."""

    text: StudyText
    language: str
    source: str
    words: str
    status: Status
    waiver: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to look at it."""
        return self.status != "done" and self.waiver is None


def wave_texts(files: StudyFiles, year: int) -> tuple[StudyText, ...]:
    """Every text a reader of this wave can meet: its questionnaire first, then lists and labels, tables, the study."""
    if files.study is None or files.variables is None:
        return ()
    languages = frozenset(files.study.model.languages)
    wave = files.waves[year]
    found: list[StudyText] = []
    for file in (wave.questionnaire, wave.mapping):
        if file is not None:
            found += _texts(file, languages)
    used = _used(files, year)
    found += [
        text
        for text in _texts(files.variables, languages)
        if text.path[0] not in used or text.path[1] in used[str(text.path[0])]
    ]
    if wave.tables is not None:
        found += _texts(wave.tables, languages)
    years = [entry.year for entry in files.study.model.waves]
    for text in _texts(files.study, languages):
        if text.path[0] != "waves" or years[int(text.path[1])] == year:
            found.append(text)
    return tuple(found)


def translations(files: StudyFiles, year: int, language: str) -> tuple[Translation, ...]:
    """How every text of the wave stands in one language."""
    if files.study is None:
        return ()
    source = files.study.model.languages[0]
    lock = files.waves[year].lock
    return tuple(
        translation(text, source, language, lock.model if lock else LockFile()) for text in wave_texts(files, year)
    )


def translation(text: StudyText, source: str, language: str, lock: LockFile) -> Translation:
    """How one text stands against the lock."""
    original, words = text.words.get(source, ""), text.words.get(language, "")
    approved = lock.approved.get(language, {}).get(text.key)
    digest = source_hash(original)
    status: Status = "new" if not words.strip() or approved is None else "done" if approved == digest else "stale"
    waiver = lock.waived.get(language, {}).get(text.key)
    reason = waiver.reason if waiver is not None and waiver.source == digest and status == "stale" else None
    return Translation(text, language, original, words, status, reason)


def _used(files: StudyFiles, year: int) -> Mapping[str, frozenset[str]]:
    """The variables and code lists of the registry this wave speaks of; nothing where it speaks of all."""
    wave = files.waves[year]
    if files.variables is None or wave.questionnaire is None:
        return {}
    names = used_variables(wave.questionnaire.model)
    lists = {entry.codes for name, entry in files.variables.model.variables.items() if name in names}
    derived = derived_names(files.variables.model, files.study.model, names) if files.study else frozenset()
    return {
        "variables": names,
        "code_lists": frozenset(name for name in lists if name is not None),
        "derived": derived,
    }


def _texts(file: DefinitionFile[Any], languages: frozenset[str]) -> Iterator[StudyText]:
    start = PurePath(file.document.file).stem
    seen: dict[str, int] = {}
    for said in mentions(file.document, type(file.model)):
        if not isinstance(said.mark, Words) or not said.words or not languages.issuperset(said.words):
            continue
        key = ".".join((start, *said.steps))
        seen[key] = seen.get(key, 0) + 1
        if seen[key] > 1:  # the same variable twice on one page, for two roles
            key = f"{key}~{seen[key]}"
        trail = tuple(step for step in said.steps if step not in _FRAMES)
        yield StudyText(key, trail, file.document, said.path, said.words)
