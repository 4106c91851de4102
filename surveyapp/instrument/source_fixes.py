"""What to do about a YAML file that cannot be read: by the code of the finding, and by what it usually comes from."""

from __future__ import annotations

from collections.abc import Mapping

FIXES: Mapping[str, tuple[str, str]] = {
    "Y001": ("Kijk het bestand op deze plaats na.", "Look at the file at this place."),
    "Y002": (
        "Bewaar het bestand als UTF-8, en kijk de letters hier na.",
        "Save the file as UTF-8, and look at the letters here.",
    ),
    "Y003": ("Splits het bestand of haal weg wat niet nodig is.", "Split the file or remove what is not needed."),
    "Y004": (
        "Geef een van beide een eigen naam, of zet onder één sleutel wat onder beide staat.",
        "Give one of them a name of its own, or put under one key what stands under both.",
    ),
    "Y005": ("Schrijf de inhoud voluit.", "Write the content out in full."),
    "Y006": ("Maak de opbouw vlakker.", "Make the structure flatter."),
    "Y007": ("Zet tekst tussen aanhalingstekens.", "Put text between quotation marks."),
    "Y009": (
        "Zet de hele tekst tussen aanhalingstekens; opmerkingen komen daarachter, na # en een spatie.",
        "Put the whole text between quotation marks; comments come behind them, after # and a space.",
    ),
}
_QUOTE = ("Zet de hele tekst tussen aanhalingstekens.", "Put the whole text between quotation marks.")
CAUSES: tuple[tuple[str, tuple[str, str]], ...] = (
    ("mapping values are not allowed", _QUOTE),  # a colon in a text
    ("'\\t'", ("Zet spaties waar de tab staat.", "Put spaces where the tab is.")),
    ("that cannot start any token", _QUOTE),  # a text that begins with @ % or a backtick
    (
        "while scanning a quoted scalar",
        ("Sluit het aanhalingsteken dat hier begint.", "Close the quotation mark that begins here."),
    ),
    ("unexpected end of stream", ("Sluit wat hier begint.", "Close what begins here.")),
    (
        "expected <block end>",
        (
            "Kijk of deze regel even ver inspringt als zijn buren, en of een lijst op elke regel een streepje heeft.",
            "See that this line is indented as its neighbours are, and that each entry of a list has its dash.",
        ),
    ),
    (
        "could not find expected ':'",
        ("Zet achter de sleutel een dubbele punt en een spatie.", "Put a colon and a space behind the key."),
    ),
    ("did not find expected", ("Kijk naar haakjes en komma's.", "Look at brackets and commas.")),
)
"""What the parser's words usually come from, and what to do."""
BEGUN = ("quoted scalar", "flow sequence", "flow mapping", "simple key")
"""What is at fault where it begins, not where the parser noticed: a quotation mark, a bracket, a key without colon."""
WRITE_NUMBER = (
    "Schrijf het getal in cijfers, of zet het tussen aanhalingstekens als het een tekst is.",
    "Write the number in digits, or put it between quotation marks if it is a text.",
)
WRITE_OUT = (
    "Zet tekst die met & * of ! begint tussen aanhalingstekens; herhaalde inhoud schrijft u voluit.",
    "Put a text that begins with & * or ! between quotation marks; write content that repeats out in full.",
)
DASH = (
    "Is dit een nieuw onderdeel van de lijst? Zet er dan een streepje voor, even ver ingesprongen als de andere.",
    "Is this a new entry of the list? Then put a dash before it, indented as the others are.",
)


def usual_cause(told: str) -> tuple[str, str] | None:
    """What to do, (nl, en), where the parser's words tell what it usually is."""
    return next((fix for cause, fix in CAUSES if cause in told), None)


LANGUAGE_KEYS = frozenset({"nl", "en"})
"""Keys whose values people wrote for people: a number sign in them is meant to be read."""


def swallowed(line: str, column: int, *, is_text: bool) -> int | None:
    """Where on the line a number sign took the rest of an unquoted text that ends at ``column``; None where none did.

    What stands behind it is a comment to the parser. In words for people that is never meant; elsewhere it is where a
    space follows the sign, as comments are written.
    """
    behind = line[column:]
    lost = behind.lstrip()
    if not lost.startswith("#"):
        return None
    is_comment = lost[1:2].isspace() or not lost.strip("#")
    return column + len(behind) - len(lost) if is_text or not is_comment else None


def swallowed_words(value: str, lost: str) -> tuple[str, str]:
    """What to say of it, (nl, en)."""
    return (
        f"Na ‘{value[:40]}’ wordt ‘{lost[:40]}’ niet gelezen: achter # staat een opmerking.",
        f"After '{value[:40]}' '{lost[:40]}' is not read: what stands behind # is a comment.",
    )


def unreadable_nl(detail: str) -> str:
    """The Dutch sentence around what the reader says in English."""
    return f"Het bestand is hier geen geldige YAML (melding van de lezer: {detail})."
