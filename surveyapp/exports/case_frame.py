"""The cases of a wave as one labelled pandas frame: what the data book, both spellings of CSV and a notebook hold.

One row per case under the short name of the console; the platform's own columns first, then the variables in the
codebook's order. A variable with several answers becomes one column of 0 and 1 per code, ``name__code``; a ranking one
column per place; an allocation one per code. Texts stand apart (:func:`open_lines`), contact wishes nowhere.

An answer is a code, and a missing one its own code, a negative number, in every column of the variable: the five kinds
of missing stay apart until :func:`answered` is asked to forget them. :func:`labelled` writes codes out.

==================  ==========================================================================================
column              dtype
==================  ==========================================================================================
codes, 0 and 1      ``Int64``
numbers             ``Int64`` where whole in every case, otherwise ``Float64``
names and labels    ``category``, every name or label that can occur, in order
the case's name     ``string``, of Python's own texts: half a surrogate pair is kept as it was given
days                ``datetime64[s]``
==================  ==========================================================================================
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from functools import lru_cache
from hashlib import sha256
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surveyapp.analysis.columns import (
    Column,
    TextColumn,
)
from surveyapp.analysis.dataset import STATES, Dataset
from surveyapp.exports.case_columns import Labels, columns_of
from surveyapp.exports.words import Words
from surveyapp.fieldwork.case_lines import short_id
from surveyapp.frames import pd
from surveyapp.instrument.model import Instrument, Variable
from surveyapp.reports.codebook import Codebook
from surveyapp.reports.wave_data import WaveData
from surveyapp.storage.case_feed import case_ids

Value = int | float | str | date | None
"""What a file shows of one case in one column."""
BLOCK = 4000
"""Cases that are rows at a time: memory does not grow with their number, and a frame is worth its making."""
OPEN_HEADER = ("response_id", "role", "variable", "label", "text", "language")
DAYS = ("started_on", "submitted_on")
TEXT = pd.StringDtype("python")
_EPOCH = date(1970, 1, 1).toordinal()
_EXACT = 2**53  # above it a float skips whole numbers
MINUTES = "minutes"


def named_cases(dataset: Dataset) -> Dataset:
    """The cases under the short names of the console, in the order of those names.

    The keys of the database are made in the order of time; neither they nor that order leave the platform.
    """
    shorts = short_names(dataset)
    order = np.argsort(np.array(shorts, dtype=np.str_), kind="stable")
    return replace(dataset.take(order.astype(np.intp)), short=np.array(shorts, dtype=object)[order])


def short_names(dataset: Dataset) -> list[str]:
    """The short name of each case, in the order of the dataset; two cases never share one."""
    names: dict[str, int] = {}
    shorts = []
    for key in case_ids(dataset.keys):
        name = short_id(key)
        names[name] = names.get(name, 0) + 1
        shorts.append(name if names[name] == 1 else f"{name}-{names[name]}")
    return shorts


def coded(instrument: Instrument, cases: Dataset) -> pd.DataFrame:
    """These cases in codes, as they stand in the dataset, without metadata."""
    columns: dict[str, Any] = {
        "response_id": pd.array(cases.ids, dtype=TEXT),
        "wave": pd.array(np.full(cases.n, instrument.wave.year), dtype="Int64"),
        "role": _named("role", cases),
        "source": _named("source", cases),
        "language": _named("language", cases),
        "status": pd.Categorical.from_codes(cases.state, list(STATES)),
        "device": _named("device", cases),
        "started_on": _days(cases.started),
        "submitted_on": _days(cases.sent),
        MINUTES: pd.array(np.round(cases.seconds / 60, 2), dtype="Float64"),
    }
    for variable, column in asked(instrument, cases):
        for part, values in column.parts():
            columns[variable.name if part is None else f"{variable.name}__{part}"] = numbers(values)
    return pd.DataFrame(columns)


def case_frame(data: WaveData, codebook: Codebook, words: Words) -> pd.DataFrame:
    """Every case of a wave in codes; what stands in the frame says its ``attrs``, in one language.

    ``title``, ``year``, ``language``, ``moment`` (up to which every change is in), ``definition`` (the hash of the
    questionnaire), ``data_version`` (:func:`data_version`), ``made_up`` (the sentence of a demonstration, else empty)
    and ``columns``, by name: ``variable``, ``label``, ``question``, ``base``, ``type``, ``measure``, ``labels`` (what
    each code means) and ``missing`` (the codes that are no answer). These are single answers: whoever gives them out
    logs it as an export.
    """
    frame = coded(data.instrument, named_cases(data.dataset))
    return with_attrs(
        frame,
        title=words.pick(data.instrument.wave.title),
        language=words.language,
        moment=data.stand.isoformat(timespec="seconds"),
        definition=data.instrument.hash,
        made_up=words.made_up(data.is_made_up),
        columns=columns_of(frame, data.instrument, codebook, words),
    )


def with_attrs(frame: pd.DataFrame, **attrs: object) -> pd.DataFrame:
    """The frame with what there is to say of it, its year and the version of its data among that."""
    frame.attrs = {
        **attrs,
        "year": int(frame["wave"].iloc[0]) if len(frame) else None,
        "data_version": data_version(frame),
    }
    return frame


def data_version(frame: pd.DataFrame) -> str:
    """Sixteen characters that are the same for the same cases in codes, however they were come by."""
    hashes = pd.util.hash_pandas_object(frame, index=False).to_numpy()
    return sha256(",".join(map(str, [*frame, *hashes])).encode()).hexdigest()[:16]


def no_cases(instrument: Instrument, cases: Dataset) -> pd.DataFrame:
    """The columns of the frame of these cases, with every name that can occur, without a row."""
    return coded(instrument, cases.take(slice(0)))


def blocks(instrument: Instrument, cases: Dataset, labels: Labels | None = None) -> Iterator[pd.DataFrame]:
    """The cases a thousand at a time, in codes or written out; the frames of files, without metadata."""
    for start in range(0, cases.n, BLOCK):
        frame = coded(instrument, cases.take(slice(start, start + BLOCK)))
        yield frame if labels is None else labelled(frame, labels)


def labelled(frame: pd.DataFrame, labels: Labels | None = None) -> pd.DataFrame:
    """The same rows and columns with the codes written out.

    What has no label stays as it is; a column of numbers some of which are missing holds numbers and words.

    Parameters
    ----------
    labels : per column what its codes mean; absent: as the frame's own metadata say
    """
    if labels is None:
        labels = frame.attrs["columns"].labels
    said = pd.DataFrame({str(name): _said(column, labels.get(str(name), {})) for name, column in frame.items()})
    said.attrs = frame.attrs
    return said


def answered(frame: pd.DataFrame) -> pd.DataFrame:
    """The same codes with every kind of missing left empty (``<NA>``), for arithmetic; label it afterwards."""
    missing = {name: column["missing"] for name, column in frame.attrs["columns"].items()}
    kept = {str(name): column.mask(column.isin(missing[name])) for name, column in frame.items() if missing[name]}
    return frame.assign(**kept)


def shown(column: pd.Series[Any]) -> list[Value]:
    """What a file shows of a column: days as days, whole numbers without a fraction, nothing where there is nothing."""
    if column.dtype.kind == "M":
        column = column.dt.date
    values: list[Any] = column.tolist()
    if column.hasnans:
        values = [None if pd.isna(value) else value for value in values]
    if column.dtype.kind == "f" and column.name != MINUTES:
        return [int(value) if value is not None and value == int(value) else value for value in values]
    return values


def rows(frames: Iterator[pd.DataFrame]) -> Iterator[tuple[Value, ...]]:
    """The cases as lines of a file."""
    for frame in frames:
        yield from zip(*(shown(column) for _, column in frame.items()), strict=True)


def text_variables(instrument: Instrument, cases: Dataset) -> Iterator[tuple[Variable, TextColumn]]:
    """The variables answered in people's own words."""
    for variable, column in asked(instrument, cases):
        if isinstance(column, TextColumn):
            yield variable, column


