"""What a fault looks like to the team: a heading, what to do, and the way back to where one was."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue

from surveyapp.instrument.system_variables import SYSTEM_VARIABLES, labels
from surveyapp.web import languages, logs
from surveyapp.web.accounts import staff_language
from surveyapp.web.asked import MANY, legible
from surveyapp.web.console.frame import role_names
from surveyapp.web.error_pages import Fault
from surveyapp.web.languages import translate


def error_page(made: Callable[[], Fault]) -> ResponseReturnValue:
    """The page about a fault in the staff frame; plain data where plain data was asked for."""
    languages.use(staff_language(), "console")  # a fault may come before anybody said which language this is
    fault = made()
    heading, advice = _words(fault)
    if request.path.endswith(".json"):
        answer = current_app.json.response({"error": fault.message or advice, "nearest": list(fault.nearest)})
        answer.status_code = fault.status
        return answer
    back, back_name = _way_back(fault.status)
    page = render_template(
        "console/error.html",
        heading=heading,
        advice=advice,
        detail=fault.message if fault.message != advice else "",
        number=logs.request_number(),
        asked=_asked(fault),
        back=back,
        back_name=back_name,
        is_error=fault.status in (400, 409, 413, 415, 422),
    )
    return page, fault.status


def _words(fault: Fault) -> tuple[str, str]:
    """The heading and what to do."""
    role = role_names().get(fault.role)
    match fault.status:
        case 400 if fault.message and request.args.get("filter") and request.method == "GET":
            return (
                translate("This filter cannot be used"),
                translate("What you typed stands below. Nothing of it was left out."),
            )
        case 400 if fault.message:
            return (
                translate("This cannot be shown as asked"),
                translate("Something in the address does not exist or does not fit. Nothing was left out."),
            )
        case 400:
            return (
                translate("This request cannot be read"),
                translate("Nothing was changed. Go back, reload the page and try again."),
            )
        case 403 if fault.message:
            return translate("This group is not shown to your role"), fault.message
        case 403:
            advice = (
                translate("This takes the role of %(role)s. Whoever manages accounts can give it to you.", role=role)
                if role
                else translate("This request did not come from a page of this site, so nothing was done.")
            )
            return translate("You may not do this"), advice
        case 404:
            return (
                translate("This page does not exist"),
                fault.message or translate("Check the address, or start from the studies."),
            )
        case 405:
            return translate("This cannot be done here"), translate("Go back and use the buttons on the page.")
        case 409:
            return (
                translate("This cannot be done now"),
                fault.message or translate("Something changed in the meantime. Go back and look again."),
            )
        case 413:
            return (
                translate("This is too large"),
                translate("What was sent is larger than we can take. Nothing was stored."),
            )
        case 415:
            return (
                translate("This request cannot be read"),
                translate("It was not sent by a form of this site. Nothing was stored."),
            )
        case 429 if fault.message:
            return translate("This cannot be done now"), fault.message
        case 429:
            return translate("Too many attempts"), translate("Wait a minute and try again.")
        case 503:
            return translate("The database is busy"), translate("Try again in a moment. What is saved is safe.")
        case status if status < 500:
            return (
                translate("This request cannot be read"),
                translate("Nothing was changed. Go back, reload the page and try again."),
            )
        case _:
            return translate("Something went wrong on our side"), translate("Please try again in a minute.")


@dataclass(frozen=True, slots=True)
class Asked:
    """One part of an address that cannot be shown, to be mended where it stands."""

    name: str
    label: str
    value: str


def _asked(fault: Fault) -> tuple[Asked, ...]:
    """What was asked for, when it was asked in the address and does not fit; nothing typed is lost."""
    if fault.status != 400 or not fault.message or request.method != "GET":
        return ()
    names = {
        **labels(tuple(SYSTEM_VARIABLES), languages.current()),
        "filter": translate("Filter"),
        "pick": translate("Filter on"),
        "codes": translate("is any of"),
        "by": translate("Break down by"),
        "state": translate("Status"),
        "page": translate("Page"),
        "started": translate("Begun"),
        "sent": translate("Sent"),
        "draw": translate("Blocks drawn"),
        "tongues": translate("Language"),
        "width": translate("Width"),
    }
    return tuple(
        Asked(legible(name), names.get(name, legible(name[:40])), legible(value))
        for name, values in request.args.lists()
        if name not in ("_part", "version")
        # Of what may stand there once, one field: with two, the address could not be mended in the form.
        for value in (values if name in MANY else [next(filter(None, values), "")])
    )


def _way_back(status: int) -> tuple[str, str]:
    """Where somebody came from, or what they asked without what does not fit; otherwise the studies."""
    came = urlsplit(request.referrer or "")
    here = request.full_path.rstrip("?")
    if came.netloc == request.host and came.path.startswith("/") and not came.path.startswith("//"):
        there = f"{came.path}?{came.query}" if came.query else came.path
        if there != here:
            return there, translate("Back to where you were")
        if request.method != "GET":
            return there, translate("Back to the form")
    if status == 400 and request.method == "GET" and request.args and not request.path.endswith(".json"):
        return request.path, translate("The same page without the filter")
    return url_for("console.studies"), translate("To the studies")
