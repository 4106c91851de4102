"""Every finding names the line of its cause: a fault of each kind is planted at a line we know and found there.

The tiny study is written with one key to a line, so that a line too many above or below the fault is seen. Where a
fault has two ends, or is that something is not there at all, ``CAUSE`` says which line an author is sent to.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import pytest

import surveyapp.instrument
from surveyapp.instrument.checks import CHECKS, limits, run_checks
from surveyapp.instrument.files import read_files
from surveyapp.instrument.findings import Finding
from surveyapp.instrument.source import read_document
from tests.instrument.definitions import DELETE, definition, in_memory, patched, write
from tests.instrument.examples_of_checks import EXAMPLES, both, category, choice, item, page
from tests.instrument.test_loops import FAULTS as LOOP_FAULTS
from tests.instrument.test_loops import LOOP

CAUSE: dict[str, str] = {
    # What is not there is missed at the entry that should have it, or at the name that asks for it.
    "R003": '"gr_assign": {',
    "R014": '"refused"',
    "R017": '"title": {',
    "R018": "{",
    "R020": '"q1": {',
    "R022": "{",
    "L003": '"codes": "mark10"',
    "L010": '"mark10": {',
    "L016": '"a_months": {',
    "L017": '"a_months": {',
    "T001": '"text": {',
    "K007": '"gr_assign": {',
    "V005": "{",
    "V006": "{",
    "G006": '"set": "content-set"',
    "B007": '"dr_fit"',
    "B008": '"tables": [',
    # Two ends: the one that can be changed without harm.
    "L021": '"code": 2',  # the first code that does not rise
    "R021": '"variable": "s_consent"',
    "L004": '"codes": "yesno"',
    "L007": '"warn_above": 60',
    "O007": '"manager": "gr_assign >= 6"',
    "O008": '"end_if": [',
    "O009": '"variable": "dr_fit"',
    "O010": '"variable": "b_birth"',
    "P007": '"id": "manager"',
    "K004": '"dr_fit"',
    "K005": '"items": [',
    "V001": "e-mail",
    "V008": '"b_gender"',
    "G002": '"variable": "im_rank"',
    "G007": '"variable": "dr_learn"',
    # No single line: the list of pages or of variables as a whole.
    "G004": '"pages": [',
    "F009": '"variables": {',
    # The lock is not written by hand; the text it speaks of is.
    "T014": '"title": {',
    "T015": '"title": {',
    # In a loop.
    "R023": '"over": "l_last"',
    "R024": '"variable": "l_good"',
    "R025": '"variable": "l_last"',
    "R026": '"trend": [',
}
WANTED = " and ".join(f"any_of(w_one, [{code}])" for code in range(1, 15)) + " and count(w_one) < 9"


def unproved() -> tuple[tuple[str, Any], ...]:
    """Fifteen options give more answers than are tried."""
    several = {"type": "multiple", "codes": "many", "label": both("Veel", "Many")}
    return (
        ("variables.code_lists.many", {"categories": [category(code, f"k{code}") for code in range(1, 16)]}),
        ("variables.variables.w_one", several),
        ("questionnaire.pages.+", page("many", item("w_one"))),
        ("questionnaire.pages.+", page("last", item("w_last"), show_if=WANTED)),
        ("variables.variables.w_last", choice("Laatste")),
    )


PLANTED: dict[str, tuple[str, int, tuple[tuple[str, Any], ...]]] = {
    **{code: ("tiny", year, tuple(changes)) for code, (year, *changes) in EXAMPLES.items()},
    **{code: ("loop", 2026, (*changes,)) for code, changes in LOOP_FAULTS.items() if code not in EXAMPLES},
    "P013": ("tiny", 2026, unproved()),
    "F009": ("tiny", 2026, ()),  # with a narrow worksheet: thousands of categories would only take time
}


def lines_of(folder: Path) -> dict[str, list[str]]:
    return {str(path): path.read_text("utf-8").splitlines() for path in folder.rglob("*") if path.is_file()}


def written(before: dict[str, list[str]], after: dict[str, list[str]], was: Path, now: Path) -> set[tuple[str, int]]:
    """The lines that the change wrote, or that stand where it took something away."""
    found = set()
    for file, lines in after.items():
        old = before.get(str(was / Path(file).relative_to(now)), [])
        for kind, _, _, begin, end in SequenceMatcher(None, old, lines, autojunk=False).get_opcodes():
            if kind != "equal":
                found |= {(file, number + 1) for number in range(begin, max(end, begin + 1))}
    return found


def test_a_fault_of_every_kind_is_planted() -> None:
    assert sorted(set(CHECKS) - set(PLANTED)) == []


@pytest.mark.parametrize("code", sorted(PLANTED))
def test_a_finding_stands_on_the_line_of_its_cause(code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if code == "F009":
        monkeypatch.setattr(limits, "EXCEL_COLUMNS", 20)
    name, year, changes = PLANTED[code]
    was, now = write(tmp_path / "was", definition(name)), write(tmp_path / "now", patched(*changes, name=name))
    struck = [each for each in run_checks(read_files(now), year) if each.code == code]
    assert struck
    lines = lines_of(now)
    places = {(each.place.file, each.place.line) for each in struck}
    said = {place: lines[place[0]][place[1] - 1].strip() for place in places}
    if code in CAUSE:
        assert any(line.startswith(CAUSE[code]) or CAUSE[code] in line for line in said.values()), said
        assert all(each.place.column > 0 for each in struck)
    else:
        changed = written(lines_of(was), lines, was, now)
        assert places & changed, said
        strange = places - changed
        # What a fault brings about elsewhere is said there, beside the cause and never instead of it.
        assert len(strange) <= 1, {place: said[place] for place in strange}


FILES: dict[str, tuple[bytes, int]] = {
    "Y001": (b"a: 1\nb: [1, 2\n", 2),
    "Y002": (b"a: 1\nb: \xe9\n", 2),
    "Y003": (b"#" * 2_000_001, 1),
    "Y004": (b"a: 1\nb: 2\na: 3\n", 3),
    "Y005": (b"a: 1\nb: &x 2\n", 2),
    "Y006": (b"a: 1\nb: " + b"[" * 50 + b"]" * 50, 2),
    "Y007": (b"a: 1\nb: .inf\n", 2),
    "Y009": (b"a: 1\nnl: Tip #1\n", 2),
}
SHAPES: dict[str, tuple[str, str, str]] = {
    "S001": ('\n "title": {', '\n "titel": {', "{"),
    "S002": ('"low_base"', '"low_bace"', '"low_bace"'),
    "S003": ('"low_base": 30', '"low_base": dertig', '"low_base": dertig'),
    "S004": ('"mode": "anonymous"', '"mode": "geheim"', '"mode": "geheim"'),
    "S005": ('"id": "brief"', '"id": "Brief 1"', '"id": "Brief 1"'),
    "S007": ('"kept_until": 2031', '"kept_until":', '"kept_until"'),
    "S008": ('"low_base": 30', '"low_base": 030', '"low_base"'),
    "S006": ('"low_base": 30', '"low_base": -3', '"low_base": -3'),
}
ELSEWHERE = {"Y000", "Y008", "Y010"}
"""Of a file as a whole: it is not there, is no lock, or its folder has another name."""


def test_every_code_of_the_reader_is_planted() -> None:
    folder = Path(surveyapp.instrument.__file__).parent
    known = {code for path in folder.rglob("*.py") for code in re.findall(r'"([YS]\d{3})"', path.read_text("utf-8"))}
    assert sorted(known - set(FILES) - set(SHAPES) - ELSEWHERE) == []


@pytest.mark.parametrize("code", sorted(FILES))
def test_what_cannot_be_read_stands_on_its_line(code: str) -> None:
    content, line = FILES[code]
    found = read_document(content, "x.yaml")
    assert isinstance(found, Finding)
    assert (found.code, found.place.line) == (code, line)


@pytest.mark.parametrize("code", sorted(SHAPES))
def test_what_does_not_fit_its_shape_stands_on_its_line(code: str, tmp_path: Path) -> None:
    old, new, line = SHAPES[code]
    path = write(tmp_path, definition()) / "study.yaml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    found = next(each for each in read_files(tmp_path).findings if each.code == code)
    said = path.read_text("utf-8").splitlines()[found.place.line - 1].strip()
    assert said.startswith(line)


@pytest.mark.parametrize(("most", "strikes"), [(None, True), (1, False)])
def test_a_loop_counts_as_often_as_options_may_be_chosen(most: int | None, strikes: bool) -> None:
    more = [("variables.variables.l_ways.max_choices", most)] if most else []
    quick = [{"variable": name, "text": {"nl": f"{name}?", "en": f"{name} so?"}} for name in ("l_quick", "l_clear")]
    changes = [*more, (f"{LOOP}.items.+", quick[0]), (f"{LOOP}.items.+", quick[1]), ("questionnaire.pages.2", DELETE)]
    found = [each for each in run_checks(in_memory(*changes, name="loop"), 2026) if each.code == "G001"]
    assert bool(found) is strikes  # two options of four questions and one more: nine; one option: five
