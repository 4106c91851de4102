"""A study in one language goes all the way too: Dutch alone, English alone, from the check to every file and page.

The small study, with the other language taken out of every text. What the product itself says stays there in both
languages: an editor who reads English gets English headings over Dutch questions.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from openpyxl import load_workbook
from sqlmodel import select

from surveyapp.app import create_app
from surveyapp.cli import main
from surveyapp.cli.export import BESIDE
from surveyapp.config import Settings
from surveyapp.engine.robots import Crew
from surveyapp.engine.route import visible_page
from surveyapp.engine.typed import typed_from
from surveyapp.exports.registry import EXPORTS
from surveyapp.fieldwork import waves
from surveyapp.instrument.loader import load_instrument, read_instrument
from surveyapp.instrument.model import Instrument
from surveyapp.instrument.source import Document, read_document
from surveyapp.storage import report_requests
from surveyapp.storage.accounts import add_user
from surveyapp.storage.database import Database
from surveyapp.storage.tables import CaseRow
from surveyapp.web.passwords import password_hash
from tests.instrument.definitions import definition, write
from tests.ready import make_ready
from tests.web.browsing import Visitor
from tests.web.console.people import PASSWORD, Person

STUDY, YEAR, ROLE = "cursusevaluatie", 2026, "participant"
ORIGINAL = Path(__file__).parents[2] / "instruments" / STUDY
FILES = ("study.yaml", "variables.yaml", f"{YEAR}/questionnaire.yaml", f"{YEAR}/tables.yaml", "profile.yaml")
BOTH = frozenset({"nl", "en"})
OTHER = {"nl": "en", "en": "nl"}
LANDING = {"nl": f"/nl/onderzoek/{STUDY}-{YEAR}", "en": f"/en/survey/{STUDY}-{YEAR}"}
PAGES = (
    "",
    "/fieldwork",
    "/results",
    "/results/{table}",
    "/exports",
    "/instrument",
    "/instrument/codebook",
    "/instrument/routing",
    "/quality",
    "/sample",
    "/invitations",
)


def in_one(data: Any, language: str) -> Any:
    """The same data with every text in this language alone."""
    if isinstance(data, dict):
        if data and data.keys() <= BOTH and all(isinstance(words, str) for words in data.values()):
            return {language: data[language]}
        return {key: in_one(value, language) for key, value in data.items() if key != "languages"}
    return [in_one(value, language) for value in data] if isinstance(data, list) else data


def written(folder: Path, language: str) -> Path:
    """The small study in one language, as files."""
    for name in FILES:
        found = read_document((ORIGINAL / name).read_bytes(), name)
        assert isinstance(found, Document)
        data = in_one(found.data, language)
        if name == "study.yaml":
            data["languages"] = [language]
        if name == "profile.yaml":
            data = found.data
        (folder / STUDY / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / STUDY / name).write_text(json.dumps(data, ensure_ascii=False, indent=1), "utf-8")
    return folder / STUDY


class House:
    """An installation with this study alone, its wave open and answered by sixty robots."""

    def __init__(self, folder: Path, language: str) -> None:
        self.language = language
        self.instruments, self.instance = folder / "instruments", folder / "instance"
        self.folder = written(self.instruments, language)
        self.instrument: Instrument = load_instrument(self.folder, YEAR)
        self.settings = Settings.model_validate(
            {"environment": "development", "instance": self.instance, "instruments": self.instruments}
        )
        self.run("check")
        self.run("db", "upgrade")
        self.run("wave", "create", STUDY, YEAR)
        with Database(self.settings.url) as database:
            make_ready(database, STUDY, YEAR)
        self.run("wave", "open", STUDY, YEAR)
        self.run("wave", "remove-tests", STUDY, YEAR, "--yes")
        self.run("simulate", STUDY, YEAR, "--n", 60, "--seed", 4)
        database = Database(self.settings.url)
        with database.write() as session:
            for tongue in ("nl", "en"):
                add_user(session, f"{tongue}@example.org", password_hash(PASSWORD), "admin", tongue)
        database.close()

    def run(self, *arguments: object) -> Result:
        """A command that must succeed."""
        environment = {
            "SURVEYAPP_ENVIRONMENT": "development",
            "SURVEYAPP_INSTANCE": str(self.instance),
            "SURVEYAPP_INSTRUMENTS": str(self.instruments),
        }
        result = CliRunner().invoke(main, [str(argument) for argument in arguments], env=environment)
        assert result.exit_code == 0, (result.output, result.exception)
        return result

    def app(self) -> Flask:
        made = create_app(self.settings)
        made.testing = True
        return made


@pytest.fixture(scope="module", params=["nl", "en"])
def house(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> House:
    return House(tmp_path_factory.mktemp(request.param), request.param)


def test_the_check_has_nothing_to_say(house: House) -> None:
    assert read_instrument(house.folder, YEAR)[1] == ()


def test_somebody_answers_it_from_the_landing_page_to_the_receipt(house: House) -> None:
    questionnaire, language = house.instrument.questionnaire(ROLE), house.language
    walk = next(walk for seed in range(100) if (walk := Crew(questionnaire).walk(seed, language)).outcome == "complete")
    visitor = Visitor(house.app().test_client()).begin(STUDY, ROLE, language)
    while page := visitor.at:
        answers = typed_from(visible_page(questionnaire, page, walk.answers, language), walk.answers, language)
        for _ in range(3):  # what was left open is asked about once
            offered = {*visitor.form.fields, *visitor.form.offered, *visitor.form.typing}
            visitor.press("next", {name: list(values) for name, values in answers.items() if name in offered})
            if visitor.at != page:
                break
        assert (visitor.status, visitor.at == page) == (200, False)
    visitor.press("")
    assert visitor.status == 200


def test_no_page_offers_the_language_that_is_not_there(house: House) -> None:
    visitor = Visitor(house.app().test_client()).get(LANDING[house.language])
    name = {"nl": "English", "en": "Nederlands"}[house.language]
    assert name not in visitor.html
    visitor.begin(STUDY, ROLE, house.language)
    assert name not in visitor.html
    assert 'value="language"' not in visitor.html


def test_an_address_in_the_other_language_leads_to_the_one_there_is(house: House) -> None:
    client = house.app().test_client()
    visitor = Visitor(client).get(LANDING[OTHER[house.language]] + "?source=newsletter")
    assert visitor.url == LANDING[house.language] + "?source=newsletter"
    visitor.begin(STUDY, ROLE, house.language)
    there = visitor.url
    words = ("vragenlijst", "questionnaire") if house.language == "nl" else ("questionnaire", "vragenlijst")
    visitor.get(there.replace(f"/{house.language}/{words[0]}", f"/{OTHER[house.language]}/{words[1]}"))
    assert visitor.url == there


@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_variable_is_tabulated_with_words_in_both_languages(house: House, language: str) -> None:
    for name, variable in house.instrument.variables.items():
        if variable.level == "text":
            continue
        for extra in ([], ["--by", "role"], ["--filter", f"role == '{ROLE}'"]):
            found = json.loads(house.run("table", STUDY, YEAR, name, *extra, "--lang", language, "--json").output)
            for words in (found["question"], found["base"]["text"], found["columns"][0]["label"]):
                assert set(words) >= BOTH, (name, words)
                assert all(words.values())


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("kind", sorted(set(EXPORTS) - BESIDE))
def test_every_file_is_made(house: House, kind: str, language: str, tmp_path: Path) -> None:
    house.run("export", kind, STUDY, YEAR, "--lang", language, "--out", tmp_path)
    assert all(path.stat().st_size for path in tmp_path.iterdir())
    for path in tmp_path.glob("*.xlsx"):
        assert load_workbook(path).sheetnames


def test_a_spreadsheet_form_goes_out_and_nothing_is_left_to_translate(house: House, tmp_path: Path) -> None:
    house.run("xlsform", "out", STUDY, YEAR, ROLE, "--out", tmp_path / "form.xlsx")
    result = CliRunner().invoke(
        main,
        ["translate", "status", STUDY, str(YEAR), "--to", OTHER[house.language]],
        env={"SURVEYAPP_INSTRUMENTS": str(house.instruments), "SURVEYAPP_INSTANCE": str(house.instance)},
    )
    assert result.exit_code != 0
    assert "is in one language" in result.output


def parts_of(address: str) -> set[tuple[str, ...]]:
    """The page and each thing that is chosen on it: a thousand ways to put the same choices together show no more."""
    path, _, query = address.partition("?")
    return {(path,), *((path, choice) for choice in query.split("&") if choice)}


@pytest.mark.parametrize("tongue", ["nl", "en"])
def test_every_page_of_the_console_opens_for_staff_of_either_language(house: House, tongue: str) -> None:
    app = house.app()
    person = Person(app.test_client())
    person.sign_in(f"{tongue}@example.org")
    base = f"/console/{STUDY}/{YEAR}"
    seen: dict[str, int] = {}
    met = set[tuple[str, ...]]()
    waiting = ["/console", base, *(f"{base}{page}" for page in PAGES if "{" not in page)]
    while waiting:
        address = waiting.pop()
        if parts_of(address) <= met:
            continue
        met |= parts_of(address)
        response = person.get(address, follow_redirects=True)
        seen[address] = response.status_code
        if response.mimetype == "text/html":
            for found in re.findall(r'(?:href|src)="(/console/[^"#]+)"', response.text):
                found = found.replace("&amp;", "&")
                if found.startswith(base) and "/sign-out" not in found and found not in seen:
                    waiting.append(found)
    assert {address: status for address, status in seen.items() if status >= 500} == {}
    pages = {address.partition("?")[0] for address, status in seen.items() if status == 200}
    assert pages >= {f"{base}/results/{name}" for name in house.instrument.variables}, pages
    assert len(pages) > 40


@pytest.mark.parametrize("languages", [["fr"], ["nl", "de"], ["nl", "en", "fr"], ["nl", "nl"], ["en", "xx"]])
def test_any_other_set_of_languages_is_refused_where_it_stands(languages: list[str], tmp_path: Path) -> None:
    folder = written(tmp_path, "nl")
    study = json.loads((folder / "study.yaml").read_text("utf-8"))
    study["languages"] = languages
    (folder / "study.yaml").write_text(json.dumps(study, indent=1), "utf-8")
    instrument, findings = read_instrument(folder, YEAR)
    assert instrument is None
    (found,) = [finding for finding in findings if finding.code == "R030"]
    line = (folder / "study.yaml").read_text("utf-8").splitlines()[found.place.line - 1]
    assert f'"{languages[-1] if languages != ["fr"] else "fr"}"' in line
    assert "nl, en" in found.fix["en"]


def test_words_stored_apart_are_kept_with_the_address_and_nowhere_else(tmp_path: Path) -> None:
    files = definition("tiny")
    files["study.yaml"]["study"] = "klein"
    files["variables.yaml"]["variables"]["c_call"] = {
        "type": "short_text",
        "label": {"nl": "Bellen op", "en": "Call at"},
        "stored_apart": True,
        "use": "admin",
    }
    asked = {"variable": "c_call", "text": {"nl": "Wanneer belt u terug?", "en": "When?"}}
    files["2026/questionnaire.yaml"]["pages"][-1]["items"].append(asked)
    instrument = load_instrument(write(tmp_path / "klein", files), YEAR)
    with Database(f"sqlite:///{tmp_path / 'apart.sqlite3'}") as database:
        database.upgrade()
        with database.write() as session:
            waves.create_wave(session, instrument)
            waves.open_wave(session, "klein", YEAR)
        settings = Settings.model_validate({"environment": "development", "instance": tmp_path, "log_level": "ERROR"})
        app = create_app(settings, database=database)
        app.testing = True
        visitor = Visitor(app.test_client()).begin("klein", "manager", "nl")
        said = {"q_s_elig": "1", "q_c_mail": "jan@example.org", "q_c_call": "na zessen"}
        for _ in range(20):
            if not visitor.at:
                break
            visitor.press("next", {name: [words] for name, words in said.items() if name in visitor.html})
        visitor.press("")
        assert "na zessen" in visitor.html
        assert visitor.form_with("keep").fields["email"] == ["jan@example.org"]
        visitor.press("keep")
        with database.read() as session:
            (left,) = report_requests.listed(session, "klein", YEAR)
            (case,) = session.exec(select(CaseRow)).all()
    assert (left.email, left.wishes) == ("jan@example.org", ("Bellen op: na zessen",))
    assert "zessen" not in str(case.answers)
    assert "jan@" not in str(case.answers)
