"""Holds all outputs of two versions of the program against each other, to the byte: for work that may change none.

Outputs are everything with figures in it that leaves the program: tables as JSON, the console's pages with their
charts, what commands print, every kind of file, and the comparison a respondent sees; of every wave, in both languages,
for who may see cases (researcher) and for who may not (viewer, editor), at a clock that stands still.

Make them with the one version and with the other, over the same SQLite file (a copy is migrated and used; the file
stays as it is), each from the root of its own folder, and compare::

    PYTHONPATH=. python tests/house/compare_outputs.py make DATABASE AFTER
    python tests/house/compare_outputs.py compare BEFORE AFTER

A version that has not this script yet is given the path to one. ``--only tables files`` makes or compares a part,
``--reader researcher`` compares what one role gets, ``--every 5``
makes results pages of every fifth variable. ``compare`` says what differs and where, and ends with 1 when
anything does. Pages are compared by what is read and drawn on them: where tags alone differ, it says so and goes on.

``--figures`` holds of pages only the figures that are read in words and tables. Tables are held by the names of their
columns and rows, rows of sheets where they stand or went: what stands in another order is told once.

``--because FILE`` tells what is wanted from what is not: each line is a regular expression for a whole difference, two
spaces or more, and a reason. What a line explains is counted by its reason; what none explains is told. Where
two texts have the same numbers in them the difference ends in "(words alone)". The reasons of one such comparison stand
in ``outputs_of_the_grid.txt``.

Which answers of an open wave are published
is drawn by lot at the first look: let ``look DATABASE`` have it done once in the file itself, or every making draws
anew.

A variable is shown by all banners of the plan and all named filters alone; of pairs of banners, of free filters, and of
reader and language of a page with a banner each variable gets its turn, the same in every making. Taken out of pages
are tokens against forgery, numbers of faults, and what changes with style sheets and scripts (their addresses, the ids
of charts).
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import json
import re
import sys
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from html.parser import HTMLParser
from itertools import groupby, zip_longest
from operator import itemgetter
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

PARTS = ("tables", "results", "charts", "pages", "commands", "respondents", "files")
SAID = ("href", "value", "alt", "aria-label", "content")
"""Attributes that are read or followed."""
SHOWN = 3
"""Differences that are spelt out of each file, unless more are asked for."""
WORDS = " (words alone)"
"""Ends a difference of two texts with the same numbers in them."""
NUMBER = re.compile(r"[-−]?\d+")
TAGS = ("tags alone",)
FIGURE = re.compile(r"[^A-Za-z]*\d[^A-Za-z]*$|[.–]$")
"""A text of a page that is a figure or stands for one; words that hold numbers are none."""
Row = tuple[object, ...]

Because = Mapping[re.Pattern[str], str]
"""What a difference that is wanted looks like, and why it is wanted."""


def reasons(path: Path) -> Because:
    """The reasons of a file; lines that are empty or begin with # say nothing."""
    lines = (line.rstrip() for line in path.read_text("utf-8").splitlines())
    pairs = (line.rsplit("  ", 1) for line in lines if line and not line.startswith("#"))
    return {re.compile(found.rstrip()): reason.lstrip() for found, reason in pairs}


def differences(
    before: Path,
    after: Path,
    parts: Sequence[str] = ("",),
    reader: str = "",
    because: Because = {},  # noqa: B006  read only
    told: Counter[str] | None = None,
    shown: int = SHOWN,
    figures: bool = False,
) -> Iterator[str]:
    """What differs between two folders of files and is not wanted, the first few places of each file.

    Parameters
    ----------
    reader : of answers only those this role gets
    told :   counts by reason what is wanted
    shown :  how many places of each file are spelt out
    figures : of pages only the figures in words and tables
    """
    told = Counter() if told is None else told
    names = sorted({path.name for folder in (before, after) for path in folder.iterdir() if path.is_file()})
    for name in names:
        first, second = before / name, after / name
        if not name.startswith(tuple(parts)):
            continue
        if not (first.exists() and second.exists()):
            place = f"{name}: only in {before if first.exists() else after}"
            yield from [] if _is_wanted(place, because, told) else [place]
        elif first.read_bytes() != second.read_bytes():
            if first.suffix == ".gz":
                places = [place for place in _answers(first, second, figures) if place.startswith(reader)]
            else:
                places = list((_cells if first.suffix == ".xlsx" else _parts)(first, second))
            found = [place for place in places if not _is_wanted(f"{name}: {place}", because, told)]
            if found:
                yield f"{name}: {len(found)} places differ"
            elif not places and first.suffix != ".gz":
                place = f"{name}: other bytes, the same content"
                yield from [] if _is_wanted(place, because, told) else [place]
            yield from (f"  {place}" for place in found[:shown])


