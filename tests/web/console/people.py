"""Somebody at a browser, and the names of the console's test study."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from surveyapp.jobs.worker import Worker

STUDY = "goed-opdrachtgeverschap"
INSTRUMENTS = Path(__file__).parents[3] / "instruments"
PASSWORD = "vijf gewone woorden achter elkaar"
BASE = f"/console/{STUDY}/2026"


@dataclass
class Person:
    """Somebody at a browser."""

    client: FlaskClient

    def get(self, address: str, **options: object) -> TestResponse:
        return self.client.get(address, **options)  # type: ignore[arg-type]

    def post(self, address: str, **fields: object) -> TestResponse:
        if "csrf_token" not in fields:
            fields["csrf_token"] = self.token()
        return self.client.post(address, data=fields)

    def token_of(self, address: str) -> str:
        """The token in the form of this page."""
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.client.get(address).text)
        assert found is not None
        return found.group(1)

    def token(self) -> str:
        page = self.client.get("/console/account").text
        found = re.search(r'name="csrf_token" value="([^"]+)"', page) or re.search(
            r'name="csrf_token" value="([^"]+)"', self.client.get("/login").text
        )
        assert found is not None
        return found.group(1)

    def sign_in(self, email: str, password: str = PASSWORD, address: str = "/login") -> TestResponse:
        return self.post(address, email=email, password=password)


def work(app: Flask) -> None:
    """Let the worker do what is due."""
    services = app.extensions["surveyapp"]
    making = services.settings.instance / "making"
    Worker(services.database, services.library, None, salt="zout" * 8, keeps_days=False, folder=making).once()
