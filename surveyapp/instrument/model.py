"""The resolved definition of one wave, as every floor above sees it.

Files → :mod:`surveyapp.instrument.loader` → :class:`Instrument`. Nothing here reads files or knows YAML. Everything is
frozen: an instrument is a value, and its ``hash`` names it for ever. The columns of data stand in
:mod:`surveyapp.instrument.variables`, what is put to a role in :mod:`surveyapp.instrument.questions`; floors above take
all of it from here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from surveyapp.errors import NotFound
from surveyapp.instrument.quality import QualityRules
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
from surveyapp.instrument.types import Level, NumberRange, Shape, VariableType
from surveyapp.instrument.variables import (
    DONT_KNOW,
    NOT_APPLICABLE,
    NOT_ASKED,
    REFUSED,
    SKIPPED,
    Category,
    Derivation,
    MissingCode,
    Portion,
    Role,
    Scale,
    ScoreItem,
    Text,
    TrendEffect,
    TrendLink,
    Variable,
    Way,
)

if TYPE_CHECKING:
    from surveyapp.instrument.conditions import Condition


@dataclass(frozen=True, slots=True)
class Construct:
    """Items that measure one thing together."""

    id: str
    label: Text
    kind: str
    items: tuple[str, ...] = ()
    reversed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Phase:
    """A step in the life of an assignment; ``order`` is its place on the profile."""

    id: str
    label: Text
    order: int


@dataclass(frozen=True, slots=True)
class Universe:
    """Who is asked: per role a condition, or None for everyone of that role; roles absent are never asked."""

    by_role: Mapping[str, Condition | None]


@dataclass(frozen=True, slots=True)
class TableDefinition:
    """One sheet of the report book: a permanent id, a title, the stub variables and the banner."""

    id: str  # three capitals and two digits, never reused
    title: Text
    section: str
    kind: str  # frequencies · statements · marks · phases · multiple · ranking · numbers · or a model: `types.MODELS`
    variables: tuple[str, ...]
    banner: tuple[str, ...]
    filter: Condition | None = None
    chart: str | None = None  # bars · stacked · profile · dots
    weight: str | None = None  # the scheme it is weighted by; absent: that of the report
    against: str = "columns"  # what a group is tested against: columns · rest
    most: int | None = None  # of a coded variable: so many of the codes that were named most


@dataclass(frozen=True, slots=True)
class NamedFilter:
    """People whose figures may be asked for by name: the plan's own choice, judged with everything else it shows.

    ``is_requested``: an editor asked for it since, and it was released beside all that had been.
    """

    id: str
    label: Text
    condition: Condition
    is_requested: bool = False


@dataclass(frozen=True, slots=True)
class Organisation:
    """Who runs the study and can be asked about it."""

    name: str
    contact: str
    email: str
    telephone: str
    address: str
    payer: Text


@dataclass(frozen=True, slots=True)
class Study:
    """What all waves share."""

    id: str
    title: Text
    introduction: Text
    languages: tuple[str, ...]  # source language first
    organisation: Organisation
    roles: tuple[Role, ...]
    threshold: int = 10  # smallest group that is shown
    low_base: int = 30  # smaller groups are shown with a mark
    tests: str = "survey"  # survey: on linearised errors · market: on effective bases
    correction: str = "holm"  # holm · bh · bonferroni · none
    significance: float = 0.05  # p-values below it are significant
    explanation: Text | None = None  # what the title means, for who meets its words for the first time

    def explained(self, language: str) -> str:
        """What the title means; empty where it speaks for itself."""
        return self.explanation[language] if self.explanation else ""

    @property
    def source_language(self) -> str:
        """The language texts are written in first."""
        return self.languages[0]


@dataclass(frozen=True, slots=True)
class Wave:
    """One round of the study as its definition has it; dates and state in force stand in the database."""

    year: int
    title: Text
    mode: str  # anonymous · confidential
    earlier_answers: str = "hidden"  # hidden · shown: what a personal link shows on another device
    why_stopped: str = "not_asked"  # not_asked · asked: whether who saves for later may say why
    opens: str | None = None  # ISO dates
    closes: str | None = None
    report_month: Text | None = None
    report_on: str | None = None  # the same month as 2027-03: by it a page knows whether it has passed
    targets: Mapping[str, int] = field(default_factory=dict)  # completes wanted per role
    kept_until: int | None = None  # year until which answers are kept
    country: Text | None = None  # where the servers stand
    link_days: int = 30  # after closing, for which a confidential wave may know who gave which answers
    minutes: Mapping[str, int] = field(default_factory=dict)  # promised per role where the team says so itself
    imported_series: str | None = None  # set when the wave came in as a file, e.g. "go2014"

    @property
    def asks_why_stopped(self) -> bool:
        """Whether who saves for later may say why."""
        return self.why_stopped == "asked"


@dataclass(frozen=True)
class Instrument:
    """The whole definition of one wave.

    ``variables`` holds every column of data in codebook order, the texts beside "other" included. ``documents`` are the
    definition files as plain data; loading them again gives an equal instrument.
    """

    study: Study
    wave: Wave
    variables: Mapping[str, Variable]
    scales: Mapping[str, Scale]
    missing: Mapping[str, MissingCode]
    constructs: Mapping[str, Construct]
    phases: Mapping[str, Phase]
    questionnaires: Mapping[str, Questionnaire]  # by role, in the study's order of roles; empty for imported waves
    universes: Mapping[str, Universe]
    tables: tuple[TableDefinition, ...]
    hash: str
    filters: tuple[NamedFilter, ...] = ()
    banners: tuple[str, ...] = ()  # variables the plan breaks figures down by, role first
    quality: QualityRules = field(default_factory=QualityRules)  # what of the quality rules the definition decides
    documents: Mapping[str, object] = field(repr=False, compare=False, default_factory=dict)
    weighting: Mapping[str, object] = field(repr=False, compare=False, default_factory=dict)
    """weighting.yaml as plain data, where the instrument was read from files; targets have versions of their own."""
    coding: Mapping[str, object] = field(repr=False, compare=False, default_factory=dict)
    """coding.yaml likewise: code frames have versions of their own."""

    @property
    def roles(self) -> tuple[Role, ...]:
        """The study's roles."""
        return self.study.roles

    @property
    def languages(self) -> tuple[str, ...]:
        """The study's languages, source first."""
        return self.study.languages

    def variable(self, name: str) -> Variable:
        """The variable with this name. Raises NotFound: no such variable in this wave."""
        try:
            return self.variables[name]
        except KeyError:
            raise NotFound(
                "%(study)s %(year)s has no variable %(name)s.", study=self.study.title, year=self.wave.year, name=name
            ) from None

    def questionnaire(self, role: str) -> Questionnaire:
        """What is put to this role."""
        try:
            return self.questionnaires[role]
        except KeyError:
            raise NotFound(
                "%(study)s %(year)s has no questionnaire for role %(role)s.",
                study=self.study.title,
                year=self.wave.year,
                role=role,
            ) from None

    def role(self, role: str) -> Role:
        """The role with this id. Raises NotFound: no such role in this study."""
        for candidate in self.study.roles:
            if candidate.id == role:
                return candidate
        raise NotFound("%(study)s has no role %(role)s.", study=self.study.title, role=role)
