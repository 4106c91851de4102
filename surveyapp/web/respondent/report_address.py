"""An address left after sending: for the report, or for what somebody ticked in the questionnaire.

One form on two pages, the receipt and a comparison that has nothing to show yet. The address goes into its own table
in a transaction of its own. Ticked wishes can always be answered; the report is offered to everybody where mail can be
sent.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import redirect, request
from flask.typing import ResponseReturnValue

from surveyapp.instrument.model import Category, Variable, VariableType
from surveyapp.storage import report_requests
from surveyapp.web import languages
from surveyapp.web.respondent import visits
from surveyapp.web.respondent.address_form import AddressForm, can_mail, is_address, turn_of_network, typed_address
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
    if form is None and left is None and (wishes or typed_apart() or can_mail()):
        form = AddressForm(action, typed_apart())
    return ReportOffer(tuple(label for _, label in wishes), form, left == "kept")


def left(interview: Interview, action: str) -> AddressForm | ResponseReturnValue:
    """Keep the address that was typed, or that somebody wants none kept; or the form again, with what is wrong."""
    wishes = _wishes(interview)
    back = redirect(action, 303)
    if visits.address_left() is not None or not (wishes or typed_apart() or can_mail()):
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


Wish = tuple[int | str, str]
"""What is kept with the address, and how the page names it."""


def _wishes(interview: Interview) -> list[Wish]:
    """What somebody ticked or wrote on questions that are stored apart; "no" is no wish, nor is the address itself.

    Codes are kept of the first multiple choice only: those of another question would be taken for them, so their words
    are kept instead.
    """
    language = languages.current()
    found: list[Wish] = []
    coded = next((each.name for each in _apart(interview) if each.type is VariableType.MULTIPLE), "")
    for name, value in visits.kept_apart().items():
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
    for value in visits.kept_apart().values():
        if isinstance(value, str) and is_address(value):
            return value
    return ""
