"""Every screen of the respondent in every state, and how a person comes there.

A way is a walk of one person; at each screen it stops, and whoever asked for it looks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, Locator, Response, expect

from tests.browser.conftest import PATIENCE, PHONE, Person
from tests.browser.everywhere import FIRST, LATER, TRIAL, Everywhere
from tests.web.conftest import KINDS

KIND_PAGES = (
    "single", "multiple", "mark", "score", "rate", "year", "month", "region", "ranking", "parts", "short", "long",
    "statements", "depending", "contact",
)  # fmt: skip
WORDS = {
    "saved": ("bewaard", "saved"),
    "resume": ("verder", "resume"),
    "review": ("controle", "review"),
    "done": ("klaar", "done"),
    "answers": ("mijn-antwoorden", "my-answers"),
    "compare": ("vergelijk", "compare"),
    "leave": ("afmelden", "opt-out"),
    "consent": ("toestemming", "consent"),
}
MISTAKES: dict[str, tuple[str, dict[str, str]]] = {
    "number": ("rate", {"q_k_rate": "x"}),
    "number with the other language's sign": ("rate", {"q_k_rate": "1.000,5.0"}),
    "number too large": ("rate", {"q_k_rate": "900"}),
    "year": ("year", {"q_k_year": "1066"}),
    "month": ("month", {"q_k_month__year": "26"}),
    "region": ("region", {"q_k_region": "0"}),
    "ranking": ("ranking", {"q_k_ranking__1": "1", "q_k_ranking__2": "1"}),
    "allocation": ("parts", {"q_k_parts__1": "80", "q_k_parts__2": "30"}),
    "short text": ("short", {"q_k_short": "x" * 61}),
    "long text": ("long", {"q_k_long": "woord " * 40}),
    "too many ticks": ("multiple", {"q_k_multiple": "1 2 3"}),
    "none of these and another": ("multiple", {"q_k_multiple": "1 90"}),
}
"""A page and what to put into it: text, the value of a list, or the boxes to tick."""


@dataclass(frozen=True, slots=True)
class Screen:
    """Where a walk stops."""

    name: str
    is_error: bool = False
    is_question: bool = False
    is_same: bool = False  # another state of the page before it, under the same title


class Walk(Person):
    """A person on their way through every screen, with or without scripts."""

    def __init__(
        self, browser: Browser, world: Everywhere, language: str, *, javascript: bool = True, **options: object
    ) -> None:
        self.browser, self.world, self.javascript = browser, world, javascript
        given: dict[str, Any] = {"viewport": PHONE, **options}
        context = browser.new_context(
            java_script_enabled=javascript,
            locale=language,
            reduced_motion="reduce",  # colours change at once, so that a look sees one light and not its beginning
            **given,
        )
        context.set_default_timeout(PATIENCE)
        super().__init__(context, world.address, language)
        self.status = 200  # of the last page
        self.page.on("response", self._answered)

    def _answered(self, response: Response) -> None:
        if response.request.is_navigation_request() and response.frame is self.page.main_frame:
            self.status = response.status

    def anew(self) -> Walk:
        """Somebody else at the same browser."""
        self.context.clear_cookies()
        return self

    def submit(self, button: Locator) -> Walk:
        """Press a button and wait until the page it leads to has come, also where that is this page again."""
        with self.page.expect_navigation(wait_until="load"):
            button.click()
        return self

    def press(self, action: str = "next") -> Walk:
        """Press the visible button with this value."""
        self.tap(f"main button[value='{action}']")
        return self

    def to(self, name: str) -> Walk:
        """Open one of the questionnaire's own addresses."""
        word = WORDS[name][self.language == "en"]
        self.questionnaire(word)
        assert self.page.url.endswith(f"/{word}"), self.page.url
        return self

    def consented(self, study: str = FIRST, role: str = "contractor") -> Walk:
        """On the first page of questions."""
        self.anew().landing(study)
        self.tick(f"input[name=role][value={role}]").press().tick("#agree").press()
        return self

    def go(self, page: str) -> Walk:
        """Open a page of questions."""
        super().go(page)
        return self

    def ask_for_mail(self, action: str, email: str) -> Walk:
        """Fill in the page's field for an address and press the button beside it."""
        form = self.page.locator("form", has=self.page.locator(f"[name=action][value={action}]"))
        form.locator("[type=email]").fill(email)
        return self.submit(form.locator(f"[value={action}]"))

    def begun(self, study: str = FIRST) -> Walk:
        """On the second page of questions."""
        self.consented(study)
        self.tick("input[type=radio]").press()
        return self

    def tick(self, what: str) -> Walk:
        """Choose the first of these boxes."""
        self.page.evaluate("what => document.querySelector(what).click()", what)
        return self

    def put(self, fields: dict[str, str]) -> Walk:
        """Fill in fields by name; set past the page's own script, as an older browser would send it."""
        missing = self.page.evaluate(_PUT, fields)
        assert missing == [], f"{self.page.url} has no {missing}"
        return self


