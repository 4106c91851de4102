"""Going on later, and stopping for good: drafts, withdrawal, erasure, rebuilding."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, fields, replace
from datetime import UTC, datetime, time
from typing import Any, Literal

from surveyapp import clock
from surveyapp.errors import NotFound
from surveyapp.fieldwork import editions
from surveyapp.fieldwork.case_state import CaseState, Draft, state_of
from surveyapp.fieldwork.givers import form_key
from surveyapp.fieldwork.waves import ANONYMOUS, wave_info
from surveyapp.instrument.model import NOT_ASKED
from surveyapp.storage import cases, changes, contacts, dispositions, keys, publication, quality
from surveyapp.storage.database import Session

MOST_DRAFT_FIELDS, LONGEST_DRAFT_TEXT = 500, 20_000
LONGEST_PAGE = 40
"""Letters of the column that names a draft's page."""

Kept = Literal["whole", "cut", "taken"]
"""What became of a draft: ``cut`` where no draft can hold all of it, ``taken`` where another tab's text stays."""


def newest(session: Session, case: CaseState) -> CaseState:
    """The case as it is now; no other transaction changes it until this one ends.

    Raises
    ------
    NotFound     it is not there any more
    """
    row = cases.by_id(session, case.study, case.case_id, lock=True)
    if row is None:
        raise NotFound("This case is not there any more.")
    return replace(state_of(row, case.key), browser=case.browser, shows_all=case.shows_all)


def _storable(text: str) -> str:
    """A text both databases take: no NUL, no half of a surrogate pair."""
    return "".join(letter for letter in text if letter != "\0" and not 0xD800 <= ord(letter) <= 0xDFFF)[
        :LONGEST_DRAFT_TEXT
    ]


_DRAFT_FIELDS = frozenset(each.name for each in fields(Draft))
"""What a draft holds now; one of an older version may have held more."""


def keep_draft(session: Session, case: CaseState, page: str, draft: Draft, *, drawn: Collection[str] = ()) -> Kept:
    """Keep what was typed on a page and not saved, unchecked, until the page is saved.

    There is one place for it per page and browser. What a form of another tab put there stays, unless this form was
    drawn from it or says the same.

    Parameters
    ----------
    draft : its form fields as the browser sent them; the caller left out what is stored apart
    drawn : what its form was drawn from (`Draft.gives_way`)

    Returns
    -------
    whether all of it was kept, letter by letter: a database takes no NUL and no half of a surrogate pair, and there is
    a limit on fields and length

    Raises
    ------
    WrongState     the questionnaire takes no answers any more: seen under a lock, because another tab may have sent or
                   removed it a moment ago
    NotFound       it is not there any more
    """
    newest(session, case).require_open()
    row = cases.draft(session, case.study, case.case_id, _place(case, page))
    before = None if row is None else _read(case, page, row)
    if before is not None and not before.gives_way(draft.client_key, drawn):
        if before.mark != draft.mark:
            return "taken"
        draft = replace(draft, client_key=before.client_key, turn=before.turn)  # the tab that typed it first goes on
    kept = {
        _storable(name)[:100]: [_storable(value) for value in values]
        for name, values in list(draft.typed.items())[:MOST_DRAFT_FIELDS]
    }
    form = {key: value for key, value in asdict(draft).items() if key != "typed"}
    cases.keep_draft(session, case.study, case.case_id, _place(case, page), kept, form)
    return "whole" if kept == {name: list(values) for name, values in draft.typed.items()} else "cut"


def _stem(page: str) -> str:
    longest = LONGEST_PAGE - 1 - keys.BROWSER_LENGTH
    return page if len(page) <= longest else hashlib.sha256(page.encode()).hexdigest()[:longest]


def _place(case: CaseState, page: str) -> str:
    """Where this browser's draft of a page stands: what was typed on one device is not shown on the next."""
    return f"{_stem(page)}~{case.browser}" if case.browser and not case.shows_all else page


def draft(session: Session, case: CaseState, page: str) -> Draft | None:
    """What was typed on a page in this browser and not saved; None when there is nothing."""
    row = cases.draft(session, case.study, case.case_id, _place(case, page))
    return None if row is None else _read(case, page, row)


def drafts(session: Session, case: CaseState, pages: Iterable[str]) -> dict[str, Draft]:
    """What was typed in this browser and not saved, of these pages."""
    rows = {row.page: row for row in cases.drafts(session, case.study, case.case_id)}
    found = {page: rows[_place(case, page)] for page in pages if _place(case, page) in rows}
    return {page: _read(case, page, row) for page, row in found.items()}


def bring_drafts(session: Session, case: CaseState, maker: str) -> None:
    """Copy what was typed and not saved in the browser that made a code to this one, where this one typed nothing.

    Parameters
    ----------
    maker : the mark sealed in the code: who gives it sees what that browser sees (`givers.prove`)
    """
    rows = {row.page: row for row in cases.drafts(session, case.study, case.case_id)}
    for place, row in rows.items():
        stem, _, mark = place.rpartition("~")
        mine = f"{stem}~{case.browser}"
        if stem and case.browser and mark == maker and mine not in rows:
            cases.keep_draft(session, case.study, case.case_id, mine, row.typed, row.form)


def _read(case: CaseState, page: str, row: cases.StoredCase) -> Draft:
    form = {key: value for key, value in row.form.items() if key in _DRAFT_FIELDS}
    return Draft(**{"typed": row.typed, "expected": case.expected_seq(page), **form})


def has_typed(session: Session, case: CaseState) -> bool:
    """Whether anything was typed and not saved, on any page and in any browser."""
    return bool(cases.drafts(session, case.study, case.case_id))


