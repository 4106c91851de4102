"""``surveyapp table``: one variable over a banner, for people or as JSON."""

from __future__ import annotations

import json
from itertools import groupby

import click

from surveyapp.cli.arguments import of_wave
from surveyapp.cli.preflight import opened
from surveyapp.config import Settings
from surveyapp.errors import BadQuery
from surveyapp.fieldwork import made_up
from surveyapp.fieldwork.library import InstrumentLibrary
from surveyapp.instrument.system_variables import SYSTEM_VARIABLES
from surveyapp.reports.asked_models import earlier_waves
from surveyapp.reports.formatting import INDICATIVE, SUPPRESSED, count, figure_text
from surveyapp.reports.grid import Grid, Group
from surveyapp.reports.live import LiveWaves
from surveyapp.reports.tabulate import tabulate
from surveyapp.reports.year_tables import chosen_waves, year_table

BLOCKS = frozenset({"code", "first", "points", "net", "missing"})
"""Kinds of rows that stand apart; the others (mean, sd, median …) stand together."""
SYSTEM = ", ".join(SYSTEM_VARIABLES)


@click.command("table")
@of_wave
@click.argument("variable")
@click.option(
    "--by",
    "by",
    multiple=True,
    metavar="VARIABLE",
    help=f"Banner variable, {SYSTEM} included; more than once: side by side; 'role > sector': groups within groups.",
)
@click.option(
    "--filter",
    "condition",
    metavar="EXPR",
    help=f"Only cases for which this is true: \"role == 'manager'\". Names: those of the codebook, and {SYSTEM}.",
)
@click.option("--weight", default="none", show_default=True, metavar="NAME|none", help="Weighting.")
@click.option(
    "--against",
    type=click.Choice(["columns", "rest"]),
    default="columns",
    show_default=True,
    help="Test groups against each other, or each against all others together.",
)
@click.option("--year", "years", multiple=True, metavar="YEAR", help="Earlier wave beside it; more than once.")
@click.option("--partials", is_flag=True, help="Count unfinished questionnaires too.")
@click.option("--lang", "language", type=click.Choice(["nl", "en"]), default="en", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print the table as one JSON object.")
def table(
    study: str,
    year: int,
    variable: str,
    by: tuple[str, ...],
    condition: str | None,
    weight: str,
    against: str,
    partials: bool,
    language: str,
    as_json: bool,
    years: tuple[str, ...],
) -> None:
    """Print the table of VARIABLE in the wave STUDY YEAR."""
    settings = Settings()
    with opened(settings, reads=True) as database:
        live = LiveWaves(database, InstrumentLibrary(database))
        data = live.data(study, year)
        if years:
            if partials or against != "columns":
                raise BadQuery("Years side by side are tested against each other, on finished questionnaires.")
            with database.read() as session:
                beside = chosen_waves(earlier_waves(live, session, study, year), years, year)
            found = year_table(data, beside, variable, by, condition, weight)
        else:
            found = tabulate(data, variable, by, condition, weight, partials=partials, against=against)
    if as_json:
        click.echo(json.dumps(found.as_dict(), ensure_ascii=False, indent=2))
    else:
        if found.is_made_up:
            click.echo(made_up.sentence(True, language))
        _print(found, language)


def _print(found: Grid, language: str) -> None:
    """A table for people: labels left, a column per group named by its letter, what stands under it below."""
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False, markup=False)
    item, total = found.item, found.total
    console.print(f"{item.title[language]} ({item.variable}) · {found.study} {found.year}", style="bold")
    console.print(item.question[language])
    counts = " · ".join(count(number, language) or SUPPRESSED for number in (total.asked, total.answered, total.valid))
    console.print(f"{item.base[language]}: {counts} (asked · answered · valid)")
    if found.filter is not None:
        console.print(f"Filter: {found.filter.sentence[language]}")
    above = found.groups if found.groups[0].year else found.groups[1:]
    for heading, groups in groupby(above, key=lambda group: (group.banner_label or {})[language]):
        named = "  ".join(f"{group.letter} {group.label[language]}" for group in groups)
        console.print(f"{heading}: {named}")
    shown = Table(show_edge=False, pad_edge=False)
    shown.add_column("", min_width=24, max_width=46)
    for group in found.groups:
        shown.add_column(_head(group, language), justify="right", no_wrap=True)
    shown.add_row(
        "n",
        *(
            SUPPRESSED
            if bases.is_hidden
            else "–"
            if bases.is_outside
            else count(bases.valid, language) + (INDICATIVE if bases.is_low else "")
            for bases in found.bases[0]
        ),
    )
    for _, lines in groupby(found.lines, key=lambda line: line[0].kind if line[0].kind in BLOCKS else ""):
        shown.add_section()
        block = list(lines)
        if (said := block[0][0].statistic) is not None:
            shown.add_row(said[language])
        for measure, figures in block:
            cells = (
                f"{figure_text(one, measure.unit, language)}{INDICATIVE if one.is_marked else ''} {one.letters}".strip()
                for one in figures
            )
            shown.add_row(measure.label[language], *cells)
    console.print(shown)
    if found.finding is not None:
        console.print(found.finding[language])
    for line in (*(note[language] for note in item.notes), item.method[language]):
        console.print(line, style="dim")


def _head(group: Group, language: str) -> str:
    """The letter of a group; of waves side by side the year."""
    return group.label[language] if group.year else group.letter or group.label[language]


commands = (table,)
