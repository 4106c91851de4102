"""Holds the files of two versions of the program against each other, to the byte: for work that may change none.

``python -m tests.house.compare_exports make DATABASE-URL FOLDER`` makes every kind of file of every wave, in both
languages and at a clock that stands still; with the one version into one folder, with the other (over a copy of the
same database) into another. ``python -m tests.house.compare_exports compare FOLDER FOLDER`` says what differs and
where, and ends with 1 when anything does.
"""

from __future__ import annotations

import argparse
import sys
import zipfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import zip_longest
from pathlib import Path

from openpyxl import load_workbook

from surveyapp import clock
from surveyapp.catalogues import LANGUAGES
from surveyapp.exports.registry import EXPORTS, export_kind, gather, write
from surveyapp.fieldwork.library import InstrumentLibrary
from surveyapp.fieldwork.waves import wave_list
from surveyapp.reports.live import LiveWaves
from surveyapp.storage.database import Database

MOMENT = datetime(2027, 1, 4, 9, 30, tzinfo=UTC)
SHOWN = 3
"""Differences that are spelt out of each file."""


def make(url: str, folder: Path, kinds: Sequence[str] = tuple(EXPORTS)) -> None:
    """Every file of every wave in the database."""
    database = Database(url)
    try:
        with clock.stopped_at(MOMENT):
            live = LiveWaves(database, InstrumentLibrary(database))
            with database.read() as session:
                waves = [(wave.study, wave.year) for wave in wave_list(session)]
            for study, year in waves:
                source = gather(database, live, study, year)
                for kind in kinds:
                    for language in LANGUAGES:
                        path = folder / f"{study}-{year}-{kind}-{language}{export_kind(kind).suffix}"
                        write(kind, source, path, language)
    finally:
        database.close()


def differences(before: Path, after: Path) -> Iterator[str]:
    """What differs between two folders of files, the first few places of each file."""
    names = sorted({path.name for folder in (before, after) for path in folder.iterdir() if path.is_file()})
    for name in names:
        first, second = before / name, after / name
        if not (first.exists() and second.exists()):
            yield f"{name}: only in {before if first.exists() else after}"
        elif first.read_bytes() != second.read_bytes():
            found = list(_cells(first, second) if name.endswith(".xlsx") else _parts(first, second))
            yield f"{name}: {len(found)} places differ" if found else f"{name}: other bytes, the same content"
            yield from (f"  {place}" for place in found[:SHOWN])


def _cells(before: Path, after: Path) -> Iterator[str]:
    books = [load_workbook(path, read_only=True) for path in (before, after)]
    titles = list(dict.fromkeys(title for book in books for title in book.sheetnames))
    for title in titles:
        if not all(title in book.sheetnames for book in books):
            yield f"{title}: in one of them only"
            continue
        rows = (book[title].iter_rows(values_only=True) for book in books)
        for at, (first, second) in enumerate(zip_longest(*rows, fillvalue=()), 1):
            for place, (was, is_now) in enumerate(zip_longest(first, second), 1):
                if was != is_now or type(was) is not type(is_now):
                    yield f"{title}, row {at}, column {place}: {was!r} became {is_now!r}"


def _parts(before: Path, after: Path) -> Iterator[str]:
    contents = []
    for path in (before, after):
        if path.suffix == ".zip":
            with zipfile.ZipFile(path) as archive:
                contents.append({name: archive.read(name) for name in archive.namelist()})
        else:
            contents.append({path.name: path.read_bytes()})
    for name in dict.fromkeys(name for content in contents for name in content):
        lines = (content.get(name, b"").split(b"\n") for content in contents)
        for at, (was, is_now) in enumerate(zip_longest(*lines), 1):
            if was != is_now:
                yield f"{name}, line {at}: {was!r} became {is_now!r}"


def main(arguments: Sequence[str]) -> int:
    """The two commands."""
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    making = commands.add_parser("make")
    making.add_argument("url")
    making.add_argument("folder", type=Path)
    making.add_argument("--kinds", nargs="+", choices=tuple(EXPORTS), default=tuple(EXPORTS))
    comparing = commands.add_parser("compare")
    comparing.add_argument("before", type=Path)
    comparing.add_argument("after", type=Path)
    asked = parser.parse_args(arguments)
    if asked.command == "make":
        make(asked.url, asked.folder, asked.kinds)
        return 0
    found = list(differences(asked.before, asked.after))
    print("\n".join(found) or f"{len(list(asked.before.iterdir()))} files, every byte the same")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
