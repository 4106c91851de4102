"""The variables of a wave to search and choose from, by part of the questionnaire."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import request, url_for

from surveyapp.instrument.model import TEXT_TYPES, Instrument, Variable
from surveyapp.web.console.frame import WaveFrame
from surveyapp.web.languages import current, translate, translate_plural


@dataclass(frozen=True, slots=True)
class VariableLink:
    """One variable of the list."""

    name: str
    label: str
    asked: str
    address: str
    is_current: bool


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


def variable_list(wave: WaveFrame, here: str = "") -> VariableList:
    """The variables that answer to the search words of this request, by part of the questionnaire."""
    query = " ".join(request.args.get("q", "").split())[:80]
    words = query.lower().split()
    kept = {name: value for name in ("by", "filter") if (value := request.args.getlist(name))}
    by_part: dict[str, list[VariableLink]] = {}
    for variable in wave.instrument.variables.values():
        if variable.type in TEXT_TYPES or variable.is_stored_apart or not _answers_to(variable, words):
            continue
        by_part.setdefault(_part_of(wave.instrument, variable), []).append(
            VariableLink(
                variable.name,
                variable.label[current()],
                _asked_of(wave.instrument, variable),
                url_for("console.results_variable", study=wave.study, year=wave.year, variable=variable.name, **kept),  # type: ignore[arg-type]
                variable.name == here,
            )
        )
    groups = tuple(Group(title, tuple(found)) for title, found in by_part.items())
    count = sum(len(group.variables) for group in groups)
    return VariableList(
        query,
        translate_plural("%(n)s variable with “%(query)s”", "%(n)s variables with “%(query)s”", count, query=query),
        groups,
        url_for("console.results", study=wave.study, year=wave.year),
    )


def _answers_to(variable: Variable, words: Sequence[str]) -> bool:
    said = " ".join((variable.name, *variable.label.values())).lower()
    return all(word in said for word in words)


def _part_of(instrument: Instrument, variable: Variable) -> str:
    for questionnaire in instrument.questionnaires.values():
        page = questionnaire.page_of.get(variable.name)
        if page is not None:
            part = questionnaire.by_id[page].part
            return next((one.title[current()] for one in questionnaire.parts if one.id == part), part)
    if variable.construct and variable.construct in instrument.constructs:
        return instrument.constructs[variable.construct].label[current()]
    return translate("Other")


def _asked_of(instrument: Instrument, variable: Variable) -> str:
    asked = [role for role, put in instrument.questionnaires.items() if variable.name in put.page_of]
    if not asked or len(asked) == len(instrument.questionnaires):
        return ""
    return ", ".join(instrument.role(role).plural[current()] for role in asked)
