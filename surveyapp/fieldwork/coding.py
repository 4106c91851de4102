"""The coding of open answers of a wave that is over: its frame, its two coders, the codes they give, who settles.

Which answers there are, and how far coders agree, is worked out a floor higher (`reports.coding_state`); what goes into
the figures too (`reports.coded_figures`). Here is what is written, each with its line in the audit log.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from surveyapp import clock
from surveyapp.errors import NotFound, Word, WrongState
from surveyapp.instrument.coding import CANNOT_BE_CODED, Frame, frame_of
from surveyapp.storage import audit, coding, waves
from surveyapp.storage.database import Session

FRAME, SEAT, SETTLE, COUNT = "coding.frame", "coding.seat", "coding.settle", "coding.put-in-figures"
READERS = "coding.readers"
THIRD = 3
"""The seat of who settles."""


@dataclass(frozen=True, slots=True)
class FrameVersion:
    """A frame as it stands from some moment on; ``act`` says what was done."""

    frame: Frame
    number: int
    at: datetime
    actor: str
    act: str


@dataclass(frozen=True, slots=True)
class Given:
    """What the seats gave one answer; ``suggested`` is what each was shown."""

    codes: Mapping[int, tuple[int, ...]]
    suggested: Mapping[int, tuple[int, ...]]

    def settled(self, frame: Frame) -> tuple[int, ...] | None:
        """The codes that count: of who settled it, else those both coders gave alike; None while there are none."""
        if THIRD in self.codes:
            return frame.as_counted(self.codes[THIRD])
        one, other = self.counted(frame, 1), self.counted(frame, 2)
        return one if one is not None and one == other else None

    def counted(self, frame: Frame, seat: int) -> tuple[int, ...] | None:
        """What a seat gave, as it counts now; None where it gave nothing, or must give it again."""
        given = self.codes.get(seat)
        return None if given is None else frame.as_counted(given)


NOTHING = Given({}, {})


# ------------------------------------------------------------------------------------------------------------ frames


def frames(session: Session, study: str, year: int) -> dict[str, FrameVersion]:
    """The frame in force of each question that is coded."""
    return {question: _version(row) for question, row in coding.frames(session, study, year).items()}


def frame_in_force(session: Session, study: str, year: int, question: str) -> FrameVersion:
    """The frame of a question.

    Raises
    ------
    NotFound     the question is not coded
    """
    found = frames(session, study, year).get(question)
    if found is None:
        raise NotFound("The answers to %(question)s are not coded yet.", question=question)
    return found


def frame_history(session: Session, study: str, year: int, question: str) -> tuple[FrameVersion, ...]:
    """Every version of a frame, newest first."""
    return tuple(map(_version, coding.frame_versions(session, study, year, question)))


def _version(row: object) -> FrameVersion:
    found: object = row
    return FrameVersion(frame_of(found.document), found.number, found.at, found.actor, found.act)  # type: ignore[attr-defined]


def start(session: Session, study: str, year: int, frame: Frame, actor: str) -> None:
    """Begin to code a question by this frame.

    Raises
    ------
    WrongState     the wave is not over, or the question is coded already
    """
    require_over(session, study, year)
    if frame.question in coding.frames(session, study, year):
        raise WrongState("The answers to %(question)s are coded already.", question=frame.question)
    _put(session, study, year, frame, 1, "start", actor)


def change_frame(session: Session, study: str, year: int, frame: Frame, actor: str, *, act: str, expected: int) -> None:
    """Put the next version of a frame in force; ``act`` says what was done.

    Raises
    ------
    WrongState     the wave is not over, or somebody changed the frame meanwhile
    """
    require_over(session, study, year)
    before = frame_in_force(session, study, year, frame.question)
    if before.number != expected:
        raise WrongState("Somebody changed the frame meanwhile; look at it again.")
    if before.frame == frame:
        return
    _put(session, study, year, frame, before.number + 1, act, actor)


def _put(session: Session, study: str, year: int, frame: Frame, number: int, act: str, actor: str) -> None:
    coding.add_frame(
        session, study, year, frame.question, frame.as_dict(), number=number, act=act, actor=actor, at=clock.now()
    )
    details = {"question": frame.question, "version": number, "act": act}
    audit.add(session, actor, FRAME, f"{study} {year}", details)


# ------------------------------------------------------------------------------------------------------------ coders


def coders(session: Session, study: str, year: int, question: str) -> tuple[str | None, str | None]:
    """Who codes a question."""
    return coding.coders(session, study, year, question)


def seat_of(session: Session, study: str, year: int, question: str, account: str) -> int | None:
    """The seat of an account; None where it has none."""
    seated = coders(session, study, year, question)
    return seated.index(account) + 1 if account in seated else None


def take_seat(session: Session, study: str, year: int, question: str, seat: int, account: str) -> None:
    """Become one of the two coders.

    Raises
    ------
    WrongState     the wave is not over, the seat is taken, or the account has the other one
    """
    require_over(session, study, year)
    frame_in_force(session, study, year, question)
    seated = coders(session, study, year, question)
    if seated[seat - 1] is not None or account in seated:
        raise WrongState("This place is taken, or you have the other one: two people code each by themselves.")
    coding.seat(session, study, year, question, seat, account)
    audit.add(session, account, SEAT, f"{study} {year}", {"question": question, "coder": seat, "account": account})


def hand_over(session: Session, study: str, year: int, question: str, seat: int, actor: str) -> None:
    """Let a seat be free for somebody else, who goes on with what was given."""
    require_over(session, study, year)
    coding.seat(session, study, year, question, seat, None)
    audit.add(session, actor, SEAT, f"{study} {year}", {"question": question, "coder": seat, "account": None})


# ------------------------------------------------------------------------------------------------------------- codes


def given(
    session: Session, study: str, year: int, question: str, seats: Sequence[int] = (1, 2, THIRD)
) -> dict[uuid.UUID, Given]:
    """What these seats gave, by case. Who still codes asks for the own seat alone."""
    found: dict[uuid.UUID, tuple[dict[int, tuple[int, ...]], dict[int, tuple[int, ...]]]] = {}
    for row in coding.codes(session, study, year, question, seats):
        codes, suggested = found.setdefault(row.case_id, ({}, {}))
        codes[row.seat], suggested[row.seat] = tuple(row.codes), tuple(row.suggested)
    return {case: Given(codes, suggested) for case, (codes, suggested) in found.items()}


def give(
    session: Session,
    study: str,
    year: int,
    frame: Frame,
    case_id: uuid.UUID,
    seat: int,
    codes: Sequence[int],
    suggested: Sequence[int] = (),
) -> None:
    """Let a seat give these codes to an answer.

    Raises
    ------
    WrongState     the wave is not over, or these codes cannot be given
    """
    require_over(session, study, year)
    require_codes(frame, codes)
    order = [*(one.code for one in frame.codes), CANNOT_BE_CODED]
    sorted_codes = sorted(dict.fromkeys(codes), key=order.index)
    coding.give(session, study, year, frame.question, case_id, seat, sorted_codes, suggested)
    coding.touch(session, study, year, frame.question)


def require_codes(frame: Frame, codes: Sequence[int]) -> None:
    """Refuse what cannot be given to an answer.

    Raises
    ------
    WrongState     no codes, one that is not in use, or "cannot be coded" beside others
    """
    if not codes:
        raise WrongState("Choose at least one code, or say that the answer cannot be coded.")
    usable = {one.code for one in frame.in_use} | {CANNOT_BE_CODED}
    strange = [code for code in codes if code not in usable]
    if strange:
        raise WrongState("Code %(code)s is not in use any more.", code=strange[0])
    if CANNOT_BE_CODED in codes and len(set(codes)) > 1:
        raise WrongState("An answer that cannot be coded has no other codes.")


def require_over(session: Session, study: str, year: int) -> None:
    """Hold a wave, and refuse what is done to the coding of one that is not closed.

    Raises
    ------
    NotFound       there is no such wave
    WrongState     it takes answers still, or is archived
    """
    row = waves.find(session, study, year, lock=True)
    if row is None:
        raise NotFound("There is no wave %(study)s %(year)s.", study=study, year=year)
    if row.state == "archived":
        raise WrongState(
            "%(study)s %(year)s is %(state)s: in it nothing changes any more.",
            study=study,
            year=year,
            state=Word(row.state),
        )
    if row.state != "closed":
        raise WrongState(
            "Open answers are coded when the wave is closed; %(year)s is %(state)s.", year=year, state=Word(row.state)
        )


# ----------------------------------------------------------------------------------------------------------- readers


def may_read(session: Session, study: str, account: str) -> bool:
    """Whether an account was given the right to read the open answers of a study."""
    return account in coding.readers(session, study)


def readers(session: Session, study: str) -> tuple[str, ...]:
    """The accounts that may."""
    return coding.readers(session, study)


def set_readers(session: Session, study: str, accounts: Sequence[str], actor: str) -> None:
    """Let these accounts read the open answers of a study, and no others; each change is in the audit log."""
    before, wanted = set(coding.readers(session, study)), set(accounts)
    for account in sorted(wanted - before):
        coding.let_read(session, study, account, given_by=actor, at=clock.now())
        audit.add(session, actor, READERS, study, {"account": account, "may_read": True})
    for account in sorted(before - wanted):
        coding.let_read_no_more(session, study, account)
        audit.add(session, actor, READERS, study, {"account": account, "may_read": False})