def _is_wanted(place: str, because: Because, told: Counter[str]) -> bool:
    reason = next((reason for pattern, reason in because.items() if pattern.search(place)), None)
    told.update([reason] if reason else [])
    return reason is not None


def _answers(before: Path, after: Path, figures: bool = False) -> Iterator[str]:
    first, second = (dict(map(json.loads, gzip.decompress(path.read_bytes()).splitlines())) for path in (before, after))
    for address in dict.fromkeys((*first, *second)):
        was, is_now = first.get(address), second.get(address)
        if was is None or is_now is None:
            yield f"{address}: only {'before' if was else 'after'}"
        elif was != is_now:
            yield from (f"{address}: {place}" for place in list(_places(was, is_now, figures)) or TAGS[figures:])


def _places(was: str, is_now: str, figures: bool) -> Iterator[str]:
    """Where two answers differ: keys of JSON, what is read and drawn on pages or the figures alone, otherwise lines."""
    status, other = (text.partition("\n")[0] if text[:3].isdigit() else "" for text in (was, is_now))
    if status != other:
        yield f"{status} became {other}"
        return
    bodies = [text.partition("\n")[2] if status else text for text in (was, is_now)]
    if all(body.startswith("{") for body in bodies):
        first, second = (_named(json.loads(body)) for body in bodies)
        yield from _otherwise_hidden(first, second)
        yield from _keys("", first, second)
    elif all(body.lstrip().startswith("<") for body in bodies) and figures:
        first, second = (Counter(filter(FIGURE.match, _seen(body, ("svg", "option")))) for body in bodies)
        if first != second:
            yield f"figures: {dict(first - second)} went, {dict(second - first)} came"
    elif all(body.lstrip().startswith("<") for body in bodies):
        yield from _pieces(*map(_seen, bodies))
    else:
        yield from _pieces(*(body.split("\n") for body in bodies))


def _pieces(was: Sequence[str], is_now: Sequence[str]) -> Iterator[str]:
    """What only moved, then what went and what came in its place."""
    steps = [step for step in SequenceMatcher(None, was, is_now).get_opcodes() if step[0] != "equal"]
    pairs = [(list(was[a:b]), list(is_now[c:d])) for _, a, b, c, d in steps]
    moved = Counter(_unplaced(one) for went, _ in pairs for one in went)
    moved &= Counter(_unplaced(one) for _, came in pairs for one in came)
    if moved:
        yield f"stands elsewhere: {', '.join(list(moved)[:SHOWN])} ({moved.total()} in all)"
    gone, new = Counter(moved), Counter(moved)
    for went, came in ((_others(went, gone), _others(came, new)) for went, came in pairs):
        if len(went) == len(came):
            yield from (_became(one, other) for one, other in zip(went, came, strict=True))
        else:
            yield f"{went!r} became {came!r}"


def _unplaced(piece: Any) -> Any:
    """A piece of a page without its height on a drawing; a row as it is."""
    return re.sub(r" (y[12]?|height)=\S+", "", piece) if isinstance(piece, str) else piece


def _others(pieces: Sequence[Any], moved: Counter[Any]) -> list[Any]:
    """Those that did not only move; who moved is counted off."""
    found = []
    for piece in pieces:
        if moved[_unplaced(piece)] > 0:
            moved[_unplaced(piece)] -= 1
        else:
            found.append(piece)
    return found


class _Seen(HTMLParser):
    """What somebody sees of a page: its texts, wherever they may break, and the shapes of its drawings."""

    def __init__(self, unread: Sequence[str]) -> None:
        super().__init__()
        self._unread = unread
        self.found: list[str] = []
        self._inside: Counter[str] = Counter()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside[tag] += 1
        shown = attrs if self._inside["svg"] > 0 else [one for one in attrs if one[0] in SAID]
        if shown:
            self.found.append(" ".join((tag, *(f"{name}={value}" for name, value in shown))))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        self._inside[tag] -= 1

    def handle_data(self, data: str) -> None:
        text = " ".join(data.split())
        if text and not any(self._inside[tag] > 0 for tag in self._unread):
            self.found.append(text)


