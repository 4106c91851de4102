"""One coder's own codes out and in again: for the console, and for the commands."""

from __future__ import annotations

from surveyapp.errors import WrongState
from surveyapp.exports.coding_books import BookLine, coding_book, read_coding_book
from surveyapp.fieldwork import coding as deeds
from surveyapp.fieldwork.coding import NOTHING
from surveyapp.reports.open_answers import Choice, open_answers, reading
from surveyapp.reports.wave_data import WaveData
from surveyapp.storage import audit
from surveyapp.storage.database import Database, Session

READ, TAKEN_IN = "answers.read", "coding.take-in"


def own_book(
    database: Database, data: WaveData, question: str, account: str, language: str, *, salt: str
) -> tuple[bytes, str]:
    """Every answer that may be read with what this account gave it, as a workbook, and its name; that is noted.

    Raises
    ------
    WrongState     the account has neither of the two places
    """
    study, year = data.instrument.study.id, data.instrument.wave.year
    answers = open_answers(database, data, question, salt=salt)
    with database.write() as session:
        seat = _seat(session, study, year, question, account)
        frame = deeds.frame_in_force(session, study, year, question).frame
        given = deeds.given(session, study, year, question, (seat,))
        lines = [
            BookLine(one.name, one.words, given.get(one.case_id, NOTHING).counted(frame, seat) or ())
            for one in reading(data, question, answers, Choice()).answers
        ]
        details = {"question": question, "coding": seat, "answers": len(lines)}
        audit.add(session, account, READ, f"{study} {year}", details)
    return coding_book(frame, lines, language), f"{study}-{year}-{question}-{seat}.xlsx"


def take_own_codes(
    database: Database, data: WaveData, question: str, account: str, content: bytes, *, salt: str
) -> int:
    """Let the place of this account give the codes of a workbook; how many answers have others than before.

    Raises
    ------
    ListRefused     it is no such workbook, or a row cannot be taken in; then none is
    WrongState      the account has no place, or the wave is not closed
    """
    study, year = data.instrument.study.id, data.instrument.wave.year
    answers = open_answers(database, data, question, salt=salt)
    known = {one.name: one.case_id for one in reading(data, question, answers, Choice()).answers}
    with database.write() as session:
        seat = _seat(session, study, year, question, account)
        frame = deeds.frame_in_force(session, study, year, question).frame
        read = read_coding_book(content, frame, known)
        given = deeds.given(session, study, year, question, (seat,))
        changed = {
            name: codes
            for name, codes in read.items()
            if set(given.get(known[name], NOTHING).counted(frame, seat) or ()) != set(codes)
        }
        for name, codes in changed.items():
            deeds.give(session, study, year, frame, known[name], seat, codes)
        details = {"question": question, "coder": seat, "answers": len(changed)}
        audit.add(session, account, TAKEN_IN, f"{study} {year}", details)
    return len(changed)


def _seat(session: Session, study: str, year: int, question: str, account: str) -> int:
    seat = deeds.seat_of(session, study, year, question, account)
    if seat is None:
        raise WrongState("Take one of the two places first.")
    return seat
