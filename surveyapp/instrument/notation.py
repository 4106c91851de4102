"""The smallest pieces the definition files are written in: texts, names, codes, years and the base of every model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    PrivateAttr,
    ValidationInfo,
    model_validator,
)

from surveyapp.errors import Place
from surveyapp.instrument.nodes import NOWHERE, Node, Origin
from surveyapp.instrument.types import VariableType


@dataclass(frozen=True, slots=True)
class Mark:
    """What the value of a field is; :func:`surveyapp.instrument.mentions.mentions` finds it by that."""

    kind: str


class Refers(Mark):
    """The name of something of this kind that stands elsewhere: of a code list, say. Of a block: each of its keys."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Unique(Mark):
    """What no other of this kind may bear, in the same list or in the whole file."""

    in_file: bool = False


class Expression(Mark):
    """A condition, or one per role; the kind is what it decides."""

    __slots__ = ()


class Words(Mark):
    """A text for people, or one per role; the kind is what it is for. Of several the last holds."""

    __slots__ = ()


Localised = Annotated[dict[str, str], Field(min_length=1), Words("label")]
ByRole = Annotated[dict[str, str | Localised], Field(min_length=1), Words("question")]
"""A text, or a text per role (with ``default`` for the roles not named)."""
ConditionByRole = str | dict[str, str]

Slug = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,63}$")]
PageId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,31}$")]
Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Code = Annotated[int, Field(ge=0, le=9999)]
CodeKey = Annotated[str, Field(pattern=r"^(0|[1-9][0-9]{0,3})$")]
Year = Annotated[int, Field(ge=1990, le=2100)]
IsoMonth = Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]
IsoDate = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]
TableId = Annotated[str, Field(pattern=r"^[A-Z]{3}[0-9]{2}$")]
Bound = int | float | Annotated[str, Field(pattern=r"^wave_year( [-+] \d{1,3})?$")]
FORMS = {
    r"^[a-z]{2}$": ("Twee kleine letters: nl of en.", "Two lower-case letters: nl or en."),
    r"^[a-z][a-z0-9]{0,10}_$": (
        "Kleine letters en cijfers, en een laag streepje aan het eind: old_.",
        "Lower-case letters and digits, and an underscore at the end: old_.",
    ),
    r"^[a-z][a-z0-9-]{1,63}$": (
        "Kleine letters, cijfers en streepjes; het begint met een letter, ten hoogste 64 tekens.",
        "Lower-case letters, digits and hyphens; it begins with a letter, at most 64 characters.",
    ),
    r"^[a-z][a-z0-9-]{0,39}$": (
        "Kleine letters, cijfers en streepjes; het begint met een letter, ten hoogste 40 tekens.",
        "Lower-case letters, digits and hyphens; it begins with a letter, at most 40 characters.",
    ),
    r"^[a-z][a-z0-9_]{1,31}$": (
        "Kleine letters, cijfers en lage streepjes; het begint met een letter, 2 tot 32 tekens.",
        "Lower-case letters, digits and underscores; it begins with a letter, 2 to 32 characters.",
    ),
    r"^[a-z][a-z0-9_]{0,39}$": (
        "Kleine letters, cijfers en lage streepjes; het begint met een letter, ten hoogste 40 tekens.",
        "Lower-case letters, digits and underscores; it begins with a letter, at most 40 characters.",
    ),
    r"^(0|[1-9][0-9]{0,3})$": (
        "Een code: een heel getal van 0 tot en met 9999, zonder nullen ervoor.",
        "A code: a whole number from 0 to 9999, without zeros before it.",
    ),
    r"^\d{4}-(0[1-9]|1[0-2])$": ("Jaar en maand: 2026-03.", "Year and month: 2026-03."),
    r"^\d{4}-\d{2}-\d{2}$": ("Jaar, maand en dag: 2026-11-02.", "Year, month and day: 2026-11-02."),
    r"^[A-Z]{3}[0-9]{2}$": ("Drie hoofdletters en twee cijfers: OPD01.", "Three capitals and two digits: OPD01."),
    r"^wave_year( [-+] \d{1,3})?$": (
        "Een getal, of wave_year, wave_year - 2 en dergelijke.",
        "A number, or wave_year, wave_year - 2 and the like.",
    ),
}
"""The forms above in words, (nl, en), for the message when something does not have one."""
Title = Annotated[Localised, Words("title")]
Answer = Annotated[Localised, Words("category")]
Remark = Annotated[Localised, Words("other")]
Heading = Annotated[ByRole, Words("title")]
Roles = Annotated[list[str], Refers("role")]
MissingKey = Literal["na", "dk", "refused"]
if TYPE_CHECKING:
    TypeName = str
else:
    TypeName = Literal[tuple(kind.value for kind in VariableType)]  # a new type needs no second list
LevelName = Literal["nominal", "ordinal", "score", "ratio", "text"]
UseName = Literal["outcome", "driver", "background", "content", "admin"]


class FileModel(BaseModel):
    """Base of all: unknown keys are errors, nothing is converted, nothing changes."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, populate_by_name=False)
    _origin: Origin = PrivateAttr(default_factory=lambda: NOWHERE)

    @model_validator(mode="wrap")
    @classmethod
    def _read(cls, data: Any, handler: ModelWrapValidatorHandler[Self], info: ValidationInfo) -> Self:
        made = handler(data)
        if isinstance(data, Node):
            made._origin = Origin(str(info.context or ""), data)
        return made

    def at(self, *path: str | int) -> Place:
        """Where it stands in its file, or its key or entry at this path; the nearest above when that is not there."""
        return Place(self._origin.file, *self._origin.node.position(*path))

    def origin(self, *path: str | int) -> Place | None:
        """The same for what is made of it, which keeps no place when it was not read from a file."""
        return self.at(*path) if self._origin.node.places else None


class ConsentEntry(FileModel):
    """``consent`` in questionnaire.yaml."""

    variable: Annotated[Name, Refers("variable")]
    version: str


class PageLoopEntry(FileModel):
    """``loop`` of a page: the page once for each option of ``over`` that was chosen."""

    over: Name


class RotationEntry(FileModel):
    """One of ``rotations`` in questionnaire.yaml: of its blocks each person gets ``take`` at random."""

    variable: Name
    take: int
    blocks: dict[Identifier, Annotated[list[PageId], Unique("page of a block", in_file=True)]]
