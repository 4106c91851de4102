"""The personal link: arriving by it.

Mail scanners follow links, so opening one changes nothing; a button does. What is unknown, replaced, withdrawn or
closed gets one and the same answer. After the first press the link stands in no address any more, and no page that
bears it passes it on: of its address a browser may tell the next page the host alone.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from flask import Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from surveyapp import clock
from surveyapp.catalogues import LANGUAGES
from surveyapp.fieldwork import interviews, personal_links
from surveyapp.fieldwork.arrivals import count_arrival
from surveyapp.fieldwork.personal_links import Invitation
from surveyapp.fieldwork.waves import WaveInfo
from surveyapp.instrument.model import Instrument
from surveyapp.storage.throttle import Turn
from surveyapp.web import languages
from surveyapp.web.respondent import interview as visit
from surveyapp.web.respondent import parting, visits
from surveyapp.web.respondent.address_form import turn_of_network
from surveyapp.web.respondent.addresses import ADDRESSES, WaveName, address
from surveyapp.web.respondent.frames import Frame, frame, other_language
from surveyapp.web.sessions import reading_primary, secret, services, writing

DOOR = "link"
ATTEMPTS = 30
"""Unknown links from one address within the window; a link that is known starts the count anew."""
WINDOW = timedelta(minutes=10)


def guarded(page: ResponseReturnValue) -> Response:
    """A page whose address bears a link: no other page may hear it."""
    made = make_response(page)
    # Not no-referrer: over https a form without any referrer is refused.
    made.headers["Referrer-Policy"] = "strict-origin"
    made.headers["X-Robots-Tag"] = "noindex"
    return made


def relative_frame(where: str, instrument: Instrument | None = None) -> Frame:
    """The frame of a page at a link's own address, whose switch leads there again without repeating the link."""
    made = frame(instrument)
    return replace(made, other_address=where) if made.other else made


def switched() -> str:
    """Where the other language of a page at this link stands, seen from the page itself."""
    other = other_language()
    name = (request.endpoint or "").rpartition(".")[2]
    if name in ("opt_out", "unsubscribe", "remove"):
        return ADDRESSES[name][other].rpartition("/")[2]
    return f"?language={other}"


def found(token: str) -> Invitation | ResponseReturnValue:
    """What the link belongs to, or the page for a link that opens nothing.

    A known link always opens: its 128 bits are never guessed, and somebody in an office who tries others must not shut
    out the colleagues who were invited.
    """
    with reading_primary() as database:
        mine = personal_links.invitation(database, token, salt=secret())
    return mine if mine is not None else unknown_link(attempted().retry_after)


def attempted() -> Turn:
    """Count one more link that opens nothing, for this network."""
    return turn_of_network(DOOR, ATTEMPTS, WINDOW)


def unknown_link(wait: int = 0, template: str = "respondent/link_unknown.html") -> ResponseReturnValue:
    """One and the same page for every link that opens nothing; with the seconds to wait, for who tries too often."""
    page = render_template(
        template,
        frame=relative_frame(switched()),
        minutes=clock.whole_minutes(wait) if wait else 0,
        resume=address("resume"),
        home=address("home"),
    )
    return (page, 429, {"Retry-After": str(wait)}) if wait else (page, 404)


def instrument_of(mine: Invitation) -> Instrument:
    """The questionnaire of the wave the link belongs to."""
    with reading_primary() as database:
        return services().library.get(database, mine.wave.study, mine.wave.instrument_hash)


# ---------------------------------------------------------------------------------------------------------- arriving
def arrive(token: str) -> ResponseReturnValue:
    """What the study is about, in the contact's language and role; its button opens the session."""
    asked = request.args.get("language")
    if asked in LANGUAGES:
        languages.use(asked)
    mine = found(token)
    if not isinstance(mine, Invitation):
        return guarded(mine)
    if not mine.is_usable:
        return guarded(unknown_link())
    languages.use(_language(mine, asked))
    if mine.case is not None and mine.case.state in visit.ENDED:
        return guarded(_ended(mine))
    return guarded(_followed(mine, token) if request.method == "POST" else _landing(mine, token))


