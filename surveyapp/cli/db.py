"""``surveyapp db``: the tables, back-ups, and whether all is well."""

from __future__ import annotations

from pathlib import Path

import click

from surveyapp.config import Settings
from surveyapp.errors import StorageError
from surveyapp.storage import audit, backup, portable
from surveyapp.storage.database import Database


def _database() -> Database:
    settings = Settings()
    return Database(settings.url, settings.read_url)


@click.group("db")
def db() -> None:
    """Tables, back-ups, and whether all is well."""


@db.command("upgrade")
def upgrade() -> None:
    """Bring the tables to what this version asks; safe to repeat, safe on several nodes at once."""
    with _database() as database:
        was_current = database.is_current()
        database.upgrade()
    click.echo("The tables are up to date already." if was_current else "The tables are up to date now.")


@db.command("check")
def check() -> None:
    """Look whether the settings are safe, the tables current, the file sound and the audit trail whole."""
    with _database() as database:
        database.ping()
        click.echo(f"settings: safe ({database.url.get_backend_name()})")
        if not database.is_current():
            raise StorageError("The tables are older than this version; run: surveyapp db upgrade")
        click.echo("tables: current")
        if database.file is not None:
            backup.require_sound(database.file)
            click.echo("file: sound")
        with database.read() as session:
            verdict = audit.verify(session)
    if not verdict.holds:
        raise StorageError(f"The audit trail is broken at entry {verdict.broken_at}: it was changed from outside.")
    click.echo(f"audit: {verdict.entries} entries, last {verdict.last_hash}")


@db.command("backup")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def backup_(file: Path) -> None:
    """Write a clean copy of the database to FILE, while it is in use: one SQLite file, also from PostgreSQL."""
    with _database() as database:
        if database.file is None:
            portable.write(database, file)
        else:
            backup.backup(database.file, file)
    click.echo(f"Written to {file}. It holds everything: keep it where only you can read it.")


@db.command("restore")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--yes", is_flag=True, help="Do not ask.")
def restore(file: Path, yes: bool) -> None:
    """Put the copy in FILE in the database's place; what stood there is kept under another name.

    On PostgreSQL the copy goes into an empty database, and nothing is replaced.
    """
    with _database() as database:
        if database.file is None:
            backup.require_ours(file)
            database.upgrade()
            portable.take_in(file, database)
            click.echo(f"Took {file} into the database.")
            return
        if not yes:
            click.confirm(f"Replace {database.file} by {file}? Stop the server first.", abort=True)
        kept = backup.restore(file, database.file)
        database.upgrade()
        click.echo(f"Restored {database.file}.")
        if kept is not None:
            click.echo(f"What stood there is now {kept}.")


commands = (db,)
