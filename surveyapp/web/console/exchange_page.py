"""A definition out and in: what can be downloaded, and what was sent in beside what stands."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from surveyapp import clock
from surveyapp.errors import DefinitionRefused
from surveyapp.exports.definition_uploads import read_upload
from surveyapp.exports.translators_book import ReturnedBook
from surveyapp.fieldwork import definitions, proposals
from surveyapp.fieldwork.proposals import Proposal
from surveyapp.fieldwork.wave_moves import BEFORE_OPENING
from surveyapp.instrument.findings import SEVERITIES
from surveyapp.instrument.study_archive import archive_bytes
from surveyapp.instrument.translation.approve import approve_keys, readable_study, require_language
from surveyapp.instrument.translation.texts import STATUSES, Translation, translations
from surveyapp.storage.database import Session
from surveyapp.web.console.compare_page import TextPair, text_pairs
from surveyapp.web.console.frame import WaveFrame, language_name
from surveyapp.web.console.instrument_page import FindingView, finding_view
from surveyapp.web.languages import current, translate
from surveyapp.web.sessions import reading_primary, services, writing

AT_ONCE = 100
"""Translations on one page: what can be read at one sitting, and fewer fields than a form may have."""


@dataclass(frozen=True, slots=True)
class Tongue:
    """One language of translation, and how many texts stand how."""

    language: str
    name: str
    counts: tuple[tuple[str, int], ...]
    waiting: int  # that have words and wait for approval


@dataclass(frozen=True, slots=True)
class ExchangePage:
    """What goes out of a wave's definition."""

    tongues: tuple[Tongue, ...]
    roles: tuple[tuple[str, str], ...]


def status_names() -> dict[str, str]:
    """How a translation stands, in words."""
    return {"new": translate("new"), "stale": translate("stale"), "done": translate("approved")}


def exchange_page(session: Session, wave: WaveFrame) -> ExchangePage:
    """What can be downloaded."""
    folder = _folder(session, wave)
    files = readable_study(folder, wave.year)
    tongues = []
    for language in wave.instrument.languages[1:]:
        standing = translations(files, wave.year, language)
        counts = Counter(found.status for found in standing)
        waiting = sum(found.status != "done" and bool(found.words.strip()) for found in standing)
        named = tuple((status_names()[status], counts[status]) for status in STATUSES if counts[status])
        tongues.append(Tongue(language, language_name(language), named, waiting))
    roles = tuple((role, wave.instrument.role(role).plural[current()]) for role in wave.instrument.questionnaires)
    return ExchangePage(tuple(tongues), roles)


def archive_of(wave: WaveFrame) -> bytes:
    """The files of the definition as one zip."""
    with reading_primary() as database:
        contents = definitions.working_contents(database, services().settings, wave.study, wave.year)
    return archive_bytes(contents, wave.study)


def translators_book_of(wave: WaveFrame, language: str, *, is_open_only: bool) -> bytes:
    """The translators' workbook of the definition.

    Raises
    ------
    NotFound     the study has no such language of translation
    """
    from surveyapp.exports.translators_book import write_translators_book

    with reading_primary() as database:
        files = readable_study(_folder(database, wave), wave.year)
    source = require_language(files, language)
    standing = translations(files, wave.year, language)
    rows = [found for found in standing if found.is_open] if is_open_only else standing
    with TemporaryDirectory() as folder:
        path = Path(folder) / "book.xlsx"
        write_translators_book(rows, wave.study, wave.year, source, path, current(), clock.now())
        return path.read_bytes()


def form_of(wave: WaveFrame, role: str) -> bytes:
    """The questionnaire of a role as an XLSForm.

    Raises
    ------
    NotFound     there is no such role
    """
    from surveyapp.exports.xlsform_book import write_xlsform
    from surveyapp.instrument.xlsform.outward import outward

    form, _ = outward(wave.instrument, role)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "form.xlsx"
        write_xlsform(form, path, clock.now())
        return path.read_bytes()


