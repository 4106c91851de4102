"""What becomes of what is unfinished when a wave closes: the rule, as whoever closes reads it before."""

from __future__ import annotations

from surveyapp.fieldwork import retention
from surveyapp.web.languages import translate, translate_plural


def unfinished(change: str) -> tuple[str, ...]:
    """The rule in sentences; none where nothing closes."""
    if change != "close":
        return ()
    return (
        translate("A page that was saved stays; a questionnaire that was not sent counts as broken off."),
        translate_plural(
            "What was typed and never saved counts nowhere, and goes %(n)s day after closing.",
            "What was typed and never saved counts nowhere, and goes %(n)s days after closing.",
            retention.DAYS[retention.DRAFTS],
        ),
        translate("Reminders that wait are not sent any more."),
    )
