"""A definition, or its translations, between being sent in and being confirmed.

Nothing of a wave changes before somebody looked at what would become of it and said yes; and then only if nobody else
changed the definition meanwhile. What waits stands in the database, is seen by who sent it in, and goes after a day.
"""

from __future__ import annotations

import json
import uuid
import zlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from surveyapp import clock
from surveyapp.config import Settings
from surveyapp.errors import DefinitionRefused, NotFound
from surveyapp.fieldwork import definition_changes, definitions
from surveyapp.fieldwork.definition_changes import PutIn
from surveyapp.fieldwork.definitions import Contents
from surveyapp.fieldwork.waves import wave_info
from surveyapp.instrument.corrections import VersionDifference, version_difference
from surveyapp.instrument.findings import Finding
from surveyapp.instrument.loader import read_instrument
from surveyapp.instrument.model import Instrument
from surveyapp.instrument.next_wave import files_of_year
from surveyapp.instrument.study_archive import read_archive
from surveyapp.instrument.translation.coming_in import Returned, coming_in
from surveyapp.instrument.translation.lock import LOCK_NAME
from surveyapp.storage import definitions as stored
from surveyapp.storage.database import Session

LASTS = timedelta(days=1)
"""How long it waits."""
ARCHIVE, TRANSLATION = "archive", "translation"


@dataclass(frozen=True, slots=True)
class ChangedText:
    """One translation that came in: the source, and the words before and after."""

    key: str
    source: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class ChangedPage:
    """A page that differs, for one role; ``is_gone`` where it is asked no more."""

    role: str
    page: str
    is_gone: bool = False


@dataclass(frozen=True, slots=True)
class Proposal:
    """What waits, and what would become of the definition."""

    id: str
    kind: str
    revision: int
    contents: Contents
    instrument: Instrument | None  # None: it cannot be read, and the findings say why
    findings: tuple[Finding, ...]
    folder: Path
    difference: VersionDifference
    pages: tuple[ChangedPage, ...]
    files: tuple[str, ...]  # names of those that differ
    texts: tuple[ChangedText, ...] = ()  # of a translators' workbook
    confirmed: int = 0  # translations that are approved as they stand
    left: tuple[str, ...] = field(default=())  # names of what was in the archive and is no file of a study

    @property
    def is_fit(self) -> bool:
        """Whether it can be confirmed: the checks find no error."""
        return self.instrument is not None and not any(each.level == "error" for each in self.findings)

    @property
    def changes_anything(self) -> bool:
        """Whether confirming does anything."""
        return bool(self.files)


def propose_archive(session: Session, settings: Settings, study: str, year: int, data: bytes, actor: str) -> str:
    """Keep an archive of a study's files until it is confirmed; its name.

    Raises
    ------
    NotFound              there is no such wave
    DefinitionRefused     it is no such archive, or holds nothing of this wave
    """
    read = read_archive(data)
    contents = files_of_year(read.contents, year)
    if not any(name.startswith(f"{year}/") for name in contents):
        raise DefinitionRefused("The archive holds no files of %(year)s.", year=year)
    there = definitions.working_contents(session, settings, study, year)
    lock = f"{year}/{LOCK_NAME}"
    if lock not in contents and lock in there:  # approvals are nothing an author sends
        contents[lock] = there[lock]
    held = {"files": {name: content.decode("utf-8") for name, content in contents.items()}, "left": list(read.left)}
    return _kept(session, study, year, ARCHIVE, held, actor)


def propose_translations(
    session: Session,
    settings: Settings,
    study: str,
    year: int,
    source: str,
    language: str,
    rows: Sequence[Returned],
    actor: str,
) -> str:
    """Keep a translators' workbook until it is confirmed, text by text; its name.

    Raises
    ------
    NotFound              there is no such wave or language
    DefinitionRefused     a row cannot be taken; ``faults`` names each
    """
    folder = definitions.lay_out(settings, study, definitions.working_contents(session, settings, study, year))
    coming_in(folder, year, source, language, rows)
    told = [[row.row, row.key, row.source, row.words] for row in rows if row.words.strip()]
    held = {"source": source, "language": language, "rows": told}
    return _kept(session, study, year, TRANSLATION, held, actor)


