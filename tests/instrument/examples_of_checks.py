"""For every check a change to the tiny study that makes it strike: ``code: (year, *changes)``."""

from __future__ import annotations

from typing import Any

from tests.instrument.definitions import DELETE

Q, V, S, T, M = "questionnaire", "variables.variables", "study", "tables", "mapping"
LISTS = "variables.code_lists"
PAGE, ITEM = f"{Q}.pages", f"{Q}.pages.1.items.0"  # the item asks gr_assign
MARK = f"{V}.gr_assign"
ROW = f"{Q}.pages.2.items.0.rows"


def both(nl: str, en: str | None = None) -> dict[str, str]:
    return {"nl": nl, "en": en or nl}


def category(code: int, key: str, **more: Any) -> dict[str, Any]:
    return {"code": code, "key": key, "label": both(f"Antwoord {key}", f"Answer {key}"), **more}


def choice(label: str = "Nieuw", **more: Any) -> dict[str, Any]:
    return {"type": "single", "label": both(label, f"{label} (en)"), "codes": "yesno", **more}


def item(variable: str, **more: Any) -> dict[str, Any]:
    return {"variable": variable, "text": both("Wat vindt u?", "What do you think?"), **more}


def page(id_: str, *items: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"id": id_, "part": "rest", "title": both(f"Pagina {id_}", f"Page {id_}"), "items": list(items), **more}


def many(names: str, count: int, **more: Any) -> list[tuple[str, Any]]:
    return [(f"{V}.{names}{number}", choice(f"{names} {number}", **more)) for number in range(count)]


def rotating(*, take: int = 1, **blocks: list[str]) -> list[tuple[str, Any]]:
    """A rotation of these blocks of pages, with the variable that holds what is drawn."""
    turns = [category(code, key) for code, key in enumerate(("one", "two", "three"), start=1)]
    return [
        (f"{LISTS}.turns", {"categories": turns}),
        (f"{V}.m_turn", choice("Beurt", type="multiple", codes="turns", use="admin")),
        (f"{Q}.rotations", [{"variable": "m_turn", "take": take, "blocks": blocks}]),
    ]


def table(id_: str = "NEW01", **more: Any) -> dict[str, Any]:
    return {
        "id": id_,
        "title": both("Nieuw", "New"),
        "section": "new",
        "kind": "frequencies",
        "variables": ["b_gender"],
        **more,
    }


def derived(**sources: tuple[str, dict[str, Any]]) -> tuple[str, Any]:
    """Derived variables by name: what each is made of, and how."""
    made = {
        name: {"label": both(f"Nieuw {name}", f"New {name}"), "from": source, **way}
        for name, (source, way) in sources.items()
    }
    return "variables.derived", made


def band(code: int, key: str, low: float | None = None, below: float | None = None) -> dict[str, Any]:
    ends = {"from": low, "below": below}
    return category(code, key, **{name: end for name, end in ends.items() if end is not None})


def quality(**rules: list[dict[str, Any]]) -> tuple[str, Any]:
    """Rules on the quality of answers."""
    return (f"{Q}.quality", rules)


def attention(variable: str = "gr_assign", *codes: int) -> dict[str, Any]:
    return {"variable": variable, "codes": list(codes or (7,))}


def impossible(condition: str) -> dict[str, Any]:
    return {"id": "cannot-be", "if": condition, "text": both("Dat kan niet samen", "That cannot both be")}


def weighted(*margins: dict[str, Any], report: str = "all", **part: Any) -> tuple[str, Any]:
    """Targets of one scheme with one part: raking to these margins, unless it says otherwise."""
    made = {"method": "raking", "source": both("Telling"), "date": "2026-01-01", "margins": list(margins), **part}
    return ("weighting", {"report": report, "schemes": [{"id": "all", "label": both("Alles"), "parts": [made]}]})


def margin(variable: str = "b_gender", **more: Any) -> dict[str, Any]:
    return {"variable": variable, "shares": {"1": 40, "2": 60}, **more}


