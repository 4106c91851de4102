"""Nothing an author writes goes by in silence, and what is said of a slip leads to what was meant."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from surveyapp.cli import main
from surveyapp.instrument import source_fixes
from surveyapp.instrument.checks import CHECKS, run_checks
from surveyapp.instrument.conditions import parse_condition
from surveyapp.instrument.definition import QuestionnaireFile, StudyFile, TablesFile, VariablesFile
from surveyapp.instrument.files import read_files
from surveyapp.instrument.findings import Finding
from surveyapp.instrument.near import nearest
from surveyapp.instrument.notation import FORMS
from surveyapp.instrument.source import Document, read_document
from tests.instrument.definitions import (
    FILES,
    approve_all,
    definition,
    in_memory,
    patched,
    study_files,
    without_places,
    write,
)
from tests.instrument.examples_of_checks import table


def fault(content: str) -> Finding:
    found = read_document(content.encode(), "x.yaml")
    assert isinstance(found, Finding), found.data
    return found


@pytest.mark.parametrize(
    ("content", "line", "column"),
    [
        ("nl: Tip #1\n", 1, 9),
        ("nl: Ja  # ja\n", 1, 9),  # in people's words a number sign is never a comment
        ("{nl: Tip #1 en meer, en: Tip}\n", 1, 10),
        ("a:\n  - Tip #1\n", 2, 9),
        ("title: Vraag #2 van 3\n", 1, 14),
        ("en: eerste regel\n  en de tweede #3\n", 2, 16),
    ],
)
def test_a_number_sign_in_a_text_takes_nothing_away_unseen(content: str, line: int, column: int) -> None:
    found = fault(content)
    assert (found.code, found.place.line, found.place.column) == ("Y009", line, column)
    assert "quotation marks" in found.fix["en"]
    assert "#" in found.message["nl"]


@pytest.mark.parametrize(
    ("content", "data"),
    [
        ('nl: "Tip #1"  # een tip\n', {"nl": "Tip #1"}),
        ("mode: anonymous  # no link ever existed\n", {"mode": "anonymous"}),
        ("a: 3 #three\n", {"a": 3}),
        ("a: true #yes\n", {"a": True}),
        ("a: b#1\n", {"a": "b#1"}),
        ("a: b ####\n", {"a": "b"}),
        ("nl: |\n  Tip #1\n", {"nl": "Tip #1\n"}),
        ("# alone\na: b\n", {"a": "b"}),
        ("a: # behind a key\n  b: c\n", {"a": {"b": "c"}}),
    ],
)
def test_comments_stay_comments(content: str, data: Any) -> None:
    found = read_document(content.encode(), "x.yaml")
    assert isinstance(found, Document), found
    assert found.data == data


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("a:\n  - x: 1\n    y: 2\n    x: 3\n", "dash"),
        ("nl: Let op: dit\n", "quotation marks"),
        ("a: @naam\n", "quotation marks"),
        ("a: *ster\n", "quotation marks"),
        ("a: !wat\n", "quotation marks"),
        ("a:\n\t- b\n", "spaces"),
        ("a: 'open\nb: 1\nc: 2\n", "Close"),
    ],
)
def test_what_cannot_be_read_says_what_it_usually_comes_from(content: str, words: str) -> None:
    found = fault(content)
    assert words in found.fix["en"], found.fix
    assert "Remove" not in found.fix["en"]


def test_a_quotation_mark_that_was_never_closed_is_named_with_the_line_it_begins_on() -> None:
    assert "line 2" in fault("a: 1\nb: 'open\nc: 2\nd: 3\n").message["en"]


def shape(tmp_path: Path, file: str, old: str, new: str) -> Finding:
    """The finding on the tiny study with one piece of a file written otherwise."""
    folder = write(tmp_path, definition())
    path = folder / FILES[file]
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    findings = read_files(folder).findings
    assert findings
    return findings[0]


@pytest.mark.parametrize(
    ("new", "message", "fix"),
    [
        ('"low_base": 20_000', "20_000", "Write 20000."),
        ('"low_base": 1.000', "1.000", "Write 1000."),
        ('"low_base": dertig', "dertig", "Make this a whole number."),
        ('"low_bace": 30', "low_bace", "Do you mean 'low_base'?"),
    ],
)
def test_a_value_is_shown_as_it_was_written(tmp_path: Path, new: str, message: str, fix: str) -> None:
    found = shape(tmp_path, "study", '"low_base": 30', new)
    assert message in found.message["en"]
    assert found.fix["en"] == fix
    assert found.fix["nl"] != fix


def test_a_number_where_a_text_belongs_is_shown_with_its_zeros(tmp_path: Path) -> None:
    found = shape(tmp_path, "study", '"telephone": "030 000 00 00"', '"telephone": 0300000000')
    assert "0300000000" in found.message["nl"]
    assert found.fix["en"] == 'Write "0300000000".'


def test_a_decimal_comma_in_braces_is_told_from_a_key(tmp_path: Path) -> None:
    found = shape(tmp_path, "variables", '"max": 240', '"max": 60,5')
    assert found.code in ("S002", "S003", "Y001")
    if found.code != "Y001":
        assert "60.5" in found.fix["en"]
    (tmp_path / "braces").mkdir()
    folder = write(tmp_path / "braces", definition())
    path = folder / "variables.yaml"
    text = path.read_text("utf-8")
    start = text.index('"range"')
    end = text.index("}", start) + 1
    path.write_text(text[:start] + '"range": {min: 0, max: 60,5}' + text[end:], "utf-8")
    (found,) = read_files(folder).findings
    assert found.fix["en"] == "Write 60.5 for 'max': the decimal sign is a point."
    assert found.place.column > 1


def test_a_comma_in_an_unquoted_text_is_told_from_a_key(tmp_path: Path) -> None:
    folder = write(tmp_path, definition())
    path = folder / "study.yaml"
    text = path.read_text("utf-8")
    start = text.index('"introduction"')
    end = text.index("}", start) + 1
    path.write_text(text[:start] + '"introduction": {nl: Ja, graag, en: Yes}' + text[end:], "utf-8")
    found = read_files(folder).findings[0]
    assert "quotation marks" in found.fix["en"]


@pytest.mark.parametrize(("word", "meant"), [("yes", "true"), ("on", "true"), ("no", "false"), ("nee", "false")])
def test_yes_and_no_are_told_to_be_true_and_false(tmp_path: Path, word: str, meant: str) -> None:
    found = shape(tmp_path, "questionnaire", '"required": true', f'"required": {word}')
    assert f"'{word}'" in found.message["en"]
    assert found.fix["en"] == f"Write {meant}."


@pytest.mark.parametrize(
    ("source", "said", "meant"),
    [
        ("gr_assign = 7", "=", "=="),
        ("gr_assign => 7", "=>", ">="),
        ("gr_assign =< 7", "=<", "<="),
        ("gr_assign <> 7", "<>", "!="),
        ("gr_assign ≥ 7", "≥", ">="),
        ("gr_assign === 7", "===", "=="),
        ("gr_assign >= 7 && s_elig == 1", "&&", "and"),
        ("gr_assign >= 7 || s_elig == 1", "||", "or"),
        ("gr_assign >= 7 AND s_elig == 1", "AND", "and"),
        ("gr_assign >= 7 OF s_elig == 1", "OF", "or"),
        ("! answered(gr_assign)", "!", "not"),
    ],
)
def test_an_operator_of_another_language_is_named_with_ours(source: str, said: str, meant: str) -> None:
    (found,) = [each for each in run_checks(in_memory(("tables.tables.0.filter", source)), 2026) if each.code == "R012"]
    assert f"“{said}”" in found.message["en"]
    assert f"“{meant}”" in found.message["en"]
    assert f"“{meant}”" in found.message["nl"]


def test_signs_within_quotation_marks_are_left_alone() -> None:
    assert parse_condition("role == 'manager'").names == frozenset()


@pytest.mark.parametrize(
    ("path", "value", "code", "near"),
    [
        ("questionnaire.pages.1.items.0.variable", "gr_asign", "R001", "gr_assign"),
        ("variables.variables.dr_fit.codes", "agree_3", "R002", "agree3"),
        ("variables.variables.gr_assign.construct", "verdikt", "R005", "verdict"),
        ("variables.variables.dr_fit.phase", "breif", "R006", "brief"),
        ("questionnaire.pages.1.items.0.roles", ["contractors"], "R007", "contractor"),
        ("variables.variables.gr_assign.mirror", "b_gendre", "R011", "b_gender"),
        ("tables.tables.0.filter", "gr_asign >= 6", "R013", "gr_assign"),
        ("tables.tables.0.banner", "backgrund", "R015", "background"),
        ("tables.tables.+", table(variables=["b_gendr"]), "R016", "b_gender"),
        ("tables.tables.0.filter", "role == 'contracter'", "C006", "contractor"),
        ("study.constructs.0.items.0", "dr_fitt", "R009", "dr_fit"),
        ("study.constructs.0.reversed", ["dr_lern"], "R010", "dr_learn"),
        ("questionnaire.pages.0.part", "strat", "R008", "start"),
        ("variables.variables.gr_assign.trend.0.series", "olde", "N004", "old"),
        (
            "questionnaire.rotations",
            [{"variable": "gr_asign", "take": 1, "blocks": {"a": ["about"]}}],
            "R027",
            "gr_assign",
        ),
        (
            "questionnaire.rotations",
            [{"variable": "b_gender", "take": 1, "blocks": {"yess": ["about"]}}],
            "R027",
            "yes",
        ),
        (
            "questionnaire.rotations",
            [{"variable": "b_gender", "take": 1, "blocks": {"yes": ["abuot"]}}],
            "R027",
            "about",
        ),
        (
            "questionnaire.pages.3.items.1.text",
            {"nl": "U gaf {gr_asign.label|iets}.", "en": "You gave {gr_asign.label|it}."},
            "T006",
            "gr_assign",
        ),
    ],
)
def test_every_check_that_names_an_unknown_thing_names_the_nearest(path: str, value: Any, code: str, near: str) -> None:
    found = [each for each in run_checks(in_memory((path, value)), 2026) if each.code == code]
    assert found
    assert f"Do you mean '{near}'?" in found[0].fix["en"]
    assert f"Bedoelt u ‘{near}’?" in found[0].fix["nl"]


def test_no_check_advises_to_throw_away_what_somebody_wrote_or_was_asked() -> None:
    thing = "(page|question|part|list|table|variable|role|item|category|filter|text|trend)"
    destroying = re.compile(rf"^(Remove|Drop|Delete) the {thing}\.|^Number on|^Remove one of the two|[Rr]enumber")
    said = {code: check.fix["en"] for code, check in CHECKS.items()} | {
        code: str(fix) for code, fix in source_fixes.FIXES.items()
    }
    assert {code: fix for code, fix in said.items() if destroying.search(fix)} == {}


def test_every_form_is_told_in_words() -> None:
    schema = json.dumps(
        [model.model_json_schema() for model in (StudyFile, VariablesFile, QuestionnaireFile, TablesFile)]
    )
    patterns = set(re.findall(r'"pattern": "((?:[^"\\]|\\.)*)"', schema))
    assert len(patterns) > 4
    assert {json.loads(f'"{each}"') for each in patterns} <= set(FORMS)


def test_nothing_is_suggested_where_nothing_is_alike() -> None:
    assert nearest("zzz", ["gr_assign", "a_ways"]) is None
    assert nearest("GR-assign", ["gr_assign"]) == "gr_assign"


def test_an_ending_that_never_happens_is_found_on_the_line_of_its_condition(tmp_path: Path) -> None:
    never = ("questionnaire.pages.0.end_if.0.if", "s_elig == 1 and s_elig == 2")
    files = study_files(tmp_path, never)
    (found,) = {each.place: each for each in run_checks(files, 2026) if each.code == "P009"}.values()
    line = Path(found.place.file).read_text("utf-8").splitlines()[found.place.line - 1]
    assert "s_elig == 1 and s_elig == 2" in line


def test_what_was_approved_in_a_loop_is_not_gone(tmp_path: Path) -> None:
    from surveyapp.instrument.translation.approve import readable_study
    from surveyapp.instrument.translation.coming_in import write_together

    folder = write(tmp_path / "loop", definition("loop"))
    write_together(approve_all(readable_study(folder, 2026), 2026, "en")[0])
    codes = {each.code for each in run_checks(read_files(folder), 2026)}
    assert "T016" not in codes


def test_a_folder_that_is_not_named_after_its_study_is_refused(tmp_path: Path) -> None:
    folder = write(tmp_path / "anders", patched())
    result = CliRunner().invoke(main, ["check", str(folder), "--json"], env={"SURVEYAPP_INSTANCE": str(tmp_path)})
    (found,) = json.loads(result.output)["findings"]
    assert (found["code"], found["level"], result.exit_code) == ("Y010", "error", 1)
    assert found["line"] > 1
    settings = {"SURVEYAPP_INSTANCE": str(tmp_path), "SURVEYAPP_INSTRUMENTS": str(tmp_path)}
    assert CliRunner().invoke(main, ["db", "upgrade"], env=settings).exit_code == 0  # what the console holds is asked
    made = CliRunner().invoke(main, ["wave", "create", "anders", "2026"], env=settings)
    assert made.exit_code != 0
    assert "tiny" in made.output


SURPRISES = (
    *("010", "0008", "-07", "yes", "no", "on", "off", "y", "NO", "1e3", "0.1e5", "12:30", "01:30", "1_000", "1,000"),
    *("1.50", "2026-11-02", "2026-1-1", "~", "null", "Null", "true", "False", ".5", "+5", "0x1F", "0o17", "0b11"),
    *(".inf", ".nan", "1.2.3", "٣", "９", "123456789012345678901", "10 %", "€ 5"),
)
PLACES = (
    ("study", ("title", "nl")),
    ("study", ("low_base",)),
    ("study", ("organisation", "telephone")),
    ("study", ("roles", 0, "id")),
    ("study", ("missing", "dk", "code")),
    ("study", ("waves", 0, "opens")),
    ("study", ("waves", 0, "kept_until")),
    ("study", ("waves", 0, "targets", "contractor")),
    ("variables", ("code_lists", "yesno", "ordered")),
    ("variables", ("code_lists", "yesno", "categories", 0, "key")),
    ("variables", ("variables", "a_months", "range", "min")),
    ("variables", ("variables", "gr_assign", "trend", 0, "column")),
    ("questionnaire", ("consent", "version")),
    ("questionnaire", ("pages", 1, "items", 0, "show_if")),
    ("tables", ("tables", 0, "filter")),
)


@pytest.mark.parametrize(("file", "path"), PLACES)
def test_a_value_is_what_the_author_sees_or_a_finding_shows_it(
    file: str, path: tuple[str | int, ...], tmp_path: Path
) -> None:
    for number, word in enumerate(SURPRISES):
        folder = write(tmp_path / str(number) / "tiny", patched((f"{file}.{'.'.join(map(str, path))}", "@@@")))
        there = folder / FILES[file]
        there.write_text(there.read_text("utf-8").replace('"@@@"', word), "utf-8")
        files = read_files(folder)
        shown = [
            each for each in files.findings if all(word in each.message[said] + each.fix[said] for said in ("nl", "en"))
        ]
        if shown:
            assert all(each.place.line > 1 and each.fix["en"] for each in shown)
            continue
        assert not files.findings, (word, files.findings)
        node: Any = read_document(there.read_bytes(), "x")
        assert isinstance(node, Document)
        node = node.data
        for step in path:
            node = node[step]
        assert str(node).casefold() == word.casefold() or (isinstance(node, float) and float(word) == node), word


@pytest.mark.parametrize("word", ["", "~", "null"])
def test_a_key_with_nothing_behind_it_is_not_passed_over(word: str, tmp_path: Path) -> None:
    changes = ("questionnaire.pages.1.items.0.show_if", "@@@"), ("questionnaire.pages.1.items.0.roles", ["manager"])
    folder = write(tmp_path / "tiny", patched(*changes))
    there = folder / FILES["questionnaire"]
    there.write_text(there.read_text("utf-8").replace('"@@@"', word), "utf-8")
    (found,) = read_files(folder).findings
    assert (found.code, found.level) == ("S007", "error")
    assert "show_if" in there.read_text("utf-8").splitlines()[found.place.line - 1]


def test_a_key_that_is_a_code_is_written_as_one(tmp_path: Path) -> None:
    (found,) = in_memory_findings(("variables.variables.gr_assign.trend.0.recode", {"010": 1}))
    assert "010" in found.message["en"]


def in_memory_findings(*changes: tuple[str, Any]) -> tuple[Finding, ...]:
    return without_places(patched(*changes)).findings
