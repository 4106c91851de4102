"""Numbers in addresses, read as every number from outside is."""

from __future__ import annotations

from werkzeug.routing import BaseConverter, ValidationError

from surveyapp.numerals import whole_number


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
