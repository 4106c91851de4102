"""Consent is the first thing a case keeps: a page save of its own, before any question."""

from __future__ import annotations

from collections.abc import Mapping

from surveyapp.engine.answers import Value
from surveyapp.fieldwork import interviews
from surveyapp.fieldwork.block_draws import draw_blocks
from surveyapp.fieldwork.case_state import CONSENT_PAGE, CaseState
from surveyapp.instrument.model import Instrument, VariableType
from surveyapp.storage.database import Session


def give_consent(
    session: Session,
    case: CaseState,
    instrument: Instrument,
    language: str,
    *,
    drawn: Mapping[str, Value] | None = None,
) -> CaseState:
    """Note that this person takes part, and which blocks they are asked; giving it again changes nothing.

    Parameters
    ----------
    drawn : blocks that were drawn for this person before (`block_draws.draw_blocks`); absent: they are drawn now
    """
    if CONSENT_PAGE in case.pages:
        return case
    agreed: dict[str, Value] = {
        name: 1 for name, variable in instrument.variables.items() if variable.type is VariableType.CONSENT
    }
    if drawn is None:
        drawn = draw_blocks(session, case.study, case.year, instrument.questionnaire(case.role))
    agreed.update(drawn)
    return interviews.save_page(
        session, case, CONSENT_PAGE, agreed, expected_seq=0, client_key=CONSENT_PAGE, language=language
    ).case
