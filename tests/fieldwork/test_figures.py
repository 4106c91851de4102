"""Counts of the fieldwork page: hand-counted cases, and rules that hold for any cases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID, uuid5

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveyapp.analysis.estimates import proportions
from surveyapp.fieldwork.case_lines import REVIEW, CaseChoice, CaseLine, Standing, short_id
from surveyapp.fieldwork.drop_off import LEAST_REACHED, drop_off, lowest_share
from surveyapp.fieldwork.figures import PARTS, Arrivals, fieldwork_figures, minutes
from surveyapp.fieldwork.wave_cases import WaveCases, short_numbers
from surveyapp.storage.case_feed import keys_of
from tests.fieldwork.lines import lines_of, wave_of

TODAY = date(2026, 10, 7)
NAMESPACE = UUID("7d8a2f5e-52f4-4f3b-9b6a-0a3d5d3b9f10")
ROLES = ("contractor", "manager")


def line(number: int = 0, **parts: object) -> CaseLine:
    plain = CaseLine(uuid5(NAMESPACE, str(number)), "contractor", "nl", "open", "phone", "started", date(2026, 10, 1))
    return replace(plain, **parts)  # type: ignore[arg-type]


def wave(*lines: CaseLine, takes_answers: bool = True) -> WaveCases:
    return wave_of(lines, TODAY, takes_answers=takes_answers)


def sent(number: int, **parts: object) -> CaseLine:
    return line(number, **{"state": "complete", "sent_on": date(2026, 10, 2), "seconds": 600} | parts)


def test_a_case_begun_today_is_in_progress_and_a_case_of_yesterday_has_left() -> None:
    cases = wave(line(started_on=TODAY), line(1, started_on=date(2026, 10, 6)))

    assert [cases.standing_of(at) for at in range(2)] == [Standing.IN_PROGRESS, Standing.LEFT]


def test_in_a_closed_wave_nobody_is_in_progress() -> None:
    cases = wave(line(started_on=TODAY), takes_answers=False)

    assert cases.standing_of(0) == Standing.LEFT


def test_break_off_after_consent_is_the_share_of_the_ended_that_left() -> None:
    # 1 left, 3 sent, 1 busy, 1 outside the population: 1 / (1 + 3)
    cases = wave(line(), sent(1), sent(2), sent(3), line(4, started_on=TODAY), line(5, state="screened_out"))

    total = fieldwork_figures(cases, Arrivals(), {}, ROLES).total.counts

    assert (total.begun, total.left, total.complete, total.in_progress, total.screened_out) == (6, 1, 3, 1, 1)
    assert total.break_off == pytest.approx(0.25)


def test_nobody_ended_gives_no_break_off_rather_than_nought() -> None:
    assert fieldwork_figures(wave(line(started_on=TODAY)), Arrivals(), {}, ROLES).total.counts.break_off is None


def test_introduction_break_off_rests_on_role_choices() -> None:
    assert Arrivals(role_chosen=200, consent_given=150, declined=20).break_off == pytest.approx(0.25)
    assert Arrivals().break_off is None


def test_every_role_of_the_study_has_a_row_with_its_target_also_without_cases() -> None:
    figures = fieldwork_figures(wave(sent(1)), Arrivals(), {"contractor": 400, "manager": 150}, ROLES)

    contractor, manager = figures.groups["role"]
    assert (contractor.gap, contractor.progress) == (399, pytest.approx(1 / 400))
    assert (manager.counts.begun, manager.gap) == (0, 150)
    assert figures.total.target == 550


def test_a_target_is_not_put_beside_part_of_a_role() -> None:
    figures = fieldwork_figures(
        wave(sent(1)), Arrivals(), {"contractor": 400}, ROLES, CaseChoice(role="contractor", language="nl")
    )

    assert figures.total.target is None
    assert figures.groups["role"][0].target is None


def test_days_without_events_are_listed_and_completes_add_up_per_role() -> None:
    cases = wave(
        line(1, started_on=date(2026, 10, 1)),
        sent(2, started_on=date(2026, 10, 1), sent_on=date(2026, 10, 1)),
        sent(3, started_on=date(2026, 10, 1), sent_on=date(2026, 10, 4), role="manager"),
    )

    days = fieldwork_figures(cases, Arrivals(), {}, ROLES).days

    assert [(day.day.day, day.begun, day.complete) for day in days] == [(1, 3, 1), (2, 0, 0), (3, 0, 0), (4, 0, 1)]
    assert days[-1].so_far == {"contractor": 1, "manager": 1}


@given(st.lists(st.one_of(st.integers(0, 7200), st.integers(0, 10**7)), max_size=60))
def test_minutes_are_the_percentiles_of_numpy(seconds: list[int]) -> None:
    known = [value for value in seconds if value]
    found = minutes(seconds)
    if not known:
        assert found is None
        return
    assert found is not None
    expected = numpy.percentile(known, [50, 10, 90]) / 60
    assert (found.median, found.p10, found.p90) == pytest.approx(tuple(expected))
    assert found.n == len(known)


lines_of_a_wave = st.lists(
    st.builds(
        line,
        number=st.integers(0, 10**6),
        role=st.sampled_from(ROLES),
        language=st.sampled_from(("nl", "en")),
        source=st.sampled_from(("open", "panel", "association")),
        device=st.sampled_from(("phone", "computer")),
        state=st.sampled_from(("started", "complete", "screened_out", "withdrawn")),
        started_on=st.dates(date(2026, 9, 28), TODAY),
        sent_on=st.just(TODAY),
        stopped_at=st.sampled_from((None, "work", "price")),
    ),
    max_size=40,
)


@given(lines_of_a_wave, st.booleans())
def test_the_rows_of_every_split_add_up_to_the_total_and_each_count_is_the_length_of_its_list(
    lines: list[CaseLine], takes_answers: bool
) -> None:
    cases = wave(*lines, takes_answers=takes_answers)
    figures = fieldwork_figures(cases, Arrivals(), {}, ROLES)

    for part in PARTS:
        groups = figures.groups[part]
        assert sum(group.counts.begun for group in groups) == figures.total.counts.begun
        for group in groups:
            of_group = CaseChoice(**{part: group.key})
            assert len(cases.chosen(of_group)) == group.counts.begun
            for standing in Standing:
                assert len(cases.chosen(of_group.but(state=standing.value))) == getattr(group.counts, standing.value)
    assert sum(day.begun for day in figures.days) == len(lines)


@given(lines_of_a_wave, st.sampled_from((*PARTS, "state", "page", "reached", "started")))
def test_what_is_chosen_is_what_was_put_in_and_answers_to_the_choice(lines: list[CaseLine], part: str) -> None:
    cases = wave(*lines)
    assert sorted(map(repr, lines_of(cases))) == sorted(map(repr, lines))
    means: dict[str, Callable[[CaseLine], object]] = {
        "state": lambda line: "left" if line.state == "started" and line.started_on != TODAY else line.state,
        "page": lambda line: line.stopped_at,
        "reached": lambda line: line.stopped_at,  # nobody saved a page here
        "started": lambda line: line.started_on,
    }
    said = means.get(part, lambda line: getattr(line, part))
    for value in {said(line) for line in lines} - {None, "started"}:
        wanted = sorted(repr(line) for line in lines if said(line) == value)
        assert sorted(map(repr, lines_of(cases, CaseChoice(**{part: value})))) == wanted  # type: ignore[arg-type]
        assert cases.count(CaseChoice(**{part: value})) == len(wanted)  # type: ignore[arg-type]


@given(lines_of_a_wave, st.dates(date(2026, 9, 25), date(2026, 10, 9)), st.integers(0, 9))
def test_a_range_of_days_holds_who_began_on_one_of_them(lines: list[CaseLine], since: date, days: int) -> None:
    until = since + timedelta(days=days)
    cases = wave(*lines)
    for choice, holds in (
        (CaseChoice(since=since), lambda day: day >= since),
        (CaseChoice(until=until), lambda day: day <= until),
        (CaseChoice(since=since, until=until), lambda day: since <= day <= until),
    ):
        wanted = sorted(repr(line) for line in lines if line.started_on is not None and holds(line.started_on))
        assert sorted(map(repr, lines_of(cases, choice))) == wanted


def test_short_ids_and_the_numbers_that_stand_for_them_have_one_order() -> None:
    ids = [line(number).case_id for number in range(500)]
    numbers = short_numbers(keys_of(ids)).tolist()
    assert [case for _, case in sorted(zip(numbers, ids, strict=True))] == sorted(ids, key=short_id)


def test_drop_off_counts_who_was_shown_a_page_and_who_stopped_there() -> None:
    cases = wave(
        line(1, page_seconds={"work": 40}, stopped_at="price"),
        line(2, page_seconds={}, stopped_at="work"),
        line(3, page_seconds={"work": 60}, stopped_at="price", started_on=TODAY),  # busy: shown, not left
        sent(4, page_seconds={"work": 80, "price": 100}),
    )

    work, price = drop_off(cases, {"contractor": ("work", "price")})["contractor"]

    assert (work.reached, work.left, work.share, work.seconds) == (4, 1, pytest.approx(1 / 4), 60)
    assert (price.reached, price.left, price.share, price.seconds) == (3, 1, pytest.approx(1 / 3), 100)
    assert (work.rank, price.rank) == (None, None)  # too few to point at


def test_who_sent_the_questionnaire_came_by_the_review() -> None:
    cases = wave(
        line(1, page_seconds={"work": 40}, stopped_at=REVIEW), *(sent(n, page_seconds={"work": 9}) for n in (2, 3, 4))
    )

    (review,) = drop_off(cases, {"contractor": (REVIEW,)})["contractor"]

    assert (review.reached, review.left, review.share) == (4, 1, pytest.approx(1 / 4))
    assert cases.count(CaseChoice(reached=REVIEW)) == sum(each.has_reached(REVIEW) for each in lines_of(cases)) == 4


def _left_at(losses: dict[str, int], sent_by: int) -> dict[str, int | None]:
    """The rank of each page; who sent saw all pages, who left saw the one they left at."""
    lines = []
    for page, leavers in losses.items():
        lines += [line(len(lines), page_seconds={}, stopped_at=page) for _ in range(leavers)]
    lines += [sent(1000 + n, page_seconds=dict.fromkeys(losses, 30)) for n in range(sent_by)]
    rows = drop_off(wave(*lines), {"contractor": tuple(losses)})["contractor"]
    return {row.page: row.rank for row in rows}


def test_a_page_that_three_of_a_hundred_left_is_not_where_people_leave() -> None:
    # Wilson of 3 of 100 begins at 1.0 %, above the 0 % of the others: but three are hardly anybody.
    assert _left_at({"a": 3, "b": 0, "c": 0}, 97) == {"a": None, "b": None, "c": None}
    # 6 of 106 beside 5 and 4 of about as many: the interval holds the average of the others.
    assert set(_left_at({"a": 6, "b": 5, "c": 4}, 100).values()) == {None}


def test_the_pages_that_most_people_left_are_marked_by_people_and_only_beyond_chance() -> None:
    ranks = _left_at({"a": 40, "b": 25, "c": 7, "d": 2, "e": 0, "f": 0, "g": 0, "h": 0}, 200)
    # Average of the others: for a 2.4 %, for b 3.4 %, for c 4.6 %; Wilson at 1 - 0.05/8 of 40 of 240 begins at 11.1 %,
    # of 25 of 225 at 6.6 %, of 7 of 207 at 1.3 % (scipy 1.17.1, binomtest(x, n).proportion_ci(0.99375, "wilson")).
    assert {page: rank for page, rank in ranks.items() if rank} == {"a": 1, "b": 2}


def test_a_page_that_few_reached_is_never_marked() -> None:
    lines = [line(n, page_seconds={"a": 5}, stopped_at="b") for n in range(LEAST_REACHED - 1)]
    lines += [sent(1000 + n, page_seconds={"a": 30}) for n in range(100)]
    rows = drop_off(wave(*lines), {"contractor": ("a", "b")})["contractor"]
    assert [(row.page, row.left, row.rank) for row in rows] == [("a", 0, None), ("b", 29, None)]


@pytest.mark.parametrize(("hits", "base", "level"), [(81, 263, 0.95), (3, 100, 0.95), (40, 240, 0.99375)])
def test_the_interval_of_a_page_is_that_of_the_answers(hits: int, base: int, level: float) -> None:
    assert lowest_share(hits, base, level) == pytest.approx(proportions(hits, base, level=level).low.item())


def test_a_short_id_is_stable_and_says_nothing_of_the_key() -> None:
    one = line(7)

    assert one.short_id == line(7).short_id
    assert len(one.short_id) == 9
    assert one.short_id.replace("-", "").lower() not in one.case_id.hex
    assert len({line(n).short_id for n in range(5000)}) == 5000
