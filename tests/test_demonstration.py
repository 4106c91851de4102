from __future__ import annotations

import shutil
import stat
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from surveyapp import clock, demonstration
from surveyapp.config import Settings
from surveyapp.errors import ConfigurationError, NotFound
from surveyapp.fieldwork import waves
from surveyapp.storage import accounts, audit
from surveyapp.storage.database import Database

ROOT = Path(__file__).parents[1]
LARGE, SMALL = "goed-opdrachtgeverschap", "cursusevaluatie"


def settings(tmp_path: Path, **parts: object) -> Settings:
    defaults = {"environment": "development", "instance": tmp_path, "instruments": ROOT / "instruments"}
    return Settings.model_validate({**defaults, **parts})


def facts(made: Settings) -> dict[str, object]:
    database = Database(made.url)
    with database.read() as session:
        counted = session.connection().execute(
            text("SELECT study_id, year, state, count(*) FROM cases GROUP BY 1, 2, 3")
        )
        found = {
            "waves": [(info.study, info.year, info.state) for info in waves.wave_list(session)],
            "cases": sorted(tuple(row) for row in counted),
            "staff": [
                accounts.roles_of(session, user.id)
                for email in demonstration.STAFF.values()
                if (user := accounts.user_by_email(session, email))
            ],
            "audit": audit.verify(session),
        }
    database.close()
    return found


def test_seeding_makes_every_study_and_an_account_per_role_and_a_second_time_nothing(tmp_path: Path) -> None:
    made = settings(tmp_path)
    first = demonstration.seed(made, number=12)
    assert first.cases == {(SMALL, 2026): 12, (LARGE, 2025): 12, (LARGE, 2026): 12}
    assert first.accounts == 4
    before = facts(made)
    assert sorted(before["waves"]) == [(SMALL, 2026, "open"), (LARGE, 2025, "closed"), (LARGE, 2026, "open")]
    assert before["staff"] == [("viewer",), ("editor",), ("researcher",), ("admin",)]
    assert before["audit"].holds
    again = demonstration.seed(made, number=12)
    assert not again.changed_anything
    assert facts(made) == before


def test_an_interrupted_seeding_goes_on_where_it_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = settings(tmp_path)

    def interrupted(*arguments: object, **named: object) -> object:
        if arguments[3] == 2026:
            raise KeyboardInterrupt
        return simulate(*arguments, **named)

    simulate = demonstration.simulate
    monkeypatch.setattr(demonstration, "simulate", interrupted)
    with pytest.raises(KeyboardInterrupt):
        demonstration.seed(made, number=5, study=LARGE)
    monkeypatch.setattr(demonstration, "simulate", simulate)
    assert demonstration.seed(made, number=5, study=LARGE).cases == {(LARGE, 2025): 0, (LARGE, 2026): 5}
    assert facts(made)["waves"] == [(LARGE, 2026, "open"), (LARGE, 2025, "closed")]


def test_one_study_can_be_shown_alone_and_gets_no_more_cases_than_its_targets(tmp_path: Path) -> None:
    made = settings(tmp_path)
    # instruments/cursusevaluatie/study.yaml: 140 participants and 20 trainers
    assert demonstration.seed(made, number=1200, study=SMALL).cases == {(SMALL, 2026): 160}
    assert facts(made)["waves"] == [(SMALL, 2026, "open")]


def test_a_folder_with_one_study_is_demonstrated_without_the_other(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "instruments" / SMALL, tmp_path / "instruments" / SMALL)
    made = settings(tmp_path, instruments=tmp_path / "instruments")
    assert demonstration.seed(made, number=3).cases == {(SMALL, 2026): 3}
    welcome = demonstration.welcome_text(made, "http://127.0.0.1:8000")
    assert "http://127.0.0.1:8000/en/survey/cursusevaluatie-2026" in welcome
    assert LARGE not in welcome


def test_a_study_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no study nowhere"):
        demonstration.seed(settings(tmp_path), study="nowhere")
    with pytest.raises(NotFound, match="no study with a questionnaire"):
        demonstration.seed(settings(tmp_path, instruments=tmp_path))


def test_shared_accounts_are_made_on_a_developers_machine_only(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="SURVEYAPP_ENVIRONMENT=development"):
        demonstration.seed(settings(tmp_path, environment="production"))
    assert list(tmp_path.iterdir()) == []


def test_the_password_is_made_here_kept_private_and_shown_to_the_developer(tmp_path: Path) -> None:
    made = settings(tmp_path)
    demonstration.seed(made, number=1, study=LARGE)
    path = tmp_path / "demonstration-password"
    password = path.read_text("utf-8").strip()
    assert len(password) >= 15
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    welcome = demonstration.welcome_text(made, "http://127.0.0.1:8000")
    assert "http://127.0.0.1:8000/nl/onderzoek/goed-opdrachtgeverschap-2026" in welcome
    assert "researcher@example.org" in welcome
    assert password in welcome
    assert password not in demonstration.welcome_text(settings(tmp_path, environment="production"), "http://x")


def test_before_any_seeding_the_welcome_names_no_accounts(tmp_path: Path) -> None:
    assert "example.org" not in demonstration.welcome_text(settings(tmp_path), "http://127.0.0.1:8000")


def test_the_open_wave_has_three_weeks_behind_it_whenever_the_demonstration_is_made(tmp_path: Path) -> None:
    for moment in (
        datetime(2026, 11, 23, 12, tzinfo=UTC),
        datetime(2026, 11, 4, 12, tzinfo=UTC),
        datetime(2029, 3, 1, tzinfo=UTC),
    ):
        with clock.stopped_at(moment):
            made = settings(tmp_path / f"{moment:%Y%m%d}")
            demonstration.seed(made, number=4, study=LARGE)
            database = Database(made.url)
            with database.read() as session:
                this, last = waves.wave_list(session)
                latest = session.connection().execute(text("SELECT max(day) FROM day_count")).scalar_one()
            database.close()
            assert this.opened_at is not None
            assert last.closed_at is not None
            assert (moment - this.opened_at).days >= demonstration.LEAST_DAYS - 1
            assert last.closed_at < this.opened_at
            assert date.fromisoformat(str(latest)) <= clock.today()


def test_days_of_fieldwork_peak_after_each_mailing_and_rest_at_weekends() -> None:
    monday = date(2026, 11, 2)
    weights = dict(demonstration.fieldwork_days(monday, monday + timedelta(days=20)))
    assert len(weights) == 21
    for mailed in (0, 7, 14):
        assert weights[monday + timedelta(days=mailed)] > weights[monday + timedelta(days=mailed + 3)]
        assert weights[monday + timedelta(days=mailed + 4)] > weights[monday + timedelta(days=mailed + 5)]
