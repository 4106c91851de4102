"""Filters on request: granted by who is in them, and never at the price of what is shown or of a few people."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from itertools import combinations, permutations
from random import Random

import numpy as np
import pytest
from pydantic import ValidationError

from surveyapp.analysis.columns import CodeColumn
from surveyapp.errors import BadQuery, NotReleased
from surveyapp.instrument.conditions.mask import is_true
from surveyapp.instrument.conditions.parse import Condition, parse_condition
from surveyapp.instrument.definition import FilterEntry
from surveyapp.instrument.model import NamedFilter
from surveyapp.reports import requested_filters
from surveyapp.reports.release import release_of
from surveyapp.reports.released_filters import require_released, with_requested
from surveyapp.reports.requested_filters import MOST_REQUESTED, request_filter
from surveyapp.reports.tabulate import tabulate
from surveyapp.reports.wave_data import WaveData
from tests.reports.test_disclosure_of_tables import K, _shown, _wave, smallest_derivable

PARTS = (
    "b_size == 1", "b_size in [1, 2]", "b_size in [3, 4, 5]", "b_sector == 3", "b_sector in [1, 2, 3]",
    "role == 'procurement'", "role in ['contractor', 'manager']", "language == 'en'", "b_gender in [1, 2]",
    "b_voltrend in [1, 2]", "a_kind in [1, 2, 3, 4]",
)  # fmt: skip
FORM = "groups of at most 3 variables"
REFUSED = "With this filter, figures could tell of fewer than 10 people"


def asked(data: WaveData, expression: str) -> WaveData:
    """The data once this is released; the same where it is released already."""
    found = request_filter(data, expression)
    if isinstance(found, NamedFilter):
        return data
    return _with(data, [found])


def _with(data: WaveData, conditions: list[Condition]) -> WaveData:
    before = [named.condition.source for named in data.instrument.filters if named.is_requested]
    plain = replace(data.instrument, filters=tuple(n for n in data.instrument.filters if not n.is_requested))
    return replace(data, instrument=with_requested(plain, [*before, *(one.source for one in conditions)]), kept={})


def _spelt(random: Random) -> str:
    return " and ".join(random.sample(PARTS, random.choice([1, 1, 2, 2, 3])))


def answer(data: WaveData, expression: str) -> tuple[str, tuple[str, ...]]:
    """What an editor learns from one request."""
    try:
        found = request_filter(data, expression)
    except NotReleased as refusal:
        return str(refusal), tuple(refusal.nearest)
    return "granted", (found.id if isinstance(found, NamedFilter) else found.source,)


@pytest.mark.parametrize(("n", "seed"), [(420, 4), (900, 6)])
def test_whatever_was_granted_before_no_chain_of_three_subtractions_speaks_of_fewer_than_ten(n: int, seed: int) -> None:
    data, random, granted = _wave(n, seed), Random(seed), 0
    for _ in range(40):
        try:
            data = asked(data, _spelt(random))
        except NotReleased:
            continue
        granted = sum(named.is_requested for named in data.instrument.filters)
    assert granted >= 3  # refusing everything would be safe and useless
    for base, populations in _shown.__wrapped__(data, "gr_assign").items():
        fewest, how = smallest_derivable(populations)
        assert fewest >= K, (base, how)


@pytest.mark.slow
def test_what_was_shown_stays_shown_whatever_is_granted_later() -> None:
    data, random = _wave(420, 4), Random(11)
    shown: dict[str, set[str]] = {}
    for _ in range(25):
        for base, populations in _shown.__wrapped__(data, "gr_client").items():
            here = {name for name in populations if " less " not in name}
            assert shown.get(base, set()) <= here
            shown[base] = here
        with suppress(NotReleased):
            data = asked(data, _spelt(random))


@pytest.mark.parametrize("number", [0, 17, 101, 256, 351])
def test_grant_and_refusal_tell_no_answer_of_anybody_by_halving(number: int) -> None:
    # "everybody of a large group, or this one person if the mark is so many at most": granted where nobody is added.
    data = _wave(420, 4)
    cases = data.dataset.complete()
    known = {
        name: int(cases.codes(name)[number])
        for name in ("b_size", "b_sector", "b_gender", "b_voltrend")
        if cases.codes(name)[number] >= 0
    }
    person = " and ".join([f"b_birth == {1950 + number % 50}", *(f"{name} == {code}" for name, code in known.items())])
    spelt = ("role == 'contractor' or ({})", "not ({})", "role == 'contractor' and not holds({})", "{}")
    for form in spelt:
        told = {answer(data, form.format(f"{person} and gr_client <= {mark}")) for mark in range(1, 11)}
        assert len(told) == 1
        assert FORM in next(iter(told))[0]


def test_what_is_no_group_of_variables_is_refused_by_its_form_before_any_case_is_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = _wave(420, 4)

    def looked(_: WaveData) -> None:
        raise AssertionError("the data were looked at")

    monkeypatch.setattr(requested_filters, "release_of", looked)
    for expression in (
        "b_size >= 3", "b_size == 1 or b_sector == 3", "not (b_size == 1)", "b_size in [1, dk]", "answered(b_size)",
        "b_size == 1 and b_size in [1, 2]", "gr_assign in [6, 7, 8]", "b_birth == 1980", "b_pc2 in [32]", "true",
        "any_of(b_kind, [1])", "b_size in [1] and b_sector in [3] and role in ['manager'] and language in ['nl']",
        "holds(b_size == 1)",
    ):  # fmt: skip
        with pytest.raises(NotReleased, match=FORM):
            request_filter(data, expression)


def test_nobody_and_one_get_one_answer_and_the_same_nearest() -> None:
    # The planted person is the only one of procurement in a small firm in building; without, there is nobody.
    one = _wave(420, 4)
    nobody = _without_last(one)
    told = set()
    for parts in permutations(("b_size in [1]", "b_sector in [3]", "role in ['procurement']")):
        asked_for = " and ".join(parts)
        assert answer(one, asked_for) == answer(nobody, asked_for)
        told.add(answer(one, asked_for)[0].split(".")[0])
    assert told == {REFUSED}


def test_one_answer_of_one_person_turns_no_verdict_but_where_a_group_becomes_large_enough() -> None:
    one = _wave(420, 4)
    nobody, random, turned = _without_last(one), Random(3), 0
    for _ in range(60):
        parts = random.sample(PARTS, random.choice([1, 2, 3]))
        asked_for = " and ".join(parts)
        if answer(one, asked_for) != answer(nobody, asked_for):
            turned += 1
            cases = one.dataset.complete()
            masks = [is_true(parse_condition(part), cases) for part in parts]
            fewest = [
                np.bincount(sum(mask << at for at, mask in enumerate(some)), minlength=1 << len(some)).min()
                for many in range(1, len(parts) + 1)
                for some in combinations([mask.astype(int) for mask in masks], many)
            ]
            assert K in fewest, asked_for
    assert turned <= 3


def _without_last(data: WaveData) -> WaveData:
    kept = np.arange(data.dataset.n - 1)
    return replace(data, dataset=data.dataset.take(kept), kept={})


def test_a_group_of_nobody_and_one_of_a_few_look_alike_in_a_filter_that_was_granted() -> None:
    # The filter leaves one person of a small firm in building, or nobody; the table by size says which of them to none.
    looks = []
    for data in (_wave(420, 4), _without_last(_wave(420, 4))):
        within = _with(data, [parse_condition("b_sector in [3] and role in ['procurement']")])
        for by in ("b_size", "b_gender"):
            table = tabulate(within, "gr_assign", [by], "requested_1")
            looks.append((by, [(head.key, base.is_hidden) for head, base in table.columns]))
    assert looks[:2] == looks[2:]


def test_the_same_groups_are_one_filter_however_they_are_spelt() -> None:
    data = asked(_wave(420, 4), "role in ['contractor', 'manager'] and b_size in [1, 2]")
    for spelt in (
        "b_size in [2, 1] and role in ['manager', 'contractor']",
        "(role in ['manager', 'contractor']) and (b_size in [2, 1])",
    ):
        assert answer(data, spelt) == ("granted", ("requested_1",))
    assert answer(data, "role == 'contractor'") == ("granted", ("professionals",))


def test_nearly_the_people_of_what_is_released_are_refused_also_where_nobody_differs() -> None:
    data = asked(_wave(420, 4), "b_size in [1, 2]")
    small = np.isin(data.dataset.codes("b_size"), [1, 2])
    for left_out in (0, 1, 5):
        values = np.where(small, 1, 2).astype(np.int16)
        values[np.flatnonzero(small)[:left_out]] = 2
        columns = {**data.dataset.columns, "b_gender": CodeColumn(values)}
        alike = replace(data, dataset=replace(data.dataset, columns=columns, _cache={}), kept={})
        assert answer(alike, "b_gender in [1]")[0].startswith(REFUSED)


def test_the_nearest_leaves_out_the_last_part_first_and_is_granted() -> None:
    data = _wave(420, 4)
    with pytest.raises(NotReleased) as refusal:
        request_filter(data, "b_size == 1 and b_sector == 3")
    assert refusal.value.nearest == ("b_size in [1]",)
    assert isinstance(request_filter(data, *refusal.value.nearest), Condition)
    assert "can be granted" in str(refusal.value)
    assert "b_size" not in str(refusal.value)  # said in words, not as an expression


def test_a_granted_filter_is_asked_for_by_name_and_counts_from_then_on() -> None:
    data = _wave(900, 6)
    before = release_of(data)
    after = asked(data, "role in ['contractor', 'manager']")
    assert release_of(after) is not before
    require_released(after.instrument, ("role",), "requested_1")
    table = tabulate(after, "gr_assign", ["role"], "requested_1")
    assert not table.total.is_hidden
    assert not any("not for publication" in note["en"] for note in table.item.notes)
    found = request_filter(after, " role in ['contractor','manager'] ")
    assert isinstance(found, NamedFilter)
    assert found.id == "requested_1"


def test_a_wave_has_a_dozen_filters_on_request_at_most() -> None:
    data = _wave(900, 6)
    full = _with(data, [parse_condition(f"gr_assign >= {least % 9 + 1} or b_size == {least}") for least in range(12)])
    assert sum(named.is_requested for named in full.instrument.filters) == MOST_REQUESTED
    with pytest.raises(NotReleased, match="12 filters"):
        request_filter(full, "language == 'en'")


def test_what_cannot_be_read_is_no_refusal() -> None:
    data = _wave(160, 2)
    for expression in ("b_size ==", "no_such == 1", "source == 'elsewhere'"):
        with pytest.raises(BadQuery) as fault:
            request_filter(data, expression)
        assert not isinstance(fault.value, NotReleased)
    with pytest.raises(NotReleased, match="Choose first"):
        request_filter(data, "  ")


def test_a_filter_that_ought_not_to_have_been_granted_has_no_figures_either() -> None:
    # The grant is a courtesy: what is shown is judged for each variable anew, with whatever stands in the ledger.
    data = _with(_wave(420, 4), [parse_condition("not (b_size == 1 and b_sector == 3 and role == 'procurement')")])
    assert tabulate(data, "gr_assign", (), "requested_1").total.is_hidden


def test_without_the_rule_of_differences_the_same_requests_find_somebody(monkeypatch: pytest.MonkeyPatch) -> None:
    from surveyapp.analysis import disclosure

    monkeypatch.setattr(disclosure._Look, "_culprits", lambda *_: [])
    data = _with(_wave.__wrapped__(420, 4), [parse_condition("not (b_size == 1 and b_sector == 3)")])
    fewest, _ = smallest_derivable(_shown.__wrapped__(data, "gr_assign")["asked"])
    assert fewest < K


def test_a_language_that_was_granted_keeps_its_figures_in_a_wave_that_is_over() -> None:
    # Its people are a group of the fieldwork page; while that went first, the filter went with it, for two in five.
    data = asked(_wave(900, 6), "language in ['nl']")
    release, hidden = release_of(data), []
    judge = release.judge(parse_condition("language in ['nl']"), ())
    assert judge is not None
    for name in sorted(data.instrument.variables)[::6]:
        if name in release.cases.columns:
            missing = release.cases.columns[name].missing
            dutch = is_true(parse_condition("language in ['nl']"), release.cases) & release.is_counted & (missing >= 0)
            others = (release.is_counted & (missing >= 0)).sum() - dutch.sum()
            if min(dutch.sum(), others) >= 2 * K:
                hidden.append(bool(judge.hidden(missing)[0]))
    assert len(hidden) > 10
    assert np.mean(hidden) <= 0.1


def test_no_filter_of_a_plan_can_bear_the_name_of_one_on_request() -> None:
    with pytest.raises(ValidationError, match="requested_1"):
        FilterEntry(id="requested_1", label={"nl": "Iets", "en": "Something"}, where="role == 'manager'")
