"""The earlier wave that ``surveyapp check --against`` compares with: as it was published, or as its files stand.

The registry of variables is shared by all waves of a study, so its files say of an earlier wave what they say today.
Only what was published back then knows which code meant what; where a database has it, it goes before the files.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from surveyapp.config import Settings
from surveyapp.errors import SurveyError
from surveyapp.fieldwork.library import InstrumentLibrary
from surveyapp.instrument.compare import Comparison, compare
from surveyapp.instrument.files import wave_folders
from surveyapp.instrument.loader import read_instrument
from surveyapp.instrument.model import Instrument
from surveyapp.storage.database import Database
from surveyapp.storage.faults import ANY


@dataclass(frozen=True, slots=True)
class Compared:
    """Two waves of a study; ``published`` is the hash of the earlier one, empty when its files were read."""

    study: str
    published: str
    comparison: Comparison


def compared(
    settings: Settings, folder: Path, later: Sequence[tuple[int, Instrument | None]], against: int
) -> list[Compared] | None:
    """Each later wave beside the earlier one; None when there is no earlier one to read.

    The wave of that very year is compared too when it was published and its files differ from that.
    """
    published = _published(settings, folder.name, against)
    years = wave_folders(folder)
    earlier = published or (read_instrument(folder, against)[0] if against in years else None)
    chosen = [
        instrument
        for year, instrument in later
        if instrument is not None
        and (year > against or (year == against and published is not None and published.hash != instrument.hash))
    ]
    if earlier is None:
        return None if chosen or all(year < against for year, _ in later) else []
    readings = [read_instrument(folder, year)[0] for year in years if year < against]
    before = [instrument for instrument in readings if instrument is not None]
    return [
        Compared(folder.name, published.hash if published else "", compare(earlier, instrument, before=before))
        for instrument in chosen
    ]


def _published(settings: Settings, study: str, year: int) -> Instrument | None:
    """The version the wave runs on; None where no database here knows it."""
    with Database.of(settings) as database:
        if database.file is not None and not database.file.is_file():
            return None  # checking files makes no database
        try:
            with database.read() as session:
                return InstrumentLibrary(database).of_wave(session, study, year)
        except (SurveyError, *ANY):
            return None
