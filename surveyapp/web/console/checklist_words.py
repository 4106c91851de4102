"""What each check of a checklist says, and where what it lacks is put right."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from surveyapp.fieldwork.checklists import Checked
from surveyapp.fieldwork.waves import landing
from surveyapp.web.console.frame import WaveFrame, language_name
from surveyapp.web.languages import current, translate, translate_plural
from surveyapp.web.rendering import whole


@dataclass(frozen=True, slots=True)
class ChecklistLine:
    """One line: how it stands, in words, and where it is mended; no address where there is nothing to do."""

    key: str
    state: str
    state_name: str
    words: str
    address: str


def lines(wave: WaveFrame, found: Iterable[Checked]) -> tuple[ChecklistLine, ...]:
    """The checklist in words: first what is missing, then what to look at, then what is done."""
    names = {"missing": translate("missing"), "look": translate("look at it"), "done": translate("done")}
    ranked = sorted(found, key=lambda each: list(names).index(each.state))
    return tuple(
        ChecklistLine(
            each.key,
            each.state,
            names[each.state],
            _done(each) if each.state == "done" else _lacking(each),
            "" if each.state == "done" else _address(wave, each.key),
        )
        for each in ranked
    )


def _done(found: Checked) -> str:
    n = found.n
    return {
        "errors": translate("The checks find no error in the questionnaire."),
        "translations": translate("No translation is out of date."),
        "meanings": translate("No name or code means something else than in an earlier wave."),
        "privacy": translate("The privacy text has all it needs."),
        "dates": translate("Opening day and closing day are set."),
        "closing-day": translate("The closing day is still to come."),
        "targets": translate("It is set how many answers are wanted."),
        "sample": translate("There are contacts to invite."),
        "mail": translate("The invitation is written."),
        "years": translate("No text names the year of the wave it was made of."),
        "tried": translate("The questionnaire was tried to the end in every language."),
        "tests": translate_plural(
            "%(count)s test case: it leaves the results when the wave opens.",
            "%(count)s test cases: they leave the results when the wave opens.",
            n,
            count=whole(n),
        ),
        "early": translate("The closing day is over."),
        "answering": translate("Nobody has begun without sending."),
        "sending": translate("No mail is on its way."),
    }[found.key]


def _lacking(found: Checked) -> str:
    n = found.n
    named = ", ".join(map(language_name, found.names))
    return {
        "errors": translate_plural(
            "The checks find %(count)s error in the questionnaire.",
            "The checks find %(count)s errors in the questionnaire.",
            n,
            count=whole(n),
        ),
        "translations": translate_plural(
            "%(count)s text changed after its translation was approved.",
            "%(count)s texts changed after their translation was approved.",
            n,
            count=whole(n),
        ),
        "meanings": translate_plural(
            "%(count)s name or code means something else than in an earlier wave.",
            "%(count)s names or codes mean something else than in an earlier wave.",
            n,
            count=whole(n),
        ),
        "privacy": translate("The privacy text lacks who pays, whom to ask, until when answers are kept, or where."),
        "dates": translate("The opening day or the closing day is not set."),
        "closing-day": translate("The closing day is over."),
        "targets": translate("It is not set how many answers are wanted."),
        "sample": translate("This wave is confidential, and nobody is there to be invited."),
        "mail": translate("No invitation is written yet."),
        "years": translate_plural(
            "%(count)s text names the year of the wave it was made of.",
            "%(count)s texts name the year of the wave it was made of.",
            n,
            count=whole(n),
        ),
        "tried": translate("Nobody has tried the questionnaire to the end in this language: %(named)s.", named=named),
        "early": translate("The closing day that respondents read is still to come."),
        "answering": translate_plural(
            "%(count)s person began and did not send; their answers count as broken off.",
            "%(count)s people began and did not send; their answers count as broken off.",
            n,
            count=whole(n),
        ),
        "sending": translate("Mail is still on its way; it goes to nobody any more once the wave is closed."),
    }[found.key]


def _address(wave: WaveFrame, key: str) -> str:
    if key == "tried" and wave.state == "test":
        return landing(wave.study, wave.year, current())
    translations = {"language": wave.instrument.languages[-1]}
    endpoint, parts = {
        "errors": ("console.instrument", {"_anchor": "heading-check"}),
        "translations": ("console.instrument_translations", translations),
        "meanings": ("console.instrument_compare", {}),
        "privacy": ("console.settings", {"_anchor": "contact"}),
        "dates": ("console.settings", {"_anchor": "opens"}),
        "closing-day": ("console.settings", {"_anchor": "closes"}),
        "targets": ("console.settings", {"_anchor": "settings"}),
        "sample": ("console.sample", {}),
        "mail": ("console.sample", {}),
        "years": ("console.instrument_exchange", {}),
        "tried": ("console.change_wave", {"change": "test"}),
        "early": ("console.settings", {"_anchor": "closes"}),
        "answering": ("console.fieldwork", {}),
        "sending": ("console.sample", {}),
    }[key]
    return wave.address(endpoint, **parts)
