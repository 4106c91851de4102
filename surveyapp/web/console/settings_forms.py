"""What a researcher types of a wave: which one a new one is made of, and everything that is set of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar

from flask import request
from flask_wtf import FlaskForm
from wtforms import IntegerField, RadioField, SelectField, StringField, ValidationError

from surveyapp import clock
from surveyapp.fieldwork.arrivals import OPEN_LINK, source_name
from surveyapp.fieldwork.sample_files import clean
from surveyapp.fieldwork.sample_review import normal_address
from surveyapp.fieldwork.targets import HIGHEST
from surveyapp.instrument.model import Instrument
from surveyapp.numerals import calendar_day, whole_number
from surveyapp.web.console.frame import language_name
from surveyapp.web.languages import translate

LONGEST_TITLE, LONGEST_LINE, LONGEST_REMARK = 120, 200, 400
FURTHEST = 20
"""Years ahead for which a wave can be made or answers be kept."""
WANTED = "target-"
PROMISED = "minutes-"
MOST_LINK_DAYS, MOST_MINUTES = 90, 180
_DAY = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})")
_MONTH = re.compile(r"(\d{1,2})[-/. ](\d{4})")
MODES = ("confidential", "anonymous")
ORGANISATION = {"name": "name", "contact": "contact", "email": "email", "telephone": "telephone", "postal": "address"}
"""Who runs the study: name of the field → key in study.yaml."""


def _known(value: str | None) -> str:
    return clean(value or "")


class NewWaveForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF carries no types
    """Which wave to begin with, and the year of the new one."""

    earlier = SelectField()
    year = StringField(filters=[_known])

    def __init__(self, years: tuple[int, ...], taken: frozenset[int]) -> None:
        super().__init__(data={"earlier": str(years[0]), "year": str(max(taken) + 1)})
        self.earlier.choices = [(str(year), str(year)) for year in years]
        self._taken = taken

    def validate_year(self, field: Any) -> None:
        """Refuse what is no year, one that is there, and one that does not come after."""
        year = whole_number(field.data)
        if year is None or not 2000 <= year <= clock.today().year + FURTHEST:
            raise ValidationError(translate("Type a year, for example %(year)s.", year=max(self._taken) + 1))
        if year in self._taken:
            raise ValidationError(translate("There is a wave of %(year)s already.", year=year))
        earlier = whole_number(self.earlier.data)
        if earlier is not None and year <= earlier:
            raise ValidationError(translate("Choose a year after %(year)s.", year=earlier))


class SettingsForm(FlaskForm):  # type: ignore[misc]
    """The settings of a wave. Texts per language and targets per role have fields of their own names."""

    opens = StringField(filters=[_known])
    closes = StringField(filters=[_known])
    report_on = StringField(filters=[_known])
    kept_until = StringField(filters=[_known])
    link_days = StringField(filters=[_known])
    mode = RadioField()
    earlier_answers = RadioField()
    why_stopped = RadioField()
    name = StringField(filters=[_known])
    contact = StringField(filters=[_known])
    email = StringField(filters=[_known])
    telephone = StringField(filters=[_known])
    postal = StringField(filters=[_known])
    reason = StringField(filters=[_known])
    revision = IntegerField()
    parts: ClassVar[Mapping[str, int]] = {"title": LONGEST_TITLE, "country": LONGEST_REMARK, "payer": LONGEST_REMARK}
    """Texts that are typed in each language, and how long each may be."""
    may_lack: ClassVar[frozenset[str]] = frozenset({"country"})
    """Those that can be left empty in every language."""

    def __init__(self, instrument: Instrument, held: Mapping[str, Any], *, is_before_opening: bool) -> None:
        super().__init__(data=held)
        self._instrument, self._is_before_opening = instrument, is_before_opening
        self.mode.choices = [
            ("confidential", translate("Confidential: people are invited by name, with a link of their own")),
            ("anonymous", translate("Anonymous: everybody comes by the open link, and nobody is known")),
        ]
        self.earlier_answers.choices = [
            ("hidden", translate("Answers given on another device stay hidden (safest)")),
            ("shown", translate("Answers given on another device are shown")),
        ]
        self.why_stopped.choices = [
            ("not_asked", translate("Who saves for later is not asked why")),
            ("asked", translate("Who saves for later may say in a few words why")),
        ]
        if not is_before_opening:
            for field in (self.mode, self.earlier_answers, self.why_stopped):
                field.data = held[field.name]
        self.texts = {
            f"{part}-{language}": _known(request.form.get(f"{part}-{language}", held[f"{part}-{language}"]))
            for part in self.parts
            for language in instrument.languages
        }
        self.targets = {
            role: _known(request.form.get(f"{WANTED}{role}", held[f"{WANTED}{role}"]))
            for role in instrument.questionnaires
        }
        self.minutes = {
            role: _known(request.form.get(f"{PROMISED}{role}", held[f"{PROMISED}{role}"]))
            for role in instrument.questionnaires
        }
        self.faults: dict[str, str] = {}

    def validate(self, **given: Any) -> bool:
        """Look at every field; what is wrong with one stands in ``faults`` under its name, and in ``errors``."""
        is_right = super().validate(**given)
        self._look_at_texts()
        for role, typed in self.targets.items():
            if whole_number(typed or "0", most=HIGHEST) is None:
                self.faults[f"{WANTED}{role}"] = translate("Type a whole number, or leave the field empty.")
        self._look_at_minutes()
        self.faults |= {name: str(messages[0]) for name, messages in self.errors.items() if messages}
        return bool(is_right) and not self.faults

    def _look_at_texts(self) -> None:
        for part, longest in self.parts.items():
            names = [f"{part}-{language}" for language in self._instrument.languages]
            given = [name for name in names if self.texts[name]]
            for name, language in zip(names, self._instrument.languages, strict=True):
                if not self.texts[name] and (part not in self.may_lack or given):
                    said = translate("Fill this in, in %(language)s too.", language=language_name(language))
                    self.faults[name] = said
                elif len(self.texts[name]) > longest:
                    self.faults[name] = translate("Say it in at most %(most)s characters.", most=longest)

    def _look_at_minutes(self) -> None:
        """Refuse a promise that is no number, and one that nobody can keep who reads what is asked."""
        for role, typed in self.minutes.items():
            if not typed:
                continue
            minutes = whole_number(typed, most=MOST_MINUTES)
            least = max(1, (self._instrument.questionnaires[role].minutes + 1) // 2)
            if minutes is None or minutes < least:
                said = translate(
                    "Type at least %(least)s, half of what its words take to read and answer, or leave it empty.",
                    least=least,
                )
                self.faults[f"{PROMISED}{role}"] = said

    def validate_link_days(self, field: Any) -> None:
        """Refuse what is no number of days, and more than contacts are kept."""
        days = whole_number(field.data or "30", most=MOST_LINK_DAYS)
        if not days:
            raise ValidationError(translate("Type a number of days from 1 to %(most)s.", most=MOST_LINK_DAYS))

    def validate_opens(self, field: Any) -> None:
        """Refuse what is no day."""
        _require_day(field.data)

    def validate_closes(self, field: Any) -> None:
        """Refuse what is no day, and one before the opening."""
        closes, opens = _require_day(field.data), typed_day(self.opens.data)
        if closes is not None and opens is not None and closes < opens:
            raise ValidationError(translate("The closing day lies before the opening day."))

    def validate_report_on(self, field: Any) -> None:
        """Refuse what is no month, and one before the closing."""
        month, closes = typed_month(field.data), typed_day(self.closes.data)
        if field.data and month is None:
            raise ValidationError(translate("Type a month and a year, for example 3-2028."))
        if month is not None and closes is not None and month < f"{closes:%Y-%m}":
            raise ValidationError(translate("The report comes after the closing day."))

    def validate_kept_until(self, field: Any) -> None:
        """Refuse what is no year to come."""
        year = whole_number(field.data or "0")
        if field.data and (year is None or not self._instrument.wave.year <= year <= clock.today().year + 2 * FURTHEST):
            raise ValidationError(translate("Type a year from %(year)s on.", year=self._instrument.wave.year))

    def validate_name(self, field: Any) -> None:
        """Refuse nothing and what is too long."""
        _require_line(field.data)

    def validate_contact(self, field: Any) -> None:
        """Refuse nothing and what is too long."""
        _require_line(field.data)

    def validate_telephone(self, field: Any) -> None:
        """Refuse nothing and what is too long."""
        _require_line(field.data)

    def validate_postal(self, field: Any) -> None:
        """Refuse nothing and what is too long."""
        _require_line(field.data)

    def validate_email(self, field: Any) -> None:
        """Refuse what is no address."""
        if normal_address(field.data) is None:
            raise ValidationError(translate("Type an e-mail address, for example name@example.org."))

    def validate_reason(self, field: Any) -> None:
        """Refuse none once the wave has opened, and a long one."""
        if not self._is_before_opening and not field.data:
            raise ValidationError(translate("Say in a few words why; it is noted in the audit log."))
        if len(field.data) > LONGEST_LINE:
            raise ValidationError(translate("Say it in at most %(most)s characters.", most=LONGEST_LINE))


class SourceForm(FlaskForm):  # type: ignore[misc]
    """The name of one more open link."""

    source = StringField(filters=[_known])

    def validate_source(self, field: Any) -> None:
        """Refuse what would not be counted as it is written."""
        if not field.data or source_name(field.data) != field.data or field.data == OPEN_LINK:
            raise ValidationError(translate("Use small letters, digits and hyphens, at most 32 of them."))


def typed_day(typed: str) -> date | None:
    """The day that is written as 1-11-2027 or 2027-11-01; None where it is none."""
    found = _DAY.fullmatch(typed)
    return calendar_day(f"{found[3]}-{found[2]:0>2}-{found[1]:0>2}" if found is not None else typed)


def typed_month(typed: str) -> str | None:
    """The month that is written as 3-2028 or 2028-03, as it is counted (2028-03); None where it is none."""
    found = _MONTH.fullmatch(typed)
    month = f"{found[2]}-{found[1]:0>2}" if found is not None else typed
    return month if calendar_day(f"{month}-01") is not None else None


def as_typed(day: str | None) -> str:
    """A day or month as it is counted, in the way people type it."""
    return "-".join(str(int(part)) for part in reversed(day.split("-"))) if day else ""


def _require_day(typed: str) -> date | None:
    if not typed:
        return None
    found = typed_day(typed)
    if found is None or not 2000 <= found.year <= clock.today().year + FURTHEST:
        raise ValidationError(translate("Type a day as day, month and year, for example 1-11-2027."))
    return found


def _require_line(typed: str) -> None:
    if not typed:
        raise ValidationError(translate("Fill this in: respondents read it."))
    if len(typed) > LONGEST_LINE:
        raise ValidationError(translate("Say it in at most %(most)s characters.", most=LONGEST_LINE))
