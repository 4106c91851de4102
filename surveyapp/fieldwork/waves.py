"""Waves: published, opened, closed.

    draft → test → open → closed → archived
      └────────────↑  ↑______│

From test a wave can go back to draft; a wave closed by mistake can open again. Its mode never changes after the first
answer, and in an archived wave nothing changes at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from surveyapp import clock
from surveyapp.errors import NotFound, Word, WrongState
from surveyapp.fieldwork import editions
from surveyapp.fieldwork.meanings import lost_meanings
from surveyapp.fieldwork.wave_moves import BEFORE_OPENING, OVER, contradiction, require_move
from surveyapp.instrument.model import Instrument
from surveyapp.storage import audit, clearing, mixing, publication, report_requests, waves
from surveyapp.storage.cases import ANSWERABLE
from surveyapp.storage.database import Session
from surveyapp.storage.tables import WaveRow

ANONYMOUS = "anonymous"
"""The mode of a wave in which nothing may tell who came, or when, or in what order."""
LANDING = {"nl": "/nl/onderzoek/", "en": "/en/survey/"}
"""Where the questionnaire of a wave begins; its study and year follow."""
SOURCE = {"nl": "bron", "en": "source"}
"""The name of the source in an address, as `web.respondent` reads it."""
OPEN, CLOSE, CUT_LINKS = "wave.open", "wave.close", "wave.cut-links"
"""What the audit log calls these deeds, where rules rest on them."""


@dataclass(frozen=True, slots=True)
class WaveInfo:
    """One wave and the state in force."""

    study: str
    year: int
    state: str
    mode: str
    instrument_hash: str
    opened_at: datetime | None
    closed_at: datetime | None

    @property
    def is_answerable(self) -> bool:
        """Whether answers come in."""
        return self.state in ANSWERABLE

    @property
    def is_settled(self) -> bool:
        """Whether the fieldwork is over."""
        return self.state in OVER


def _info(row: WaveRow) -> WaveInfo:
    return WaveInfo(
        study=row.study_id,
        year=row.year,
        state=Word(row.state),
        mode=row.mode,
        instrument_hash=row.instrument_hash,
        opened_at=row.opened_at,
        closed_at=row.closed_at,
    )


def wave_info(session: Session, study: str, year: int) -> WaveInfo:
    """The wave and its state."""
    row = waves.find(session, study, year)
    if row is None:
        raise _no_wave(session, study, year)
    return _info(row)


def _no_wave(session: Session, study: str, year: int) -> NotFound:
    years = ", ".join(str(each.year) for each in wave_list(session, study))
    if not years:
        return NotFound(
            "There is no wave %(study)s %(year)s; there is none of %(study)s yet. A new one is made with: "
            "surveyapp wave create %(study)s %(year)s",
            study=study,
            year=year,
        )
    return NotFound(
        "There is no wave %(study)s %(year)s; %(study)s has %(years)s. A new one is made with: "
        "surveyapp wave create %(study)s %(year)s",
        study=study,
        year=year,
        years=years,
    )


def landing(study: str, year: int, language: str) -> str:
    """The path of the page on which the questionnaire of a wave begins."""
    return f"{LANDING[language]}{study}-{year}"


def open_link_command(study: str, year: int) -> str:
    """The whole command that makes the open links of a wave, as a refusal names it."""
    return f"surveyapp wave links {study} {year} --sources NAME,NAME --out FOLDER"


def wave_list(session: Session, study: str | None = None) -> tuple[WaveInfo, ...]:
    """Every wave, of one study or of all: by study, newest first."""
    return tuple(_info(row) for row in waves.every(session, study))


def require_study(session: Session, study: str) -> None:
    """Refuse a study of which there is no wave.

    Raises
    ------
    NotFound     there is none
    """
    if not wave_list(session, study):
        raise NotFound("There is no study %(study)s.", study=study[:60])


def publish(session: Session, instrument: Instrument) -> str:
    """Store an immutable version of a definition under its hash; publishing the same again changes nothing."""
    documents: dict[str, Any] = dict(instrument.documents)
    waves.add_version(session, instrument.study.id, instrument.hash, instrument.wave.year, documents, clock.now())
    return instrument.hash


def create_wave(session: Session, instrument: Instrument, *, state: str = "draft") -> WaveInfo:
    """Publish a definition and make its wave.

    Parameters
    ----------
    state : ``draft``, or ``closed`` for a wave whose answers come in as a file

    Raises
    ------
    WrongState     the wave is there already, or cannot begin in this state
    """
    study, year = instrument.study.id, instrument.wave.year
    if state not in ("draft", "closed"):
        raise WrongState("A wave begins as draft, or closed when it is imported; not %(state)s.", state=state)
    if waves.find(session, study, year, lock=True) is not None:
        raise WrongState("The wave %(study)s %(year)s is there already.", study=study, year=year)
    hash_ = publish(session, instrument)
    now = clock.now()
    closed_at = now if state == "closed" else None
    row = waves.add(session, study, year, state, instrument.wave.mode, hash_, now, closed_at)
    return _info(row)


def adopt(session: Session, instrument: Instrument) -> WaveInfo:
    """Let a wave that is not open yet run on a newer version of its definition.

    Raises
    ------
    WrongState     the wave has opened: cases keep the version they began with
    """
    study, year = instrument.study.id, instrument.wave.year
    row = _locked(session, study, year)
    if row.state not in BEFORE_OPENING:
        raise WrongState(
            "%(study)s %(year)s is %(state)s: its definition can only change before it opens.",
            study=study,
            year=year,
            state=Word(row.state),
        )
    row.instrument_hash = publish(session, instrument)
    row.mode = instrument.wave.mode
    session.add(row)
    session.flush()
    return _info(row)


def pin_imported(session: Session, instrument: Instrument, first: datetime | None, last: datetime | None) -> WaveInfo:
    """Let an imported wave, which is never open, run on this definition, with the dates its file speaks of.

    Raises
    ------
    WrongState     the wave is not closed
    """
    row = _locked(session, instrument.study.id, instrument.wave.year)
    if row.state == "draft" and row.opened_at is None:  # made before its answers came in
        row.state, row.closed_at = "closed", clock.now()
    if row.state != "closed":
        raise WrongState(
            "%(study)s %(year)s is %(state)s: only a closed wave can be imported anew.",
            study=row.study_id,
            year=row.year,
            state=Word(row.state),
        )
    row.instrument_hash = publish(session, instrument)
    row.opened_at, row.closed_at = first or row.opened_at, last or row.closed_at
    session.add(row)
    session.flush()
    return _info(row)


def _locked(session: Session, study: str, year: int) -> WaveRow:
    row = waves.find(session, study, year, lock=True)
    if row is None:
        raise _no_wave(session, study, year)
    return row


def _move(session: Session, study: str, year: int, state: str) -> WaveInfo:
    row = _locked(session, study, year)
    require_move(year, row.state, state)
    row.state = state
    session.add(row)
    session.flush()
    return _info(row)


def _dated(
    session: Session, study: str, year: int, *, opened_at: datetime | None, closed_at: datetime | None
) -> WaveInfo:
    row = _locked(session, study, year)
    row.opened_at, row.closed_at = opened_at, closed_at
    session.add(row)
    session.flush()
    return _info(row)


def test_wave(session: Session, study: str, year: int) -> WaveInfo:
    """Let people try a wave: what they answer is kept apart as test cases and never counted.

    Raises
    ------
    NotFound, WrongState     no such wave; it has opened already, or asks nobody anything
    """
    info = _move(session, study, year, "test")
    _questionnaire(session, info)
    return info


def back_to_draft(session: Session, study: str, year: int) -> WaveInfo:
    """Let nobody try a wave any more.

    Raises
    ------
    NotFound, WrongState     no such wave; it is not in test
    """
    return _move(session, study, year, "draft")


def open_wave(session: Session, study: str, year: int, *, actor: str = editions.SYSTEM) -> WaveInfo:
    """Let answers come in; test cases stay test cases, and what testers left beside them goes.

    Raises
    ------
    WrongState     it is archived or open already, its link was cut, its published version asks nobody anything, or a
                   name or code in it means something else than in an earlier wave
    """
    was = wave_info(session, study, year).state
    info = _move(session, study, year, "open")
    if audit.last(session, CUT_LINKS, f"{study} {year}") is not None:
        raise WrongState(
            "The link between people and answers of %(year)s was cut: whoever answered could do so again.",
            year=year,
        )
    instrument = _questionnaire(session, info)
    if was != "closed":  # what was answered under it before stays as it is
        require_meanings(session, instrument)
        clearing.forget_testers(session, study, year)
    if was == "closed":
        editions.note_others(session, study, year, actor, editions.REOPENED, "")
    if info.closed_at is None:
        publication.forget(session, study, year)
    else:  # while it was closed, everything could be seen
        publication.publish_everything(session, study, year, clock.now())
    return _dated(session, study, year, opened_at=info.opened_at or clock.now(), closed_at=None)


def _questionnaire(session: Session, info: WaveInfo) -> Instrument:
    """What a wave asks people; one that comes in as a file asks nobody anything, and is neither tried nor opened."""
    # Only here: the parser of definitions has no place in a respondent's process.
    from surveyapp.instrument.loader import instrument_from_documents

    documents = waves.version(session, info.study, info.instrument_hash)
    instrument = instrument_from_documents(documents) if documents is not None else None
    if instrument is None or not instrument.questionnaires:
        raise WrongState(
            "The wave of %(year)s has no published questionnaire, so nobody can fill it in.",
            year=info.year,
        )
    return instrument


def hold_for_closing(session: Session) -> None:
    """Wait for whoever is saving, and keep others out until this transaction ends; asked before any other lock."""
    mixing.hold(session)


def require_meanings(session: Session, instrument: Instrument) -> None:
    """Refuse a definition in which a name or code means something else than in an earlier wave.

    Raises
    ------
    WrongState     it contradicts one; the message names the first place and how many more
    """
    lost = lost_meanings(session, instrument)
    if lost:
        year, first = lost[0]
        raise contradiction(instrument, year, first, more=len(lost) - 1)


def close_wave(session: Session, study: str, year: int, *, actor: str = editions.SYSTEM, reason: str = "") -> WaveInfo:
    """Let no more answers in; what was saved stays, and its figures change from now on by named acts alone.

    Addresses left for the report are written anew in random order, and so are the cases of an anonymous wave: what the
    database remembers of the order in which they came is gone. Call `Database.fold_journal` afterwards, and
    :func:`hold_for_closing` before anything else is locked.

    Raises
    ------
    NotFound, WrongState     no such wave; it is not open
    """
    hold_for_closing(session)
    report_requests.mix(session, study, year)
    _locked(session, study, year)  # no step is made from here on
    publication.close(session, study, year, clock.now(), spare=_threshold(session, study, year))
    info = _move(session, study, year, "closed")
    if info.mode == ANONYMOUS:
        mixing.mix(session, study, year)
    closed = _dated(session, study, year, opened_at=info.opened_at, closed_at=clock.now())
    editions.make(session, study, year, actor, editions.CLOSED, reason)
    return closed


def _threshold(session: Session, study: str, year: int) -> int:
    documents = waves.version(session, study, wave_info(session, study, year).instrument_hash) or {}
    return int(documents.get("study", {}).get("threshold", 10))


def archive_wave(session: Session, study: str, year: int) -> WaveInfo:
    """Put a closed wave away: it stays readable and never opens again.

    Raises
    ------
    NotFound, WrongState     no such wave; it is not closed
    """
    return _move(session, study, year, "archived")
