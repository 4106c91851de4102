"""Who may not see cases looks before and after every exclusion and every undoing: whom can they subtract?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random
from typing import Any
from uuid import UUID

import pytest

from surveyapp.reports.exclusions import excluded_note, told_exclusions
from surveyapp.reports.publishing import Standing, published
from surveyapp.reports.quality_effect import effects
from surveyapp.reports.tabulate import tabulate
from surveyapp.reports.wave_data import Step, WaveData
from surveyapp.storage.publication import THIRD, new_lot
from tests.reports.test_publishing import VARIABLES, K, Keeper, People, _few, _instrument, _seen, _somebody, lots
from tests.reports.waves import random_records, real_instrument, wave

assert lots  # the same lots in every run


def excluding(records: Sequence[dict[str, Any]]) -> WaveData:
    """A wave as `reports.live` gives it: without those that are excluded, who are known all the same."""
    data = wave(_instrument(), records)
    counted = data.dataset.included()
    if counted is data.dataset:
        return data
    return replace(data, dataset=counted, whole=data.dataset, left_out=data.dataset.n - counted.n)


class Closer(Keeper):
    """The same keeper, at a closing where some are excluded."""

    def close(self, data: WaveData) -> WaveData:
        out = data.finished.is_excluded
        still = frozenset(UUID(bytes=key) for key in _keys(data))
        if self.known <= still and int(out.sum()) <= K and not any(step.has_lost for step in self.steps):
            return data
        return published(data, Standing((*self.steps[:-1], replace(self.steps[-1], has_lost=True))), is_over=True)


def _keys(data: WaveData) -> list[bytes]:
    raw = data.finished.keys.tobytes()
    return [raw[at : at + 16] for at in range(0, len(raw), 16)]


@pytest.mark.parametrize(("rate", "undoes"), [(0.03, 0.5), (0.15, 0.2)], ids=["a few", "many"])
def test_no_look_before_or_after_an_exclusion_or_its_undoing_tells_of_fewer_than_ten(
    rate: float, undoes: float
) -> None:
    random = Random(4)
    keeper, people = Closer(), list[dict[str, Any]]()
    looks: dict[str, dict[str, list[People]]] = {name: {} for name in VARIABLES}
    versions: list[int] = []
    for number in range(260):
        people.append(_somebody(number, random))
        if random.random() < rate:
            random.choice(people)["quality_decision"] = "excluded"
        if random.random() < rate * undoes:
            random.choice(people)["quality_decision"] = None
        data = keeper.look(excluding(people))
        if versions and versions[-1] == data.version:
            continue
        versions.append(data.version)
        for name in VARIABLES:
            for key, members in _seen(data, name).items():
                looks[name].setdefault(key, []).append(members)
    assert any(one.get("quality_decision") for one in people)
    closed = keeper.close(excluding(people))
    for name in VARIABLES:
        assert looks[name], "nothing was ever shown, which is safe and useless"
        for key, members in _seen(closed, name).items():
            looks[name].setdefault(key, []).append(members)
        fewest, how = _few(looks[name])
        assert fewest >= K, (name, how)
    assert len(versions) >= 3


def test_an_exclusion_moves_no_figure_of_an_open_wave_before_the_next_step() -> None:
    random = Random(5)
    keeper, people = Closer(), [_somebody(number, random) for number in range(150)]
    before = keeper.look(excluding(people))
    for one in [one for one in people if str(one["case_id"]) in set(before.dataset.ids)][:3]:
        one["quality_decision"] = "excluded"
    after = keeper.look(excluding(people))
    assert after.version == before.version
    assert {*after.dataset.ids} == {*before.dataset.ids}
    assert tabulate(after, "v_mark").as_dict() == tabulate(before, "v_mark").as_dict()
    people += [_somebody(number, random) for number in range(150, 250)]
    later = keeper.look(excluding(people))
    assert later.version != before.version
    out = {str(one["case_id"]) for one in people if one.get("quality_decision")}
    assert not out & {str(case) for case in later.dataset.ids}


def test_one_who_is_excluded_after_the_closing_follows_from_no_two_figures() -> None:
    random = Random(11)
    people = [_somebody(number, random) for number in range(500)]
    before = excluding(people)
    next(one for one in people if one["state"] == "complete")["quality_decision"] = "excluded"
    naive = excluding(people)
    looks = {key: [seen, _seen(naive, "v_mark")[key]] for key, seen in _seen(before, "v_mark").items()}
    assert _few(looks)[0] < K, "the attack finds nobody where the figures simply move"
    step = Step(1, has_lost=True, is_blind=True, lot=new_lot(), held_back=THIRD)
    after = published(naive, Standing((step,)), is_over=True)
    for name in VARIABLES:
        first, then = _seen(before, name), _seen(after, name)
        assert "total" in then
        assert _few({key: [one[key] for one in (first, then) if key in one] for key in first})[0] >= K


def test_every_table_says_how_many_are_excluded_and_nobody_is_told_of_a_few() -> None:
    people = [_somebody(number, Random(2)) for number in range(80)]
    assert excluded_note(excluding(people)) is None
    finished = [one for one in people if one["state"] == "complete"]
    for many, told in ((3, None), (12, 12)):
        for one in finished[:many]:
            one["quality_decision"] = "excluded"
        data = excluding(people)
        assert told_exclusions(data) == told
        table = tabulate(data, "v_mark")
        assert table.as_dict()["excluded"] == told
        assert table.total.valid == int((data.cases().codes("v_mark") >= 0).sum())
        said = "fewer than 10" if told is None else "12"
        assert f"left out for their quality: {said}." in table.item.method["en"]
        assert ("minder dan 10" if told is None else "12") in table.item.method["nl"]


def test_headlines_with_and_without_are_those_of_the_tables_and_hidden_where_few_make_the_difference() -> None:
    data = wave(real_instrument(), random_records(real_instrument(), 400, 3))
    finished = data.finished
    marks = finished.codes("gr_assign")
    few, many = finished.keys[:6], finished.keys[:80]
    effect = next(one for one in effects(data, many) if one.variable == "gr_assign")
    assert effect.with_all == pytest.approx(marks[marks >= 0].mean())
    assert effect.without == pytest.approx(marks[80:][marks[80:] >= 0].mean())
    assert all(one.is_hidden and one.without is None for one in effects(data, few) if one.variable == "gr_assign")
