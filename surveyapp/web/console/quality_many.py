"""A deed on all questionnaires of a choice: how many, of whom, and what follows, before anything is done."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from uuid import UUID

from surveyapp.reports.quality_queue import cases_at, chosen
from surveyapp.reports.quality_rules import RULES
from surveyapp.storage.database import Session
from surveyapp.web.console.frame import WaveFrame, value_name
from surveyapp.web.console.quality_data import quality_data
from surveyapp.web.console.quality_list import read_choice
from surveyapp.web.languages import current, translate, translate_plural
from surveyapp.web.rendering import whole


@dataclass(frozen=True, slots=True)
class ManyPage:
    """What a deed on many comes to."""

    question: str
    button: str
    count: int
    roles: tuple[tuple[str, int], ...]
    consequences: tuple[str, ...]
    suggested: str
    back: str
    cases: tuple[UUID, ...]


def many_page(session: Session, wave: WaveFrame, act: str) -> ManyPage:
    """The page of this deed on the choice of this request's address; decided ones are only undone."""
    choice, found = read_choice(), quality_data(session, wave)
    places = chosen(found.flags, found.decided, choice) if found.flags is not None else None
    if found.flags is not None and places is not None:
        places = places[(found.decided[places] == 0) == (act != "undo")]
    many = 0 if places is None else len(places)
    finished = found.data.finished
    roles = Counter(finished.names["role"][code] for code in (finished.codes("role")[places].tolist() if many else ()))
    number = whole(many)
    asked = {
        "exclude": translate_plural(
            "Exclude %(count)s questionnaire?", "Exclude %(count)s questionnaires?", many, count=number
        ),
        "keep": translate_plural("Keep %(count)s questionnaire?", "Keep %(count)s questionnaires?", many, count=number),
        "undo": translate_plural(
            "Decide on %(count)s questionnaire again?", "Decide on %(count)s questionnaires again?", many, count=number
        ),
    }
    buttons = {"exclude": translate("Exclude"), "keep": translate("Keep"), "undo": translate("Undo the decisions")}
    return ManyPage(
        question=asked[act],
        button=buttons[act],
        count=many,
        roles=tuple((value_name(wave.instrument, "role", role), n) for role, n in roles.most_common()),
        consequences=tuple(_consequences(wave, act)),
        suggested=RULES[choice.rule].title[current()] if choice.rule else "",
        back=wave.address("console.quality_cases", **choice.parts()),
        cases=tuple(cases_at(found.flags, places)) if found.flags is not None and places is not None else (),
    )


def many_done(done: int) -> str:
    """What to say when that was done."""
    return translate_plural(
        "%(count)s questionnaire: done.", "%(count)s questionnaires: done.", done, count=whole(done)
    )


def _consequences(wave: WaveFrame, act: str) -> list[str]:
    said = {
        "exclude": [
            translate(
                "They count in no figure from then on. Nothing is deleted: undo it, and every file is as before."
            ),
            translate("Data files still hold them, marked as excluded, and every analysis says how many there are."),
        ],
        "keep": [translate("They go on counting, and are no longer in the queue.")],
        "undo": [translate("They stand in the queue again; who was excluded counts again.")],
    }[act]
    if wave.info.is_settled and act != "keep":
        said.append(
            translate(
                "This wave is closed: its figures change, which makes a new edition. Who may not see single answers is "
                "shown two thirds of the questionnaires from then on, so that nobody’s answers follow from the "
                "difference, and groups of fewer than some 60 people are hidden. When all is undone, everything is "
                "shown again."
            )
        )
    elif act == "exclude":
        said.append(translate("Viewers and editors see it with the next step of the figures, not at once."))
    return said
