"""The texts of a round: one per language, with placeholders that are filled in for each person.

A text is plain: paragraphs with an empty line between. Its HTML part is made of the same words, so the two never
differ. Names of placeholders are the same in every language, and what stands in one language's text must stand in the
other's: who reads English must not miss the date that the Dutch text gives.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from babel.dates import format_date

from surveyapp.catalogues import LANGUAGES, LOCALES
from surveyapp.errors import TextRefused
from surveyapp.instrument.model import Instrument
from surveyapp.instrument.near import nearest

PLACEHOLDERS = ("name", "link", "study", "until", "opt_out", "sender", "contact", "email", "telephone")
SECRET = ("link", "opt_out")
"""Addresses that are one person's: never in a subject, which many eyes see."""
LONGEST_SUBJECT = 78
"""Signs a subject may have once it is filled in; most mail programs show fewer."""
LONGEST_TEXT = 8_000
TEXTS = Path(__file__).parents[1] / "templates" / "email" / "rounds"
_BLANK = re.compile(r"\{([^{}\s]*)\}")
_UNTIL = re.compile(r" ?[^.\n]*\{until\}[^.\n]*\.")
"""A sentence that gives the closing date; a wave that has none leaves it out."""
_NOBODY = {"nl": "heer of mevrouw", "en": "Sir or Madam"}
"""Who is greeted where the list gives no name."""


@dataclass(frozen=True, slots=True)
class RoundText:
    """What a round says in one language."""

    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class TextFault:
    """What is wrong with a text, and where: ``subject`` or ``text``, in which language."""

    field: str
    language: str
    message: TextRefused


def languages_of(instrument: Instrument) -> tuple[str, ...]:
    """The languages a round is written in: those of the study that the product speaks, the source language first."""
    return tuple(one for one in instrument.languages if one in LANGUAGES)


def text_file(kind: str, nth: int) -> str:
    """The name of the file a round's text begins from; the third reminder and those after it have one."""
    return f"reminder-{min(nth, 3)}" if kind == "reminder" else kind


def default_texts(instrument: Instrument, kind: str, nth: int, instruments: Path | None) -> dict[str, RoundText]:
    """The texts a round begins from: those in the study's folder (``mail/<kind>.<language>.txt``), else the product's.

    Parameters
    ----------
    instruments : the folder with one folder per study; absent: only the product's own
    """
    name = text_file(kind, nth)
    found = {}
    for language in languages_of(instrument):
        own = instruments / instrument.study.id / "mail" / f"{name}.{language}.txt" if instruments else None
        path = own if own is not None and own.is_file() else TEXTS / f"{name}.{language}.txt"
        one = read_text(path.read_text(encoding="utf-8-sig"))
        found[language] = one if instrument.wave.closes else RoundText(one.subject, _UNTIL.sub("", one.text).strip())
    return found


def read_text(content: str) -> RoundText:
    """The subject on the first line, the text below it."""
    subject, _, text = content.replace("\r\n", "\n").strip().partition("\n")
    return RoundText(subject.strip(), text.strip())


def stored(texts: Mapping[str, RoundText]) -> dict[str, dict[str, str]]:
    """The texts as a round keeps them."""
    return {language: {"subject": one.subject, "text": one.text} for language, one in texts.items()}


def kept(texts: Mapping[str, Mapping[str, str]]) -> dict[str, RoundText]:
    """The texts of a round as it kept them."""
    return {language: RoundText(one["subject"], one["text"]) for language, one in texts.items()}


def blanks(text: str) -> tuple[str, ...]:
    """The names between braces, each once, in the order they stand in."""
    return tuple(dict.fromkeys(_BLANK.findall(text)))


def needed(kind: str) -> tuple[str, ...]:
    """What each text of a round must give: who is thanked has no use for the link."""
    return ("opt_out",) if kind == "thanks" else ("link", "opt_out")


def text_faults(kind: str, texts: Mapping[str, RoundText], instrument: Instrument) -> tuple[TextFault, ...]:
    """What keeps these texts from being saved; nothing where they can be."""
    return tuple(_faults(kind, texts, instrument))


