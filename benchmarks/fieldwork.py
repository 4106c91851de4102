"""What the dashboard of a wave by invitation costs while answers come in: at 5,000 and at 100,000 people invited.

The wave has the real questionnaire, segments, an invitation and two reminders; two in five began. Measured in CPU
time of a process that holds the columns already, through the whole web: the page when nothing changed since the last
look (what is asked every half minute), after one answer came in, and after a message was settled. The floor of each is
the same page at 1,200 people in the same run.

``python -m benchmarks.fieldwork`` measures this and nothing else, and writes no file; ``--quick`` leaves the largest
size out.
"""

from __future__ import annotations

import json
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any

from benchmarks import live
from surveyapp import clock
from surveyapp.cli.preflight import ARITHMETIC_THREADS
from surveyapp.fieldwork import waves
from surveyapp.storage.accounts import add_user
from surveyapp.storage.changes import new_mark, shard_of
from surveyapp.storage.database import Database
from tests.reports.waves import STUDY as FOLDER
from tests.reports.waves import real_instrument

SIZES = (1_200, 5_000, 100_000)
ALLOWED = {"unchanged": 25.0, "5000": 300.0, "100000": 1_000.0}
ROUNDS = 5
SEGMENTS = ("north", "south", "east", "west")
EMAIL = live.EMAILS["researcher"]


def fill(path: Path, n: int) -> None:
    """A database with ``n`` people invited, of whom two in five began, and three mailings."""
    from surveyapp.web.passwords import password_hash

    instrument = real_instrument()
    study, year = instrument.study.id, instrument.wave.year
    with Database(f"sqlite:///{path}") as database:
        database.upgrade()
        with database.write() as session:
            add_user(session, EMAIL, password_hash(live.PASSWORD), "researcher", "nl")
            waves.create_wave(session, instrument)
            waves.open_wave(session, study, year)
    dice, today = random.Random(n), clock.today()
    walks = list(live._walks(dice))
    rows: dict[str, list[tuple[Any, ...]]] = {name: [] for name in _COLUMNS}
    for number in range(n):
        contact, role, language, state, told, pages, steps = _drawn(dice, walks)
        opened = today - timedelta(days=dice.randrange(1, 25))
        has_begun = dice.random() < 0.4
        bounced, opted_out = dice.random() < 0.02, dice.random() < 0.01
        rows["contact"].append(
            (
                study, contact.hex, year, f"p{number}@example.org", role, language, "open", dice.choice(SEGMENTS), 0,
                opened.isoformat() if has_begun or dice.random() < 0.1 else None,
                today.isoformat() if bounced and not has_begun else None, today.isoformat() if opted_out else None,
            )
        )  # fmt: skip
        rows["token"].append((study, f"{dice.getrandbits(256):064x}", contact.hex))
        for at, days in enumerate((28, 18, 8), start=1):
            if at > 1 and has_begun and state == "complete":
                continue
            went = (today - timedelta(days=days)).isoformat()
            rows["invitation_message"].append(
                (
                    study, uuid.UUID(int=dice.getrandbits(128), version=4).hex, year, at, contact.hex,
                    "bounced" if bounced else "sent", 1, f"{went}T09:00:00.000000", went,
                )
            )  # fmt: skip
        if has_begun:
            case = uuid.UUID(int=dice.getrandbits(128), version=4)
            rows["case_link"].append((study, contact.hex, case.hex))
            sent = opened.isoformat() if state == "complete" else None
            rows["cases"].append(
                (
                    study, case.hex, year, instrument.hash, role, language, "open", dice.choice(("phone", "desktop")),
                    state, 0, len(steps), shard_of(case), new_mark(), json.dumps(told, ensure_ascii=False), pages,
                    steps[-1][0] if steps else None, sum(spent for _, spent in steps), dice.getrandbits(31), "1", "{}",
                    opened.isoformat(), sent,
                )
            )  # fmt: skip
            rows["page_save"] += [
                (study, case.hex, seq, page, "{}", language, spent, 0, f"k{seq}")
                for seq, (page, spent) in enumerate(steps, 1)
            ]
    with sqlite3.connect(path, isolation_level=None) as connection:
        connection.execute("BEGIN")
        connection.execute("UPDATE wave SET mode = 'confidential'")
        connection.executemany(
            "INSERT INTO invitation_round (study_id, year, number, kind, state, texts, rule, made_by, made_at) "
            "VALUES (?, ?, ?, ?, 'done', '{}', '{}', 'x', ?)",
            [
                (study, year, number, kind, f"{today.isoformat()}T09:00:00.000000")
                for number, kind in ((1, "invitation"), (2, "reminder"), (3, "reminder"))
            ],
        )
        for table, names in _COLUMNS.items():
            marks = ", ".join("?" * len(names))
            connection.executemany(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})", rows[table])
        connection.executemany(
            "INSERT INTO case_turn (study_id, year, shard, turn) VALUES (?, ?, ?, ?)",
            [(study, year, shard, dice.getrandbits(30)) for shard in range(256)],
        )
        connection.execute("COMMIT")
    connection.close()


