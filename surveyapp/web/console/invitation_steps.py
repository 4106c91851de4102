"""The steps in which a round is made: its texts, who gets it, when it goes, and the last look."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import request

from surveyapp.errors import NotFound
from surveyapp.fieldwork import invitation_rounds, invitation_texts
from surveyapp.fieldwork.invitation_rounds import Round
from surveyapp.fieldwork.participation import Participation
from surveyapp.fieldwork.personal_links import CONFIDENTIAL
from surveyapp.fieldwork.recipients import PAGE, REMINDER, Rule, recipients, sample
from surveyapp.jobs.invitation_mail import RoundMessage, message, previewed, written
from surveyapp.jobs.mail import Sender
from surveyapp.jobs.post import files_office, sender_of
from surveyapp.storage import contacts, samples
from surveyapp.storage.database import Session
from surveyapp.web.console.choices import Select
from surveyapp.web.console.frame import WaveFrame, language_name, value_name
from surveyapp.web.console.invitation_forms import CHOICES
from surveyapp.web.console.invitation_words import progress_names, round_name, who_gets
from surveyapp.web.console.sample_words import masked, shown
from surveyapp.web.languages import current, translate
from surveyapp.web.sessions import services

PEOPLE = 3
"""Real contacts a text is looked at with, in each language."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step, and where it is taken."""

    name: str
    address: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class StepFrame:
    """What every step shows around its form."""

    round: Round
    name: str
    steps: tuple[Step, ...]
    languages: tuple[tuple[str, str], ...]
    subjects: Mapping[str, str]  # by language, filled in for somebody without a name
    drop: str


def step_frame(session: Session, wave: WaveFrame, number: int) -> StepFrame:
    """The frame of a step of a draft.

    Raises
    ------
    NotFound     there is no such round
    """
    one = invitation_rounds.round_of(session, wave.study, wave.year, number)
    named = {
        "text": translate("Text"),
        "preview": translate("Preview"),
        "recipients": translate("Recipients"),
        "when": translate("When"),
        "confirm": translate("Send"),
    }
    here = (request.endpoint or "").removeprefix("console.invitations_")
    steps = tuple(
        Step(name, wave.address(f"console.invitations_{step}", number=number), step == here)
        for step, name in named.items()
    )
    spoken = tuple((language, language_name(language)) for language in one.texts)
    drop = wave.address("console.invitations_act", number=number, step="drop")
    subjects = {
        language: invitation_texts.filled(
            said.subject, invitation_texts.values_of(wave.instrument, language, None, link="", opt_out="")
        )
        for language, said in one.texts.items()
    }
    return StepFrame(one, round_name(one), steps, spoken, subjects, drop)


# -------------------------------------------------------------------------------------------------------- recipients
@dataclass(frozen=True, slots=True)
class SampleLine:
    """One of those who would get a round, the address masked."""

    who: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RecipientsPage:
    """Who would get a round as it is chosen now."""

    who_gets: str
    is_known: bool  # who finished can be told apart
    alone: str  # the one contact it is for, masked
    selects: tuple[Select, ...]
    rule: Rule
    count: int
    heads: tuple[str, ...]
    lines: tuple[SampleLine, ...]
    part: str


def asked_rule(one: Round) -> Rule:
    """What this request's address chooses; the round's own rule where it chooses nothing at all."""
    if not any(name in request.args for name in CHOICES):
        return one.rule
    return Rule(**{name: request.args.get(name, "").strip() for name in CHOICES}, contact=one.rule.contact)


