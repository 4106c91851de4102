"""An interview: begun after consent, saved once, never overwritten in silence, closed for good."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, event, select, text
from sqlmodel import col

from surveyapp.clock import stopped_at
from surveyapp.errors import AnswersRefused, NotFound, WrongState
from surveyapp.fieldwork import case_state, continuing, interviews, resume_codes, waves
from surveyapp.fieldwork.arrivals import count_arrival, declare_sources, source_name
from surveyapp.fieldwork.case_state import CaseState, Draft, PageSave
from surveyapp.fieldwork.waves import WaveInfo
from surveyapp.instrument.model import NOT_ASKED
from surveyapp.storage import cases, keys
from surveyapp.storage.database import Database
from surveyapp.storage.tables import DraftRow
from tests.builders import STUDY, YEAR, running_wave, small_instrument

INSTRUMENT = small_instrument()


class Desk:
    """A wave and short ways to do what a browser does."""

    def __init__(self, database: Database, **wave: Any) -> None:
        self.database = database
        mode = wave.pop("mode", "anonymous")
        self.instrument = small_instrument(mode=mode)
        self.wave: WaveInfo = running_wave(database, self.instrument, **wave)

    def begin(self, **more: Any) -> tuple[CaseState, str]:
        with self.database.write() as session:
            return interviews.begin(session, self.wave, self.instrument, "contractor", "nl", "open", "phone", **more)

    def load(self, key: str) -> CaseState:
        with self.database.read() as session:
            case = interviews.load_case(session, STUDY, key)
        assert case is not None
        return case

    def save(self, case: CaseState, page: str, values: dict[str, Any], client_key: str, seq: int = 0) -> PageSave:
        with self.database.write() as session:
            return interviews.save_page(
                session, case, page, values, expected_seq=seq, client_key=client_key, language="nl", seconds=10
            )

    def do(self, action: Callable[..., Any], *arguments: Any) -> Any:
        with self.database.write() as session:
            return action(session, *arguments)

    def count(self, table: str) -> int:
        with self.database.read() as session:
            return int(session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


@pytest.fixture
def desk(database: Database) -> Desk:
    """An open wave."""
    return Desk(database)


def test_a_case_begins_empty_with_the_day_and_no_time(database: Database) -> None:
    desk = Desk(database)
    # 23:30 UTC is the next day in Amsterdam.
    with stopped_at(datetime(2026, 11, 20, 23, 30, tzinfo=UTC)):
        case, key = desk.begin()
    assert (case.state, case.revision, case.answers, case.pages) == ("started", 0, {}, {})
    assert (case.role, case.language, case.source, case.device) == ("contractor", "nl", "open", "phone")
    assert case.instrument_hash == desk.instrument.hash
    assert desk.load(key) == case
    with database.read() as session:
        found = session.execute(text("SELECT day, times FROM day_count WHERE event = 'begun'")).one()
        assert session.execute(text("SELECT started_on FROM cases")).scalar_one() is None
    assert (str(found.day), found.times) == (str(date(2026, 11, 21)), 1)


def test_the_key_stands_nowhere_in_the_database(desk: Desk) -> None:
    _, key = desk.begin()
    with desk.database.read() as session:
        row = session.execute(text("SELECT * FROM cases")).one()
    assert key not in repr(row)
    assert keys.secret_hash(key) in repr(row)


@pytest.mark.parametrize("key", ["", "wrong", "a" * 22, "\ud800", "x" * 5000])
def test_a_wrong_key_opens_nothing(desk: Desk, key: str) -> None:
    desk.begin()
    with desk.database.read() as session:
        assert interviews.load_case(session, STUDY, key) is None


def test_the_key_of_one_study_opens_nothing_in_another(desk: Desk) -> None:
    _, key = desk.begin()
    with desk.database.read() as session:
        assert interviews.load_case(session, "ander", key) is None


def test_the_same_consent_sent_twice_begins_one_case(desk: Desk) -> None:
    key = keys.new_secret()
    first, _ = desk.begin(key=key)
    second, _ = desk.begin(key=key)
    assert first.case_id == second.case_id
    assert desk.count("cases") == 1
    with pytest.raises(AnswersRefused):
        desk.begin(key="short")


def test_only_a_role_and_language_of_the_wave_can_begin(desk: Desk) -> None:
    with desk.database.write() as session:
        with pytest.raises(NotFound):
            interviews.begin(session, desk.wave, desk.instrument, "boss", "nl", "open")
        with pytest.raises(NotFound):
            interviews.begin(session, desk.wave, desk.instrument, "manager", "fr", "open")
        with pytest.raises(WrongState, match="another version"):
            interviews.begin(session, desk.wave, small_instrument(hash_="b" * 64), "manager", "nl", "open")


@pytest.mark.parametrize("state", ["draft", "closed", "archived"])
def test_nobody_begins_in_a_wave_that_takes_no_answers(database: Database, state: str) -> None:
    desk = Desk(database, state=state)
    with pytest.raises(WrongState, match=state):
        desk.begin()


def test_what_is_answered_in_a_test_wave_stays_a_test(database: Database) -> None:
    desk = Desk(database, state="test")
    _, key = desk.begin()
    with database.write() as session:
        session.execute(text("UPDATE wave SET state = 'open'"))
    case = desk.load(key)
    assert case.is_test
    assert case.is_open
    assert not desk_after_opening(desk).is_test


def desk_after_opening(desk: Desk) -> CaseState:
    with desk.database.write() as session:
        wave = waves.wave_info(session, STUDY, YEAR)
        return interviews.begin(session, wave, desk.instrument, "manager", "en", "open")[0]


@pytest.mark.parametrize("mode", ["anonymous", "confidential"])
def test_the_key_of_a_case_does_not_tell_when_it_was_begun(database: Database, mode: str) -> None:
    case, _ = Desk(database, mode=mode).begin()
    assert case.case_id.version == 4


def test_a_page_is_stored_beside_the_current_answers(desk: Desk) -> None:
    case, key = desk.begin()
    saved = desk.save(case, "p1", {"v1": 2, "v1_text": "één"}, "k1")
    assert saved.outcome == "saved"
    assert saved.case == desk.load(key)
    assert saved.case.answers == {"v1": 2, "v1_text": "één"}
    assert saved.case.pages == {"p1": 1}
    assert (saved.case.last_page, saved.case.seconds, saved.case.revision) == ("p1", 10, 1)


def test_the_same_submit_again_stores_nothing_and_gives_the_same(desk: Desk) -> None:
    case, key = desk.begin()
    first = desk.save(case, "p1", {"v1": 2}, "k1")
    for held in (case, desk.load(key)):  # by a process that knows of it and by one that does not
        again = desk.save(held, "p1", {"v1": 2}, "k1")
        assert again.outcome == "repeated"
        assert again.case == first.case
    assert desk.count("page_save") == 1


def test_fifty_identical_submits_at_once_store_one_page(desk: Desk) -> None:
    # Fifty at once: exactly one row, and every repeat gets the same.
    case, _ = desk.begin()
    outcomes: list[PageSave] = []

    def submit() -> None:
        outcomes.extend(desk.save(case, "p1", {"v1": 2}, "k1") for _ in range(5))

    threads = [threading.Thread(target=submit) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(saved.outcome for saved in outcomes) == ["repeated"] * 49 + ["saved"]
    assert {saved.case.revision for saved in outcomes} == {1}
    assert desk.count("page_save") == 1


@pytest.mark.parametrize("has_typed", [False, True])
def test_a_step_is_one_question_and_three_writes_and_one_more_where_text_is_let_go(desk: Desk, has_typed: bool) -> None:
    case, key = desk.begin()
    if has_typed:
        with desk.database.write() as session:
            continuing.keep_draft(session, case, "p1", Draft({"q_v1": ["1"]}, 0))
    statements: list[str] = []

    def note(_c: object, _k: object, statement: str, *_more: object) -> None:
        statements.append(statement.split()[0])

    event.listen(Engine, "before_cursor_execute", note)
    try:
        with desk.database.write() as session:
            found = interviews.load_case(session, STUDY, key)
            assert found is not None
            assert found.may_have_drafts is has_typed
            interviews.save_page(session, found, "p1", {"v1": 1}, expected_seq=0, client_key="k", language="nl")
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert [word for word in statements if word != "BEGIN"] == [
        "SELECT",
        "INSERT",
        "UPDATE",
        *(["DELETE"] if has_typed else []),
        "INSERT",
    ]  # the last: a counter
    with desk.database.read() as session:
        assert continuing.draft(session, case, "p1") is None


def test_opening_a_case_by_its_key_reads_one_index(sqlite_database: Database) -> None:
    with sqlite_database.read() as session:
        plan = session.execute(
            text("EXPLAIN QUERY PLAN SELECT * FROM cases WHERE study_id = 'klein' AND key_hash = 'x'")
        ).all()
    assert [row.detail for row in plan] == [
        "SEARCH cases USING INDEX sqlite_autoindex_cases_2 (study_id=? AND key_hash=?)"
    ]


def test_two_tabs_on_different_pages_lose_nothing(desk: Desk) -> None:
    case, key = desk.begin()
    assert desk.save(case, "p1", {"v1": 1}, "k1").outcome == "saved"
    assert desk.save(case, "p2", {"v2": 2}, "k2").outcome == "saved"  # this tab does not know of p1
    assert desk.load(key).answers == {"v1": 1, "v2": 2}


def test_many_tabs_at_once_on_different_pages_lose_nothing(desk: Desk) -> None:
    case, key = desk.begin()
    faults: list[BaseException] = []

    def fill(number: int) -> None:
        try:
            for turn in range(4):
                page = f"p{number}-{turn}"
                assert desk.save(case, page, {page: turn}, page).outcome == "saved"
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=fill, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    final = desk.load(key)
    assert len(final.answers) == len(final.pages) == final.revision == 24
    with desk.database.read() as session:
        assert continuing.rebuild_answers(session, final) == final.answers


def test_a_page_saved_elsewhere_is_never_overwritten_in_silence(desk: Desk) -> None:
    case, key = desk.begin()
    desk.save(case, "p1", {"v1": 1}, "tab-a")
    for held in (case, desk.load(key)):
        clash = desk.save(held, "p1", {"v1": 2}, "tab-b")
        assert clash.outcome == "conflict"
        assert clash.case.answers == {"v1": 1}
    newest = desk.load(key)
    assert newest.answers == {"v1": 1}
    # The respondent saw both and chose: the same page again, with the number of the save it was shown.
    chosen = desk.save(newest, "p1", {"v1": 2}, "tab-b-2", newest.expected_seq("p1"))
    assert chosen.outcome == "saved"
    assert chosen.case.answers == {"v1": 2}
    assert desk.count("page_save") == 2  # both stand in the record


def test_the_same_answers_from_an_older_tab_are_nothing_to_ask_about(desk: Desk) -> None:
    case, key = desk.begin()
    desk.save(case, "p1", {"v1": 2}, "k1")
    assert desk.save(case, "p1", {"v1": 2}, "k2").outcome == "repeated"
    assert desk.save(case, "p1", {"v1": 1}, "k2").outcome == "conflict"
    assert (desk.load(key).answers, desk.count("page_save")) == ({"v1": 2}, 1)


def test_a_form_sent_again_with_other_answers_is_no_repeat(desk: Desk) -> None:
    # Safari and Firefox bring a page back as it was left, its key included.
    case, key = desk.begin()
    first = desk.save(case, "p1", {"v1": 2}, "k1")
    again = desk.save(first.case, "p1", {"v1": 1}, "k1", 1)
    assert (again.outcome, again.case) == ("conflict", first.case)
    assert desk.save(first.case, "p1", {"v1": 1}, "k2", 1).outcome == "saved"
    assert desk.save(first.case, "p1", {"v1": 2}, "k1").outcome == "conflict"
    assert (desk.load(key).answers, desk.count("page_save")) == ({"v1": 1}, 2)


def test_of_two_tabs_saving_one_page_at_the_same_moment_one_is_told(desk: Desk) -> None:
    case, _ = desk.begin()
    outcomes: list[str] = []
    barrier = threading.Barrier(8)

    def submit(number: int) -> None:
        barrier.wait()
        outcomes.append(desk.save(case, "p1", {"v1": number}, f"tab-{number}").outcome)

    threads = [threading.Thread(target=submit, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["conflict"] * 7 + ["saved"]


def test_a_form_without_a_key_of_ours_is_refused(desk: Desk) -> None:
    case, _ = desk.begin()
    for client_key in ("", "x" * 41):
        with pytest.raises(AnswersRefused):
            desk.save(case, "p1", {"v1": 1}, client_key)
    assert desk.count("page_save") == 0


def test_impossible_seconds_are_brought_within_an_hour(desk: Desk) -> None:
    case, key = desk.begin()
    for number, seconds in enumerate((-5, 10**9)):
        with desk.database.write() as session:
            case = interviews.save_page(
                session,
                case,
                f"p{number}",
                {},
                expected_seq=0,
                client_key=f"k{number}",
                language="nl",
                seconds=seconds,
                prompts=-1,
            ).case
    assert desk.load(key).seconds == 3600


def test_an_error_after_the_save_leaves_no_trace_of_it(desk: Desk) -> None:
    case, key = desk.begin()

    def save_and_fail() -> None:
        with desk.database.write() as session:
            interviews.save_page(session, case, "p1", {"v1": 1}, expected_seq=0, client_key="k1", language="nl")
            raise LookupError

    with pytest.raises(LookupError):
        save_and_fail()
    assert desk.load(key) == case
    assert desk.count("page_save") == 0
    assert desk.save(case, "p1", {"v1": 1}, "k1").outcome == "saved"


def test_sending_gives_one_receipt_however_often(desk: Desk) -> None:
    case, key = desk.begin()
    case = desk.save(case, "p1", {"v1": 1}, "k1").case
    receipts: list[str | None] = []

    def send() -> None:
        receipts.append(desk.do(interviews.send, case).reference)

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(receipts) == 8
    assert len(set(receipts)) == 1
    sent = desk.load(key)
    assert (sent.state, sent.reference) == ("complete", receipts[0])
    assert sent.sent_on is None  # an anonymous wave keeps no day beside a case
    assert len(sent.reference or "") == 10


def test_what_fell_off_the_path_is_marked_when_sent_and_kept(desk: Desk) -> None:
    case, key = desk.begin()
    case = desk.save(case, "p1", {"v1": 1, "v2": 2}, "k1").case
    desk.do(interviews.send, case, {"v1": 1})
    assert desk.load(key).answers == {"v1": 1, "v2": 2}
    with desk.database.read() as session:
        flags = session.execute(cases.CASES.select()).one().flags
    assert flags == {"off_path": ["v2"]}


def test_after_sending_no_page_can_be_saved_but_the_last_submit_may_repeat(desk: Desk) -> None:
    case, key = desk.begin()
    before = desk.save(case, "p1", {"v1": 1}, "k1").case
    desk.do(interviews.send, before)
    for held in (before, desk.load(key)):
        with pytest.raises(WrongState, match="complete"):
            desk.save(held, "p2", {"v2": 1}, "k2")
        assert desk.save(held, "p1", {"v1": 1}, "k1").outcome == "repeated"
    assert desk.load(key).answers == {"v1": 1}
    assert desk.count("page_save") == 1


def test_a_closed_wave_takes_no_page_and_no_sending(desk: Desk) -> None:
    case, key = desk.begin()
    before = desk.save(case, "p1", {"v1": 1}, "k1").case
    desk.do(waves.close_wave, STUDY, YEAR)
    for held in (before, desk.load(key)):  # also a process that read it before the closing
        with pytest.raises(WrongState, match="closed"):
            desk.save(held, "p2", {"v2": 1}, "k2")
        with pytest.raises(WrongState, match="closed"):
            desk.do(interviews.send, held)
    assert desk.count("page_save") == 1
    assert desk.load(key).answers == {"v1": 1}


def test_someone_outside_the_population_is_thanked_once_and_not_counted(desk: Desk) -> None:
    case, key = desk.begin()
    case = desk.save(case, "p1", {"v1": 1}, "k1").case
    assert desk.do(interviews.screen_out, case).state == "screened_out"
    assert desk.do(interviews.screen_out, case) == desk.load(key)
    with pytest.raises(WrongState, match="screened_out"):
        desk.do(interviews.send, case)


def test_who_was_screened_out_by_a_mistake_goes_on_and_both_answers_stay_in_the_log(desk: Desk) -> None:
    case, key = desk.begin()
    case = desk.save(case, "p1", {"v1": 2, "v2": 5}, "k1").case
    case = desk.do(interviews.screen_out, case)
    opened = desk.do(continuing.reopen, case, "p1", ("v1",), "nl")
    assert (opened.state, opened.revision) == ("started", case.revision + 1)
    assert opened.answers == {"v1": NOT_ASKED, "v2": 5}
    assert desk.load(key) == opened
    assert desk.do(continuing.reopen, case, "p1", ("v1",), "nl") == opened, "pressed twice"
    assert desk.do(continuing.rebuild_answers, opened) == opened.answers
    saved = desk.save(opened, "p1", {"v1": 1, "v2": 5}, "k2", opened.expected_seq("p1"))
    assert (saved.outcome, saved.case.answers) == ("saved", {"v1": 1, "v2": 5})
    assert desk.count("page_save") == 3


@pytest.mark.parametrize("end", [interviews.send, continuing.withdraw, continuing.erase])
def test_only_who_was_screened_out_can_go_on_again(desk: Desk, end: Callable[..., CaseState]) -> None:
    case, _ = desk.begin()
    desk.do(end, case)
    with pytest.raises(WrongState):
        desk.do(continuing.reopen, case, "p1", ("v1",), "nl")


def test_nobody_goes_on_in_a_wave_that_closed(desk: Desk) -> None:
    case, key = desk.begin()
    desk.do(interviews.screen_out, case)
    desk.do(waves.close_wave, STUDY, YEAR)
    assert not desk.load(key).can_reopen
    with pytest.raises(WrongState, match="closed"):
        desk.do(continuing.reopen, case, "p1", ("v1",), "nl")
    assert desk.load(key).state == "screened_out"


def test_who_starts_over_before_the_first_answer_leaves_nothing_that_counts(desk: Desk) -> None:
    for pages, is_gone in (((), True), (("consent",), True), (("consent", "p1"), False)):
        case, key = desk.begin()
        for page in pages:
            case = desk.save(case, page, {"v1": 1}, f"k-{page}").case
        assert desk.do(continuing.start_over, case, "consent") is is_gone
        with desk.database.read() as session:
            assert (interviews.load_case(session, STUDY, key) is None) is is_gone


@pytest.mark.parametrize(("action", "state"), [(continuing.withdraw, "withdrawn"), (continuing.erase, "erased")])
@pytest.mark.parametrize("sent", [True, False])
def test_withdrawing_and_erasing_leave_a_tombstone_without_content(
    desk: Desk, action: Callable[..., CaseState], state: str, sent: bool
) -> None:
    case, key = desk.begin()
    case = desk.save(case, "p1", {"v1": 1, "v1_other": "geheim"}, "k1").case
    desk.do(continuing.keep_draft, case, "p2", case_state.Draft({"q_v2": ["geheim"]}, 0))
    desk.do(resume_codes.make_resume_code, desk.load(key))
    if sent:
        desk.do(interviews.send, case)
    assert desk.do(action, case).state == state
    with desk.database.read() as session:
        assert interviews.load_case(session, STUDY, key) is None
        row = session.execute(cases.CASES.select()).one()
    assert row.state == state
    assert (row.answers, row.pages, row.flags) == ({}, {}, {})
    assert (row.key_hash, row.resume_hash, row.resume_box, row.reference, row.sent_on) == (None,) * 5
    assert (row.language, row.source, row.device, row.consent_version) == ("unknown", "unknown", "unknown", "")
    assert (row.revision, row.seconds, row.seed, row.last_page, row.started_on) == (0, 0, 0, None, None)
    assert row.role == "contractor"
    assert desk.count("page_save") == desk.count("draft") == 0


def test_on_sqlite_an_erased_answer_is_gone_from_the_file(sqlite_database: Database) -> None:
    desk = Desk(sqlite_database)
    case, _ = desk.begin()
    case = desk.save(case, "p1", {"v1_other": "zeer herkenbaar geheim"}, "k1").case
    desk.do(continuing.erase, case)
    sqlite_database.fold_journal()
    assert sqlite_database.file is not None
    assert b"zeer herkenbaar geheim" not in sqlite_database.file.read_bytes()


def test_a_draft_is_kept_replaced_and_gone_with_the_save(desk: Desk) -> None:
    case, _ = desk.begin()

    def draft() -> Any:
        with desk.database.read() as session:
            return continuing.draft(session, case, "p1")

    assert draft() is None
    desk.do(continuing.keep_draft, case, "p1", case_state.Draft({"q_v1": ["1"], "q_v1__other": ["hal"]}, 0))
    desk.do(continuing.keep_draft, case, "p1", case_state.Draft({"q_v1": ["1"], "q_v1__other": ["half"]}, 0))
    assert draft().typed == {"q_v1": ["1"], "q_v1__other": ["half"]}
    desk.save(case, "p1", {"v1": 1}, "k1")
    assert draft() is None


def test_a_saved_page_settles_its_own_drafts_and_no_others_whose_name_is_like_it(desk: Desk) -> None:
    case, _ = desk.begin()
    mine, other = replace(case, browser="ABCDEF"), replace(case, browser="GHJKLM")
    for browser, page in ((case, "p_1"), (mine, "p_1"), (other, "p_1"), (mine, "px1"), (mine, "P_1")):
        desk.do(continuing.keep_draft, browser, page, case_state.Draft({"q_v1": ["1"]}, 0))
    desk.do(continuing.settle_drafts, mine, "p_1")
    with desk.database.read() as session:
        left = session.scalars(select(col(DraftRow.page))).all()
    assert sorted(left) == ["P_1~ABCDEF", "px1~ABCDEF"]


def test_a_draft_of_rubbish_is_stored_without_what_no_database_takes(desk: Desk) -> None:
    case, _ = desk.begin()
    desk.do(continuing.keep_draft, case, "p1", case_state.Draft({"q_\0v1": ["a\0b\ud800c😀", "x" * 30_000]}, 0))
    with desk.database.read() as session:
        kept = continuing.draft(session, case, "p1")
        assert kept is not None
        assert kept.typed == {"q_v1": ["abc😀", "x" * 20_000]}


def test_a_draft_after_sending_is_refused(desk: Desk) -> None:
    case, key = desk.begin()
    desk.do(interviews.send, case)
    with pytest.raises(WrongState):
        desk.do(continuing.keep_draft, desk.load(key), "p1", case_state.Draft({}, 0))


def test_a_resume_code_opens_the_same_case_and_the_first_device_goes_on(desk: Desk) -> None:
    case, key = desk.begin()
    desk.save(case, "p1", {"v1": 1}, "k1")
    code = desk.do(resume_codes.make_resume_code, desk.load(key))
    with desk.database.read() as session:
        typed = f" {code[:4].lower()} {code[4:8]}-{code[8:]} "
        assert resume_codes.resume(session, STUDY, YEAR, typed) == key
    assert desk.load(key).answers == {"v1": 1}


def test_only_the_newest_code_works_and_only_in_its_own_wave(desk: Desk) -> None:
    _, key = desk.begin()
    old = desk.do(resume_codes.make_resume_code, desk.load(key))
    new = desk.do(resume_codes.make_resume_code, desk.load(key))
    with desk.database.read() as session:
        assert resume_codes.resume(session, STUDY, YEAR, old) is None
        assert resume_codes.resume(session, STUDY, YEAR, new) == key
        assert resume_codes.resume(session, STUDY, YEAR - 1, new) is None
        for wrong in ("", "AAAA AAAA AAAA", "\0", "x" * 10_000, "\ud800"):
            assert resume_codes.resume(session, STUDY, YEAR, wrong) is None


def test_neither_code_nor_key_can_be_read_from_the_database(desk: Desk) -> None:
    _, key = desk.begin()
    code = desk.do(resume_codes.make_resume_code, desk.load(key))
    with desk.database.read() as session:
        row = repr(session.execute(text("SELECT * FROM cases")).one())
    for secret in (code, key, key.encode().hex()):
        assert secret not in row


def test_a_code_is_only_made_for_who_holds_the_key(desk: Desk) -> None:
    case, _ = desk.begin()
    with desk.database.write() as session:
        row = cases.by_id(session, STUDY, case.case_id)
        assert row is not None
        with pytest.raises(WrongState, match="holds the key"):
            resume_codes.make_resume_code(session, case_state.CaseState(**{**_fields(case), "key": ""}))


def _fields(case: CaseState) -> dict[str, Any]:
    return {name: getattr(case, name) for name in CaseState.__slots__}


def test_switching_the_language_changes_no_answer(desk: Desk) -> None:
    case, key = desk.begin()
    case = desk.save(case, "p1", {"v1": 1}, "k1").case
    desk.do(interviews.switch_language, case, "en")
    found = desk.load(key)
    assert (found.language, found.answers, found.revision) == ("en", {"v1": 1}, case.revision)


SUBMITS = st.lists(
    st.tuples(
        st.integers(1, 4),  # page
        st.dictionaries(st.sampled_from(["a", "b", "c"]), st.integers(-9, 5), max_size=3),
        st.booleans(),  # from a tab that does not know the newest answers
        st.booleans(),  # sent twice
    ),
    max_size=12,
)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(submits=SUBMITS)
def test_whatever_is_submitted_the_document_can_be_rebuilt_from_the_saves(desk: Desk, submits: list[Any]) -> None:
    first, key = desk.begin()
    model: dict[str, int] = {}
    pages: dict[str, int] = {}
    for number, (page_number, values, is_stale, is_repeated) in enumerate(submits):
        page = f"p{page_number}"
        held = first if is_stale else desk.load(key)
        own = {f"{page}_{name}": value for name, value in values.items()}
        expected = held.expected_seq(page)
        for _ in range(1 + is_repeated):
            saved = desk.save(held, page, own, f"k{number}", expected)
        if expected == pages.get(page, 0):
            model.update(own)
            pages[page] = saved.case.pages[page]
            assert saved.outcome == ("repeated" if is_repeated else "saved")
        else:
            is_same = all(model.get(name, NOT_ASKED) == value for name, value in own.items())
            assert saved.outcome == ("repeated" if is_same else "conflict")
    final = desk.load(key)
    assert final.answers == model
    assert final.pages == pages
    with desk.database.read() as session:
        assert continuing.rebuild_answers(session, final) == final.answers


def test_arrivals_are_counted_and_never_kept(desk: Desk) -> None:
    with desk.database.write() as session:
        declare_sources(session, STUDY, YEAR, ("nieuwsbrief",))
    for source in ("open", None, "Nieuwsbrief", "jan@example.org", "x" * 99):
        with desk.database.write() as session:
            count_arrival(session, STUDY, YEAR, "role_chosen", "contractor", "nl", source)
    with desk.database.read() as session:
        rows = session.execute(text("SELECT source, times FROM arrival ORDER BY source")).all()
    assert [tuple(row) for row in rows] == [("nieuwsbrief", 1), ("open", 4)]
    with pytest.raises(NotFound), desk.database.write() as session:
        count_arrival(session, STUDY, YEAR, "looked", "contractor", "nl", "open")


@pytest.mark.parametrize(
    ("given", "counted"),
    [("", None), ("LinkedIn", "linkedin"), ("news_letter", "news-letter"), ("<b>", None), ("x" * 33, None)],
)
def test_a_source_is_a_short_name_and_nothing_else(given: str, counted: str | None) -> None:
    assert source_name(given) == counted