_PUT = """fields => Object.entries(fields).map(([name, value]) => {
  const found = [...document.getElementsByName(name)].filter(e => e.type !== 'hidden'), field = found[0];
  if (!field) return name;
  if (['checkbox', 'radio'].includes(field.type)) {
    for (const box of found) box.checked = value.split(' ').includes(box.value);
    return '';
  }
  field.focus();
  field.value = value;
  for (const event of ['input', 'change']) field.dispatchEvent(new Event(event, {bubbles: true}));
  return field.value === value ? '' : name;
}).filter(Boolean)"""


Way = Callable[[Walk], Iterator[Screen]]


def arriving(w: Walk) -> Iterator[Screen]:
    """Before the first question, and pages that belong to no questionnaire."""
    nl = w.language == "nl"
    w.page.goto(f"{w.world.empty}/{w.language}/")
    yield Screen("home without an open wave")
    w.open(f"/{w.language}/")
    yield Screen("home")
    w.landing(LATER)
    yield Screen("not open yet")
    w.ask_for_mail("notify", "geen adres")
    yield Screen("not open yet, wrong address", is_error=True)
    w.ask_for_mail("notify", f"{w.language}{w.javascript}@example.org")
    yield Screen("not open yet, address kept")
    w.open(f"/{'nl/onderzoek' if nl else 'en/survey'}/{KINDS}-2025")
    yield Screen("closed")
    w.landing(TRIAL)
    yield Screen("landing of a test")
    w.landing(FIRST)
    yield Screen("landing")
    w.press()
    yield Screen("landing error", is_error=True)
    w.tick("input[name=role][value=contractor]").press()
    yield Screen("consent")
    w.press()
    yield Screen("consent error", is_error=True)
    w.press("decline")
    yield Screen("declined")
    w.consented()
    w.page.locator("input[type=radio]").last.check()
    w.press()
    yield Screen("screened out")
    w.anew().open(f"/{w.language}/privacy")
    yield Screen("privacy, all studies")
    w.open(f"/{w.language}/privacy?wave={FIRST}-2026")
    yield Screen("privacy")
    w.open(f"/{w.language}/{'toegankelijkheid' if nl else 'accessibility'}")
    yield Screen("accessibility")


def kinds(w: Walk) -> Iterator[Screen]:
    """Each kind of question on a page of its own, empty and answered."""
    w.consented()
    yield Screen("start", is_question=True)
    w.press()
    yield Screen("start error", is_error=True, is_question=True)
    w.tick("input[type=radio]").press()
    for page in KIND_PAGES:
        w.go(page)
        assert w.at == page
        yield Screen(page, is_question=True)
    answered = {
        "single": {"q_k_single": "97"},
        "multiple": {"q_k_multiple": "1 2"},
        "mark": {"q_k_mark": "8"},
        "score": {"q_k_score": "10"},
        "statements": {"q_k_fit": "1", "q_k_learn": "3"},
        "parts": {"q_k_parts__1": "60", "q_k_parts__2": "40"},
    }
    for page, fields in answered.items():
        w.go(page)
        w.put(fields)
        yield Screen(f"{page} answered", is_question=True)
    w.go("depending").page.check("[name=q_k_via][value='1']")
    if w.javascript:
        w.page.locator("[name=q_k_who]").wait_for()
        yield Screen("a question came up", is_question=True)
    else:
        w.press()
        yield Screen("a question came up after the page was sent", is_question=True)


def mistakes(w: Walk) -> Iterator[Screen]:
    """Each kind of question with something wrong."""
    w.begun()
    for name, (page, fields) in MISTAKES.items():
        w.go(page)
        w.put(fields).press()
        assert w.at == page, name
        yield Screen(f"{name} wrong", is_error=True, is_question=True)


