"""What was answered while a wave was tried, as figures: apart from everything that counts, and marked as what it is.

A wave that is in test has no other cases. From its opening on these are read nowhere any more, and what people answer
then never meets them.
"""

from __future__ import annotations

from surveyapp import clock
from surveyapp.fieldwork.library import InstrumentLibrary
from surveyapp.fieldwork.waves import wave_info
from surveyapp.instrument.model import Instrument
from surveyapp.reports.case_store import CaseStore
from surveyapp.reports.sentences import both
from surveyapp.reports.wave_data import WaveData
from surveyapp.storage import sources
from surveyapp.storage.case_feed import CaseFeed
from surveyapp.storage.database import Session


def tried_data(session: Session, library: InstrumentLibrary, study: str, year: int) -> WaveData | None:
    """The test cases of a wave as data; None for a wave that is not in test.

    Read anew each time: testers are few, and nothing of them is kept beside what counts.
    """
    if wave_info(session, study, year).state != "test":
        return None
    instrument = library.of_wave(session, study, year)

    def version_of(hash_: str) -> Instrument:
        return instrument if hash_ == instrument.hash else library.get(session, study, hash_)

    store = CaseStore(instrument)
    for records in CaseFeed(study, year).look(session).blocks():
        store.take_in([{**record, "is_test": False} for record in records if record["is_test"]], version_of)
    cases = store.dataset(sources.of_wave(session, study, year))
    return WaveData(instrument, cases, clock.now(), 1, store.earlier(), is_tried=True)


def test_note() -> dict[str, str]:
    """What stands at every figure made of them."""
    return dict(both("These are test answers: they never count, and are not in the results once the wave opens."))
