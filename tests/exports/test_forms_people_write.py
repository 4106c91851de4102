"""Forms of the kind people write: what the format's own converter takes comes in, and what is left behind is named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from surveyapp.errors import ImportRefused
from surveyapp.exports.xlsform_book import read_xlsform
from surveyapp.instrument.xlsform.folder import write_study
from surveyapp.instrument.xlsform.form import Loss
from surveyapp.instrument.xlsform.inward import inward

Sheets = dict[str, list[list[Any]]]
OF_EVERY_DRAFT = {"V005", "V006"}
"""Who runs the study and how long answers are kept: no form says it."""
YN = [["list_name", "name", "label"], ["yn", "yes", "Ja"], ["yn", "no", "Nee"]]
FORMS: dict[str, Sheets] = {
    "kobo": {
        "survey": [
            [
                "type",
                "name",
                "label::English (en)",
                "label::Nederlands (nl)",
                "required",
                "relevant",
                "appearance",
                "constraint",
                "constraint_message::English (en)",
                "hint::English (en)",
                "media::image::English (en)",
            ],
            ["start", "start"],
            ["end", "end"],
            ["begin_group", "g1", "Group", "Groep", None, None, "field-list"],
            ["select_one yn", "q1", "Do you?", "Doet u?", "yes"],
            ["integer", "age", "Age?", "Leeftijd?", "true", None, None, ". >= 18 and . <= 99", "Between 18 and 99"],
            ["text", "why", "Why?", "Waarom?", None, "${q1} = 'yes'", "multiline"],
            ["end_group"],
        ],
        "choices": [
            ["list_name", "name", "label::English (en)", "label::Nederlands (nl)"],
            ["yn", "yes", "Yes", "Ja"],
            ["yn", "no", "No", "Nee"],
        ],
        "settings": [["form_title", "form_id", "default_language"], ["Kobo form", "kobo", "English (en)"]],
    },
    "old select one": {
        "survey": [
            ["Type", "Name", "Caption", "Constraint Message", "Relevance"],
            ["select one yn", "q1", "Kiest u?"],
            ["select1 yn", "q2", "Nog eens?"],
            ["add select one prompt using yn", "q3", "En?"],
            ["q string", "t", "Wat?"],
            ["select all that apply from yn", "m", "Wat nog?"],
            ["note", "n", "Dank u"],
        ],
        "choices": [["list name", "value", "caption"], ["yn", "1", "Ja"], ["yn", "2", "Nee"]],
    },
    "or other": {
        "survey": [
            ["type", "name", "label"],
            ["select_one yn or_other", "a", "Kiest u?"],
            ["select_multiple yn or specify other", "b", "Kiest u?"],
            ["select one yn or other", "c", "Kiest u?"],
        ],
        "choices": YN,
    },
    "calc": {
        "survey": [
            ["type", "name", "label", "calculation", "relevant"],
            ["calculate", "c1", None, "1+1"],
            ["integer", "x", "Hoe veel?"],
            ["calculate", "dbl", "dubbel", "${x} * 2"],
            ["note", "n", "Dat is ${dbl}"],
            ["text", "y", "Waarom?", None, "${dbl} > 4"],
            ["hidden", "h"],
        ]
    },
    "external": {
        "survey": [
            ["type", "name", "label", "choice_filter"],
            ["select_one yn", "q", "Kiest u?"],
            ["select_one_external place", "p", "Waar?", "region=${q}"],
            ["select_one_from_file x.csv", "f", "Welke?"],
        ],
        "choices": YN,
        "external_choices": [["list_name", "name", "label", "region"], ["place", "a", "A", "yes"]],
    },
    "repeat": {
        "survey": [
            ["type", "name", "label"],
            ["text", "naam", "Naam?"],
            ["begin repeat", "r", "Kinderen"],
            ["text", "kind", "Kind?"],
            ["end repeat"],
            ["begin_group", "g"],
            ["integer", "n", "Hoe veel?"],
            ["end group"],
        ]
    },
    "empty columns": {
        "survey": [
            ["type", None, "name", None, "label", "image", "audio", "video", "media::image", "bind::odk:length", None],
            [None] * 11,
            ["text", None, "a", None, "Wat?", None, None, None, None, None, None],
            [None] * 11,
            ["integer", None, "b", None, "Hoe veel?", "x.png"],
        ]
    },
    "caps": {
        "SURVEY": [
            ["TYPE", "NAME", "LABEL::ENGLISH", "REQUIRED", "BIND::RELEVANT", "READ ONLY", "DEFAULT"],
            ["TEXT", "A", "What?", "YES"],
            ["SELECT_ONE YN", "B", "Which?", "TRUE", "${A} != ''"],
        ],
        "Choices": [["LIST NAME", "NAME", "LABEL::ENGLISH"], ["YN", "1", "Yes"], ["YN", "2", "No"]],
    },
    "single colon": {
        "survey": [
            [
                "type",
                "name",
                "label:English",
                "label:French",
                "hint:English",
                "bind:required",
                "bind:constraint",
                "bind:jr:constraintMsg",
            ],
            ["integer", "a", "How many?", "Combien?", "a number", "yes", ". > 0", "more"],
        ]
    },
    "likert table": {
        "survey": [
            ["type", "name", "label", "appearance"],
            ["begin group", "tab", "Oordeel", "table-list"],
            ["select_one a5", "s1", "Fijn"],
            ["select_one a5", "s2", "Snel"],
            ["end group"],
        ],
        "choices": [["list_name", "name", "label"]]
        + [["a5", i, w] for i, w in enumerate(["oneens", "deels", "neutraal", "deels eens", "eens"], 1)],
    },
    "choices only name": {
        "survey": [["type", "name", "label"], ["select_one yn", "q", "Kiest u?"]],
        "choices": [
            ["list_name", "name", "label", "image", "order"],
            ["yn", 1, "Ja", None, 1],
            ["yn", 2, None, "nee.png", 2],
        ],
    },
    "no settings, dates": {
        "survey": [
            ["type", "name", "label"],
            ["date", "d", "Wanneer?"],
            ["time", "t", "Hoe laat?"],
            ["datetime", "dt", "Wanneer?"],
            ["geopoint", "g", "Waar?"],
            ["image", "i", "Foto"],
            ["barcode", "bc", "Code"],
            ["acknowledge", "ack", "Akkoord?"],
            ["text", "x", "Wat?"],
            ["decimal", "w", "Gewicht?"],
            ["range", "r", "Cijfer?"],
            ["rank yn", "rk", "Orden"],
        ],
        "choices": YN,
    },
    "indexed list in sheet cascades": {
        "survey": [
            ["type", "name", "label", "choice_filter"],
            ["select_one prov", "p", "Provincie?"],
            ["select_one plaats", "pl", "Plaats?", "prov=${p}"],
        ],
        "choices": [
            ["list_name", "name", "label", "prov"],
            ["prov", "u", "Utrecht"],
            ["prov", "g", "Groningen"],
            ["plaats", "a", "Amersfoort", "u"],
            ["plaats", "h", "Haren", "g"],
        ],
    },
    "trailing spaces": {
        "survey": [["type ", "name ", "label "], [" select_one  yn ", " q ", "Kiest u?"], ["end", " "]],
        "choices": [["list_name ", "name ", "label "], ["yn ", " ja ", "Ja"], [" yn", "nee", "Nee"]],
    },
    "names with dashes": {
        "survey": [
            ["type", "name", "label", "relevant"],
            ["select_one yn", "q-1.a", "Kiest u?"],
            ["text", "_x", "Wat?", "selected(${q-1.a}, 'yes')"],
            ["text", "Q1", "Wat?", "${q-1.a}='yes'"],
            ["text", "q1", "Wat?"],
        ],
        "choices": YN,
    },
    "dup choice": {
        "survey": [["type", "name", "label"], ["select_one yn", "q", "Kiest u?"]],
        "choices": [*YN, ["yn", "yes", "Jawel"]],
    },
    "begin without end": {"survey": [["type", "name", "label"], ["begin group", "g", "G"], ["text", "x", "Wat?"]]},
    "unknown type": {
        "survey": [
            ["type", "name", "label"],
            ["txt", "x", "Wat?"],
            ["selct_one yn", "y", "Wat?"],
            ["text", "z", "Wat?"],
        ],
        "choices": YN,
    },
    "missing name": {
        "survey": [["type", "name", "label"], ["text", None, "Wat?"], ["note", None, "Dag"], ["text", "x", "Wat?"]]
    },
    "default lang col": {"survey": [["type", "name", "label", "label::English"], ["text", "x", "Wat?", "What?"]]},
    "en only guidance": {
        "survey": [
            ["type", "name", "label::en", "guidance_hint::en", "$given", "trigger", "note"],
            ["text", "x", "What?", "g", "1", "${y}", "my note"],
        ]
    },
    "osm, xml-external": {
        "survey": [
            ["type", "name", "label"],
            ["xml-external", "fruit"],
            ["csv-external", "f2"],
            ["osm", "o", "Kaart"],
            ["text", "x", "Wat?"],
        ]
    },
    "kobo score rank": {
        "survey": [
            ["type", "name", "label", "kobo--score-choices"],
            ["begin_score", "s", "Oordeel", "yn"],
            ["score__row", "r1", "Een"],
            ["end_score"],
            ["text", "x", "Wat?"],
        ],
        "choices": YN,
    },
    "comment rows": {
        "survey": [["type", "name", "label"], ["# opmerking"], [None, None, "Deel 1"], ["text", "x", "Wat?"]]
    },
}


REFUSED_BY_THE_CONVERTER = {
    "empty columns",
    "caps",
    "trailing spaces",
    "dup choice",
    "begin without end",
    "unknown type",
    "missing name",
    "en only guidance",
    "kobo score rank",
    "comment rows",
}


def _book(path: Path, sheets: Sheets) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def _asked(documents: dict[str, Any]) -> list[str]:
    pages = documents["2026/questionnaire.yaml"]["pages"]
    return [
        item["variable"]
        for page in pages
        for each in page["items"]
        for item in each.get("rows", [each])
        if "variable" in item
    ]


def _taken(name: str, folder: Path) -> tuple[dict[str, Any], tuple[Loss, ...]]:
    return inward(read_xlsform(_book(folder / "form.xlsx", FORMS[name])), "proef", 2026)


@pytest.mark.parametrize("name", FORMS)
def test_a_form_comes_in_without_an_error_or_says_truly_why_not(name: str, tmp_path: Path) -> None:
    from pyxform.errors import PyXFormError
    from pyxform.xls2xform import convert

    path = _book(tmp_path / "form.xlsx", FORMS[name])
    try:
        convert(str(path), validate=False)
        is_taken = True
    except PyXFormError:
        is_taken = False
    assert is_taken is (name not in REFUSED_BY_THE_CONVERTER)
    if name == "begin without end":
        with pytest.raises(ImportRefused, match="The group g is not closed"):
            _taken(name, tmp_path)
        return
    documents, losses = _taken(name, tmp_path)
    findings = write_study(documents, tmp_path / "proef", 2026)
    assert {each.code for each in findings if each.level == "error"} == OF_EVERY_DRAFT
    assert all(loss.where and loss.what for loss in losses)


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("kobo", ["q1", "age", "why"]),
        ("old select one", ["q1", "q2", "q3", "q_t", "q_m"]),
        ("or other", ["q_a", "q_b", "q_c"]),
        ("caps", ["q_a", "q_b"]),
        ("likert table", ["s1", "s2"]),
        ("trailing spaces", ["q_q"]),
        ("missing name", ["unnamed_1", "q_x"]),
        ("no settings, dates", ["q_x", "q_w", "q_r", "rk"]),
    ],
)
def test_every_question_that_has_its_like_here_is_carried(name: str, asked: list[str], tmp_path: Path) -> None:
    assert _asked(_taken(name, tmp_path)[0]) == asked


@pytest.mark.parametrize(
    ("name", "where", "what"),
    [
        ("dup choice", "list yn", "a second choice named 'yes'"),
        ("missing name", "a row of type 'text'", "it has no name; it is called unnamed_1 here"),
        ("caps", "A", "required: yes"),
        ("caps", "B", "relevant: ${A} != '' ('q_a', an open answer); it is always shown"),
        ("no settings, dates", "d", "the row of type 'date': there is nothing like it here"),
        ("external", "p", "choice_filter: region=${q}"),
        ("kobo", "age", "constraint_message::English (en): Between 18 and 99"),
        ("single colon", "a", "label::French: Combien?"),
    ],
)
def test_what_stays_behind_is_named(name: str, where: str, what: str, tmp_path: Path) -> None:
    assert Loss(where, what) in _taken(name, tmp_path)[1]


def test_a_row_that_is_not_carried_has_no_name_here(tmp_path: Path) -> None:
    said = {(loss.where, loss.what) for loss in _taken("no settings, dates", tmp_path)[1]}
    assert not any(where in {"d", "t", "g"} and what.startswith("the name") for where, what in said)
