"""``surveyapp scale|drivers|profile|gaps|trend``: what speaks of several questions at once, for people or as JSON."""

from __future__ import annotations

import json
from itertools import groupby

import click

from surveyapp.cli.arguments import of_wave
from surveyapp.cli.preflight import opened
from surveyapp.config import Settings
from surveyapp.fieldwork import made_up
from surveyapp.fieldwork.library import InstrumentLibrary
from surveyapp.reports.asked_models import MODELS, earlier_waves, model_grid
from surveyapp.reports.formatting import SUPPRESSED, count, figure_text, interval, p_text
from surveyapp.reports.grid import Grid, Line
from surveyapp.reports.live import LiveWaves
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
    """Blocks of one measure each: a line per question, a column per group."""
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False, markup=False)
    console.print(f"{MODELS[kind].title[language]} · {found.study} {found.year}", style="bold")
    if found.finding is not None:
        console.print(found.finding[language])
    if found.filter is not None:
        console.print(f"Filter: {found.filter.sentence[language]}")
    titles = {item.variable: item.title[language] for item in found.items}
    shown = Table(show_edge=False, pad_edge=False)
    shown.add_column("", min_width=24, max_width=56)
    for group in found.groups:
        shown.add_column(group.label[language], justify="right")

    def key(line: Line) -> tuple[str, str]:
        return line[0].kind, str(line[0].code)

    for _, lines in groupby(sorted(found.lines, key=lambda line: [*map(key, found.lines)].index(key(line))), key=key):
        shown.add_section()
        block = list(lines)
        shown.add_row(block[0][0].label[language])
        for measure, figures in block:
            cells = []
            for one in figures:
                printed, ends = figure_text(one, measure.unit, language), interval(one, measure.unit, language)
                tested = "" if one.p is None else f" {p_text(one.p, language)}"
                cells.append(f"{printed}{f' ({ends})' if ends else ''}{tested}")
            shown.add_row(f"  {titles[measure.item]}", *cells)
    shown.add_section()
    shown.add_row("n")
    for item, bases in zip(found.items, found.bases, strict=True):
        shown.add_row(
            f"  {item.title[language]}",
            *(SUPPRESSED if one.is_hidden else count(one.valid, language) for one in bases),
        )
    console.print(shown)
    for line in dict.fromkeys(note[language] for item in found.items for note in item.notes):
        console.print(line, style="dim")
    console.print(found.items[0].method[language], style="dim")


commands = tuple(_command(kind) for kind in MODELS)
