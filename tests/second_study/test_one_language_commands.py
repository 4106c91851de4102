"""Everything that comes out of a study in one language, by name: commands, mails, addresses, files of every kind."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from surveyapp.app import create_app
from surveyapp.cli import main
from surveyapp.cli.export import BESIDE
from surveyapp.config import Settings
from surveyapp.exports.registry import EXPORTS
from surveyapp.instrument.loader import load_instrument
from surveyapp.jobs.mail import TEMPLATES, Letter, written
from tests.second_study.test_one_language import OTHER, ROLE, STUDY, YEAR
from tests.second_study.test_one_language import written as one_language
from tests.web.browsing import Visitor

LANGUAGES = ["nl", "en"]
OF_NO_STUDY = {
    *(
        "audit check",
        "audit list",
        "db accept",
        "db backup",
        "db check",
        "db restore",
        "db upgrade",
        "demo seed",
        "serve",
        "worker",
    ),
    *("user add", "user block", "user invite", "user list", "user password-link", "user role", "user second-step-off"),
    *("user sign-out", "user unblock"),
}
ELSEWHERE = {
    "wave import": "its texts come from a mapping, which the check holds to the study's languages",
    "xlsform in": "makes a study; tests/exports/test_forms_people_write.py",
    "table": "tests/second_study/test_one_language.py",
}
TO_THE_TEAM = {"alerts": "about every wave at once, in the reader's language: tests/jobs/test_daily_mail.py"}
NOTHING_TO_TRANSLATE = {"translate approve", "translate in", "translate out", "translate status", "translate waive"}


def _commands(group: click.Group, name: str = "") -> Iterator[str]:
    for each in group.list_commands(click.Context(group)):
        command, path = group.get_command(click.Context(group), each), f"{name} {each}".strip()
        if isinstance(command, click.Group):
            yield from _commands(command, path)
        else:
            yield path


class Desk:
    """An installation with one confidential study in one language, and the commands that were given so far."""

    def __init__(self, folder: Path, language: str) -> None:
        self.language, self.given = language, set[str]()
        self.instruments, self.out = folder / "instruments", folder / "out"
        self.out.mkdir()
        self.environment = {
            "SURVEYAPP_ENVIRONMENT": "development",
            "SURVEYAPP_INSTANCE": str(folder / "instance"),
            "SURVEYAPP_INSTRUMENTS": str(self.instruments),
            "SURVEYAPP_BASE_URL": "https://survey.example.org",
        }
        self.folder = one_language(self.instruments, language)
        self.change("study.yaml", lambda study: study["waves"][0].update(mode="confidential"))

    def change(self, name: str, change: object) -> None:
        path = self.folder / name
        data = json.loads(path.read_text("utf-8"))
        change(data)  # type: ignore[operator]
        path.write_text(json.dumps(data, ensure_ascii=False, indent=1), "utf-8")

    def run(self, command: str, *arguments: object, code: int = 0) -> str:
        self.given.add(command)
        words = [*command.split(), *(str(argument) for argument in arguments)]
        result = CliRunner().invoke(main, words, env=self.environment)
        assert result.exit_code == code, (words, result.output, result.exception)
        return result.output


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_command_about_a_study_works_in_one_language(language: str, tmp_path: Path) -> None:
    desk = Desk(tmp_path, language)
    desk.run("db upgrade")
    desk.run("check", desk.folder, code=0)
    desk.run("wave create", STUDY, YEAR)
    desk.run("wave delete", STUDY, YEAR, "--yes")
    desk.run("wave create", STUDY, YEAR)
    listed = tmp_path / "list.csv"
    listed.write_text("email;name\njan@example.org;Jan\n", "utf-8")
    desk.run("wave test", STUDY, YEAR)
    desk.run("simulate", STUDY, YEAR, "--n", 20, "--seed", 3)
    desk.run("contact import", listed, STUDY, YEAR)
    wrong = tmp_path / "wrong.csv"
    wrong.write_text(f"email;language\nels@example.org;{OTHER[language]}\n", "utf-8")
    assert "is no language of this study" in desk.run("contact import", wrong, STUDY, YEAR, code=2)
    desk.run("wave open", STUDY, YEAR)
    desk.run("wave remove-tests", STUDY, YEAR, "--yes")
    desk.run("contact links", STUDY, YEAR, "--out", desk.out / "links.csv")
    row = (desk.out / "links.csv").read_text("utf-8-sig").splitlines()[1]
    token = row.split("/i/")[1].split(";")[0].split(",")[0]
    app = create_app(Settings.model_validate({"environment": "development", "instance": tmp_path / "instance"}))
    app.testing = True
    assert Visitor(app.test_client()).get(f"/i/{token}").page.language == language
    assert "1 person would get it" in desk.run("invite new", STUDY, YEAR, "invitation")
    assert "give --count 1" in desk.run("invite send", STUDY, YEAR, 1)
    assert '"kind": "invitation"' in desk.run("invite list", STUDY, YEAR, "--json")
    assert "is not being sent" in desk.run("invite stop", STUDY, YEAR, 1, code=2)
    desk.run("wave links", STUDY, YEAR, "--sources", "nieuwsbrief", "--out", desk.out / "qr", code=2)
    desk.change(
        f"{YEAR}/questionnaire.yaml", lambda data: data["pages"][0]["title"].update({language: "Anders gezegd"})
    )
    desk.run("wave correct", STUDY, YEAR, "--reason", "better")
    desk.change("study.yaml", lambda data: data["title"].update({language: "Cursus"}))
    desk.run("wave revise", STUDY, YEAR, "--reason", "nothing to revise", code=2)
    desk.run("wave weigh", STUDY, YEAR, "--reason", "there are no targets", code=2)
    desk.run("weights", STUDY, YEAR)
    desk.run("quality", STUDY, YEAR)
    desk.run("coding", STUDY, YEAR)
    desk.run("codes out", STUDY, YEAR, "v_tips", "els@example.org", "--out", desk.out / "codes.xlsx", code=2)
    desk.run("codes in", STUDY, YEAR, "v_tips", "els@example.org", listed, code=2)
    desk.run("simulate", STUDY, YEAR, "--n", 40, "--seed", 4)
    desk.run("rates", STUDY, YEAR)
    desk.run("funnel", STUDY, YEAR)
    desk.run("fieldwork", STUDY, YEAR)
    for model, code in (
        ("scale", 0),
        ("drivers", 0),
        ("profile", 2),
        ("gaps", 0),
        ("trend", 0),
    ):
        for tongue in LANGUAGES:  # this study has no phases
            desk.run(model, STUDY, YEAR, "--lang", tongue, code=code)
    desk.run("wave edition", STUDY, YEAR)
    desk.run("wave new", STUDY, int(YEAR) + 1, "--from", YEAR)
    desk.run("contact wishes", STUDY, YEAR, "--out", desk.out / "wishes.csv")
    desk.run("contact forget", STUDY, YEAR, "jan@example.org")
    for kind in sorted(set(EXPORTS) - BESIDE):  # these come with another
        for tongue in LANGUAGES:
            desk.run("export", kind, STUDY, YEAR, "--lang", tongue, "--out", desk.out)
    desk.run("xlsform out", STUDY, YEAR, ROLE, "--out", desk.out / "form.xlsx")
    (tmp_path / "returned").mkdir()
    desk.run("bounces read", tmp_path / "returned")
    desk.run("bounces count", STUDY, YEAR)
    for deed in ("list", "run", "certificates", "verify"):
        desk.run(f"retention {deed}")
    desk.run("retention texts", STUDY, YEAR, "--yes", code=2)  # nothing is due
    desk.run("wave list")
    desk.run("wave verify", STUDY, YEAR, code=2)
    desk.run("wave close", STUDY, YEAR)
    desk.run("wave cut-links", STUDY, YEAR, "--early", code=0)
    desk.run("wave archive", STUDY, YEAR)
    for command in sorted(NOTHING_TO_TRANSLATE - {"translate in", "translate waive"}):
        more = ["--out", desk.out / "t.xlsx"] if command == "translate out" else []
        assert "one language" in desk.run(command, STUDY, YEAR, "--to", OTHER[language], *more, code=2)
    given = desk.given | OF_NO_STUDY | ELSEWHERE.keys() | NOTHING_TO_TRANSLATE
    assert set(_commands(main)) - given == set()  # type: ignore[arg-type]  # a new command joins here


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", sorted({path.stem for path in TEMPLATES.glob("[!_]*.txt")} - TO_THE_TEAM.keys()))
def test_every_mail_is_written_for_a_study_in_one_language(kind: str, language: str, tmp_path: Path) -> None:
    study = load_instrument(one_language(tmp_path, language), YEAR).study
    wave = {"title": study.title[language], "address": "http://x"}
    values = {**wave, "closes": "2026-12-18", "hours": 24, "code": "A"}
    values |= {"waves": [{**wave, "alerts": ["–"]}], "account": "http://x"}
    for reader in LANGUAGES:  # staff and the address of a page may be in the other language
        subject, text = written(
            Letter(kind, "jan@example.org", reader, study.organisation, values, study.explained(language))
        )
        assert subject
        assert study.organisation.name in text
