"""``surveyapp table``: one variable over a banner, for people or as JSON."""

from __future__ import annotations

import json
from itertools import groupby

import click

from surveyapp.cli.arguments import YEAR
from surveyapp.cli.preflight import opened
from surveyapp.config import Settings
from surveyapp.fieldwork import made_up
from surveyapp.fieldwork.library import InstrumentLibrary
from surveyapp.instrument.system_variables import SYSTEM_VARIABLES
from surveyapp.reports.formatting import cell_text, count
from surveyapp.reports.live import LiveWaves
from surveyapp.reports.table import Table as Figures
from surveyapp.reports.tabulate import tabulate

BLOCKS = frozenset({"code", "first", "points", "net", "missing"})
"""Kinds of rows that stand apart; the others (mean, sd, median …) stand together."""
SYSTEM = ", ".join(SYSTEM_VARIABLES)


@click.command("table")
@click.argument("study")
@click.argument("year", type=YEAR)
@click.argument("variable")
@click.option(
    "--by",
    "by",
    multiple=True,
    metavar="VARIABLE",
    help=f"Banner variable, {SYSTEM} included; more than once: side by side.",
)
@click.option(
    "--filter",
    "condition",
    metavar="EXPR",
    help=f"Only cases for which this is true: \"role == 'manager'\". Names: those of the codebook, and {SYSTEM}.",
)
@click.option("--weight", default="none", show_default=True, metavar="NAME|none", help="Weighting.")
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
    partials: bool,
    language: str,
    as_json: bool,
) -> None:
    """Print the table of VARIABLE in the wave STUDY YEAR."""
    settings = Settings()
    database = opened(settings, reads=True)
    try:
        data = LiveWaves(database, InstrumentLibrary(database)).data(study, year)
        found = tabulate(data, variable, by, condition, weight, partials=partials)
    finally:
        database.close()
    if as_json:
        click.echo(json.dumps(found.as_dict(), ensure_ascii=False, indent=2))
    else:
        if found.is_made_up:
            click.echo(made_up.sentence(True, language))
        _print(found, language)


def _print(found: Figures, language: str) -> None:
    """A table for people: labels left, a column per group named by its letter, what stands under it below."""
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False, markup=False)
    base = found.base
    console.print(f"{found.title[language]} ({found.variable}) · {found.study} {found.year}", style="bold")
    console.print(found.question[language])
    counts = " · ".join(count(number, language) or "." for number in (base.asked, base.answered, base.valid))
    console.print(f"{base.text[language]}: {counts} (asked · answered · valid)")
    if found.filter is not None:
        console.print(f"Filter: {found.filter[language]}")
    for heading, groups in groupby(found.columns[1:], key=lambda column: (column.banner_label or {})[language]):
        named = "  ".join(f"{column.letter} {column.label[language]}" for column in groups)
        console.print(f"{heading}: {named}")
    shown = Table(show_edge=False, pad_edge=False)
    shown.add_column("", min_width=24, max_width=46)
    for column in found.columns:
        shown.add_column(column.letter or column.label[language], justify="right", no_wrap=True)
    shown.add_row(
        "n",
        *(
            "." if column.suppressed else "–" if column.is_outside else count(column.n, language)
            for column in found.columns
        ),
    )
    for block, rows in groupby(found.rows, key=lambda row: row.kind if row.kind in BLOCKS else ""):
        shown.add_section()
        if (said := found.statistic(block)) is not None:
            shown.add_row(said[language])
        for row in rows:
            cells = (
                f"{cell_text(cell, row.kind, language, found.decimals, is_month=found.is_month)} {cell.letters}".strip()
                for cell in row.cells
            )
            shown.add_row(row.label[language], *cells)
    console.print(shown)
    for line in (*(note[language] for note in found.notes), found.method[language]):
        console.print(line, style="dim")


commands = (table,)
