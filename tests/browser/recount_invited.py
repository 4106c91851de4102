"""The people of a sample counted again from the raw rows: where they stand, their messages, the rates of AAPOR."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from tests.browser.fieldwork_stage import STUDY, Stage
from tests.browser.recount import ROLES, Case, Held, Recount, half_up, percent


class Person(NamedTuple):
    """One row of the contacts, with what became of it."""

    id: str
    role: str
    segment: str
    opened: str | None
    opted_out: str | None
    bounced: str | None
    case: Case | None


class Invited(Recount):
    """A wave to which people are invited by name."""

    def __init__(self, stage: Stage, year: int, today: date) -> None:
        super().__init__(stage, year, today)
        asked = """SELECT c.contact_id, c.role, c.segment, c.opened_on, c.opted_out_on, c.bounced_on, l.case_id
                   FROM contact c LEFT JOIN case_link l USING (study_id, contact_id)
                   WHERE c.study_id = ? AND c.year = ?"""
        cases = {case.id: case for case in self.cases}
        self.people = [Person(*row[:6], cases.get(row[6])) for row in stage.rows(asked, STUDY, year)]
        asked = "SELECT number, contact_id, state, sent_on FROM invitation_message WHERE study_id = ? AND year = ?"
        self.messages = stage.rows(asked, STUDY, year)

    def code(self, person: Person) -> str:
        """The code of AAPOR, for a questionnaire in which nobody who left got far enough to be partial."""
        if person.case is not None:
            return "1.1" if person.case.state == "complete" else "2.12"
        if person.opted_out:
            return "2.111"
        if person.bounced:
            return "3.3"
        return "2.121" if person.opened else "3.19"

    def fieldwork(self) -> Held:
        """The dashboard, with the invited by role and segment and what each mailing brought."""
        found = super().fieldwork()
        for role in ROLES:
            here = [one for one in self.people if one.role == role]
            found |= self._asked(role.title(), here, self.targets[role])
            for segment in {one.segment for one in here}:
                for name, value in self._asked(segment, [one for one in here if one.segment == segment]).items():
                    found[name] = (*found.get(name, ()), value)
        found |= self._asked("All", self.people, sum(self.targets.values()))
        found["Response rate"] = found["The invited, by role and segment | All | RR2"]
        found["Response rate: RR# of AAPOR, of # invited"] = (2, len(self.people))
        for number in {number for number, _, _, _ in self.messages}:
            for name, value in self._line_of(number).items():
                _, mailing, head = name.split(" | ")
                if head != "To":
                    found[f"What each mailing brought | {mailing} | {head}"] = value
            line = self._line_of(number)
            delivered = next(n for name, n in line.items() if name.endswith("Delivered"))
            completes = next(n for name, n in line.items() if "Finished" in name)
            found[f"What each mailing brought | {mailing} | Of the delivered"] = percent(completes, delivered, 1)
        return found

    def _asked(self, name: str, people: list[Person], wanted: int | None = None) -> Held:
        complete = sum(one.case is not None and one.case.state == "complete" for one in people)
        found: Held = {
            "Invited": len(people),
            "Opened": sum(one.opened is not None for one in people),
            "Begun": sum(one.case is not None for one in people),
            "Complete": complete,
            "RR1": percent(complete, len(people), 1),
            "RR2": percent(complete, len(people), 1),
        }
        if wanted is not None:
            found |= {"Target": wanted, "To go": wanted - complete}
        return {f"The invited, by role and segment | {name} | {head}": value for head, value in found.items()}

    def sample(self) -> Held:
        """The page of the sample."""
        found: Held = {"# contacts are invited by name. See the contacts": len(self.people)}
        for role in ROLES:
            here = [one for one in self.people if one.role == role]
            found |= self._row(f"Who is invited | {role}", here, self.targets[role])
            for segment in {one.segment for one in here}:
                for head, value in self._row(segment, [one for one in here if one.segment == segment]).items():
                    found[f"Who is invited | {head}"] = (*found.get(f"Who is invited | {head}", ()), value)
        return found | self._row("Who is invited | Total", self.people, sum(self.targets.values()))

    def _row(self, name: str, people: list[Person], wanted: int | None = None) -> Held:
        is_written_to = {contact for _, contact, _, _ in self.messages}
        quiet = [one for one in people if one.case is None and not one.opted_out and not one.bounced]
        columns = {
            "Invited": len(people),
            "No link yet": sum(one.id not in is_written_to for one in quiet),
            "Has a link, not begun": sum(one.id in is_written_to for one in quiet),
            "Mail comes back": sum(one.case is None and bool(one.bounced) for one in people),
            "Has begun": sum(one.case is not None and one.case.state == "started" for one in people),
            "Has sent": sum(one.case is not None and one.case.state == "complete" for one in people),
            "Wants no mail": sum(one.case is None and bool(one.opted_out) for one in people),
        }
        everywhere = self._of_all(columns)
        return {f"{name} | {head}": n for head, n in columns.items() if head in everywhere} | (
            {f"{name} | Wanted": wanted} if wanted is not None else {}
        )

    def _of_all(self, columns: Mapping[str, int]) -> set[str]:
        """A column that would be empty for everybody is left out, but for four."""
        always = {"Invited", "Has a link, not begun", "Has begun", "Has sent", "Wants no mail"}
        return always | {"Mail comes back"} if any(one.bounced for one in self.people) else always

    def mailings(self) -> Held:
        """The list of mailings; who finished counts for the newest message of at most three days before."""
        found: Held = {}
        for number in sorted({number for number, _, _, _ in self.messages}):
            found |= self._line_of(number)
        return found

    def _line_of(self, number: int) -> Held:
        here = [one for one in self.messages if one[0] == number]
        name = "Invitation" if number == 1 else f"Reminder {number - 1}"
        states = Counter(state for _, _, state, _ in here)
        return {
            f"Mailings | {name} | To": len(here),
            f"Mailings | {name} | Sent": states["sent"] + states["bounced"],
            f"Mailings | {name} | Delivered": states["sent"],
            f"Mailings | {name} | Came back": states["bounced"],
            f"Mailings | {name} | Finished within 3 days": sum(map(self.finished, here)),
            f"Mailings | {name} | Opted out": sum(map(self.left, here)),
        }

    def mailing(self, number: int) -> Held:
        """The page of one mailing, once it went."""
        line = {name.rpartition(" | ")[2]: n for name, n in self._line_of(number).items()}
        states = Counter(state for at, _, state, _ in self.messages if at == number)
        return {
            "sent confirmed for # people": line["To"],
            "# of # messages settled": (line["To"], line["To"]),
            **{f"What became of the messages | {STATES[state]} | How many": n for state, n in states.items()},
            "Delivered": line["Delivered"],
            "Finished within 3 days": line["Finished within 3 days"],
            "Opted out": line["Opted out"],
        }

    def to_remind(self) -> list[Person]:
        """Who was written to, has not finished, and may be written to again."""
        written = {contact for _, contact, _, _ in self.messages}
        waiting = [one for one in self.people if one.case is None or one.case.state != "complete"]
        return [one for one in waiting if one.id in written and not one.opted_out and not one.bounced]

    def finished(self, message: tuple[int, str, str, str]) -> bool:
        """Whether who got it sent their answers within three days, and got none after it by then."""
        case = next(one.case for one in self.people if one.id == message[1])
        return case is not None and case.sent is not None and self._counts(message, case.sent, 3)

    def left(self, message: tuple[int, str, str, str]) -> bool:
        """Whether who got it wanted no more mail, and got none after it by then."""
        day = next(one.opted_out for one in self.people if one.id == message[1])
        return day is not None and self._counts(message, day, None)

    def _counts(self, message: tuple[int, str, str, str], day: str, within: int | None) -> bool:
        sent = message[3]
        if sent is None or sent > day or any(m[1] == message[1] and sent < m[3] <= day for m in self.messages if m[3]):
            return False
        return within is None or date.fromisoformat(day).toordinal() - date.fromisoformat(sent).toordinal() <= within

    def rates(self) -> Held:
        """What became of the invited, by role too, and each rate with this wave's numbers filled in."""
        codes = Counter(map(self.code, self.people))
        n, table = len(self.people), "What became of the invited"
        found: Held = {}
        for code, times in codes.items():
            found |= {f"{table} | {code} | People": times, f"{table} | {code} | Share": percent(times, n, 1)}
        found[f"{table} | People"] = n
        for name, people in {
            **{role.title(): [one for one in self.people if one.role == role] for role in ROLES},
            "Total": self.people,
        }.items():
            line, own = f"The invited by role | {name}", Counter(map(self.code, people))
            found |= {f"{line} | People": len(people), **{f"{line} | {code}": own[code] for code in codes}}
            for rate in ("RR1", "RR2", "COOP1", "REF1"):
                found[f"{line} | {rate}"] = one_rate(rate, own)[0]
        for rate in RATES:
            value, filled = one_rate(rate, codes)
            found |= {
                f"Rates with this wave’s numbers | {rate} | Value": value,
                f"Rates with this wave’s numbers | {rate} | Formula": filled,
            }
        rr1, rr2 = (one_rate(rate, codes)[0] for rate in ("RR1", "RR2"))
        found["Invited: #. Sent: #. RR# #, RR# #."] = (n, codes["1.1"], 1, rr1, 2, rr2)
        return found


