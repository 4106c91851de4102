"""The addresses of rates and of the people behind them: the page, lists, and lists as files."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from surveyapp.fieldwork.record_choice import OF_PEOPLE
from surveyapp.web.accounts import SEES_CASES, note, requires
from surveyapp.web.console.blueprint import blueprint
from surveyapp.web.console.choices import PARTS
from surveyapp.web.console.frame import wave_frame
from surveyapp.web.languages import current, translate
from surveyapp.web.sessions import reading, services

LISTED = tuple(dict.fromkeys((*PARTS, *OF_PEOPLE, "first", "last", "sort")))
"""What chooses and orders a list."""
KINDS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


@blueprint.get("/<study>/<int:year>/fieldwork/rates")
@requires(SEES_CASES, takes=("by",))
def fieldwork_rates(study: str, year: int) -> ResponseReturnValue:
    """What became of everybody, and the rates."""
    from surveyapp.web.console.rates_page import rates_page

    with reading() as database:
        frame = wave_frame(database, study, year)
        page = rates_page(database, frame)
    return render_template("console/fieldwork/rates.html", wave=frame, page=page)


@blueprint.get("/<study>/<int:year>/fieldwork/cases")
@requires(SEES_CASES, takes=(*LISTED, "part"))
def fieldwork_cases(study: str, year: int) -> ResponseReturnValue:
    """The cases behind a figure; the people behind it, where the address speaks of people."""
    from surveyapp.web.console.case_list import case_list
    from surveyapp.web.console.record_list import record_list

    with reading() as database:
        frame = wave_frame(database, study, year)
        of_people = is_of_people(request.args)
        found = record_list(database, frame) if of_people else case_list(database, services().live, frame)
    return render_template("console/fieldwork/cases.html", wave=frame, list=found, of_people=of_people)


@blueprint.post("/<study>/<int:year>/fieldwork/cases.<any(xlsx, csv):form>")
@requires(SEES_CASES)
def fieldwork_cases_file(study: str, year: int, form: str) -> ResponseReturnValue:
    """The same list as a file, noted in the audit log."""
    from surveyapp.exports.case_lists import list_file
    from surveyapp.web.console.case_list import case_rows
    from surveyapp.web.console.record_list import record_rows

    with reading() as database:
        frame = wave_frame(database, study, year)
        of_people = is_of_people(request.args)
        heads, lines = record_rows(database, frame) if of_people else case_rows(database, services().live, frame)
    content = list_file(form, translate("Cases"), heads, lines, current())
    note("cases.file", f"{study} {year}", lines=len(lines), form=form)
    answer = Response(content, mimetype=KINDS[form])
    answer.headers.set("Content-Disposition", "attachment", filename=f"{study}-{year}-{translate('cases')}.{form}")
    return answer


@blueprint.post("/<study>/<int:year>/fieldwork/report.xlsx")
@requires(SEES_CASES)
def fieldwork_report(study: str, year: int) -> ResponseReturnValue:
    """How the fieldwork goes as one workbook, noted in the audit log."""
    from surveyapp.web.console.fieldwork_report import report_file

    with reading() as database:
        frame = wave_frame(database, study, year)
        content, name = report_file(database, services().live, frame)
    note("fieldwork.file", f"{study} {year}", language=current())
    answer = Response(content, mimetype=KINDS["xlsx"])
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


def is_of_people(asked: Mapping[str, str]) -> bool:
    """Whether an address asks for a list of people rather than of cases."""
    return any(asked.get(part, "").strip() for part in OF_PEOPLE)
