"""An editor adds a view of the results to the report: it stands in the book and in the list, and can be taken out."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from flask import Flask

from surveyapp.errors import BadQuery, NotReleased
from surveyapp.exports.registry import gather, write
from surveyapp.reports import added_figures
from surveyapp.reports.formatting import figure_text
from surveyapp.reports.tabulate import tabulate
from surveyapp.storage import audit
from surveyapp.storage.database import Database
from surveyapp.web.console.figure_choices import FigureChoice
from tests.builders import small_instrument
from tests.web.console.people import BASE, STUDY, Person

RESULTS = f"{BASE}/results"
VIEW = f"{RESULTS}/gr_client?by=role&chart=dots"


def form_of(page: str) -> dict[str, str]:
    """What the form that adds the view to the report would send."""
    form = page.split('results/gr_client/report"')[1].split("</form>")[0]
    return {
        name: html.unescape(value)
        for name, value in re.findall(r'name="(by|filter|weight|chart)" value="([^"]*)"', form)
    }


@pytest.mark.slow
def test_a_view_that_is_added_stands_in_the_list_in_the_log_and_in_the_book_and_goes_again(
    app: Flask, signed_in: Callable[[str], Person], tmp_path: Path
) -> None:
    editor = signed_in("editor")
    sent = form_of(editor.get(VIEW).text)
    assert sent == {"by": "role", "filter": "", "chart": "dots"}

    answer = editor.post(f"{RESULTS}/gr_client/report", **sent)
    again = editor.post(f"{RESULTS}/gr_client/report", **sent)  # a double click

    assert (answer.status_code, again.status_code) == (303, 303)
    assert answer.location == again.location
    assert answer.location.endswith("/gr_client?by=role&chart=dots")
    listed = editor.get(RESULTS).text
    assert listed.count("<code>ADD01</code>") == 1
    assert "editor@example.org" in listed
    services = app.extensions["surveyapp"]
    with services.database.read() as session:
        assert [row.action for row in audit.latest(session, 9) if row.action.startswith("report.")] == [
            added_figures.ADDED
        ]
    source = gather(services.database, services.live, STUDY, 2026)
    for language, total in (("nl", "Totaal"), ("en", "Total")):
        write("report", source, tmp_path / f"{language}.xlsx", language)
        book = openpyxl.load_workbook(tmp_path / f"{language}.xlsx")
        planned = [name for name in book.sheetnames if re.fullmatch(r"[A-Z]{3}\d\d", name)]
        assert planned[-1] == "ADD01"
        assert len(planned) > 20
        assert total in {cell.value for row in book["ADD01"].iter_rows() for cell in row}

    gone = editor.post(f"{RESULTS}/report/1/remove")
    twice = editor.post(f"{RESULTS}/report/1/remove")

    assert (gone.status_code, twice.status_code) == (303, 404)
    assert "ADD01" not in editor.get(RESULTS).text.split("</main>")[0]
    assert gather(services.database, services.live, STUDY, 2026).added == ()
    editor.post(f"{RESULTS}/gr_client/report", **sent)
    assert "<code>ADD02</code>" in editor.get(RESULTS).text  # a number is never given out twice


def test_what_not_everybody_may_see_is_not_offered_and_not_taken(signed_in: Callable[[str], Person]) -> None:
    researcher = signed_in("researcher")
    for view in ("by=device", "by=role&filter=gr_client+>+3"):
        page = researcher.get(f"{RESULTS}/gr_client?{view}").text
        assert "results/gr_client/report" not in page
    assert "cannot be added to the report" in researcher.get(f"{RESULTS}/gr_client?by=device").text
    assert researcher.post(f"{RESULTS}/gr_client/report", by="device", filter="").status_code == 403
    assert researcher.post(f"{RESULTS}/gr_client/report", by="role", filter="gr_client > 3").status_code == 403
    assert researcher.post(f"{RESULTS}/gr_client/report", by="role", chart="pie").status_code == 400
    assert "<code>ADD" not in researcher.get(RESULTS).text
    viewer = signed_in("viewer")
    assert "results/gr_client/report" not in viewer.get(VIEW).text


def test_words_of_people_and_what_there_is_not_are_no_figures(sqlite_database: Database) -> None:
    instrument = small_instrument()
    with sqlite_database.write() as session:
        with pytest.raises(BadQuery, match="no figure of “nothing”"):
            added_figures.add_figure(session, instrument, "nothing", (), "", actor="e")
        with pytest.raises(BadQuery, match="no figure of “device”"):
            added_figures.add_figure(session, instrument, "device", (), "", actor="e")
        with pytest.raises(NotReleased):
            added_figures.add_figure(session, instrument, "v1", (), "someone", actor="e")


def test_a_report_holds_so_many_added_figures_and_says_so(
    app: Flask, signed_in: Callable[[str], Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(added_figures, "MOST", 1)
    editor = signed_in("editor")
    assert editor.post(f"{RESULTS}/gr_client/report", by="role").status_code == 303
    refused = editor.post(f"{RESULTS}/gr_client/report", by="")
    assert refused.status_code == 409
    assert "take one out first" in html.unescape(refused.text)


def test_a_figure_whose_filter_is_gone_stays_in_the_list_and_leaves_the_book_whole(
    app: Flask, signed_in: Callable[[str], Person]
) -> None:
    editor = signed_in("editor")
    services = app.extensions["surveyapp"]
    with services.database.write() as session:
        from surveyapp import clock
        from surveyapp.storage import report_figures

        values = {"variable": "gr_client", "banners": "", "filter": "was_there_once", "weight": "none", "chart": ""}
        report_figures.add(session, STUDY, 2026, at=clock.now(), actor="e@example.org", **values)
    assert "gr_client can no longer be shown" in editor.get(RESULTS).text
    assert gather(services.database, services.live, STUDY, 2026).added == ()


def test_the_text_of_a_table_is_what_the_page_prints_and_nothing_that_is_hidden(
    app: Flask, signed_in: Callable[[str], Person]
) -> None:
    person = signed_in("researcher")
    answer = person.get(f"{RESULTS}/gr_assign.tsv?by=role")
    grid = tabulate(app.extensions["surveyapp"].live.data(STUDY, 2026), "gr_assign", ["role"])
    lines = [line.split("\t") for line in answer.text.split("\r\n")]

    assert answer.mimetype == "text/tab-separated-values"
    assert answer.headers["Content-Disposition"].endswith(f"{STUDY}-2026-gr_assign.tsv")
    means = next(figures for measure, figures in grid.lines if measure.kind == "mean")
    printed = ["not asked" if one.bases.is_outside else figure_text(one, "mark", "en") for one in means]
    assert ["Mean", *printed] in lines
    few = person.get(f"{RESULTS}/nps_client.tsv?filter=role+%3D%3D+'intermediary'+and+gr_interm+%3D%3D+10").text
    figures = [cell for line in few.split("\r\n")[3:-3] for cell in line.split("\t")[1:]]
    assert set(figures) <= {".", ""}
    assert "." in figures


def test_counts_stand_where_shares_do_and_a_statistic_that_is_lacking_is_said(
    signed_in: Callable[[str], Person], app: Flask
) -> None:
    person = signed_in("researcher")
    grid = tabulate(app.extensions["surveyapp"].live.data(STUDY, 2026), "gr_assign")
    (_, (nine,)) = next(line for line in grid.lines if line[0].code == 9)
    shares = person.get(f"{RESULTS}/gr_assign?stat=share").text
    counts = person.get(f"{RESULTS}/gr_assign?stat=n").text
    means = person.get(f"{RESULTS}/gr_assign?stat=mean").text
    body = counts.split("<tbody>")[1].split("</tbody>")[0]
    assert f">{nine.count}" in body
    assert "%" not in body
    assert "interval" not in body  # that of a share
    assert "row-mean" in means
    assert "row-mean" not in shares
    lacking = person.get(f"{RESULTS}/b_sector?stat=mean").text
    assert "no figures of the kind you asked for" in lacking
    assert "row-code" in lacking
    assert person.get(f"{RESULTS}/gr_assign?stat=median").status_code == 400
    assert FigureChoice("n").lines(()) == ()


@pytest.mark.parametrize(("chart", "drawn"), [("bars", 1), ("none", 0), ("dots", 1)])
def test_a_chart_is_drawn_as_it_was_asked_for_and_the_address_keeps_it(
    signed_in: Callable[[str], Person], chart: str, drawn: int
) -> None:
    page = signed_in("researcher").get(f"{RESULTS}/gr_assign?chart={chart}").text
    assert page.count('<figure class="chart">') == drawn
    assert f'value="{chart}" selected' in page
    assert f"gr_assign?chart={chart}" in page


def test_a_chart_that_does_not_fit_is_said_to(signed_in: Callable[[str], Person]) -> None:
    page = signed_in("researcher").get(f"{RESULTS}/b_sector?chart=dots").text
    assert "cannot be drawn like that" in page
    assert '<figure class="chart">' not in page
