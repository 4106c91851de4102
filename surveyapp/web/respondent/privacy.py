"""What the pages promise. A sentence stands here with the setting that makes it true, and is shown only then.

`tests/web/respondent/test_privacy.py` holds sentence and setting together.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from surveyapp.fieldwork.link_cutting import LINK_DAYS, cut_day
from surveyapp.fieldwork.personal_links import CONFIDENTIAL
from surveyapp.instrument.model import Instrument
from surveyapp.storage import throttle
from surveyapp.web import languages
from surveyapp.web.languages import translate as _
from surveyapp.web.rendering import day
from surveyapp.web.sessions import services

ANONYMOUS = "anonymous"


@dataclass(frozen=True, slots=True)
class Facts:
    """The settings of a wave that promises rest on."""

    instrument: Instrument
    mode: str
    can_mail: bool = False
    cut_on: date | None = None  # the day on which the link of a confidential wave must be gone, once it is known

    @property
    def language(self) -> str:
        """The language of the request."""
        return languages.current()


@dataclass(frozen=True, slots=True)
class Promise:
    """One sentence: when it is true, and how it is worded."""

    key: str
    is_true: Callable[[Facts], bool]
    words: Callable[[Facts], str]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A headed paragraph of promises."""

    heading: str
    sentences: tuple[str, ...]


def _always(_facts: Facts) -> bool:
    return True


def _anonymous(facts: Facts) -> bool:
    return facts.mode == ANONYMOUS


def _confidential(facts: Facts) -> bool:
    return facts.mode == CONFIDENTIAL


def _has_period(facts: Facts) -> bool:
    return facts.instrument.wave.kept_until is not None and facts.instrument.wave.country is not None


def _requires_answers(facts: Facts) -> bool:
    """Whether anybody meets a question that cannot be skipped."""
    asked = facts.instrument.questionnaires.values()
    return any(question.is_required for each in asked for question in each.questions.values())


def _takes_addresses(facts: Facts) -> bool:
    return facts.can_mail or any(variable.is_stored_apart for variable in facts.instrument.variables.values())


def _period(facts: Facts) -> str:
    wave = facts.instrument.wave
    country = wave.country[facts.language] if wave.country else ""
    return _("We keep the answers until %(year)s, on servers in %(country)s.", year=wave.kept_until, country=country)


def _link_cut(facts: Facts) -> str:
    after = _("After that we can no longer look up, change or delete your answers.")
    if facts.cut_on is None:
        promised = _(
            "We remove the connection with your e-mail address within %(days)s days after closing.", days=LINK_DAYS
        )
    else:
        promised = _(
            "We remove the connection with your e-mail address on %(day)s at the latest.", day=day(facts.cut_on)
        )
    return f"{promised} {after}"


