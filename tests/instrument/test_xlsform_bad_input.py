"""Whatever stands in a form: a study with a list, or one clear refusal; never a traceback, never half a study."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from surveyapp.errors import SurveyError
from surveyapp.instrument.encodings import spoilt_at
from surveyapp.instrument.source import Document, read_document
from surveyapp.instrument.xlsform.form import Form
from surveyapp.instrument.xlsform.inward import inward
from surveyapp.instrument.xlsform.outward import outward
from surveyapp.instrument.xlsform.yaml_text import yaml_text
from tests.instrument.test_xlsform_round_trip import taken
from tests.instrument.xlsforms import EN, NL

NAMES = st.sampled_from(["a", "b", "A b", "role", "s_consent", "1x", "long" * 20, "é", "page-1", "a_other", ""])
ROW_TYPES = (
    "begin_group, end_group, begin group, begin_repeat, end_repeat, note, text, integer, decimal, date, geopoint, "
    "select_one l, select_multiple l, rank l, select_one l or_other, select_one k"
)
TYPES = st.sampled_from(["", *ROW_TYPES.split(", ")])
ODD = ["Wat?", "", "{x}", "${a}", "<b>", "a: 'b' # c", "- x", "\u2028", "yes", "=1", "x" * 500]
WORDS = st.sampled_from(ODD) | st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=20)
KEYS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp", "Cn", "Co"]), min_size=1, max_size=8
)
EXPRESSIONS = st.sampled_from(
    ["", "${a} = '1'", "${b} > 2", "selected(${a}, '1')", "not(${a} = 'dk')", ". >= 1", "count-selected(.) <= 2", "x("]
)
LOOKS = st.sampled_from(["", "likert", "multiline", "table-list", "month-year", "odd"])


def cells(**columns: st.SearchStrategy[str]) -> st.SearchStrategy[dict[str, str]]:
    named = {column.replace("LABEL_NL", NL).replace("LABEL_EN", EN): cell for column, cell in columns.items()}
    return st.fixed_dictionaries(named).map(lambda row: {column: cell for column, cell in row.items() if cell.strip()})


ROWS = cells(
    type=TYPES,
    name=NAMES,
    LABEL_NL=WORDS,
    LABEL_EN=WORDS,
    relevant=EXPRESSIONS,
    constraint=EXPRESSIONS,
    appearance=LOOKS,
    required=st.sampled_from(["", "yes", "odd"]),
)
CHOICES = cells(
    list_name=st.sampled_from(["l", "l", "k", ""]),
    name=st.sampled_from(["1", "2", "dk", "na", "yes", "97", "0", "99999", ""]),
    LABEL_NL=WORDS,
    LABEL_EN=WORDS,
)
FORMS = st.builds(
    lambda survey, choices: Form(tuple(survey), tuple(choices), {"form_title": "T"}),
    st.lists(ROWS, max_size=10),
    st.lists(CHOICES, max_size=6),
)
LISTED = tuple(
    {"list_name": list_name, "name": name, NL: f"Keuze {name}", EN: f"Choice {name}"}
    for list_name, names in (("l", ("1", "2", "97", "dk")), ("k", ("yes", "no")))
    for name in names
)
QUESTIONS = [name for name in ROW_TYPES.split(", ") if not name.startswith(("begin", "end"))]


@st.composite
def paged(draw: st.DrawFn) -> Form:
    """A form whose groups close, with names of their own and lists that are there; its cells are as odd as ever."""
    survey: list[dict[str, str]] = []
    for page in range(draw(st.integers(1, 3))):
        survey.append({"type": "begin_group", "name": f"page_{page}", NL: "Pagina", EN: "Page"})
        for number in range(draw(st.integers(1, 4))):
            name = draw(st.sampled_from([f"q{page}{number}", "a", "b"]))
            survey.append({**draw(ROWS), "type": draw(st.sampled_from(QUESTIONS)), "name": name})
        survey.append({"type": "end_group"})
    return Form(tuple(survey), LISTED, {})


@settings(max_examples=80, deadline=None)
@given(FORMS | paged() | paged() | paged())
def test_any_form_is_taken_whole_or_refused_and_leaves_nothing(form: Form) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        try:
            instrument, losses, _ = taken(form, folder)
        except SurveyError:
            assert list(folder.iterdir()) == []
            return
        assert instrument.questionnaire("respondent").pages
        carried = set(instrument.questionnaire("respondent").questions)
        assert carried or losses
        outward(instrument, "respondent")


@settings(max_examples=80, deadline=None)
@given(
    st.dictionaries(
        st.text(
            st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp", "Cn", "Co"]),
            min_size=1,
            max_size=8,
        ),
        st.recursive(
            st.integers(0, 9999) | st.booleans() | WORDS.filter(lambda words: words.isprintable()),
            lambda inner: (
                st.lists(inner, min_size=1, max_size=3)
                | st.dictionaries(st.sampled_from(["nl", "yes", "on", "1", "a b"]), inner, min_size=1, max_size=3)
            ),
            max_leaves=8,
        ),
        min_size=1,
        max_size=4,
    )
)
def test_data_written_as_yaml_are_read_back_equal(data: dict[str, object]) -> None:
    assume(spoilt_at(yaml_text(data, "x")) is None)  # those are refused, where a file is read
    found = read_document(yaml_text(data, "x").encode(), "x.yaml")
    assert isinstance(found, Document), found
    assert found.data == data


def test_a_form_of_ten_thousand_rows_comes_in_within_bounds() -> None:
    survey = [{"type": "begin_group", "name": "g", NL: "G"}]
    survey += [{"type": "text", "name": f"t{number}", NL: f"Vraag {number}?"} for number in range(10_000)]
    documents, _ = inward(Form((*survey, {"type": "end_group"}), (), {}), "big", 2026)
    assert len(documents["variables.yaml"]["variables"]) == 10_001
