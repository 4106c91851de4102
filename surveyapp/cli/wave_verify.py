"""``surveyapp wave verify``: whether a closed wave's answers are still those that were frozen."""

from __future__ import annotations

import json

import click

from surveyapp.cli import wave_making
from surveyapp.cli.arguments import of_wave
from surveyapp.cli.preflight import opened
from surveyapp.config import Settings
from surveyapp.fieldwork import freezing
from surveyapp.numerals import counted

wave = wave_making.commands[0]


@wave.command("verify")
@of_wave
@click.option("--json", "is_json", is_flag=True, help="As JSON.")
@click.pass_context
def verify(ctx: click.Context, study: str, year: int, is_json: bool) -> None:
    """Compute the hash of the answers of STUDY YEAR anew, and hold it against the one that was noted when it closed.

    Ends with 2 where they differ. The worker notes the hash within a minute of closing, and after each named act.
    """
    with opened(Settings()) as database, database.read() as session:
        found = freezing.verify(session, study, year)
    if is_json:
        held = {"edition": found.edition, "cases": found.cases, "noted": found.hash, "found": found.found}
        click.echo(json.dumps({**held, "holds": found.holds}))
    elif found.holds:
        said = counted(found.cases, "case", "cases")
        click.echo(f"Edition {found.edition}: {said}, all as they were frozen. SHA-256 {found.hash}")
    else:
        click.echo(f"Edition {found.edition}: the answers are NOT those that were frozen.", err=True)
    if not found.holds:
        ctx.exit(2)


commands = (wave,)
