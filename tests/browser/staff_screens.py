"""Every screen of the team in every state, and how somebody comes there: the ways of the check set behind a sign-in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from flask import Flask
from passlib.totp import TOTP
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from surveyapp.fieldwork import definitions
from surveyapp.instrument.block_edits import with_values
from surveyapp.instrument.source import read_document
from surveyapp.instrument.study_archive import archive_bytes
from surveyapp.reports.asked_models import MODELS
from surveyapp.web.accounts import STAFF_BLUEPRINTS
from tests.browser.everywhere import KINDS, LATER, PASSWORD, TRIAL
from tests.browser.screens import Screen, Walk, Way
from tests.web.conftest import STUDY
from tests.web.console.first_forms import ASKED, form_of
from tests.web.console.people import work

BASE = f"/console/{STUDY}/2026"
INVITES = f"/console/{KINDS}/2026"
"""A wave to which people are invited by name."""
NO_PAGES = {
    "console.study": "leads to its place on the first page",
    "console.wave": "leads to its fieldwork",
    "console.results_json": "plain data",
    "console.results_text": "a file",
    "console.model_json": "plain data",
    "console.model_text": "a file",
    "console.sample_faults": "a file",
    "console.answers_book": "a file",
    "console.sample_template": "a file",
    "console.download_export": "a file",
    "console.invitations_html": "the message itself, for its frame",
    "console.instrument_archive": "a file",
    "console.settings_qr": "a file",
    "console.instrument_book": "a file",
    "console.instrument_form": "a file",
    "admin.certificate": "a file",
    "admin.remove_texts": "asks for the year a year after closing; drawn as other questions are",
    "console.fails": "the test's own",
    "security.static": "the library's own files, which no page asks for",
    "security.two_factor_rescue": "help by mail is not offered",
    "security.tf_select": "there is one method to choose from",
}
"""Addresses that answer a GET with something else than a screen of their own, and what."""


def _enter(w: Walk, role: str, password: str = PASSWORD) -> Walk:
    w.anew().open("/login")
    w.put({"email": f"{role}-{w.language}@example.org", "password": password}).tap("main button.button")
    return w


def _send(w: Walk, **fields: str) -> Walk:
    w.put(fields).tap("main form button.button")
    return w


def entering(w: Walk) -> Iterator[Screen]:
    """Signing in, with everything that may go wrong, and one's own account."""
    w.page.goto(f"{w.world.empty}/login")
    yield Screen("sign in, no accounts yet")
    w.anew().open("/login")
    yield Screen("sign in", is_same=True)
    _enter(w, "viewer", "niet het goede wachtwoord")
    yield Screen("sign in refused", is_error=True)
    w.world.tire("login")
    w.world.forgive()
    w.open("/console/fails/404")
    yield Screen("not found, not signed in")
    _enter(w, "viewer")
    w.open("/console/account")
    yield Screen("account")
    w.open(f"{BASE}/fieldwork/cases")
    yield Screen("not allowed")
    w.open("/change")
    yield Screen("change password")
    _send(w, password="onjuist", new_password="kort", new_password_confirm="kort")
    yield Screen("change password refused", is_error=True)
    w.open("/verify")
    yield Screen("confirm with the password")
    _send(w, password="onjuist")
    yield Screen("confirm refused", is_error=True)
    _enter(w, "admin")
    yield from _managing(w)
    w.open("/tf-setup")
    yield Screen("second step")
    w.tap("button[name=setup]")
    yield Screen("second step, key shown", is_same=True)
    key = w.page.locator("main code").inner_text()
    _send(w, code="000000")
    yield Screen("second step, wrong code", is_error=True)
    assert w.page.locator("main code").inner_text() == key
    totp = TOTP(re.sub(r"[ -]", "", key))
    _send(w, code=totp.generate().token)
    assert urlsplit(w.page.url).path == "/console/account"
    yield Screen("account with a second step", is_same=True)
    w.open("/mf-recovery-codes")
    yield Screen("recovery codes")
    w.submit(w.page.locator("main button").last)
    yield Screen("recovery codes shown", is_same=True)
    _enter(w, "admin")
    yield Screen("code asked")
    _send(w, code="000000")
    yield Screen("code refused", is_error=True)
    w.open("/mf-recovery")
    yield Screen("recovery code asked")
    _send(w, code="0000-0000-0000")
    yield Screen("recovery code refused", is_error=True)
    w.world.forget_second_step(f"admin-{w.language}@example.org")


