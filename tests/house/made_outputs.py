"""Makes every output with figures in it that leaves the program, of every wave of a database: see `compare_outputs`."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import re
import shlex
import sqlite3
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from importlib import import_module
from importlib.util import find_spec
from itertools import combinations
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import process_time
from typing import Any
from urllib.parse import urlencode

from click.testing import CliRunner

import surveyapp
from surveyapp import clock
from surveyapp.app import create_app
from surveyapp.catalogues import LANGUAGES
from surveyapp.cli import main as surveyapp_command
from surveyapp.config import Settings
from surveyapp.exports.registry import EXPORTS, export_kind, gather, write
from surveyapp.fieldwork.library import InstrumentLibrary
from surveyapp.fieldwork.waves import wave_list
from surveyapp.instrument.model import Instrument
from surveyapp.instrument.system_variables import SYSTEM_VARIABLES
from surveyapp.reports.live import LiveWaves
from surveyapp.storage.accounts import add_user
from surveyapp.storage.database import Database
from surveyapp.web.passwords import password_hash
from surveyapp.web.respondent import visits
from surveyapp.web.respondent.addresses import WaveName

MOMENT = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)
RESPONDENTS = 3
"""Of each role and language."""
PASSWORD, MARK = "vijf gewone woorden achter elkaar", "234567"
READERS = tuple((role, language) for role in ("researcher", "viewer", "editor") for language in LANGUAGES)
TOKENS = (
    (re.compile(r'(name="csrf_token" value=|name="csrf-token" content=|"X-CSRFToken": ?)"[^"]*"'), r'\1""'),
    (re.compile(r"(/static/[\w/.-]+?)\.[0-9a-f]{12}\."), r"\1."),
    (re.compile(r"\bchart-[0-9a-f]{10}"), "chart-"),
    (re.compile(r"\b(Number|Nummer): [0-9a-f]{10}\b"), r"\1"),
    (re.compile(r"/[\w/]*/tmp\w{8}\b"), ""),
)
"""What differs between two answers that are the same."""
Answer = tuple[str, str]
"""What was asked, and what came."""


class Program:
    """The version that runs, over a copy of a database, with a browser for each reader."""

    def __init__(self, database: Path, folder: Path) -> None:
        copy = folder / "copy.db"
        here, there = sqlite3.connect(copy), sqlite3.connect(f"file:{database}?mode=ro", uri=True)
        there.backup(here)
        there.close()
        with Database(f"sqlite:///{copy}") as opened:
            opened.upgrade()
        self.keys = list(_respondents(here))
        here.close()
        settings = {
            "SURVEYAPP_ENVIRONMENT": "development",
            "SURVEYAPP_INSTANCE": str(folder),
            "SURVEYAPP_INSTRUMENTS": str(Path(surveyapp.__file__).parents[1] / "instruments"),
            "SURVEYAPP_DATABASE_URL": f"sqlite:///{copy}",
            "SURVEYAPP_SECOND_STEP_ROLES": "none",
            "SURVEYAPP_SECRET_KEY": "outputs " * 8,
            "SURVEYAPP_LOG_LEVEL": "ERROR",
        }
        os.environ.update(settings)
        self.app = create_app(Settings())
        self.app.add_url_rule("/enter/<study>/<int:year>/<key>", view_func=_enter)
        held = self.app.extensions["surveyapp"]
        self.database, self.live = held.database, held.live
        hashed = password_hash(PASSWORD)
        with self.database.write() as session:
            for role, language in READERS:
                add_user(session, f"{role}-{language}@outputs.example", hashed, role, language)
        with self.database.read() as session:
            self.waves = [(wave.study, wave.year, wave.state) for wave in wave_list(session)]
        self.browsers = {reader: self._signed_in(*reader) for reader in READERS}

    def _signed_in(self, role: str, language: str) -> Any:
        browser = self.app.test_client()
        token = re.search(r'name="csrf_token" value="([^"]+)"', browser.get("/login").text)
        assert token is not None
        given = {"csrf_token": token[1], "email": f"{role}-{language}@outputs.example", "password": PASSWORD}
        assert browser.post("/login", data=given).status_code == 302
        return browser

    def instrument(self, study: str, year: int) -> Instrument:
        """What the wave asked."""
        found: Instrument = self.live.data(study, year).instrument
        return found

    def ask(self, role: str, language: str, address: str, **query: object) -> Answer:
        """What this reader gets, under its address in small letters: tables' filters had such names once."""
        asked_for = urlencode({name: value for name, value in query.items() if value}, doseq=True)
        address += f"?{asked_for}" if asked_for else ""
        found = self.browsers[role, language].get(address)
        return f"{role} {language} {address}".lower(), normal(found.status_code, found.text)


