"""Every alert of a wave by what was counted, with who has seen it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from surveyapp import clock
from surveyapp.fieldwork import network_counts, sending_days
from surveyapp.fieldwork.case_lines import CaseChoice
from surveyapp.fieldwork.drop_off import drop_off
from surveyapp.fieldwork.figures import FieldworkFigures
from surveyapp.fieldwork.noted_alerts import Noted, noted
from surveyapp.fieldwork.versions import replaced_versions
from surveyapp.fieldwork.wave_cases import WaveCases
from surveyapp.fieldwork.waves import WaveInfo
from surveyapp.instrument.model import Instrument
from surveyapp.reports.alert_rules import (
    language_alerts,
    mail_alert,
    mailing_alerts,
    network_alert,
    page_alerts,
    time_alerts,
)
from surveyapp.reports.alerts import Alert, pace_alerts
from surveyapp.reports.funnel import FunnelStep, page_ids
from surveyapp.reports.live import LiveWaves
from surveyapp.reports.outlook import Outlook
from surveyapp.reports.round_lines import RoundLine
from surveyapp.reports.sentences import Words, in_both
from surveyapp.storage import invitation_messages, progress
from surveyapp.storage.database import Session

STUCK = timedelta(minutes=15)
"""After so long in which nothing of what is due went, an alert says so."""


@dataclass(frozen=True, slots=True)
class Signs:
    """What alerts are read from."""

    session: Session
    live: LiveWaves
    info: WaveInfo
    instrument: Instrument
    choice: CaseChoice
    cases: WaveCases
    figures: FieldworkFigures
    steps: Mapping[str, Sequence[FunnelStep]]
    outlooks: Mapping[str, Outlook | None]
    rounds: Sequence[RoundLine]


def gathered_alerts(signs: Signs) -> tuple[Alert, ...]:
    """What needs attention; nothing of a wave that takes no answers, or where a part of it is looked at."""
    if signs.info.state != "open" or set(signs.choice.parts()) - {"role"}:
        return ()
    names = {role.id: _capital(in_both(role.label)) for role in signs.instrument.study.roles}
    by_role = {role: ends for role, ends in signs.outlooks.items() if role}
    found = (
        *pace_alerts(signs.figures, by_role, names, signs.cases.today),
        *mailing_alerts(signs.rounds),
        *signs.cases.once(("alerts", signs.choice, signs.instrument.hash), lambda: _of_pages(signs, names)),
        *_times(signs, names),
        *mail_alert(_stuck_since(signs), signs.cases.today),
        *_of_networks(signs),
    )
    said = noted(signs.session, signs.info.study, signs.info.year) if found else {}
    return tuple(replace(one, noted=said.get(one.key, Noted())) for one in found)


def _capital(words: Words) -> Words:
    """As a sentence begins."""
    return {language: text[:1].upper() + text[1:] for language, text in words.items()}


def _of_pages(signs: Signs, names: Mapping[str, Words]) -> tuple[Alert, ...]:
    pages = page_ids(signs.instrument)
    by_language = {
        language: drop_off(signs.cases, pages, signs.choice.but(language=language))
        for language in signs.instrument.languages
        if signs.cases.factors["language"].holds(language).any()
    }
    return (
        *page_alerts(signs.steps, names),
        *language_alerts(by_language, signs.steps, names, signs.instrument),
    )


def _times(signs: Signs, names: Mapping[str, Words]) -> tuple[Alert, ...]:
    """What a change of the questionnaire did to the time it takes; nothing where it was never changed."""
    info, force = signs.info, signs.instrument.hash
    replaced = replaced_versions(signs.session, info.study, info.year)
    if not replaced:
        return ()
    until: date = clock.local(replaced[-1].until).date()

    def made() -> tuple[Alert, ...]:
        seconds: dict[tuple[str, bool], list[int]] = {}
        for role, version, spent in progress.seconds_by_version(signs.session, info.study, info.year):
            if version in (force, replaced[-1].hash):
                seconds.setdefault((role, version == force), []).append(spent)
        return tuple(time_alerts(seconds, until, names))

    found = signs.live.kept(signs.session, info.study, info.year, ("times", force, until), made)
    return tuple(one for one in found if signs.choice.role is None or f":{signs.choice.role}:" in one.key)


def _of_networks(signs: Signs) -> tuple[Alert, ...]:
    """What is sent from one network is known of the whole wave alone."""
    found = network_counts.crowded_since(signs.session, signs.info.study, signs.info.year)
    if found is None or signs.choice.parts():
        return ()
    beyond, since = found
    return (network_alert(beyond, since, clock.local(since).date()),)


def _stuck_since(signs: Signs) -> datetime | None:
    """Since when mail is due and nothing goes; None where all goes well, or there is none."""
    now = clock.now()
    if not any(one.state == "going" for one in signs.rounds):
        return None
    since = progress.due_since(signs.session, signs.info.study, signs.info.year, now)
    if since is None or now - since < STUCK or sending_days.holiday(clock.today()) is not None:
        return None
    return since if invitation_messages.handed_since(signs.session, now - STUCK) == 0 else None
