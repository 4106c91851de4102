"""What every staff page shows around its content: the wave, its state and the ways through it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from flask import request, url_for

from surveyapp.fieldwork.waves import WaveInfo, wave_info
from surveyapp.instrument.model import Instrument
from surveyapp.instrument.system_variables import SYSTEM_VARIABLES, group_label, plain, value_label
from surveyapp.storage.database import Session
from surveyapp.web.accounts import SEES_CASES, may
from surveyapp.web.languages import current, translate
from surveyapp.web.sessions import services


@dataclass(frozen=True, slots=True)
class Tab:
    """One way through a wave."""

    name: str
    address: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class WaveFrame:
    """The wave a page is about."""

    study: str
    year: int
    title: str
    state: str
    state_name: str
    tabs: tuple[Tab, ...]
    info: WaveInfo
    instrument: Instrument

    def address(self, endpoint: str, **parts: Any) -> str:
        """The address of a page of this wave."""
        return url_for(endpoint, study=self.study, year=self.year, **parts)

    def tone(self, role: str) -> str:
        """The tone of a role's marker and colour, by its place in the study: the same in every chart and table."""
        return f"group-{[one.id for one in self.instrument.study.roles].index(role) + 1}"


def state_name(state: str) -> str:
    """A wave's state in words."""
    return {
        "draft": translate("draft"),
        "test": translate("test"),
        "open": translate("open"),
        "closed": translate("closed"),
        "archived": translate("archived"),
    }[state]


def wave_frame(session: Session, study: str, year: int) -> WaveFrame:
    """The frame of a page of this wave."""
    info = wave_info(session, study, year)
    instrument = services().library.get(session, study, info.instrument_hash)
    names = [
        ("console.fieldwork", translate("Fieldwork")),
        ("console.sample", translate("Sample")),
        ("console.invitations", translate("Invitations")),
        ("console.quality", translate("Quality")),
        ("console.results", translate("Results")),
        ("console.filters", translate("Filters")),
        ("console.answers", translate("Open answers")),
        ("console.exports", translate("Exports")),
        ("console.instrument", translate("Instrument")),
        ("console.settings", translate("Settings")),
    ]
    needed = {
        "console.filters": "editor",
        "console.exports": "editor",
        "console.sample": SEES_CASES,
        "console.answers": SEES_CASES,
        "console.invitations": SEES_CASES,
        "console.quality": SEES_CASES,
        "console.settings": "researcher",
    }
    offered = [(endpoint, name) for endpoint, name in names if endpoint not in needed or may(needed[endpoint])]
    here = (request.endpoint or "").split("_")[0]
    here = "console.results" if here == "console.model" else here  # what a reader finds there
    tabs = tuple(Tab(name, url_for(endpoint, study=study, year=year), here == endpoint) for endpoint, name in offered)
    return WaveFrame(
        study, year, instrument.study.title[current()], info.state, state_name(info.state), tabs, info, instrument
    )


def with_coded_variables(wave: WaveFrame, seen: Instrument) -> WaveFrame:
    """The frame with the variables of an instrument that has coded ones, which the wave's own version has not."""
    if len(seen.variables) == len(wave.instrument.variables):
        return wave
    instrument = replace(wave.instrument, variables=seen.variables, universes=seen.universes)
    return replace(wave, instrument=instrument)


def language_name(language: str) -> str:
    """A language in the words of this page."""
    return SYSTEM_VARIABLES["language"].values.get(language, plain(language))[current()]


def value_name(instrument: Instrument, part: str, value: str) -> str:
    """The role, language, source or device of one case in words."""
    return value_label(part, value, instrument)[current()]


def group_name(instrument: Instrument, part: str, value: str) -> str:
    """The people of one role, language, source or device in words."""
    return group_label(part, value, instrument)[current()]


def part_titles() -> dict[str, str]:
    """What the counts by each system variable are called."""
    return {
        "role": translate("By role"),
        "language": translate("By language"),
        "source": translate("By source"),
        "device": translate("By device"),
    }


def role_names() -> dict[str, str]:
    """What each role of the team is called, in the language of the request."""
    return {
        "viewer": translate("viewer"),
        "editor": translate("editor"),
        "researcher": translate("researcher"),
        "admin": translate("admin"),
    }