def _faults(kind: str, texts: Mapping[str, RoundText], instrument: Instrument) -> Iterator[TextFault]:
    for language, one in texts.items():
        for field, said in (("subject", one.subject), ("text", one.text)):
            yield from (TextFault(field, language, fault) for fault in _own_faults(field, language, said, instrument))
        for name in needed(kind):
            if name not in blanks(one.text):
                missing = TextRefused(
                    "The placeholder %(blank)s is missing; the message cannot go without it.", blank=_b(name)
                )
                yield TextFault("text", language, missing)
        for other, theirs in texts.items():
            for field, here, there in (("subject", one.subject, theirs.subject), ("text", one.text, theirs.text)):
                told = set(needed(kind)) if field == "text" else set()
                lacking = [one for one in blanks(there) if one in PLACEHOLDERS and one not in {*blanks(here), *told}]
                if lacking:
                    message = TextRefused(
                        "What is missing here and stands in %(other)s: %(blanks)s.",
                        blanks=", ".join(map(_b, lacking)),
                        other=_LANGUAGE[other],
                    )
                    yield TextFault(field, language, message)


_LANGUAGE: Mapping[str, Mapping[str, str]] = {
    "nl": {"nl": "het Nederlands", "en": "Dutch"},
    "en": {"nl": "het Engels", "en": "English"},
}


def _b(name: str) -> str:
    return f"{{{name}}}"


def _own_faults(field: str, language: str, said: str, instrument: Instrument) -> Iterator[TextRefused]:
    if not said:
        yield TextRefused("Write a subject.") if field == "subject" else TextRefused("Write a text.")
    if field == "text" and len(said) > LONGEST_TEXT:
        yield TextRefused("The text is longer than %(most)s characters.", most=LONGEST_TEXT)
    if field == "subject" and set(blanks(said)) <= set(PLACEHOLDERS):
        values = values_of(instrument, language, None, link="", opt_out="")
        length = len(filled(said, values))
        if length > LONGEST_SUBJECT:
            yield TextRefused(
                "Once it is filled in the subject is too long: %(count)s, where %(most)s fit.",
                count=length,
                most=LONGEST_SUBJECT,
            )
    for name in blanks(said):
        if name not in PLACEHOLDERS:
            near = nearest(name, PLACEHOLDERS)
            known = ", ".join(map(_b, (near,) if near else PLACEHOLDERS))
            yield TextRefused("There is no placeholder %(blank)s; use %(known)s.", blank=_b(name), known=known)
        elif field == "subject" and name in SECRET:
            yield TextRefused("%(blank)s cannot stand in a subject: it is one person’s alone.", blank=_b(name))
        elif name == "until" and instrument.wave.closes is None:
            yield TextRefused("%(blank)s cannot be filled in: this wave has no closing date.", blank=_b(name))


def values_of(instrument: Instrument, language: str, name: str | None, *, link: str, opt_out: str) -> dict[str, str]:
    """What stands in the blanks, for one person."""
    organisation, closes = instrument.study.organisation, instrument.wave.closes
    until = format_date(date.fromisoformat(closes), "long", locale=LOCALES[language]) if closes else ""
    return {
        "name": name or _NOBODY[language],
        "link": link,
        "study": instrument.wave.title[language],
        "until": until,
        "opt_out": opt_out,
        "sender": organisation.name,
        "contact": organisation.contact,
        "email": organisation.email,
        "telephone": organisation.telephone,
    }


def greeted(language: str) -> str:
    """How somebody is greeted whose name the list does not give."""
    return _NOBODY[language]


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with its blanks filled in; a value is never read for blanks itself."""
    return _BLANK.sub(lambda blank: " ".join(values[blank.group(1)].split()), text)


def parts(text: str) -> Iterator[str | tuple[str]]:
    """The text in pieces: words as they are, and the name of each blank in a tuple."""
    at = 0
    for blank in _BLANK.finditer(text):
        yield text[at : blank.start()]
        yield (blank.group(1),)
        at = blank.end()
    yield text[at:]
