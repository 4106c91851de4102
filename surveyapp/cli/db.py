"""``surveyapp db``: the tables, back-ups, and whether all is well."""

from __future__ import annotations

import os
from pathlib import Path

import click

from surveyapp import clock
from surveyapp.cli import preflight
from surveyapp.config import Settings
from surveyapp.errors import ConfigurationError, WrongState
from surveyapp.fieldwork import editions
from surveyapp.storage import audit, backup, column_files, portable, readiness, seals
from surveyapp.storage.database import Database


@click.group("db")
def db() -> None:
    """Tables, back-ups, and whether all is well."""


@db.command("upgrade")
def upgrade() -> None:
    """Bring the tables to what this version asks; safe to repeat, safe on several nodes at once.

    Tables of a later version stay as they are: where this version can serve on them, as the one before always can, it
    says so and ends well, so that a new version can be taken back.
    """
    with Database.of(Settings()) as database:
        database.require_reachable()
        is_there = database.file is None or database.file.exists()
        if is_there and database.is_newer():
            click.echo("The tables are of a later version, and this one serves on them. Nothing was changed.")
            return
        was_current = is_there and database.is_current()
        database.upgrade()
    click.echo("The tables are up to date already." if was_current else "The tables are up to date now.")


@db.command("check")
@click.option("--quick", is_flag=True, help="Leave out what takes long: each page of the file, the whole audit trail.")
def check(quick: bool) -> None:
    """Look at everything the server needs: one line each, exit code 2 when anything is wrong.

    Settings, folders, key, studies, clock, databases, tables, disk, file, audit trail and mail server.
    """
    from surveyapp.cli.db_check import looks

    settings, faults = Settings(), 0
    for name, said, is_well in looks(settings, is_quick=quick):
        click.echo(f"{name}: {said}", err=not is_well)
        faults += not is_well
    if faults:
        click.get_current_context().exit(2)


@db.command("backup")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--key-file", type=click.Path(path_type=Path, dir_okay=False), help="Write the secret key there too.")
def backup_(file: Path, key_file: Path | None) -> None:
    """Write a clean copy of the database to FILE, while it is in use: one SQLite file, also from PostgreSQL."""
    from surveyapp.web.security import secret_key

    for place in (file, *([key_file] if key_file else [])):
        _require_free(place)
    settings = Settings()
    key = secret_key(settings)
    with Database.of(Settings()) as database:
        if database.file is None or database.file.exists():
            with database.read_primary() as session:
                readiness.require_key(session, key)  # or the copy would bear the mark of a key that is not its own
        if database.file is None:
            portable.write(database, file)
        else:
            backup.backup(database.file, file)
    backup.seal(file, key)
    click.echo(f"Written to {file}. It holds everything but the secret key: keep it where only you can read it.")
    if key_file is None:
        where = "SURVEYAPP_SECRET_KEY" if settings.secret_key is not None else str(settings.instance / "secret_key")
        click.echo(f"Keep the key ({where}) in another place: without it no personal link is known any more.")
        return
    with os.fdopen(os.open(key_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as kept:
        kept.write(key)
    click.echo(f"The secret key is in {key_file}: keep it in another place than the copy.")


def _require_free(place: Path) -> None:
    """Look first: a folder that is not there is a disk that was not mounted, or a name with a fault in it."""
    if not place.absolute().parent.is_dir():
        raise ConfigurationError(f"There is no folder {place.absolute().parent}. Nothing was written.")
    if place.exists():
        raise WrongState(f"{place} is there already; choose another name. Nothing was written.")


@db.command("restore")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--altered", is_flag=True, help="Take a copy whose checksum does not fit, as it is.")
def restore(file: Path, yes: bool, altered: bool) -> None:
    """Put the copy in FILE in the database's place; what stood there is kept under another name.

    On PostgreSQL the copy goes into an empty database, and nothing is replaced.
    """
    from surveyapp.web.security import secret_key

    backup.require_ours(file, may_be_altered=altered)  # before anybody is asked to stop a server for it
    with Database.of(Settings()) as database:
        if database.file is not None and not yes:
            click.confirm(f"Replace {database.file} by {file}? Stop the server first.", abort=True)
        is_under_key = backup.is_under_key(file, secret_key(Settings()))
        if database.file is None:
            database.upgrade()
            portable.take_in(file, database)
            click.echo(f"Took {file} into the database.")
        else:
            kept = backup.restore(file, database.file, may_be_altered=altered)
            click.echo(f"Restored {database.file}.")
            if kept is not None:
                click.echo(f"What stood there is now {kept}.")
        column_files.forget_all(database.columns)  # of the cases that stood there before
    with Database.of(Settings()) as database, database.write() as session:
        editions.note_restore(session, "command line", file.name)
        audit.add(session, "command line", editions.RESTORED, file.name)
    if seals.holds(file) is None:
        click.echo("The copy bears no checksum, so nothing tells whether it is what was written.")
    if not is_under_key:
        click.echo(
            "The copy was made under another secret key. Set that key (SURVEYAPP_SECRET_KEY) before you serve: under "
            "this one no personal link is known, and nobody's second step of signing in."
        )


@db.command("accept")
@click.argument("what", type=click.Choice(("clock", "key")))
@click.option("--yes", is_flag=True, help="Do not ask.")
def accept(what: str, yes: bool) -> None:
    """Take this machine's clock, or the secret key of the settings, for right from now on.

    For a clock that was ahead when something was done and is right again, and for a key that was changed for good: the
    links and second steps made under the one before are lost.
    """
    from surveyapp.web.security import secret_key

    with Database.of(Settings()) as database:
        preflight.require_database(database)
        if what == "clock":
            said = f"{clock.now():%Y-%m-%d %H:%M} UTC"
            if not yes:
                click.confirm(f"This machine's clock says {said}. Is that right?", abort=True)
            readiness.accept_clock(database, "command line")
            click.echo(f"The clock is taken for right: {said}.")
            return
        readiness.require_clock(database)
        key = secret_key(Settings())
        if not yes:
            click.confirm("Links, codes and second steps made under the key before are lost. Go on?", abort=True)
        with database.write() as session:
            readiness.accept_key(session, "command line", key)
    click.echo("The database is served with this key from now on: give it to every server and worker.")


commands = (db,)
