"""A first study between being sent in and being confirmed: made of a spreadsheet form, or the archive of a study.

Nothing of a study is there before somebody looked at what would be made and said yes. What waits stands in the
database, is seen by who sent it in, and goes after a day (docs/decisions/0060-a-first-study-on-the-console.md).
"""

from __future__ import annotations

import json
import re
import uuid
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from surveyapp import clock
from surveyapp.config import Settings
from surveyapp.errors import DefinitionRefused, NotFound
from surveyapp.fieldwork import definitions, waves, weightings
from surveyapp.fieldwork.definition_changes import examined
from surveyapp.fieldwork.definitions import Contents
from surveyapp.fieldwork.proposals import ARCHIVE, LASTS
from surveyapp.instrument.findings import Finding
from surveyapp.instrument.loader import read_instrument
from surveyapp.instrument.model import Instrument
from surveyapp.instrument.next_wave import files_of_year
from surveyapp.instrument.source import read_document
from surveyapp.instrument.study_archive import read_archive
from surveyapp.instrument.xlsform.form import Form, Spot
from surveyapp.instrument.xlsform.inward import inward
from surveyapp.instrument.xlsform.names_in import spots_of
from surveyapp.instrument.xlsform.yaml_text import yaml_text
from surveyapp.numerals import YEARS
from surveyapp.storage import audit
from surveyapp.storage import definitions as stored
from surveyapp.storage.database import Session

FORM = "form"
MADE = "study.create"
STUDY_NAME = re.compile(r"[a-z][a-z0-9-]{1,63}")
TAKEN = frozenset({"new-study"})
"""Names that stand in addresses of the console already."""
_ROW = re.compile(r"(\w+) row (\d+)")
COMMENT = "Made of a spreadsheet form (XLSForm) on the console."


@dataclass(frozen=True, slots=True)
class Lost:
    """One thing of a form that is not in the questionnaire: what it is called, what became of it, where it stands."""

    name: str
    what: Mapping[str, str]
    spot: Spot | None


@dataclass(frozen=True, slots=True)
class StudyProposal:
    """A study that waits, and what the checks say of it."""

    id: str
    kind: str
    study: str
    year: int
    contents: Contents
    instrument: Instrument | None  # None: it cannot be read, and the findings say why
    findings: tuple[Finding, ...]
    folder: Path
    lost: tuple[Lost, ...]
    spots: Mapping[str, Spot]
    left: tuple[str, ...]  # names of what was in the archive and is no file of a study

    @property
    def of_files(self) -> tuple[Finding, ...]:
        """What the checks say of what was sent in; of a form, study.yaml is what people still set."""
        if self.kind == ARCHIVE:
            return self.findings
        return tuple(each for each in self.findings if not each.place.file.endswith("study.yaml"))

    @property
    def is_fit(self) -> bool:
        """Whether a study can be made of it once its settings are given."""
        return self.instrument is not None and not any(each.level == "error" for each in self.of_files)


def require_free(session: Session, settings: Settings, study: str) -> None:
    """Refuse the name of a study that is none, or is there already.

    Raises
    ------
    DefinitionRefused     the name cannot be had
    """
    if not STUDY_NAME.fullmatch(study) or study in TAKEN:
        raise DefinitionRefused(
            "'%(study)s' is no name for a study; use small letters, digits and hyphens, and begin with a letter.",
            study=study[:70],
        )
    if waves.wave_list(session, study):
        raise DefinitionRefused(
            "There is a study %(study)s already. Choose another name, or send it in at the instrument of its wave.",
            study=study,
        )
    if (settings.instruments / study).exists():
        raise DefinitionRefused(
            "The server has files of a study %(study)s: whoever runs the platform makes its wave of them. Choose "
            "another name.",
            study=study,
        )


def propose_form(
    session: Session, settings: Settings, form: Form, study: str, year: int, language: str, actor: str
) -> str:
    """Keep a spreadsheet form until it is confirmed; its name.

    Parameters
    ----------
    language : of texts in columns that name none

    Raises
    ------
    DefinitionRefused     nothing of it can be carried, or the name of the study cannot be had
    """
    require_free(session, settings, study)
    documents, losses = inward(form, study, year, language)
    spots = spots_of(form)
    held = {
        "files": {name: yaml_text(data, COMMENT) for name, data in documents.items()},
        "lost": [[loss.where, dict(loss.in_both())] for loss in losses],
        "spots": {name: [spot.sheet, spot.row] for name, spot in spots.items()},
    }
    return _kept(session, study, year, FORM, held, actor)