STATES = {"sent": "sent", "bounced": "came back"}
RATES = {
    "RR1": "I / ((I + P) + (R + NC + O) + (UH + UO))",
    "RR2": "(I + P) / ((I + P) + (R + NC + O) + (UH + UO))",
    "RR3": "I / ((I + P) + (R + NC + O) + e * (UH + UO))",
    "RR4": "(I + P) / ((I + P) + (R + NC + O) + e * (UH + UO))",
    "RR5": "I / ((I + P) + (R + NC + O))",
    "RR6": "(I + P) / ((I + P) + (R + NC + O))",
    "COOP1": "I / ((I + P) + R + O)",
    "COOP2": "(I + P) / ((I + P) + R + O)",
    "COOP3": "I / ((I + P) + R)",
    "COOP4": "(I + P) / ((I + P) + R)",
    "REF1": "R / ((I + P) + (R + NC + O) + (UH + UO))",
    "REF2": "R / ((I + P) + (R + NC + O) + e * (UH + UO))",
    "REF3": "R / ((I + P) + (R + NC + O))",
    "CON1": "((I + P) + R + O) / ((I + P) + R + O + NC + (UH + UO))",
    "CON2": "((I + P) + R + O) / ((I + P) + R + O + NC + e * (UH + UO))",
    "CON3": "((I + P) + R + O) / ((I + P) + R + O + NC)",
}
"""AAPOR, Standard Definitions (10th edition, 2023), pages 82 and on."""


def one_rate(name: str, codes: Mapping[str, int]) -> tuple[str, tuple[str, ...]]:
    """A rate, and the numbers in its formula in their order; nobody here is known not to be eligible, so e is 1."""
    refused = codes.get("2.111", 0) + codes.get("2.12", 0) + codes.get("2.121", 0)
    known = {"I": codes.get("1.1", 0), "P": 0, "R": refused, "NC": 0, "O": 0, "e": 1}
    known |= {"UH": codes.get("3.19", 0), "UO": codes.get("3.3", 0)}
    value = eval(RATES[name], {"__builtins__": {}}, known)
    letters = re.findall(r"[A-Za-z]+", RATES[name])
    return f"{half_up(100 * value, 1)}%", tuple(str(known[letter]) for letter in letters)
