"""What to do about a YAML file that cannot be read: by the code of the finding, and by what it usually comes from."""

from __future__ import annotations

from collections.abc import Mapping

from surveyapp.errors import Message

FIXES: Mapping[str, Message] = {
    "Y001": Message("Look at the file at this place."),
    "Y002": Message("Save the file as UTF-8, and look at the letters here."),
    "Y003": Message("Split the file or remove what is not needed."),
    "Y004": Message("Give one of them a name of its own, or put under one key what stands under both."),
    "Y005": Message("Write the content out in full."),
    "Y006": Message("Make the structure flatter."),
    "Y007": Message("Put text between quotation marks."),
    "Y009": Message("Put the whole text between quotation marks; comments come behind them, after # and a space."),
}
_QUOTE = Message("Put the whole text between quotation marks.")
CAUSES: tuple[tuple[str, Message], ...] = (
    ("mapping values are not allowed", _QUOTE),  # a colon in a text
    ("'\\t'", Message("Put spaces where the tab is.")),
    ("that cannot start any token", _QUOTE),  # a text that begins with @ % or a backtick
    ("while scanning a quoted scalar", Message("Close the quotation mark that begins here.")),
    ("unexpected end of stream", Message("Close what begins here.")),
    (
        "expected <block end>",
        Message("See that this line is indented as its neighbours are, and that each entry of a list has its dash."),
    ),
    ("could not find expected ':'", Message("Put a colon and a space behind the key.")),
    ("did not find expected", Message("Look at brackets and commas.")),
)
"""What the parser's words usually come from, and what to do."""
BEGUN = ("quoted scalar", "flow sequence", "flow mapping", "simple key")
"""What is at fault where it begins, not where the parser noticed: a quotation mark, a bracket, a key without colon."""
WRITE_NUMBER = Message("Write the number in digits, or put it between quotation marks if it is a text.")
WRITE_OUT = Message(
    "Put a text that begins with & * or ! between quotation marks; write content that repeats out in full."
)
DASH = Message("Is this a new entry of the list? Then put a dash before it, indented as the others are.")


def usual_cause(told: str) -> Message | None:
    """What to do, where the parser's words tell what it usually is."""
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
