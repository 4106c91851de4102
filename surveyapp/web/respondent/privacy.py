"""What the pages promise. A sentence stands here with the setting that makes it true, and is shown only then.

`tests/web/respondent/test_privacy.py` holds sentence and setting together.
"""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256

from surveyapp.fieldwork import clearing
from surveyapp.fieldwork.link_cutting import cut_day
from surveyapp.instrument.model import Instrument
from surveyapp.storage import throttle
from surveyapp.web import languages
from surveyapp.web.languages import translate as _
from surveyapp.web.rendering import day
from surveyapp.web.respondent.privacy_rights import HOW_LONG, RIGHTS
from surveyapp.web.respondent.promises import (
    Facts,
    Paragraph,
    Promise,
    always,
    anonymous,
    confidential,
    is_explained,
    takes_addresses,
)
from surveyapp.web.sessions import services


def _link_cut(facts: Facts) -> str:
    after = _("After that we can no longer find your answers by that address, nor change or delete them.")
    if facts.cut_on is None:
        promised = _(
            "We remove the connection with your e-mail address within %(days)s days after closing.",
            days=facts.instrument.wave.link_days,
        )
    else:
        promised = _(
            "We remove the connection with your e-mail address on %(day)s at the latest.", day=day(facts.cut_on)
        )
    return f"{promised} {after}"


WHO = (
    Promise(
        "who",
        always,
        lambda facts: _(
            "This study is run by %(name)s, %(address)s.",
            name=facts.instrument.study.organisation.name,
            address=facts.instrument.study.organisation.address,
        ),
    ),
    Promise("payer", always, lambda facts: facts.instrument.study.organisation.payer[facts.language]),
    Promise(
        "contact",
        always,
        lambda facts: _(
            "Do you have a question? Ask %(contact)s: %(email)s, %(telephone)s.",
            contact=facts.instrument.study.organisation.contact,
            email=facts.instrument.study.organisation.email,
            telephone=facts.instrument.study.organisation.telephone.replace(" ", "\u00a0"),  # on one line
        ),
    ),
)
WHY = (
    Promise("subject", is_explained, lambda facts: facts.instrument.study.explained(facts.language)),
    Promise(
        "purpose",
        always,
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
        "recognisable",
        always,
        lambda _facts: _(
            "Taken together, your answers can be true of you alone, also without a name. So only the research team "
            "sees them person by person."
        ),
    ),
    Promise("parties", always, lambda _facts: _("The people and organisations you work with do not see your answers.")),
)
WHAT = (
    Promise(
        "stored",
        confidential,
        lambda _facts: _(
            "We store your role, your answers, the day and the time spent per page. We also store the kind of device: "
            "phone, tablet or computer. And we note by which link you came, for example that of a newsletter."
        ),
    ),
    Promise(
        "stored_anonymous",
        anonymous,
        lambda _facts: _(
            "We store your role, your answers and the time spent per page. We also store the kind of device: phone, "
            "tablet or computer. And we note by which link you came, for example that of a newsletter."
        ),
    ),
    Promise(
        "steps",
        always,
        lambda _facts: _(
            "Per page we also keep the language, the order of what you saw and which earlier answers you changed. "
            "We note too whether we asked about a skipped question. And we count how often you switch language."
        ),
    ),
    Promise(
        "looked_at",
        always,
        lambda _facts: _(
            "Where answers look careless, or as a program gives them, researchers take a look and may leave them out "
            "of the figures. For that we note whether a field was filled in that people do not see."
        ),
    ),
    Promise(
        "browser_mark",
        always,
        lambda _facts: _(
            "With each page we note a random mark of your browser. So no other device shows your answers without your "
            "code."
        ),
    ),
    Promise(
        "drafts",
        always,
        lambda _facts: _(
            "What you type is kept as a draft, so that nothing is lost. It goes once you save the page, send your "
            "answers or have them removed."
        ),
    ),
    Promise(
        "why_stopped",
        lambda facts: facts.instrument.wave.asks_why_stopped,
        lambda _facts: _(
            "If you save to go on later, you may say why. We keep that with your answers, until you send them or have "
            "them removed."
        ),
    ),
    Promise(
        "not_stored",
        anonymous,
        lambda _facts: _(
            "With your answers we store no name, e-mail address, IP address, day or time. How many people take part on "
            "a day is only counted."
        ),
    ),
    Promise(
        "personal_link",
        confidential,
        lambda _facts: _(
            "Your link is personal. It shows us who has followed it, who has declined and who has taken part, so that "
            "you get no needless reminder. We keep it apart from your answers."
        ),
    ),
    Promise("link_cut", confidential, lambda facts: _link_cut(facts)),
    Promise(
        "network",
        always,
        lambda _facts: _(
            "To stop the guessing of codes and links, we count attempts per network, and to notice programs how many "
            "questionnaires are sent. For that we keep a code made from the IP address, apart from your answers, and "
            "delete it after %(hours)s hours.",
            hours=int(throttle.KEPT.total_seconds()) // 3600,
        ),
    ),
    Promise(
        "apart",
        takes_addresses,
        lambda _facts: _(
            "Would you like the report or an invitation? You leave your e-mail address in a separate form. "
            "We do not link it to your answers."
        ),
    ),
    Promise(
        "apart_kept",
        takes_addresses,
        lambda facts: _(
            "We delete that address %(days)s days after the questionnaire has closed, or earlier if you ask %(email)s.",
            days=clearing.KEPT.days,
            email=facts.instrument.study.organisation.email,
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
        lambda facts: facts.can_mail and confidential(facts),
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
        always,
        lambda _facts: _(
            "There is no tracking. The site uses one cookie for its forms, and one for each questionnaire you open. "
            "Both are needed to find your questionnaire again."
        ),
    ),
    Promise(
        "this_tab",
        always,
        lambda _facts: _("Where scripts run, what you type also stands in this tab until it is saved."),
    ),
)
AGREED = "I will take part and have read how my answers are used."
"""The tick."""
BEFORE_CONSENT = frozenset(
    {
        "who", "contact", "subject", "purpose", "groups", "recognisable", "parties", "stored", "stored_anonymous",
        "not_stored",
        "personal_link", "link_cut", "network", "period", "voluntary", "skip_most", "skip_all", "goes_on",
        "goes_on_for_long", "goes_on_by_link", "withdraw", "cannot_find", "rights",
    }
)  # fmt: skip
"""What somebody must know to agree; the rest stands one link further, on the privacy page."""


def version(instrument: Instrument, mode: str, first_closing: datetime | None = None) -> str:
    """Eight signs for what is agreed to: others as soon as a sentence or a setting it states is another one.

    Every language of the study goes into it, so that one text has one version however it is read.
    """
    spoken, said = languages.current(), sha256()
    for language in instrument.languages:
        languages.use(language)
        for paragraph in paragraphs(instrument, mode, first_closing):
            said.update("\n".join((language, paragraph.heading, *paragraph.sentences, "")).encode())
        said.update(f"{_(AGREED)}\n".encode())
    languages.use(spoken)
    return said.hexdigest()[:8]


def paragraphs(
    instrument: Instrument, mode: str, first_closing: datetime | None = None, *, in_brief: bool = False
) -> tuple[Paragraph, ...]:
    """Five short headed paragraphs, only what is true of this wave; in brief for the page that asks for consent.

    Parameters
    ----------
    first_closing : `link_cutting.first_closing` of the wave
    """
    cut_on = cut_day(instrument.wave.closes, first_closing, instrument.wave.link_days)
    facts = Facts(instrument, mode, services().post is not None, cut_on)

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
