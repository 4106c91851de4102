"""What checks look at: the files of one wave, walked with their places, and the instrument made of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from surveyapp.errors import ConditionError, Place
from surveyapp.instrument.checks.route import Route
from surveyapp.instrument.conditions import Condition, parse_condition
from surveyapp.instrument.conditions.codebook import PlainCodebook
from surveyapp.instrument.definition import (
    CodeListEntry,
    ItemEntry,
    PageEntry,
    QuestionnaireFile,
    RowEntry,
    StudyFile,
    TableEntry,
    TablesFile,
    VariableEntry,
    VariablesFile,
    WaveEntry,
)
from surveyapp.instrument.derived_definition import DerivedEntry
from surveyapp.instrument.derived_variables import derived_variables
from surveyapp.instrument.files import StudyFiles
from surveyapp.instrument.layout import includes
from surveyapp.instrument.mapping_definition import ColumnEntry, MappingFile
from surveyapp.instrument.mentions import Mention, mentions
from surveyapp.instrument.model import Instrument, Role, TableDefinition
from surveyapp.instrument.nesting import as_written
from surveyapp.instrument.nodes import Block, Listing, Node, Position, Step
from surveyapp.instrument.notation import Expression, Mark, Unique, Words
from surveyapp.instrument.questions import Question, Questionnaire
from surveyapp.instrument.resolve import registry_for, used_variables
from surveyapp.instrument.source import Document
from surveyapp.instrument.variables import Scale, Variable
from surveyapp.instrument.weighting_definition import WeightingFile


@dataclass(frozen=True, slots=True)
class VariableUse:
    """A variable put to somebody: as an item, or as a row of a set."""

    name: str
    page: PageEntry
    item: ItemEntry
    row: RowEntry | None

    @property
    def entry(self) -> ItemEntry | RowEntry:
        """What names it."""
        return self.row or self.item


class Causes:
    """The entries of one file, found by the place of one of their keys.

    The instrument keeps one place for a page, a question or a set. An author who is sent to the first line of a page
    has its introduction and five questions to look through; so what is known to be wrong is looked up in the file.
    """

    def __init__(self, document: Document) -> None:
        self._entries: Mapping[Position, Block] = {place: node for node, place in self._keys(document.data)}

    def _keys(self, node: Any) -> Iterator[tuple[Block, Position]]:
        if isinstance(node, Block):
            yield from ((node, place) for place in node.places.values())
        for child in node.values() if isinstance(node, Block) else node if isinstance(node, Listing) else ():
            yield from self._keys(child)

    def within(self, place: Place, *path: Step) -> Place:
        """Where ``path`` stands in the entry that has a key at ``place``; that place itself without such an entry.

        Steps that are not there are passed over: ``text``, ``manager``, ``default``, ``nl`` leads to the Dutch words
        for managers, whether the text is written per role or not.
        """
        node: Any = self._entries.get((place.line, place.column))
        for step in path:
            if isinstance(node, Node) and step in node.places:
                place, node = Place(place.file, *node.position(step)), node[step]  # type: ignore[index]  # its own step
        return place


@dataclass(eq=False)
class Context:
    """One wave under inspection; ``instrument`` is None until everything that is named is known to exist."""

    files: StudyFiles
    year: int
    study: StudyFile
    variables_file: VariablesFile
    written: StudyFiles  # as authors wrote them; ``files`` has the loops written out
    instrument: Instrument | None = None

    @property
    def registry(self) -> Mapping[str, VariableEntry]:
        """The variables of variables.yaml."""
        return self.variables_file.variables

    @property
    def derived(self) -> Mapping[str, DerivedEntry]:
        """The derived variables of variables.yaml."""
        return self.variables_file.derived

    @property
    def questionnaire(self) -> QuestionnaireFile | None:
        """The wave's questionnaire, unless it was imported."""
        found = self.files.waves[self.year].questionnaire
        return found.model if found else None

    @property
    def tables_file(self) -> TablesFile | None:
        """The wave's tables, if there are any."""
        found = self.files.waves[self.year].tables
        return found.model if found else None

    @property
    def weighting(self) -> WeightingFile | None:
        """The wave's targets, if there are any."""
        found = self.files.waves[self.year].weighting
        return found.model if found else None

    @cached_property
    def tables(self) -> tuple[tuple[TableEntry, TableDefinition], ...]:
        """Every table of the report as it is written and as it is made; none without an instrument."""
        if self.instrument is None or self.tables_file is None:
            return ()
        return tuple(zip(self.tables_file.tables, self.instrument.tables, strict=True))

    @property
    def mapping(self) -> MappingFile | None:
        """The wave's mapping, when it was imported."""
        found = self.files.waves[self.year].mapping
        return found.model if found else None

    @property
    def columns(self) -> Mapping[str, ColumnEntry]:
        """The columns of an imported wave's file; none of other waves."""
        return self.mapping.columns if self.mapping else {}

    @property
    def mapped(self) -> frozenset[str]:
        """The variables that an imported wave has of its columns."""
        if self.mapping is None:
            return frozenset()
        return frozenset(self.mapping.prefix + name for name, column in self.columns.items() if column.skip is None)

    @cached_property
    def wave_entry(self) -> WaveEntry | None:
        """The wave's entry in study.yaml."""
        return next((entry for entry in self.study.waves if entry.year == self.year), None)

    @property
    def asking(self) -> WaveEntry | None:
        """The same of a wave that has a questionnaire; None for one that was imported."""
        return self.wave_entry if self.questionnaire else None

    @cached_property
    def role_ids(self) -> tuple[str, ...]:
        """The study's roles."""
        return tuple(role.id for role in self.study.roles)

    @cached_property
    def code_lists(self) -> Mapping[str, CodeListEntry]:
        """Every code list of the registry and the mapping."""
        imported = self.mapping.code_lists if self.mapping else {}
        return {**self.variables_file.code_lists, **imported}

    def codes_of(self, entry: VariableEntry | ColumnEntry | None) -> CodeListEntry | None:
        """The code list a variable or column names, where there is one."""
        return self.code_lists.get(entry.codes or "") if entry is not None else None

    @cached_property
    def used(self) -> frozenset[str]:
        """The variables of the registry that this wave asks."""
        return used_variables(self.questionnaire) if self.questionnaire else frozenset()

    @property
    def has_unread_imports(self) -> bool:
        """Whether the study has imported waves of which no file was read here: what they name is not known."""
        return any(entry.imported and entry.year not in self.files.waves for entry in self.study.waves)

    @cached_property
    def book(self) -> PlainCodebook:
        """The codebook conditions are checked against; variables whose code list is lacking are left out."""
        registry = registry_for(self.study, self.variables_file, self.year)
        variables: dict[str, Variable] = {}
        for name, entry in self.registry.items():
            if entry.codes is None or entry.codes in registry.code_lists:
                variables.update(registry.variables(name, entry, None))
        variables.update(derived_variables(registry, self.variables_file, self.study, variables))
        roles = tuple(registry.filled(Role, role) for role in self.study.roles)
        return PlainCodebook(variables, registry.missing, roles, tuple(self.study.languages))

    @property
    def variables(self) -> Mapping[str, Variable]:
        """The instrument's variables, where there is one."""
        return self.instrument.variables if self.instrument else {}

    @property
    def questionnaires(self) -> Mapping[str, Questionnaire]:
        """The instrument's questionnaires per role, where there is one."""
        return self.instrument.questionnaires if self.instrument else {}

    @cached_property
    def routes(self) -> tuple[Route, ...]:
        """The questionnaire of every role as the checks walk it."""
        if self.instrument is None or self.questionnaire is None:
            return ()
        entries = {page.id: page for page in reversed(self.questionnaire.pages)}
        return tuple(
            Route(made, self.instrument.role(role).plural, self.study.languages, entries, self.cause)
            for role, made in self.questionnaires.items()
        )

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

    def scale_of(self, variable: Variable) -> Scale | None:
        """The code list of a variable of the instrument."""
        return self.instrument.scales.get(variable.scale) if self.instrument and variable.scale else None

    def place(self, *path: str | int) -> Place:
        """A place in the questionnaire; the study's first line for a wave without one."""
        return self.questionnaire.at(*path) if self.questionnaire else self.study.at()

    @cached_property
    def _causes(self) -> Causes | None:
        found = self.files.waves[self.year].questionnaire
        return Causes(found.document) if found else None

    def cause(self, place: Place | None, *path: str | int) -> Place:
        """Where a key stands of the page, question or set that stands at ``place``; as far as the file has it."""
        if place is None or self._causes is None:
            return place or self.place()
        return self._causes.within(place, *path)

    def banner_place(self, table: TableEntry, name: str) -> Place:
        """Where a variable is named in the banner of a table: in the table, or under ``banners``."""
        if isinstance(table.banner, list):
            written = [as_written(banner) for banner in table.banner]
            return table.at("banner", *([written.index(name)] if name in written else []))
        listed = self.tables_file.banners.get(table.banner, []) if self.tables_file else []
        named = [as_written(banner) for banner in listed]
        if self.tables_file is None or name not in named:
            return table.at("banner")
        return self.tables_file.at("banners", table.banner, named.index(name))

    def shown_place(self, table: TableEntry, name: str) -> Place:
        """Where a table names a variable that it shows, or breaks down by."""
        if name in table.variables:
            return table.at("variables", table.variables.index(name))
        return self.banner_place(table, name)

    def variable_place(self, name: str, *path: str | int) -> Place:
        """A place in the registry."""
        return self.variables_file.at("variables", name, *path)

    @cached_property
    def items(self) -> tuple[tuple[PageEntry, ItemEntry], ...]:
        """Every item with its page, in order."""
        pages = self.questionnaire.pages if self.questionnaire else ()
        return tuple((page, item) for page in pages for item in page.items)

    @cached_property
    def variable_uses(self) -> tuple[VariableUse, ...]:
        """Every variable put to somebody, in order."""
        found: list[VariableUse] = []
        for page, item in self.items:
            if item.variable is not None:
                found.append(VariableUse(item.variable, page, item, None))
            found.extend(VariableUse(row.variable, page, item, row) for row in item.rows)
        return tuple(found)

    def roles_of(self, use: VariableUse) -> tuple[str, ...]:
        """The roles that may see a variable here."""
        row_roles = use.row.roles if use.row else None
        return tuple(
            role
            for role in self.role_ids
            if includes(use.page.roles, role) and includes(use.item.roles, role) and includes(row_roles, role)
        )

    def mentions(self, mark: type[Mark], kind: str | None = None) -> Sequence[Mention]:
        """Everything the files say that is so marked; of ``waves`` in study.yaml only what goes for this wave."""
        return self._mentions.get((mark, kind), ())

    @cached_property
    def _mentions(self) -> Mapping[tuple[type[Mark], str | None], Sequence[Mention]]:
        found: dict[tuple[type[Mark], str | None], list[Mention]] = {}
        wave = self.files.waves[self.year]
        beside = (wave.tables, wave.weighting, wave.coding, wave.mapping)
        files = (self.files.study, self.files.variables, wave.questionnaire, *beside)
        own = self.study.waves.index(self.wave_entry) if self.wave_entry else None
        for file in files:
            name = str(self.year) if file is wave.mapping else ""
            for each in mentions(file.document, type(file.model), name) if file is not None else ():
                if each.path[0] != "waves" or each.path[1] == own or isinstance(each.mark, Unique):
                    for kind in (None, each.kind):
                        found.setdefault((type(each.mark), kind), []).append(each)
        return found

    @property
    def conditions(self) -> Sequence[Mention]:
        """Every expression of the wave's files."""
        return self.mentions(Expression)

    def readable(self) -> Iterator[tuple[Mention, Condition]]:
        """The expressions that can be read, parsed."""
        for use in self.conditions:
            try:
                yield use, parse_condition(use.value)
            except ConditionError:
                continue

    @cached_property
    def texts(self) -> tuple[Mention, ...]:
        """Every text of the study and of the wave."""
        return tuple(self._texts())

    def words(self, kinds: Collection[str] | None = None) -> Iterator[tuple[Mention, str, str]]:
        """Every text, or those of some kinds: itself, each of its languages, and what it says in that."""
        for text in self.texts:
            if kinds is None or text.kind in kinds:
                yield from ((text, language, words) for language, words in text.words.items())

    def _texts(self) -> Iterator[Mention]:
        for text in self.mentions(Words):
            if text.path[0] == "waves":
                yield replace(text, name=f"{text.name} {text.key}")
            elif text.key == "text" and text.entry.get("information") is not None:
                yield replace(text, mark=Words("information"))
            else:
                yield text
