from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from surveyapp.cli import main
from surveyapp.fieldwork.import_wave import import_wave
from surveyapp.instrument.mapping import load_mapping
from surveyapp.storage.database import Database
from tests.reports.waves import STUDY, real_instrument

RESPONSES = STUDY.parents[2] / "shared" / "study" / "2014" / "responses.csv"
needs_the_file = pytest.mark.skipif(not RESPONSES.exists(), reason="the answers of 2014 are not on this machine")


@pytest.fixture
def wave_of_2014(sqlite_database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    with sqlite_database.write() as session:
        import_wave(
            session, RESPONSES.read_bytes(), load_mapping(STUDY / "2014" / "mapping.yaml"), real_instrument(2014)
        )
    monkeypatch.setenv("SURVEYAPP_DATABASE_URL", f"sqlite:///{sqlite_database.file}")


def _run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["table", "goed-opdrachtgeverschap", "2014", *arguments])
    return result.exit_code, result.output


@needs_the_file
@pytest.mark.usefixtures("wave_of_2014")
def test_the_mark_of_2014_is_the_one_the_report_printed() -> None:
    code, output = _run("gr_assign", "--by", "source", "--json")
    assert code == 0
    table = json.loads(output)
    mean = next(row for row in table["rows"] if row["kind"] == "mean")
    # The report printed 7.9; 765 of the 908 gave a mark (the file itself: R mean(q0022, na.rm = TRUE) = 7.9294).
    assert table["columns"][0]["n"] == table["base"]["valid"] == 765
    assert mean["cells"][0]["value"] == pytest.approx(7.9294, abs=5e-5)
    assert sum(column["n"] for column in table["columns"][1:]) == 765
    assert table["weight"] == "none"


@needs_the_file
@pytest.mark.usefixtures("wave_of_2014")
def test_care_fades_from_contracting_to_feedback_and_closing_as_the_report_said() -> None:
    means = {}
    for name in ("ph_contract", "ph_feedback", "ph_close"):
        table = json.loads(_run(name, "--json")[1])
        means[name] = next(row for row in table["rows"] if row["kind"] == "mean")["cells"][0]["value"]
        missing = {row["code"]: row["cells"][0]["count"] for row in table["rows"] if row["kind"] == "missing"}
        assert missing[-1] > 0  # 0 in the file is not applicable, never a value
    assert means["ph_contract"] > means["ph_feedback"]
    assert means["ph_contract"] > means["ph_close"]


@needs_the_file
@pytest.mark.usefixtures("wave_of_2014")
def test_people_read_a_table_and_are_told_what_they_cannot_ask() -> None:
    code, output = _run("gr_assign", "--lang", "nl")
    assert code == 0
    assert "Gemiddelde" in output
    assert "7,9" in output
    code, output = _run("gr_asign")
    assert code == 2
    assert "nearest: gr_assign" in output


def test_a_wave_that_is_not_there_is_one_clear_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    database = Database(f"sqlite:///{tmp_path / 'empty.sqlite3'}")
    database.upgrade()
    database.close()
    monkeypatch.setenv("SURVEYAPP_DATABASE_URL", f"sqlite:///{tmp_path / 'empty.sqlite3'}")
    code, output = _run("gr_assign")
    assert code == 2
    assert "There is no wave" in output
