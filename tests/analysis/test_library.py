"""The library as a notebook meets it: its names, and what they bring along."""

from __future__ import annotations

import ast
import inspect
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from surveyapp import analysis

PROJECT = Path(analysis.__file__).parents[2]
MODULES = {path.stem for path in Path(analysis.__file__).parent.glob("*.py")} - {"__init__"}
FLOORS = ("instrument", "engine", "storage", "fieldwork", "reports", "exports", "jobs", "web", "cli", "app")


def _after(code: str) -> list[str]:
    """The modules in a process of its own that ran this."""
    code += "\nimport json, sys; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=PROJECT, check=True)
    found: list[str] = json.loads(done.stdout)
    return found


def test_the_table_of_names_says_what_the_imports_for_type_checkers_say() -> None:
    tree = ast.parse(Path(analysis.__file__).read_text(encoding="utf-8"))
    guarded = next(node for node in tree.body if isinstance(node, ast.If))
    imports = [node for node in guarded.body if isinstance(node, ast.ImportFrom)]
    written = [
        (alias.name, str(node.module).removeprefix("surveyapp.analysis.")) for node in imports for alias in node.names
    ]
    assert written == list(analysis._HOMES.items())


def test_no_name_is_given_twice_or_is_a_modules() -> None:
    assert len(analysis._HOMES) == sum(len(names) for names in analysis._NAMES.values())
    assert not MODULES & set(analysis.__all__)


@pytest.mark.parametrize("name", analysis.__all__)
def test_every_name_is_one_of_its_own_module_and_says_what_it_is(name: str) -> None:
    found = getattr(analysis, name)
    assert found.__module__ == f"surveyapp.analysis.{analysis._HOMES[name]}"
    assert inspect.getdoc(found), f"{name} says nothing of itself"


def test_the_names_are_listed_and_one_that_is_not_there_is_refused() -> None:
    assert set(analysis.__all__) <= set(dir(analysis))
    with pytest.raises(AttributeError, match="no attribute 'proportion'"):
        analysis.proportion  # type: ignore[attr-defined]  # noqa: B018  # the checker says so too


def test_one_submodule_brings_no_other_than_it_asks_for() -> None:
    loaded = _after("import surveyapp.analysis.columns")
    assert [name for name in loaded if name.startswith("surveyapp.analysis.")] == ["surveyapp.analysis.columns"]
    assert not {"scipy", "pandas"} & set(loaded)


def test_the_whole_library_brings_no_web_no_database_and_no_definitions() -> None:
    modules = "".join(f"import surveyapp.analysis.{module}\n" for module in sorted(MODULES))
    loaded = _after(f"from surveyapp.analysis import *\n{modules}")
    assert {f"surveyapp.analysis.{module}" for module in MODULES} <= set(loaded)
    kept_out = ("flask", "sqlmodel", "sqlalchemy", *(f"surveyapp.{floor}" for floor in FLOORS))
    assert [name for name in loaded if name in kept_out or name.startswith(tuple(f"{one}." for one in kept_out))] == []


def test_the_lines_for_a_notebook_print_what_the_page_says(capsys: pytest.CaptureFixture[str]) -> None:
    page = (PROJECT / "docs" / "statistics.md").read_text(encoding="utf-8")
    code, printed = re.findall(r"```(?:python|text)\n(.*?)```", page, re.S)[:2]
    assert len([line for line in code.splitlines() if line]) <= 10
    exec(compile(code, "docs/statistics.md", "exec"), {})
    assert capsys.readouterr().out == printed