def normal(status: int, text: str) -> str:
    """An answer without what differs between two that are the same."""
    for pattern, instead in TOKENS:
        text = pattern.sub(instead, text)
    return f"{status}\n{text}"


def _respondents(copy: sqlite3.Connection) -> Iterator[tuple[str, int, str, str]]:
    """Some who finished, of each role and language of an open wave, with a key to come back by: study, year, key."""
    ranked = copy.execute(
        "SELECT study_id, year, case_id, language, row_number() OVER"
        " (PARTITION BY study_id, year, role, language ORDER BY case_id) AS place FROM cases"
        " JOIN wave USING (study_id, year) WHERE wave.state = 'open' AND cases.state = 'complete'"
    ).fetchall()
    for study, year, case, language, place in ranked:
        if place > RESPONDENTS:
            continue
        named = (study, case)
        hashed = hashlib.sha256(case.encode()).hexdigest()
        copy.execute("UPDATE cases SET key_hash = ? WHERE study_id = ? AND case_id = ?", (hashed, *named))
        change = f"UPDATE page_save SET client_key = '{MARK}~' || seq WHERE study_id = ? AND case_id = ?"
        copy.execute(change, named)
        yield study, year, case, language
    copy.commit()


def _enter(study: str, year: int, key: str) -> str:
    """Let this browser hold a case, as the one that answered it."""
    visits.begin(WaveName(study, year), key)
    visits.of_request()["browser"] = MARK
    return ""


# ---------------------------------------------------------------------------------------------------- what is asked
def free_filters(instrument: Instrument) -> list[str]:
    """A dozen that the plan does not name: wide, narrow, of two variables, of those that leave only a few."""
    coded = [one for one in instrument.variables.values() if one.type.value == "single" and len(one.codes) > 2]
    a, b, c, d = Random(instrument.wave.year).sample(coded, 4) if len(coded) > 3 else (coded * 4)[:4]
    role = instrument.roles[0].id
    return [
        f"role == '{role}' and language == 'nl'",
        f"role != '{role}'",
        "language == 'en'",
        "device == 'phone'",
        "device in ['desktop', 'tablet'] or language == 'en'",
        f"{a.name} in {list(a.codes[:2])}",
        f"not ({a.name} == {a.codes[0]})",
        f"{b.name} == {b.codes[-1]} and role == '{role}'",
        f"{b.name} >= {sorted(b.codes)[len(b.codes) // 2]}",
        f"{c.name} == {c.codes[1]} or {d.name} == {d.codes[1]}",
        f"{c.name} == {c.codes[0]} and {d.name} == {d.codes[0]}",
        f"{a.name} == {a.codes[0]} and {b.name} == {b.codes[0]} and {c.name} == {c.codes[0]}",
    ]


def named_filters(instrument: Instrument) -> list[str]:
    """Those of the plan, then those of its tables that it does not name, by the names the version gives them."""
    place = "released_filters" if find_spec("surveyapp.reports.released_filters") else "release"
    released = import_module(f"surveyapp.reports.{place}").released_filters(instrument)
    names: dict[object, str] = {one.condition.tree: one.id for one in released}
    of_tables = [one.filter.tree for one in reversed(instrument.tables) if one.filter]
    return [names[tree] for tree in dict.fromkeys((*of_tables, *(one.condition.tree for one in instrument.filters)))]


