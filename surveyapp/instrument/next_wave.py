"""The files of a wave made of those of an earlier one: the same questionnaire, tables, targets and approvals.

Only what belongs to the year moves: its number, its titles, the version of the consent text, and its dates. A date goes
to the same day of the week, as near as can be to the same day of the year: fieldwork that began on a Monday in November
begins on one again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from babel.dates import format_date

from surveyapp.catalogues import LOCALES
from surveyapp.errors import DefinitionError, NotFound
from surveyapp.instrument.block_edits import with_first_entries, with_values
from surveyapp.instrument.findings import Finding
from surveyapp.instrument.source import read_document
from surveyapp.instrument.translation.lock import LOCK_NAME, LockFile, lock_text, source_hash

Contents = Mapping[str, bytes]
"""The files of a study: name inside its folder → content."""
SHARED_FILES = ("study.yaml", "variables.yaml", "profile.yaml")
WAVE_FILES = ("questionnaire.yaml", "tables.yaml", "weighting.yaml", "coding.yaml", "mapping.yaml", LOCK_NAME)
WEEK = 7


def files_of_year(contents: Contents, year: int) -> dict[str, bytes]:
    """The files that make one wave: those all waves share, and its own."""
    names = (*SHARED_FILES, *(f"{year}/{name}" for name in WAVE_FILES))
    return {name: contents[name] for name in names if name in contents}


def next_wave(contents: Contents, earlier: int, year: int) -> dict[str, bytes]:
    """The files of a new wave, made of those of an earlier one.

    Raises
    ------
    NotFound            the earlier wave asks nobody anything
    DefinitionError     a file cannot be read, or speaks of the new year already
    """
    if f"{earlier}/questionnaire.yaml" not in contents:
        raise NotFound("The wave of %(year)s has no questionnaire to begin with.", year=earlier)
    made = files_of_year(contents, earlier)
    moved = {name.replace(f"{earlier}/", f"{year}/", 1): content for name, content in made.items()}
    study = _data(contents["study.yaml"], "study.yaml")
    entries = {entry["year"]: entry for entry in study["waves"]}
    entry = next_entry(entries[earlier], year)
    if year in entries:  # it was announced
        place = [each["year"] for each in study["waves"]].index(year)
        moved["study.yaml"] = with_values(contents["study.yaml"], "study.yaml", {("waves", place): entry})
    else:
        moved["study.yaml"] = with_first_entries(contents["study.yaml"], "study.yaml", {("waves",): entry})
    name = f"{year}/questionnaire.yaml"
    consent = _data(moved[name], name)["consent"]
    changes: dict[tuple[str | int, ...], Any] = {("wave",): year}
    version = str(consent["version"])
    if str(earlier) in version:
        changes["consent", "version"] = version.replace(str(earlier), str(year))
    moved[name] = with_values(moved[name], name, changes)
    lock = f"{year}/{LOCK_NAME}"
    if lock in moved:
        moved[lock] = _lock(moved[lock], entries[earlier], entry, study["languages"][0])
    return moved


def next_entry(entry: Mapping[str, Any], year: int) -> dict[str, Any]:
    """What study.yaml says of a wave, for the year of another."""
    earlier, years = int(entry["year"]), year - int(entry["year"])
    made = dict(entry) | {"year": year}
    if isinstance(entry.get("title"), Mapping):
        made["title"] = {
            language: re.sub(rf"\b{earlier}\b", str(year), words) for language, words in entry["title"].items()
        }
    for name in ("opens", "closes"):
        if entry.get(name):
            made[name] = same_weekday(date.fromisoformat(entry[name]), years).isoformat()
    if entry.get("report_on"):
        there, month = str(entry["report_on"]).split("-")
        made |= report_in(f"{int(there) + years}-{month}", list(entry.get("report_month") or LOCALES))
    if entry.get("kept_until"):
        made["kept_until"] = int(entry["kept_until"]) + years
    made.pop("minutes", None)  # last year's wave has measured them by now
    return made


def report_in(month: str, languages: list[str]) -> dict[str, Any]:
    """The month of the report, as dates are counted (2027-03) and in words."""
    first = date.fromisoformat(f"{month}-01")
    words = {
        language: format_date(first, "LLLL y", locale=LOCALES[language])
        for language in languages
        if language in LOCALES
    }
    return {"report_month": words, "report_on": month}


def same_weekday(day: date, years: int) -> date:
    """The day of the same name nearest to the same date, so many years on."""
    try:
        there = day.replace(year=day.year + years)
    except ValueError:  # 29 February
        there = day.replace(year=day.year + years, day=28)
    behind = (there.weekday() - day.weekday()) % WEEK
    return there - timedelta(days=behind if behind <= WEEK // 2 else behind - WEEK)


def _data(content: bytes, name: str) -> Any:
    found = read_document(content, name)
    if isinstance(found, Finding):
        raise found.as_error()
    return found.data


def _lock(content: bytes, before: Mapping[str, Any], after: Mapping[str, Any], source: str) -> bytes:
    """The approvals: who approved last year's title approved this one's, in which only the year is another."""
    try:
        lock = LockFile.model_validate(json.loads(content))
    except ValueError:
        raise DefinitionError("The lock of approved translations cannot be read; approve again.") from None
    start, there = f"study.waves.{before['year']}.", f"study.waves.{after['year']}."
    approved: dict[str, dict[str, str]] = {}
    for language, held in lock.approved.items():
        kept = {key: digest for key, digest in held.items() if not key.startswith("study.waves.")}
        for key, digest in held.items():
            part = key.removeprefix(start)
            old, new = before.get(part), after.get(part)
            if not (key.startswith(start) and isinstance(old, Mapping) and isinstance(new, Mapping)):
                continue
            if source_hash(str(old.get(source, ""))) == digest:
                kept[there + part] = source_hash(str(new.get(source, "")))
        approved[language] = kept
    return lock_text(LockFile(approved=approved, waived=lock.waived)).encode()