def _kept(session: Session, study: str, year: int, kind: str, held: Mapping[str, Any], actor: str) -> str:
    wave_info(session, study, year)
    stored.forget_proposals(session, clock.now() - LASTS)
    there = definitions.held(session, study, year)
    name = uuid.uuid4().hex
    stored.propose(
        session,
        study,
        year,
        name,
        actor=actor[:254],
        sent_at=clock.now(),
        revision=there.revision if there is not None else 0,
        kind=kind,
        content=zlib.compress(json.dumps(held, ensure_ascii=False).encode()),
    )
    return name


def proposal(
    session: Session,
    settings: Settings,
    study: str,
    year: int,
    name: str,
    actor: str,
    *,
    without: Collection[str] = (),
) -> Proposal:
    """What waits, looked at as things are now.

    Parameters
    ----------
    without : keys of translations that are left out

    Raises
    ------
    NotFound              it was confirmed or dropped, waited for more than a day, or is somebody else's
    DefinitionRefused     the definition changed since, so that a row cannot be taken any more
    """
    row = stored.proposal(session, study, year, name)
    if row is None or row.actor != actor[:254] or row.sent_at <= clock.now() - LASTS:
        raise NotFound("What you sent in is not there any more: it was confirmed, dropped, or waited for over a day.")
    held: dict[str, Any] = json.loads(zlib.decompress(bytes(row.content)))
    before = definitions.working_contents(session, settings, study, year)
    folder = definitions.lay_out(settings, study, before)
    texts: tuple[ChangedText, ...] = ()
    confirmed = 0
    if row.kind == ARCHIVE:
        after: dict[str, bytes] = {name: text.encode("utf-8") for name, text in held["files"].items()}
    else:
        rows = [Returned(*each) for each in held["rows"]]
        taken = coming_in(folder, year, held["source"], held["language"], rows)
        sources = {each.key: each.source for each in rows}
        texts = tuple(ChangedText(key, sources[key], old, new) for key, old, new in taken.changed)
        confirmed = taken.confirmed
        if without:
            kept = [each for each in rows if each.key not in without]
            taken = coming_in(folder, year, held["source"], held["language"], kept)
        after = before | {str(path.relative_to(folder)): content for path, content in taken.contents.items()}
    there = definitions.lay_out(settings, study, after)
    instrument, findings = read_instrument(there, year)
    earlier, _ = read_instrument(folder, year)
    is_known = instrument is not None and earlier is not None
    return Proposal(
        id=name,
        kind=row.kind,
        revision=row.revision,
        contents=after,
        instrument=instrument,
        findings=findings,
        folder=there,
        difference=version_difference(earlier, instrument) if is_known else VersionDifference((), ()),  # type: ignore[arg-type]
        pages=changed_pages(earlier, instrument) if is_known else (),  # type: ignore[arg-type]
        files=tuple(sorted(name for name in {*before, *after} if before.get(name) != after.get(name))),
        texts=texts,
        confirmed=confirmed,
        left=tuple(held.get("left", ())),
    )


def changed_pages(before: Instrument, after: Instrument) -> tuple[ChangedPage, ...]:
    """The pages in which two definitions differ, by role, in the order they are asked."""
    found = []
    for role, questionnaire in after.questionnaires.items():
        there = before.questionnaires[role].by_id if role in before.questionnaires else {}
        found += [ChangedPage(role, page.id) for page in questionnaire.pages if there.get(page.id) != page]
        found += [ChangedPage(role, page, is_gone=True) for page in there if page not in questionnaire.by_id]
    return tuple(found)


def confirm(
    session: Session,
    settings: Settings,
    study: str,
    year: int,
    name: str,
    actor: str,
    *,
    without: Collection[str] = (),
    reason: str = "",
) -> PutIn:
    """Let the wave have what waits, whole; without the translations that are named.

    Raises
    ------
    NotFound              it is not there any more: a second press of the button takes nothing in twice
    DefinitionRefused     the checks find an error in it
    WrongState            somebody changed the definition since it was sent in, or the wave may not change like that
    """
    found = proposal(session, settings, study, year, name, actor, without=without)
    made = definition_changes.put_in(
        session, settings, study, year, found.contents, actor, expected=found.revision, by=found.kind, reason=reason
    )
    stored.drop_proposal(session, study, year, name)
    return made


def drop(session: Session, study: str, year: int, name: str) -> None:
    """Let go of what waits."""
    stored.drop_proposal(session, study, year, name)
