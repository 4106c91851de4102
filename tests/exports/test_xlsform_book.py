"""XLSForms as workbooks: what we write is judged by pyxform, what we read is small and plain."""

from __future__ import annotations

import warnings
from datetime import UTC, datetime
from pathlib import Path
from xml.etree.ElementTree import fromstring

import openpyxl
import pytest
from click.testing import CliRunner

from surveyapp.cli import main
from surveyapp.errors import ImportRefused
from surveyapp.exports.xlsform_book import read_xlsform, write_xlsform
from surveyapp.instrument.loader import load_instrument
from surveyapp.instrument.model import Instrument
from surveyapp.instrument.xlsform.outward import outward
from tests.instrument.definitions import patched, write
from tests.instrument.xlsforms import CARRIED, NOT_CARRIED

MOMENT = datetime(2026, 9, 1, 12, tzinfo=UTC)
XFORMS = "{http://www.w3.org/2002/xforms}"
REAL = Path(__file__).parents[2] / "instruments" / "goed-opdrachtgeverschap"


def judged(path: Path) -> str:
    """The XForm pyxform makes of a workbook; it raises on anything it does not accept."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pyxform.xls2xform import convert

        return str(convert(xlsform=path, validate=False).xform)


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, list(arguments), catch_exceptions=False)
    return result.exit_code, result.output


def test_a_form_reads_back_as_it_was_written(tmp_path: Path) -> None:
    write_xlsform(CARRIED, tmp_path / "form.xlsx", MOMENT)
    assert read_xlsform(tmp_path / "form.xlsx") == CARRIED
    before = (tmp_path / "form.xlsx").read_bytes()
    write_xlsform(CARRIED, tmp_path / "form.xlsx", MOMENT)
    assert (tmp_path / "form.xlsx").read_bytes() == before


def test_pyxform_accepts_the_form_with_every_construct(tmp_path: Path) -> None:
    write_xlsform(CARRIED, tmp_path / "form.xlsx", MOMENT)
    root = fromstring(judged(tmp_path / "form.xlsx"))
    binds = {str(bind.get("nodeset")).rsplit("/", 1)[-1]: bind for bind in root.iter(f"{XFORMS}bind")}
    assert binds["years"].get("type") == "int"
    assert binds["hours"].get("type") == "decimal"
    assert binds["attended"].get("required") == "true()"
    assert binds["order"].get("type") == "odk:rank"
    relevant = " ".join(str(binds["teacher"].get("relevant")).split())
    assert relevant == "/data/course/attended = '1' and ( /data/course/level != '3' or /data/course/again = 'dk')"
    assert {translation.get("lang") for translation in root.iter(f"{XFORMS}translation")} == {
        "Nederlands (nl)",
        "English (en)",
    }


@pytest.mark.parametrize("names", ["codes", "keys"])
@pytest.mark.parametrize("role", ["contractor", "manager", "procurement", "intermediary"])
def test_pyxform_accepts_every_role_of_the_real_study(role: str, names: str, tmp_path: Path) -> None:
    instrument: Instrument = load_instrument(REAL, 2026)
    form, losses = outward(instrument, role, use_keys=names == "keys")
    write_xlsform(form, tmp_path / "form.xlsx", MOMENT)
    root = fromstring(judged(tmp_path / "form.xlsx"))
    asked = {str(bind.get("nodeset")).rsplit("/", 1)[-1] for bind in root.iter(f"{XFORMS}bind")}
    assert set(instrument.questionnaire(role).questions) <= asked | {loss.where for loss in losses}


def test_a_workbook_that_is_no_form_is_refused_with_the_reason(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    book = openpyxl.Workbook()
    book.save(path)
    with pytest.raises(ImportRefused, match="no sheet 'survey'"):
        read_xlsform(path)
    sheet = book.create_sheet("survey")
    sheet.append(["name", "label"])
    book.save(path)
    with pytest.raises(ImportRefused, match="no column 'type'"):
        read_xlsform(path)
    sheet.cell(1, 3).value = "type"
    sheet.append(["x", "=1+1", "text"])
    book.save(path)
    with pytest.raises(ImportRefused, match="no plain text") as caught:
        read_xlsform(path)
    assert [(fault.row, fault.column) for fault in caught.value.faults] == [(2, "survey.label")]
    sheet.cell(1, 4).value = "LABEL"
    book.save(path)
    with pytest.raises(ImportRefused, match="more than once, the other time as 'label'"):
        read_xlsform(path)


def test_the_commands_carry_a_role_out_and_a_form_in_and_list_what_stayed_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SURVEYAPP_INSTRUMENTS", str(tmp_path / "instruments"))
    write(tmp_path / "instruments" / "tiny", patched())
    form = tmp_path / "form.xlsx"
    code, output = run("xlsform", "out", "tiny", "2026", "contractor", "--out", str(form))
    assert code == 0
    assert "a_months: the unit (maanden)" in output
    into = tmp_path / "drafts"
    code, output = run("xlsform", "in", str(form), "--study", "again", "--year", "2026", "--into", str(into))
    assert code == 0
    assert "Not carried (" in output
    assert load_instrument(into / "again", 2026).questionnaire("respondent").questions
    code, output = run("xlsform", "in", str(form), "--study", "again", "--year", "2026", "--into", str(into))
    assert code == 2
    assert "there already" in output


def test_a_form_of_nothing_we_know_is_refused_and_leaves_no_folder(tmp_path: Path) -> None:
    line = next(line for line, told in NOT_CARRIED if told == "geopoint")
    write_xlsform(type(CARRIED)((line,), (), {}), tmp_path / "form.xlsx", MOMENT)
    code, output = run(
        "xlsform",
        "in",
        str(tmp_path / "form.xlsx"),
        "--study",
        "gone",
        "--year",
        "2026",
        "--into",
        str(tmp_path / "in"),
    )
    assert code == 2
    assert "no question that can be carried" in output
    assert not (tmp_path / "in").exists()
