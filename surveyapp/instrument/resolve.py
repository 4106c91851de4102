"""From the files of a study to the instrument of one wave."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from surveyapp.errors import DefinitionError
from surveyapp.instrument.conditions import Condition, conjunction
from surveyapp.instrument.conditions.nodes import Chosen, Membership
from surveyapp.instrument.conditions.parse import condition_of
from surveyapp.instrument.definition import (
    CodeListEntry,
    QuestionnaireFile,
    StudyFile,
    TablesFile,
    VariablesFile,
    WaveEntry,
)
from surveyapp.instrument.derived_variables import derived_variables, universes_of
from surveyapp.instrument.documents import documents_of, hash_of
from surveyapp.instrument.files import StudyFiles, WaveFiles, no_such_wave
from surveyapp.instrument.layout import Layout, asked_when, readable_condition
from surveyapp.instrument.loops import loops_of, written_out
from surveyapp.instrument.mapping_definition import MappingFile
from surveyapp.instrument.model import (
    Construct,
    Instrument,
    NamedFilter,
    Organisation,
    Phase,
    Role,
    Study,
    TableDefinition,
    Universe,
    Wave,
)
from surveyapp.instrument.nesting import BETWEEN, as_written, nested_in
from surveyapp.instrument.quality import AttentionItem, Impossible, QualityRules
from surveyapp.instrument.questions import Questionnaire
from surveyapp.instrument.registry import Registry
from surveyapp.instrument.rotations import rotation_names, with_draws
from surveyapp.instrument.shape import DefinitionFile
from surveyapp.instrument.variables import Variable

DEFAULT_MODE = "anonymous"


def resolved(files: StudyFiles, year: int) -> Instrument:
    """The instrument of one wave.

    Raises DefinitionError: a file could not be read, or names something that does not exist.
    """
    if year not in files.waves:
        raise no_such_wave(files.folder or "study", year, files.waves)
    files = written_out(files, year)
    if files.study is None or files.variables is None:
        raise (files.findings[0].as_error() if files.findings else DefinitionError("The study has no files."))
    return _Resolver(files, files.study, files.variables, files.waves[year]).instrument()


def registry_for(
    study: StudyFile, variables: VariablesFile, year: int, extra: Mapping[str, CodeListEntry] | None = None
) -> Registry:
    """The registry as the given wave sees it; ``extra`` are code lists of an imported wave."""
    turned = frozenset(name for construct in study.constructs for name in construct.reversed)
    lists = {**variables.code_lists, **(extra or {})}
    missing = {str(key): entry for key, entry in study.missing.items()}
    return Registry(study.languages, year, missing, lists, turned)


class _Resolver:
    def __init__(
        self,
        files: StudyFiles,
        study: DefinitionFile[StudyFile],
        variables: DefinitionFile[VariablesFile],
        wave: WaveFiles,
    ) -> None:
        self.files, self.wave_files = files, wave
        self.study_file, self.study = study, study.model
        self.variables_file = variables
        extra = wave.mapping.model.code_lists if wave.mapping else None
        self.registry = registry_for(self.study, variables.model, wave.year, extra)

    def instrument(self) -> Instrument:
        if self.wave_files.mapping is not None:
            return self.imported(self.wave_files.mapping)
        if self.wave_files.questionnaire is not None:
            return self.asked(self.wave_files.questionnaire)
        faults = [finding for finding in self.files.findings if finding.level == "error"]
        if faults:
            raise faults[0].as_error()
        raise DefinitionError(f"Wave {self.wave_files.year} has no questionnaire and no mapping.")

    def asked(self, file: DefinitionFile[QuestionnaireFile]) -> Instrument:
        names = used_variables(file.model)
        variables: dict[str, Variable] = {}
        for name, entry in self.variables_file.model.variables.items():
            if name in names:
                variables.update(self.registry.variables(name, entry, entry.origin()))
        variables.update(with_draws(file.model, variables))
        layout = Layout(file, self.registry, variables)
        questionnaires = {role.id: layout.questionnaire(role.id) for role in self.study.roles}
        universes = dict(_universes(variables, questionnaires, file.model.consent.variable))
        return self.whole(variables, questionnaires, universes, names)

    def imported(self, file: DefinitionFile[MappingFile]) -> Instrument:
        mapping = file.model
        variables: dict[str, Variable] = {}
        for column, entry in mapping.columns.items():
            if entry.skip is None:
                name = mapping.prefix + column
                variables[name] = self.registry.imported(name, entry, entry.origin())
        linked = linked_variables(self.variables_file.model, mapping.series)
        for name in (name for name in self.variables_file.model.variables if name in linked):  # codebook order
            entry_of = self.variables_file.model.variables[name]
            variables[name] = self.registry.variable(name, entry_of, entry_of.origin())
        universes = {name: Universe({mapping.role: None}) for name in variables}
        return self.whole(variables, {}, universes, linked)

    def whole(
        self,
        variables: Mapping[str, Variable],
        questionnaires: Mapping[str, Questionnaire],
        universes: Mapping[str, Universe],
        registry_names: frozenset[str],
    ) -> Instrument:
        year = self.wave_files.year
        derived = derived_variables(self.registry, self.variables_file.model, self.study, variables)
        variables = {**variables, **derived}
        universes = {**universes, **universes_of(derived, universes)}
        documents = documents_of(self.files, year, registry_names | derived.keys())
        filled = self.registry.filled
        used = {variable.scale for variable in variables.values()}
        return Instrument(
            study=self.resolved_study(),
            wave=self.wave(),
            variables=variables,
            scales={name: scale for name, scale in self.registry.scales.items() if name in used},
            missing=self.registry.missing,
            constructs={
                entry.id: filled(
                    Construct,
                    entry,
                    items=tuple(name for name in entry.items if name in variables),
                    reversed=tuple(name for name in entry.reversed if name in variables),
                )
                for entry in self.study.constructs
            },
            phases={entry.id: filled(Phase, entry) for entry in self.study.phases},
            questionnaires=questionnaires,
            universes=universes,
            tables=tuple(self.tables(self.wave_files.tables)) if self.wave_files.tables else (),
            hash=hash_of(documents),
            filters=tuple(self.filters(self.wave_files.tables)) if self.wave_files.tables else (),
            banners=banners_of(self.wave_files.tables.model) if self.wave_files.tables else ("role",),
            quality=self.quality(),
            documents=documents,
            weighting=self.wave_files.weighting.document.data if self.wave_files.weighting else {},
            coding=self.wave_files.coding.document.data if self.wave_files.coding else {},
        )

    def resolved_study(self) -> Study:
        study, filled = self.study, self.registry.filled
        roles = tuple(filled(Role, role) for role in study.roles)
        organisation = filled(Organisation, study.organisation)
        return filled(Study, study, id=study.study, organisation=organisation, roles=roles)

    def wave(self) -> Wave:
        year, mapping = self.wave_files.year, self.wave_files.mapping
        entry = next((wave for wave in self.study.waves if wave.year == year), WaveEntry(year=year))
        title = entry.title or (mapping.model.title if mapping else None) or self.study.title
        return self.registry.filled(
            Wave,
            entry,
            title=self.registry.text(title),
            mode=entry.mode or DEFAULT_MODE,
            imported_series=mapping.model.series if mapping else None,
        )

    def quality(self) -> QualityRules:
        entry = self.wave_files.questionnaire.model.quality if self.wave_files.questionnaire else None
        if entry is None:
            return QualityRules()
        return QualityRules(
            entry.speed,
            tuple(AttentionItem(one.variable, tuple(one.codes)) for one in entry.attention),
            tuple(
                Impossible(
                    one.id,
                    readable_condition(one.condition, one.origin("if")),
                    self.registry.text(one.text),
                    one.strength,
                )
                for one in entry.impossible
            ),
        )

    def tables(self, file: DefinitionFile[TablesFile]) -> Iterator[TableDefinition]:
        for entry in file.model.tables:
            yield self.registry.filled(
                TableDefinition,
                entry,
                banner=banner_of(file.model, entry.banner),
                filter=None if entry.filter is None else readable_condition(entry.filter, entry.origin("filter")),
                chart=None if entry.chart == "none" else entry.chart,
            )

    def filters(self, file: DefinitionFile[TablesFile]) -> Iterator[NamedFilter]:
        for entry in file.model.filters:
            where = readable_condition(entry.where, entry.origin("where"))
            yield NamedFilter(entry.id, self.registry.text(entry.label), where)


def used_variables(questionnaire: QuestionnaireFile) -> frozenset[str]:
    """The variables of the registry that a questionnaire asks, the consent and those of its loops included."""
    names = {questionnaire.consent.variable, *rotation_names(questionnaire)}
    names.update(name for loop in loops_of(questionnaire) for name in loop.names)
    for page in questionnaire.pages:
        for item in page.items:
            if item.variable is not None:
                names.add(item.variable)
            names.update(row.variable for row in item.rows)
    return frozenset(names)


def linked_variables(variables: VariablesFile, series: str) -> frozenset[str]:
    """The variables of the registry that answer for an imported series too."""
    return frozenset(
        name
        for name, entry in variables.variables.items()
        if any(link.series == series and link.effect != "break" for link in entry.trend)
    )


def banner_of(tables: TablesFile, banner: str | list[str]) -> tuple[str, ...]:
    """The variables of a banner, named or listed."""
    named = tables.banners.get(banner, [banner]) if isinstance(banner, str) else banner
    return tuple(map(as_written, named))


def banners_of(tables: TablesFile) -> tuple[str, ...]:
    """Every variable the plan breaks figures down by, each once; role stands on every page.

    Banners go by their names: the order in which a file has them is not kept where a version is stored.
    """
    named = (as_written(name) for banner in sorted(tables.banners) for name in tables.banners[banner])
    used = (name for table in tables.tables for name in banner_of(tables, table.banner))
    found: list[str] = ["role"]
    for banner in (*named, *used):  # what a nested one divides stands before it: its groups are parts of those
        within = nested_in(banner)
        found += [as_written(BETWEEN.join(within[: depth + 1])) for depth in range(len(within))]
    return tuple(dict.fromkeys(found))


def _universes(
    variables: Mapping[str, Variable], questionnaires: Mapping[str, Questionnaire], consent: str
) -> Iterator[tuple[str, Universe]]:
    asked = {role: asked_when(questionnaire) for role, questionnaire in questionnaires.items()}
    for name, variable in variables.items():
        if name == consent:
            yield name, Universe(dict.fromkeys(questionnaires))
        elif variable.draw is not None:
            drawing = [role for role, made in questionnaires.items() if variable in made.rotations]
            yield name, Universe(dict.fromkeys(drawing))
        elif variable.other_of is not None:
            chosen = _other_chosen(variables[variable.other_of])
            by_role = {
                role: conjunction(found[variable.other_of], chosen)
                for role, found in asked.items()
                if variable.other_of in found
            }
            yield name, Universe(by_role)
        else:
            yield name, Universe({role: found[name] for role, found in asked.items() if name in found})


def _other_chosen(variable: Variable) -> Condition:
    codes = tuple(category.code for category in variable.categories if category.other)
    if variable.type.shape.is_list:
        return condition_of(Chosen(variable.name, codes, every=False), f"any_of({variable.name}, {list(codes)})")
    return condition_of(Membership(variable.name, codes, ()), f"{variable.name} in {list(codes)}")
