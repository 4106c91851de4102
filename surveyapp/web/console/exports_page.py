"""The exports centre as a view model: what can be made, by whom, and what was made."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import request

from surveyapp.errors import NotFound
from surveyapp.fieldwork.weightings import schemes_in_force
from surveyapp.instrument.weighting import UNWEIGHTED, UNWEIGHTED_ONLY, Schemes
from surveyapp.jobs import exports
from surveyapp.storage import job_queue
from surveyapp.storage.database import Session
from surveyapp.storage.made_files import MadeFile
from surveyapp.web.accounts import may
from surveyapp.web.console.frame import WaveFrame
from surveyapp.web.fragments import htmx
from surveyapp.web.languages import current, translate
from surveyapp.web.sessions import reading_primary


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of file: who may have it, what it holds."""

    key: str
    role: str
    name: str
    contents: str
    is_personal: bool  # holds single cases: the password is asked again, and the audit log says so
    has_figures: bool  # which can be weighted in another way than the study says


def kinds() -> tuple[Kind, ...]:
    """Every kind, in the order of the page; who may have it is the registry's."""
    from surveyapp.exports.registry import EXPORTS

    texts = {
        "report": (
            translate("Report book"),
            translate(
                "Every table of the report with its base and a chart, the response, the key figures. No individual "
                "answers."
            ),
        ),
        "codebook": (
            translate("Codebook"),
            translate("Every variable: question, codes, who was asked, missing codes."),
        ),
        "codebook-html": (
            translate("Codebook to print"),
            translate(
                "A page to read and to print: of every variable question, base, routing, codes, construct, and what "
                "became of it since earlier waves."
            ),
        ),
        "ddi": (
            translate("DDI"),
            translate(
                "The codebook for archives and search engines of data (DDI-Codebook 2.5, XML), in both languages."
            ),
        ),
        "evidence": (
            translate("Evidence"),
            translate(
                "For whoever checks what is published: which people every figure may speak of, which groups are "
                "hidden, the smallest that is shown, and the rule. For programs."
            ),
        ),
        "data": (
            translate("Data book"),
            translate("One row per case in codes and in labels, with variables, values and open answers."),
        ),
        "csv": (
            translate("CSV"),
            translate(
                "One row per case, per page saved and per figure. Each twice: "
                "for Dutch Excel, and with commas and decimal points."
            ),
        ),
        "sav": (
            translate("SPSS"),
            translate(
                "One row per case with the labels of variables and codes, missing answers declared, and the syntax for "
                "sets of answers; open answers in a file beside it."
            ),
        ),
        "parquet": (
            translate("Parquet"),
            translate(
                "One row per case for R, Python and databases: with types, and with labels, questions and bases as "
                "metadata; open answers in a file beside it."
            ),
        ),
        "triple-s": (
            translate("Triple-S"),
            translate(
                "One row per case for other survey packages: a description in XML beside a CSV file; open answers in "
                "a file beside it."
            ),
        ),
        "archive": (
            translate("Archive"),
            translate(
                "All of it in one file to put away: questionnaire, cases, report, codebook, evidence, the edition of "
                "the figures, and checksums."
            ),
        ),
    }
    return tuple(
        Kind(key, EXPORTS[key].role, name, contents, EXPORTS[key].is_personal, EXPORTS[key].has_figures)
        for key, (name, contents) in texts.items()
    )


def kind(key: str) -> Kind:
    """The kind with this key.

    Raises
    ------
    NotFound     there is no such kind
    """
    for candidate in kinds():
        if candidate.key == key:
            return candidate
    raise NotFound("There is no such file.")


@dataclass(frozen=True, slots=True)
class RunRow:
    """One file that was asked for, with what is told of it."""

    file: MadeFile
    state_name: str
    size: str
    reason: str


