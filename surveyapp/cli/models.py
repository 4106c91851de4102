"""``surveyapp scale|drivers|profile|gaps|trend``: what speaks of several questions at once, for people or as JSON."""

from __future__ import annotations

import json

import click

from surveyapp.cli.arguments import of_wave
from surveyapp.cli.preflight import opened
from surveyapp.config import Settings
from surveyapp.fieldwork import made_up
from surveyapp.fieldwork.library import InstrumentLibrary
from surveyapp.reports.asked_models import MODELS, earlier_waves, model_grid
from surveyapp.reports.formatting import INDICATIVE, SUPPRESSED, count, figure_text, interval, p_text
from surveyapp.reports.grid import Bases, Grid
from surveyapp.reports.live import LiveWaves
from surveyapp.reports.panels import Cell, panels
from surveyapp.reports.wave_data import WaveData

_OF = {
    "scale": ("SCALE", "a construct whose items are added up; absent: the first"),
    "drivers": ("OUTCOME", "the mark that is driven; absent: that of the plan, or the first"),
    "profile": ("CONSTRUCT", "one construct over the phases; absent: all"),
    "gaps": ("VARIABLE", "one question that several roles were asked; absent: all"),
    "trend": ("VARIABLE", "one question over the waves; absent: the outcomes"),
}


def _command(kind: str) -> click.Command:
    word, said = _OF[kind]

    @click.command(kind, help=f"{MODELS[kind].title['en']} in the wave STUDY YEAR. {word}: {said}.")
    @of_wave
    @click.argument("name", metavar=f"[{word}]", default="")
    @click.option(
        "--by", "by", multiple=True, metavar="VARIABLE", help="Banner variable; more than once: side by side."
    )
    @click.option("--filter", "condition", metavar="EXPR", help="Only cases for which this is true.")
    @click.option("--weight", default="none", show_default=True, metavar="NAME|none", help="Weighting.")
    @click.option("--partials", is_flag=True, help="Count unfinished questionnaires too.")
    @click.option("--lang", "language", type=click.Choice(["nl", "en"]), default="en", show_default=True)
    @click.option("--json", "as_json", is_flag=True, help="Print the figures as one JSON object.")
    def command(
        study: str,
        year: int,
        name: str,
        by: tuple[str, ...],
        condition: str | None,
        weight: str,
        partials: bool,
        language: str,
        as_json: bool,
    ) -> None:
        settings = Settings()
        with opened(settings, reads=True) as database:
            live = LiveWaves(database, InstrumentLibrary(database))
            data = live.data(study, year)
            earlier: tuple[WaveData, ...] = ()
            if MODELS[kind].has_waves:
                with database.read() as session:
                    earlier = earlier_waves(live, session, study, year)
            found = model_grid(kind, data, name, by, condition, weight, partials=partials, earlier=earlier)
        if as_json:
            click.echo(json.dumps(found.as_dict(), ensure_ascii=False, indent=2))
        else:
            if found.is_made_up:
                click.echo(made_up.sentence(True, language))
            _print(found, kind, language)

    return command


def _print(found: Grid, kind: str, language: str) -> None:
    """The tables of the page: a line per question, a column per group or per statistic."""
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False, markup=False)
    console.print(f"{MODELS[kind].title[language]} · {found.study} {found.year}", style="bold")
    if found.finding is not None:
        console.print(found.finding[language])
    if found.filter is not None:
        console.print(f"Filter: {found.filter.sentence[language]}")
    for panel in panels(found):
        shown = Table(show_edge=False, pad_edge=False)
        shown.add_column("", min_width=24, max_width=56)
        for head in panel.heads:
            shown.add_column(f"{head.label[language]}{INDICATIVE if head.is_low else ''}", justify="right")
        if panel.rests_aside:
            shown.add_column("n", justify="right")
        for block in panel.blocks:
            shown.add_section()
            if block.title is not None:
                shown.add_row(block.title[language])
            for row in block.rows:
                rests = [] if row.bases is None else [_count(row.bases, language)]
                cells = [_printed(cell, language) for cell in row.cells]
                shown.add_row(f"  {row.item.title[language]}", *cells, *rests)
        shown.add_section()
        for title, bases in panel.foot:
            shown.add_row("n" if title is None else f"n  {title[language]}", *(_count(one, language) for one in bases))
        console.print(shown)
    for line in dict.fromkeys(note[language] for item in found.items for note in item.notes):
        console.print(line, style="dim")
    console.print(found.items[0].method[language], style="dim")


def _printed(cell: Cell | None, language: str) -> str:
    """A figure with its mark, its interval and what a test makes of it."""
    if cell is None:
        return ""
    measure, one = cell
    ends = interval(one, measure.unit, language)
    tested = "" if one.p is None else f" {p_text(one.p, language)}"
    mark = INDICATIVE if one.is_marked else ""
    return f"{figure_text(one, measure.unit, language)}{mark}{f' ({ends})' if ends else ''}{tested}"


def _count(bases: Bases, language: str) -> str:
    return SUPPRESSED if bases.is_hidden else count(bases.valid, language)


commands = tuple(_command(kind) for kind in MODELS)
