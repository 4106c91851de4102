"""V: what the study promises to its respondents, and when and how long."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from surveyapp.errors import Word
from surveyapp.instrument.checks.context import Context
from surveyapp.instrument.checks.registry import Found, check
from surveyapp.instrument.nesting import broken_down_by
from surveyapp.instrument.types import Shape
from surveyapp.instrument.variables import REFUSED

SAFE_THRESHOLD = 10
LONGEST_KEEPING = 10  # years after the wave
_IDENTIFYING = re.compile(
    r"e-?mail|telefoon|telephone|phone number|uw naam|your name|achternaam|surname|adres|address|geboortedatum"
    r"|date of birth|postcode|bsn|kvk-nummer|linkedin",
    re.IGNORECASE,
)


def iso_date(text: str | None) -> date | None:
    """The day a text names; None where it names none."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


@check(
    "V001",
    "A question may identify someone.",
    "'%(name)s' asks for '%(found)s' in an anonymous wave.",
    "Do not ask this; an address is left after sending, apart from the answers.",
)
def identifying(context: Context) -> Iterator[Found]:
    """In an anonymous wave names and addresses never stand beside answers."""
    if context.instrument is None or context.instrument.wave.mode != "anonymous":
        return
    for role, question in context.put_to:
        variable = question.variable
        if variable.type.shape is Shape.TEXT and not variable.is_stored_apart:
            for language, words in question.text.items():
                found = _IDENTIFYING.search(words)
                if found:
                    yield Found(
                        context.cause(question.place, "text", role, "default", language), question.name, found=found[0]
                    )
                    break


@check(
    "V002",
    "What is stored apart is tied to answers.",
    "'%(use)s' depends on '%(name)s'.",
    "Do not use it in tables or conditions.",
)
def apart_but_used(context: Context) -> Iterator[Found]:
    """A variable stored apart stands in no table, banner or condition."""
    apart = {name for name, variable in context.variables.items() if variable.is_stored_apart}
    for use, condition in context.readable():
        for name in sorted(condition.names & apart):
            yield Found(use.place, name, use=use.name)
    for entry, table in context.tables:
        shown = [(name, name) for name in table.variables]
        for name, named in (*shown, *broken_down_by(table.banner)):
            if name in apart:
                place = context.shown_place(entry, named)
                yield Found(place, name, "The table '%(table)s' shows '%(name)s'.", table=table.id)


@check(
    "V003",
    "A sensitive question leaves no way out.",
    "'%(name)s' is sensitive and does not offer 'prefer not to say'.",
    "Add refused to missing.",
    level="warning",
)
def sensitive_without_refusal(context: Context) -> Iterator[Found]:
    """Sensitive questions offer "prefer not to say"."""
    for name, variable in context.variables.items():
        asked = any(name in found.questions for found in context.questionnaires.values())
        if asked and variable.is_sensitive and REFUSED not in [code.code for code in variable.missing]:
            yield Found(context.variable_place(name, "missing"), name)


@check(
    "V004",
    "The smallest group is very small.",
    "Groups of %(threshold)s people and more are shown.",
    "Set threshold to %(threshold)s or more.",
    level="warning",
    threshold=SAFE_THRESHOLD,
)
def low_threshold(context: Context) -> Iterator[Found]:
    """Groups under ten are never shown."""
    if context.study.threshold < SAFE_THRESHOLD:
        yield Found(context.study.at("threshold"), "threshold", threshold=context.study.threshold)


@check(
    "V005",
    "The study does not say how long answers are kept.",
    "Wave %(name)s keeps answers until %(until)s.",
    "Give kept_until, at most ten years after the wave.",
)
def keeping_unclear(context: Context) -> Iterator[Found]:
    """Respondents are told until which year their answers are kept."""
    wave = context.asking
    if wave is None:
        return
    until = wave.kept_until
    if until is None or not wave.year <= until <= wave.year + LONGEST_KEEPING:
        yield Found(wave.at("kept_until"), str(wave.year), until=until or Word("unknown"))


@check(
    "V006",
    "The wave does not say whether it is anonymous.",
    "Wave %(year)s lacks: %(lacking)s.",
    "Give mode: anonymous or confidential, title, country.",
)
def promise_unclear(context: Context) -> Iterator[Found]:
    """The promise on the landing page comes from ``mode``; the page also needs a title and the servers' country."""
    wave = context.asking
    if wave is None:
        return
    lacking = [key for key in ("mode", "title", "country") if getattr(wave, key) is None]
    if lacking:
        yield Found(wave.at(), str(wave.year), year=wave.year, lacking=", ".join(lacking))


@check(
    "V007",
    "The fieldwork period is impossible.",
    "Wave %(year)s runs from %(opens)s to %(closes)s.",
    "Give opens and closes as real days, in order.",
)
def impossible_period(context: Context) -> Iterator[Found]:
    """Dates exist, and a wave opens before it closes."""
    if context.wave_entry is None:
        return
    wave = context.wave_entry
    opens, closes = iso_date(wave.opens), iso_date(wave.closes)
    if (wave.opens and not opens) or (wave.closes and not closes) or (opens and closes and opens > closes):
        yield Found(
            wave.at("opens" if wave.opens and not opens else "closes"),
            str(wave.year),
            year=wave.year,
            opens=wave.opens,
            closes=wave.closes,
        )


@check(
    "V008",
    "A sensitive question breaks tables down.",
    "'%(name)s' breaks down by the sensitive '%(variable)s'.",
    "Do not use this variable as a banner.",
    level="warning",
)
def sensitive_banner(context: Context) -> Iterator[Found]:
    """Small groups by a sensitive characteristic are the likeliest disclosure."""
    for entry, table in context.tables:
        for name, banner in broken_down_by(table.banner):
            variable = context.variables.get(name)
            if variable is not None and variable.is_sensitive:
                yield Found(context.banner_place(entry, banner), table.id, variable=name)


@check(
    "V009",
    "A respondent can reach nobody.",
    "'%(email)s' is no e-mail address.",
    "Give an e-mail address with an @ and a dot.",
)
def unreachable_organisation(context: Context) -> Iterator[Found]:
    """The landing page names an address where questions are answered."""
    email = context.study.organisation.email
    if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", email):
        yield Found(context.study.at("organisation", "email"), "organisation", email=email)
