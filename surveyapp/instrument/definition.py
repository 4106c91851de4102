"""The shape of the definition files: strict models that mirror ``docs/instrument-format.md`` key by key.

They say only which keys exist and of which kind; what values mean to each other is the work of the checks. Texts are
``{language: text}``; where a text may differ per role it is ``{role: {language: text}}``.
"""

# ruff: noqa: RUF012 - pydantic copies the defaults of its models
from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from surveyapp.instrument.derived_definition import DerivedEntry
from surveyapp.instrument.notation import (
    Answer,
    Bound,
    ByRole,
    Code,
    CodeKey,
    ConditionByRole,
    ConsentEntry,
    Expression,
    FileModel,
    Heading,
    Identifier,
    IsoDate,
    IsoMonth,
    LevelName,
    Localised,
    MissingKey,
    Name,
    PageId,
    PageLoopEntry,
    Refers,
    Remark,
    Roles,
    RotationEntry,
    Slug,
    TableId,
    Title,
    TypeName,
    Unique,
    UseName,
    Words,
    Year,
)
from surveyapp.instrument.quality_definition import QualityEntry
from surveyapp.instrument.types import Traits, VariableType


class OrganisationEntry(FileModel):
    """``organisation`` in study.yaml."""

    name: str
    contact: str
    email: str
    telephone: str
    address: str
    payer: Remark


class RoleEntry(FileModel):
    """One of ``roles`` in study.yaml."""

    id: Annotated[Identifier, Unique("role")]
    label: Localised
    plural: Localised
    description: Remark


class PhaseEntry(FileModel):
    """One of ``phases`` in study.yaml."""

    id: Annotated[Identifier, Unique("phase")]
    order: Annotated[int, Field(ge=0, le=99), Unique("place of phase")]
    label: Localised


class ConstructEntry(FileModel):
    """One of ``constructs`` in study.yaml."""

    id: Annotated[Identifier, Unique("construct")]
    kind: Literal["outcome", "driver", "background", "theme", "open", "admin"]
    label: Localised
    items: Annotated[list[str], Refers("item"), Unique("item", in_file=True)] = []
    reversed: Annotated[list[str], Refers("item of the construct")] = []


class MissingEntry(FileModel):
    """One of ``missing`` in study.yaml."""

    code: Annotated[int, Field(le=-1, ge=-99)]
    label: Answer


class WaveEntry(FileModel):
    """One of ``waves`` in study.yaml; an imported wave has only ``year`` and ``imported``."""

    year: Annotated[Year, Unique("wave")]
    title: Localised | None = None
    mode: Literal["anonymous", "confidential"] | None = None
    earlier_answers: Literal["hidden", "shown"] = "hidden"
    why_stopped: Literal["not_asked", "asked"] = "not_asked"
    opens: IsoDate | None = None
    closes: IsoDate | None = None
    report_month: Localised | None = None
    report_on: IsoMonth | None = None
    targets: Annotated[dict[str, Annotated[int, Field(ge=0)]], Refers("role")] = {}
    kept_until: Year | None = None
    country: Localised | None = None
    link_days: Annotated[int, Field(ge=1, le=90)] = 30
    minutes: Annotated[dict[str, Annotated[int, Field(ge=1, le=180)]], Refers("role")] = {}
    imported: Slug | None = None


class StudyFile(FileModel):
    """study.yaml."""

    study: Slug
    title: Title
    introduction: Annotated[Localised, Words("intro")]
    explanation: Annotated[Localised, Words("intro")] | None = None
    languages: Annotated[list[Annotated[str, Field(pattern=r"^[a-z]{2}$")]], Field(min_length=1)]
    organisation: OrganisationEntry
    threshold: Annotated[int, Field(ge=3, le=100)] = 10
    low_base: Annotated[int, Field(ge=3, le=1000)] = 30
    tests: Literal["survey", "market"] = "survey"
    correction: Literal["holm", "bh", "bonferroni", "none"] = "holm"
    significance: Annotated[float, Field(ge=0.001, le=0.2)] = 0.05
    roles: Annotated[list[RoleEntry], Field(min_length=1)]
    phases: list[PhaseEntry] = []
    constructs: list[ConstructEntry] = []
    missing: dict[Literal["na", "dk", "refused", "not_asked", "skipped"], MissingEntry]
    waves: Annotated[list[WaveEntry], Field(min_length=1)]


class CategoryEntry(FileModel):
    """One category of a code list."""

    code: Annotated[Code, Unique("code")]
    key: Annotated[Identifier, Unique("key")]
    label: Answer
    short: Answer | None = None
    exclusive: bool = False
    other: bool = False
    anchored: bool = False
    retired: bool = False


class CodeListEntry(FileModel):
    """One of ``code_lists``."""

    ordered: bool = False
    descending: bool = False
    levels: bool = False
    low: Answer | None = None
    high: Answer | None = None
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

    series: Annotated[Slug, Refers("series"), Unique("series")]
    column: str
    effect: Literal["continue", "recode", "indicative", "break"]
    recode: dict[CodeKey, Code] = {}
    add: float = 0.0
    reason: Remark | None = None


