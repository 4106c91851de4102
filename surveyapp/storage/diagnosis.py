"""Why a database cannot be reached, one cause apart from the other, in a sentence that names what to mend.

The driver says it in words only, in English or in the server's own language: where no words are known, other databases
of the same server are tried with the same name and password. Nothing here ever repeats a password.
"""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy.engine import URL

from surveyapp.errors import ConfigurationError, StorageBusy, StorageError

PATIENCE = 5
"""Seconds for a server to answer."""
EVERYWHERE = ("postgres", "template1")
"""Databases that every server has."""
_PASSING = (
    (r"starting up|shutting down", "starting or stopping"),
    (r"too many (clients|connections)|remaining connection slots", "connections used up"),
)
_CAUSES = (
    (r'database ".*" does not exist', "there is no database {database} on {where}; make it: createdb {database}"),
    (r'role ".*" does not exist', "there is no user {user} on {where}."),
    (r"authentication failed|no password supplied", "{where} refuses the password of {user}."),
    (r"pg_hba\.conf", "{where} does not let {user} in from this machine (pg_hba.conf)."),
    (r"permission denied for database", "{user} may not use database {database} on {where}."),
    (r"resolve host|could not translate host", "there is no host named {host}."),
    (r"Connection refused|No such file", "nothing listens on {where}; does PostgreSQL run, and is the port right?"),
    (r"imeout|timed out|unreachable|No route", "{where} does not answer; is the host right, and no firewall between?"),
    (
        r"SSL negotiation|invalid response|authentication request|closed the connection",
        "what answers on {where} is no PostgreSQL.",
    ),
)
"""What libpq and an English server say, and what it means; in this order, since a message may hold several."""


def require_reachable(url: URL, setting: str, *, is_made_by_upgrade: bool = True) -> None:
    """Connect once.

    Parameters
    ----------
    setting :            the name of the setting the URL came from, for the message
    is_made_by_upgrade : a file that is not there is no mistake yet; a replica is made by nobody here

    Raises
    ------
    ConfigurationError     it cannot be reached as this setting says; each cause has its own words
    StorageBusy            the server is on its way up or down, or full: the same may succeed in a moment
    """
    if url.drivername == "sqlite":
        path = Path(url.database or "")
        _require_file(path, setting)
        if not (is_made_by_upgrade or path.exists()):
            raise ConfigurationError(f"{setting}: there is no file {path}; is the path right?")
    else:
        _require_server(url, setting)


def _require_file(path: Path, setting: str) -> None:
    if path.is_dir():
        raise ConfigurationError(f"{setting}: {path} is a folder; name a file in it.")
    above = next(each for each in path.absolute().parents if each.exists())
    if not above.is_dir():
        raise ConfigurationError(f"{setting}: {above} is no folder, so {path} cannot be made.")
    if not path.exists():
        return
    try:
        with closing(sqlite3.connect(f"file:{path.absolute()}?mode=ro", uri=True, timeout=PATIENCE)) as connection:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_NOTADB:
            raise ConfigurationError(f"{setting}: {path} is no SQLite database.") from None
        if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_CORRUPT:
            raise ConfigurationError(f"{setting}: {path} is damaged; restore the last back-up.") from None
        # locked, or not to be read: whoever uses it says so


def _require_server(url: URL, setting: str) -> None:
    said = _refusal(url)
    if said is None:
        return
    host = str(url.query.get("host") or url.host or "this machine")
    where = f"{host}, port {url.query.get('port') or url.port or 5432}"
    raise _told(said, url, setting, host, where)


def _refusal(url: URL) -> str | None:
    import psycopg

    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    try:
        psycopg.connect(plain, connect_timeout=PATIENCE).close()
    except psycopg.Error as error:
        return str(error) or type(error).__name__
    except UnicodeError:
        return "failed to resolve host"
    return None


def _told(said: str, url: URL, setting: str, host: str, where: str) -> StorageError | ConfigurationError:
    for pattern, cause in _PASSING:
        if re.search(pattern, said):
            return StorageBusy("The database is away: it starts or stops, or is full of connections.", cause)
    names = {
        "host": host,
        "where": where,
        "user": url.username or "this user",
        "database": url.database or "of no name",
    }
    for pattern, sentence in _CAUSES:
        if re.search(pattern, said):
            return ConfigurationError(f"{setting}: {sentence.format(**names)}")
    if any(_refusal(url.set(database=other)) is None for other in EVERYWHERE if other != url.database):
        return ConfigurationError(f"{setting}: there is no database {url.database} on {where}, or it cannot be used.")
    return ConfigurationError(f"{setting}: {where} refuses user {url.username} or the password; its own log says why.")
