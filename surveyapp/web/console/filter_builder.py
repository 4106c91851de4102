"""Between ticked codes and the expression they stand for: the filter of the results, made and taken apart."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from flask import request

from surveyapp.errors import BadQuery
from surveyapp.instrument.model import Instrument, NamedFilter
from surveyapp.instrument.system_variables import SYSTEM_VARIABLES, group_label, values_of
from surveyapp.numerals import whole_number
from surveyapp.reports.filters import read_filter
from surveyapp.reports.subjects import variables_in_words
from surveyapp.reports.wave_data import WaveData
from surveyapp.web.console.choices import Chip
from surveyapp.web.languages import current, translate

_TERM = re.compile(
    r"[a-z][a-z0-9_]* in \[\d+(?:, \d+)*\]"
    r"|any_of\([a-z][a-z0-9_]*, \[\d+(?:, \d+)*\]\)"
    rf"|(?:{'|'.join(SYSTEM_VARIABLES)}) in \['[a-z0-9_-]+'(?:, '[a-z0-9_-]+')*\]"
)
"""The terms that the filter's own rows write."""
_VALUE = re.compile(r"[a-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a select or a tick box."""

    value: str
    text: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Picked:
    """The variable that is being added to the filter, with its codes."""

    name: str
    label: str
    codes: tuple[Option, ...]
    message: str = ""  # what is to be done, where its form was sent with nothing ticked


@dataclass(frozen=True, slots=True)
class FieldFault:
    """What is wrong with a form that asks for figures, at the field where it is to be mended."""

    field: str  # filter · by · codes · pick · weight
    id: str  # of the control to go to
    message: str


@dataclass(frozen=True, slots=True)
class FilterBuilder:
    """The form that puts a filter together, as far as it came."""

    filter: str  # the expression
    rows: tuple[Chip, ...]
    pickable: tuple[Option, ...]
    picked: Picked | None
    fault: FieldFault | None


def filter_builder(
    data: WaveData,
    expression: str,
    address_of: Callable[[str], str] | None,
    fault: FieldFault | None = None,
    can_add: Callable[[str], bool] = bool,
) -> FilterBuilder:
    """The form as this request left it.

    Parameters
    ----------
    address_of : where the page stands with another filter; absent: the filter cannot be read
    fault :      what the page found wrong; absent: whether the form of codes was sent with nothing ticked
    can_add :    whether a variable may still be added, by its name

    Raises
    ------
    BadQuery     what is to be added has no codes, or does not exist
    """
    instrument = data.instrument
    chosen = _picked(instrument, data.dataset.names["source"])
    rows = _filter_rows(instrument, expression, address_of) if address_of is not None else ()
    pickable = tuple(option for option in _pickable(instrument) if can_add(option.value))
    return FilterBuilder(expression, rows, pickable, chosen, fault or _untouched(chosen))


def ticked() -> list[str]:
    """The codes that were ticked; the form sends an empty one along, to tell that it was sent."""
    return [code for code in request.args.getlist("codes") if code]


def _untouched(chosen: Picked | None) -> FieldFault | None:
    """What to do where the form of these codes was sent and nothing was ticked."""
    if chosen is None or not chosen.message:
        return None
    return FieldFault("codes", f"code-{chosen.codes[0].value}" if chosen.codes else "filter", chosen.message)


def combined_filter(instrument: Instrument) -> str | None:
    """The filter of the address, with the codes that were just ticked joined to it.

    Raises
    ------
    BadQuery     the codes are not of that variable
    """
    expression = request.args.get("filter", "").strip()
    picked, codes = request.args.get("pick", ""), ticked()
    if codes and not picked:
        raise BadQuery(
            "The address holds %(names)s, which means nothing here; use %(known)s.", names="codes", known="pick"
        )
    if not (picked and codes):
        return expression or None
    added = _term(instrument, picked, codes)
    if not expression:
        return added
    return f"{expression} and {added}" if " or " not in expression else f"({expression}) and {added}"


def _term(instrument: Instrument, name: str, codes: Sequence[str]) -> str:
    if name in SYSTEM_VARIABLES:
        known = values_of(name, instrument)
        if not all(_VALUE.fullmatch(code) if known is None else code in known for code in codes):
            raise BadQuery("These are not values of %(name)s.", name=variables_in_words([name], instrument))
        return f"{name} in [{', '.join(repr(code) for code in codes)}]"
    variable = instrument.variables.get(name)
    chosen = [whole_number(code) for code in codes]
    if variable is None or not all(code in variable.codes for code in chosen):
        raise BadQuery("These are not values of %(name)s.", name=variables_in_words([name], instrument))
    listed = ", ".join(map(str, chosen))
    return f"any_of({name}, [{listed}])" if variable.type.shape.is_several else f"{name} in [{listed}]"


def _pickable(instrument: Instrument) -> Iterator[Option]:
    """The variables a condition can be put on by their codes."""
    chosen = request.args.get("pick", "")
    for each in SYSTEM_VARIABLES.values():
        yield Option(each.name, each.label[current()], each.name == chosen)
    for variable in instrument.variables.values():
        if variable.categories and variable.type.shape.has_codes:
            yield Option(variable.name, f"{variable.label[current()]} ({variable.name})", variable.name == chosen)


def _picked(instrument: Instrument, sources: Sequence[str]) -> Picked | None:
    """The variable whose codes are to be ticked now; None when there is none. ``sources`` are the wave's."""
    name = request.args.get("pick", "")
    if not name or ticked():
        return None
    message = translate("Tick at least one of these answers first.") if "codes" in request.args else ""
    if name in SYSTEM_VARIABLES:
        options = (
            Option(value, group_label(name, value, instrument)[current()], False)
            for value in values_of(name, instrument) or sources
        )
        return Picked(name, SYSTEM_VARIABLES[name].label[current()], tuple(options), message)
    variable = instrument.variables.get(name)
    if variable is None or not variable.categories:
        raise BadQuery("%(name)s cannot be filtered by its codes.", name=variables_in_words([name], instrument))
    codes = tuple(Option(str(one.code), one.label[current()], False) for one in variable.categories)
    return Picked(name, variable.label[current()], codes, message)


def _filter_rows(instrument: Instrument, expression: str, address_of: Callable[[str], str]) -> tuple[Chip, ...]:
    """The parts of a filter that the builder made, each with the address without it; none for a free expression."""
    found, place, terms = [], 0, []
    for match in _TERM.finditer(expression):
        between = expression[place : match.start()]
        if between not in ("", " and "):
            return ()
        terms.append(match.group(0))
        place = match.end()
    if not terms or place != len(expression):
        return ()
    for position, term in enumerate(terms):
        read = read_filter(term, instrument)
        rest = " and ".join(one for other, one in enumerate(terms) if other != position)
        said = translate("if %(condition)s", condition=read.sentence[current()]) if read else term
        found.append(Chip(said, address_of(rest)))
    return tuple(found)


def filter_name(named: NamedFilter) -> str:
    """What a released filter is called: the plan's own name, or what was asked for in words."""
    said = named.label[current()]
    return translate("only if %(condition)s", condition=said) if named.is_requested else said


def free_filter_example(instrument: Instrument) -> tuple[str, str]:
    """The system variables that an expression may name, and an example of one."""
    example = f"role == '{instrument.roles[0].id}' and language == '{instrument.languages[0]}'"
    return ", ".join(SYSTEM_VARIABLES), example