def troubles(w: Walk) -> Iterator[Screen]:
    """What may befall a page: skipped, changed elsewhere, not stored, without connection; and pages that failed."""
    w.begun().go("mark").press()
    yield Screen("skipped", is_question=True)
    w.go("rate").page.fill("[name=q_k_rate]", "400")
    w.press()
    yield Screen("unlikely", is_question=True)
    w.go("statements").press()
    yield Screen("two skipped", is_question=True)
    w.go("short")
    other = w.context.new_page()
    other.goto(w.page.url)
    other.fill("[name=q_k_short]", "Elders")
    with other.expect_navigation():
        other.locator("[data-main]").click()
    other.close()
    w.page.fill("[name=q_k_short]", "Hier")
    w.press()
    expect(w.page.locator("#notice")).to_contain_text("Elders")
    expect(w.page.locator("[name=q_k_short]")).to_have_value("Hier")
    yield Screen("changed elsewhere", is_question=True)
    w.go("long").page.fill("[name=q_k_long]", "Een lange toelichting")
    with w.world.full():
        w.press()
        yield Screen("not stored", is_question=True)
    w.go("long").page.fill("[name=q_k_long]", "Nog een lange toelichting")
    w.page.locator("[name=csrf_token]").first.evaluate("field => { field.value = 'old' }")
    w.press()
    yield Screen("renewed session", is_question=True)
    if w.javascript:
        w.go("year").page.fill("[name=q_k_year]", "1980")
        w.context.set_offline(True)
        w.page.locator("[data-main]").click()
        w.page.locator(".status.offline").wait_for()
        yield Screen("without a connection", is_question=True)
        with w.page.expect_navigation():
            w.context.set_offline(False)
    w.go("long").page.fill("[name=q_k_long]", "Dit blijft van mij")
    w.anew().press()
    yield Screen("lost")
    w.open(f"/{w.language}/nothing")
    yield Screen("not found")
    w.open(f"/{w.language}/fault")
    yield Screen("our fault")


def later(w: Walk) -> Iterator[Screen]:
    """Saving for later, going on, looking over, sending, and afterwards."""
    w.begun().to("saved")
    yield Screen("saved, without a code")
    w.go("short").press("save")
    yield Screen("saved")
    w.ask_for_mail("mail", "geen adres")
    yield Screen("saved, wrong address", is_error=True)
    w.world.tire("mail-code")
    w.ask_for_mail("mail", "ik@example.org")
    yield Screen("saved, too many mails")
    w.world.forgive()
    w.ask_for_mail("mail", "ik@example.org")
    yield Screen("saved and mailed")
    w.page.fill("[name=why]", "x" * 1001)
    w.tap("[value=why]")
    yield Screen("saved, too long a reason", is_error=True)
    w.page.fill("[name=why]", "Geen tijd")
    w.tap("[value=why]")
    yield Screen("saved and said why", is_same=True)
    w.to("resume")
    yield Screen("resume of one's own")
    w.to("answers")
    yield Screen("my answers, not sent")
    w.to("leave")
    yield Screen("leave")
    w.tap("main button")
    yield Screen("left")
    w.anew().to("resume")
    yield Screen("resume")
    w.ask_for_mail("link", "geen adres")
    yield Screen("resume by mail, wrong address", is_error=True)
    w.ask_for_mail("link", "ik@example.org")
    yield Screen("resume by mail, asked")
    w.page.locator("main [name=code]").fill("ABCD2345EFGH")
    w.tap("main form button")
    yield Screen("unknown code", is_error=True)
    w.world.tire("resume")
    w.tap("main form button")
    yield Screen("too many codes")
    w.world.forgive()
    w.begun().world.change(FIRST)
    w.to("review")
    yield Screen("review")
    w.world.change(FIRST, k_via=2)
    w.to("review")
    yield Screen("review with answers left out")
    w.go("contact").page.locator("[name=q_k_contact]").first.check()
    w.press()
    w.tap("[data-main]")
    yield Screen("done with an address to leave")
    w.ask_for_mail("keep", "geen adres")
    yield Screen("done with a wrong address", is_error=True)
    w.ask_for_mail("keep", "ik@example.org")
    yield Screen("done, address kept")
    w.to("answers")
    yield Screen("my answers")
    w.to("compare")
    yield Screen("comparison of a first round")


def link(w: Walk) -> Iterator[Screen]:
    """A personal link, from the mail to the comparison."""
    address = w.world.link(w.language)
    out = WORDS["leave"][w.language == "en"]
    w.open("/i/" + "x" * 22)
    yield Screen("unknown link")
    w.world.tire("link")
    w.open("/i/" + "y" * 22)
    yield Screen("too many links")
    w.world.forgive()
    w.open(f"{address}/{out}")
    yield Screen("opt out")
    w.press("out")
    yield Screen("opted out")
    w.press("undo")
    yield Screen("opt out undone")
    w.open(address)
    yield Screen("personal landing")
    w.press()
    w.tick("#agree").press()
    w.tick("input[type=radio]").press()
    w.open(address)
    yield Screen("begun")
    w.world.change(KINDS, "complete")
    w.to("done")
    yield Screen("done")
    w.to("compare")
    yield Screen("comparison")
    w.to("answers")
    yield Screen("my answers of a link")
    w.anew().open(address)
    yield Screen("used elsewhere")


WAYS: dict[str, Way] = {way.__name__: way for way in (arriving, kinds, mistakes, troubles, later, link)}
