"""What became of a cell of a form that was no plain text."""

from __future__ import annotations

from surveyapp.errors import Message

PLAIN = "write plain text."


def no_text(sheet: str, column: str, kind: str) -> Message:
    """The fault of a cell that counts and holds a formula without an outcome, or an error."""
    said = {"sheet": sheet, "column": column}
    if kind == "error":
        return Message("Sheet %(sheet)s, column %(column)s: an error of the spreadsheet; write plain text.", **said)
    return Message("Sheet %(sheet)s, column %(column)s: a formula without an outcome; write plain text.", **said)


def left(column: str, kind: str) -> Message:
    """What is said of a cell that nobody reads and that holds a formula without an outcome, or an error."""
    if kind == "error":
        return Message("%(column)s: an error of the spreadsheet", column=column)
    return Message("%(column)s: a formula without an outcome", column=column)


def read_as(column: str, kind: str, text: str) -> Message:
    """What is said of a cell that came in as a text which it was not."""
    said = {"column": column, "text": text}
    match kind:
        case "date":
            return Message("%(column)s: a date; it is '%(text)s' here", **said)
        case "number in a notation of its own":
            return Message("%(column)s: a number in a notation of its own; it is '%(text)s' here", **said)
        case "part of a merged cell":
            return Message("%(column)s: a part of a merged cell; it is '%(text)s' here", **said)
    return Message(
        "%(column)s: a text with letters that were saved in the wrong encoding; it is '%(text)s' here", **said
    )
