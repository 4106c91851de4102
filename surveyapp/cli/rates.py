"""``surveyapp rates``, ``funnel`` and ``fieldwork``: what became of a wave's people, where they left and how the
fieldwork goes, for people or as JSON. They read the same counts as the console's pages."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from surveyapp import clock
from surveyapp.cli.arguments import of_wave
from surveyapp.cli.preflight import opened
from surveyapp.config import Settings
from surveyapp.fieldwork.arrival_counts import arrivals_by_role
from surveyapp.fieldwork.case_lines import CaseChoice
from surveyapp.fieldwork.dispositions import Disposition
from surveyapp.fieldwork.figures import Arrivals
from surveyapp.fieldwork.library import InstrumentLibrary
from surveyapp.fieldwork.outcomes import PARTS, outcomes
from surveyapp.fieldwork.waves import wave_info
from surveyapp.reports.fieldwork_json import fieldwork_as_dict
from surveyapp.reports.fieldwork_state import fieldwork_state
from surveyapp.reports.formatting import count, mean, share
from surveyapp.reports.funnel import FunnelStep, funnel, funnel_as_dict
from surveyapp.reports.live import LiveWaves
from surveyapp.reports.outcome_rates import RateLines, disposition_label, no_rate, rate_lines, rates_as_dict

if TYPE_CHECKING:
    from rich.table import Table

LANGUAGE = click.option("--lang", "language", type=click.Choice(["nl", "en"]), default="en", show_default=True)
HEADS = ("RR1", "RR2", "COOP1", "REF1", "CON1")
"""The rates that stand beside each group; all of them stand below, with their formulas."""


@click.command("rates")
@of_wave
@click.option("--by", "part", type=click.Choice(PARTS), default="role", show_default=True)
@LANGUAGE
@click.option("--json", "as_json", is_flag=True, help="Print everything as one JSON object.")
def rates(study: str, year: int, part: str, language: str, as_json: bool) -> None:
    """Print what became of everybody in the wave STUDY YEAR, with AAPOR's rates of the invited sample."""
    with opened(Settings(), reads=True) as database:
        library = InstrumentLibrary(database)
        with database.read() as session:
            info = wave_info(session, study, year)
            instrument = library.get(session, study, info.instrument_hash)
            found = outcomes(session, info, instrument)
    if as_json:
        click.echo(json.dumps(rates_as_dict(found, part, instrument), ensure_ascii=False, indent=2))
        return
    if found.invited.total.people:
        invited = rate_lines(found.invited, part, instrument, has_rates=found.has_rates)
        _print("Invited sample", invited, language)
        for rate in invited.total.rates.values():
            click.echo(f"{rate.name:<6} {share(rate.value, language, 1) or '–':>6}  {rate.formula} = {rate.filled_in}")
    if found.others.total.people or not found.has_rates:
        _print("Without an invitation", rate_lines(found.others, part, instrument, has_rates=False), language)
        click.echo(no_rate()[language])


def _print(title: str, lines: RateLines, language: str) -> None:
    shown = _table()
    heads = HEADS if lines.total.rates else ()
    present = [one for one in Disposition if lines.total.outcome.of(one)]
    shown.add_column(title, min_width=24, max_width=46)
    for line in (*lines.groups, lines.total):
        shown.add_column(line.label[language], justify="right", max_width=20)
    for one in present:
        cells = (count(line.outcome.of(one), language) for line in (*lines.groups, lines.total))
        shown.add_row(f"{one.code} {disposition_label(one)[language]}".strip(), *cells)
    shown.add_section()
    shown.add_row("people", *(count(line.outcome.people, language) for line in (*lines.groups, lines.total)))
    for name in heads:
        values = (share(line.rates[name].value, language, 1) or "–" for line in (*lines.groups, lines.total))
        shown.add_row(name, *values)
    _put(shown)


