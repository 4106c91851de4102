"""Between an address and a choice of cases: read, write, and say in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from urllib.parse import urlencode

from surveyapp.errors import BadQuery
from surveyapp.fieldwork.case_lines import REVIEW, CaseChoice, Standing
from surveyapp.instrument.model import Instrument
from surveyapp.instrument.system_variables import SYSTEM_VARIABLES, values_of
from surveyapp.numerals import calendar_day
from surveyapp.web.console.frame import WaveFrame, value_name
from surveyapp.web.languages import current, translate
from surveyapp.web.rendering import day

LIMITS = tuple(SYSTEM_VARIABLES)
"""The parts by which the whole fieldwork page can be limited."""
DAYS = ("started", "sent", "since", "until")
"""The parts that are days."""
PARTS = tuple(part.name for part in fields(CaseChoice))


@dataclass(frozen=True, slots=True)
class Select:
    """A list to choose one from: each value with what it is called."""

    name: str
    label: str
    options: tuple[tuple[str, str], ...]
    chosen: str


@dataclass(frozen=True, slots=True)
class Chip:
    """One part of a choice in words, and the address without it."""

    text: str
    without: str


def one_of(name: str, asked: str, known: Mapping[str, str]) -> str:
    """What is asked for by this name in an address, if there is such a thing; nothing asked is the first of them.

    Parameters
    ----------
    known : what there is, with what each is called

    Raises
    ------
    BadQuery     it is none of them
    """
    if not asked:
        return next(iter(known))
    if asked not in known:
        raise BadQuery(
            "%(name)s=%(value)s is not one of %(known)s.",
            name=name,
            value=asked[:40],
            known=", ".join(one if said == one else f"{one} ({said})" for one, said in known.items() if one),
        )
    return asked


def read_choice(parameters: Mapping[str, str], instrument: Instrument, allowed: tuple[str, ...] = PARTS) -> CaseChoice:
    """The choice in an address; empty parts are not set.

    Raises
    ------
    BadQuery     a part that does not exist, or a value that cannot be
    """
    parts: dict[str, object] = {}
    for name in allowed:
        value = parameters.get(name, "").strip()
        if not value:
            continue
        if name in DAYS:
            parts[name] = found = calendar_day(value)
            if found is None:
                raise BadQuery("%(name)s=%(value)s is not a day; write it as 2026-10-01.", name=name, value=value[:40])
        elif name == "state":
            parts[name] = one_of(name, value, {one: standing_name(one) for one in Standing})
        elif name in SYSTEM_VARIABLES and value != "unknown" and (there := values_of(name, instrument)):
            # What is unknown is no choice of the study, and yet what answers that were taken back have for a language.
            parts[name] = one_of(name, value, {one: value_name(instrument, name, one) for one in there})
        else:
            parts[name] = value
    return CaseChoice().but(**parts)


class CasesAddress:
    """Where the cases of a choice are listed: three hundred on one page, so the wave's part is made once."""

    def __init__(self, wave: WaveFrame) -> None:
        self._of_wave = wave.address("console.fieldwork_cases")

    def __call__(self, choice: CaseChoice) -> str:
        """The address, as ``url_for`` would write it."""
        parts = urlencode(choice.parts(), safe="!$'()*,/:;?@")
        return f"{self._of_wave}?{parts}" if parts else self._of_wave


def chips(wave: WaveFrame, choice: CaseChoice, endpoint: str) -> tuple[Chip, ...]:
    """Each part of a choice in words, with the address of the rest."""
    return tuple(
        Chip(
            _in_words(wave.instrument, part, value),
            wave.address(endpoint, **choice.but(**{part: None}).parts()),
        )
        for part, value in choice.parts().items()
    )


def _in_words(instrument: Instrument, part: str, value: str) -> str:
    said = value_name(instrument, part, value) if part in SYSTEM_VARIABLES else value
    match part:
        case "role":
            return said
        case "language":
            return translate("in %(language)s", language=said)
        case "source":
            return translate("source: %(source)s", source=said)
        case "device":
            if value == "unknown":
                return translate("device unknown")
            return translate("on a %(device)s", device=said)
        case "state":
            return standing_name(value)
        case "started":
            return translate("begun on %(day)s", day=day(value))
        case "since":
            return translate("begun on %(day)s or later", day=day(value))
        case "until":
            return translate("begun on %(day)s or before", day=day(value))
        case "sent":
            return translate("sent on %(day)s", day=day(value))
        case "page":
            return translate("stopped at “%(page)s”", page=page_title(instrument, value))
        case _:
            return translate("reached “%(page)s”", page=page_title(instrument, value))


def standing_name(standing: str) -> str:
    """Where a case stands, in words."""
    return {
        "in_progress": translate("in progress"),
        "left": translate("broke off"),
        "complete": translate("complete"),
        "screened_out": translate("not eligible"),
        "withdrawn": translate("withdrawn"),
    }[standing]


def page_title(instrument: Instrument, page: str, role: str | None = None) -> str:
    """A page's title as a role sees it, or as the first role that has it does."""
    if page == REVIEW:
        return translate("Check and send")
    for candidate, questionnaire in instrument.questionnaires.items():
        if role in (None, candidate) and page in questionnaire.by_id:
            return questionnaire.by_id[page].title[current()]
    return page
