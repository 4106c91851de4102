"""What stands in the blanks of a check's message is given where the check strikes, also where no example strikes."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import surveyapp.instrument.checks
from surveyapp.instrument.checks import CHECKS, registry
from tests.house.interface_texts import ids

BLANK = re.compile(r"%\((\w+)\)s")
MODULES = sorted(set(Path(surveyapp.instrument.checks.__file__).parent.glob("*.py")) - {Path(registry.__file__)})


def calls(node: ast.AST, name: str) -> Iterator[ast.Call]:
    for each in ast.walk(node):
        if isinstance(each, ast.Call) and getattr(each.func, "id", "") == name:
            yield each


def given(call: ast.Call) -> set[str]:
    return {"name", *(keyword.arg or "" for keyword in call.keywords)}


def message(function: ast.FunctionDef) -> str | None:
    """The message of the check that a function is; None where it is none, or lets an error say it."""
    texts = [each.args[2] for decorator in function.decorator_list for each in calls(decorator, "check")]
    return ast.literal_eval(texts[0]) or None if texts else None


def of_maker(node: ast.expr) -> Iterator[tuple[str, str]]:
    """Of ``check(..., message, ...)(maker(...))``: who makes the check's function, and the message."""
    match node:
        case ast.Call(ast.Call(ast.Name("check"), [_, _, message, *_]), [ast.Call(ast.Name(maker))]):
            yield maker, ast.literal_eval(message)


@cache
def made_by() -> dict[str, list[str]]:
    """The messages of the checks that each maker makes, in whatever module they stand."""
    made: dict[str, list[str]] = {}
    for node in (node for path in MODULES for node in ast.parse(path.read_text("utf-8")).body):
        for name, text in of_maker(node.value) if isinstance(node, ast.Expr) else ():
            made.setdefault(name, []).append(text)
    return made


@pytest.mark.parametrize("path", [pytest.param(path, id=path.stem) for path in MODULES])
def test_every_blank_of_a_message_is_filled_in_and_everything_given_has_its_blank(path: Path) -> None:
    functions = [node for node in ast.parse(path.read_text("utf-8")).body if isinstance(node, ast.FunctionDef)]
    made = made_by()
    for function in functions:
        for call in calls(function, "Found"):
            match call.args[2:]:
                case []:
                    texts = [message(function)]
                case [ast.Constant(value=str(text))]:
                    texts = [text]
                case _:
                    continue  # an error that says it, or the text of the check that asks
            for text in filter(None, texts):
                assert set(BLANK.findall(text)) | {"name", "instead"} == given(call) | {"instead"}, ast.unparse(call)
            if not function.decorator_list and len(call.args) == 2:  # what several checks share
                texts = [message(each) for each in functions if [*calls(each, function.name)]]
                assert all(set(BLANK.findall(text)) <= given(call) for text in filter(None, texts)), ast.unparse(call)
            for text in made.get(function.name, ()):  # what one function finds for several checks
                assert set(BLANK.findall(text)) <= given(call), ast.unparse(call)
        for call in calls(function, "Message"):
            assert set(BLANK.findall(ast.literal_eval(call.args[0]))) == given(call) - {"name"}, ast.unparse(call)


@pytest.mark.parametrize("code", sorted(CHECKS))
def test_a_check_has_dutch_for_what_it_looks_for_finds_and_advises(code: str) -> None:
    check = CHECKS[code]
    assert {check.looks_for, check.message, check.remedy.text} - {""} <= ids("checks")
    assert set(BLANK.findall(check.remedy.text)) == set(check.remedy.values)
    assert "" not in (*check.title.values(), *check.fix.values())
