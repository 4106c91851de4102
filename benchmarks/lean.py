"""The product's step beside the leanest one: the same journey, server, database and durability.

Processor time is read of each application in this process, in turns; waiting and memory of the real server with two
processes, one application after the other, with thirty-two people who walk at the same time. Loopback only.
"""

from __future__ import annotations

import os
import re
import statistics
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, process_time

from benchmarks.http_robot import HttpRobot, Send
from benchmarks.journey import ROLE, STUDY, YEAR, write_study
from benchmarks.kill_server import Browser, free_port, server
from benchmarks.lean_app import QUESTIONS, lean_app
from benchmarks.step import sending_to
from surveyapp.app import create_app
from surveyapp.config import Settings
from surveyapp.demonstration import seed
from surveyapp.storage.database import Database

ROUNDS = 15
PEOPLE = 32
WALKS = 4  # of each of them
WORKERS = 2
Walk = Callable[[Send, list[float]], None]
"""One person's journey; writes down the seconds of each step."""


@dataclass(frozen=True, slots=True)
class Load:
    """What a server did under load: seconds of the slowest hundredth of the steps, and megabytes of a process."""

    p99: float
    megabytes: float


def walk_lean(send: Send, steps: list[float], timer: Callable[[], float] = perf_counter) -> None:
    """The journey through the lean application."""
    _, address, _ = send("POST", "/start", [])
    _, _, page = send("GET", address, None)
    for number in range(1, QUESTIONS + 1):
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)
        if token is None:
            raise RuntimeError("the lean page has no token")
        fields = [("csrf_token", token[1]), (f"q_{number}", "3")]
        began = timer()
        status, address, _ = send("POST", f"/p/{number}", fields)
        if status != 303:
            raise RuntimeError(f"the lean page answered {status}")
        _, _, page = send("GET", address, None)
        steps.append(timer() - began)


def walk_product(send: Send, steps: list[float], timer: Callable[[], float] = perf_counter) -> None:
    """The journey through the product."""
    robot = HttpRobot(send, ROLE, study=f"{STUDY}-{YEAR}")
    address, page = robot.start()
    for _ in range(QUESTIONS):
        action, fields = robot.fields(page)
        began = timer()
        status, onward, _ = send("POST", action or address, [*fields, ("action", "next")])
        if status != 303:
            raise RuntimeError(f"{address} answered {status}")
        address = onward
        _, _, page = send("GET", address, None)
        steps.append(timer() - began)


def processor_milliseconds(settings: Settings, folder: str) -> tuple[float, float, float]:
    """A step of the product, of the lean application, and their ratio: medians over rounds in turns."""
    product, lean = create_app(settings), lean_app(f"sqlite:///{folder}/lean.sqlite3")
    ours: list[float] = []
    floor: list[float] = []
    for number in range(ROUNDS + 1):
        one: list[float] = []
        other: list[float] = []
        with sending_to(product) as send:
            walk_product(send, one, process_time)
        with sending_to(lean) as send:
            walk_lean(send, other, process_time)
        if number:  # the first warms up
            ours.append(statistics.mean(one) * 1000)
            floor.append(statistics.mean(other) * 1000)
    ratio = statistics.median(a / b for a, b in zip(ours, floor, strict=True))
    return statistics.median(ours), statistics.median(floor), ratio


def _megabytes(group: int) -> float:
    """Of the largest process of this group that is not its first: memory of its own."""
    found = [0.0]
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            if os.getpgid(int(status.parent.name)) != group or int(status.parent.name) == group:
                continue
            rollup = (status.parent / "smaps_rollup").read_text()
        except (OSError, ProcessLookupError):
            continue
        pss = re.search(r"^Pss:\s+(\d+)", rollup, re.MULTILINE)
        found.append(int(pss[1]) / 1024 if pss else 0.0)
    return max(found)


def under_load(command: Sequence[str], environment: dict[str, str], walk: Walk) -> Load:
    """Thirty-two people at once, each walking several times as somebody new."""
    seconds: list[list[float]] = [[] for _ in range(PEOPLE)]
    faults: list[BaseException] = []

    def person(own: list[float]) -> None:
        try:
            for _ in range(WALKS):
                walk(Browser(port).send, own)
        except BaseException as fault:
            faults.append(fault)

    port = free_port()
    with server(environment, port, command) as process:
        walk(Browser(port).send, [])
        people = [threading.Thread(target=person, args=(own,), daemon=True) for own in seconds]
        for one in people:
            one.start()
        for one in people:
            one.join(600)
        megabytes = _megabytes(process.pid)
    if faults:
        raise faults[0]
    steps = sorted(second for own in seconds for second in own)
    return Load(steps[int(len(steps) * 0.99)], megabytes)


def _loads(settings: Settings, folder: str) -> tuple[Load, Load]:
    environment = {
        **os.environ,
        "SURVEYAPP_FLOOD_LIMIT": "1000000000",
        "LEAN_DATABASE_URL": f"sqlite:///{folder}/lean.sqlite3",
    }
    ours = {
        **environment,
        "SURVEYAPP_ENVIRONMENT": "development",
        "SURVEYAPP_INSTANCE": str(settings.instance),
        "SURVEYAPP_INSTRUMENTS": str(settings.instruments),
    }
    several = ("--workers", str(WORKERS))
    found = under_load(("surveyapp.cli", "serve", "--no-worker", *several), ours, walk_product)
    lean = ("granian", "--interface", "asginl", "--factory", *several, "benchmarks.lean_app:create_server_app")
    return found, under_load(lean, environment, walk_lean)


def rows(*, is_under_load: bool = True) -> list[tuple[str, str, str, str, str]]:
    """What, measured, allowed, floor, ratio."""
    with tempfile.TemporaryDirectory() as folder:
        write_study(Path(folder) / "instruments")
        settings = Settings(environment="development", instance=Path(folder), instruments=Path(folder) / "instruments")
        Database(settings.url).upgrade()
        seed(settings, number=1)
        ours, floor, ratio = processor_milliseconds(settings, folder)
        found = [
            (
                "a step of twenty questions, one to a page",
                f"{ours:.1f} CPU-ms",
                "1.5 × the leanest",
                f"{floor:.1f} CPU-ms (plain Flask, one SELECT and one UPDATE)",
                f"{ratio:.2f}",
            )
        ]
        if is_under_load:
            product, lean = _loads(settings, folder)
            found += [
                (
                    f"slowest hundredth of its steps, {PEOPLE} people at once",
                    f"{product.p99 * 1000:.0f} ms",
                    "1.5 × the leanest",
                    f"{lean.p99 * 1000:.0f} ms",
                    f"{product.p99 / lean.p99:.2f}",
                ),
                ("memory of a process then", f"{product.megabytes:.0f} MB", "70 MB", f"{lean.megabytes:.0f} MB", ""),
            ]
    return found


if __name__ == "__main__":
    os.environ.setdefault("SURVEYAPP_FLOOD_LIMIT", "1000000000")
    for row in rows(is_under_load="--steps" not in sys.argv):
        print(*row, sep=" | ")
