from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from surveyapp.cli import main
from surveyapp.config import Settings
from surveyapp.storage.database import Database
from tests.ready import make_ready

INSTRUMENTS = Path(__file__).parents[2] / "instruments"
STUDY = "goed-opdrachtgeverschap"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the real study, to break things in."""
    shutil.copytree(INSTRUMENTS / STUDY, tmp_path / STUDY)
    return tmp_path / STUDY


def run(*arguments: object, **environment: object) -> Result:
    values = {f"SURVEYAPP_{name.upper()}": str(value) for name, value in environment.items()}
    return CliRunner().invoke(main, [str(argument) for argument in arguments], env=values)


def changed(path: Path, old: str, new: str) -> Path:
    content = path.read_text("utf-8")
    assert old in content
    path.write_text(content.replace(old, new, 1), "utf-8")
    return path


def test_the_real_study_is_clean() -> None:
    result = run("check", INSTRUMENTS)
    assert result.exit_code == 0, result.output
    assert "2026: " in result.output
    assert " error " not in result.output


def test_without_a_path_the_folder_of_the_settings_is_checked() -> None:
    assert "goed-opdrachtgeverschap 2026" in run("check", instruments=INSTRUMENTS).output


@pytest.mark.parametrize("place", [".", "2026", "2026/questionnaire.yaml"])
def test_a_study_a_year_or_a_file_can_be_named(place: str) -> None:
    result = run("check", INSTRUMENTS / STUDY / place)
    assert result.exit_code == 0
    assert f"{STUDY} 2026" in result.output
    assert (f"{STUDY} 2025" in result.output) == (place == ".")


def test_a_finding_has_file_line_column_code_name_and_what_to_do(copy: Path) -> None:
    path = changed(copy / "2026" / "questionnaire.yaml", "ev_interim == 1", "ev_interim == 7")
    line = path.read_text("utf-8").split("ev_interim == 7")[0].count("\n") + 1
    result = run("check", copy)
    assert result.exit_code == 1
    (told,) = [each for each in result.output.splitlines() if each.startswith(f"{path}:{line}:") and " C001 " in each]
    assert " error " in told
    assert " → " in told
    nl = run("check", copy, "--lang", "nl")
    assert nl.exit_code == 1
    assert nl.output != result.output


def test_what_cannot_be_read_is_exit_code_two(copy: Path, tmp_path: Path) -> None:
    (copy / "2026" / "questionnaire.yaml").write_text("pages: [unclosed\n", "utf-8")
    result = run("check", copy)
    assert result.exit_code == 2
    assert "questionnaire.yaml:" in result.output
    assert "2026: cannot be read" in result.output
    nowhere = run("check", tmp_path / "nowhere")
    assert nowhere.exit_code == 2


def test_findings_come_as_json_too(copy: Path) -> None:
    clean = json.loads(run("check", copy / "2026", "--json").output)
    assert [each["year"] for each in clean["instruments"]] == [2026]
    assert len(clean["instruments"][0]["hash"]) == 64
    changed(copy / "2026" / "questionnaire.yaml", "ev_interim == 1", "nobody == 1")
    result = run("check", copy / "2026", "--json", "--no-hints")
    assert result.exit_code in (1, 2)
    found = json.loads(result.output)["findings"]
    assert {"code", "level", "file", "line", "column", "name", "message", "fix"} <= found[0].keys()
    assert all(each["level"] != "hint" for each in found)


def test_simulate_fills_a_draft_and_never_an_open_wave_and_one_command_removes_its_cases(tmp_path: Path) -> None:
    environment = {"instance": tmp_path, "instruments": INSTRUMENTS}
    assert run("db", "upgrade", **environment).exit_code == 0
    refused = run("simulate", STUDY, 2026, "--n", 3, **environment)
    assert refused.exit_code == 2
    assert "There is no wave" in refused.output
    assert run("wave", "create", STUDY, 2026, **environment).exit_code == 0
    done = run("simulate", STUDY, 2026, "--n", 3, "--seed", 4, **environment)
    assert done.exit_code == 0, done.output
    assert f"{STUDY} 2026: 3 cases" in done.output
    assert "draft" in run("wave", "list", **environment).output
    with Database(Settings.model_validate({"environment": "development", "instance": tmp_path}).url) as database:
        make_ready(database, STUDY, 2026)
    assert run("wave", "open", STUDY, 2026, **environment).exit_code == 0
    refused = run("simulate", STUDY, 2026, "--n", 3, **environment)
    assert refused.exit_code == 2
    assert "robots would stand among people" in " ".join(refused.output.split())
    removed = run("wave", "remove-tests", STUDY, 2026, "--yes", **environment)
    assert "5 test cases removed" in removed.output  # three robots, and a trial in each language
    refused = run("wave", "delete", STUDY, 2026, "--yes", **environment)
    assert refused.exit_code == 2
    assert "only a draft" in " ".join(refused.output.split())


def test_a_draft_wave_is_deleted_with_its_test_cases(tmp_path: Path) -> None:
    environment = {"instance": tmp_path, "instruments": INSTRUMENTS}
    assert run("db", "upgrade", **environment).exit_code == 0
    assert run("wave", "create", STUDY, 2026, **environment).exit_code == 0
    assert run("simulate", STUDY, 2026, "--n", 2, **environment).exit_code == 0
    assert run("wave", "delete", STUDY, 2026, "--yes", **environment).exit_code == 0
    assert "There are no waves yet" in run("wave", "list", **environment).output
    assert run("wave", "create", STUDY, 2026, **environment).exit_code == 0


def test_coverage_reports_every_role_in_both_languages_and_stores_nothing(tmp_path: Path) -> None:
    result = run("simulate", STUDY, 2026, "--coverage", instance=tmp_path, instruments=INSTRUMENTS)
    assert result.exit_code == 0, result.output
    assert len(result.output.splitlines()) == 8
    assert "contractor nl: pages 31/31" in result.output
    assert list(tmp_path.iterdir()) == []