def propose_archive(session: Session, settings: Settings, data: bytes, year: int | None, actor: str) -> str:
    """Keep the archive of a study until it is confirmed; its name.

    Parameters
    ----------
    year : which wave of it; None: the newest it holds

    Raises
    ------
    DefinitionRefused     it is no such archive, holds nothing of that year, or its study is there already
    """
    read = read_archive(data)
    study = _study_of(read.contents)
    require_free(session, settings, study)
    years = sorted(int(name[:4]) for name in read.contents if name.endswith("/questionnaire.yaml"))
    wanted = year if year is not None else years[-1] if years else None
    if wanted is None or wanted not in years:
        raise DefinitionRefused("The archive holds no questionnaire of %(year)s.", year=year or "–")
    contents = files_of_year(read.contents, wanted)
    held = {"files": {name: content.decode("utf-8") for name, content in contents.items()}, "left": list(read.left)}
    return _kept(session, study, wanted, ARCHIVE, held, actor)


def _study_of(contents: Contents) -> str:
    found = read_document(contents["study.yaml"], "study.yaml")
    name = found.data.get("study") if not isinstance(found, Finding) and isinstance(found.data, Mapping) else None
    return str(name or "")


def _kept(session: Session, study: str, year: int, kind: str, held: Mapping[str, Any], actor: str) -> str:
    if year not in YEARS:
        raise DefinitionRefused("%(year)s is no year of a wave.", year=year)
    forget_old(session)
    name = uuid.uuid4().hex
    content = zlib.compress(json.dumps(held, ensure_ascii=False).encode())
    values = {"year": year, "actor": actor[:254], "sent_at": clock.now(), "kind": kind, "content": content}
    stored.propose_study(session, study, name, **values)
    return name


def proposal(session: Session, settings: Settings, name: str, actor: str, *, lock: bool = False) -> StudyProposal:
    """The study that waits under this name.

    Raises
    ------
    NotFound     it was confirmed or dropped, waited for more than a day, or is somebody else's
    """
    row = stored.proposed_study(session, name, actor[:254], clock.now() - LASTS, lock=lock)
    if row is None:
        raise NotFound("What you sent in is not there any more: it was confirmed, dropped, or waited for over a day.")
    held: dict[str, Any] = json.loads(zlib.decompress(bytes(row.content)))
    contents = {file: text.encode("utf-8") for file, text in held["files"].items()}
    folder = definitions.lay_out(settings, row.study_id, contents)
    instrument, findings = read_instrument(folder, row.year)
    spots = {name: Spot(*spot) for name, spot in held.get("spots", {}).items()}
    lost = tuple(Lost(called, what, spots.get(called) or _said(called)) for called, what in held.get("lost", ()))
    return StudyProposal(
        id=name,
        kind=row.kind,
        study=row.study_id,
        year=row.year,
        contents=contents,
        instrument=instrument,
        findings=findings,
        folder=folder,
        lost=lost,
        spots=spots,
        left=tuple(held.get("left", ())),
    )


def _said(called: str) -> Spot | None:
    """The row that a loss is named by, where it has no other name."""
    found = _ROW.fullmatch(called)
    return Spot(found[1], int(found[2])) if found is not None else None


def take_in(session: Session, settings: Settings, name: str, contents: Contents, actor: str) -> Instrument:
    """Make the study that waits, with its settings, and its first wave as a draft.

    Parameters
    ----------
    contents : its files with what was set of them

    Raises
    ------
    NotFound              it is not there any more: a second press of the button makes nothing twice
    DefinitionRefused     the checks find an error in it, or the study is there by now
    """
    found = proposal(session, settings, name, actor, lock=True)
    require_free(session, settings, found.study)
    instrument, _ = examined(settings, found.study, found.year, contents)
    waves.create_wave(session, instrument)
    definitions.hold(session, found.study, found.year, contents, actor, expected=0)
    log = {"version": instrument.hash, "by": found.kind, "lost": len(found.lost)}
    audit.add(session, actor, MADE, f"{found.study} {found.year}", log)
    weightings.weigh_from_the_start(session, instrument, actor)
    stored.drop_study(session, name)
    return instrument


def drop(session: Session, settings: Settings, name: str, actor: str) -> None:
    """Let go of what waits.

    Raises
    ------
    NotFound     it is not there, or somebody else's
    """
    proposal(session, settings, name, actor)
    stored.drop_study(session, name)


def forget_old(session: Session) -> int:
    """Let go of everything that waited for more than a day; the number of studies and changes of them."""
    before = clock.now() - LASTS
    return stored.forget_studies(session, before) + stored.forget_proposals(session, before)
