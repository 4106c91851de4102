"""Where something is wrong or ready, a browser is told so: where the focus stands, what a field bears, what is said."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from surveyapp.app import create_app
from surveyapp.config import Settings
from surveyapp.instrument.loader import load_instrument
from surveyapp.storage.database import Database
from tests.browser.conftest import PHONE, Person
from tests.browser.everywhere import LATER, Everywhere
from tests.browser.screens import Walk
from tests.browser.staff_screens import BASE, _enter
from tests.instrument.definitions import patched, write
from tests.web.conftest import put_wave
from tests.web.console.people import work
from tests.web.serving import served

WRONG = {"nl": "Fout: ", "en": "Error: "}
SCRIPTS = pytest.mark.parametrize("javascript", [True, False], ids=["scripts", "no scripts"])
LANGUAGES = pytest.mark.parametrize("language", ["nl", "en"])


@pytest.fixture(scope="module")
def with_others(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a site on which "other" can be chosen wherever it can stand: in a choice, a list, a ranking."""
    folder = tmp_path_factory.mktemp("others")
    lists = [("variables.variables.k_multiple.codes", "sector"), ("variables.variables.k_ranking.codes", "sector")]
    database = Database(f"sqlite:///{folder / 'others.sqlite3'}")
    database.upgrade()
    put_wave(database, load_instrument(write(folder / "kinds", patched(*lists, name="kinds")), 2026))
    with served(
        create_app(Settings(environment="development", instance=folder, log_level="ERROR"), database=database)
    ) as at:
        yield at
    database.close()


@SCRIPTS
@LANGUAGES
@pytest.mark.parametrize("kind", ["single", "multiple", "ranking"])
def test_an_error_in_the_words_of_other_is_tied_to_their_field(
    chromium: Browser, with_others: str, kind: str, language: str, javascript: bool
) -> None:
    context = chromium.new_context(viewport=PHONE, java_script_enabled=javascript, locale=language)  # type: ignore[arg-type]
    someone = Person(context, with_others, language).begin().go(kind)
    page = someone.page
    if kind == "ranking":
        page.select_option("[name=q_k_ranking__1]", "97")
    else:
        page.locator(f"[name=q_k_{kind}][value='97']").check(force=True)
    words = page.locator(f"[name=q_k_{kind}__other]")
    long = "w" * 2000
    words.fill(long)
    someone.press()

    assert page.title().startswith(WRONG[language])
    expect(page.locator("#summary")).to_be_focused()
    expect(words).to_have_attribute("aria-invalid", "true")
    expect(words).to_have_value(long)
    message = page.locator(f"[id='{words.get_attribute('aria-describedby')}']")
    expect(message).to_be_visible()
    link = page.locator("#summary a").first
    assert (link.text_content() or "").strip().partition(" (")[0] in (message.text_content() or "")
    link.click()
    expect(words).to_be_focused()
    expect(page.locator("main [aria-invalid=true]")).to_have_count(1)
    context.close()


def _posted(page: Page, fields: dict[str, str]) -> None:
    """Fill in a form, past what the browser itself would refuse, and send it."""
    form = page.locator("main form", has=page.locator(f"#{next(iter(fields))}")).last
    form.evaluate("form => { form.noValidate = true; for (const one of form.elements) one.required = false; }")
    for name, value in fields.items():
        page.fill(f"#{name}", value)
    with page.expect_navigation():
        form.locator("button").first.click()


REFUSED: dict[str, tuple[str, str, dict[str, str], set[str]]] = {
    "sign in": ("", "/login", {"email": "nobody@example.org", "password": "x"}, {"password"}),
    "new password": (
        "viewer", "/change", {"password": "x", "new_password": "kort", "new_password_confirm": "lang"},
        {"password", "new_password", "new_password_confirm"},
    ),
    "confirm": ("viewer", "/verify", {"password": "x"}, {"password"}),
    "invite": ("admin", "/admin/users", {"email": "geen adres"}, set()),
    "audit log": ("admin", "/admin/audit", {"since": "gisteren"}, set()),
    "close": ("researcher", f"{BASE}/close", {"year_typed": "2062"}, set()),
    "delete": ("researcher", f"/console/{LATER}/2026/delete", {"year_typed": "2062"}, set()),
    "filter": ("researcher", f"{BASE}/results/gr_assign?filter=gr_assign+%3E%3D", {}, set()),
}  # fmt: skip
"""Each form of the team that can be refused: who meets it, where, what is typed, and which fields are secrets."""


@LANGUAGES
@pytest.mark.parametrize("form", REFUSED)
def test_a_refused_form_of_the_team_has_the_focus_on_what_is_wrong(
    chromium: Browser, world: Everywhere, form: str, language: str
) -> None:
    role, address, fields, secrets = REFUSED[form]
    walk = Walk(chromium, world, language, javascript=True)
    if role:
        _enter(walk, role)
    page = walk.open(address).page
    if fields:
        _posted(page, fields)

    assert page.title().startswith(WRONG[language]), page.title()
    expect(page.locator("#summary")).to_be_focused()
    marked = page.locator("main [aria-invalid=true]")
    assert marked.count() > 0
    for field in marked.all():
        described = (field.get_attribute("aria-describedby") or "").split()
        assert described
        assert [page.locator(f"[id='{one}']").count() for one in described] == [1] * len(described)
    for name, typed in fields.items():
        expect(page.locator(f"#{name}")).to_have_value("" if name in secrets else typed)
    page.locator("#summary a").first.click()
    expect(page.locator("main [aria-invalid=true]:focus")).to_have_count(1)
    walk.context.close()


@LANGUAGES
def test_a_file_that_is_ready_is_said_where_it_is_heard_without_the_page_being_loaded_anew(
    chromium: Browser, world: Everywhere, language: str
) -> None:
    """The live region stays the same element: one that is swapped itself is not read out."""
    walk = _enter(Walk(chromium, world, language, javascript=True), "researcher")
    page = walk.open(f"{BASE}/exports").page
    walk.submit(page.locator("#card-codebook button").first)
    said = page.locator("#export-said")
    expect(said).to_have_attribute("role", "status")
    loaded, before = page.evaluate("performance.timeOrigin"), said.element_handle()
    work(world.app)
    expect(said).to_contain_text({"nl": "is klaar.", "en": "is ready."}[language])
    assert page.evaluate("performance.timeOrigin") == loaded
    assert before is not None
    assert before.evaluate("node => node === document.getElementById('export-said')")
    walk.context.close()


@LANGUAGES
def test_without_scripts_a_page_says_that_a_file_is_ready(chromium: Browser, world: Everywhere, language: str) -> None:
    walk = _enter(Walk(chromium, world, language, javascript=False), "researcher")
    page = walk.open(f"{BASE}/exports").page
    walk.submit(page.locator("#card-codebook button").first)
    waiting = page.locator("#export-said").text_content()
    assert waiting
    work(world.app)
    for _ in range(100):  # the file is made in a process of its own
        if not page.locator("#refresh-runs").count():
            break
        walk.submit(page.locator("#refresh-runs"))
    expect(page.locator("#export-said")).to_contain_text({"nl": "is klaar.", "en": "is ready."}[language])
    walk.context.close()
