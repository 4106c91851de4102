"""What the tests of data files share: a wave with hostile values in several blocks, and a package taken apart."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np

from surveyapp.exports.case_stream import CaseStream
from surveyapp.exports.words import Words
from surveyapp.reports.codebook import codebook
from surveyapp.reports.wave_data import WaveData
from tests.exports import golden_cases

BLOCK, MANY = 64, 150
"""Rows of a block in these tests, and cases that are more than two of them."""


def many_cases() -> WaveData:
    """The five cases of every type, again and again."""
    data = golden_cases.cases()
    often = np.tile(np.arange(data.dataset.n), MANY // data.dataset.n)
    return replace(data, dataset=data.dataset.take(often), kept={})


def stream(data: WaveData, language: str = "nl") -> CaseStream:
    """The cases on their way into a file."""
    return CaseStream(data, codebook(data.instrument, data, is_counted=False), Words(language))


def unpacked(path: Path, folder: Path) -> Path:
    """The folder with the parts of a package."""
    with zipfile.ZipFile(path) as archive:
        archive.extractall(folder)
    return folder
