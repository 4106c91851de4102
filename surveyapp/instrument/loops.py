"""Loops: "for each option that was chosen", written once and asked once per option.

A loop is a way of writing, nothing more. Before a definition is checked or resolved every loop is written out: its
items or its page once per option of the variable it goes over, each shown where that option was chosen, and each
variable ``<name>`` as ``<name>_<code>``. Routing, storage, tables and files know only what was written out, and so do
the documents of a published version. Retired options keep their variables and are no longer asked; exclusive ones
("none of these") are no options to ask about.

The files as they were written stay what translators and authors see.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from surveyapp.instrument.definition import ItemEntry, PageEntry, QuestionnaireFile, VariableEntry, VariablesFile
from surveyapp.instrument.files import StudyFiles
from surveyapp.instrument.findings import Finding, by_place
from surveyapp.instrument.nodes import Block, Listing, like
from surveyapp.instrument.shape import DefinitionFile, Model, shaped
from surveyapp.instrument.source import Document

LABEL = "{loop.label}"
"""Stands in the texts of a loop for the option's own label."""
DEFAULT_ROLE = "default"


@dataclass(frozen=True, slots=True)
class Loop:
    """One loop as it is written: the variable it goes over and its items; ``item`` is None where it is a whole page."""

    over: str
    page: PageEntry
    item: ItemEntry | None
    items: tuple[ItemEntry, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The variables that are asked once per option."""
        asked = [item.variable for item in self.items] + [row.variable for item in self.items for row in item.rows]
        return tuple(dict.fromkeys(name for name in asked if name is not None))

    @property
    def entry(self) -> PageEntry | ItemEntry:
        """What is asked once per option."""
        return self.item or self.page


def loops_of(questionnaire: QuestionnaireFile) -> tuple[Loop, ...]:
    """Every loop of a questionnaire as it is written, in order."""
    return tuple(loop for page in questionnaire.pages for loop in _of_page(page))


def _of_page(page: PageEntry) -> Iterator[Loop]:
    if page.loop is not None:
        yield Loop(page.loop.over, page, None, tuple(page.items))
    for item in page.items:
        if item.loop is not None:
            yield Loop(item.loop.over, page, item, tuple(item.loop.items))


def made_name(name: str, code: int) -> str:
    """The variable that holds the answers of one option."""
    return f"{name}_{code}"


def codes_over(variables: VariablesFile, over: str) -> tuple[int, ...]:
    """The codes a loop over this variable makes variables for; none where it cannot be gone over."""
    entry = variables.variables.get(over)
    if entry is None or not can_be_gone_over(entry) or entry.codes not in variables.code_lists:
        return ()
    return tuple(each.code for each in variables.code_lists[str(entry.codes)].categories if not each.exclusive)


def can_be_gone_over(entry: VariableEntry) -> bool:
    """Whether people choose several options of this variable."""
    return entry.type == "multiple" and entry.codes is not None


def written_out(files: StudyFiles, year: int) -> StudyFiles:
    """The files of one wave without loops; the very same files where there are none.

    A loop over what cannot be gone over disappears: the checks say so (R023). What does not fit its shape when written
    out is among the findings.
    """
    wave = files.waves[year]
    if files.variables is None or wave.questionnaire is None or not loops_of(wave.questionnaire.model):
        return files
    loops = loops_of(wave.questionnaire.model)
    findings = list(files.findings)

    def fitting(document: Document, model: type[Model]) -> DefinitionFile[Model] | None:
        found = shaped(document, model)
        if isinstance(found, DefinitionFile):
            return found
        findings.extend(found)
        return None

    questionnaire = _pages(files.variables, wave.questionnaire.document, loops)
    variables = _registry(files.variables, loops)
    asked = replace(wave, questionnaire=fitting(questionnaire, QuestionnaireFile))
    registry = fitting(variables, VariablesFile)
    unfit: tuple[Finding, ...] = by_place(findings)
    return replace(files, variables=registry, waves={**files.waves, year: asked}, findings=unfit)


@dataclass(frozen=True, slots=True)
class _Turn:
    """One option's turn in a loop: rewrites what is written once into what is asked for this option."""

    over: str
    code: int
    label: Mapping[str, str]
    names: frozenset[str]
    is_other: bool = False  # "other": a text of the respondent's own says what it is

    @property
    def chosen(self) -> str:
        """The condition under which this option has its turn."""
        return f"any_of({self.over}, [{self.code}])"

    def rewritten(self, node: Any, key: str = "", *, is_condition: bool = False) -> Any:
        """A copy of a piece of a definition for this option, at the same places."""
        is_condition = is_condition or key in ("show_if", "if")
        if isinstance(node, Block):
            made = {name: self.rewritten(value, name, is_condition=is_condition) for name, value in node.items()}
            return like(node, made)
        if isinstance(node, Listing):
            return like(node, [self.rewritten(entry, key, is_condition=is_condition) for entry in node])
        if not isinstance(node, str):
            return node
        if is_condition:
            return self.renamed(node)
        if key in ("variable", "mirror"):
            return made_name(node, self.code) if node in self.names else node
        if key in ("id", "set", "information"):
            return f"{node}-{self.code}"
        return self.said(node, key)

    def renamed(self, condition: str) -> str:
        """A condition that speaks of this option's own variables."""
        return re.sub(
            r"\b[a-z][a-z0-9_]*\b", lambda word: self._own(word[0]) if word[0] in self.names else word[0], condition
        )

    def said(self, text: str, language: str) -> str:
        """A text with the option's label, or the words typed for "other", and this option's own variables."""
        if "{" not in text:
            return text
        text = re.sub(
            r"\{([a-z][a-z0-9_]*)(?=[.|}])",
            lambda pipe: "{" + (self._own(pipe[1]) if pipe[1] in self.names else pipe[1]),
            text,
        )
        label = self.label.get(language) or next(iter(self.label.values()))
        return text.replace(LABEL, f"{{{self.over}.other|{label}}}" if self.is_other else label)

    def shown(self, entry: Block) -> Block:
        """The entry, shown only where this option was chosen."""
        condition = entry.get("show_if")
        if isinstance(condition, Block):
            both = like(condition, {role: f"{self.chosen} and ({each})" for role, each in condition.items()})
            both.setdefault(DEFAULT_ROLE, self.chosen)
        else:
            both = self.chosen if condition is None else f"{self.chosen} and ({condition})"
        made: Block = like(entry, {**entry, "show_if": both})
        return made

    def _own(self, name: str) -> str:
        return made_name(name, self.code)


def _turns(
    variables: DefinitionFile[VariablesFile],
    loops: Sequence[Loop],
    over: str,
    *,
    retired: bool,
    in_tables: bool = False,
) -> Iterator[_Turn]:
    """Each option's turn; ``in_tables`` takes the short labels that tables and charts use, where there are any."""
    codes = codes_over(variables.model, over)
    # A page per option may speak of what an earlier loop over the same options asked.
    names = frozenset(name for loop in loops if loop.over == over for name in loop.names)
    if codes:
        categories = variables.model.code_lists[str(variables.model.variables[over].codes)].categories
        for category in categories:
            if category.code in codes and (retired or not category.retired):
                label = (category.short if in_tables else None) or category.label
                yield _Turn(over, category.code, label, names, category.other and not in_tables)


def _pages(variables: DefinitionFile[VariablesFile], document: Document, loops: Sequence[Loop]) -> Document:
    """The questionnaire without loops; what is made stands where that stands it was made from."""

    def turned(over: str, entries: Sequence[Block]) -> Iterator[Block]:
        for turn in _turns(variables, loops, over, retired=False):
            yield from (turn.shown(turn.rewritten(entry)) for entry in entries)

    pages: list[Block] = []
    for page in document.data["pages"]:
        items: list[Block] = []
        for item in page["items"]:
            loop = item.get("loop")
            items.extend([item] if loop is None else turned(loop["over"], loop["items"]))
        made = like(page, {**page, "items": like(page["items"], items)})
        over = made.pop("loop", None)
        pages.extend([made] if over is None else turned(over["over"], [made]))
    return replace(document, data=like(document.data, {**document.data, "pages": like(document.data["pages"], pages)}))


def _registry(file: DefinitionFile[VariablesFile], loops: tuple[Loop, ...]) -> Document:
    """The registry with each variable of a loop once per option, in its place in the codebook."""
    source = file.document.data["variables"]
    made: dict[str, Any] = {}
    loop_of = {name: loop for loop in loops for name in loop.names}
    for name, entry in source.items():
        own = {name: entry}
        if name in loop_of:
            turns = _turns(file, loops, loop_of[name].over, retired=True, in_tables=True)
            own = {made_name(name, turn.code): _entry(turn, entry) for turn in turns}
        # A name that is taken stays what it is; the checks say so (R024).
        made |= {each: own[each] for each in own if each not in made and (each == name or each not in source)}
    return replace(
        file.document, data=like(file.document.data, {**file.document.data, "variables": like(source, made)})
    )


def _entry(turn: _Turn, entry: dict[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = turn.rewritten(entry)
    written = entry["label"]
    for language, label in made["label"].items():
        if LABEL not in written[language]:
            made["label"][language] = f"{label}: {turn.label.get(language) or next(iter(turn.label.values()))}"
    return made
