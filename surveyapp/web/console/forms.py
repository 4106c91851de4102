"""What a person of the team can send besides accounts and filters: a look, a language, the year that makes sure."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import BooleanField, StringField, ValidationError
from wtforms.validators import AnyOf

from surveyapp.catalogues import LANGUAGES
from surveyapp.web.languages import translate

THEMES = ("", "light", "dark")
"""How the console looks: as the device does, or one of two."""


class LookForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF carries no types
    """Light or dark."""

    theme = StringField(validators=[AnyOf(THEMES)])


class DailyMailForm(FlaskForm):  # type: ignore[misc]
    """Whether somebody wants the daily mail; a box that is not ticked sends nothing."""

    wanted = BooleanField()


class LanguageForm(FlaskForm):  # type: ignore[misc]
    """In which language the console or a file speaks; ``next`` is the page to go on with."""

    language = StringField(validators=[AnyOf(LANGUAGES)])
    next = StringField()


class FileForm(LanguageForm):
    """A file that is asked for: its language, and by which weighting its figures are; empty: as the study says."""

    weight = StringField(filters=[lambda typed: (typed or "").strip()[:64]])


class YearForm(FlaskForm):  # type: ignore[misc]
    """The year of the wave, typed by who is sure."""

    year_typed = StringField(filters=[lambda typed: (typed or "").strip()[:20]])

    def __init__(self, year: int) -> None:
        super().__init__()
        self._year = year

    def validate_year_typed(self, field: StringField) -> None:
        """Refuse another year."""
        if field.data != str(self._year):
            raise ValidationError(translate("This is not the year of this wave. Type %(year)s.", year=self._year))
