"""Every page of the real study fits a small phone, whatever the answers bring up, and can be used by everybody."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from surveyapp.engine.answers import Form
from surveyapp.engine.plan import PageOnPath
from surveyapp.engine.robots import Crew, RobotWalk
from surveyapp.engine.route import visible_page
from surveyapp.engine.typed import typed_from
from surveyapp.instrument.loader import load_instrument
from surveyapp.instrument.model import Instrument, Questionnaire
from tests.browser import probes
from tests.browser.conftest import DESKTOP, PATIENCE, PHONE, Person
from tests.web.conftest import REAL, STUDY

TALLEST = 2_600
"""Pixels at a width of 320: four and a half screens of the smallest phone."""
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
def widest_walk(real: Instrument) -> Callable[[str, str], RobotWalk]:
    """The walk of a robot that meets every question of its role."""

    def find(role: str, language: str) -> RobotWalk:
        questionnaire = real.questionnaire(role)
        crew = Crew(questionnaire)
        for seed in range(1, 20_000):
            walk = crew.walk(seed, language)
            if set(walk.pages) == set(questionnaire.by_id) and meets_everything(questionnaire, walk, language):
                return walk
        raise AssertionError(f"no robot of {role} meets every question")

    return find


def seen_by(questionnaire: Questionnaire, walk: RobotWalk, page: str, language: str) -> PageOnPath:
    """The page as this robot's answers make it."""
    return visible_page(questionnaire, page, walk.answers, language)


def meets_everything(questionnaire: Questionnaire, walk: RobotWalk, language: str) -> bool:
    """Whether no question of any page stays away."""
    return all(
        len(seen_by(questionnaire, walk, page.id, language).questions) == len(list(page.questions()))
        for page in questionnaire.pages
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
    someone.page.set_viewport_size(FIRST_SIGHT)  # type: ignore[arg-type]
    button = someone.page.locator("main button[value=next]:visible").bounding_box()
    assert button is not None
    assert button["y"] + button["height"] <= FIRST_SIGHT["height"]


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("role", ["contractor", "manager", "procurement", "intermediary"])
def test_every_page_of_the_real_study_is_accessible_and_fits(
    person: Callable[..., Person],
    real: Instrument,
    widest_walk: Callable[[str, str], RobotWalk],
    role: str,
    language: str,
) -> None:
    """Each page as it comes, and filled in so that everything that can be asked there is."""
    questionnaire = real.questionnaire(role)
    walk = widest_walk(role, language)
    someone = person(language, phone=True).landing(STUDY)
    someone.page.check(f"input[name=role][value={role}]")
    someone.press()
    someone.page.check("#agree")
    someone.press()
    faults: dict[str, list[str]] = {}
    while page := someone.at:
        seen = seen_by(questionnaire, walk, page, language)
        is_new = page not in faults
        found = faults.setdefault(page, [])
        if is_new:
            found += faults_of(someone.page, language)
        fill_in(someone, seen, typed_from(seen, walk.answers, language))
        if is_new:
            found += faults_of(someone.page, language)
        someone.press()
    assert faults.keys() == questionnaire.by_id.keys()
    assert {page: found for page, found in faults.items() if found} == {}
    assert someone.complaints == []


def faults_of(page: Page, language: str) -> list[str]:
    """What is wrong with the page as it stands, on a phone and on a desk."""
    height = page.evaluate("document.documentElement.scrollHeight")
    found = [f"{height} pixels tall"] if height > TALLEST else []
    for size in (DESKTOP, PHONE):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        found += [*probes.of_frame(page), *probes.of_overlaps(page)]
    found += probes.of_spacing(page)
    if language == "nl":  # the other language is the same document with other words
        page.evaluate(probes.AXE)
        found += probes.of_axe(page)[0]
    return found
