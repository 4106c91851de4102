"""Consent is the first thing a case keeps: a page save of its own, before any question."""

from __future__ import annotations

from sqlmodel import Session

from surveyapp.fieldwork import interviews
from surveyapp.fieldwork.case_state import CONSENT_PAGE, CaseState
from surveyapp.instrument.model import Instrument, VariableType

__all__ = ["CONSENT_PAGE", "give_consent"]


def give_consent(session: Session, case: CaseState, instrument: Instrument, language: str) -> CaseState:
    """Note that this person takes part; giving it again changes nothing."""
    if CONSENT_PAGE in case.pages:
        return case
    agreed = {name: 1 for name, variable in instrument.variables.items() if variable.type is VariableType.CONSENT}
    return interviews.save_page(
        session, case, CONSENT_PAGE, agreed, expected_seq=0, client_key=CONSENT_PAGE, language=language
    ).case
