"""Code lists, missing codes and variables: from their entries in the files to the model."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any, TypeVar, cast

from surveyapp.errors import DefinitionError, Place
from surveyapp.instrument.definition import CodeListEntry, MissingEntry, RangeEntry, TrendEntry, VariableEntry
from surveyapp.instrument.mapping_definition import ColumnEntry
from surveyapp.instrument.notation import FileModel
from surveyapp.instrument.types import Level, NumberRange, Traits, VariableType
from surveyapp.instrument.variables import Category, MissingCode, Scale, Text, TrendEffect, TrendLink, Variable

OFFERED_MISSING = ("na", "dk", "refused")
OTHER_SUFFIX = "_other"
OTHER_CHARACTERS = 200
OTHER_LABELS = {"nl": "anders, namelijk", "en": "other, please specify"}

Made = TypeVar("Made")
_WAVE_YEAR = re.compile(r"wave_year(?: ([-+]) (\d{1,3}))?")


class Registry:
    """Turns entries into variables of one wave; texts come out with the source language first."""

    def __init__(
        self,
        languages: Sequence[str],
        year: int,
        missing: Mapping[str, MissingEntry],
        code_lists: Mapping[str, CodeListEntry],
        reversed_items: frozenset[str],
    ) -> None:
        self.languages = tuple(languages)
        self.year = year
        self.missing = {
            key: MissingCode(key, entry.code, self.text(entry.label), key in OFFERED_MISSING)
            for key, entry in sorted(missing.items(), key=lambda pair: -pair[1].code)
        }
        self.code_lists = code_lists
        self.reversed_items = reversed_items
        self.scales: dict[str, Scale] = {}

    def text(self, by_language: Mapping[str, str]) -> Text:
        """A text in the study's order of languages."""
        ordered = {language: by_language[language] for language in self.languages if language in by_language}
        return Text(ordered or by_language)

    def optional(self, by_language: Mapping[str, str] | None) -> Text | None:
        """The same for a text that may be absent."""
        return None if by_language is None else self.text(by_language)

    def filled(self, model: type[Made], entry: FileModel, **own: object) -> Made:
        """What an entry becomes: fields of the same name are taken over, texts in the study's order of languages.

        ``own`` are the fields the entry does not have, or has otherwise.
        """
        for field in fields(cast("Any", model)):
            if field.name not in own and field.name in type(entry).model_fields:
                value = getattr(entry, field.name)
                if str(field.type).startswith("Text"):
                    value = self.optional(value)
                own[field.name] = tuple(value) if isinstance(value, list) else value
        return model(**own)

    def scale(self, name: str, place: Place | None) -> Scale:
        """The code list with this name. Raises DefinitionError: there is no such code list."""
        if name not in self.scales:
            entry = self.code_lists.get(name)
            if entry is None:
                raise DefinitionError(f"There is no code list '{name}'.", place)
            categories = tuple(
                self.filled(Category, category, short=self.text(category.short or category.label))
                for category in entry.categories
            )
            self.scales[name] = Scale(
                name,
                categories,
                self.optional(entry.low),
                self.optional(entry.high),
                entry.ordered,
                entry.descending,
                entry.levels,
            )
        return self.scales[name]

    def variable(self, name: str, entry: VariableEntry, place: Place | None) -> Variable:
        """A variable of the registry."""
        kind = VariableType(entry.type)
        return replace(
            self._made(name, entry, kind, entry.label, place),
            missing=self.offered(entry.missing),
            minimum_choices=entry.min_choices,
            maximum_choices=entry.max_choices,
            ranks=entry.ranks or kind.traits.usual_ranks,
            is_stored_apart=entry.stored_apart,
            mirror=entry.mirror,
            trend=tuple(self.trend(link) for link in entry.trend),
        )

    def imported(self, name: str, entry: ColumnEntry, place: Place | None) -> Variable:
        """A variable made of a column of an imported file. Raises DefinitionError: the column has no type or label."""
        if entry.type is None or entry.label is None:
            raise DefinitionError(f"Column '{name}' needs a type and a label, or a reason to skip it.", place)
        offered = [key for key in OFFERED_MISSING if key in entry.missing.values()]
        made = self._made(name, entry, VariableType(entry.type), entry.label, place)
        return replace(made, missing=self.offered(offered))

    def _made(
        self,
        name: str,
        entry: VariableEntry | ColumnEntry,
        kind: VariableType,
        label: Mapping[str, str],
        place: Place | None,
    ) -> Variable:
        scale = self.scale(entry.codes, place) if entry.codes else None
        usual = kind.traits.level_of_ordered if scale is not None and scale.is_ordered else None
        return Variable(
            name=name,
            type=kind,
            level=Level(entry.level) if entry.level else usual or kind.traits.levels[0],
            label=self.text(label),
            categories=scale.categories if scale else (),
            scale=scale.name if scale else None,
            low=scale.low if scale else None,
            high=scale.high if scale else None,
            number=self.range(kind.traits, entry.range),
            unit=self.optional(entry.unit),
            maximum_characters=entry.max_characters or kind.traits.usual_characters,
            construct=entry.construct_id,
            phase=entry.phase,
            use=entry.use,
            is_reversed=name in self.reversed_items,
            is_sensitive=entry.sensitive,
            place=place,
        )

    def variables(self, name: str, entry: VariableEntry, place: Place | None) -> Iterator[tuple[str, Variable]]:
        """A variable of the registry and the text beside its "other", where it has one."""
        variable = self.variable(name, entry, place)
        yield name, variable
        other = self.other_text(variable)
        if other is not None:
            yield other.name, other

    def other_text(self, variable: Variable) -> Variable | None:
        """The text beside "other, please specify", when the variable has such a category."""
        if not any(category.other for category in variable.categories):
            return None
        label = {
            language: f"{variable.label[language]}: {OTHER_LABELS.get(language, OTHER_LABELS['en'])}"
            for language in variable.label
        }
        return Variable(
            name=variable.name + OTHER_SUFFIX,
            type=VariableType.SHORT_TEXT,
            level=Level.TEXT,
            label=Text(label),
            maximum_characters=OTHER_CHARACTERS,
            construct=variable.construct,
            phase=variable.phase,
            use=variable.use,
            is_sensitive=variable.is_sensitive,
            other_of=variable.name,
            place=variable.place,
        )

    def offered(self, keys: Sequence[str]) -> tuple[MissingCode, ...]:
        """The missing codes a question offers, in the order given."""
        return tuple(self.missing[key] for key in keys if key in self.missing)

    def trend(self, entry: TrendEntry) -> TrendLink:
        """A link to an earlier fieldwork."""
        recode = {int(code): to for code, to in entry.recode.items()}
        return self.filled(TrendLink, entry, effect=TrendEffect(entry.effect), recode=recode)

    def range(self, traits: Traits, entry: RangeEntry | None) -> NumberRange | None:
        """The bounds of a number, with ``wave_year`` filled in."""
        if entry is None:
            return traits.usual_range
        return NumberRange(
            self.bound(entry.min), self.bound(entry.max), entry.warn_below, entry.warn_above, entry.decimals
        )

    def bound(self, value: float | str | None) -> float | None:
        """A bound as a number."""
        if not isinstance(value, str):
            return value
        found = _WAVE_YEAR.fullmatch(value)
        if found is None:
            raise DefinitionError(f"'{value}' is no bound; write a number or wave_year.")
        shift = int(found[2] or 0)
        return self.year - shift if found[1] == "-" else self.year + shift
