"""An XLSForm with every construct that is carried, written as people write them, and one full of what is not."""

from __future__ import annotations

from surveyapp.instrument.xlsform.form import Form, Row

NL, EN = "label::Nederlands (nl)", "label::English (en)"
HINT_NL, HINT_EN = "hint::Nederlands (nl)", "hint::English (en)"


def row(type_: str, name: str, nl: str = "", en: str = "", **cells: str) -> Row:
    labels = {NL: nl, EN: en} if nl else {}
    return {"type": type_, "name": name, **labels, **cells}


def choice(list_name: str, name: str, nl: str, en: str) -> Row:
    return {"list_name": list_name, "name": name, NL: nl, EN: en}


def numbers(list_name: str, first: int, last: int) -> list[Row]:
    return [choice(list_name, str(code), str(code), str(code)) for code in range(first, last + 1)]


CARRIED = Form(
    survey=(
        row("begin_group", "course", "De cursus", "The course", appearance="field-list"),
        row("note", "course_intro", "Eerst iets over de cursus.", "First about the course."),
        row("select_one yesno", "attended", "Was u erbij?", "Were you there?", required="yes"),
        row(
            "select_one level",
            "level",
            "Hoe vond u het niveau?",
            "How did you find the level?",
            relevant="${attended} = '1'",
            **{HINT_NL: "Denk aan de hele cursus.", HINT_EN: "Think of the whole course."},
        ),
        row("select_one yesno_na_dk", "again", "Zou u weer gaan?", "Would you go again?", relevant="${level} >= 2"),
        row(
            "select_multiple topics",
            "topics",
            "Welke onderwerpen kende u al?",
            "Which topics did you know already?",
            constraint="count-selected(.) >= 1 and count-selected(.) <= 3"
            " and not(selected(., '90') and count-selected(.) > 1)",
            parameters="randomize=true",
        ),
        row(
            "text",
            "topics_other",
            "Welke onderwerpen kende u al?: anders, namelijk",
            "Which topics did you know already?: other, please specify",
            relevant="selected(${topics}, '97')",
            constraint="string-length(.) <= 200",
        ),
        row("end_group", "course"),
        row(
            "begin_group",
            "teacher",
            "De docent",
            "The teacher",
            relevant="${attended} = '1' and (${level} != '3' or ${again} = 'dk')",
            appearance="field-list",
        ),
        row("begin_group", "statements", "Wat vindt u?", "What do you think?", appearance="table-list"),
        row("select_one agree", "clear", "De uitleg was helder.", "The explanation was clear."),
        row("select_one agree", "pace", "Het tempo was goed.", "The pace was right.", relevant="${again} != ''"),
        row("end_group", "statements"),
        row("note", "halfway", "U bent halverwege.", "You are halfway.", relevant="not(selected(${topics}, '1'))"),
        row("select_one mark", "mark", "Welk cijfer geeft u?", "Which mark do you give?", appearance="likert"),
        row("select_one nps", "recommend", "Beveelt u de cursus aan?", "Would you recommend it?", appearance="likert"),
        row("rank topics_r", "order", "Wat was het nuttigst?", "What was most useful?"),
        row("end_group", "teacher"),
        row("begin_group", "about", "Over u", "About you", appearance="field-list"),
        row("integer", "years", "Hoeveel jaar werkt u?", "Years at work?", constraint=". >= 0 and . <= 60"),
        row("decimal", "hours", "Hoeveel uur oefende u?", "Hours of practice?", relevant="${years} > 0"),
        row("date", "since", "Sinds wanneer?", "Since when?", appearance="month-year", relevant="${years} != 5"),
        row("select_one sector or_other", "sector", "In welke sector?", "In which sector?"),
        row("text", "word", "Eén woord over de cursus?", "One word about it?", constraint="string-length(.) <= 40"),
        row(
            "text",
            "better",
            "U gaf een ${mark}. Wat kan beter?",
            "You gave a ${mark}. What could be better?",
            appearance="multiline",
            relevant="count-selected(${topics}) > 1 or count-selected(${topics}) < 3 or ${years} = ''",
            constraint="string-length(.) <= 500",
        ),
        row("end_group", "about"),
    ),
    choices=(
        choice("yesno", "1", "Ja", "Yes"),
        choice("yesno", "2", "Nee", "No"),
        choice("level", "1", "Te laag", "Too low"),
        choice("level", "2", "Goed", "Right"),
        choice("level", "3", "Te hoog", "Too high"),
        choice("yesno_na_dk", "1", "Ja", "Yes"),
        choice("yesno_na_dk", "2", "Nee", "No"),
        choice("yesno_na_dk", "na", "niet van toepassing", "not applicable"),
        choice("yesno_na_dk", "dk", "weet ik niet", "don't know"),
        choice("topics", "1", "Schrijven", "Writing"),
        choice("topics", "2", "Rekenen", "Arithmetic"),
        choice("topics", "3", "Tekenen", "Drawing"),
        choice("topics", "90", "Geen van deze", "None of these"),
        choice("topics", "97", "Iets anders", "Something else"),
        choice("agree", "1", "Oneens", "Disagree"),
        choice("agree", "2", "Neutraal", "Neutral"),
        choice("agree", "3", "Eens", "Agree"),
        *numbers("mark", 1, 10),
        *numbers("nps", 0, 10),
        choice("topics_r", "1", "Het boek", "The book"),
        choice("topics_r", "2", "De les", "The lesson"),
        choice("sector", "1", "Zorg", "Health care"),
        choice("sector", "2", "Onderwijs", "Education"),
    ),
    settings={
        "form_title": "Cursusevaluatie",
        "form_id": "course-evaluation_2026_respondent",
        "version": "1",
        "default_language": "Nederlands (nl)",
        "style": "pages",
    },
)
"""Comes in and goes out again, cell by cell (but the version, which is the definition's hash)."""

