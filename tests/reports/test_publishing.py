"""Somebody who may not see cases looks before and after every arrival, and at the closing: what can they subtract?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import permutations
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import numpy as np
import pytest

from surveyapp import clock
from surveyapp.analysis.columns import Bools
from surveyapp.analysis.disclosure import Division, Family
from surveyapp.analysis.published_steps import Moment, waiting
from surveyapp.instrument.loader import load_instrument
from surveyapp.instrument.model import Instrument
from surveyapp.reports.banners import banners
from surveyapp.reports.publishing import Standing, chosen_cases, least_for_figures, published
from surveyapp.reports.tabulate import tabulate
from surveyapp.reports.wave_data import Step, WaveData
from tests.reports.waves import record, wave

K = 10
COURSE = Path(__file__).parents[2] / "instruments" / "cursusevaluatie"
VARIABLES = ("v_mark", "te_clear", "w_helped")
People = frozenset[str]


@cache
def _instrument() -> Instrument:
    return load_instrument(COURSE, 2026)


def _somebody(number: int, random: Random) -> dict[str, Any]:
    role = random.choices(["participant", "trainer"], [80, 20])[0]
    answers: dict[str, Any] = {"s_consent": 1}
    for name in VARIABLES:
        variable = _instrument().variables[name]
        if random.random() < 0.9:
            answers[name] = [variable.codes[0]] if name == "w_helped" else random.choice(variable.codes)
        else:
            answers[name] = -9
    return record(
        _instrument(),
        number,
        role,
        answers,
        language=random.choices(["nl", "en"], [85, 15])[0],
        source=random.choices(["open", "mail"], [70, 30])[0],
        device=random.choice(["phone", "desktop"]),
        state=random.choices(["complete", "started"], [90, 10])[0],
    )


@dataclass
class Keeper:
    """What the database does with steps, in memory."""

    steps: list[Step] = field(default_factory=list)
    cases: dict[UUID, tuple[int, int | None]] = field(default_factory=dict)

    def look(self, data: WaveData) -> WaveData:
        finished = [UUID(str(case)) for case in data.dataset.complete().ids]
        counts = np.array([self.cases.get(case, (0, None))[1] is not None for case in finished], dtype=np.bool_)
        lost = self._lost(finished)
        has_lost = bool(lost)
        chosen = chosen_cases(data, counts, has_lost=has_lost)
        if chosen is not None:
            number = len(self.steps) + 1
            self.steps.append(Step(number, has_lost=has_lost))
            for case in lost:
                self.cases[case] = (self.cases[case][0], None)
            for case, is_chosen, counted in zip(finished, chosen, counts, strict=True):
                if is_chosen:
                    self.cases[case] = (self.cases.get(case, (number, None))[0], number)
                elif not counted:
                    self.cases.setdefault(case, (number, None))
        return published(data, Standing(tuple(self.steps), clock.now(), dict(self.cases)))

    def close(self, data: WaveData) -> WaveData:
        finished = [UUID(str(case)) for case in data.dataset.complete().ids]
        if not set(self.cases) - set(finished):
            return data
        lost, number = self._lost(finished), len(self.steps) + 1
        for case in lost:
            self.cases[case] = (self.cases[case][0], None)
        for case in finished:
            if self.cases.get(case, (0, None))[1] is None:
                self.cases[case] = (number, number)
        self.steps.append(Step(number, is_whole=True, has_lost=bool(lost)))
        forgotten = {case: (step or 1, step) for case, (_, step) in self.cases.items()}
        return published(data, Standing(tuple(self.steps), clock.now(), forgotten), is_over=True)

    def _lost(self, finished: Sequence[UUID]) -> list[UUID]:
        return [case for case, (_, step) in self.cases.items() if step is not None and case not in set(finished)]


def _seen(data: WaveData, variable: str) -> dict[str, People]:
    """Per column that is shown and has people, who gave a valid answer in it; checked against what is printed."""
    cases = data.cases()
    valid = cases.codes(variable) >= 0
    found: dict[str, People] = {}
    for by in ("role", "language"):
        table = tabulate(data, variable, [by])
        part = banners([by], data.instrument, cases)[0]
        groups = [np.ones(cases.n, dtype=np.bool_), *(part.split.members(at) for at in range(part.split.size))]
        for column, group in zip(table.columns, groups, strict=True):
            if not column.suppressed:
                assert column.n == int((group & valid).sum())
                if column.n:
                    found[column.key] = frozenset(str(case) for case in cases.ids[group & valid])
    return found


def _few(looks: Mapping[str, Sequence[People]]) -> tuple[int, str]:
    """The fewest people between any two figures of any two moments, of which one lies within the other."""
    best = (10**9, "")
    known = {people: f"{name} at {at}" for name, series in looks.items() for at, people in enumerate(series)}
    # A total less a group inside it is a figure too, of the moment both were shown.
    for one, other in permutations(list(known), 2):
        if other < one and len(one - other) < best[0]:
            best = (len(one - other), f"{known[one]} less {known[other]}")
    return best


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("withdraws", [0.0, 0.02])
def test_no_look_before_or_after_an_arrival_nor_the_closing_tells_of_fewer_than_ten(
    seed: int, withdraws: float
) -> None:
    random = Random(seed)
    keeper, people = Keeper(), list[dict[str, Any]]()
    looks: dict[str, dict[str, list[People]]] = {name: {} for name in VARIABLES}
    versions: list[int] = []
    for number in range(230):
        people.append(_somebody(number, random))
        if random.random() < withdraws:
            gone = random.choice(people)
            gone["state"] = "withdrawn"
            gone["answers"] = {}
        data = keeper.look(wave(_instrument(), people))
        if versions and versions[-1] == data.version:
            continue  # the same step: the same figures, checked below
        versions.append(data.version)
        for name in VARIABLES:
            for key, members in _seen(data, name).items():
                looks[name].setdefault(key, []).append(members)
    closed = keeper.close(wave(_instrument(), people))
    for name in VARIABLES:
        assert looks[name], "nothing was ever shown, which is safe and useless"
        for key, members in _seen(closed, name).items():
            looks[name].setdefault(key, []).append(members)
        fewest, how = _few(looks[name])
        assert fewest >= K, (name, how)
    assert len(versions) >= 3


@pytest.mark.parametrize("is_step_between", [False, True])
@pytest.mark.parametrize("seed", range(3))
def test_a_reserve_that_is_withdrawn_before_the_closing_makes_no_last_move_of_a_few(
    seed: int, is_step_between: bool
) -> None:
    random = Random(seed)
    keeper, people = Keeper(), [_somebody(number, random) for number in range(200)]
    before = keeper.look(wave(_instrument(), people))
    reserved = {case for case, (_, step) in keeper.cases.items() if step is None}
    trainers = [one for one in people if one["role"] == "trainer" and one["case_id"] in reserved]
    assert any("role:trainer" in _seen(before, name) for name in VARIABLES), "the attack needs a group that is shown"
    for gone in trainers[4:]:
        gone.update(state="withdrawn", answers={})
    looks = {name: [_seen(before, name)] for name in VARIABLES}
    if is_step_between:
        people += [{**_somebody(number, random), "role": "participant"} for number in range(200, 300)]
        for name in VARIABLES:
            looks[name].append(_seen(keeper.look(wave(_instrument(), people)), name))
    everything = wave(_instrument(), people)
    closed = keeper.close(everything)

    def fewest(last: WaveData) -> int:
        series = {name: [*known, _seen(last, name)] for name, known in looks.items()}
        return min(
            _few({key: [one[key] for one in seen if key in one] for key in {key for one in seen for key in one}})[0]
            for seen in series.values()
        )

    assert fewest(everything) < K, "the attack finds nobody where everything is shown at the closing"
    assert fewest(closed) >= K
    assert _seen(closed, "v_mark"), "everyone's figures are still shown"


def test_nothing_moves_between_two_steps() -> None:
    random = Random(9)
    keeper, people = Keeper(), [_somebody(number, random) for number in range(80)]
    before = keeper.look(wave(_instrument(), people))
    assert before.publication is not None
    assert before.publication.steps
    for number in range(80, 95):
        people.append(_somebody(number, random))
        now = keeper.look(wave(_instrument(), people))
        assert now.version == before.version
        assert {*now.dataset.ids} == {*before.dataset.ids}
        assert (
            tabulate(now, "v_mark", ["role"]).as_dict()["columns"]
            == tabulate(before, "v_mark", ["role"]).as_dict()["columns"]
        )


def test_before_the_first_step_there_are_no_figures_and_only_finished_questionnaires_ever_count() -> None:
    random = Random(3)
    few = [{**_somebody(number, random), "state": "complete"} for number in range(least_for_figures(K) - 1)]
    data = Keeper().look(wave(_instrument(), few))
    assert tabulate(data, "v_mark").columns[0].suppressed
    assert tabulate(data, "v_mark").base.valid is None
    many = [_somebody(number, random) for number in range(150)]
    data = Keeper().look(wave(_instrument(), many))
    assert data.dataset.n
    assert data.dataset.is_complete.all()


def test_who_takes_answers_back_is_gone_at_once_and_the_figures_pause() -> None:
    random = Random(5)
    keeper, people = Keeper(), [_somebody(number, random) for number in range(150)]
    before = keeper.look(wave(_instrument(), people))
    gone = str(before.dataset.ids[0])
    for one in people:
        if str(one["case_id"]) == gone:
            one.update(state="withdrawn", answers={})
    after = keeper.look(wave(_instrument(), people))
    assert gone not in set(after.dataset.ids)
    assert after.publication is not None
    assert after.publication.is_paused
    assert all(column.suppressed for column in tabulate(after, "v_mark", ["role"]).columns)


# ------------------------------------------------------------------------------------------------------- the rule alone
def _family(groups: int) -> Family:
    members = np.zeros((1 + groups, groups), dtype=np.bool_)
    members[0] = True
    members[1:] = np.eye(groups, dtype=np.bool_)
    division = Division(0, tuple(range(1, groups + 1)))
    return Family(members, np.array([0] + [1] * groups), np.full(groups, 1_000.0), (division,))


def _moment(sizes: Sequence[int], reserve: Sequence[int], **parts: bool) -> Moment:
    return Moment((np.array(sizes, dtype=np.float64),), (np.array(reserve, dtype=np.float64),), **parts)


def _waiting(*moments: Moment) -> list[bool]:
    found: Bools = waiting(_family(len(moments[0].bases[0])), moments, K)
    return [bool(one) for one in found]


def test_a_group_that_would_move_by_a_few_waits_and_what_would_give_it_away_with_it() -> None:
    first = _moment([40, 30, 20], [20, 20, 20])
    assert _waiting(first) == [False, False, False, False]
    # a moves by 12, b by 11, c by 3: c waits, and of the others the smaller, or everyone less both would tell c's three
    assert _waiting(first, _moment([52, 41, 23], [20, 20, 20])) == [False, False, True, True]
    # ten together with those of the step before: it is shown again
    third = _moment([70, 60, 33], [20, 20, 20])
    assert _waiting(first, _moment([52, 41, 23], [20, 20, 20]), third) == [False, False, False, False]


def test_a_group_without_a_reserve_of_its_own_is_not_shown_while_others_can_come() -> None:
    assert _waiting(_moment([40, 30, 20], [20, 20, 4])) == [False, False, True, True]


def test_after_somebody_left_a_group_that_did_not_move_waits() -> None:
    first = _moment([40, 30, 20], [20, 20, 20])
    second = _moment([60, 50, 20], [20, 20, 20])
    assert _waiting(first, second) == [False, False, False, False]
    second = _moment([60, 50, 20], [20, 20, 20], has_lost=True)
    assert _waiting(first, second)[3]


def test_the_total_is_not_hidden_because_a_source_that_all_came_by_is_the_same_people_under_another_name() -> None:
    members = np.array([[1, 1], [1, 0], [0, 1], [1, 1]], dtype=np.bool_)  # all; two roles; the one source
    divisions = (Division(0, (1, 2)), Division(0, (3,)))
    family = Family(members, np.array([0, 1, 1, 5]), np.full(2, 1_000.0), divisions)
    # The second role has no reserve: it waits, and with it the first, or everyone less the first would be shown.
    found = waiting(family, [_moment([40, 20], [30, 4])], K)
    assert [bool(one) for one in found] == [False, True, True, False]