@dataclass(frozen=True, slots=True)
class ExportsPage:
    """The whole page."""

    cards: tuple[tuple[Kind, str, datetime | None], ...]  # each kind, who may have it, when it was last made
    weightings: tuple[tuple[str, str], ...]  # how figures can be weighted; none: the wave has no targets
    of_study: str  # how they are where nothing is chosen
    runs: tuple[RunRow, ...]
    is_under_way: bool
    is_deserted: bool  # no worker lives: what is asked for waits
    said: str  # what becomes of the file asked for last
    anew: str  # this page, to be loaded again


def exports_page(wave: WaveFrame, schemes: Schemes = UNWEIGHTED_ONLY) -> ExportsPage:
    """The page for this person: what they may not have they see named, and not what was made of it."""
    with reading_primary() as database:  # what was asked for a moment ago is there
        runs = [run for run in exports.files(database, wave.study, wave.year) if may(kind(run.kind).role)]
        is_deserted = not job_queue.workers(database)
    roles = {"editor": translate("editors and up"), "researcher": translate("researchers and up")}
    made = {run.kind: run.asked_at for run in sorted(runs, key=lambda run: run.asked_at) if run.state == "ready"}
    # A browser that stands on ``…/exports#made`` only scrolls on a link to the same, so an empty part comes and goes.
    part = None if "?" in (htmx.current_url or request.url) else ""
    return ExportsPage(
        tuple((one, roles[one.role], made.get(one.key)) for one in kinds()),
        tuple(_weightings(schemes)),
        _of_study(schemes),
        tuple(map(_row, runs)),
        any(run.is_under_way for run in runs),
        is_deserted,
        _said(runs),
        wave.address("console.exports", _part=part, _anchor="made"),
    )


def require_weighting(database: Session, wave: WaveFrame, asked: Kind, weight: str) -> None:
    """See that a file can be weighted so.

    Raises
    ------
    BadQuery        there is no such weighting, or not any more; the message names those there are
    ExportError     the file holds no figures
    """
    from surveyapp.exports.registry import require_figures
    from surveyapp.reports.weights import named

    require_figures(asked.key, weight)
    named(schemes_in_force(database, wave.study, wave.year), weight)


def _weightings(schemes: Schemes) -> Iterator[tuple[str, str]]:
    """What can be chosen, the study's own choice first; nothing where there is no choice."""
    if not schemes.all:
        return
    language = current()
    yield "", translate("as the study says")
    yield UNWEIGHTED, translate("unweighted")
    yield from ((scheme.id, scheme.label[language]) for scheme in schemes.all)


def _of_study(schemes: Schemes) -> str:
    found = schemes.find(schemes.report or "")
    return translate("unweighted") if found is None else found.label[current()]


def _said(runs: Sequence[MadeFile]) -> str:
    """What becomes of the file that was asked for last, for who does not see it happen."""
    last = max(runs, key=lambda run: run.asked_at, default=None)
    if last is None:
        return ""
    if last.is_under_way:
        return translate("%(file)s is being made.", file=kind(last.kind).name)
    if last.state == "failed":
        return translate("%(file)s could not be made.", file=kind(last.kind).name)
    return translate("%(file)s is ready.", file=kind(last.kind).name)


def _row(run: MadeFile) -> RunRow:
    names = {
        "queued": translate("waiting"),
        "running": translate("being made"),
        "ready": translate("ready"),
        "failed": translate("failed"),
    }
    return RunRow(run, names[run.state], _size(run.size), _reason(run))


def _reason(run: MadeFile) -> str:
    if run.reason == exports.CUT_OFF:
        return translate("Making this file failed each time it was tried.")
    said = run.reason if run.language == current() else ""  # it was said in the language of the file
    return said or translate("Something went wrong on our side; make it again.")


def _size(size: int) -> str:
    number = f"{size / 1_000_000:.1f} MB" if size >= 1_000_000 else f"{max(1, size // 1000)} kB"
    return number.replace(".", ",") if current() == "nl" else number