def _seen(page: str, unread: Sequence[str] = ()) -> list[str]:
    parser = _Seen((*unread, "script", "style"))
    parser.feed(page.replace("\u2060", ""))
    return parser.found


def _named(table: dict[str, Any]) -> dict[str, Any]:
    """A table with columns, rows, cells and letters by name, and the order they stand in; another answer as it is."""
    if not {"columns", "rows"} <= table.keys():
        return table
    columns = {column["key"]: column for column in table["columns"]}
    letters = {(one["banner"], one["letter"]): key for key, one in columns.items()}
    rows = {}
    for row in table["rows"]:
        cells = dict(zip(columns, row["cells"], strict=True))
        for key, cell in cells.items():
            if cell is not None and cell["letters"]:
                cell["letters"] = sorted(
                    letters.get((columns[key]["banner"], letter), letter) for letter in cell["letters"]
                )
        name = f"{row['kind']} {row['code']} {(row['statistic'] or {}).get('en', '')}".rstrip()
        rows[name] = {**row, "cells": cells}
    order = {"order of columns": " | ".join(columns), "order of rows": " | ".join(rows)}
    return {**table, **order, "columns": columns, "rows": rows}


def _otherwise_hidden(was: dict[str, Any], is_now: dict[str, Any]) -> Iterator[str]:
    """The groups that are hidden in one of two tables only; they are taken out of both."""
    if "order of rows" not in was or "order of rows" not in is_now:
        return
    for key in was["columns"].keys() & is_now["columns"].keys():
        hidden = [table["columns"][key]["suppressed"] for table in (was, is_now)]
        if hidden[0] != hidden[1]:
            yield f"columns.{key}: {'hidden became shown' if hidden[0] else 'shown became hidden'}"
            for table in (was, is_now):
                for held in (table["columns"], *(row["cells"] for row in table["rows"].values())):
                    held.pop(key, None)


def _keys(at: str, was: Any, is_now: Any) -> Iterator[str]:
    if isinstance(was, dict) and isinstance(is_now, dict):
        for key in dict.fromkeys((*was, *is_now)):
            yield from _keys(f"{at}.{key}", was.get(key), is_now.get(key))
    elif isinstance(was, list) and isinstance(is_now, list):
        for place, (one, other) in enumerate(zip_longest(was, is_now)):
            yield from _keys(f"{at}[{place}]", one, other)
    elif was != is_now or type(was) is not type(is_now):
        yield f"{at.lstrip('.')}: {_became(was, is_now)}"


def _became(was: object, is_now: object) -> str:
    """What was there and what is; of texts with the same numbers in them it is said that words alone differ."""
    both = isinstance(was, str) and isinstance(is_now, str)
    words = both and NUMBER.findall(str(was)) == NUMBER.findall(str(is_now))
    return f"{was!r} became {is_now!r}{WORDS if words else ''}"


def _rows(was: Sequence[Row], is_now: Sequence[Row]) -> Iterator[str]:
    """Where two tables differ: rows that stand elsewhere, words of texts under them, cells, rows that came or went."""
    pairs = [(list(was[a:b]), list(is_now[c:d]), c + 1) for a, b, c, d in _blocks(was, is_now)]
    moved = Counter(row for went, _, _ in pairs for row in went) & Counter(row for _, came, _ in pairs for row in came)
    if moved:
        yield f"rows stand elsewhere, {moved.total()} in all: {[_said(row) for row in moved][:SHOWN]!r}"
    gone, new = Counter(moved), Counter(moved)
    for went, came, begin in pairs:
        first, second = _others(went, gone), _others(came, new)
        if all(_is_prose(row) for row in (*first, *second)):
            yield from (f"row {begin}, words: {place}" for place in _pieces(_read(first), _read(second)))
        elif len(first) != len(second):
            yield from (f"row {begin} went: {_said(row)!r}" for row in first)
            yield from (f"row {begin} came: {_said(row)!r}" for row in second)
        else:
            for at, (row, other) in enumerate(zip(first, second, strict=True), begin):
                for place, (one, instead) in enumerate(zip_longest(row, other), 1):
                    if one != instead or type(one) is not type(instead):
                        yield f"row {at}, column {place}: {_became(one, instead)}"


