"""Files of the team that come in by a command: whatever is wrong with one is told with file, row and column."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from surveyapp.errors import ImportRefused

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
