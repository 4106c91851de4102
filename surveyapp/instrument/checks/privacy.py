"""V: what the study promises to its respondents, and when and how long."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from surveyapp.instrument.checks.context import Context
from surveyapp.instrument.checks.registry import Found, check
from surveyapp.instrument.variables import REFUSED, TEXT_TYPES

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
    "error",
    "instrument",
    title=("Een vraag kan iemand aanwijzen.", "A question may identify someone."),
    fix=(
        "Vraag dit niet; een adres laat men na het versturen achter, los van de antwoorden.",
        "Do not ask this; an address is left after sending, apart from the answers.",
    ),
)
def identifying(context: Context) -> Iterator[Found]:
    """In an anonymous wave names and addresses never stand beside answers."""
    if context.instrument is None or context.instrument.wave.mode != "anonymous":
        return
    for role, question in context.put_to:
        variable = question.variable
        if variable.type in TEXT_TYPES and not variable.is_stored_apart:
            for language, words in question.text.items():
                found = _IDENTIFYING.search(words)
                if found:
                    yield Found(
                        context.cause(question.place, "text", role, "default", language),
                        question.name,
                        f"‘{question.name}’ vraagt naar ‘{found[0]}’ in een anonieme meting.",
                        f"'{question.name}' asks for '{found[0]}' in an anonymous wave.",
                    )
                    break


@check(
    "V002",
    "error",
    "instrument",
    title=("Wat apart wordt bewaard, wordt met antwoorden verbonden.", "What is stored apart is tied to answers."),
    fix=("Gebruik deze variabele niet in tabellen of voorwaarden.", "Do not use it in tables or conditions."),
)
def apart_but_used(context: Context) -> Iterator[Found]:
    """A variable stored apart stands in no table, banner or condition."""
    apart = {name for name, variable in context.variables.items() if variable.is_stored_apart}
    for use, condition in context.readable():
        for name in sorted(condition.names & apart):
            yield Found(use.place, name, f"‘{use.name}’ hangt af van ‘{name}’.", f"'{use.name}' depends on '{name}'.")
    file = context.tables_file
    for index, table in enumerate(context.instrument.tables if context.instrument else ()):
        for name in (*table.variables, *table.banner):
            if name in apart and file is not None:
                shown = table.variables.index(name) if name in table.variables else None
                yield Found(
                    context.banner_place(index, name)
                    if shown is None
                    else file.place("tables", index, "variables", shown),
                    name,
                    f"De tabel ‘{table.id}’ toont ‘{name}’.",
                    f"The table '{table.id}' shows '{name}'.",
                )


@check(
    "V003",
    "warning",
    "instrument",
    title=("Een gevoelige vraag laat geen uitweg.", "A sensitive question leaves no way out."),
    fix=("Voeg refused toe aan missing.", "Add refused to missing."),
)
def sensitive_without_refusal(context: Context) -> Iterator[Found]:
    """Sensitive questions offer "prefer not to say"."""
    for name, variable in context.variables.items():
        asked = any(name in found.questions for found in context.questionnaires.values())
        if asked and variable.is_sensitive and REFUSED not in [code.code for code in variable.missing]:
            yield Found(
                context.variable_place(name, "missing"),
                name,
                f"‘{name}’ is gevoelig en biedt ‘zeg ik liever niet’ niet aan.",
                f"'{name}' is sensitive and does not offer 'prefer not to say'.",
            )


@check(
    "V004",
    "warning",
    "files",
    title=("De kleinste groep is erg klein.", "The smallest group is very small."),
    fix=(f"Zet threshold op {SAFE_THRESHOLD} of hoger.", f"Set threshold to {SAFE_THRESHOLD} or more."),
)
def low_threshold(context: Context) -> Iterator[Found]:
    """Groups under ten are never shown."""
    if context.study.threshold < SAFE_THRESHOLD:
        yield Found(
            context.study_file.place("threshold"),
            "threshold",
            f"Groepen vanaf {context.study.threshold} personen worden getoond.",
            f"Groups of {context.study.threshold} people and more are shown.",
        )


@check(
    "V005",
    "error",
    "files",
    title=("De studie zegt niet hoelang antwoorden blijven.", "The study does not say how long answers are kept."),
    fix=("Geef kept_until, ten hoogste tien jaar na de meting.", "Give kept_until, at most ten years after the wave."),
)
def keeping_unclear(context: Context) -> Iterator[Found]:
    """Respondents are told until which year their answers are kept."""
    if context.wave_entry is None or context.questionnaire is None:
        return
    index, wave = context.wave_entry
    until = wave.kept_until
    if until is None or not wave.year <= until <= wave.year + LONGEST_KEEPING:
        yield Found(
            context.study_file.place("waves", index, "kept_until"),
            str(wave.year),
            f"Meting {wave.year} bewaart antwoorden tot {until or 'onbekend'}.",
            f"Wave {wave.year} keeps answers until {until or 'unknown'}.",
        )


@check(
    "V006",
    "error",
    "files",
    title=("De meting zegt niet of zij anoniem is.", "The wave does not say whether it is anonymous."),
    fix=(
        "Geef mode: anonymous of confidential, title en country.",
        "Give mode: anonymous or confidential, title, country.",
    ),
)
def promise_unclear(context: Context) -> Iterator[Found]:
    """The promise on the landing page comes from ``mode``; the page also needs a title and the servers' country."""
    if context.wave_entry is None or context.questionnaire is None:
        return
    index, wave = context.wave_entry
    lacking = [key for key in ("mode", "title", "country") if getattr(wave, key) is None]
    if lacking:
        yield Found(
            context.study_file.place("waves", index),
            str(wave.year),
            f"Meting {wave.year} mist: {', '.join(lacking)}.",
            f"Wave {wave.year} lacks: {', '.join(lacking)}.",
        )