def _blocks(was: Sequence[Row], is_now: Sequence[Row]) -> Iterator[tuple[int, int, int, int]]:
    """Runs of rows that differ, as from and to in both tables; of equal lengths rows are held against each other."""
    if len(was) != len(is_now):
        steps = SequenceMatcher(None, was, is_now).get_opcodes()
        yield from ((a, b, c, d) for step, a, b, c, d in steps if step != "equal")
        return
    same = (one == other and [*map(type, one)] == [*map(type, other)] for one, other in zip(was, is_now, strict=True))
    for is_same, run in groupby(enumerate(same), itemgetter(1)):
        if not is_same:
            places = [place for place, _ in run]
            yield places[0], places[-1] + 1, places[0], places[-1] + 1


def _said(row: Row) -> list[object]:
    return [one for one in row if one is not None]


def _is_prose(row: Row) -> bool:
    """Whether it is a line of a text under a table, which may be broken elsewhere."""
    return isinstance(row[0] if row else None, str) and not any(one is not None for one in row[1:])


def _read(rows: Sequence[Row]) -> list[str]:
    return " ".join(str(row[0]) for row in rows).split()


def _cells(before: Path, after: Path) -> Iterator[str]:
    books = [load_workbook(path, read_only=True) for path in (before, after)]
    titles = list(dict.fromkeys(title for book in books for title in book.sheetnames))
    for title in titles:
        if not all(title in book.sheetnames for book in books):
            yield f"{title}: in one of them only"
            continue
        rows = [list(book[title].iter_rows(values_only=True)) for book in books]
        yield from (f"{title}, {place}" for place in _rows(*rows))


def _parts(before: Path, after: Path) -> Iterator[str]:
    contents = []
    for path in (before, after):
        if path.suffix == ".zip":
            with zipfile.ZipFile(path) as archive:
                contents.append({name: archive.read(name) for name in archive.namelist()})
        else:
            contents.append({path.name: path.read_bytes()})
    for name in dict.fromkeys(name for content in contents for name in content):
        was, is_now = (content.get(name, b"") for content in contents)
        if was != is_now:
            yield from (f"{name}, {place}" for place in _texts(name, was, is_now))


def _texts(name: str, was: bytes, is_now: bytes) -> Iterator[str]:
    """Where two files differ: keys of JSON, cells of CSV, otherwise lines."""
    if name.endswith(".json") and was and is_now:
        yield from _keys("", json.loads(was), json.loads(is_now))
    elif name.endswith(".csv"):
        separator = ";" if name.endswith("excel.csv") else ","
        tables = (csv.reader(io.StringIO(text.decode("utf-8-sig"), ""), delimiter=separator) for text in (was, is_now))
        yield from _rows(*([tuple(row) for row in table] for table in tables))
    else:
        yield from _rows(*([(line,) for line in text.decode("utf-8", "replace").split("\n")] for text in (was, is_now)))


def main(arguments: Sequence[str]) -> int:
    """The three commands."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=("make", "compare", "look"))
    parser.add_argument("paths", nargs="+", type=Path)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--reader", default="")
    parser.add_argument("--because", type=Path)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--figures", action="store_true")
    parser.add_argument("--shown", type=int, default=SHOWN)
    given = parser.parse_args(arguments)
    if given.command != "compare":
        import made_outputs  # only then: it is the version that runs, and comparing needs none

        if given.command == "look":
            made_outputs.look(*given.paths)
        else:
            made_outputs.make(*given.paths, given.only, given.every)
        return 0
    before, after = given.paths
    told: Counter[str] = Counter()
    because = reasons(given.because) if given.because else {}
    found = list(
        differences(before, after, given.only, given.reader, because, told, given.shown, figures=given.figures)
    )
    held = [path for part in given.only for path in before.glob(f"{part}-*")]
    print("\n".join(f"{many:7}  {reason}" for reason, many in told.most_common()))
    print("\n".join(found) or f"{len(held)} files, nothing differs" + (" for another reason" if told else ""))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
