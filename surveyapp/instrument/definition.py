"""The shape of the definition files: strict models that mirror ``docs/instrument-format.md`` key by key.

They say only which keys exist and of which kind; what values mean to each other is the work of the checks. Texts are
``{language: text}``; where a text may differ per role it is ``{role: {language: text}}``.
"""

# ruff: noqa: RUF012 - pydantic copies the defaults of its models
from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from surveyapp.instrument.notation import (
    Bound,
    ByRole,
    Code,
    CodeKey,
    ConditionByRole,
    ConsentEntry,
    FileModel,
    Identifier,
    IsoDate,
    IsoMonth,
    LevelName,
    Localised,
    MissingKey,
    Name,
    PageId,
    PageLoopEntry,
    RotationEntry,
    Slug,
    TableId,
    TypeName,
    UseName,
    Year,
)


class OrganisationEntry(FileModel):
    """``organisation`` in study.yaml."""

    name: str
    contact: str
    email: str
    telephone: str
    address: str
    payer: Localised


class RoleEntry(FileModel):
    """One of ``roles`` in study.yaml."""

    id: Identifier
    label: Localised
    plural: Localised
    description: Localised


class PhaseEntry(FileModel):
    """One of ``phases`` in study.yaml."""

    id: Identifier
    order: Annotated[int, Field(ge=0, le=99)]
    label: Localised


class ConstructEntry(FileModel):
    """One of ``constructs`` in study.yaml."""

    id: Identifier
    kind: Literal["outcome", "driver", "background", "theme", "open", "admin"]
    label: Localised
    items: list[str] = []
    reversed: list[str] = []


class MissingEntry(FileModel):
    """One of ``missing`` in study.yaml."""

    code: Annotated[int, Field(le=-1, ge=-99)]
    label: Localised


class WaveEntry(FileModel):
    """One of ``waves`` in study.yaml; an imported wave has only ``year`` and ``imported``."""

    year: Year
    title: Localised | None = None
    mode: Literal["anonymous", "confidential"] | None = None
    earlier_answers: Literal["hidden", "shown"] = "hidden"
    opens: IsoDate | None = None
    closes: IsoDate | None = None
    report_month: Localised | None = None
    report_on: IsoMonth | None = None
    targets: dict[str, Annotated[int, Field(ge=0)]] = {}
    kept_until: Year | None = None
    country: Localised | None = None
    imported: Slug | None = None


class StudyFile(FileModel):
    """study.yaml."""

    study: Slug
    title: Localised
    introduction: Localised
    explanation: Localised | None = None
    languages: Annotated[list[Annotated[str, Field(pattern=r"^[a-z]{2}$")]], Field(min_length=1)]
    organisation: OrganisationEntry
    threshold: Annotated[int, Field(ge=3, le=100)] = 10
    low_base: Annotated[int, Field(ge=3, le=1000)] = 30
    roles: Annotated[list[RoleEntry], Field(min_length=1)]
    phases: list[PhaseEntry] = []
    constructs: list[ConstructEntry] = []
    missing: dict[Literal["na", "dk", "refused", "not_asked", "skipped"], MissingEntry]
    waves: Annotated[list[WaveEntry], Field(min_length=1)]


class CategoryEntry(FileModel):
    """One category of a code list."""

    code: Code
    key: Identifier
    label: Localised
    short: Localised | None = None
    exclusive: bool = False
    other: bool = False
    anchored: bool = False
    retired: bool = False


class CodeListEntry(FileModel):
    """One of ``code_lists``."""

    ordered: bool = False
    descending: bool = False
    low: Localised | None = None
    high: Localised | None = None
    categories: Annotated[list[CategoryEntry], Field(min_length=1)]


class RangeEntry(FileModel):
    """``range`` of a number or year; ``min`` and ``max`` may speak of ``wave_year``."""

    min: Bound | None = None
    max: Bound | None = None
    warn_below: float | None = None
    warn_above: float | None = None
    decimals: Annotated[int, Field(ge=0, le=6)] = 0


