"""Waves whose people are made up: filled by robots to look around in, as the demonstration is.

A wave becomes one the moment robots go into it while it is open (`fieldwork.simulate`), and stays one. Everything that
shows it says so in the same sentence: pages, mails, books, files, and what commands print.
"""

from __future__ import annotations

from collections.abc import Mapping
from time import monotonic

from surveyapp.errors import SurveyError
from surveyapp.storage import waves
from surveyapp.storage.database import Database, Session

SENTENCE: Mapping[str, str] = {
    "nl": "Demonstratie: de mensen en antwoorden hierin zijn verzonnen.",
    "en": "Demonstration: the people and answers in it are made up.",
}
REMEMBERED = 10.0
"""Seconds for which a process believes that a wave is none."""


def sentence(is_made_up: bool, language: str) -> str:
    """What is said of a wave; empty where its people are real."""
    return SENTENCE[language] if is_made_up else ""


def is_made_up(session: Session, study: str | None = None, year: int | None = None) -> bool:
    """Whether the people of a wave are made up; without one, whether there is any such wave here."""
    return waves.is_demonstration(session, study, year)


class MadeUpWaves:
    """What a process knows of it, so that a page costs no query and can say so while the database is away."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: dict[tuple[str | None, int | None], tuple[bool, float]] = {}

    def holds(self, study: str | None = None, year: int | None = None) -> bool:
        """As `is_made_up`; what is known already, and else no, while the database does not answer."""
        key = (study, year)
        known, at = self._known.get(key, (False, -REMEMBERED))
        if known or monotonic() - at < REMEMBERED:
            return known
        try:
            with self._database.read_primary() as session:
                known = is_made_up(session, study, year)
        except SurveyError:
            return known
        if known or year is None or len(self._known) < 1000:  # addresses can name any year
            self._known[key] = known, monotonic()
        return known
