"""One answer that may become a quotation: its words, what of them may name somebody, the role that may stand there."""

from __future__ import annotations

from dataclasses import dataclass

from surveyapp.reports.open_answers import OpenAnswer, shown_roles
from surveyapp.reports.quotations import identifying, known_names, masked, release_quotation
from surveyapp.reports.wave_data import WaveData
from surveyapp.storage.database import Session
from surveyapp.web.accounts import actor
from surveyapp.web.console.answers_forms import QuoteForm
from surveyapp.web.console.answers_reading import found_answer
from surveyapp.web.console.frame import WaveFrame, value_name
from surveyapp.web.sessions import services, writing

__all__ = ["QuoteForm", "quote_page", "release"]


@dataclass(frozen=True, slots=True)
class QuotePage:
    """An answer in pieces, those marked that may name somebody, and the text with blanks in their place."""

    answer: OpenAnswer
    pieces: tuple[tuple[str, bool], ...]
    masked: str
    role: str | None  # that may stand with it
    role_name: str


def quote_page(session: Session, wave: WaveFrame, data: WaveData, question: str, name: str) -> QuotePage:
    """An answer with what of it may name somebody.

    Raises
    ------
    NotFound     there is no such answer, or it may not be read
    """
    answer = found_answer(data, question, name)
    found = identifying(answer.words, known_names(session, wave.study, wave.year))
    pieces: list[tuple[str, bool]] = []
    at = 0
    for one in found:
        pieces += [(answer.words[at : one.start], False), (answer.words[one.start : one.end], True)]
        at = one.end
    pieces.append((answer.words[at:], False))
    # What leaves is judged as what everybody may see.
    shown = shown_roles(services().live.published(wave.study, wave.year), question)
    role = answer.role if answer.role in shown else None
    return QuotePage(
        answer,
        tuple(piece for piece in pieces if piece[0]),
        masked(answer.words, found, answer.language),
        role,
        value_name(wave.instrument, "role", role) if role else "",
    )


def release(wave: WaveFrame, question: str, page: QuotePage, words: str) -> None:
    """Release the words.

    Raises
    ------
    WrongState     the wave is not closed, or these words cannot be released
    """
    with writing() as database:
        release_quotation(database, wave.study, wave.year, question, page.answer, words, role=page.role, actor=actor())
