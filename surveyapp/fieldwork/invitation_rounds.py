"""Rounds of invitations and reminders: made, worded, addressed, confirmed, stopped and gone on with.

    draft → going ⇄ stopped (also by itself, where the mail server takes none: `fieldwork.invitation_sending`)
              └──→ done

Confirming puts a message in for each who gets one at that moment; `fieldwork.invitation_sending` asks for each again
whether they still do when it goes. Every deed stands in the audit log, never an address.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from surveyapp import clock
from surveyapp.errors import NotFound, WrongState
from surveyapp.fieldwork import invitation_texts, sending_days
from surveyapp.fieldwork.invitation_texts import RoundText, TextFault
from surveyapp.fieldwork.personal_links import CONFIDENTIAL
from surveyapp.fieldwork.recipients import INVITATION, REMINDER, THANKS, Rule, recipients
from surveyapp.fieldwork.waves import WaveInfo, wave_info
from surveyapp.instrument.model import Instrument
from surveyapp.storage import audit, invitation_messages, waves
from surveyapp.storage import invitation_rounds as stored
from surveyapp.storage.database import Session

KINDS = (INVITATION, REMINDER, THANKS)
MOST_REMINDERS = 2
"""Reminders by default; one more asks whether it is meant (`reminder_number`)."""
CREATE, CONFIRM, STOP, GO_ON, DROP, AGAIN = (
    "invitation.create",
    "invitation.send",
    "invitation.stop",
    "invitation.go-on",
    "invitation.drop",
    "invitation.send-unsure",
)


@dataclass(frozen=True, slots=True)
class Round:
    """One round."""

    number: int
    kind: str
    nth: int  # of its kind, counted from 1
    state: str
    texts: Mapping[str, RoundText]
    rule: Rule
    send_at: datetime | None
    confirmed: int | None
    made_by: str
    figures: Mapping[str, Any] | None = None
    as_files: bool = False  # its messages become files, as no mail server was set when it was confirmed
    stopped_because: str | None = None  # what the mail server said, where it stopped by itself

    @property
    def is_draft(self) -> bool:
        """Whether it can still be changed."""
        return self.state == "draft"

    @property
    def is_one_too_many(self) -> bool:
        """Whether it is a third reminder or one after it."""
        return self.kind == REMINDER and self.nth > MOST_REMINDERS


def rounds(session: Session, study: str, year: int) -> tuple[Round, ...]:
    """The rounds of a wave, the first first."""
    seen: dict[str, int] = {}
    found = []
    for row in stored.of_wave(session, study, year):
        seen[row.kind] = seen.get(row.kind, 0) + 1
        found.append(
            Round(
                row.number,
                row.kind,
                seen[row.kind],
                row.state,
                invitation_texts.kept(row.texts),
                Rule.kept(row.rule),
                row.send_at,
                row.confirmed,
                row.made_by,
                row.figures,
                row.as_files,
                row.stopped_because,
            )
        )
    return tuple(found)


def round_of(session: Session, study: str, year: int, number: int) -> Round:
    """One round.

    Raises
    ------
    NotFound     there is none with this number
    """
    for one in rounds(session, study, year):
        if one.number == number:
            return one
    raise NotFound("There is no mailing %(number)s of invitations in this wave.", number=number)


def create(
    session: Session,
    instrument: Instrument,
    kind: str,
    actor: str,
    *,
    instruments: Path | None = None,
    rule: Rule | None = None,
) -> int:
    """Make a round with the texts such a round begins from: last wave's, else the study's, else the product's.

    It goes on the day that suits (`sending_days.suggested`), until another is chosen.

    Parameters
    ----------
    instruments : the folder with one folder per study

    Raises
    ------
    WrongState     the wave is over; who took part can be thanked until the link to their answers is cut
    """
    study, year = instrument.study.id, instrument.wave.year
    waves.find(session, study, year, lock=True)
    require_writable(wave_info(session, study, year), kind)
    nth = 1 + sum(one.kind == kind for one in rounds(session, study, year))
    texts = invitation_texts.default_texts(instrument, kind, nth, instruments)
    before = stored.last_texts(session, study, kind, nth, year)
    if before is not None and set(before) == set(texts):
        texts = invitation_texts.kept(before)
    held = (rule or Rule()).stored()
    worded = invitation_texts.stored(texts)
    number = stored.add(session, study, year, kind, texts=worded, rule=held, made_by=actor, made_at=clock.now())
    stored.change(session, study, year, number, send_at=sending_days.suggested(clock.now()))
    audit.add(session, actor, CREATE, f"{study} {year}", {"round": number, "kind": kind})
    return number


def require_writable(info: WaveInfo, kind: str) -> None:
    """Refuse a round for a wave in which nobody can be written to any more.

    Raises
    ------
    WrongState     the wave is over, or anonymous and somebody is to be thanked
    """
    if kind == THANKS and info.mode != CONFIDENTIAL:
        raise WrongState("The wave of %(year)s is anonymous: nobody knows whom to thank.", year=info.year)
    if info.state == "archived" or (info.is_settled and kind != THANKS):
        raise WrongState("The wave of %(year)s is over: nobody can be invited any more.", year=info.year)


def _draft(session: Session, study: str, year: int, number: int) -> Round:
    stored.one(session, study, year, number, lock=True)
    found = round_of(session, study, year, number)
    if not found.is_draft:
        raise WrongState("Mailing %(number)s was confirmed already: it cannot be changed any more.", number=number)
    return found


def save_texts(
    session: Session, instrument: Instrument, number: int, texts: Mapping[str, RoundText]
) -> tuple[TextFault, ...]:
    """Save the texts of a draft, unless something is wrong with one of them.

    Returns
    -------
    what is wrong; empty where they were saved

    Raises
    ------
    NotFound, WrongState     there is no such round, or it was confirmed
    """
    study, year = instrument.study.id, instrument.wave.year
    found = _draft(session, study, year, number)
    faults = invitation_texts.text_faults(found.kind, texts, instrument)
    if not faults:
        stored.change(session, study, year, number, texts=invitation_texts.stored(texts))
    return faults


def save_rule(session: Session, study: str, year: int, number: int, rule: Rule) -> None:
    """Save who gets a draft.

    Raises
    ------
    NotFound, WrongState     there is no such round, or it was confirmed
    """
    _draft(session, study, year, number)
    stored.change(session, study, year, number, rule=rule.stored())


def save_moment(session: Session, study: str, year: int, number: int, send_at: datetime | None) -> None:
    """Save when a draft goes; None: as soon as it is confirmed.

    Raises
    ------
    NotFound, WrongState     there is no such round, it was confirmed, or the day is a holiday
    """
    _draft(session, study, year, number)
    require_working_day(send_at or clock.now())
    stored.change(session, study, year, number, send_at=send_at)


def require_working_day(moment: datetime) -> None:
    """Refuse a Dutch public holiday.

    Raises
    ------
    WrongState     names the day
    """
    name = sending_days.holiday(clock.local(moment).date())
    if name is not None:
        raise WrongState("Nothing is sent on %(name)s; choose another day.", name=name)


def confirm(
    session: Session, instrument: Instrument, number: int, typed: int, actor: str, *, as_files: bool = False
) -> int:
    """Let a round go to who gets it now; how many those are.

    Parameters
    ----------
    typed :    the number somebody typed who is sure
    as_files : its messages become files; a mail server that is set later sends none of it, nor does one that is away
               make files of what was to be sent

    Raises
    ------
    NotFound       there is no such round
    WrongState     it was confirmed before, the texts miss something, the day is a holiday, nobody would get it, or
                   another number of people than was typed
    """
    study, year = instrument.study.id, instrument.wave.year
    waves.find(session, study, year, lock=True)
    found = _draft(session, study, year, number)
    info = wave_info(session, study, year)
    require_writable(info, found.kind)
    if info.state not in ("open", "closed"):
        raise WrongState("The wave of %(year)s is not open yet: the links would lead nowhere.", year=year)
    if invitation_texts.text_faults(found.kind, found.texts, instrument):
        raise WrongState("The texts of this mailing cannot be sent as they are; look at them first.")
    moment = max(found.send_at or clock.now(), clock.now())
    require_working_day(moment)
    people = recipients(session, info, instrument, found.kind, found.rule, number)
    if not people:
        raise WrongState("Nobody would get this mailing now.")
    if len(people) != typed:
        raise WrongState(
            "This mailing goes to %(count)s; you typed %(typed)s. Look at the number and type it again.",
            count=len(people),
            typed=typed,
        )
    contacts = [who.contact_id for who in people if who.contact_id is not None]
    invitation_messages.add(session, study, year, number, contacts, moment)
    stored.change(
        session, study, year, number, state="going", send_at=moment, confirmed=len(contacts), as_files=as_files
    )
    details: dict[str, Any] = {"round": number, "kind": found.kind, "messages": len(contacts), "at": moment.isoformat()}
    if as_files:
        details["as_files"] = True
    audit.add(session, actor, CONFIRM, f"{study} {year}", details)
    return len(contacts)


def stop(session: Session, study: str, year: int, number: int, actor: str) -> None:
    """Send nothing more of a round until somebody goes on with it; what is in hand at that moment still goes.

    Raises
    ------
    NotFound, WrongState     there is no such round, or it does not go
    """
    _move(session, study, year, number, "going", "stopped")
    audit.add(session, actor, STOP, f"{study} {year}", {"round": number})


def go_on(session: Session, study: str, year: int, number: int, actor: str, *, without_refused: bool = False) -> None:
    """Send what a stopped round still has to send.

    Parameters
    ----------
    without_refused : not to those whose message was refused so far; they count as out of reach

    Raises
    ------
    NotFound, WrongState     there is no such round, it is not stopped, or the wave is over
    """
    found = _move(session, study, year, number, "stopped", "going")
    require_writable(wave_info(session, study, year), found.kind)
    details: dict[str, Any] = {"round": number}
    if without_refused:
        details["refused"] = invitation_messages.give_up_refused(session, study, year, number)
    audit.add(session, actor, GO_ON, f"{study} {year}", details)


def _move(session: Session, study: str, year: int, number: int, before: str, after: str) -> Round:
    stored.one(session, study, year, number, lock=True)
    found = round_of(session, study, year, number)
    if found.state != before:
        if after == "stopped":
            raise WrongState("Mailing %(number)s is not being sent.", number=number)
        raise WrongState("Mailing %(number)s is not stopped.", number=number)
    gone_on_at = clock.now() if after == "going" else None
    stored.change(session, study, year, number, state=after, stopped_because=None, gone_on_at=gone_on_at)
    return found


def drop(session: Session, study: str, year: int, number: int, actor: str) -> None:
    """Delete a draft.

    Raises
    ------
    NotFound, WrongState     there is no such round, or it was confirmed
    """
    found = _draft(session, study, year, number)
    stored.remove(session, study, year, number)
    audit.add(session, actor, DROP, f"{study} {year}", {"round": number, "kind": found.kind})


def send_unsure_again(session: Session, study: str, year: int, number: int, actor: str) -> int:
    """Let those messages go again of which nobody knows whether they went; how many those are.

    Raises
    ------
    NotFound       there is no such round
    WrongState     there are none, or the wave is over
    """
    stored.one(session, study, year, number, lock=True)
    found = round_of(session, study, year, number)
    require_writable(wave_info(session, study, year), found.kind)
    again = invitation_messages.send_unsure_again(session, study, year, number, clock.now())
    if not again:
        raise WrongState("Of every message of this mailing it is known what became of it.")
    stored.change(session, study, year, number, state="going", stopped_because=None, gone_on_at=clock.now())
    audit.add(session, actor, AGAIN, f"{study} {year}", {"round": number, "messages": again})
    return again
