"""The forms of whoever manages accounts, and of somebody who chooses a password."""

from __future__ import annotations

from datetime import date
from typing import Any

from email_validator import EmailNotValidError, validate_email
from flask import request
from flask_wtf import FlaskForm
from wtforms import Form, PasswordField, StringField, ValidationError
from wtforms.validators import AnyOf

from surveyapp.catalogues import LANGUAGES
from surveyapp.errors import NotFound
from surveyapp.numerals import calendar_day, whole_number
from surveyapp.storage.accounts import ROLES
from surveyapp.storage.audit import AuditChoice
from surveyapp.web import passwords
from surveyapp.web.languages import translate


def _known(value: str | None) -> str:
    return (value or "").strip()


class InviteForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF carries no types
    """A new account: whose, and what it may do."""

    email = StringField(filters=[_known])
    role = StringField(validators=[AnyOf(tuple(ROLES))], default="viewer")
    language = StringField(validators=[AnyOf(LANGUAGES)], default="nl")

    def validate_email(self, field: Any) -> None:
        """Refuse what is no address."""
        try:
            found = validate_email(field.data[:320], check_deliverability=False, test_environment=True)
        except EmailNotValidError:
            raise ValidationError(translate("Type an e-mail address, for example name@example.org.")) from None
        field.data = found.normalized.lower()


class RoleForm(FlaskForm):  # type: ignore[misc]
    """What an account may do from now on."""

    role = StringField(validators=[AnyOf(tuple(ROLES))])


class PasswordForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF carries no types
    """A new password, twice."""

    new_password = PasswordField()
    new_password_confirm = PasswordField()

    def __init__(self, email: str, has_second_step: bool) -> None:
        super().__init__()
        self._email, self._has_second_step = email, has_second_step

    def validate_new_password(self, field: Any) -> None:
        """Refuse what is too short or easily guessed."""
        for fault in passwords.password_faults(field.data or "", self._email, has_second_factor=self._has_second_step):
            raise ValidationError(translate(fault))

    def validate_new_password_confirm(self, field: Any) -> None:
        """Refuse a second one that is another."""
        if field.data != self.new_password.data:
            raise ValidationError(translate("The two new passwords are not the same."))


class AuditForm(Form):  # type: ignore[misc]  # WTForms carries no types
    """Which entries of the audit log to show; in the address, so that a view can be passed on."""

    actor = StringField(filters=[_known])
    action = StringField(filters=[_known])
    subject = StringField(filters=[_known])
    since = StringField(filters=[_known])
    until = StringField(filters=[_known])

    def validate_since(self, field: Any) -> None:
        """Refuse what is no day."""
        _day(field.data)

    def validate_until(self, field: Any) -> None:
        """Refuse what is no day."""
        _day(field.data)

    def choice(self) -> AuditChoice:
        """What was asked for; call it when the form is valid."""
        return AuditChoice(
            actor=self.actor.data,
            action=self.action.data,
            subject=self.subject.data,
            since=_day(self.since.data),
            until=_day(self.until.data),
            before=_entry(request.args.get("before", "")),
        )


def _entry(written: str) -> int | None:
    """The number of an entry.

    Raises
    ------
    NotFound     there cannot be such an entry
    """
    found = whole_number(written)
    if found is None and written:
        raise NotFound("There is no such entry.")
    return found


def _day(written: str) -> date | None:
    if not written:
        return None
    found = calendar_day(written)
    if found is None:
        raise ValidationError(translate("Write the day as 2026-11-30."))
    return found
