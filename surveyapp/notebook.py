"""The cases of a wave in a researcher's notebook: one labelled frame, the one behind the data book and the CSV files.

::

    from surveyapp.notebook import answered, cases, labelled

    frame = cases("goed-opdrachtgeverschap", 2026, "en")            # from the database of the settings; logged
    frame = cases("goed-opdrachtgeverschap", 2026, database="sqlite:///copy.sqlite3")
    frame = cases_of_file("goed-opdrachtgeverschap-2026-csv-en-v1-20261130.zip")
    frame.attrs["columns"]["gr_assign"]["question"]
    answered(frame).groupby("role")["gr_assign"].mean()
    labelled(frame)["hinder__1"].value_counts()
    figures("goed-opdrachtgeverschap", 2026, "gr_assign", ["role"])     # what the report's long list says of a variable

Whoever can open the database or such a file may see single answers; what is printed of them is theirs to guard: the
tables and books keep small groups hidden, a frame does not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pandas as pd

from surveyapp.config import Settings
from surveyapp.exports.case_file import case_file
from surveyapp.exports.case_frame import OPEN_HEADER, TEXT, answered, case_frame, labelled, named_cases, open_lines
from surveyapp.exports.report_book.long import COLUMNS, long_lines
from surveyapp.exports.words import Words
from surveyapp.fieldwork.library import InstrumentLibrary
from surveyapp.fieldwork.waves import wave_info
from surveyapp.reports.codebook import codebook
from surveyapp.reports.live import LiveWaves
from surveyapp.reports.tabulate import tabulate
from surveyapp.reports.texts import with_texts
from surveyapp.reports.wave_data import WaveData
from surveyapp.storage import audit
from surveyapp.storage.database import Database

__all__ = ["answered", "cases", "cases_of_file", "figures", "labelled", "texts"]
ACTOR = "system"


def cases(study: str, year: int, language: str = "nl", *, database: str | None = None) -> pd.DataFrame:
    """Every case of a wave in codes, with what they mean in ``attrs``; the audit log keeps that it was taken.

    Parameters
    ----------
    language : of labels, questions and bases in the metadata
    database : ``sqlite:///path`` or ``postgresql+psycopg://…``; absent: that of the settings

    Raises
    ------
    ExportError     a language the books are not made in
    StorageBusy     the database is locked, away, or cannot be written: nothing is given out that is not logged
    """
    words = Words(language)
    with _wave(study, year, database) as (held, data):
        frame = case_frame(data.with_excluded(), codebook(data.instrument, data), words)
        version = frame.attrs["data_version"]
        _log(held, "export.frame", data, {"language": language, "data_version": version, "cases": len(frame)})
    return frame


def texts(study: str, year: int, language: str = "nl", *, database: str | None = None) -> pd.DataFrame:
    """What people wrote in their own words, a text a row, by the ``response_id`` of its case; logged like the cases."""
    words = Words(language)
    with _wave(study, year, database) as (held, data):
        lines = open_lines(data.instrument, named_cases(with_texts(held, data).dataset), words)
        frame = pd.DataFrame(list(lines), columns=list(OPEN_HEADER), dtype=TEXT)
        _log(held, "export.texts", data, {"language": language})
    return frame


def cases_of_file(path: str | Path) -> pd.DataFrame:
    """The same frame out of a ``csv`` export, whose making was logged.

    Raises
    ------
    ExportError     this is no such file
    """
    return case_file(Path(path))


def figures(
    study: str,
    year: int,
    variable: str,
    by: Sequence[str] = (),
    filter: str | None = None,  # noqa: A002  the reader's word
    language: str = "nl",
    weight: str | None = None,
    *,
    database: str | None = None,
) -> pd.DataFrame:
    """The figures of a variable over a banner, a row each as in the report's long list; hidden ones are empty.

    Raises
    ------
    BadQuery        an unknown variable, filter, banner or weighting; the message names the nearest
    """
    words = Words(language)
    with _wave(study, year, database) as (held, data):
        with held.read() as session:
            is_final = wave_info(session, study, year).is_settled
        grid = tabulate(data, variable, by, filter, weight)
    return pd.DataFrame(long_lines((grid,), words, is_final=is_final), columns=list(COLUMNS))


@contextmanager
def _wave(study: str, year: int, url: str | None) -> Iterator[tuple[Database, WaveData]]:
    settings = None if url else Settings()
    held = Database.of(settings) if settings else Database(url or "")
    try:
        yield held, LiveWaves(held, InstrumentLibrary(held)).data(study, year)
    finally:
        held.close()


def _log(held: Database, action: str, data: WaveData, details: dict[str, object]) -> None:
    with held.write() as session:
        wave = data.instrument.wave
        audit.add(session, ACTOR, action, f"{data.instrument.study.id} {wave.year}", details)
