"""Whoever changes what is known of people or of messages to them says so, or the fieldwork page shows what was."""

from __future__ import annotations

import ast
from pathlib import Path

STORAGE = Path(__file__).parents[2] / "surveyapp" / "storage"
PEOPLE = {"CONTACTS", "LINKS", "TOKENS", "MESSAGES", "ROUNDS", "DECIDED"}
WRITES = {"insert", "update", "delete", "insert_into"}
BY_THE_WAY = {
    "bounces._of": "whoever asks for it says so where a figure rests on it",
    "case_links.cut": "the contacts are put in anew, which says so",
    "invitation_messages.forgive": "why a message did not arrive is in no figure",
    "invitation_messages.hand": "a message in hand counts as one that waits",
    "invitation_messages.put_back": "a message in hand counts as one that waits",
    "invitation_rounds.add": "a round that was not confirmed is in no figure",
    "invitation_rounds.finish": "the state of a round is read at each look",
    "invitation_rounds.forget_messages": "what came of them was written down just before, which said so",
    "invitation_rounds.forget_wave": "the wave goes, and with it who looks at it",
    "invitation_rounds.remove": "a round that was not confirmed is in no figure",
}


def writers() -> dict[str, bool]:
    """The functions that write a table of people, and whether they say so."""
    found = {}
    for path in sorted(STORAGE.glob("*.py")):
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(function, ast.FunctionDef):
                continue
            calls = [node for node in ast.walk(function) if isinstance(node, ast.Call)]
            if any(_writes(call) for call in calls):
                said = any(isinstance(call.func, ast.Name) and call.func.id == "touch_people" for call in calls)
                found[f"{path.stem}.{function.name}"] = said
    return found


def _writes(call: ast.Call) -> bool:
    named = {arg.id for arg in call.args if isinstance(arg, ast.Name)}
    return isinstance(call.func, ast.Name) and call.func.id in WRITES and bool(named & PEOPLE)


def test_every_statement_that_changes_people_moves_their_counter() -> None:
    found = writers()
    assert len(found) > 15
    assert {name for name, said in found.items() if not said} <= BY_THE_WAY.keys()
