"""Pages that inform: privacy and accessibility."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from surveyapp.errors import NotFound
from surveyapp.fieldwork.link_cutting import first_closing
from surveyapp.fieldwork.waves import WaveInfo, wave_info, wave_list
from surveyapp.web.respondent import privacy as promises
from surveyapp.web.respondent import visits
from surveyapp.web.respondent.addresses import WaveName
from surveyapp.web.respondent.frames import frame
from surveyapp.web.sessions import reading_primary, services


def privacy() -> ResponseReturnValue:
    """What becomes of answers: of the wave asked for, of this visit's, or of the one that is open."""
    with reading_primary() as database:
        asked = _asked()
        info: WaveInfo | None = None
        if asked is not None:
            info = wave_info(database, asked.study, asked.year)
        else:
            info = next((each for each in wave_list(database) if each.state == "open"), None)
        instrument = services().library.get(database, info.study, info.instrument_hash) if info else None
        closing = first_closing(database, info) if info else None
    query: dict[str, Any] = {"wave": str(asked)} if asked else {}
    return render_template(
        "respondent/privacy.html",
        frame=frame(instrument, "privacy", **query),
        paragraphs=promises.paragraphs(instrument, info.mode, closing) if instrument and info else (),
    )


def _asked() -> WaveName | None:
    text = request.args.get("wave")
    if not text:
        return visits.wave()
    try:
        return WaveName.read(text)
    except ValueError:
        raise NotFound(f"There is no wave {text[:60]!a}.") from None


def accessibility() -> ResponseReturnValue:
    """How far the site is accessible and what to do where it is not."""
    with reading_primary() as database:
        wave = visits.wave()
        info = wave_info(database, wave.study, wave.year) if wave else None
        if info is None:
            info = next((each for each in wave_list(database) if each.state == "open"), None)
        instrument = services().library.get(database, info.study, info.instrument_hash) if info else None
    return render_template("respondent/accessibility.html", frame=frame(instrument, "accessibility"))
