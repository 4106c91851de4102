"""Arguments that many commands take."""

from __future__ import annotations

import click

from surveyapp.numerals import YEARS

YEAR = click.IntRange(YEARS.start, YEARS.stop - 1)
"""The year of a wave; a number that is none is refused by name, before any database is asked for it."""
