"""A person asks what is kept of them, or for it to be mended or removed: found by address or by link, while possible.

Answers are tied to somebody only in a confidential wave and until the link is cut. Before that they can be shown, as a
file for that person alone, and removed; after it nobody can tell which are theirs, and the page says so. What the team
sees here is who was invited and what can be done, never an answer.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from email_validator import EmailNotValidError, validate_email

from surveyapp import clock
from surveyapp.engine.answers import UNANSWERED
from surveyapp.engine.describe import answer_in_words
from surveyapp.engine.pipe import piped
from surveyapp.engine.route import path
from surveyapp.errors import NotFound, WrongState
from surveyapp.fieldwork import unsubscribing
from surveyapp.fieldwork.library import InstrumentLibrary
from surveyapp.fieldwork.personal_links import CONFIDENTIAL, GONE, link_hash
from surveyapp.fieldwork.waves import CUT_LINKS, WaveInfo, wave_info, wave_list
from surveyapp.instrument.model import Instrument
from surveyapp.storage import audit, cases, contacts, report_requests, stop_reasons
from surveyapp.storage.database import Session

SEARCH, FILE, FORGET = "person.search", "person.file", "person.forget-address"
WORDS: Mapping[str, Mapping[str, str]] = {
    "nl": {
        "kept": "Wat wij van u bewaren",
        "email": "E-mailadres",
        "name": "Naam",
        "organisation": "Organisatie",
        "segment": "Groep",
        "out": "Geen e-mail meer sinds",
        "opened": "Link gevolgd op",
        "declined": "Niet meegedaan op",
        "begun": "Begonnen op",
        "sent": "Verstuurd op",
        "device": "Apparaat",
        "stopped": "Waarom u stopte",
        "answers": "Uw antwoorden",
    },
    "en": {
        "kept": "What we keep of you",
        "email": "E-mail address",
        "name": "Name",
        "organisation": "Organisation",
        "segment": "Group",
        "out": "No more e-mail since",
        "opened": "Link followed on",
        "declined": "Declined on",
        "begun": "Begun on",
        "sent": "Sent on",
        "device": "Device",
        "stopped": "Why you stopped",
        "answers": "Your answers",
    },
}
_LINK = re.compile(r"/i/([A-Za-z0-9_-]{16,64})")
_UNSUBSCRIBE = re.compile(r"/u/([A-Za-z0-9_-]{43})")


@dataclass(frozen=True, slots=True)
class Held:
    """What is kept of one person in one wave."""

    wave: WaveInfo
    contact_id: uuid.UUID | None  # None: an address that was left for the report alone
    name: str
    has_answers: bool  # answers that are known to be theirs
    was_taken_back: bool
    cut_on: date | None  # since when nobody can tell which answers are whose
    is_anonymous: bool
    left_address: bool  # for the report


def wanted(text: str, session: Session, *, salt: str) -> str:
    """The address that is asked about: as typed, or that of a personal link or a link for no more mail.

    Raises
    ------
    NotFound     it is neither an address nor a link of ours
    """
    typed = text.strip()
    if found := _LINK.search(typed):
        row = contacts.by_token(session, link_hash(found[1], salt))
    elif found := _UNSUBSCRIBE.search(typed):
        contact_id = unsubscribing.read(found[1], salt=salt)
        row = contacts.by_id(session, contact_id) if contact_id is not None else None
    else:
        try:
            return validate_email(typed[:320], check_deliverability=False).normalized.lower()
        except EmailNotValidError:
            raise NotFound("Type a whole e-mail address, or paste a link from one of our mails.") from None
    if row is None:
        raise NotFound("Nobody has this link any more: it was replaced, or its contact is gone.")
    return str(row.email)


def held(session: Session, email: str, actor: str) -> tuple[Held, ...]:
    """What is kept of who has this address, wave by wave; that somebody looked is noted, never for whom."""
    found = tuple(_of_wave(session, info, email) for info in wave_list(session))
    kept = tuple(one for one in found if one is not None)
    audit.add(session, actor, SEARCH, "persons", {"waves": len(kept)})
    return kept


def _of_wave(session: Session, info: WaveInfo, email: str) -> Held | None:
    row = contacts.by_address(session, info.study, info.year, email)
    has_left = any(left.email == email for left in report_requests.listed(session, info.study, info.year))
    if row is None and not has_left:
        return None
    case = _case(session, info, row) if row is not None else None
    cut = audit.last(session, CUT_LINKS, f"{info.study} {info.year}")
    return Held(
        info,
        row.contact_id if row is not None else None,
        (row.name or "") if row is not None else "",
        case is not None and case.state not in GONE,
        case is not None and case.state in GONE,
        clock.local(cut.at).date() if cut is not None else None,
        info.mode != CONFIDENTIAL,
        has_left,
    )


def _case(session: Session, info: WaveInfo, row: Any) -> Any:
    case_id = contacts.case_of(session, info.study, row.contact_id)
    return cases.by_id(session, info.study, case_id) if case_id is not None else None


def forget_address(session: Session, study: str, year: int, email: str, actor: str) -> int:
    """Delete the address somebody left for the report; how many there were."""
    gone = report_requests.forget(session, study, year, email)
    audit.add(session, actor, FORGET, f"{study} {year}", {"addresses": gone})
    return gone


def document(
    session: Session, library: InstrumentLibrary, study: str, year: int, contact_id: uuid.UUID, reason: str, actor: str
) -> str:
    """Everything that is kept of one contact of a wave, their answers among it, in plain words and their language.

    Raises
    ------
    NotFound       there is no such contact (any more)
    WrongState     no answers are known to be theirs
    """
    info = wave_info(session, study, year)
    row = contacts.by_id(session, contact_id)
    if row is None or (row.study_id, row.year) != (study, year):
        raise NotFound("There is no such contact any more.")
    case = _case(session, info, row)
    if case is None or case.state in GONE:
        raise WrongState("No answers are known to be this person's.")
    instrument = library.get(session, study, case.instrument_hash)
    audit.add(session, actor, FILE, f"{study} {year}", {"contact": str(contact_id), "reason": reason})
    why = stop_reasons.of_case(session, study, case.case_id)
    return "\n".join(_lines(instrument, row, case, why)) + "\n"


def _lines(instrument: Instrument, row: Any, case: Any, why_stopped: str) -> Iterator[str]:
    language = row.language if row.language in instrument.languages else instrument.languages[0]
    said = WORDS[language]
    yield instrument.wave.title[language]
    yield f"{instrument.study.organisation.name}, {clock.today().isoformat()}"
    yield ""
    yield said["kept"]
    for label, value in (
        (said["email"], row.email),
        (said["name"], row.name),
        (said["organisation"], row.organisation),
        (said["segment"], row.segment),
        (said["out"], row.opted_out_on),
        (said["opened"], row.opened_on),
        (said["declined"], row.declined_on),
        (said["begun"], case.started_on),
        (said["sent"], case.sent_on),
        (said["device"], None if case.device == "unknown" else case.device),
        (said["stopped"], why_stopped),
    ):
        if value:
            yield f"  {label}: {value}"
    yield ""
    yield said["answers"]
    questionnaire = instrument.questionnaires[case.role]
    for seen in path(questionnaire, case.answers, language).pages:
        for question in seen.questions:
            value = case.answers.get(question.name)
            if value in UNANSWERED:
                continue
            yield f"  {piped(question.text[language], instrument, case.answers, language)}"
            yield f"    {answer_in_words(instrument, question, value, case.answers, language)}"
