"""Robots that do everything a restless person does with a questionnaire, over HTTP, without JavaScript.

Back to an older form, reload, a second tab, the same form twice and at once, the other language, later on another
device, rubbish, drafts. What a robot does hangs on its seed and on its role alone, so that the same seed gives the same
answers on every database. Beside it a `Notebook` foretells what must become of each form; whatever else becomes of it
is a fault that names the seed.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from surveyapp.fieldwork.case_state import CONSENT_PAGE
from surveyapp.instrument.model import VariableType
from tests.web.browsing import Fields, PageReader, Visitor
from tests.web.respondent.hands import Hands, Sheet
from tests.web.respondent.notebook import Notebook

RUBBISH = (
    "ongeveer tien",
    "85.50",
    "-1",
    "☃ 🙂 e\u0301",
    "=1+1",
    "<b>x</b>",
    "9" * 30,
    "x" * 6000,
    "a\0b",
    "\u202eabc",
    "  ",
)
REVIEW = {"nl": "controle", "en": "review"}
DRAFT = {"nl": "concept", "en": "draft"}
RESUME = {"nl": "/nl/vragenlijst/verder", "en": "/en/questionnaire/resume"}
MOST_STEPS = 300


class Restless(Hands):
    """One person with more tabs than is good for them."""

    # ---------------------------------------------------------------------------------------------------- the whole way
    def run(self, study: str) -> Notebook:
        """From the landing page to the receipt, or to wherever it ends."""
        visitor = Visitor(self.client).begin(study, self.role, self.language)
        consent = {n: 1 for n, v in self.instrument.variables.items() if v.type is VariableType.CONSENT}
        self.notes.acknowledge(CONSENT_PAGE, CONSENT_PAGE, consent | self.drawn())
        at: Sheet | None = self.sheet(visitor.at)
        while at is not None and self.steps < self.patience:
            self.steps += 1
            assert self.steps < MOST_STEPS, "the robot does not get to the end"
            at = self.step(at)
        if self.steps < self.patience:
            if self.notes.state == "started":
                self.finish()
            self.after()
        return self.notes

    def step(self, at: Sheet) -> Sheet | None:
        """Do something with the page at hand; the page where that leads, None at the review or the end."""
        habits, weights = zip(*HABITS, strict=True)
        habit = self.random.choices(habits, weights)[0]
        self.did.append(f"{at.page}:{habit.__name__}")
        there = habit(self, at)
        if there is None or self.notes.state != "started" or self.random.random() < 0.3:
            return there
        return self.forward(there)

    # ----------------------------------------------------------------------------------------------------------- habits
    def go_on(self, at: Sheet) -> Sheet | None:
        """Fill the page in and press the button."""
        return self.send(at, self.filled(at), "next")

    def skip(self, at: Sheet) -> Sheet | None:
        """Leave the page empty and press the button, and again when asked."""
        return self.send(at, self.bare(at), "next")

    def press_anything(self, at: Sheet) -> Sheet | None:
        """Send an action no button has."""
        return self.send(at, self.filled(at), "explode")

    def type_rubbish(self, at: Sheet) -> Sheet | None:
        """Type what no question asks for, in every field that takes text."""
        fields = self.filled(at)
        for name in sorted(at.typing):
            if name.startswith("q_"):
                fields[name] = [self.random.choice(RUBBISH)]
        return self.send(at, fields, self.random.choice(("next", "next", "previous")))

    def go_back(self, at: Sheet) -> Sheet | None:
        """Press Previous with the page half filled in."""
        return self.send(at, self.filled(at) if self.random.random() < 0.6 else at.fields, "previous")

    def reload(self, at: Sheet) -> Sheet | None:
        """Open the same page again."""
        return self.sheet(at.page)

    def browser_back(self, at: Sheet) -> Sheet | None:
        """Bring back an older form as it was, key and all; send it as it was sent, or filled in anew."""
        # A device goes back through its own pages; what another one answered since it may not even see.
        old = self.random.choice([each for each in self.history if each.client is at.client] or [at])
        fields = old.fields if self.random.random() < 0.4 else self.filled(old)
        return self.send(old, fields, "next")

    def switch_language(self, at: Sheet) -> Sheet | None:
        """Press the other language with the page filled in."""
        fields = self.filled(at)
        response = self.post(at, fields, "language")
        if self.notes.foretell(at.page, fields, "language", at.language).kind == "refused":
            assert response.status_code in (303, 400, 404), response.status_code
            return self.find_back(at)
        if self.is_taken(at, fields, response.status_code, 422):
            html = response.get_data(as_text=True)
            there = self.read(at.client, at.page, html, PageReader(html))
            typed, shown = (self.notes.own(at.page, each, at.language) for each in (fields, there.fields))
            assert shown == typed, f"the switch lost {typed} and shows {shown}"
            return there
        assert response.status_code == 303, response.status_code
        self.language = "en" if at.language == "nl" else "nl"
        self.notes.note_draft(at.page, fields, at.base, at.language)
        there = self.sheet(at.page)
        if there is not None and there.page == at.page:
            choices = {name for name in self.notes.own(at.page, fields, at.language) if name in at.offered}
            assert all(sorted(there.fields.get(name, ())) == sorted(fields[name]) for name in choices), (
                "the switch lost a tick"
            )
        return there

    def press_twice(self, at: Sheet) -> Sheet | None:
        """Send one form several times, one after another or at once."""
        fields = self.filled(at)
        told = self.notes.foretell(at.page, fields, "next", at.language)
        if self.random.random() < 0.5 or told.kind != "saved":
            for _ in range(2):
                self.send(at, fields, "next")
            return self.send(at, fields, "next")
        self.at_once([(at, fields), (at, fields), (at, fields)])
        self.told_saved(at, fields, told)
        return self.send(at, fields, "next")

    def other_tab(self, at: Sheet) -> Sheet | None:
        """Open a page a second time, or another one, fill both in and send them in either order."""
        pages = sorted(page for page in self.notes.on_path(self.language) if page in self.notes.pages)
        there = self.sheet(at.page if self.random.random() < 0.5 or not pages else self.random.choice(pages))
        if there is None:
            return None
        tabs = [at, there]
        self.random.shuffle(tabs)
        first, second = tabs
        if first.page != second.page and self.random.random() < 0.5:
            return self.both_at_once(first, second)
        self.send(first, self.filled(first), "next")
        if self.notes.state != "started":
            return None
        action = self.random.choice(("next", "next", "previous", "language"))
        return self.switch_language(second) if action == "language" else self.send(second, self.filled(second), action)

    def both_at_once(self, first: Sheet, second: Sheet) -> Sheet | None:
        """Send two pages at the same moment, where neither decides about the other."""
        sent = [(sheet, self.filled(sheet)) for sheet in (first, second)]
        told = [self.notes.foretell(sheet.page, fields, "next", sheet.language) for sheet, fields in sent]
        path = self.notes.on_path(self.language)
        together = Notebook(self.notes.questionnaire, self.notes.apart, {**self.notes.document})
        for each in told:
            together.document.update(each.values)
        is_free = all(each.kind == "saved" for each in told) and together.on_path(self.language) == path
        is_free = is_free and all(
            together.foretell(sheet.page, fields, "next", sheet.language).values == each.values
            for (sheet, fields), each in zip(sent, told, strict=True)
        )
        if not is_free or together.is_ended(self.language):
            for sheet, fields in sent:
                if self.notes.state == "started":
                    self.send(sheet, fields, "next")
            return None if self.notes.state != "started" else self.find_back(second)
        self.at_once(sent)
        for (sheet, fields), each in zip(sent, told, strict=True):
            self.told_saved(sheet, fields, each)
        self.seqs_unknown()
        return self.find_back(second)

    def later_elsewhere(self, at: Sheet) -> Sheet | None:
        """Save, take the code to another device and go on there."""
        if self.has_apart(at.page):
            return self.go_on(at)
        there = self.send(at, self.filled(at), "save")
        if there is not None:
            return there  # it was changed elsewhere
        saved = self.client.get(f"{self.where(at.language)}/{'bewaard' if at.language == 'nl' else 'saved'}")
        code = re.search(r'class="code">([A-Z0-9 ]{14})<', saved.get_data(as_text=True))
        assert code is not None, "no code to go on with"
        self.client = self.app.test_client()
        visitor = Visitor(self.client).get(RESUME[self.language])
        visitor.press("", code=code[1].lower())
        return self.sheet(visitor.at) if visitor.at else None

    def type_a_draft(self, at: Sheet) -> Sheet | None:
        """Type without sending: the browser's script keeps a draft, and the page shows it when it is opened."""
        fields = self.filled(at)
        answer = at.client.post(f"{self.url(at)}/{DRAFT[at.language]}", data=fields)
        if at.page not in self.notes.on_path(at.language):
            assert answer.status_code == 404
            return self.find_back(at)
        is_late = int(fields["expected"][0]) != self.notes.pages.get(at.page, 0)
        if not is_late and self.is_taken(at, fields, answer.status_code, 412):
            return self.sheet(at.page)
        assert answer.status_code == (409 if is_late else 204), answer.status_code
        if is_late:
            return self.sheet(at.page)
        self.notes.note_draft(at.page, fields, at.base, at.language)
        there = self.sheet(at.page)
        assert there is not None
        shown = self.notes.own(at.page, there.fields, at.language)
        typed = self.notes.own(at.page, fields, at.language)
        assert shown == typed or not typed, f"a draft did not come back: {shown} instead of {typed}"
        return there

    def is_taken(self, at: Sheet, fields: Fields, status: int, told: int) -> bool:
        """Whether a form was told that the text of another one stands where its own would be kept."""
        key, typed = fields["client_key"][0], self.notes.own(at.page, fields, at.language)
        others = [draft for draft in self.notes.drafts.get(at.page, ()) if draft.key != key and draft.fields != typed]
        return status == told and bool(others)

    # ------------------------------------------------------------------------------------------------------- the end
    def finish(self) -> None:
        """Through what is still to be answered to the review, and send it more than once."""
        review = f"{self.where(self.language)}/{REVIEW[self.language]}"
        visitor = Visitor(self.client).get(review)
        while visitor.at:
            self.steps += 1
            assert self.steps < MOST_STEPS, "the robot does not get to the review"
            at = self.arrived(visitor)
            assert at is not None
            self.send(at, self.filled(at), "next")
            if self.notes.state != "started":
                return
            visitor = Visitor(self.client).get(review)
        form = visitor.form
        for _ in range(self.random.choice((1, 2, 3))):
            visitor.post(form.action, {**form.fields, "action": [""]})
            found = re.search(r'class="receipt">([A-Z0-9]+)<', visitor.html)
            assert found is not None, f"no receipt at {visitor.url}"
            assert self.notes.reference in ("", found[1]), "a second receipt"
            self.notes.reference = found[1]
        self.notes.state = "complete"

    def after(self) -> None:
        """A form of before the end changes nothing any more, and leads to the thanks; with new answers it says so."""
        old = self.random.choice(self.history)
        response = self.post(old, self.filled(old), self.random.choice(("next", "previous", "save", "language")))
        end = {"complete": ("klaar", "done"), "screened_out": ("einde", "ended")}[self.notes.state]
        if response.status_code == 409:
            assert self.notes.state == "complete"
            assert f'href="{self.where(old.language)}/{end[old.language == "en"]}"' in response.get_data(as_text=True)
            return
        assert response.status_code == 303, response.status_code
        assert response.headers["Location"].endswith(end)


HABITS: tuple[tuple[Callable[[Restless, Sheet], Sheet | None], int], ...] = (
    (Restless.go_on, 60),
    (Restless.skip, 6),
    (Restless.press_anything, 1),
    (Restless.type_rubbish, 4),
    (Restless.go_back, 5),
    (Restless.reload, 3),
    (Restless.browser_back, 6),
    (Restless.switch_language, 4),
    (Restless.press_twice, 4),
    (Restless.other_tab, 7),
    (Restless.later_elsewhere, 2),
    (Restless.type_a_draft, 5),
)
