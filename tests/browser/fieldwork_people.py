"""People who are asked to judge a course: how each goes through the questionnaire, in a browser without scripts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page

from tests.browser.fieldwork_stage import Stage, press


@dataclass(frozen=True)
class Answers:
    """What somebody says; everything absent is passed, and `stops_at` is the page on which they leave."""

    mark: int = 0
    statements: tuple[int, int, int] = (0, 0, 0)
    hours: str = ""
    better: str = ""
    seconds: float = 40  # spent on each page
    stops_at: str = ""
    role: str = "participant"
    language: str = "nl"


def take_part(stage: Stage, entry: str, given: Answers) -> str:
    """From the first page to the receipt, whose number is what comes back; nothing where somebody stopped."""
    context = stage.browser.new_context(base_url=stage.address, locale=given.language, java_script_enabled=False)
    page = context.new_page()
    page.goto(entry)
    _begin(page, given)
    try:
        return _answer(stage, page, given)
    finally:
        context.close()


def _begin(page: Page, given: Answers) -> None:
    """Choose a role where none is known, and agree; who comes back for the rest goes on where they left."""
    if "/p/" in page.url:
        return
    for role in page.locator(f"main input[name=role][value={given.role}]").all():
        role.check()
    press(page, "main button[value=next]")
    if page.locator("#agree").count():
        page.check("#agree")
        press(page, "main button[value=next]")


def _answer(stage: Stage, page: Page, given: Answers) -> str:
    while (here := page.url.partition("/p/")[2].partition("?")[0]) and here != given.stops_at:
        _fill(page, here, given)
        stage.later(seconds=given.seconds)
        press(page, ".actions button[value=next]")
        if here == page.url.partition("/p/")[2].partition("?")[0]:  # asked once about what was skipped
            press(page, ".actions button[value=next]")
    if here:
        return ""
    press(page, "#send button")
    return page.locator(".receipt").inner_text()


def _fill(page: Page, here: str, given: Answers) -> None:
    match here:
        case "which-course":
            page.check("#q_c_ended__missing-dk")
            if given.hours:
                page.fill("#q_c_hours", given.hours)
        case "meetings":
            page.check("#q_c_time__missing-dk")
        case "verdict":
            if given.mark:
                _choose(page, "v_mark", given.mark)
            for name, code in zip(("te_clear", "te_pace", "te_usable"), given.statements, strict=True):
                if code:
                    _choose(page, name, code)
        case "next-time" if given.better:
            page.fill("#q_o_better", given.better)


def _choose(page: Page, name: str, code: int) -> None:
    page.locator(f"input[name=q_{name}][value='{code}']").check(force=True)


PARTICIPANTS = [
    "anna",
    "bart",
    "carla",
    "daan",
    "eva",
    "frank",
    "gita",
    "hugo",
    "ilse",
    "jan",
    "karin",
    "leo",
    "mia",
    "nico",
]
TRAINERS = ["tess", "tom", "toon"]
BETTER = (
    "Meer oefenen met eigen praktijkgevallen",
    "Het tempo lag te hoog voor een deel van de groep",
    "Een rustiger zaal zou helpen",
    "Meer pauzes tussen de onderdelen in de middag",
    "Het materiaal graag een week van tevoren",
    "Het materiaal graag een week van tevoren",
    "Kleinere groepen, dan komt iedereen aan bod",
    "Minder theorie en meer doen",
    "Een vervolg na drie maanden",
    "Voorbeelden uit de zorg ontbraken",
    "De opdrachten beter uitleggen",
    "Begin later op de dag",
)
"""What could be better, in words; two people wrote the same."""


def contact_list() -> str:
    """A list as a secretary would send it: Dutch headings, one address twice, one that is none, one unknown role."""
    lines = ["E-mailadres;Naam;Rol;Taal;Segment"]
    for at, name in enumerate(PARTICIPANTS):
        language, segment = "en" if at % 4 == 3 else "nl", "avond" if at % 2 else "dag"
        lines.append(f"{name}@example.org;{name.title()} de Vries;deelnemer;{language};{segment}")
    lines += [f"{name}@example.org;{name.title()} Bos;trainer;nl;dag" for name in TRAINERS]
    lines += [
        "geen adres;Piet;deelnemer;nl;dag",
        "anna@example.org;Anna;deelnemer;nl;dag",
        "koos@example.org;Koos;keizer;nl;dag",
    ]
    return "\n".join(lines) + "\n"


def somebody(at: int, **other: Any) -> Answers:
    """The answers of the person at this place: everybody finds something that could be better."""
    mark = 5 + at % 3
    given = {
        "mark": mark,
        "statements": (2 + at % 3, 3, 1 + at % 4),
        "hours": str(1 + at % 5),
        "better": BETTER[at],
        "seconds": 25 + 3 * at,
    }
    return Answers(**{**given, **other})
