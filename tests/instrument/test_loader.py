"""From files to instruments, and from stored documents back to the same."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest

from surveyapp.errors import DefinitionError, NotFound
from surveyapp.instrument.files import read_files, wave_folders
from surveyapp.instrument.loader import (
    instrument_from_documents,
    load_instrument,
    read_instrument,
    studies,
)
from surveyapp.instrument.model import Information, Instrument, Level, Question, QuestionSet, VariableType
from surveyapp.instrument.resolve import resolved
from tests.instrument.definitions import definition, in_memory, patched, write

REAL = Path(__file__).parents[2] / "instruments"


def tiny(*changes: tuple[str, object], year: int = 2026) -> Instrument:
    return resolved(in_memory(*changes), year)


def test_a_folder_lists_its_studies_and_their_waves(tmp_path: Path) -> None:
    write(tmp_path / "tiny", definition())
    (tmp_path / "notes").mkdir()
    assert studies(tmp_path) == ("tiny",)
    assert wave_folders(tmp_path / "tiny") == (2014, 2026)
    assert studies(tmp_path / "nothing") == wave_folders(tmp_path / "nothing") == ()


def test_a_study_or_wave_that_is_not_there_is_not_found(tmp_path: Path) -> None:
    folder = write(tmp_path, definition())
    with pytest.raises(NotFound, match="no wave 2020"):
        load_instrument(folder, 2020)
    with pytest.raises(NotFound, match="no study"):
        load_instrument(tmp_path / "nothing", 2026)


def test_each_role_gets_its_own_pages_in_its_own_words() -> None:
    instrument = tiny()
    assert list(instrument.questionnaires) == ["contractor", "manager"]
    contractor, manager = instrument.questionnaire("contractor"), instrument.questionnaire("manager")
    assert [page.id for page in contractor.pages] == ["start", "verdict", "content", "improve", "about"]
    assert contractor.questions["s_elig"].text["nl"] == "Had u dit jaar een opdracht?"
    assert manager.questions["s_elig"].text["en"] == "Did you hire someone this year?"
    assert contractor.by_id["verdict"].title["nl"] == "Uw opdracht"
    assert manager.by_id["verdict"].title["nl"] == "De opdracht"
    assert "a_ways" in contractor.questions
    assert "a_ways" not in manager.questions
    assert [part.id for part in contractor.parts] == ["start", "rest"]


def test_conditions_per_role_reach_their_role() -> None:
    instrument = tiny()
    shown = {role: found.by_id["content"].show_if for role, found in instrument.questionnaires.items()}
    assert shown["contractor"] is not None
    assert shown["contractor"].names == {"a_ways", "gr_assign"}
    assert shown["manager"] is not None
    assert shown["manager"].source == "gr_assign >= 6"


def test_items_keep_their_kind_and_their_settings() -> None:
    questionnaire = tiny().questionnaire("contractor")
    mark = questionnaire.questions["gr_assign"]
    assert mark.hint is not None
    assert mark.missing[0].label["nl"] == "geen oordeel"
    assert mark.variable.missing[0].label["nl"] == "weet ik niet"
    assert not mark.is_required
    assert mark.has_prompt
    assert questionnaire.questions["s_elig"].is_required
    assert questionnaire.questions["a_ways"].is_randomised
    assert not questionnaire.questions["v_tips"].has_prompt
    assert not questionnaire.questions["c_mail"].has_prompt
    kinds = [type(item) for page in questionnaire.pages for item in page.items]
    assert kinds.count(Information) == 1
    assert kinds.count(QuestionSet) == 1
    assert kinds.count(Question) == 9
    assert questionnaire.minutes >= 1


def test_an_other_category_brings_its_own_text() -> None:
    instrument = tiny()
    other = instrument.variable("a_ways_other")
    assert other.type is VariableType.SHORT_TEXT
    assert other.other_of == "a_ways"
    assert other.maximum_characters == 200
    assert other.label == {"nl": "Wegen: anders, namelijk", "en": "Ways: other, please specify"}
    names = list(instrument.variables)
    assert names.index("a_ways_other") == names.index("a_ways") + 1
    asked = instrument.universes["a_ways_other"].by_role["contractor"]
    assert asked is not None
    assert asked.evaluate({"s_elig": 1, "a_ways": [97]}, role="contractor", language="nl") is True
    assert asked.evaluate({"s_elig": 1, "a_ways": [1]}, role="contractor", language="nl") is False


def test_levels_ranges_and_scales_follow_from_type_and_list() -> None:
    variables = tiny().variables
    assert variables["gr_assign"].level is Level.SCORE
    assert variables["dr_fit"].level is Level.SCORE
    assert variables["s_elig"].level is Level.NOMINAL
    assert variables["a_months"].level is Level.RATIO
    assert variables["v_tips"].level is Level.TEXT
    assert variables["gr_assign"].scale == "mark10"
    assert variables["gr_assign"].low == {"nl": "zeer slecht", "en": "very poor"}
    birth = variables["b_birth"].number
    assert birth is not None
    assert (birth.minimum, birth.maximum) == (1930, 2010)  # wave_year - 16 in 2026
    assert variables["dr_learn"].is_reversed
    assert variables["im_rank"].ranks == 2
    assert variables["v_tips"].maximum_characters == 2000
    assert list(tiny().scales) == ["consent", "yesno", "mark10", "ways", "agree3", "causes"]


def test_a_universe_joins_page_item_and_earlier_endings() -> None:
    universe = tiny().universes["dr_fit"].by_role
    contractor = universe["contractor"]
    assert contractor is not None

    def asked(**answers: object) -> bool | None:
        return contractor.evaluate(answers, role="contractor", language="nl")

    assert asked(s_elig=1, a_ways=[1]) is True
    assert asked(s_elig=2, a_ways=[1]) is False  # the questionnaire ended on the first page
    assert asked(a_ways=[1]) is True  # an unknown condition ends nothing
    assert asked(s_elig=1, a_ways=[3], gr_assign=8) is False
    assert asked(s_elig=1, a_ways=[3], gr_assign=-2) is True
    assert tiny().universes["s_elig"].by_role == {"contractor": None, "manager": None}
    assert tiny().universes["s_consent"].by_role == {"contractor": None, "manager": None}


def test_variables_that_are_not_asked_are_not_in_the_wave() -> None:
    instrument = tiny(("variables.variables.spare", {"type": "long_text", "label": {"nl": "Over", "en": "Spare"}}))
    assert "spare" not in instrument.variables
    assert instrument.hash == tiny().hash


def test_an_imported_wave_has_its_columns_and_the_linked_variables() -> None:
    instrument = tiny(year=2014)
    assert list(instrument.variables) == ["old_q1", "old_q2", "old_q3", "gr_assign", "b_birth"]
    assert instrument.questionnaires == {}
    assert instrument.universes["old_q1"].by_role == {"contractor": None}
    assert instrument.universes["gr_assign"].by_role == {"contractor": None}
    assert instrument.wave.imported_series == "old"
    assert instrument.wave.title["en"] == "Small study 2014"
    assert [code.key for code in instrument.variable("old_q1").missing] == ["na"]
    assert instrument.variable("old_q3").level is Level.ORDINAL
    assert instrument.tables == ()
    with pytest.raises(NotFound):
        instrument.questionnaire("contractor")


def test_tables_know_their_banner_and_filter() -> None:
    first, second, _ = tiny().tables
    assert first.banner == ("role", "b_gender")
    assert second.filter is not None
    assert second.chart == "profile"


@pytest.mark.parametrize("year", [2014, 2026])
def test_stored_documents_give_an_equal_instrument(year: int, tmp_path: Path) -> None:
    instrument = load_instrument(write(tmp_path, definition()), year)
    # A database may sort the keys of an object and knows only text keys.
    stored = json.loads(json.dumps(instrument.documents, sort_keys=True))
    again = instrument_from_documents(stored)
    assert again == instrument
    assert again.hash == instrument.hash
    assert list(again.variables) == list(instrument.variables)
    assert again.documents == instrument.documents


def test_the_hash_names_the_content_and_not_its_spelling(tmp_path: Path) -> None:
    folder = write(tmp_path, definition())
    before = load_instrument(folder, 2026)
    assert len(before.hash) == 64
    path = folder / "2026" / "questionnaire.yaml"
    path.write_text("# a remark\n" + json.dumps(json.loads(path.read_text("utf-8"))), "utf-8")
    assert load_instrument(folder, 2026).hash == before.hash
    path.write_text(path.read_text("utf-8").replace("maanden duurde", "maanden duurt"), "utf-8")
    assert load_instrument(folder, 2026).hash != before.hash


def test_next_years_wave_leaves_this_years_hash_alone() -> None:
    before = tiny().hash
    assert tiny(("study.waves.+", {"year": 2027})).hash == before
    assert tiny(("questionnaire.pages.0.title.nl", "Anders")).hash != before


@pytest.mark.parametrize(
    "documents",
    [
        {},
        {"format": 1},
        {"format": 2, "year": 2026},
        {"format": 1, "year": 2026, "study": {}, "variables": {}},
        {"format": 1, "year": "2026"},
    ],
)
def test_documents_of_another_kind_are_refused(documents: dict[str, object]) -> None:
    with pytest.raises(DefinitionError):
        instrument_from_documents(documents)


def test_documents_that_lost_a_variable_are_refused(tmp_path: Path) -> None:
    instrument = load_instrument(write(tmp_path, definition()), 2026)
    stored = json.loads(json.dumps(instrument.documents))
    del stored["variables"]["variables"]["gr_assign"]
    with pytest.raises(DefinitionError, match="incomplete"):
        instrument_from_documents(stored)


def test_unchanged_files_give_the_same_instrument_and_changed_files_another(tmp_path: Path) -> None:
    folder = write(tmp_path, definition())
    first, _ = read_instrument(folder, 2026)
    assert read_instrument(folder, 2026)[0] is first
    write(tmp_path, patched(("study.threshold", 12)))
    second, _ = read_instrument(folder, 2026)
    assert second is not None
    assert second.study.threshold == 12


def test_a_file_that_breaks_and_is_mended_is_read_anew(tmp_path: Path) -> None:
    folder = write(tmp_path, definition())
    path = folder / "study.yaml"
    good = path.read_text("utf-8")
    path.write_text(good + "\n}", "utf-8")
    assert read_instrument(folder, 2026)[0] is None
    with pytest.raises(DefinitionError, match=r"study\.yaml:\d+:\d+"):
        load_instrument(folder, 2026)
    path.write_text(good, "utf-8")
    assert read_instrument(folder, 2026)[0] is not None


def test_a_missing_file_is_a_finding_not_an_exception(tmp_path: Path) -> None:
    folder = write(tmp_path, definition())
    (folder / "variables.yaml").unlink()
    instrument, findings = read_instrument(folder, 2026)
    assert instrument is None
    assert [(finding.code, Path(finding.place.file).name) for finding in findings] == [("Y000", "variables.yaml")]


def test_a_study_is_read_whole(tmp_path: Path) -> None:
    files = read_files(write(tmp_path, definition()))
    assert sorted(files.waves) == [2014, 2026]
    assert files.findings == ()


def test_threads_may_read_at_once(tmp_path: Path) -> None:
    folder = write(tmp_path, definition())
    found: list[Instrument | None] = []
    threads = [threading.Thread(target=lambda: found.append(read_instrument(folder, 2026)[0])) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len({instrument.hash for instrument in found if instrument}) == 1


@pytest.mark.parametrize("year", wave_folders(REAL / "goed-opdrachtgeverschap"))
def test_every_wave_of_the_real_study_survives_being_stored(year: int) -> None:
    instrument = load_instrument(REAL / "goed-opdrachtgeverschap", year)
    stored = json.loads(json.dumps(instrument.documents, sort_keys=True))
    again = instrument_from_documents(stored)
    assert again == instrument
    assert again.hash == instrument.hash
    for name, variable in instrument.variables.items():
        assert name in instrument.universes
        assert variable.place is not None
        assert again.variables[name].place is None
