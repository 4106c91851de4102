"""Every screen of the respondent in Chromium: axe, reflow, targets, focus, console; both languages, light and dark."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.browser.conftest import Person

KINDS = (
    "single", "multiple", "mark", "score", "rate", "year", "month", "region", "ranking", "parts", "short", "long",
    "statements", "depending", "contact",
)  # fmt: skip
LOOKS = {
    "nl on a phone": {"language": "nl", "phone": True},
    "en on a phone, dark": {"language": "en", "phone": True, "dark": True},
    "nl on a desktop, dark": {"language": "nl", "dark": True},
    "en on a desktop": {"language": "en"},
}
SMALL_TARGETS = """
() => [...document.querySelectorAll('main :is(a, button, input, select, textarea), header :is(a, button)')]
  .filter(e => e.offsetParent !== null && !e.closest('.visually-hidden') && e.type !== 'hidden')
  .map(e => {
    const label = e.id && document.querySelector(`label[for="${e.id}"]`);
    const box = (e.type === 'radio' || e.type === 'checkbox') && label ? label : e;
    const r = box.getBoundingClientRect();
    return {what: box.textContent.trim().slice(0, 40) || e.name, width: r.width, height: r.height,
            inline: e.tagName === 'A' && e.closest('p, li, dd') !== null};
  })
  .filter(t => !t.inline && (t.width < 44 || t.height < 43.5))
"""


def screens(someone: Person) -> Iterator[str]:
    """Every screen, one after the other."""
    yield someone.open(f"/{someone.language}/").at or "home"
    someone.landing("kinds")
    yield "landing"
    someone.press()
    yield "landing error"
    someone.page.check("input[name=role][value=contractor]")
    someone.press()
    yield "consent"
    someone.press()
    yield "consent error"
    someone.page.check("#agree")
    someone.press()
    someone.press()
    yield "required"
    someone.page.locator("input[type=radio]").first.check()
    someone.press()
    for kind in KINDS:
        someone.go(kind)
        yield kind
    someone.go("rate").page.fill("input[name=q_k_rate]", "x")
    someone.press()
    yield "mistake"
    someone.go("mark").press()
    yield "prompt"
    someone.go("statements").press("save")
    yield "saved"
    nl = someone.language == "nl"
    someone.questionnaire("verder" if nl else "resume")
    yield "resume"
    someone.questionnaire("mijn-antwoorden" if nl else "my-answers")
    yield "answers"
    someone.questionnaire("afmelden" if nl else "opt-out")
    yield "leave"
    someone.open(f"/{someone.language}/privacy")
    yield "privacy"
    someone.open(f"/{someone.language}/nothing")
    yield "not found"


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS.keys())
def test_every_screen_is_accessible_and_fits_its_window(look: dict[str, bool], person: Callable[..., Person]) -> None:
    someone = person(**look)
    faults: dict[str, object] = {}
    for name in screens(someone):
        if found := someone.check_axe():
            faults[f"{name}: axe"] = found
        if someone.sideways() > 0:
            faults[f"{name}: sideways"] = someone.sideways()
        if small := someone.page.evaluate(SMALL_TARGETS):
            faults[f"{name}: targets"] = small
    assert faults == {}
    assert someone.complaints == []
    assert someone.hosts == {someone.site.split("/")[2]}


def test_a_long_page_of_the_real_study_is_accessible_on_a_phone(person: Callable[..., Person]) -> None:
    someone = person("nl", phone=True).begin("goed-opdrachtgeverschap")
    for page in ("your-assignment", "marks", "content", "steps-start"):
        someone.go(page)
        assert someone.at == page
        assert someone.check_axe() == []
        assert someone.sideways() <= 0
    assert someone.complaints == []


def test_text_spacing_of_the_readers_own_clips_nothing(person: Callable[..., Person]) -> None:
    """WCAG 1.4.12: line 1.5, paragraph 2, letter 0.12, word 0.16 em."""
    someone = person("nl", phone=True).begin()
    for page in ("mark", "parts", "statements", "ranking"):
        someone.go(page)
        clipped = someone.page.evaluate(
            """() => {
              for (const e of document.querySelectorAll('*')) {
                e.style.setProperty('line-height', '1.5', 'important');
                e.style.setProperty('letter-spacing', '0.12em', 'important');
                e.style.setProperty('word-spacing', '0.16em', 'important');
              }
              return [...document.querySelectorAll('label, legend, button, p, h1, h2')]
                .filter(e => !e.closest('.visually-hidden') && !e.classList.contains('visually-hidden'))
                .filter(e => e.offsetParent !== null && e.scrollWidth > e.clientWidth + 1)
                .map(e => e.textContent.trim());
            }"""
        )
        assert clipped == [], page
        assert someone.sideways() <= 0, page


def test_focus_is_seen_and_nothing_lies_over_it_on_the_way_by_keyboard(person: Callable[..., Person]) -> None:
    someone = person("nl", phone=True).begin()
    page = someone.go("statements").page
    seen: list[str] = []
    for _ in range(24):
        page.keyboard.press("Tab")
        state = page.evaluate(
            """() => {
              const e = document.activeElement;
              if (!e || e === document.body) return null;
              const label = e.id && document.querySelector(`label[for="${e.id}"]`);
              const marked = [e, label].filter(Boolean).some(x => {
                const s = getComputedStyle(x);
                return s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 3;
              });
              const r = e.getBoundingClientRect();
              const top = document.elementFromPoint(r.x + r.width / 2, r.y + r.height / 2);
              return {name: e.id || e.value || e.textContent.trim(), marked,
                      free: top !== null && (top === e || e.contains(top) || top === label || top.contains(e))};
            }"""
        )
        if state is None:
            break
        assert state["marked"], state
        assert state["free"], state
        seen.append(state["name"])
    assert seen[0] == "Naar de inhoud"
    assert seen[1:3] == ["Alle soorten 2026", "language"]
    assert seen[3] == "previous"
    assert any(name.startswith("q_k_") for name in seen)


def test_forced_colours_keep_borders_and_choices_visible(chromium: object, site: str) -> None:
    context = chromium.new_context(forced_colors="active", viewport={"width": 390, "height": 844})  # type: ignore[attr-defined]
    someone = Person(context, site, "nl").begin().go("mark")
    someone.page.check("#q_k_mark-8", force=True)
    borders = someone.page.evaluate(
        "() => [...document.querySelectorAll('.point label')].map(e => parseFloat(getComputedStyle(e).borderWidth))"
    )
    assert min(borders) >= 1
    chosen = someone.page.evaluate("() => getComputedStyle(document.querySelector('#q_k_mark-8 + label')).borderWidth")
    assert float(chosen.removesuffix("px")) > min(borders)
    context.close()
