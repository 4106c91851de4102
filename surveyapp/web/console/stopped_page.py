"""Why people stopped, in their own words, as a view model."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request

from surveyapp.numerals import whole_number
from surveyapp.reports.stop_reasons import StopReason, read_stop_reasons
from surveyapp.storage.database import Session
from surveyapp.web.console.choices import page_title
from surveyapp.web.console.frame import WaveFrame, value_name
from surveyapp.web.languages import translate_plural
from surveyapp.web.rendering import whole
from surveyapp.web.sessions import secret

PER_PAGE = 25


@dataclass(frozen=True, slots=True)
class ReasonLine:
    """What one person said, and beside it what may be told: the page they would go on at, their device."""

    words: str
    language: str
    beside: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StoppedPage:
    """A page of what was said; ``why_not`` is ``few`` or ``open`` where nothing may be read."""

    heading: str
    is_asked: bool
    why_not: str
    lines: tuple[ReasonLine, ...]
    page: int
    pages: int
    previous: str | None
    next: str | None


def stopped_page(session: Session, wave: WaveFrame) -> StoppedPage:
    """What people of a wave said."""
    found = read_stop_reasons(session, wave.info, wave.instrument.study.threshold, salt=secret())
    pages = max(1, -(-len(found.reasons) // PER_PAGE))
    page = whole_number(request.args.get("part") or "1", least=1, most=pages) or 1

    def to(part: int) -> str:
        return wave.address("console.fieldwork_stopped", part=part if part > 1 else None)

    return StoppedPage(
        heading=translate_plural(
            "%(count)s person said why", "%(count)s people said why", found.people, count=whole(found.people)
        ),
        is_asked=wave.instrument.wave.asks_why_stopped,
        why_not=found.why_not if found.people else "",
        lines=tuple(_line(wave, one) for one in found.reasons[(page - 1) * PER_PAGE : page * PER_PAGE]),
        page=page,
        pages=pages,
        previous=to(page - 1) if page > 1 else None,
        next=to(page + 1) if page < pages else None,
    )


def _line(wave: WaveFrame, one: StopReason) -> ReasonLine:
    beside = []
    if one.page is not None:
        beside.append(page_title(wave.instrument, one.page, one.role))
    if one.device is not None:
        beside.append(value_name(wave.instrument, "device", one.device))
    return ReasonLine(one.words, one.language, tuple(beside))
