"""What a researcher sends of a definition: a file, a yes, and which translations."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_wtf import FlaskForm
from wtforms import FileField, IntegerField, StringField, ValidationError

from surveyapp.fieldwork.sample_files import clean
from surveyapp.web.languages import translate

LONGEST_REASON = 200


class DefinitionForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF carries no types
    """An archive or a workbook."""

    file = FileField()

    def validate_file(self, field: Any) -> None:
        """Refuse no file at all."""
        if not getattr(field.data, "filename", ""):
            raise ValidationError(translate("Choose a file first."))


class ConfirmForm(FlaskForm):  # type: ignore[misc]
    """A yes to what was sent in, without the texts that are named, and why."""

    reason = StringField(filters=[lambda typed: clean(typed or "")])

    def validate_reason(self, field: Any) -> None:
        """Refuse a long one."""
        if len(field.data) > LONGEST_REASON:
            raise ValidationError(translate("Say it in at most %(most)s characters.", most=LONGEST_REASON))

    def left_out(self) -> frozenset[str]:
        """The keys of the texts that are not taken in."""
        return frozenset(request.form.getlist("without"))


class ApprovalForm(FlaskForm):  # type: ignore[misc]
    """The translations that were read and hold."""

    revision = IntegerField()

    def approved(self) -> list[str]:
        """Their keys."""
        return request.form.getlist("key")

    def validate_revision(self, field: Any) -> None:
        """Refuse a yes to nothing."""
        if not self.approved():
            raise ValidationError(translate("Tick at least one text."))
