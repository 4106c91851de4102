"""Arguments that many commands take, and how faults of a file that comes in by one are told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click

from surveyapp.errors import ImportRefused
from surveyapp.numerals import YEARS

YEAR = click.IntRange(YEARS.start, YEARS.stop - 1)
"""The year of a wave; a number that is none is refused by name, before any database is asked for it."""


Command = TypeVar("Command", bound=Callable[..., Any])


def of_wave(command: Command) -> Command:
    """The arguments STUDY and YEAR of a command."""
    return click.argument("study")(click.argument("year", type=YEAR)(command))


class _YearOrNone(click.ParamType):  # type: ignore[type-arg]  # older versions of click take no argument here
    name = "year"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The year, or the word itself."""
        return value if value == "none" else YEAR.convert(value, param, ctx)


YEAR_OR_NONE = _YearOrNone()
"""The year of a wave, or ``none``."""


INCOMING = click.Path(exists=True, dir_okay=False, path_type=Path)
"""The type of an argument that names such a file; a test reads every command's arguments by it."""
MOST_TOLD = 20


@contextmanager
def refusals_of(file: Path) -> Iterator[None]:
    """Tell each fault of a file on a line of its own, and the refusal with the file's name after them."""
    try:
        yield
    except ImportRefused as refused:
        for fault in refused.faults[:MOST_TOLD]:
            where = ", ".join(part for part in (f"row {fault.row}" if fault.row else "", fault.column or "") if part)
            click.echo(f"  {f'{where}: ' if where else ''}{fault.message}", err=True)
        if len(refused.faults) > MOST_TOLD:
            click.echo(f"  … and {len(refused.faults) - MOST_TOLD} more", err=True)
        raise ImportRefused(f"{file}: {refused}", refused.faults) from None
