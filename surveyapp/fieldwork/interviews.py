"""One person's interview: begun, saved page by page, sent.

Each save is one short transaction that the caller opens (``with database.write() as session``): an append-only page
save under the browser's own key, and the case's current answers beside it. When `save_page` returned and the
transaction closed, the page survives a power cut. The values passed in are stored as they are: the caller checked them
(`engine.validate`) and took out what is stored apart (`storage.report_requests`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from surveyapp import clock
from surveyapp.engine.shown_order import shown_orders
from surveyapp.errors import AnswersRefused, NotFound, Word, WrongState
from surveyapp.fieldwork.arrivals import declared_source
from surveyapp.fieldwork.case_state import CONSENT_PAGE, LONGEST_PAGE_SECONDS, CaseState, PageSave, state_of
from surveyapp.fieldwork.continuing import newest, settle_drafts
from surveyapp.fieldwork.givers import LONGEST_CLIENT_KEY, form_key
from surveyapp.fieldwork.waves import ANONYMOUS, WaveInfo
from surveyapp.instrument.model import NOT_ASKED, Instrument
from surveyapp.storage import cases, changes, keys, stop_reasons
from surveyapp.storage.database import Session

LANGUAGE_SWITCHES = "language_switches"
"""Under this name a case's flags count how often somebody switched on a page with questions."""
TRAPPED = "trapped"
"""Under this name a case's flags say that a field was filled in which nobody sees: no person did that by reading."""
DEVICES = frozenset({"phone", "tablet", "desktop", "unknown"})


def begin(
    session: Session,
    wave: WaveInfo,
    instrument: Instrument,
    role: str,
    language: str,
    source: str,
    device: str = "unknown",
    *,
    key: str | None = None,
    seed: int | None = None,
    consent_version: str | None = None,
) -> tuple[CaseState, str]:
    """Make a case, once somebody agreed to take part; never before.

    Parameters
    ----------
    key :             a secret from `storage.keys.new_secret` that the consent form carried; the same form sent twice
                      then begins one case. Absent: a new one
    seed :            decides the order of rows and options; absent: random
    consent_version : what was agreed to; absent: the instrument's hash, which names the text

    Returns
    -------
    case, key         the key opens the case and is kept by the respondent's browser alone

    Raises
    ------
    WrongState         the wave takes no answers, or the instrument is not the wave's
    NotFound           the wave has no such role or language
    AnswersRefused     the key is not one of ours
    """
    if wave.state not in cases.ANSWERABLE:
        raise WrongState(
            "%(study)s %(year)s is %(state)s: nobody can begin.",
            study=wave.study,
            year=wave.year,
            state=Word(wave.state),
        )
    if instrument.hash != wave.instrument_hash:
        raise WrongState(
            "%(study)s %(year)s runs on another version of its instrument.", study=wave.study, year=wave.year
        )
    questionnaire = instrument.questionnaire(role)
    if language not in instrument.study.languages:
        raise NotFound(
            "%(study)s %(year)s is not offered in %(language)s.", study=wave.study, year=wave.year, language=language
        )
    if key is not None and not 22 <= len(key) <= 64:
        raise AnswersRefused("The form does not carry a key that this site gave out.")
    secret = key or keys.new_secret()
    order_seed = keys.order_seed() if seed is None else seed
    shown = {f"{each.kind}:{each.name}": list(each.keys) for each in shown_orders(questionnaire, order_seed)}
    today, keeps_day = clock.today(), wave.mode != ANONYMOUS
    is_new = cases.insert_case(
        session,
        {
            "study_id": wave.study,
            "case_id": keys.case_id(),
            "year": wave.year,
            "instrument_hash": instrument.hash,
            "role": role,
            "language": language,
            "source": declared_source(session, wave.study, wave.year, source),
            "device": device if device in DEVICES else "unknown",
            "state": "started",
            "is_test": wave.state == "test",
            "revision": 0,
            "answers": {},
            "pages": {},
            "seconds": 0,
            "seed": order_seed,
            "consent_version": (consent_version or instrument.hash)[:32],
            "started_on": today if keeps_day else None,
            "key_hash": keys.secret_hash(secret),
            "flags": {"shown": shown} if shown else {},
        },
    )
    if is_new and not keeps_day:
        changes.count_day(session, wave.study, wave.year, today, "begun", role, is_test=wave.state == "test")
    case = load_case(session, wave.study, secret)
    if case is None:
        raise NotFound("This case is not there any more.")
    return case, secret


def load_case(session: Session, study: str, key: str, browser: str = "") -> CaseState | None:
    """The case this key opens, by one indexed query; None for a wrong, erased or foreign key.

    Parameters
    ----------
    browser : the mark of the browser that holds the key
    """
    row = cases.by_key(session, study, keys.secret_hash(key), f"{browser}~", CONSENT_PAGE)
    if row is None:
        return None
    return state_of(row, key, browser)


