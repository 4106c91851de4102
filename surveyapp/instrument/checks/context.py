"""What checks look at: the files of one wave, walked with their places, and the instrument made of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from surveyapp.errors import ConditionError, Place
from surveyapp.instrument.checks.causes import Causes
from surveyapp.instrument.checks.route import Route
from surveyapp.instrument.checks.texts_of import texts_of
from surveyapp.instrument.checks.uses import ConditionUse, ItemUse, Path, TextUse, VariableUse
from surveyapp.instrument.conditions import Condition, parse_condition
from surveyapp.instrument.conditions.codebook import PlainCodebook
from surveyapp.instrument.definition import (
    CodeListEntry,
    QuestionnaireFile,
    StudyFile,
    TablesFile,
    VariableEntry,
    VariablesFile,
    WaveEntry,
)
from surveyapp.instrument.files import StudyFiles
from surveyapp.instrument.layout import includes
from surveyapp.instrument.mapping_definition import MappingFile
from surveyapp.instrument.model import Instrument, Role
from surveyapp.instrument.questions import Question, Questionnaire, QuestionSet
from surveyapp.instrument.resolve import registry_for, used_variables
from surveyapp.instrument.shape import DefinitionFile
from surveyapp.instrument.variables import Scale, Text, Variable

CodeListFile = DefinitionFile[VariablesFile] | DefinitionFile[MappingFile]
"""A code list stands in the registry or in the mapping of an imported wave."""


@dataclass(frozen=True)
class Context:
    """One wave under inspection; ``instrument`` is None in the first stage."""

    files: StudyFiles
    year: int
    study_file: DefinitionFile[StudyFile]
    variables_file: DefinitionFile[VariablesFile]
    instrument: Instrument | None = None
    written: StudyFiles | None = None  # as authors wrote them; ``files`` has the loops written out

    @property
    def study(self) -> StudyFile:
        """study.yaml."""
        return self.study_file.model

    @property
    def registry(self) -> Mapping[str, VariableEntry]:
        """The variables of variables.yaml."""
        return self.variables_file.model.variables

    @property
    def questionnaire_file(self) -> DefinitionFile[QuestionnaireFile] | None:
        """The wave's questionnaire, unless it was imported."""
        return self.files.waves[self.year].questionnaire

    @property
    def questionnaire(self) -> QuestionnaireFile | None:
        """The wave's questionnaire, unless it was imported."""
        return self.questionnaire_file.model if self.questionnaire_file else None

    @property
    def tables_file(self) -> DefinitionFile[TablesFile] | None:
        """The wave's tables, if there are any."""
        return self.files.waves[self.year].tables

    @property
    def mapping_file(self) -> DefinitionFile[MappingFile] | None:
        """The wave's mapping, when it was imported."""
        return self.files.waves[self.year].mapping

    @cached_property
    def wave_entry(self) -> tuple[int, WaveEntry] | None:
        """The wave's place in the list of study.yaml, and its entry."""
        return next(((index, entry) for index, entry in enumerate(self.study.waves) if entry.year == self.year), None)

    @cached_property
    def role_ids(self) -> tuple[str, ...]:
        """The study's roles."""
        return tuple(role.id for role in self.study.roles)

    @cached_property
    def code_lists(
        self,
    ) -> Mapping[str, tuple[CodeListFile, CodeListEntry]]:
        """Every code list of the registry and the mapping, with the file it stands in."""
        found: dict[str, tuple[CodeListFile, CodeListEntry]] = {
            name: (self.variables_file, entry) for name, entry in self.variables_file.model.code_lists.items()
        }
        if self.mapping_file is not None:
            found.update(
                {name: (self.mapping_file, entry) for name, entry in self.mapping_file.model.code_lists.items()}
            )
        return found

    @cached_property
    def used(self) -> frozenset[str]:
        """The variables of the registry that this wave asks."""
        return used_variables(self.questionnaire) if self.questionnaire else frozenset()

    @cached_property
    def book(self) -> PlainCodebook:
        """The codebook conditions are checked against; variables whose code list is lacking are left out."""
        registry = registry_for(self.study, self.variables_file.model, self.year)
        variables: dict[str, Variable] = {}
        for name, entry in self.registry.items():
            if entry.codes is None or entry.codes in registry.code_lists:
                variables[name] = registry.variable(name, entry, None)
                other = registry.other_text(variables[name])
                if other is not None:
                    variables[other.name] = other
        roles = tuple(
            Role(role.id, Text(role.label), Text(role.plural), Text(role.description)) for role in self.study.roles
        )
        return PlainCodebook(variables, registry.missing, roles, tuple(self.study.languages))

    @property
    def variables(self) -> Mapping[str, Variable]:
        """The instrument's variables; none in the first stage."""
        return self.instrument.variables if self.instrument else {}

    @property
    def questionnaires(self) -> Mapping[str, Questionnaire]:
        """The instrument's questionnaires per role; none in the first stage."""
        return self.instrument.questionnaires if self.instrument else {}

    @cached_property
    def routes(self) -> tuple[Route, ...]:
        """The questionnaire of every role as the checks walk it."""
        return tuple(Route(self, questionnaire) for questionnaire in self.questionnaires.values())

    @cached_property
    def put_to(self) -> tuple[tuple[str, Question], ...]:
        """Every question with the role it is put to; one written for several roles comes back for each."""
        return tuple(
            (role, question) for role, asked in self.questionnaires.items() for question in asked.questions.values()
        )

    @property
    def questions(self) -> tuple[Question, ...]:
        """Every question of every role."""
        return tuple(question for _, question in self.put_to)

    def introduced(self, questionnaire: Questionnaire, language: str) -> Iterator[tuple[str, Question]]:
        """Every question with the text of the set it stands in, or nothing."""
        for page in questionnaire.pages:
            for item in page.items:
                if isinstance(item, QuestionSet):
                    yield from ((item.text[language], question) for question in item.questions)
                elif isinstance(item, Question):
                    yield "", item

    def scale_of(self, variable: Variable) -> Scale | None:
        """The code list of a variable of the instrument."""
        return self.instrument.scales.get(variable.scale) if self.instrument and variable.scale else None

    def place(self, *path: str | int) -> Place:
        """A place in the questionnaire; the study's first line for a wave without one."""
        return self.questionnaire_file.place(*path) if self.questionnaire_file else self.study_file.place()

    @cached_property
    def _causes(self) -> Causes | None:
        return Causes(self.questionnaire_file.document) if self.questionnaire_file else None

    def cause(self, place: Place | None, *path: str | int) -> Place:
        """Where a key stands of the page, question or set that stands at ``place``; as far as the file has it."""
        if place is None or self._causes is None:
            return place or self.place()
        return self._causes.within(place, *path)

    def banner_place(self, table: int, name: str) -> Place:
        """Where a variable is named in the banner of a table: in the table, or under ``banners``."""
        file = self.tables_file
        if file is None:
            return self.place()
        banner = file.model.tables[table].banner
        if isinstance(banner, list):
            return file.place("tables", table, "banner", *([banner.index(name)] if name in banner else []))
        named = file.model.banners.get(banner, [])
        return (
            file.place("banners", banner, named.index(name)) if name in named else file.place("tables", table, "banner")
        )

    def code_list_place(self, name: str, *path: str | int) -> Place:
        """A place in a code list of the registry or of the mapping."""
        return self.code_lists[name][0].place("code_lists", name, *path)

    def variable_place(self, name: str, *path: str | int) -> Place:
        """A place in the registry."""
        return self.variables_file.place("variables", name, *path)

    @cached_property
    def items(self) -> tuple[ItemUse, ...]:
        """Every item, in order."""
        if self.questionnaire is None:
            return ()
        return tuple(
            ItemUse(("pages", number, "items", index), page, item)
            for number, page in enumerate(self.questionnaire.pages)
            for index, item in enumerate(page.items)
        )

    @cached_property
    def variable_uses(self) -> tuple[VariableUse, ...]:
        """Every variable put to somebody, in order."""
        found: list[VariableUse] = []
        for use in self.items:
            if use.item.variable is not None:
                found.append(VariableUse(use.item.variable, use.path, use.page, use.item, None))
            for index, row in enumerate(use.item.rows):
                found.append(VariableUse(row.variable, (*use.path, "rows", index), use.page, use.item, row))
        return tuple(found)

    def roles_of(self, use: VariableUse) -> tuple[str, ...]:
        """The roles that may see a variable here."""
        row_roles = use.row.roles if use.row else None
        return tuple(
            role
            for role in self.role_ids
            if includes(use.page.roles, role) and includes(use.item.roles, role) and includes(row_roles, role)
        )

    @cached_property
    def conditions(self) -> tuple[ConditionUse, ...]:
        """Every expression of the wave's files."""
        return tuple(self._conditions())

    def _conditions(self) -> Iterator[ConditionUse]:
        for number, page in enumerate(self.questionnaire.pages if self.questionnaire else ()):
            path: Path = ("pages", number)
            yield from self._per_role(page.show_if, (*path, "show_if"), page.id, "page")
            for index, ending in enumerate(page.end_if):
                yield ConditionUse(ending.condition, self.place(*path, "end_if", index, "if"), ending.id, "ending")
            for index, item in enumerate(page.items):
                name = item.variable or item.set or item.information or page.id
                here: Path = (*path, "items", index)
                yield from self._per_role(item.show_if, (*here, "show_if"), name, "item")
                for row_index, row in enumerate(item.rows):
                    yield from self._per_role(row.show_if, (*here, "rows", row_index, "show_if"), row.variable, "row")
        if self.tables_file is not None:
            for index, table in enumerate(self.tables_file.model.tables):
                if table.filter is not None:
                    place = self.tables_file.place("tables", index, "filter")
                    yield ConditionUse(table.filter, place, table.id, "filter")
            for index, named in enumerate(self.tables_file.model.filters):
                yield ConditionUse(named.where, self.tables_file.place("filters", index, "where"), named.id, "filter")

    def _per_role(
        self, source: str | dict[str, str] | None, path: Path, name: str, kind: str
    ) -> Iterator[ConditionUse]:
        if isinstance(source, str):
            yield ConditionUse(source, self.place(*path), name, kind)
        elif source is not None:
            for role, written in source.items():
                yield ConditionUse(written, self.place(*path, role), name, kind, role)

    def readable(self) -> Iterator[tuple[ConditionUse, Condition]]:
        """The expressions that can be read, parsed."""
        for use in self.conditions:
            try:
                yield use, parse_condition(use.source)
            except ConditionError:
                continue

    @cached_property
    def texts(self) -> tuple[TextUse, ...]:
        """Every text of the study and of the wave."""
        return tuple(texts_of(self))
