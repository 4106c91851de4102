"""What each case counts for by a scheme of weights, worked out once per state of the data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surveyapp.analysis.columns import Bools, Floats
from surveyapp.analysis.dataset import Dataset
from surveyapp.analysis.design import Design
from surveyapp.analysis.weighting import Caps, Category, Quality, Weighting, poststratify, rake, weight_quality
from surveyapp.catalogues import LANGUAGES
from surveyapp.errors import BadQuery, WeightsRefused
from surveyapp.instrument.near import nearest
from surveyapp.instrument.weighting import UNWEIGHTED, Scheme, SchemePart, Schemes
from surveyapp.reports.formatting import count, mean
from surveyapp.reports.grid import Bases
from surveyapp.reports.sentences import Words, both
from surveyapp.reports.wave_data import WaveData

ROLE = "role"


@dataclass(frozen=True, slots=True, eq=False)
class PartWeights:
    """A part of a scheme and the weights it gave."""

    part: SchemePart
    found: Weighting


@dataclass(frozen=True, slots=True, eq=False)
class CaseWeights:
    """The weights of all cases by one scheme.

    Attributes
    ----------
    weights : shape (n,); the mean within each part is 1, and of cases of roles in no part each is 1
    quality : of all of them together; None without cases
    """

    scheme: Scheme
    weights: Floats
    parts: tuple[PartWeights, ...]
    quality: Quality | None

    @property
    def most_missed(self) -> float:
        """By how much the targets are missed, of shares, where caps keep the weights from reaching them; else 0."""
        return max((each.found.error for each in self.parts if not each.found.keeps_targets), default=0.0)


def scheme_of(data: WaveData, name: str | None) -> Scheme | None:
    """The scheme that is asked for; None where nothing is to be weighted.

    Raises
    ------
    BadQuery     there is no such scheme; the message names those there are
    """
    return named(data.schemes, name)


def named(schemes: Schemes, name: str | None) -> Scheme | None:
    """One of these schemes; as :func:`scheme_of`."""
    if name in (None, "", UNWEIGHTED):
        return None
    found = schemes.find(str(name))
    if found is None:
        known = (UNWEIGHTED, *(scheme.id for scheme in schemes.all))
        meant = nearest(str(name), known)
        raise BadQuery(
            "There is no weighting “%(name)s”; available: %(known)s.",
            (meant,) if meant else known,
            name=str(name)[:40],
            known=", ".join(known),
        )
    return found


def asked_for(data: WaveData, choice: str) -> str | None:
    """The scheme that figures are weighted by where somebody chose it: empty says as the wave's report is."""
    return choice or data.schemes.report


def beside(then: WaveData, choice: str) -> str | None:
    """How the figures of another wave are weighted beside those: unweighted where these are, and otherwise by its
    scheme of that name, or as its report is where it has none."""
    if choice == UNWEIGHTED or then.schemes.find(choice) is not None:
        return choice
    return then.schemes.report


def case_weights(data: WaveData, scheme: Scheme, *, partials: bool = False) -> CaseWeights:
    """The weights of the cases that figures of this wave rest on.

    Raises
    ------
    WeightsRefused     the cases cannot be given these shares; the message names background and category
    """
    cases = data.cases(partials=partials)
    key = f"weights:{scheme.version}:{partials}"
    held = data.kept.get(key)
    if not isinstance(held, CaseWeights) or len(held.weights) != cases.n:
        held = data.kept[key] = _made(cases, scheme)
    return held if held.scheme is scheme else CaseWeights(scheme, held.weights, held.parts, held.quality)


def weighted_design(data: WaveData, scheme: Scheme, *, partials: bool = False) -> Design:
    """The cases of a wave, each with its weight.

    Raises
    ------
    BadQuery     these cases cannot be weighted so; the page and the command about weightings say why
    """
    try:
        weights = case_weights(data, scheme, partials=partials).weights
    except WeightsRefused:
        # Why not tells of single categories, which is not for everyone to know.
        raise BadQuery(
            "These cases cannot be weighted by “%(name)s”; why stands on the page about weighting and is told by: "
            "surveyapp weights %(study)s %(year)s",
            (UNWEIGHTED,),
            name=scheme.id,
            study=data.instrument.study.id,
            year=data.instrument.wave.year,
        ) from None
    return Design(weights)


