"""Every page of the real study fits a small phone, whatever the answers bring up, and can be used by everybody."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from surveyapp.engine.answers import Answers, Form, Value
from surveyapp.engine.plan import PageOnPath
from surveyapp.engine.robots import Crew, RobotWalk
from surveyapp.engine.route import visible_page
from surveyapp.engine.typed import typed_from
from surveyapp.instrument.loader import load_instrument
from surveyapp.instrument.model import Instrument, Questionnaire
from surveyapp.instrument.questions import Page as QuestionnairePage
from tests.browser import axe, probes
from tests.browser.axe import Mirror
from tests.browser.conftest import DESKTOP, PATIENCE, PHONE, Person
from tests.browser.remembered import Remembered
from tests.web.conftest import REAL, STUDY

TALLEST = 2_600
"""Pixels at a width of 320: four and a half screens of the smallest phone."""
DRAWS = 6
"""People who begin before every block was met: draws come in turn, so three are enough when nobody else begins."""
FIRST_SIGHT = {"width": 390, "height": 844}
"""A phone on which nothing of the landing page but its footer lies below what is seen at once."""

FILL = """fields => {
  for (const [name, values] of Object.entries(fields)) {
    for (const field of document.getElementsByName(name)) {
      if (field.type === "radio" || field.type === "checkbox") {
        if (field.checked === values.includes(field.value)) continue;
        field.checked = !field.checked;
      } else if (field.type !== "hidden" && field.value !== values[0]) field.value = values[0];
      else continue;
      field.dispatchEvent(new Event("change", {bubbles: true}));
    }
  }
}"""
SHOWN = "[...document.querySelectorAll('#q .question')].filter(each => each.checkVisibility()).map(each => each.id)"


@pytest.fixture(scope="module")
def real() -> Instrument:
    """The real study of 2026."""
    return load_instrument(REAL, 2026)


@pytest.fixture(scope="module")
def widest_answers(real: Instrument) -> Callable[[str, str], Answers]:
    """Answers of robots that meet every question of a role between them: of one for each draw of its blocks."""

    def find(role: str, language: str) -> Answers:
        questionnaire = real.questionnaire(role)
        crew, found = Crew(questionnaire), dict[str, Value]()
        lacking = set(questionnaire.by_id)
        for seed in range(1, 20_000):
            walk = crew.walk(seed, language)
            drawn = {page.id for page in questionnaire.pages if is_drawn(page, walk.answers)}
            if drawn & lacking and set(walk.pages) == drawn and meets_everything(questionnaire, walk, language):
                # What is outside the blocks is the first robot's; a block reads nothing of another.
                found = {**walk.answers, **found}
                lacking -= drawn
                if not lacking:
                    return found
        raise AssertionError(f"no robots of {role} meet {sorted(lacking)}")

    return find


def is_drawn(page: QuestionnairePage, answers: Answers) -> bool:
    return page.block is None or answers.get(page.block.rotation.name) == page.block.code


def seen_by(questionnaire: Questionnaire, answers: Answers, page: str, language: str) -> PageOnPath:
    """The page as these answers make it, for somebody who drew its block."""
    block = questionnaire.by_id[page].block
    drawn = {} if block is None else {block.rotation.name: block.code}
    return visible_page(questionnaire, page, {**answers, **drawn}, language)


def meets_everything(questionnaire: Questionnaire, walk: RobotWalk, language: str) -> bool:
    """Whether no question of any page that was drawn stays away."""
    return all(
        len(seen_by(questionnaire, walk.answers, page.id, language).questions) == len(list(page.questions()))
        for page in questionnaire.pages
        if page.id in walk.pages
    )


def fill_in(someone: Person, seen: PageOnPath, answers: Form) -> None:
    """Give these answers, and wait until what they bring up is there and answered too."""
    expected = {f"q_{question.name}-question" for question in seen.questions}
    given = {name: list(values) for name, values in answers.items()}
    end = time.monotonic() + PATIENCE / 1_000
    while True:
        someone.page.evaluate(FILL, given)
        shown = set(someone.page.evaluate(SHOWN))
        if shown == expected:
            someone.page.evaluate(FILL, given)
            return
        assert time.monotonic() < end, f"{someone.at}: {shown ^ expected}"
        time.sleep(0.05)


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_landings_button_is_seen_without_scrolling(person: Callable[..., Person], language: str) -> None:
    someone = person(language).landing(STUDY)
    someone.page.set_viewport_size(FIRST_SIGHT)
    button = someone.page.locator("main button[value=next]:visible").bounding_box()
    assert button is not None
    assert button["y"] + button["height"] <= FIRST_SIGHT["height"]


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("role", ["contractor", "manager", "procurement", "intermediary"])
def test_every_page_of_the_real_study_is_accessible_and_fits(
    person: Callable[..., Person],
    real: Instrument,
    widest_answers: Callable[[str, str], Answers],
    role: str,
    language: str,
    mirror: Mirror,
    remembered: Remembered,
) -> None:
    """Each page as it comes, and filled in so that everything that can be asked there is.

    One person walks all the way; those who drew other blocks begin, and open the pages that nobody has met yet.
    """
    questionnaire = real.questionnaire(role)
    answers = widest_answers(role, language)
    faults: dict[str, list[str]] = {}

    def answer(someone: Person) -> None:
        page = someone.at
        seen, is_new = seen_by(questionnaire, answers, page, language), page not in faults
        found = faults.setdefault(page, [])
        if is_new:
            found += faults_of(someone.page, (PHONE, DESKTOP), language, mirror, remembered)
        fill_in(someone, seen, typed_from(seen, answers, language))
        if is_new:
            found += faults_of(someone.page, (DESKTOP, PHONE), language, mirror, remembered)
        someone.tap("main button[value=next]")

    for number in range(DRAWS):
        someone = person(language, phone=True).landing(STUDY)
        someone.page.check(f"input[name=role][value={role}]")
        someone.press()
        someone.page.check("#agree")
        someone.press()
        answer(someone)
        if number == 0:
            while someone.at:
                answer(someone)
        else:
            for page in [page for page in questionnaire.by_id if page not in faults]:
                if someone.go(page).at == page:
                    answer(someone)
        assert someone.complaints == []
        if faults.keys() == questionnaire.by_id.keys():
            break
    assert faults.keys() == questionnaire.by_id.keys()
    assert {page: found for page, found in faults.items() if found} == {}


@pytest.fixture(scope="module")
def mirror(chromium: Browser, site: str) -> Iterator[Mirror]:
    """Where pages of this site are shown to axe."""
    made = Mirror(chromium, site)
    yield made
    made.close()


def faults_of(
    page: Page, windows: tuple[ViewportSize, ...], language: str, mirror: Mirror, remembered: Remembered
) -> list[str]:
    """What is wrong with the page as it stands, in these windows: it is in the first of them, and stays in the last."""
    found = []
    for number, window in enumerate(windows):
        if number:
            page.set_viewport_size(window)
        found += probes.of_layout(page)
        if window == PHONE:
            told = probes.once(page)
            found += [f"{told.height} pixels tall"] if told.height > TALLEST else []
            found += told.spacing
    if language == "nl":  # the other language is the same document with other words
        document = probes.shown(page)
        found += axe.of_look(mirror.show(document, PHONE, "light"), document, remembered).faults
    return found
