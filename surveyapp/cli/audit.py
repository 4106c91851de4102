"""``surveyapp audit``: who did what, and whether the log is whole."""

from __future__ import annotations

import json
from datetime import datetime

import click

from surveyapp.cli.preflight import opened
from surveyapp.config import Settings
from surveyapp.numerals import counted
from surveyapp.storage import audit
from surveyapp.storage.audit import FIELDS, AuditChoice, entries

DAY = click.DateTime(["%Y-%m-%d"])


@click.group("audit")
def audit_() -> None:
    """The audit log."""


@audit_.command("list")
@click.option("--who", default="", help="Part of who did it.")
@click.option("--what", default="", help="Part of what was done, e.g. export.")
@click.option("--to", "subject", default="", help="Part of what it was done to.")
@click.option("--since", type=DAY, help="From this day on.")
@click.option("--until", type=DAY, help="Up to and including this day.")
@click.option("--most", type=click.IntRange(1, 100_000), default=100, show_default=True, help="Entries at most.")
@click.option("--json", "as_json", is_flag=True, help="As data.")
def list_(
    who: str, what: str, subject: str, since: datetime | None, until: datetime | None, most: int, as_json: bool
) -> None:
    """The newest entries that fit, newest first."""
    choice = AuditChoice(who, what, subject, since.date() if since else None, until.date() if until else None)
    with opened(Settings()) as database, database.read() as session:
        found = entries(session, choice, most)
    if as_json:
        click.echo(json.dumps([dict(zip(FIELDS, row, strict=True)) for row in found], default=str, indent=1))
        return
    for row in found:
        details = json.dumps(row.details, ensure_ascii=False) if row.details else ""
        click.echo(
            f"{row.entry} {row.at:%Y-%m-%d %H:%M:%S} UTC {row.actor} {row.action} {row.subject} {details}".rstrip()
        )


@audit_.command("check")
@click.pass_context
def check(context: click.Context) -> None:
    """Compute every hash anew; exit 1 when an entry was changed or taken out."""
    with opened(Settings()) as database, database.read() as session:
        verdict = audit.verify(session)
    if verdict.holds:
        click.echo(f"The log is whole: {counted(verdict.entries, 'entry', 'entries')}, last hash {verdict.last_hash}")
        return
    click.echo(f"The log was changed: entry {verdict.broken_at} does not follow from the one before.", err=True)
    context.exit(1)


commands = (audit_,)
