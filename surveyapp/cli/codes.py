"""``surveyapp codes``: a coder's own codes as a workbook, and coming in again."""

from __future__ import annotations

import os
from pathlib import Path

import click

from surveyapp.cli.arguments import INCOMING, of_wave
from surveyapp.cli.preflight import opened
from surveyapp.config import Settings
from surveyapp.errors import ExportError, WrongState
from surveyapp.fieldwork import coding as deeds
from surveyapp.fieldwork.library import InstrumentLibrary
from surveyapp.numerals import counted
from surveyapp.reports.live import LiveWaves
from surveyapp.reports.wave_data import WaveData
from surveyapp.storage.database import Database
from surveyapp.storage.readiness import require_key


@click.group("codes")
def codes() -> None:
    """Take the codes of open answers out, for a spreadsheet, and in again."""


@codes.command("out")
@of_wave
@click.argument("question")
@click.argument("coder")
@click.option("--out", "file", required=True, type=click.Path(dir_okay=False, path_type=Path), help="File to write.")
@click.option("--lang", "language", type=click.Choice(["nl", "en"]), default="en", show_default=True)
def out(study: str, year: int, question: str, coder: str, file: Path, language: str) -> None:
    """Write the answers to QUESTION of STUDY YEAR with the codes that the account CODER gave them.

    CODER needs the right to read the open answers of the study, and one of the two places. That they were read is noted
    with CODER's name. Only the owner of the file reads it.
    """
    from surveyapp.exports.own_codes import own_book

    settings = Settings()
    if file.exists():  # before anything is read, which would be noted
        raise ExportError(f"{file} is there already; name another file.")
    with opened(settings) as database:
        data, salt = _data(database, settings, study, year, coder)
        book, _name = own_book(database, data, question, coder, language, salt=salt)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as written:
        written.write(book)
    click.echo(str(file))


@codes.command("in")
@of_wave
@click.argument("question")
@click.argument("coder")
@click.argument("file", type=INCOMING)
def take_in(study: str, year: int, question: str, coder: str, file: Path) -> None:
    """Take the codes of FILE in for the account CODER: all of it, or nothing where a row is wrong."""
    from surveyapp.exports.own_codes import take_own_codes

    settings = Settings()
    with opened(settings) as database:
        data, salt = _data(database, settings, study, year, coder)
        taken = take_own_codes(database, data, question, coder, file.read_bytes(), salt=salt)
    click.echo(f"{counted(taken, 'answer was', 'answers were')} coded.")


def _data(database: Database, settings: Settings, study: str, year: int, coder: str) -> tuple[WaveData, str]:
    """The wave, and the secret by which its answers are named; for who may read them."""
    from surveyapp.web.security import secret_key

    salt = secret_key(settings)
    data = LiveWaves(database, InstrumentLibrary(database)).data(study, year)
    with database.read() as session:
        require_key(session, salt)
        if not deeds.may_read(session, study, coder):
            raise WrongState("Reading open answers is a right of its own; an administrator can give it.")
    return data, salt


commands = (codes,)
