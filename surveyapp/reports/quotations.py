"""Quotations of open answers: what may name somebody is pointed out, a person edits, and each is released by itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from surveyapp import clock
from surveyapp.errors import NotFound, WrongState
from surveyapp.fieldwork import coding as deeds
from surveyapp.fieldwork.coding import require_over
from surveyapp.instrument.coding import CANNOT_BE_CODED, frame_of
from surveyapp.reports.coding_state import label_of_code
from surveyapp.reports.open_answers import OpenAnswer
from surveyapp.reports.searching import plain
from surveyapp.reports.sentences import Words
from surveyapp.storage import audit, coding, contacts
from surveyapp.storage.database import Session

RELEASED, WITHDRAWN = "quotation.release", "quotation.withdraw"
LONGEST = 600
PER_CODE = 3
"""Quotations of a code that stand with its figures."""
BLANKS: Mapping[str, Mapping[str, str]] = {
    "name": {"nl": "[naam]", "en": "[name]"},
    "address": {"nl": "[adres]", "en": "[address]"},
    "email": {"nl": "[e-mailadres]", "en": "[e-mail address]"},
    "phone": {"nl": "[telefoonnummer]", "en": "[telephone number]"},
    "web": {"nl": "[webadres]", "en": "[web address]"},
}
"""What is put in the place of what may name somebody."""
_PATTERNS = {
    "email": re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
    "web": re.compile(r"(?:https?://|www\.)\S+|\b[\w-]+\.(?:nl|com|org|eu|be|de|net)\b", re.IGNORECASE),
    "address": re.compile(
        r"\b\d{4}\s?[A-Z]{2}\b|\b[A-Z][\w’'-]*(?:straat|laan|weg|plein|kade|gracht|dijk|singel)\s+\d+\s?[a-zA-Z]?\b"
    ),
    "phone": re.compile(r"(?<![\w.])\+?\d(?:[ \-()/]?\d){7,13}(?!\w)"),
}
_TITLED = re.compile(
    r"\b(?:[Mm]eneer|[Mm]evrouw|[Dd]hr\.?|[Mm]evr\.?|[Dd]rs\.?|[Ii]r\.?|[Mm]r\.?|[Mm]rs\.?|[Mm]s\.?)\s+"
    r"(?:(?:van|de|der|den|ten|ter|’t)\s+)*[A-Z][\w’'-]+"
)
_WORD = re.compile(r"[^\W\d_](?:[\w’'&-]*\w)?")
_LEGAL = re.compile(r"\b[A-Z][\w&’'-]*(?:\s+[A-Z][\w&’'-]*)*\s+(?:B\.?V\.?|N\.?V\.?|GmbH|Ltd|Inc)\b\.?")


@dataclass(frozen=True, slots=True)
class Found:
    """A part of a text that may name somebody: from where to where, and what it looks like."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True, slots=True)
class Quotation:
    """A quotation that was released; ``codes`` are those of its answer that are in the figures, in words."""

    key: str
    words: str
    language: str
    role: str | None
    codes: tuple[int, ...]
    labels: tuple[Words, ...]
    actor: str
    released_on: date
    question: str
    variable: str


def identifying(words: str, listed: Iterable[str] = ()) -> tuple[Found, ...]:
    """What of a text may name somebody, first to last: a hint to who edits it, never a promise that nothing else does.

    Parameters
    ----------
    listed : names and organisations that are known; whether one of them struck, nothing tells
    """
    found = [Found(*match.span(), kind) for kind, pattern in _PATTERNS.items() for match in pattern.finditer(words)]
    found += [Found(*match.span(), "name") for one in (_TITLED, _LEGAL) for match in one.finditer(words)]
    found += _capitals(words)
    found += _listed(words, listed)
    order = sorted(found, key=lambda one: (one.start, -(one.end - one.start)))
    kept: list[Found] = []
    for one in order:
        if kept and one.start < kept[-1].end:
            if one.end > kept[-1].end:
                kept[-1] = Found(kept[-1].start, one.end, kept[-1].kind)
        else:
            kept.append(one)
    return tuple(kept)


def masked(words: str, found: Sequence[Found], language: str) -> str:
    """The text with a blank in the place of each; neighbours of one kind become one."""
    parts: list[str] = []
    at = 0
    for one in found:
        between = words[at : one.start]
        blank = BLANKS[one.kind].get(language, BLANKS[one.kind]["en"])
        if parts and not between.strip() and parts[-1] == blank:
            at = one.end
            continue
        parts += [between, blank]
        at = one.end
    return "".join([*parts, words[at:]])


