"""Q: open answers can be coded by their frame: of what was asked, under a name of its own, with codes that differ."""

from __future__ import annotations

from collections.abc import Iterator

from surveyapp.instrument.checks.context import Context
from surveyapp.instrument.checks.references import unknown
from surveyapp.instrument.checks.registry import Found, check
from surveyapp.instrument.coding import CANNOT_BE_CODED
from surveyapp.instrument.coding_definition import FrameCodeEntry, FrameEntry
from surveyapp.instrument.registry import OTHER_SUFFIX
from surveyapp.instrument.system_variables import FORMER_NAMES, SYSTEM_VARIABLES
from surveyapp.instrument.types import Shape


def _open_questions(context: Context) -> frozenset[str]:
    """The variables whose answers are words."""
    return frozenset(name for name, one in context.book.variables.items() if one.type.shape is Shape.TEXT)


check(
    "R037",
    "What is coded does not exist.",
    "There is no open question '%(value)s'.",
    "Name a question that is answered in words.",
)(unknown("open question", lambda context, _: _open_questions(context)))


def _frames(context: Context) -> list[FrameEntry]:
    found = context.files.waves[context.year].coding
    return found.model.frames if found is not None else []


@check(
    "Q001",
    "What is coded was not asked.",
    "'%(name)s' codes '%(question)s', which %(year)s does not ask, or keeps apart from the answers.",
    "Name an open question of this wave.",
)
def not_asked(context: Context) -> Iterator[Found]:
    """Open answers stand among the answers of the wave."""
    for frame in _frames(context) if context.instrument is not None else ():
        asked = context.variables.get(frame.of)
        if asked is None or asked.is_stored_apart:
            yield Found(frame.at("of"), frame.variable, question=frame.of, year=context.year)


@check(
    "Q002",
    "A coded variable has the name of another.",
    "There is a variable '%(name)s' already.",
    "Give the coded variable a name of its own.",
)
def name_taken(context: Context) -> Iterator[Found]:
    """Names of coded variables are no variable's, no text's beside "other", and none the platform gives."""
    taken = {*context.registry, *context.derived, *context.mapped, *SYSTEM_VARIABLES, *FORMER_NAMES}
    taken |= {name + OTHER_SUFFIX for name in context.registry}
    for frame in _frames(context):
        if frame.variable in taken:
            yield Found(frame.at("variable"), frame.variable)


@check(
    "Q003",
    "The sheet of a coded variable has the id of another.",
    "The sheet of '%(name)s' is '%(id)s', which is a table already.",
    "Give it an id of its own; ids are never reused.",
)
def sheet_taken(context: Context) -> Iterator[Found]:
    """Ids of sheets are permanent, and each is of one."""
    taken = {table.id for table in context.tables_file.tables} if context.tables_file else set[str]()
    for frame in _frames(context):
        if frame.sheet is not None:
            if frame.sheet.id in taken:
                yield Found(frame.sheet.at("id"), frame.variable, id=frame.sheet.id)
            taken.add(frame.sheet.id)


@check(
    "Q004",
    "A code of a frame is kept for another use.",
    "In '%(name)s' the code %(code)s cannot be given: it says that an answer cannot be coded.",
    "Give it another number.",
)
def code_kept(context: Context) -> Iterator[Found]:
    """One code is the platform's own."""
    for frame, entry in _codes(context):
        if entry.code == CANNOT_BE_CODED:
            yield Found(entry.at("code"), frame.variable, code=entry.code)


@check(
    "Q005",
    "Two codes of a frame have one label.",
    "In '%(within)s' the label '%(name)s' occurs twice.",
    "Make the labels differ; coders know a code by it.",
)
def label_twice(context: Context) -> Iterator[Found]:
    """Labels within a frame, per language; retired codes may share one."""
    for frame in _frames(context):
        for language in context.study.languages:
            seen: set[str] = set()
            for entry in frame.codes:
                words = entry.label.get(language, "").strip().casefold()
                if words and not entry.retired and words in seen:
                    yield Found(entry.at("label", language), entry.label[language], within=frame.variable)
                seen.add(words)


def _codes(context: Context) -> Iterator[tuple[FrameEntry, FrameCodeEntry]]:
    return ((frame, entry) for frame in _frames(context) for entry in frame.codes)