@check(
    "V007",
    "error",
    "files",
    title=("De veldwerkperiode kan niet.", "The fieldwork period is impossible."),
    fix=("Geef opens en closes als bestaande dagen, in die volgorde.", "Give opens and closes as real days, in order."),
)
def impossible_period(context: Context) -> Iterator[Found]:
    """Dates exist, and a wave opens before it closes."""
    if context.wave_entry is None:
        return
    index, wave = context.wave_entry
    opens, closes = iso_date(wave.opens), iso_date(wave.closes)
    if (wave.opens and not opens) or (wave.closes and not closes) or (opens and closes and opens > closes):
        yield Found(
            context.study_file.place("waves", index, "opens" if wave.opens and not opens else "closes"),
            str(wave.year),
            f"Meting {wave.year} loopt van {wave.opens} tot {wave.closes}.",
            f"Wave {wave.year} runs from {wave.opens} to {wave.closes}.",
        )


@check(
    "V008",
    "warning",
    "instrument",
    title=("Een gevoelige vraag splitst tabellen uit.", "A sensitive question breaks tables down."),
    fix=("Gebruik deze variabele niet als uitsplitsing.", "Do not use this variable as a banner."),
)
def sensitive_banner(context: Context) -> Iterator[Found]:
    """Small groups by a sensitive characteristic are the likeliest disclosure."""
    file = context.tables_file
    for index, table in enumerate(context.instrument.tables if context.instrument else ()):
        for name in table.banner:
            variable = context.variables.get(name)
            if variable is not None and variable.is_sensitive and file is not None:
                yield Found(
                    context.banner_place(index, name),
                    table.id,
                    f"‘{table.id}’ splitst uit naar het gevoelige ‘{name}’.",
                    f"'{table.id}' breaks down by the sensitive '{name}'.",
                )


@check(
    "V009",
    "error",
    "files",
    title=("Een deelnemer kan niemand bereiken.", "A respondent can reach nobody."),
    fix=("Geef een e-mailadres met een @ en een punt.", "Give an e-mail address with an @ and a dot."),
)
def unreachable_organisation(context: Context) -> Iterator[Found]:
    """The landing page names an address where questions are answered."""
    email = context.study.organisation.email
    if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", email):
        yield Found(
            context.study_file.place("organisation", "email"),
            "organisation",
            f"‘{email}’ is geen e-mailadres.",
            f"'{email}' is no e-mail address.",
        )
