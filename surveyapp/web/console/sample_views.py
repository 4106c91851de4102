"""The addresses of a wave's sample as a whole: lists that come in, what is wanted, and links."""

from __future__ import annotations

from contextlib import closing

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from surveyapp.catalogues import told
from surveyapp.errors import ListRefused
from surveyapp.fieldwork import personal_links, staged_lists
from surveyapp.fieldwork.sample_columns import TEMPLATE
from surveyapp.fieldwork.targets import set_targets
from surveyapp.storage import audit
from surveyapp.storage.readiness import require_key
from surveyapp.web.accounts import SEES_CASES, actor, is_fresh, requires
from surveyapp.web.console.blueprint import blueprint
from surveyapp.web.console.forms import YearForm
from surveyapp.web.console.frame import wave_frame
from surveyapp.web.console.sample_forms import ColumnsForm, TargetsForm, UploadForm
from surveyapp.web.file_reading import reading_file
from surveyapp.web.languages import current, translate, translate_plural
from surveyapp.web.rendering import whole
from surveyapp.web.sessions import reading_primary, secret, services, writing

BOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
KINDS = {"xlsx": BOOK, "csv": "text/csv; charset=utf-8"}


@blueprint.get("/<study>/<int:year>/sample")
@requires(SEES_CASES)
def sample(study: str, year: int) -> ResponseReturnValue:
    """Who is invited, how far they are, and what is wanted."""
    return _page(study, year, UploadForm())


@blueprint.post("/<study>/<int:year>/sample/lists")
@requires(SEES_CASES)
def sample_upload(study: str, year: int) -> ResponseReturnValue:
    """Read a list of contacts and keep it until it is confirmed; nothing else is written."""
    from surveyapp.exports.contact_books import read_upload

    form = UploadForm()
    if not form.validate():
        return _page(study, year, form), 422
    try:
        with closing(form.file.data) as sent, reading_file():
            listed = read_upload(sent.read())
        with writing() as database:
            made = staged_lists.stage(database, study, year, listed, actor(), salt=secret())
    except ListRefused as refused:
        form.file.errors = [told(refused, current())]
        return _page(study, year, form), 422
    is_known = made.has_addresses and None not in made.columns
    where = "console.sample_list" if is_known else "console.sample_columns"
    return redirect(url_for(where, study=study, year=year, run=made.id), 303)


def _page(study: str, year: int, form: UploadForm) -> str:
    from surveyapp.web.console.sample_page import sample_page

    with reading_primary() as database:
        frame = wave_frame(database, study, year)
        page = sample_page(database, frame)
    return render_template("console/sample/page.html", wave=frame, page=page, form=form)


@blueprint.route("/<study>/<int:year>/sample/lists/<run>", methods=["GET", "POST"])
@requires(SEES_CASES)
def sample_list(study: str, year: int, run: str) -> ResponseReturnValue:
    """What a list would come to; and taking it in as it was looked at."""
    said = ""
    if request.method == "POST":
        try:
            with writing() as database:
                frame = wave_frame(database, study, year)
                digest = request.form.get("digest", "")
                done = staged_lists.take_in(database, frame.instrument, run, actor(), salt=secret(), expected=digest)
        except ListRefused as refused:
            said = told(refused, current())
        else:
            flash(_taken_in(done.to_write), "success")
            return redirect(url_for("console.sample", study=study, year=year), 303)
    return _list_page(study, year, run, said)


def _taken_in(n: int) -> str:
    return translate_plural(
        "%(count)s contact was added or changed.", "%(count)s contacts were added or changed.", n, count=whole(n)
    )


def _list_page(study: str, year: int, run: str, said: str) -> ResponseReturnValue:
    from surveyapp.web.console.sample_list import list_page

    with reading_primary() as database:
        frame = wave_frame(database, study, year)
        waiting = staged_lists.staged(database, study, year, run, actor(), salt=secret())
        if not waiting.has_addresses:
            return redirect(url_for("console.sample_columns", study=study, year=year, run=run))
        page = list_page(waiting, staged_lists.reviewed(database, frame.instrument, waiting, salt=secret()), frame)
    return render_template("console/sample/list.html", wave=frame, page=page, said=said), 422 if said else 200


@blueprint.route("/<study>/<int:year>/sample/lists/<run>/columns", methods=["GET", "POST"])
@requires(SEES_CASES)
def sample_columns(study: str, year: int, run: str) -> ResponseReturnValue:
    """Which column holds what."""
    from surveyapp.web.console.sample_list import column_choices, column_options

    with reading_primary() as database:
        frame = wave_frame(database, study, year)
        waiting = staged_lists.staged(database, study, year, run, actor(), salt=secret())
    form = ColumnsForm()
    chosen = form.chosen(len(waiting.columns)) if request.method == "POST" else None
    said = ""
    if chosen is not None:
        try:
            with writing() as database:
                staged_lists.choose_columns(database, study, year, waiting, chosen)
            return redirect(url_for("console.sample_list", study=study, year=year, run=run), 303)
        except ListRefused as refused:
            said = told(refused, current())
    columns = column_choices(waiting, chosen)
    page = {"columns": columns, "options": column_options(), "said": said, "run": run}
    return render_template("console/sample/columns.html", wave=frame, **page), 422 if said else 200


