"""A wave counted again from the raw rows of its database, under the words the console's pages give each number.

Nothing here asks the product: rows come by sqlite3, and counting is Python's. What no row holds, such as a forecast, is
not recounted here.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from statistics import median, quantiles
from typing import Any, NamedTuple

from tests.browser.fieldwork_stage import STUDY, Stage

ROLES = {"participant": "participants", "trainer": "trainers"}
LANGUAGES, DEVICES = {"nl": "Dutch", "en": "English"}, {"desktop": "Computer"}
SOURCES = {"personal": "Personal link", "open": "Open link"}
PAGES = {
    "which-course": "Which course",
    "meetings": "The sessions",
    "verdict": "Your verdict",
    "next-time": "Next time",
}
BEGUN = "begun"
"""What the counters call the beginning of a questionnaire; what else they count is its sending."""
CLOSES = "2027-04-04"
"""The last day that the researcher of the play typed."""
SEND = "Check and send"
Held = dict[str, Any]


class Case(NamedTuple):
    """One row of the cases."""

    id: str
    role: str
    language: str
    source: str
    device: str
    state: str
    started: str | None
    sent: str | None
    seconds: int
    answers: Mapping[str, Any]
    decision: str | None


def half_up(value: float, decimals: int = 0) -> str:
    """As people round: a half goes up."""
    return str(Decimal(repr(value)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP))


def percent(part: int, whole: int, decimals: int = 0) -> str:
    """A share as the console writes it."""
    return f"{half_up(100 * part / whole, decimals)}%"


class Recount:
    """The rows of a wave, read at the moment of asking."""

    def __init__(self, stage: Stage, year: int, today: date) -> None:
        self.stage, self.year, self.today = stage, year, today.isoformat()
        self.closes = CLOSES
        asked = """SELECT case_id, role, language, source, device, state, started_on, sent_on, seconds, answers,
                   quality_decision FROM cases WHERE study_id = ? AND year = ? AND NOT is_test"""
        self.cases = [Case(*row[:9], json.loads(row[9]), row[10]) for row in stage.rows(asked, STUDY, year)]
        self.targets = dict(
            stage.rows(
                "SELECT role, wanted FROM wave_target WHERE study_id = ? AND year = ? AND segment = ''", STUDY, year
            )
        )

    def standing(self, case: Case) -> str:
        """Complete, in progress (begun today), or left."""
        if case.state != "started":
            return case.state
        return "progress" if case.started == self.today else "left"

    def count(self, standing: str, cases: Iterable[Case] | None = None) -> int:
        """How many of these cases stand so."""
        return sum(self.standing(case) == standing for case in (self.cases if cases is None else cases))

    def minutes(self, cases: Iterable[Case]) -> list[float]:
        """What complete questionnaires took."""
        return [case.seconds / 60 for case in cases if case.state == "complete"]

    def fieldwork(self) -> Held:
        """The dashboard."""
        complete, left = self.count("complete"), self.count("left")
        target = sum(self.targets.values())
        spent = quantiles(self.minutes(self.cases), n=10, method="inclusive")
        found: Held = {
            "Complete: # of the target of #": (complete, target),
            "Complete: # to go": target - complete,
            "Begun": len(self.cases),
            "Begun: # in progress": self.count("progress"),
            "Begun: # not eligible": 0,
            "Break-off after consent": percent(left, complete + left),
            "Break-off after consent: # broke off": left,
            "Break-off after consent: of # who sent or broke off": complete + left,
            "Days left": (date.fromisoformat(self.closes) - date.fromisoformat(self.today)).days,
            "Median minutes": half_up(median(self.minutes(self.cases)), 1),
            "Median minutes: eight in ten took # to #": (half_up(spent[0]), half_up(spent[-1])),
        }
        found |= self.introduction() | self.roles() | self.tables() | self.days() | self.pages()
        if flagged := self.undecided():
            found["Waiting for a decision"] = len(flagged)
        return found | self.marks()

    def undecided(self) -> set[str]:
        """The cases that bear a flag on which nobody decided."""
        asked = "SELECT case_id FROM case_flag WHERE study_id = ? AND year = ?"
        flagged = {id_ for (id_,) in self.stage.rows(asked, STUDY, self.year)}
        return {case.id for case in self.cases if case.id in flagged and case.decision is None}

    def marks(self) -> Held:
        """The mailings that went, as they are named under the curves."""
        asked = "SELECT number, kind FROM invitation_round WHERE study_id = ? AND year = ? ORDER BY number"
        sent = self.stage.rows(asked, STUDY, self.year)
        kinds = [kind for _, kind in sent]
        words, numbers = list[str](), list[int]()
        for at, (number, kind) in enumerate(sent):
            numbers.append(number)
            words.append("# – Invitation, …" if kind == "invitation" else "# – Reminder #, …")
            if kind == "reminder":
                numbers.append(kinds[: at + 1].count(kind))
        return {f"Upright lines are messages that went: {'; '.join(words)}": numbers} if sent else {}

    def introduction(self) -> Held:
        """Who came before the first question, from the counters of the landing pages."""
        asked = """SELECT event, sum(times) FROM arrival
                   WHERE study_id = ? AND year = ? AND NOT is_test GROUP BY event"""
        times = dict(self.stage.rows(asked, STUDY, self.year))
        chose, agreed = times["role_chosen"], times["consent_given"]
        asked = asked.replace("SELECT event", "SELECT role, event").replace("GROUP BY", "GROUP BY role,")
        own = {(role, event): n for role, event, n in self.stage.rows(asked, STUDY, self.year)}
        ways = [
            (own[role, "role_chosen"], own[role, "consent_given"]) for role in ROLES if (role, "role_chosen") in own
        ]
        said = [(came, came - begun, percent(came - begun, came)) for came, begun in ways]
        return {
            "Introduction: # chose this role, # did not begin (#).": [one for line in said for one in line],
            "Break-off at the introduction": percent(chose - agreed, chose),
            "Break-off at the introduction: # chose a role": chose,
            "Break-off at the introduction: # gave consent": agreed,
        }

    def roles(self) -> Held:
        """The card of each role."""
        found: Held = {}
        for role, name in ROLES.items():
            complete, target = self.count("complete", self.of(role=role)), self.targets[role]
            found[f"{name}: # of the target of #"] = (complete, target)
            found[f"{name}: # · # to go"] = (percent(complete, target), target - complete)
        return found

    def of(self, **which: str) -> list[Case]:
        """The cases that have these values."""
        return [case for case in self.cases if all(getattr(case, name) == value for name, value in which.items())]

    def tables(self) -> Held:
        """Who begins and who stays, by each of four columns."""
        found: Held = {}
        for part, names in {"role": ROLES, "language": LANGUAGES, "source": SOURCES, "device": DEVICES}.items():
            for value, name in names.items():
                if here := self.of(**{part: value}):
                    found |= self._line(f"By {part} | {name}", here)
        return found | self._line("By role | All", self.cases)

    def _line(self, name: str, cases: list[Case]) -> Held:
        complete, left = self.count("complete", cases), self.count("left", cases)
        counts = {
            "Begun": len(cases),
            "In progress": self.count("progress", cases),
            "Broke off": left,
            "Not eligible": self.count("screened_out", cases),
            "Withdrawn": self.count("withdrawn", cases),
            "Complete": complete,
        }
        if complete + left:
            counts["Break-off"] = percent(left, complete + left)  # type: ignore[assignment]
        if spent := self.minutes(cases):
            counts["Median minutes"] = half_up(median(spent), 1)  # type: ignore[assignment]
        return {f"{name} | {head}": value for head, value in counts.items()}

    def days(self) -> Held:
        """Day by day, every day from the first to the last on which somebody came."""
        begun, sent = Counter(case.started for case in self.cases), Counter(case.sent for case in self.cases)
        done = {role: Counter(case.sent for case in self.of(role=role)) for role in ROLES}
        return self._days(begun, sent, done)

    def _days(
        self, begun: Counter[str | None], sent: Counter[str | None], done: Mapping[str, Counter[str | None]]
    ) -> Held:
        known = [day for day in {*begun, *sent} if day is not None]
        if not known:
            return {}
        found: Held = {}
        first, last = date.fromisoformat(min(known)), date.fromisoformat(max(known))
        for ordinal in range(first.toordinal(), last.toordinal() + 1):
            day = date.fromordinal(ordinal)
            name, iso = f"Table by day | {day:%a} {day.day} {day:%b} {day.year}", day.isoformat()
            found |= {f"{name} | Begun": begun[iso], f"{name} | Sent": sent[iso]}
            for role, plural in ROLES.items():
                so_far = sum(times for sent_on, times in done[role].items() if sent_on is not None and sent_on <= iso)
                found[f"{name} | {plural}, so far"] = so_far
        return found

    def pages(self) -> Held:
        """Where people break off, per role and page."""
        asked = """SELECT s.case_id, s.page, s.seconds FROM page_save s JOIN cases c USING (study_id, case_id)
                   WHERE c.study_id = ? AND c.year = ? AND NOT c.is_test"""
        saves = self.stage.rows(asked, STUDY, self.year)
        found: Held = {}
        for role, plural in ROLES.items():
            here = self.of(role=role)
            if not here:
                continue
            left, ended = self.count("left", here), self.count("left", here) + self.count("complete", here)
            share = percent(left, ended) if ended else None
            found[f"{plural} – # of the # who sent or broke off (#)"] = (left, ended, share)
            saved = {case.id: {page for id_, page, _ in saves if id_ == case.id} for case in here}
            names = list(PAGES)
            for at, page in enumerate([*names, SEND]):
                before = names[at - 1] if at else "consent"
                reached = [case for case in here if before in saved[case.id]]
                gone = [case for case in reached if self.standing(case) == "left" and page not in saved[case.id]]
                line = f"{plural} | {PAGES.get(page, page)}"
                found |= {f"{line} | Reached": len(reached), f"{line} | Broke off here": len(gone)}
                if reached:
                    found[f"{line} | Share"] = percent(len(gone), len(reached))
                    for device, name in DEVICES.items():
                        theirs = [case for case in reached if case.device == device]
                        lost = sum(case in gone for case in theirs)
                        found[f"{line} | On a {name.lower()}: # (#)"] = (lost, percent(lost, len(theirs)))
                ids = {case.id for case in here}
                spent = [seconds for id_, name, seconds in saves if name == page and id_ in ids and seconds]
                if spent:
                    found[f"{line} | Median seconds"] = half_up(median(spent))
        return found


FROM_ONE_NETWORK = (
    "From one network more than # questionnaires were sent within an hour; sent beyond those since …: #. "
    "That is an office where many take part, or a program. To the quality rules"
)


class Anonymous(Recount):
    """A wave that keeps no day with a case: there is a counter per day and role, and nobody is in progress."""

    def fieldwork(self) -> Held:
        """The dashboard; everybody here takes part from one machine, so that more than five a day are told."""
        found = {name: value for name, value in super().fieldwork().items() if "n progress" not in name}
        asked = """SELECT sum(times) FROM day_count
                   WHERE study_id = ? AND year = ? AND NOT is_test AND event != ? AND day = ?"""
        ((sent,),) = self.stage.rows(asked, STUDY, self.year, BEGUN, self.today)
        return found | ({FROM_ONE_NETWORK: (5, sent - 5)} if (sent or 0) > 5 else {})

    def days(self) -> Held:
        """Day by day, from the counters."""
        asked = "SELECT day, event, role, times FROM day_count WHERE study_id = ? AND year = ? AND NOT is_test"
        rows = self.stage.rows(asked, STUDY, self.year)
        begun, sent = (Counter[str | None]() for _ in range(2))
        done = {role: Counter[str | None]() for role in ROLES}
        for day, event, role, times in rows:
            if event == BEGUN:
                begun[day] += times
            else:
                sent[day] += times
                done[role][day] += times
        return self._days(begun, sent, done)
