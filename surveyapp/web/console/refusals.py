"""Why something that was sent in was not taken, line by line in the reader's language."""

from __future__ import annotations

from surveyapp.catalogues import told
from surveyapp.errors import ImportRefused, SurveyError
from surveyapp.web.languages import current, translate


def refusal_lines(refused: SurveyError) -> tuple[str, ...]:
    """The refusal, and each fault of what was sent in."""
    faults = refused.faults if isinstance(refused, ImportRefused) else ()
    lines = [told(refused, current())]
    for fault in faults:
        said = fault.message if fault.said is None else told(fault.said, current(), "checks")
        lines.append(f"{translate('Row')} {fault.row}: {said}" if fault.row else said)
    return tuple(line for line in lines if line)
