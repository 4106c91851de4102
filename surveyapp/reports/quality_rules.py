"""The rules on the quality of answers: what each looks for, in words, what it needs, and which function judges.

A flag says that somebody should look, never that a case goes: who is excluded is decided by the team
(`surveyapp.fieldwork.quality`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from surveyapp.analysis.careless import Marked
from surveyapp.reports import quality_judges as judges
from surveyapp.reports.quality_evidence import Evidence
from surveyapp.reports.sentences import Words, both


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the table of rules.

    Attributes
    ----------
    words : what it looks for, with its cut-offs
    needs : what must be there for it to be judged
    of_case : why it strikes for a case, of the number it went by
    unit :  of that number: share, count, times
    """

    code: str
    title: Words
    words: Words
    needs: Words
    of_case: Callable[[Words | str | int], Words]
    unit: str
    judge: Callable[[Evidence], Marked]


RULES: Mapping[str, Rule] = {
    rule.code: rule
    for rule in (
        Rule(
            "speeder",
            both("Very fast"),
            both(
                "Finished in less than a third of the median time of the own role (strong; where the questionnaire "
                "says so, a half) or less than a half (mild), and faster than 300 milliseconds per word of the texts "
                "this person saw."
            ),
            both("30 timed questionnaires of the role"),
            lambda value: both("Time, of the median of the role: %(value)s; faster than anybody reads", value=value),
            "share",
            judges.very_fast,
        ),
        Rule(
            "straight",
            both("Straight lines"),
            both(
                "One and the same answer to all statements of two sets or more, each of at least four (mild); strong "
                "where one of those sets has statements worded the other way round."
            ),
            both("sets of statements on one scale"),
            lambda value: both("Sets of statements with one and the same answer throughout: %(value)s", value=value),
            "count",
            judges.straight,
        ),
        Rule(
            "run",
            both("Long rows of one answer"),
            both(
                "The longest row of equal answers to statements after one another has at least ten, and takes up half "
                "of the answers to statements (mild) or three quarters (strong). Sets in random order do not count."
            ),
            both("sets of statements in a fixed order"),
            lambda value: both("Equal answers in a row: %(value)s", value=value),
            "count",
            judges.long_rows,
        ),
        Rule(
            "spread",
            both("Hardly any spread, or very much"),
            both(
                "The answers of this person to statements differ as little among themselves as those of hardly "
                "anybody in the role: three deviations below the median (mild) or four (strong); or four above it "
                "(mild). A deviation is 1.48 times the median absolute one."
            ),
            both("eight statements, and 30 people in the role"),
            lambda value: both("Spread, on a scale from 0 to 1: %(value)s", value=value),
            "number",
            judges.odd_spread,
        ),
        Rule(
            "duplicate",
            both("The same as somebody else"),
            both(
                "An open answer of at least 25 letters and four words that somebody else gave too, capitals and "
                "punctuation aside (mild); two of them, or a whole questionnaire of at least 20 answers (strong). Of a "
                "device nothing is kept by which two questionnaires could be told to be of one, and a personal link "
                "begins one questionnaire only."
            ),
            both("open answers, or 20 answers"),
            lambda value: both(
                "Open answers that somebody else gave too: %(value)s; at 0 all other answers are the same", value=value
            ),
            "count",
            judges.same_as_another,
        ),
        Rule(
            "impossible",
            both("Impossible combinations"),
            both("Answers that cannot all be true of one person, as the questionnaire names them."),
            both("impossible combinations in the questionnaire"),
            lambda value: both("Combinations that the questionnaire calls impossible: %(value)s", value=value),
            "count",
            judges.impossible,
        ),
        Rule(
            "skipped",
            both("Mostly skipped"),
            both(
                "More than 60 percent of what was asked was skipped (strong), or was skipped, not known or not told "
                "(mild)."
            ),
            both("finished questionnaires"),
            lambda value: both("Questions without an answer: %(value)s", value=value),
            "share",
            judges.mostly_skipped,
        ),
        Rule(
            "automated",
            both("As a program answers"),
            both(
                "A field was filled in that nobody sees, or half of the pages with at least 20 words were sent within "
                "two seconds (strong); two pages or more (mild)."
            ),
            both("times per page"),
            lambda value: both(
                "Pages sent within two seconds: %(value)s; at 0 a field was filled in that nobody sees", value=value
            ),
            "count",
            judges.as_a_program,
        ),
        Rule(
            "attention",
            both("Missed attention items"),
            both("A question with a known right answer was answered otherwise: one (mild), two or more (strong)."),
            both("attention items in the questionnaire"),
            lambda value: both("Attention items answered otherwise: %(value)s", value=value),
            "count",
            judges.missed_attention,
        ),
        Rule(
            "gibberish",
            both("Noise in open answers"),
            both(
                "An open answer half of whose letters stand in words that no Dutch or English word looks like, or one "
                "word repeated: one answer (mild), two or more (strong). Whether a machine wrote a sentence that reads "
                "well, this does not tell."
            ),
            both("open answers"),
            lambda value: both("Open answers that look like no language: %(value)s", value=value),
            "count",
            judges.noise,
        ),
    )
}
"""Every rule by its code, in the order in which they are shown."""
