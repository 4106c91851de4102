"""People who reached the steps before a case exists, for figures."""

from __future__ import annotations

from collections.abc import Sequence

from surveyapp.fieldwork.case_lines import CaseChoice
from surveyapp.fieldwork.figures import Arrivals
from surveyapp.storage import arrivals as stored_arrivals
from surveyapp.storage.database import Session


def arrivals_by_role(
    session: Session, study: str, year: int, choice: CaseChoice, roles: Sequence[str], *, is_test: bool = False
) -> dict[str, Arrivals | None]:
    """People before consent, limited to a choice: of each role, and under "" of all.

    None where the choice speaks of what is only known of cases.
    """
    shown = [role for role in roles if choice.role in (None, role)]
    if set(choice.parts()) - {"role", "language", "source"}:
        return dict.fromkeys(("", *shown))
    counts: dict[str, dict[str, int]] = {role: {} for role in ("", *shown)}
    for role, event, times in stored_arrivals.by_role(session, study, year, choice.parts(), is_test=is_test):
        for key in {"", role} & counts.keys():
            counts[key][event] = counts[key].get(event, 0) + times
    return {role: Arrivals(**found) for role, found in counts.items()}
