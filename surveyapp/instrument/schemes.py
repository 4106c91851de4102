"""From weighting.yaml, or what was stored of it, to schemes of weights."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from itertools import product

from surveyapp.instrument.files import usable
from surveyapp.instrument.shape import shaped
from surveyapp.instrument.source import Document
from surveyapp.instrument.variables import Text
from surveyapp.instrument.weighting import UNWEIGHTED_ONLY, Cell, Margin, Scheme, SchemePart, Schemes
from surveyapp.instrument.weighting_definition import MarginEntry, SchemeEntry, SchemePartEntry, WeightingFile

VERSION_DIGITS = 8


def schemes_of(document: Mapping[str, object]) -> Schemes:
    """The schemes that weighting.yaml holds, as plain data; none where there is no such file.

    Raises
    ------
    DefinitionError     this is not what weighting.yaml holds
    """
    if not document:
        return UNWEIGHTED_ONLY
    file = usable(shaped(Document("weighting", document), WeightingFile)).model
    return Schemes(tuple(map(_scheme, file.schemes)), file.report)


def _scheme(entry: SchemeEntry) -> Scheme:
    parts = tuple(map(_part, entry.parts))
    said = [
        [
            sorted(part.roles),
            part.method,
            part.base,
            part.caps,
            sorted((margin.variable, sorted(margin.shares.items()), sorted(margin.kept)) for margin in part.margins),
            part.by,
            sorted((sorted(cell.codes), cell.share) for cell in part.cells),
        ]
        for part in parts
    ]
    version = hashlib.sha256(json.dumps(said, separators=(",", ":")).encode()).hexdigest()[:VERSION_DIGITS]
    return Scheme(entry.id, Text(entry.label), parts, version)


def _part(entry: SchemePartEntry) -> SchemePart:
    source = Text(entry.source)
    return SchemePart(
        roles=tuple(entry.roles),
        method=entry.method,
        source=source,
        date=entry.date,
        base=entry.base,
        caps=None if entry.caps is None else (float(entry.caps.low), float(entry.caps.high)),
        margins=tuple(
            Margin(
                margin.variable,
                _shares_of(margin),
                tuple(margin.kept),
                Text(margin.source) if margin.source is not None else source,
                margin.date or entry.date,
            )
            for margin in entry.margins
        ),
        by=tuple(entry.by),
        cells=tuple(_cells(entry)),
    )


def _shares_of(margin: MarginEntry) -> dict[str, float]:
    """What each category has of the whole; shares rounded to a decimal are made to add up."""
    given: Mapping[str, float] = margin.shares or margin.counts
    total = sum(given.values())
    return {key: value / total for key, value in given.items()} if total else dict(given)


def _cells(entry: SchemePartEntry) -> Iterator[Cell]:
    given = [float((cell.share if cell.share is not None else cell.count) or 0) for cell in entry.cells]
    total = sum(given) or 1.0
    for cell, value in zip(entry.cells, given, strict=True):
        listed = [code if isinstance(code, list) else [code] for code in cell.codes]
        yield Cell(tuple(product(*listed)), value / total)
