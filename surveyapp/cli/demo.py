"""``surveyapp demo``: the demonstration."""

from __future__ import annotations

import click

from surveyapp.cli.preflight import require_instruments
from surveyapp.config import Settings
from surveyapp.numerals import counted


@click.group("demo")
def demo() -> None:
    """The demonstration, for looking around on one's own machine."""


@demo.command("seed")
@click.option(
    "--cases", default=1200, show_default=True, type=click.IntRange(1, 100_000), help="Cases per wave at most."
)
@click.option("--study", help="Only this study; otherwise every study in the instruments folder.")
def seed(cases: int, study: str | None) -> None:
    """Make the waves of every study with simulated answers, the latest open, and an account per role.

    What is there already stays as it is.
    """
    from surveyapp import demonstration

    settings = Settings()
    require_instruments(settings)
    seeded = demonstration.seed(settings, number=cases, study=study, tell=click.echo)
    if seeded.changed_anything:
        click.echo(
            f"Made {counted(sum(seeded.cases.values()), 'case', 'cases')} and "
            f"{counted(seeded.accounts, 'account', 'accounts')}."
        )
    else:
        click.echo("The demonstration is there already.")


commands = (demo,)
