"""What is looked at before anything starts: each mistake in the settings is one line of its own."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from werkzeug.sansio.utils import host_is_trusted

from surveyapp.config import Settings
from surveyapp.errors import ConfigurationError, DefinitionError, NotFound
from surveyapp.fieldwork import definitions
from surveyapp.instrument.findings import Finding
from surveyapp.instrument.model import Instrument
from surveyapp.mail_places import LOOPBACK
from surveyapp.storage import readiness
from surveyapp.storage.database import Database

ARITHMETIC_THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS")
NOT_CURRENT = "The database's tables are older than this version; run: surveyapp db upgrade"


def compute_in_one_thread() -> None:
    """Let arithmetic take one thread, unless the operator said otherwise; before numpy is imported.

    Its library starts as many as there are processors, and here they wait for each other: processes and threads are the
    server's to give out.
    """
    for name in ARITHMETIC_THREADS:
        os.environ.setdefault(name, "1")


def require_instruments(settings: Settings) -> None:
    """Look whether there is a study to be asked.

    Raises ConfigurationError: the folder is missing, cannot be read, or holds no study.
    """
    folder = settings.instruments
    if not folder.is_dir():
        what = "is a file" if folder.exists() else "is not there"
        raise ConfigurationError(f"SURVEYAPP_INSTRUMENTS: {folder.absolute()} {what}; name the folder of the studies.")
    try:
        studies = [path for path in folder.iterdir() if (path / "study.yaml").is_file()]
    except OSError as error:
        raise ConfigurationError(f"SURVEYAPP_INSTRUMENTS: {folder} cannot be read ({error.strerror}).") from None
    if not studies:
        raise ConfigurationError(
            f"SURVEYAPP_INSTRUMENTS: {folder.absolute()} holds no study; each is a folder with a study.yaml in it."
        )


def study_folder(settings: Settings, study: str) -> Path:
    """Where a study's definitions lie.

    Raises
    ------
    ConfigurationError     the folder of the studies is missing, cannot be read, or holds no study
    NotFound               there is no such study in it
    """
    require_instruments(settings)
    folder = settings.instruments / study
    if not (folder / "study.yaml").is_file():
        raise NotFound(f"There is no study {study} in {settings.instruments}.")
    return folder


def require_instance(settings: Settings) -> None:
    """Look whether the data folder can be written.

    Raises ConfigurationError: it is a file, cannot be made or cannot be written.
    """
    folder = settings.instance
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        beside = folder / f".try-{os.getpid()}"
        beside.touch(mode=0o600)
        beside.unlink()
    except OSError as error:
        raise ConfigurationError(
            f"SURVEYAPP_INSTANCE: nothing can be written in {folder.absolute()} ({error.strerror})."
        ) from None


def require_database(database: Database) -> None:
    """Look whether both places can be reached, are safe, hold the same, and have the tables of this version.

    Raises
    ------
    ConfigurationError     a setting names what cannot be used, or the tables are older
    StorageError           the database is newer, unsafe or away
    """
    database.require_reachable()
    database.ping()
    if not database.is_current():
        raise ConfigurationError(NOT_CURRENT)
    database.is_newer()  # raises where this version cannot serve on the tables
    database.require_same_study()


def require_all(settings: Settings, database: Database) -> None:
    """Everything the server and the worker need.

    Raises
    ------
    ConfigurationError     a setting cannot be used
    StorageError           the database is newer, unsafe or away
    WrongClock             this machine's clock is wrong
    """
    from surveyapp.web.security import configuration, secret_key

    require_instance(settings)
    configuration(settings)
    require_instruments(settings)
    require_database(database)
    readiness.require_clock(database)
    readiness.keep_key(database, secret_key(settings))


def opened(settings: Settings, *, reads: bool = False) -> Database:
    """The database of a command, looked at before anything is done with it; whoever asks closes it.

    ``reads``: figures are read where the settings say; a command that only works on the database needs no replica.

    Raises
    ------
    ConfigurationError     a setting cannot be used, or the tables are older
    StorageError           the database is newer, unsafe or away
    WrongClock             this machine's clock is wrong
    """
    database = Database(settings.url, settings.read_url if reads else None)
    try:
        require_database(database)
        readiness.require_clock(database)
    except BaseException:
        database.close()
        raise
    return database


def require_public_address(settings: Settings, host: str) -> None:
    """Look whether the address people are told leads here.

    ``host``: the address listened on.

    Raises ConfigurationError: the site is for others, and its address is one that only this machine reaches, or that
    the server itself would refuse.
    """
    public = urlsplit(settings.base_url).hostname or ""
    trusted = [name.strip() for name in settings.trusted_hosts.split(",") if name.strip()]
    if not settings.is_development and not is_loopback(public) and trusted and not host_is_trusted(public, trusted):
        raise ConfigurationError(
            f"SURVEYAPP_TRUSTED_HOSTS does not name {public}, the host of SURVEYAPP_BASE_URL: nobody would be answered."
        )
    if settings.is_development or not is_loopback(public):
        return
    if not is_loopback(host) or settings.proxy_hops or trusted:
        raise ConfigurationError(
            f"SURVEYAPP_BASE_URL is {settings.base_url}, which only this machine reaches; give the address people use, "
            "such as https://survey.example.org"
        )


def is_loopback(host: str) -> bool:
    """Whether an address or name means this machine only."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host in LOOPBACK or host.endswith(".localhost")


