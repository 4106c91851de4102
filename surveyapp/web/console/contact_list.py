"""The contacts of a wave, searched, filtered and sorted, a page at a time; addresses are masked until asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import request

from surveyapp.numerals import whole_number
from surveyapp.storage import samples
from surveyapp.storage.database import Session
from surveyapp.storage.samples import NONE, SORTS, STANDINGS, ContactChoice
from surveyapp.web.console.case_list import PER_PAGE, SortHead
from surveyapp.web.console.choices import one_of
from surveyapp.web.console.frame import WaveFrame, value_name
from surveyapp.web.console.sample_forms import TAKES
from surveyapp.web.console.sample_page import is_cut
from surveyapp.web.console.sample_words import DASH, field_names, masked, shown, standing_names
from surveyapp.web.languages import translate, translate_plural
from surveyapp.web.rendering import whole

SAYS_NOTHING = frozenset({"opted_out", "bounced"})
"""Standings that tell nothing of whether somebody took part."""
AFTER_CUT = SAYS_NOTHING | {"linked", "unlinked"}
MORE = frozenset({"organisation", "source", "language"})
"""Columns that a phone leaves out."""


@dataclass(frozen=True, slots=True)
class ContactLine:
    """One contact of the list: the address masked or whole, the rest in words, and where they are corrected."""

    email: str
    cells: tuple[str, ...]
    address: str


@dataclass(frozen=True, slots=True)
class ContactList:
    """One page of contacts."""

    heading: str
    count: int
    choice: ContactChoice
    sort: str
    options: dict[str, list[tuple[str, str]]]
    heads: tuple[SortHead, ...]
    lines: tuple[ContactLine, ...]
    is_revealed: bool
    is_limited: bool
    notice: str
    page: int
    pages: int
    here: str
    previous: str | None
    next: str | None


def contact_list(session: Session, wave: WaveFrame, *, reveals: bool = False) -> ContactList:
    """The contacts of the choice in this request's address; a page that is no longer there gives the first.

    Raises
    ------
    BadQuery     the address chooses or sorts by something that cannot be
    """
    choice, sort = _asked()
    count = samples.count(session, wave.study, wave.year, choice)
    pages = max(1, -(-count // PER_PAGE))
    asked = request.args.get("part") or "1"
    page = whole_number(asked, least=1, most=pages) or 1
    start = (page - 1) * PER_PAGE
    rows = samples.listed(session, wave.study, wave.year, choice, sort=sort, start=start, most=PER_PAGE)

    def to(part: int | None = None, order: str = sort) -> str:
        return _address(wave, choice, order, part)

    return ContactList(
        heading=translate_plural("%(count)s contact", "%(count)s contacts", count, count=whole(count)),
        count=count,
        choice=choice,
        sort=sort,
        options=_options(session, wave),
        heads=_heads(sort, to),
        lines=tuple(_lines(session, wave, rows, reveals=reveals)),
        is_revealed=reveals,
        is_limited=choice != ContactChoice(),
        notice="" if asked == str(page) else translate("This page of the list is no longer there; you see the first."),
        page=page,
        pages=pages,
        here=to(page if page > 1 else None),
        previous=to(page - 1) if page > 1 else None,
        next=to(page + 1) if page < pages else None,
    )


def _asked() -> tuple[ContactChoice, str]:
    said = {name: request.args.get(name, "").strip() for name in TAKES}
    if said["standing"]:
        one_of("standing", said["standing"], {one: standing_names()[one] for one in STANDINGS})
    sort = said["sort"] or "email"
    one_of("sort", sort.removeprefix("-"), {one: field_names()[one] for one in SORTS})
    choice = ContactChoice(said["q"][:100], said["role"], said["segment"], said["source"], said["standing"])
    return choice, sort


def _address(wave: WaveFrame, choice: ContactChoice, sort: str, part: int | None) -> str:
    return wave.address(
        "console.sample_contacts",
        q=choice.search or None,
        role=choice.role or None,
        segment=choice.segment or None,
        source=choice.source or None,
        standing=choice.standing or None,
        sort=None if sort == "email" else sort,
        part=part,
    )


def _options(session: Session, wave: WaveFrame) -> dict[str, list[tuple[str, str]]]:
    names = standing_names()
    cut = is_cut(session, wave)
    standings = [one for one in STANDINGS if not cut or one in AFTER_CUT]
    roles = [(role, value_name(wave.instrument, "role", role)) for role in wave.instrument.questionnaires]
    unknown = (NONE, translate("not known"))
    every = ("", translate("all"))

    def held(column: str) -> list[tuple[str, str]]:
        return [(one, shown(wave, column, one)) for one in samples.values(session, wave.study, wave.year, column)]

    return {
        "role": [every, *roles, (NONE, translate("chooses at the beginning"))],
        "segment": [every, *held("segment"), unknown],
        "source": [every, *held("source")],
        "standing": [every, *((one, names[one]) for one in reversed(standings))],
    }


def _heads(sort: str, to: Any) -> tuple[SortHead, ...]:
    names = field_names()
    order = "descending" if sort.startswith("-") else "ascending"
    return tuple(
        SortHead(
            names[name],
            to(order=f"-{name}" if sort == name else name),
            order if sort.removeprefix("-") == name else "none",
            is_more=name in MORE,
        )
        for name in SORTS
    )


def _lines(session: Session, wave: WaveFrame, rows: Sequence[Any], *, reveals: bool) -> list[ContactLine]:
    names = standing_names()
    cut = is_cut(session, wave)
    return [
        ContactLine(
            row.email if reveals else masked(row.email),
            (
                *(shown(wave, name, getattr(row, name)) for name in SORTS if name != "email"),
                names[row.standing] if not cut or row.standing in SAYS_NOTHING else DASH,
            ),
            wave.address("console.sample_contact", contact=row.contact_id),
        )
        for row in rows
    ]
