"""During the fieldwork: texts are corrected for everybody, anything else is a version beside the first."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from surveyapp.cli import main
from surveyapp.errors import WrongState
from surveyapp.fieldwork import interviews, versions, waves
from surveyapp.fieldwork.library import InstrumentLibrary
from surveyapp.instrument.model import Instrument
from surveyapp.instrument.resolve import resolved
from surveyapp.reports.live import LiveWaves
from surveyapp.storage import audit
from surveyapp.storage.database import Database
from surveyapp.storage.versions import cases_by_version, published
from tests.instrument.definitions import DELETE, in_memory, patched, write

Q, LISTS = "questionnaire.pages", "variables.code_lists"
FIRST = resolved(in_memory(), 2026)
STUDY = FIRST.study.id
OTHER_WORDS = (f"{Q}.1.items.0.text.nl", "Welk cijfer geeft u deze opdracht?")
ANOTHER_WAY = {"code": 7, "key": "quiet", "label": {"nl": "Rustig", "en": "Quiet"}}
CAUSE = {"code": 4, "key": "calm", "label": {"nl": "Rust", "en": "Calm"}}


def version(*changes: tuple[str, Any]) -> Instrument:
    return resolved(in_memory(*changes), 2026)


def opened(database: Database) -> None:
    with database.write() as session:
        waves.create_wave(session, FIRST)
        waves.open_wave(session, STUDY, 2026)


def begun(database: Database, instrument: Instrument, **answers: Any) -> str:
    """Somebody who began with this version and saved answers; the key of the case."""
    with database.write() as session:
        wave = waves.wave_info(session, STUDY, 2026)
        case, key = interviews.begin(session, wave, instrument, "contractor", "nl", "open")
        interviews.save_page(
            session, case, instrument.questionnaires["contractor"].pages[0].id, answers,
            expected_seq=0, client_key="browser1", language="nl",
        )  # fmt: skip
    return key


def hash_of(database: Database, key: str) -> str:
    with database.read_primary() as session:
        case = interviews.load_case(session, STUDY, key)
    assert case is not None
    return case.instrument_hash


def test_a_correction_reaches_who_is_answering_and_leaves_what_was_sent(database: Database) -> None:
    opened(database)
    sent, busy = begun(database, FIRST), begun(database, FIRST)
    with database.write() as session:
        case = interviews.load_case(session, STUDY, sent)
        assert case is not None
        interviews.send(session, case)
    better = version(OTHER_WORDS)

    with database.write() as session:
        made = versions.correct(session, better, "redactie@example.org", "cijfer onduidelijk")

    assert (made.replaces, made.moved) == (FIRST.hash, 1)
    assert hash_of(database, sent) == FIRST.hash
    assert hash_of(database, busy) == better.hash
    assert hash_of(database, begun(database, better)) == better.hash
    with database.read() as session:
        assert set(published(session, STUDY, 2026)) == {FIRST.hash, better.hash}
        assert cases_by_version(session, STUDY, 2026) == {FIRST.hash: 1, better.hash: 2}
        read = InstrumentLibrary(database).of_wave(session, STUDY, 2026)
    asked = read.questionnaires["contractor"].questions["gr_assign"]
    assert asked.text["nl"] == "Welk cijfer geeft u deze opdracht?"


def test_a_correction_is_in_the_sealed_log_with_old_and_new_words(sqlite_database: Database) -> None:
    opened(sqlite_database)
    with sqlite_database.write() as session:
        versions.correct(session, version(OTHER_WORDS), "redactie@example.org", "cijfer onduidelijk")
    with sqlite_database.read() as session:
        (entry,) = versions.history(session, STUDY, 2026)
        assert audit.verify(session).holds
    assert (entry.action, entry.actor, entry.reason) == (
        versions.CORRECT, "redactie@example.org", "cijfer onduidelijk",
    )  # fmt: skip
    assert entry.replaces == FIRST.hash
    (text,) = entry.texts
    old = FIRST.questionnaires["contractor"].questions["gr_assign"].text["nl"]
    assert (text["old"]["nl"], text["new"]["nl"]) == (old, "Welk cijfer geeft u deze opdracht?")


@pytest.mark.parametrize(
    "change",
    [
        (f"{Q}.1.items.2.show_if", "gr_assign >= 7"),
        (f"{LISTS}.causes.categories.+", CAUSE),
        (f"{Q}.3.items.0", DELETE),
    ],
)
def test_more_than_words_is_no_correction_and_nothing_changes(
    sqlite_database: Database, change: tuple[str, Any]
) -> None:
    opened(sqlite_database)
    with pytest.raises(WrongState, match="surveyapp wave revise"), sqlite_database.write() as session:
        versions.correct(session, version(change, OTHER_WORDS), "a")
    with sqlite_database.read() as session:
        assert waves.wave_info(session, STUDY, 2026).instrument_hash == FIRST.hash
        assert list(published(session, STUDY, 2026)) == [FIRST.hash]


def test_a_wave_that_has_not_opened_takes_the_definition_over_as_it_stands(sqlite_database: Database) -> None:
    with sqlite_database.write() as session:
        waves.create_wave(session, FIRST)
    for put in (versions.correct, versions.revise):
        with pytest.raises(WrongState, match="wave create"), sqlite_database.write() as session:
            put(session, version(OTHER_WORDS), "a", "b")


def test_in_an_archived_wave_nothing_is_corrected(sqlite_database: Database) -> None:
    opened(sqlite_database)
    with sqlite_database.write() as session:
        waves.close_wave(session, STUDY, 2026)
        waves.archive_wave(session, STUDY, 2026)
    with pytest.raises(WrongState, match="archived"), sqlite_database.write() as session:
        versions.correct(session, version(OTHER_WORDS), "a")


def test_a_new_version_is_for_who_begins_now_and_figures_count_both(database: Database) -> None:
    opened(database)
    early = begun(database, FIRST, a_role=1, gr_assign=8)
    more = version((f"{LISTS}.ways.categories.+", ANOTHER_WAY), (f"{LISTS}.causes.categories.+", CAUSE))
    live = LiveWaves(database, InstrumentLibrary(database))
    assert live.data(STUDY, 2026).dataset.n == 1

    with database.write() as session:
        made = versions.revise(session, more, "a", "een antwoord ontbrak")

    assert made.moved == 0
    late = begun(database, more)
    assert hash_of(database, early) == FIRST.hash
    assert hash_of(database, late) == more.hash
    data = live.data(STUDY, 2026)
    assert data.instrument.hash == more.hash
    assert data.dataset.n == 2
    assert data.instrument.variable("a_ways").codes[-1] == 7


def test_whatever_was_in_force_while_figures_could_be_seen_is_known_in_order(database: Database) -> None:
    more = version((f"{LISTS}.causes.categories.+", CAUSE))
    with database.write() as session:
        waves.create_wave(session, more)  # nobody sees figures of a draft
        waves.adopt(session, FIRST)
        waves.open_wave(session, STUDY, 2026)
    for number, (put, instrument) in enumerate(
        [(versions.revise, more), (versions.correct, better(more)), (versions.correct, more)]
    ):
        with database.read() as session:
            assert len(versions.replaced_versions(session, STUDY, 2026)) == number
        with database.write() as session:
            put(session, instrument, "a", "beter")
    with database.read() as session:
        replaced = versions.replaced_versions(session, STUDY, 2026)
    assert [one.hash for one in replaced] == [FIRST.hash, more.hash, better(more).hash]
    assert [one.until for one in replaced] == sorted(one.until for one in replaced)


def better(instrument: Instrument) -> Instrument:
    assert instrument.hash != FIRST.hash
    return version((f"{LISTS}.causes.categories.+", CAUSE), OTHER_WORDS)


def test_a_version_under_which_answers_would_be_lost_is_refused(sqlite_database: Database) -> None:
    opened(sqlite_database)
    with pytest.raises(WrongState, match="im_rank"), sqlite_database.write() as session:
        versions.revise(session, version((f"{Q}.3.items.0", DELETE)), "a", "te lang")


def test_words_alone_need_no_new_version_and_a_new_version_needs_a_reason(sqlite_database: Database) -> None:
    opened(sqlite_database)
    with pytest.raises(WrongState, match="wave correct"), sqlite_database.write() as session:
        versions.revise(session, version(OTHER_WORDS), "a", "woorden")
    with pytest.raises(WrongState, match="--reason"), sqlite_database.write() as session:
        versions.revise(session, version((f"{LISTS}.causes.categories.+", CAUSE)), "a", " ")


def test_by_command_a_correction_prints_old_and_new_and_a_refusal_names_the_places(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'survey.sqlite3'}"
    environment = {"SURVEYAPP_DATABASE_URL": url, "SURVEYAPP_INSTRUMENTS": str(tmp_path)}
    folder = tmp_path / STUDY

    def run(*arguments: str) -> tuple[int, str]:
        result = CliRunner().invoke(main, arguments, env=environment)
        return result.exit_code, result.output

    write(folder, patched())
    assert run("db", "upgrade")[0] == 0
    assert run("wave", "create", STUDY, "2026")[0] == 0
    with Database(url) as database, database.write() as session:
        waves.open_wave(session, STUDY, 2026)

    write(folder, patched(OTHER_WORDS))
    status, told = run("wave", "correct", STUDY, "2026", "--reason", "beter")
    assert status == 0, told
    assert "→ Welk cijfer geeft u deze opdracht?" in told

    write(folder, patched(OTHER_WORDS, (f"{LISTS}.causes.categories.+", CAUSE)))
    status, told = run("wave", "correct", STUDY, "2026")
    assert status != 0
    assert "variables.im_rank.categories.4" in told
    status, told = run("wave", "revise", STUDY, "2026", "--reason", "antwoord ontbrak")
    assert status == 0, told
    assert "stands beside" in told