def save_page(
    session: Session,
    case: CaseState,
    page: str,
    values: Mapping[str, Any],
    *,
    expected_seq: int,
    client_key: str,
    language: str,
    seconds: int = 0,
    prompts: int = 0,
) -> PageSave:
    """Store one page once.

    Saves of other pages that came in between are kept: only this page's own number is compared, so two tabs on
    different pages lose nothing.

    Parameters
    ----------
    values :       complete and checked values of the page (`PageCheck.values`)
    expected_seq : `CaseState.expected_seq` of the page when its form was given out
    client_key :   one per form given out, at most 40 characters; makes a repeated submit harmless. The same form with
                   other answers than the case now holds is a conflict
    seconds :      time spent on the page; kept between 0 and 3600

    Raises
    ------
    WrongState         the questionnaire was sent, or its wave closed; nothing was stored
    AnswersRefused     the client key is not one of ours
    """
    if not 0 < len(client_key) <= LONGEST_CLIENT_KEY:
        raise AnswersRefused("The form does not carry a key that this site gave out.")
    spent = min(max(int(seconds), 0), LONGEST_PAGE_SECONDS)
    form = form_key(case, client_key)
    current = case
    while True:
        if not current.is_open or current.expected_seq(page) != expected_seq:
            if current is case:
                current = newest(session, case)
            if cases.is_saved(session, case.study, case.case_id, form):
                return _not_saved(current, values)
            current.require_open()
            if current.expected_seq(page) != expected_seq:
                return _not_saved(current, values)
        seq = current.revision + 1
        is_new = cases.insert_save(
            session,
            {
                "study_id": case.study,
                "case_id": case.case_id,
                "seq": seq,
                "page": page,
                "answers": dict(values),
                "language": language,
                "seconds": spent,
                "prompts": max(int(prompts), 0),
                "client_key": form,
            },
        )
        if is_new:
            document, seqs = {**current.answers, **values}, {**current.pages, page: seq}
            outcome = cases.advance(
                session,
                case.study,
                case.case_id,
                known=current.revision,
                document=document,
                seqs=seqs,
                page=page,
                language=language,
                seconds=spent,
            )
            if outcome != "moved":
                let_go = settle_drafts(session, case, page) if outcome == "advanced past drafts" else None
                return PageSave(
                    "saved",
                    replace(
                        current,
                        answers=document,
                        pages=seqs,
                        last_page=page,
                        language=language,
                        seconds=current.seconds + spent,
                        revision=seq,
                    ),
                    let_go,
                )
            # Another save, a send or a closing came in between: take this one back and look again, under a lock.
            cases.unsave(session, case.study, case.case_id, form)
        elif cases.is_saved(session, case.study, case.case_id, form):
            return _not_saved(newest(session, case), values)
        current = newest(session, case)


def _not_saved(newest: CaseState, values: Mapping[str, Any]) -> PageSave:
    """What becomes of a form that was sent before, or whose page was saved after it was given out.

    With the answers that are stored it is a repeat, of itself or of another tab. A browser can also bring back a page
    as it was left, key included, and send it with other answers: passing those over would lose them without a word.
    """
    if all(newest.answers.get(name, NOT_ASKED) == value for name, value in values.items()):
        return PageSave("repeated", newest)
    newest.require_open()
    return PageSave("conflict", newest)


def send(session: Session, case: CaseState, path_answers: Mapping[str, Any] | None = None) -> CaseState:
    """Close the questionnaire as complete, with a receipt number; a second time gives the same receipt.

    What was typed and never saved goes: it was not looked over, and nobody can come back to it.

    Parameters
    ----------
    path_answers : the answers that count (`engine.route.on_path`); what was typed on pages that fell off the path stays
                   in the document and is marked ``off_path``

    Raises
    ------
    WrongState     it was screened out, withdrawn or erased, or the wave closed before it was sent
    """
    current = newest(session, case)
    if current.state == "complete":
        return current
    current.require_open()
    off = [] if path_answers is None else sorted(set(case.answers) - set(path_answers))
    reference, today = keys.reference(), clock.today()
    sent_on = today if current.keeps_day else None
    values = {
        "state": "complete",
        "reference": reference,
        "sent_on": sent_on,
        "revision": current.revision + 1,
        "flags": {**cases.flags(session, case.study, case.case_id), **({"off_path": off} if off else {})},
    }
    cases.change(session, case.study, case.case_id, values)
    if not current.keeps_day:
        changes.count_day(session, case.study, case.year, today, "complete", current.role, is_test=current.is_test)
    cases.forget_drafts(session, case.study, case.case_id)
    stop_reasons.forget(session, case.study, case.case_id)
    return replace(
        current,
        state="complete",
        reference=reference,
        sent_on=sent_on,
        revision=current.revision + 1,
    )


def screen_out(session: Session, case: CaseState) -> CaseState:
    """Close the questionnaire of someone outside the population; a second time changes nothing.

    Raises
    ------
    WrongState     it was sent, withdrawn or erased, or the wave closed
    """
    current = newest(session, case)
    if current.state == "screened_out":
        return current
    current.require_open()
    cases.change(session, case.study, case.case_id, {"state": "screened_out", "revision": current.revision + 1})
    cases.forget_drafts(session, case.study, case.case_id)
    stop_reasons.forget(session, case.study, case.case_id)
    return replace(current, state="screened_out", revision=current.revision + 1)


def note_trap(session: Session, case: CaseState) -> None:
    """Note that a field was filled in which nobody sees: one flag among others, that keeps nobody from anything."""
    flags = cases.flags(session, case.study, case.case_id)
    cases.change(session, case.study, case.case_id, {"flags": {**flags, TRAPPED: 1}})


def switch_language(session: Session, case: CaseState, language: str) -> CaseState:
    """Go on in another language; the answers are codes and stay as they are. How often it happens is counted.

    Raises
    ------
    WrongState     the questionnaire takes no answers any more
    NotFound       it is not there any more
    """
    current = newest(session, case)
    current.require_open()
    if language != current.language:
        flags = cases.flags(session, case.study, case.case_id)
        counted = {**flags, LANGUAGE_SWITCHES: flags.get(LANGUAGE_SWITCHES, 0) + 1}
        cases.change(session, case.study, case.case_id, {"language": language, "flags": counted})
    return replace(current, language=language)
