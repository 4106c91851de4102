"""``derived`` in variables.yaml: what nobody is asked and the platform makes of what they were."""

# ruff: noqa: RUF012 - pydantic copies the defaults of its models
from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from surveyapp.instrument.notation import (
    Answer,
    Code,
    FileModel,
    Identifier,
    Localised,
    Refers,
    Unique,
    UseName,
)


class PortionEntry(FileModel):
    """One category of a derived variable."""

    code: Annotated[Code, Unique("code")]
    key: Annotated[Identifier, Unique("key")]
    label: Answer
    short: Answer | None = None


class BandEntry(PortionEntry):
    """One of ``bands``: numbers from ``from`` on and less than ``below``; without one of them it has no end there."""

    low: Annotated[float | None, Field(alias="from")] = None
    below: float | None = None


class GroupEntry(PortionEntry):
    """One of ``merge`` or ``nets``: these codes of what it is made of."""

    codes: Annotated[list[Code], Field(min_length=1)]


class DerivedEntry(FileModel):
    """One of ``derived``: what it is made of, and exactly one of ``bands``, ``merge``, ``nets`` and ``score``."""

    label: Localised
    source: Annotated[str, Field(alias="from"), Refers("source")]
    age: bool = False
    bands: list[BandEntry] = []
    merge: list[GroupEntry] = []
    nets: list[GroupEntry] = []
    score: Literal["mean"] | None = None
    use: UseName | None = None
    sensitive: bool = False

    @property
    def ways(self) -> tuple[str, ...]:
        """Which of the four are there."""
        return tuple(way for way in ("bands", "merge", "nets", "score") if getattr(self, way))

    @property
    def portions(self) -> list[BandEntry] | list[GroupEntry]:
        """Its categories; none of a score."""
        return self.bands or self.merge or self.nets
