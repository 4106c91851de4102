"""What a researcher sends of the quality of answers: a deed and why."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import IntegerField, StringField, ValidationError
from wtforms.validators import AnyOf

from surveyapp.fieldwork.quality import ACTS, EXCLUDE, LONGEST_REASON
from surveyapp.web.languages import translate

TAKES = ("rule", "strength", "decision", "part")
"""What the address of the list can hold."""


class DecisionForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF carries no types
    """Exclude, keep or undo, and why; ``expected``: how many cases were shown before."""

    act = StringField(validators=[AnyOf(ACTS)])
    reason = StringField(filters=[lambda typed: (typed or "").strip()[:LONGEST_REASON]])
    expected = IntegerField()

    def __init__(self, *, is_over: bool = False) -> None:
        super().__init__()
        self._is_over = is_over

    def validate_reason(self, field: StringField) -> None:
        """Refuse what takes a reason and has none."""
        if not field.data and (self.act.data == EXCLUDE or self._is_over):
            raise ValidationError(translate("Say why; the reason stands with each of the questionnaires."))
