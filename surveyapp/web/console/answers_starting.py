"""How coding begins and goes on: the frame of the study's folder, one change to a frame, what is taken over."""

from __future__ import annotations

from surveyapp.errors import DefinitionError, NotFound, WrongState
from surveyapp.fieldwork import coding as deeds
from surveyapp.fieldwork.coding import THIRD
from surveyapp.instrument import frame_changes
from surveyapp.instrument.coding import CANNOT_BE_CODED, Frame, FrameCode, frames_of
from surveyapp.instrument.loader import load_instrument
from surveyapp.instrument.variables import Text
from surveyapp.reports.coding_state import coding_state
from surveyapp.reports.wave_data import WaveData
from surveyapp.storage import audit
from surveyapp.storage.database import Session
from surveyapp.web.accounts import actor
from surveyapp.web.console.answers_forms import FrameForm
from surveyapp.web.console.answers_page import may_settle
from surveyapp.web.console.frame import WaveFrame
from surveyapp.web.sessions import services

SUFFIX = "_code"


def offered_frame(wave: WaveFrame, question: str) -> Frame | None:
    """The frame that coding.yaml of the wave's folder has for a question; None where it has none."""
    try:
        found = load_instrument(services().settings.instruments / wave.study, wave.year)
    except (NotFound, DefinitionError):
        return None
    return next((frame for frame in frames_of(found.coding) if frame.question == question), None)


def new_frame(wave: WaveFrame, question: str) -> Frame:
    """A frame to begin with where the folder has none: a code for what fits nowhere; the others are added."""
    variable = wave.instrument.variables[question]
    name = f"{question}{SUFFIX}"[:32]
    number = 2
    while name in wave.instrument.variables:
        name, number = f"{question[:26]}{SUFFIX}{number}", number + 1
    suffix = {"nl": "gecodeerd", "en": "coded"}
    label = Text({one: f"{variable.label[one]}, {suffix.get(one, 'coded')}" for one in wave.instrument.languages})
    words = {"nl": "Iets anders", "en": "Something else"}
    other = Text({one: words.get(one, words["en"]) for one in wave.instrument.languages})
    return Frame(question, name, label, (FrameCode(97, "other", other),))


def changed(session: Session, wave: WaveFrame, question: str, form: FrameForm, act: str) -> None:
    """Do one thing to a frame.

    Raises
    ------
    WrongState     it cannot be done, or a label is lacking in a language
    NotFound       there is no such code
    """
    frame = deeds.frame_in_force(session, wave.study, wave.year, question).frame
    code, label = form.code, form.label()
    if act in ("add", "word") and not label:
        raise WrongState("A code needs a label in every language of the study.")
    match act:
        case "add":
            made = frame_changes.added(frame, label, form.description())
            code = next(one.code for one in made.codes if frame.find(one.code) is None)
        case "word":
            made = frame_changes.worded(frame, code, label, form.description())
        case "earlier" | "later":
            made, act = frame_changes.moved(frame, code, -1 if act == "earlier" else 1), "move"
        case "retire":
            made = frame_changes.retired(frame, code)
        case "revive":
            made = frame_changes.revived(frame, code)
        case "merge":
            made = frame_changes.merged(frame, code, form.into)
        case "split":
            made = frame_changes.split(frame, code, form.labels())
        case _:
            raise WrongState("Choose what to do with the code.")
    deeds.change_frame(session, wave.study, wave.year, made, actor(), act=f"{act} {code}", expected=form.expected)


def take_over(session: Session, wave: WaveFrame, data: WaveData, question: str) -> int:
    """Settle every answer that one coder alone coded as that coder has it, on the record; how many.

    Raises
    ------
    WrongState     whoever asks still has answers to code
    """
    study, year = wave.study, wave.year
    state = coding_state(session, data, question)
    if not may_settle(state, deeds.seat_of(session, study, year, question, actor())):
        raise WrongState("Code your own answers first: until then you see nothing of the other coder.")
    usable, taken = {*(one.code for one in state.frame.in_use), CANNOT_BE_CODED}, 0
    for case in state.alone:
        given = state.of(case)
        codes = next(codes for seat in (1, 2) if (codes := given.counted(state.frame, seat)) is not None)
        if set(codes) <= usable:  # one that was retired since must be given anew
            deeds.give(session, study, year, state.frame, case, THIRD, codes)
            taken += 1
    audit.add(session, actor(), deeds.SETTLE, f"{study} {year}", {"question": question, "taken_over": taken})
    return taken
