"""A first study that was sent in: what is in it, what is not, and making it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import url_for

from surveyapp.engine.answers import Answers
from surveyapp.errors import DefinitionRefused, NotFound
from surveyapp.exports.definition_uploads import read_upload
from surveyapp.exports.translators_book import ReturnedBook
from surveyapp.fieldwork import study_proposals
from surveyapp.fieldwork.study_proposals import FORM, StudyProposal
from surveyapp.fieldwork.waves import WaveInfo
from surveyapp.instrument.findings import SEVERITIES, Finding
from surveyapp.instrument.model import Instrument
from surveyapp.instrument.xlsform.form import Spot
from surveyapp.numerals import whole_number
from surveyapp.storage.database import Session
from surveyapp.web.console.first_study_forms import FormSettingsForm, StudySettingsForm, StudyUploadForm
from surveyapp.web.console.frame import WaveFrame, language_name, state_name
from surveyapp.web.console.instrument_page import FindingView, finding_view
from surveyapp.web.console.preview_frame import Preview, preview
from surveyapp.web.console.preview_page import packed
from surveyapp.web.console.settings_forms import ORGANISATION
from surveyapp.web.console.settings_page import RoleLine, SettingsPage, held_in, keep_targets, with_settings
from surveyapp.web.languages import current, translate
from surveyapp.web.sessions import reading_primary, services, writing


def propose(form: StudyUploadForm, data: bytes, actor: str) -> str | None:
    """Keep what was sent in until it is confirmed; its name, or None where a field lacks what it needs.

    Raises
    ------
    DefinitionRefused     it cannot be taken
    """
    book, settings, year = read_upload(data), services().settings, whole_number(form.year.data)
    if isinstance(book, ReturnedBook):
        raise DefinitionRefused(
            "This is a translators' workbook: it goes in at the instrument of the wave that it is about."
        )
    if book is None:
        with writing() as database:
            return study_proposals.propose_archive(database, settings, data, year, actor)
    if not form.has_names() or year is None:
        return None
    named = (form.study.data, year, form.language.data)
    with writing() as database:
        return study_proposals.propose_form(database, settings, book, *named, actor)


@dataclass(frozen=True, slots=True)
class PlacedFinding:
    """What a check found, and where in the workbook; no spot: only the line of the file made of it is known."""

    view: FindingView
    place: str


@dataclass(frozen=True, slots=True)
class LostLine:
    """What is not in the questionnaire, and where in the workbook it stands."""

    name: str
    what: str
    place: str


@dataclass(frozen=True, slots=True)
class LookPage:
    """A page of the questionnaire: its title, how much it asks, and where it can be looked at."""

    title: str
    questions: int
    addresses: tuple[tuple[str, str], ...]  # name of a language, address


@dataclass(frozen=True, slots=True)
class StudyPage:
    """What was sent in, in words."""

    proposal: StudyProposal
    findings: tuple[PlacedFinding, ...]
    lost: tuple[LostLine, ...]
    roles: tuple[tuple[str, tuple[LookPage, ...]], ...]
    settings: SettingsPage | None  # None: nothing can be made of it


def study_page(found: StudyProposal) -> StudyPage:
    """What was sent in, as the page shows it."""
    ranked = sorted(found.of_files, key=_weight)
    return StudyPage(
        found,
        tuple(PlacedFinding(finding_view(one, found.folder), _place(found.spots.get(one.name))) for one in ranked),
        tuple(LostLine(one.name, one.what[current()], _place(one.spot)) for one in found.lost),
        _roles(found) if found.instrument is not None else (),
        _settings(found.instrument) if found.instrument is not None and found.is_fit else None,
    )


def _weight(finding: Finding) -> tuple[int, str, int]:
    return SEVERITIES.index(finding.level), finding.place.file, finding.place.line


def _place(spot: Spot | None) -> str:
    return translate("sheet %(sheet)s, row %(row)s", sheet=spot.sheet, row=spot.row) if spot is not None else ""


def _roles(found: StudyProposal) -> tuple[tuple[str, tuple[LookPage, ...]], ...]:
    instrument = found.instrument
    if instrument is None:
        return ()
    made = []
    for role, questionnaire in instrument.questionnaires.items():
        pages = []
        for page in questionnaire.pages:
            addresses = tuple(
                (language_name(language), _address(found.id, role, language, page.id))
                for language in instrument.languages
            )
            title = page.title[current()]
            pages.append(LookPage(title, sum(1 for _ in page.questions()), addresses))
        made.append((instrument.role(role).plural[current()], tuple(pages)))
    return tuple(made)


def _address(run: str, role: str, language: str, page: str) -> str:
    return url_for("console.first_study_preview", run=run, role=role, language=language, page=page)


def _settings(instrument: Instrument) -> SettingsPage:
    """What stands around the fields; nothing was measured yet."""
    return SettingsPage(
        languages=tuple((language, language_name(language)) for language in instrument.languages),
        roles=tuple(
            RoleLine(role, instrument.role(role).plural[current()], asked.minutes, None)
            for role, asked in instrument.questionnaires.items()
        ),
        is_before_opening=True,
        cut_on=None,
        held=None,
    )


def settings_form(session: Session, found: StudyProposal) -> StudySettingsForm | None:
    """The form with what is known; None where nothing can be made of what was sent in."""
    instrument = found.instrument
    if instrument is None or not found.is_fit:
        return None
    held = {**held_in(session, found.contents, instrument), "revision": 0}
    if found.kind != FORM:
        return StudySettingsForm(instrument, held, is_before_opening=True)
    unsaid = dict.fromkeys((*ORGANISATION, *(f"payer-{each}" for each in instrument.languages)), "")
    words: dict[str, Any] = {f"introduction-{language}": "" for language in instrument.languages}
    for title in (f"title-{language}" for language in instrument.languages):
        words[title] = held[title] if held[title] != found.study else ""  # a form without a title is called so
    return FormSettingsForm(instrument, {**held, **unsaid, **words}, is_before_opening=True)


def make(found: StudyProposal, form: StudySettingsForm, actor: str) -> None:
    """Make the study and its first wave.

    Raises
    ------
    NotFound              somebody made it already
    DefinitionRefused     the checks find an error in what would be
    """
    if found.instrument is None:
        raise DefinitionRefused("The definition holds errors; nothing was written.")
    contents = with_settings(found.contents, found.instrument, form)
    with writing() as database:
        made = study_proposals.take_in(database, services().settings, found.id, contents, actor)
        keep_targets(database, made, form, actor)


@dataclass(frozen=True, slots=True)
class StudyPreview(Preview):
    """A page of a questionnaire that no wave has yet."""

    run: str

    def _url(self, endpoint: str, page: str, answers: Answers | None, more: Mapping[str, str]) -> str:
        there = "console.first_study_part" if endpoint == "console.instrument_part" else "console.first_study_preview"
        state = packed(self.asked.answers if answers is None else answers)
        at = {"run": self.run, "role": self.asked.questionnaire.role, "language": self.asked.language, "page": page}
        return url_for(there, **{**at, "a": state, **more})  # type: ignore[arg-type]


def previewed(run: str, role: str, language: str, page: str, actor: str) -> Preview:
    """A page as it would be.

    Raises
    ------
    NotFound     what was sent in is not there any more, or holds no such role, language or page
    """
    with reading_primary() as database:
        found = study_proposals.proposal(database, services().settings, run, actor)
    instrument = found.instrument
    if instrument is None:
        raise NotFound("This page has no such state.")
    info = WaveInfo(found.study, found.year, "draft", instrument.wave.mode, instrument.hash, None, None)
    title = instrument.study.title[current()]
    frame = WaveFrame(found.study, found.year, title, "draft", state_name("draft"), (), info, instrument)
    at = preview(frame, instrument, role, language, page)
    return StudyPreview(at.wave, at.asked, at.page, run)
