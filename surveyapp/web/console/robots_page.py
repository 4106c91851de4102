"""What robots reached of the questionnaire, per role and language."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request

from surveyapp.engine.coverage import Coverage, coverage
from surveyapp.errors import NotFound
from surveyapp.instrument.conditions import Condition, parse_condition
from surveyapp.instrument.conditions.sentence import clause
from surveyapp.instrument.model import Instrument
from surveyapp.recent import Recent
from surveyapp.reports import formatting
from surveyapp.web.console.frame import WaveFrame, language_name
from surveyapp.web.languages import current, translate

KEPT = 64
_walked: Recent[tuple[str, str, str], Coverage] = Recent(KEPT)


@dataclass(frozen=True, slots=True)
class Walked:
    """One role in one language; ``report`` is None until its robots were sent."""

    id: str  # of its place on the page
    name: str  # role and language
    address: str
    report: Report | None


@dataclass(frozen=True, slots=True)
class Report:
    """What a coverage report says, in words."""

    coverage: Coverage
    minutes: str
    counts: tuple[tuple[str, int, int], ...]
    untouched: tuple[str, ...]
    one_sided: tuple[str, ...]
    stuck: tuple[str, ...]


def robots_page(instrument: Instrument, wave: WaveFrame) -> tuple[Walked, ...]:
    """Every role and language; the robots of the one asked for are sent now, earlier reports are kept.

    Raises
    ------
    NotFound     the role or language asked for is not of this wave
    """
    role, language = request.args.get("role", ""), request.args.get("language", "")
    if role and language:  # an address with one of them asks for no robots yet
        instrument.questionnaire(role)
        if language not in instrument.languages:
            raise NotFound("There is no questionnaire in %(language)s.", language=language[:20])
        _walked.get((instrument.hash, role, language), lambda: coverage(instrument.questionnaires[role], language))
    return tuple(
        Walked(
            f"{each}-{tongue}",
            f"{instrument.role(each).plural[current()]}, {language_name(tongue)}",
            wave.address("console.instrument_robots", role=each, language=tongue, _anchor=f"{each}-{tongue}"),
            _in_words(instrument, _walked.known((instrument.hash, each, tongue))),
        )
        for each in instrument.questionnaires
        for tongue in instrument.languages
    )


def _in_words(instrument: Instrument, report: Coverage | None) -> Report | None:
    if report is None:
        return None

    def condition(source: str) -> str:
        read: Condition = parse_condition(source)
        return clause(read, current(), instrument)

    kinds = {
        "page": translate("page"),
        "question": translate("question"),
        "option": translate("answer"),
        "ending": translate("ending"),
        "draw": translate("draw of blocks"),
    }
    pages = instrument.questionnaires[report.role].by_id
    met = len(report.conditions) - len(report.one_sided)
    return Report(
        coverage=report,
        minutes=formatting.mean(report.minutes, current()),
        counts=(
            (translate("pages"), *report.pages),
            (translate("questions"), *report.questions),
            (translate("answers"), *report.options),
            (translate("endings"), *report.endings),
            *(((translate("draws of blocks"), *report.draws),) if report.draws[1] else ()),
            (translate("conditions, met and not met"), met, len(report.conditions)),
        ),
        untouched=tuple(
            f"{kinds[each.kind]} “{each.label[current()]}” ({each.name})"
            + (f": {'; '.join(condition(source) for source in each.conditions)}" if each.conditions else "")
            for each in report.untouched
        ),
        one_sided=tuple(
            (translate("always true") if each.was_true else translate("never true"))
            + f" ({each.place}): {condition(each.source)}"
            for each in report.one_sided
        ),
        stuck=tuple(f"“{pages[page].title[current()]}” ({page})" for page in report.stuck),
    )
