"""A wave put away in one file that can be read without this product and checked without it."""

from __future__ import annotations

import hashlib
import json
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from surveyapp.exports.registry import EXPORTS, IN_THE_ARCHIVE, ExportSource, write
from surveyapp.fieldwork.editions import Edition
from surveyapp.fieldwork.waves import WaveInfo
from tests.reports.waves import random_wave

CLOSED = datetime(2026, 12, 18, 22, tzinfo=UTC)


def source() -> ExportSource:
    whole = random_wave(40, 7)
    data = replace(whole, instrument=replace(whole.instrument, tables=whole.instrument.tables[:1]))
    wave = WaveInfo("x", 2026, "closed", "anonymous", data.instrument.hash, CLOSED, CLOSED)
    edition = Edition(1, CLOSED, "ana@example.org", "wave.close", "", "h" * 64, None, 40, "a" * 64, True)
    return ExportSource(wave, data, edition=edition, definition=lambda: {"study.yaml": {"study": "x"}})


def test_it_holds_all_of_it_with_sums_that_fit_and_names_nobody_of_the_team(tmp_path: Path) -> None:
    made = source()
    write("archive", made, tmp_path / "a.zip", "nl")
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        names = archive.namelist()
        for line in archive.read("SHA256SUMS").decode().splitlines():
            digest, name = line.split("  ", 1)
            assert hashlib.sha256(archive.read(name)).hexdigest() == digest
            names.remove(name)
        assert names == ["SHA256SUMS"]
        assert json.loads(archive.read("definition/study.yaml")) == {"study": "x"}
        held = json.loads(archive.read("edition.json"))
        assert (held["number"], held["data_hash"], "actor" in held) == (1, "a" * 64, False)
        assert "data/data-codes-international.csv" in archive.namelist()
        assert {name for name in IN_THE_ARCHIVE if not name.endswith("/")} <= set(archive.namelist())
        assert "sha256sum --check" in archive.read("READ-ME.txt").decode()
    assert EXPORTS["archive"].role == "researcher"


def test_the_same_wave_makes_the_same_file(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write("archive", source(), tmp_path / f"{name}.zip", "en")
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