class TrendEntry(FileModel):
    """One of ``trend``: how the variable answers for a wave fielded under other names."""

    series: Slug
    column: str
    effect: Literal["continue", "recode", "indicative", "break"]
    recode: dict[CodeKey, Code] = {}
    add: float = 0.0
    reason: Localised | None = None


class VariableEntry(FileModel):
    """One of ``variables`` in variables.yaml."""

    type: TypeName
    label: Localised
    codes: Identifier | None = None
    level: LevelName | None = None
    missing: list[MissingKey] = []
    construct_id: str | None = Field(default=None, alias="construct")
    phase: str | None = None
    use: UseName = "content"
    sensitive: bool = False
    stored_apart: bool = False
    mirror: str | None = None
    trend: list[TrendEntry] = []
    range: RangeEntry | None = None
    unit: Localised | None = None
    min_choices: Annotated[int, Field(ge=0, le=99)] = 0
    max_choices: Annotated[int, Field(ge=1, le=99)] | None = None
    ranks: Annotated[int, Field(ge=0, le=20)] = 0
    max_characters: Annotated[int, Field(ge=0, le=20_000)] = 0


class VariablesFile(FileModel):
    """variables.yaml: the registry shared by all waves."""

    code_lists: dict[Identifier, CodeListEntry] = {}
    variables: dict[Name, VariableEntry]


class PartEntry(FileModel):
    """One of ``parts`` in questionnaire.yaml."""

    id: PageId
    title: Localised


class EndingEntry(FileModel):
    """One of ``end_if`` of a page."""

    id: PageId
    condition: Annotated[str, Field(alias="if")]
    title: ByRole
    text: ByRole


class RowEntry(FileModel):
    """One statement of a set."""

    variable: Name
    text: ByRole
    show_if: ConditionByRole | None = None
    roles: list[str] | None = None
    anchored: bool = False


class ItemEntry(FileModel):
    """One item of a page: exactly one of ``variable``, ``set`` and ``information``, or a ``loop`` and nothing else."""

    variable: Name | None = None
    set: PageId | None = None
    information: PageId | None = None
    rows: list[RowEntry] = []
    loop: LoopEntry | None = None
    text: ByRole = {}
    hint: ByRole | None = None
    roles: list[str] | None = None
    show_if: ConditionByRole | None = None
    required: bool = False
    prompt: bool | None = None
    randomise: bool = False
    anchored: bool = False
    missing_labels: dict[MissingKey, Localised] = {}


class LoopEntry(PageLoopEntry):
    """``loop`` of an item: its items once for each option of ``over`` that was chosen."""

    items: Annotated[list[ItemEntry], Field(min_length=1)]


class PageEntry(FileModel):
    """One of ``pages``."""

    id: PageId
    part: str
    title: ByRole
    intro: ByRole | None = None
    roles: list[str] | None = None
    show_if: ConditionByRole | None = None
    randomise: bool = False
    loop: PageLoopEntry | None = None
    end_if: list[EndingEntry] = []
    items: Annotated[list[ItemEntry], Field(min_length=1)]


class QuestionnaireFile(FileModel):
    """<year>/questionnaire.yaml."""

    wave: Year
    consent: ConsentEntry
    rotations: list[RotationEntry] = []
    parts: Annotated[list[PartEntry], Field(min_length=1)]
    pages: Annotated[list[PageEntry], Field(min_length=1)]


class TableEntry(FileModel):
    """One of ``tables`` in tables.yaml."""

    id: TableId
    title: Localised
    section: Slug
    kind: Literal["frequencies", "statements", "marks", "phases", "multiple", "ranking", "numbers"]
    variables: Annotated[list[str], Field(min_length=1)]
    banner: str | list[str] = []
    filter: str | None = None
    chart: Literal["bars", "stacked", "profile", "dots", "none"] | None = None


class FilterEntry(FileModel):
    """One of ``filters`` in tables.yaml: people whose figures anyone who sees results may ask for."""

    id: Slug
    label: Localised
    where: str


class TablesFile(FileModel):
    """<year>/tables.yaml."""

    banners: dict[str, list[str]] = {}
    filters: list[FilterEntry] = []
    tables: list[TableEntry] = []
