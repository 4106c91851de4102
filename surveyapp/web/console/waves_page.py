"""Studies and their waves, and what can be done with a wave."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from flask import url_for

from surveyapp import clock
from surveyapp.fieldwork import checklists, closing_day, waves
from surveyapp.fieldwork.case_lines import CaseChoice
from surveyapp.fieldwork.meanings import lost_meanings
from surveyapp.fieldwork.targets import role_targets
from surveyapp.fieldwork.wave_moves import BEFORE_OPENING, TRANSITIONS
from surveyapp.fieldwork.waves import WaveInfo
from surveyapp.instrument.findings import opening_blockers
from surveyapp.instrument.loader import read_instrument
from surveyapp.reports import formatting
from surveyapp.reports.live import LiveWaves
from surveyapp.storage import audit
from surveyapp.storage.database import Session
from surveyapp.web.accounts import may, may_see_cases
from surveyapp.web.console.checklist_words import ChecklistLine, lines
from surveyapp.web.console.clearing_page import Clearing, offered
from surveyapp.web.console.frame import WaveFrame, state_name
from surveyapp.web.console.instrument_page import within, working_folder
from surveyapp.web.languages import current, translate
from surveyapp.web.rendering import day
from surveyapp.web.sessions import reading, services, writing

Change = Callable[[Session, str, int, str], WaveInfo]


@dataclass(frozen=True, slots=True)
class Action:
    """Something that can be done with a wave."""

    key: str  # as it stands in the address
    to: str  # the state it leads to
    name: str
    question: str
    consequence: str
    asks_year: bool
    address: str


CHANGES: dict[str, tuple[str, Change]] = {
    "test": ("test", lambda session, study, year, _: waves.test_wave(session, study, year)),
    "open": ("open", lambda session, study, year, who: waves.open_wave(session, study, year, actor=who)),
    "close": ("closed", lambda session, study, year, who: waves.close_wave(session, study, year, actor=who)),
    "archive": ("archived", lambda session, study, year, _: waves.archive_wave(session, study, year)),
}


def action(key: str, study: str, year: int, state: str) -> Action:
    """One action on one wave, in words."""
    texts = {
        "test": (
            translate("Test"),
            translate("Let people try the wave of %(year)s?", year=year),
            translate("Everyone with the link can answer. These answers are kept apart and never count."),
        ),
        "open": (
            translate("Open again") if state == "closed" else translate("Open"),
            translate("Open the wave of %(year)s?", year=year),
            translate("From then on answers count. The questionnaire is fixed: whoever has begun keeps this version."),
        ),
        "close": (
            translate("Close"),
            translate("Close the wave of %(year)s?", year=year),
            translate(
                "From then on nobody can answer or go on. What was saved stays; unsent answers count as broken off."
            ),
        ),
        "archive": (
            translate("Archive"),
            translate("Archive the wave of %(year)s?", year=year),
            translate("The wave stays readable and never opens again."),
        ),
    }
    name, question, consequence = texts[key]
    address = url_for("console.change_wave", study=study, year=year, change=key)
    return Action(key, CHANGES[key][0], name, question, consequence, key in ("close", "archive"), address)


def actions(study: str, year: int, state: str, *, is_imported: bool = False) -> tuple[Action, ...]:
    """What this person may do with a wave in this state; one that came in as a file has no questionnaire to open."""
    if not may("researcher"):
        return ()
    return tuple(
        action(key, study, year, state)
        for key, (to, _) in CHANGES.items()
        if to in TRANSITIONS[state] and not (is_imported and key in ("test", "open"))
    )


@dataclass(frozen=True, slots=True)
class WaveCard:
    """One wave on the first page."""

    year: int
    state: str
    state_name: str
    address: str
    results: str
    complete: int | None  # None: hidden
    target: int
    percent: str
    period: str
    last_sent: date | None
    hash: str
    actions: tuple[Action, ...]
    clearings: tuple[Clearing, ...]
    steps: str = ""  # who does not see cases sees fewer than were sent


@dataclass(frozen=True, slots=True)
class StudyCard:
    """One study and its waves, the newest first."""

    id: str
    title: str
    waves: tuple[WaveCard, ...]
    new_wave: str  # the address where one is made; empty: this person makes none


def study_cards(session: Session, live: LiveWaves) -> tuple[StudyCard, ...]:
    """Every study with its waves."""
    found = []
    for study, infos in groupby(waves.wave_list(session), key=lambda info: info.study):
        cards = [_card(session, live, info) for info in infos]
        newest = services().library.of_wave(session, study, cards[0].year)
        making = url_for("console.new_wave", study=study) if may("researcher") else ""
        found.append(StudyCard(study, newest.study.title[current()], tuple(cards), making))
    return tuple(found)


def mail_line() -> str:
    """What becomes of mail when it is not simply sent; for who can do something about it."""
    settings = services().settings
    if settings.mail_server is not None or not may("researcher"):
        return ""
    if settings.mail_folder is not None:
        return translate("E-mails are not sent but written to the folder %(folder)s.", folder=settings.mail_folder)
    return translate("No mail server is set, so respondents are offered no e-mail. Set SURVEYAPP_SMTP_URL.")


def _card(session: Session, live: LiveWaves, info: WaveInfo) -> WaveCard:
    instrument = services().library.get(session, info.study, info.instrument_hash)
    definition = instrument.wave
    complete, last_sent, steps = _finished(session, live, info)
    target = sum(role_targets(session, instrument).values())
    return WaveCard(
        year=info.year,
        state=info.state,
        state_name=state_name(info.state),
        address=url_for("console.fieldwork", study=info.study, year=info.year),
        results=url_for("console.results", study=info.study, year=info.year),
        complete=complete,
        target=target,
        percent=formatting.share(complete / target, current()) if target and complete is not None else "",
        period=_period(info, definition.opens, definition.closes),
        last_sent=last_sent,
        hash=info.instrument_hash,
        actions=actions(info.study, info.year, info.state, is_imported=bool(definition.imported_series)),
        clearings=offered(session, info),
        steps=steps,
    )


def _finished(session: Session, live: LiveWaves, info: WaveInfo) -> tuple[int | None, date | None, str]:
    """How many finished and the day of the last; who may not see cases gets what is published, no day, and how the
    figures move."""
    if not may_see_cases():
        from surveyapp.reports.response import participation
        from surveyapp.reports.wording import steps_note

        data = services().live.published(info.study, info.year)
        steps = steps_note(data)
        return participation(data).figure("complete").count, None, steps[current()] if steps else ""
    cases = live.cases(session, info.study, info.year)
    return cases.count(CaseChoice(state="complete")), cases.last_sent, ""


def _period(info: WaveInfo, opens: str | None, closes: str | None) -> str:
    first = day(info.opened_at, form="medium") if info.opened_at else day(opens, form="medium")
    last = day(info.closed_at, form="medium") if info.closed_at else day(closes, form="medium")
    return f"{first or '…'} – {last or '…'}" if first or last else "–"


@dataclass(frozen=True, slots=True)
class LateOpening:
    """What opening a wave after its closing day amounts to, and where it gets another day; empty: it gets none."""

    sentences: tuple[str, ...]
    address: str


def overtime(session: Session, wave: WaveFrame, key: str) -> LateOpening | None:
    """What opening this wave amounts to when its closing day is over, and how it gets another day first."""
    late = closing_day.overtime(session, services().library, wave.info) if key == "open" else None
    if late is None:
        return None
    said = [translate("The closing day of this wave, %(day)s, is over, so its pages name no day.", day=day(late.day))]
    if late.link_day is None:
        said.append(translate("It stays open until somebody closes it."))
    elif late.closes_at_once(clock.today()):
        said.append(
            translate(
                "It closes by itself within the hour: the link between people and answers was due to be cut on "
                "%(day)s.",
                day=day(late.link_day),
            )
        )
    else:
        said.append(
            translate(
                "It closes by itself on %(day)s at the latest: then the link between people and answers is cut.",
                day=day(late.link_day),
            )
        )
    if wave.state == "closed" and late.link_day is not None:
        said.append(translate("Whoever took part may have read that day, so the closing day can be no later."))
        return LateOpening(tuple(said), "")
    return LateOpening(tuple(said), wave.address("console.settings", _anchor="closes"))


def checklist(session: Session, wave: WaveFrame, key: str) -> tuple[ChecklistLine, ...]:
    """What is looked at before a wave opens for the first time, or closes."""
    is_first_opening = key == "open" and wave.state in BEFORE_OPENING
    checks = checklists.OPENING if is_first_opening else checklists.CLOSING if key == "close" else []
    found = checklists.looked_at(checks, session, services().settings, wave.info, wave.instrument) if checks else ()
    return lines(wave, found)


def require_time(session: Session, wave: WaveFrame, key: str) -> None:
    """Refuse to open a wave that would close at once.

    Raises
    ------
    WrongState     the link between people and answers is due to be cut
    """
    if key == "open":
        closing_day.require_time(wave.info, closing_day.overtime(session, services().library, wave.info))


def blockers(wave: WaveFrame, key: str) -> tuple[str, ...]:
    """Why a wave cannot be tried or opened: errors in its definition on disk, and to open it stale translations."""
    if key not in ("test", "open"):
        return ()
    return (*_contradictions(wave, key), *_faults(wave, key))


def _contradictions(wave: WaveFrame, key: str) -> tuple[str, ...]:
    """Names and codes that meant something else in an earlier wave; a wave that was open before keeps its own."""
    if key != "open" or wave.state == "closed":
        return ()
    with reading() as database:
        lost = lost_meanings(database, wave.instrument)
    return tuple(f"{wave.year} – {year}: {found.message[current()]} {found.fix[current()]}" for year, found in lost)


def _faults(wave: WaveFrame, key: str) -> tuple[str, ...]:
    folder = working_folder(wave)
    if folder is None:  # made elsewhere: what was published is all there is
        return ()
    _, findings = read_instrument(folder, wave.year)
    blocking = opening_blockers(findings) if key == "open" else [each for each in findings if each.level == "error"]
    return tuple(f"{within(finding.place, folder)}: {finding.message[current()]}" for finding in blocking)


def change(session: Session, study: str, year: int, key: str, actor: str) -> WaveInfo:
    """Bring a wave into another state.

    Raises
    ------
    NotFound, WrongState     no such wave; it cannot go there from where it is
    """
    return CHANGES[key][1](session, study, year, actor)


def require_ready(session: Session, wave: WaveFrame, key: str) -> None:
    """Refuse to open a wave while something on its checklist is missing.

    Raises
    ------
    WrongState     the message names everything that is missing
    """
    if key == "open":
        checklists.require_ready(session, services().settings, wave.info, wave.instrument)


def carry_out(wave: WaveFrame, key: str, to: str, actor: str) -> None:
    """Bring a wave into another state, on the record.

    Raises
    ------
    NotFound, WrongState     no such wave; it cannot go there from where it is, something is missing, or opened now it
                             would close at once
    """
    with writing() as database:
        require_time(database, wave, key)
        require_ready(database, wave, key)
        change(database, wave.study, wave.year, key, actor)
        audit.add(database, actor, f"wave.{key}", f"{wave.study} {wave.year}", {"from": wave.state})
    if to == "closed":  # its journal would tell who answered in which order
        services().database.fold_journal()
