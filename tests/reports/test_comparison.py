"""Own answers beside the average of the own role: which figures, over whom, and above which number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast
from uuid import uuid4

import pytest

from surveyapp.engine.answers import Value
from surveyapp.instrument.compare import comparable
from surveyapp.instrument.model import Instrument, Shape, Text, TrendEffect, TrendLink
from surveyapp.reports.comparison import LEAST, MOST, Comparison, Comparisons
from surveyapp.reports.live import LiveWaves
from surveyapp.reports.wave_data import WaveData
from surveyapp.storage.database import Database
from surveyapp.storage.imports import replace_cases
from tests.builders import running_wave
from tests.reports.waves import STAND, real_instrument, record, wave

STUDY = "goed-opdrachtgeverschap"
EFFECT = ("effect", 4)


class OneWave:
    """Snapshots of a single wave, which count how often they are asked."""

    def __init__(self, data: WaveData) -> None:
        self.kept = data

    def published(self, study: str, year: int) -> WaveData:
        assert (study, year) == (STUDY, self.kept.instrument.wave.year)
        return self.kept


def earlier(
    answers: list[Mapping[str, Value]], role: str = "contractor", instrument: Instrument | None = None
) -> WaveData:
    then = instrument or real_instrument(2025)
    whole = [{"s_consent": 1, "s_elig": 1, **given} for given in answers]
    return wave(then, [record(then, number, role, given) for number, given in enumerate(whole)])


def finished(database: Database, instrument: Instrument) -> None:
    """Let somebody have finished this wave: one that nobody did stands beside no other."""
    somebody = {"case_id": uuid4(), "instrument_hash": instrument.hash, "role": "contractor", "state": "complete"}
    with database.write() as session:
        replace_cases(session, STUDY, instrument.wave.year, [{**somebody, "started_on": None}])


def compare(
    database: Database,
    data: WaveData,
    answers: Mapping[str, Any],
    role: str = "contractor",
    state: str = "closed",
    now: Instrument | None = None,
) -> Comparison:
    running_wave(database, data.instrument, state)
    finished(database, data.instrument)
    now = now or real_instrument(2026)
    running_wave(database, now)
    with database.read() as session:
        return Comparisons(cast("LiveWaves", OneWave(data))).of(session, now, role, answers)


def items(instrument: Instrument, construct: str) -> tuple[str, ...]:
    return tuple(
        name
        for name in instrument.constructs[construct].items
        if name in instrument.questionnaires["contractor"].questions
    )


def test_the_average_is_that_of_the_valid_answers_of_the_role(sqlite_database: Database) -> None:
    # 30 × 7 and 20 × 9: (210 + 180) / 50 = 7.8; don't know (-2) and skipped (-9) count for nothing
    marks: list[Mapping[str, Value]] = [{"gr_client": value} for value in [7] * 30 + [9] * 20 + [-2] * 5 + [-9] * 5]
    found = compare(sqlite_database, earlier(marks), {"gr_client": 6})
    (line,) = found.lines
    assert (line.indicator.id, line.own, line.average, line.n) == ("gr_client", 6.0, pytest.approx(7.8), 50)
    assert (line.indicator.low, line.indicator.high, line.indicator.is_single) == (1, 10, True)
    assert found.year == 2025
    assert found.role["en"] == "independent professionals"


@pytest.mark.parametrize(("n", "shown"), [(LEAST - 1, 0), (LEAST, 1)])
def test_fifty_valid_answers_are_needed_whatever_the_size_of_the_wave(
    sqlite_database: Database, n: int, shown: int
) -> None:
    marks: list[Mapping[str, Value]] = [{"gr_client": 7}] * n + [{"gr_client": -2}] * 100
    assert len(compare(sqlite_database, earlier(marks), {"gr_client": 6}).lines) == shown


@pytest.mark.parametrize("state", ["draft", "test", "open"])
def test_only_a_closed_wave_is_compared_with(sqlite_database: Database, state: str) -> None:
    found = compare(sqlite_database, earlier([{"gr_client": 7}] * 60), {"gr_client": 6}, state=state)
    assert (found.year, found.lines) == (None, ())


def test_what_somebody_did_not_answer_is_not_compared(sqlite_database: Database) -> None:
    data = earlier([{"gr_client": 7, "gr_assign": 8}] * 60)
    found = compare(sqlite_database, data, {"gr_client": -2, "gr_assign": -9, "gr_prof": 4})
    assert found.lines == ()
    assert found.year == 2025


def test_a_construct_is_the_mean_of_its_statements_for_who_answered_two_thirds(sqlite_database: Database) -> None:
    first, second, third, fourth = items(real_instrument(2026), "effect")
    # 40 people: (5 + 4 + 3) / 3 = 4; 20 people: (2 + 2 + 2 + 2) / 4 = 2; 30 people gave two of four: too few
    given: list[Mapping[str, Value]] = (
        [{first: 5, second: 4, third: 3, fourth: -9}] * 40
        + [{first: 2, second: 2, third: 2, fourth: 2}] * 20
        + [{first: 5, second: 5, third: -9, fourth: -9}] * 30
    )
    own = {first: 1, second: 2, third: 3}
    (line,) = compare(sqlite_database, earlier(given), own).lines
    assert (line.indicator.id, line.own, line.n, line.indicator.is_single) == ("effect", 2.0, 60, False)
    assert line.average == pytest.approx((40 * 4 + 20 * 2) / 60)


def test_too_few_statements_of_ones_own_are_not_compared(sqlite_database: Database) -> None:
    first, second, *rest = items(real_instrument(2026), "effect")
    data = earlier([dict.fromkeys((first, second, *rest), 4)] * 60)
    assert compare(sqlite_database, data, {first: 1, second: 2}).lines == ()


def test_a_reversed_statement_is_turned_on_both_sides(sqlite_database: Database) -> None:
    # An item whose words changed since 2025 may not be compared, and is left out.
    now, then = real_instrument(2026), real_instrument(2025)
    names = [name for name in items(now, "effect") if comparable(name, then, now).effect.is_comparable]

    def turned(year: int) -> Instrument:
        instrument = real_instrument(year)
        construct = replace(instrument.constructs["effect"], reversed=(names[0],))
        return replace(instrument, constructs={**instrument.constructs, "effect": construct})

    # 5 on a reversed statement is 1, own: 1 is 5; of three: (1 + 3 + 3) / 3 and (5 + 3 + 3) / 3
    assert len(names) == 3
    data = earlier([{names[0]: 5, **dict.fromkeys(names[1:], 3)}] * 50, instrument=turned(2025))
    (line,) = compare(sqlite_database, data, {names[0]: 1, **dict.fromkeys(names[1:], 3)}, now=turned(2026)).lines
    assert (line.own, line.average) == (pytest.approx(11 / 3), pytest.approx(7 / 3))


def test_marks_come_first_and_there_are_at_most_eight(sqlite_database: Database) -> None:
    now = real_instrument(2026)
    drivers = {name for each in now.constructs.values() if each.kind == "driver" for name in each.items}
    judged = {"gr_assign", "gr_client", "nps_client", *drivers} & now.questionnaires["contractor"].questions.keys()
    answers = {name: 4 for name in judged if now.variables[name].type.shape is Shape.CODE}
    then = real_instrument(2025)
    common = {name: value for name, value in answers.items() if name in then.variables}
    lines = compare(sqlite_database, earlier([common] * 60), answers).lines
    assert len(lines) == MOST
    assert [line.indicator.id for line in lines[:2]] == ["gr_assign", "gr_client"]
    kinds = [line.indicator.is_single for line in lines]
    assert kinds == sorted(kinds, reverse=True)


def test_a_question_that_was_put_differently_is_not_compared(sqlite_database: Database) -> None:
    then = real_instrument(2025)
    fewer = replace(then.variables["gr_client"], categories=then.variables["gr_client"].categories[:7])
    other = replace(then, variables={**then.variables, "gr_client": fewer})
    data = earlier([{"gr_client": 7, "gr_assign": 8}] * 60, instrument=other)
    found = compare(sqlite_database, data, {"gr_client": 6, "gr_assign": 6})
    assert [line.indicator.id for line in found.lines] == ["gr_assign"]


def test_of_an_imported_wave_only_what_continues_is_compared(sqlite_database: Database) -> None:
    now = real_instrument(2026)
    link = TrendLink(series="go2014", column="x", effect=TrendEffect.BREAK, reason=Text({"nl": "x", "en": "x"}))
    broken = replace(now.variables["gr_client"], trend=(link,))
    kept = replace(now.variables["gr_assign"], trend=(replace(link, effect=TrendEffect.CONTINUE, reason=None),))
    data = earlier([{"gr_client": 7, "gr_assign": 8}] * 60, instrument=real_instrument(2014))
    changed = replace(now, variables={**now.variables, "gr_client": broken, "gr_assign": kept})
    found = compare(sqlite_database, data, {"gr_client": 6, "gr_assign": 6}, now=changed)
    assert [line.indicator.id for line in found.lines] == ["gr_assign"]
    assert found.year == 2014


def test_figures_are_kept_until_the_wave_changes(sqlite_database: Database) -> None:
    data = earlier([{"gr_client": 7}] * 60)
    running_wave(sqlite_database, data.instrument, "closed")
    finished(sqlite_database, data.instrument)
    now = real_instrument(2026)
    live = OneWave(data)
    comparisons = Comparisons(cast("LiveWaves", live))

    def average() -> float:
        with sqlite_database.read() as session:
            return comparisons.of(session, now, "contractor", {"gr_client": 6}).lines[0].average

    assert average() == 7
    fresh = earlier([{"gr_client": 9}] * 60)
    live.kept = WaveData(fresh.instrument, fresh.dataset, STAND, 1)  # the same version: nothing can have changed
    assert average() == 7
    live.kept = WaveData(fresh.instrument, fresh.dataset, STAND, 2)
    assert average() == 9
