"""Once a wave is open nothing that reads it counts test cases, test arrivals or what testers left.

Each reader reads one database twice: as it is, after robots and a tester tried both waves before they opened, and with
every trace of testing deleted from its tables by hand. Readers come from the map of addresses, the registry of files
and the list of commands, so that a new one is looked at without anybody thinking of it.
"""

from __future__ import annotations

import io
import re
import shutil
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import click
import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from surveyapp import clock
from surveyapp.app import create_app
from surveyapp.cli import Commands, main
from surveyapp.config import Settings
from surveyapp.exports.registry import EXPORTS, gather, write
from surveyapp.fieldwork import arrivals, waves
from surveyapp.fieldwork.library import InstrumentLibrary
from surveyapp.fieldwork.simulate import simulate
from surveyapp.reports.live import LiveWaves
from surveyapp.storage import report_requests
from surveyapp.storage.accounts import add_user
from surveyapp.storage.arrivals import by_role
from surveyapp.storage.database import Database
from surveyapp.web.passwords import password_hash
from tests.instrument.definitions import write as write_definition
from tests.web.browsing import Visitor
from tests.web.console.people import PASSWORD, Person
from tests.web.respondent.comparable import comparable_study, kinds_of, put_cases
from tests.web.respondent.test_flow import fill_all

STUDY, NOW = "kinds", datetime(2026, 11, 23, 12, tzinfo=UTC)
TESTERS = "tester@example.org"
FIFTY = [{"k_mark": mark, "k_score": score} for mark, score in [(6, 7), (8, 10)] * 25]
WITHOUT_TESTS = (
    "DELETE FROM page_save WHERE case_id IN (SELECT case_id FROM cases WHERE is_test)",
    "DELETE FROM draft WHERE case_id IN (SELECT case_id FROM cases WHERE is_test)",
    "DELETE FROM cases WHERE is_test",
    "DELETE FROM arrival WHERE is_test",
    "DELETE FROM day_count WHERE is_test",
    f"DELETE FROM report_request WHERE email = '{TESTERS}'",
)
VALUES = {
    "study": STUDY, "year": "2026", "variable": "k_mark", "kind": "report", "run": "0" * 32, "role": "contractor",
    "language": "nl", "page": "mark", "wave": f"{STUDY}-2026", "token": "A" * 22, "change": "close",
    "filename": "x.css", "email": "admin@example.org", "clearing": "delete", "contact": "0" * 32, "form": "xlsx",
    "act": "opt-out", "number": "1", "step": "stop", "name": "none.eml", "code": "AAAA-AAAA", "source": "open",
    "picture": "svg", "way": "exclude", "question": "k_long", "answer": "0" * 16, "quotation": "0" * 32,
}  # fmt: skip
MORE = {
    "console.fieldwork": ("?role=contractor", "?language=nl&source=open", "?device=phone"),
    "console.fieldwork_cases": ("?state=complete", "?state=left", "?role=contractor"),
    "console.results_variable": ("?by=role", "?partials=1"),
}
"""Addresses that show more when they are asked for more."""
READERS = {
    "audit list": (),
    "audit check": (),
    "bounces count": (STUDY, "2026"),
    "contact wishes": (STUDY, "2025", "--out", "{out}/wishes.csv"),
    "db check": ("--quick",),
    "drivers": (STUDY, "2026", "--json"),
    "export": ("csv", STUDY, "2026", "--out", "{out}"),
    "fieldwork": (STUDY, "2026", "--json"),
    "funnel": (STUDY, "2026", "--json"),
    "gaps": (STUDY, "2026", "--json"),
    "invite list": (STUDY, "2026", "--json"),
    "profile": (STUDY, "2026", "--json"),
    "quality": (STUDY, "2026", "--json"),
    "rates": (STUDY, "2026", "--json"),
    "retention certificates": (),
    "retention verify": (),
    "scale": (STUDY, "2026", "--json"),
    "table": (STUDY, "2026", "k_mark", "--by", "role", "--partials", "--json"),
    "trend": (STUDY, "2026", "--json"),
    "user list": (),
    "wave edition": (STUDY, "2025"),
    "wave list": (),
    "weights": (STUDY, "2026", "--json"),
    "coding": (STUDY, "2026", "--json"),
}
"""Commands that read what was answered, with what they are asked."""
REFUSED = ("drivers", "profile")
"""Of this study they can say nothing, as nothing in it drives a mark and it has no phases."""
NO_READERS = {
    "invite new", "invite send", "invite stop",
    "bounces read", "check", "codes in", "codes out", "contact forget", "contact import",
    "contact links", "db accept", "db backup",
    "db restore", "db upgrade",
    "retention list", "retention run", "retention texts",
    "demo seed", "serve", "simulate", "translate approve", "translate in", "translate out", "translate status",
    "translate waive", "user add", "user block", "user invite", "user password-link", "user role",
    "user second-step-off",
    "user sign-out", "user unblock", "wave archive", "wave close", "wave correct", "wave create", "wave cut-links",
    "wave delete", "wave import", "wave links", "wave new", "wave open", "wave remove-tests", "wave revise",
    "wave test", "wave verify", "wave weigh", "worker", "xlsform in", "xlsform out",
}  # fmt: skip
"""Commands that change something, copy everything, or read files alone."""


