"""What the pages promise of time and rights: how long answers and cookies last, and what somebody may ask.

A sentence stands here with the setting that makes it true, as in `privacy`.
"""

from __future__ import annotations

from surveyapp.web.languages import translate as _
from surveyapp.web.respondent import visits
from surveyapp.web.respondent.promises import (
    Facts,
    Promise,
    always,
    anonymous,
    confidential,
    has_closing_day,
    has_period,
    requires_answers,
)


def _period(facts: Facts) -> str:
    wave = facts.instrument.wave
    country = wave.country[facts.language] if wave.country else ""
    return _("We keep the answers until %(year)s, on servers in %(country)s.", year=wave.kept_until, country=country)


HOW_LONG = (
    Promise("period", has_period, _period),
    Promise(
        "cookie_until_closing",
        has_closing_day,
        lambda _facts: _(
            "The cookie of a questionnaire lasts until %(days)s days after its closing day. Once you have sent your "
            "answers it lasts %(hours)s hours more.",
            days=visits.GRACE.days,
            hours=int(visits.DAY.total_seconds()) // 3600,
        ),
    ),
    Promise(
        "cookie_without_closing",
        lambda facts: not has_closing_day(facts),
        lambda _facts: _(
            "The cookie of a questionnaire lasts %(days)s days after your last visit. Once you have sent your answers "
            "it lasts %(hours)s hours more.",
            days=visits.LONGEST.days,
            hours=int(visits.DAY.total_seconds()) // 3600,
        ),
    ),
    Promise(
        "cookie_on_a_shared_computer",
        always,
        lambda _facts: _(
            "Do others use this computer? Say so before you begin: then the cookie goes after %(minutes)s minutes of "
            "quiet, and with the browser.",
            minutes=int(visits.SHARED.total_seconds()) // 60,
        ),
    ),
)
RIGHTS = (
    Promise(
        "voluntary",
        always,
        lambda _facts: _("Taking part is voluntary. You can stop at any time."),
    ),
    Promise(
        "skip_most",
        requires_answers,
        lambda _facts: _("You may skip questions, except the few that decide what follows."),
    ),
    Promise("skip_all", lambda facts: not requires_answers(facts), lambda _facts: _("You may skip any question.")),
    Promise(
        "goes_on",
        lambda facts: anonymous(facts) and has_closing_day(facts),
        lambda _facts: _(
            "You can go on in the same browser until the questionnaire closes. For another device, ask for a code."
        ),
    ),
    Promise(
        "goes_on_for_long",
        lambda facts: anonymous(facts) and not has_closing_day(facts),
        lambda _facts: _(
            "You can go on in the same browser for %(days)s days after your last visit. For another device, ask for a "
            "code.",
            days=visits.LONGEST.days,
        ),
    ),
    Promise(
        "goes_on_by_link",
        confidential,
        lambda _facts: _("Until the questionnaire closes, your personal link takes you back to where you were."),
    ),
    Promise(
        "withdraw",
        always,
        lambda _facts: _(
            "You can have your answers removed: in the browser in which you gave them, or until the questionnaire "
            "closes with your code."
        ),
    ),
    Promise(
        "withdraw_by_mail",
        lambda facts: facts.can_mail and confidential(facts),
        lambda _facts: _("On any other device we first ask by e-mail, at the address that was invited."),
    ),
    Promise(
        "cannot_find",
        anonymous,
        lambda _facts: _("We cannot look your answers up for you: no name or e-mail address stands with them."),
    ),
    Promise(
        "rights",
        confidential,
        lambda _facts: _("While the link exists, you may see your answers and have them changed or deleted."),
    ),
    Promise(
        "complaint",
        always,
        lambda _facts: _("You can complain to the Dutch Data Protection Authority (Autoriteit Persoonsgegevens)."),
    ),
)
