"""What a step costs: one page posted, committed, and the next page shown, against a bare application doing the same.

Both run in this process through the same test client, in turns, on the same kind of database with the same durability.
"""

from __future__ import annotations

import re
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import process_time

from flask import Flask
from flask.testing import FlaskClient

from benchmarks.bare_app import QUESTIONS, bare_app
from benchmarks.http_robot import HttpRobot, Send
from surveyapp.app import create_app
from surveyapp.config import Settings
from surveyapp.demonstration import seed
from surveyapp.storage.database import Database

ROUNDS = 12


@contextmanager
def sending_to(app: Flask) -> Iterator[Send]:
    """One browser's way to send to an application in this process."""
    client = app.test_client()

    def send(method: str, address: str, fields: list[tuple[str, str]] | None) -> tuple[int, str, str]:
        body: dict[str, list[str]] = {}
        for name, value in fields or []:
            body.setdefault(name, []).append(value)
        response = client.open(address, method=method, data=body or None)
        return response.status_code, response.headers.get("Location", address), response.get_data(as_text=True)

    yield send


def bare_steps(client: FlaskClient, steps: int) -> float:
    """Processor milliseconds per step of the bare application."""
    client.get("/start")
    page = client.get("/p/1").text
    spent = 0.0
    for number in range(1, steps + 1):
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
        key = re.search(r'name="client_key"[^>]*value="([^"]+)"', page)
        if token is None or key is None:
            raise RuntimeError("the bare page has no token")
        data = {"csrf_token": token[1], "client_key": key[1], **{f"q_{question}": "3" for question in range(QUESTIONS)}}
        began = process_time()
        response = client.post(f"/p/{number}", data=data)
        page = client.get(response.headers["Location"]).text
        spent += process_time() - began
    return spent / steps * 1000


def product_steps(app: Flask, role: str) -> tuple[float, int]:
    """Processor milliseconds per step of a whole questionnaire, and how many steps it had."""
    with sending_to(app) as send:
        robot = HttpRobot(send, role)
        robot.walk()
    return robot.seconds / robot.steps * 1000, robot.steps


def measure(url: str | None = None, bare_url: str | None = None) -> dict[str, float]:
    """Median milliseconds per step of both, and their ratio.

    Parameters
    ----------
    url, bare_url : databases of the product and of the floor; SQLite files in a temporary folder when absent
    """
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(
            environment="development", instance=Path(folder), database_url=url, instruments=Path("instruments")
        )
        Database(settings.url).upgrade()
        seed(settings, number=20, tell=lambda _text: None)
        app = create_app(settings)
        client = bare_app(bare_url or f"sqlite:///{folder}/bare.sqlite3").test_client()
        product_steps(app, "contractor")
        bare_steps(client, 20)
        product, bare = [], []
        for _ in range(ROUNDS):
            cost, steps = product_steps(app, "contractor")
            product.append(cost)
            bare.append(bare_steps(client, steps))
    middle, floor = statistics.median(product), statistics.median(bare)
    return {
        "step_ms": middle,
        "bare_ms": floor,
        "ratio": statistics.median(p / b for p, b in zip(product, bare, strict=True)),
    }


if __name__ == "__main__":
    print(measure())