def open_lines(instrument: Instrument, cases: Dataset, words: Words) -> Iterator[tuple[object, ...]]:
    """One line per text that was given, in the order of :data:`OPEN_HEADER`; sorted by variable, then by case."""
    roles, languages = _named("role", cases), _named("language", cases)
    for variable, column in text_variables(instrument, cases):
        if column.values is None:
            raise ValueError("the texts are left in the database: reports.texts reads them")
        label = words.pick(variable.label)
        for at in np.flatnonzero(column.missing == 0).tolist():
            text = column.values[at]
            if text is not None:
                yield cases.ids[at], roles[at], variable.name, label, text, languages[at]


def asked(instrument: Instrument, cases: Dataset) -> Iterator[tuple[Variable, Column]]:
    """The variables that the cases have answers to, contact wishes left out."""
    for variable in instrument.variables.values():
        column = cases.columns.get(variable.name)
        if column is not None and not variable.is_stored_apart:
            yield variable, column


def _named(name: str, cases: Dataset) -> pd.Categorical:
    return pd.Categorical.from_codes(cases.codes(name), list(cases.names[name]))


def numbers(values: NDArray[Any]) -> Any:
    """Numbers as ``Int64`` where all are whole, otherwise as ``Float64``."""
    if values.dtype.kind == "f" and not ((values % 1 == 0) & (abs(values) < _EXACT)).all():
        return pd.array(values, dtype="Float64")
    return pd.array(values.astype(np.int64), dtype="Int64")


def _days(ordinals: NDArray[np.int32]) -> NDArray[np.datetime64]:
    days = (ordinals.astype(np.int64) - _EPOCH).astype("datetime64[D]")
    days[ordinals == 0] = np.datetime64("NaT")
    return days.astype("datetime64[s]")


def _said(column: pd.Series[Any], labels: Mapping[Any, str]) -> pd.Series[Any]:
    """A column with its codes or names written out."""
    if not labels:
        return column
    values = column.tolist()
    met = [value for value in dict.fromkeys(values) if not pd.isna(value)]
    if isinstance(column.dtype, pd.CategoricalDtype):
        keys = column.cat.categories.tolist()
    elif max(labels) >= 0:
        keys = [*labels, *(value for value in met if value not in labels)]
    elif any(value in labels for value in met):  # numbers, of which only what is missing has a name
        return pd.Series([labels.get(value, value) for value in shown(column)], column.index, dtype=object)
    else:
        return column
    meant = [labels.get(key, key) for key in keys]
    kind = _categories(tuple(meant))
    place = dict(zip(keys, kind.categories.get_indexer(meant).tolist(), strict=True))
    return pd.Series(pd.Categorical.from_codes([place.get(value, -1) for value in values], dtype=kind), column.index)


@lru_cache(512)
def _categories(meant: tuple[Any, ...]) -> pd.CategoricalDtype:
    """The labels in order; two codes may mean the same in one language."""
    return pd.CategoricalDtype(list(dict.fromkeys(meant)))
