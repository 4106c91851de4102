"""Coded checks on a definition: :func:`run_checks` is the launch gate and what ``surveyapp check`` prints."""

from __future__ import annotations

from surveyapp.errors import DefinitionError, Message, Place
from surveyapp.instrument.checks import (  # noqa: F401  each registers its checks
    answer_types,
    block_contents,
    codes,
    conditions,
    constructs,
    duplicates,
    limits,
    loops,
    meaning,
    pages,
    plans,
    privacy,
    references,
    rotations,
    routing,
    tables,
    texts,
    translations,
    trend,
    typography,
    wording,
)
from surveyapp.instrument.checks.context import Context
from surveyapp.instrument.checks.registry import CHECKS, Check, Stage
from surveyapp.instrument.files import StudyFiles, no_such_wave
from surveyapp.instrument.findings import Finding, by_place, has_errors, in_both
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
    context = Context(files, year, files.study, files.variables, written=written)
    findings = [*files.findings, *_run("files", context)]
    if any(finding.level == "error" and finding.code.startswith("R") for finding in findings):
        return None, by_place(findings)
    try:
        instrument = resolved(files, year)
    except DefinitionError as error:
        findings.append(_unresolved(error, files.folder))
        return None, by_place(findings)
    findings.extend(_run("instrument", Context(files, year, files.study, files.variables, instrument, written)))
    return instrument, by_place(findings)


def _run(stage: Stage, context: Context) -> list[Finding]:
    return [finding for check in CHECKS.values() if check.stage == stage for finding in check.findings(context)]


def _unresolved(error: DefinitionError, folder: str) -> Finding:
    return Finding(
        "R000",
        "error",
        error.place or Place(folder),
        folder,
        in_both(Message("%(why)s", why=error.message)),
        in_both(Message("Mend this; the other checks follow then.")),
    )
