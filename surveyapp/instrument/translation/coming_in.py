"""Translations that come back: every one is looked at before any is taken, and all are written or none."""

from __future__ import annotations

import re
import shutil
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryDirectory

from surveyapp.errors import DefinitionError, DefinitionRefused, Message, NotFound, RowFault
from surveyapp.instrument.checks import run_checks
from surveyapp.instrument.checks.texts import placeholders
from surveyapp.instrument.files import StudyFiles, read_files
from surveyapp.instrument.translation.approve import approved, readable_study, require_language
from surveyapp.instrument.translation.edit import Change, edited
from surveyapp.instrument.translation.texts import StudyText, wave_texts

LONGEST = 4_000
_HOSTILE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
)
"""Control characters, and signs that turn or hide text."""
_FORMULA = re.compile(r"[=+@\t]|-[\d(=+@\w]")


@dataclass(frozen=True, slots=True)
class Returned:
    """One row of a workbook that came back: the source as it went out, and the new words (empty: nothing was done)."""

    row: int
    key: str
    source: str
    words: str


@dataclass(frozen=True, slots=True)
class Taken:
    """What coming in does: new contents per file, and per changed text its key, the old and the new words."""

    contents: Mapping[Path, bytes]
    changed: tuple[tuple[str, str, str], ...]
    confirmed: int  # rows whose words are those that stand there already

    def write(self) -> None:
        """Write all files, or none: what was replaced is put back when a later file cannot be written.

        Raises DefinitionError: a file cannot be written.
        """
        write_together(self.contents)


def coming_in(folder: Path, year: int, source: str, language: str, rows: Sequence[Returned]) -> Taken:
    """Look at every row and say what the files become; nothing is written yet.

    Raises
    ------
    NotFound            no such study, wave or language
    DefinitionError     the study's files cannot be read
    DefinitionRefused   a row cannot be taken; ``faults`` names each
    """
    files = readable_study(folder, year)
    if require_language(files, language) != source:
        raise NotFound("The source language of %(study)s is not '%(language)s'.", study=folder.name, language=source)
    texts = {text.key: text for text in wave_texts(files, year)}
    faults: list[RowFault] = []
    wanted: dict[str, str] = {}
    seen: dict[str, int] = {}
    for row in rows:
        fault = _fault(row, texts, source, seen)
        if fault is not None:
            faults.append(RowFault(row.row, row.key or None, str(fault), fault))
        elif row.words.strip():
            wanted[row.key] = unicodedata.normalize("NFC", row.words.strip())
        seen.setdefault(row.key, row.row)
    if len(faults) == 1:
        raise DefinitionRefused("1 row cannot be taken; nothing was written.", tuple(faults))
    if faults:
        raise DefinitionRefused("%(many)s rows cannot be taken; nothing was written.", tuple(faults), many=len(faults))
    new = {key: words for key, words in wanted.items() if texts[key].words.get(language, "").strip() != words}
    contents = _edited(files, [texts[key] for key in new], new, source, language)
    contents.update(_locks(files, contents, folder, year, language, wanted))
    _refuse_new_errors(files, contents, year)
    changed = tuple((key, texts[key].words.get(language, ""), words) for key, words in new.items())
    return Taken(contents, changed, len(wanted) - len(new))


def _fault(row: Returned, texts: Mapping[str, StudyText], source: str, seen: Mapping[str, int]) -> Message | None:
    """What is wrong with one row, in one sentence."""
    if row.key not in texts:
        return Message("There is no text with this key in the study.")
    if row.key in seen:
        return Message("This key stands in row %(row)s too.", row=seen[row.key])
    if not row.words.strip():
        return None
    original = texts[row.key].words.get(source, "")
    if _plain(row.source) != _plain(original):
        return Message("The source changed since this workbook went out; it now reads: %(words)s", words=original[:200])
    words = row.words.strip()
    if len(words) > LONGEST:
        return Message("The translation has %(many)s characters; %(most)s is the limit.", many=len(words), most=LONGEST)
    if _FORMULA.match(words) and not _FORMULA.match(original):
        return Message("The translation begins like a formula; write plain text.")
    if _HOSTILE.search(words):
        return Message("The translation holds a control character or a sign that hides or turns text.")
    lacking, extra = placeholders(original) - placeholders(words), placeholders(words) - placeholders(original)
    if lacking or extra:
        named = ", ".join(sorted(lacking or extra))
        if lacking:
            return Message("The placeholder %(named)s is missing.", named=named)
        return Message("The placeholder %(named)s does not stand in the source.", named=named)
    return None