def forget_draft(session: Session, case: CaseState, page: str) -> None:
    """Let go of what was typed on a page in this browser and not saved."""
    cases.forget_draft(session, case.study, case.case_id, _place(case, page))


def settle_drafts(session: Session, case: CaseState, page: str) -> Draft | None:
    """The page was saved: let go of what was typed on it, in whatever browser; what went of this one is given."""
    gone = cases.forget_page_drafts(session, case.study, case.case_id, page, f"{_stem(page)}~")
    return next((_read(case, page, row) for row in gone if row.page == _place(case, page)), None)


def reopen(session: Session, case: CaseState, page: str, names: Iterable[str], language: str) -> CaseState:
    """Let someone who was screened out by a mistake go on: what ended it is asked again; a second time changes nothing.

    The answers that ended it are taken back by a page save of their own, beside which the first one stays. Until the
    page is answered anew the case is one that has begun and stopped there.

    Parameters
    ----------
    page, names : `engine.route.turning_point`

    Raises
    ------
    WrongState     it was sent, withdrawn or erased, or the wave takes no answers
    NotFound       it is not there any more
    """
    current = newest(session, case)
    if current.state == "screened_out":
        current = replace(current, state="started")
        current.require_open()
        seq = current.revision + 1
        values = dict.fromkeys(names, NOT_ASKED)
        save = {
            "study_id": case.study, "case_id": case.case_id, "seq": seq, "page": page, "answers": values,
            "language": language, "seconds": 0, "prompts": 0, "client_key": form_key(case, f"reopen:{seq}"),
        }  # fmt: skip
        cases.insert_save(session, save)
        current = replace(
            current, answers={**current.answers, **values}, pages={**current.pages, page: seq}, revision=seq
        )
        changed = {"state": "started", "answers": current.answers, "pages": current.pages, "revision": seq}
        cases.change(session, case.study, case.case_id, changed)
    current.require_open()
    return current


def start_over(session: Session, case: CaseState, page: str) -> bool:
    """Erase a case in which nothing was saved or typed but this page, the consent: another role is counted once.

    The invitation it came from, if any, may begin again.

    Returns
    -------
    whether it is gone; a case with answers stays as it is
    """
    current = newest(session, case)
    is_empty = current.state == "started" and frozenset(current.pages) <= {page} and not has_typed(session, current)
    if is_empty:
        _emptied(session, current, "erased", holds_answers=False)
        contacts.unlink_case(session, case.study, case.case_id)
    return is_empty


_NOTHING: Mapping[str, Any] = {
    "language": "unknown", "source": "unknown", "device": "unknown", "consent_version": "", "revision": 0,
    "answers": {}, "pages": {}, "last_page": None, "seconds": 0, "seed": 0, "flags": {}, "started_on": None,
    "sent_on": None, "reference": None, "key_hash": None, "resume_hash": None, "resume_box": None,
    "quality_decision": None,
}  # fmt: skip
"""What a case is without its person: pages promise that only role and state stay."""


def _emptied(session: Session, case: CaseState, state: str, *, holds_answers: bool = True) -> CaseState:
    wave = wave_info(session, case.study, case.year)
    is_over = not case.is_test and editions.note_removal(session, case.study, case.year)
    row = cases.by_id(session, case.study, case.case_id, lock=True)
    if row is None:
        raise NotFound("This case is not there any more.")
    if is_over:
        midnight = datetime.combine(clock.today(), time(), UTC)  # a removal keeps its day and no hour
        is_finished = row.state == "complete"
        publication.note_removal(session, case.study, case.year, case.case_id, midnight, is_finished=is_finished)
    if wave.mode == ANONYMOUS and row.started_on is None:
        _count_back(session, row, state)
    cases.forget_content(session, case.study, case.case_id)
    quality.forget_case(session, case.study, case.case_id)
    dispositions.revoke(session, case.study, case.case_id)
    if holds_answers:  # of a wave on disk all columns go with the answers of one: not for who chose another role
        changes.take_back(session, case.study, case.year)
    # The version it began with tells the weeks in which it did: it goes as well.
    gone = {**_NOTHING, "state": state, "instrument_hash": wave.instrument_hash}
    cases.change(session, case.study, case.case_id, gone)
    known = {each.name for each in fields(CaseState)}
    return replace(case, key="", **{name: value for name, value in gone.items() if name in known})


def _count_back(session: Session, row: cases.StoredCase, state: str) -> None:
    """Take a case that keeps no day out of the counts per day, on the day of its going: the sums so far are right."""
    if row.state == "erased":
        return
    events = [*(["complete"] if row.state == "complete" else []), *(["begun"] if state == "erased" else [])]
    for event in events:
        changes.count_day(
            session, row.study_id, row.year, clock.today(), event, row.role, is_test=row.is_test, times=-1
        )


def withdraw(session: Session, case: CaseState) -> CaseState:
    """Take back consent: every answer is deleted; that somebody of this role withdrew is what stays."""
    return _emptied(session, case, "withdrawn")


def erase(session: Session, case: CaseState) -> CaseState:
    """Delete every answer on request; a tombstone without content stays, so that figures know to forget it."""
    return _emptied(session, case, "erased")


def rebuild_answers(session: Session, case: CaseState) -> dict[str, Any]:
    """The current answers, made anew from the page saves; equal to the case's document."""
    rebuilt: dict[str, Any] = {}
    for save in cases.saves(session, case.study, case.case_id):
        rebuilt.update(save.answers)
    return rebuilt
