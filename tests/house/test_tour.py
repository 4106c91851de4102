"""The walk from a POST to a cell in the tour is the way the code goes: each module once, asked by one before it."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOUR = (ROOT / "docs" / "tour.md").read_text(encoding="utf-8")
WALK = TOUR.partition("## 7. ")[2].partition("\n## ")[0]
HALVES = WALK.split("\nLater, ")
"""The answer goes in; a figure of it comes out."""
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


def test_each_module_is_named_once() -> None:
    named = steps(WALK)
    assert len(named) == WALK.count("](../surveyapp/") > 20
    assert sorted(named) == sorted(set(named))
    assert [named[0], named[-1]] == ["surveyapp.web.respondent.question_pages", "surveyapp.exports.safe_cells"]


@pytest.mark.parametrize("half", [0, 1])
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
