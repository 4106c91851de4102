"""XLSForms as people write them: every spelling the format's own converter takes, and nothing ignored that refuses."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import openpyxl
import pytest

from surveyapp.errors import ImportRefused
from surveyapp.exports.incoming_books import read_book
from surveyapp.exports.seen_cells import ReadCell
from surveyapp.exports.xlsform_book import read_xlsform
from surveyapp.instrument.xlsform.aliases import COUNTED, column_of, is_other_language, language_code, type_as_known
from surveyapp.instrument.xlsform.folder import write_study
from surveyapp.instrument.xlsform.form import Form
from surveyapp.instrument.xlsform.inward import inward

FORMS = Path(__file__).resolve().parents[3] / "shared" / "forms"
NO_QUESTION_OUTSIDE_REPEATS = {"repeat_date_test": "repeated questions", "tutorial": "repeated questions"}
REFUSED = {**NO_QUESTION_OUTSIDE_REPEATS, "survey_no_name": "no sheet 'survey'"}


def _book(path: Path, **sheets: list[list[object]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def _study(form: Form, language: str = "nl") -> dict[str, dict[str, object]]:
    return inward(form, "proef", 2026, language)[0]


@pytest.mark.skipif(not FORMS.exists(), reason="the public forms are not beside this checkout")
@pytest.mark.parametrize("path", sorted(FORMS.glob("*.xlsx")), ids=lambda path: path.stem)
def test_a_public_form_comes_in_or_says_truly_why_not(path: Path, tmp_path: Path) -> None:
    try:
        documents, losses = inward(read_xlsform(path), "proef", 2026)
    except ImportRefused as refusal:
        assert REFUSED[path.stem] in str(refusal)  # noqa: PT017  # one of three, and for this reason
        return
    assert path.stem not in REFUSED
    write_study(documents, tmp_path / "proef", 2026)  # raises where it makes no questionnaire
    assert documents["2026/questionnaire.yaml"]["pages"]
    assert all(loss.what for loss in losses)


# ----------------------------------------------------------------------------------------------------------- spellings
def test_every_heading_the_reference_converter_takes_for_a_column_we_read_is_taken() -> None:
    from pyxform import aliases

    groups = {"bind", "control"}
    taken = []
    sheets = (
        ("survey", aliases.survey_header),
        ("choices", aliases.list_header),
        ("settings", aliases.settings_header),
    )
    for sheet, headings in sheets:
        for heading, meant in headings.items():
            name = meant[-1] if isinstance(meant, tuple) and meant[0] in groups else meant
            name = {
                "list_name": "list_name",
                "list name": "list_name",
                "title": "form_title",
                "id_string": "form_id",
            }.get(str(name), name)
            if name in COUNTED:
                taken.append(heading)
                for spelt in (heading, heading.upper(), f" {heading} ", heading.replace("_", " ")):
                    assert column_of(spelt, sheet) == name, spelt
    assert {"caption", "value", "relevance", "command", "tag", "set_form_title"} <= set(taken)


def test_every_type_the_reference_converter_takes_for_one_we_carry_is_taken() -> None:
    from pyxform import aliases
    from pyxform.question_type_dictionary import QUESTION_TYPE_DICT

    for command, meant in aliases.select.items():
        if "file" in command or "external" in command:
            continue
        ours = {"select one": "select_one", "select all that apply": "select_multiple", "rank": "rank"}[meant]
        for other in ("", " or_other", " or other", " or specify other"):
            assert type_as_known(f"{command} list{other}") == f"{ours} list{' or_other' if other else ''}"
    by_input = {"string": "text", "int": "integer", "decimal": "decimal"}
    carried = {"text", "integer", "decimal", "note", "range", "percentage", "phone number", "string", "int"}
    for written, definition in QUESTION_TYPE_DICT.items():
        control = definition.get("control", {}).get("tag")
        known = type_as_known(written)
        if control == "input" and definition["bind"]["type"] in by_input and "number of days" not in written:
            if "note" in written or definition["bind"].get("readonly"):
                assert known == "note"
            elif written not in carried and "external" not in written:
                assert known == by_input[definition["bind"]["type"]], written
    for begin in ("begin group", "begin_group", "BEGIN GROUP", "begin  group"):
        assert type_as_known(begin) == "begin_group"
    for begin in ("begin repeat", "begin_repeat", "begin lgroup", "begin loop over toilets", "begin looped group"):
        assert type_as_known(begin) == "begin_repeat"


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("English", "en"),
        ("english", "en"),
        ("English (en)", "en"),
        ("English (UK) (en-GB)", "en"),
        ("EN", "en"),
        ("en-GB", "en"),
        ("Engels", "en"),
        ("Dutch", "nl"),
        ("Nederlands", "nl"),
        ("Nederlands (nl)", "nl"),
        ("Niederländisch", "nl"),
        ("néerlandais", "nl"),
        ("French (fr)", None),
        ("Français", None),
        ("chinese", None),
        ("whatever", None),
    ],
)
def test_a_language_is_known_by_its_names(written: str, code: str | None) -> None:
    assert language_code(written) == code
    assert is_other_language(written) is (code is None and written != "whatever")


@pytest.mark.parametrize(
    ("label", "languages"),
    [
        ("label", ["nl"]),
        ("Label", ["nl"]),
        ("label::English", ["en"]),
        ("label:english", ["en"]),
        ("LABEL :: English (en)", ["en"]),
        ("caption::Dutch", ["nl"]),
        ("label::default", ["nl"]),
    ],
)
def test_labels_are_found_by_whatever_heading(label: str, languages: list[str], tmp_path: Path) -> None:
    survey = [["Type", "VALUE", label], ["Text", "naam", "Hoe heet u?"], ["select one from ja", "x", "Kiest u?"]]
    choices = [["list name", "value", label], ["ja", "1", "Ja"], ["ja", "2", "Nee"]]
    documents = _study(read_xlsform(_book(tmp_path / "f.xlsx", Survey=survey, CHOICES=choices)))
    assert documents["study.yaml"]["languages"] == languages
    (page,) = documents["2026/questionnaire.yaml"]["pages"]  # type: ignore[misc]
    assert [item["text"] for item in page["items"]] == [{languages[0]: "Hoe heet u?"}, {languages[0]: "Kiest u?"}]


def test_labels_without_a_language_belong_to_the_only_one_that_is_named_elsewhere(tmp_path: Path) -> None:
    survey = [["type", "name", "label::English"], ["select_one yn", "x", "Do you?"]]
    choices = [["list_name", "name", "label", "label::Chinese"], ["yn", "1", "Yes", "是"], ["yn", "2", "No", "没有"]]
    documents = _study(read_xlsform(_book(tmp_path / "f.xlsx", survey=survey, choices=choices)))
    assert documents["study.yaml"]["languages"] == ["en"]


def test_the_default_language_says_whose_labels_bear_no_name(tmp_path: Path) -> None:
    survey = [["type", "name", "label"], ["text", "x", "Do you?"]]
    settings = [["title", "default_language"], ["A form", "English (en)"]]
    documents = _study(read_xlsform(_book(tmp_path / "f.xlsx", survey=survey, settings=settings)))
    assert documents["study.yaml"]["languages"] == ["en"]
    assert documents["study.yaml"]["title"] == {"en": "A form"}


@pytest.mark.parametrize("label", ["label::Français (fr)", "label::Deutsch"])
def test_a_form_in_other_languages_only_is_refused_by_their_name(label: str, tmp_path: Path) -> None:
    survey = [["type", "name", label], ["text", "x", "Quoi?"]]
    with pytest.raises(ImportRefused, match=r"speaks .*; questionnaires here are in Dutch \(nl\) and English \(en\)"):
        _study(read_xlsform(_book(tmp_path / "f.xlsx", survey=survey)))


def test_a_form_without_any_words_is_asked_by_its_names(tmp_path: Path) -> None:
    documents, losses = inward(
        read_xlsform(_book(tmp_path / "f.xlsx", survey=[["type", "name"], ["integer", "age"]])), "proef", 2026
    )
    assert "age" in documents["variables.yaml"]["variables"]
    assert "a question without words: its name is asked" in {loss.what for loss in losses}


# ------------------------------------------------------------------------------------------- what cannot refuse a form
def test_a_cell_nobody_reads_refuses_nothing_and_is_named(tmp_path: Path) -> None:
    survey = [["type", "name", "label", "my notes", "my notes", "when"]]
    survey += [["text", "x", "Vraag?", "=1/0", "=A1", date(2026, 11, 30)]]  # type: ignore[list-item]
    form = read_xlsform(_book(tmp_path / "f.xlsx", survey=survey, settings=[["form_title", "odd"], ["T", "=TRUE()"]]))
    said = {f"{loss.where}: {loss.what}" for loss in form.losses}
    assert "survey row 2: my notes: a formula without an outcome" in said
    assert "survey row 2: when: a date; it is '2026-11-30' here" in said
    assert "settings row 2: odd: a formula without an outcome" in said
    assert _study(form)["study.yaml"]["title"] == {"nl": "T"}


@pytest.mark.parametrize("column", ["type", "name", "label", "relevance", "bind::constraint"])
def test_a_formula_without_an_outcome_where_it_counts_is_refused_with_its_place(column: str, tmp_path: Path) -> None:
    headings = ["type", "name", "label"]
    row: list[object] = ["text", "x", "Vraag?"]
    if column in headings:
        row[headings.index(column)] = "=A1"
    else:
        headings.append(column)
        row.append("=A1")
    with pytest.raises(ImportRefused) as refused:
        read_xlsform(_book(tmp_path / "f.xlsx", survey=[headings, row]))
    ((fault),) = refused.value.faults
    assert (fault.row, fault.column) == (2, f"survey.{column}")


def test_a_million_rows_that_are_only_styled_are_no_rows(tmp_path: Path) -> None:
    path = _book(tmp_path / "f.xlsx", survey=[["type", "name", "label"], ["text", "x", "Vraag?"]])
    book = openpyxl.load_workbook(path)
    for row in (60_000, 1_048_576):
        book["survey"].cell(row, 1).number_format = "0%"
    book.save(path)
    assert len(read_xlsform(path).survey) == 1
    book["survey"].cell(1_048_576, 1).value = "text"
    book.save(path)
    with pytest.raises(ImportRefused, match="row 1,048,576 holds something"):
        read_xlsform(path)


# ------------------------------------------------------------------------------------------- what people see in a cell
@pytest.mark.parametrize(
    ("value", "notation", "seen"),
    [
        (0.1, "0%", ReadCell("10%")),
        (1, "0%", ReadCell("100%")),
        (12, "0000", ReadCell("0012")),
        (7, "General", ReadCell("7")),
        (7.0, "0", ReadCell("7")),
        (0.1 + 0.2, "General", ReadCell("0.3")),
        (1234.5, "#,##0.00", ReadCell("1234.5", "number in a notation of its own")),
        (0.125, "0.0%", ReadCell("0.125", "number in a notation of its own")),
        (12, "0.00", ReadCell("12", "number in a notation of its own")),
        (12.5, '"€" 0.00', ReadCell("12.5", "number in a notation of its own")),
        (True, "General", ReadCell("true")),
        (date(2026, 11, 30), "dd-mm-yyyy", ReadCell("2026-11-30", "date")),
        ("=1+1", "General", ReadCell("", "formula")),
        ("10 %", "General", ReadCell("10 %")),
    ],
)
def test_a_cell_comes_in_as_people_see_it_or_says_that_it_cannot(
    value: object, notation: str, seen: ReadCell, tmp_path: Path
) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Sheet"
    sheet.cell(1, 1).value = value  # type: ignore[assignment]
    sheet.cell(1, 1).number_format = notation
    book.save(tmp_path / "b.xlsx")
    assert read_book(tmp_path / "b.xlsx", ("SHEET",))["SHEET"][0] == [seen]