def _managing(w: Walk) -> Iterator[Screen]:
    """The team, one account, a link to choose a password, the audit log."""
    w.open("/admin/users")
    yield Screen("team")
    _send(w, email="geen adres")
    yield Screen("team, wrong address", is_error=True)
    w.open(f"/admin/users/viewer-{w.language}@example.org")
    yield Screen("somebody's account")
    w.tap("form[action$='/password-link'] button")
    yield Screen("somebody's account, link made", is_same=True)
    link = urlsplit(w.page.locator("main .notice code").inner_text()).path
    w.open("/admin/mail")
    yield Screen("mails as files")
    w.open("/admin/retention")
    yield Screen("what is kept")
    w.open("/admin/people")
    yield Screen("a person's request")
    _send(w, who="geen adres")
    yield Screen("a person's request, wrong address", is_error=True)
    w.open("/admin/audit?check=1")
    yield Screen("audit log")
    w.open("/admin/audit?since=gisteren")
    yield Screen("audit log, wrong day", is_error=True)
    w.open(link)
    yield Screen("choose a password")
    _send(w, new_password="kort", new_password_confirm="anders")
    yield Screen("choose a password, refused", is_error=True)
    w.open(f"{link}x")
    yield Screen("password link over")


def collecting(w: Walk) -> Iterator[Screen]:
    """Studies, their fieldwork and its cases."""
    w.page.goto(f"{w.world.empty}/console/")
    _enter(w, "researcher").open("/console/")
    yield Screen("studies")
    w.open(f"{BASE}/fieldwork")
    yield Screen("fieldwork")
    w.page.locator("#days-table > summary").click()
    w.page.locator("#filters > summary").click()
    yield Screen("fieldwork, opened", is_same=True)
    w.open(f"{BASE}/fieldwork?role=manager")
    yield Screen("fieldwork of a role")
    w.open(f"/console/{TRIAL}/2026/fieldwork")
    yield Screen("fieldwork of a test without cases")
    w.open(f"/console/{LATER}/2026/fieldwork")
    yield Screen("fieldwork of a draft", is_same=True)  # of a study that bears the same title
    w.open(f"{BASE}/fieldwork?role=nobody")
    yield Screen("fieldwork of nobody", is_error=True)
    w.open(f"{BASE}/fieldwork/cases")
    yield Screen("cases")
    w.open(f"{BASE}/fieldwork/cases?state=left&role=contractor")
    yield Screen("cases that broke off")
    w.open(f"{BASE}/fieldwork/cases?source=nowhere")
    yield Screen("no cases")
    w.open(f"{BASE}/fieldwork/alerts")
    yield Screen("alerts")
    w.open(f"{BASE}/fieldwork/rates")
    yield Screen("rates by open link")
    w.open(f"{BASE}/fieldwork/cases?sample=others&disposition=questionnaire")
    yield Screen("people who broke off")
    w.tap("main table tbody a")
    yield Screen("a case")
    here = urlsplit(w.page.url).path
    w.tap("#heading-answers ~ form button")
    yield Screen("a case with its answers")
    w.open(f"{here}/disposition")
    yield Screen("a decision")
    w.tap("main form button.button")
    yield Screen("a decision, nothing chosen", is_error=True)


def reading(w: Walk) -> Iterator[Screen]:
    """Results: all of them, one, and the same for some."""
    _enter(w, "researcher")
    w.open(f"{BASE}/results")
    yield Screen("results")
    w.open(f"{BASE}/results?q=cijfer")
    yield Screen("results, searched")
    w.open(f"{BASE}/results?q=zzzz")
    yield Screen("results, nothing found")
    w.open(f"{BASE}/results/gr_assign")
    yield Screen("a mark")
    w.open(f"{BASE}/filters?variable=gr_assign")
    yield Screen("filters")
    w.open(f"{BASE}/filters?variable=gr_assign&pick=b_sector")
    yield Screen("filters, ticking")
    w.open(f"{BASE}/filters?variable=gr_assign&filter=b_sector+in+[1]+and+b_size+in+[1]")
    yield Screen("filters, asking")
    w.submit(w.page.get_by_role("button").filter(has_text=re.compile("Ask for this filter|Dit filter aanvragen")))
    yield Screen("filters, refused", is_error=True)
    w.open(f"{BASE}/results/gr_assign?by=role&filter=role+in+['contractor']")
    yield Screen("a mark by role, filtered")
    w.open(f"/console/{KINDS}/2026/results/k_fit?by=role&years=2025")
    yield Screen("a statement, years side by side")
    w.open(f"{BASE}/results/gr_assign?pick=b_sector")
    yield Screen("a mark, choosing sectors", is_same=True)
    w.open(f"{BASE}/results/gr_assign?by=b_sector&by=b_size")
    yield Screen("a wide table")
    w.open(f"{BASE}/results/gr_assign?filter=b_sector+==+1+and+b_size+==+1+and+role+==+'procurement'")
    yield Screen("nothing to show")
    w.open(f"{BASE}/results/gr_assign?filter=gr_assign+%3E%3D")
    yield Screen("a filter that cannot be read", is_error=True)
    w.open(f"/console/{KINDS}/2025/results/k_fit")
    yield Screen("a statement")
    w.open(f"/console/{KINDS}/2025/results/k_multiple?by=role")
    yield Screen("several answers")
    w.open(f"{BASE}/weights")
    yield Screen("weights")
    for kind in MODELS:
        w.open(f"{BASE}/analyses/{kind}")
        yield Screen(f"{kind} of a wave")


