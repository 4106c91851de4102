"""``surveyapp bounces``: reading returned mail, and how much of it there was."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import click

from surveyapp.cli.preflight import opened
from surveyapp.config import Settings
from surveyapp.errors import ConfigurationError
from surveyapp.fieldwork import bounces as fieldwork
from surveyapp.numerals import counted
from surveyapp.storage.readiness import require_key

SAID = {
    "hard": "did not arrive, the address is dead",
    "soft": "did not arrive for now",
    "complaint": "were called unwanted",
    "unmatched": "are about nobody who is invited",
    "not_understood": "were not understood",
    "known": "were read before",
}


@click.group("bounces")
def bounces() -> None:
    """Read mail that came back, and complaints."""


@bounces.command("read")
@click.argument("source", required=False, type=click.Path(exists=True, path_type=Path))
@click.option("--dry-run", "is_dry_run", is_flag=True, help="Say what the mails are and write nothing.")
@click.option("--json", "is_json", is_flag=True, help="As JSON.")
def read(source: Path | None, is_dry_run: bool, is_json: bool) -> None:
    """Read an mbox file, a Maildir or a folder of mails; without SOURCE the mailbox of the settings.

    Who cannot be reached is written to no more; a complaint is an opt-out. Each mail counts once, however often it is
    read; none is deleted. A dry run needs no database and marks nothing.
    """
    from surveyapp.fieldwork import delivery_reports
    from surveyapp.jobs import bounce_reading
    from surveyapp.web.security import secret_key

    settings = Settings()
    place = source or settings.mailbox
    if place is None:
        raise ConfigurationError(
            "No mailbox is set: name a file or folder, or set SURVEYAPP_BOUNCES. See docs/operations.md, 'Mail'."
        )
    mails = bounce_reading.mails(place)
    if is_dry_run:
        _tell(Counter(str(delivery_reports.read(mail.raw).kind) for mail in mails), is_json)
        return
    with opened(settings) as database:
        key = secret_key(settings)
        with database.read() as session:
            require_key(session, key)
        _tell(bounce_reading.read_mailbox(database, mails, salt=key), is_json)


@bounces.command("count")
@click.argument("study", required=False)
@click.argument("year", required=False, type=int)
@click.option("--json", "is_json", is_flag=True, help="As JSON.")
def count(study: str | None, year: int | None, is_json: bool) -> None:
    """How many mails came back, of STUDY YEAR or at all."""
    from surveyapp.storage import bounces as stored

    with opened(Settings()) as database, database.read() as session:
        if study is not None and year is not None:
            from surveyapp.fieldwork.waves import wave_info

            wave_info(session, study, year)
        _tell(stored.counts(session, study, year), is_json)


def _tell(found: Mapping[str, int], is_json: bool) -> None:
    if is_json:
        click.echo(json.dumps({kind: found.get(kind, 0) for kind in fieldwork.KINDS}))
        return
    click.echo(f"{counted(sum(found.values()), 'mail', 'mails')} read:")
    for kind in fieldwork.KINDS:
        if found.get(kind):
            click.echo(f"{found[kind]:6}  {SAID[kind]}")


commands = (bounces,)