@click.command("funnel")
@of_wave
@LANGUAGE
@click.option("--json", "as_json", is_flag=True, help="Print everything as one JSON object.")
def funnel_command(study: str, year: int, language: str, as_json: bool) -> None:
    """Print where people left in the wave STUDY YEAR: per page, role and device, the introduction apart."""
    with opened(Settings(), reads=True) as database:
        library = InstrumentLibrary(database)
        live = LiveWaves(database, library)
        with database.read() as session:
            info = wave_info(session, study, year)
            instrument = library.get(session, study, info.instrument_hash)
            found = funnel(live.cases(session, study, year), instrument)
            counts = arrivals_by_role(session, study, year, CaseChoice(), list(found), is_test=info.state == "test")
            people = {role: counts.get(role) or Arrivals() for role in found}
    if as_json:
        click.echo(json.dumps(funnel_as_dict(instrument, found, people), ensure_ascii=False, indent=2))
        return
    for role, steps in found.items():
        _print_role(instrument.role(role).label[language], people[role], steps, language)


def _print_role(label: str, people: Arrivals, steps: tuple[FunnelStep, ...], language: str) -> None:
    shown = _table()
    shown.add_column(label, min_width=24, max_width=46)
    for head in ("reached", "left here", "share", "seconds", "by phone"):
        shown.add_column(head, justify="right", no_wrap=True)
    left = max(0, people.role_chosen - people.consent_given)
    counts = (count(people.role_chosen, language), count(left, language), share(people.break_off, language, 1) or "–")
    shown.add_row("(introduction)", *counts, "–", "–")
    for step in steps:
        row = step.all
        shown.add_row(
            step.title[language],
            count(row.reached, language),
            count(row.left, language),
            share(row.share, language, 1) or "–",
            mean(row.seconds, language, 0) or "–",
            count(step.by_device["phone"].left, language) if "phone" in step.by_device else "–",
        )
    _put(shown)


@click.command("fieldwork")
@of_wave
@LANGUAGE
@click.option("--json", "as_json", is_flag=True, help="Print everything as one JSON object.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write it as a workbook (.xlsx).")
def fieldwork_command(study: str, year: int, language: str, as_json: bool, out: Path | None) -> None:
    """Print how the fieldwork of the wave STUDY YEAR goes: each role, where it ends at its pace, and alerts."""
    with opened(Settings(), reads=True) as database:
        library = InstrumentLibrary(database)
        live = LiveWaves(database, library)
        with database.read() as session:
            info = wave_info(session, study, year)
            instrument = library.get(session, study, info.instrument_hash)
            state = fieldwork_state(session, live, info, instrument)
            found = outcomes(session, info, instrument) if out is not None else None
    if out is not None and found is not None:
        # Only here: the other answers need no books.
        from surveyapp.exports.fieldwork_book import fieldwork_book

        out.write_bytes(fieldwork_book(state, found, clock.now(), language))
        click.echo(f"Wrote {out}")
        return
    if as_json:
        click.echo(json.dumps(fieldwork_as_dict(state), ensure_ascii=False, indent=2))
        return
    shown = _table()
    shown.add_column("", min_width=24, max_width=46)
    for head in ("begun", "complete", "target", "to go", "at the closing"):
        shown.add_column(head, justify="right", no_wrap=True)
    for one in (*state.figures.groups["role"], state.figures.total):
        role = "" if one is state.figures.total else one.key
        ends = state.outlooks[role]
        shown.add_row(
            state.instrument.role(role).label[language] if role else "",
            *(count(n, language) or "–" for n in (one.counts.begun, one.counts.complete, one.target, one.gap)),
            f"{count(ends.low, language)}–{count(ends.high, language)}" if ends and ends.low is not None else "–",
        )
    _put(shown)
    for alert in state.alerts:
        click.echo(f"! {alert.text[language]}")


def _table() -> Table:
    from rich.table import Table

    return Table(show_edge=False, pad_edge=False)


def _put(shown: Table) -> None:
    from rich.console import Console

    console = Console(highlight=False, markup=False)
    console.print(shown)
    console.print()


commands = (rates, funnel_command, fieldwork_command)
