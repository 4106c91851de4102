"""A type is named where it is defined and where it is handled; everything else asks its traits or its handler."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

import surveyapp
from surveyapp.instrument.types import VariableType

ROOT = Path(surveyapp.__file__).parent
HOMES = ("instrument/types.py", "engine/shapes/__init__.py")
NAMED = {
    "instrument/registry.py": 1,  # the text beside "other" is made a variable: one line of text
    "reports/subjects.py": 1,  # a system variable (role, source) is tabulated as a choice of one
    "reports/key_figures.py": 1,  # the share of a construct is tabulated as a number
    "reports/comparison.py": 1,  # the score of a construct likewise
    "instrument/checks/answer_types.py": 2,  # each of the two fixed scales is told in words of its own
    "instrument/checks/plans.py": 1,  # everybody in the data consented
    "fieldwork/consent.py": 1,  # the platform fills it in
}
"""Where else a type is named, how often, and why."""


def named_in(source: str) -> int:
    """How often a type is named in a module."""
    return sum(
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == VariableType.__name__
        and node.attr in VariableType.__members__
        for node in ast.walk(ast.parse(source))
    )


def test_no_other_module_names_a_type() -> None:
    found = Counter({str(path.relative_to(ROOT)): named_in(path.read_text("utf-8")) for path in ROOT.rglob("*.py")})
    assert {name: times for name, times in found.items() if times and name not in HOMES} == NAMED


def test_a_module_that_names_one_is_seen() -> None:
    assert named_in("if kind in (VariableType.MARK, VariableType.YEAR) and VariableType('mark'): pass") == 2
