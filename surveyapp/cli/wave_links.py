"""``surveyapp wave links``: the open link per source and language, with QR codes."""

from __future__ import annotations

import csv
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import click

from surveyapp.cli import wave_import
from surveyapp.cli.arguments import of_wave
from surveyapp.cli.preflight import opened
from surveyapp.cli.wave import ACTOR
from surveyapp.config import Settings
from surveyapp.errors import ExportError, WrongState
from surveyapp.fieldwork.arrivals import OPEN_LINK, declare_sources, source_name
from surveyapp.fieldwork.personal_links import CONFIDENTIAL
from surveyapp.fieldwork.waves import SOURCE, landing, wave_info
from surveyapp.numerals import counted
from surveyapp.storage import audit

wave = wave_import.commands[0]

FORMER = "other"
"""How undeclared sources were counted before; such counts may stand in an older wave."""


def open_link(base_url: str, study: str, year: int, language: str, source: str | None = None) -> str:
    """The address of a wave's landing page, for a source."""
    query = f"?{urlencode({SOURCE[language]: source})}" if source else ""
    return f"{base_url.rstrip('/')}{landing(study, year, language)}{query}"


def warn_of_loopback(base_url: str) -> None:
    """Say so when links lead to this machine alone: nobody can follow those, and a QR code may be printed."""
    if urlsplit(base_url).hostname in ("127.0.0.1", "localhost", "::1"):
        click.echo(f"These links lead to this machine only ({base_url}): set SURVEYAPP_BASE_URL first.", err=True)


def read_sources(text: str) -> tuple[str, ...]:
    """The names in a list with commas. Raises ExportError: a name would not be counted as it is written."""
    names = tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
    for name in names:
        if source_name(name) != name or name in (OPEN_LINK, FORMER):
            raise ExportError(
                f"{name[:40]!a} cannot be a source: use small letters, digits and hyphens, at most 32, "
                f"and neither {OPEN_LINK} nor {FORMER}."
            )
    if not names:
        raise ExportError("Name at least one source, for example --sources newsletter,partner.")
    return names


@wave.command("links")
@of_wave
@click.option("--sources", required=True, help="Names with commas: newsletter,partner.")
@click.option("--out", "folder", required=True, type=click.Path(file_okay=False, path_type=Path), help="Folder.")
def links(study: str, year: int, sources: str, folder: Path) -> None:
    """Write the open link of STUDY YEAR per source and language, with a QR code as SVG and PNG.

    That declares the sources: a link that names any other counts as the open link, and its name is never kept.
    """
    from surveyapp.exports.qr_codes import write_qr_code

    settings = Settings()
    names = read_sources(sources)
    database = opened(settings)
    with database, database.read() as session:
        info = wave_info(session, study, year)
    if info.mode == CONFIDENTIAL:
        raise WrongState(
            f"{study} {year} is confidential: nobody can begin in it without a personal link. "
            f"Invite people by name: surveyapp contact import FILE {study} {year}"
        )
    with database, database.write() as session:
        fresh = declare_sources(session, study, year, names)
        if fresh:
            audit.add(session, ACTOR, "wave.sources", f"{study} {year}", {"sources": list(fresh)})
    folder.mkdir(parents=True, exist_ok=True)
    lines = [
        (source, language, open_link(settings.base_url, study, year, language, source))
        for source in names
        for language in SOURCE
    ]
    with (folder / "links.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(("source", "language", "link"))
        writer.writerows(lines)
    for source, language, address in lines:
        write_qr_code(address, folder, f"{source}-{language}")
        click.echo(f"{source:24} {language}  {address}")
    click.echo(f"{counted(len(lines), 'link', 'links')} written to {folder}, with QR codes")
    warn_of_loopback(settings.base_url)


commands = (wave,)
