"""One case, two tabs and a second device, in any order Hypothesis can think of: what was said to be kept is kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)

from surveyapp.errors import NotFound, WrongState
from surveyapp.fieldwork import case_state, continuing, interviews, resume_codes
from surveyapp.fieldwork.case_state import CaseState, PageSave
from surveyapp.fieldwork.waves import WaveInfo
from surveyapp.storage import cases, keys
from surveyapp.storage.database import Database
from tests.builders import STUDY, YEAR, running_wave, small_instrument

INSTRUMENT = small_instrument()
PAGES = ("p1", "p2")
VALUES = st.sampled_from((1, 2, -9))
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)


@dataclass(frozen=True)
class Form:
    """A page as it was given out: to a process that holds the case as it stood then."""

    case: CaseState
    page: str
    expected: int
    client_key: str


@dataclass
class Case:
    """What was said to be kept."""

    document: dict[str, Any] = field(default_factory=dict)
    pages: dict[str, int] = field(default_factory=dict)
    saves: dict[str, tuple[str, dict[str, Any]]] = field(default_factory=dict)
    drafts: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    revision: int = 0
    state: str = "started"
    reference: str | None = None


class RestlessCase(RuleBasedStateMachine):
    """Everything a browser can make of a case through `fieldwork.interviews`."""

    forms: Bundle[Form] = Bundle("forms")

    def __init__(self, database: Database, wave: WaveInfo) -> None:
        super().__init__()
        self.database, self.wave = database, wave
        self.told = Case()
        self.key = ""
        self.code = ""

    @initialize()
    def begin(self) -> None:
        with self.database.write() as session:
            case, self.key = interviews.begin(session, self.wave, INSTRUMENT, "contractor", "nl", "open")
        self.case_id = case.case_id
        self.code = ""

    def load(self) -> CaseState:
        with self.database.read() as session:
            case = interviews.load_case(session, STUDY, self.key)
        if case is None:
            raise NotFound("The key opens nothing any more.")
        return case

    # ------------------------------------------------------------------------------------------------------ the tabs
    @precondition(lambda self: self.told.state != "withdrawn")
    @rule(target=forms, page=st.sampled_from(PAGES))
    def open_page_in_both_tabs(self, page: str) -> Any:
        case = self.load()
        return multiple(*(Form(case, page, case.expected_seq(page), keys.new_secret()) for _tab in range(2)))

    @rule(form=forms, value=VALUES, is_fresh=st.booleans())
    def send_page(self, form: Form, value: int, is_fresh: bool) -> None:
        """Send a form, however old, perhaps again and perhaps changed; by a process that knows of it or does not."""
        told, values = self.told, {f"v{form.page[1]}": value}
        case = self.load() if is_fresh and told.state != "withdrawn" else form.case
        holds = all(told.document.get(name) == given for name, given in values.items())
        try:
            saved: PageSave | None = self.save(case, form, values)
        except WrongState:
            saved = None
        is_older = form.expected != told.pages.get(form.page, 0)
        if form.client_key in told.saves and holds:
            assert saved is not None
            assert saved.outcome == "repeated"
        elif told.state != "started":
            assert saved is None, "a closed questionnaire took an answer"
        elif form.client_key in told.saves or is_older:
            assert saved is not None
            assert saved.outcome == ("repeated" if holds else "conflict")
            assert saved.case.answers == told.document  # both texts can be shown: this one and the form's
            assert saved.case.expected_seq(form.page) == told.pages.get(form.page, 0)
        else:
            assert saved is not None
            assert saved.outcome == "saved"
            told.revision += 1
            told.document.update(values)
            told.pages[form.page] = told.revision
            told.saves[form.client_key] = (form.page, values)
            told.drafts.pop(form.page, None)
            assert saved.case.answers == told.document

    def save(self, case: CaseState, form: Form, values: dict[str, Any]) -> PageSave:
        with self.database.write() as session:
            return interviews.save_page(
                session, case, form.page, values, expected_seq=form.expected, client_key=form.client_key, language="nl"
            )

    @rule(form=forms, text=TEXTS)
    def keep_draft(self, form: Form, text: str) -> None:
        typed = {f"q_v{form.page[1]}": [text]}
        try:
            with self.database.write() as session:
                draft = case_state.Draft(typed=typed, expected=form.expected)
                assert continuing.keep_draft(session, self.load(), form.page, draft), "a draft was not kept whole"
        except (WrongState, NotFound):
            assert self.told.state != "started", "a draft was refused"
        else:
            assert self.told.state == "started", "a closed questionnaire took a draft"
            self.told.drafts[form.page] = typed

    # ------------------------------------------------------------------------------------------------- another device
    @precondition(lambda self: self.told.state != "withdrawn")
    @rule()
    def save_for_later(self) -> None:
        with self.database.write() as session:
            self.code = resume_codes.make_resume_code(session, self.load())

    @precondition(lambda self: bool(self.code))
    @rule()
    def resume(self) -> None:
        with self.database.read() as session:
            key = resume_codes.resume(session, STUDY, YEAR, self.code.lower())
        if self.told.state == "withdrawn":
            assert key is None
            return
        assert key == self.key

    # -------------------------------------------------------------------------------------------------------- the end
    @precondition(lambda self: len(self.told.saves) > 3)  # earlier, most walks would end before they got anywhere
    @rule()
    def send_in(self) -> None:
        told = self.told
        with self.database.write() as session:
            sent = interviews.send(session, self.load())
        assert sent.reference
        assert told.reference in (None, sent.reference), "a second receipt"
        if told.state == "started":
            told.revision += 1
        told.state, told.reference = "complete", sent.reference
        told.drafts.clear()  # it was not looked over

    @precondition(lambda self: len(self.told.saves) > 4)
    @rule()
    def withdraw(self) -> None:
        with self.database.write() as session:
            continuing.withdraw(session, self.load())
        self.told = Case(state="withdrawn")  # the number of saves goes as well

    # ----------------------------------------------------------------------------------------------- what always holds
    @invariant()
    def the_database_holds_what_was_told(self) -> None:
        told = self.told
        with self.database.read() as session:
            row = cases.by_id(session, STUDY, self.case_id)
            saves = cases.saves(session, STUDY, self.case_id)
            rows = {page: cases.draft(session, STUDY, self.case_id, page) for page in PAGES}
        assert row is not None
        assert (row.state, row.reference, row.revision) == (told.state, told.reference, told.revision)
        assert (row.answers, row.pages) == (told.document, told.pages)
        assert {save.client_key: (save.page, save.answers) for save in saves} == told.saves
        assert len(saves) == len(told.saves)
        rebuilt: dict[str, Any] = {}
        for save in saves:
            rebuilt.update(save.answers)
        assert rebuilt == told.document
        assert {page: draft.typed for page, draft in rows.items() if draft is not None} == told.drafts


def test_whatever_tabs_and_devices_do_a_case_holds_what_was_acknowledged(database: Database) -> None:
    wave = running_wave(database, INSTRUMENT)
    examples = 60 if database.is_sqlite else 20
    run_state_machine_as_test(
        lambda: RestlessCase(database, wave),
        settings=settings(
            max_examples=examples, stateful_step_count=25, deadline=None, suppress_health_check=[HealthCheck.too_slow]
        ),
    )
