"""What a researcher sends to put right what somebody counts as, and the page that asks it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_wtf import FlaskForm
from wtforms import SelectField, StringField, ValidationError

from surveyapp.fieldwork.deciding import choices
from surveyapp.fieldwork.dispositions import Disposition
from surveyapp.fieldwork.participation import Participation
from surveyapp.fieldwork.sample_files import clean
from surveyapp.web.console.case_page import Decision
from surveyapp.web.console.record_list import disposition_name
from surveyapp.web.console.sample_forms import LONGEST_REASON
from surveyapp.web.languages import translate


class DispositionForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF carries no types
    """What somebody counts as from now on, and why."""

    disposition = SelectField()
    reason = StringField(filters=[lambda value: clean(value or "")])

    def __init__(self, record: Participation) -> None:
        super().__init__()
        asked = [(str(one), disposition_name(one)) for one in choices(record)]
        self.disposition.choices = [("", translate("choose")), *asked]

    def validate_disposition(self, field: Any) -> None:
        """Refuse none."""
        if not field.data:
            raise ValidationError(translate("Choose what became of this person."))

    def validate_reason(self, field: Any) -> None:
        """Refuse none, a long one, or an address in it."""
        if not field.data:
            raise ValidationError(translate("Say in a few words how you know."))
        if len(field.data) > LONGEST_REASON:
            raise ValidationError(translate("Say it in at most %(most)s characters.", most=LONGEST_REASON))
        if "@" in field.data:
            raise ValidationError(translate("Name no address and no name: colleagues read what is typed here."))

    @property
    def chosen(self) -> Disposition:
        """What was chosen, after it was validated."""
        return Disposition(self.disposition.data)


@dataclass(frozen=True, slots=True)
class DispositionPage:
    """The page that asks it, of a contact or of a case."""

    found: str
    decision: Decision | None
    may_decide: bool
    back: str
    back_name: str
    trail: tuple[tuple[str, str | None], ...]
