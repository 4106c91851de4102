"""What definition files say: every name they use, every expression and every text, found by what their models say.

A field of :mod:`~surveyapp.instrument.definition` is marked with what its value is (:class:`Refers`, :class:`Unique`,
:class:`Expression`, :class:`Words`). One walk along a file, model and data side by side, finds what is so marked, with
its place, the name of what it stands in and the role it is written for; checks and translation ask for a kind.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from surveyapp.errors import Place
from surveyapp.instrument.layout import is_per_role
from surveyapp.instrument.notation import Expression, FileModel, Mark, Refers, Unique, Words
from surveyapp.instrument.source import Document

Path = tuple[str | int, ...]
NAMES = ("id", "key", "variable", "set", "information", "year")
"""Keys by which the entries of a list are known, and what stands in them is named."""
STEPS = (*NAMES, "series")
"""Keys by which an entry is told from the others of its list."""


@dataclass(frozen=True, slots=True)
class Mention:
    """One thing a file says."""

    mark: Mark
    value: Any  # a name, an expression, or the words of a text by language
    document: Document
    path: Path  # leads to it in its document
    steps: tuple[str, ...]  # the same with the entries' own names instead of their numbers
    key: str  # it stands under this one
    entry: Mapping[str, Any]  # what has that key
    name: str  # what it is about, for people
    role: str | None = None  # set where it is written for one role

    @property
    def kind(self) -> str:
        """What kind of thing it is."""
        return self.mark.kind

    @property
    def words(self) -> Mapping[str, str]:
        """Of a text: its words by language."""
        found: Mapping[str, str] = self.value
        return found

    @property
    def place(self) -> Place:
        """Where it stands."""
        return self.document.place(*self.path)

    @property
    def group(self) -> tuple[object, ...]:
        """Of what must be unique: the list or the file in which it must be."""
        if isinstance(self.mark, Unique) and self.mark.in_file:
            return (self.document.file,)
        return (self.document.file, *self.path[: -1 if isinstance(self.path[-1], int) else -2])

    def place_of(self, language: str) -> Place:
        """Where the words in this language stand; the text itself where they are absent."""
        return self.document.place(*self.path, language)


def mentions(document: Document, model: type[FileModel], name: str = "") -> Iterator[Mention]:
    """Everything that is marked in a file, in its order; what stands in nothing with a name bears ``name``."""
    yield from _in_model(_Here(document, whole=name), model, document.data)


@dataclass(frozen=True, slots=True)
class _Here:
    """How far a walk has come."""

    document: Document
    path: Path = ()
    steps: tuple[str, ...] = ()
    whole: str = ""
    name: str = ""
    key: str = ""
    entry: Mapping[str, Any] = field(default_factory=dict)

    def at(self, step: str | int, called: str, name: str = "") -> _Here:
        return replace(self, path=(*self.path, step), steps=(*self.steps, called), name=name or self.name)

    def mention(self, mark: Mark, value: object, role: str | None = None) -> Mention:
        name = self.name or self.whole or (str(value) if isinstance(mark, Refers) else self.key)
        return Mention(mark, value, self.document, self.path, self.steps, self.key, self.entry, name, role)


@dataclass(frozen=True, slots=True)
class _Hint:
    """What a model says of a value: its marks, the model it has, what each of its entries is, or what it may be."""

    marks: tuple[Mark, ...] = ()
    model: type[FileModel] | None = None
    each: _Hint | None = None
    arms: tuple[_Hint, ...] = ()


@cache
def _fields(model: type[FileModel]) -> Mapping[str, _Hint]:
    hints = get_type_hints(model, include_extras=True)
    return {info.alias or name: _hint(hints[name]) for name, info in model.model_fields.items()}


def _hint(annotation: Any) -> _Hint:
    inner, origin = get_args(annotation), get_origin(annotation)
    if origin is Annotated:
        marks = [each for each in inner[1:] if isinstance(each, Mark)]
        texts = [each for each in marks if isinstance(each, Words)]
        return replace(_hint(inner[0]), marks=(*(each for each in marks if each not in texts), *texts[-1:]))
    if origin in (Union, UnionType):
        return _Hint(arms=tuple(map(_hint, inner)))
    if origin in (list, dict):
        return _Hint(each=_hint(inner[-1]))
    return _Hint(model=annotation if isinstance(annotation, type) and issubclass(annotation, FileModel) else None)


@cache
def _wordless(model: type[FileModel]) -> Mapping[str, Any]:
    """Texts that may be absent and yet are wanted: they are mentioned without words."""
    texts = {key: hint for key, hint in _fields(model).items() if any(isinstance(mark, Words) for mark in hint.marks)}
    return {key: {} for key in texts if model.model_fields[key].default == {}}


def _in_model(here: _Here, model: type[FileModel], node: Mapping[str, Any]) -> Iterator[Mention]:
    fields = _fields(model)
    for key, value in {**_wordless(model), **node}.items():
        if key in fields:
            yield from _within(replace(here.at(key, key), key=key, entry=node), fields[key], value)


def _within(here: _Here, hint: _Hint, node: Any) -> Iterator[Mention]:
    is_block = isinstance(node, dict | list)
    if hint.marks:
        for mark in hint.marks:
            yield from _marked(here, mark, node)
    elif hint.arms:
        for arm in hint.arms:
            if is_block == (arm.each is not None or arm.model is not None):
                yield from _within(here, arm, node)
    elif hint.model is not None and is_block:
        yield from _in_model(here, hint.model, node)
    elif hint.each is not None and isinstance(node, dict):
        for key, value in node.items():
            is_name = not any(isinstance(mark, Words) for mark in hint.each.marks)
            name = f"{here.name}.{key}".lstrip(".") if is_name else ""
            yield from _within(here.at(key, key, name), hint.each, value)
    elif hint.each is not None and is_block:
        for index, value in enumerate(node):
            yield from _within(here.at(index, _called(value, index), _named(value, here.name)), hint.each, value)


def _marked(here: _Here, mark: Mark, node: Any) -> Iterator[Mention]:
    is_text = isinstance(mark, Words)
    if isinstance(node, dict) and (isinstance(mark, Expression) or (is_text and is_per_role(node))):
        for role, said in node.items():
            if isinstance(said, dict) == is_text:
                yield here.at(role, role).mention(mark, said, role)
                yield here.at(role, role).mention(Refers("role"), role)
    elif isinstance(node, dict) and not is_text:  # each of its keys
        yield from (here.at(key, key).mention(mark, key) for key in node)
    elif isinstance(node, list):
        yield from (here.at(index, str(value)).mention(mark, value) for index, value in enumerate(node))
    elif node is not None:
        yield here.mention(mark, node)


def _named(entry: Any, name: str) -> str:
    """What an entry of a list is called in messages; a category with its list."""
    found = _first(entry, NAMES)
    return f"{name}.{found}" if isinstance(entry, Mapping) and "key" in entry else found


def _called(entry: Any, index: int) -> str:
    loop = entry.get("loop") if isinstance(entry, Mapping) else None
    if isinstance(loop, Mapping) and "items" in loop and isinstance(loop.get("over"), str):
        return f"loop-{loop['over']}"
    return _first(entry, STEPS) or str(index + 1)


def _first(entry: Any, keys: tuple[str, ...]) -> str:
    found = (entry.get(key) for key in keys) if isinstance(entry, Mapping) else ()
    return next((str(each) for each in found if isinstance(each, str | int)), "")
