"""Days and months that the pages name: none is promised that is past."""

from __future__ import annotations

from surveyapp import clock
from surveyapp.instrument.model import Wave
from surveyapp.web import languages
from surveyapp.web.languages import translate as _


def report_words(wave: Wave, *, is_over: bool = False) -> str:
    """One sentence on the report, in the language of the request; empty where no month is known.

    Parameters
    ----------
    is_over : the wave takes no answers any more. Without ``report_on`` nobody can tell then whether the month is past
    """
    if wave.report_month is None:
        return ""
    month = wave.report_month[languages.current()]
    if wave.report_on is not None and clock.today().strftime("%Y-%m") > wave.report_on:
        return _("The report came out in %(month)s.", month=month)
    if wave.report_on is None and is_over:
        return _("The report: %(month)s.", month=month)
    return _("The report comes out in %(month)s.", month=month)


def is_ahead(day: str) -> bool:
    """Whether a day (ISO) is not over yet: a wave that was opened again after its closing day promises no day."""
    return day >= clock.today().isoformat()
