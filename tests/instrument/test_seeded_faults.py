"""Faults seeded into a copy of the real study: each is found under its own code, in the file and on the line it is in.

They are sown in three copies, because some faults end the checking before others are reached: a file without its shape
is not checked further, and a reference to nothing leaves no instrument to prove anything about.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from surveyapp.instrument.findings import Finding
from surveyapp.instrument.loader import read_instrument

STUDY = Path(__file__).parents[2] / "instruments" / "goed-opdrachtgeverschap"
YEAR = 2026
Q, T, V, S = f"{YEAR}/questionnaire.yaml", f"{YEAR}/tables.yaml", "variables.yaml", "study.yaml"


@dataclass(frozen=True, slots=True)
class Seed:
    """One edit: in ``file``, the first ``old`` from ``after`` on becomes ``new``; ``code`` is what must be found.

    It must be found on the line where the edit begins, or on that of the first ``at`` from ``after`` on: an answer
    missing for one role, say, is reported with the text that lacks it. ``where`` is the file of ``at``, if another.
    """

    name: str
    code: str
    file: str
    after: str
    old: str
    new: str
    at: str = ""
    where: str = ""


SHAPE = (
    Seed("a key misspelt", "S002", Q, "variable: s_elig", "required: true", "requird: true"),
    Seed("a type that does not exist", "S004", V, "  gr_assign:\n", "type: mark", "type: marks"),
    Seed("an answer that is offered but not defined", "S004", V, "  b_owner:\n    type", "[dk]", "[dunno]"),
    Seed("a word for a number", "S003", S, "organisation:", "threshold: 10", "threshold: tien"),
    Seed("a key given twice", "Y004", T, "id: OPD01", "kind: marks", "section: marks"),
)

REFERENCES = (
    Seed("a question about an unknown variable", "R001", Q, "pages:", "variable: a_kind", "variable: a_sort"),
    Seed("an unknown scale", "R002", V, "  dr_meaning:\n", "codes: agree5", "codes: agree6"),
    Seed("an unknown construct", "R005", V, "  rehire:\n", "construct: loyalty", "construct: royalty"),
    Seed("an unknown phase", "R006", V, "  a_reason:\n", "phase: brief", "phase: briefing"),
    Seed("an unknown role", "R007", Q, "variable: b_function", "roles: [procurement]", "roles: [purchasing]"),
    Seed("an unknown part", "R008", Q, "- id: closing", "part: about", "part: goodbye"),
    Seed("an item of a construct that does not exist", "R009", S, "id: mediation", "im_match", "im_matches"),
    Seed("a condition that cannot be read", "R012", Q, "end_if:", '"s_elig == 2"', '"s_elig = 2"'),
    Seed("a condition on an unknown variable", "R013", Q, "variable: inh_exit_who", "evf_exit >= 2", "evf_exot >= 2"),
    Seed("an unknown banner", "R015", T, "id: OPD05", "banner: assignment", "banner: assignments"),
    Seed("a table of an unknown variable", "R016", T, "id: PRO06", "variables: [a_kind]", "variables: [a_again]"),
    Seed(
        "no wording for one of the roles",
        "R017",
        Q,
        "set: evf-before",
        """          intermediary:
            nl: "Hoe vaak komt het volgende bij opdrachten van deze opdrachtgever voor?"
            en: "How often does the following happen on this client’s assignments?"
