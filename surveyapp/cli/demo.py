"""``surveyapp demo``: the demonstration study."""

from __future__ import annotations

import click

from surveyapp.config import Settings


@click.group("demo")
def demo() -> None:
    """The demonstration study, for looking around on one's own machine."""


@demo.command("seed")
@click.option("--cases", default=1200, show_default=True, type=click.IntRange(1, 100_000), help="Cases per wave.")
def seed(cases: int) -> None:
    """Make last year's and this year's wave with simulated answers, and an account per role.

    What is there already stays as it is.
    """
    from surveyapp import demonstration

    seeded = demonstration.seed(Settings(), number=cases, tell=click.echo)
    if seeded.changed_anything:
        click.echo(f"Made {sum(seeded.cases.values())} cases and {seeded.accounts} accounts.")
    else:
        click.echo("The demonstration study is there already.")


commands = (demo,)
