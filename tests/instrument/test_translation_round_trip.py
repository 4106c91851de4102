"""Translations go out, come back, are approved and go stale."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from surveyapp.errors import DefinitionError, ImportRefused, NotFound, WrongState
from surveyapp.instrument.checks import run_checks
from surveyapp.instrument.findings import opening_blockers
from surveyapp.instrument.loader import load_instrument
from surveyapp.instrument.translation import coming_in as incoming
from surveyapp.instrument.translation.approve import readable_study, waive
from surveyapp.instrument.translation.coming_in import Returned, coming_in, write_together
from surveyapp.instrument.translation.lock import read_lock, source_hash
from surveyapp.instrument.translation.texts import Translation, translations, wave_texts
from tests.instrument.definitions import approve_all, patched, write

TITLE = "study.title"


@pytest.fixture
def study(tmp_path: Path) -> Path:
    """The tiny study with every translation approved."""
    folder = write(tmp_path / "tiny", patched())
    write_together(approve_all(readable_study(folder, 2026), 2026, "en")[0])
    return folder


def standing(folder: Path, year: int = 2026) -> dict[str, Translation]:
    return {found.text.key: found for found in translations(readable_study(folder, year), year, "en")}


def returned(folder: Path, **words: str) -> list[Returned]:
    """A row per text; ``words`` by the last steps of a key, with __ for a full stop."""
    rows = []
    for number, (key, found) in enumerate(standing(folder).items(), start=2):
        new = next((said for end, said in words.items() if key.endswith(end.replace("__", "."))), "")
        rows.append(Returned(number, key, found.source, new))
    return rows


def say(folder: Path, file: str, old: str, new: str) -> None:
    path = folder / file
    text = path.read_text("utf-8")
    assert text.count(old) == 1, old
    path.write_text(text.replace(old, new), "utf-8")


def contents(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_a_key_names_a_text_by_ids_so_that_moving_it_changes_nothing(study: Path) -> None:
    before = {text.key for text in wave_texts(readable_study(study, 2026), 2026)}
    data = json.loads((study / "2026/questionnaire.yaml").read_text("utf-8"))
    data["pages"].reverse()
    (study / "2026/questionnaire.yaml").write_text(json.dumps(data), "utf-8")
    assert {text.key for text in wave_texts(readable_study(study, 2026), 2026)} == before


def test_no_two_texts_of_the_real_study_share_a_key() -> None:
    folder = Path(__file__).parents[2] / "instruments" / "goed-opdrachtgeverschap"
    for year in (2014, 2025, 2026):
        keys = [text.key for text in wave_texts(readable_study(folder, year), year)]
        assert len(keys) == len(set(keys)) > 300


def test_without_a_lock_all_is_new_and_after_approving_all_is_done(tmp_path: Path) -> None:
    folder = write(tmp_path / "tiny", patched())
    assert {found.status for found in standing(folder).values()} == {"new"}
    contents, lacking = approve_all(readable_study(folder, 2026), 2026, "en")
    write_together(contents)
    assert lacking == ()
    assert {found.status for found in standing(folder).values()} == {"done"}
    assert run_checks(readable_study(folder, 2026), 2026) == ()


def test_a_changed_source_makes_its_translation_stale_and_holds_back_the_opening(study: Path) -> None:
    say(study, "study.yaml", '"Klein onderzoek"', '"Heel klein onderzoek"')
    assert [key for key, found in standing(study).items() if found.status == "stale"] == [TITLE]
    (finding,) = run_checks(readable_study(study, 2026), 2026)
    assert (finding.code, finding.level, finding.name) == ("T014", "warning", TITLE)
    assert Path(finding.place.file).name == "study.yaml"
    assert opening_blockers([finding]) == (finding,)
    load_instrument(study, 2026)  # drafting and trying go on


def test_a_waiver_counts_until_the_source_changes_again(study: Path) -> None:
    say(study, "study.yaml", '"Klein onderzoek"', '"Heel klein onderzoek"')
    write_together(waive(readable_study(study, 2026), 2026, "en", TITLE, "The English says it already."))
    assert run_checks(readable_study(study, 2026), 2026) == ()
    assert standing(study)[TITLE].waiver == "The English says it already."
    say(study, "study.yaml", '"Heel klein onderzoek"', '"Zeer klein onderzoek"')
    assert [finding.code for finding in run_checks(readable_study(study, 2026), 2026)] == ["T014"]


def test_only_a_stale_text_is_waived_and_only_with_a_reason(study: Path) -> None:
    files = readable_study(study, 2026)
    with pytest.raises(WrongState, match="not stale"):
        waive(files, 2026, "en", TITLE, "no need")
    with pytest.raises(DefinitionError, match="reason"):
        waive(files, 2026, "en", TITLE, " ")
    with pytest.raises(NotFound, match="no text"):
        waive(files, 2026, "en", "study.nothing", "no need")
    with pytest.raises(NotFound, match="translated into en"):
        waive(files, 2026, "de", TITLE, "no need")


def test_a_new_text_is_named_until_it_is_approved(study: Path) -> None:
    data = json.loads((study / "2026/questionnaire.yaml").read_text("utf-8"))
    page = next(page for page in data["pages"] if "intro" not in page)
    page["intro"] = {"nl": "Geef een heel cijfer.", "en": "Give a whole mark."}
    (study / "2026/questionnaire.yaml").write_text(json.dumps(data), "utf-8")
    findings = run_checks(readable_study(study, 2026), 2026)
    assert [finding.code for finding in findings] == ["T015"]
    assert opening_blockers(findings) == ()


def test_what_comes_in_is_written_approved_and_nothing_else_changes(study: Path) -> None:
    say(study, "study.yaml", '"Klein onderzoek"', '"Heel klein onderzoek"')
    before = contents(study)
    taken = coming_in(study, 2026, "nl", "en", returned(study, study__title="Very small study"))
    assert contents(study) == before  # a dry run
    assert taken.changed == ((TITLE, "Small study", "Very small study"),)
    taken.write()
    assert [path.name for path, content in contents(study).items() if content != before[path]] == [
        "lock.json",
        "study.yaml",
    ]
    assert standing(study)[TITLE].status == "done"
    assert load_instrument(study, 2026).study.title["en"] == "Very small study"


def test_the_same_words_again_confirm_a_stale_translation(study: Path) -> None:
    say(study, "study.yaml", '"Klein onderzoek"', '"Klein  onderzoek"'.replace("  ", " – "))
    taken = coming_in(study, 2026, "nl", "en", returned(study, study__title="Small study"))
    assert (taken.changed, taken.confirmed) == ((), 1)
    taken.write()
    assert standing(study)[TITLE].status == "done"


def test_a_shared_text_is_approved_for_every_wave_that_has_a_lock(study: Path) -> None:
    write_together(approve_all(readable_study(study, 2014), 2014, "en")[0])
    say(study, "study.yaml", '"Klein onderzoek"', '"Heel klein onderzoek"')
    assert standing(study, 2014)[TITLE].status == "stale"
    coming_in(study, 2026, "nl", "en", returned(study, study__title="Very small study")).write()
    assert standing(study, 2014)[TITLE].status == "done"


BAD = {
    "=1+1": "formula",
    "@SUM(A1)": "formula",
    "-2+3": "formula",
    "a\x07b": "control character",
    "a\u202eb": "control character",
    "x" * 5000: "limit",
    "{a_months.value|some} months": "does not stand in the source",
    "Write {this}": "T005",
    "<b>bold</b>": "T008",
}


@pytest.mark.parametrize("words", sorted(BAD))
def test_hostile_or_unfit_words_are_refused_and_nothing_is_written(study: Path, words: str) -> None:
    before = contents(study)
    rows = returned(study, gr_assign__text=words, study__title="A fine title")
    with pytest.raises(ImportRefused, match="nothing was written") as caught:
        coming_in(study, 2026, "nl", "en", rows)
    assert [fault for fault in caught.value.faults if BAD[words] in fault.message]
    assert contents(study) == before


def test_a_missing_placeholder_is_named(study: Path) -> None:
    key = next(key for key, found in standing(study).items() if "{" in found.source)
    with pytest.raises(ImportRefused) as caught:
        coming_in(study, 2026, "nl", "en", [Returned(9, key, standing(study)[key].source, "Nothing filled in here")])
    (fault,) = caught.value.faults
    assert fault.row == 9
    assert "is missing" in fault.message


def test_rows_of_another_study_twice_the_same_or_older_than_the_source_are_named(study: Path) -> None:
    rows = [
        Returned(2, "study.nothing", "Iets", "Something"),
        Returned(3, TITLE, "Klein onderzoek van vroeger", "Small study of old"),
        Returned(4, TITLE, "Klein onderzoek", "Small study"),
    ]
    with pytest.raises(ImportRefused, match="3 rows cannot be taken") as caught:
        coming_in(study, 2026, "nl", "en", rows)
    assert [fault.row for fault in caught.value.faults] == [2, 3, 4]
    assert "now reads: Klein onderzoek" in caught.value.faults[1].message


def test_when_one_file_cannot_be_written_none_is(study: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = coming_in(
        study, 2026, "nl", "en", returned(study, study__title="Other title", gr_assign__text="Which mark?")
    )
    before = contents(study)
    replaced: list[Path] = []
    real = Path.replace

    def failing(self: Path, target: Path) -> Path:
        if replaced:
            raise OSError(28, "No space left on device")
        replaced.append(target)
        return real(self, target)

    monkeypatch.setattr(incoming.Path, "replace", failing)
    with pytest.raises(DefinitionError, match="No space left"):
        taken.write()
    assert replaced
    assert contents(study) == before


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"{", b'{"format": 2}', b'{"format": 1, "format": 1}', b"[" * 100_000, b'{"more": 1}', b"\xff\xfe"],
)
def test_a_broken_lock_is_a_finding_with_a_place(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "lock.json"
    path.write_bytes(content)
    found = read_lock(path)
    assert isinstance(found, tuple)
    assert found
    assert all(finding.level == "error" and finding.place.file == str(path) for finding in found)


def test_the_hash_is_of_the_text_and_not_of_its_bytes() -> None:
    assert source_hash("één") == source_hash("e\u0301e\u0301n")
    assert len(source_hash("")) == 16