def asked(instrument: Instrument, *, is_free: bool, step: int = 1) -> Iterator[tuple[str, tuple[str, ...], str]]:
    """Variable, banners and filter of every table of one reader."""
    banners = instrument.banners
    pairs, named, free = list(combinations(banners, 2)), named_filters(instrument), free_filters(instrument)
    for turn, name in list(enumerate((*instrument.variables, *SYSTEM_VARIABLES)))[::step]:
        one = (banners[turn % len(banners)],) if banners else ()
        yield from ((name, by, "") for by in ((), *((banner,) for banner in banners)))
        yield from ((name, pair, "") for pair in turns(pairs, turn, 2))
        yield from ((name, (), filter_) for filter_ in (named if is_free else turns(named, turn, 2)))
        yield from ((name, one, filter_) for filter_ in turns(named, turn, 1))
        if is_free and turn % 2:
            yield name, one if turn % 4 == 1 else (), free[turn // 2 % len(free)]
        elif is_free and turn % 6 == 0:
            yield name, ("device",), ""


def turns(things: Sequence[Any], turn: int, many: int) -> list[Any]:
    """Those whose turn it is."""
    return [things[(turn * many + at) % len(things)] for at in range(min(many, len(things)))]


def tables(program: Program) -> Iterator[tuple[str, Iterable[Answer]]]:
    """Every table as JSON, which holds both languages: the object of ``surveyapp table --json``.

    Of a wave that is over a viewer gets what a researcher gets, and every third variable shows that.
    """
    for study, year, state in program.waves:
        at, instrument = f"/console/{study}/{year}/results/", program.instrument(study, year)
        for role, step in (("researcher", 1), ("viewer", 1 if state == "open" else 3)):
            wanted = asked(instrument, is_free=role == "researcher", step=step)
            answers = (program.ask(role, "nl", f"{at}{name}.json", by=by, filter=only) for name, by, only in wanted)
            yield f"{study}-{year}-{role}", answers


def results(program: Program, every: int = 1) -> Iterator[tuple[str, Iterable[Answer]]]:
    """A page of every or every n-th variable: alone, by each banner and with a filter, with its charts."""
    for study, year, _ in program.waves:
        instrument = program.instrument(study, year)
        yield f"{study}-{year}", _result_pages(program, instrument, f"/console/{study}/{year}/results/", every)


def _result_pages(program: Program, instrument: Instrument, at: str, every: int) -> Iterator[Answer]:
    named, free = named_filters(instrument), free_filters(instrument)
    for turn, name in list(enumerate((*instrument.variables, *SYSTEM_VARIABLES)))[::every]:
        yield program.ask("researcher", LANGUAGES[turn % 2], at + name)
        yield program.ask("viewer", LANGUAGES[turn % 2 - 1], at + name)
        for place, banner in enumerate(instrument.banners):
            if (place + turn) % 2 == 0:
                yield program.ask(*READERS[(place + turn) // 2 % len(READERS)], at + name, by=banner)
        if turn % 12 == 0:
            yield program.ask("researcher", LANGUAGES[turn % 2], at + name, filter=free[turn // 12 % len(free)])
        for filter_ in turns(named, turn, 1):
            yield program.ask("editor", LANGUAGES[turn % 2], at + name, filter=filter_, by="role")


def charts(program: Program) -> Iterator[tuple[str, Iterable[Answer]]]:
    """Every chart of the plan as SVG."""
    from surveyapp.exports.svg_charts import chart_svg
    from surveyapp.reports.plan import planned_grids

    for study, year, _ in program.waves:
        grids = planned_grids(program.live.published(study, year))
        drawn = ((f"{one.id} {each}", chart_svg(one, each, one.look.chart)) for one in grids for each in LANGUAGES)
        yield f"{study}-{year}", ((name, normal(200, svg)) for name, svg in drawn)


def pages(program: Program) -> Iterator[tuple[str, Iterable[Answer]]]:
    """Every other page of the console that shows figures, for everybody."""
    for role, language in READERS:
        addresses = ["/console/"]
        for study, year, _ in program.waves:
            at, instrument = f"/console/{study}/{year}", program.instrument(study, year)
            ends = ["fieldwork", "results", "results?q=cijfer&by=role", "instrument", "instrument/compare", "exports"]
            ends += [
                f"instrument/compare?against={other}"
                for one, other, _ in program.waves
                if one == study and other != year
            ]
            ends += [f"instrument/print/{one}/{language}" for one in instrument.questionnaires]
            if role == "researcher":
                values = [("role", one.id) for one in instrument.roles] + [("language", one) for one in LANGUAGES]
                values += [("source", "open"), ("source", "personal"), ("device", "phone"), ("device", "unknown")]
                ends += [f"fieldwork?{name}={value}" for name, value in values]
                ends += [f"fieldwork/cases?{name}={value}&sort=minutes" for name, value in values]
                states = ("in_progress", "left", "complete", "screened_out", "withdrawn")
                ends += [f"fieldwork/cases?state={state}&part=2" for state in states]
                ends += ["fieldwork/cases", "instrument/robots", "close", "archive", "remove-tests", "delete"]
            addresses += [f"{at}/{end}" for end in ends]
        yield f"{role}-{language}", (program.ask(role, language, address) for address in addresses)


def commands(program: Program) -> Iterator[tuple[str, Iterable[Answer]]]:
    """What commands print."""
    lines = ["wave list"]
    for study, year, _ in program.waves:
        instrument = program.instrument(study, year)
        marks = [one.name for one in instrument.variables.values() if one.type.value == "mark"]
        banner = " ".join(f"--by {name}" for name in instrument.banners[:2])
        condition = shlex.quote(free_filters(instrument)[0])
        lines += [
            f"table {study} {year} {marks[0]} {banner} --json --partials",
            f"table {study} {year} {marks[-1]} {banner} --lang nl",
            f"table {study} {year} {list(instrument.variables)[-1]} --filter {condition}",
        ]
    yield "printed", ((line, _printed(line)) for line in lines)


def _printed(line: str) -> str:
    return CliRunner().invoke(surveyapp_command, shlex.split(line), env={"COLUMNS": "200"}).output


def respondents(program: Program) -> Iterator[tuple[str, Iterable[Answer]]]:
    """What people get back who finished, and what others read before they begin."""
    yield "pages", _respondents_pages(program)


def _respondents_pages(program: Program) -> Iterator[Answer]:
    for study, year, _ in program.waves:
        for address in (f"/nl/onderzoek/{study}-{year}", f"/en/survey/{study}-{year}"):
            answer = program.app.test_client().get(address)
            yield address, normal(answer.status_code, answer.text)
    for study, year, key, language in program.keys:
        browser = program.app.test_client()
        browser.get(f"/enter/{study}/{year}/{key}")
        way = "/nl/vragenlijst/{}/vergelijk" if language == "nl" else "/en/questionnaire/{}/compare"
        answer = browser.get(way.format(f"{study}-{year}"))
        yield f"{study} {year} {key}", normal(answer.status_code, answer.text)


def put(path: Path, answers: Iterable[Answer]) -> None:
    """Write answers as lines, packed, the same bytes for the same answers."""
    with path.open("wb") as file, gzip.GzipFile("", "wb", 1, file, mtime=0) as packed:
        for answer in answers:
            packed.write(json.dumps(answer, ensure_ascii=False).encode() + b"\n")


ASKED: dict[str, Callable[[Program], Iterator[tuple[str, Iterable[Answer]]]]] = {
    part.__name__: part for part in (tables, results, charts, pages, commands, respondents)
}


def files(program: Program, folder: Path) -> None:
    """Every kind of file of every wave."""
    for study, year, _ in program.waves:
        source = gather(program.database, program.live, study, year)
        for kind in EXPORTS:
            for language in LANGUAGES:
                path = folder / f"files-{study}-{year}-{kind}-{language}{export_kind(kind).suffix}"
                write(kind, source, path, language)


def make(database: Path, folder: Path, parts: Sequence[str], every: int = 1) -> None:
    """All outputs of every wave in the database, or some parts of them, into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as work, clock.stopped_at(MOMENT):
        program = Program(database, Path(work))
        for part in parts:
            began = process_time()
            if part in ASKED:
                made = results(program, every) if part == "results" else ASKED[part](program)
                for name, answers in made:
                    put(folder / f"{part}-{name}.gz", answers)
            else:
                files(program, folder)
            print(f"{part}: {process_time() - began:.0f} s", file=sys.stderr)
        program.database.close()


def look(database: Path) -> None:
    """Let somebody look who may not see cases: what is published of open waves is drawn, and stays in this file."""
    with Database(f"sqlite:///{database}") as opened, clock.stopped_at(MOMENT):
        opened.upgrade()
        live = LiveWaves(opened, InstrumentLibrary(opened))
        with opened.read() as session:
            waves = wave_list(session)
        for wave in waves:
            live.published(wave.study, wave.year)
