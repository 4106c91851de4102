"""``surveyapp export``: the books and files of a wave, into a folder."""

from __future__ import annotations

import hashlib
from pathlib import Path

import click

from surveyapp.cli.arguments import of_wave
from surveyapp.cli.preflight import opened
from surveyapp.config import Settings
from surveyapp.exports.registry import EXPORTS, export_kind, gather, name_of, require_figures, version_in, write
from surveyapp.fieldwork.library import InstrumentLibrary
from surveyapp.reports.live import LiveWaves
from surveyapp.storage import audit

ACTOR = "system"
ALSO = {"codebook": ("codebook-html", "codebook-json"), "report": ("evidence",)}
"""What is written beside what was asked for."""
BESIDE = frozenset(key for keys in ALSO.values() for key in keys)


@click.command("export")
@click.argument("kind", type=click.Choice([key for key in EXPORTS if key not in BESIDE]))
@of_wave
@click.option("--lang", "language", type=click.Choice(["nl", "en"]), default="nl", show_default=True)
@click.option(
    "--out",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="Folder; made when it is not there.",
)
@click.option(
    "--weight",
    default="",
    metavar="NAME|none",
    help="Weighting of every figure: the name of a scheme, or none; absent: as the study says of its report.",
)
def export(kind: str, study: str, year: int, language: str, folder: Path, weight: str) -> None:
    """Write the KIND of file of the wave STUDY YEAR; each run gets the next version number of that folder."""
    require_figures(kind, weight)
    settings = Settings()
    with opened(settings, reads=True) as database:
        live = LiveWaves(database, InstrumentLibrary(database))
        version = next_version(folder, kind, study, year, language, weight)
        source = gather(database, live, study, year, version=version, weight=weight)
        folder.mkdir(parents=True, exist_ok=True)  # a place that cannot be written is said before the work is done
        for key in (kind, *ALSO.get(kind, ())):
            path = folder / name_of(key, source, language)
            write(key, source, path, language)
            with database.write() as session:
                audit.add(session, ACTOR, f"export.{key}", f"{study} {year}", noted(path, language, weight))
            click.echo(str(path))


def noted(path: Path, language: str, weight: str = "") -> dict[str, str]:
    """What the audit log keeps of a file that was made: its name, checksum and weighting, not where it was put."""
    chosen = {"weight": weight} if weight else {}
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return {"language": language, **chosen, "file": path.name, "sha256": digest}


def next_version(folder: Path, kind: str, study: str, year: int, language: str, weight: str = "") -> int:
    """One more than the highest version of this file that stands in the folder."""
    there = (path.name for path in folder.glob(f"*{export_kind(kind).suffix}"))
    return max((version_in(name, kind, study, year, language, weight) for name in there), default=0) + 1


commands = (export,)
