"""Parts of addresses, read as everything from outside is."""

from __future__ import annotations

from flask import Flask
from werkzeug.routing import BaseConverter, PathConverter, UnicodeConverter, ValidationError

from surveyapp.numerals import whole_number
from surveyapp.web.asked import UNREADABLE, legible


class WholeNumber(BaseConverter):
    """``<int:…>``, of nine digits at most: a longer one is no address of ours, and no number of a database's."""

    regex = "[0-9]+"

    def to_python(self, value: str) -> int:
        """The number."""
        found = whole_number(value)
        if found is None:
            raise ValidationError
        return found

    def to_url(self, value: int) -> str:
        """Its digits."""
        return str(int(value))


class _Legible(BaseConverter):
    """A control character is in no address of ours, and PostgreSQL takes no NUL in what it is asked for."""

    def to_python(self, value: str) -> str:
        """The text."""
        if UNREADABLE in legible(value):
            raise ValidationError
        return value


class Text(_Legible, UnicodeConverter):
    """``<…>``."""


class Path(_Legible, PathConverter):
    """``<path:…>``."""


def install(app: Flask) -> None:
    """Read each part of an address in these ways."""
    app.url_map.converters |= {"int": WholeNumber, "default": Text, "string": Text, "path": Path}