def no_plain_text(cell: str) -> Message:
    """What to say of a cell that holds a number, a formula or the like where words are expected."""
    return Message("Cell %(cell)s holds no plain text.", cell=cell)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("_x000D_", "")).strip()


def _edited(
    files: StudyFiles, texts: Sequence[StudyText], new: Mapping[str, str], source: str, language: str
) -> dict[Path, bytes]:
    by_file: dict[str, list[Change]] = {}
    for text in texts:
        by_file.setdefault(text.document.file, []).append(Change(text.path, language, source, new[text.key]))
    return {Path(file): edited(Path(file).read_bytes(), file, changes) for file, changes in by_file.items()}


def _locks(
    files: StudyFiles, contents: Mapping[Path, bytes], folder: Path, year: int, language: str, wanted: Mapping[str, str]
) -> dict[Path, bytes]:
    """The translator read these sources, so their translations are approved as they come in."""
    if not wanted:
        return {}
    with _beside(folder, contents) as copy:
        after = readable_study(Path(copy), year)
        texts = [text for text in wave_texts(after, year) if text.key in wanted]
        made = approved(after, year, language, texts)
        return {folder / path.relative_to(copy): content for path, content in made.items()}


def _refuse_new_errors(files: StudyFiles, contents: Mapping[Path, bytes], year: int) -> None:
    folder = Path(files.folder)
    before = {(each.code, each.name) for each in run_checks(files, year) if each.level == "error"}
    with _beside(folder, contents) as copy:
        found = run_checks(read_files(Path(copy)), year)
        new = (each for each in found if each.level == "error" and (each.code, each.name) not in before)
        faults = tuple(each.as_fault() for each in new)
    if faults:
        raise DefinitionRefused(
            "The translations would bring errors (%(n)s); nothing was written.", faults, n=len(faults)
        )


def _beside(folder: Path, contents: Mapping[Path, bytes]) -> TemporaryDirectory[str]:
    """A copy of the study's files with the new contents in it."""
    copy = TemporaryDirectory(prefix="surveyapp-")
    for path in [*folder.glob("*.yaml"), *folder.glob("[12][0-9][0-9][0-9]/*.yaml"), *folder.glob("*/lock.json")]:
        target = Path(copy.name) / path.relative_to(folder)
        target.parent.mkdir(exist_ok=True)
        shutil.copyfile(path, target)
    for path, content in contents.items():
        (Path(copy.name) / path.relative_to(folder)).write_bytes(content)
    return copy


def write_together(contents: Mapping[Path, bytes]) -> None:
    """Write several files, all or none. Raises DefinitionError: one of them cannot be written; all are as they were."""
    drafts: dict[Path, Path] = {}
    before = {path: path.read_bytes() if path.is_file() else None for path in contents}
    done: list[Path] = []
    try:
        for path, content in contents.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}-", delete=False) as handle:
                drafts[path] = Path(handle.name)
                handle.write(content)
            drafts[path].chmod(path.stat().st_mode & 0o777 if path.is_file() else 0o644)
        for path, draft in drafts.items():
            draft.replace(path)
            done.append(path)
    except OSError as error:
        for path in done:
            old = before[path]
            path.unlink() if old is None else path.write_bytes(old)
        reason = error.strerror or type(error).__name__
        raise DefinitionError(f"The files cannot be written ({reason}); nothing was changed.") from None
    finally:
        for draft in drafts.values():
            draft.unlink(missing_ok=True)
