"""A coder's own codes as a workbook, and what comes back of it."""

from __future__ import annotations

from contextlib import closing

from surveyapp.errors import WrongState
from surveyapp.exports.coding_books import BookLine, read_coding_book
from surveyapp.fieldwork import coding as deeds
from surveyapp.fieldwork.coding import NOTHING
from surveyapp.instrument.coding import Frame
from surveyapp.reports.open_answers import Choice, open_answers, reading
from surveyapp.reports.wave_data import WaveData
from surveyapp.storage import audit
from surveyapp.storage.database import Session
from surveyapp.web.accounts import actor
from surveyapp.web.console.answers_forms import CodingFileForm
from surveyapp.web.console.frame import WaveFrame
from surveyapp.web.sessions import secret, services, writing

TAKEN_IN = "coding.take-in"


def book_lines(session: Session, wave: WaveFrame, data: WaveData, frame: Frame, seat: int) -> list[BookLine]:
    """Every answer that may be read, with what this place gave it."""
    answers = open_answers(services().database, data, frame.question, salt=secret())
    given = deeds.given(session, wave.study, wave.year, frame.question, (seat,))
    return [
        BookLine(one.name, one.words, given.get(one.case_id, NOTHING).counted(frame, seat) or ())
        for one in reading(data, frame.question, answers, Choice()).answers
    ]


def take_in(study: str, year: int, question: str, form: CodingFileForm) -> int:
    """Let one's own place give the codes of a workbook; how many answers have others than before.

    Raises
    ------
    ListRefused     it is no such workbook, or a row cannot be taken in; then none is
    WrongState      whoever asks has no place, or the wave is not closed
    """
    data = services().live.data(study, year)
    answers = open_answers(services().database, data, question, salt=secret())
    known = {one.name: one.case_id for one in reading(data, question, answers, Choice()).answers}
    with closing(form.file.data) as sent:
        content = sent.read()
    with writing() as database:
        seat = deeds.seat_of(database, study, year, question, actor())
        if seat is None:
            raise WrongState("Take one of the two places first.")
        frame = deeds.frame_in_force(database, study, year, question).frame
        read = read_coding_book(content, frame, known)
        given = deeds.given(database, study, year, question, (seat,))
        changed = {
            name: codes
            for name, codes in read.items()
            if set(given.get(known[name], NOTHING).counted(frame, seat) or ()) != set(codes)
        }
        for name, codes in changed.items():
            deeds.give(database, study, year, frame, known[name], seat, codes)
        details = {"question": question, "coder": seat, "answers": len(changed)}
        audit.add(database, actor(), TAKEN_IN, f"{study} {year}", details)
    return len(changed)
