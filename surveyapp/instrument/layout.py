"""The questionnaire of one role: which pages and items it has, in its own words, and who of the role sees them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from surveyapp.errors import ConditionError, DefinitionError, Place
from surveyapp.instrument.conditions import Condition, conjunction, parse_condition, unless
from surveyapp.instrument.definition import EndingEntry, ItemEntry, PageEntry, QuestionnaireFile, RowEntry
from surveyapp.instrument.minutes import estimated_minutes, longest_seconds, whole_minutes
from surveyapp.instrument.notation import FileModel
from surveyapp.instrument.questions import (
    Ending,
    Information,
    Item,
    Page,
    Part,
    Question,
    Questionnaire,
    QuestionSet,
)
from surveyapp.instrument.registry import Registry
from surveyapp.instrument.rotations import blocks_of
from surveyapp.instrument.shape import DefinitionFile
from surveyapp.instrument.types import Shape
from surveyapp.instrument.variables import Text, Variable

DEFAULT_ROLE = "default"


def is_per_role(text: Mapping[str, object]) -> bool:
    """Whether a text is written per role rather than once for all."""
    return any(isinstance(value, Mapping) for value in text.values())


def wording(text: Mapping[str, str | dict[str, str]] | None, role: str) -> dict[str, str] | None:
    """What a text says to this role, or None when it has no words for it."""
    if text is None:
        return None
    if not is_per_role(text):
        return {language: words for language, words in text.items() if isinstance(words, str)}
    found = text.get(role, text.get(DEFAULT_ROLE))
    return dict(found) if isinstance(found, Mapping) else None


def condition_for(source: str | Mapping[str, str] | None, role: str) -> str | None:
    """The condition that holds for this role."""
    if source is None or isinstance(source, str):
        return source
    return source.get(role, source.get(DEFAULT_ROLE))


def includes(roles: Sequence[str] | None, role: str) -> bool:
    """Whether an optional list of roles lets this role in."""
    return roles is None or role in roles


class Layout:
    """Lays out one questionnaire file for each role."""

    def __init__(
        self,
        file: DefinitionFile[QuestionnaireFile],
        registry: Registry,
        variables: Mapping[str, Variable],
    ) -> None:
        self.file = file
        self.registry = registry
        self.variables = variables
        self.parts = tuple(Part(part.id, registry.text(part.title)) for part in file.model.parts)
        self.blocks = blocks_of(file.model, variables)

    def questionnaire(self, role: str) -> Questionnaire:
        """All pages that have something for this role.

        Raises DefinitionError: a variable, a text for this role or a readable condition is lacking.
        """
        pages = tuple(page for entry in self.file.model.pages for page in self._page(entry, role))
        used = {page.part for page in pages}
        parts = tuple(part for part in self.parts if part.id in used)
        languages = self.registry.languages  # the same thing said takes more words in one of them
        return Questionnaire(
            role,
            pages,
            parts,
            max(estimated_minutes(pages, language) for language in languages),
            max(whole_minutes(longest_seconds(pages, language)) for language in languages),
        )

    def _page(self, entry: PageEntry, role: str) -> Iterator[Page]:
        if not includes(entry.roles, role):
            return
        items = tuple(item for each in entry.items for item in self._item(each, role))
        if not items:
            return
        yield Page(
            id=entry.id,
            part=entry.part,
            title=self._text(entry, "title", role),
            items=items,
            intro=self._optional(entry.intro, role),
            show_if=self._condition(entry, "show_if", role),
            endings=tuple(self._ending(ending, role) for ending in entry.end_if),
            is_randomised=entry.randomise,
            block=self.blocks.get(entry.id),
            place=entry.origin("id"),
        )

    def _ending(self, entry: EndingEntry, role: str) -> Ending:
        condition = readable_condition(entry.condition, entry.origin("if"))
        return Ending(entry.id, condition, self._text(entry, "title", role), self._text(entry, "text", role))

    def _item(self, entry: ItemEntry, role: str) -> Iterator[Item]:
        if not includes(entry.roles, role):
            return
        show_if = self._condition(entry, "show_if", role)
        text = wording(entry.text, role)
        if entry.information is not None:
            if text is not None:
                yield Information(entry.information, self.registry.text(text), show_if)
        elif entry.set is not None:
            rows = tuple(
                self._question(row.variable, row, entry, role) for row in entry.rows if includes(row.roles, role)
            )
            if rows:
                yield QuestionSet(
                    id=entry.set,
                    text=self._text(entry, "text", role),
                    questions=rows,
                    hint=self._optional(entry.hint, role),
                    show_if=show_if,
                    is_randomised=entry.randomise,
                    is_anchored=entry.anchored,
                    place=entry.origin("set"),
                )
        elif entry.variable is not None:
            made = self._question(entry.variable, entry, entry, role)
            hint = self._optional(entry.hint, role)
            yield replace(made, hint=hint, is_required=entry.required, is_randomised=entry.randomise)

    def _question(self, name: str, entry: ItemEntry | RowEntry, item: ItemEntry, role: str) -> Question:
        """What an item asks by itself, or by one of its rows."""
        variable = self.variables.get(name)
        if variable is None:
            raise DefinitionError(f"There is no variable '{name}'.", entry.origin("variable"))
        has_prompt = variable.type.shape is not Shape.TEXT and not variable.is_stored_apart
        labels: dict[str, dict[str, str]] = {str(key): label for key, label in item.missing_labels.items()}
        return Question(
            variable=variable,
            text=self._text(entry, "text", role),
            show_if=self._condition(entry, "show_if", role),
            has_prompt=has_prompt if item.prompt is None else item.prompt,
            is_anchored=entry.anchored,
            missing=tuple(
                replace(code, label=self.registry.text(found)) if (found := labels.get(code.key)) else code
                for code in variable.missing
            ),
            place=entry.origin("variable"),
        )

    def _text(self, entry: FileModel, key: str, role: str) -> Text:
        found = wording(getattr(entry, key), role)
        if found is None:
            raise DefinitionError(f"There are no words for role '{role}'.", entry.origin(key))
        return self.registry.text(found)

    def _optional(self, text: Mapping[str, str | dict[str, str]] | None, role: str) -> Text | None:
        return self.registry.optional(wording(text, role))

    def _condition(self, entry: FileModel, key: str, role: str) -> Condition | None:
        found = condition_for(getattr(entry, key), role)
        return None if found is None else readable_condition(found, entry.origin(key))


def readable_condition(source: str, place: Place | None) -> Condition:
    """A condition of a definition. Raises DefinitionError: it cannot be read."""
    try:
        return parse_condition(source)
    except ConditionError as error:
        raise DefinitionError(f"{error.message} (character {error.offset + 1} of '{source[:80]}')", place) from None


def asked_when(questionnaire: Questionnaire) -> Mapping[str, Condition | None]:
    """Per variable the condition under which this role is asked it; None for everyone.

    Its block must be drawn, page, set and item must show, and no earlier page may have ended the questionnaire. An
    ending whose condition is unknown ends nothing.
    """
    asked: dict[str, Condition | None] = {}
    ended: list[Condition] = []
    for page in questionnaire.pages:
        for question, conditions in page.asked():
            asked[question.name] = conjunction(*ended, page.drawn, page.show_if, *conditions)
        ended.extend(unless(takes_effect(page, ending)) for ending in page.endings)
    return asked


def takes_effect(page: Page, ending: Ending) -> Condition:
    """When an ending ends the questionnaire: its condition holds and its page was shown."""
    return conjunction(page.drawn, page.show_if, ending.condition) or ending.condition
