"""``surveyapp contact``: take in who is invited, and make their personal links."""

from __future__ import annotations

import csv
import os
from collections.abc import Sequence
from pathlib import Path

import click

from surveyapp.cli.arguments import INCOMING, YEAR, of_wave, refusals_of
from surveyapp.cli.preflight import opened
from surveyapp.cli.wave import ACTOR
from surveyapp.cli.wave_links import warn_of_loopback
from surveyapp.config import Settings
from surveyapp.errors import ExportError
from surveyapp.exports.link_files import HEADER, harmless, link_line
from surveyapp.fieldwork import contacts, personal_links, waves
from surveyapp.fieldwork.library import InstrumentLibrary
from surveyapp.instrument.model import Shape
from surveyapp.numerals import counted
from surveyapp.storage import audit, report_requests
from surveyapp.storage.readiness import require_key


@click.group("contact")
def contact() -> None:
    """Invite people by name: contacts and personal links."""


@contact.command("import")
@click.argument("file", type=INCOMING)
@of_wave
@click.option("--dry-run", "is_dry_run", is_flag=True, help="Say what would happen and write nothing.")
def import_(file: Path, study: str, year: int, is_dry_run: bool) -> None:
    """Take in FILE (email;name;role;language;source) as contacts of STUDY YEAR: all of it, or nothing."""
    from surveyapp.web.security import secret_key

    settings = Settings()
    with opened(settings) as database:
        with database.read() as session:
            instrument = InstrumentLibrary(database).of_wave(session, study, year)
        key = secret_key(settings)
        with refusals_of(file):
            listed = contacts.read_contacts(file.read_bytes(), instrument)
            if is_dry_run:
                with database.read() as session:
                    report, _ = contacts.plan_import(session, instrument, listed, salt=key)
            else:
                with database.write() as session:
                    report = contacts.import_contacts(session, instrument, listed, salt=key)
                    audit.add(session, ACTOR, "contact.import", f"{study} {year}", {"contacts": report.contacts})
    roles = ", ".join(f"{role or 'role unknown'} {n}" for role, n in sorted(report.by_role.items()))
    said = "would be taken in; nothing was written" if is_dry_run else "taken in"
    click.echo(f"{counted(report.contacts, 'contact', 'contacts')} {said} ({roles}).")
    if report.opted_out:
        click.echo(f"Who said before that they want no mail get no link: {report.opted_out}.")


@contact.command("links")
@of_wave
@click.option("--out", "file", required=True, type=click.Path(dir_okay=False, path_type=Path), help="File to write.")
@click.option("--anew", type=YEAR, help="Make the links of all anew; those of before stop working. Takes the year.")
def links(study: str, year: int, file: Path, anew: int | None) -> None:
    """Make a personal link for each contact of STUDY YEAR who has none, and write them to a file, once.

    The database keeps no link, only what recognises it. Nobody's link is touched, so late contacts can come at any
    time. With --anew YEAR all are made anew: the links of before stop working; the answers that were begun with them
    stay and go on under the new link.
    """
    from surveyapp.web.security import secret_key

    settings = Settings()
    if anew not in (None, year):
        raise click.BadParameter(f"type the year of the wave, {year}, to make all its links anew.", param_hint="--anew")
    if file.exists():
        raise ExportError(f"{file} is there already; name another file.")
    make = personal_links.make_links if anew is None else personal_links.renew_links
    with opened(settings) as database, database.write() as session:
        before = personal_links.had_links(session, study, year)
        key = secret_key(settings)
        require_key(session, key)
        made = make(session, study, year, salt=key)
        if not made:
            click.echo(f"Nobody of {study} {year} is without a link; none was made and nothing was written.")
            return
        deed = "contact.links" if anew is None else "contact.links-anew"
        audit.add(session, ACTOR, deed, f"{study} {year}", {"links": len(made)})
        # Inside the transaction: links that cannot be written down do not replace those people have.
        _table(file, HEADER, [link_line(link, settings.base_url) for link in made])
    click.echo(
        f"{counted(len(made), 'link', 'links')} written to {file}. "
        "Keep it as you would keep keys: no link can be looked up again."
    )
    if before and anew is None:
        click.echo(f"The {counted(before, 'link', 'links')} made before go on working.")
    elif before:
        click.echo(
            f"The links that {before} of these contacts had before no longer work; "
            "who has begun goes on with the new one."
        )
    warn_of_loopback(settings.base_url)


@contact.command("wishes")
@of_wave
@click.option("--out", "file", required=True, type=click.Path(dir_okay=False, path_type=Path), help="File to write.")
def wishes(study: str, year: int, file: Path) -> None:
    """Write the addresses that were left after sending, with what each was left for, in no order of time.

    Nothing in the file can be laid beside an answer. The column report says who asked for nothing but the report;
    who ticked wishes in the questionnaire has them in the column wishes.
    """
    settings = Settings()
    with opened(settings) as database, database.write() as session:
        instrument = InstrumentLibrary(database).of_wave(session, study, year)
        left = report_requests.listed(session, study, year)
        audit.add(session, ACTOR, "contact.wishes", f"{study} {year}", {"addresses": len(left)})
        asked = [each for each in instrument.variables.values() if each.is_stored_apart]
        coded = next((each for each in asked if each.type.shape is Shape.CHOICE), None)
        named = {category.code: category.label for category in coded.categories} if coded is not None else {}
        rows = [
            (
                each.email,
                each.language,
                "yes" if each.is_for_report else "",
                "; ".join(
                    named[code][each.language] if isinstance(code, int) and code in named else str(code)
                    for code in each.wishes
                ),
            )
            for each in left
        ]
        _table(file, ("email", "language", "report", "wishes"), rows)
    click.echo(f"{counted(len(left), 'address', 'addresses')} written to {file}.")


@contact.command("forget")
@of_wave
@click.argument("email")
def forget(study: str, year: int, email: str) -> None:
    """Delete an address that was left after sending, because its owner asks for it."""
    settings = Settings()
    with opened(settings) as database, database.write() as session:
        waves.wave_info(session, study, year)  # of a wave that is not there nothing is told
        gone = report_requests.forget(session, study, year, email.strip().lower())
        audit.add(session, ACTOR, "contact.forget", f"{study} {year}", {"addresses": gone})
    click.echo("The address was deleted." if gone else "This address was not left in this wave.")


def _table(file: Path, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A new file that only its owner reads, in the form spreadsheets open."""
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise ExportError(f"{file} is there already; name another file.") from None
    with os.fdopen(handle, "w", encoding="utf-8-sig", newline="") as opened:
        writer = csv.writer(opened, delimiter=";", lineterminator="\r\n")
        writer.writerow(header)
        for row in rows:
            writer.writerow([harmless(text) for text in row])


commands = (contact,)
