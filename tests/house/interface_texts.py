"""Which interface texts the code and the templates ask for, and in which catalogues they may stand."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from jinja2 import Environment, nodes

import surveyapp

ROOT = Path(surveyapp.__file__).parent
ASKING = {
    **dict.fromkeys(("_", "gettext", "translate", "words", "both"), slice(0, 1)),
    **dict.fromkeys(("ngettext", "translate_plural"), slice(0, 2)),
}
"""Functions that are given messages, and which of what they are given is one."""
FINDING = {"check": slice(1, 4), "Found": slice(2, 3), "Message": slice(0, 1), "Counted": slice(1, 3)}
"""The same where things are found in definitions; a word stands in a message of a check or of an error."""
SIDES: dict[str, tuple[tuple[str, ...], ...]] = {
    # part of the source → the catalogues in which its texts stand: in all of one of these groups together
    "web/respondent": (("respondent",), ("shared",)),
    "templates/respondent": (("respondent",), ("shared",)),
    "templates/questions": (("respondent",), ("shared",)),
    "web/questionnaire": (("respondent",), ("shared",)),
    "web/console": (("console",), ("shared",)),
    "templates/console": (("console",), ("shared",)),
    "templates/security": (("console",), ("shared",)),
    "web/account": (("console",), ("shared",)),
    "web/sign_in": (("console",), ("shared",)),
    "web": (("shared",), ("respondent", "console")),
    "templates/charts": (("books",),),
    "templates/email": (("respondent",), ("shared",)),
    "templates": (("shared",), ("respondent", "console")),
    "exports": (("books",),),
    "reports": (("reports",),),
    "instrument/checks": (("checks",),),
    "instrument": (("checks",),),
}
"""Most specific first; what both sides of the web show stands in ``shared``, or in both their catalogues."""


@dataclass(frozen=True)
class Source:
    """One file: the messages it asks for by name, and every text in it."""

    path: str
    asked: frozenset[str]
    texts: frozenset[str]

    @property
    def side(self) -> str:
        return next((side for side in SIDES if self.path.startswith(side)), "")


@cache
def sources() -> tuple[Source, ...]:
    """Every module and template that may show a text of the interface."""
    return tuple(
        _python(path) if path.suffix == ".py" else _template(path)
        for folder in dict.fromkeys(side.split("/")[0] for side in SIDES)
        for path in sorted((ROOT / folder).rglob("*"))
        if path.suffix in (".py", ".html", ".svg", ".txt")
    )


@cache
def held(domain: str) -> Catalog:
    """The Dutch catalogue of a domain."""
    with (ROOT / "translations" / "nl" / f"{domain}.po").open("rb") as file:
        return read_po(file, locale="nl", domain=domain)


def domains() -> list[str]:
    return sorted(path.stem for path in (ROOT / "translations" / "nl").glob("*.po"))


def ids(domain: str) -> set[str]:
    """Every message id, plural forms too."""
    return {part for message in held(domain) for part in forms(message.id) if part}


def forms(text: object) -> tuple[str, ...]:
    return tuple(map(str, text)) if isinstance(text, list | tuple) else (str(text),)


def _python(path: Path) -> Source:
    tree = ast.parse(path.read_text("utf-8"))
    documented = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    texts = {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documented
    }
    asked: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", None) or getattr(node.func, "attr", "")
            literals = [each.value if isinstance(each, ast.Constant) else None for each in node.args]
            asked.update(_messages(_asking(path), name, literals))
    return Source(str(path.relative_to(ROOT)), frozenset(asked), frozenset(texts))


def _asking(path: Path) -> dict[str, slice]:
    match path.relative_to(ROOT).parts:
        case "instrument", "checks", *_:
            return {**FINDING, "Word": slice(0, 1)}
        case "instrument", *_:
            return FINDING
    return ASKING


def _template(path: Path) -> Source:
    environment = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
    tree = environment.parse(path.read_text("utf-8"))
    texts = {node.value for node in tree.find_all(nodes.Const) if isinstance(node.value, str)}
    asked: set[str] = set()
    for call in tree.find_all(nodes.Call):
        name = getattr(call.node, "name", None) or getattr(call.node, "attr", "")
        literals = [each.value if isinstance(each, nodes.Const) else None for each in call.args]
        asked.update(_messages(ASKING, name, literals))
    return Source(str(path.relative_to(ROOT)), frozenset(asked), frozenset(texts))


def _messages(asking: dict[str, slice], name: str | None, literals: Sequence[object]) -> Iterator[str]:
    wanted = literals[asking[name]] if name in asking else ()
    yield from (each for each in wanted if isinstance(each, str) and each)
