"""Quality and results of a wave counted again from the raw rows."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from statistics import mean, stdev

from tests.browser.fieldwork_stage import STUDY
from tests.browser.recount import Held, Recount, half_up, percent

RULES = {"duplicate": "The same as somebody else", "skipped": "Mostly skipped", "automated": "As a program answers"}
QUIET = ("Noise in open answers",)
"""Rules that can run in the play and strike nobody."""


def quality(wave: Recount) -> Held:
    """The page of the quality rules."""
    asked = "SELECT case_id, rule, strength FROM case_flag WHERE study_id = ? AND year = ?"
    flags = wave.stage.rows(asked, STUDY, wave.year)
    decided = {case.id: case.decision for case in wave.cases}
    complete = sum(case.state == "complete" for case in wave.cases)
    flagged = {case_id for case_id, _, _ in flags}
    found: Held = {
        "# of # finished questionnaires bear a flag; checked at ….": (len(flagged), complete),
        "To decide": len(wave.undecided()),
        "Keeps counting": sum(case.decision == "kept" for case in wave.cases),
        "Excluded": sum(case.decision == "excluded" for case in wave.cases),
    }
    for rule, name in {**RULES, **{quiet: quiet for quiet in QUIET}}.items():
        struck = {case_id: strength for case_id, other, strength in flags if other == rule}
        line = f"What the rules say | {name}"
        found |= {
            f"{line} | Mild": sum(strength == 1 for strength in struck.values()),
            f"{line} | Strong": sum(strength == 2 for strength in struck.values()),
            f"{line} | Share": percent(len(struck), complete, 1),
            f"{line} | To decide": sum(decided[case_id] is None for case_id in struck),
        }
    for row, name in RULES.items():
        for column, head in RULES.items():
            both = {c for c, rule, _ in flags if rule == row} & {c for c, rule, _ in flags if rule == column}
            found[f"Who is flagged by two rules | {name} | {head}"] = len(both)
    return found


def marks(wave: Recount) -> Held:
    """The mark's results: shares with Wilson's interval (1927), mean with Student's t, on whom nobody excluded."""
    given = [case.answers["v_mark"] for case in wave.cases if case.state == "complete" and case.decision != "excluded"]
    valid = [mark for mark in given if mark > 0]
    found: Held = {"Base: everyone asked # · answered # · valid #": (len(given), len(valid), len(valid))}
    table = "Mark for the course"
    groups = {str(mark): sum(one == mark for one in valid) for mark in range(1, 11)}
    groups |= {"8 or higher": sum(one >= 8 for one in valid), "Below 6": sum(one < 6 for one in valid)}
    for name, hits in groups.items():
        found[f"{table} | {name} | Total°: # #–#"] = (percent(hits, len(valid)), *wilson(hits, len(valid)))
    middle, spread = mean(valid), stdev(valid)
    reach = STUDENT[len(valid)] * spread / len(valid) ** 0.5
    found[f"{table} | Mean | Total°: # #–#"] = tuple(
        half_up(one, 1) for one in (middle, middle - reach, middle + reach)
    )
    found |= {
        f"{table} | Standard deviation | Total°": half_up(spread, 1),
        f"{table} | Valid answers (n) | Total°": len(valid),
        f"{table} | don’t know | Total°": given.count(-2),
        f"{table} | skipped | Total°": given.count(-9),
    }
    return found


def coding(wave: Recount, names: Mapping[int, str]) -> Held:
    """Two coders on one question: how far they are, and Cohen's kappa (1960) of each code before it was settled."""
    asked = "SELECT case_id, seat, codes, suggested FROM coder_code WHERE study_id = ? AND year = ?"
    rows = [(case, seat, *map(json.loads, given)) for case, seat, *given in wave.stage.rows(asked, STUDY, wave.year)]
    given = {seat: {case: set(codes) for case, own, codes, _ in rows if own == seat} for seat in (1, 2)}
    both = sorted(set(given[1]) & set(given[2]))
    settled = {case for case, seat, _, _ in rows if seat == 3}
    alike = [case for case in both if given[1][case] == given[2][case]]
    answers = sum(isinstance(case.answers.get("o_better"), str) and case.decision != "excluded" for case in wave.cases)
    offered = sum(len(suggested) for _, seat, _, suggested in rows if seat < 3)
    taken = sum(len({*suggested} & {*codes}) for _, seat, codes, suggested in rows if seat < 3)
    frames = wave.stage.one("SELECT max(number) FROM code_frame WHERE study_id = ? AND year = ?", STUDY, wave.year)
    found: Held = {
        "Answers": answers,
        "Coded by two people": len(both),
        "With codes that count": len(settled | set(alike)),
        "Code frame: # codes, version #": (len(names), frames),
        "Coder # – you # of # coded Look through your codes Hand over this place": (1, len(given[1]), answers),
        "Coder # – researcher-nl@example.org # of # coded": (2, len(given[2]), answers),
        "Of # codes that were suggested, coders gave # (#).": (offered, taken, percent(taken, offered)),
    }
    for code, name in names.items():
        pairs = [(code in given[1][case], code in given[2][case]) for case in both]
        found[f"How far they agree | {name} | Cohen’s kappa"] = half_up(kappa(pairs), 2)
    return found


def kappa(pairs: Sequence[tuple[bool, bool]]) -> float:
    """Agreement beyond what two people who give a code as often as these did would have by chance."""
    n = len(pairs)
    seen = sum(one == other for one, other in pairs) / n
    first, second = (sum(pair[at] for pair in pairs) / n for at in (0, 1))
    chance = first * second + (1 - first) * (1 - second)
    return (seen - chance) / (1 - chance)


STUDENT = {11: 2.2281, 12: 2.2010}
"""The 97.5th percentile of Student's t with n - 1 degrees of freedom, from a printed table."""


def wilson(hits: int, n: int) -> tuple[str, str]:
    """Wilson's interval of 95 percent, as the page prints it."""
    z = 1.959964
    middle, reach = hits + z * z / 2, z * (hits * (n - hits) / n + z * z / 4) ** 0.5
    low, high = (100 * (middle + way * reach) / (n + z * z) for way in (-1, 1))
    return half_up(max(low, 0.0)), f"{half_up(high)}%"