def coded(*codes: dict[str, Any], of: str = "v_tips", variable: str = "v_tips_code", **more: Any) -> tuple[str, Any]:
    """A code frame of one question."""
    listed = list(codes) or [category(1, "time"), category(2, "money")]
    frame = {"of": of, "variable": variable, "label": both("Tips, gecodeerd", "Tips, coded"), "codes": listed, **more}
    return ("coding", {"frames": [frame]})


def coded_again(**more: Any) -> tuple[str, Any]:
    found = coded()
    found[1]["frames"].append(found[1]["frames"][0] | more)
    return found


LONG_WORDS = " ".join(["woord"] * 35)
Example = tuple[Any, ...]

EXAMPLES: dict[str, Example] = {
    # weighting
    "R031": (2026, weighted(margin("b_gander"))),
    "R032": (2026, weighted(margin(), report="some")),
    "D017": (2026, weighted(margin(), margin())),
    "D019": (2026, quality(attention=[attention(), attention()])),
    "A001": (2026, (f"{V}.x_extra", choice("Extra")), quality(attention=[attention("x_extra", 1)])),
    "A002": (2026, quality(attention=[attention("gr_assign", 77)])),
    "A003": (2026, (f"{V}.x_extra", choice("Extra")), quality(impossible=[impossible("x_extra == 1")])),
    "M001": (2026, weighted(margin("a_ways", shares={"1": 40, "2": 60}))),
    "M002": (2026, weighted(margin(), base="a_months")),
    "M003": (2026, weighted(margin(shares={"1": 40, "2": 50, "9": 10}))),
    "M004": (2026, weighted(margin(shares={"1": 100}))),
    "M005": (2026, weighted(margin(shares={"1": 40, "2": 59}))),
    "M006": (2026, weighted(margin(counts={"1": 40, "2": 59}))),
    "M007": (2026, weighted(margin("role", shares={"contractor": 100}), roles=["contractor", "contractor"])),
    # code frames
    "R037": (2026, coded(of="v_tops")),
    "D018": (2026, coded_again(variable="v_tips_more")),
    "Q001": (2026, coded(of="c_mail")),
    "Q002": (2026, coded(variable="gr_assign")),
    "Q003": (2026, coded(sheet={"id": "OPD01", "title": both("Tips"), "section": "work"})),
    "Q004": (2026, coded(category(1, "time"), category(9999, "money"))),
    "Q005": (2026, coded(category(1, "time"), {**category(2, "money"), "label": both("Antwoord time", "Money")})),
    # references
    "R030": (2026, (f"{S}.languages", ["nl", "fr"])),
    "L021": (2026, (f"{LISTS}.agree3.categories.0.code", 4)),
    "L024": (2026, (f"{LISTS}.agree3.categories.2.label", both("oneens", "disagree"))),
    "L022": (2026, (f"{V}.gr_assign.max_characters", 20)),
    "L023": (2026, (f"{V}.a_started", {"type": "month", "label": both("Begonnen", "Began"), "range": {"min": 202001}})),
    "C011": (
        2026,
        (f"{V}.a_started", {"type": "month", "label": both("Begonnen", "Began")}),
        (f"{T}.tables.0.filter", "a_started >= 2026"),
    ),
    "B011": (2026, (f"{T}.tables.+", table(variables=["b_gender", "dr_fit"]))),
    "B012": (2026, (f"{T}.tables.0.filter", "gr_assign >= 6 and gr_assign < 5")),
    "B013": (2026, (f"{T}.tables.+", table(variables=["a_months"], kind="numbers", filter="gr_assign < 6"))),
    "B014": (2026, (f"{T}.tables.+", table(variables=["b_gender"], filter="b_gender == 1"))),
    "V010": (2026, (f"{V}.v_tips.stored_apart", True)),
    "V011": (2026, (f"{S}.waves.0.report_on", "2026-11")),
    "V012": (2026, (f"{S}.low_base", 5)),
    "V013": (2026, (f"{S}.waves.0.targets.manager", 9)),
    "R001": (2026, (f"{ITEM}.variable", "gr_asign")),
    "R002": (2026, (f"{MARK}.codes", "mark11")),
    "R003": (2026, (f"{MARK}.codes", DELETE)),
    "R004": (2026, (f"{V}.a_months.codes", "yesno")),
    "R022": (2026, (f"{ITEM}.text", DELETE)),
    "R005": (2026, (f"{MARK}.construct", "nothing")),
    "R006": (2026, (f"{V}.dr_fit.phase", "nothing")),
    "R007": (2026, (f"{ITEM}.roles", ["contractor", "boss"])),
    "R008": (2026, (f"{PAGE}.0.part", "nothing")),
    "R009": (2026, (f"{S}.constructs.0.items.+", "dr_nothing")),
    "R010": (2026, (f"{S}.constructs.0.reversed.+", "gr_assign")),
    "R011": (2026, (f"{MARK}.mirror", "gr_nothing")),
    "R012": (2026, (f"{PAGE}.2.show_if.manager", "gr_assign >=")),
    "R013": (2026, (f"{PAGE}.2.show_if.manager", "gr_nothing >= 6")),
    "R014": (2026, (f"{S}.missing.refused", DELETE)),
    "R015": (2026, (f"{T}.tables.0.banner", "nothing")),
    "R016": (2026, (f"{T}.tables.0.variables.+", "nothing")),
    "R017": (2026, (f"{PAGE}.1.title.default", DELETE)),
    "R018": (2026, (f"{ITEM}.information", "both-at-once")),
    "R019": (2026, (f"{Q}.wave", 2027)),
    "R020": (2014, (f"{M}.columns.q1.type", DELETE)),
    "R021": (2026, (f"{V}.s_consent.type", "single")),
    "R034": (2026, derived(x_new=("b_nothing", {"bands": [band(1, "all")]}))),
    "R035": (2026, derived(b_gender=("a_months", {"bands": [band(1, "all")]}))),
    "R036": (
        2026,
        derived(
            x_one=("x_two", {"merge": [category(1, "all", codes=[1])]}),
            x_two=("x_one", {"merge": [category(1, "all", codes=[1])]}),
        ),
    ),
    "E001": (2026, derived(x_new=("b_gender", {"bands": [band(1, "all")]}))),
    "E002": (2026, derived(x_new=("b_gender", {"nets": [category(1, "all", codes=[1, 55])]}))),
    "E003": (2026, derived(x_new=("a_months", {"bands": [band(1, "short", below=6), band(2, "long", 5)]}))),
    "E004": (2026, derived(x_new=("a_months", {"bands": [band(1, "short", below=6), band(2, "long", 7)]}))),
    "E005": (
        2026,
        derived(x_new=("a_months", {"bands": [band(1, "short", below=6), band(2, "no", 6, 6), band(3, "long", 6)]})),
    ),
    # duplicates
    "D001": (2026, (f"{PAGE}.1.id", "start")),
    "D002": (2026, (f"{Q}.parts.1.id", "start"), *((f"{PAGE}.{number}.part", "start") for number in (2, 3, 4))),
    "D003": (2026, (f"{PAGE}.4.items.0.information", "content-set")),
    "D004": (2026, (f"{PAGE}.4.items.+", item("gr_assign"))),
    "D005": (2026, (f"{LISTS}.yesno.categories.1.code", 1)),
    "D006": (2026, (f"{LISTS}.yesno.categories.1.key", "yes")),
    "D007": (2026, (f"{LISTS}.yesno.categories.1.label.nl", "ja")),
    "D008": (
        2026,
        (f"{S}.constructs.2.id", "verdict"),
        (f"{V}.b_birth.construct", "verdict"),
        (f"{V}.b_gender.construct", "verdict"),
    ),
    "D009": (2026, (f"{T}.tables.1.id", "OPD01")),
    "D010": (2026, (f"{PAGE}.4.items.2.text", both("In welk jaar bent u geboren?", "Again?"))),
    "D011": (2026, (f"{V}.b_gender.label", both("Geboortejaar", "Again"))),
    "D012": (
        2026,
        (
            f"{PAGE}.1.end_if",
            [
                {
                    "id": "not-eligible",
                    "if": "gr_assign == 1",
                    "title": both("Dank", "Thanks"),
                    "text": both("Klaar.", "Done."),
                }
            ],
        ),
    ),
    "D013": (2026, (f"{S}.waves.+", {"year": 2014, "imported": "old"})),
    "D014": (2026, (f"{S}.phases.1.order", 1)),
    "D015": (2026, (f"{PAGE}.4.title", both("Verbetering", "Improvement"))),
    "D016": (2026, (f"{T}.tables.0.banner", ["role", "role"])),
    # code lists and types
    "L001": (2026, (f"{LISTS}.causes.categories.2.code", 5)),
    "L002": (2026, (f"{LISTS}.agree3.categories.+", category(97, "other", other=True))),
    "L003": (2026, (f"{LISTS}.mark10.categories.9", DELETE)),
    "L004": (2026, (f"{V}.b_gender.type", "recommendation")),
    "L005": (2026, (f"{V}.a_ways.max_choices", 9)),
    "L006": (2026, (f"{V}.im_rank.ranks", 4)),
    "L007": (2026, (f"{V}.a_months.range.min", 300)),
    "L008": (2026, (f"{LISTS}.ways.categories.+", category(98, "more", other=True, anchored=True))),
    "L009": (2026, (f"{LISTS}.yesno.categories.1.retired", True)),
    "L010": (2026, (f"{LISTS}.mark10.low", DELETE)),
    "L011": (2026, (f"{LISTS}.spare", {"categories": [category(1, "a"), category(2, "b")]})),
    "L012": (2026, (f"{V}.b_gender.level", "ratio")),
    "L013": (2026, (f"{V}.b_gender.level", "score")),
    "L014": (2026, (f"{LISTS}.yesno.descending", True)),
    "L015": (2026, (f"{LISTS}.ways.categories.4.exclusive", True)),
    "L016": (2026, (f"{V}.a_months.range.max", DELETE)),
    "L017": (2026, (f"{V}.a_months.unit", DELETE)),
    "L018": (2026, (f"{LISTS}.yesno.categories.1.exclusive", True)),
    "L019": (2026, (f"{LISTS}.ways.categories.4.anchored", False)),
    "L025": (2026, (f"{LISTS}.yesno.levels", True)),
    "L020": (
        2026,
        (f"{PAGE}.4.items.2.variable", "dr_new"),
        (f"{PAGE}.4.items.2.randomise", True),
        (f"{V}.dr_new", choice(codes="agree3")),
    ),
    # rotations
    "R027": (2026, *rotating(one=["improve", "nowhere"], two=["about"])),
    "R028": (2026, *rotating(one=["improve"], two=["about"]), (f"{V}.m_turn.missing", ["dk"])),
    "O001": (2026, *rotating(one=["improve", "about"])),
    "O002": (2026, *rotating(one=["improve"], two=["about"], take=2)),
    "O003": (
        2026,
        *rotating(take=5, **{f"x{number}": ["about"] for number in range(10)}),
        (f"{LISTS}.turns", {"categories": [category(number, f"x{number}") for number in range(10)]}),
    ),
    "O004": (2026, *rotating(one=["improve", "about"], two=["about"])),
    "O005": (2026, *rotating(one=["improve"], two=["about"]), (f"{PAGE}.4.loop", {"over": "a_ways"})),
    "O006": (2026, *rotating(one=["improve"], two=["about"]), (f"{PAGE}.4.roles", ["contractor"])),
    "O007": (2026, *rotating(one=["verdict"], two=["about"])),
    "O008": (2026, *rotating(one=["start"], two=["about"])),
    "O009": (2026, *rotating(one=["content"], two=["improve"])),
    "O010": (2026, *rotating(one=["improve"], two=["about"])),
    # conditions
    "C001": (2026, (f"{PAGE}.2.show_if.manager", "gr_assign == 11")),
    "C002": (2026, (f"{PAGE}.2.show_if.contractor", "a_ways == 1")),
    "C003": (2026, (f"{PAGE}.4.show_if", "answered(v_tips)")),
    "C004": (2026, (f"{PAGE}.2.show_if.manager", "gr_assign == na")),
    "C005": (2026, (f"{PAGE}.2.show_if.manager", "s_elig >= 1")),
    "C006": (2026, (f"{PAGE}.2.show_if.manager", "role == 'boss'")),
    "C007": (2026, (f"{PAGE}.2.show_if.manager", "language == 'nl'")),
    "C008": (2026, (f"{PAGE}.2.show_if.manager", " or ".join(["gr_assign == 3"] * 15))),
    "C009": (2026, (f"{PAGE}.2.show_if.manager", "true")),
    "C010": (
        2026,
        (f"{LISTS}.ways.categories.0.retired", True),
        (f"{PAGE}.2.show_if.manager", "any_of(a_ways, [1, 2])"),
    ),
    # routing
    "P001": (2026, (f"{PAGE}.2.show_if.manager", "b_gender == 1")),
    "P002": (2026, (f"{PAGE}.2.show_if.manager", "any_of(a_ways, [1])")),
    "P003": (2026, (f"{PAGE}.2.show_if.manager", "gr_assign >= 6 and gr_assign <= 5")),
    "P004": (2026, (f"{PAGE}.1.items.2.show_if", "gr_assign == 3 and gr_assign == 4")),
    "P005": (2026, (f"{PAGE}.2.show_if.manager", "gr_assign >= 1 or missing(gr_assign)")),
    "P006": (2026, (f"{PAGE}.0.end_if.0.if", "s_elig in [1, 2] or missing(s_elig)")),
    "P007": (2026, *((f"{PAGE}.{number}.roles", ["contractor"]) for number in range(5))),
    "P008": (2026, (f"{PAGE}.4.items.2.required", True)),
    "P009": (2026, (f"{PAGE}.0.end_if.0.if", "s_elig == 1 and s_elig == 2")),
    "P010": (2026, (f"{Q}.parts.+", {"id": "empty", "title": both("Leeg", "Empty")})),
    "P011": (2026, (f"{PAGE}.3.part", "start")),
    "P012": (2026, (f"{PAGE}.3.roles", ["contractor"]), (f"{PAGE}.3.items.0.roles", ["manager", "contractor"])),
    # texts
    "T001": (2026, (f"{ITEM}.text.en", DELETE)),
    "T002": (2026, (f"{ITEM}.text.fr", "Quelle note donnez-vous ?")),
    "T003": (2026, (f"{ITEM}.hint.nl", "  ")),
    "T004": (2026, (f"{PAGE}.3.items.1.text.en", "What could be better?")),
    "T005": (2026, (f"{PAGE}.3.items.1.text.en", "You gave {gr_assign.label}. What could be better?")),
    "T006": (
        2026,
        (f"{PAGE}.3.items.1.text", both("U gaf {gr_x.label|iets}. Wat nu?", "You gave {gr_x.label|it}. What now?")),
    ),
    "T007": (2026, (f"{PAGE}.0.items.0.text", both("Na {b_gender.label|iets}?", "After {b_gender.label|it}?"))),
    "T008": (2026, (f"{ITEM}.hint", both("Een <b>10</b> is mooi.", "A 10 is fine."))),
    "T009": (2026, (f"{ITEM}.hint", both("TODO: toelichting.", "A hint."))),
    "T010": (2026, (f"{ITEM}.hint", both("Een 10  is mooi.", "A 10 is fine."))),
    "T011": (2026, (f"{ITEM}.hint", both("Een 10 is erg mooi."))),
    "T012": (
        2026,
        (f"{ITEM}.hint", both("Kort.", "This hint goes on and on, far beyond what the Dutch has to say about it.")),
    ),
    "T013": (2026, (f"{ITEM}.hint", both("Eén is weinig.".replace("é", "e\u0301"), "One is little."))),
    "T014": (2026, ("lock", {"format": 1, "approved": {"en": {"study.title": "0" * 16}}, "waived": {}})),
    "T015": (2026, ("lock", {"format": 1, "approved": {"en": {}}, "waived": {}})),
    "T016": (2026, ("lock", {"format": 1, "approved": {"en": {"study.gone": "0" * 16}}, "waived": {}})),
    # wording
    "W001": (2026, (f"{ITEM}.text.nl", "Welk cijfer geef je de opdracht?")),
    "W002": (2026, (f"{ITEM}.text.en", "What mark do you give the organization?")),
    "W003": (2026, (f"{ITEM}.hint", both(f"{LONG_WORDS}.", f"{LONG_WORDS} too."))),
    "W004": (2026, (f"{PAGE}.4.title", both(f"Over u en {'uw werk ' * 8}", f"About you and {'your work ' * 6}"))),
    "W005": (
        2026,
        (
            f"{LISTS}.yesno.categories.0.label",
            both("Ja, " + "en dat geldt voor alles " * 5, "Yes, " + "and that goes for all " * 5),
        ),
    ),
    "W006": (2026, (f"{ITEM}.hint", both("Een 10 is mooi", "A 10 is fine."))),
    "W007": (2026, (f"{ITEM}.hint", both("Denk aan uw klant.", "Think of your client."))),
    "W008": (2026, (f"{ITEM}.hint", both("Dit is BELANGRIJK.", "This matters."))),
    "W009": (2026, (f"{ITEM}.hint", both("Geen zorgen.", "Don't worry, it's fine."))),
    "W011": (
        2026,
        (f"{ITEM}.hint", both("Kies een van de cijfers’ kleuren.", "Choose.")),
        (f"{ITEM}.text", both("Wat vindt u van collega's?", "What do you think of colleagues?")),
    ),
    "W012": (2026, (f"{PAGE}.1.items.2.hint", both("Rond af, bijvoorbeeld 12,5.", "Round it, for example 12."))),
    "W010": (2026, (f"{ITEM}.text", both("Goed? Slecht? Of beide?", "Good, bad or both?"))),
    # constructs
    "K001": (2026, (f"{S}.constructs.1.items", ["gr_assign"])),
    "K002": (2026, (f"{S}.constructs.0.items.+", "gr_assign"), (f"{MARK}.construct", "content")),
    "K003": (2026, (f"{S}.constructs.1.items", ["dr_fit", "gr_assign"])),
    "K004": (2026, (f"{V}.dr_fit.level", "ordinal")),
    "K005": (2026, (f"{ROW}.0.roles", ["contractor"]), (f"{ROW}.1.roles", ["manager"])),
    "K006": (2026, (f"{V}.dr_fit.construct", "verdict")),
    "K007": (2026, (f"{MARK}.construct", DELETE)),
    # limits of files
    "F001": (2026, (f"{V}.with", choice())),
    "F002": (2026, (f"{V}.language", choice())),
    "F003": (2026, (f"{V}.a_ways_90", choice())),
    "F004": (2026, (f"{V}.a__b", choice())),
    "F005": (2026, (f"{MARK}.label", both("Cijfer " * 15, "Mark " * 17))),
    "F006": (2026, (f"{LISTS}.yesno.categories.0.label", both("é" * 70, "Yes " * 16))),
    "F007": (2014, (f"{M}.columns.q1.label", both("Cijfer " * 40, "Mark " * 50))),
    "F008": (2026, (f"{LISTS}.yesno.categories.0.label", both("+ ja", "+ yes"))),
    "F009": (
        2026,
        (f"{LISTS}.huge", {"categories": [category(code, f"k{code}") for code in range(9_000)]}),
        (f"{V}.x1", {"type": "multiple", "label": both("x1", "x 1"), "codes": "huge"}),
        (f"{V}.x2", {"type": "multiple", "label": both("x2", "x 2"), "codes": "huge"}),
        (f"{PAGE}.+", page("huge", item("x1"), item("x2"))),
    ),
    # privacy and period
    "V001": (2026, (f"{V}.c_mail.stored_apart", False)),
    "V002": (2026, (f"{T}.tables.+", table(variables=["c_mail"]))),
    "V003": (2026, (f"{V}.b_birth.missing", [])),
    "V004": (2026, (f"{S}.threshold", 5)),
    "V005": (2026, (f"{S}.waves.0.kept_until", DELETE)),
    "V006": (2026, (f"{S}.waves.0.mode", DELETE)),
    "V007": (2026, (f"{S}.waves.0.closes", "2026-10-01")),
    "V008": (2026, (f"{V}.b_gender.sensitive", True)),
    "V009": (2026, (f"{S}.organisation.email", "nobody")),
    # pages
    "G001": (2026, *many("n", 6), (f"{PAGE}.+", page("crowd", *(item(f"n{number}") for number in range(6))))),
    "G002": (2026, (f"{LISTS}.causes.categories", [category(code, f"k{code}") for code in range(1, 31)])),
    "G003": (
        2026,
        *((f"{V}.t{number}", {"type": "long_text", "label": both(f"t{number}", f"t {number}")}) for number in range(4)),
        (f"{PAGE}.+", page("open", *(item(f"t{number}") for number in range(4)))),
    ),
    "G004": (2026, (f"{ITEM}.hint", both("Lees dit goed. " * 1400, "Read this well. " * 1400))),
    "G005": (2026, (f"{PAGE}.+", page("note", {"information": "note", "text": both("Een mededeling.", "A message.")}))),
    "G006": (2026, (f"{ROW}.1", DELETE), (f"{PAGE}.4.items.+", item("dr_learn"))),
    "G007": (2026, (f"{V}.dr_fit.codes", "mark10"), (f"{V}.dr_fit.type", "mark")),
    "G008": (2026, (f"{PAGE}.3.items.1.required", True)),
    "G009": (
        2026,
        (f"{ROW}.+", {"variable": "im_new", "text": both("Wat helpt.", "What helps.")}),
        (f"{V}.im_new", choice(type="multiple")),
    ),
    "G010": (2026, (f"{PAGE}.1.items.1.text", both("Hoe vond u de opdracht?", "How did you find it?"))),
    "G011": (2026, (f"{PAGE}.1.randomise", True), (f"{PAGE}.1.items.1.show_if", "gr_assign >= 6")),
    # tables
    "B001": (2026, (f"{V}.spare", choice()), (f"{T}.tables.+", table(variables=["spare"]))),
    "B002": (2026, (f"{T}.tables.0.variables", ["gr_assign", "b_gender"])),
    "B003": (2026, (f"{T}.tables.0.banner", ["a_months"])),
    "B004": (2026, (f"{T}.tables.+", table(kind="statements", variables=["dr_fit", "b_gender"]))),
    "B005": (2026, (f"{T}.tables.0.chart", "profile")),
    "B006": (2026, (f"{T}.tables.0.banner", ["role", "gr_assign", "im_rank", *["a_ways"] * 5])),
    "B007": (2026, (f"{V}.dr_fit.phase", DELETE)),
    "B008": (2026, (f"{T}.tables.0", DELETE)),
    "B009": (2026, (f"{T}.tables", [])),
    "B010": (2026, (f"{V}.spare", choice()), (f"{T}.tables.0.filter", "spare == 1")),
    "B016": (2026, (f"{T}.tables.0.kind", "scale"), (f"{T}.tables.0.variables", ["dr_fit"])),
    "B015": (
        2026,
        (f"{T}.filters", [{"id": "some", "label": both("Enkelen", "Some"), "where": "gr_assign >= 6"}] * 2),
    ),
    # trend and import
    "N001": (2026, (f"{MARK}.trend.0.recode", {"1": 1})),
    "N002": (2026, (f"{MARK}.trend.0.effect", "break")),
    "N003": (2026, (f"{MARK}.trend.0.effect", "recode"), (f"{MARK}.trend.0.recode", {"1": 11})),
    "N004": (2026, (f"{MARK}.trend.0.series", "older")),
    "N005": (2026, (f"{MARK}.trend.+", {"series": "old", "column": "q1", "effect": "continue"})),
    "N006": (2026, (f"{MARK}.trend.0.add", 1)),
    "N007": (2014, (f"{MARK}.trend.0.column", "q9")),
    "N008": (2014, (f"{MARK}.trend.0.column", "q3")),
    "N009": (2014, (f"{M}.columns.q1.missing", {"1": "na"})),
    "N010": (2014, (f"{M}.case.date_formats", ["%H:%M"])),
    "N011": (2014, (f"{M}.language", "fr")),
    "N012": (2014, (f"{M}.columns.q2.plausible", {"min": 80, "max": 70})),
    "N013": (2014, (f"{M}.series", "elder")),
}
