"""What a research team wants of a sample, of mail and of a wave's end, in Chromium; listed in test_scenarios_team."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from surveyapp.fieldwork import contacts, waves
from surveyapp.instrument.loader import load_instrument
from tests.browser.fieldwork_stage import Stage, press, staged
from tests.instrument.definitions import Definition, patched, write
from tests.web.conftest import KINDS, put_wave
from tests.web.respondent.comparable import comparable_study

HERE = f"/console/{KINDS}/2026"
PEOPLE = b"email;role;language\n" + b"".join(b"p%d@example.org;contractor;nl\n" % n for n in range(4))


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory, chromium: Browser) -> Iterator[Stage]:
    """A wave to which four people are invited, beside a draft that lacks a text in English."""
    with staged(tmp_path_factory.mktemp("scenarios"), chromium) as made:
        services = made.app.extensions["surveyapp"]
        instruments = services.settings.instruments
        invites = load_instrument(write(instruments / KINDS, _invites()), 2026)
        put_wave(services.database, invites)
        with services.database.write() as session:
            contacts.import_contacts(session, invites, contacts.read_contacts(PEOPLE, invites))
        whole = load_instrument(write(instruments / "later", _later()), 2026)
        put_wave(services.database, whole, "draft")
        lacks = ("questionnaire.pages.0.title", {"nl": "Een bladzijde", "en": ""})
        write(instruments / "later", _later(lacks))
        yield made


def _invites() -> Definition:
    """A study whose wave ends when the stage has had five weeks."""
    documents = comparable_study(2026, "confidential")
    (study,) = (content for content in documents.values() if "waves" in content)
    study["waves"][0] |= {"opens": "2027-03-01", "closes": "2027-04-04"}
    return documents


def _later(*changes: tuple[str, object]) -> Definition:
    return patched(("study.study", "later"), *changes, name="kinds")


@pytest.fixture
def desk(stage: Stage) -> Iterator[Page]:
    """A researcher who is signed in, in a browser without scripts."""
    page = stage.signed_in("researcher", java_script_enabled=False)
    yield page
    page.context.close()


def written(page: Page, kind: str) -> str:
    """The address of a mailing of this kind whose texts stand as they are proposed."""
    page.goto(f"{HERE}/invitations")
    press(page, f"form:has(input[value={kind}]) button")
    there = page.url.removesuffix("/text")
    press(page, "main form button:has-text('Save and look')")
    page.goto(f"{there}/recipients")
    press(page, "main form button:has-text('Use this choice')")
    page.check("#moment-now")
    press(page, "main form button:has-text('Save and go on')")
    return there


def sent(page: Page, people: int) -> None:
    """Confirm the mailing with this number."""
    page.fill("#count", str(people))
    press(page, "main form button:has-text('Send to')")
    assert "The mailing is on its way." in page.inner_text("main")


def test_a_wave_with_a_text_missing_in_english_does_not_open_and_the_place_is_named(desk: Page) -> None:
    desk.goto("/console/later/2026/open")
    assert "2026/questionnaire.yaml:" in desk.locator("#blockers").inner_text()
    press(desk, "#blockers a")
    assert "2026/questionnaire.yaml:" in desk.inner_text("main")
    desk.goto("/console/later/2026/open")
    assert desk.locator("main form button.button").count() == 0


def test_a_list_of_four_thousand_is_looked_at_before_anything_is_written(desk: Page, stage: Stage) -> None:
    lines = [f"n{n}@example.org;contractor;nl" for n in range(3996)]
    listed = "\n".join(
        [
            "email;role;language",
            *lines,
            "p0@example.org;contractor;nl",
            lines[0],
            "geen adres;;",
            "x@example.org;keizer;nl",
        ]
    )
    before = stage.one("SELECT count(*) FROM contact")
    desk.goto(f"{HERE}/sample")
    desk.set_input_files("#file", files=[{"name": "list.csv", "mimeType": "text/csv", "buffer": listed.encode()}])
    press(desk, "form[action$='/sample/lists'] button")
    table = desk.locator("table.outcomes tbody tr")
    counts = {row.locator("th").inner_text(): row.locator("td").first.inner_text() for row in table.all()}
    assert counts == {
        "New": "3,996", "Changed": "0", "Unchanged": "1", "Opted out earlier": "0", "Twice in the list": "1",
        "Unknown role": "1", "Invalid": "1",
    }  # fmt: skip
    assert stage.one("SELECT count(*) FROM contact") == before
    press(desk, "form[action$='/drop'] button")
    assert stage.one("SELECT count(*) FROM contact") == before


def test_an_invitation_without_a_link_in_english_is_refused_by_name(desk: Page) -> None:
    desk.goto(f"{HERE}/invitations")
    press(desk, "form:has(input[value=invitation]) button")
    there = desk.url
    desk.fill("#text_en", "Dear {name},\n\nDo take part.\n\n{opt_out}")
    press(desk, "main form button:has-text('Save and look')")
    assert "{link}" in desk.locator("#summary").inner_text()
    assert desk.locator("#text_en").input_value().startswith("Dear {name},")
    desk.goto(there)
    press(desk, "form[action$='/drop'] button")


def test_who_finished_is_not_reminded_the_third_time_warns_and_the_closed_wave_says_so(
    desk: Page, stage: Stage
) -> None:
    _spared(desk, stage)
    _warned(desk, stage)
    _closed(desk, stage)


def _spared(desk: Page, stage: Stage) -> None:
    """Somebody finishes a minute before the reminder goes."""
    written(desk, "invitation")
    sent(desk, 4)
    stage.work()
    assert len(stage.outgoing.mails) == 4
    written(desk, "reminder")
    sent(desk, 4)
    done = stage.one("SELECT contact_id FROM contact WHERE email = 'p0@example.org'")
    context = stage.browser.new_context(base_url=stage.address, java_script_enabled=False)
    page = context.new_page()
    page.goto(stage.link_of("p0@example.org"))
    press(page, "main button[value=next]")
    page.check("#agree")
    press(page, "main button[value=next]")
    page.locator("input[type=radio]").first.check()
    while "/p/" in page.url:
        press(page, ".actions button[value=next]")
    press(page, "#send button")
    context.close()
    stage.work()
    reminded = {to for _, (to,) in stage.outgoing.envelopes[4:]}
    assert reminded == {f"p{n}@example.org" for n in range(1, 4)}
    asked = "SELECT state FROM invitation_message WHERE number = 2 AND contact_id = ?"
    assert stage.rows(asked, done) == [("spared",)]


def _warned(desk: Page, stage: Stage) -> None:
    """The third reminder warns, and may go."""
    for is_third in (False, True):
        written(desk, "reminder")
        assert ("A third reminder usually adds little" in desk.inner_text("main")) is is_third
        sent(desk, 3)
        stage.work()
    assert [to for _, (to,) in stage.outgoing.envelopes].count("p1@example.org") == 4


def _closed(desk: Page, stage: Stage) -> None:
    """Closed by the year, typed; from then on every way in says so."""
    desk.goto(f"{HERE}/close")
    desk.fill("#year_typed", "26")
    press(desk, "main form button.button")
    assert desk.locator("#summary").count() == 1
    desk.fill("#year_typed", "2026")
    press(desk, "main form button.button")
    assert "The wave of 2026 is now: closed." in desk.inner_text("main")
    desk.goto("/nl/onderzoek/kinds-2026")
    assert "gesloten" in desk.inner_text("main")
    desk.goto(stage.link_of("p1@example.org"))  # no link tells whether it ever was one: it names every reason
    assert "the questionnaire has closed" in desk.inner_text("main")
    assert desk.locator("form#q, #agree, input[name=role]").count() == 0
    desk.goto(f"{HERE}/fieldwork")
    assert "This wave closed on" in desk.inner_text("main")
    with stage.app.extensions["surveyapp"].database.read_primary() as session:
        assert waves.wave_info(session, KINDS, 2026).is_settled
