"""What a researcher sends of the sample: a file, a contact's data, a reason."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_wtf import FlaskForm
from wtforms import FileField, SelectField, StringField, ValidationError

from surveyapp.fieldwork.sample_columns import FIELDS, LONGEST
from surveyapp.fieldwork.sample_files import clean
from surveyapp.fieldwork.sample_review import normal_address
from surveyapp.fieldwork.targets import HIGHEST
from surveyapp.numerals import whole_number
from surveyapp.web.console.frame import WaveFrame, language_name, value_name
from surveyapp.web.console.sample_words import field_names
from surveyapp.web.languages import translate

LONGEST_REASON = 200
WANTED = "wanted:"
"""With this begins the name of a target's field; the role and the segment follow."""


def _known(value: str | None) -> str:
    return clean(value or "")


TAKES = ("q", "role", "segment", "source", "standing", "sort", "part")
"""What the address of the list of contacts can hold."""


class UploadForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF carries no types
    """A list of contacts."""

    file = FileField()

    def validate_file(self, field: Any) -> None:
        """Refuse no file at all."""
        if not getattr(field.data, "filename", ""):
            raise ValidationError(translate("Choose a file first."))


class ColumnsForm(FlaskForm):  # type: ignore[misc]
    """What each column of a list holds."""

    def chosen(self, columns: int) -> tuple[str | None, ...]:
        """The field of each column; None: none that is read."""
        return tuple(request.form.get(f"column-{at}") or None for at in range(columns))


class ContactForm(FlaskForm):  # type: ignore[misc]
    """What is known of one contact."""

    email = StringField(filters=[_known])
    name = StringField(filters=[_known])
    role = SelectField()
    language = SelectField()
    segment = StringField(filters=[_known])
    organisation = StringField(filters=[_known])

    def __init__(self, wave: WaveFrame, row: Any) -> None:
        instrument = wave.instrument
        super().__init__(data={name: getattr(row, name) or "" for name in FIELDS})
        roles = [(role, value_name(instrument, "role", role)) for role in instrument.questionnaires]
        self.role.choices = [("", translate("chooses at the beginning")), *roles]
        self.language.choices = [(one, language_name(one)) for one in instrument.study.languages]
        self._row = row

    def validate_email(self, field: Any) -> None:
        """Refuse what is no address."""
        found = normal_address(field.data)
        if found is None:
            raise ValidationError(translate("Type an e-mail address, for example name@example.org."))
        field.data = found

    def validate_name(self, field: Any) -> None:
        """Refuse what is too long."""
        _require_short("name", field.data)

    def validate_segment(self, field: Any) -> None:
        """Refuse what is too long."""
        _require_short("segment", field.data)

    def validate_organisation(self, field: Any) -> None:
        """Refuse what is too long."""
        _require_short("organisation", field.data)

    def values(self) -> dict[str, str | None]:
        """What was typed, as it is kept; the role of somebody who began is not asked."""
        found = {name: getattr(self, name).data or None for name in FIELDS if hasattr(self, name)}
        return {**found, "role": self._row.role} if self._row.has_begun else found


def _require_short(name: str, typed: str) -> None:
    if len(typed) > LONGEST[name]:
        raise ValidationError(
            translate("%(field)s can have %(most)s characters.", field=field_names()[name], most=LONGEST[name])
        )


class ReasonForm(FlaskForm):  # type: ignore[misc]
    """Why something is done to a contact; it stays in the audit log, where no address may stand."""

    reason = StringField(filters=[_known])

    def validate_reason(self, field: Any) -> None:
        """Refuse none, a long one, or an address in it."""
        if not field.data:
            raise ValidationError(translate("Say in a few words why; it is noted in the audit log."))
        if len(field.data) > LONGEST_REASON:
            raise ValidationError(translate("Say it in at most %(most)s characters.", most=LONGEST_REASON))
        if "@" in field.data:
            raise ValidationError(translate("Name no address: the audit log keeps what is typed here for good."))


class TargetsForm(FlaskForm):  # type: ignore[misc]
    """The grid of targets: a number for each role, and for each segment within it."""

    wrong: tuple[str, ...] = ()

    def wanted(self) -> dict[tuple[str, str], int]:
        """What was typed by role and segment; an empty field is 0. ``wrong`` names the fields that hold no number."""
        found: dict[tuple[str, str], int] = {}
        wrong = []
        for name, typed in request.form.items():
            if not name.startswith(WANTED):
                continue
            role, _, segment = name.removeprefix(WANTED).partition(":")
            number = whole_number(typed.strip() or "0", most=HIGHEST)
            if number is None:
                wrong.append(name)
            else:
                found[role, segment] = number
        self.wrong = tuple(wrong)
        return found
