"""Mail a respondent asks for: whether it can be offered, the address as typed, how often one may ask; the code by mail.

The resume code goes at once, within the request, and nothing of it is stored: a row with the address, or a count of
what was asked for that address, would stand beside the case in time and tie the two (reliability.md, finding 2).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from email_validator import EmailNotValidError, validate_email
from flask import current_app, redirect, render_template, request, session
from flask.typing import ResponseReturnValue

from surveyapp.errors import MailNotSent
from surveyapp.fieldwork import interviews
from surveyapp.storage import throttle
from surveyapp.storage.keys import new_secret
from surveyapp.storage.throttle import Turn
from surveyapp.web import languages, logs
from surveyapp.web.respondent import visits
from surveyapp.web.respondent.addresses import address
from surveyapp.web.respondent.interview import Interview, current
from surveyapp.web.sessions import reading_primary, services, writing

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
    is_wrong: bool = False
    has_failed: bool = False
    wait: int = 0  # seconds; 0: one may ask

    @property
    def status(self) -> int:
        """The HTTP status of the page with this form."""
        return 422 if self.is_wrong else 503 if self.has_failed else 429 if self.wait else 200

    @property
    def minutes(self) -> int:
        """The wait, in whole minutes."""
        return -(-self.wait // 60)

    @property
    def headers(self) -> dict[str, str]:
        """When to come back."""
        seconds = self.wait or (RETRY_SECONDS if self.has_failed else 0)
        return {"Retry-After": str(seconds)} if seconds else {}


def can_mail() -> bool:
    """Whether mail can be sent; where it cannot, no page offers it."""
    return services().post is not None


def typed_address() -> tuple[str, str | None]:
    """What was typed, and the address it is, in small letters; None when it is none."""
    typed = request.form.get("email", "").strip()[: LONGEST + 1]
    try:
        return typed, validate_email(typed, check_deliverability=False).normalized.lower()
    except EmailNotValidError:
        return typed, None


def salt() -> str:
    """The application's secret."""
    return str(current_app.config["SECRET_KEY"])


def turn_of_network(door: str) -> Turn:
    """One more mail asked for from this network."""
    with writing() as database:
        return throttle.attempt(database, door, request.remote_addr or "", limit=ATTEMPTS, window=WINDOW, salt=salt())


# ------------------------------------------------------------------------------------------------------- the code
CODE_DOOR, ONCE_DOOR = "mail-code", "mail-once"


def saved() -> ResponseReturnValue:
    """The page that shows how to go on later: the code, a new one on request, and the code by mail."""
    if request.method != "POST":
        return _saved(None)
    return _code_mailed() if request.form.get("action") == "mail" else _new_code()


def _saved(form: AddressForm | None) -> ResponseReturnValue:
    with reading_primary() as database:
        interview = current(database)
    code = visits.shown_code()
    if form is None and code and can_mail():
        form = AddressForm(address("saved"))
    page = render_template(
        "respondent/saved.html",
        frame=interview.frame("saved"),
        code=code,
        going_on=interview.going_on(),
        wave=interview.instrument.wave,
        action=address("saved"),
        form=form,
        client_key=new_secret(),
        is_mailed=bool(session.pop("code_mailed", False)),
    )
    return page, form.status if form else 200, form.headers if form else {}


def _new_code() -> ResponseReturnValue:
    """Make a resume code for who asks for one again."""
    with writing() as database:
        interview = current(database)
        visits.show_code(interviews.make_resume_code(database, interview.case))
    return redirect(address("saved"), 303)


def _code_mailed() -> ResponseReturnValue:
    with reading_primary() as database:
        interview = current(database)
    code = visits.shown_code()
    if code is None or not can_mail():
        return redirect(address("saved"), 303)
    typed, email = typed_address()
    form = AddressForm(address("saved"), typed)
    if email is None:
        return _saved(AddressForm(form.action, typed, is_wrong=True))
    once = request.form.get("client_key", "")[:40] or new_secret()
    with writing() as database:  # of two presses one sends
        is_first = throttle.attempt(database, ONCE_DOOR, once, limit=1, window=throttle.KEPT, salt=salt()).allowed
    if is_first:
        turn = turn_of_network(CODE_DOOR)
        has_gone = turn.allowed and _sent(interview, code, email)
        if not has_gone:
            with writing() as database:
                throttle.forgive(database, ONCE_DOOR, once, salt=salt())
            return _saved(AddressForm(form.action, typed, has_failed=turn.allowed, wait=turn.retry_after))
    session["code_mailed"] = True
    return redirect(address("saved"), 303)


def _sent(interview: Interview, code: str, email: str) -> bool:
    """Send the code; False when it did not go."""
    from surveyapp.jobs.mail import Letter

    post = services().post
    if post is None:
        return False
    language, wave = languages.current(), interview.instrument.wave
    values = {
        "title": wave.title[language],
        "code": code,
        "address": post.base_url + address("resume"),
        "closes": wave.closes,
    }
    try:
        post.send_now(Letter("code", email, language, interview.instrument.study.organisation, values))
    except MailNotSent as failure:
        logs.log.warning("mail", kind="code", outcome="not sent", reason=str(failure))
        return False
    return True