def recipients_page(session: Session, wave: WaveFrame, one: Round, rule: Rule) -> RecipientsPage:
    """The page of who gets a round."""
    selects = _selects(session, wave, one)
    options = {select.name: dict(select.options) for select in selects}
    chosen = {name: getattr(rule, name) if getattr(rule, name) in options.get(name, {}) else "" for name in CHOICES}
    rule = Rule(**chosen, contact=rule.contact)
    people = recipients(session, wave.info, wave.instrument, one.kind, rule, one.number)
    known = {row.contact_id: row for row in contacts.listed(session, wave.study, wave.year)} if people else {}
    alone = ""
    if rule.contact:
        found = next(
            (row for row in contacts.listed(session, wave.study, wave.year) if str(row.contact_id) == rule.contact),
            None,
        )
        alone = masked(found.email) if found is not None else translate("no longer a contact")
    return RecipientsPage(
        who_gets(one.kind),
        wave.info.mode == CONFIDENTIAL,
        alone,
        tuple(Select(one.name, one.label, one.options, chosen[one.name]) for one in selects),
        rule,
        len(people),
        (translate("Address"), translate("Role"), translate("Segment"), translate("Language"), translate("Progress")),
        tuple(_line(wave, who, known[who.contact_id].email) for who in sample(people) if who.contact_id in known),
        wave.address("console.invitations_recipients", number=one.number),
    )


def _selects(session: Session, wave: WaveFrame, one: Round) -> list[Select]:
    everyone = ("", translate("all"))
    roles = [(role, value_name(wave.instrument, "role", role)) for role in wave.instrument.questionnaires]
    segments = [(held, held) for held in samples.values(session, wave.study, wave.year, "segment")]
    spoken = [(language, language_name(language)) for language in one.texts]
    found = []
    if one.kind == REMINDER and wave.info.mode == CONFIDENTIAL:
        far = [*progress_names().items(), *_pages(wave)]
        found.append(Select("progress", translate("How far they are"), tuple(far), ""))
    found.append(Select("role", translate("Role"), (everyone, *roles), ""))
    if segments:
        found.append(Select("segment", translate("Segment"), (everyone, *segments), ""))
    found.append(Select("language", translate("Language"), (everyone, *spoken), ""))
    return found


def _pages(wave: WaveFrame) -> list[tuple[str, str]]:
    """The pages of all roles in their order, each once."""
    found: dict[str, str] = {}
    for asked in wave.instrument.questionnaires.values():
        for page in asked.pages:
            found.setdefault(page.id, page.title[current()])
    return [
        (f"{PAGE}{page}", translate("saved “%(page)s” or a later page", page=title)) for page, title in found.items()
    ]


def _line(wave: WaveFrame, who: Participation, email: str) -> SampleLine:
    far = {
        "not_known": "–",
        "not_started": translate("did not open the link"),
        "opened": translate("opened the link"),
        "begun": translate("began"),
        "partial": translate("began"),
        "complete": translate("finished"),
    }
    cells = (shown(wave, "role", who.role), who.segment or "–", language_name(who.language), far.get(who.state, "–"))
    return SampleLine(masked(email), cells)


# ----------------------------------------------------------------------------------------------------------- preview
@dataclass(frozen=True, slots=True)
class PreviewPage:
    """A message as it goes to one person, but for what is their secret."""

    language: str
    languages: tuple[tuple[str, str, str], ...]  # language, its name, its address
    people: tuple[tuple[str, str, bool], ...]  # what they are called, the address, whether it is this one
    headers: tuple[tuple[str, str], ...]
    subject_length: int
    text: str
    size: int
    html: str
    file: str
    notices: tuple[str, ...]


def sender() -> Sender:
    """Who the product writes as, also where no mail can be sent."""
    return sender_of(services().settings)


def preview_of(session: Session, wave: WaveFrame, one: Round) -> tuple[str, int, RoundMessage]:
    """The language, the person and the message that this request's address asks for.

    Raises
    ------
    NotFound     the round is not written in this language, or there is no such person
    """
    language = request.args.get("language") or next(iter(one.texts))
    if language not in one.texts:
        raise NotFound("This mailing is not written in %(language)s.", language=language[:20])
    people = _people(session, wave, one, language)
    asked = request.args.get("person", "0")
    if asked not in map(str, range(max(1, len(people)))):
        raise NotFound("There is no such contact any more.")
    at = int(asked)
    email, name = people[at] if people else ("name@example.org", None)
    said = previewed(
        wave.instrument,
        wave.info.mode,
        one.texts[language],
        language,
        email,
        name,
        services().settings.base_url,
        is_made_up=services().made_up.holds(wave.study, wave.year),
    )
    return language, at, said


