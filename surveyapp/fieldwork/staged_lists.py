"""A list of contacts between being sent in and being confirmed.

It waits in the database, so that a restart or another server has it too, sealed with the application's secret, so that
a copy of the database does not hold the addresses; for a day at most, and for nobody but who sent it in
(docs/decisions/0046-lists-that-wait.md).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import uuid
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from surveyapp import clock
from surveyapp.errors import ListRefused, NotFound, WrongState
from surveyapp.fieldwork.arrivals import declare_sources
from surveyapp.fieldwork.personal_links import CONFIDENTIAL
from surveyapp.fieldwork.sample_columns import EMAIL, FIELDS, guessed
from surveyapp.fieldwork.sample_files import ReadList
from surveyapp.fieldwork.sample_review import Outcome, Review, changed_values, review, stored_values
from surveyapp.fieldwork.unsubscribing import opted_out, settle
from surveyapp.fieldwork.waves import wave_info
from surveyapp.instrument.model import Instrument
from surveyapp.storage import audit, contacts, keys, samples, staged_lists, waves
from surveyapp.storage.database import Session

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

LASTS = timedelta(days=1)
"""How long a list waits."""
TAKE_IN = "contact.upload"


@dataclass(frozen=True, slots=True)
class StagedList:
    """A list that waits, and what each of its columns holds."""

    id: str
    listed: ReadList
    columns: tuple[str | None, ...]

    @property
    def has_addresses(self) -> bool:
        """Whether it is known which column holds the addresses."""
        return EMAIL in self.columns


def require_open(session: Session, study: str, year: int) -> None:
    """Refuse a list for a wave to which nobody is invited by name.

    Raises
    ------
    WrongState     the wave is over, or anonymous
    """
    info = wave_info(session, study, year)
    if info.mode != CONFIDENTIAL:
        raise WrongState("The wave of %(year)s is anonymous: nobody is invited to it by name.", year=year)
    if info.is_settled:
        raise WrongState("The wave of %(year)s is over: nobody can be invited any more.", year=year)


def stage(session: Session, study: str, year: int, listed: ReadList, actor: str, *, salt: str) -> StagedList:
    """Keep a list until it is confirmed; what waited too long goes.

    Raises
    ------
    WrongState     the wave is over, or anonymous
    """
    require_open(session, study, year)
    forget_old(session)
    made = StagedList(uuid.uuid4().hex, listed, guessed(listed.header))
    staged_lists.add(
        session,
        study,
        year,
        made.id,
        actor=actor,
        at=clock.now(),
        columns=made.columns,
        content=_sealed([listed.header, *([number, *row] for number, row in listed.rows.items())], salt),
    )
    return made


def staged(
    session: Session, study: str, year: int, list_id: str, actor: str, *, salt: str, lock: bool = False
) -> StagedList:
    """A list that waits.

    Raises
    ------
    NotFound     it was confirmed or dropped, waited for more than a day, or is somebody else's
    """
    row = staged_lists.one(session, study, year, list_id, lock=lock)
    content = None
    if row is not None and row.actor == actor and row.staged_at > clock.now() - LASTS:
        content = _opened(row.content, salt)
    if row is None or content is None:
        raise NotFound("This list is not there any more: it was taken in, dropped, or waited for more than a day.")
    header, *rows = content
    return StagedList(list_id, ReadList(tuple(header), {one[0]: tuple(one[1:]) for one in rows}), tuple(row.columns))


def choose_columns(session: Session, study: str, year: int, waiting: StagedList, chosen: Sequence[str | None]) -> None:
    """Say what each column of a list holds.

    Raises
    ------
    ListRefused     two columns would hold the same, or none the addresses
    """
    named = [name for name in chosen if name is not None]
    if EMAIL not in named:
        raise ListRefused("Choose the column that holds the e-mail addresses.")
    if len(chosen) != len(waiting.columns) or len(named) != len(set(named)) or not set(named) <= set(FIELDS):
        raise ListRefused("Two columns cannot hold the same; choose one of them.")
    staged_lists.set_columns(session, study, year, waiting.id, chosen)


def drop(session: Session, study: str, year: int, list_id: str, actor: str, *, salt: str) -> None:
    """Let go of a list that waits.

    Raises
    ------
    NotFound     it is not there, or somebody else's
    """
    staged(session, study, year, list_id, actor, salt=salt)
    staged_lists.remove(session, study, year, list_id)


def reviewed(session: Session, instrument: Instrument, waiting: StagedList, *, salt: str) -> Review:
    """What a list comes to as things are now; nothing is written."""
    study, year = instrument.study.id, instrument.wave.year
    there = samples.every(session, study, year)
    return review(waiting.listed, waiting.columns, instrument, there, _opted_out(session, study, waiting, salt))


def _opted_out(session: Session, study: str, waiting: StagedList, salt: str) -> dict[str, date]:
    at = waiting.columns.index(EMAIL) if waiting.has_addresses else 0
    typed = [row[at] for row in waiting.listed.rows.values() if at < len(row)]
    return opted_out(session, study, {one.strip().lower() for one in typed}, salt=salt)


def take_in(session: Session, instrument: Instrument, list_id: str, actor: str, *, salt: str, expected: str) -> Review:
    """Take a list in: what was looked at, whole, or nothing.

    Parameters
    ----------
    expected : the digest of the review that was looked at

    Raises
    ------
    NotFound        it is not there any more: a second press of the button takes nothing in twice
    ListRefused     the contacts changed since, and so would what becomes of it
    WrongState      the wave is over
    """
    study, year = instrument.study.id, instrument.wave.year
    waves.find(session, study, year, lock=True)  # one list at a time
    require_open(session, study, year)
    waiting = staged(session, study, year, list_id, actor, salt=salt, lock=True)
    there = samples.every(session, study, year)
    out = _opted_out(session, study, waiting, salt)
    found = review(waiting.listed, waiting.columns, instrument, there, out)
    if found.digest != expected:
        raise ListRefused("The contacts changed while you looked. Nothing was taken in; look at the list once more.")
    fresh = found.of(Outcome.NEW, Outcome.OPTED_OUT)
    values = [stored_values(one, instrument) for one in fresh]
    rows: list[dict[str, Any]] = [
        {
            "study_id": study,
            "contact_id": keys.uuid7(),
            "year": year,
            "email": one.email,
            "opted_out_on": out.get(one.email),
            **held,
        }
        for one, held in zip(fresh, values, strict=True)
    ]
    by_address = {row.email: row for row in there}
    changes = {
        row.contact_id: changed_values(one, row)
        for one in found.of(Outcome.CHANGED)
        if (row := by_address.get(one.email)) is not None
    }
    sources = {str(held["source"]) for held in (*values, *changes.values())}
    declare_sources(session, study, year, sorted(sources))
    contacts.add(session, rows)
    settle(session, study, [one.email for one in fresh], salt=salt)
    samples.change(session, study, changes)
    staged_lists.remove(session, study, year, list_id)
    audit.add(session, actor, TAKE_IN, f"{study} {year}", {str(each): n for each, n in found.counts.items()})
    return found


def forget_old(session: Session) -> int:
    """Let go of every list that waited for more than a day; the number of them."""
    return staged_lists.forget_before(session, clock.now() - LASTS)


def _box(salt: str) -> Fernet:
    from cryptography.fernet import Fernet  # only then: no other process of the server seals anything

    key = hmac.new(salt.encode(), b"staged list", hashlib.sha256).digest()
    return Fernet(base64.urlsafe_b64encode(key))


def _sealed(content: Sequence[Sequence[object]], salt: str) -> bytes:
    return _box(salt).encrypt(zlib.compress(json.dumps(content, ensure_ascii=False).encode()))


def _opened(content: bytes, salt: str) -> list[list[Any]] | None:
    """What was sealed; None under another secret."""
    from cryptography.fernet import InvalidToken

    try:
        found: list[list[Any]] = json.loads(zlib.decompress(_box(salt).decrypt(bytes(content))))
    except InvalidToken:
        return None
    return found
