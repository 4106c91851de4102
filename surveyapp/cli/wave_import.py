"""``surveyapp wave import``: an earlier fieldwork comes in as a closed wave."""

from __future__ import annotations

import json
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from surveyapp.cli.arguments import INCOMING, of_wave, refusals_of
from surveyapp.cli.preflight import checked_instrument, opened
from surveyapp.cli.wave import ACTOR, wave
from surveyapp.config import Settings
from surveyapp.errors import DefinitionError
from surveyapp.fieldwork.import_wave import ImportReport, import_wave, rehearse
from surveyapp.instrument.mapping import load_mapping
from surveyapp.numerals import counted
from surveyapp.storage import audit


@wave.command("import")
@of_wave
@click.option("--data", "data_file", required=True, type=INCOMING, help="The data file.")
@click.option("--mapping", "mapping_file", required=True, type=INCOMING, help="What its columns mean (mapping.yaml).")
@click.option("--reason", default="", help="Why, when another file or mapping takes the place of what was imported.")
@click.option("--dry-run", "is_dry_run", is_flag=True, help="Say what would happen and write nothing.")
@click.option("--json", "as_json", is_flag=True, help="The report as JSON.")
def import_(
    study: str, year: int, data_file: Path, mapping_file: Path, reason: str, is_dry_run: bool, as_json: bool
) -> None:
    """Take in DATA as the wave YEAR of STUDY: all of it, or nothing."""
    settings = Settings()
    instrument = checked_instrument(settings, study, year)
    expected = settings.instruments / study / str(year) / "mapping.yaml"
    if mapping_file.resolve() != expected.resolve():
        raise DefinitionError(
            f"The mapping of {study} {year} is {expected}; put it there, so that the definition knows it."
        )
    mapping = load_mapping(mapping_file)
    data = data_file.read_bytes()
    with refusals_of(data_file), opened(settings) as database, database.write() as session:
        if is_dry_run:
            report = rehearse(session, data, mapping, instrument, reason=reason)
        else:
            report = import_wave(session, data, mapping, instrument, actor=ACTOR, reason=reason)
            audit.add(session, ACTOR, "wave.import", f"{study} {year}", {"rows": report.cases, "reason": reason})
    if as_json:
        click.echo(json.dumps(report.as_dict(), ensure_ascii=False, indent=2))
    else:
        _tell(report, is_dry_run=is_dry_run)


def _tell(report: ImportReport, *, is_dry_run: bool) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("column", "variable", "valid", "skipped", "not asked", "n.a.", "flagged", "answers for"):
        table.add_column(
            heading, justify="right" if heading in {"valid", "skipped", "not asked", "n.a.", "flagged"} else "left"
        )
    for column in report.columns:
        if column.variable is None:
            table.add_row(column.column, f"[dim]{column.note}[/dim]")
            continue
        counts = (str(column.missing.get(code, 0) or "") for code in (-9, -8, -1))
        table.add_row(
            column.column,
            column.variable,
            str(column.valid),
            *counts,
            str(column.implausible or ""),
            ", ".join(column.linked),
        )
    console = Console(width=max(120, Console().width), soft_wrap=True)
    console.print(table)
    days = f", {report.first_day} to {report.last_day}" if report.first_day else ""
    said = "would be imported; nothing was written" if is_dry_run else "imported"
    console.print(
        f"{counted(report.cases, 'case', 'cases')} {said} as {report.study} {report.year}"
        f" ({report.complete} reached the last question{days}; {report.replaced} stood there before)."
        " Flagged numbers lie outside what is plausible and were kept."
    )


commands = (wave,)
