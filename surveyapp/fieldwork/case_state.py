"""A case as it stood when it was read, a page as it was sent in, what its save came to, and what was not sent in."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any, Literal

from surveyapp import clock
from surveyapp.errors import Word, WrongState
from surveyapp.storage.cases import ANSWERABLE, StoredCase

CONSENT_PAGE = "consent"
"""The name under which the consent stands among the page saves; no page of a questionnaire may bear it."""
LONGEST_PAGE_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class CaseState:
    """A case as it stood when it was read. ``pages`` gives each saved page the number of its last save."""

    study: str
    year: int
    case_id: uuid.UUID
    role: str
    language: str
    state: str
    revision: int
    answers: Mapping[str, Any]
    pages: Mapping[str, int]
    last_page: str | None
    instrument_hash: str
    seed: int
    seconds: int
    reference: str | None
    source: str
    device: str = "unknown"
    is_test: bool = False
    started_on: date | None = None  # in a wave that keeps the day of its cases
    sent_on: date | None = None
    wave_state: str = "open"
    key: str = field(default="", repr=False)  # only when it was opened by its key
    browser: str = ""  # the mark of the browser that holds it, which tells what that may see (`givers`)
    may_be_shared: bool = field(default=True, compare=False)  # whether another browser may have saved a page
    may_have_drafts: bool = field(default=True, compare=False)  # whether anything may be typed and not saved
    shows_all: bool = False  # its wave shows earlier answers on every device, and so what was typed on another

    @property
    def is_open(self) -> bool:
        """Whether pages can still be saved."""
        return self.state == "started" and self.wave_state in ANSWERABLE

    @property
    def keeps_day(self) -> bool:
        """Whether the days of this case may stand beside its answers; in an anonymous wave they do not."""
        return self.started_on is not None

    @property
    def can_reopen(self) -> bool:
        """Whether an answer that ended it early can still be changed."""
        return self.state == "screened_out" and self.wave_state in ANSWERABLE

    def require_open(self) -> None:
        """Refuse what may only be done while answers come in.

        Raises
        ------
        WrongState     the wave closed, or the questionnaire was sent, screened out, withdrawn or erased
        """
        if self.wave_state not in ANSWERABLE:
            raise WrongState(
                "%(study)s %(year)s is %(state)s: no answers come in any more.",
                study=self.study,
                year=self.year,
                state=Word(self.wave_state),
            )
        if self.state != "started":
            raise WrongState(
                "This questionnaire is %(state)s: its answers cannot change any more.", state=Word(self.state)
            )

    def expected_seq(self, page: str) -> int:
        """The number a form of this page carries back: that of the page's last save, 0 before the first."""
        return int(self.pages.get(page, 0))


_FIELDS = frozenset(each.name for each in fields(CaseState))


@dataclass(frozen=True, slots=True)
class Draft:
    """What was typed on a page and not saved, with what its form brought besides."""

    typed: Mapping[str, Sequence[str]]
    expected: int  # `CaseState.expected_seq` of the page when the form was given out
    seconds: int = 0  # how long the page was open until then; the time of day itself is never kept beside answers
    prompted: str = ""  # names of the questions that were asked about, separated by spaces
    is_asked: bool = False  # it was sent in, and something on it needs attention
    client_key: str = ""  # of the form that brought it
    turn: int = 0  # how many times that form had sent something; one that arrives late has a lower number

    def overtook(self, client_key: str, turn: int) -> bool:
        """Whether what the form with this key sent as its ``turn``-th is older than this draft of the same form."""
        return self.client_key == client_key and turn < self.turn

    @property
    def mark(self) -> str:
        """What a form carries that was drawn from this draft, so that it may take its place; empty for no text."""
        filled = {name: list(values) for name, values in self.typed.items() if any(values)}
        return hashlib.sha256(json.dumps(filled, sort_keys=True).encode()).hexdigest()[:16] if filled else ""

    def gives_way(self, client_key: str, drawn: Collection[str]) -> bool:
        """Whether the form with this key knows of this text: it brought it, or was drawn from it as it stands.

        Any other form is of another tab, or older than the page that shows this text: there it was never seen.

        Parameters
        ----------
        drawn : what the form was drawn from: marks of drafts, and keys of forms that it is the answer to
        """
        return not self.mark or not {self.client_key, self.mark}.isdisjoint((client_key, *drawn))


@dataclass(frozen=True, slots=True)
class PostedPage:
    """A page's form as it came."""

    page: str
    answers: Mapping[str, Sequence[str]]  # the fields of the answers, unchecked
    action: str = "next"  # next · previous · save · language · elsewhere · recall (drafts only) · clear:<question>
    client_key: str = ""
    expected: int = 0  # `CaseState.expected_seq` of the page when the form was given out
    since: int = 0  # when it was given out, in seconds
    prompted: str = ""  # names of the questions that were asked about, separated by spaces
    seen: tuple[str, ...] = ()  # what the slots of the page show
    then: str = ""  # "review": the person goes back there
    turn: int = 0  # counted by the page's script; 0 without one
    drawn: tuple[str, ...] = ()  # of which drafts and forms the page shows the text (`Draft.gives_way`)

    @property
    def seconds(self) -> int:
        """How long the page was open, at most an hour."""
        return min(max(int(clock.now().timestamp()) - self.since, 0), LONGEST_PAGE_SECONDS) if self.since else 0


@dataclass(frozen=True, slots=True)
class PageSave:
    """What became of a submit.

    ``repeated``: the case holds these answers already, from this form or from another tab; nothing was stored again.
    ``conflict``: the page was saved elsewhere, or with other answers by this very form, after it was given out; nothing
    was overwritten. ``case`` then holds the newest answers, and the same form can be posted again with their
    ``expected_seq`` and a new client key. ``let_go`` is the draft of the page that went with the save.
    """

    outcome: Literal["saved", "repeated", "conflict"]
    case: CaseState
    let_go: Draft | None = None


def state_of(row: StoredCase, key: str = "", browser: str = "") -> CaseState:
    """The state a row of `storage.cases` holds; ``key`` when the case was opened by it, in
    a browser of this mark."""
    stored = {name: value for name, value in row._mapping.items() if name in _FIELDS}
    return CaseState(study=row.study_id, key=key, browser=browser, **stored)
