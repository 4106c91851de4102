"""People who reached the steps before a case exists, for figures."""

from __future__ import annotations

from surveyapp.fieldwork.case_lines import CaseChoice
from surveyapp.fieldwork.figures import Arrivals
from surveyapp.storage import arrivals as stored_arrivals
from surveyapp.storage.database import Session


def arrivals(session: Session, study: str, year: int, choice: CaseChoice, *, is_test: bool = False) -> Arrivals | None:
    """People before consent, limited to a choice; None when the choice speaks of what is only known of cases."""
    if set(choice.parts()) - {"role", "language", "source"}:
        return None
    return Arrivals(**stored_arrivals.counts(session, study, year, choice.parts(), is_test=is_test))
