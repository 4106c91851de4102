"""How simulated people answer: shares, means and what hangs together.

A study may bring a ``profile.yaml``; without one every question gets plausible answers from its type alone. The
figures are a researcher's guesses made before the fieldwork, good enough to prove tables and books with.

Answers hang together through factors: each case has its own value of each factor, drawn from a standard normal. A
variable with ``load: 0.7`` on factor ``satisfaction`` correlates .7 with it, two such variables .49 with each other.
Items of one construct share a factor of that construct on top (``LOAD_OF_CONSTRUCT``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from string import Formatter
from typing import Annotated, Self

from pydantic import Field, model_validator

from surveyapp.instrument.files import read_file, usable
from surveyapp.instrument.model import Question, Variable
from surveyapp.instrument.notation import FileModel, Identifier

SATISFACTION = "satisfaction"
"""The factor everything evaluative loads on unless told otherwise."""
LOAD_OF_CONSTRUCT = 0.4

Share = Annotated[float, Field(ge=0, le=1)]
Weight = Annotated[float, Field(ge=0)]
Weights = dict[str, Weight]


class AnswerEntry(FileModel):
    """How one variable is answered; what is left out follows from its type."""

    mean: float | None = None  # ordered codes and numbers
    shift: float | None = None  # added to the mean; for what differs between waves
    sd: Annotated[float, Field(gt=0)] | None = None
    median: Annotated[float, Field(gt=0)] | None = None  # numbers with a long tail instead of mean and sd
    spread: Annotated[float, Field(gt=0, le=2)] | None = None  # sd of the logarithm
    step: Annotated[float, Field(gt=0)] | None = None  # people round: 5, 10
    load: Annotated[float, Field(ge=-1, le=1)] | None = None
    factor: Identifier | None = None
    shares: Weights | None = None  # weight per code; for multiple the chance of each tick
    missing: dict[str, Share] | None = None  # by key of the missing code
    skip: Share | None = None
    answered: Share | None = None  # texts
    texts: dict[str, list[str]] | None = None  # by language
    coded: list[Identifier] | None = None  # the key of the code of each text, in their order


class VariableEntry(AnswerEntry):
    """One of ``variables``: for everyone, and what differs per role."""

    by_role: dict[str, AnswerEntry] = Field(default_factory=dict)


class Asides(FileModel):
    """What people of one language say around the texts of a profile, so that no two write the same.

    Each pattern has ``{text}``, and other names between braces that stand for one of their ``words``.
    """

    patterns: Annotated[list[str], Field(min_length=1)]
    words: dict[Identifier, Annotated[list[str], Field(min_length=1)]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _has_every_word(self) -> Self:
        for pattern in self.patterns:
            asked = {name for _, name, _, _ in Formatter().parse(pattern) if name is not None}
            if "text" not in asked or asked - {"text", *self.words}:
                raise ValueError(f"the pattern “{pattern}” needs {{text}}, and words for every other name in braces")
        return self

    def around(self, text: str, random: Random) -> str:
        """A text with something before or after it; within a sentence it begins with a small letter."""
        pattern = random.choice(self.patterns)
        chosen = {name: random.choice(words) for name, words in self.words.items()}
        is_inside = not pattern.startswith("{text}") and text[1:2].islower()
        return pattern.format_map({**chosen, "text": text[0].lower() + text[1:] if is_inside else text})


class ProfileFile(FileModel):
    """The whole of ``profile.yaml``."""

    roles: Weights | None = None  # absent: the wave's targets
    languages: Weights = Field(default_factory=lambda: {"nl": 1.0})
    sources: Weights = Field(default_factory=lambda: {"open": 1.0})
    devices: Weights = Field(default_factory=lambda: {"desktop": 0.52, "phone": 0.43, "tablet": 0.05})
    break_off: Share = 0.15  # of those who began
    speeders: Share = 0.02  # hurry through without reading
    skip: Share = 0.02
    missing: Share = 0.03  # per offered missing code
    asides: dict[str, Asides] = Field(default_factory=dict)  # by language; of texts of several lines
    defaults: dict[str, AnswerEntry] = Field(default_factory=dict)  # by code list
    variables: dict[str, VariableEntry] = Field(default_factory=dict)
    waves: dict[str, dict[str, AnswerEntry]] = Field(default_factory=dict)  # by year: what differs from the rest


@dataclass(frozen=True, slots=True)
class AnswerProfile:
    """How one variable is answered in one role, resolved. Means and sds are in codes or in the number's unit."""

    mean: float | None = None
    sd: float | None = None
    median: float | None = None
    spread: float | None = None
    step: float | None = None
    load: float = 0.0
    factor: str = SATISFACTION
    shares: Mapping[int, float] | None = None
    missing: Mapping[str, float] = field(default_factory=dict)
    skip: float = 0.02
    answered: float = 0.4
    texts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    asides: Mapping[str, Asides] = field(default_factory=dict)


