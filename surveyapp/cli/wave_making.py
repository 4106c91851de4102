"""``surveyapp wave new``: a wave made of last year's, as the console does."""

from __future__ import annotations

import click

from surveyapp.cli import wave_links
from surveyapp.cli.arguments import YEAR, of_wave
from surveyapp.cli.preflight import opened
from surveyapp.cli.wave import ACTOR, told
from surveyapp.config import Settings
from surveyapp.fieldwork import wave_making, waves

wave = wave_links.commands[0]


@wave.command("new")
@of_wave
@click.option("--from", "earlier", type=YEAR, required=True, help="The wave it is made of.")
def new(study: str, year: int, earlier: int) -> None:
    """Make the draft of a wave of STUDY for YEAR as a copy of an earlier one, with its dates moved.

    Its definition is kept in the database, where the console changes it; no file on the server is written.
    """
    settings = Settings()
    with opened(settings) as database, database.write() as session:
        wave_making.new_wave(session, settings, study, earlier, year, ACTOR)
        info = waves.wave_info(session, study, year)
    told(info)


commands = (wave,)