def _people(session: Session, wave: WaveFrame, one: Round, language: str) -> list[tuple[str, str | None]]:
    """Some contacts who read this language: those with the shortest and the longest name, and one without."""
    rows = [row for row in contacts.listed(session, wave.study, wave.year) if row.language == language]
    named = sorted((row for row in rows if row.name), key=lambda row: len(row.name))
    nameless = [row for row in rows if not row.name]
    picked = [*named[:1], *named[1:][-1:], *nameless[:1]][:PEOPLE]
    return [(row.email, row.name) for row in picked]


def preview_page(session: Session, wave: WaveFrame, one: Round) -> PreviewPage:
    """The page of the preview."""
    language, at, said = preview_of(session, wave, one)
    made = message(said, sender())
    subject, text, _ = written(said)
    here = {"number": one.number}

    def to(endpoint: str, **asked: Any) -> str:
        return wave.address(f"console.invitations_{endpoint}", **here, **asked)

    people = _people(session, wave, one, language)
    called = [name or translate("somebody without a name") for _, name in people]
    return PreviewPage(
        language,
        tuple((code, language_name(code), to("preview", language=code)) for code in one.texts),
        tuple((name, to("preview", language=language, person=n), n == at) for n, name in enumerate(called)),
        (
            (translate("Sender"), f"{said.instrument.study.organisation.name} <{sender().address}>"),
            (translate("To"), masked(said.to)),
            (translate("Answers go to"), said.instrument.study.organisation.email),
            (translate("Subject"), subject),
        ),
        len(subject),
        text,
        len(made.as_bytes()),
        to("html", language=language, person=at),
        to("file", language=language, person=at),
        tuple(_notices(session, wave, one, language)),
    )


def _notices(session: Session, wave: WaveFrame, one: Round, language: str) -> Sequence[str]:
    rows = [row for row in contacts.listed(session, wave.study, wave.year) if row.language == language]
    found = []
    if not rows:
        found.append(translate("No contact reads this language; the preview shows somebody without a name."))
    text = one.texts[language]
    if "name" in invitation_texts.blanks(text.subject + text.text):
        nameless = sum(not row.name for row in rows)
        if nameless:
            found.append(
                translate(
                    "Without a name in the list: %(count)s of %(all)s. They are greeted as “%(words)s”.",
                    count=nameless,
                    all=len(rows),
                    words=invitation_texts.greeted(language),
                )
            )
    long = _long_subjects(wave, text.subject, language, rows)
    if long:
        found.append(
            translate(
                "The subject is longer than %(most)s characters for some: %(count)s.",
                count=long,
                most=invitation_texts.LONGEST_SUBJECT,
            )
        )
    return found


def _long_subjects(wave: WaveFrame, subject: str, language: str, rows: Sequence[Any]) -> int:
    def length(name: str | None) -> int:
        values: Mapping[str, str] = invitation_texts.values_of(wave.instrument, language, name, link="", opt_out="")
        return len(invitation_texts.filled(subject, values))

    return sum(length(row.name) > invitation_texts.LONGEST_SUBJECT for row in rows)


# -------------------------------------------------------------------------------------------------------------- send
def send_test(wave: WaveFrame, one: Round, language: str, to: str) -> None:
    """Send a message of a round to a member of the team, with links that lead nowhere.

    Raises
    ------
    MailNotSent     the mail server did not take it
    """
    post = services().post or files_office(services().settings)
    assert post is not None  # without a mail server there are files
    is_made_up = services().made_up.holds(wave.study, wave.year)
    said = previewed(
        wave.instrument, wave.info.mode, one.texts[language], language, to, None, post.base_url, is_made_up=is_made_up
    )
    post.send_made_now(message(replace(said, key=uuid.uuid4().hex), post.sender))
