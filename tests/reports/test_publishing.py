"""Somebody who may not see cases looks before and after every arrival, and at the closing: what can they subtract?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import combinations, permutations
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import numpy as np
import pytest

from surveyapp import clock
from surveyapp.instrument.loader import load_instrument
from surveyapp.instrument.model import Instrument
from surveyapp.reports.banners import banners
from surveyapp.reports.publishing import Standing, least_for_figures, next_step, published
from surveyapp.reports.tabulate import tabulate
from surveyapp.reports.wave_data import Step, WaveData
from surveyapp.storage.case_feed import keys_of
from surveyapp.storage.publication import HALF, THIRD, is_held_back, new_lot
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


@pytest.fixture(autouse=True)
def lots(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same lots in every run: which groups can be shown depends on them."""
    random = Random(12)
    monkeypatch.setattr("surveyapp.storage.publication.secrets.token_hex", lambda size: random.randbytes(size).hex())


@dataclass
class Keeper:
    """What the database does with steps, in memory."""

    steps: list[Step] = field(default_factory=list)
    known: frozenset[UUID] = frozenset()

    def look(self, data: WaveData) -> WaveData:
        step = next_step(data, self._standing())
        if step is not None:
            self.steps.append(step)
            self.known = self._finished(data)
        return published(data, self._standing())

    def close(self, data: WaveData) -> WaveData:
        if self.known <= self._finished(data) and not any(step.has_lost for step in self.steps):
            return data
        return published(data, Standing((*self.steps[:-1], replace(self.steps[-1], has_lost=True))), is_over=True)

    def _standing(self) -> Standing:
        return Standing(tuple(self.steps), clock.now(), np.sort(keys_of(list(self.known))))

    def _finished(self, data: WaveData) -> frozenset[UUID]:
        return frozenset(UUID(str(case)) for case in data.dataset.complete().ids)


def removed_from(data: WaveData, number: int) -> WaveData:
    """A wave that is over, drawn anew because somebody took answers back."""
    return published(data, Standing((Step(number, False, True, True, new_lot(), THIRD),)), is_over=True)


def _seen(data: WaveData, variable: str) -> dict[str, People]:
    """Per column that is shown and has people, who gave a valid answer in it; checked against what is printed."""
    cases = data.cases()
    valid = cases.codes(variable) >= 0
    found: dict[str, People] = {}
    for by in ("role", "language"):
        table = tabulate(data, variable, [by])
        part = banners([by], data.instrument, cases)[0]
        groups = [np.ones(cases.n, dtype=np.bool_), *(part.split.members(at) for at in range(part.split.size))]
        for (head, bases), group in zip(table.columns, groups, strict=True):
            if not bases.is_hidden:
                assert bases.valid == int((group & valid).sum())
                if bases.valid:
                    found[head.key] = frozenset(str(case) for case in cases.ids[group & valid])
    return found


def _few(looks: Mapping[str, Sequence[People]]) -> tuple[int, str]:
    """The fewest people by whom any two figures of any two moments differ where one lies within the other, or that
    one group differs by between two moments."""
    best = (10**9, "")
    known = {people: f"{name} at {at}" for name, series in looks.items() for at, people in enumerate(series)}
    # A total less a group inside it is a figure too, of the moment both were shown.
    for one, other in permutations(list(known), 2):
        if other < one and len(one - other) < best[0]:
            best = (len(one - other), f"{known[one]} less {known[other]}")
    for name, series in looks.items():
        for one, other in combinations(series, 2):
            if one != other and len(one ^ other) < best[0]:
                best = (len(one ^ other), f"{name} at two moments")
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
    keeper, people = Keeper(), [_somebody(number, random) for number in range(500)]
    before = keeper.look(wave(_instrument(), people))
    lot = keeper.steps[-1].lot
    assert lot is not None
    reserved = {case for case in keeper.known if is_held_back(lot, HALF, case)}
    trainers = [one for one in people if one["role"] == "trainer" and one["case_id"] in reserved]
    assert any("role:trainer" in _seen(before, name) for name in VARIABLES), "the attack needs a group that is shown"
    for gone in trainers[4:]:
        gone.update(state="withdrawn", answers={})
    looks = {name: [_seen(before, name)] for name in VARIABLES}
    if is_step_between:
        people += [{**_somebody(number, random), "role": "participant"} for number in range(500, 700)]
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


@pytest.mark.parametrize("had_steps", [False, True])
def test_answers_taken_back_after_the_closing_move_no_figure_by_a_few(had_steps: bool) -> None:
    random = Random(11)
    keeper, people = Keeper(), [_somebody(number, random) for number in range(500)]
    looks: dict[str, dict[str, list[People]]] = {name: {} for name in VARIABLES}

    def note(data: WaveData) -> None:
        for name in VARIABLES:
            for key, members in _seen(data, name).items():
                looks[name].setdefault(key, []).append(members)

    if had_steps:
        note(keeper.look(wave(_instrument(), people)))
    note(keeper.close(wave(_instrument(), people)))
    finished = [one for one in people if one["state"] == "complete"]
    for number, gone in enumerate(random.sample(finished, 3)):
        gone.update(state="withdrawn", answers={})
        everything = wave(_instrument(), people)
        whole = {key: [*series, _seen(everything, "v_mark")[key]] for key, series in looks["v_mark"].items()}
        assert _few(whole)[0] < K, "the attack finds nobody where everything is shown after a removal"
        after = removed_from(everything, number + 2)
        assert str(gone["case_id"]) not in {str(case) for case in after.dataset.ids}
        assert {"total", "role:participant"} <= set(_seen(after, "v_mark")), "safe and useless"
        note(after)
    for name in VARIABLES:
        fewest, how = _few(looks[name])
        assert fewest >= K, (name, how)


def test_after_a_restore_an_open_wave_shows_nothing_until_a_step_that_is_drawn_anew() -> None:
    random = Random(6)
    people = [_somebody(number, random) for number in range(300)]
    data = wave(_instrument(), people)
    keeper = Keeper()
    before = keeper.look(data)  # what had been shown, which the restored database does not know
    keeper = Keeper([Step(4, is_blind=True)])
    paused = published(data, Standing(tuple(keeper.steps), clock.now()))
    assert all(bases.is_hidden for bases in tabulate(paused, "v_mark", ["role"]).bases[0])
    after = keeper.look(data)
    for name in VARIABLES:
        seen, then = _seen(after, name), _seen(before, name)
        assert "total" in seen
        assert _few({key: [one[key] for one in (then, seen) if key in one] for key in then})[0] >= K


def test_a_closed_wave_out_of_which_somebody_left_pauses_when_it_opens_again() -> None:
    people = [_somebody(number, Random(7)) for number in range(100)]
    data = wave(_instrument(), people)
    shown = frozenset(UUID(str(case)) for case in data.dataset.complete().ids)
    for has_lost in (False, True):
        again = published(
            data, Standing((Step(1, is_whole=True, has_lost=has_lost),), clock.now(), np.sort(keys_of(list(shown))))
        )
        assert again.extent is not None
        assert again.extent.is_paused == has_lost


def test_nothing_moves_between_two_steps() -> None:
    random = Random(9)
    keeper, people = Keeper(), [_somebody(number, random) for number in range(80)]
    before = keeper.look(wave(_instrument(), people))
    assert before.extent is not None
    assert before.extent.steps
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
    assert tabulate(data, "v_mark").total.is_hidden
    assert tabulate(data, "v_mark").total.valid is None
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
    assert after.extent is not None
    assert after.extent.is_paused
    assert all(bases.is_hidden for bases in tabulate(after, "v_mark", ["role"]).bases[0])
