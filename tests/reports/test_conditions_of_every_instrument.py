"""Every condition of every instrument in the repository means the same for one respondent and as a mask over all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from surveyapp.engine.route import on_path
from surveyapp.instrument.conditions import Condition
from surveyapp.instrument.conditions.mask import mask
from surveyapp.instrument.files import wave_folders
from surveyapp.instrument.loader import load_instrument, studies
from surveyapp.instrument.model import Instrument, QuestionSet
from surveyapp.reports.extract import extract
from tests.reports.waves import robot_records

FOLDER = Path(__file__).resolve().parents[2] / "instruments"
FIELDED = [
    (study, year)
    for study in studies(FOLDER)
    for year in wave_folders(FOLDER / study)
    if load_instrument(FOLDER / study, year).questionnaires
]
SPELLED = {True: 1, False: 0, None: -1}


def conditions_of(instrument: Instrument) -> Iterator[Condition | None]:
    """Pages, items, rows and endings of every role; who is asked each variable; filters of tables."""
    for questionnaire in instrument.questionnaires.values():
        for page in questionnaire.pages:
            yield page.show_if
            yield from (ending.condition for ending in page.endings)
            for item in page.items:
                yield item.show_if
                if isinstance(item, QuestionSet):
                    yield from (row.show_if for row in item.questions)
    for universe in instrument.universes.values():
        yield from universe.by_role.values()
    yield from (table.filter for table in instrument.tables)


@pytest.mark.parametrize(("study", "year"), FIELDED)
def test_one_respondent_and_a_mask_over_all_agree_on_every_condition(study: str, year: int) -> None:
    instrument = load_instrument(FOLDER / study, year)
    records = robot_records(instrument, 240, seed=year)
    cases = extract(instrument, records)
    counted = [
        (on_path(instrument.questionnaires[one["role"]], one["answers"], one["language"]), one) for one in records
    ]
    conditions = {condition for condition in conditions_of(instrument) if condition is not None}
    assert conditions
    for condition in conditions:
        one_by_one = [
            SPELLED[condition.evaluate(answers, role=one["role"], language=one["language"])] for answers, one in counted
        ]
        assert mask(condition, cases).tolist() == one_by_one, condition.source
