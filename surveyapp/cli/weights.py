"""``surveyapp weights``: what the schemes of weights do with the cases of a wave, for people or as JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from surveyapp.analysis.weighting import Quality
from surveyapp.cli.arguments import of_wave
from surveyapp.cli.preflight import opened
from surveyapp.config import Settings
from surveyapp.fieldwork import made_up
from surveyapp.fieldwork.library import InstrumentLibrary
from surveyapp.numerals import counted
from surveyapp.reports.formatting import count, mean, share
from surveyapp.reports.live import LiveWaves
from surveyapp.reports.weight_lines import PartLines, SchemeLines, scheme_lines

if TYPE_CHECKING:
    from rich.console import Console


@click.command("weights")
@of_wave
@click.option("--lang", "language", type=click.Choice(["nl", "en"]), default="en", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print the schemes as one JSON list.")
def weights(study: str, year: int, language: str, as_json: bool) -> None:
    """Print the weightings of the wave STUDY YEAR: targets, shares before and after, and what weighting costs.

    The targets in force are those of weighting.yaml when the wave was made, or of the last: surveyapp wave weigh.
    """
    settings = Settings()
    with opened(settings, reads=True) as database:
        data = LiveWaves(database, InstrumentLibrary(database)).data(study, year)
        found = scheme_lines(data)
    if as_json:
        click.echo(json.dumps([scheme.as_dict() for scheme in found], ensure_ascii=False, indent=2))
        return
    if data.is_made_up:
        click.echo(made_up.sentence(True, language))
    if not found:
        click.echo(f"{study} {year} has no targets to weight by; put them in weighting.yaml.")
    for scheme in found:
        _print(scheme, language)


def _print(scheme: SchemeLines, language: str) -> None:
    from rich.console import Console

    console = Console(highlight=False, markup=False)
    used = "; the report is weighted by it" if scheme.is_of_report else ""
    console.print(f"{scheme.label[language]} ({scheme.id}, version {scheme.version}{used})", style="bold")
    if scheme.refusal is not None:
        console.print(f"Refused: {scheme.refusal[language]}")
    if scheme.quality is not None:
        console.print(_quality(scheme.quality, language))
    for part in scheme.parts:
        _print_part(console, part, language)


def _quality(found: Quality, language: str) -> str:
    low, high = (mean(weight, language, 2) for weight in (found.lowest, found.highest))
    return " · ".join(
        (
            f"n {count(found.n, language)}",
            f"effective n {mean(found.effective_n, language)}",
            f"efficiency {share(found.efficiency, language)}",
            f"design effect {mean(found.design_effect, language, 2)}",
            f"weights {low} to {high}",
            f"at a cap {share(found.trimmed, language, 1)}",
        )
    )


def _print_part(console: Console, part: PartLines, language: str) -> None:
    from rich.table import Table

    console.print()
    caps = ""
    if part.caps is not None:
        caps = f"; caps {mean(part.caps[0], language, 2)} and {mean(part.caps[1], language, 2)}"
    console.print(
        f"{part.people[language]}: {part.method}{caps}; {part.source[language]}, {part.date}; "
        f"{counted(part.rounds, 'round', 'rounds')}, effective n {mean(part.quality.effective_n, language)} of "
        f"{count(part.quality.n, language)}"
    )
    if not part.keeps_targets:
        console.print(f"The caps keep the targets from being reached: a share is {share(part.error, language, 1)} off.")
    shown = Table(show_edge=False, pad_edge=False)
    shown.add_column("", min_width=24, max_width=46)
    for head in ("n", "target", "before", "after"):
        shown.add_column(head, justify="right", no_wrap=True)
    title = None
    for line in part.targets:
        if line.title != title:
            shown.add_section()
            shown.add_row(line.title[language], style="bold")
            title = line.title
        shares = (share(value, language, 1) for value in (line.target, line.before, line.after))
        shown.add_row(f"  {line.label[language]}", count(line.n, language), *shares)
    console.print(shown)


commands = (weights,)
