"""``surveyapp check --against``: two waves side by side."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from surveyapp.cli import main
from surveyapp.fieldwork import waves
from surveyapp.instrument.loader import load_instrument
from surveyapp.storage.database import Database
from tests.instrument.definitions import patched, write

INSTRUMENTS = Path(__file__).parents[2] / "instruments"
STUDY = "goed-opdrachtgeverschap"


@pytest.fixture(autouse=True)
def no_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A database that is not there yet."""
    url = f"sqlite:///{tmp_path / 'survey.sqlite3'}"
    monkeypatch.setenv("SURVEYAPP_DATABASE_URL", url)
    return url


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["check", *map(str, arguments)])


def test_every_change_is_named_with_its_effect_and_both_wordings() -> None:
    # tests/instruments_content/test_item_pool.py lists the 27 wordings; three hints more, four of them routed anew.
    # Three of what is unchanged are derived; a fourth of 2025 is gone with the amount it was made of.
    result = run(INSTRUMENTS / STUDY / "2026", "--against", 2025)
    assert result.exit_code == 0, result.output
    assert "dr_network: text changed → indicative" in result.output
    assert "This assignment widens my network. → Through this assignment" in result.output
    assert "mt_goal: new → break" in result.output
    assert "88 unchanged, 30 text changed, 18 routing changed, 13 rotation changed, 3 new, 14 gone" in result.output


def test_in_dutch_too() -> None:
    told = run(INSTRUMENTS / STUDY / "2026", "--against", 2025, "--lang", "nl").output
    assert "dr_network: tekst gewijzigd → indicatief" in told


def test_as_data_every_variable_is_there_with_its_reasons() -> None:
    data = json.loads(run(INSTRUMENTS / STUDY / "2026", "--against", 2025, "--json").output)
    (comparison,) = data["comparisons"]
    assert (comparison["earlier"], comparison["later"]) == (2025, 2026)
    by_name = {each["name"]: each for each in comparison["variables"]}
    assert len(by_name) == 154  # four of them derived
    (text, _) = by_name["dr_network"]["texts"]
    assert text["old"]["en"] == "This assignment widens my network."
    assert all(each["reasons"][0].keys() == {"nl", "en"} for each in by_name.values())


def test_an_imported_wave_compares_by_what_the_registry_links() -> None:
    data = json.loads(run(INSTRUMENTS / STUDY / "2026", "--against", 2014, "--json").output)
    by_name = {each["name"]: each for each in data["comparisons"][0]["variables"]}
    assert by_name["gr_assign"]["changes"] == ["measured otherwise"]
    # Before, 24 of these stood as unchanged, where results said that they were worded differently.
    for each in by_name.values():
        assert (each["changes"] == ["unchanged"]) <= (each["effect"] == "continue"), each["name"]
    indicative = [each for each in by_name.values() if each["effect"] == "indicative"]
    assert indicative
    assert all(each["reasons"] for each in indicative)


def test_a_code_that_came_to_mean_something_else_since_it_was_published_is_an_error_on_top(
    tmp_path: Path, no_database: str
) -> None:
    folder = write(tmp_path / "tiny", patched())
    database = Database(no_database)
    database.upgrade()
    with database.write() as session:
        waves.create_wave(session, load_instrument(folder, 2026))
    database.close()
    assert run(folder, "--against", 2026).exit_code == run(folder).exit_code  # what was published is what stands there

    write(folder, patched(("variables.code_lists.causes.categories.0.key", "other_thing")))
    result = run(folder, "--against", 2026)

    assert result.exit_code == 1
    first, second, *_ = result.output.splitlines()
    assert first == "tiny 2026 → 2026 (the earlier as it was published)"
    assert " error I001 im_rank: " in second
    assert "variables.yaml:" in second


def test_checking_makes_no_database(tmp_path: Path) -> None:
    run(INSTRUMENTS / STUDY / "2026", "--against", 2025)
    assert not (tmp_path / "survey.sqlite3").exists()


def test_a_year_without_a_wave_cannot_be_read() -> None:
    result = run(INSTRUMENTS / STUDY, "--against", 2020)
    assert result.exit_code == 2
    assert "2020: no wave lies here; " in result.output
