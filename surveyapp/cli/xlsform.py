"""``surveyapp xlsform``: a role's questionnaire as the spreadsheet form of ODK and Kobo, and such a form as a study."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import click

from surveyapp import clock
from surveyapp.cli.arguments import INCOMING, YEAR, of_wave, refusals_of
from surveyapp.cli.preflight import study_folder
from surveyapp.config import Settings
from surveyapp.instrument.findings import tally
from surveyapp.instrument.loader import load_instrument
from surveyapp.instrument.xlsform.folder import write_study
from surveyapp.instrument.xlsform.form import Loss
from surveyapp.instrument.xlsform.inward import inward
from surveyapp.instrument.xlsform.outward import outward
from surveyapp.numerals import counted


@click.group("xlsform")
def xlsform() -> None:
    """Exchange questionnaires with people who author in a spreadsheet; what cannot be carried is listed."""


@xlsform.command("out")
@of_wave
@click.argument("role")
@click.option("--out", "path", type=click.Path(path_type=Path, dir_okay=False), required=True, help="Workbook.")
@click.option(
    "--names", type=click.Choice(["codes", "keys"]), default="codes", show_default=True, help="Names of choices."
)
def out(study: str, year: int, role: str, path: Path, names: str) -> None:
    """Write the questionnaire of one ROLE of STUDY YEAR as an XLSForm."""
    from surveyapp.exports.xlsform_book import write_xlsform

    instrument = load_instrument(study_folder(Settings(), study), year)
    form, losses = outward(instrument, role, use_keys=names == "keys")
    write_xlsform(form, path, clock.now())
    click.echo(f"{path}: {counted(len(form.survey), 'row', 'rows')}, {counted(len(form.choices), 'choice', 'choices')}")
    _tell(losses)


@xlsform.command("in")
@click.argument("path", type=INCOMING)
@click.option("--study", required=True, help="Name of the new study.")
@click.option("--year", type=YEAR, required=True, help="Its wave.")
@click.option("--into", "folder", type=click.Path(path_type=Path, file_okay=False), required=True, help="Folder.")
@click.option("--lang", "language", default="nl", show_default=True, help="Language of columns that name none.")
def in_(path: Path, study: str, year: int, folder: Path, language: str) -> None:
    """Make a new study of the XLSForm FILE, in a folder of its own inside --into."""
    from surveyapp.exports.xlsform_book import read_xlsform

    with refusals_of(path):
        documents, losses = inward(read_xlsform(path), study, year, language)
        findings = write_study(documents, folder / study, year)
    click.echo(f"{folder / study}: " + ", ".join(documents))
    _tell(losses)
    click.echo(f"Checks: {tally(findings) or 'no findings'}; see: surveyapp check {folder / study}")


def _tell(losses: Iterable[Loss]) -> None:
    listed = list(losses)
    if not listed:
        click.echo("Everything was carried.")
        return
    click.echo(f"Not carried ({len(listed)}):")
    for loss in listed:
        click.echo(f"  {loss.where}: {loss.what}")


commands = (xlsform,)
