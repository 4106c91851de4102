"""An address left after sending: for the report, or for what somebody ticked in the questionnaire.

One form on two pages, the receipt and a comparison that has nothing to show yet. The address goes into its own table
in a transaction of its own. Ticked wishes can always be answered; the report is offered to everybody where mail can be
sent. The browser in which it was left can correct it and take it back until the wave closes: its cookie holds a secret
that leads to the address and to nothing else, and which the server keeps nowhere beside the case.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import redirect, request
from flask.typing import ResponseReturnValue

from surveyapp.instrument.model import Category, Shape, Variable
from surveyapp.storage import report_requests
from surveyapp.storage.keys import new_secret
from surveyapp.web import languages
from surveyapp.web.respondent import apart
from surveyapp.web.respondent.address_form import AddressForm, admitted_address, can_mail, is_address
from surveyapp.web.respondent.interview import Interview
from surveyapp.web.sessions import reading_primary, writing

DOOR = "report-address"
MOST_ADDRESSES = 60
"""Addresses left from one network within an hour: a whole department may, a script that fills the list may not."""


@dataclass(frozen=True, slots=True)
class ReportOffer:
    """What the page shows of it."""

    wishes: tuple[str, ...]  # what was ticked; empty: the report
    form: AddressForm | None  # to leave an address, or another in its place; None: nothing to ask
    left: str = ""  # "kept", "gone" (taken back) or nothing
    shown: str = ""  # the address that is kept, to be read over; empty where nobody can tell any more which one it is


def offer(interview: Interview, action: str, form: AddressForm | None = None) -> ReportOffer:
    """The form; or the address that is kept; or nothing, when somebody said no or no mail can be sent.

    A slip in an address is nowhere else noticed, so it is shown whole once, where it was just typed. Later only as much
    of it stands there as its owner needs: whoever sits at this browser by then may be somebody else.
    """
    left = apart.address_left()
    if left == "gone":  # pressed by mistake, or on second thoughts: it can be left anew
        apart.offer_address_key()
        return ReportOffer((), form or (AddressForm(action) if can_mail() else None), left)
    if left is not None:
        email = _kept(interview)
        if email is None:
            return ReportOffer((), None, left if left != "none" else "")
        shown = email if apart.has_just_left_address() else masked(email)
        return ReportOffer((), form or AddressForm(action), left, shown)
    wishes = _wishes(interview)
    if form is None and (wishes or typed_apart() or can_mail()):
        form = AddressForm(action, typed_apart())
    if form is not None:
        apart.offer_address_key()
    return ReportOffer(tuple(label for _, label in wishes), form)


def left(interview: Interview, action: str) -> AddressForm | ResponseReturnValue:
    """Do what was asked of the address: keep it, none, another one, or no longer; or the form again with its fault."""
    back = redirect(action, 303)
    asked, before = request.form.get("action"), apart.address_left()
    if asked == "withdraw":
        return _taken_back(interview, back)
    if asked == "change":
        return _typed(interview, action, back) if _kept(interview) is not None else back
    if before not in (None, "gone") or not (_wishes(interview) or typed_apart() or can_mail()):
        return back
    if asked == "no":
        apart.leave_address("none")
        return back
    return _typed(interview, action, back)


def _typed(interview: Interview, action: str, back: ResponseReturnValue) -> AddressForm | ResponseReturnValue:
    email, form = admitted_address(action, DOOR, MOST_ADDRESSES)
    if not email:
        return form
    # The secret was given out with the form: sent twice, it leaves one address, which this browser finds again.
    case, secret, wishes = interview.case, apart.address_key() or new_secret(), [code for code, _ in _wishes(interview)]
    with writing() as database:
        report_requests.add(database, case.study, case.year, email, languages.current(), wishes, secret)
    apart.leave_address("kept", secret)
    return back


def _taken_back(interview: Interview, back: ResponseReturnValue) -> ResponseReturnValue:
    case, secret = interview.case, apart.address_key()
    if secret:
        with writing() as database:
            is_gone = report_requests.take_back(database, case.study, case.year, secret)
        if is_gone:
            apart.leave_address("gone")
    return back


def is_found(interview: Interview) -> bool:
    """Whether the address that was left in this browser can still be corrected and taken back there."""
    return _kept(interview) is not None


def _kept(interview: Interview) -> str | None:
    """The address this browser left, while it can be told from those of others: until the wave closes."""
    secret = apart.address_key()
    if not secret:
        return None
    with reading_primary() as database:
        return report_requests.kept(database, interview.case.study, interview.case.year, secret)


def masked(email: str) -> str:
    """As much of an address as its owner needs to know it again: ``j…n@example.org``, never broken at its dots."""
    name, _, domain = email.rpartition("@")
    return f"{name[0]}\u2060…\u2060{name[-1] if len(name) > 2 else ''}@{domain}"


Wish = tuple[int | str, str]
"""What is kept with the address, and how the page names it."""


def _wishes(interview: Interview) -> list[Wish]:
    """What somebody ticked or wrote on questions that are stored apart; "no" is no wish, nor is the address itself.

    Codes are kept of the first multiple choice only: those of another question would be taken for them, so their words
    are kept instead.
    """
    language = languages.current()
    found: list[Wish] = []
    coded = next((each.name for each in _apart(interview) if each.type.shape is Shape.CHOICE), "")
    for name, value in apart.kept().items():
        variable = interview.instrument.variables.get(name)
        if variable is None or value == typed_apart():
            continue
        chosen = _chosen(variable, value)
        if name == coded:
            found += [(category.code, category.label[language]) for category in chosen]
        elif variable.categories:
            found += [(category.label[language], category.label[language]) for category in chosen]
        elif isinstance(value, str) or (isinstance(value, int | float) and value >= 0):
            found.append((f"{variable.label[language]}: {value}", f"{variable.label[language]}: {value}"))
    return found


def _apart(interview: Interview) -> list[Variable]:
    return [variable for variable in interview.instrument.variables.values() if variable.is_stored_apart]


def _chosen(variable: Variable, value: object) -> list[Category]:
    codes = value if isinstance(value, list) else [value]
    return [category for category in variable.categories if category.code in codes and not category.exclusive]


def typed_apart() -> str:
    """The address somebody gave in the questionnaire itself, to be confirmed rather than typed again; or nothing."""
    for value in apart.kept().values():
        if isinstance(value, str) and is_address(value):
            return value
    return ""
