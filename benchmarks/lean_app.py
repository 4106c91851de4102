"""The leanest floor of a step: plain Flask and SQLModel, one cached template, one SELECT and one UPDATE per post.

No form classes, no language, no routing, no checks beyond the token's: what is left is the framework, the database and
its durability (WAL, ``synchronous=FULL``, ``BEGIN IMMEDIATE``). The journey is the product's in
:mod:`benchmarks.journey`: twenty questions with five answers each, one to a page.
"""

from __future__ import annotations

import os
import sys
import uuid
from hmac import compare_digest
from typing import Any

from flask import Flask, abort, has_request_context, redirect, request, session
from flask.typing import ResponseReturnValue
from jinja2 import Environment
from sqlalchemy import JSON, Column, event
from sqlmodel import Field, Session, SQLModel, create_engine, select

QUESTIONS = 20
TEMPLATE = """<!doctype html><html lang="nl"><head><meta charset="utf-8"><title>Vraag {{ page }}</title>
<link rel="stylesheet" href="/static/style.css"></head><body><h1>Vraag {{ page }}</h1>
<form id="q" method="post"><input type="hidden" name="csrf_token" value="{{ token }}">
<fieldset><legend>In hoeverre bent u het eens met deze uitspraak?</legend>
{% for code in range(1, 6) %}<div><input type="radio" name="q_{{ page }}" id="q_{{ page }}-{{ code }}"
value="{{ code }}"{% if code == chosen %} checked{% endif %}>
<label for="q_{{ page }}-{{ code }}">Antwoord {{ code }}</label></div>
{% endfor %}</fieldset><button>Verder</button></form></body></html>"""


class LeanCase(SQLModel, table=True):
    """A case with its answers."""

    id: uuid.UUID = Field(primary_key=True)
    answers: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))


def lean_app(url: str) -> Flask:
    """The application on a database at ``url``, whose table is made when it is missing."""
    app = Flask("lean")
    app.secret_key = "l" * 32
    template = Environment(autoescape=True).from_string(TEMPLATE)
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":

        @event.listens_for(engine, "connect")
        def _settings(connection: Any, _record: Any) -> None:
            connection.isolation_level = None
            for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=5000"):
                connection.execute(f"PRAGMA {pragma}")

        @event.listens_for(engine, "begin")
        def _begin(connection: Any) -> None:
            is_write = has_request_context() and request.method == "POST"
            connection.exec_driver_sql("BEGIN IMMEDIATE" if is_write else "BEGIN")

    SQLModel.metadata.create_all(engine, tables=[LeanCase.__table__])  # type: ignore[attr-defined]

    @app.post("/start")
    def start() -> ResponseReturnValue:
        session["case"], session["token"] = str(uuid.uuid4()), uuid.uuid4().hex
        with Session(engine) as database:
            database.add(LeanCase(id=uuid.UUID(session["case"]), answers={}))
            database.commit()
        return redirect("/p/1", 303)

    @app.get("/p/<int:page>")
    def shown(page: int) -> ResponseReturnValue:
        with Session(engine) as database:
            case = database.exec(select(LeanCase).where(LeanCase.id == uuid.UUID(session["case"]))).one()
            chosen = case.answers.get(f"q_{page}")
        return template.render(page=page, token=session["token"], chosen=chosen)

    @app.post("/p/<int:page>")
    def taken(page: int) -> ResponseReturnValue:
        if not compare_digest(request.form.get("csrf_token", ""), session["token"]):
            abort(400)
        with Session(engine) as database:
            case = database.exec(select(LeanCase).where(LeanCase.id == uuid.UUID(session["case"]))).one()
            case.answers = {**case.answers, f"q_{page}": int(request.form[f"q_{page}"])}
            database.add(case)
            database.commit()
        return redirect(f"/p/{page + 1}" if page < QUESTIONS else "/done", 303)

    @app.get("/done")
    def done() -> str:
        return "<!doctype html><title>Klaar</title><h1>Klaar</h1>"

    return app


def create_server_app() -> Any:
    """For the server: the application on the database of ``LEAN_DATABASE_URL``, behind the product's own bridge.

    Nothing else of the product is in its process.
    """
    from surveyapp.web.whole_requests import SWITCH_SECONDS, THREADS, WholeRequests

    sys.setswitchinterval(SWITCH_SECONDS)
    return WholeRequests(lean_app(os.environ["LEAN_DATABASE_URL"]), threads=THREADS, body_limit=256 * 1024)
