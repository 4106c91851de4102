"""What each column of an imported file becomes."""

from __future__ import annotations

from pathlib import Path

import pytest

from surveyapp.errors import DefinitionError
from surveyapp.instrument.mapping import load_mapping
from surveyapp.instrument.model import TrendEffect
from tests.instrument.definitions import definition, patched, write

REAL = Path(__file__).parents[2] / "instruments" / "goed-opdrachtgeverschap" / "2014" / "mapping.yaml"
DATA = Path(__file__).parents[3] / "shared" / "study" / "2014" / "responses.csv"


def test_columns_are_mapped_or_skipped_with_a_reason(tmp_path: Path) -> None:
    mapping = load_mapping(write(tmp_path, definition()) / "2014" / "mapping.yaml")
    assert (mapping.year, mapping.series, mapping.prefix, mapping.role, mapping.language) == (
        2014,
        "old",
        "old_",
        "contractor",
        "nl",
    )
    first = mapping.columns["q1"]
    assert first.variable is not None
    assert first.variable.name == "old_q1"
    assert first.missing == {0: -1}
    assert first.place is not None
    assert (mapping.columns["q2"].plausible_low, mapping.columns["q2"].plausible_high) == (5, 70)
    skipped = mapping.columns["q4"]
    assert skipped.variable is None
    assert skipped.skip_reason == "Empty in the file."
    assert mapping.file_columns == {"q1", "q2", "q3", "q4", "from", "begin"}
    assert mapping.case.date_formats == ["%m/%d/%Y %H:%M"]
    assert mapping.case.ended is None


def test_linked_variables_say_how_they_are_made(tmp_path: Path) -> None:
    mapping = load_mapping(write(tmp_path, definition()) / "2014" / "mapping.yaml")
    links = {link.variable.name: link for link in mapping.links}
    assert list(links) == ["gr_assign", "b_birth"]
    assert links["gr_assign"].effect is TrendEffect.CONTINUE
    assert links["b_birth"].add == 1929
    assert links["b_birth"].column == "q2"


def test_a_broken_link_needs_no_column(tmp_path: Path) -> None:
    broken = {"series": "old", "column": "gone", "effect": "break", "reason": {"nl": "Anders.", "en": "Other."}}
    folder = write(tmp_path, patched(("variables.variables.gr_assign.trend.0", broken)))
    mapping = load_mapping(folder / "2014" / "mapping.yaml")
    assert [link.variable.name for link in mapping.links] == ["b_birth"]


def test_a_link_to_a_column_that_is_not_mapped_is_refused(tmp_path: Path) -> None:
    folder = write(tmp_path, patched(("variables.variables.gr_assign.trend.0.column", "q4")))
    with pytest.raises(DefinitionError, match="no mapped column") as caught:
        load_mapping(folder / "2014" / "mapping.yaml")
    assert caught.value.place is not None
    assert caught.value.place.file.endswith("variables.yaml")


def test_a_mapping_that_cannot_be_read_is_refused_with_its_place(tmp_path: Path) -> None:
    path = write(tmp_path, definition()) / "2014" / "mapping.yaml"
    path.write_text("wave: [", "utf-8")
    with pytest.raises(DefinitionError, match=r"mapping\.yaml:\d+:\d+"):
        load_mapping(path)


def test_the_mapping_of_2014_has_every_column_of_the_file() -> None:
    if not DATA.exists():
        pytest.skip(f"the data of the first fieldwork are not at {DATA}")
    with DATA.open(encoding="utf-8") as source:
        header = source.readline().strip().split(";")
    mapping = load_mapping(REAL)
    assert sorted(name.strip('"') for name in header) == sorted(mapping.file_columns)
    assert {"gr_assign", "gr_client", "ph_close"} <= {link.variable.name for link in mapping.links}
