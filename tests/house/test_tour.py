"""The two walks of the tour are the way the code goes: each module once, asked by one before it."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOUR = (ROOT / "docs" / "tour.md").read_text(encoding="utf-8")
WALKS = [TOUR.partition(f"## {number}. ")[2].partition("\n## ")[0] for number in (7, 8)]
"""From a POST to a cell, and from a line of YAML to a field."""
HALVES = [half for walk in WALKS for half in walk.split("\nLater, ")]
"""The answer goes in, a figure of it comes out; the question goes in, a field of it comes out."""
ENDS = [
    ("surveyapp.web.respondent.question_pages", "surveyapp.exports.safe_cells"),
    ("surveyapp.instrument.loader", "surveyapp.web.respondent.kept_pages"),
]
MODULE = re.compile(r"\[`([\w/]+)(?:\.py)?`\]\(\.\./(surveyapp/[\w/]+\.py)\)")


def steps(text: str) -> list[str]:
    """The modules of a text, by their dotted names."""
    found = []
    for named, path in MODULE.findall(text):
        assert path in (f"surveyapp/{named}.py", f"surveyapp/{named}/__init__.py"), named
        found.append(path.removesuffix(".py").removesuffix("/__init__").replace("/", "."))
    return found


def imported(module: str) -> set[str]:
    """What a module imports, anywhere in it."""
    path = ROOT / module.replace(".", "/")
    text = (path / "__init__.py" if path.is_dir() else path.with_suffix(".py")).read_text(encoding="utf-8")
    found = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{name.name}" for name in node.names)}
        elif isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
    return found


@pytest.mark.parametrize("number", [0, 1])
def test_each_module_is_named_once(number: int) -> None:
    walk, named = WALKS[number], steps(WALKS[number])
    assert len(named) == walk.count("](../surveyapp/") > 15
    assert sorted(named) == sorted(set(named))
    assert (named[0], named[-1]) == ENDS[number]


@pytest.mark.parametrize("half", range(4))
def test_each_module_is_asked_by_one_that_stands_before_it(half: int) -> None:
    first, *others = steps(HALVES[half])
    before = [first]
    for module in others:
        assert any(module in imported(one) for one in before), f"nobody before it asks {module}"
        before.append(module)


def test_a_step_back_is_seen() -> None:
    turned = steps(HALVES[1])
    assert turned[1] not in imported(turned[2])  # who stands in each other's place is asked by nobody before it
    assert turned[2] in imported(turned[1])
