"""Every type of question is whole: drawn, read, piped, stored, tabulated, exported and described, missing codes too."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlmodel import select

from surveyapp.app import create_app
from surveyapp.config import Settings
from surveyapp.engine.describe import answer_in_words, value_in_words
from surveyapp.engine.pipe import piped
from surveyapp.engine.plan import plan
from surveyapp.engine.robots import Crew
from surveyapp.engine.validate import check_page
from surveyapp.errors import AnswersRefused
from surveyapp.exports.case_columns import columns_of
from surveyapp.exports.case_frame import no_cases, text_variables
from surveyapp.exports.codebook_lines import variable_lines
from surveyapp.exports.words import Words
from surveyapp.fieldwork import waves
from surveyapp.instrument.checks import run_checks
from surveyapp.instrument.model import Instrument, VariableType
from surveyapp.reports.codebook import codebook
from surveyapp.reports.tabulate import tabulate
from surveyapp.reports.wave_data import WaveData
from surveyapp.storage.database import Database
from surveyapp.storage.tables import CaseRow
from tests.instrument.definitions import without_places
from tests.reports.waves import record, wave
from tests.types.every_type import AFTER, NAME, TypeDefinition, lacking, type_definition
from tests.web.browsing import Visitor

TYPES = list(VariableType)
ASKED = [kind for kind in VariableType if kind is not VariableType.CONSENT]
LANGUAGES = ("nl", "en")
CASES = 96  # every answer and missing code occurs above the threshold of ten below which nothing is shown


@pytest.fixture(scope="module")
def definitions() -> dict[VariableType, TypeDefinition]:
    return {kind: type_definition(kind) for kind in TYPES}


@pytest.fixture
def made(request: pytest.FixtureRequest, definitions: dict[VariableType, TypeDefinition]) -> TypeDefinition:
    return definitions[request.param]


def of_each(kinds: list[VariableType]) -> Callable[..., Any]:
    return pytest.mark.parametrize("made", kinds, indirect=True, ids=str)


def form_and_language(answer: dict[str, Any]) -> tuple[dict[str, tuple[str, ...]], str]:
    return {name: tuple(values) for name, values in answer["form"].items()}, answer.get("language", "nl")


def data_of(made: TypeDefinition) -> WaveData:
    """Cases with each answer and each missing code of the definition."""
    variable = made.instrument.variable(NAME)
    values = [answer["stored"] for answer in made.answers] + [code.code for code in variable.missing]
    cases = [values[number % len(values)] for number in range(CASES)]
    consent = {} if made.kind is VariableType.CONSENT else {"s_consent": 1}
    return wave(
        made.instrument,
        [
            record(made.instrument, at, "contractor", {**consent, NAME: value, AFTER: 1})
            for at, value in enumerate(cases)
        ],
    )


@pytest.mark.parametrize("kind", TYPES, ids=str)
def test_no_type_lacks_anything(kind: VariableType) -> None:
    assert lacking(kind) == []


def test_a_type_that_is_only_a_name_lacks_everything() -> None:
    assert lacking("hologram") == [
        "its traits in instrument/types.py",
        "a handler in engine/shapes",
        "an entry in web/questionnaire/question_types.py",
        "a row in docs/instrument-format.md",
        "tests/instruments/hologram.yaml",
    ]


@of_each(TYPES)
def test_the_tiny_definition_passes_the_checks(made: TypeDefinition) -> None:
    assert [each.message["en"] for each in run_checks(without_places(made.study), 2026) if each.level == "error"] == []


@of_each(ASKED)
def test_a_form_is_read_into_the_value_that_is_stored(made: TypeDefinition) -> None:
    questionnaire = made.instrument.questionnaire("contractor")
    for answer in made.answers:
        form, language = form_and_language(answer)
        found = check_page(questionnaire, "asked", {"s_consent": 1}, form, language)
        assert found.problems == ()
        assert found.values[NAME] == answer["stored"]


@of_each(ASKED)
def test_what_cannot_be_stored_is_named_by_its_code(made: TypeDefinition) -> None:
    questionnaire = made.instrument.questionnaire("contractor")
    for fault in made.faults:
        found = check_page(questionnaire, "asked", {"s_consent": 1}, form_and_language(fault)[0], "nl")
        assert [problem.code for problem in found.problems] == [fault["code"]], fault
    foreign = {f"q_{NAME}__of_another": ("1",)}
    with pytest.raises(AnswersRefused):
        check_page(questionnaire, "asked", {"s_consent": 1}, foreign, "nl")


@of_each(ASKED)
def test_each_missing_code_it_offers_is_stored_and_worded_and_an_empty_form_is_skipped(made: TypeDefinition) -> None:
    questionnaire = made.instrument.questionnaire("contractor")
    question = questionnaire.questions[NAME]
    is_coded = made.kind.shape.is_ticked
    field = f"q_{NAME}" if is_coded else f"q_{NAME}__missing"
    for code in question.missing:
        found = check_page(questionnaire, "asked", {"s_consent": 1}, {field: (str(code.code),)}, "nl")
        assert found.values[NAME] == code.code
        for language in LANGUAGES:
            said = answer_in_words(made.instrument, question, code.code, found.values, language)
            assert said == made.instrument.missing[code.key].label[language]
    assert check_page(questionnaire, "asked", {"s_consent": 1}, {}, "nl").values[NAME] == -9  # skipped


@of_each(TYPES)
def test_an_answer_reads_as_words_and_can_be_piped_into_a_text(made: TypeDefinition) -> None:
    for answer in made.answers:
        answers = {NAME: answer["stored"]}
        for name, values in answer.get("form", {}).items():
            if name.endswith("__other"):
                answers[f"{NAME}_other"] = values[0]
        for language in LANGUAGES:
            variable = made.instrument.variable(NAME)
            assert value_in_words(variable, answer["stored"], answers, language) == answer["words"][language]
            form = "label" if variable.categories else "value"
            said = piped(f"({{{NAME}.{form}|-}})", made.instrument, answers, language)
            assert said == f"({answer['piped'][language]})"
    assert piped(f"{{{NAME}.value|niets}}", made.instrument, {NAME: -9}, "nl") == "niets"


@of_each(ASKED)
def test_robots_answer_it_in_ways_the_page_accepts(made: TypeDefinition) -> None:
    crew = Crew(made.instrument.questionnaire("contractor"))
    walks = [crew.walk(seed, language) for seed in range(12) for language in LANGUAGES]
    assert any(walk.answers.get(NAME, -9) not in (-9, -1, -2, -3) for walk in walks)


@of_each(TYPES)
def test_its_column_its_table_and_its_place_in_the_data_book_have_the_shape_that_is_promised(
    made: TypeDefinition,
) -> None:
    data = data_of(made)
    column = data.dataset.columns[NAME]
    assert type(column).__name__ == made.data["column"]
    if made.data["rows"]:
        found = tabulate(data, NAME)
        assert list(dict.fromkeys(measure.kind for measure in found.measures)) == made.data["rows"]
        valid = sum(not (isinstance(answer, int) and answer < 0) for answer in _stored(data, made))
        assert (found.total.asked, found.total.valid) == (CASES, valid)
    frame = no_cases(made.instrument, data.dataset)
    columns = columns_of(frame, made.instrument, codebook(made.instrument), Words("en"))
    own = [name for name, column in columns.items() if column["variable"] == NAME]
    assert own == made.data["book"]
    texts = [variable.name for variable, _ in text_variables(made.instrument, data.dataset)]
    assert (NAME in texts) == (not own)


def _stored(data: WaveData, made: TypeDefinition) -> Iterator[Any]:
    values = [answer["stored"] for answer in made.answers]
    values += [code.code for code in made.instrument.variable(NAME).missing]
    yield from (values[number % len(values)] for number in range(CASES))


@of_each(TYPES)
def test_the_codebook_describes_it(made: TypeDefinition) -> None:
    found = codebook(made.instrument, data_of(made))
    (line,) = (line for line in variable_lines(found, Words("en")) if line[1] == NAME)
    assert line[6] == made.kind.value
    codes = {value.code for entry in found.entries if entry.name == NAME for value in entry.values}
    variable = made.instrument.variable(NAME)
    assert codes >= {*variable.codes, *(code.code for code in variable.missing)}


# ------------------------------------------------------------------------------------------------------- in a browser
@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("instance")


def application(database: Database, instance: Path, instrument: Instrument) -> Flask:
    with database.write() as session:
        waves.create_wave(session, instrument)
        # The wave is confidential: without a link only testers come in.
        waves.test_wave(session, instrument.study.id, instrument.wave.year)
    settings = Settings.model_validate({"environment": "development", "instance": instance, "log_level": "ERROR"})
    app = create_app(settings, database=database)
    app.testing = True
    return app


@of_each(ASKED)
def test_a_browser_without_javascript_shows_it_sends_it_and_gets_it_back(
    made: TypeDefinition, sqlite_database: Database, instance: Path
) -> None:
    app = application(sqlite_database, instance, made.instrument)
    answer = made.answers[0]
    form, language = form_and_language(answer)
    visitor = Visitor(app.test_client()).begin(made.instrument.study.id, "contractor", language)
    planned = plan(made.instrument.questionnaire("contractor")).by_id["asked"].questions[0]
    assert set(planned.fields) <= {*visitor.form.offered, *visitor.form.typing}
    for fault in made.faults:
        visitor.press("next", form_and_language(fault)[0])
        assert visitor.at == "asked", fault
        assert 'id="errors"' in visitor.html or "error" in visitor.html
        for name in planned.fields:  # leave nothing of the fault behind
            visitor.form.fields.pop(name, None)
    visitor.press("next", form)
    assert visitor.at == "last"
    with sqlite_database.read() as session:
        (stored,) = [case.answers for case in session.exec(select(CaseRow))]
    assert json.loads(json.dumps(stored[NAME])) == answer["stored"]
    visitor.go("asked", language)
    shown = visitor.form.fields
    assert any(value for name in planned.fields for value in shown.get(name, []))
