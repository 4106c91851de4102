"""``quality`` in questionnaire.yaml: what the answers themselves can tell of how carefully somebody answered."""

# ruff: noqa: RUF012 - pydantic copies the defaults of its models
from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from surveyapp.instrument.notation import Code, Expression, FileModel, Name, Refers, Remark, Slug, Unique


class AttentionEntry(FileModel):
    """One of ``attention``: an item with a known right answer, such as "choose 3 here"."""

    variable: Annotated[Name, Refers("variable"), Unique("attention item")]
    codes: Annotated[list[Code], Field(min_length=1)]


class ImpossibleEntry(FileModel):
    """One of ``impossible``: answers that cannot all be true of one person."""

    id: Annotated[Slug, Unique("impossible combination")]
    condition: Annotated[str, Field(alias="if"), Expression("quality")]
    text: Remark
    strength: Literal["mild", "strong"] = "strong"


class QualityEntry(FileModel):
    """``quality`` in questionnaire.yaml."""

    speed: Literal["third", "half"] = "third"
    attention: list[AttentionEntry] = []
    impossible: list[ImpossibleEntry] = []
