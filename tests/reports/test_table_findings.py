"""What a table found, in words: of grids made by hand, so that every number of a sentence is seen beside its figure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveyapp.analysis.verdict import Verdict
from surveyapp.reports.formatting import figure_text
from surveyapp.reports.grid import Bases, Figure, Grid, Group, Item, Measure, TableTest
from surveyapp.reports.sentences import Words
from surveyapp.reports.table_findings import table_finding

LEVEL = 0.05
MARK, AGREE, RATHER = ("mean", "mean", "mark"), ("net", "top2", "share"), ("code", 4, "share")
SECTOR = {"nl": "Sector", "en": "Sector"}
ROLE = {"nl": "Rol", "en": "Role"}
SECTORS = ("Bouw", "Zorg", "Handel", "Horeca", "Energie", "Onderwijs")
NUMBER = re.compile(r"[+−]?\d[\d.,]*\d%?|[+−]?\d%?")


def words(text: str) -> Words:
    return {"nl": text, "en": text}


def figure(value: float | None, letters: str = "", n: int = 100, **parts: Any) -> Figure:
    """A figure of so many people, hidden where it has no value."""
    if value is None:
        return Figure(is_hidden=True, bases=Bases(is_hidden=True))
    bases = Bases(n, n, n, float(n), float(n), is_low=n < 30, precision=Verdict.RELIABLE)
    return Figure(value, 0.1, value - 0.2, value + 0.2, letters=letters, bases=bases, **parts)


def measure(said: tuple[str, int | str, str], item: str = "mark", label: str = "") -> Measure:
    kind, code, unit = said
    return Measure(item, kind, code, words(label or str(code)), unit)


def columns(labels: Sequence[str], banner: str = "b_sector", label: Words = SECTOR) -> list[Group]:
    return [Group(f"{banner}:{at}", words(name), banner, label, "ABCDEFGH"[at]) for at, name in enumerate(labels)]


def grid(
    lines: Sequence[tuple[Measure, Sequence[Figure]]],
    groups: Sequence[Group],
    *,
    items: Sequence[Item] | None = None,
    whole: float = 0.5,
    **parts: Any,
) -> Grid:
    """A table with everyone in front; every line rests on the same people."""
    total = figure(whole, n=1000)
    asked = items or [Item("mark", words("Cijfer"), words(""), words(""), words(""))]
    bases = tuple(one.bases for one in (total, *lines[0][1]))
    return Grid(
        tuple(asked),
        tuple(one for one, _ in lines),
        (Group("total", words("Totaal")), *groups),
        tuple((total, *figures) for _, figures in lines),
        tuple(bases for _ in asked),
        **parts,
    )


def roles(*figures: Figure, names: Sequence[str] = ("managers", "professionals")) -> Grid:
    return grid([(measure(MARK), figures)], columns(names, "role", ROLE))


def sectors(*figures: Figure, said: tuple[str, int | str, str] = MARK) -> Grid:
    return grid([(measure(said), figures)], columns(SECTORS[: len(figures)]))


def english(made: Grid, **how: Any) -> str | None:
    found = table_finding(made, LEVEL, **how)
    return None if found is None else found["en"]


def dutch(made: Grid, **how: Any) -> str:
    found = table_finding(made, LEVEL, **how)
    assert found is not None
    return found["nl"]


def test_two_roles_give_a_mark_each_and_a_letter_says_whether_they_differ() -> None:
    alike = roles(figure(7.68), figure(7.91))
    assert english(alike) == "Role: professionals give 7.9, managers 7.7; the difference is not significant."
    assert dutch(alike) == "Rol: professionals geven een 7,9, managers een 7,7; het verschil is niet significant."
    apart = roles(figure(7.34), figure(7.91, "A"))
    assert dutch(apart) == "Rol: professionals geven een 7,9, managers een 7,3; het verschil is significant."


def test_the_highest_that_differs_is_named_with_those_it_is_higher_than() -> None:
    made = sectors(figure(7.21), figure(8.04, "AC"), figure(7.02), figure(7.5))
    assert dutch(made) == "Sector: 8,0 bij “Zorg”, significant hoger dan bij “Handel” (7,0) en “Bouw” (7,2)."
    assert english(made) == "Sector: 8.0 for “Zorg”, significantly higher than for “Handel” (7.0) and “Bouw” (7.2)."


def test_of_many_the_three_lowest_are_named() -> None:
    made = sectors(figure(7.2), figure(8.0, "ACDEF"), figure(7.0), figure(7.5), figure(6.1), figure(6.5))
    assert english(made) == (
        "Sector: 8.0 for “Zorg”, significantly higher than for “Energie” (6.1), “Onderwijs” (6.5), “Handel” (7.0) "
        "and others."
    )


def test_the_highest_mark_is_not_named_where_no_letter_stands_beside_it() -> None:
    made = sectors(figure(7.2), figure(7.9, "A"), figure(8.4))
    assert english(made) == "Sector: 7.9 for “Zorg”, significantly higher than for “Bouw” (7.2)."


def test_without_a_letter_it_says_so_of_the_groups_that_were_tested() -> None:
    assert english(sectors(figure(7.2), figure(7.4), figure(7.3))) == (
        "Sector: 7.2 for “Bouw”, 7.4 for “Zorg” and 7.3 for “Handel”; "
        "none of the tested differences between means is significant."
    )
    many = sectors(figure(7.2), figure(7.4), figure(7.3), figure(7.1))
    assert dutch(many) == (
        "Sector: van 7,1 bij “Horeca” tot 7,4 bij “Zorg”; "
        "geen van de getoetste verschillen tussen gemiddelden is significant."
    )
    small = sectors(figure(7.2), figure(7.4), figure(9.3, n=12), figure(None))
    assert english(small) == "Sector: 7.2 for “Bouw” and 7.4 for “Zorg”; the difference is not significant."


@pytest.mark.parametrize(
    "made",
    [
        grid([(measure(MARK), [])], []),
        sectors(figure(7.2), figure(9.1, n=12)),
        sectors(figure(7.2), figure(None)),
        sectors(figure(1974.0), figure(1981.0, "A"), said=("mean", "mean", "year")),
        sectors(figure(0.4), figure(0.5), said=AGREE),
        sectors(figure(7.61), figure(7.64, "A")),
        grid([(measure(MARK), [figure(7.2), figure(7.4)])], columns(("A › B", "A › C"), "role > b_sector")),
    ],
    ids=["nobody", "one is small", "one is hidden", "years", "shares untested", "rounded away", "nested"],
)
def test_where_no_test_says_anything_nothing_is_said(made: Grid) -> None:
    assert table_finding(made, LEVEL) is None


@pytest.mark.parametrize(
    "whole",
    [Bases(is_hidden=True), replace(figure(7.0).bases, precision=Verdict.NOT_SHOWN)],
    ids=["hidden", "imprecise"],
)
def test_where_everyone_together_is_not_shown_nothing_is_said(whole: Bases) -> None:
    made = sectors(figure(7.2), figure(8.0, "A"))
    assert table_finding(replace(made, bases=((whole, *made.bases[0][1:]),)), LEVEL) is None


def test_of_shares_the_largest_difference_with_a_letter_is_told_nets_first() -> None:
    lines = [
        (measure(RATHER, label="Mee eens"), [figure(0.1), figure(0.7, "A")]),
        (measure(AGREE, label="Hoogste twee"), [figure(0.614), figure(0.784, "A")]),
        (measure(("net", "bottom2", "share"), label="Laagste twee"), [figure(0.2, "B"), figure(0.1)]),
    ]
    made = grid(lines, columns(SECTORS[:2]))
    assert dutch(made) == (
        "Sector: het grootste significante verschil zit bij “Hoogste twee”: 78% bij “Zorg” tegen 61% bij “Bouw”."
    )
    assert english(made, lines=made.lines[:1]) == (
        "Sector: the largest significant difference is on “Mee eens”: 70% for “Zorg” against 10% for “Bouw”."
    )


@pytest.mark.parametrize(
    ("p", "said"),
    [
        (0.34, "Sector: de antwoorden verschillen niet significant (p = 0,340)."),
        (
            0.002,
            "Sector: de antwoorden verschillen als geheel significant (p = 0,002), maar op geen enkel antwoord "
            "verschillen twee groepen significant.",
        ),
    ],
)
def test_of_shares_without_a_letter_the_test_of_the_whole_is_told(p: float, said: str) -> None:
    test = TableTest("b_sector", SECTOR, 2, "pearson", 3.1, (1.0, None), p, 0.1, 200, None)
    item = Item("mark", words("Cijfer"), words(""), words(""), words(""), tests=(test,))
    made = grid([(measure(RATHER), [figure(0.4), figure(0.5)])], columns(SECTORS[:2]), items=[item])
    assert dutch(made) == said


def test_a_score_keeps_its_sign_and_another_mean_is_called_one() -> None:
    score = sectors(figure(-0.12), figure(0.31, "A"), said=("score", "score", "score"))
    assert english(score) == "Sector: +31 for “Zorg”, significantly higher than for “Bouw” (−12)."
    hours = sectors(figure(31.25), figure(36.04, "A"), said=("mean", "mean", "mean"))
    assert dutch(hours) == "Sector: gemiddeld 36,0 bij “Zorg”, significant hoger dan bij “Bouw” (31,3)."


def test_an_indicative_figure_keeps_its_mark_and_weighted_ones_are_called_weighted() -> None:
    one = figure(8.0, "A", precision=Verdict.INDICATIVE)
    made = replace(sectors(figure(7.2), one), weight="roles-2026")
    assert english(made) == (
        "Sector: 8.0° for “Zorg”, significantly higher than for “Bouw” (7.2). These figures are weighted."
    )


def test_against_the_rest_arrows_are_told() -> None:
    made = sectors(figure(7.2, "▼"), figure(8.0, "▲"), figure(7.5))
    assert dutch(made, is_against_rest=True) == (
        "Sector: significant hoger dan alle anderen samen: “Zorg” (8,0); significant lager: “Bouw” (7,2)."
    )
    shares = grid(
        [(measure(AGREE, label="Hoogste twee"), [figure(0.6), figure(0.78, "▲")])], columns(SECTORS[:2]), whole=0.65
    )
    assert english(shares, is_against_rest=True) == (
        "Sector: “Hoogste twee”: significantly higher than all others together: “Zorg” (78%)."
    )
    alike = sectors(figure(7.2), figure(7.4))
    assert english(alike, is_against_rest=True) == (
        "Sector: no group that was tested has a significantly different mean from all others together."
    )


def test_of_several_banners_those_with_a_difference_come_first() -> None:
    groups = [*columns(("managers", "professionals"), "role", ROLE), *columns(SECTORS[:2])]
    made = grid([(measure(MARK), [figure(7.3), figure(7.4), figure(7.0), figure(7.9, "A")])], groups)
    assert english(made) == (
        "Sector: 7.9 for “Zorg”, significantly higher than for “Bouw” (7.0). "
        "Role: none of the tested differences between means is significant."
    )


def test_of_several_questions_the_largest_difference_is_told_and_the_others_are_named() -> None:
    items = [
        Item(name, words(title), words(""), words(""), words("")) for name, title in (("a", "Werk"), ("b", "Baas"))
    ]
    first = [figure(7.0), figure(7.4, "A")]
    lines = [(measure(MARK, "a"), first), (measure(MARK, "b"), [figure(6.8), figure(7.9, "A")])]
    made = grid(lines, columns(SECTORS[:2]), items=items)
    assert english(made) == (
        "Sector: the largest significant difference is on “Baas”: 7.9 for “Zorg” against 6.8 for “Bouw”. "
        "Also significant: “Werk”."
    )
    alike = [(one, [figure(7.0), figure(7.1)]) for one, _ in lines]
    assert dutch(grid(alike, columns(SECTORS[:2]), items=items)) == (
        "Sector: geen van de getoetste verschillen tussen gemiddelden is significant."
    )


@st.composite
def tables(draw: st.DrawFn) -> Grid:
    """A mark or shares over two to six groups, some hidden, some small; letters only where both sides were tested."""
    said = draw(st.sampled_from([[MARK], [RATHER, ("code", 5, "share")], [AGREE, RATHER]]))
    size = draw(st.integers(2, 6))
    sizes = draw(st.lists(st.sampled_from([0, 12, 40, 500]), min_size=size, max_size=size))
    lines = []
    for one in said:
        scale = 10 if one[2] == "mark" else 1
        values = draw(st.lists(st.floats(0.02, 0.98), min_size=size, max_size=size))
        tested = [at for at in range(size) if sizes[at] >= 30]
        pairs = [(a, b) for a in tested for b in tested if values[a] > values[b]]
        kept = draw(st.sets(st.sampled_from(pairs))) if pairs else set()
        letters = ["".join("ABCDEF"[b] for b in range(size) if (at, b) in kept) for at in range(size)]
        figures = [figure(values[at] * scale if sizes[at] else None, letters[at], sizes[at]) for at in range(size)]
        lines.append((measure(one, label=f"{one[0]}-row"), figures))
    return grid(lines, columns(SECTORS[:size]), whole=draw(st.floats(0.02, 0.98)))


@given(tables())
def test_each_number_is_printed_in_the_table_and_each_difference_has_its_letter(made: Grid) -> None:
    found = table_finding(made, LEVEL)
    if found is None:
        return
    for language in ("nl", "en"):
        printed = {figure_text(one, line.unit, language) for line, figures in made.lines for one in figures[1:]}
        assert set(NUMBER.findall(found[language])) <= printed
    named = re.findall(r"“(\w+)”", found["en"])
    letters = {group.label["en"]: group.letter or "" for group in made.groups[1:]}
    if "higher than" in found["en"] or "against" in found["en"]:
        first, *others = named
        beside = [figures[1 + list(letters).index(first)].letters for _, figures in made.lines]
        assert any(all(letters[other] in one for other in others) for one in beside)
    else:
        assert "significant" in found["en"]
        assert not any(one.letters for one in made.figures[0])
    untested = {group.label["en"] for group, bases in made.columns[1:] if bases.is_hidden or bases.is_low}
    assert not untested & set(named)


@given(tables(), st.floats(0.02, 0.98))
def test_nothing_follows_from_groups_that_were_not_tested(made: Grid, other: float) -> None:
    changed = tuple(
        tuple(replace(one, value=other) if one.bases.is_low else one for one in figures) for figures in made.figures
    )
    assert table_finding(made, LEVEL) == table_finding(replace(made, figures=changed), LEVEL)
