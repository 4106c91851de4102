"""``surveyapp wave create`` and ``wave weigh`` put the targets of weighting.yaml in force."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from surveyapp.cli import main
from tests.instrument.definitions import patched, write
from tests.instrument.examples_of_checks import margin, weighted


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("SURVEYAPP_INSTANCE", str(tmp_path / "instance"))
    monkeypatch.setenv("SURVEYAPP_INSTRUMENTS", str(tmp_path / "instruments"))
    monkeypatch.setenv("SURVEYAPP_ENVIRONMENT", "development")

    def ran(*arguments: str, code: int = 0) -> str:
        result = CliRunner().invoke(main, list(arguments))
        assert result.exit_code == code, result.output
        return result.output

    return ran


def test_targets_come_with_the_wave_and_change_by_a_deed(run: Any, tmp_path: Path) -> None:
    folder = write(tmp_path / "instruments" / "tiny-study", patched(weighted(margin())))
    study = json.loads((folder / "study.yaml").read_text("utf-8"))["study"]
    folder = folder.rename(folder.parent / study)
    run("db", "upgrade")
    run("wave", "create", study, "2026")
    assert "Alles" in run("weights", study, "2026", "--lang", "nl")
    assert "these targets are in force already" in run("wave", "weigh", study, "2026", code=2)

    write(folder, patched(weighted(margin(shares={"1": 30, "2": 70}), report="all")))
    said = run("wave", "weigh", study, "2026")
    (scheme,) = json.loads(run("weights", study, "2026", "--json"))
    assert said == f"{study} 2026: all ({scheme['version']}); the report is weighted by all.\n"
    assert scheme["report"] is True
    assert scheme["parts"] == []  # nobody has answered yet
    assert scheme["quality"] is None
    assert "all (all, version" in run("weights", study, "2026").replace("Alles", "all")

    write(folder, patched(weighted(margin(shares={"1": 30, "2": 60}))))
    assert "M005" in run("check", str(folder), code=1)
    assert "add up to 90" in run("wave", "weigh", study, "2026", code=2)

    (folder / "2026" / "weighting.yaml").unlink()
    assert "nothing is weighted any more; the report is not weighted." in run("wave", "weigh", study, "2026")
    assert "has no targets to weight by" in run("weights", study, "2026")
