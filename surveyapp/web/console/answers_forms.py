"""What a researcher sends about open answers: codes, changes of a frame, a reason, words to release."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_wtf import FlaskForm
from wtforms import FileField, StringField, TextAreaField, ValidationError
from wtforms.validators import AnyOf

from surveyapp.instrument.coding import CANNOT_BE_CODED, Frame
from surveyapp.instrument.frame_changes import LONGEST_DESCRIPTION, LONGEST_LABEL
from surveyapp.reports.quotations import LONGEST
from surveyapp.web.languages import translate

LONGEST_REASON = 200
LONGEST_PART = 8000


def _trimmed(value: str | None) -> str:
    return " ".join((value or "").split())


class CodesForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF carries no types
    """The codes of one answer; ``suggested`` are those that were shown as suggestions."""

    answer = StringField(filters=[lambda typed: (typed or "")[:32]])
    suggested = StringField(filters=[lambda typed: (typed or "")[:200]])

    def codes(self) -> list[int]:
        """The codes that were ticked."""
        return _numbers(request.form.getlist("code"))

    def shown(self) -> list[int]:
        """The codes that were suggested."""
        return _numbers((self.suggested.data or "").split(","))


def _numbers(typed: list[str]) -> list[int]:
    return [int(one) for one in typed if one.isascii() and one.isdigit() and len(one) < 6]


class ReasonForm(FlaskForm):  # type: ignore[misc]
    """Why figures change; it is listed with the wave and stands in its book."""

    reason = StringField(filters=[_trimmed])

    def validate_reason(self, field: Any) -> None:
        """Refuse none, or a long one."""
        if not field.data or len(field.data) > LONGEST_REASON:
            raise ValidationError(translate("Say in at most %(most)s characters why.", most=LONGEST_REASON))


class FrameForm(FlaskForm):  # type: ignore[misc]
    """One change to a code frame; labels and descriptions in every language of the study."""

    number = StringField()

    def __init__(self, languages: tuple[str, ...]) -> None:
        super().__init__()
        self._languages = languages

    @property
    def expected(self) -> int:
        """The version of the frame that the page showed."""
        return (_numbers([self.number.data or ""]) or [0])[0]

    @property
    def code(self) -> int:
        """The code that is changed."""
        return (_numbers([request.form.get("code", "")]) or [CANNOT_BE_CODED])[0]

    @property
    def into(self) -> int:
        """The code it is merged into."""
        return (_numbers([request.form.get("into", "")]) or [CANNOT_BE_CODED])[0]

    def label(self, part: str = "label") -> dict[str, str]:
        """A label by language; empty where nothing was typed in one of them."""
        found = {one: _trimmed(request.form.get(f"{part}-{one}"))[:LONGEST_LABEL] for one in self._languages}
        return found if all(found.values()) else {}

    def description(self) -> dict[str, str]:
        """A description by language."""
        names = ((one, f"description-{one}") for one in self._languages)
        return {one: _trimmed(request.form.get(name))[:LONGEST_DESCRIPTION] for one, name in names}

    def labels(self) -> list[dict[str, str]]:
        """The labels of the parts of a code that is split."""
        return [label for part in range(1, 5) if (label := self.label(f"part{part}"))]


class NewFrameForm(FlaskForm):  # type: ignore[misc]
    """A code frame that begins on the console: the name and label of its variable, and two codes."""

    variable = StringField(filters=[_trimmed])

    def validate_variable(self, field: Any) -> None:
        """Refuse what is no name."""
        name = field.data or ""
        is_name = name.isascii() and name.replace("_", "a").isalnum() and name[:1].islower() and name == name.lower()
        if not is_name or not 2 <= len(name) <= 32:
            raise ValidationError(
                translate("A name has 2 to 32 small letters, digits and underscores, and begins with a letter.")
            )


class QuoteForm(FlaskForm):  # type: ignore[misc]
    """The words of a quotation as they are released."""

    words = TextAreaField(filters=[lambda typed: (typed or "")[:LONGEST_PART].strip()])

    def validate_words(self, field: Any) -> None:
        """Refuse none, or too many."""
        if not field.data:
            raise ValidationError(translate("Type the words that are released."))
        if len(field.data) > LONGEST:
            raise ValidationError(translate("A quotation has at most %(most)s characters.", most=LONGEST))


class ReadersForm(FlaskForm):  # type: ignore[misc]
    """Which accounts may read open answers."""

    def accounts(self) -> list[str]:
        """The accounts that were ticked."""
        return request.form.getlist("reader")[:500]


class CodingFileForm(FlaskForm):  # type: ignore[misc]
    """A workbook with codes of one's own."""

    file = FileField()

    def validate_file(self, field: Any) -> None:
        """Refuse no file at all."""
        if not getattr(field.data, "filename", ""):
            raise ValidationError(translate("Choose a file first."))


class SeatForm(FlaskForm):  # type: ignore[misc]
    """A place of one of the two coders."""

    seat = StringField(validators=[AnyOf(("1", "2"))])


def choices_of(frame: Frame, language: str) -> list[tuple[int, str, str]]:
    """The codes that can be given: number, label, description."""
    return [
        (one.code, one.label[language], one.description[language] if one.description else "") for one in frame.in_use
    ]
