"""mapping.yaml as it is written: an imported wave's file, its cases and its columns."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from surveyapp.instrument.definition import CodeListEntry, RangeEntry
from surveyapp.instrument.notation import (
    CodeKey,
    FileModel,
    Identifier,
    LevelName,
    Localised,
    MissingKey,
    Refers,
    Slug,
    Title,
    TypeName,
    UseName,
    Year,
)


class DataFileEntry(FileModel):
    """``file`` in mapping.yaml."""

    separator: Annotated[str, Field(min_length=1, max_length=1)] = ";"
    missing: list[str] = Field(default=["NA"])  # cells that mean "no answer"
    encoding: Literal["utf-8", "latin-1", "cp1252"] = "utf-8"
    decimal: Literal["point", "comma"] | None = None  # the sign before the decimals; None: the file does not say


class CaseEntry(FileModel):
    """``case`` in mapping.yaml: which columns describe the case itself; None where the file has none."""

    source: str | None = None
    started: str | None = None
    ended: str | None = None
    row: str | None = None
    date_formats: list[str] = Field(default=[])  # as for datetime.strptime, tried in order


class PlausibleEntry(FileModel):
    """``plausible`` of an imported number: values outside are kept and flagged."""

    min: float | None = None
    max: float | None = None


class ColumnEntry(FileModel):
    """One of ``columns`` in mapping.yaml: mapped (``type`` and ``label``) or skipped with a reason."""

    skip: str | None = None
    type: TypeName | None = None
    label: Localised | None = None
    codes: Annotated[Identifier, Refers("code list")] | None = None
    level: LevelName | None = None
    missing: dict[CodeKey, MissingKey] = Field(default={})
    construct_id: Annotated[str | None, Refers("construct")] = Field(default=None, alias="construct")
    phase: Annotated[str | None, Refers("phase")] = None
    use: UseName = "content"
    sensitive: bool = False
    range: RangeEntry | None = None
    plausible: PlausibleEntry | None = None
    unit: Localised | None = None
    max_characters: Annotated[int, Field(ge=0, le=20_000)] = 0


class MappingFile(FileModel):
    """<year>/mapping.yaml: an imported wave."""

    wave: Year
    series: Slug
    title: Title
    prefix: Annotated[str, Field(pattern=r"^[a-z][a-z0-9]{0,10}_$")]
    role: Annotated[str, Refers("role")]
    language: str
    file: DataFileEntry = DataFileEntry()
    case: CaseEntry = CaseEntry()
    code_lists: dict[Identifier, CodeListEntry] = Field(default={})
    columns: Annotated[dict[str, ColumnEntry], Field(min_length=1)]