""",
        "",
        at="text:",
    ),
)

RULES = (
    Seed("a page of that name exists", "D001", Q, "pages:", "- id: closing", "- id: about-you"),
    Seed("a role is asked the same again", "D004", Q, "id: main-client", "variable: b_owner", "variable: b_kind"),
    Seed("a code used again", "D005", V, "  a_pricing:\n", "{code: 5,", "{code: 4,"),
    Seed("a table of that id exists", "D009", T, "tables:", "- id: PRO14", "- id: PRO13"),
    Seed(
        "a code that is in no list",
        "C001",
        Q,
        "id: mediation-service",
        "any_of(b_channels, [2,",
        "any_of(b_channels, [12,",
    ),
    Seed(
        "one answer searched as several",
        "C002",
        Q,
        "id: mediation-service",
        '"a_via in [2, 3, 4, 5, 6, 97]"',
        '"count(a_via) >= 2"',
    ),
    Seed("an order where there is none", "C005", Q, "variable: ph_after", "a_status == 2", "a_status >= 2"),
    Seed("a condition on words", "C003", Q, "id: facts-end", "a_status == 2", "a_status == 2 and valid(nps_why)"),
    Seed(
        "a code that is retired",
        "C010",
        V,
        "  via:\n",
        "key: consultancy,",
        "key: consultancy, retired: true,",
        at='contractor: "a_via in [2, 3, 4, 5, 6, 97]"',
        where=Q,
    ),
    Seed(
        "a condition that contradicts itself",
        "P004",
        Q,
        "variable: ev_mutual",
        "ev_interim == 1",
        "ev_interim == 1 and ev_interim == 2",
    ),
    Seed(
        "a page nobody reaches",
        "P003",
        Q,
        "id: hiring-set-up",
        "roles: [procurement]",
        'show_if: "b_volume > 20000"\n    roles: [procurement]',
    ),
    Seed(
        "a condition that is always true",
        "P005",
        Q,
        "variable: nps_why",
        '"nps_client >= 0"',
        '"valid(nps_client) or missing(nps_client)"',
    ),
    Seed(
        "a question that comes later",
        "P001",
        Q,
        "variable: inh_exit_who",
        "evf_exit >= 2",
        "evf_exit >= 2 and missing(b_birth)",
    ),
    Seed(
        "an answer this role never gives",
        "P002",
        Q,
        "variable: ph_close",
        'manager: "a_status == 2"',
        'manager: "a_hours > 8"',
    ),
    Seed(
        "required in a branch",
        "P008",
        Q,
        "variable: inh_exit_who",
        "show_if:",
        "required: true\n        show_if:",
    ),
    Seed(
        "an open question required",
        "G008",
        Q,
        "variable: op_other",
        "text:",
        "required: true\n        text:",
    ),
    Seed(
        "six questions on a page",
        "G001",
        Q,
        "id: career",
        "      - variable: b_occup\n",
        '      - {variable: hs_rules, text: {nl: "Zijn er regels?", en: "Any rules?"}}\n'
        '      - {variable: hs_help, text: {nl: "Is er hulp?", en: "Any help?"}}\n'
        '      - {variable: hs_choice, text: {nl: "Is er keuze?", en: "Any choice?"}}\n'
        "      - variable: b_occup\n",
        at="id: career",
    ),
    Seed("no English", "T001", Q, "variable: b_gender", ', en: "What is your gender?"', ""),
    Seed(
        "other placeholders in English",
        "T004",
        Q,
        "variable: nps_interm",
        "likely are you to recommend this party",
        "likely are you to recommend {a_via.label|this party}",
    ),
    Seed("markup in a text", "T008", Q, "variable: b_since", "In welk jaar", "In <b>welk</b> jaar"),
    Seed("a text that is not finished", "T009", Q, "variable: b_occup", "Welk deel", "TODO: welk deel"),
    Seed(
        "je in a text that says u",
        "W001",
        Q,
        "variable: b_gender",
        "Wat is uw geslacht?",
        "Wat is jouw geslacht?",
    ),
    Seed(
        "American spelling",
        "W002",
        Q,
        "id: use-of-professionals",
        "in your organisation develop",
        "in your organization develop",
    ),
    Seed(
        "a label too long for SPSS",
        "F006",
        V,
        "  b_future:\n",
        "In loondienst",
        "In loondienst bij een organisatie die mij " + "al jaren kent en waardeert " * 4,
    ),
    Seed(
        "a label of a variable that is too long",
        "F005",
        V,
        "  b_pc2:\n",
        "Regio (",
        "Regio van de plaats waar de opdracht vooral wordt uitgevoerd (" + "in cijfers, " * 6,
    ),
    Seed("a range that ends before it begins", "L007", V, "  b_occup:\n", "min: 0, max: 100", "min: 90, max: 80"),
    Seed("more choices than there are", "L005", V, "  hinder:\n    type", "max_choices: 3", "max_choices: 30"),
    Seed(
        "an exclusive category in a ranking",
        "L018",
        V,
        "  priority10:\n",
        "key: closing,",
        "key: closing, exclusive: true,",
    ),
    Seed("a level that does not fit the type", "L012", V, "  b_clients:\n", "level: ratio", "level: nominal"),
    Seed(
        "an item of a construct on another scale",
        "K002",
        V,
        "  im_speed:\n",
        "codes: agree5",
        "codes: freq5",
        at="items: [im_match",
        where=S,
    ),
    Seed(
        "a recoding to a code that does not exist",
        "N003",
        V,
        "  b_gender:\n    type",
        "recode: {1: 1, 2: 2}",
        "recode: {1: 1, 2: 9}",
    ),
    Seed(
        "an identifying question in an anonymous wave",
        "V001",
        Q,
        "variable: op_other",
        "En wat kunnen zelfstandig professionals zelf",
        "Wat is uw e-mailadres, en wat kunnen zelfstandigen zelf",
    ),
    Seed(
        "a sensitive question without a way out",
        "V003",
        V,
        "  b_birth:\n",
        "    missing: [refused]\n",
        "",
        at="b_birth:",
    ),
    Seed("groups that are too small", "V004", S, "organisation:", "threshold: 10", "threshold: 5"),
    Seed("a fieldwork that ends before it begins", "V007", S, "waves:", 'closes: "2026-12-18"', 'closes: "2026-10-18"'),
    Seed(
        "a table of numbers with codes in it",
        "B002",
        T,
        "id: PRO10",
        "b_since, b_occup",
        "b_since, b_sector",
    ),
)

COPIES = (SHAPE, REFERENCES, RULES)
"""Seeds that are found beside each other."""


def sown(folder: Path, seeds: tuple[Seed, ...]) -> dict[Seed, tuple[str, int]]:
    """Copy the study with all seeds in it; where each of them must be found: file and line."""
    for name in (Q, T, V, S, f"{YEAR}/lock.json"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(STUDY / name, folder / name)
    before = {name: (STUDY / name).read_text("utf-8") for name in (Q, T, V, S)}
    edits: dict[str, list[tuple[int, Seed]]] = {name: [] for name in before}
    spots: dict[Seed, tuple[str, int]] = {}
    for seed in seeds:
        text = before[seed.file]
        start = text.index(seed.old, text.index(seed.after))
        edits[seed.file].append((start, seed))
        where = seed.where or seed.file
        if seed.where:
            start = before[where].index(seed.at)
        elif seed.at:
            start = text.index(seed.at, text.index(seed.after))
        spots[seed] = (where, start)
    for name, text in before.items():
        for start, seed in sorted(edits[name], key=lambda edit: edit[0], reverse=True):
            text = text[:start] + seed.new + text[start + len(seed.old) :]
        (folder / name).write_text(text, "utf-8")
    found = {}
    for seed, (where, start) in spots.items():
        shift = sum(one.new.count("\n") - one.old.count("\n") for at, one in edits[where] if at < start)
        found[seed] = (where, before[where].count("\n", 0, start) + 1 + shift)
    return found


@pytest.fixture(scope="module")
def harvest(tmp_path_factory: pytest.TempPathFactory) -> dict[Seed, tuple[str, int, tuple[Finding, ...]]]:
    """Per seed the file and line it must be found in, and everything found in its copy."""
    crop = {}
    for seeds in COPIES:
        folder = tmp_path_factory.mktemp("seeded") / STUDY.name
        spots = sown(folder, seeds)
        _, findings = read_instrument(folder, YEAR)
        for seed in seeds:
            crop[seed] = (str(folder / spots[seed][0]), spots[seed][1], findings)
    return crop


def test_more_than_thirty_different_faults_are_sown() -> None:
    assert len({(seed.code, seed.name) for seeds in COPIES for seed in seeds}) >= 30  # issue: "thirty faults"


@pytest.mark.parametrize("seed", [pytest.param(seed, id=seed.name) for seeds in COPIES for seed in seeds])
def test_a_fault_seeded_into_the_real_study_is_found_on_its_line(
    seed: Seed, harvest: dict[Seed, tuple[str, int, tuple[Finding, ...]]]
) -> None:
    file, line, findings = harvest[seed]
    struck = [(finding.place.file, finding.place.line) for finding in findings if finding.code == seed.code]
    assert (file, line) in struck
