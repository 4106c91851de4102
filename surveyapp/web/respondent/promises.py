"""What a promise to respondents rests on: the settings of a wave, and what they make true."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from surveyapp import clock
from surveyapp.fieldwork.personal_links import CONFIDENTIAL
from surveyapp.instrument.model import Instrument, Wave
from surveyapp.web import languages
from surveyapp.web.languages import translate as _

ANONYMOUS = "anonymous"


@dataclass(frozen=True, slots=True)
class Facts:
    """The settings of a wave that promises rest on."""

    instrument: Instrument
    mode: str
    can_mail: bool = False
    cut_on: date | None = None  # the day on which the link of a confidential wave must be gone, once it is known

    @property
    def language(self) -> str:
        """The language of the request."""
        return languages.current()


@dataclass(frozen=True, slots=True)
class Promise:
    """One sentence: when it is true, and how it is worded."""

    key: str
    is_true: Callable[[Facts], bool]
    words: Callable[[Facts], str]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A headed paragraph of promises."""

    heading: str
    sentences: tuple[str, ...]


def always(_facts: Facts) -> bool:
    """True of the product itself."""
    return True


def anonymous(facts: Facts) -> bool:
    """Whether no link between people and answers ever existed."""
    return facts.mode == ANONYMOUS


def confidential(facts: Facts) -> bool:
    """Whether such a link exists until a day."""
    return facts.mode == CONFIDENTIAL


def has_period(facts: Facts) -> bool:
    """Whether it is known how long, and where, answers are kept."""
    return facts.instrument.wave.kept_until is not None and facts.instrument.wave.country is not None


def requires_answers(facts: Facts) -> bool:
    """Whether anybody meets a question that cannot be skipped."""
    asked = facts.instrument.questionnaires.values()
    return any(question.is_required for each in asked for question in each.questions.values())


def has_closing_day(facts: Facts) -> bool:
    """Whether the pages name the day on which the wave closes."""
    return facts.instrument.wave.closes is not None


def is_explained(facts: Facts) -> bool:
    """Whether the study says what its title means."""
    return facts.instrument.study.explanation is not None


def takes_addresses(facts: Facts) -> bool:
    """Whether anybody may leave an address."""
    return facts.can_mail or any(variable.is_stored_apart for variable in facts.instrument.variables.values())


def report_words(wave: Wave, *, is_over: bool = False) -> str:
    """One sentence on the report, in the language of the request; empty where no month is known.

    Parameters
    ----------
    is_over : the wave takes no answers any more. Without ``report_on`` nobody can tell then whether the month is past
    """
    if wave.report_month is None:
        return ""
    month = wave.report_month[languages.current()]
    if wave.report_on is not None and clock.today().strftime("%Y-%m") > wave.report_on:
        return _("The report came out in %(month)s.", month=month)
    if wave.report_on is None and is_over:
        return _("The report: %(month)s.", month=month)
    return _("The report comes out in %(month)s.", month=month)


def is_ahead(day: str) -> bool:
    """Whether a day (ISO) is not over yet: a wave that was opened again after its closing day promises no day."""
    return day >= clock.today().isoformat()
