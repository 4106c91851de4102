"""What is required is imported, what is imported is required; licences are known."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.house import licences

PROJECT = Path(__file__).parents[2]
WITHOUT_IMPORT = {
    "setuptools": "builds the editable install",
    "argon2-cffi": "hashes the passwords, asked for by libpass",
    "qrcode": "Flask-Security draws the key of a second step by it",
    "defusedxml": "openpyxl reads workbooks of strangers through it wherever it is there",
}
"""Required and imported by no line of ours, and why."""
TOOLS = {
    "pytest-xdist",
    "pytest-playwright",
    "import-linter",
    "ruff",
    "mypy",
    "djlint",
    "types-openpyxl",
    "types-defusedxml",
    "uv",
}
"""Of the developers: they are run, not imported."""


def required(file: str) -> set[str]:
    """The names of the distributions a requirements file asks for itself."""
    lines = (PROJECT / file).read_text(encoding="utf-8").splitlines()
    found = (re.match(r"[A-Za-z0-9._-]+", line) for line in lines if not line.startswith("-"))
    return {_normal(name.group()) for name in found if name}


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _modules(folder: Path) -> Iterator[str]:
    """The top names of everything imported below a folder, late imports too."""
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                yield from (alias.name.partition(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                yield node.module.partition(".")[0]


def imported(folder: str) -> set[str]:
    """The distributions that modules below a folder import."""
    ours = {"surveyapp", "tests", "benchmarks", *(path.stem for path in (PROJECT / "tests").rglob("*.py"))}
    names = set(_modules(PROJECT / folder)) - set(sys.stdlib_module_names) - ours
    by_module = packages_distributions()
    return {_normal(by_module[name][0]) for name in names}


def test_what_the_product_requires_is_imported_by_it() -> None:
    assert required("requirements.in") - imported("surveyapp") == set(WITHOUT_IMPORT)


def test_what_the_product_imports_is_required_by_name() -> None:
    assert imported("surveyapp") - required("requirements.in") == set()


def test_what_only_tests_require_is_imported_by_them_or_run() -> None:
    own = required("requirements-dev.in")
    used = imported("tests") | imported("benchmarks")
    assert own - used == TOOLS
    assert used - own - required("requirements.in") == set()


def test_every_licence_is_known_and_allowed() -> None:
    found = {line.name: line for line in licences.of(PROJECT / "requirements.lock")}
    assert {name for name, line in found.items() if not line.licence} == set()
    assert found["flask"].licence == "BSD-3-Clause"
    assert [line for line in found.values() if re.search(r"\bA?GPL", line.licence) and "LGPL" not in line.licence] == []


@pytest.mark.parametrize(
    ("given", "licence"),
    [
        ({"License-Expression": "MIT"}, "MIT"),
        ({"Classifier": "License :: OSI Approved :: BSD License", "License": "see the file"}, "BSD License"),
        ({"License": "BSD 3-Clause"}, "BSD 3-Clause"),
        ({}, ""),
    ],
)
def test_a_licence_is_read_from_where_it_stands(given: dict[str, str], licence: str) -> None:
    assert licences.licence(given) == licence