class VariableEntry(FileModel):
    """One of ``variables`` in variables.yaml."""

    type: TypeName
    label: Localised
    codes: Annotated[Identifier, Refers("code list")] | None = None
    level: LevelName | None = None
    missing: Annotated[list[MissingKey], Refers("missing code")] = []
    construct_id: Annotated[str | None, Refers("construct")] = Field(default=None, alias="construct")
    phase: Annotated[str | None, Refers("phase")] = None
    use: UseName = "content"
    sensitive: bool = False
    stored_apart: bool = False
    mirror: Annotated[str, Refers("mirror")] | None = None
    trend: list[TrendEntry] = []
    range: RangeEntry | None = None
    unit: Localised | None = None
    min_choices: Annotated[int, Field(ge=0, le=99)] = 0
    max_choices: Annotated[int, Field(ge=1, le=99)] | None = None
    ranks: Annotated[int, Field(ge=0, le=20)] = 0
    max_characters: Annotated[int, Field(ge=0, le=20_000)] = 0

    @property
    def traits(self) -> Traits:
        """What holds for every variable of its type."""
        return VariableType(self.type).traits


class VariablesFile(FileModel):
    """variables.yaml: the registry shared by all waves."""

    code_lists: dict[Identifier, CodeListEntry] = {}
    variables: dict[Name, VariableEntry]
    derived: dict[Name, DerivedEntry] = {}


class PartEntry(FileModel):
    """One of ``parts`` in questionnaire.yaml."""

    id: Annotated[PageId, Unique("part")]
    title: Title


class EndingEntry(FileModel):
    """One of ``end_if`` of a page."""

    id: Annotated[PageId, Unique("ending", in_file=True)]
    condition: Annotated[str, Field(alias="if"), Expression("ending")]
    title: Heading
    text: Annotated[ByRole, Words("ending")]


class RowEntry(FileModel):
    """One statement of a set."""

    variable: Annotated[Name, Refers("variable")]
    text: Annotated[ByRole, Words("statement")]
    show_if: Annotated[ConditionByRole | None, Expression("row")] = None
    roles: Roles | None = None
    anchored: bool = False


class ItemEntry(FileModel):
    """One item of a page: exactly one of ``variable``, ``set`` and ``information``, or a ``loop`` and nothing else."""

    variable: Annotated[Name, Refers("variable")] | None = None
    set: Annotated[PageId, Unique("set", in_file=True)] | None = None
    information: Annotated[PageId, Unique("set", in_file=True)] | None = None
    rows: list[RowEntry] = []
    loop: LoopEntry | None = None
    text: ByRole = {}
    hint: Annotated[ByRole, Words("hint")] | None = None
    roles: Roles | None = None
    show_if: Annotated[ConditionByRole | None, Expression("item")] = None
    required: bool = False
    prompt: bool | None = None
    randomise: bool = False
    anchored: bool = False
    missing_labels: dict[MissingKey, Answer] = {}


class LoopEntry(PageLoopEntry):
    """``loop`` of an item: its items once for each option of ``over`` that was chosen."""

    items: Annotated[list[ItemEntry], Field(min_length=1)]


class PageEntry(FileModel):
    """One of ``pages``."""

    id: Annotated[PageId, Unique("page")]
    part: Annotated[str, Refers("part")]
    title: Heading
    intro: Annotated[ByRole, Words("intro")] | None = None
    roles: Roles | None = None
    show_if: Annotated[ConditionByRole | None, Expression("page")] = None
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
    quality: QualityEntry | None = None


class TableEntry(FileModel):
    """One of ``tables`` in tables.yaml."""

    id: Annotated[TableId, Unique("table")]
    title: Title
    section: Slug
    kind: Literal[
        "frequencies",
        "statements",
        "marks",
        "phases",
        "multiple",
        "ranking",
        "numbers",
        "scale",
        "drivers",
        "profile",
        "gaps",
        "trend",
    ]
    variables: Annotated[list[str], Field(min_length=1), Refers("variable of a table"), Unique("variable")]
    banner: Annotated[str, Refers("banner")] | Annotated[list[str], Refers("banner"), Unique("variable")] = []
    filter: Annotated[str | None, Expression("filter")] = None
    chart: Literal["bars", "stacked", "profile", "dots", "none"] | None = None
    against: Literal["columns", "rest"] = "columns"


class FilterEntry(FileModel):
    """One of ``filters`` in tables.yaml: people whose figures anyone who sees results may ask for."""

    id: Annotated[Slug, Unique("filter")]
    label: Localised
    where: Annotated[str, Expression("filter")]


class TablesFile(FileModel):
    """<year>/tables.yaml."""

    banners: dict[str, Annotated[list[str], Refers("banner"), Unique("variable")]] = {}
    filters: list[FilterEntry] = []
    tables: list[TableEntry] = []
