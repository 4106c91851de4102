"""Cases that began with different versions stand in one column per variable."""

from __future__ import annotations

from typing import Any

from surveyapp.analysis.columns import ChoiceColumn, CodeColumn, RankColumn
from surveyapp.instrument.model import NOT_ASKED, Instrument
from surveyapp.instrument.resolve import resolved
from surveyapp.reports.case_store import CaseStore
from surveyapp.reports.extract import extract
from surveyapp.reports.grid import Grid
from surveyapp.reports.tabulate import tabulate
from surveyapp.reports.wave_data import WaveData
from tests.instrument.definitions import DELETE, in_memory
from tests.reports.waves import STAND, record

LISTS, Q, V = "variables.code_lists", "questionnaire.pages", "variables.variables"
WAY = {"code": 7, "key": "quiet", "label": {"nl": "Rustig", "en": "Quiet"}}
CAUSE = {"code": 4, "key": "calm", "label": {"nl": "Rust", "en": "Calm"}}


def wave(*changes: tuple[str, Any]) -> Instrument:
    return resolved(in_memory(*changes), 2026)


def grown() -> Instrument:
    """A version with a way in front of the others, another cause and a third place."""
    ways = [WAY, *in_memory().variables.document.data["code_lists"]["ways"]["categories"]]  # type: ignore[union-attr]
    return wave((f"{LISTS}.ways.categories", ways), (f"{LISTS}.causes.categories.+", CAUSE), (f"{V}.im_rank.ranks", 3))


def test_answers_of_both_versions_land_under_their_own_codes() -> None:
    old, new = wave(), grown()
    first, second = old.variable("a_ways").codes[:2]
    records = [
        record(old, 0, "contractor", {"gr_assign": 8, "a_ways": [second], "im_rank": [2, 1]}),
        record(new, 1, "contractor", {"gr_assign": 8, "a_ways": [7, first], "im_rank": [4, 2, 1]}),
    ]
    by_hash = {old.hash: old, new.hash: new}
    for dataset in (extract(new, records, by_hash.__getitem__), _fed(new, records, by_hash)):
        ways, ranks = dataset.columns["a_ways"], dataset.columns["im_rank"]
        assert isinstance(ways, ChoiceColumn)
        assert isinstance(ranks, RankColumn)
        chosen = [{code for code, here in zip(ways.codes, row, strict=True) if here} for row in ways.chosen.tolist()]
        assert chosen == [{second}, {7, first}]
        assert ranks.places.tolist() == [[2, 1, -1], [4, 2, 1]]


def test_who_began_before_a_question_was_added_was_not_asked_it() -> None:
    old, new = wave((f"{Q}.3.items.0", DELETE)), wave()
    assert "im_rank" not in old.variables
    records = [
        record(old, 0, "contractor", {"gr_assign": 8}),
        record(new, 1, "contractor", {"gr_assign": 8, "im_rank": [1]}),
    ]
    dataset = extract(new, records, {old.hash: old, new.hash: new}.__getitem__)
    ranks, marks = dataset.columns["im_rank"], dataset.columns["gr_assign"]
    assert isinstance(marks, CodeColumn)
    assert marks.values.tolist() == [8, 8]
    assert ranks.missing.tolist() == [NOT_ASKED, 0]


def _fed(instrument: Instrument, records: list[dict[str, Any]], by_hash: dict[str, Instrument]) -> Any:
    store = CaseStore(instrument)
    for one in records:
        store.take_in([one], by_hash.__getitem__)
    return store.dataset()


def test_the_base_names_who_was_asked_by_each_version_that_has_cases() -> None:
    old, new = wave((f"{Q}.1.items.2.show_if", "gr_assign >= 6")), wave((f"{Q}.1.items.2.show_if", "gr_assign >= 8"))
    by_hash = {old.hash: old, new.hash: new}
    records = [
        record(old, 0, "contractor", {"gr_assign": 7, "a_months": 3}),
        record(new, 1, "contractor", {"gr_assign": 9, "a_months": 5}),
    ]

    def counted(*given: dict[str, Any]) -> Grid:
        store = CaseStore(new)
        store.take_in(given, by_hash.__getitem__)
        data = WaveData(new, store.dataset(), STAND, 1, store.earlier())
        return tabulate(data, "a_months")

    both = counted(*records)
    assert both.total.asked in (2, None)  # below the threshold the count is not shown
    assert "8" in both.item.base["en"]
    assert "6" in both.item.base["en"]
    assert "earlier version" in both.item.base["en"]
    assert "eerdere versie" in both.item.base["nl"]
    assert "earlier version" not in counted(records[1]).item.base["en"]
    gone = {**records[0], "state": "withdrawn", "revision": 2}
    store = CaseStore(new)
    store.take_in(records, by_hash.__getitem__)
    store.take_in([gone], by_hash.__getitem__)
    assert store.earlier() == ()


def test_a_question_that_an_earlier_version_had_not_was_asked_of_nobody_then() -> None:
    old, new = wave((f"{Q}.3.items.0", DELETE)), wave()
    store = CaseStore(new)
    store.take_in([record(old, 0, "contractor", {"gr_assign": 8})], {old.hash: old, new.hash: new}.__getitem__)
    data = WaveData(new, store.dataset(), STAND, 1, store.earlier())
    assert tabulate(data, "im_rank").item.base["en"].endswith("nobody")
    assert "earlier" not in tabulate(data, "gr_assign").item.base["en"]
