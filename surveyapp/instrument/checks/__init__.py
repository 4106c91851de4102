"""Coded checks on a definition: :func:`run_checks` is the launch gate and what ``surveyapp check`` prints."""

from __future__ import annotations

from collections.abc import Iterator

from surveyapp.errors import DefinitionError, Message, Place
from surveyapp.instrument.checks import (  # noqa: F401  each registers its checks
    answer_types,
    block_contents,
    codes,
    coding,
    conditions,
    constructs,
    derived,
    duplicates,
    limits,
    loops,
    meaning,
    pages,
    plans,
    privacy,
    quality,
    references,
    rotations,
    routing,
    tables,
    texts,
    translations,
    trend,
    typography,
    weighting,
    wording,
)
from surveyapp.instrument.checks.context import Context
from surveyapp.instrument.checks.registry import CHECKS, Check
from surveyapp.instrument.files import StudyFiles, no_such_wave
from surveyapp.instrument.findings import Finding, by_place, fault, has_errors
from surveyapp.instrument.loops import written_out
from surveyapp.instrument.model import Instrument
from surveyapp.instrument.resolve import resolved

__all__ = ["CHECKS", "Check", "checked", "run_checks"]


def run_checks(files: StudyFiles, year: int) -> tuple[Finding, ...]:
    """Everything that is to be said of one wave, sorted by place; never raises for what stands in the files."""
    if year not in files.waves:
        raise no_such_wave(files.folder, year, files.waves)
    return checked(files, year)[1]


def checked(files: StudyFiles, year: int) -> tuple[Instrument | None, tuple[Finding, ...]]:
    """The instrument, where there is enough to make one, and everything that is to be said of it.

    Files that cannot be read, and references to what does not exist (codes R…), leave no instrument.
    """
    written, files = files, written_out(files, year)
    if has_errors(files.findings) or files.study is None or files.variables is None:
        return None, files.findings
    context = Context(files, year, files.study.model, files.variables.model, written)
    findings = [*files.findings, *_found(context, are_references=True)]
    if not has_errors(findings):
        try:
            context.instrument = resolved(files, year)
        except DefinitionError as error:
            place, why = error.place or Place(files.folder), Message("%(why)s", why=error.message)
            fix = Message("Mend this; the other checks follow then.")
            findings.append(fault("R000", place, files.folder, why, fix))
    findings.extend(_found(context, are_references=False))
    return context.instrument, by_place(findings)


def _found(context: Context, *, are_references: bool) -> Iterator[Finding]:
    for code, check in CHECKS.items():
        if code.startswith("R") == are_references:
            yield from check.findings(context)
