"""The files of a new wave are those of an earlier one, with only the year moved; and pieces of a file put in place."""

from __future__ import annotations

import dataclasses
from datetime import date
from pathlib import Path

import pytest

from surveyapp.errors import DefinitionError
from surveyapp.instrument.block_edits import with_first_entries, with_values
from surveyapp.instrument.files import WaveFiles
from surveyapp.instrument.next_wave import WAVE_FILES, next_wave, same_weekday
from surveyapp.instrument.source import read_document
from surveyapp.instrument.translation.approve import approve_keys, readable_study
from surveyapp.instrument.translation.lock import LOCK_NAME
from surveyapp.instrument.translation.texts import translations
from tests.web.console.people import INSTRUMENTS


@pytest.mark.parametrize(
    ("day", "years", "expected"),
    [
        # Checked against a printed calendar: both are Mondays, Fridays, Saturdays.
        (date(2026, 11, 2), 1, date(2027, 11, 1)),
        (date(2026, 12, 18), 1, date(2027, 12, 17)),
        (date(2024, 2, 29), 1, date(2025, 2, 27)),  # two Thursdays
        (date(2014, 9, 5), 12, date(2026, 9, 4)),  # two Fridays
    ],
)
def test_a_date_goes_to_the_same_day_of_the_week(day: date, years: int, expected: date) -> None:
    found = same_weekday(day, years)
    assert found == expected
    assert found.weekday() == day.weekday()


FILE = b"""# at the head
study: kinds
waves:
  - year: 2026  # this year
    title: {nl: "A", en: "B"}
    targets: {one: 3}
  # the first one
  - year: 2014
    imported: go2014
organisation: {name: "X", payer: {nl: "a", en: "b"}}
# at the foot
"""


def test_an_entry_is_put_before_the_first_and_comments_stay() -> None:
    entry = {"year": 2027, "title": {"nl": "C" * 60, "en": "D" * 60}, "mode": "anonymous"}

    made = with_first_entries(FILE, "study.yaml", {("waves",): entry})

    assert made.startswith(b"# at the head\nstudy: kinds\nwaves:\n  - year: 2027\n    title:\n")
    for comment in (b"# this year", b"# the first one", b"# at the foot"):
        assert comment in made


def test_a_piece_is_replaced_where_it_stood() -> None:
    values = {("waves", 0): {"year": 2026, "mode": "anonymous", "title": {"nl": "E: 'f'", "en": "# G"}}}
    organisation = {"name": "Y", "payer": {"nl": "a\nb", "en": "b" * 120}}

    made = with_values(FILE, "study.yaml", {**values, ("organisation",): organisation})

    read = read_document(made, "study.yaml")
    assert read.data["waves"][0] == values["waves", 0]  # type: ignore[union-attr]
    assert read.data["waves"][1] == {"year": 2014, "imported": "go2014"}  # type: ignore[union-attr]
    assert read.data["organisation"] == organisation  # type: ignore[union-attr]
    assert b"  # the first one\n" in made


def test_what_is_not_there_is_not_replaced() -> None:
    with pytest.raises(DefinitionError, match="not here any more"):
        with_values(FILE, "study.yaml", {("waves", 4): {}})


def test_what_was_approved_stays_approved(tmp_path: Path) -> None:
    source = INSTRUMENTS / "cursusevaluatie"
    contents = {str(path.relative_to(source)): path.read_bytes() for path in source.rglob("*.yaml")}
    files = readable_study(source, 2026)
    for path, content in approve_keys(
        files, 2026, "en", [each.text.key for each in translations(files, 2026, "en")]
    ).items():
        contents[str(path.relative_to(source))] = content

    for name, content in next_wave(contents, 2026, 2028).items():
        place = tmp_path / "cursusevaluatie" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)

    found = translations(readable_study(tmp_path / "cursusevaluatie", 2028), 2028, "en")
    assert {each.status for each in found} == {"done"}
    assert {each.words for each in found if each.text.key == "study.waves.2028.title"} == {"Course evaluation 2028"}


def test_every_file_a_wave_can_have_goes_along() -> None:
    kinds = {field.name for field in dataclasses.fields(WaveFiles)} - {"year", "lock"}
    assert {f"{kind}.yaml" for kind in kinds} | {LOCK_NAME} == set(WAVE_FILES)
