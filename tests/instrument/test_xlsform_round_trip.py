"""An XLSForm with every supported construct comes in and goes out unchanged; whatever else is named, never dropped."""

from __future__ import annotations

from pathlib import Path

import pytest

from surveyapp.errors import DefinitionError, ImportRefused, WrongState
from surveyapp.instrument.findings import Finding
from surveyapp.instrument.loader import load_instrument
from surveyapp.instrument.model import Instrument
from surveyapp.instrument.variables import VariableType
from surveyapp.instrument.xlsform.folder import write_study
from surveyapp.instrument.xlsform.form import Form, Loss
from surveyapp.instrument.xlsform.inward import inward
from surveyapp.instrument.xlsform.outward import CONSENT, PROMPTS, REGISTRY, outward
from tests.instrument.definitions import patched, write
from tests.instrument.xlsforms import CARRIED, EN, NL, NOT_CARRIED, choice, row

STUDY = "course-evaluation"
YES_NO = (choice("yn", "1", "Ja", "Yes"), choice("yn", "2", "Nee", "No"))


def taken(form: Form, folder: Path) -> tuple[Instrument, tuple[Loss, ...], tuple[Finding, ...]]:
    documents, losses = inward(form, STUDY, 2026)
    findings = write_study(documents, folder / STUDY, 2026)
    return load_instrument(folder / STUDY, 2026), losses, findings


def small(*survey: dict[str, str] | object, choices: tuple[object, ...] = YES_NO) -> Form:
    rows = (row("begin_group", "one", "Een", "One"), *survey, row("end_group", "one"))
    return Form(rows, choices, {"form_title": "Klein"})  # type: ignore[arg-type]


def test_a_form_with_every_supported_construct_comes_in_and_goes_out_cell_by_cell(tmp_path: Path) -> None:
    instrument, losses, _ = taken(CARRIED, tmp_path)
    assert losses == ()
    form, lost = outward(instrument, "respondent")
    for before, after in zip(CARRIED.survey, form.survey, strict=True):
        assert after == before
    for before, after in zip(CARRIED.choices, form.choices, strict=True):
        assert after == before
    assert {**form.settings, "version": ""} == {**CARRIED.settings, "version": ""}
    # The study shows the words of the answer where the form shows its code, so going out is a loss.
    code = Loss("better", "the words of the answer to mark: its code is shown")
    assert lost == (Loss("form", REGISTRY), Loss("form", CONSENT), Loss("form", PROMPTS), code)


def test_what_comes_in_has_the_types_conditions_and_limits_of_the_form(tmp_path: Path) -> None:
    instrument, _, findings = taken(CARRIED, tmp_path)
    types = {name: variable.type for name, variable in instrument.variables.items()}
    assert types["mark"] is VariableType.MARK
    assert types["recommend"] is VariableType.RECOMMENDATION
    assert types["since"] is VariableType.MONTH
    assert types["better"] is VariableType.LONG_TEXT
    topics = instrument.variable("topics")
    assert (topics.minimum_choices, topics.maximum_choices) == (1, 3)
    assert [category.code for category in topics.categories if category.exclusive] == [90]
    assert [category.code for category in topics.categories if category.other] == [97]
    assert [code.key for code in instrument.variable("again").missing] == ["na", "dk"]
    page = instrument.questionnaire("respondent").by_id["teacher"]
    assert page.show_if is not None
    assert page.show_if.source == "attended == 1 and (not holds(level == 3) or again == dk)"
    # What a form cannot say is for people to add: who keeps the answers for how long, and where.
    assert {finding.code for finding in findings if finding.level == "error"} == {"V005", "V006"}


@pytest.mark.parametrize(("line", "told"), NOT_CARRIED, ids=[told for _, told in NOT_CARRIED])
def test_what_a_form_has_and_we_have_not_is_named(line: dict[str, str], told: str) -> None:
    _, losses = inward(small(row("select_one yn", "first", "Eerst?", "First?"), line), STUDY, 2026)
    assert [loss for loss in losses if told in loss.what], losses


def test_repeats_and_groups_in_groups_are_named_and_their_questions_too() -> None:
    form = small(
        row("select_one yn", "first", "Eerst?", "First?"),
        row("begin_repeat", "children", "Kinderen", "Children"),
        row("integer", "age", "Leeftijd?", "Age?"),
        row("end_repeat", "children"),
        row("begin_group", "inner", "Binnen", "Inside", relevant="${first} = '1' or ${first} = '2'"),
        row("text", "why", "Waarom?", "Why?", relevant="${first} != ''"),
        row("end_group", "inner"),
    )
    documents, losses = inward(form, STUDY, 2026)
    assert {loss.where for loss in losses} == {"children", "age", "inner", "why"}
    items = documents["2026/questionnaire.yaml"]["pages"][0]["items"]
    assert [item.get("variable") or item["information"] for item in items] == ["first", "inner", "why"]
    assert items[2]["show_if"] == "(first == 1 or first == 2) and answered(first)"


def test_choices_named_by_words_get_codes_and_keep_their_names_as_keys(tmp_path: Path) -> None:
    words = (choice("yn", "yes", "Ja", "Yes"), choice("yn", "no", "Nee", "No"))
    form = small(
        row("select_one yn", "first", "Eerst?", "First?"),
        row("text", "why", "Waarom?", "Why?", relevant="${first} = 'no'"),
        choices=words,
    )
    instrument, losses, _ = taken(form, tmp_path)
    assert [loss.where for loss in losses] == ["why", "list yn"][::-1]
    assert [(each.code, each.key) for each in instrument.variable("first").categories] == [(1, "yes"), (2, "no")]
    back, _ = outward(instrument, "respondent", use_keys=True)
    assert back.choices == words
    assert [line.get("relevant") for line in back.survey][2] == "${first} = 'no'"


