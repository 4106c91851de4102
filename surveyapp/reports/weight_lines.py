"""What schemes of weights do with the cases of a wave, as the page and the command about weighting show it.

It holds counts of single categories, so it is for who may see cases.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from surveyapp.analysis.weighting import MarginLine, Quality
from surveyapp.catalogues import LANGUAGES, told
from surveyapp.errors import WeightsRefused
from surveyapp.instrument.model import Instrument
from surveyapp.instrument.system_variables import SYSTEM_VARIABLES
from surveyapp.instrument.weighting import Scheme, SchemePart
from surveyapp.reports.sentences import Words, both, in_both
from surveyapp.reports.wave_data import WaveData
from surveyapp.reports.weights import ROLE, PartWeights, case_weights


@dataclass(frozen=True, slots=True)
class TargetLine:
    """A category with its target, and the shares its cases have before and after; shares are 0..1."""

    variables: tuple[str, ...]
    codes: tuple[tuple[str, ...], ...]  # of each variable those that count together; none: of who keeps the share
    title: Words  # of the background
    label: Words
    n: int
    target: float
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class PartLines:
    """One part of a scheme."""

    roles: tuple[str, ...]
    people: Words
    method: str
    source: Words
    date: str
    base: str | None
    caps: tuple[float, float] | None
    keeps_targets: bool
    rounds: int
    error: float
    quality: Quality
    targets: tuple[TargetLine, ...]


@dataclass(frozen=True, slots=True)
class SchemeLines:
    """One scheme; where the cases cannot be weighted so, ``refusal`` says why and the rest is empty."""

    id: str
    version: str
    label: Words
    is_of_report: bool
    quality: Quality | None
    parts: tuple[PartLines, ...]
    refusal: Words | None = None

    def as_dict(self) -> dict[str, object]:
        """The public JSON of ``surveyapp weights --json`` (docs/statistics.md)."""
        return {
            "id": self.id,
            "version": self.version,
            "label": in_both(self.label),
            "report": self.is_of_report,
            "refused": self.refusal,
            "quality": _quality(self.quality),
            "parts": [
                {
                    "roles": list(part.roles),
                    "method": part.method,
                    "source": in_both(part.source),
                    "date": part.date,
                    "base": part.base,
                    "caps": None if part.caps is None else {"low": part.caps[0], "high": part.caps[1]},
                    "targets_reached": part.keeps_targets,
                    "rounds": part.rounds,
                    "largest_error": part.error,
                    "quality": _quality(part.quality),
                    "targets": [
                        {
                            "variables": list(line.variables),
                            "codes": [list(codes) for codes in line.codes],
                            "label": in_both(line.label),
                            "n": line.n,
                            "target": line.target,
                            "before": line.before,
                            "after": line.after,
                        }
                        for line in part.targets
                    ],
                }
                for part in self.parts
            ],
        }


def _quality(found: Quality | None) -> dict[str, float] | None:
    if found is None:
        return None
    return {
        "n": found.n,
        "n_effective": found.effective_n,
        "efficiency": found.efficiency,
        "design_effect": found.design_effect,
        "lowest": found.lowest,
        "highest": found.highest,
        "trimmed": found.trimmed,
    }


def scheme_lines(data: WaveData) -> tuple[SchemeLines, ...]:
    """Every scheme of the wave, worked out over the cases that its figures rest on."""
    return tuple(_lines(data, scheme) for scheme in data.schemes.all)


def _lines(data: WaveData, scheme: Scheme) -> SchemeLines:
    is_of_report = data.schemes.report == scheme.id
    try:
        found = case_weights(data, scheme)
    except WeightsRefused as refused:
        why = {language: told(refused, language) for language in LANGUAGES}
        return SchemeLines(scheme.id, scheme.version, scheme.label, is_of_report, None, (), why)
    parts = tuple(_part(one, data.instrument) for one in found.parts)
    return SchemeLines(scheme.id, scheme.version, scheme.label, is_of_report, found.quality, parts)


def _part(weighted: PartWeights, instrument: Instrument) -> PartLines:
    part, found = weighted.part, weighted.found
    return PartLines(
        roles=part.roles,
        people=_people(part, instrument),
        method=part.method,
        source=part.source,
        date=part.date,
        base=part.base,
        caps=part.caps,
        keeps_targets=found.keeps_targets,
        rounds=found.rounds,
        error=found.error,
        quality=found.quality,
        targets=tuple(_target(line, part, instrument) for line in found.lines),
    )


def _people(part: SchemePart, instrument: Instrument) -> Words:
    if not part.roles:
        return both("everyone")
    plurals = [instrument.role(role).plural for role in part.roles]
    return {language: ", ".join(plural[language] for plural in plurals) for language in LANGUAGES}


def _target(line: MarginLine, part: SchemePart, instrument: Instrument) -> TargetLine:
    names = part.by or (line.variable,)
    codes = _codes(line, part)
    labels = [_label(name, listed, instrument) for name, listed in zip(names, codes, strict=False)]
    said = _crossed(labels) if labels else both("without a target (keeps its share)")
    title = _crossed([_title(name, instrument) for name in names])
    return TargetLine(names, codes, title, said, line.n, line.target, line.before, line.after)


def _codes(line: MarginLine, part: SchemePart) -> tuple[tuple[str, ...], ...]:
    if line.category is None:
        return ()
    if not part.by:
        return ((str(line.category),),)
    first = line.category if isinstance(line.category, tuple) else (line.category,)
    cell = next(cell for cell in part.cells if cell.codes[0] == first)
    return tuple(tuple(map(str, dict.fromkeys(listed))) for listed in zip(*cell.codes, strict=True))


def _title(name: str, instrument: Instrument) -> Words:
    return SYSTEM_VARIABLES[ROLE].label if name == ROLE else instrument.variable(name).label


def _label(name: str, codes: tuple[str, ...], instrument: Instrument) -> Words:
    if name == ROLE:
        labels = [instrument.role(code).plural for code in codes]
    else:
        labels = [one.label for one in instrument.variable(name).categories if str(one.code) in codes]
    return {language: ", ".join(label[language] for label in labels) for language in LANGUAGES}


def _crossed(words: Sequence[Words]) -> Words:
    return {language: " × ".join(one[language] for one in words) for language in LANGUAGES}
