"""The floor of a step: the least Flask + Flask-WTF + SQLModel application that saves a page of answers.

Same database engine, same durability (WAL, ``synchronous=FULL``, ``BEGIN IMMEDIATE``), same number of questions on the
page, same writes: one append-only save and one update of the case. One form class, one template, no routing, no
language, no checks beyond WTForms' own.
"""

from __future__ import annotations

import uuid
from typing import Any

from flask import Flask, redirect, render_template, session
from flask.typing import ResponseReturnValue
from flask_wtf import CSRFProtect, FlaskForm
from jinja2 import DictLoader
from sqlalchemy import JSON, Column, event
from sqlmodel import Field, Session, SQLModel, create_engine, select
from wtforms import HiddenField, RadioField, SelectChoice

QUESTIONS = 5
TEMPLATE = """<!doctype html><html lang="nl"><head><meta charset="utf-8"><title>Pagina {{ page }}</title>
<link rel="stylesheet" href="/static/style.css"></head><body><h1>Pagina {{ page }}</h1>
{% for field, messages in form.errors.items() %}<p>{{ field }}: {{ messages|join(", ") }}</p>{% endfor %}
<form method="post">{{ form.hidden_tag() }}
{% for field in form if field.name.startswith("q_") %}<fieldset><legend>{{ field.label.text }}</legend>
{% for option in field %}<div>{{ option }} {{ option.label }}</div>{% endfor %}</fieldset>{% endfor %}
<button>Verder</button></form></body></html>"""


class BareCase(SQLModel, table=True):
    """A case: the current answers."""

    id: uuid.UUID = Field(primary_key=True)
    revision: int = 0
    answers: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))


class BareSave(SQLModel, table=True):
    """One save of one page."""

    id: int | None = Field(default=None, primary_key=True)
    case_id: uuid.UUID = Field(foreign_key="barecase.id", index=True)
    page: int
    client_key: str
    answers: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))


def _form_class() -> type[FlaskForm]:
    choices = [SelectChoice(str(code), f"Antwoord {code}") for code in range(1, 6)]
    fields: dict[str, Any] = {
        f"q_{number}": RadioField(f"Vraag {number}: in hoeverre bent u het hiermee eens?", choices=choices)
        for number in range(QUESTIONS)
    }
    return type("PageForm", (FlaskForm,), {**fields, "client_key": HiddenField()})


def bare_app(url: str) -> Flask:
    """The application on a fresh database at ``url``."""
    app = Flask("bare")
    app.config.update(SECRET_KEY="b" * 32, WTF_CSRF_TIME_LIMIT=None)
    app.jinja_loader = DictLoader({"page.html": TEMPLATE})
    CSRFProtect(app)
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":

        @event.listens_for(engine, "connect")
        def _settings(connection: Any, _record: Any) -> None:
            connection.isolation_level = None
            for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=5000"):
                connection.execute(f"PRAGMA {pragma}")

        @event.listens_for(engine, "begin")
        def _begin(connection: Any) -> None:
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    tables = [BareCase.__table__, BareSave.__table__]  # type: ignore[attr-defined]
    SQLModel.metadata.drop_all(engine, tables=tables)
    SQLModel.metadata.create_all(engine, tables=tables)
    form_class = _form_class()

    @app.get("/start")
    def start() -> ResponseReturnValue:
        with Session(engine) as database:
            case = BareCase(id=uuid.uuid4(), answers={})
            session["case"] = str(case.id)
            database.add(case)
            database.commit()
        return redirect("/p/1", 303)

    @app.route("/p/<int:page>", methods=["GET", "POST"])
    def page(page: int) -> ResponseReturnValue:
        case_id = uuid.UUID(session["case"])
        form = form_class()
        with Session(engine) as database:
            case = database.exec(select(BareCase).where(BareCase.id == case_id)).one()
            if form.validate_on_submit():
                answers = {
                    f"{page}_{name}": int(value) for name, value in form.data.items() if name.startswith("q_") and value
                }
                database.add(BareSave(case_id=case_id, page=page, client_key=form.client_key.data, answers=answers))
                case.answers = {**case.answers, **answers}
                case.revision += 1
                database.add(case)
                database.commit()
                return redirect(f"/p/{page + 1}", 303)
            for number in range(QUESTIONS):
                stored = case.answers.get(f"{page}_q_{number}")
                if stored:
                    form[f"q_{number}"].data = str(stored)
            form.client_key.data = uuid.uuid4().hex
            return render_template("page.html", form=form, page=page)

    return app