@dataclass
class Side:
    """One of the two databases, and somebody who is an admin and took part."""

    database: Database
    app: Flask
    client: FlaskClient
    environment: Mapping[str, str]


def _test(database: Database, year: int) -> None:
    """The wave as it was before it opened: robots in the draft, a tester who left an address."""
    with database.write() as session:
        waves.create_wave(session, kinds_of(year))
    simulate(database, InstrumentLibrary(database), STUDY, year, 30, 5)
    with database.write() as session:
        waves.test_wave(session, STUDY, year)
        report_requests.add(session, STUDY, year, TESTERS, "nl", [1])
    with database.write() as session:
        waves.open_wave(session, STUDY, year)


def _take_part(app: Flask) -> FlaskClient:
    visitor = Visitor(app.test_client()).begin(STUDY, "contractor")
    fill_all(visitor).press("")
    assert visitor.h1 == "Dank u wel"
    assert Person(visitor.client).sign_in("admin@example.org").status_code == 302
    return visitor.client


@pytest.fixture(scope="module")
def sides(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Side, Side]]:
    folder = tmp_path_factory.mktemp("tested")
    instruments = folder / "instruments"
    write_definition(instruments / STUDY, comparable_study(2026))
    made: list[Side] = []
    with clock.stopped_at(NOW):
        first = Database(f"sqlite:///{folder / 'with.sqlite3'}")
        first.upgrade()
        for year in (2025, 2026):
            _test(first, year)
            put_cases(first, kinds_of(year), "contractor", FIFTY)
            if year == 2025:
                with first.write() as session:
                    waves.close_wave(session, STUDY, year)
        with first.write() as session:
            arrivals.count_arrival(session, STUDY, 2026, "role_chosen", "contractor", "nl", None)
            add_user(session, "admin@example.org", password_hash(PASSWORD), "admin", "en")
        settings = Settings(
            instance=folder, environment="development", instruments=instruments, second_step_roles="none",
            log_level="ERROR",
        )  # fmt: skip
        client = _take_part(create_app(settings, database=first))
        LiveWaves(first, InstrumentLibrary(first)).published(STUDY, 2026)  # the lot of its step is drawn once for both
        first.close()
        shutil.copyfile(folder / "with.sqlite3", folder / "without.sqlite3")
        for name in ("with", "without"):
            database = Database(f"sqlite:///{folder / name}.sqlite3")
            if name == "without":
                with database.write() as session:
                    assert session.connection().execute(text("SELECT count(*) FROM cases WHERE is_test")).scalar() == 60
                    for statement in WITHOUT_TESTS:
                        session.connection().execute(text(statement))
            app = create_app(settings, database=database)
            own = app.test_client()
            own._cookies.update(client._cookies)
            url = f"sqlite:///{folder / name}.sqlite3"
            environment = {
                "SURVEYAPP_DATABASE_URL": url, "SURVEYAPP_INSTANCE": str(folder),
                "SURVEYAPP_INSTRUMENTS": str(instruments), "SURVEYAPP_ENVIRONMENT": "development",
            }  # fmt: skip
            made.append(Side(database, app, own, environment))
        yield made[0], made[1]
    for side in made:
        side.database.close()


def addresses(app: Flask) -> list[str]:
    """Every address that answers a GET."""
    found = []
    for rule in sorted(app.url_map.iter_rules(), key=str):
        if "GET" in (rule.methods or ()):
            address = "".join(
                quote(VALUES[part]) if is_dynamic else part.strip("|")
                for is_dynamic, part in rule._trace  # type: ignore[attr-defined]
            )
            found += [address, *(address + query for query in MORE.get(rule.endpoint, ()))]
    return found


