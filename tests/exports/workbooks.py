"""Reading a made book as a spreadsheet program would, part by part."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

from defusedxml.ElementTree import fromstring
from openpyxl import Workbook, load_workbook

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"


@cache
def parts(path: Path) -> dict[str, bytes]:
    """Every part of the archive; a broken archive fails here."""
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


@cache
def trees(path: Path) -> dict[str, ElementTree.Element]:
    """Every XML part, parsed; a part that is not well-formed fails here."""
    return {name: fromstring(content) for name, content in parts(path).items() if name.endswith((".xml", ".rels"))}


@cache
def opened(path: Path) -> Workbook:
    """The book as openpyxl reads it, once per file; no test changes it."""
    return load_workbook(path)


def count(path: Path, tag: str) -> int:
    """How many elements of the spreadsheet's own namespace there are in all sheets."""
    return sum(
        len(tree.findall(f".//{MAIN}{tag}")) for name, tree in trees(path).items() if name.startswith("xl/worksheets/")
    )


def chart_references(path: Path) -> Iterator[tuple[str, str]]:
    """(part, reference) of every range of figures a chart is drawn from."""
    for name, tree in trees(path).items():
        if name.startswith("xl/charts/chart"):
            for formula in tree.findall(f".//{CHART}val//{CHART}f"):
                yield name, formula.text or ""


def split_reference(reference: str) -> tuple[str, str]:
    """'OPD01'!$C$8:$F$8 → (OPD01, C8:F8)."""
    found = re.fullmatch(r"'([^']+)'!(.+)", reference)
    assert found, f"{reference} does not quote its sheet"
    return found[1], found[2].replace("$", "")
