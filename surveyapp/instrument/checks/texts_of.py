"""The walk over every text of a study and a wave, each with its place and what kind of text it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from surveyapp.errors import Place
from surveyapp.instrument.checks.uses import Path, TextUse
from surveyapp.instrument.definition import CodeListEntry
from surveyapp.instrument.layout import is_per_role

if TYPE_CHECKING:
    from surveyapp.instrument.checks.context import Context

At = Callable[..., Place]


def texts_of(context: Context) -> Iterator[TextUse]:
    """Texts of study.yaml, of the variables this wave asks, of its questionnaire, tables and mapping."""
    yield from _study(context)
    yield from _variables(context)
    yield from _questionnaire(context)
    yield from _tables(context)
    yield from _mapping(context)


def _use(
    words: Mapping[str, str], at: Callable[..., Place], path: Path, name: str, kind: str, role: str | None = None
) -> TextUse:
    return TextUse(words, at, path, name, kind, role)


def _study(context: Context) -> Iterator[TextUse]:
    study, place = context.study, context.study_file.place
    yield _use(study.title, place, ("title",), "title", "title")
    yield _use(study.introduction, place, ("introduction",), "introduction", "intro")
    if study.explanation is not None:
        yield _use(study.explanation, place, ("explanation",), "explanation", "intro")
    yield _use(study.organisation.payer, place, ("organisation", "payer"), "payer", "other")
    for index, role in enumerate(study.roles):
        yield _use(role.label, place, ("roles", index, "label"), role.id, "label")
        yield _use(role.plural, place, ("roles", index, "plural"), role.id, "label")
        yield _use(role.description, place, ("roles", index, "description"), role.id, "other")
    for index, phase in enumerate(study.phases):
        yield _use(phase.label, place, ("phases", index, "label"), phase.id, "label")
    for index, construct in enumerate(study.constructs):
        yield _use(construct.label, place, ("constructs", index, "label"), construct.id, "label")
    for word, missing in study.missing.items():
        yield _use(missing.label, place, ("missing", word, "label"), word, "category")
    if context.wave_entry is not None:
        index, wave = context.wave_entry
        for key, words in (("title", wave.title), ("report_month", wave.report_month), ("country", wave.country)):
            if words is not None:
                yield _use(words, place, ("waves", index, key), f"{wave.year} {key}", "label")


def _variables(context: Context) -> Iterator[TextUse]:
    place = context.variables_file.place
    for name, entry in context.registry.items():
        yield _use(entry.label, place, ("variables", name, "label"), name, "label")
        if entry.unit is not None:
            yield _use(entry.unit, place, ("variables", name, "unit"), name, "label")
        for index, link in enumerate(entry.trend):
            if link.reason is not None:
                yield _use(link.reason, place, ("variables", name, "trend", index, "reason"), name, "other")
    for name, (file, entry_list) in context.code_lists.items():
        yield from _code_list(file.place, name, entry_list)


def _code_list(at: At, name: str, entry: CodeListEntry) -> Iterator[TextUse]:
    for end, words in (("low", entry.low), ("high", entry.high)):
        if words is not None:
            yield _use(words, at, ("code_lists", name, end), name, "category")
    for index, category in enumerate(entry.categories):
        here: Path = ("code_lists", name, "categories", index)
        yield _use(category.label, at, (*here, "label"), f"{name}.{category.key}", "category")
        if category.short is not None:
            yield _use(category.short, at, (*here, "short"), f"{name}.{category.key}", "category")


def _per_role(
    context: Context, text: Mapping[str, str | dict[str, str]] | None, path: Path, name: str, kind: str
) -> Iterator[TextUse]:
    if text is None:
        return
    if not is_per_role(text):
        words = {language: said for language, said in text.items() if isinstance(said, str)}
        yield _use(words, context.place, path, name, kind)
        return
    for role, said in text.items():
        if isinstance(said, Mapping):
            yield _use(said, context.place, (*path, role), name, kind, role)


def _questionnaire(context: Context) -> Iterator[TextUse]:
    if context.questionnaire is None:
        return
    for index, part in enumerate(context.questionnaire.parts):
        yield _use(part.title, context.place, ("parts", index, "title"), part.id, "title")
    for number, page in enumerate(context.questionnaire.pages):
        here: Path = ("pages", number)
        yield from _per_role(context, page.title, (*here, "title"), page.id, "title")
        yield from _per_role(context, page.intro, (*here, "intro"), page.id, "intro")
        for index, ending in enumerate(page.end_if):
            yield from _per_role(context, ending.title, (*here, "end_if", index, "title"), ending.id, "title")
            yield from _per_role(context, ending.text, (*here, "end_if", index, "text"), ending.id, "ending")
    for use in context.items:
        item = use.item
        name = item.variable or item.set or item.information or use.page.id
        kind = "information" if item.information is not None else "question"
        yield from _per_role(context, item.text, (*use.path, "text"), name, kind)
        yield from _per_role(context, item.hint, (*use.path, "hint"), name, "hint")
        for word, words in item.missing_labels.items():
            yield _use(words, context.place, (*use.path, "missing_labels", word), name, "category")
        for index, row in enumerate(item.rows):
            path: Path = (*use.path, "rows", index, "text")
            yield from _per_role(context, row.text, path, row.variable, "statement")


def _tables(context: Context) -> Iterator[TextUse]:
    file = context.tables_file
    for index, table in enumerate(file.model.tables if file else ()):
        if file is not None:
            yield _use(table.title, file.place, ("tables", index, "title"), table.id, "title")
    for index, named in enumerate(file.model.filters if file else ()):
        if file is not None:
            yield _use(named.label, file.place, ("filters", index, "label"), named.id, "label")


def _mapping(context: Context) -> Iterator[TextUse]:
    file = context.mapping_file
    if file is None:
        return
    yield _use(file.model.title, file.place, ("title",), str(file.model.wave), "title")
    for name, column in file.model.columns.items():
        for key, words in (("label", column.label), ("unit", column.unit)):
            if words is not None:
                yield _use(words, file.place, ("columns", name, key), name, "label")
