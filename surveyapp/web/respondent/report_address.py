"""An address left after sending: for the report, or for what somebody ticked in the questionnaire.

One form on two pages, the receipt and a comparison that has nothing to show yet. The address goes into its own table
in a transaction of its own. Ticked wishes can always be answered; the report is offered to everybody where mail can be
sent.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import redirect, request
from flask.typing import ResponseReturnValue

from surveyapp.instrument.model import VariableType
from surveyapp.storage import report_requests
from surveyapp.web import languages
from surveyapp.web.respondent import visits
from surveyapp.web.respondent.address_form import AddressForm, can_mail, turn_of_network, typed_address
from surveyapp.web.respondent.interview import Interview
from surveyapp.web.sessions import writing

DOOR = "report-address"
MOST_ADDRESSES = 60
"""Addresses left from one network within an hour: a whole department may, a script that fills the list may not."""


@dataclass(frozen=True, slots=True)
class ReportOffer:
    """What the page shows of it."""

    wishes: tuple[str, ...]  # what was ticked; empty: the report
    form: AddressForm | None  # None: nothing to ask
    is_kept: bool


def offer(interview: Interview, action: str, form: AddressForm | None = None) -> ReportOffer:
    """The form; or that the address is kept; or nothing, when somebody said no or no mail can be sent."""
    wishes = _wishes(interview)
    left = visits.address_left()
    if form is None and left is None and (wishes or can_mail()):
        form = AddressForm(action)
    return ReportOffer(tuple(label for _, label in wishes), form, left == "kept")


def left(interview: Interview, action: str) -> AddressForm | ResponseReturnValue:
    """Keep the address that was typed, or that somebody wants none kept; or the form again, with what is wrong."""
    wishes = _wishes(interview)
    back = redirect(action, 303)
    if visits.address_left() is not None or not (wishes or can_mail()):
        return back
    if request.form.get("action") == "no":
        visits.leave_address("none")
        return back
    typed, email = typed_address()
    if email is None:
        return AddressForm(action, typed, is_wrong=True)
    turn = turn_of_network(DOOR, MOST_ADDRESSES)
    if not turn.allowed:
        return AddressForm(action, typed, wait=turn.retry_after)
    with writing() as database:
        case, language = interview.case, languages.current()
        report_requests.add(database, case.study, case.year, email, language, [code for code, _ in wishes])
    visits.leave_address("kept")
    return back


def _wishes(interview: Interview) -> list[tuple[int, str]]:
    """What somebody ticked on a question that is stored apart: code and label; "no" is no wish."""
    language = languages.current()
    found_wishes: list[tuple[int, str]] = []
    for name, codes in visits.kept_apart().items():
        variable = interview.instrument.variables.get(name)
        if variable is None or variable.type is not VariableType.MULTIPLE or not isinstance(codes, list):
            continue
        found_wishes += [
            (category.code, category.label[language])
            for category in variable.categories
            if category.code in codes and not category.exclusive
        ]
    return found_wishes