def test_words_of_a_missing_code_that_differ_per_question_stay_with_the_question(tmp_path: Path) -> None:
    lists = (
        *(choice("a_dk", str(code), f"Antwoord {code}", f"Answer {code}") for code in (1, 2)),
        choice("a_dk", "dk", "weet ik niet", "don't know"),
        *(choice("b_dk", str(code), f"Keuze {code}", f"Choice {code}") for code in (1, 2)),
        choice("b_dk", "dk", "geen idee", "no idea"),
    )
    form = small(
        row("select_one a_dk", "first", "Eerst?", "First?"),
        row("select_one b_dk", "second", "Dan?", "Then?"),
        choices=lists,
    )
    instrument, losses, _ = taken(form, tmp_path)
    assert losses == ()
    assert outward(instrument, "respondent")[0].choices == lists


def test_a_form_in_one_language_becomes_a_study_in_that_language() -> None:
    form = Form(
        ({"type": "select_one yn", "name": "first", "label": "Eerst?"},),
        ({"list_name": "yn", "name": "1", "label": "Ja"}, {"list_name": "yn", "name": "2", "label": "Nee"}),
        {},
    )
    documents, _ = inward(form, STUDY, 2026, "nl")
    assert documents["study.yaml"]["languages"] == ["nl"]
    assert documents["2026/questionnaire.yaml"]["pages"][0]["items"][0]["text"] == {"nl": "Eerst?"}


@pytest.mark.parametrize(
    ("form", "message"),
    [
        (Form((), (), {}), "no column 'type'"),
        (Form((row("note", "n", "Hallo", "Hello"),), (), {}), "no question"),
        (Form((row("begin_group", "g", "G", "G"), row("text", "t", "T?", "T?")), (), {}), "is not closed"),
        (Form((row("text", "t", "T?", "T?"), row("end_group", "g")), (), {}), "closes no group"),
    ],
)
def test_a_form_that_makes_no_questionnaire_is_refused(form: Form, message: str) -> None:
    with pytest.raises(ImportRefused, match=message):
        inward(form, STUDY, 2026)


def test_a_study_is_never_written_over_another_and_a_failure_leaves_nothing(tmp_path: Path) -> None:
    documents, _ = inward(CARRIED, STUDY, 2026)
    write_study(documents, tmp_path / STUDY, 2026)
    with pytest.raises(WrongState, match="there already"):
        write_study(documents, tmp_path / STUDY, 2026)
    with pytest.raises(DefinitionError, match="no name for a study"):
        write_study(documents, tmp_path / "Course Evaluation", 2026)
    broken = {**documents, "variables.yaml": {"variables": {}}}
    with pytest.raises(ImportRefused, match="nothing was written") as caught:
        write_study(broken, tmp_path / "other", 2026)
    assert caught.value.faults
    assert [path.name for path in tmp_path.iterdir()] == [STUDY]


def test_whatever_the_tiny_study_has_that_a_form_has_not_is_named(tmp_path: Path) -> None:
    instrument = load_instrument(write(tmp_path, patched()), 2026)
    _, losses = outward(instrument, "contractor")
    told = {f"{loss.where}: {loss.what}" for loss in losses}
    parts = (
        "a_months: the unit",
        "a_months: the question whether",
        "a_months: the answers dk beside",
        "im_rank: that only the first 2",
        "gr_assign: the words at the ends",
        "an early ending becomes a note",
    )
    for part in parts:
        assert any(part in line for line in told), part


@pytest.mark.parametrize("role", ["contractor", "manager", "procurement", "intermediary"])
def test_every_question_of_the_real_study_is_in_the_form_or_in_the_list(role: str, tmp_path: Path) -> None:
    instrument = load_instrument(Path(__file__).parents[2] / "instruments" / "goed-opdrachtgeverschap", 2026)
    form, losses = outward(instrument, role)
    there = {line["name"] for line in form.survey} | {loss.where for loss in losses}
    assert set(instrument.questionnaire(role).questions) <= there
    back, _, _ = taken(form, tmp_path)
    questions = back.questionnaire("respondent").questions
    assert set(instrument.questionnaire(role).questions) - set(questions) <= {loss.where for loss in losses}
    for name, question in questions.items():
        assert question.text["nl"] == form_label(form, name, NL)
        assert question.text["en"] == form_label(form, name, EN)


def form_label(form: Form, name: str, column: str) -> str:
    found = next(line[column] for line in form.survey if line["name"] == name)
    return found if "${" not in found else pytest.skip("a text that pipes")


@pytest.mark.parametrize("name", ["loop", "random_order", "every_type", "kinds"])
def test_the_small_studies_of_each_feature_go_out_and_come_back(name: str, tmp_path: Path) -> None:
    instrument = load_instrument(write(tmp_path / "study", patched(name=name)), 2026)
    for role, questionnaire in instrument.questionnaires.items():
        form, losses = outward(instrument, role)
        lost = {loss.where for loss in losses}
        back, _, _ = taken(form, tmp_path / role)
        assert set(questionnaire.questions) - set(back.questionnaire("respondent").questions) <= lost
        shuffled = {page.id for page in questionnaire.pages if page.is_randomised}
        assert shuffled <= lost
