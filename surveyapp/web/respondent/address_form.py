"""The form that asks for an e-mail address: what was typed, how often one may ask, the answer to pressing it, and the
letter that goes at once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from http import HTTPStatus

from email_validator import EmailNotValidError, validate_email
from flask import request
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from wtforms import StringField, ValidationError

from surveyapp import clock
from surveyapp.errors import MailNotSent
from surveyapp.instrument.model import Instrument
from surveyapp.storage import throttle
from surveyapp.storage.throttle import Turn
from surveyapp.web import languages, logs
from surveyapp.web.networks import network_of_respondent
from surveyapp.web.sessions import secret, services, writing

LONGEST = 254
ATTEMPTS = 5
"""Mails that may be asked for from one network within the window."""
WINDOW = timedelta(hours=1)
RETRY_SECONDS = 60


@dataclass(frozen=True, slots=True)
class AddressForm:
    """A form that asks for an address, as ``respondent/_address_form.html`` draws it."""

    action: str  # where it goes
    typed: str = ""
    fault: str = ""  # what is wrong with what was typed, in words
    has_failed: bool = False
    wait: int = 0  # seconds; 0: one may ask

    @property
    def minutes(self) -> int:
        """The wait, in whole minutes."""
        return clock.whole_minutes(self.wait)


def answered(page: str, form: AddressForm | None) -> ResponseReturnValue:
    """The answer to who asked for the page or pressed its form: with its status, and when to come back.

    Parameters
    ----------
    form : as the page draws it; None where it has none
    """
    if form is None:
        return page
    if form.fault:
        return page, HTTPStatus.UNPROCESSABLE_ENTITY
    if form.has_failed:
        return page, HTTPStatus.SERVICE_UNAVAILABLE, {"Retry-After": str(RETRY_SECONDS)}
    if form.wait:
        return page, HTTPStatus.TOO_MANY_REQUESTS, {"Retry-After": str(form.wait)}
    return page


def can_mail() -> bool:
    """Whether mail can be sent; where it cannot, no page offers it."""
    return services().post is not None


def is_sent(kind: str, to: str, language: str, instrument: Instrument, page: str, **values: object) -> bool:
    """Send a letter at once, that leads to a page of ours; False when it did not go (why stands in the log)."""
    from surveyapp.jobs.mail import Letter

    post, study, wave = services().post, instrument.study, instrument.wave
    if post is None:
        return False
    said = {"title": wave.title[language], "address": post.base_url + page, **values}
    is_made_up = services().made_up.holds(study.id, wave.year)
    try:
        post.send_now(Letter(kind, to, language, study.organisation, said, study.explained(language), is_made_up))
    except MailNotSent as failure:
        logs.log.warning("mail", kind=kind, outcome="not sent", reason=str(failure))
        return False
    return True


def is_address(text: str) -> bool:
    """Whether this is an e-mail address and nothing else."""
    try:
        validate_email(text.strip(), check_deliverability=False)
    except EmailNotValidError:
        return False
    return True


class EmailForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF carries no types
    """An e-mail address, as it is typed on any of the pages that ask for one; ``address`` is it in small letters."""

    email = StringField(filters=[lambda typed: (typed or "").strip()[: LONGEST + 1]])
    address = ""

    def validate_email(self, field: StringField) -> None:
        """Refuse what is no address."""
        try:
            self.address = validate_email(field.data, check_deliverability=False).normalized.lower()
        except EmailNotValidError:
            raise ValidationError(
                languages.translate("Enter a full e-mail address, for example name@example.org.")
            ) from None


def typed_address(action: str) -> tuple[str, AddressForm]:
    """The address that was typed, empty when it is none; and the form again, which says so."""
    form = EmailForm()
    form.validate()
    return form.address, AddressForm(action, form.email.data, " ".join(form.email.errors))


def admitted_address(action: str, door: str, limit: int | None = None) -> tuple[str, AddressForm]:
    """As `typed_address`, with one attempt at a door counted; none too, and how long to wait, after too many."""
    email, form = typed_address(action)
    if not email:
        return "", form
    turn = turn_of_network(door, limit)
    return (email, form) if turn.allowed else ("", replace(form, wait=turn.retry_after))


def turn_of_network(door: str, limit: int | None = None, window: timedelta | None = None) -> Turn:
    """One more attempt at a door from this network; without a limit and window it is a form with an address."""
    most, within = ATTEMPTS if limit is None else limit, WINDOW if window is None else window
    network = network_of_respondent(request.remote_addr)
    with writing() as database:
        return throttle.attempt(database, door, network, limit=most, window=within, salt=secret(), grain=throttle.GRAIN)