def _language(mine: Invitation, asked: str | None) -> str:
    """The language asked for, or the contact's own, where the study is in it."""
    offered = instrument_of(mine).languages
    return next((each for each in (asked, mine.language) if each in offered), offered[0])


def _landing(mine: Invitation, token: str) -> ResponseReturnValue:
    instrument, language = instrument_of(mine), languages.current()
    role = mine.case.role if mine.case is not None else mine.role
    known = instrument.questionnaires.get(role) if role else None
    with reading_primary() as database:
        measured = services().minutes.before(database, instrument)
    roles = [known.role] if known else list(instrument.questionnaires)
    minutes = sorted({measured.of(instrument, each) for each in roles})
    return render_template(
        "respondent/personal.html",
        frame=frame(instrument, is_test=mine.wave.state == "test"),
        study=instrument.study,
        wave=instrument.wave,
        role=instrument.role(known.role).label[language] if known else "",
        shortest=minutes[0],
        longest=minutes[-1],
        measured_in=measured.year if measured.covers(*roles) else None,
        has_begun=mine.case is not None,
        is_hidden=instrument.wave.earlier_answers != "shown",
        action=url_for("respondent.personal", token=token),
        opt_out=address("opt_out", token=token),
        is_out=mine.opted_out_on is not None,
    )


def _followed(mine: Invitation, token: str) -> ResponseReturnValue:
    """The button was pressed: from here on the link stands in the browser's session only."""
    wave, action = WaveName(mine.wave.study, mine.wave.year), request.form.get("action", "next")
    is_here = _is_here(mine)
    if not is_here:
        asked = parting.asked_first(wave) or (parting.room_for(wave) if mine.case is not None else None)
        if asked is not None:
            return asked
        if visits.key_of(wave) is None:
            visits.lose(wave)
        elif visits.link() != token:
            visits.forget(wave)
    visits.follow(wave, token, mine.source)
    if mine.opened_on is None:
        with writing() as database:
            personal_links.note_opened(database, mine)
    if action == "language":
        return redirect(address("landing", other_language(), wave=wave), 303)
    if mine.case is not None:
        return _gone_on(mine, token)
    if action == "choose" or mine.role not in instrument_of(mine).questionnaires:
        return redirect(address("landing", wave=wave), 303)
    role = str(mine.role)
    visits.choose(role)
    with writing() as database:
        count_arrival(database, wave.study, wave.year, "role_chosen", role, languages.current(), visits.source())
    return redirect(address("consent"), 303)


def _gone_on(mine: Invitation, token: str) -> ResponseReturnValue:
    """Where this person was; what was answered on another device is shown only if the wave says so."""
    is_here = _is_here(mine)  # before the case takes over the key of a link that was made anew
    with writing() as database:
        opened = personal_links.open_case(database, mine, salt=secret())
        if opened is None:
            return unknown_link()
        _, key = opened
        if is_here:
            visits.renew(key)
        go_on_with(mine.wave, key)
    with reading_primary() as database:
        return redirect(visit.current(database).going_on(), 303)


def go_on_with(wave: WaveInfo, key: str) -> None:
    """Let this browser answer a case that was there already.

    The key lets it go on; what it shows follows from what it gave itself or proves with a code (`fieldwork.givers`).
    """
    name = WaveName(wave.study, wave.year)
    visits.begin(name, key, keeps_mark=visits.key_of(name) is None)


def _is_here(mine: Invitation) -> bool:
    """Whether this browser holds the case of the invitation already."""
    key = visits.key_of(WaveName(mine.wave.study, mine.wave.year))
    if key is None or mine.case is None:
        return False
    with reading_primary() as database:
        held = interviews.load_case(database, mine.wave.study, key)
    return held is not None and held.case_id == mine.case.case_id


def _ended(mine: Invitation) -> ResponseReturnValue:
    """The questionnaire was sent: thanks, and on the device it was sent from the receipt and the answers."""
    if mine.case is not None and _is_here(mine):
        visits.arrive(WaveName(mine.wave.study, mine.wave.year), None)
        return redirect(address(visit.ENDED[mine.case.state]), 303)
    instrument = instrument_of(mine)
    return render_template(
        "respondent/link_done.html",
        frame=relative_frame(switched(), instrument),
        wave=instrument.wave,
        explanation=instrument.study.explained(languages.current()),
    )
