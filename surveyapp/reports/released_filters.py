"""Which filters and banners everyone who sees results may ask for: those of the plan, and those released on request."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from surveyapp.errors import ConditionError, NotReleased
from surveyapp.instrument.conditions import parse_condition
from surveyapp.instrument.model import Instrument, NamedFilter, Text
from surveyapp.reports.filter_words import sentences
from surveyapp.reports.sentences import both, quoted
from surveyapp.reports.subjects import label_of


def released_filters(instrument: Instrument) -> tuple[NamedFilter, ...]:
    """The filters that can be used by name: those of the plan, those on request, those of tables under their id."""
    found = {named.condition.tree: named for named in reversed(instrument.filters)}
    for table in instrument.tables:
        if table.filter is not None and table.filter.tree not in found:
            label = Text(both("as in table %(id)s", id=table.id))
            found[table.filter.tree] = NamedFilter(table.id, label, table.filter)
    return tuple(sorted(found.values(), key=lambda named: _place(named, instrument.filters)))


def _place(named: NamedFilter, declared: Sequence[NamedFilter]) -> tuple[int, str]:
    return (declared.index(named), "") if named in declared else (len(declared), named.id)


def named_filter(name: str, instrument: Instrument) -> NamedFilter | None:
    """The filter of this name; None when there is none."""
    return next((named for named in released_filters(instrument) if named.id == name), None)


def require_released(instrument: Instrument, by: Sequence[str], filter: str | None) -> None:  # noqa: A002
    """See that a question asks for released populations only: banners of the plan, and a filter by its name.

    Raises
    ------
    NotReleased     it asks for something else; the message names what can be asked for
    """
    known = [named.id for named in released_filters(instrument)]
    if filter and filter not in known:
        listed = quoted(named.label for named in released_filters(instrument))
        raise NotReleased(
            "Free filters take the role of researcher. Choose a filter of the plan of the report: %(filters)s.",
            tuple(known),
            filters=listed,
        )
    strange = [name for name in by if name not in instrument.banners]
    if strange:
        raise NotReleased(
            "Breaking down by %(name)s takes the role of researcher. Choose from the plan of the report: %(banners)s.",
            instrument.banners,
            name=quoted([label_of(strange[0][:40], instrument)]),
            banners=quoted(label_of(name, instrument) for name in instrument.banners),
        )


def with_requested(instrument: Instrument, expressions: Iterable[str]) -> Instrument:
    """The instrument with the filters that were released on request, in their order, behind those of its plan.

    One that cannot be read any more, by a later version of the program, is left out: nobody can ask for it either.
    """
    made: list[NamedFilter] = []
    for number, expression in enumerate(expressions, start=1):
        try:
            condition = parse_condition(expression)
        except ConditionError:
            continue
        said = sentences(condition, instrument)
        made.append(NamedFilter(f"requested_{number}", Text(said), condition, is_requested=True))
    return replace(instrument, filters=(*instrument.filters, *made)) if made else instrument