def _made(cases: Dataset, scheme: Scheme) -> CaseWeights:
    weights: Floats = np.ones(cases.n)
    parts = []
    for part in scheme.parts:
        index = np.flatnonzero(_is_in(cases, part))
        if not len(index):
            continue
        found = _weighted(cases.take(index), part)
        weights[index] = found.weights
        parts.append(PartWeights(part, found))
    trimmed = sum(each.found.quality.trimmed * each.found.quality.n for each in parts)
    quality = weight_quality(weights, trimmed=trimmed / cases.n) if cases.n else None
    return CaseWeights(scheme, weights, tuple(parts), quality)


def _is_in(cases: Dataset, part: SchemePart) -> Bools:
    if not part.roles:
        return np.ones(cases.n, dtype=np.bool_)
    places = [place for place, role in enumerate(cases.names[ROLE]) if role in part.roles]
    return np.isin(cases.codes(ROLE), places)


def _weighted(cases: Dataset, part: SchemePart) -> Weighting:
    kept = {margin.variable: margin.kept for margin in part.margins}
    columns = {name: _background(cases, name, kept.get(name, ())) for name in part.variables}
    base = None if part.base is None else _base(cases, part.base)
    caps = None if part.caps is None else Caps(*part.caps)
    if part.method == "raking":
        targets = {
            margin.variable: {_category(margin.variable, key): share for key, share in margin.shares.items()}
            for margin in part.margins
        }
        return rake(columns, targets, base, caps=caps)
    shares: dict[Category, float] = {}
    joins: dict[Category, Category] = {}
    for cell in part.cells:
        keys = [one if len(part.by) > 1 else one[0] for one in cell.codes]
        shares |= dict.fromkeys(keys, 0.0) | {keys[0]: cell.share}
        joins |= dict.fromkeys(keys[1:], keys[0])
    return poststratify(columns, part.by, shares, base, merged=joins, caps=caps)


def _background(cases: Dataset, name: str, kept: tuple[int, ...]) -> NDArray[Any]:
    """The codes, masked what is missing or keeps its share; of the role its name."""
    codes = cases.codes(name)
    if name == ROLE:
        named: NDArray[Any] = np.array(cases.names[ROLE])[codes]
        return named
    masked: NDArray[Any] = np.ma.masked_array(codes, (codes < 0) | np.isin(codes, kept))
    return masked


def _base(cases: Dataset, name: str) -> Floats:
    numbers = np.asarray(cases.numbers(name), dtype=np.float64)
    if (numbers <= 0).any() or np.isnan(numbers).any():
        raise WeightsRefused("“%(variable)s” gives a case no base weight above 0.", variable=name)
    return numbers


def _category(variable: str, key: str) -> int | str:
    return key if variable == ROLE else int(key)


def weighting_words(found: CaseWeights, total: Bases) -> Words:
    """How figures were weighted, as sentences of their method line, with what they rest on."""
    scheme = found.scheme
    sources = {(each.part.source, each.part.date): each.part for each in found.parts}
    parts = [
        both(
            "Weighted by “%(label)s” (%(name)s, version %(version)s; %(methods)s; targets: %(sources)s).",
            label=scheme.label,
            name=scheme.id,
            version=scheme.version,
            methods=_joined(_METHODS[method] for method in dict.fromkeys(each.part.method for each in found.parts)),
            sources=_joined(_source(part) for part in sources.values()),
        )
    ]
    if total.valid is not None:
        parts.append(
            both(
                "In all n %(n)s, weighted base %(weighted)s, effective base %(effective)s.",
                n={language: count(total.valid, language) for language in LANGUAGES},
                weighted={language: mean(total.weighted, language) for language in LANGUAGES},
                effective={language: mean(total.effective, language) for language in LANGUAGES},
            )
        )
    parts.append(both("Errors take the weights as fixed."))
    if found.most_missed:
        points = {language: mean(found.most_missed * 100, language) for language in LANGUAGES}
        parts.append(
            both(
                "Caps keep weights from reaching their targets: shares are up to %(points)s points off.", points=points
            )
        )
    return _joined(parts, " ")


_METHODS = {"raking": both("raking"), "cells": both("cells")}


def _source(part: SchemePart) -> Words:
    return {language: f"{part.source[language]}, {part.date}" for language in LANGUAGES}


def _joined(listed: Iterable[Words], sign: str = "; ") -> Words:
    each = list(listed)
    return {language: sign.join(words[language] for words in each) for language in LANGUAGES}
