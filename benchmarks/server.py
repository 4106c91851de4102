"""What starting costs, what the first page weighs, and how fast robots fill a wave.

The floor of a start is an interpreter that only imports the web framework and the database toolkit.
"""

from __future__ import annotations

import gzip
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.kill_server import kill, server
from surveyapp.app import create_app
from surveyapp.config import Settings
from surveyapp.demonstration import seed
from surveyapp.fieldwork.library import InstrumentLibrary
from surveyapp.fieldwork.simulate import simulate
from surveyapp.storage.database import Database

STUDY, YEAR = "goed-opdrachtgeverschap", 2026
LANDING = f"/nl/onderzoek/{STUDY}-{YEAR}"


def _settings(folder: str) -> Settings:
    return Settings(environment="development", instance=Path(folder), instruments=Path("instruments"))


def start_seconds(settings: Settings) -> float:
    """Seconds by the clock from starting the server to its first answer."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    environment = {
        **os.environ,
        "SURVEYAPP_ENVIRONMENT": "development",
        "SURVEYAPP_INSTANCE": str(settings.instance),
    }
    began = time.perf_counter()
    with server(environment, port) as process:
        spent = time.perf_counter() - began
        kill(process)
    return spent


def floor_seconds() -> float:
    """Seconds to start an interpreter that imports Flask and SQLModel."""
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import flask, sqlmodel"], check=True)
    return time.perf_counter() - began


def first_view_kilobytes(settings: Settings) -> tuple[float, float]:
    """Compressed kilobytes of the landing page with its styles and scripts, and of the page alone."""
    client = create_app(settings).test_client()
    page = client.get(LANDING).get_data()
    alone = len(gzip.compress(page))
    parts = re.findall(r'(?:href|src)="(/static/[^"]+\.(?:css|js|svg))"', page.decode())
    whole = alone + sum(len(gzip.compress(client.get(part).get_data())) for part in dict.fromkeys(parts))
    return whole / 1000, alone / 1000


def simulated_seconds(settings: Settings, cases: int = 2000) -> float:
    """Seconds to create cases through the engine."""
    database = Database(settings.url)
    began = time.perf_counter()
    simulate(database, InstrumentLibrary(database), STUDY, YEAR, cases, seed=99, is_demonstration=True)
    return time.perf_counter() - began


def measure() -> list[tuple[str, str, str, str]]:
    """Rows of: what, measured, allowed, floor."""
    with tempfile.TemporaryDirectory() as folder:
        settings = _settings(folder)
        Database(settings.url).upgrade()
        seed(settings, number=20, tell=lambda _text: None)
        start, least = start_seconds(settings), floor_seconds()
        whole, alone = first_view_kilobytes(settings)
        filled = simulated_seconds(settings)
    return [
        ("server start", f"{start:.1f} s", "3 s", f"{least:.1f} s (importing Flask and SQLModel)"),
        ("first respondent page", f"{whole:.1f} kB", "30 kB", f"{alone:.1f} kB (the page alone)"),
        ("2,000 cases through the engine", f"{filled:.1f} s", "30 s", ""),
    ]


if __name__ == "__main__":
    for row in measure():
        print(*row, sep=" | ")