def coding(w: Walk) -> Iterator[Screen]:
    """Open answers of a closed wave: read, coded, settled, quoted."""
    of_wave = f"/console/{KINDS}/2025/answers"
    here = f"{of_wave}/k_long"
    _enter(w, "researcher")
    w.open(f"{BASE}/answers")
    yield Screen("open answers, no right to read")
    w.open(f"/console/{KINDS}/2025/fieldwork/stopped")
    yield Screen("why people stopped")
    w.open(of_wave)
    yield Screen("open answers")
    w.open(here)
    yield Screen("answers to a question")
    w.open(f"{here}?q=zzzz")
    yield Screen("answers, nothing found")
    w.open(f"{here}?filter=k_mark+==+6+and+k_score+==+7")
    yield Screen("answers of too few people", is_same=True)
    w.open(f"{here}/code")
    yield Screen("an answer to code")
    w.page.locator("#codes input[name=code]:checked").evaluate_all("boxes => boxes.forEach(one => one.checked = false)")
    w.tap("#codes button.button")
    yield Screen("an answer to code, no codes", is_error=True)
    w.open(here)
    w.tap(".answers li:first-child a")
    yield Screen("a quotation to release")
    _send(w, words="")
    yield Screen("a quotation to release, no words", is_error=True)
    w.open(f"{here}/quotations")
    yield Screen("quotations")
    w.open(f"{here}/coding")
    yield Screen("the coding of a question", is_same=True)
    w.open(f"{here}/frame")
    yield Screen("a code frame")
    _enter(w, "admin").open(of_wave)
    yield Screen("open answers, and who may read", is_same=True)
    w.open(f"{here}/settle")
    yield Screen("an answer to settle")
    w.open(f"/console/{KINDS}/2025/answers/k_short/coding")
    yield Screen("coding that cannot begin")


def judging(w: Walk) -> Iterator[Screen]:
    """Quality: the rules, the queue, one questionnaire, many at once."""
    _enter(w, "researcher")
    w.open(f"{BASE}/quality")
    yield Screen("quality")
    w.open(f"{BASE}/quality/cases?decision=")
    yield Screen("flagged questionnaires")
    w.tap("table.flagged th a")
    yield Screen("a flagged questionnaire")
    w.put({"reason": ""}).tap("main form button[value=exclude]")
    yield Screen("a flagged questionnaire, without a reason", is_error=True)
    w.open(f"{BASE}/quality/cases?rule=attention")
    yield Screen("flagged questionnaires, none")
    w.open(f"{BASE}/quality/many/exclude?decision=waiting")
    yield Screen("many questionnaires")


