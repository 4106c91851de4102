"""The settings of a wave: what they are, and putting what was typed in their place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from surveyapp.fieldwork import definition_changes, definitions
from surveyapp.fieldwork.definition_changes import PutIn
from surveyapp.fieldwork.definitions import Contents, Held
from surveyapp.fieldwork.link_cutting import LINK_DAYS, cut_day
from surveyapp.fieldwork.personal_links import CONFIDENTIAL
from surveyapp.fieldwork.targets import role_targets, segment_targets, set_targets
from surveyapp.fieldwork.wave_moves import BEFORE_OPENING
from surveyapp.instrument.block_edits import with_values
from surveyapp.instrument.findings import Finding
from surveyapp.instrument.model import Instrument
from surveyapp.instrument.next_wave import report_in
from surveyapp.instrument.source import read_document
from surveyapp.instrument.translation.approve import approve_keys, readable_study
from surveyapp.instrument.translation.texts import wave_texts
from surveyapp.numerals import whole_number
from surveyapp.storage import versions
from surveyapp.storage.database import Session
from surveyapp.web.console.frame import WaveFrame, language_name
from surveyapp.web.console.settings_forms import (
    ORGANISATION,
    PROMISED,
    WANTED,
    SettingsForm,
    as_typed,
    typed_day,
    typed_month,
)
from surveyapp.web.languages import current
from surveyapp.web.sessions import services

STUDY = "study.yaml"
PROMISES = frozenset(
    {"opens", "closes", "report_on", "kept_until", "link_days", "mode", "earlier_answers", "why_stopped"}
)
"""Settings whose history is shown, besides the minutes."""
MOST_CHANGES = 20
TEXTS = ("title", "country", "payer")


@dataclass(frozen=True, slots=True)
class RoleLine:
    """One role, and how long answering takes by the wave before or by its words."""

    role: str
    name: str
    minutes: int
    measured_in: int | None

    @property
    def field(self) -> str:
        """The name of the field of its target."""
        return f"{WANTED}{self.role}"

    @property
    def promised(self) -> str:
        """The name of the field of its minutes."""
        return f"{PROMISED}{self.role}"


@dataclass(frozen=True, slots=True)
class Change:
    """One change of what pages promise: when, by whom, and each setting before and after."""

    at: datetime
    actor: str
    lines: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class SettingsPage:
    """What the page shows around the form."""

    languages: tuple[tuple[str, str], ...]
    roles: tuple[RoleLine, ...]
    is_before_opening: bool
    cut_on: date | None  # when the link between people and answers goes; None: there is none, or no closing day
    held: Held | None
    history: tuple[Change, ...] = ()


def settings_page(session: Session, wave: WaveFrame) -> SettingsPage:
    """What stands around the form."""
    instrument = wave.instrument
    measured = services().minutes.before(session, instrument)
    return SettingsPage(
        languages=tuple((language, language_name(language)) for language in instrument.languages),
        roles=tuple(
            RoleLine(
                role,
                instrument.role(role).plural[current()],
                measured.minutes.get(role, instrument.questionnaires[role].minutes),
                measured.year if measured.covers(role) else None,
            )
            for role in instrument.questionnaires
        ),
        is_before_opening=wave.state in BEFORE_OPENING,
        cut_on=cut_day(instrument.wave.closes, None, instrument.wave.link_days)
        if wave.info.mode == CONFIDENTIAL
        else None,
        held=definitions.held(session, wave.study, wave.year),
        history=_history(session, wave),
    )


def _cut_on(wave: WaveFrame) -> date | None:
    planned = wave.instrument.wave
    return cut_day(planned.closes, None, planned.link_days) if wave.info.mode == CONFIDENTIAL else None


def as_set(session: Session, wave: WaveFrame) -> dict[str, Any]:
    """What the fields of the form hold before anybody types."""
    contents = definitions.working_contents(session, services().settings, wave.study, wave.year)
    there = definitions.held(session, wave.study, wave.year)
    held = held_in(session, contents, wave.instrument)
    return {**held, "mode": held["mode"] or wave.info.mode, "revision": there.revision if there is not None else 0}


def held_in(session: Session, contents: Contents, instrument: Instrument) -> dict[str, Any]:
    """What the files of a wave say of what is set of it."""
    study = _study(contents)
    entry = _entry(study, instrument.wave.year)[1]
    organisation = study["organisation"]
    targets = role_targets(session, instrument)
    texts = {"title": entry.get("title"), "country": entry.get("country"), "payer": organisation["payer"]}
    return {
        **{name: as_typed(entry.get(name)) for name in ("opens", "closes", "report_on")},
        "kept_until": str(entry.get("kept_until") or ""),
        "link_days": str(entry.get("link_days") or LINK_DAYS),
        "mode": entry.get("mode") or "",
        "earlier_answers": entry.get("earlier_answers") or "hidden",
        "why_stopped": entry.get("why_stopped") or "not_asked",
        **{name: organisation[key] for name, key in ORGANISATION.items()},
        **{
            f"{part}-{language}": (texts[part] or {}).get(language, "")
            for part in TEXTS
            for language in instrument.languages
        },
        **{f"{WANTED}{role}": str(targets.get(role) or "") for role in instrument.questionnaires},
        **{
            f"{PROMISED}{role}": str((entry.get("minutes") or {}).get(role) or "") for role in instrument.questionnaires
        },
    }


def save(session: Session, wave: WaveFrame, form: SettingsForm, actor: str) -> PutIn | None:
    """Put what was typed in the place of what was set; None where only targets changed, or nothing.

    Raises
    ------
    WrongState            somebody else was first, or the wave may not change like that any more
    DefinitionRefused     the checks find an error in what would be
    """
    settings = services().settings
    before = definitions.working_contents(session, settings, wave.study, wave.year)
    after = with_settings(before, wave.instrument, form)
    keep_targets(session, wave.instrument, form, actor)
    if after == before:
        return None
    changed = _changed(held_in(session, before, wave.instrument), held_in(session, after, wave.instrument))
    after = _approved(after, wave)
    how: dict[str, Any] = {"expected": form.revision.data or 0, "by": "settings", "reason": form.reason.data}
    how["told"] = {"changed": changed} if changed else {}
    return definition_changes.put_in(session, settings, wave.study, wave.year, after, actor, **how)


def _changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[str]]:
    """What pages promise otherwise from now on, before and after; names and addresses of people are no part of it."""
    told = [name for name in after if name in PROMISES or name.startswith(PROMISED)]
    return {name: [str(before[name]), str(after[name])] for name in told if before[name] != after[name]}


def _history(session: Session, wave: WaveFrame) -> tuple[Change, ...]:
    """The changes of what pages promise, the newest first."""
    logged = versions.entries(session, f"{wave.study} {wave.year}", ("wave.adopt", definition_changes.DEFINE))
    found = [
        Change(each.at, each.actor, tuple((name, *values) for name, values in each.details["changed"].items()))
        for each in logged
        if (each.details or {}).get("changed")
    ]
    return tuple(sorted(found, key=lambda change: change.at, reverse=True)[:MOST_CHANGES])


def keep_targets(session: Session, instrument: Instrument, form: SettingsForm, actor: str) -> None:
    """Put the targets that were typed in the place of those that were set, where they differ."""
    wanted: dict[tuple[str, str], int] = dict(segment_targets(session, instrument))
    wanted |= {(role, ""): whole_number(typed or "0") or 0 for role, typed in form.targets.items()}
    if role_targets(session, instrument) != {role: n for (role, segment), n in wanted.items() if not segment}:
        set_targets(session, instrument, wanted, actor)


def with_settings(contents: Contents, instrument: Instrument, form: SettingsForm) -> dict[str, bytes]:
    """The files of a wave with what was typed in the place of what was set; comments outside of it stay."""
    study = _study(contents)
    place, entry = _entry(study, instrument.wave.year)
    languages = instrument.languages
    texts: dict[str, Mapping[str, str]] = {
        part: {language: form.texts[f"{part}-{language}"] for language in languages} for part in TEXTS
    }
    made: dict[str, Any] = {**entry, "title": texts["title"], "mode": form.mode.data}
    for name in ("opens", "closes"):
        day = typed_day(form[name].data)
        made[name] = day.isoformat() if day is not None else None
    month = typed_month(form.report_on.data)
    if month != entry.get("report_on"):
        made |= report_in(month, list(languages)) if month else {"report_on": None, "report_month": None}
    made["kept_until"] = whole_number(form.kept_until.data) if form.kept_until.data else None
    days = whole_number(form.link_days.data or str(LINK_DAYS))
    made["link_days"] = days if days != LINK_DAYS or "link_days" in entry else None
    made["minutes"] = {role: whole_number(typed) for role, typed in form.minutes.items() if typed} or None
    made["country"] = texts["country"] if all(texts["country"].values()) else None
    if form.mode.data == CONFIDENTIAL or "earlier_answers" in entry:
        made["earlier_answers"] = form.earlier_answers.data
    if form.why_stopped.data == "asked" or "why_stopped" in entry:
        made["why_stopped"] = form.why_stopped.data
    made = {name: value for name, value in made.items() if value is not None}
    organisation = {
        **study["organisation"],
        **{key: form[name].data for name, key in ORGANISATION.items()},
        "payer": texts["payer"],
    }
    changes: dict[tuple[str | int, ...], Any] = {}
    if made != dict(entry):
        changes["waves", place] = made
    if organisation != dict(study["organisation"]):
        changes["organisation",] = organisation
    if "introduction" in form.parts:
        changes["introduction",] = {language: form.texts[f"introduction-{language}"] for language in languages}
        changes["title",] = texts["title"]
    return {**contents, STUDY: with_values(contents[STUDY], STUDY, changes) if changes else contents[STUDY]}


def _approved(contents: Contents, wave: WaveFrame) -> dict[str, bytes]:
    """Who typed a text in both languages beside each other approved the translation."""
    year = wave.year
    if f"{year}/lock.json" not in contents:
        return dict(contents)
    keys = [f"study.waves.{year}.{part}" for part in ("title", "report_month", "country")] + [
        "study.organisation.payer"
    ]
    made = dict(contents)
    for language in wave.instrument.languages[1:]:
        folder = definitions.lay_out(services().settings, wave.study, made)
        files = readable_study(folder, year)
        words = {text.key: text.words.get(language, "").strip() for text in wave_texts(files, year)}
        there = [key for key in keys if words.get(key)]
        for path, content in approve_keys(files, year, language, there).items():
            made[str(Path(path).relative_to(folder))] = content
    return made


def _study(contents: Contents) -> Any:
    found = read_document(contents[STUDY], STUDY)
    if isinstance(found, Finding):
        raise found.as_error()
    return found.data


def _entry(study: Any, year: int) -> tuple[int, Any]:
    for place, entry in enumerate(study["waves"]):
        if entry["year"] == year:
            return place, entry
    raise LookupError(year)
