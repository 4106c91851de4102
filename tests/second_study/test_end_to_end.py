"""A study of another kind goes all the way without a line of code: checked, opened, answered, tabulated, printed.

The instruments folder of these tests holds the small study alone, so nothing of the large one can help.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from openpyxl import load_workbook
from sqlmodel import select

from surveyapp.app import create_app
from surveyapp.cli import main
from surveyapp.config import Settings
from surveyapp.engine.robots import Crew, RobotWalk
from surveyapp.engine.route import on_path, visible_page
from surveyapp.engine.typed import typed_from
from surveyapp.instrument.loader import load_instrument
from surveyapp.instrument.model import SKIPPED, Instrument, VariableType
from surveyapp.storage.database import Database
from surveyapp.storage.tables import CaseRow
from tests.ready import make_ready
from tests.web.browsing import Visitor

STUDY, YEAR = "cursusevaluatie", 2026
INSTRUMENTS = Path(__file__).parents[2] / "instruments"
ROBOTS = 80
ANALYSED = ("c_ended", "c_hours", "c_time", "v_mark", "te_clear", "w_helped", "w_more")
"""A variable of each shape that can be tabulated."""
WALKS = [(role, language) for role in ("participant", "trainer") for language in ("nl", "en")]


class House:
    """One installation with this study alone."""

    def __init__(self, folder: Path) -> None:
        self.instruments, self.instance = folder / "instruments", folder / "instance"
        shutil.copytree(INSTRUMENTS / STUDY, self.instruments / STUDY)
        self.settings = Settings.model_validate(
            {"environment": "development", "instance": self.instance, "instruments": self.instruments}
        )

    def run(self, *arguments: object) -> Result:
        """A command that must succeed."""
        environment = {
            "SURVEYAPP_ENVIRONMENT": "development",
            "SURVEYAPP_INSTANCE": str(self.instance),
            "SURVEYAPP_INSTRUMENTS": str(self.instruments),
        }
        result = CliRunner().invoke(main, [str(argument) for argument in arguments], env=environment)
        assert result.exit_code == 0, result.output
        return result


@pytest.fixture(scope="module")
def instrument() -> Instrument:
    return load_instrument(INSTRUMENTS / STUDY, YEAR)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, instrument: Instrument) -> House:
    """The installation after its fieldwork: robots at the door of the engine, four at that of the web."""
    made = House(tmp_path_factory.mktemp("second"))
    made.run("check")
    made.run("db", "upgrade")
    made.run("wave", "create", STUDY, YEAR)
    with Database(made.settings.url) as database:
        make_ready(database, STUDY, YEAR)
    made.run("wave", "open", STUDY, YEAR)
    made.run("wave", "remove-tests", STUDY, YEAR, "--yes")
    made.run("simulate", STUDY, YEAR, "--n", ROBOTS, "--seed", 4)
    for role, language in WALKS:
        _walk(made, instrument, role, language)
    return made


@pytest.fixture(scope="module")
def database(house: House) -> Iterator[Database]:
    opened = Database(house.settings.url)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def books(house: House, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("books")
    for kind in ("report", "data"):
        house.run("export", kind, STUDY, YEAR, "--lang", "en", "--out", folder)
    return folder


def complete_walk(instrument: Instrument, role: str, language: str) -> RobotWalk:
    crew = Crew(instrument.questionnaire(role))
    return next(walk for seed in range(100) if (walk := crew.walk(seed, language)).outcome == "complete")


def _walk(house: House, instrument: Instrument, role: str, language: str) -> None:
    """Somebody without JavaScript types what a robot would answer."""
    walk = complete_walk(instrument, role, language)
    app = create_app(house.settings)
    app.testing = True
    visitor = Visitor(app.test_client()).begin(STUDY, role, language)
    pages = 0
    while page := visitor.at:
        seen = visible_page(instrument.questionnaire(role), page, walk.answers, language)
        answers = typed_from(seen, walk.answers, language)
        for _ in range(3):
            offered = {*visitor.form.fields, *visitor.form.offered, *visitor.form.typing}
            visitor.press("next", {name: list(values) for name, values in answers.items() if name in offered})
            if visitor.at != page:
                break
        assert visitor.at != page, visitor.html
        pages += 1
    assert pages == len(walk.pages)
    visitor.press("")


def table(house: House, *arguments: object) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(house.run("table", STUDY, YEAR, *arguments, "--json").output)
    return found


def test_the_small_study_uses_the_types_the_large_one_leaves_out(instrument: Instrument) -> None:
    types = {variable.type for variable in instrument.variables.values()}
    assert types >= {VariableType.MONTH, VariableType.ALLOCATION, VariableType.SHORT_TEXT, VariableType.RANKING}
    hours = instrument.variable("c_hours").number
    assert hours is not None
    assert hours.decimals == 1
    assert any(question.is_randomised for question in instrument.questionnaire("trainer").questions.values())


def test_what_people_typed_in_a_browser_is_stored_as_the_robots_meant_it(
    database: Database, instrument: Instrument
) -> None:
    with database.read() as session:
        cases = session.exec(select(CaseRow)).all()
    assert len(cases) == ROBOTS + len(WALKS)
    for role, language in WALKS:
        walk = complete_walk(instrument, role, language)
        wanted = dict(on_path(instrument.questionnaire(role), walk.answers, language))
        assert any(
            (case.role, case.language, case.state) == (role, language, "complete")
            and {name: value for name, value in case.answers.items() if name in wanted or value != SKIPPED}
            == {**wanted, "s_consent": 1}
            for case in cases
        ), (role, language)


def test_a_table_of_each_shape_counts_the_cases_that_were_sent(house: House, database: Database) -> None:
    with database.read() as session:
        cases = [case for case in session.exec(select(CaseRow)) if case.state == "complete"]
    given = {name: [case.answers.get(name, -9) for case in cases] for name in ANALYSED}
    valid = {
        name: [value for value in values if not (isinstance(value, int) and value < 0)]
        for name, values in given.items()
    }
    for name in ANALYSED:
        base = table(house, name, "--by", "role")["base"]
        assert (base["asked"], base["valid"]) == (len(cases), len(valid[name])), name
    for name in ("c_hours", "v_mark"):
        (mean,) = (row for row in table(house, name)["rows"] if row["kind"] == "mean")
        assert mean["cells"][0]["value"] == pytest.approx(sum(valid[name]) / len(valid[name])), name


def test_the_report_book_has_a_sheet_per_table(books: Path, instrument: Instrument) -> None:
    (path,) = books.glob(f"{STUDY}-{YEAR}-report-en-*.xlsx")
    titles = load_workbook(path).sheetnames
    for definition in instrument.tables:
        assert any(title.startswith(definition.id) for title in titles), definition.id


def test_the_data_book_holds_every_case_and_every_shape_of_column(books: Path, instrument: Instrument) -> None:
    (path,) = books.glob(f"{STUDY}-{YEAR}-data-en-*.xlsx")
    rows = list(load_workbook(path)["Data_codes"].iter_rows(values_only=True))
    assert len(rows) == 1 + ROBOTS + len(WALKS)
    columns = set(rows[0])
    assert {"c_ended", "c_hours", "v_mark", "te_pace"} <= columns
    for name, wanted in (("c_time", 4), ("w_helped", 6), ("w_more", 2)):
        assert len([column for column in columns if str(column).startswith(f"{name}__")]) == wanted, name
    open_answers = list(load_workbook(path)["Open"].iter_rows(values_only=True))
    assert {"c_title", "o_better"} <= {cell for row in open_answers for cell in row}
