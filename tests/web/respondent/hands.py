"""What a restless robot has in its hands: pages read, forms filled in and sent, each answer held to the notebook."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from html import unescape
from random import Random
from threading import Thread
from urllib.parse import urlsplit

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from surveyapp.engine.answers import Value
from surveyapp.engine.people import Person
from surveyapp.engine.robots import Crew
from surveyapp.engine.route import resume_page
from surveyapp.fieldwork.case_state import CONSENT_PAGE
from surveyapp.instrument.model import Instrument
from tests.web.browsing import Fields, PageReader, Visitor, cookies_of, lend, questionnaire
from tests.web.respondent.notebook import Foretold, Notebook

CHANGED = {"nl": "Deze pagina is elders gewijzigd", "en": "This page was changed elsewhere"}


@dataclass
class Sheet:
    """A page's form as it was given out, and the save of that page that its reader knew of."""

    client: FlaskClient
    page: str
    language: str
    fields: Fields
    offered: dict[str, set[str]]
    typing: set[str]
    base: int
    html: str


class Hands:
    """One person's browser windows, and what that person knows."""

    def __init__(self, app: Flask, instrument: Instrument, crew: Crew, language: str, seed: int, patience: int) -> None:
        self.app, self.instrument, self.crew, self.language, self.patience = app, instrument, crew, language, patience
        self.role = role = crew.questionnaire.role
        self.seed, self.random, self.person = seed, Random(seed), Person(seed)
        self.client = app.test_client()
        apart = frozenset(name for name, variable in instrument.variables.items() if variable.is_stored_apart)
        self.notes = Notebook(instrument.questionnaire(role), apart)
        self.history: list[Sheet] = []
        self.steps = 0
        self.did: list[str] = []
        self.drawn: Callable[[], dict[str, Value]] = dict
        """The blocks that this person was given when they agreed: nothing that anybody could foretell."""

    @property
    def wave(self) -> str:
        """What the addresses call the study and its year."""
        return f"{self.instrument.study.id}-{self.instrument.wave.year}"

    def visitor(self) -> Visitor:
        """This person's browser, at this wave."""
        visitor = Visitor(self.client)
        visitor.wave = self.wave
        return visitor

    def where(self, language: str) -> str:
        """Where the addresses of the questionnaire begin."""
        return questionnaire(self.wave, language)

    def url(self, sheet: Sheet) -> str:
        """Where the form goes."""
        return f"{self.where(sheet.language)}/p/{sheet.page}"

    def sheet(self, page: str) -> Sheet | None:
        """Open a page by its address; where it leads, None when no page of questions comes up."""
        visitor = self.visitor().go(page, self.language)
        assert visitor.status == 200, f"GET {page}: {visitor.status}"
        assert visitor.wave == self.wave, f"GET {page}: led to {visitor.url}"
        return self.arrived(visitor)

    def arrived(self, visitor: Visitor) -> Sheet | None:
        """The form at which a visitor arrived; None where that is no page of questions."""
        return self.read(visitor.client, visitor.at, visitor.html, visitor.page) if visitor.at else None

    def read(self, client: FlaskClient, page: str, html: str, reader: PageReader) -> Sheet:
        """The form on this page, and what its reader now knows."""
        form = reader.forms["q"]
        language = reader.language
        if CHANGED[language] in html:
            base = self.notes.pages.get(page, 0)
        else:
            base = self.notes.base_of(page, form.fields, language)
        made = Sheet(client, page, language, dict(form.fields), form.offered, form.typing, base, html)
        self.history.append(made)
        return made

    def bare(self, sheet: Sheet) -> Fields:
        """The form with nothing filled in: a browser sends empty texts and lists all the same."""
        fields = {name: values for name, values in sheet.fields.items() if not name.startswith("q_")}
        lists = {name for name, values in sheet.offered.items() if "" in values}
        return fields | {name: [""] for name in sorted(sheet.typing | lists) if name.startswith("q_")}

    def filled(self, sheet: Sheet) -> Fields:
        """The form as this person fills it in: only fields it has, only what it offers."""
        fields = self.bare(sheet)
        here = sheet.offered.keys() | sheet.typing
        for question in self.crew.questionnaire.by_id[sheet.page].questions():
            given = self.crew.answering[question.name](self.person, sheet.language)
            for name, values in given.items():
                if name not in here:
                    continue
                assert name not in sheet.offered or set(values) <= sheet.offered[name], f"{name} offers no {values}"
                fields[name] = list(values)
        return fields

    def post(self, sheet: Sheet, fields: Fields, action: str) -> TestResponse:
        """Send the form."""
        return sheet.client.post(self.url(sheet), data={**fields, "action": [action]})

    def send(self, sheet: Sheet, fields: Fields, action: str) -> Sheet | None:
        """Send the form and hold what becomes of it against what the notebook foretold."""
        if action in ("previous", "save") and self.has_apart(sheet.page):
            action = "next"
        told = self.notes.foretell(sheet.page, fields, action, sheet.language)
        response = self.post(sheet, fields, action)
        status = response.status_code
        assert status in (303, 400, 409, 422), f"{sheet.page} answers {status}"
        leads = urlsplit(response.headers.get("Location", "")).path
        stays = status in (409, 422) or leads == self.url(sheet)
        match told.kind:
            case "refused":
                assert status == 400 or not stays, f"{sheet.page} was to be refused, not {status}"
                shown = unescape(response.get_data(as_text=True))
                texts = (values[0] for name, values in fields.items() if name in sheet.typing and name[:2] == "q_")
                assert all(text in shown for text in texts), f"{sheet.page} lost what was typed"
                return self.find_back(sheet)
            case "asked" | "conflict":
                assert stays, f"{sheet.page} was to come back ({told.kind}), not {status} {leads}"
                return self.come_back(sheet, fields, response, told)
        assert status == 303, f"{sheet.page} was to be {told.kind}, not {status}"
        if told.kind == "saved":
            self.told_saved(sheet, fields, told)
        if action in ("previous", "save"):
            base = self.notes.pages.get(sheet.page, 0) if told.is_stored else sheet.base
            self.notes.note_draft(sheet.page, fields, base, sheet.language)
        if self.notes.is_ended(sheet.language) and action == "next":
            self.notes.state = "screened_out"
            return None
        if action == "save":
            return None
        visitor = Visitor(sheet.client).get(response.headers["Location"])
        assert visitor.status == 200
        self.client, self.language = sheet.client, visitor.page.language
        return self.arrived(visitor)

    def told_saved(self, sheet: Sheet, fields: Fields, told: Foretold) -> None:
        """Write an acknowledged save down; it may only replace what its sender knew of."""
        if not told.is_stored:
            return
        known, now = sheet.base, self.notes.pages.get(sheet.page, 0)
        is_same = all(self.notes.document.get(name) == value for name, value in told.values.items())
        assert known == now or is_same, f"{sheet.page}: save {now} was overwritten by someone who knew of {known} only"
        self.notes.acknowledge(sheet.page, fields["client_key"][0], told.values)
        for shown in (sheet.fields, fields):
            self.notes.let_go(sheet.page, shown, sheet.language)

    def come_back(self, sheet: Sheet, fields: Fields, response: TestResponse, told: Foretold) -> Sheet | None:
        """The page stays: everything typed is still there, and beside it what was saved elsewhere."""
        self.notes.note_draft(sheet.page, fields, sheet.base, sheet.language)
        if response.status_code == 303:
            response = sheet.client.get(response.headers["Location"])
            assert response.status_code == 200, response.status_code
        self.client, self.language = sheet.client, sheet.language
        html = response.get_data(as_text=True)
        there = self.read(sheet.client, sheet.page, html, PageReader(html))
        shown = self.notes.own(sheet.page, there.fields, sheet.language)
        typed = self.notes.own(sheet.page, fields, sheet.language)
        if not any("\0" in text for values in typed.values() for text in values):
            assert shown == typed, f"{sheet.page} lost what was typed: {shown} instead of {typed}"
        if told.kind == "conflict":
            self.both_texts(there, told)
            if 'value="elsewhere"' in there.html and self.random.random() < 0.3:
                return self.give_up(there)
        if told.kind == "conflict" and self.random.random() < 0.4:
            return self.sheet(self.notes.on_path(self.language)[0])  # leaves it at what was saved elsewhere
        return there

    def give_up(self, sheet: Sheet) -> Sheet | None:
        """Take what was saved elsewhere: the page shows it, and nothing of what stood here."""
        assert self.post(sheet, sheet.fields, "elsewhere").status_code == 303
        self.notes.let_go(sheet.page, sheet.fields, sheet.language)
        return self.sheet(sheet.page)

    def both_texts(self, there: Sheet, told: Foretold) -> None:
        """A conflict says so and shows what was saved and what stands here."""
        text = unescape(there.html)
        assert CHANGED[there.language] in text, f"{there.page} hides a conflict"
        for name, value in told.values.items():
            saved = self.notes.document.get(name)
            if isinstance(value, str) and isinstance(saved, str) and value != saved:
                assert saved in text, f"{name}: the saved text is not shown"
                assert value in text, f"{name}: the typed text is not shown"

    def find_back(self, sheet: Sheet) -> Sheet | None:
        """Go where the questionnaire leads, after a page that is not asked any more."""
        return self.sheet(self.random.choice(self.notes.on_path(self.language)))

    def at_once(self, sent: list[tuple[Sheet, Fields]]) -> None:
        """Send forms at the same moment, each from a browser window of its own with the same cookies."""
        codes: list[int] = []

        def press(sheet: Sheet, fields: Fields) -> None:
            window = self.app.test_client()
            lend(window, cookies_of(sheet.client))
            codes.append(window.post(self.url(sheet), data={**fields, "action": ["next"]}).status_code)

        threads = [Thread(target=press, args=each) for each in sent]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert codes == [303] * len(sent), codes

    def seqs_unknown(self) -> None:
        """Of two saves at once nobody knows which came first: read it from the forms that the pages now carry."""
        for page in self.notes.pages:
            if page != CONSENT_PAGE and page in self.notes.on_path(self.language):
                expected = int(self.visitor().go(page, self.language).form.fields["expected"][0])
                # A page that another device gave names no save here, and was not one of the two.
                self.notes.pages[page] = expected or self.notes.pages[page]

    def has_apart(self, page: str) -> bool:
        """Whether the page asks something that is stored apart."""
        return any(question.name in self.notes.apart for question in self.crew.questionnaire.by_id[page].questions())

    def forward(self, at: Sheet) -> Sheet | None:
        """Back to where the questions go on, unless one is there already: not every page again after each look back."""
        notes = self.notes
        front = resume_page(notes.questionnaire, notes.document, self.language, notes.pages)
        return at if front in (None, at.page) else self.sheet(str(front))