def _capitals(words: str) -> list[Found]:
    """Words with a capital inside a sentence, and whole words of capitals: names more often than not."""
    found = []
    for match in _WORD.finditer(words):
        before = words[: match.start()].rstrip("\"'“‘(- ")
        begins = not before or before[-1] in ".!?:;\n"
        word = match.group()
        is_name = word[0].isupper() and not begins and word not in {"I", "U", "Ik"}
        is_short = len(word) > 1 and word.isupper() and not begins
        if is_name or is_short:
            found.append(Found(*match.span(), "name"))
    return found


def _listed(words: str, listed: Iterable[str]) -> list[Found]:
    spans = [(match.span(), plain(match.group())) for match in _WORD.finditer(words)]
    known = {tuple(plain(part) for part in _WORD.findall(name)) for name in listed}
    longest = max((len(name) for name in known), default=0)
    found = []
    for at in range(len(spans)):
        for length in range(1, min(longest, len(spans) - at) + 1):
            run = spans[at : at + length]
            if tuple(word for _, word in run) in known and sum(len(word) for _, word in run) > 2:
                found.append(Found(run[0][0][0], run[-1][0][1], "name"))
    return found


def known_names(session: Session, study: str, year: int) -> frozenset[str]:
    """The organisations of the contacts of a wave, their names and the longer words of these; shown to nobody."""
    found: set[str] = set()
    for row in contacts.listed(session, study, year):
        if row.organisation:
            found.add(row.organisation)
        if row.name:
            found.add(row.name)
            found |= {word for word in _WORD.findall(row.name) if len(word) > 3}
    return frozenset(found)


def release_quotation(
    session: Session,
    study: str,
    year: int,
    question: str,
    answer: OpenAnswer,
    words: str,
    *,
    role: str | None,
    actor: str,
) -> str:
    """Release a quotation, on the record; its key.

    Parameters
    ----------
    role : of who wrote it, where the release shows the answers of that role; else None

    Raises
    ------
    WrongState     the wave is not closed, there are no words, or too many
    """
    require_over(session, study, year)
    said = " ".join(words.split())
    if not said:
        raise WrongState("There are no words to release.")
    if len(said) > LONGEST:
        raise WrongState("A quotation has at most %(most)s characters.", most=LONGEST)
    key = coding.quote(
        session, study, year, question, answer.case_id, said, language=answer.language, role=role, actor=actor,
        on=clock.today(),
    )  # fmt: skip
    details = {"question": question, "quotation": key, "is_edited": said != " ".join(answer.words.split())}
    audit.add(session, actor, RELEASED, f"{study} {year}", details)
    return key


def withdraw_quotation(session: Session, study: str, year: int, key: str, *, actor: str) -> None:
    """Take a quotation back, on the record.

    Raises
    ------
    NotFound     there is none under this key
    """
    if not coding.unquote(session, study, year, key):
        raise NotFound("There is no such quotation.")
    audit.add(session, actor, WITHDRAWN, f"{study} {year}", {"quotation": key})


def quotations(session: Session, study: str, year: int, question: str | None = None) -> tuple[Quotation, ...]:
    """The released quotations, by the order of codes in their frame and then of their random keys."""
    last = {row.question: frame_of(row.document["frame"]) for row in coding.editions(session, study, year)}
    codes = {name: dict(listed) for name, listed in coding.counted(session, study, year).items()} if last else {}
    drafts = {name: version.frame for name, version in deeds.frames(session, study, year).items()}
    found = []
    for row in coding.quotations(session, study, year, question):
        frame = last.get(row.question)
        given = tuple(codes.get(row.question, {}).get(row.case_id, ())) if frame else ()
        given = tuple(code for code in given if code != CANNOT_BE_CODED)
        labels = tuple(label_of_code(frame, code) for code in given) if frame else ()
        known = frame or drafts.get(row.question)
        variable = known.variable if known else ""
        quoted = Quotation(
            row.quotation_id,
            row.words,
            row.language,
            row.role,
            given,
            labels,
            row.actor,
            row.released_on,
            row.question,
            variable,
        )
        found.append(quoted)
    order = {(name, one.code): at for name, frame in last.items() for at, one in enumerate(frame.codes)}
    nowhere = len(order)
    return tuple(
        sorted(found, key=lambda one: order.get((one.question, one.codes[0]), nowhere) if one.codes else nowhere + 1)
    )


def per_code(listed: Sequence[Quotation], most: int = PER_CODE) -> tuple[Quotation, ...]:
    """At most so many of each code, those without a code left out."""
    counts: dict[tuple[str, int], int] = {}
    kept = []
    for one in listed:
        if one.codes:
            key = one.question, one.codes[0]
            counts[key] = counts.get(key, 0) + 1
            if counts[key] <= most:
                kept.append(one)
    return tuple(kept)
