"""What may name somebody is pointed out, and whose list it stands on is not said."""

from __future__ import annotations

import pytest

from surveyapp.fieldwork import coding
from surveyapp.reports.coding_suggestions import known_answers
from surveyapp.reports.open_answers import open_answers
from surveyapp.reports.quotations import identifying, masked
from surveyapp.storage.database import Database
from tests.reports.coded_waves import QUESTION, STUDY, WORDS, YEAR, closed_wave, give, live_of, started

LISTED = ("Stichting de Brug", "Jansen", "Anna Jansen")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("Mail naar jan.de-boer@example.org of bel 06-1234 5678.", "Mail naar [e-mailadres] of bel [telefoonnummer]."),
        ("Op de Dorpsstraat 12a, 3511 AB zat niemand.", "Op de [adres], [adres] zat niemand."),
        ("Zie www.example.org voor meer.", "Zie [webadres] voor meer."),
        ("Vraag mevrouw van der Berg maar.", "Vraag [naam] maar."),
        ("Ik werkte voor Bouwgroep Noord B.V. in 2024.", "Ik werkte voor [naam] in 2024."),
        ("Het is bij Philips en TNO beter.", "Het is bij [naam] en [naam] beter."),
        ("dat jansen dit niet ziet", "dat [naam] dit niet ziet"),
        ("stichting de brug helpt", "[naam] helpt"),
        ("Beter overleg. Meer tijd! Geen 40 uur per week.", "Beter overleg. Meer tijd! Geen 40 uur per week."),
        ("In 2025 was het 1.200 euro.", "In 2025 was het 1.200 euro."),
    ],
)
def test_what_may_name_somebody_gets_a_blank(words: str, said: str) -> None:
    assert masked(words, identifying(words, LISTED), "nl") == said


def test_a_name_of_the_list_looks_like_any_other() -> None:
    """Who reads the marks cannot tell whether the list of contacts struck, or a capital did."""
    assert {one.kind for one in identifying("ik sprak jansen en Pietersen", LISTED)} == {"name"}


def test_suggestions_rest_on_one_s_own_codes_and_never_on_the_other_coder_s(database: Database) -> None:
    keys = closed_wave(database, [WORDS[1 + at % 3] for at in range(40)])
    started(database)
    give(database, 2, [(key, [1 + at % 3]) for at, key in enumerate(keys)])
    live = live_of(database)
    answers = open_answers(database, live.data(STUDY, YEAR), QUESTION, salt="zout")
    with database.read() as session:
        frame = coding.frame_in_force(session, STUDY, YEAR, QUESTION).frame
        given = {seat: coding.given(session, STUDY, YEAR, QUESTION, (seat,)) for seat in (1, 2)}
    for seat, expected in ((1, {()}), (2, {(1,), (2,), (3,)})):
        own = [(one, given[seat][one.case_id]) for one in answers if one.case_id in given[seat]]
        known = known_answers(database, live, STUDY, YEAR, frame, own, seat, salt="zout")
        assert {known.suggest(frame, one) for one in answers} == expected
