"""Where someone stands: "Part 2 of 6: Your assignment".

Parts are counted over the whole questionnaire of the role, also those a person will not see. So the total never
changes during a session and the count never goes back while walking forward, whatever routing hides.
"""

from __future__ import annotations

from dataclasses import dataclass

from surveyapp.engine.answers import Answers
from surveyapp.errors import NotFound
from surveyapp.instrument.model import Questionnaire


@dataclass(frozen=True, slots=True)
class Progress:
    """Part ``part`` of ``parts``, counting from 1, and its title."""

    part: int
    parts: int
    title: str


def progress(questionnaire: Questionnaire, answers: Answers, language: str, page_id: str) -> Progress:
    """The part this page belongs to; ``answers`` do not change it.

    Raises
    ------
    NotFound     this questionnaire has no such page
    """
    page = questionnaire.by_id.get(page_id)
    if page is None:
        raise NotFound(
            "The questionnaire for role %(role)s has no page %(page)s.", role=questionnaire.role, page=page_id
        )
    in_use = {page.part for page in questionnaire.pages}
    parts = [part for part in questionnaire.parts if part.id in in_use]
    place = next(index for index, part in enumerate(parts, start=1) if part.id == page.part)
    title = next(part.title for part in parts if part.id == page.part)
    return Progress(place, len(parts), title[language])
