"""Arguments that many commands take."""

from __future__ import annotations

from typing import Any

import click

from surveyapp.numerals import YEARS

YEAR = click.IntRange(YEARS.start, YEARS.stop - 1)
"""The year of a wave; a number that is none is refused by name, before any database is asked for it."""


class _YearOrNone(click.ParamType):  # type: ignore[type-arg]  # older versions of click take no argument here
    name = "year"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The year, or the word itself."""
        return value if value == "none" else YEAR.convert(value, param, ctx)


YEAR_OR_NONE = _YearOrNone()
"""The year of a wave, or ``none``."""
