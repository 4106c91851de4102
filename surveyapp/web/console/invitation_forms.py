"""What a researcher sends of a round: its texts, who gets it, when it goes, and the number that makes sure."""

from __future__ import annotations

import re
from datetime import datetime, time

from flask_wtf import FlaskForm
from wtforms import StringField, TextAreaField, ValidationError
from wtforms.validators import AnyOf

from surveyapp import clock
from surveyapp.catalogues import LANGUAGES, told
from surveyapp.errors import WrongState
from surveyapp.fieldwork import sending_days
from surveyapp.fieldwork.invitation_rounds import KINDS, Round, require_working_day
from surveyapp.fieldwork.invitation_texts import RoundText, TextFault
from surveyapp.fieldwork.recipients import Rule
from surveyapp.numerals import calendar_day, whole_number
from surveyapp.web.languages import current, translate

_HOUR = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
NOW, AT = "now", "at"
CHOICES = ("progress", "role", "segment", "language")
"""What a rule chooses by, in the order of the form."""


def _lines(typed: str | None) -> str:
    return (typed or "").replace("\r\n", "\n").replace("\r", "\n").strip()


def _line(typed: str | None) -> str:
    return " ".join((typed or "").split())


class KindForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF carries no types
    """Which kind of round is begun, for one contact alone where ``contact`` names one."""

    kind = StringField(validators=[AnyOf(KINDS)])
    contact = StringField(filters=[lambda typed: (typed or "").strip()[:36]])


class TextForm(FlaskForm):  # type: ignore[misc]
    """The subject and the text of a round in each language."""

    subject_nl = StringField(filters=[_line])
    text_nl = TextAreaField(filters=[_lines])
    subject_en = StringField(filters=[_line])
    text_en = TextAreaField(filters=[_lines])

    @classmethod
    def of(cls, asked: Round) -> TextForm:
        """The form as it stands before anybody typed."""
        held: dict[str, str] = {}
        for language, one in asked.texts.items():
            held |= {f"subject_{language}": one.subject, f"text_{language}": one.text}
        return cls(data=held)

    def texts(self, asked: Round) -> dict[str, RoundText]:
        """What was typed, in the languages of the round."""
        return {
            language: RoundText(self[f"subject_{language}"].data or "", self[f"text_{language}"].data or "")
            for language in asked.texts
        }

    def say(self, faults: tuple[TextFault, ...]) -> None:
        """Put what is wrong at its field."""
        for fault in faults:
            field = self[f"{fault.field}_{fault.language}"]
            field.errors = [*field.errors, told(fault.message, current())]

    @staticmethod
    def names(asked: Round) -> list[str]:
        """The fields of a round, in the order of the page."""
        return [f"{part}_{language}" for language in asked.texts for part in ("subject", "text")]


class RuleForm(FlaskForm):  # type: ignore[misc]
    """Who gets a round."""

    progress = StringField()
    role = StringField()
    segment = StringField()
    language = StringField()

    def rule(self, before: Rule) -> Rule:
        """What was chosen; one contact alone stays so."""
        return Rule(**{name: self[name].data or "" for name in CHOICES}, contact=before.contact)


class WhenForm(FlaskForm):  # type: ignore[misc]
    """As soon as it is confirmed, or on a day at an hour."""

    moment = StringField(validators=[AnyOf((AT, NOW))])
    day = StringField(filters=[_line])
    hour = StringField(filters=[_line])

    @classmethod
    def of(cls, asked: Round) -> WhenForm:
        """The form as it stands before anybody typed: what was saved, else the day that suits."""
        moment = clock.local(asked.send_at or sending_days.suggested(clock.now()))
        chosen = AT if asked.send_at is not None else NOW
        return cls(data={"moment": chosen, "day": moment.date().isoformat(), "hour": f"{moment:%H:%M}"})

    def send_at(self) -> datetime | None:
        """The moment that was typed; None: as soon as it is confirmed."""
        if self.moment.data == NOW:
            return None
        day = calendar_day(self.day.data) or clock.today()
        return datetime.combine(day, time.fromisoformat(self.hour.data), clock.ZONE)

    def validate_moment(self, field: StringField) -> None:
        """Refuse a holiday today."""
        if field.data == NOW:
            _refuse_holiday(clock.now())

    def validate_day(self, field: StringField) -> None:
        """Refuse what is no day, a day that is over, and a holiday."""
        if self.moment.data == NOW:
            return
        day = calendar_day(field.data)
        if day is None:
            raise ValidationError(translate("Type a day, for example %(day)s.", day=clock.today().isoformat()))
        if day < clock.today():
            raise ValidationError(translate("This day is over; choose a later one."))
        _refuse_holiday(datetime.combine(day, time(12), clock.ZONE))

    def validate_hour(self, field: StringField) -> None:
        """Refuse what is no hour."""
        if self.moment.data == NOW:
            return
        if not _HOUR.fullmatch(field.data):
            raise ValidationError(translate("Type an hour, for example 10:00."))


def _refuse_holiday(moment: datetime) -> None:
    try:
        require_working_day(moment)
    except WrongState as refused:
        raise ValidationError(told(refused, current())) from None


class CountForm(FlaskForm):  # type: ignore[misc]
    """The number of people, typed by who is sure."""

    count = StringField(filters=[_line])

    def number(self) -> int:
        """What was typed."""
        return whole_number(self.count.data, least=0, most=10_000_000) or 0

    def validate_count(self, field: StringField) -> None:
        """Refuse what is no number."""
        if whole_number(field.data, least=1, most=10_000_000) is None:
            raise ValidationError(translate("Type the number of people that stands above."))


class PreviewForm(FlaskForm):  # type: ignore[misc]
    """In which language a test mail goes."""

    language = StringField(validators=[AnyOf(LANGUAGES)])