WHO = (
    Promise(
        "who",
        _always,
        lambda facts: _(
            "This study is run by %(name)s, %(address)s.",
            name=facts.instrument.study.organisation.name,
            address=facts.instrument.study.organisation.address,
        ),
    ),
    Promise("payer", _always, lambda facts: facts.instrument.study.organisation.payer[facts.language]),
    Promise(
        "contact",
        _always,
        lambda facts: _(
            "Do you have a question? Ask %(contact)s: %(email)s, %(telephone)s.",
            contact=facts.instrument.study.organisation.contact,
            email=facts.instrument.study.organisation.email,
            telephone=facts.instrument.study.organisation.telephone.replace(" ", "\u00a0"),  # on one line
        ),
    ),
)
WHY = (
    Promise(
        "purpose",
        _always,
        lambda _facts: _("We use your answers for research only. Nobody will contact you to sell something."),
    ),
    Promise(
        "groups",
        lambda facts: facts.instrument.study.threshold >= 5,
        lambda facts: _(
            "You will not be recognisable in the results: groups of fewer than %(k)s people are not shown.",
            k=facts.instrument.study.threshold,
        ),
    ),
    Promise(
        "parties", _always, lambda _facts: _("The people and organisations you work with do not see your answers.")
    ),
)
WHAT = (
    Promise(
        "stored",
        _confidential,
        lambda _facts: _(
            "We store your role, your answers, the day and the time spent per page. We also store the kind of device: "
            "phone, tablet or computer. And we note by which link you came, for example that of a newsletter."
        ),
    ),
    Promise(
        "stored_anonymous",
        _anonymous,
        lambda _facts: _(
            "We store your role, your answers and the time spent per page. We also store the kind of device: phone, "
            "tablet or computer. And we note by which link you came, for example that of a newsletter."
        ),
    ),
    Promise(
        "steps",
        _always,
        lambda _facts: _(
            "Per page we also keep the language and which earlier answers you changed. We note too whether we asked "
            "about a skipped question. And we count how often you switch language."
        ),
    ),
    Promise(
        "not_stored",
        _anonymous,
        lambda _facts: _(
            "With your answers we store no name, e-mail address, IP address, day or time. How many people take part on "
            "a day is only counted."
        ),
    ),
    Promise(
        "personal_link",
        _confidential,
        lambda _facts: _(
            "Your link is personal. It shows us who has taken part, so that you get no needless reminder. "
            "We keep it apart from your answers."
        ),
    ),
    Promise("link_cut", _confidential, lambda facts: _link_cut(facts)),
    Promise(
        "network",
        _always,
        lambda _facts: _(
            "To stop the guessing of codes and links, we count attempts per network. For that we keep a code made from "
            "the IP address, apart from your answers, and delete it after %(hours)s hours.",
            hours=int(throttle.KEPT.total_seconds()) // 3600,
        ),
    ),
    Promise(
        "apart",
        _takes_addresses,
        lambda _facts: _(
            "Would you like the report or an invitation? You leave your e-mail address in a separate form. "
            "We do not link it to your answers."
        ),
    ),
    Promise(
        "code_by_mail",
        lambda facts: facts.can_mail,
        lambda _facts: _(
            "You can have the code to continue with sent by e-mail. We use that address once and do not store it."
        ),
    ),
    Promise(
        "link_by_mail",
        lambda facts: facts.can_mail and _confidential(facts),
        lambda _facts: _(
            "If you ask for your link again, we look your address up in the list of invitations. What you typed is "
            "deleted once the e-mail has gone."
        ),
    ),
    Promise(
        "opening_by_mail",
        lambda facts: facts.can_mail,
        lambda _facts: _(
            "An address left to hear when a questionnaire opens is deleted once that e-mail has gone, and after a year "
            "at the latest."
        ),
    ),
    Promise(
        "cookie",
        _always,
        lambda _facts: _(
            "There is no tracking. The site uses one cookie, which is needed to find your questionnaire again."
        ),
    ),
)
HOW_LONG = (Promise("period", _has_period, _period),)
RIGHTS = (
    Promise(
        "voluntary",
        _always,
        lambda _facts: _("Taking part is voluntary. You can stop at any time."),
    ),
    Promise(
        "skip_most",
        _requires_answers,
        lambda _facts: _("You may skip questions, except the few that decide what follows."),
    ),
    Promise("skip_all", lambda facts: not _requires_answers(facts), lambda _facts: _("You may skip any question.")),
    Promise(
        "goes_on",
        _anonymous,
        lambda _facts: _(
            "You can go on in the same browser until a day later. For later, or for another device, ask for a code."
        ),
    ),
    Promise(
        "goes_on_by_link",
        _confidential,
        lambda _facts: _("Your personal link always takes you back to where you were."),
    ),
    Promise(
        "withdraw",
        _always,
        lambda _facts: _(
            "You can have your answers removed: in the browser where the questionnaire is open, or with your code."
        ),
    ),
    Promise(
        "cannot_find",
        _anonymous,
        lambda _facts: _(
            "Without that browser or code we cannot find your answers: they carry no name or e-mail address."
        ),
    ),
    Promise(
        "rights",
        _confidential,
        lambda _facts: _("While the link exists, you may see your answers and have them changed or deleted."),
    ),
    Promise(
        "complaint",
        _always,
        lambda _facts: _("You can complain to the Dutch Data Protection Authority (Autoriteit Persoonsgegevens)."),
    ),
)


BEFORE_CONSENT = frozenset(
    {
        "who", "contact", "purpose", "groups", "parties", "stored", "not_stored", "personal_link", "link_cut", "period",
        "voluntary", "skip_most", "skip_all", "goes_on", "goes_on_by_link", "withdraw", "cannot_find", "rights",
    }
)  # fmt: skip
"""What somebody must know to agree; the rest stands one link further, on the privacy page."""


def paragraphs(
    instrument: Instrument, mode: str, first_closing: datetime | None = None, *, in_brief: bool = False
) -> tuple[Paragraph, ...]:
    """Five short headed paragraphs, only what is true of this wave; in brief for the page that asks for consent.

    Parameters
    ----------
    first_closing : `link_cutting.first_closing` of the wave
    """
    facts = Facts(instrument, mode, services().post is not None, cut_day(instrument.wave.closes, first_closing))

    def said(promises: tuple[Promise, ...]) -> tuple[str, ...]:
        return tuple(
            promise.words(facts)
            for promise in promises
            if promise.is_true(facts) and (not in_brief or promise.key in BEFORE_CONSENT)
        )

    found = (
        Paragraph(_("Who we are"), said(WHO)),
        Paragraph(_("What your answers are for"), said(WHY)),
        Paragraph(_("What we store"), said(WHAT)),
        Paragraph(_("How long"), said(HOW_LONG)),
        Paragraph(_("Your rights"), said(RIGHTS)),
    )
    return tuple(paragraph for paragraph in found if paragraph.sentences)
