"""``surveyapp coding``: how far the coding of a wave's open answers is, for people or as JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from surveyapp.cli.arguments import of_wave
from surveyapp.cli.preflight import opened
from surveyapp.config import Settings
from surveyapp.fieldwork import coding as deeds
from surveyapp.fieldwork import made_up
from surveyapp.fieldwork.library import InstrumentLibrary
from surveyapp.numerals import counted
from surveyapp.reports.coding_state import CodingState, codes_of, coding_state, label_of_code
from surveyapp.reports.formatting import count, mean, share
from surveyapp.reports.live import LiveWaves

if TYPE_CHECKING:
    from rich.console import Console


@click.command("coding")
@of_wave
@click.option("--lang", "language", type=click.Choice(["nl", "en"]), default="en", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print the coding of each question as one JSON list.")
def coding(study: str, year: int, language: str, as_json: bool) -> None:
    """Print how far the coding of the open answers of the wave STUDY YEAR is: per coder, agreement, what is settled.

    No answer is printed; reading them takes the console and a right of its own.
    """
    settings = Settings()
    with opened(settings, reads=True) as database:
        data = LiveWaves(database, InstrumentLibrary(database)).data(study, year)
        with database.read() as session:
            found = [coding_state(session, data, question) for question in deeds.frames(session, study, year)]
    if as_json:
        click.echo(json.dumps([state.as_dict() for state in found], ensure_ascii=False, indent=2))
        return
    if data.is_made_up:
        click.echo(made_up.sentence(True, language))
    if not found:
        click.echo(f"{study} {year}: no open answers are coded; begin on the console, under Open answers.")
    for state in found:
        _print(state, language)


def _print(state: CodingState, language: str) -> None:
    from rich.console import Console

    console = Console(highlight=False, markup=False)
    frame = state.frame
    console.print(f"{frame.label[language]} ({frame.variable}, frame version {state.version.number})", style="bold")
    if not state.is_shown:
        console.print("Not shown: too few people answered.")
        return
    shown, followed = state.suggestions
    lines = [
        counted(len(state.answers), "answer", "answers"),
        *(f"coder {seat} coded {count(state.done(seat), language)}" for seat in (1, 2)),
        f"coded by both {count(state.twice, language)}",
        f"to be settled {count(len(state.disputed), language)}",
        f"settled {count(len(state.settled), language)}",
    ]
    if shown:
        lines.append(f"suggestions followed {count(followed, language)} of {count(shown, language)}")
    console.print(" · ".join(lines))
    _print_agreement(console, state, language)


def _print_agreement(console: Console, state: CodingState, language: str) -> None:
    from rich.table import Table

    found = state.agreement
    if found is None:
        console.print("Agreement: nothing was coded by two people yet.")
        return
    low, high = mean(found.low, language, 2), mean(found.high, language, 2)
    console.print(
        f"Pooled kappa over all codes {mean(found.kappa, language, 2)} (95% {low} to {high}); the very same codes in "
        f"{share(found.identical, language)} of {counted(found.answers, 'answer', 'answers')}"
    )
    table = Table(show_edge=False, pad_edge=False)
    table.add_column("Code", min_width=24, max_width=50)
    for head in ("kappa", "95%"):
        table.add_column(head, justify="right", no_wrap=True)
    for code, one in zip(codes_of(state.frame), found.by_code, strict=True):
        label = f"{code} {label_of_code(state.frame, code)[language]}"
        if one.reason:
            table.add_row(label, "–", "")
        else:
            interval = f"{mean(one.low, language, 2)} to {mean(one.high, language, 2)}"
            table.add_row(label, mean(one.kappa, language, 2), interval)
    console.print(table)


commands = (coding,)
