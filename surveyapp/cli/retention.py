"""``surveyapp retention``: what is kept until when, what goes today, and the certificates of what went."""

from __future__ import annotations

import json
from pathlib import Path

import click

from surveyapp import clock
from surveyapp.cli.arguments import of_wave
from surveyapp.cli.preflight import opened
from surveyapp.cli.wave import ACTOR
from surveyapp.config import Settings
from surveyapp.errors import ExportError, WrongState
from surveyapp.fieldwork import certificates
from surveyapp.fieldwork import retention as rules
from surveyapp.fieldwork.certificates import Certificate
from surveyapp.fieldwork.library import InstrumentLibrary
from surveyapp.fieldwork.retention import Line
from surveyapp.numerals import counted
from surveyapp.storage.readiness import require_key

SAID = {
    rules.DRAFTS: "pages typed on and never saved",
    rules.LINK: "links between people and answers",
    rules.CONTACTS: "contacts",
    rules.ADDRESSES: "addresses left for the report",
    rules.TEXTS: "open answers",
    rules.ANSWERS: "cases with all their answers",
    rules.NAMES: "names in the audit log",
    rules.FILES: "made files",
}


@click.group("retention")
def retention() -> None:
    """What is kept until when, what is removed, and its certificates."""


@retention.command("list")
@click.option("--json", "is_json", is_flag=True, help="As JSON.")
def list_(is_json: bool) -> None:
    """Everything that has an end, with its day and how much there is. Writes nothing."""
    with opened(Settings()) as database, database.read() as session:
        found = rules.lines(session, InstrumentLibrary(database))
    _tell(found, is_json)


@retention.command("run")
@click.option("--dry-run", "is_dry_run", is_flag=True, help="Say what would go and write nothing.")
@click.option("--json", "is_json", is_flag=True, help="As JSON.")
def run(is_dry_run: bool, is_json: bool) -> None:
    """Remove what is due, as the worker does every hour; each removal gets a certificate.

    Open answers wait for a person: see `surveyapp retention texts`.
    """
    from surveyapp.web.security import secret_key

    settings = Settings()
    with opened(settings) as database:
        library = InstrumentLibrary(database)
        if is_dry_run:
            with database.read() as session:
                due = rules.due_lines(session, library)
            _tell(due, is_json)
            return
        key = secret_key(settings)
        with database.read() as session:
            require_key(session, key)
        numbers = rules.run(database, library, salt=key, actor=ACTOR)
        with database.read() as session:
            made = [certificates.one(session, number) for number in numbers]
    if is_json:
        click.echo(json.dumps([one.document() for one in made]))
        return
    click.echo("\n".join(map(_line, made)) or "Nothing is due.")


@retention.command("texts")
@of_wave
@click.option("--yes", "is_sure", is_flag=True, help="They were read and coded; remove them.")
def texts(study: str, year: int, is_sure: bool) -> None:
    """Remove the open answers of STUDY YEAR a year after it closed; that somebody wrote something stays counted."""
    settings = Settings()
    with opened(settings) as database:
        library = InstrumentLibrary(database)
        with database.read() as session:
            due = rules.due_lines(session, library, by_hand=True)
        mine = next((one for one in due if (one.kind, one.study, one.year) == (rules.TEXTS, study, year)), None)
        if mine is None:
            raise WrongState(
                "No open answers of %(study)s %(year)s are due to go; see: surveyapp retention list",
                study=study,
                year=year,
            )
        if not is_sure:
            said = counted(mine.count, "open answer", "open answers")
            raise click.UsageError(f"{said} would go for good; say --yes when they were coded.")
        number = rules.remove(database, library, mine, salt="", actor=ACTOR)
        with database.read() as session:
            click.echo(_line(certificates.one(session, number)) if number is not None else "There was nothing left.")


@retention.command("certificates")
@click.option("--json", "is_json", is_flag=True, help="As JSON.")
@click.option("--out", "file", type=click.Path(dir_okay=False, path_type=Path), help="Write them to a file, as JSON.")
def certificates_(is_json: bool, file: Path | None) -> None:
    """The certificates, the newest first."""
    with opened(Settings()) as database, database.read() as session:
        made = certificates.listed(session)
    documents = json.dumps([one.document() for one in made], indent=1)
    if file is not None:
        if file.exists():
            raise ExportError(f"{file} is there already; name another file.")
        file.write_text(documents + "\n", encoding="utf-8")
        click.echo(f"{counted(len(made), 'certificate', 'certificates')} written to {file}.")
        return
    click.echo(documents if is_json else "\n".join(map(_line, made)) or "There are no certificates yet.")


@retention.command("verify")
@click.pass_context
def verify(ctx: click.Context) -> None:
    """Compute every certificate anew and say whether all are as they were written."""
    with opened(Settings()) as database, database.read() as session:
        broken, count = certificates.broken(session), len(certificates.listed(session))
    if broken is None:
        click.echo(f"{counted(count, 'certificate', 'certificates')}, all as they were written.")
        return
    click.echo(f"Certificate {broken} is not as it was written, or one before it is missing.", err=True)
    ctx.exit(2)


def _tell(found: tuple[Line, ...], is_json: bool) -> None:
    if is_json:
        listed = [
            {
                "kind": one.kind,
                "study": one.study,
                "year": one.year,
                "count": one.count,
                "due": one.due.isoformat() if one.due else None,
                "is_due": one.is_due(clock.today()),
            }
            for one in found
        ]
        click.echo(json.dumps(listed))
        return
    for one in found:
        wave = f"{one.study} {one.year}" if one.study else "installation"
        mark = "due" if one.is_due(clock.today()) else ""
        click.echo(f"{one.due or 'no day yet'!s:12} {wave:32} {one.count:8}  {SAID[one.kind]}  {mark}".rstrip())
    if not found:
        click.echo("Nothing.")


def _line(one: Certificate) -> str:
    wave = f"{one.study} {one.year}" if one.study else "installation"
    return f"{one.number:6}  {one.at:%Y-%m-%d}  {wave:32} {one.removed:8}  {SAID[one.kind]}  {one.hash[:16]}"


commands = (retention,)
