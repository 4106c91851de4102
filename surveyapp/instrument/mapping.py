"""An imported wave's mapping, ready for the importer: what each column of the data file becomes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from surveyapp.errors import DefinitionError, Place
from surveyapp.instrument.definition import StudyFile, VariablesFile
from surveyapp.instrument.files import read_file, usable
from surveyapp.instrument.mapping_definition import CaseEntry, DataFileEntry, MappingFile
from surveyapp.instrument.registry import Registry
from surveyapp.instrument.resolve import registry_for
from surveyapp.instrument.shape import DefinitionFile
from surveyapp.instrument.variables import TrendEffect, Variable


@dataclass(frozen=True, slots=True)
class ImportColumn:
    """One column of the data file.

    ``variable`` is None for a column that is skipped; then ``skip_reason`` says why. ``missing`` maps values of the
    file to missing codes (0 → -1). Numbers outside ``plausible_low`` … ``plausible_high`` are kept and flagged.
    """

    column: str
    variable: Variable | None
    skip_reason: str | None = None
    missing: Mapping[int, int] = field(default_factory=dict)
    plausible_low: float | None = None
    plausible_high: float | None = None
    place: Place | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class ImportLink:
    """A variable of the registry that answers for the imported wave, made of one of its columns.

    A missing code stays what it is; a code goes through ``recode`` when there is one (a code that is not in it has no
    equal and becomes not asked); ``add`` is added to numbers.
    """

    variable: Variable
    column: str
    effect: TrendEffect
    recode: Mapping[int, int]
    add: float


@dataclass(frozen=True, slots=True)
class ImportMapping:
    """How one data file becomes one wave.

    ``file_columns`` are all columns the file must have, no more and no less, in no particular order.
    """

    year: int
    series: str
    prefix: str
    role: str
    language: str
    file: DataFileEntry
    case: CaseEntry
    columns: Mapping[str, ImportColumn]
    links: tuple[ImportLink, ...]

    @property
    def file_columns(self) -> frozenset[str]:
        """Every column that the data file has."""
        case = (self.case.source, self.case.started, self.case.ended, self.case.row)
        return frozenset(self.columns) | {column for column in case if column is not None}


def load_mapping(path: Path) -> ImportMapping:
    """The mapping in this file, with the study's own files beside it (``../study.yaml``, ``../variables.yaml``).

    Raises DefinitionError: one of the three files cannot be used; names the place.
    """
    folder = path.parent.parent
    mapping = usable(read_file(path, MappingFile))
    study = usable(read_file(folder / "study.yaml", StudyFile))
    return _mapping(mapping, study, usable(read_file(folder / "variables.yaml", VariablesFile)))


def _mapping(
    file: DefinitionFile[MappingFile], study: DefinitionFile[StudyFile], variables: DefinitionFile[VariablesFile]
) -> ImportMapping:
    mapping = file.model
    registry = registry_for(study.model, variables.model, mapping.wave, mapping.code_lists)
    columns = {name: _column(file, name, registry) for name in mapping.columns}
    links: list[ImportLink] = []
    for name, entry in variables.model.variables.items():
        for link in entry.trend:
            if link.series == mapping.series and link.effect != "break":
                if link.column not in columns or columns[link.column].variable is None:
                    place = variables.place("variables", name, "trend")
                    raise DefinitionError(f"'{name}' is linked to '{link.column}', which is no mapped column.", place)
                made = registry.trend(link)
                links.append(
                    ImportLink(registry.variable(name, entry, None), made.column, made.effect, made.recode, made.add)
                )
    return registry.filled(ImportMapping, mapping, year=mapping.wave, columns=columns, links=tuple(links))


def _column(file: DefinitionFile[MappingFile], name: str, registry: Registry) -> ImportColumn:
    entry = file.model.columns[name]
    place = file.place("columns", name)
    if entry.skip is not None:
        return ImportColumn(name, None, skip_reason=entry.skip, place=place)
    plausible = entry.plausible
    return ImportColumn(
        column=name,
        variable=registry.imported(file.model.prefix + name, entry, place),
        missing={
            int(code): registry.missing[key].code for code, key in entry.missing.items() if key in registry.missing
        },
        plausible_low=plausible.min if plausible else None,
        plausible_high=plausible.max if plausible else None,
        place=place,
    )
