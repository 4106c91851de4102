"""Every error that a page of the team can show is a text with blanks, and that text stands in the Dutch catalogue."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import grimp
import pytest
from babel.messages.pofile import read_po

from surveyapp import errors
from surveyapp.catalogues import FOLDER, catalogue, told
from surveyapp.web.error_pages import STATUS, status_of

ROOT = Path(errors.__file__).parents[1]
SHOWN = {kind.__name__ for kind, status in STATUS.items() if status < 500} | {errors.ExportError.__name__}
"""Kinds whose own words stand on a page: what somebody asked for wrongly, and why a file could not be made."""
PASSES_ON = {"refuse"}
"""Functions that only hand a text and its values on to one of these errors."""
BLANK = re.compile(r"%\((\w+)\)s")


@dataclass(frozen=True)
class Site:
    """One place that raises, or makes to be raised."""

    where: str
    text: str | None  # None: it is made up there and then, and nobody can translate it
    values: frozenset[str]


@cache
def modules() -> tuple[Path, ...]:
    """What a page of the team can bring to run; the respondents' own pages show no error's words."""
    graph = grimp.build_graph("surveyapp", cache_dir=None)
    reached = graph.find_upstream_modules("surveyapp.web.console", as_package=True)
    names = reached | {name for name in graph.modules if name.startswith("surveyapp.web.console")}
    found = [ROOT.joinpath(*name.split(".")) for name in names]
    files = [path.with_suffix(".py") if path.with_suffix(".py").exists() else path / "__init__.py" for path in found]
    return tuple(sorted(path for path in files if "respondent" not in path.parts))


@cache
def sites() -> tuple[Site, ...]:
    return tuple(site for path in modules() for site in _sites(path))


def _sites(path: Path) -> Iterator[Site]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    constants = {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    passing = {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.name in PASSES_ON
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or node in passing:
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        if name not in SHOWN | PASSES_ON or not node.args:
            continue
        text = node.args[0]
        if isinstance(text, ast.Constant) and isinstance(text.value, str):
            said: str | None = text.value
        elif isinstance(text, ast.Name) and text.id in constants:
            said = str(constants[text.id])
        else:
            said = None
        values = frozenset(keyword.arg or "**" for keyword in node.keywords)
        yield Site(f"{path.relative_to(ROOT)}:{node.lineno}", said, values)


def test_no_error_that_a_page_can_show_makes_up_its_words_on_the_spot() -> None:
    assert len(sites()) > 80
    assert [site.where for site in sites() if site.text is None] == []


def test_every_blank_of_an_error_has_its_value_and_every_value_its_blank() -> None:
    assert [site.where for site in sites() if set(BLANK.findall(site.text or "")) != site.values] == []


def dutch() -> dict[str, str]:
    with (FOLDER / "nl" / "errors.po").open("rb") as source:
        return {str(one.id): str(one.string) for one in read_po(source, locale="nl") if one.id and one.string}


def test_every_error_that_a_page_can_show_has_a_dutch_text_with_the_same_blanks() -> None:
    known = dutch()
    missing = [f"{site.where}: {site.text}" for site in sites() if site.text not in known]
    assert missing == []
    assert [text for text, said in known.items() if set(BLANK.findall(text)) != set(BLANK.findall(said))] == []


def test_no_dutch_error_is_there_for_nothing() -> None:
    words = {
        node.args[0].value
        for path in modules()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") == "Word"
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }
    states = {"draft", "test", "open", "closed", "archived", "started", "complete", "screened_out", "withdrawn", "or"}
    assert set(dutch()) - {site.text for site in sites()} - words == states


def test_a_dutch_error_speaks_dutch_and_says_u() -> None:
    said = " ".join(dutch().values())
    assert not re.search(r"\b(je|jij|jou|jouw|jullie|helaas|oeps)\b", said, re.IGNORECASE)
    assert not re.search(r"\b(the|is not|cannot|there)\b", said, re.IGNORECASE)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (
            errors.WrongState(
                "The wave of %(year)s is %(state)s; from there it can become %(can)s, not %(to)s.",
                year=2026,
                state=errors.Word("closed"),
                can=(errors.Word("open"), errors.Word("archived")),
                to=errors.Word("test"),
            ),
            "gesloten; vandaar kan zij open of gearchiveerd worden, niet test",
        ),
        (
            errors.BadQuery(
                "The filter does not fit at position %(place)s: %(why)s", place=3, why={"en": "no", "nl": "nee"}
            ),
            "teken 3: nee",
        ),
        (
            errors.BadQuery(
                "The filter cannot be read at position %(place)s: %(why)s",
                place=1,
                why=errors.ConditionError("The condition is empty."),
            ),
            "teken 1: De voorwaarde is leeg.",
        ),
    ],
)
def test_what_stands_in_a_blank_is_said_in_the_same_language(error: errors.SurveyError, expected: str) -> None:
    assert expected in told(error, "nl")
    assert told(error, "en") == str(error)
    assert status_of(error) < 500


def test_an_error_that_the_catalogue_does_not_know_says_nothing_rather_than_english() -> None:
    assert told(errors.NotFound("Nobody ever wrote this down."), "nl") == ""
    assert catalogue("errors", "en").gettext("or") == "or"
