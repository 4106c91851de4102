"""An expression of XLSForm as a condition of ours, for the part of XPath that forms of questions use.

Read by hand-written descent, never executed. ``not(…)`` and ``!=`` hold for an empty answer in XPath, so they become
``not holds(…)``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from surveyapp.errors import Message
from surveyapp.instrument.xlsform.form import MISSING_NAMES, CannotCarry

MAXIMUM_LENGTH = 2_000
MAXIMUM_DEPTH = 15
_TOKEN = re.compile(
    r"""\s*(?:(?P<ref>\$\{\s*[^}\s]+\s*\})|(?P<text>'[^']*'|"[^"]*"|‘[^’]*’)|(?P<number>\d+(?:\.\d+)?)"""
    r"""|(?P<sign>!=|<=|>=|[=<>(),])|(?P<word>[A-Za-z][A-Za-z-]*)|(?P<dot>\.))"""
)
_TURNED = {"=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
Token = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Column:
    """What a condition can know of a question: its kind and the codes behind the names of its choices."""

    name: str
    kind: str  # single · multiple · number · text
    codes: Mapping[str, int] = field(default_factory=dict)
    missing: tuple[str, ...] = ()


def tokens_of(source: str) -> list[Token]:
    """The tokens of an expression. Raises CannotCarry: it is too long, or holds a sign this reader does not know."""
    if len(source) > MAXIMUM_LENGTH:
        raise CannotCarry(Message("an expression of %(n)s characters", n=len(source)))
    found: list[Token] = []
    position, source = 0, source.strip()
    while position < len(source):
        match = _TOKEN.match(source, position)
        if match is None:
            raise CannotCarry(f"'{source[position : position + 20]}'")
        kind = match.lastgroup or ""
        value = match[kind]
        if kind == "text":
            value = value[1:-1]
        elif kind == "ref":
            value = value[2:-1].strip()
        found.append((kind, value))
        position = match.end()
    return found


def from_xpath(source: str, columns: Mapping[str, Column]) -> str:
    """The condition in our language; ``columns`` by the name the form uses.

    Raises CannotCarry: it says what our conditions cannot; the message names the part.
    """
    reader = _Reader(tokens_of(source), columns)
    said, _ = reader.either(0)
    if reader.position < len(reader.tokens):
        raise CannotCarry(f"'{reader.tokens[reader.position][1]}'")
    return said


class _Reader:
    def __init__(self, tokens: list[Token], columns: Mapping[str, Column]) -> None:
        self.tokens, self.columns, self.position = tokens, columns, 0

    def peek(self, ahead: int = 0) -> Token:
        at = self.position + ahead
        return self.tokens[at] if at < len(self.tokens) else ("end", "")

    def take(self, *wanted: Token) -> Token:
        token = self.peek()
        if wanted and token not in wanted:
            raise CannotCarry(f"'{token[1]}'" if token[1] else Message("the end"))
        self.position += 1
        return token

    def either(self, depth: int) -> tuple[str, int]:
        if depth > MAXIMUM_DEPTH:
            raise CannotCarry(Message("an expression nested too deeply"))
        return self.joined("or", 1, depth)

    def joined(self, word: str, binds: int, depth: int) -> tuple[str, int]:
        parts = [self.joined("and", 2, depth) if word == "or" else self.one(depth)]
        while self.peek() == ("word", word):
            self.take()
            parts.append(self.joined("and", 2, depth) if word == "or" else self.one(depth))
        if len(parts) == 1:
            return parts[0]
        return f" {word} ".join(f"({said})" if tight < binds else said for said, tight in parts), binds

    def one(self, depth: int) -> tuple[str, int]:
        token = self.peek()
        if token == ("sign", "("):
            self.take()
            found = self.either(depth + 1)
            self.take(("sign", ")"))
            return found
        if token[0] == "word" and self.peek(1) == ("sign", "("):
            return self.function(token[1], depth), 3
        return self.comparison(), 3

    def function(self, name: str, depth: int) -> str:
        if name == "count-selected":
            return self.counted()
        self.take()
        self.take()
        if name in ("true", "false"):
            self.take(("sign", ")"))
            return name
        if name == "not":
            said, binds = self.either(depth + 1)
            self.take(("sign", ")"))
            return _negated(said, binds)
        if name == "selected":
            column = self.column(self.take())
            self.take(("sign", ","))
            kind, value = self.take()
            self.take(("sign", ")"))
            if kind not in ("text", "number"):
                raise CannotCarry(Message("selected() with something else than a choice"))
            return self.chosen(column, value)
        raise CannotCarry(f"{name}()")

    def counted(self) -> str:
        self.take()
        self.take(("sign", "("))
        column = self.column(self.take())
        self.take(("sign", ")"))
        operator = self.operator()
        kind, value = self.take()
        if kind not in ("number", "text") or not value.isdecimal() or column.kind != "multiple":
            raise CannotCarry(Message("count-selected() compared with no whole number"))
        return _counting(column, operator, int(value))

    def comparison(self) -> str:
        left = self.take()
        operator = self.operator()
        right = self.take()
        if left[0] != "ref":
            left, right, operator = right, left, _TURNED[operator]
        column = self.column(left)
        if right[0] not in ("text", "number"):
            raise CannotCarry(Message("a comparison of %(name)s with '%(value)s'", name=column.name, value=right[1]))
        return self.against(column, operator, right[1])

    def against(self, column: Column, operator: str, value: str) -> str:
        if value == "":
            if operator not in ("=", "!="):
                raise CannotCarry(Message("an order against nothing"))
            return f"{'not ' if operator == '=' else ''}answered({column.name})"
        if column.kind == "number" or (column.kind == "single" and operator not in ("=", "!=")):
            if not re.fullmatch(r"\d+(\.\d+)?", value):
                raise CannotCarry(f"{column.name} {operator} '{value}'")
            if column.kind == "single" and any(str(code) != name for name, code in column.codes.items()):
                raise CannotCarry(Message("an order on %(name)s, whose choices are no numbers", name=column.name))
            said = f"{column.name} {'==' if operator in ('=', '!=') else operator} {value}"
        elif column.kind == "single":
            said = self.chosen(column, value)
        else:
            raise CannotCarry(f"{column.name} {operator} '{value}'")
        return f"not holds({said})" if operator == "!=" else said

    def chosen(self, column: Column, value: str) -> str:
        if value in MISSING_NAMES and value in column.missing:
            return f"{column.name} == {value}"
        if value not in column.codes:
            raise CannotCarry(Message("'%(value)s', which is no choice of %(name)s", value=value, name=column.name))
        code = column.codes[value]
        return f"any_of({column.name}, [{code}])" if column.kind == "multiple" else f"{column.name} == {code}"

    def column(self, token: Token) -> Column:
        if token[0] != "ref" or token[1] not in self.columns:
            raise CannotCarry(
                Message("'%(what)s', which is no question carried before", what=token[1] or Message("the end"))
            )
        return self.columns[token[1]]

    def operator(self) -> str:
        token = self.take()
        if token[0] != "sign" or token[1] not in _TURNED:
            raise CannotCarry(
                Message("'%(what)s' where a comparison was expected", what=token[1] or Message("the end"))
            )
        return token[1]


def _negated(said: str, binds: int) -> str:
    if binds == 3 and said.startswith("not holds("):
        return said.removeprefix("not ")
    if binds == 3 and said.startswith("answered("):
        return f"not {said}"
    if binds == 3 and said.startswith("not answered("):
        return said.removeprefix("not ")
    if said in ("true", "false"):
        return "false" if said == "true" else "true"
    return f"not holds({said})"


def _counting(column: Column, operator: str, number: int) -> str:
    """How many choices were made.

    XPath counts none where nothing was chosen and one where that one is "don't know"; ours is unknown for both. So what
    holds for none is said the other way round, and what holds for exactly one names the missing codes too.
    """
    name = column.name
    if (operator, number) in {("=", 0), ("<=", 0), ("<", 1)}:
        return f"not answered({name})"
    if (operator, number) in {("!=", 0), (">", 0), (">=", 1)}:
        return f"answered({name})"
    if (operator, number) in {(">=", 0), ("<", 0)}:
        return "true" if operator == ">=" else "false"
    if operator in (">", ">="):
        return f"count({name}) {operator} {number}"
    if operator in ("<", "<="):
        return f"not holds(count({name}) {'>=' if operator == '<' else '>'} {number})"
    said = f"count({name}) == {number}"
    if number == 1 and column.missing:
        said = " or ".join((said, *(f"{name} == {word}" for word in column.missing)))
        return f"not holds({said})" if operator == "!=" else f"holds({said})"
    return f"not holds({said})" if operator == "!=" else said
