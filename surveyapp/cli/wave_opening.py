"""What ``surveyapp wave open`` asks before a wave opens, and says of one that opens late."""

from __future__ import annotations

import click

from surveyapp import clock
from surveyapp.cli.preflight import more_errors
from surveyapp.config import Settings
from surveyapp.errors import DefinitionError
from surveyapp.fieldwork import checklists, closing_day, definitions, waves
from surveyapp.fieldwork.closing_day import Overtime
from surveyapp.fieldwork.library import InstrumentLibrary
from surveyapp.storage.database import Database, Session


def require_opening(database: Database, study: str, year: int) -> None:
    """Refuse to open what the launch gate holds back; a wave made elsewhere has no definition here to look at.

    Raises DefinitionError: an error or a stale translation; the message names the first and how many more.
    """
    from surveyapp.instrument.files import wave_folders
    from surveyapp.instrument.findings import opening_blockers
    from surveyapp.instrument.loader import read_instrument

    with database.read_primary() as session:
        folder = definitions.working_folder(session, Settings(), study, year)
    if folder is None or year not in wave_folders(folder):
        return
    blocking = opening_blockers(read_instrument(folder, year)[1])
    if blocking:
        says = f"{blocking[0].message['en']} {blocking[0].fix['en']}"
        raise DefinitionError(f"{says}{more_errors(blocking, folder)}", blocking[0].place)


def looked_at(session: Session, library: InstrumentLibrary, study: str, year: int) -> Overtime | None:
    """What the console asks too before it opens a wave."""
    before = waves.wave_info(session, study, year)
    late = closing_day.overtime(session, library, before)
    closing_day.require_time(before, late)
    instrument = library.get(session, study, before.instrument_hash)
    checklists.require_ready(session, Settings(), before, instrument)
    return late


def warn_of_overtime(name: str, late: Overtime) -> None:
    """Say what becomes of a wave that was opened after its closing day: else nobody knows that it stays open."""
    over = f"The closing day of {name}, {late.day:%d-%m-%Y}, is over, so its pages name no day."
    if late.link_day is None:
        what = (
            f"It stays open until you close it: surveyapp wave close {name}. For another closing day change closes in "
            f"study.yaml and run: surveyapp wave revise {name} --reason …"
        )
    else:
        at_once = late.closes_at_once(clock.today())
        when = "The worker closes it within the hour" if at_once else "Unless you close it, the worker does"
        due = "was due" if at_once else "is due"
        what = (
            f"{when}: the link between people and answers {due} to be cut on {late.link_day:%d-%m-%Y}. "
            "Whoever took part may have read that day, so closes can be no later."
        )
    click.echo(f"{over} {what}", err=True)
