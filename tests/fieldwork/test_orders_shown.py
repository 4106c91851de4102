"""The order in which a person saw shuffled lists is kept beside the case, from the beginning to the archive."""

from __future__ import annotations

from pathlib import Path

from surveyapp.engine.shown_order import shown_orders
from surveyapp.fieldwork import interviews
from surveyapp.fieldwork.waves import create_wave, open_wave
from surveyapp.instrument.loader import load_instrument
from surveyapp.storage import cases
from surveyapp.storage.database import Database

STUDY = Path(__file__).resolve().parents[2] / "instruments" / "goed-opdrachtgeverschap"


def test_the_order_shown_is_stored_with_the_case_and_survives_sending(database: Database) -> None:
    instrument = load_instrument(STUDY, 2026)
    with database.write() as session:
        create_wave(session, instrument)
        wave = open_wave(session, instrument.study.id, 2026)
        case, _ = interviews.begin(session, wave, instrument, "contractor", "nl", "open", seed=7)
    expected = {
        f"{each.kind}:{each.name}": list(each.keys)
        for each in shown_orders(instrument.questionnaire("contractor"), seed=7)
    }
    assert any(name.startswith("statements:") for name in expected)
    with database.read() as session:
        assert cases.flags(session, case.study, case.case_id) == {"shown": expected}
    with database.write() as session:
        left = interviews.save_page(
            session, case, "start", {"s_elig": 1}, expected_seq=0, client_key="key-of-form", language="nl"
        ).case
        interviews.send(session, left, {})
    with database.read() as session:
        assert cases.flags(session, case.study, case.case_id) == {"shown": expected, "off_path": ["s_elig"]}


def test_two_people_seldom_see_the_same_order(database: Database) -> None:
    instrument = load_instrument(STUDY, 2026)
    with database.write() as session:
        create_wave(session, instrument)
        wave = open_wave(session, instrument.study.id, 2026)
        begun = [
            interviews.begin(session, wave, instrument, "contractor", "nl", "open", seed=seed)[0] for seed in range(12)
        ]
    with database.read() as session:
        seen = {str(cases.flags(session, case.study, case.case_id)["shown"]) for case in begun}
    assert len(seen) == 12
