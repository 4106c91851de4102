"""A loop is a way of writing: what it says once is asked per chosen option, and nothing above the instrument knows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from surveyapp.analysis.columns import CodeColumn
from surveyapp.engine.pipe import piped
from surveyapp.engine.robots import Crew
from surveyapp.engine.route import on_path, visible_page
from surveyapp.instrument.checks import run_checks
from surveyapp.instrument.loader import instrument_from_documents, load_instrument
from surveyapp.instrument.loops import written_out
from surveyapp.instrument.model import Instrument, QuestionSet
from surveyapp.instrument.resolve import resolved
from surveyapp.instrument.translation.texts import wave_texts
from surveyapp.reports.extract import extract
from tests.instrument.definitions import definition, in_memory, study_files, write
from tests.reports.waves import record

MADE = ("l_good_1", "l_good_2", "l_why_1", "l_why_2", "l_quick_1", "l_quick_2", "l_clear_1", "l_clear_2")


@pytest.fixture(scope="module")
def looped() -> Instrument:
    return resolved(in_memory(name="loop"), 2026)


def test_the_tiny_definition_of_a_loop_is_clean_but_for_its_missing_tables() -> None:
    assert {finding.code for finding in run_checks(in_memory(name="loop"), 2026)} <= {"B009", "L016"}


def test_each_option_that_is_offered_gets_its_own_variables_in_codebook_order(looped: Instrument) -> None:
    # Code 3 is retired and no longer asked, code 90 is "none of these": nothing to ask about.
    assert tuple(looped.variables) == ("s_consent", "l_ways", *MADE, "l_last")
    assert looped.variable("l_good_1").label["nl"] == "Beviel: uw netwerk"
    assert looped.variable("l_why_2").label["en"] == "Why an agency did not please"
    assert [code.key for code in looped.variable("l_good_2").missing] == ["dk"]


def test_items_of_a_loop_stand_on_their_page_and_a_looped_page_becomes_one_per_option(looped: Instrument) -> None:
    questionnaire = looped.questionnaire("contractor")
    assert [page.id for page in questionnaire.pages] == ["ways", "verdict", "each-1", "each-2"]
    verdict = [question.name for question in questionnaire.by_id["verdict"].questions()]
    assert verdict == ["l_good_1", "l_why_1", "l_good_2", "l_why_2", "l_last"]
    assert questionnaire.by_id["each-2"].title["nl"] == "Meer over een bureau"
    (item,) = questionnaire.by_id["each-1"].items
    assert isinstance(item, QuestionSet)
    assert item.id == "each-set-1"
    assert item.text["en"] == "You said: {l_good_1.label|no verdict}. Do you agree about your network?"


def test_conditions_join_the_option_with_what_the_author_wrote(looped: Instrument) -> None:
    questionnaire = looped.questionnaire("contractor")
    good, why = questionnaire.questions["l_good_2"], questionnaire.questions["l_why_2"]
    assert good.show_if is not None
    assert why.show_if is not None
    assert good.show_if.source == "any_of(l_ways, [2])"
    assert why.show_if.source == "any_of(l_ways, [2]) and (l_good_2 == 2)"
    page = questionnaire.by_id["each-1"]
    assert page.show_if is not None
    assert page.show_if.source == "any_of(l_ways, [1]) and (l_last == 1)"


@pytest.mark.parametrize(
    ("answers", "seen"),
    [
        ({"l_ways": [1]}, ["l_good_1", "l_last"]),
        ({"l_ways": [1, 2]}, ["l_good_1", "l_good_2", "l_last"]),
        ({"l_ways": [1, 2], "l_good_2": 2}, ["l_good_1", "l_good_2", "l_why_2", "l_last"]),
        ({"l_ways": [90]}, ["l_last"]),
        ({"l_ways": -9}, ["l_last"]),
    ],
)
def test_only_chosen_options_are_asked_about(looped: Instrument, answers: dict, seen: list[str]) -> None:
    page = visible_page(looped.questionnaire("contractor"), "verdict", answers, "nl")
    assert [question.name for question in page.questions] == seen


def test_a_published_version_is_whole_without_its_loops(tmp_path: Path) -> None:
    instrument = load_instrument(write(tmp_path / "loop", definition("loop")), 2026)
    again = instrument_from_documents(instrument.documents)
    assert again == instrument
    assert again.hash == instrument.hash
    assert "loop" not in str(instrument.documents["questionnaire"])


def test_findings_in_a_loop_point_at_where_it_was_written(tmp_path: Path) -> None:
    loop = "questionnaire.pages.1.items.0.loop.items.1"
    files = study_files(tmp_path, (f"{loop}.show_if.contractor", "l_good == 7"), name="loop")
    struck = [finding for finding in run_checks(files, 2026) if finding.code == "C001"]
    assert {finding.name for finding in struck} == {"l_why_1: l_good_1", "l_why_2: l_good_2"}
    for finding in struck:
        line = Path(finding.place.file).read_text("utf-8").splitlines()[finding.place.line - 1]
        assert "l_good == 7" in line


def test_translators_see_a_loop_once_as_it_was_written() -> None:
    keys = [text.key for text in wave_texts(in_memory(name="loop"), 2026)]
    assert "questionnaire.pages.verdict.items.loop-l_ways.loop.items.l_good.text" in keys
    assert "variables.variables.l_good.label" in keys
    assert not any("l_good_1" in key for key in keys)


def test_files_without_a_loop_stay_the_very_same() -> None:
    files = in_memory(name="random_order")
    assert written_out(files, 2026) is files
    once = written_out(in_memory(name="loop"), 2026)
    assert written_out(once, 2026) is once


LOOP = "questionnaire.pages.1.items.0.loop"
FAULTS: dict[str, list[tuple[str, Any]]] = {
    "R023": [(f"{LOOP}.over", "l_last")],
    "R024": [("questionnaire.pages.1.items.1.variable", "l_good")],
    "R025": [("questionnaire.pages.1.items.0.variable", "l_last")],
    "R026": [
        (
            "variables.variables.l_good.trend",
            [{"series": "old", "column": "q1", "effect": "break", "reason": {"nl": "Anders.", "en": "Different."}}],
        )
    ],
    "P001": [
        ("questionnaire.pages.0.items.0.variable", "l_last"),
        ("questionnaire.pages.1.items.1.variable", "l_ways"),
    ],
}


@pytest.mark.parametrize("code", sorted(FAULTS))
def test_a_loop_that_cannot_be_is_found_at_its_place(code: str, tmp_path: Path) -> None:
    struck = [f for f in run_checks(study_files(tmp_path, *FAULTS[code], name="loop"), 2026) if f.code == code]
    assert struck
    assert all(finding.place.line > 1 for finding in struck)


def test_a_made_name_must_be_free_and_is_no_longer_than_any_other() -> None:
    month = {"type": "month", "label": {"nl": "Maand", "en": "Month"}}
    taken = run_checks(in_memory(("variables.variables.l_good_2", month), name="loop"), 2026)
    assert ("R024", "The name 'l_good_2' is taken.") in [(each.code, each.message["en"]) for each in taken]
    name = "l_a_name_of_thirty_one_letters_x"  # 32 characters: possible by itself, not with a code behind it
    changes = [(f"variables.variables.{name}", month), (f"{LOOP}.items.0.variable", name)]
    long = run_checks(in_memory(*changes, name="loop"), 2026)
    assert {each.code for each in long} == {"S005"}


def test_robots_walk_every_loop_and_the_columns_hold_what_they_answered(looped: Instrument) -> None:
    crew = Crew(looped.questionnaire("contractor"))
    walks = [crew.walk(seed, "nl") for seed in range(1, 41)]
    assert {page for walk in walks for page in walk.pages} == {"ways", "verdict", "each-1", "each-2"}
    records = [record(looped, number, "contractor", walk.answers) for number, walk in enumerate(walks)]
    data = extract(looped, records)
    for name in ("l_good_1", "l_good_2", "l_quick_2"):
        column = data.columns[name]
        counted = [on_path(looped.questionnaire("contractor"), walk.answers, "nl").get(name, -8) for walk in walks]
        assert isinstance(column, CodeColumn)
        assert column.values.tolist() == counted
        assert {1, -8} <= set(counted)


def test_a_label_that_grows_too_long_with_its_option_is_mended_by_the_options_short_label() -> None:
    long = "een heel lang antwoord dat niemand in een tabel of in een uitvoerbestand ooit helemaal zal lezen"
    ways = "variables.code_lists.ways.categories.0"
    label = (f"{ways}.label", {"nl": long, "en": "a very long answer that nobody will ever read in any table or file"})
    short = (f"{ways}.short", {"nl": "netwerk", "en": "network"})
    assert "F005" in {finding.code for finding in run_checks(in_memory(label, name="loop"), 2026)}
    assert "F005" not in {finding.code for finding in run_checks(in_memory(label, short, name="loop"), 2026)}
    made = resolved(in_memory(label, short, name="loop"), 2026)
    assert made.variable("l_good_1").label["nl"] == "Beviel: netwerk"
    assert long in made.questionnaire("contractor").questions["l_good_1"].text["nl"]


OTHER = {"code": 97, "key": "other", "label": {"nl": "anders, namelijk", "en": "other, namely"}, "other": True}


def test_of_other_a_loop_says_the_words_that_were_typed() -> None:
    files = in_memory(("variables.code_lists.ways.categories.+", {**OTHER, "anchored": True}), name="loop")
    assert not [finding for finding in run_checks(files, 2026) if finding.code.startswith("T")]
    instrument = resolved(files, 2026)
    questionnaire = instrument.questionnaire("contractor")
    texts = (questionnaire.questions["l_good_97"].text["nl"], questionnaire.by_id["each-97"].title["en"])
    typed = {"l_ways": [97], "l_ways_other": "de buurvrouw"}
    assert [piped(text, instrument, typed, "nl") for text in texts] == [
        "Beviel de buurvrouw?",
        "More about de buurvrouw",
    ]
    assert piped(texts[0], instrument, {"l_ways": [97]}, "nl") == "Beviel anders, namelijk?"
    assert instrument.variable("l_good_97").label["nl"] == "Beviel: anders, namelijk"


def test_words_beside_other_are_piped_only_where_there_is_an_other() -> None:
    text = {"nl": "En {l_ways.other|dat}?", "en": "And {l_ways.other|that}?"}
    for more, found in (((), {"T006"}), ((("variables.code_lists.ways.categories.+", OTHER),), set())):
        files = in_memory(("questionnaire.pages.1.items.1.text", text), *more, name="loop")
        assert {finding.code for finding in run_checks(files, 2026)} & {"T005", "T006"} == found