def words(settings: Settings) -> Iterator[str]:
    """What is no mistake by itself and should not go unsaid either."""
    if not settings.is_development and is_loopback(urlsplit(settings.base_url).hostname or ""):
        yield (
            f"SURVEYAPP_BASE_URL is {settings.base_url}: only this machine can open the links in mails and on sheets."
        )
    if settings.database_url is None and not settings.is_development:
        file = Path(settings.url.removeprefix("sqlite:///"))
        yield f"SURVEYAPP_DATABASE_URL is not set: everything is kept in {file}."


def instrument_in_files(database: Database, settings: Settings, study: str, year: int) -> Instrument:
    """The wave's definition in the files on the server, for who puts it in force.

    Raises
    ------
    WrongState          the database holds another one, which the console changed
    NotFound            there is no such study, or its files hold no such year
    DefinitionError     the definition has an error; the message names the first and how many more
    """
    with database.read_primary() as session:
        definitions.require_in_files(session, settings, study, year)
    return checked_instrument(settings, study, year)


def instrument_worked_on(database: Database, settings: Settings, study: str, year: int) -> Instrument:
    """The wave's definition that is worked on: what the console holds, else the files on the server.

    Raises
    ------
    NotFound            there is no such study, or its files hold no such year
    DefinitionError     the definition has an error; the message names the first and how many more
    """
    with database.read_primary() as session:
        is_held = definitions.held(session, study, year) is not None
        folder = definitions.working_folder(session, settings, study, year) if is_held else None
    return checked_instrument(settings, study, year, folder)


def checked_instrument(settings: Settings, study: str, year: int, folder: Path | None = None) -> Instrument:
    """The wave's definition, refused while the checks find an error in it.

    ``folder``: where its files are; unset: the study's folder on the server.

    Raises
    ------
    NotFound            there is no such study, or its files hold no such year
    DefinitionError     the definition has an error; the message names the first and how many more
    """
    from surveyapp.instrument.loader import misnamed, read_instrument, require_wave

    folder = folder or study_folder(settings, study)
    require_wave(folder, year)
    instrument, findings = read_instrument(folder, year)
    errors = [finding for finding in findings if finding.level == "error"]
    if errors or instrument is None:
        if not errors:
            raise DefinitionError(f"{study} {year} cannot be read; run: surveyapp check {folder}")
        raise DefinitionError(f"{errors[0].message['en']}{more_errors(errors, folder)}", errors[0].place)
    wrong = misnamed(folder, instrument)
    if wrong is not None:
        raise wrong.as_error()
    return instrument


def more_errors(found: Sequence[Finding], folder: Path) -> str:
    """What to say behind the first of them where there are more."""
    return f" ({len(found) - 1} more; run: surveyapp check {folder})" if len(found) > 1 else ""