@dataclass(frozen=True)
class Profile:
    """How a whole wave is answered."""

    file: ProfileFile = field(default_factory=ProfileFile)
    year: int | None = None
    is_flat: bool = False  # every offered answer as likely as any other: for coverage, not for figures

    def of(self, question: Question, role: str) -> AnswerProfile:
        """How this question is answered in this role.

        What is said first counts: for the wave, for the role, for the variable, for its code list, for its type.
        """
        variable = question.variable
        if self.is_flat:
            return AnswerProfile(missing={each.key: 0.1 for each in question.missing}, skip=0.1, answered=0.5)
        entry = self.file.variables.get(variable.name)
        layers: list[AnswerEntry] = []
        of_wave = self.file.waves.get(str(self.year), {}).get(variable.name)
        if of_wave is not None:
            layers.append(of_wave)
        if entry is not None:
            if role in entry.by_role:
                layers.append(entry.by_role[role])
            layers.append(entry)
        if variable.scale in self.file.defaults:
            layers.append(self.file.defaults[variable.scale])
        found: dict[str, object] = {}
        for layer in layers:
            for name in AnswerEntry.model_fields:
                value = getattr(layer, name)
                if value is not None:
                    found.setdefault(name, value)
        return _resolved(found, question, self.file)


FLAT = Profile(is_flat=True)
"""Answers for coverage: anything that is offered, missing codes and skips included."""


def load_profile(folder: Path, year: int) -> Profile:
    """The profile of a wave from its study's folder; the plausible default where it has none.

    Raises DefinitionError: the file is there and cannot be used; names the place.
    """
    path = folder / "profile.yaml"
    if not path.is_file():
        return Profile(year=year)
    return Profile(usable(read_file(path, ProfileFile)).model, year)


def _resolved(found: Mapping[str, object], question: Question, file: ProfileFile) -> AnswerProfile:
    known = AnswerEntry.model_validate(found)
    mean, sd, load = _typical(question.variable)
    mean = mean if known.mean is None else known.mean
    return AnswerProfile(
        mean=None if mean is None else mean + (known.shift or 0.0),
        sd=sd if known.sd is None else known.sd,
        median=known.median,
        spread=known.spread,
        step=known.step,
        load=load if known.load is None else known.load,
        factor=known.factor or SATISFACTION,
        shares=None if known.shares is None else {int(code): weight for code, weight in known.shares.items()},
        missing={each.key: (known.missing or {}).get(each.key, file.missing) for each in question.missing},
        skip=file.skip if known.skip is None else known.skip,
        answered=0.4 if known.answered is None else known.answered,
        texts={language: tuple(texts) for language, texts in (known.texts or {}).items()},
        asides=file.asides,
    )


_TYPICAL = {"mean": (7.5, 1.3, 0.7), "score": (7.3, 2.0, 0.65)}
"""Of a mark and of a recommendation."""


def _typical(variable: Variable) -> tuple[float | None, float | None, float]:
    """Mean, sd and load that a question of this type usually has; mild satisfaction on ordered scales."""
    if variable.type.traits.headline:
        return _TYPICAL[variable.type.traits.headline]
    codes = variable.codes
    if variable.type.picks_one and variable.scale is not None and variable.level in ("score", "ordinal"):
        width = max(codes) - min(codes)
        return min(codes) + 0.68 * width, 0.24 * width, 0.5 if variable.construct else 0.0
    return None, None, 0.0
