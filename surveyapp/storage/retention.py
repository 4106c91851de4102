"""Queries on what is kept no longer: how much of each kind there is, and taking it away."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, delete, func, insert, select, update
from sqlmodel import Session

from surveyapp.storage import audit, statements, stop_reasons
from surveyapp.storage.cases import DRAFTS, SAVES
from surveyapp.storage.changes import CASES, new_mark, take_back, touch, touch_people
from surveyapp.storage.contacts import CONTACTS, LINKS, TOKENS
from surveyapp.storage.made_files import FILES
from surveyapp.storage.opening_requests import OPENINGS
from surveyapp.storage.outbox import OUTBOX
from surveyapp.storage.report_requests import REQUESTS
from surveyapp.storage.retention_tables import CertificateRow, OptOutRow
from surveyapp.storage.statements import AT_ONCE, batches, in_wave, insert_into
from surveyapp.storage.stop_reasons import REASONS

OPT_OUTS: Any = OptOutRow.__table__  # type: ignore[attr-defined]
CERTIFICATES: Any = CertificateRow.__table__  # type: ignore[attr-defined]
GONE = "[…]"
"""Stands where an open answer was: that somebody wrote something is still counted."""


def _cases(study: str, year: int) -> Select[Any]:
    return select(CASES.c.case_id).where(*in_wave(CASES, study, year))


def _of_people(study: str, year: int) -> Select[Any]:
    """What is counted: test cases go along and count nowhere."""
    return _cases(study, year).where(CASES.c.is_test.is_(False))


# ------------------------------------------------------------------------------------------------------------- counting
def count_drafts(session: Session, study: str, year: int) -> int:
    """Pages on which something was typed and never saved."""
    return statements.count(session, DRAFTS, DRAFTS.c.study_id == study, DRAFTS.c.case_id.in_(_of_people(study, year)))


def count_contacts(session: Session, study: str, year: int) -> int:
    """People who were invited by name."""
    return statements.count(session, CONTACTS, *in_wave(CONTACTS, study, year))


def count_addresses(session: Session, study: str, year: int) -> int:
    """Addresses left for the report."""
    return statements.count(session, REQUESTS, *in_wave(REQUESTS, study, year))


def count_cases(session: Session, study: str, year: int) -> int:
    """Cases, in whatever state."""
    return statements.count(session, CASES, *in_wave(CASES, study, year), CASES.c.is_test.is_(False))


def count_files(session: Session, moment: datetime) -> int:
    """Made files that were asked for before this moment."""
    return statements.count(session, FILES, FILES.c.asked_at <= moment)


def count_texts(session: Session, study: str, year: int, names: Collection[str]) -> int:
    """Open answers that still stand in the cases of a wave, and what people said of why they stopped."""
    answers = sum(len(_texts(row.answers, names)) for row in _answers(session, study, year) if not row.is_test)
    return answers + stop_reasons.count(session, study, year)


def _answers(session: Session, study: str, year: int) -> Iterator[Any]:
    statement = select(CASES.c.case_id, CASES.c.answers, CASES.c.is_test).where(*in_wave(CASES, study, year))
    yield from session.execute(statement.execution_options(yield_per=AT_ONCE))


def _texts(answers: Mapping[str, Any], names: Collection[str]) -> list[str]:
    return [name for name in names if isinstance(answers.get(name), str) and answers[name] not in ("", GONE)]


# ---------------------------------------------------------------------------------------------------------- taking away
def remove_drafts(session: Session, study: str, year: int) -> int:
    """Delete what was typed and never saved; how many pages."""
    found = count_drafts(session, study, year)
    session.execute(delete(DRAFTS).where(DRAFTS.c.study_id == study, DRAFTS.c.case_id.in_(_cases(study, year))))
    return found


def is_linked(session: Session, study: str, year: int) -> bool:
    """Whether anybody of a wave is still tied to a case."""
    people = select(CONTACTS.c.contact_id).where(*in_wave(CONTACTS, study, year))
    found = select(LINKS.c.case_id).where(LINKS.c.study_id == study, LINKS.c.contact_id.in_(people)).limit(1)
    return session.execute(found).first() is not None


def opted_out(session: Session, study: str, year: int) -> list[tuple[str, date]]:
    """The addresses of a wave that want no mail, and since when."""
    statement = select(CONTACTS.c.email, CONTACTS.c.opted_out_on).where(
        *in_wave(CONTACTS, study, year), CONTACTS.c.opted_out_on.is_not(None)
    )
    return [(row.email, row.opted_out_on) for row in session.execute(statement)]


def keep_opt_outs(session: Session, study: str, hashes: Mapping[str, date]) -> None:
    """Remember that these addresses want no mail; the first day stays."""
    rows = [{"study_id": study, "address_hash": hash_, "since": day} for hash_, day in hashes.items()]
    for some in batches(rows):
        session.execute(insert_into(session, OPT_OUTS).values([*some]).on_conflict_do_nothing())


def known_opt_outs(session: Session, study: str, hashes: Collection[str]) -> dict[str, date]:
    """Which of these addresses want no mail, and since when."""
    found: dict[str, date] = {}
    for some in batches([*hashes]):
        statement = select(OPT_OUTS.c.address_hash, OPT_OUTS.c.since).where(
            OPT_OUTS.c.study_id == study, OPT_OUTS.c.address_hash.in_(some)
        )
        found |= {row.address_hash: row.since for row in session.execute(statement)}
    return found


def forget_opt_outs(session: Session, study: str, hashes: Collection[str]) -> None:
    """These addresses are contacts again, who bear themselves that they want no mail."""
    for some in batches([*hashes]):
        session.execute(delete(OPT_OUTS).where(OPT_OUTS.c.study_id == study, OPT_OUTS.c.address_hash.in_(some)))


def remove_contacts(session: Session, study: str, year: int) -> int:
    """Delete who was invited to a wave, with their links, messages and whatever mail waits for them; how many."""
    touch_people(session, study)
    people = select(CONTACTS.c.contact_id).where(*in_wave(CONTACTS, study, year))
    found = count_contacts(session, study, year)
    session.execute(delete(TOKENS).where(TOKENS.c.study_id == study, TOKENS.c.contact_id.in_(people)))
    for table in (OUTBOX, OPENINGS, CONTACTS):
        session.execute(delete(table).where(*in_wave(table, study, year)))
    return found


def blank_texts(session: Session, study: str, year: int, names: Collection[str]) -> int:
    """Put `GONE` in the place of every open answer, in the cases and in what was saved of them, and let go of why
    people stopped; how many texts.

    The caller writes the rows anew in random order afterwards (`storage.mixing`).
    """
    found = stop_reasons.count(session, study, year)
    stop_reasons.forget_wave(session, study, year)
    for row in list(_answers(session, study, year)):
        blank = dict.fromkeys(_texts(row.answers, names), GONE)
        if not blank:
            continue
        found += 0 if row.is_test else len(blank)
        this = (CASES.c.study_id == study, CASES.c.case_id == row.case_id)
        session.execute(update(CASES).where(*this).values(answers={**row.answers, **blank}, mark=new_mark()))
        _blank_saves(session, study, row.case_id, names)
        touch(session, study, year, row.case_id)
    if found:
        take_back(session, study, year)
    return found


def _blank_saves(session: Session, study: str, case_id: uuid.UUID, names: Collection[str]) -> None:
    own = (SAVES.c.study_id == study, SAVES.c.case_id == case_id)
    for save in session.execute(select(SAVES.c.seq, SAVES.c.answers).where(*own)).all():
        blank = dict.fromkeys(_texts(save.answers, names), GONE)
        if blank:
            changed = update(SAVES).where(*own, SAVES.c.seq == save.seq)
            session.execute(changed.values(answers={**save.answers, **blank}))


def remove_cases(session: Session, study: str, year: int) -> int:
    """Delete every case of a wave with all that was saved of it; how many."""
    found = list(session.execute(_cases(study, year)).scalars())
    counted = count_cases(session, study, year)
    mine = _cases(study, year)
    for table in (SAVES, DRAFTS, REASONS, LINKS):
        session.execute(delete(table).where(table.c.study_id == study, table.c.case_id.in_(mine)))
    session.execute(delete(CASES).where(*in_wave(CASES, study, year)))
    for case_id in found:
        touch(session, study, year, case_id)
    take_back(session, study, year)
    return counted


# --------------------------------------------------------------------------------------------------------- certificates
FIRST = "0" * 64
_LOCKED = audit.be_alone


def sealed(number: int, content: Mapping[str, Any], previous: str) -> str:
    """The hash of a certificate: SHA-256 of its number, content and the hash before, as JSON with sorted names."""
    written = json.dumps([number, dict(content), previous], sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()


def add_certificate(session: Session, at: datetime, content: Mapping[str, Any]) -> tuple[int, str]:
    """Add a certificate, in the transaction of the removal itself; its number, from 1 without gaps, and hash."""
    _LOCKED(session)
    last = session.execute(
        select(CERTIFICATES.c.number, CERTIFICATES.c.hash).order_by(CERTIFICATES.c.number.desc()).limit(1)
    ).first()
    number, previous = (1, FIRST) if last is None else (last.number + 1, last.hash)
    held = {**content, "previous": previous}
    hash_ = sealed(number, held, previous)
    session.execute(insert(CERTIFICATES).values(number=number, at=at, content=held, hash=hash_))
    return number, hash_


def certificates(session: Session, most: int | None = None) -> Sequence[Any]:
    """The certificates, the newest first."""
    return session.execute(select(CERTIFICATES).order_by(CERTIFICATES.c.number.desc()).limit(most)).all()


def certificate(session: Session, number: int) -> Any | None:
    """One certificate; None when there is none of this number."""
    return session.execute(select(CERTIFICATES).where(CERTIFICATES.c.number == number)).first()


def broken_certificate(session: Session) -> int | None:
    """The first certificate that was changed, or before which one is missing; None where all are whole."""
    previous = FIRST
    for expected, row in enumerate(session.execute(select(CERTIFICATES).order_by(CERTIFICATES.c.number)), 1):
        is_whole = row.content.get("previous") == previous and row.hash == sealed(row.number, row.content, previous)
        if row.number != expected or not is_whole:
            return int(row.number)
        previous = row.hash
    return None


def last_number(session: Session) -> int:
    """The number of the newest certificate; 0 while there is none."""
    return int(session.execute(select(func.coalesce(func.max(CERTIFICATES.c.number), 0))).scalar_one())
