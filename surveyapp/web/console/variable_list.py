"""The variables of a wave to search and choose from, by part of the questionnaire."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request

from surveyapp.instrument.model import Instrument, Shape, Variable
from surveyapp.recent import Recent
from surveyapp.reports.searching import found
from surveyapp.web.console.frame import WaveFrame
from surveyapp.web.languages import current, translate, translate_plural


@dataclass(frozen=True, slots=True)
class VariableLink:
    """One variable of the list."""

    name: str
    label: str
    remark: str
    address: str


@dataclass(frozen=True, slots=True)
class Group:
    """The variables of one part of the questionnaire."""

    title: str
    variables: tuple[VariableLink, ...]


@dataclass(frozen=True, slots=True)
class VariableList:
    """The searchable list."""

    query: str
    found: str  # how many answer to the search, in words
    groups: tuple[Group, ...]
    address: str
    here: str  # the variable this page is about; empty on the list's own


_recent: Recent[tuple[object, ...], tuple[Group, ...]] = Recent(64)


def variable_list(wave: WaveFrame, here: str = "") -> VariableList:
    """The variables that answer to the search words of this request, by part of the questionnaire."""
    query = " ".join(request.args.get("q", "").split())
    kept = {
        name: value
        for name in ("by", "filter", "weight", "stat", "chart", "years")
        if (value := request.args.getlist(name))
    }
    coded = tuple(name for name, variable in wave.instrument.variables.items() if variable.coded is not None)
    asked = (wave.study, wave.year, wave.instrument.hash, coded, current(), query, repr(kept))
    groups = _recent.get(asked, lambda: _groups(wave, query, kept))
    count = sum(len(group.variables) for group in groups)
    return VariableList(
        query,
        translate_plural("%(n)s variable with “%(query)s”", "%(n)s variables with “%(query)s”", count, query=query),
        groups,
        wave.address("console.results"),
        here,
    )


def _groups(wave: WaveFrame, query: str, kept: dict[str, list[str]]) -> tuple[Group, ...]:
    answering = found(wave.instrument, query)
    by_part: dict[str, list[VariableLink]] = {}
    for variable in wave.instrument.variables.values():
        if variable.name not in answering:
            continue
        by_part.setdefault(_part_of(wave.instrument, variable), []).append(
            VariableLink(
                variable.name,
                variable.label[current()],
                _remark(wave.instrument, variable),
                _address(wave, variable, kept),
            )
        )
    return tuple(Group(title, tuple(listed)) for title, listed in by_part.items())


def _address(wave: WaveFrame, variable: Variable, kept: dict[str, list[str]]) -> str:
    """Its figures; the page that asks for it where it is stored apart and has none."""
    if variable.is_stored_apart:
        for role, put in wave.instrument.questionnaires.items():
            if variable.name in put.page_of:
                page = put.page_of[variable.name]
                return wave.address("console.instrument_preview", role=role, page=page)
    return wave.address("console.results_variable", variable=variable.name, **kept)


def _part_of(instrument: Instrument, variable: Variable) -> str:
    for questionnaire in instrument.questionnaires.values():
        page = questionnaire.page_of.get(_asked_as(instrument, variable))
        if page is not None:
            part = questionnaire.by_id[page].part
            return next((one.title[current()] for one in questionnaire.parts if one.id == part), part)
    if variable.construct and variable.construct in instrument.constructs:
        return instrument.constructs[variable.construct].label[current()]
    return translate("Other")


def _remark(instrument: Instrument, variable: Variable) -> str:
    """Who is asked where not everybody is, and what has no figures of its own."""
    name = _asked_as(instrument, variable)
    asked = [role for role, put in instrument.questionnaires.items() if name in put.page_of]
    everyone = not asked or len(asked) == len(instrument.questionnaires)
    remarks = [] if everyone else [", ".join(instrument.role(role).plural[current()] for role in asked)]
    if variable.coded is not None:
        remarks.append(translate("coded"))
    if variable.derivation is not None:
        remarks.append(translate("derived"))
    if variable.type.shape is Shape.TEXT:
        remarks.append(translate("open answer"))
    if variable.is_stored_apart:
        remarks.append(translate("stored apart, without figures"))
    return " · ".join(remarks)


def _asked_as(instrument: Instrument, variable: Variable) -> str:
    """The question it comes from: its own, that of the choice it stands beside, or what it is made of."""
    if variable.coded is not None:
        return variable.coded.source
    while variable.derivation is not None:
        variable = instrument.variables[variable.derivation.sources[0]]
    return variable.other_of or variable.name
