"""The codebook on paper: of every variable question, base, routing, codes and what it was in earlier waves."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from surveyapp.exports.codebook_files import write_codebook, write_codebook_json
from surveyapp.exports.printed_codebook import write_printed_codebook
from surveyapp.instrument.variables import Text
from surveyapp.reports.codebook import Codebook, codebook
from tests.exports import golden_cases
from tests.exports.workbooks import opened


@pytest.fixture(scope="module")
def book() -> Codebook:
    """The small study, which a year before had other words and had not every question."""
    data = golden_cases.cases()
    now = data.instrument
    before = {name: variable for name, variable in now.variables.items() if name != "t_mark"}
    before["t_single"] = replace(before["t_single"], label=Text({"nl": "Anders", "en": "Other"}), categories=())
    earlier = replace(now, wave=replace(now.wave, year=2025), variables=before)
    return codebook(now, data, is_counted=False, before=[earlier])


def printed(book: Codebook, language: str, folder: Path) -> str:
    path = folder / f"{language}.html"
    write_printed_codebook(book, golden_cases.cases().stand, path, language)
    return path.read_text("utf-8")


def article(page: str, name: str) -> str:
    (found,) = re.findall(rf'<article id="{name}">(.*?)</article>', page, flags=re.S)
    return re.sub(r"<[^>]+>", " ", found)


def test_every_variable_has_its_own_place_and_a_link_to_it(book: Codebook, tmp_path: Path) -> None:
    page = printed(book, "nl", tmp_path)
    names = [entry.name for entry in book.entries]
    assert re.findall(r'<article id="(\w+)">', page) == re.findall(r'<a href="#(\w+)">', page) == names
    assert '<html lang="nl">' in page
    assert not re.search(r'(src|href)="(?!#)', page), "nothing comes from elsewhere"
    assert "<script" not in page


def test_it_tells_base_routing_codes_and_history(book: Codebook, tmp_path: Path) -> None:
    said = " ".join(article(printed(book, "en", tmp_path), "t_single").split())
    assert "Put to everyone" in said
    assert "Routing independent professional: page " in said
    assert "Earlier waves 2025: The answers differ" in said
    assert "-9 skipped (no answer)" in said
    mark = article(printed(book, "en", tmp_path), "t_mark")
    assert "Earlier waves" not in mark


def test_a_label_that_looks_like_html_stays_a_text(book: Codebook, tmp_path: Path) -> None:
    first = book.entries[0]
    label = {"nl": "<b>&\x00", "en": "x"}
    hostile = replace(book, entries=(replace(first, label=label), *book.entries[1:]))
    page = printed(hostile, "nl", tmp_path)
    assert "&lt;b&gt;&amp;\ufffd" in page
    assert "<b>" not in page


def test_workbook_and_json_tell_the_same(book: Codebook, tmp_path: Path) -> None:
    write_codebook(book, golden_cases.cases().stand, tmp_path / "book.xlsx", "en")
    rows = list(opened(tmp_path / "book.xlsx").worksheets[0].iter_rows(values_only=True))
    line = next(dict(zip(rows[0], row, strict=True)) for row in rows if row[1] == "t_single")
    assert str(line["routing"]).startswith("independent professional: page ")
    assert str(line["history"]).startswith("2025: ")
    write_codebook_json(book, tmp_path / "book.json")
    entries = {one["name"]: one for one in json.loads((tmp_path / "book.json").read_text("utf-8"))["entries"]}
    assert entries["t_single"]["history"][0]["effect"] == "recode"
    assert entries["t_single"]["routing"]["contractor"]["nl"].startswith("pagina ")
    assert entries["t_mark"]["history"] == []
