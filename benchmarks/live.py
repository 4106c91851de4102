"""What a look at a running wave costs: the real questionnaire at 1,200 and at 100,000 cases, through the whole web.

Every answer of a case is drawn by itself, among what robots of its role answered there: at 100,000 cases there are tens
of thousands of different backgrounds. Cases that are copies of some hundreds flatter whoever counts kinds of people.

Measured at each size in CPU time, in processes that start and find the columns on disk, and in one that does not

* the first view after the start: the fieldwork page, a results page of who may see cases, and the same page of who may
  not, which shows the last step of the open wave; each in a process of its own;
* all three again when nothing changed, after an answer of one case changed and after one of a hundred did;
* the same of weighted pages, of a mark and of a ranking (the dearest table of the study): an answer is in the table of
  whoever looks after it was saved, so it is there as soon as the view is made; any answer may be one that cases are
  weighted by, so all weights are made anew each time;
* these after new targets were put in force, which move every figure;
* the memory of the process afterwards, its peak included;
* the report book, by a process that starts for it as a worker's does: imports, gathering, content and writing.

The floor of a look is the same page at 1,200 cases in the same run: what does not depend on the number of cases.

``python -m benchmarks.live`` measures this and nothing else, and writes no file; ``--quick`` leaves the large size out.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from statistics import median
from threading import enumerate as enumerate_threads
from time import process_time
from typing import Any

from benchmarks.peaks import peak_megabytes
from surveyapp import clock
from surveyapp.cli.preflight import ARITHMETIC_THREADS
from surveyapp.engine.robots import Crew
from surveyapp.fieldwork import waves, weightings
from surveyapp.instrument.model import VariableType
from surveyapp.storage import cases
from surveyapp.storage.accounts import add_user
from surveyapp.storage.changes import CASES, new_mark, shard_of
from surveyapp.storage.database import Database
from tests.reports.waves import ROLE_WEIGHTS, real_instrument
from tests.reports.waves import STUDY as FOLDER

SIZES = (1_200, 100_000)
ALLOWED = {"unchanged": 25.0, "changed": 150.0, "start": 3_000.0, "megabytes": 400.0}
ALLOWED_OF_WEIGHTS = {"unchanged": 150.0, "changed": 150.0, "target": 250.0}
ALLOWED_OF_BOOK = {"seconds": 15.0, "megabytes": 500.0}
ROUNDS = 7
WALKS = 400
PASSWORD = "vijf gewone woorden achter elkaar"
EMAILS = {"researcher": "onderzoeker@example.org", "viewer": "lezer@example.org"}
LOOKS = {
    "fieldwork": ("fieldwork page", "researcher", "fieldwork"),
    "results": ("results page, researcher", "researcher", "results/gr_assign?by=role"),
    "viewer": ("results page, viewer", "viewer", "results/gr_assign?by=role"),
}
"""What is looked at: its name, by whom, and where."""
WEIGHTED_LOOKS = {
    "weighted": ("weighted results page", "researcher", "results/gr_assign?by=role&weight=example"),
    "ranked": ("weighted results page of a ranking", "researcher", "results/rk?by=role&weight=example"),
}
MOMENTS = (
    ("unchanged", "nothing changed", "unchanged"),
    ("1", "after 1 change", "changed"),
    ("100", "after 100 changes", "changed"),
    ("target", "after new targets", "target"),
)
"""When it is looked at, and what is allowed then."""
_CASE = (
    "study_id", "case_id", "year", "instrument_hash", "role", "language", "source", "device", "state", "is_test",
    "revision", "shard", "mark", "answers", "pages", "last_page", "seconds", "seed", "consent_version", "flags",
)  # fmt: skip
_SAVE = ("study_id", "case_id", "seq", "page", "answers", "language", "seconds", "prompts", "client_key")


def fill(path: Path, n: int) -> None:
    """A database with ``n`` cases: each goes where a robot went, and says there what any robot of its role said."""
    from surveyapp.web.passwords import password_hash

    instrument = real_instrument()
    study, year = instrument.study.id, instrument.wave.year
    with Database(f"sqlite:///{path}") as database:
        database.upgrade()
        with database.write() as session:
            for role, email in EMAILS.items():
                add_user(session, email, password_hash(PASSWORD), role, "nl")
            waves.create_wave(session, instrument)
            weightings.weigh_from_the_start(session, instrument, EMAILS["researcher"])
            waves.open_wave(session, study, year)
    dice = random.Random(n)
    walks = list(_walks(dice))
    said: dict[tuple[str, str], list[Any]] = {}
    for role, _, _, told, _, _ in walks:
        for name, value in told.items():
            said.setdefault((role, name), []).append(value)
    rows, saves = [], []
    days: dict[tuple[str, str, str], int] = {}
    with sqlite3.connect(path, isolation_level=None) as connection:
        connection.execute("BEGIN")
        for _ in range(n):
            role, language, state, told, pages, steps = dice.choice(walks)
            answers = json.dumps({name: dice.choice(said[role, name]) for name in told}, ensure_ascii=False)
            case = uuid.UUID(int=dice.getrandbits(128), version=4)
            seconds = sum(spent for _, spent in steps)
            rows.append(
                (
                    study, case.hex, year, instrument.hash, role, language, dice.choice(("open", "partner")),
                    dice.choice(("phone", "desktop")), state, 0, len(steps), shard_of(case), new_mark(), answers, pages,
                    steps[-1][0] if steps else None, seconds, dice.getrandbits(31), "1", "{}",
                )
            )  # fmt: skip
            saves += [
                (study, case.hex, seq, page, "{}", language, spent, 0, f"k{seq}")
                for seq, (page, spent) in enumerate(steps, 1)
            ]
            day = (clock.today() - timedelta(days=dice.randrange(30))).isoformat()
            for event in ("begun", "complete") if state == "complete" else ("begun",):
                days[day, event, role] = days.get((day, event, role), 0) + 1
            if len(rows) == 2_000:
                _write(connection, rows, saves)
        _write(connection, rows, saves)
        connection.executemany(
            "INSERT INTO day_count (study_id, year, is_test, day, event, role, times) VALUES (?, ?, 0, ?, ?, ?, ?)",
            [(study, year, *key, times) for key, times in days.items()],
        )
        connection.executemany(
            "INSERT INTO case_turn (study_id, year, shard, turn) VALUES (?, ?, ?, ?)",
            [(study, year, shard, dice.getrandbits(30)) for shard in range(256)],
        )
        connection.execute("COMMIT")
    connection.close()


def _walks(dice: random.Random) -> Iterator[tuple[str, str, str, dict[str, Any], str, list[tuple[str, int]]]]:
    instrument = real_instrument()
    crews = {role: Crew(questionnaire) for role, questionnaire in instrument.questionnaires.items()}
    for number in range(WALKS):
        role = dice.choices(list(crews), ROLE_WEIGHTS[: len(crews)])[0]
        language = dice.choice(["nl", "nl", "nl", "en"])
        walk = crews[role].walk(number, language)
        state = {"complete": "complete", "screened_out": "screened_out"}.get(walk.outcome, "started")
        steps = [(step.page, step.seconds) for step in walk.steps]
        answers = {**walk.answers, "s_consent": 1}
        yield role, language, state, answers, json.dumps({p: at for at, (p, _) in enumerate(steps, 1)}), steps


def _write(connection: sqlite3.Connection, rows: list[Any], saves: list[Any]) -> None:
    for table, names, values in (("cases", _CASE, rows), ("page_save", _SAVE, saves)):
        marks = ", ".join("?" * len(names))
        connection.executemany(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})", values)
        values.clear()


def look(instance: Path, first: str, *, again: bool) -> dict[str, float]:
    """One process that starts and looks, at ``first`` before all else, and again; milliseconds and megabytes."""
    from surveyapp.app import create_app
    from surveyapp.config import Settings

    settings = Settings(
        instance=instance, environment="development", instruments=FOLDER.parent, second_step_roles="none",
        log_level="ERROR",
    )  # fmt: skip
    app = create_app(settings)
    clients = {role: app.test_client() for role in EMAILS}
    for role, client in clients.items():
        token = client.get("/login").text.split('name="csrf_token" value="')[1].split('"')[0]
        client.post("/login", data={"email": EMAILS[role], "password": PASSWORD, "csrf_token": token})
    instrument = real_instrument()

    def get(name: str) -> None:
        _, role, place = (LOOKS | WEIGHTED_LOOKS)[name]
        answer = clients[role].get(f"/console/{instrument.study.id}/{instrument.wave.year}/{place}")
        if answer.status_code != 200:
            raise RuntimeError(f"{place} answers {answer.status_code} to the {role}")

    found = {f"{first}_first": _milliseconds(lambda: get(first))}
    if again:
        database = app.extensions["surveyapp"].database
        for name in (*LOOKS, *WEIGHTED_LOOKS):
            for _ in range(2):
                get(name)
            found[f"{name}_unchanged"] = median(_milliseconds(lambda: get(name)) for _ in range(ROUNDS))  # noqa: B023
            for many in (1, 100):
                spent = []
                for _ in range(ROUNDS):
                    _change(database, many)
                    spent.append(_milliseconds(lambda: get(name)))  # noqa: B023
                found[f"{name}_{many}"] = median(spent)
        for name in WEIGHTED_LOOKS:
            spent = []
            for points in range(1, ROUNDS + 1):
                _weigh(database, points if name == "weighted" else -points)
                spent.append(_milliseconds(lambda: get(name)))  # noqa: B023
            found[f"{name}_target"] = median(spent)
    for thread in enumerate_threads():  # the columns are put on disk beside what a process does
        if thread.name == "columns":
            thread.join()
    status = Path("/proc/self/status").read_text(encoding="ascii")
    found["megabytes"] = int(status.partition("VmRSS:")[2].split()[0]) / 1024
    found["peak"] = peak_megabytes()
    return found


def book(instance: Path) -> dict[str, float]:
    """The report book, in a process of its own: seconds of CPU since its start and the most memory it held."""
    from surveyapp.config import Settings
    from surveyapp.exports.registry import gather, write
    from surveyapp.fieldwork.library import InstrumentLibrary
    from surveyapp.reports.live import LiveWaves

    instrument = real_instrument()
    with Database.of(Settings(instance=instance, environment="development", log_level="ERROR")) as database:
        live = LiveWaves(database, InstrumentLibrary(database))
        source = gather(database, live, instrument.study.id, instrument.wave.year)
        write("report", source, instance / "book.xlsx", "nl")
    return {"book_seconds": process_time(), "book_peak": peak_megabytes()}


def _change(database: Database, many: int) -> None:
    """Let so many cases say something else on one question."""
    from sqlalchemy import func, select

    instrument = real_instrument()
    with database.write() as session:
        chosen = select(CASES.c.case_id, CASES.c.answers).order_by(func.random()).limit(many)
        for case_id, answers in session.execute(chosen).all():
            coded = [name for name in answers if instrument.variables[name].type is VariableType.SINGLE]
            name = random.choice(coded or ["s_consent"])
            said = {**answers, name: random.choice(instrument.variables[name].codes)}
            cases.change(session, instrument.study.id, case_id, {"answers": said})


def _weigh(database: Database, points: int) -> None:
    """Put in force that so many percentage points more of the professionals are men."""
    instrument = real_instrument()
    targets = json.loads(json.dumps(instrument.weighting))
    shares = targets["schemes"][0]["parts"][0]["margins"][0]["shares"]
    one, other = shares
    shares[one], shares[other] = shares[one] + points, shares[other] - points
    with database.write() as session:
        weightings.weigh(session, replace(instrument, weighting=targets), EMAILS["researcher"])


def _milliseconds(run: Callable[[], object]) -> float:
    began = process_time()
    run()
    return (process_time() - began) * 1000


def measure(sizes: Sequence[int] = SIZES) -> list[dict[str, float]]:
    """Per size what a process saw that started without the columns on disk, and what the next ones saw."""
    found = []
    with tempfile.TemporaryDirectory() as held:
        for size in sizes:
            instance = Path(held) / str(size)
            instance.mkdir()
            fill(instance / "surveyapp.sqlite3", size)
            cold = _in_a_process(instance, "fieldwork")
            looks = [_in_a_process(instance, name) for name in LOOKS]
            again = _in_a_process(instance, "fieldwork", "again")
            made = _in_a_process(instance, "book")
            line = {"cases": float(size), "cold": cold["fieldwork_first"], **made}
            for seen in (again, *looks):
                line |= {name: value for name, value in seen.items() if name not in ("megabytes", "peak")}
            line |= {"megabytes": again["megabytes"], "peak": max(seen["peak"] for seen in (cold, *looks, again))}
            found.append(line)
            shutil.rmtree(instance)
    return found


def rows() -> list[tuple[str, str, str, str, str]]:
    """What, measured, allowed, floor, ratio: the floor of each look is the same look at the least size."""
    found: list[tuple[str, str, str, str, str]] = []
    sizes = measure()
    for size in sizes:
        people = f"{size['cases']:,.0f} cases"
        for look_at, (said, _, _) in (LOOKS | WEIGHTED_LOOKS).items():
            allowed = ALLOWED if look_at in LOOKS else ALLOWED_OF_WEIGHTS
            for key, when, of in MOMENTS:
                took, least = size.get(f"{look_at}_{key}"), sizes[0].get(f"{look_at}_{key}")
                if took is None or least is None:
                    continue
                what, floor = f"{said}, {people}, {when}", f"{least:.0f} CPU-ms (1,200 cases)"
                found.append((what, f"{took:.0f} CPU-ms", f"{allowed[of]:.0f} ms", floor, f"{took / least:.1f}"))
            if look_at in WEIGHTED_LOOKS:
                continue
            start = size[f"{look_at}_first"]
            found.append(
                (
                    f"{said}, {people}, first after a start",
                    f"{start / 1000:.1f} CPU-s",
                    f"{ALLOWED['start'] / 1000:.0f} s",
                    f"{size['cold'] / 1000:.1f} CPU-s (every case out of the database)",
                    f"{start / size['cold']:.2f}",
                )
            )
        found.append(
            (
                f"memory of the process, {people}",
                f"{size['peak']:.0f} MB",
                f"{ALLOWED['megabytes']:.0f} MB",
                f"{sizes[0]['megabytes']:.0f} MB (1,200 cases)",
                f"{size['peak'] / sizes[0]['megabytes']:.1f}",
            )
        )
        found.append(
            (
                f"report book, {people}, imports included",
                f"{size['book_seconds']:.1f} CPU-s, {size['book_peak']:.0f} MB",
                f"{ALLOWED_OF_BOOK['seconds']:.0f} s and {ALLOWED_OF_BOOK['megabytes']:.0f} MB",
                f"{sizes[0]['book_seconds']:.1f} CPU-s, {sizes[0]['book_peak']:.0f} MB (1,200 cases)",
                f"{size['book_seconds'] / sizes[0]['book_seconds']:.1f}",
            )
        )
    return found


def _in_a_process(instance: Path, *arguments: str) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.live", str(instance), *arguments]
    # As a server's process is started (`cli.preflight`).
    environment = {**os.environ, **dict.fromkeys(ARITHMETIC_THREADS, "1"), "SURVEYAPP_ENVIRONMENT": "development"}
    made = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True, env=environment)
    found: dict[str, float] = json.loads(made.stdout.splitlines()[-1])
    return found


if __name__ == "__main__":
    chosen = sys.argv[1:]
    if chosen and chosen != ["--quick"]:
        if chosen[1].isdecimal():
            fill(Path(chosen[0]), int(chosen[1]))
        elif chosen[1] == "book":
            print(json.dumps(book(Path(chosen[0]))))
        else:
            print(json.dumps(look(Path(chosen[0]), chosen[1], again="again" in chosen)))
    else:
        for line in measure(SIZES[:1] if chosen else SIZES):
            print({name: round(value, 1) for name, value in line.items()})
