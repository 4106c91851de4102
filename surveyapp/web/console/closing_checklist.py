"""What to look at before a wave closes or is put away: each point with how it stands and the way there.

Nothing here stands in the way: who closes decides. What happens to what is unfinished is said as the rule it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from flask import url_for

from surveyapp import clock
from surveyapp.fieldwork import editions, quality, retention
from surveyapp.fieldwork.case_lines import CaseChoice
from surveyapp.fieldwork.targets import role_targets
from surveyapp.storage import clearing, invitation_rounds
from surveyapp.storage import retention as kept
from surveyapp.storage.database import Session
from surveyapp.web.console.frame import WaveFrame, value_name
from surveyapp.web.languages import translate, translate_plural
from surveyapp.web.rendering import day, whole
from surveyapp.web.sessions import services


@dataclass(frozen=True, slots=True)
class Point:
    """One thing to look at: in order or not, and where it is put in order."""

    text: str
    is_done: bool
    address: str
    link: str  # in words


def checklist(session: Session, wave: WaveFrame, change: str) -> tuple[Point, ...]:
    """The points before this change of state; none before others than closing and archiving."""
    if change == "close":
        return tuple(_closing(session, wave))
    return tuple(_archiving(session, wave)) if change == "archive" else ()


def begun(name: str) -> str:
    """A name at the beginning of a sentence."""
    return name[:1].upper() + name[1:]


def rules(change: str) -> tuple[str, ...]:
    """What becomes of what is unfinished when a wave closes, as it is told to whoever takes part."""
    if change != "close":
        return ()
    return (
        translate("A page that was saved stays; a questionnaire that was not sent counts as broken off."),
        translate_plural(
            "What was typed and never saved counts nowhere, and goes %(n)s day after closing.",
            "What was typed and never saved counts nowhere, and goes %(n)s days after closing.",
            retention.DAYS[retention.DRAFTS],
        ),
        translate("Reminders that wait are not sent any more."),
    )


def _closing(session: Session, wave: WaveFrame) -> Iterator[Point]:
    study, year = wave.study, wave.year
    fieldwork = wave.address("console.fieldwork")
    closes = wave.instrument.wave.closes
    is_over = closes is None or date.fromisoformat(closes) <= clock.today()
    yield Point(
        translate("The closing day that the pages name, %(day)s, is here.", day=day(closes))
        if closes is not None and is_over
        else translate("The pages name no closing day.")
        if closes is None
        else translate("The pages name %(day)s: who reads that today would come too late.", day=day(closes)),
        is_over,
        fieldwork,
        translate("Fieldwork"),
    )
    cases = services().live.cases(session, study, year)
    for role, wanted in role_targets(session, wave.instrument).items():
        found = cases.count(CaseChoice(role=role, state="complete"))
        yield Point(
            translate(
                "%(role)s: %(found)s of the %(wanted)s that are wanted.",
                role=begun(value_name(wave.instrument, "role", role)),
                found=whole(found),
                wanted=whole(wanted),
            ),
            found >= wanted,
            wave.address("console.fieldwork", role=role),
            translate("Fieldwork"),
        )
    under_way = cases.count(CaseChoice(state="in_progress"))
    yield Point(
        translate_plural(
            "%(count)s person began today and did not send yet.",
            "%(count)s people began today and did not send yet.",
            under_way,
            count=whole(under_way),
        ),
        not under_way,
        wave.address("console.fieldwork_cases", state="in_progress"),
        translate("The cases"),
    )
    waiting = sum(row.n for row in invitation_rounds.counts(session, study, year) if row.state in ("waiting", "handed"))
    yield Point(
        translate_plural(
            "%(count)s message still waits to be sent.",
            "%(count)s messages still wait to be sent.",
            waiting,
            count=whole(waiting),
        ),
        not waiting,
        wave.address("console.invitations"),
        translate("Invitations"),
    )
    doubtful = quality.waiting(session, study, year)
    yield Point(
        translate_plural(
            "%(count)s case waits for a decision on its quality; that can be taken after closing too.",
            "%(count)s cases wait for a decision on their quality; that can be taken after closing too.",
            doubtful,
            count=whole(doubtful),
        ),
        not doubtful,
        fieldwork,
        translate("Fieldwork"),
    )
    tests = clearing.count_tests(session, study, year)
    yield Point(
        translate_plural(
            "%(count)s test case is still there; it counts nowhere.",
            "%(count)s test cases are still there; they count nowhere.",
            tests,
            count=whole(tests),
        ),
        not tests,
        url_for("console.clear_wave", study=study, year=year, clearing="remove-tests"),
        translate("Remove the test cases"),
    )


def _archiving(session: Session, wave: WaveFrame) -> Iterator[Point]:
    study, year = wave.study, wave.year
    edition = editions.in_force(session, study, year)
    is_frozen = edition is not None and edition.is_checkable
    yield Point(
        translate("The answers are frozen, and their hash is noted.")
        if is_frozen
        else translate("The worker is still to note the hash of the answers."),
        is_frozen,
        wave.address("console.fieldwork"),
        translate("Editions of the figures"),
    )
    is_linked = kept.is_linked(session, study, year)
    yield Point(
        translate("People are still linked to their answers; the link is cut on its day, archived or not.")
        if is_linked
        else translate("Nobody is linked to answers."),
        not is_linked,
        wave.address("console.fieldwork"),
        translate("Fieldwork"),
    )
    yield Point(
        translate("Make the archive file and keep it where you keep such things; files here go after a week."),
        False,
        wave.address("console.exports"),
        translate("Exports"),
    )
