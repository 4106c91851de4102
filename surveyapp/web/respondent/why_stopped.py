"""The question after saving for later: why somebody stops, in their own words, where the wave asks it."""

from __future__ import annotations

from flask import redirect
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from wtforms import TextAreaField, ValidationError

from surveyapp.fieldwork.stopping import LONGEST, say, words_of
from surveyapp.web.languages import translate as _
from surveyapp.web.respondent import visits
from surveyapp.web.respondent.addresses import address
from surveyapp.web.respondent.interview import current
from surveyapp.web.sessions import writing

PLACE = "why-stopped"
"""The part of the page that the browser is led back to."""


class WhyForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF carries no types
    """What somebody says of why they stop."""

    why = TextAreaField(filters=[lambda typed: typed or ""])

    def validate_why(self, field: TextAreaField) -> None:
        """Refuse what is too long, so that its owner shortens it and not we."""
        if len(words_of(field.data)) > LONGEST:
            raise ValidationError(_("Use at most %(most)s characters.", most=LONGEST))


def kept(form: WhyForm) -> ResponseReturnValue:
    """Keep what was said and lead back to the question; what was said before is not shown again."""
    with writing() as database:
        said = say(database, current(database), form.why.data)
    visits.of_request()["said"] = said
    return redirect(f"{address('saved')}#{PLACE}", 303)


def was_said() -> str:
    """What became of what was said a moment ago (``kept``, ``gone``); told once."""
    found: str = visits.known().get("said", "")
    if "said" in visits.known():
        del visits.of_request()["said"]
    return found
