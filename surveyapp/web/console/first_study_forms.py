"""What a researcher sends in for a first study: a file, what it is called, and what a workbook does not hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from flask_wtf import FlaskForm
from wtforms import FileField, SelectField, StringField, ValidationError

from surveyapp import clock
from surveyapp.catalogues import LANGUAGES
from surveyapp.fieldwork.sample_files import clean
from surveyapp.fieldwork.study_proposals import STUDY_NAME, TAKEN
from surveyapp.numerals import whole_number
from surveyapp.web.console.frame import language_name
from surveyapp.web.console.settings_forms import (
    FURTHEST,
    LONGEST_REMARK,
    LONGEST_TITLE,
    SettingsForm,
)
from surveyapp.web.languages import current, translate

LONGEST_INTRODUCTION = 600


class StudyUploadForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF carries no types
    """A spreadsheet form with a name and a year, or the archive of a study."""

    file = FileField()
    study = StringField(filters=[lambda typed: clean(typed or "")])
    year = StringField(filters=[lambda typed: clean(typed or "")])
    language = SelectField()

    def __init__(self) -> None:
        super().__init__(data={"language": current()})
        self.language.choices = [(language, language_name(language)) for language in LANGUAGES]

    def validate_file(self, field: Any) -> None:
        """Refuse no file at all."""
        if not getattr(field.data, "filename", ""):
            raise ValidationError(translate("Choose a file first."))

    def validate_study(self, field: Any) -> None:
        """Refuse what is no name for a study."""
        if field.data and (not STUDY_NAME.fullmatch(field.data) or field.data in TAKEN):
            raise ValidationError(translate("Use small letters, digits and hyphens, and begin with a letter."))

    def validate_year(self, field: Any) -> None:
        """Refuse what is no year of fieldwork."""
        year = whole_number(field.data or "0")
        if field.data and (year is None or not 2000 <= year <= clock.today().year + FURTHEST):
            raise ValidationError(translate("Type a year, for example %(year)s.", year=clock.today().year))

    def has_names(self) -> bool:
        """Whether it says what a spreadsheet form does not: what the study is called, and its year."""
        if not self.study.data:
            self.study.errors = [translate("Give the study a short name: a spreadsheet form does not say it.")]
        if not self.year.data:
            self.year.errors = [translate("Give the year of the first wave: a spreadsheet form does not say it.")]
        return bool(self.study.data and self.year.data)


class StudySettingsForm(SettingsForm):
    """The settings of a first wave, of which some must be there before anything can be made."""

    may_lack: ClassVar[frozenset[str]] = frozenset()

    def validate_kept_until(self, field: Any) -> None:
        """Refuse none besides: the privacy page cannot do without."""
        super().validate_kept_until(field)
        if not field.data:
            raise ValidationError(translate("Fill this in: respondents read until when their answers are kept."))


class FormSettingsForm(StudySettingsForm):
    """The same where a spreadsheet form was sent in, which has no words to begin with either."""

    parts: ClassVar[Mapping[str, int]] = {
        "title": LONGEST_TITLE,
        "introduction": LONGEST_INTRODUCTION,
        "country": LONGEST_REMARK,
        "payer": LONGEST_REMARK,
    }