NOT_CARRIED: tuple[tuple[Row, str], ...] = (
    (row("geopoint", "place", "Waar?", "Where?"), "geopoint"),
    (row("image", "photo", "Een foto", "A photo"), "image"),
    (row("calculate", "sum", calculation="1 + 1"), "calculate"),
    (row("start", "start"), "start"),
    (row("date", "day", "Welke dag?", "Which day?"), "date"),
    (row("select_one_from_file towns.csv", "town", "Welke plaats?", "Which town?"), "select_one_from_file"),
    (row("select_one nowhere", "gone", "Welke?", "Which?"), "nowhere"),
    (row("text", "later", "Waarom?", "Why?", relevant="${sum} > 1"), "relevant: ${sum} > 1"),
    (row("text", "today", "Waarom?", "Why?", relevant="today() > ${x}"), "relevant: today() > ${x}"),
    (row("integer", "odd", "Hoeveel?", "How many?", constraint=". mod 2 = 1"), "constraint: . mod 2 = 1"),
    (row("text", "mail", "Wat?", "What?", constraint="regex(., 'a')"), "constraint: regex(., 'a')"),
    (row("text", "given", "Wat?", "What?", default="x"), "default: x"),
    (row("text", "said", "Wat?", "What?", constraint_message="Nee"), "constraint_message: Nee"),
    (row("text", "read", "Wat?", "What?", read_only="yes"), "read_only: yes"),
    (row("text", "must", "Wat?", "What?", required="${a} = 1"), "required: ${a} = 1"),
    (row("text", "look", "Wat?", "What?", appearance="numbers"), "appearance: numbers"),
    (row("select_one yn", "list", "Wat?", "What?", appearance="minimal"), "appearance: minimal"),
    (row("select_one yn", "seed", "Wat?", "What?", parameters="randomize=true, seed=1"), "parameters: randomize"),
    (row("text", "long", "Wat?", "What?", appearance="multiline"), "any length: 2000 characters"),
    (row("text", "Name", "Wat?", "What?"), "it is name here"),
    (row("text", "pipe", "U zei ${nobody}.", "You said ${nobody}."), "'nobody' in a text"),
    (row("text", "bare"), "without words"),
    (row("note", "hush"), "a note without words"),
    (row("text", "media", "Wat?", "What?", **{"media::image": "a.png"}), "media::image: a.png"),
)
"""A row and the words its loss is told in."""