@blueprint.post("/<study>/<int:year>/sample/lists/<run>/drop")
@requires(SEES_CASES)
def sample_drop(study: str, year: int, run: str) -> ResponseReturnValue:
    """Let go of a list."""
    with writing() as database:
        staged_lists.drop(database, study, year, run, actor(), salt=secret())
    flash(translate("The list was dropped; nothing was taken in."), "success")
    return redirect(url_for("console.sample", study=study, year=year), 303)


@blueprint.get("/<study>/<int:year>/sample/lists/<run>/faults.<any(xlsx, csv):form>")
@requires(SEES_CASES)
def sample_faults(study: str, year: int, run: str, form: str) -> ResponseReturnValue:
    """The rows that are left out, with the reason of each."""
    from surveyapp.web.console.sample_list import fault_table

    with reading_primary() as database:
        frame = wave_frame(database, study, year)
        waiting = staged_lists.staged(database, study, year, run, actor(), salt=secret())
        found = staged_lists.reviewed(database, frame.instrument, waiting, salt=secret())
    header, lines = fault_table(waiting, found, frame)
    name = translate("left-out")
    return _file(form, f"{study}-{year}-{name}", header, lines)


@blueprint.get("/<study>/<int:year>/sample/template.<any(xlsx, csv):form>")
@requires(SEES_CASES)
def sample_template(study: str, year: int, form: str) -> ResponseReturnValue:
    """An empty list to fill in."""
    with reading_primary() as database:
        wave_frame(database, study, year)  # there is one
    return _file(form, f"{study}-{year}-{translate('contacts')}", TEMPLATE[current()], [])


def _file(form: str, name: str, header: tuple[str, ...], lines: list[tuple[str, ...]]) -> Response:
    from surveyapp.exports.contact_books import book_bytes
    from surveyapp.exports.link_files import csv_bytes

    content = csv_bytes(header, lines) if form == "csv" else book_bytes(translate("contacts"), header, lines)
    answer = Response(content, mimetype=KINDS[form])
    answer.headers.set("Content-Disposition", "attachment", filename=f"{name}.{form}")
    return answer


@blueprint.route("/<study>/<int:year>/sample/targets", methods=["GET", "POST"])
@requires(SEES_CASES)
def sample_targets(study: str, year: int) -> ResponseReturnValue:
    """How many answers are wanted of each role and segment."""
    from surveyapp.web.console.sample_page import target_grid

    form = TargetsForm()
    wanted = form.wanted() if request.method == "POST" else {}
    with reading_primary() as database:
        frame = wave_frame(database, study, year)
        rows = target_grid(database, frame, request.form)
    if request.method == "POST" and not form.wrong:
        with writing() as database:
            set_targets(database, frame.instrument, wanted, actor())
        flash(translate("The targets are saved."), "success")
        return redirect(url_for("console.sample", study=study, year=year), 303)
    page = render_template("console/sample/targets.html", wave=frame, rows=rows, form=form)
    return page, 422 if form.wrong else 200


@blueprint.post("/<study>/<int:year>/sample/links")
@requires(SEES_CASES)
def sample_links(study: str, year: int) -> ResponseReturnValue:
    """Make the links of who has none, and hand them over once."""
    return _links(study, year, is_anew=False)


@blueprint.route("/<study>/<int:year>/sample/links/anew", methods=["GET", "POST"])
@requires(SEES_CASES)
def sample_links_anew(study: str, year: int) -> ResponseReturnValue:
    """Make the links of all anew, once the year of the wave was typed; those of before stop working."""
    with reading_primary() as database:
        frame = wave_frame(database, study, year)
        held = personal_links.had_links(database, study, year)
    form = YearForm(year)
    if request.method == "GET" or not form.validate():
        page = render_template("console/sample/links_anew.html", wave=frame, form=form, held=held)
        return page, 200 if request.method == "GET" else 422
    return _links(study, year, is_anew=True)


def _links(study: str, year: int, *, is_anew: bool) -> ResponseReturnValue:
    from surveyapp.exports.link_files import HEADER, csv_bytes, link_line

    here = url_for("console.sample", study=study, year=year)
    if not is_fresh():
        flash(translate("Confirm with your password that it is you; then make the links."), "info")
        return redirect(url_for("security.verify", next=here), 303)
    make = personal_links.renew_links if is_anew else personal_links.make_links
    with writing() as database:
        require_key(database, secret())
        made = make(database, study, year, salt=secret())
        if made:
            deed = "contact.links-anew" if is_anew else "contact.links"
            audit.add(database, actor(), deed, f"{study} {year}", {"links": len(made)})
    if not made:
        flash(translate("Everybody who may be written to has a link already."), "info")
        return redirect(here, 303)
    base = services().settings.base_url
    answer = Response(csv_bytes(HEADER, [link_line(link, base) for link in made]), mimetype=KINDS["csv"])
    answer.headers.set("Content-Disposition", "attachment", filename=f"{study}-{year}-links.csv")
    return answer
