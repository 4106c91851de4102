"""A test in a browser never looks at a page right after a press: the page that comes may be there, or not yet."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
LOOKS = frozenset(
    {"all", "all_inner_texts", "all_text_contents", "at", "bounding_box", "check_axe", "content", "count", "evaluate"}
    | {"element_handle", "evaluate_all", "get_attribute", "inner_html", "inner_text", "input_value", "is_checked"}
    | {"is_enabled", "is_hidden", "is_visible", "pdf", "query_selector", "query_selector_all", "screenshot", "sideways"}
    | {"text_content", "title", "url"}
)
"""What answers at once with whatever is there."""
WAITS = frozenset(
    {"expect", "go", "go_back", "go_forward", "goto", "landing", "open", "questionnaire", "reload", "submit"}
    | {"tap", "to"}
)
"""What ends when a page has come, beside everything called expect_… and wait_for…; `Person` presses so too."""


def sources() -> list[Path]:
    """Every file of tests that steers a browser."""
    return [
        path
        for path in sorted(TESTS.rglob("*.py"))
        if "playwright" in (text := path.read_text("utf-8")) and "def " in text and "vendor" not in path.parts
    ]


def _kind(node: ast.AST) -> str:
    """Whether this is a press, a look or a wait; empty for none of them."""
    if isinstance(node, ast.Attribute) and node.attr in ("at", "url") and isinstance(node.ctx, ast.Load):
        return "look"
    if not isinstance(node, ast.Call):
        return ""
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    words = [one.value for one in ast.walk(node) if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    if name in ("click", "dblclick") or (name == "press" and "Enter" in words):
        return "press"
    if name in WAITS or name == "press" or name.startswith(("expect_", "wait_for")):
        return "wait"
    return "look" if name in LOOKS else ""


def _deeds(node: ast.AST) -> Iterator[tuple[str, int]]:
    """Presses, looks and waits in the order in which they are done; what is defined inside is done elsewhere."""
    match node:
        case ast.FunctionDef() | ast.Lambda():
            return
        case ast.With() if any(_kind(one.context_expr) == "wait" for one in node.items):
            for part in node.body:
                yield from _deeds(part)
            yield "wait", node.lineno
        case ast.For() | ast.While():
            for _ in range(2):  # what comes last is followed by what comes first
                for part in ast.iter_child_nodes(node):
                    yield from _deeds(part)
        case _:
            for part in ast.iter_child_nodes(node):
                yield from _deeds(part)
            if kind := _kind(node):
                yield kind, node.lineno


def hurried(text: str) -> list[int]:
    """The lines of presses after which somebody looks, or goes away, before what they lead to has come."""
    found = set()
    for function in ast.walk(ast.parse(text)):
        if not isinstance(function, ast.FunctionDef):
            continue
        pressed: list[int] = []
        for part in function.body:
            for kind, line in _deeds(part):
                if kind == "press":
                    pressed.append(line)
                elif kind == "wait":
                    pressed.clear()
                else:
                    found.update(pressed)
        found.update(pressed)
    return sorted(found)


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(TESTS)))
def test_what_a_press_leads_to_is_waited_for_before_anybody_looks(path: Path) -> None:
    lines = path.read_text("utf-8").splitlines()
    told = [f"{path.name}:{at}: {lines[at - 1].strip()}" for at in hurried("\n".join(lines))]
    assert told == [], "wait with expect_navigation, expect_response or expect(…) for what the press leads to"


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("def f(p):\n  p.click()\n  assert p.count()", [2]),
        ("def f(p):\n  p.click()\n  assert p.url == ''", [2]),
        ("def f(p):\n  p.keyboard.press('Enter')\n  p.evaluate('1')", [2]),
        ("def f(p):\n  for _ in x:\n    if not p.count():\n      p.click()", [4]),
        ("def f(p):\n  p.click()", [2]),
        ("def f(p):\n  p.click()\n  expect(p).to_have_count(1)\n  p.count()", []),
        ("def f(p):\n  with p.expect_navigation():\n    p.click()\n  p.count()", []),
        ("def f(p):\n  with p.expect_navigation():\n    p.click()\n    p.count()", [3]),
        ("def f(p):\n  p.press('save').at\n  p.keyboard.press('Tab')\n  p.count()", []),
    ],
)
def test_a_hurried_look_is_found(text: str, lines: list[int]) -> None:
    assert hurried(text) == lines
