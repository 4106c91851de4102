"""No more mail: asked on a page, done by its button or by a mail program's own (RFC 8058); can be undone.

Mail scanners follow addresses, so opening one changes nothing. The one-click post comes from a mail program without a
cookie or a page before it, and is the only one that goes without a form's token.
"""

from __future__ import annotations

from flask import redirect, render_template, request, session
from flask.typing import ResponseReturnValue

from surveyapp.fieldwork import unsubscribing
from surveyapp.fieldwork.personal_links import Invitation
from surveyapp.fieldwork.unsubscribing import Subscription
from surveyapp.web.respondent import personal
from surveyapp.web.respondent.addresses import address
from surveyapp.web.respondent.frames import frame
from surveyapp.web.security import csrf
from surveyapp.web.sessions import reading_primary, secret, services, writing

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def opt_out(token: str) -> ResponseReturnValue:
    """At the personal link: no more mail, whether or not one takes part by it."""
    is_one_click = _is_one_click()
    mine = personal.found(token)
    if not isinstance(mine, Invitation):
        return personal.guarded(mine)
    can_take_part = mine.is_usable and (mine.case is None or mine.case.is_open)
    asked_of = Subscription(mine.wave, mine.contact_id, mine.opted_out_on)
    return _answered("opt_out", token, asked_of, is_one_click, can_take_part=can_take_part)


def unsubscribe(token: str) -> ResponseReturnValue:
    """At the address every mail bears for it, which opens nothing else."""
    is_one_click = _is_one_click()
    with reading_primary() as database:
        mine = unsubscribing.subscription(database, token, salt=secret())
    if mine is None:
        return personal.guarded(
            personal.unknown_link(personal.attempted().retry_after, "respondent/unsubscribe_unknown.html")
        )
    return _answered("unsubscribe", token, mine, is_one_click)


def _is_one_click() -> bool:
    """Whether a mail program posts by itself; anything else that is posted must come from our own form."""
    is_one_click = request.method == "POST" and request.form.to_dict() == ONE_CLICK
    if request.method == "POST" and not is_one_click:
        csrf.protect()
    return is_one_click


def _answered(
    name: str, token: str, mine: Subscription, is_one_click: bool, *, can_take_part: bool = False
) -> ResponseReturnValue:
    if request.method != "POST":
        return personal.guarded(_asked(name, token, mine, can_take_part))
    is_undone = not is_one_click and request.form.get("action") == "undo"
    with writing() as database:
        if is_undone:
            unsubscribing.undo(database, mine)
        else:
            unsubscribing.opt_out(database, mine, "one-click" if is_one_click else "page")
    if is_one_click:
        return personal.guarded(("", 200))
    session["opt_out_undone"] = is_undone
    return personal.guarded(redirect(address(name, token=token), 303))


def _asked(name: str, token: str, mine: Subscription, can_take_part: bool) -> ResponseReturnValue:
    with reading_primary() as database:
        instrument = services().library.get(database, mine.wave.study, mine.wave.instrument_hash)
    return render_template(
        "respondent/opt_out.html",
        frame=frame(instrument, name, token=token),
        is_out=mine.opted_out_on is not None,
        can_take_part=can_take_part,
        is_undone=bool(session.pop("opt_out_undone", False)),
        action=address(name, token=token),
    )
