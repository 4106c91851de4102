"""What stands around every page of the respondent: the study's name, the other language, who to ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from flask import abort, redirect, request, url_for

from surveyapp.instrument.model import Instrument, Organisation
from surveyapp.recent import Recent
from surveyapp.web import languages
from surveyapp.web.respondent import addresses, visits
from surveyapp.web.respondent.addresses import WaveName, address

KEPT = 64


@dataclass(frozen=True, slots=True)
class Frame:
    """The header and footer of a page."""

    name: str
    home: str
    organisation: Organisation | None
    other: str  # empty: the study is in one language
    other_address: str  # empty: the page switches language by its own form
    privacy: str
    accessibility: str
    leave: str
    is_sent: bool
    is_test: bool


_recent: Recent[object, Frame] = Recent(KEPT)
"""The frames of pages of questions: a study has a few, and they tell nobody apart."""


def other_language(language: str | None = None) -> str:
    """The language a switch leads to."""
    return "en" if (language or languages.current()) == "nl" else "nl"


def speak(instrument: Instrument) -> None:
    """Stay with the request's language where the study is asked in it, else lead to the same page in the study's own.

    Addresses exist in every language of the product; a study may be in one of them.
    """
    if languages.current() in instrument.languages:
        return
    there = {**(request.view_args or {}), **request.args.to_dict(flat=False)}
    if addresses.wave() is not None:
        there["wave"] = addresses.wave()
    abort(redirect(url_for(str(request.endpoint), language=instrument.study.source_language, **there)))


def frame(
    instrument: Instrument | None,
    endpoint: str = "",
    *,
    can_leave: bool = False,
    is_sent: bool = False,
    is_test: bool = False,
    **values: object,
) -> Frame:
    """The frame of a page.

    Parameters
    ----------
    endpoint :  the page's name in `addresses`, for a switch by link; empty where the page's own form switches
    can_leave : a case of this browser exists and may be withdrawn
    is_sent :   it was sent, so that there is nothing left to stop
    values :    what the endpoint's address needs
    """
    if instrument is None:
        return _frame(None, endpoint, is_sent, is_test, values)
    speak(instrument)
    if endpoint:
        made = _frame(instrument, endpoint, is_sent, is_test, values)
    else:
        key = (instrument.hash, languages.current(), request.script_root, is_sent, is_test)
        made = _recent.get(key, lambda: _frame(instrument, "", is_sent, is_test, {}))
    return replace(made, leave=f"{address('leave')}?of={visits.owner()}") if can_leave else made


def _frame(
    instrument: Instrument | None, endpoint: str, is_sent: bool, is_test: bool, values: Mapping[str, object]
) -> Frame:
    other, language = other_language(), languages.current()
    is_switched = instrument is None or other in instrument.languages
    wave = visits.wave() if instrument is None else WaveName(instrument.study.id, instrument.wave.year)
    query = {"wave": str(wave)} if wave else {}
    return Frame(
        name=instrument.wave.title[language] if instrument else "",
        home=address("landing", wave=wave) if instrument else "",
        organisation=instrument.study.organisation if instrument else None,
        other=other if is_switched else "",
        other_address=address(endpoint, other, **values) if endpoint and is_switched else "",
        privacy=address("privacy", **query),
        accessibility=address("accessibility", **query),
        leave="",
        is_sent=is_sent,
        is_test=is_test,
    )
