"""The fieldwork page as a view model: every word and address the templates print."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from flask import render_template, request
from markupsafe import Markup

from surveyapp import clock
from surveyapp.fieldwork.case_lines import CaseChoice
from surveyapp.fieldwork.waves import landing
from surveyapp.recent import Recent
from surveyapp.reports.fieldwork_state import FieldworkState, fieldwork_state
from surveyapp.reports.live import LiveWaves
from surveyapp.storage.database import Session
from surveyapp.web.console.alerts_page import alert_line
from surveyapp.web.console.choices import LIMITS, chips, read_choice
from surveyapp.web.console.fieldwork_beside import Waiting, flagged_and_waiting, round_marks, waiting_card
from surveyapp.web.console.fieldwork_cards import Cards
from surveyapp.web.console.fieldwork_charts import day_bars
from surveyapp.web.console.fieldwork_funnel import Funnel
from surveyapp.web.console.fieldwork_roles import role_panels
from surveyapp.web.console.fieldwork_sample import round_rows, sample_block
from surveyapp.web.console.fieldwork_shapes import FieldworkPage
from surveyapp.web.console.fieldwork_tables import Tables
from surveyapp.web.console.frame import WaveFrame
from surveyapp.web.languages import current, translate
from surveyapp.web.rendering import day

_recent: Recent[tuple[str, CaseChoice], FieldworkPage] = Recent(16)


def fieldwork_page(session: Session, live: LiveWaves, wave: WaveFrame) -> FieldworkPage:
    """The page for the choice in this request's address.

    Raises
    ------
    BadQuery     the address limits by something that cannot be
    """
    choice = read_choice(request.args, wave.instrument, LIMITS)
    state = fieldwork_state(session, live, wave.info, wave.instrument, choice)
    waiting = None if choice.parts() else flagged_and_waiting(session, wave)
    version = _version(wave, state, waiting)
    page = _recent.get((version, choice), lambda: _drawn(wave, state, waiting, version))
    return replace(page, stand=clock.now())


def _drawn(wave: WaveFrame, state: FieldworkState, waiting: Waiting | None, version: str) -> FieldworkPage:
    """The page with what moves on it as HTML, so that a look at what did not move costs no words and no addresses."""
    figures, cases, choice = state.figures, state.cases, state.choice
    tables = Tables(wave, state)
    here = wave.address("console.fieldwork", **choice.parts())
    marks = round_marks(wave, state.rounds)
    funnel = Funnel(wave, state, tables.to)
    is_empty = not figures.total.counts.begun
    ends = state.outlooks[""]
    page = FieldworkPage(
        stand=clock.now(),
        version=version,
        here=here,
        part=wave.address("console.fieldwork", _part="figures", version=version, **choice.parts()),
        unlimited=wave.address("console.fieldwork"),
        landing=landing(wave.study, wave.year, current()),
        is_live=wave.info.is_answerable,
        is_empty=is_empty,
        announcement=announcement(wave),
        filters=tables.filters(),
        chips=chips(wave, choice, "console.fieldwork"),
        cards=(*Cards(wave, state, tables.to).all(), *waiting_card(wave, waiting)),
        roles=(roles := role_panels(wave, state, marks, tables.to)),
        bars=day_bars(figures.days),
        days=tables.days(),
        sample=sample_block(wave, state),
        rounds=round_rows(wave, state),
        tables=() if is_empty else tables.counts(),
        total=tables.row(figures.total, translate("All"), {}),
        worst=funnel.worst(),
        drop_off=funnel.blocks(),
        said_why=state.said_why if state.said_why or wave.instrument.wave.asks_why_stopped else None,
        alerts=tuple(alert_line(wave, one, here) for one in state.alerts if not one.is_aside),
        aside=sum(one.is_aside for one in state.alerts),
        marks=marks,
        earlier=state.earlier.year if state.earlier and any(r.chart and r.chart.earlier for r in roles) else None,
        has_range=ends is not None and ends.low is not None,
        keeps_days=cases.keeps_days,
    )
    html = render_template("console/fieldwork/_moving.html", wave=wave, page=page)
    return replace(page, moving=Markup(html))  # noqa: S704 – a template wrote it


def _version(wave: WaveFrame, state: FieldworkState, waiting: object) -> str:
    """Names what the page shows: the same on every process, and other as soon as one figure is."""
    counts = (
        state.figures, state.introductions, state.steps, state.sample, state.rounds, state.alerts, state.earlier,
        state.said_why,
    )  # fmt: skip
    shown = repr((wave.info, counts, state.today, waiting, current()))
    return hashlib.sha256(shown.encode()).hexdigest()[:20]


def announcement(wave: WaveFrame) -> str:
    """What a wave that takes no answers says of itself."""
    definition = wave.instrument.wave
    match wave.state:
        case "draft":
            if definition.opens and definition.opens >= clock.today().isoformat():
                return translate("This wave is a draft; it is planned to open on %(day)s.", day=day(definition.opens))
            return translate("This wave is a draft: nobody can answer yet.")
        case "closed" | "archived":
            if definition.imported_series:
                return translate("This wave came in as a file; its figures change only by what is listed below.")
            closed = wave.info.closed_at
            if closed:
                return translate(
                    "This wave closed on %(day)s; its figures change only by what is listed below.", day=day(closed)
                )
    return ""
