"""``surveyapp quality``: what the quality rules say of the finished questionnaires of a wave."""

from __future__ import annotations

import json

import click

from surveyapp.cli.arguments import of_wave
from surveyapp.cli.preflight import opened
from surveyapp.config import Settings
from surveyapp.fieldwork import made_up
from surveyapp.fieldwork import quality as stored
from surveyapp.fieldwork.library import InstrumentLibrary
from surveyapp.reports.formatting import SUPPRESSED, count, printed, share
from surveyapp.reports.live import LiveWaves
from surveyapp.reports.quality_effect import Effect
from surveyapp.reports.quality_flags import go_through
from surveyapp.reports.quality_summary import EXCLUDED, KEPT, QualitySummary, summary


@click.command("quality")
@of_wave
@click.option("--lang", "language", type=click.Choice(["nl", "en"]), default="en", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print everything as one JSON object.")
def quality(study: str, year: int, language: str, as_json: bool) -> None:
    """Go through the quality rules of the wave STUDY YEAR, and print what they say and what was decided.

    A flag asks somebody to look; nothing is ever left out by itself. Who is excluded is decided on the console.
    """
    settings = Settings()
    with opened(settings, reads=True) as database:
        live = LiveWaves(database, InstrumentLibrary(database))
        data, flags = live.data(study, year), go_through(database, live, study, year)
        with database.read() as session:
            found = summary(data, flags, stored.decisions(session, study, year))
    if as_json:
        made = {"study": study, "year": year, "made_up": data.is_made_up, **found.as_dict()}
        click.echo(json.dumps(made, ensure_ascii=False, indent=2))
        return
    if data.is_made_up:
        click.echo(made_up.sentence(True, language))
    _print(found, language)


def _print(found: QualitySummary, language: str) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False, markup=False)
    checked = found.flags.checked
    console.print(
        f"{count(checked, language)} finished, {count(found.flagged, language)} flagged, "
        f"{count(found.waiting, language)} to decide, {count(found.count(KEPT), language)} kept, "
        f"{count(found.count(EXCLUDED), language)} excluded"
    )
    shown = Table(show_edge=False, pad_edge=False)
    shown.add_column("", min_width=24, max_width=46)
    for head in ("mild", "strong", "share"):
        shown.add_column(head, justify="right", no_wrap=True)
    shown.add_column("without them")
    for line in found.lines:
        if not line.is_run or line.lacking:
            why = line.lacking[language] if line.lacking else f"not run: {found.flags.not_run[line.rule.code]}"
            shown.add_row(line.rule.title[language], "", "", "", why)
            continue
        part = share(line.count / checked, language, 1) if checked else ""
        said = "; ".join(_said(effect, language) for effect in line.effects)
        numbers = (count(line.mild, language), count(line.strong, language), part)
        shown.add_row(line.rule.title[language], *numbers, said)
    console.print(shown)


def _said(effect: Effect, language: str) -> str:
    if effect.is_hidden:
        return f"{effect.label[language]}: {SUPPRESSED}"
    before, after = (printed(value, effect.unit, language) for value in (effect.with_all, effect.without))
    return f"{effect.label[language]}: {before} → {after}"


commands = (quality,)
