"""The people behind a figure: who was invited, with a case or without one, and who came by an open link.

What stands with the code of a case goes no further than the segment; of somebody without a case the line leads to the
contact. A file is cut on no day, so it holds the codes or the segments, never both (docs/decisions/0047).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import request

from surveyapp.errors import BadQuery
from surveyapp.fieldwork.case_lines import short_id
from surveyapp.fieldwork.dispositions import Disposition
from surveyapp.fieldwork.participation import Participation, participation
from surveyapp.fieldwork.personal_links import CONFIDENTIAL
from surveyapp.fieldwork.record_choice import INVITED, NONE, OF_PEOPLE, OTHERS, STEPS, RecordChoice, chosen
from surveyapp.instrument.system_variables import SYSTEM_VARIABLES
from surveyapp.numerals import calendar_day
from surveyapp.reports.outcome_rates import disposition_label
from surveyapp.storage.database import Session
from surveyapp.web.console.case_list import (
    PER_PAGE,
    CaseList,
    CaseRow,
    SortHead,
    Value,
    asked_page,
    case_address,
    file_addresses,
    in_words,
)
from surveyapp.web.console.choices import Chip, one_of, page_title
from surveyapp.web.console.frame import WaveFrame, value_name
from surveyapp.web.languages import current, translate, translate_plural
from surveyapp.web.rendering import day, whole

PARTS = tuple(RecordChoice.__slots__)
DAYS = ("first", "last")
MORE = frozenset({"segment", "last", "device", "language", "source", "minutes"})
"""Columns that a phone leaves out."""
ORDERS: Mapping[str, Callable[[Participation], Any]] = {
    "case": lambda one: short_id(one.case_id) if one.case_id else None,
    "role": lambda one: one.role,
    "segment": lambda one: one.segment,
    "disposition": lambda one: tuple(Disposition).index(one.disposition),
    "page": lambda one: one.last_page,
    "first": lambda one: one.first_on,
    "last": lambda one: one.last_on,
    "minutes": lambda one: one.seconds or None,
    "device": lambda one: one.device if one.case_id else None,
    "language": lambda one: one.language,
    "source": lambda one: one.source,
}
"""What each column is sorted by; who has nothing in it stands last."""
DEFAULT = "disposition"


def record_list(session: Session, wave: WaveFrame) -> CaseList:
    """The people of the choice in this request's address; a page that is no longer there gives the first.

    Raises
    ------
    BadQuery     the address chooses or sorts by something that cannot be
    """
    choice, sort = read_record_choice(request.args, wave), _asked_sort()
    found = _sorted(chosen(participation(session, wave.info, wave.instrument), choice), sort)
    page, pages, notice = asked_page(len(found))
    columns = [name for name in _columns(wave) if name not in choice.parts()]  # what all have stands above the list
    return CaseList(
        heading=translate_plural("%(count)s person", "%(count)s people", len(found), count=whole(len(found))),
        count=len(found),
        chips=_chips(wave, choice),
        notice=notice,
        heads=_heads(wave, choice, sort, columns),
        keeps_days=wave.info.mode == CONFIDENTIAL,
        is_sorted=sort != DEFAULT,
        rows=tuple(_row(wave, one, columns) for one in found[(page - 1) * PER_PAGE : page * PER_PAGE]),
        page=page,
        pages=pages,
        previous=_part(wave, choice, sort, page - 1) if page > 1 else None,
        next=_part(wave, choice, sort, page + 1) if page < pages else None,
        fieldwork=wave.address("console.fieldwork"),
        all=wave.address("console.fieldwork_rates"),
        files=file_addresses(wave, choice.parts()) if found else (),
    )


def record_rows(session: Session, wave: WaveFrame) -> tuple[list[str], list[tuple[Value, ...]]]:
    """The whole list as a file has it: with the codes of cases or with segments, never with both."""
    choice, sort = read_record_choice(request.args, wave), _asked_sort()
    found = _sorted(chosen(participation(session, wave.info, wave.instrument), choice), sort)
    left_out = {"segment"} if choice.segment is None else {"case"}
    columns = [name for name in _columns(wave) if name not in left_out]
    labels = column_names()
    return [labels[name] for name in columns], [_values(wave, one, columns) for one in found]


def read_record_choice(parameters: Mapping[str, str], wave: WaveFrame) -> RecordChoice:
    """The choice in an address; empty parts are not set.

    Raises
    ------
    BadQuery     a part that cannot be, or one that speaks of cases alone
    """
    parts: dict[str, object] = {}
    for name, said in parameters.items():
        value = said.strip()
        if not value or name in ("sort", "part"):
            continue
        if name not in PARTS:
            raise BadQuery(
                "%(name)s speaks of cases, and this list is of people; use %(known)s.",
                name=name,
                known=", ".join(PARTS),
            )
        if name in DAYS:
            parts[name] = found = calendar_day(value)
            if found is None:
                raise BadQuery("%(name)s=%(value)s is not a day; write it as 2026-10-01.", name=name, value=value[:40])
        elif name == "sample":
            parts[name] = one_of(name, value, sample_names(wave))
        elif name == "step":
            parts[name] = one_of(name, value, step_names())
        elif name == "disposition":
            parts[name] = one_of(name, value, {str(one): disposition_label(one)[current()] for one in Disposition})
        else:
            parts[name] = value
    return RecordChoice().but(**parts)


def sample_names(wave: WaveFrame) -> dict[str, str]:
    """The two kinds of people of a wave."""
    apart = translate("without an invitation") if wave.info.mode == CONFIDENTIAL else translate("by the open link")
    return {INVITED: translate("invited"), OTHERS: apart}


def step_names() -> dict[str, str]:
    """How far somebody came at least."""
    names = {"opened": translate("opened the link"), "begun": translate("begun")}
    return {step: names[step] for step in STEPS}


def column_names() -> dict[str, str]:
    """What each column is called."""
    return {
        "case": translate("Case"),
        "role": translate("Role"),
        "segment": translate("Segment"),
        "disposition": translate("What became of them"),
        "page": translate("Last page saved"),
        "first": translate("First heard of"),
        "last": translate("Last heard of"),
        "minutes": translate("Minutes"),
        "device": translate("Device"),
        "language": translate("Language"),
        "source": translate("Source"),
    }


def _columns(wave: WaveFrame) -> list[str]:
    """The columns that have something in this wave: an anonymous one keeps no days, and no contact beside a case."""
    is_known = wave.info.mode == CONFIDENTIAL
    return [name for name in ORDERS if is_known or name not in ("first", "last", "segment")]


def _asked_sort() -> str:
    asked = request.args.get("sort") or DEFAULT
    one_of("sort", asked.removeprefix("-"), column_names())
    return asked


def _sorted(found: Sequence[Participation], sort: str) -> list[Participation]:
    """In an order of a column; those alike by a random key of theirs, which tells nothing of when somebody came."""
    value = ORDERS[sort.removeprefix("-")]
    alike = sorted(found, key=lambda one: (one.case_id or one.contact_id or "").__str__())
    there = [one for one in alike if value(one) is not None]
    nothing = [one for one in alike if value(one) is None]
    return [*sorted(there, key=value, reverse=sort.startswith("-")), *nothing]


def _part(wave: WaveFrame, choice: RecordChoice, sort: str, page: int | None = None) -> str:
    order = None if sort == DEFAULT else sort
    return wave.address("console.fieldwork_cases", sort=order, part=page, **choice.parts())


def _heads(wave: WaveFrame, choice: RecordChoice, sort: str, columns: Sequence[str]) -> tuple[SortHead, ...]:
    labels, order = column_names(), "descending" if sort.startswith("-") else "ascending"
    return tuple(
        SortHead(
            labels[name],
            _part(wave, choice, f"-{name}" if sort == name else name),
            order if sort.removeprefix("-") == name else "none",
            is_number=name == "minutes",
            is_more=name in MORE,
            is_wide=name in ("disposition", "page"),
        )
        for name in columns
    )


def _row(wave: WaveFrame, one: Participation, columns: Sequence[str]) -> CaseRow:
    cells = tuple(map(in_words, _values(wave, one, columns)))
    if one.case_id is not None:
        return CaseRow(cells, case_address(wave, short_id(one.case_id)))
    contact = wave.address("console.sample_contact", contact=one.contact_id)
    return CaseRow((translate("contact"), *cells[1:]), contact)


def _values(wave: WaveFrame, one: Participation, columns: Sequence[str]) -> tuple[Value, ...]:
    is_begun = one.case_id is not None
    values: dict[str, Value] = {
        "case": short_id(one.case_id) if one.case_id is not None else None,
        "role": value_name(wave.instrument, "role", one.role) if one.role else None,
        "segment": one.segment,
        "disposition": disposition_name(one.disposition),
        "page": page_title(wave.instrument, one.last_page, one.role) if one.last_page else None,
        "first": one.first_on,
        "last": one.last_on,
        "minutes": one.seconds / 60 if one.seconds else None,
        "device": value_name(wave.instrument, "device", one.device) if is_begun else None,
        "language": value_name(wave.instrument, "language", one.language),
        "source": value_name(wave.instrument, "source", one.source),
    }
    return tuple(values[name] for name in columns)


def disposition_name(disposition: Disposition) -> str:
    """A disposition with its code, in the words of this page."""
    return f"{disposition.code} {disposition_label(disposition)[current()]}".strip()


def _chips(wave: WaveFrame, choice: RecordChoice) -> tuple[Chip, ...]:
    return tuple(
        Chip(_in_words(wave, part, value), _without(wave, choice, part)) for part, value in choice.parts().items()
    )


def _without(wave: WaveFrame, choice: RecordChoice, part: str) -> str:
    """The list without one part; the last that speaks of people leads to the rates, which is where all of them are."""
    rest = choice.but(**{part: None})
    if not any(rest.parts().get(name) for name in OF_PEOPLE):
        return wave.address("console.fieldwork_rates")
    return wave.address("console.fieldwork_cases", **rest.parts())


def _in_words(wave: WaveFrame, part: str, value: str) -> str:
    match part:
        case "sample":
            return sample_names(wave)[value]
        case "disposition":
            return disposition_name(Disposition(value))
        case "step":
            return step_names()[value]
        case "first":
            return translate("first heard of on %(day)s", day=day(value))
        case "last":
            return translate("last heard of on %(day)s", day=day(value))
        case "segment":
            return translate("segment not known") if value == NONE else translate("segment: %(segment)s", segment=value)
        case "role" if value == NONE:
            return translate("role not chosen yet")
    said = value_name(wave.instrument, part, value) if part in SYSTEM_VARIABLES else value
    match part:
        case "language":
            return translate("in %(language)s", language=said)
        case "source":
            return translate("source: %(source)s", source=said)
        case "device":
            return translate("device unknown") if value == "unknown" else translate("on a %(device)s", device=said)
        case _:
            return said
