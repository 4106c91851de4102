"""Coded answers are a variable like any other: equal to a recount, seen as far as they are settled, moved by acts."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveyapp.errors import BadQuery, WrongState
from surveyapp.fieldwork import coding, editions
from surveyapp.fieldwork.waves import close_wave, open_wave
from surveyapp.instrument.coding import CANNOT_BE_CODED, frames_of
from surveyapp.instrument.frame_changes import added, merged, moved, retired, revived, split, worded
from surveyapp.instrument.variables import Coded
from surveyapp.reports.codebook import codebook
from surveyapp.reports.coded_figures import CodedQuestion, put_into_figures, with_codes
from surveyapp.reports.coding_state import coding_state
from surveyapp.reports.extract import extract
from surveyapp.reports.tabulate import tabulate
from surveyapp.reports.wave_data import WaveData
from surveyapp.storage import audit, cases
from surveyapp.storage import coding as stored
from surveyapp.storage.database import Database
from tests.reports.coded_waves import (
    CODED,
    ONE,
    QUESTION,
    STUDY,
    THIRD,
    WORDS,
    YEAR,
    closed_wave,
    coded_instrument,
    give,
    live_of,
    started,
)
from tests.reports.waves import STAND, record

FRAME = frames_of(coded_instrument().coding)[0]


@settings(max_examples=20, deadline=None)
@given(st.data())
def test_a_coded_variable_s_table_equals_a_recount(data: st.DataObject) -> None:
    """Over random codes, answers that wait for theirs, and roles: each share and each base, counted by hand."""
    instrument = coded_instrument()
    sets = st.sets(st.sampled_from([1, 2, 3]), min_size=1) | st.just({CANNOT_BE_CODED})
    people = data.draw(st.lists(st.tuples(st.booleans(), st.none() | sets), min_size=45, max_size=70))
    roles = [data.draw(st.sampled_from(["contractor", "manager"])) for _ in people]
    rows, codes = [], {}
    for at, ((answered, found), role) in enumerate(zip(people, roles, strict=True)):
        answers = {"s_consent": 1, "s_elig": 1, "gr_assign": 7} | ({QUESTION: "tekst"} if answered else {})
        rows.append(record(instrument, at, role, answers))
        if answered and found:
            codes[rows[-1]["case_id"]] = sorted(found)
    bare = WaveData(instrument, extract(instrument, rows), STAND, 1)
    made = with_codes(bare, [CodedQuestion(FRAME, codes, Coded(QUESTION, len(people), len(codes), 0))])
    grid = tabulate(made, CODED, ["role"])
    for place, group in enumerate(grid.groups):
        wanted = [None, "contractor", "manager"][place] if place < 3 else None
        within = [one for one in rows if wanted in (None, one["role"])]
        base = [one for one in within if one["case_id"] in codes]
        bases = grid.bases[0][place]
        if bases.is_hidden:
            continue
        assert (bases.valid, bases.answered) == (len(base), len(base)), group.key
        for line, figures in grid.lines:
            if line.kind == "code" and base:
                hits = sum(line.code in codes[one["case_id"]] for one in base)
                assert figures[place].count == hits
                assert figures[place].value == pytest.approx(hits / len(base))


def test_an_answer_counts_by_what_both_gave_or_by_who_settled_it(database: Database) -> None:
    keys = closed_wave(database, [WORDS[1 + at % 3] for at in range(60)])
    started(database)
    give(database, 1, [(key, [1 + at % 3]) for at, key in enumerate(keys)])
    give(database, 2, [(key, [1 + at % 3] if at else [2, 3]) for at, key in enumerate(keys)])
    live = live_of(database)
    with database.read() as session:
        state = coding_state(session, live.data(STUDY, YEAR), QUESTION)
    assert (state.done(1), state.done(2), len(state.settled), state.disputed) == (60, 60, 59, (keys[0],))
    assert state.agreement is not None
    assert 0.9 < state.agreement.kappa < 1
    give(database, 3, [(keys[0], [3])])
    data = live.data(STUDY, YEAR)
    grid = tabulate(data, CODED)
    assert [line.code for line, _ in grid.of_kind("code")] == [3, 2, 1, CANNOT_BE_CODED]  # most given first
    assert [figures[0].count for _, figures in grid.of_kind("code")] == [21, 20, 19, 0]
    notes = " ".join(note["nl"] for note in grid.item.notes)
    assert "100% van de antwoorden is gecodeerd door twee mensen" in notes
    assert "kappa over alle codes samen 0,96 (95%-interval 0,89 tot 1,00)" in notes


def test_who_may_not_see_cases_sees_no_codes_before_they_are_put_into_the_figures(database: Database) -> None:
    keys = closed_wave(database, [WORDS[1 + at % 3] for at in range(45)] + [None] * 5)
    started(database)
    give(database, 1, [(key, [1]) for key in keys[:45]])
    give(database, 2, [(key, [1]) for key in keys[:44]])
    live = live_of(database)
    with pytest.raises(BadQuery):
        tabulate(live.published(STUDY, YEAR), CODED)
    provisional = tabulate(live.data(STUDY, YEAR), CODED)
    assert provisional.total.valid == 44
    assert any("Voorlopig" in note["nl"] for note in provisional.item.notes)
    with database.write() as session, pytest.raises(WrongState, match="1 of 45 wait"):
        put_into_figures(session, live.data(STUDY, YEAR), QUESTION, THIRD, "coded")
    give(database, 2, [(keys[44], [1])])
    with database.write() as session:
        before = len(editions.of_wave(session, STUDY, YEAR))
        with pytest.raises(WrongState, match="reason"):
            put_into_figures(session, live.data(STUDY, YEAR), QUESTION, THIRD, " ")
    with database.write() as session:
        assert put_into_figures(session, live.data(STUDY, YEAR), QUESTION, THIRD, "answers are coded") == 1
        assert len(editions.of_wave(session, STUDY, YEAR)) == before + 1
    shown = live.published(STUDY, YEAR)
    grid = tabulate(shown, CODED, ["role"])
    assert grid.total.valid == tabulate(shown, QUESTION).total.valid == 45
    assert grid.is_released
    assert [table.id for table in shown.instrument.tables][-1] == "TIP01"
    book = codebook(shown.instrument, shown)
    entry = next(one for one in book.entries if one.name == CODED)
    assert (entry.valid, entry.tables) == (45, ("TIP01",))
    # What is given afterwards moves the team's figures alone, until it is put into the figures too.
    give(database, 3, [(keys[0], [2])])
    assert _shares(live.data(STUDY, YEAR)) != _shares(live.published(STUDY, YEAR)) == _shares(shown)
    with database.read() as session:
        noted = audit.details_of(session, coding.COUNT, f"{STUDY} {YEAR}")
    assert [(one["question"], one["reason"]) for one in noted] == [(QUESTION, "answers are coded")]


def _shares(data: WaveData) -> list[int | None]:
    return [figures[0].count for _, figures in tabulate(data, CODED).of_kind("code")]


def test_codes_go_with_the_answer_and_stay_when_rows_are_mixed(database: Database) -> None:
    keys = closed_wave(database, [WORDS[1]] * 40)
    started(database)
    for seat in (1, 2):
        give(database, seat, [(key, [1]) for key in keys])
    live = live_of(database)
    with database.write() as session:
        put_into_figures(session, live.data(STUDY, YEAR), QUESTION, THIRD, "coded")
        stored.quote(session, STUDY, YEAR, QUESTION, keys[0], "x", language="nl", role=None, actor=ONE, on=STAND.date())
        open_wave(session, STUDY, YEAR)
    assert CODED not in live.data(STUDY, YEAR).instrument.variables  # it takes answers again
    with database.write() as session:
        close_wave(session, STUDY, YEAR, reason="again")  # writes the rows anew, in random order
        assert len(coding.given(session, STUDY, YEAR, QUESTION)) == 40
    assert CODED in live.published(STUDY, YEAR).instrument.variables
    with database.write() as session:
        cases.forget_content(session, STUDY, keys[0])
        assert keys[0] not in coding.given(session, STUDY, YEAR, QUESTION)
        assert stored.quotations(session, STUDY, YEAR) == []


def test_coding_waits_for_the_closing(database: Database) -> None:
    closed_wave(database, [WORDS[1]] * 20)
    with database.write() as session:
        open_wave(session, STUDY, YEAR)
    with database.write() as session, pytest.raises(WrongState, match="closed"):
        coding.start(session, STUDY, YEAR, FRAME, ONE)


def test_two_people_code_and_nobody_has_both_places(database: Database) -> None:
    closed_wave(database, [WORDS[1]] * 20)
    started(database)
    with database.write() as session:
        coding.hand_over(session, STUDY, YEAR, QUESTION, 2, ONE)
        with pytest.raises(WrongState):
            coding.take_seat(session, STUDY, YEAR, QUESTION, 2, ONE)
        coding.take_seat(session, STUDY, YEAR, QUESTION, 2, THIRD)
        assert coding.coders(session, STUDY, YEAR, QUESTION) == (ONE, THIRD)


@pytest.mark.parametrize("codes", [[], [4], [1, CANNOT_BE_CODED]])
def test_what_cannot_be_given_is_refused(database: Database, codes: list[int]) -> None:
    keys = closed_wave(database, [WORDS[1]])
    started(database)
    with pytest.raises(WrongState):
        give(database, 1, [(keys[0], codes)])


def test_a_frame_changes_and_no_code_is_lost() -> None:
    label = {"nl": "Sfeer", "en": "Atmosphere"}
    made = added(FRAME, label, {"nl": "", "en": ""})
    assert [one.code for one in made.codes] == [1, 2, 3, 4]
    assert (made.codes[-1].key, made.codes[-1].description) == ("atmosphere", None)
    assert [one.code for one in moved(made, 4, -1).in_use] == [1, 2, 4, 3]
    assert moved(made, 1, -1) == made
    assert worded(made, 4, {"nl": "Stijl", "en": "Style"}, None).codes[-1].key == "atmosphere"
    together = merged(made, 4, 1)
    assert together.as_counted([4, 2]) == (1, 2)
    assert [one.code for one in together.codes] == [1, 2, 3, 4]
    parts = split(made, 1, [{"nl": "Haast", "en": "Haste"}, {"nl": "Duur", "en": "Length"}])
    assert [(one.code, one.into) for one in parts.codes][:3] == [(1, (5, 6)), (5, ()), (6, ())]
    assert (parts.as_counted([1]), parts.as_counted([5, 2])) == (None, (5, 2))
    assert revived(retired(made, 2), 2) == made
    assert retired(made, 2).as_counted([2]) == (2,)
    for change in (
        lambda: added(made, label),
        lambda: merged(made, 1, 1),
        lambda: merged(retired(made, 2), 1, 2),
        lambda: split(made, 1, [label]),
        lambda: revived(made, 1),
    ):
        with pytest.raises(WrongState):
            change()
    assert frames_of({"frames": [parts.as_dict()]}) == (parts,)


def test_somebody_who_changed_the_frame_meanwhile_is_not_overruled(database: Database) -> None:
    closed_wave(database, [WORDS[1]])
    started(database)
    with database.write() as session:
        longer = added(FRAME, {"nl": "Sfeer", "en": "Atmosphere"})
        coding.change_frame(session, STUDY, YEAR, longer, ONE, act="add 4", expected=1)
        with pytest.raises(WrongState, match="meanwhile"):
            coding.change_frame(session, STUDY, YEAR, FRAME, ONE, act="x", expected=1)
        assert [one.number for one in coding.frame_history(session, STUDY, YEAR, QUESTION)] == [2, 1]
        assert replace(longer, codes=longer.codes) == coding.frame_in_force(session, STUDY, YEAR, QUESTION).frame