def propose(wave: WaveFrame, data: bytes, actor: str) -> str:
    """Keep what was sent in until it is confirmed; its name.

    Raises
    ------
    DefinitionRefused     it cannot be taken
    """
    book = read_upload(data)
    settings = services().settings
    with writing() as database:
        if book is None:
            return proposals.propose_archive(database, settings, wave.study, wave.year, data, actor)
        if not isinstance(book, ReturnedBook):
            raise DefinitionRefused(
                "This is an XLSForm: it makes a new study, and is never put into one that is there. Send it in at New "
                "study, on the first page of the console."
            )
        if (book.study, book.year) != (wave.study, wave.year):
            raise DefinitionRefused(
                "This workbook is about %(study)s %(year)s, not about this wave.", study=book.study, year=book.year
            )
        return proposals.propose_translations(
            database, settings, wave.study, wave.year, book.source, book.language, book.rows, actor
        )


@dataclass(frozen=True, slots=True)
class ProposedPage:
    """A page that would differ: where it can be looked at, and as what."""

    role: str
    page: str
    title: str
    addresses: tuple[tuple[str, str], ...]  # name of a language, address; none for a page that goes


@dataclass(frozen=True, slots=True)
class ProposalPage:
    """What was sent in, beside what stands."""

    proposal: Proposal
    findings: tuple[FindingView, ...]
    texts: tuple[TextPair, ...]
    pages: tuple[ProposedPage, ...]
    asks_reason: bool


def proposal_page(wave: WaveFrame, found: Proposal) -> ProposalPage:
    """What was sent in, in words."""
    ranked = sorted(found.findings, key=lambda one: (SEVERITIES.index(one.level), one.place.file, one.place.line))
    pairs = [
        pair
        for text in found.difference.texts
        for pair in text_pairs(", ".join(text.places[:2]), text.old, text.new, wave.instrument.languages)
    ]
    return ProposalPage(
        found,
        tuple(finding_view(one, found.folder) for one in ranked),
        tuple(pairs),
        tuple(_page(wave, found, each.role, each.page, is_gone=each.is_gone) for each in found.pages),
        wave.state not in BEFORE_OPENING,
    )


def _page(wave: WaveFrame, found: Proposal, role: str, page: str, *, is_gone: bool) -> ProposedPage:
    instrument = wave.instrument if is_gone or found.instrument is None else found.instrument
    parts = {"run": found.id, "role": role, "page": page}
    there = instrument.questionnaires[role].by_id.get(page)
    addresses = tuple(
        (language_name(language), wave.address("console.instrument_proposed", language=language, **parts))
        for language in (() if is_gone else instrument.languages)
    )
    return ProposedPage(
        instrument.role(role).label[current()], page, there.title[current()] if there is not None else page, addresses
    )


@dataclass(frozen=True, slots=True)
class ApprovalPage:
    """Translations that wait for somebody's yes."""

    language: str
    name: str
    waiting: tuple[Translation, ...]
    more: int
    lacking: int
    revision: int


def approval_page(session: Session, wave: WaveFrame, language: str) -> ApprovalPage:
    """The translations of a language that wait for approval: first those whose source changed.

    Raises
    ------
    NotFound     the study has no such language of translation
    """
    files = readable_study(_folder(session, wave), wave.year)
    require_language(files, language)
    standing = translations(files, wave.year, language)
    waiting = [found for found in standing if found.status != "done" and found.words.strip()]
    waiting.sort(key=lambda found: found.status != "stale")
    held = definitions.held(session, wave.study, wave.year)
    return ApprovalPage(
        language,
        language_name(language),
        tuple(waiting[:AT_ONCE]),
        max(0, len(waiting) - AT_ONCE),
        sum(not found.words.strip() for found in standing),
        held.revision if held is not None else 0,
    )


def approve(wave: WaveFrame, language: str, keys: list[str], actor: str, *, expected: int) -> int:
    """Approve translations as they stand; how many.

    Raises
    ------
    NotFound         there is no such text or language
    WrongState       somebody changed the definition meanwhile
    """
    from surveyapp.fieldwork import definition_changes

    settings = services().settings
    with writing() as database:
        contents = definitions.working_contents(database, settings, wave.study, wave.year)
        folder = definitions.lay_out(settings, wave.study, contents)
        made = approve_keys(readable_study(folder, wave.year), wave.year, language, keys)
        contents |= {str(path.relative_to(folder)): content for path, content in made.items()}
        definition_changes.put_in(
            database, settings, wave.study, wave.year, contents, actor, expected=expected, by="approval", reason="-"
        )
    return len(set(keys))


def _folder(session: Session, wave: WaveFrame) -> Path:
    contents = definitions.working_contents(session, services().settings, wave.study, wave.year)
    return definitions.lay_out(services().settings, wave.study, contents)
