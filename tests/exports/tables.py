"""Hand-made tables in the shape the reports floor makes them, with hostile texts where a study could have them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

from surveyapp.exports.report_book.content import ReportContent, RoleLine
from surveyapp.reports.grid import Bases, Figure, Grid, Group, Item, Look, Measure

ROLES = (
    ("zelfstandig professionals", "independent professionals"),
    ("inhurend managers", "hiring managers"),
    ("inhuur-, inkoop- en HR-professionals", "hiring, procurement and HR professionals"),
    ("bemiddelaars", "intermediaries"),
)
AGREEMENT = (
    ("Helemaal oneens", "Strongly disagree"),
    ("Oneens", "Disagree"),
    ("Niet eens, niet oneens", "Neither agree nor disagree"),
    ("Eens", "Agree"),
    ("Helemaal eens", "Strongly agree"),
)
STAND = datetime(2026, 11, 23, 14, 5, tzinfo=UTC)
HASH = "ab12" * 16
Pair = tuple[str, str]
Make = Callable[[Sequence[int], Bases, int], Figure]
"""The figure of the counts of a group, on its bases, at its place."""


def both(pair: Pair) -> dict[str, str]:
    return {"nl": pair[0], "en": pair[1]}


def wilson(hits: float, n: int) -> tuple[float, float]:
    z = 1.959963984540054
    share = hits / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return middle - half, middle + half


def share(hits: int, bases: Bases, letters: str = "") -> Figure:
    n = bases.valid or 0
    low, high = wilson(hits, n)
    value = hits / n
    return Figure(value, math.sqrt(value * (1 - value) / n), low, high, hits, letters, bases=bases)


HIDDEN = Figure(is_hidden=True, bases=Bases(is_hidden=True))


def table(
    variable: str,
    title: Pair,
    answers: Sequence[Pair],
    counts: Sequence[Sequence[int] | None],
    *,
    scored: bool = False,
    nets: Mapping[str, tuple[Pair, tuple[int, ...]]] | None = None,
    first_code: int = 1,
    labels: Sequence[Pair] = ROLES,
    question: Pair | None = None,
    letters: Mapping[tuple[int, int], str] | None = None,
) -> Grid:
    """Counts per group; None hides a group, the total is the sum of the groups that are given."""
    shown = [group for group in counts if group is not None]
    total = [sum(group[at] for group in shown) for at in range(len(answers))]
    groups = [Group("total", both(("Totaal", "Total")))]
    for at, (label, _) in enumerate(zip(labels, counts, strict=False)):
        groups.append(Group(f"role:{at + 1}", both(label), "role", both(("Rol", "Role")), "ABCDEF"[at]))
    given: list[Sequence[int] | None] = [total, *counts]
    more = (9, *[0] * len(counts))
    bases = [HIDDEN.bases if one is None else based(sum(one), extra) for one, extra in zip(given, more, strict=True)]
    here = [(one, base, at) for at, (one, base) in enumerate(zip(given, bases, strict=True))]
    lines: list[tuple[Measure, list[Figure]]] = []

    def line(kind: str, code: int | str, label: Pair, make: Make, unit: str = "mean") -> None:
        said = both(("Niet in de percentages (aantallen)", "Not in the shares (counts)")) if kind == "missing" else None
        figures = [HIDDEN if one is None else make(one, base, at) for one, base, at in here]
        lines.append((Measure(variable, kind, code, both(label), unit, said), figures))

    for at, answer in enumerate(answers):
        marked = {place: mark for (row, place), mark in (letters or {}).items() if row == at}
        line("code", first_code + at, answer, partial(_answer, at, marked), "share")
    for key, (label, members) in (nets or {}).items():
        line("net", key, label, partial(_net, members), "share")
    if scored:
        line("mean", "mean", ("Gemiddelde", "Mean"), lambda *of: _mean(first_code, *of)[0])
        line("sd", "sd", ("Standaardafwijking", "Standard deviation"), lambda *of: _mean(first_code, *of)[1])
    line("missing", -2, ("Weet niet", "Don’t know"), _some_missing, "count")
    item = Item(
        variable,
        both(title),
        both(question or (f"In hoeverre geldt: {title[0]}?", f"To what extent: {title[1]}?")),
        both(
            (
                "Iedereen met een opdracht in de laatste twaalf maanden",
                "Everyone with an assignment in the last twelve months",
            )
        ),
        both(
            (
                "Ongewogen; 95%-interval volgens Wilson; Welch en z met Holm per rij; groepen onder 10 niet getoond.",
                "Unweighted; 95% Wilson interval; Welch and z with Holm within a row; groups under 10 not shown.",
            )
        ),
    )
    return Grid(
        (item,),
        tuple(measure for measure, _ in lines),
        tuple(groups),
        tuple(tuple(figures) for _, figures in lines),
        (tuple(bases),),
        study="goed-opdrachtgeverschap",
        year=2026,
        instrument_hash=HASH,
        stand=STAND.isoformat(),
    )


def based(n: int, more: int = 0) -> Bases:
    """``n`` valid answers, and ``more`` who were asked."""
    return Bases(n + more, n + more // 3, n, n, n, is_low=0 < n < 30)


def together(*grids: Grid) -> Grid:
    """Several items over the same groups."""
    return replace(
        grids[0],
        items=tuple(item for grid in grids for item in grid.items),
        measures=tuple(measure for grid in grids for measure in grid.measures),
        figures=tuple(figures for grid in grids for figures in grid.figures),
        bases=tuple(bases for grid in grids for bases in grid.bases),
    )


def means(grid: Grid, unit: str, *figures: Figure) -> Grid:
    """A grid of one line of means, of contractors and managers, in place of what it holds."""
    bases = based(400), based(60)
    groups = (
        Group("role:a", both(("professionals", "contractors")), "role", both(("Rol", "Role")), "A"),
        Group("role:b", both(("managers", "managers")), "role", both(("Rol", "Role")), "B"),
    )
    width = len(figures)
    return replace(
        grid,
        measures=(Measure(grid.item.variable, "mean", "mean", both(("Gemiddelde", "Mean")), unit),),
        groups=groups[:width],
        figures=(tuple(replace(one, bases=base) for one, base in zip(figures, bases, strict=False)),),
        bases=(bases[:width],),
    )


def _answer(answer: int, marked: Mapping[int, str], group: Sequence[int], bases: Bases, at: int) -> Figure:
    return share(group[answer], bases, marked.get(at, ""))


def _net(members: Sequence[int], group: Sequence[int], bases: Bases, _: int) -> Figure:
    return share(sum(group[at] for at in members), bases)


def _some_missing(_: Sequence[int], bases: Bases, at: int) -> Figure:
    return Figure(0.02, count=3 + at, bases=bases)


def _mean(first: int, group: Sequence[int], bases: Bases, _: int) -> tuple[Figure, Figure]:
    n = sum(group)
    mean = sum((first + at) * count for at, count in enumerate(group)) / n
    sd = math.sqrt(sum(count * (first + at - mean) ** 2 for at, count in enumerate(group)) / (n - 1))
    se = sd / math.sqrt(n)
    return Figure(mean, se, mean - 1.97 * se, mean + 1.97 * se, bases=bases), Figure(sd, bases=bases)


NETS = {
    "top2": (("(Helemaal) eens", "(Strongly) agree"), (3, 4)),
    "bottom2": (("(Helemaal) oneens", "(Strongly) disagree"), (0, 1)),
}


def statement(variable: str, title: Pair, counts: Sequence[Sequence[int] | None]) -> Grid:
    return table(variable, title, AGREEMENT, counts, scored=True, nets=NETS)


def marks(variable: str, title: Pair, counts: Sequence[Sequence[int] | None]) -> Grid:
    nets = {
        "high_marks": (("8 of hoger", "8 or higher"), (7, 8, 9)),
        "low_marks": (("lager dan 6", "below 6"), (0, 1, 2, 3, 4)),
    }
    return table(
        variable, title, tuple((str(mark), str(mark)) for mark in range(1, 11)), counts, scored=True, nets=nets
    )


def sheets() -> tuple[Grid, ...]:
    clear = statement(
        "dr_fit",
        ("De opdracht past bij wat ik kan", "The assignment fits what I can do"),
        ([12, 40, 90, 210, 120], [5, 9, 30, 60, 20], [4, 11, 25, 44, 12], [1, 4, 6, 9, 5]),
    )
    freedom = statement(
        "dr_autonomy",
        ("Ik bepaal zelf hoe ik het werk doe", "I decide how I do the work"),
        ([22, 70, 110, 180, 90], [3, 9, 22, 70, 20], None, None),
    )
    evil = statement(
        "dr_evil",
        ('=HYPERLINK("x") & <b>vet</b>', "+cmd|' /C calc'!A0"),
        ([20, 30, 90, 210, 120], [5, 9, 30, 60, 20], [9, 11, 25, 39, 12], [2, 4, 6, 8, 5]),
    )
    assignment = marks(
        "gr_assign",
        ("Cijfer voor de opdracht", "Mark for the assignment"),
        (
            [1, 1, 2, 5, 14, 50, 120, 180, 70, 20],
            [0, 1, 1, 2, 9, 20, 44, 40, 10, 2],
            None,
            [0, 0, 1, 1, 2, 4, 9, 8, 2, 0],
        ),
    )
    client = marks(
        "gr_client",
        ("Cijfer voor de opdrachtgever", "Mark for the client"),
        (
            [3, 1, 4, 9, 24, 60, 140, 140, 50, 12],
            [0, 1, 1, 2, 9, 20, 44, 40, 10, 2],
            None,
            [0, 0, 1, 1, 2, 4, 9, 8, 2, 0],
        ),
    )
    long_labels = tuple(
        (
            f"Een antwoord met een tamelijk lange omschrijving, nummer {at}",
            f"An answer with a rather long description, number {at}",
        )
        for at in range(1, 13)
    )
    many = table(
        "a_reason",
        ("Redenen om op te stappen", "Reasons to leave"),
        long_labels,
        ([40 + 7 * at for at in range(12)], [12 + at for at in range(12)], None, [4] * 12),
        letters={(2, 1): "B", (5, 2): "A D"},
    )
    yes = table(
        "mt_goal",
        ("Doelen vastgelegd", "Goals laid down"),
        (("Ja", "Yes"), ("Deels", "Partly"), ("Nee", "No")),
        ([240, 150, 60], [60, 40, 20], [50, 20, 8], [11, 9, 8]),
    )
    phases = tuple(
        statement(
            f"ph_{at}",
            pair,
            (
                [10 + 6 * at, 30 + 9 * at, 90, 210 - 14 * at, 120 - 9 * at],
                [5, 9 + at, 30, 60 - 3 * at, 20],
                None if at == 2 else [4, 11, 25, 44 - 2 * at, 12],
                None,
            ),
        )
        for at, pair in enumerate(
            (
                ("Omschrijving", "Brief"),
                ("Selectie", "Selection"),
                ("Contract", "Contract"),
                ("Inwerken", "Onboarding"),
                ("Uitvoering", "Execution"),
                ("Terugkoppeling", "Feedback"),
                ("Afsluiting", "Closing"),
            )
        )
    )
    marked, stated = ("marks", "marks"), ("statements", "statements")
    every_side = ("Rapportcijfers van alle kanten", "Marks from every side")
    spread = ("Verdeling van het cijfer voor de opdracht", "Distribution of the mark for the assignment")
    inside = ("De inhoud van de opdracht", "The content of the assignment")
    return (
        sheet("OPD01", every_side, marked, "dots", assignment, client),
        sheet("OPD02", spread, ("marks", "frequencies"), "bars", assignment),
        sheet("STE01", inside, stated, "stacked", clear, freedom, evil),
        sheet("STE09", ("Eén stelling", "One statement"), ("statements", "frequencies"), "stacked", clear),
        sheet("FAS01", ("Tevredenheid per fase", "Satisfaction by phase"), ("phases", "phases"), "profile", *phases),
        sheet("VER02", ("Redenen om op te stappen", "Reasons to leave"), ("improvement", "multiple"), "bars", many),
        sheet("VOL03", ("Doelen vastgelegd", "Goals laid down"), ("maturity", "frequencies"), "bars", yes),
    )


def sheet(id_: str, title: Pair, where: Pair, chart: str, *grids: Grid) -> Grid:
    """A planned sheet; ``where`` is its section and its kind."""
    section, kind = where
    return replace(together(*grids), id=id_, title=both(title), section=section, kind=kind, look=Look(chart))


def content(*, is_final: bool = False) -> ReportContent:
    roles = tuple(
        RoleLine(both(pair), both((f"Wie werkt als {pair[0]}.", f"Those who work as {pair[1]}."))) for pair in ROLES
    )
    return ReportContent(
        study=both(("Goed opdrachtgeverschap", "Good clientship")),
        year=2026,
        title=both(("Goed opdrachtgeverschap 2026", "Good clientship 2026")),
        stand=STAND,
        version=3,
        is_final=is_final,
        instrument_hash=HASH,
        opened_on="2026-11-02",
        closed_on="2026-12-18" if is_final else None,
        contact="Onderzoeksteam <team@example.org>",
        complete=699,
        threshold=10,
        steps=None
        if is_final
        else both(
            ("Per ten minste 20 verstuurde vragenlijsten; de helft telt mee.", "By at least 20; half of them count.")
        ),
        low_base=30,
        roles=roles,
        missing=(
            (-1, both(("Niet van toepassing", "Not applicable"))),
            (-2, both(("Weet niet", "Don’t know"))),
            (-8, both(("Niet gevraagd", "Not asked"))),
            (-9, both(("Overgeslagen", "Skipped"))),
        ),
        sheets=sheets(),
        key_figures=key_figures(),
        response=response(),
        not_computed=("Weights: every figure is unweighted.",),
    )


ROLE_IDS = ("contractor", "manager", "procurement", "intermediary")


def key_figures() -> Grid:
    """Marks of professionals and of a hidden group, a construct and a score of professionals, beside 2025."""
    roles = [
        Group(f"role:{id_}", both(label), "role", both(("Rol", "Role")), letter)
        for id_, label, letter in zip(ROLE_IDS[::2], ROLES[::2], "AC", strict=True)
    ]
    lines = (
        ("gr_assign", ("Cijfer voor de opdracht", "Mark for the assignment"), "mark", (7.6499, 0.05), 7.9, 0.01),
        ("content", ("Inhoud", "Content"), "share", (0.762, 0.02), 0.70, 0.01),
        ("nps_client", ("Aanbevelingsscore", "Recommendation score"), "score", (0.12, 0.035), 0.15, None),
    )
    outside = Figure(bases=Bases(0, 0, 0, is_outside=True))
    figures = []
    for id_, _, _, (value, se), before, p in lines:
        now = Figure(value, se, value - 2 * se, value + 2 * se, bases=based(463))
        then, moved = Figure(before, se, bases=based(400)), Figure(value - before, p=p)
        figures.append((now, HIDDEN if id_ == "gr_assign" else outside, then, outside, moved, Figure()))
    return Grid(
        tuple(Item(id_, both(label), both(label), both(label), {}) for id_, label, *_ in lines),
        tuple(Measure(id_, "mean", "mean", both(label), unit) for id_, label, unit, *_ in lines),
        (
            *roles,
            *(replace(one, key=f"{one.key}@2025", year=2025) for one in roles),
            *(replace(one, key=f"{one.key}-2025", year=2025, is_difference=True) for one in roles),
        ),
        tuple(figures),
        tuple(tuple(one.bases for one in line) for line in figures),
    )


def response() -> Grid:
    """All, the professionals, a group too small for minutes, and a source that is an association."""
    nothing, hidden = Figure(), Figure(is_hidden=True)
    lines = {
        "invited": ("count", (nothing,) * 4),
        "started": ("count", [Figure(count=n) for n in (890, 612, 12, 300)]),
        "complete": ("count", [Figure(count=n) for n in (699, 472, 8, 240)]),
        "partial": ("count", [Figure(count=n) for n in (182, 131, 4, 51)]),
        "screened_out": ("count", [Figure(count=n) for n in (9, 9, 0, 9)]),
        "response_rate": ("share", (nothing,) * 4),
        "minutes": ("minutes", (Figure(11.5), Figure(11.5), hidden, Figure(11.5))),
        "phone": ("share", (Figure(0.42), Figure(0.42), hidden, Figure(0.42))),
        "english": ("share", (Figure(0.06), Figure(0.06), hidden, Figure(0.06))),
    }
    said = both(("Wie meededen", "Who took part"))
    return Grid(
        (Item("participation", said, said, said, {}),),
        tuple(Measure("participation", unit, code, both((code, code)), unit) for code, (unit, _) in lines.items()),
        (
            Group("total", both(("Totaal", "Total"))),
            Group("role:contractor", both(ROLES[0]), "role", both(("Rol", "Role")), "A"),
            Group("role:procurement", both(ROLES[2]), "role", both(("Rol", "Role")), "C"),
            Group(
                "source:vereniging A", both(("vereniging A", "vereniging A")), "source", both(("Bron", "Source")), "A"
            ),
        ),
        tuple(tuple(figures) for _, figures in lines.values()),
        ((Bases(),) * 4,),
    )
