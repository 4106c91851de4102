"""The command line. Each command group is a module that is imported only when it is called.

A respondent's server must not pay for openpyxl because an export command exists; hence the lazy table.
"""

from __future__ import annotations

from importlib import import_module
from zoneinfo import ZoneInfoNotFoundError

import click

from surveyapp.errors import StorageBusy, SurveyError

COMMANDS = {
    "audit": "surveyapp.cli.audit",
    "bounces": "surveyapp.cli.bounces",
    "check": "surveyapp.cli.check",
    "codes": "surveyapp.cli.codes",
    "coding": "surveyapp.cli.coding",
    "contact": "surveyapp.cli.contact",
    "db": "surveyapp.cli.db",
    "demo": "surveyapp.cli.demo",
    "drivers": "surveyapp.cli.models",
    "export": "surveyapp.cli.export",
    "fieldwork": "surveyapp.cli.rates",
    "funnel": "surveyapp.cli.rates",
    "gaps": "surveyapp.cli.models",
    "invite": "surveyapp.cli.invite",
    "profile": "surveyapp.cli.models",
    "quality": "surveyapp.cli.quality",
    "rates": "surveyapp.cli.rates",
    "retention": "surveyapp.cli.retention",
    "scale": "surveyapp.cli.models",
    "serve": "surveyapp.cli.serve",
    "simulate": "surveyapp.cli.simulate",
    "table": "surveyapp.cli.table",
    "translate": "surveyapp.cli.translate",
    "trend": "surveyapp.cli.models",
    "user": "surveyapp.cli.user",
    "wave": "surveyapp.cli.wave_verify",
    "weights": "surveyapp.cli.weights",
    "worker": "surveyapp.cli.worker",
    "xlsform": "surveyapp.cli.xlsform",
}
"""Command name → module; the module offers the command in ``commands``."""


class Commands(click.Group):
    """A group that finds its commands in :data:`COMMANDS` and turns errors people can mend into one clear line."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names in alphabetical order."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, imported now; None when there is no such command."""
        if cmd_name not in COMMANDS:
            return None
        try:
            module = import_module(COMMANDS[cmd_name])
        except ZoneInfoNotFoundError:
            raise click.ClickException(
                "This machine has no time zones, and waves close by the clock of Amsterdam; install tzdata."
            ) from None
        found: dict[str, click.Command] = {command.name or "": command for command in module.commands}
        return found[cmd_name]

    def invoke(self, ctx: click.Context) -> object:
        """Run; an error of our own tree, or a file that cannot be used, becomes its message and exit code 2."""
        try:
            return super().invoke(ctx)
        except StorageBusy as error:
            said = _diagnosed(error)
        except SurveyError as error:
            said = str(error)
        except OSError as error:
            if error.filename is None or isinstance(error, BrokenPipeError):  # a closed pipe is click's to handle
                raise
            said = f"{error.filename} cannot be used: {error.strerror}."
        click.echo(f"surveyapp: {said}", err=True)
        return ctx.exit(2)


def _diagnosed(error: StorageBusy) -> str:
    """What a database that cannot be reached means for who set it; the driver tells a page too little."""
    if error.cause != "unreachable":
        return str(error)
    from surveyapp.config import Settings
    from surveyapp.storage.database import Database

    try:
        settings = Settings()
        Database(settings.url, settings.read_url).require_reachable()
    except SurveyError as cause:
        return str(cause)
    return str(error)


@click.group(cls=Commands)
@click.version_option(package_name="surveyapp")
def main() -> None:
    """Questionnaire, fieldwork, figures and the report's workbook of a yearly study, from one definition."""
