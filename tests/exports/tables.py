"""Hand-made tables in the shape the reports floor makes them, with hostile texts where a study could have them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from surveyapp.exports.report_book import ReportContent, RoleLine
from surveyapp.reports.key_figures import KeyFigure
from surveyapp.reports.plan import ReportSheet
from surveyapp.reports.response import ResponseLine
from surveyapp.reports.table import Base, Cell, Table, TableColumn, TableRow

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


def both(pair: Pair) -> dict[str, str]:
    return {"nl": pair[0], "en": pair[1]}


def wilson(hits: float, n: int) -> tuple[float, float]:
    z = 1.959963984540054
    share = hits / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return middle - half, middle + half


def share_cell(hits: int, n: int, letters: str = "") -> Cell:
    low, high = wilson(hits, n)
    share = hits / n
    return Cell(share, math.sqrt(share * (1 - share) / n), low, high, hits, letters)


HIDDEN = Cell(suppressed=True)


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
) -> Table:
    """A table of counts per group; None hides a group, the total is the sum of the groups that are given."""
    shown = [group for group in counts if group is not None]
    total = [sum(group[at] for group in shown) for at in range(len(answers))]
    columns = [
        TableColumn("total", both(("Totaal", "Total")), n=sum(total), n_weighted=sum(total), n_effective=sum(total))
    ]
    for at, (label, group) in enumerate(zip(labels, counts, strict=False)):
        n = None if group is None else sum(group)
        columns.append(
            TableColumn(
                f"role:{at + 1}",
                both(label),
                "role",
                both(("Rol", "Role")),
                "ABCDEF"[at],
                n,
                n,
                n,
                suppressed=group is None,
                low_base=n is not None and n < 30,
            )
        )
    groups: list[Sequence[int] | None] = [total, *counts]
    rows = []
    for at, answer in enumerate(answers):
        marks = letters or {}
        cells = tuple(
            HIDDEN if group is None else share_cell(group[at], sum(group), marks.get((at, place), ""))
            for place, group in enumerate(groups)
        )
        rows.append(TableRow(first_code + at, both(answer), "code", cells))
    for key, (label, members) in (nets or {}).items():
        cells = tuple(
            HIDDEN if group is None else share_cell(sum(group[at] for at in members), sum(group)) for group in groups
        )
        rows.append(TableRow(key, both(label), "net", cells))
    if scored:
        rows += [
            TableRow(
                "mean", both(("Gemiddelde", "Mean")), "mean", tuple(_mean(group, first_code)[0] for group in groups)
            ),
            TableRow(
                "sd",
                both(("Standaardafwijking", "Standard deviation")),
                "sd",
                tuple(_mean(group, first_code)[1] for group in groups),
            ),
        ]
    missing = tuple(HIDDEN if group is None else Cell(0.02, count=3 + at) for at, group in enumerate(groups))
    rows.append(TableRow(-2, both(("Weet niet", "Don’t know")), "missing", missing))
    return Table(
        variable,
        both(title),
        both(question or (f"In hoeverre geldt: {title[0]}?", f"To what extent: {title[1]}?")),
        Base(
            both(
                (
                    "Iedereen met een opdracht in de laatste twaalf maanden",
                    "Everyone with an assignment in the last twelve months",
                )
            ),
            sum(total) + 9,
            sum(total) + 3,
            sum(total),
        ),
        None,
        "none",
        both(
            (
                "Ongewogen; 95%-interval volgens Wilson; Welch en z met Holm per rij; groepen onder 10 niet getoond.",
                "Unweighted; 95% Wilson interval; Welch and z with Holm within a row; groups under 10 not shown.",
            )
        ),
        tuple(columns),
        tuple(rows),
        study="goed-opdrachtgeverschap",
        year=2026,
        instrument_hash=HASH,
        stand=STAND.isoformat(),
    )


def _mean(group: Sequence[int] | None, first: int) -> tuple[Cell, Cell]:
    if group is None:
        return HIDDEN, HIDDEN
    n = sum(group)
    mean = sum((first + at) * count for at, count in enumerate(group)) / n
    sd = math.sqrt(sum(count * (first + at - mean) ** 2 for at, count in enumerate(group)) / (n - 1))
    se = sd / math.sqrt(n)
    return Cell(mean, se, mean - 1.97 * se, mean + 1.97 * se), Cell(sd)


NETS = {
    "top2": (("(Helemaal) eens", "(Strongly) agree"), (3, 4)),
    "bottom2": (("(Helemaal) oneens", "(Strongly) disagree"), (0, 1)),
}


def statement(variable: str, title: Pair, counts: Sequence[Sequence[int] | None]) -> Table:
    return table(variable, title, AGREEMENT, counts, scored=True, nets=NETS)


def marks(variable: str, title: Pair, counts: Sequence[Sequence[int] | None]) -> Table:
    nets = {
        "high_marks": (("8 of hoger", "8 or higher"), (7, 8, 9)),
        "low_marks": (("lager dan 6", "below 6"), (0, 1, 2, 3, 4)),
    }
    return table(
        variable, title, tuple((str(mark), str(mark)) for mark in range(1, 11)), counts, scored=True, nets=nets
    )


def sheets() -> tuple[ReportSheet, ...]:
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
    return (
        ReportSheet(
            "OPD01",
            both(("Rapportcijfers van alle kanten", "Marks from every side")),
            "marks",
            "marks",
            "dots",
            (assignment, client),
        ),
        ReportSheet(
            "OPD02",
            both(("Verdeling van het cijfer voor de opdracht", "Distribution of the mark for the assignment")),
            "marks",
            "frequencies",
            "bars",
            (assignment,),
        ),
        ReportSheet(
            "STE01",
            both(("De inhoud van de opdracht", "The content of the assignment")),
            "statements",
            "statements",
            "stacked",
            (clear, freedom, evil),
        ),
        ReportSheet("STE09", both(("Eén stelling", "One statement")), "statements", "frequencies", "stacked", (clear,)),
        ReportSheet(
            "FAS01", both(("Tevredenheid per fase", "Satisfaction by phase")), "phases", "phases", "profile", phases
        ),
        ReportSheet(
            "VER02", both(("Redenen om op te stappen", "Reasons to leave")), "improvement", "multiple", "bars", (many,)
        ),
        ReportSheet("VOL03", both(("Doelen vastgelegd", "Goals laid down")), "maturity", "frequencies", "bars", (yes,)),
    )


def content(*, is_final: bool = False) -> ReportContent:
    roles = tuple(
        RoleLine(both(pair), both((f"Wie werkt als {pair[0]}.", f"Those who work as {pair[1]}."))) for pair in ROLES
    )
    return ReportContent(
        study="goed-opdrachtgeverschap",
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
        step=None if is_final else 20,
        low_base=30,
        roles=roles,
        missing=(
            (-1, both(("Niet van toepassing", "Not applicable"))),
            (-2, both(("Weet niet", "Don’t know"))),
            (-8, both(("Niet gevraagd", "Not asked"))),
            (-9, both(("Overgeslagen", "Skipped"))),
        ),
        sheets=sheets(),
        key_figures=(
            key_figure("gr_assign", MARK, 0, "mark", 7.6499, 0.05, 463, 7.9, is_significant=True),
            key_figure("gr_assign", MARK, 2, "mark", None, None, None),
            key_figure("content", ("Inhoud", "Content"), 0, "share", 0.762, 0.02, 463, 0.70, is_significant=True),
            key_figure("nps_client", ("Aanbevelingsscore", "Recommendation score"), 0, "score", 0.12, 0.035, 463, 0.15),
        ),
        response=(
            response_line(0, None, 612, 472),
            response_line(0, "vereniging A", 300, 240),
            ResponseLine("procurement", both(ROLES[2]), None, 12, 8, 4, 0, None, None, None, None, None),
            response_line(None, None, 890, 699),
        ),
        not_computed=("Weights: every figure is unweighted.",),
    )


MARK = ("Cijfer voor de opdracht", "Mark for the assignment")
ROLE_IDS = ("contractor", "manager", "procurement", "intermediary")


def key_figure(
    id_: str,
    label: Pair,
    role: int,
    unit: str,
    value: float | None,
    se: float | None,
    n: int | None,
    previous: float | None = None,
    *,
    is_significant: bool | None = None,
) -> KeyFigure:
    low, high = (None, None) if value is None or se is None else (value - 2 * se, value + 2 * se)
    difference = None if value is None or previous is None else value - previous
    return KeyFigure(
        id_,
        both(label),
        ROLE_IDS[role],
        both(ROLES[role]),
        unit,
        value,
        se,
        low,
        high,
        n,
        is_suppressed=value is None,
        previous=previous,
        difference=difference,
        is_significant=is_significant,
    )


def response_line(role: int | None, source: str | None, started: int, complete: int) -> ResponseLine:
    return ResponseLine(
        None if role is None else ROLE_IDS[role],
        None if role is None else both(ROLES[role]),
        source,
        started,
        complete,
        started - complete - 9,
        9,
        None,
        None,
        11.5,
        0.42,
        0.06,
    )
