"""The page about the weightings of a wave: what each does with the cases, and what it costs; for who may see cases."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from surveyapp.analysis.weighting import Quality
from surveyapp.reports.formatting import count, mean, share
from surveyapp.reports.wave_data import WaveData
from surveyapp.reports.weight_lines import PartLines, SchemeLines, TargetLine, scheme_lines
from surveyapp.web.console.frame import WaveFrame
from surveyapp.web.languages import current, translate
from surveyapp.web.rendering import day

Fact = tuple[str, str]
"""What a number is called, and the number."""


@dataclass(frozen=True, slots=True)
class TargetRow:
    """One category: cases, and the target with the shares before and after."""

    label: str
    figures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TargetGroup:
    """The categories of one background."""

    title: str
    rows: tuple[TargetRow, ...]


@dataclass(frozen=True, slots=True)
class PartView:
    """One part of a scheme."""

    title: str
    about: str
    warning: str  # where caps keep the targets from being reached
    facts: tuple[Fact, ...]
    groups: tuple[TargetGroup, ...]


@dataclass(frozen=True, slots=True)
class SchemeView:
    """One scheme."""

    id: str
    label: str
    version: str
    use: str
    refusal: str
    facts: tuple[Fact, ...]
    parts: tuple[PartView, ...]


@dataclass(frozen=True, slots=True)
class WeightsPage:
    """The whole page."""

    results: str
    schemes: tuple[SchemeView, ...]


def weights_page(wave: WaveFrame, data: WaveData) -> WeightsPage:
    """Every scheme in words."""
    return WeightsPage(wave.address("console.results"), tuple(map(_scheme, scheme_lines(data))))


def _scheme(found: SchemeLines) -> SchemeView:
    language = current()
    use = (
        translate("The report is weighted by this scheme.")
        if found.is_of_report
        else translate("The report is not weighted by this scheme; on a page of results you can choose it.")
    )
    return SchemeView(
        id=found.id,
        label=found.label[language],
        version=found.version,
        use=use,
        refusal=found.refusal[language] if found.refusal else "",
        facts=_facts(found.quality, language) if found.quality else (),
        parts=tuple(map(_part, found.parts)),
    )


def _part(part: PartLines) -> PartView:
    language = current()
    methods = {"raking": translate("raking to margins"), "cells": translate("cells of crossed backgrounds")}
    about = [
        translate("Method: %(method)s.", method=methods[part.method]),
        translate("Targets: %(source)s, %(date)s.", source=part.source[language], date=day(part.date)),
    ]
    if part.caps is not None:
        low, high = (mean(cap, language, 2) for cap in part.caps)
        about.append(translate("Weights stay between %(low)s and %(high)s times their mean.", low=low, high=high))
    if part.base is not None:
        about.append(translate("Base weights: %(variable)s.", variable=part.base))
    warning = (
        ""
        if part.keeps_targets
        else translate(
            "The caps keep the targets from being reached: a share is %(points)s percentage points off.",
            points=mean(part.error * 100, language),
        )
    )
    groups = groupby(part.targets, key=lambda line: line.title[language])
    return PartView(
        title=part.people[language],
        about=" ".join(about),
        warning=warning,
        facts=(*_facts(part.quality, language), (translate("passes over the targets"), count(part.rounds, language))),
        groups=tuple(TargetGroup(title, tuple(_row(line, language) for line in lines)) for title, lines in groups),
    )


def _row(line: TargetLine, language: str) -> TargetRow:
    shares = (share(value, language, 1) for value in (line.target, line.before, line.after))
    return TargetRow(line.label[language], (count(line.n, language), *shares))


def _facts(quality: Quality, language: str) -> tuple[Fact, ...]:
    return (
        (translate("cases"), count(quality.n, language)),
        (translate("effective number of cases"), mean(quality.effective_n, language)),
        (translate("efficiency"), share(quality.efficiency, language)),
        (translate("design effect"), mean(quality.design_effect, language, 2)),
        (translate("smallest weight"), mean(quality.lowest, language, 2)),
        (translate("largest weight"), mean(quality.highest, language, 2)),
        (translate("cases at a cap"), share(quality.trimmed, language, 1)),
    )
