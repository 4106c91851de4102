"""The shape of weighting.yaml: targets by which the cases of one wave are weighted."""

# ruff: noqa: RUF012 - pydantic copies the defaults of its models
from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from surveyapp.instrument.notation import (
    Code,
    FileModel,
    IsoDate,
    Localised,
    Name,
    Refers,
    Remark,
    Roles,
    Slug,
    Unique,
)

Share = Annotated[float | int, Field(ge=0, le=100)]
Count = Annotated[int, Field(ge=0)]


class CapsEntry(FileModel):
    """``caps`` of a part: between which ratios to their mean the weights stay."""

    low: Annotated[float | int, Field(ge=0, lt=1)] = 0.3
    high: Annotated[float | int, Field(gt=1, le=1000)] = 3.0


class MarginEntry(FileModel):
    """One of ``margins``: a background with the share of each of its categories in the population, or their counts.

    Those that are ``kept`` have no target, and keep the share they have.
    """

    variable: Annotated[Name, Refers("variable of a weighting"), Unique("margin")]
    shares: dict[str, Share] = {}
    counts: dict[str, Count] = {}
    kept: list[Code] = []
    source: Remark | None = None
    date: IsoDate | None = None


class CellEntry(FileModel):
    """One of ``cells``: a code of each variable of ``by``, or several that count together, with a share or a count."""

    codes: Annotated[list[Code | Annotated[list[Code], Field(min_length=1)]], Field(min_length=1)]
    share: Share | None = None
    count: Count | None = None


class SchemePartEntry(FileModel):
    """One of ``parts`` of a scheme: how the cases of some roles are weighted."""

    roles: Roles = []
    method: Literal["raking", "cells"]
    source: Remark
    date: IsoDate
    base: Annotated[Name, Refers("variable of a weighting")] | None = None
    caps: CapsEntry | None = None
    margins: list[MarginEntry] = []
    by: Annotated[list[Name], Refers("variable of a weighting")] = []
    cells: list[CellEntry] = []


class SchemeEntry(FileModel):
    """One of ``schemes``."""

    id: Annotated[Slug, Unique("scheme")]
    label: Localised
    parts: Annotated[list[SchemePartEntry], Field(min_length=1)]


class WeightingFile(FileModel):
    """<year>/weighting.yaml."""

    report: Annotated[Slug, Refers("scheme")] | None = None
    schemes: Annotated[list[SchemeEntry], Field(min_length=1)]
