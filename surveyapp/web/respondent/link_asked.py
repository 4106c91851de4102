"""Asking for a personal link again. The answer is the same, and takes as long, for whoever asks about whomever."""

from __future__ import annotations

from datetime import timedelta

from flask import redirect, session
from flask.typing import ResponseReturnValue

from surveyapp.fieldwork import link_requests
from surveyapp.storage import throttle
from surveyapp.web import languages
from surveyapp.web.respondent.address_form import AddressForm, admitted_address, can_mail
from surveyapp.web.respondent.addresses import address
from surveyapp.web.sessions import reading_primary, secret, writing

NETWORK_DOOR, ADDRESS_DOOR = "mail-link", "mail-link-to"
PER_ADDRESS = 3
"""Links mailed to one address within the window, whoever asks; more are passed over in silence."""
WINDOW = timedelta(hours=12)


def is_offered() -> bool:
    """Whether anybody can have lost a link, and mail can be sent."""
    if not can_mail():
        return False
    with reading_primary() as database:
        return bool(link_requests.waves_with_links(database))


def asked() -> AddressForm | ResponseReturnValue:
    """Take the question in; or the form again, with what is wrong."""
    back = redirect(address("resume"), 303)
    if not is_offered():
        return back
    email, form = admitted_address(address("resume"), NETWORK_DOOR)
    if not email:
        return form
    with writing() as database:
        per_address = throttle.attempt(
            database, ADDRESS_DOOR, email, limit=PER_ADDRESS, window=WINDOW, salt=secret(), grain=throttle.GRAIN
        )
    if per_address.allowed:
        with writing() as database:
            link_requests.ask_for_link(database, email, languages.current())
    session["link_asked"] = True
    return back
