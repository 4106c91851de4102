"""DDI-Codebook: its elements in the order the schema wants, a variable per column of the data, both languages."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

import pytest
from defusedxml.ElementTree import parse

from surveyapp.exports.ddi_files import NAMESPACE, write_ddi
from surveyapp.reports.codebook import codebook
from tests.exports import golden_cases
from tests.exports.packages import stream

ORDER = {
    "codeBook": ["stdyDscr", "fileDscr", "dataDscr"],
    "stdyDscr": ["citation", "stdyInfo", "dataAccs"],
    "citation": ["titlStmt", "rspStmt", "prodStmt", "verStmt"],
    "titlStmt": ["titl", "parTitl", "IDNo"],
    "dataDscr": ["varGrp", "var"],
    "var": ["labl", "qstn", "invalrng", "universe", "sumStat", "catgry", "concept", "varFormat"],
    "catgry": ["catValu", "labl"],
}
"""Children as DDI-Codebook 2.5 orders them (its XML schema, complex types of these elements), as far as we use them."""
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Element:
    data = golden_cases.cases()
    path = tmp_path_factory.mktemp("ddi") / "made.xml"
    write_ddi(data, codebook(data.instrument, data), path, "nl")
    found: Element = parse(path).getroot()
    return found


def name_of(element: Element) -> str:
    return element.tag.removeprefix(f"{{{NAMESPACE}}}")


def all_of(root: Element, name: str) -> list[Element]:
    return root.findall(f".//{{{NAMESPACE}}}{name}")


def test_elements_stand_in_the_order_of_the_schema(root: Element) -> None:
    assert root.get("version") == "2.5"
    for element in root.iter():
        if (order := ORDER.get(name_of(element))) is not None:
            places = [order.index(name_of(child)) for child in element]
            assert places == sorted(places), name_of(element)


def test_there_is_a_variable_for_each_column_that_a_question_fills(root: Element) -> None:
    columns = stream(golden_cases.cases()).columns
    names = [variable.get("name") for variable in all_of(root, "var")]
    assert names == [name for name, column in columns.items() if column["variable"] is not None]
    identities = [element.get("ID") for element in root.iter() if element.get("ID")]
    assert len(identities) == len(set(identities))
    assert all(re.fullmatch(r"[A-Za-z_][\w.-]*", identity or "") for identity in identities)
    for group in all_of(root, "varGrp"):
        assert set((group.get("var") or "").split()) <= set(identities)


def test_a_variable_has_its_words_in_both_languages_and_its_missing_codes(root: Element) -> None:
    (single,) = (variable for variable in all_of(root, "var") if variable.get("name") == "t_single")
    labels = {one.get(LANGUAGE): one.text for one in single.findall(f"{{{NAMESPACE}}}labl")}
    assert labels == {"nl": "Eén antwoord", "en": "One answer"}
    missing = [one.get("VALUE") for one in all_of(single, "item")]
    assert missing == ["-1", "-2", "-3", "-8", "-9"]
    assert {one.get("missing") for one in all_of(single, "catgry")} == {None, "Y"}


def test_it_holds_no_answers_and_names_no_source(root: Element) -> None:
    said = " ".join(text for element in root.iter() for text in (element.text or "", *element.attrib.values()))
    assert "=bron" not in said
    assert "HYPERLINK" not in said
