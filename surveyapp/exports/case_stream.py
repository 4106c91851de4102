"""The cases on their way into a file, some thousands at a time, every block in the same types as the whole frame.

A block knows only itself: a column of numbers that happen to be whole in it would be of another type than the frame's.
What holds for all rows is therefore looked up first, a column at a time; and the version of the data is counted while
the rows go by, so that no file needs them twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256

import numpy as np

from surveyapp.analysis.dataset import Dataset
from surveyapp.exports.case_columns import Columns, columns_of
from surveyapp.exports.case_frame import asked, blocks, named_cases, no_cases, numbers, open_lines
from surveyapp.exports.words import Words
from surveyapp.frames import pd
from surveyapp.instrument.model import Instrument
from surveyapp.reports.codebook import Codebook
from surveyapp.reports.wave_data import WaveData


@dataclass(frozen=True, slots=True)
class NumberForm:
    """What holds for the numbers of a column in every row."""

    is_whole: bool
    low: float
    high: float

    @property
    def digits(self) -> int:
        """Characters of the widest whole part, its sign among them."""
        return max(len(str(int(end))) for end in (self.low, self.high))


class CaseStream:
    """Every case of a wave in codes, for one file in one language.

    Parameters
    ----------
    data :     with the texts of open answers where a file is to hold them
    codebook : of the same data
    """

    def __init__(self, data: WaveData, codebook: Codebook, words: Words) -> None:
        self.data, self.codebook, self.words = data, codebook, words
        self.cases: Dataset = named_cases(data.dataset)
        self.empty: pd.DataFrame = no_cases(data.instrument, self.cases)
        self.columns: Columns = columns_of(self.empty, data.instrument, codebook, words)
        self.numbers: Mapping[str, NumberForm] = number_forms(data.instrument, self.cases)
        self._hash = sha256()

    @property
    def data_version(self) -> str:
        """As `case_frame.data_version` has it of the whole frame; once every block went by."""
        return self._hash.hexdigest()[:16]

    def blocks(self) -> Iterator[pd.DataFrame]:
        """The rows, a frame at a time."""
        self._hash = sha256(",".join(map(str, self.empty)).encode())
        fractions = {name: "Float64" for name, form in self.numbers.items() if not form.is_whole}
        for frame in blocks(self.data.instrument, self.cases):
            whole = frame.astype(fractions)
            hashes = pd.util.hash_pandas_object(whole, index=False).to_numpy()
            self._hash.update("".join(f",{each}" for each in hashes.tolist()).encode())
            yield whole

    def texts(self) -> Iterator[tuple[object, ...]]:
        """The open answers, in the order of `case_frame.OPEN_HEADER`."""
        return open_lines(self.data.instrument, self.cases, self.words)


def number_forms(instrument: Instrument, cases: Dataset) -> dict[str, NumberForm]:
    """Per column of the frame that a variable fills what holds for its numbers."""
    found = {}
    for variable, column in asked(instrument, cases):
        for part, values in column.parts():
            name = variable.name if part is None else f"{variable.name}__{part}"
            low, high = (float(np.min(values)), float(np.max(values))) if len(values) else (0.0, 0.0)
            found[name] = NumberForm(bool(numbers(values).dtype == "Int64"), low, high)
    return found
