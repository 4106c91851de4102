"""``surveyapp check``: what is wrong with definitions, where, and what to do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from surveyapp.cli.against import Compared, compared
from surveyapp.cli.arguments import YEAR
from surveyapp.cli.compare_lines import comparison_data, comparison_lines
from surveyapp.cli.preflight import require_instruments
from surveyapp.config import Settings
from surveyapp.instrument.files import wave_folders
from surveyapp.instrument.findings import Finding, by_place, tally
from surveyapp.instrument.loader import misnamed, read_instrument, studies
from surveyapp.instrument.model import Instrument
from surveyapp.numerals import counted

CLEAN, FOUND, UNREADABLE = 0, 1, 2
"""Exit codes: nothing to mend; errors or warnings; a definition that cannot be read at all."""


@dataclass(frozen=True, slots=True)
class _Checked:
    folder: Path
    year: int
    instrument: Instrument | None
    findings: tuple[Finding, ...]


@click.command("check")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of lines.")
@click.option("--lang", "language", default="en", show_default=True, type=click.Choice(["nl", "en"]), help="Language.")
@click.option("--hints/--no-hints", default=True, show_default=True, help="Show advice that blocks nothing.")
@click.option("--against", type=YEAR, metavar="YEAR", help="Compare with this earlier wave, variable by variable.")
@click.pass_context
def check(
    context: click.Context, paths: tuple[Path, ...], as_json: bool, language: str, hints: bool, against: int | None
) -> None:
    """Check definitions: a folder of studies, a study, one of its years, or a file in it.

    With --against every later wave is laid beside that of YEAR: what changed and what it does to the trend. A name or
    code that came to mean something else is an error.

    Exit code 0 when clean, 1 with errors or warnings, 2 when something cannot be read.
    """
    if not paths:
        require_instruments(Settings())
    targets: list[tuple[Path, int]] = []
    nothing: list[Path] = []
    for path in paths or (Settings().instruments,):
        found = list(_targets(path))
        targets += [target for target in found if target not in targets]
        if not found:
            nothing.append(path)
    checked = [_checked(folder, year) for folder, year in targets]
    findings = [
        finding
        for finding in by_place(finding for each in checked for finding in each.findings)
        if hints or finding.level != "hint"
    ]
    comparisons, unmatched = _compared(checked, against) if against is not None else ([], [])
    nothing += unmatched
    if as_json:
        data = _as_data(checked, findings, nothing)
        if against is not None:
            data["comparisons"] = [comparison_data(each) for each in comparisons]
        click.echo(json.dumps(data, ensure_ascii=False, indent=2))
    else:
        for each in comparisons:
            for line in comparison_lines(each, language):
                click.echo(line)
        _tell(checked, findings, nothing, language)
    if nothing or any(each.instrument is None for each in checked):
        context.exit(UNREADABLE)
    reused = any(finding.level == "error" for each in comparisons for finding in each.comparison.findings)
    context.exit(FOUND if reused or any(finding.level != "hint" for finding in findings) else CLEAN)


def _checked(folder: Path, year: int) -> _Checked:
    instrument, findings = read_instrument(folder, year)
    wrong = misnamed(folder, instrument) if instrument is not None else None
    return _Checked(folder, year, instrument, findings if wrong is None else (*findings, wrong))


def _compared(checked: list[_Checked], against: int) -> tuple[list[Compared], list[Path]]:
    """Every later wave beside the earlier one, and the places where there is no earlier one."""
    found: list[Compared] = []
    unmatched: list[Path] = []
    for folder in dict.fromkeys(each.folder for each in checked):
        later = [(each.year, each.instrument) for each in checked if each.folder == folder]
        comparisons = compared(Settings(), folder, later, against)
        if comparisons is None:
            unmatched.append(folder / str(against))
        else:
            found += comparisons
    return found, unmatched


def _targets(path: Path) -> Iterator[tuple[Path, int]]:
    """The study folders and years that lie at this path."""
    if path.is_file():
        yield from _targets(path.parent)
    elif (path / "study.yaml").is_file():
        yield from ((path, year) for year in wave_folders(path))
    elif (path.parent / "study.yaml").is_file() and path.name.isdigit():
        yield from ((path.parent, year) for year in wave_folders(path.parent) if year == int(path.name))
    else:
        for study in studies(path):
            yield from _targets(path / study)


def _tell(checked: list[_Checked], findings: list[Finding], nothing: list[Path], language: str) -> None:
    for path in nothing:
        if (path.parent / "study.yaml").is_file() and (there := ", ".join(map(str, wave_folders(path.parent)))):
            click.echo(f"{path}: no wave lies here; {path.parent.name} has {there}.", err=True)
        else:
            click.echo(f"{path}: no study with a wave lies here.", err=True)
    for finding in findings:
        click.echo(
            f"{finding.place} {finding.level} {finding.code} {finding.name}: "
            f"{finding.message[language]} → {finding.fix[language]}"
        )
    for each in checked:
        if each.instrument is None:
            click.echo(f"{each.folder.name} {each.year}: cannot be read.")
            continue
        made = each.instrument.questionnaires
        asked = ", ".join(f"{role} {len(questions.questions)}" for role, questions in made.items())
        click.echo(
            f"{each.folder.name} {each.year}: {counted(len(each.instrument.variables), 'variable', 'variables')}"
            + (f"; questions: {asked}" if asked else "")
        )
    if findings:
        click.echo(tally(findings))
    elif checked:
        click.echo("No findings.")


def _as_data(checked: list[_Checked], findings: list[Finding], nothing: list[Path]) -> dict[str, object]:
    return {
        "instruments": [
            {
                "study": each.folder.name,
                "year": each.year,
                "hash": each.instrument.hash if each.instrument else None,
                "variables": len(each.instrument.variables) if each.instrument else None,
            }
            for each in checked
        ],
        "findings": [finding.as_dict() for finding in findings],
        "nothing_at": [str(path) for path in nothing],
    }


commands = (check,)
