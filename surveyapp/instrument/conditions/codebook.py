"""What type checks and sentences need to know of a study; an :class:`Instrument` is one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from surveyapp.instrument.variables import MissingCode, Role, Variable


class Codebook(Protocol):
    """The variables, missing codes, roles and languages an expression may speak of."""

    @property
    def variables(self) -> Mapping[str, Variable]:
        """Every variable by name."""

    @property
    def missing(self) -> Mapping[str, MissingCode]:
        """The study's missing codes by key."""

    @property
    def roles(self) -> Sequence[Role]:
        """The study's roles."""

    @property
    def languages(self) -> Sequence[str]:
        """The study's languages, source first."""


@dataclass(frozen=True, slots=True)
class PlainCodebook:
    """A codebook on its own, before there is an instrument."""

    variables: Mapping[str, Variable]
    missing: Mapping[str, MissingCode]
    roles: Sequence[Role]
    languages: Sequence[str]
