from __future__ import annotations

import stat
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from surveyapp import clock, demonstration
from surveyapp.config import Settings
from surveyapp.errors import ConfigurationError
from surveyapp.fieldwork import waves
from surveyapp.storage import accounts, audit
from surveyapp.storage.database import Database

ROOT = Path(__file__).parents[1]


def settings(tmp_path: Path, **parts: object) -> Settings:
    defaults = {"environment": "development", "instance": tmp_path, "instruments": ROOT / "instruments"}
    return Settings.model_validate({**defaults, **parts})


def facts(made: Settings) -> dict[str, object]:
    database = Database(made.url)
    with database.read() as session:
        counted = session.connection().execute(text("SELECT year, state, count(*) FROM cases GROUP BY 1, 2"))
        found = {
            "waves": [(info.year, info.state) for info in waves.wave_list(session)],
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


def test_seeding_makes_two_waves_and_an_account_per_role_and_a_second_time_nothing(tmp_path: Path) -> None:
    made = settings(tmp_path)
    first = demonstration.seed(made, number=12)
    assert first.cases == {2025: 12, 2026: 12}
    assert first.accounts == 4
    before = facts(made)
    assert before["waves"] == [(2026, "open"), (2025, "closed")]
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
        demonstration.seed(made, number=5)
    monkeypatch.setattr(demonstration, "simulate", simulate)
    assert demonstration.seed(made, number=5).cases == {2025: 0, 2026: 5}
    assert facts(made)["waves"] == [(2026, "open"), (2025, "closed")]


def test_shared_accounts_are_made_on_a_developers_machine_only(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="SURVEYAPP_ENVIRONMENT=development"):
        demonstration.seed(settings(tmp_path, environment="production"))
    assert list(tmp_path.iterdir()) == []


def test_the_password_is_made_here_kept_private_and_shown_to_the_developer(tmp_path: Path) -> None:
    made = settings(tmp_path)
    demonstration.seed(made, number=1)
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
            demonstration.seed(made, number=4)
            database = Database(made.url)
            with database.read() as session:
                this, last = waves.wave_list(session)
                latest = session.connection().execute(text("SELECT max(started_on) FROM cases")).scalar_one()
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
