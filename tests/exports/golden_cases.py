"""A small wave with one variable of every type and hostile values in it, and what its files hold, cell by cell.

``python -m tests.exports.golden_cases`` writes ``golden_cases.json`` anew: for a change of the files that was meant.
"""

from __future__ import annotations

import json
import tempfile
import zipfile
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

from surveyapp.exports.registry import ExportSource, write
from surveyapp.fieldwork.waves import WaveInfo
from surveyapp.instrument.resolve import resolved
from surveyapp.reports.steps import Step
from surveyapp.reports.wave_data import WaveData
from tests.exports.workbooks import opened
from tests.instrument.definitions import in_memory
from tests.reports.waves import record, wave

GOLDEN = Path(__file__).with_name("golden_cases.json")
LANGUAGES = ("nl", "en")
FILES = ("data-", "open-", "steps-")
WAYS = "variables.code_lists.ways.categories"
CATEGORIES = (
    (f"{WAYS}.0.label", {"nl": "=1+1", "en": "+31 6"}),
    (f"{WAYS}.1.label", {"nl": 'Zelfde; "woord"', "en": "Same, word"}),
    (f"{WAYS}.2.label", {"nl": 'Zelfde; "woord"', "en": "Same, word"}),
)
"""Labels a spreadsheet program takes for formulas, that need quotes, and that two codes share."""


@cache
def cases() -> WaveData:
    """Finished, unfinished and screened out; each type with an answer and with each kind of missing."""
    instrument = resolved(in_memory(*CATEGORIES, name="every_type"), 2026)
    answers = {
        "s_consent": 1, "t_single": 1, "t_multiple": [1, 97], "t_multiple_other": "=HYPERLINK(\"x\")\r\n-2\x00",
        "t_mark": 2, "t_recommendation": 0, "t_number": 12.5, "t_year": 2019, "t_month": 202611, "t_region": 10,
        "t_ranking": [97, 1], "t_allocation": {"1": 33.5, "2": 66.5}, "t_short_text": "een; \"twee\", drie\ud800",
        "t_long_text": "\tkop\n+1 😀 " + "é" * 40,
    }  # fmt: skip
    whole = {**answers, "t_multiple": [90], "t_number": 500, "t_ranking": [2], "t_allocation": {"97": 100.0}}
    gone = {
        "s_consent": 1, "t_single": -1, "t_multiple": -2, "t_mark": -9, "t_number": -2, "t_year": -9, "t_month": -9,
        "t_region": -9, "t_ranking": -9, "t_allocation": -9, "t_short_text": -9,
    }  # fmt: skip
    fine = {"s_consent": 1, "t_single": -3, "t_number": 0.1, "t_allocation": {"1": 0.0, "90": 100}, "t_multiple": [2]}
    return wave(
        instrument,
        [
            record(instrument, 0, "contractor", answers, source="=bron", seconds=90),
            record(instrument, 1, "contractor", whole, language="en", device="unknown", seconds=600),
            record(instrument, 2, "contractor", gone, state="screened_out", sent_on=None, seconds=0),
            record(instrument, 3, "contractor", fine, state="started", started_on=None, sent_on=None, seconds=3599),
            record(instrument, 4, "contractor", {**fine, "t_number": 0}, sent_on=date(2026, 12, 31), seconds=1),
        ],
    )


def content() -> dict[str, list[object]]:
    """Per file and language its lines, per sheet of the data book its rows."""
    data = cases()
    opened_at = datetime(2026, 11, 2, tzinfo=UTC)
    key = str(data.dataset.ids[0])
    step = Step(key, 1, "single", "nl", 12, 0, ("t_single", "t_mark"), "contractor", "phone", 2)
    info = WaveInfo("every-type", 2026, "open", "confidential", data.instrument.hash, opened_at, None)
    source = ExportSource(info, data, steps=lambda: (step,))
    held: dict[str, list[object]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for language in LANGUAGES:
            path = Path(folder) / f"{language}.zip"
            write("csv", source, path, language)
            with zipfile.ZipFile(path) as archive:
                for name in archive.namelist():
                    if not name.startswith(FILES):
                        continue
                    text = archive.read(name).decode("utf-8")
                    held[f"{language}/{name}"] = list(text.splitlines(keepends=True))
            book = Path(folder) / f"{language}.xlsx"
            write("data", source, book, language)
            for sheet in opened(book).worksheets[1:3] + opened(book).worksheets[5:]:
                held[f"{language}/{sheet.title}"] = [
                    [_shown(cell.value, cell.quotePrefix) for cell in row] for row in sheet.iter_rows()
                ]
    return held


def _shown(value: object, is_guarded: bool) -> object:
    shown = value.isoformat(sep=" ") if isinstance(value, datetime) else value
    return {"guarded": shown} if is_guarded else shown


if __name__ == "__main__":
    GOLDEN.write_text(json.dumps(content(), ensure_ascii=True, indent=1) + "\n", encoding="ascii")
