"""The flagged questionnaires of a choice, the most strongly flagged first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import request

from surveyapp.fieldwork.case_lines import short_id
from surveyapp.numerals import whole_number
from surveyapp.reports.formatting import mean
from surveyapp.reports.quality_queue import DECISIONS, QueueChoice, case_at, chosen
from surveyapp.reports.quality_rules import RULES
from surveyapp.storage.database import Session
from surveyapp.web.console.frame import WaveFrame, value_name
from surveyapp.web.console.quality_data import QualityData, quality_data
from surveyapp.web.console.quality_words import FlagView, decision_names, flag_views, reason_of, strength_name
from surveyapp.web.languages import current, translate, translate_plural
from surveyapp.web.rendering import whole

PER_PAGE = 50
Options = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One questionnaire of the list."""

    code: str
    address: str
    role: str
    minutes: str
    flags: tuple[FlagView, ...]
    decision: str
    reason: str  # why it was decided so, or what stands there to be sent
    is_decided: bool


@dataclass(frozen=True, slots=True)
class QualityList:
    """One page of the list."""

    heading: str
    count: int
    choice: QueueChoice
    options: dict[str, Options]
    rows: tuple[CaseRow, ...]
    page: int
    pages: int
    previous: str | None
    next: str | None
    many: tuple[tuple[str, str], ...]  # what can be done with all of them at once: address and words


def read_choice() -> QueueChoice:
    """The choice of this request's address."""
    args = request.args
    return QueueChoice(args.get("rule", ""), args.get("strength", ""), args.get("decision", "waiting"))


def quality_list(session: Session, wave: WaveFrame) -> QualityList:
    """The list of this request's address; a page that is no longer there gives the first."""
    choice, found = read_choice(), quality_data(session, wave)
    places = chosen(found.flags, found.decided, choice) if found.flags is not None else ()
    many = len(places)
    pages = max(1, -(-many // PER_PAGE))
    page = whole_number(request.args.get("part", "1"), least=1, most=pages) or 1
    return QualityList(
        heading=translate_plural(
            "%(count)s questionnaire", "%(count)s questionnaires", len(places), count=whole(len(places))
        ),
        count=len(places),
        choice=choice,
        options=_options(),
        rows=tuple(_row(wave, found, at, choice) for at in list(places)[(page - 1) * PER_PAGE : page * PER_PAGE]),
        page=page,
        pages=pages,
        previous=_part(wave, choice, page - 1) if page > 1 else None,
        next=_part(wave, choice, page + 1) if page < pages else None,
        many=_many(wave, choice) if many else (),
    )


def _many(wave: WaveFrame, choice: QueueChoice) -> tuple[tuple[str, str], ...]:
    acts = {
        "waiting": (("exclude", translate("Exclude all of these")), ("keep", translate("Keep all of these"))),
        "kept": (("undo", translate("Undo all of these")),),
        "excluded": (("undo", translate("Undo all of these")),),
    }
    return tuple(
        (wave.address("console.quality_many", way=act, **choice.parts()), words)
        for act, words in acts.get(choice.decision, ())
    )


def _part(wave: WaveFrame, choice: QueueChoice, page: int) -> str:
    return wave.address("console.quality_cases", part=page, **choice.parts())


def _options() -> dict[str, Options]:
    names = decision_names()
    return {
        "rule": (("", translate("any rule")), *((code, rule.title[current()]) for code, rule in RULES.items())),
        "strength": (("", translate("mild and strong")), ("strong", strength_name(2)), ("mild", strength_name(1))),
        "decision": (*((key, names[key]) for key in DECISIONS), ("", translate("all"))),
    }


def _row(wave: WaveFrame, found: QualityData, at: int, choice: QueueChoice) -> CaseRow:
    assert found.flags is not None
    case, flags = case_at(found.flags, at), found.flags.of(at)
    finished, decision = found.data.finished, found.decisions.get(case)
    role = finished.names["role"][int(finished.codes("role")[at])]
    names = decision_names()
    decided = names["waiting"] if decision is None else names["excluded" if decision.is_excluded else "kept"]
    return CaseRow(
        code=short_id(case),
        address=wave.address("console.quality_case", code=short_id(case), **choice.parts()),
        role=value_name(wave.instrument, "role", role),
        minutes=mean(int(finished.seconds[at]) / 60, current(), 1),
        flags=flag_views(flags),
        decision=decided,
        reason=reason_of(flags) if decision is None else decision.reason,
        is_decided=decision is not None,
    )