def inviting(w: Walk) -> Iterator[Screen]:
    """A list of contacts, from the file to each of them, what is wanted, and links made anew."""
    _enter(w, "researcher")
    w.open(f"{INVITES}/sample")
    yield Screen("sample")
    _upload(w, b"")
    yield Screen("a list that holds nothing", is_error=True)
    address = f"{w.language}-{w.javascript}@example.org"
    _upload(w, f"wat;hoe\n{address};Jan de Vries\n".encode())
    yield Screen("columns of a list")
    w.tap("main form button.button")
    yield Screen("columns of a list, none chosen", is_error=True)
    _upload(
        w, f"e-mail;naam;rol\n{address};Jan de Vries;\ngeen adres;Piet;\n{w.language}@example.org;An;keizer\n".encode()
    )
    yield Screen("a list looked at")
    w.tap("main form button.button")
    yield Screen("sample with contacts", is_same=True)
    w.open(f"{INVITES}/sample/contacts")
    yield Screen("contacts")
    w.open(f"{INVITES}/sample/contacts?q=nobody-at-all")
    yield Screen("no contacts")
    w.open(f"{INVITES}/sample/contacts")
    w.tap("main table tbody a")
    yield Screen("a contact")
    here = w.page.url
    _send(w, email="geen adres")
    yield Screen("a contact, wrong address", is_error=True)
    w.open(f"{urlsplit(here).path}/opt-out")
    yield Screen("a contact opts out")
    w.open(f"{urlsplit(here).path}/disposition")
    yield Screen("a decision about a contact")
    w.open(f"{INVITES}/fieldwork/rates")
    yield Screen("rates of a sample")
    yield from _mailing(w)
    w.open(f"{INVITES}/sample/targets")
    yield Screen("targets")
    w.page.locator("main input[inputmode=numeric]").first.fill("veel")
    w.tap("main form button.button")
    yield Screen("targets, no number", is_error=True)
    w.open(f"{INVITES}/sample/links/anew")
    yield Screen("links made anew")
    _send(w, year_typed="2062")
    yield Screen("links made anew, wrong year", is_error=True)


def _mailing(w: Walk) -> Iterator[Screen]:
    """A mailing to the contacts, from its texts to the last look; then one that is on its way."""
    w.open(f"{INVITES}/invitations")
    yield Screen("mailings")
    w.submit(w.page.locator("form[action$='/invitations'] button").first)
    yield Screen("texts of a mailing")
    here = urlsplit(w.page.url).path.removesuffix("/text")
    w.page.locator("#text_en").fill("Dear {nmae}, {opt_out}")
    w.tap("main form button.button")
    yield Screen("texts of a mailing, refused", is_error=True)
    w.open(f"{here}/preview")
    yield Screen("preview of a mailing")
    w.open(f"{here}/recipients")
    yield Screen("recipients of a mailing")
    w.open(f"{here}/when")
    yield Screen("moment of a mailing")
    _send(w, day="2020-01-01")
    yield Screen("moment of a mailing, refused", is_error=True)
    w.open(f"{here}/when")
    w.tap("main form button.button")  # the day that is suggested is never a holiday
    yield Screen("a mailing confirmed")
    count = re.findall(r"\d+", w.page.locator("label[for=count]").inner_text())[-1]
    _send(w, count="0")
    yield Screen("a mailing confirmed with another number", is_error=True)
    _send(w, count=count)
    yield Screen("a mailing on its way")
    w.open(f"{here}/messages")
    yield Screen("messages of a mailing")


def _upload(w: Walk, content: bytes) -> None:
    w.open(f"{INVITES}/sample")
    w.page.set_input_files("#file", files=[{"name": "contacts.csv", "mimeType": "text/csv", "buffer": content}])
    w.tap("form[action$='/sample/lists'] button")


def making(w: Walk) -> Iterator[Screen]:
    """Exports and the questionnaire."""
    _enter(w, "researcher")
    w.open(f"{BASE}/exports")
    yield Screen("exports")
    w.tap("#card-codebook button")
    work(w.world.app)
    if not w.javascript:  # else the page asks again by itself
        w.open(f"{BASE}/exports")
    w.page.locator("a[href$='/file']").first.wait_for()
    yield Screen("exports, one made", is_same=True)
    w.open(f"{BASE}/settings")
    yield Screen("settings")
    w.page.locator("#title-en").fill("")
    w.tap("#settings .button")
    yield Screen("settings, no title", is_error=True)
    w.open(f"{BASE}/settings/links")
    yield Screen("open links")
    _send(w, source="Geen Naam!")
    yield Screen("open links, no name", is_error=True)
    w.open(f"/console/{STUDY}/new")
    yield Screen("a new wave")
    _send(w, year="2026")
    yield Screen("a new wave, a year that is there", is_error=True)
    yield from _first_study(w)
    w.open(f"{BASE}/instrument")
    yield Screen("questionnaire")
    w.open(f"{BASE}/instrument/compare")
    yield Screen("questionnaire compared")
    w.open(f"/console/{KINDS}/2026/instrument/compare?against=2025")
    yield Screen("questionnaire compared with 2025")
    w.open(f"{BASE}/instrument/robots?role=intermediary&language={w.language}")
    yield Screen("robots")
    yield from _exchanging(w)
    w.open(f"{BASE}/instrument/preview?role=contractor")
    yield Screen("preview")
    w.open(f"{BASE}/instrument/preview/contractor/{w.language}/start")
    yield Screen("page of the preview")
    w.open(f"{BASE}/instrument/print/manager/{w.language}")
    yield Screen("questionnaire on paper")