def page(side: Side, address: str) -> str:
    """What an address says, without what differs at every look, and without the offer to remove test cases."""
    answer = side.client.get(address)
    assert answer.status_code < 500, address
    said = re.sub(
        r'(name="csrf_token" value|nonce|name="owner" value)="[^"]*"', "", answer.get_data().decode("utf-8", "replace")
    )
    said = re.sub(r"\b[0-9a-f]{10}\b", "", said)  # the number of the request on a page about a fault
    return "\n".join(line for line in said.splitlines() if "/remove-tests" not in line)


def leaks(sides: tuple[Side, Side], chosen: Callable[[str], bool] = lambda _: True) -> list[str]:
    """The addresses that say something else where there are test cases."""
    there, gone = sides
    return [each for each in addresses(there.app) if chosen(each) and page(there, each) != page(gone, each)]


def test_no_address_counts_them(sides: tuple[Side, Side]) -> None:
    assert len(addresses(sides[0].app)) > 70
    assert leaks(sides) == []


def _file(side: Side, kind: str, folder: Path) -> object:
    path = folder / f"made{EXPORTS[kind].suffix}"
    live = LiveWaves(side.database, InstrumentLibrary(side.database))
    write(kind, gather(side.database, live, STUDY, 2026), path, "nl")
    if path.suffix not in (".xlsx", ".zip"):
        return path.read_bytes()
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.parametrize("kind", sorted(EXPORTS))
def test_no_file_counts_them(kind: str, sides: tuple[Side, Side], tmp_path: Path) -> None:
    assert _file(sides[0], kind, tmp_path) == _file(sides[1], kind, tmp_path)


def commands(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[str]:
    """The name of every command, as it is typed."""
    if not isinstance(command, click.Group):
        yield " ".join(path)
        return
    context = click.Context(command)
    for name in command.list_commands(context):
        found = command.get_command(context, name)
        assert found is not None
        yield from commands(found, (*path, name))


def test_every_command_is_known_as_a_reader_or_as_none() -> None:
    assert set(commands(Commands())) == set(READERS) | NO_READERS


def _told(side: Side, command: str, out: Path) -> tuple[int, str, dict[str, bytes]]:
    out.mkdir()
    given = [part.format(out=out) for part in READERS[command]]
    result = CliRunner().invoke(main, [*command.split(), *given], env=dict(side.environment))
    said = result.output.replace(str(out), "").replace("without.sqlite3", "").replace("with.sqlite3", "")
    said = re.sub(r"[\d,]+ MB are left", "", said)  # others write to this disk too
    return result.exit_code, said, {path.name: path.read_bytes() for path in sorted(out.iterdir())}


@pytest.mark.parametrize("command", sorted(READERS))
def test_no_command_counts_them(command: str, sides: tuple[Side, Side], tmp_path: Path) -> None:
    there, gone = (_told(side, command, tmp_path / str(at)) for at, side in enumerate(sides))
    assert there[0] == (2 if command in REFUSED else 0), there[1]
    assert there == gone


COUNTING = ("surveyapp.reports.case_store.is_counted", "surveyapp.reports.extract.is_counted")


def _all_cases(record: Mapping[str, Any]) -> bool:
    return record["state"] in ("complete", "started")


def _all_arrivals(*given: Any, is_test: bool) -> list[tuple[str, str, int]]:
    return by_role(*given, is_test=not is_test)


@pytest.mark.parametrize(
    ("places", "leaking", "address"),
    [
        (COUNTING, _all_cases, f"/console/{STUDY}/2026/results/k_mark"),
        (
            ("surveyapp.storage.arrivals.by_role",),
            _all_arrivals,
            f"/console/{STUDY}/2026/fieldwork",
        ),
    ],
)
def test_a_reader_that_counts_them_is_caught(
    places: tuple[str, ...], leaking: object, address: str, sides: tuple[Side, Side], monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in places:
        monkeypatch.setattr(place, leaking)
    for side in sides:  # what a process has read before it keeps
        for kept in ("live", "comparisons"):
            side.app.extensions["surveyapp"].__dict__.pop(kept, None)
    assert leaks(sides, lambda each: each == address) == [address]
