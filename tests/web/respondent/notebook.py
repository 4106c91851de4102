"""What a restless robot was told is kept: the yardstick beside the database.

The notebook knows the engine's rules and nothing of the store or the pages. It foretells what becomes of each form
(`foretell`) and writes down what was acknowledged (`acknowledge`); at the end the database must hold just that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from surveyapp.engine.answers import Value
from surveyapp.engine.plan import plan
from surveyapp.engine.route import path, visible_page
from surveyapp.engine.typed import typed_from
from surveyapp.engine.validate import check_page, lenient
from surveyapp.errors import AnswersRefused
from surveyapp.instrument.model import NOT_ASKED, SKIPPED, Questionnaire

Fields = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Foretold:
    """What must become of a form: *saved*, *repeated*, *conflict*, *asked* (problems or prompts) or *refused*."""

    kind: str
    values: Mapping[str, Value] = field(default_factory=dict)
    is_stored: bool = True  # a save of its own stands for it afterwards


@dataclass(frozen=True, slots=True)
class Draft:
    """What was typed on a page and not saved, and the save that was known when it was typed."""

    fields: Fields
    base: int
    key: str  # of the form that brought it


@dataclass
class Notebook:
    """One case, as its robot knows it from what it was told."""

    questionnaire: Questionnaire
    apart: frozenset[str]  # variables that are never stored beside answers
    document: dict[str, Value] = field(default_factory=dict)
    pages: dict[str, int] = field(default_factory=dict)  # number of the last acknowledged save
    saves: dict[str, tuple[str, dict[str, Value]]] = field(default_factory=dict)  # by client key
    drafts: dict[str, list[Draft]] = field(default_factory=dict)  # what may have been kept unsaved, newest last
    revision: int = 0
    reference: str = ""
    state: str = "started"

    def foretell(self, page: str, fields: Fields, action: str, language: str) -> Foretold:
        """What must become of this page's form."""
        answers = {name: values for name, values in fields.items() if name.startswith("q_")}
        try:
            check = check_page(self.questionnaire, page, self.document, answers, language)
        except AnswersRefused:
            return Foretold("refused")
        values = {name: value for name, value in check.values.items() if name not in self.apart}
        if action in ("previous", "save"):
            values = {name: value for name, value in values.items() if value != SKIPPED or name in self.document}
            if all(self.document.get(name) == value for name, value in values.items()):
                return Foretold("saved", {}, is_stored=False)
        else:
            asked = set(fields["prompted"][0].split())
            if check.problems or any(prompt.variable not in asked for prompt in check.prompts):
                return Foretold("asked")
        is_known = fields["client_key"][0] in self.saves
        is_stale = int(fields["expected"][0]) != self.pages.get(page, 0)
        if is_known or is_stale:
            holds = all(self.document.get(name, NOT_ASKED) == value for name, value in values.items())
            return Foretold("repeated" if holds else "conflict", values)
        return Foretold("saved", values)

    def acknowledge(self, page: str, client_key: str, values: Mapping[str, Value]) -> None:
        """Write down a save that was answered with "go on"."""
        assert client_key not in self.saves, f"{page} was acknowledged twice as new"
        self.revision += 1
        self.saves[client_key] = (page, dict(values))
        self.document.update(values)
        self.pages[page] = self.revision
        # What another form brought may be shown beside it.
        self.drafts[page] = [draft for draft in self.drafts.get(page, ()) if draft.key != client_key]

    def note_draft(self, page: str, fields: Fields, base: int, language: str) -> None:
        """Write down that this may come back, unchecked, when the page is opened."""
        draft = Draft(self.own(page, fields, language), base, fields["client_key"][0])
        self.drafts.setdefault(page, []).append(draft)

    def let_go(self, page: str, fields: Fields, language: str) -> None:
        """Write down that this text does not come back."""
        gone = self.own(page, fields, language)
        self.drafts[page] = [draft for draft in self.drafts.get(page, ()) if draft.fields != gone]

    def base_of(self, page: str, fields: Fields, language: str) -> int:
        """Which save somebody knows of who sees the page like this."""
        shown, drafts = self.own(page, fields, language), self.drafts.get(page, [])
        if shown == self.shown(page, language):
            return self.pages.get(page, 0)
        assert drafts, f"{page} shows {shown}, which was neither saved nor typed; saved is {self.shown(page, language)}"
        same = [draft.base for draft in drafts if draft.fields == shown]
        return max(same, default=drafts[-1].base)  # in the other language numbers are spelled anew

    def shown(self, page: str, language: str) -> dict[str, list[str]]:
        """The fields the page must show when nothing but saved answers is known of it."""
        seen = visible_page(self.questionnaire, page, self.document, language)
        typed = typed_from(seen, self.document, language)
        return {name: sorted(values) for name, values in typed.items() if any(values)}

    def own(self, page: str, fields: Fields, language: str) -> dict[str, list[str]]:
        """What of these fields the page shows: visible questions, but for empty fields and what is stored apart."""
        owners = plan(self.questionnaire).page(page).owners
        answers = {name: values for name, values in fields.items() if name in owners}
        drafted = lenient(self.questionnaire, page, self.document, answers, language)
        seen = {question.name for question in visible_page(self.questionnaire, page, drafted, language).questions}
        return {
            name: sorted(values)
            for name, values in answers.items()
            if owners[name].name in seen - self.apart and any(values)
        }

    def on_path(self, language: str) -> list[str]:
        """The pages of the path as the answers stand."""
        return [seen.page.id for seen in path(self.questionnaire, self.document, language).pages]

    def is_ended(self, language: str) -> bool:
        """Whether the answers lead to an early ending."""
        return path(self.questionnaire, self.document, language).ending is not None