def _first_study(w: Walk) -> Iterator[Screen]:
    """A study that comes in as a form: what is no form, what came in, its settings that lack, a page as it would be."""
    w.open("/console/new-study")
    yield Screen("a new study")
    sent = {"name": "form.xlsx", "mimeType": "application/zip", "buffer": b"PK\x03\x04"}
    w.page.set_input_files("#file", files=[sent])
    w.tap("form[enctype] .button")
    yield Screen("a new study of what is no form", is_error=True)
    strange = ("geopoint", "place", "Waar?", "Where?", None)
    w.page.set_input_files("#file", files=[{**sent, "buffer": form_of(*ASKED[:3], strange, ASKED[3])}])
    w.page.locator("#study").fill("werk-en-tijd")
    w.page.locator("#year").fill("2027")
    w.tap("form[enctype] .button")
    yield Screen("a new study, looked at")
    there = w.page.locator(f"main .link-list a[href*='/{w.language}/']").first.get_attribute("href") or ""
    w.tap("#settings .button:not(.quiet)")
    yield Screen("a new study, settings that lack", is_error=True)
    w.open(urlsplit(there).path)
    yield Screen("a page of a new study")


def _exchanging(w: Walk) -> Iterator[Screen]:
    """A questionnaire out and in: what cannot be taken, what came in, a page as it would be, what waits for a yes."""
    there = f"/console/{KINDS}/2026/instrument/exchange"
    w.open(there)
    yield Screen("questionnaire out and in")
    sent = {"name": "x.zip", "mimeType": "application/zip", "buffer": b"PK\x03\x04"}
    w.page.set_input_files("#file", files=[sent])
    w.tap("form[action$='/proposals'] button")
    yield Screen("an archive that cannot be read", is_error=True)
    w.page.set_input_files("#file", files=[{**sent, "buffer": changed_archive(w.world.app, KINDS)}])
    w.tap("form[action$='/proposals'] button")
    yield Screen("what came in")
    w.open(
        urlsplit(w.page.locator(f"main .link-list a[href*='/{w.language}/']").first.get_attribute("href") or "").path
    )
    yield Screen("a page as it would be")
    w.open(f"/console/{KINDS}/2026/instrument/translations/en")
    yield Screen("translations to approve")


def changed_archive(app: Flask, study: str) -> bytes:
    """The files of a wave in which a page has another title."""
    services = app.extensions["surveyapp"]
    with services.database.read_primary() as session:
        contents = definitions.working_contents(session, services.settings, study, 2026)
    name = "2026/questionnaire.yaml"
    title = read_document(contents[name], name).data["pages"][0]["title"]  # type: ignore[union-attr]
    page = with_values(contents[name], name, {("pages", 0, "title"): {one: f"{title[one]}!" for one in title}})
    return archive_bytes({**contents, name: page}, study)


def turning(w: Walk) -> Iterator[Screen]:
    """What a wave is opened, closed and deleted with, and pages that failed."""
    _enter(w, "researcher")
    w.open(f"/console/{LATER}/2026/open")
    yield Screen("open a wave")
    w.open(f"/console/{TRIAL}/2026/remove-tests")
    yield Screen("remove the test cases of a wave")
    w.open(f"/console/{LATER}/2026/delete")
    yield Screen("delete a draft")
    _send(w, year_typed="2062")
    yield Screen("delete a draft, wrong year", is_error=True)
    w.open(f"{BASE}/close")
    yield Screen("close a wave")
    _send(w, year_typed="2062")
    yield Screen("close a wave, wrong year", is_error=True)
    for status in (404, 405, 413, 429, 500, 503):
        w.open(f"/console/fails/{status}")
        yield Screen(f"fault {status}", is_error=status == 413)


STAFF_WAYS: dict[str, Way] = {
    way.__name__: way for way in (entering, collecting, judging, inviting, reading, coding, making, turning)
}


def endpoint_of(app: Flask, url: str) -> str:
    """Which view an address of the site leads to; empty for none."""
    try:
        return str(app.url_map.bind("localhost").match(urlsplit(url).path, method="GET")[0])
    except (HTTPException, RequestRedirect):
        return ""


def pages_of_the_team(app: Flask) -> set[str]:
    """Every view of the team's that answers a GET with a screen, read from the addresses of the application."""
    return {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.endpoint.partition(".")[0] in STAFF_BLUEPRINTS and "GET" in (rule.methods or ())
    } - set(NO_PAGES)
