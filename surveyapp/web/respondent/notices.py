"""Pages that inform: privacy and accessibility. Each speaks of one study, or of none: never of another one's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from surveyapp.errors import NotFound
from surveyapp.fieldwork.link_cutting import first_closing
from surveyapp.fieldwork.waves import WaveInfo, wave_info, wave_list
from surveyapp.instrument.model import Instrument
from surveyapp.storage.database import Session
from surveyapp.web.respondent import privacy as promises
from surveyapp.web.respondent import visits
from surveyapp.web.respondent.addresses import WaveName
from surveyapp.web.respondent.arriving import OpenWave, open_waves
from surveyapp.web.respondent.frames import frame
from surveyapp.web.sessions import reading_primary, services


@dataclass(frozen=True, slots=True)
class _About:
    """The wave a page speaks of; without one, the waves to choose from."""

    info: WaveInfo | None
    instrument: Instrument | None
    choices: tuple[OpenWave, ...]
    query: dict[str, Any]


def privacy() -> ResponseReturnValue:
    """What becomes of answers: of the wave asked for, of this visit's, or of the only one that is open."""
    with reading_primary() as database:
        about = _about(database, "privacy")
        info, instrument = about.info, about.instrument
        closing = first_closing(database, info) if info else None
    return render_template(
        "respondent/privacy.html",
        frame=frame(instrument, "privacy", **about.query),
        paragraphs=promises.paragraphs(instrument, info.mode, closing) if instrument and info else (),
        choices=about.choices,
    )


def accessibility() -> ResponseReturnValue:
    """How far the site is accessible and whom to tell where it is not."""
    with reading_primary() as database:
        about = _about(database, "accessibility")
    return render_template(
        "respondent/accessibility.html",
        frame=frame(about.instrument, "accessibility", **about.query),
        minutes=int(visits.SHARED.total_seconds()) // 60,
        choices=about.choices,
    )


def _about(database: Session, endpoint: str) -> _About:
    """The wave in the address, of this visit, or the only open one."""
    asked = _asked()
    if asked is not None:
        info = wave_info(database, asked.study, asked.year)
    else:
        are_open = [each for each in wave_list(database) if each.state == "open"]
        if len(are_open) != 1:
            return _About(None, None, tuple(open_waves(database, endpoint)), {})
        info = are_open[0]
    instrument = services().library.get(database, info.study, info.instrument_hash)
    return _About(info, instrument, (), {"wave": str(asked)} if asked else {})


def _asked() -> WaveName | None:
    text = request.args.get("wave")
    if not text:
        return visits.wave()
    try:
        return WaveName.read(text)
    except ValueError:
        raise NotFound(f"There is no wave {text[:60]!a}.") from None