_COLUMNS: dict[str, tuple[str, ...]] = {
    "contact": (
        "study_id", "contact_id", "year", "email", "role", "language", "source", "segment", "soft_bounces", "opened_on",
        "bounced_on", "opted_out_on",
    ),
    "token": ("study_id", "token_hash", "contact_id"),
    "invitation_message": (
        "study_id", "message_id", "year", "number", "contact_id", "state", "attempts", "due_at", "sent_on",
    ),
    "case_link": ("study_id", "contact_id", "case_id"),
    "cases": (*live._CASE, "started_on", "sent_on"),
    "page_save": live._SAVE,
}  # fmt: skip


def _drawn(dice: random.Random, walks: Sequence[Any]) -> tuple[Any, ...]:
    return uuid.UUID(int=dice.getrandbits(128), version=4), *dice.choice(walks)


def look(instance: Path) -> dict[str, float]:
    """One process that looks, again and again; milliseconds."""
    from surveyapp.app import create_app
    from surveyapp.config import Settings
    from surveyapp.storage.changes import touch_people

    settings = Settings(
        instance=instance, environment="development", instruments=FOLDER.parent, second_step_roles="none",
        log_level="ERROR",
    )  # fmt: skip
    app = create_app(settings)
    client, instrument = app.test_client(), real_instrument()
    token = client.get("/login").text.split('name="csrf_token" value="')[1].split('"')[0]
    client.post("/login", data={"email": EMAIL, "password": live.PASSWORD, "csrf_token": token})
    database = app.extensions["surveyapp"].database

    def get() -> None:
        answer = client.get(f"/console/{instrument.study.id}/{instrument.wave.year}/fieldwork")
        if answer.status_code != 200 or 'id="region-sample"' not in answer.text:
            raise RuntimeError(f"the dashboard answers {answer.status_code}, or without the invited")

    def settled() -> None:
        with database.write() as session:
            touch_people(session, instrument.study.id)

    def after(change: Callable[[], object]) -> float:
        spent = []
        for _ in range(ROUNDS):
            change()
            spent.append(_milliseconds(get))
        return median(spent)

    found = {"first": _milliseconds(get), "unchanged": after(lambda: None)}
    found["answer"] = after(lambda: live._change(database, 1))
    found["message"] = after(settled)
    return found


def _milliseconds(run: Callable[[], object]) -> float:
    began = process_time()
    run()
    return (process_time() - began) * 1000


def measure(sizes: Sequence[int] = SIZES) -> list[dict[str, float]]:
    """Per size what a process saw."""
    found = []
    for size in sizes:
        with tempfile.TemporaryDirectory() as instance:
            fill(Path(instance) / "surveyapp.sqlite3", size)
            command = [sys.executable, "-m", "benchmarks.fieldwork", instance]
            environment = {
                **os.environ,
                **dict.fromkeys(ARITHMETIC_THREADS, "1"),
                "SURVEYAPP_ENVIRONMENT": "development",
            }
            made = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True, env=environment)
            found.append({"people": float(size), **json.loads(made.stdout.splitlines()[-1])})
    return found


def rows() -> list[tuple[str, str, str, str, str]]:
    """What, measured, allowed, floor, ratio."""
    sizes, found = measure(), []
    for size in sizes[1:]:
        people, most = f"dashboard, {size['people']:,.0f} invited", ALLOWED[f"{size['people']:.0f}"]
        for key, when, allowed in (
            ("unchanged", "nothing changed", ALLOWED["unchanged"]),
            ("answer", "after an answer", most),
            ("message", "after a message", most),
        ):
            took, least = size[key], sizes[0][key]
            floor = f"{least:.0f} CPU-ms (1,200 invited)"
            found.append((f"{people}, {when}", f"{took:.0f} CPU-ms", f"{allowed:.0f} ms", floor, f"{took / least:.1f}"))
    return found


if __name__ == "__main__":
    if len(sys.argv) > 1 and sys.argv[1] != "--quick":
        print(json.dumps(look(Path(sys.argv[1]))))
    else:
        for line in measure(SIZES[:-1] if len(sys.argv) > 1 else SIZES):
            print({name: round(value, 1) for name, value in line.items()})
