"""A condition in words: "asked if the role is contractor and the answer to “Mark” is 7 or higher"; Dutch and English.

The source language's own words come from the codebook: labels of variables, categories, roles, missing codes. A label
is quoted, never bent into the sentence: it may be a question, hold a colon, or be no noun at all. Other languages of a
study fall back to English sentence structure.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from surveyapp.instrument.conditions import nodes
from surveyapp.instrument.conditions.codebook import Codebook
from surveyapp.instrument.conditions.parse import Condition
from surveyapp.instrument.conditions.phrases import PHRASES, Phrases, listed, number_text
from surveyapp.instrument.system_variables import SYSTEM_VARIABLES, value_label
from surveyapp.instrument.variables import Text, Variable

if TYPE_CHECKING:
    from surveyapp.instrument.model import Universe
    from surveyapp.instrument.questions import Block


def sentence(condition: Condition | None, language: str, book: Codebook) -> str:
    """Who is asked, as one clause without a full stop: "gevraagd als …" or "asked if …"."""
    words = PHRASES.get(language, PHRASES["en"])
    return words.asked_everyone if condition is None else f"{words.asked_if} {clause(condition, language, book)}"


def clause(condition: Condition, language: str, book: Codebook) -> str:
    """The condition alone, to stand after "als" / "if" or as the name of a filter."""
    return _Speaker(language, book).say(condition.tree, negated=False)


def block_text(block: Block, language: str) -> str:
    """Who is asked a page of a rotation: "put to a random half (block “Pay”)"."""
    words = PHRASES.get(language, PHRASES["en"])
    return words.put_to_part(block.share, f"“{block.label[language]}”")


def universe_text(universe: Universe, book: Codebook) -> Text:
    """Who is asked a variable, over all roles, in every language of the product: staff read it, whatever is asked in.

    Roles with the same condition are named together: "zelfstandig professionals en inhurende managers, als …". That the
    questionnaire had not ended early is left unsaid: whoever it ends for stands outside the population.
    """
    return Text({language: _universe_in(universe, language, book) for language in PHRASES})


def _universe_in(universe: Universe, language: str, book: Codebook) -> str:
    words = PHRASES.get(language, PHRASES["en"])
    plurals = {role.id: role.plural[language] for role in book.roles}
    speaker = _Speaker(language, book)
    groups: dict[tuple[str, str], list[str]] = {}
    for role, condition in universe.by_role.items():
        asked = () if condition is None else nodes.parts(condition.tree)
        kept = [node for node in asked if not (isinstance(node, nodes.Not) and isinstance(node.operand, nodes.Holds))]
        drawn, tree = _apart(nodes.joint(kept), book)  # what is left without the endings
        said = "" if tree is None else speaker.say(tree, negated=False)
        part = "" if drawn is None else speaker.put_to(drawn)
        groups.setdefault((part, said), []).append(plurals.get(role, role))
    if not groups:
        return words.asked_nobody
    parts = []
    for (part, said), names in groups.items():
        who = words.everyone if len(names) == len(book.roles) else listed(names, words.and_)
        parts.append(who + (f", {part}" if part else "") + (f", {words.if_} {said}" if said else ""))
    return "; ".join(parts)


def _apart(tree: nodes.Node | None, book: Codebook) -> tuple[nodes.Leaf | None, nodes.Node | None]:
    """The draw of a block that stands beside the rest of a condition, and that rest."""
    operands = () if tree is None else nodes.parts(tree)
    drawn = [
        node
        for node in operands
        if isinstance(node, nodes.Chosen | nodes.Membership) and drawn_codes(node, book) is not None
    ]
    if len(drawn) != 1:
        return None, tree
    return drawn[0], nodes.joint([node for node in operands if node is not drawn[0]])


def drawn_codes(node: nodes.Node, book: Codebook) -> tuple[int | float, ...] | None:
    """The blocks of a rotation that an expression asks for; None for any other expression."""
    if isinstance(node, nodes.Chosen | nodes.Membership):
        variable = book.variables.get(node.name)
        if variable is not None and variable.draw is not None:
            codes = node.codes if isinstance(node, nodes.Chosen) else node.numbers
            if codes and not getattr(node, "missing", ()):
                return codes
    return None


class _Speaker:
    def __init__(self, language: str, book: Codebook) -> None:
        self.language = language
        self.book = book
        self.words: Phrases = PHRASES.get(language, PHRASES["en"])

    def say(self, node: nodes.Node, *, negated: bool, within: str = "") -> str:
        """``within`` is the word of the list it stands in: a list of another word gets brackets."""
        if isinstance(node, nodes.Not):
            return self.say(node.operand, negated=not negated, within=within)
        if isinstance(node, nodes.Holds):
            return self.say(node.operand, negated=negated, within=within)
        if isinstance(node, nodes.Always):
            return self.words.always if node.value != negated else self.words.never
        if isinstance(node, nodes.And | nodes.Or):
            # The opposite of "a and b" is "not a or not b": said so, nobody has to read "not (…)".
            joint = isinstance(node, nodes.And) != negated
            word = self.words.and_ if joint else self.words.or_
            said = f" {word} ".join(self.say(operand, negated=negated, within=word) for operand in node.operands)
            return f"({said})" if within and within != word else said
        if isinstance(node, nodes.Audience):
            return self.audience(node, negated)
        return self.leaf(node, negated)

    def audience(self, node: nodes.Audience, negated: bool) -> str:
        named = [value_label(node.subject, value, self.book)[self.language] for value in node.values]
        spoken = SYSTEM_VARIABLES[node.subject].spoken[self.language]
        return self.words.is_[negated].format(subject=spoken, value=listed(named, self.words.or_))

    def leaf(self, node: nodes.Leaf, negated: bool) -> str:
        words, name = self.words, node.name
        drawn = drawn_codes(node, self.book)
        if drawn is not None:
            return words.drawn[negated].format(blocks=self.blocks(name, drawn))
        variable = self.book.variables.get(name)
        label = self.quoted(variable.label[self.language]) if variable else name
        if isinstance(node, nodes.Given):
            return words.given[node.kind][negated].format(label=label)
        if isinstance(node, nodes.Counted):
            return words.counted[negated].format(label=label, amount=words.amount[node.operator].format(node.number))
        if isinstance(node, nodes.Chosen):
            values = listed([self.value(name, code) for code in node.codes], words.and_ if node.every else words.or_)
            said = words.all_chosen if node.every and len(node.codes) > 1 else words.chosen
            return said[negated].format(label=label, values=values)
        if isinstance(node, nodes.Comparison):
            value = words.compared[node.operator].format(self.value(name, node.number))
        else:
            named = [self.value(name, number) for number in node.numbers]
            named += [self.quoted(self.missing(word)) for word in node.missing]
            value = listed(named, words.or_)
        return words.is_[negated].format(subject=words.answer.format(label=label), value=value)

    def blocks(self, name: str, codes: Sequence[int | float]) -> str:
        return listed([self.value(name, code) for code in codes], self.words.or_)

    def put_to(self, leaf: nodes.Leaf) -> str:
        """That a random part of the people is asked."""
        drawn, variable = drawn_codes(leaf, self.book), self.book.variables.get(leaf.name)
        if drawn is None or variable is None or variable.draw is None:
            return ""
        return self.words.put_to_part(variable.draw.share, self.blocks(leaf.name, drawn))

    def missing(self, word: str) -> str:
        found = self.book.missing.get(word)
        return found.label[self.language] if found else word

    def value(self, name: str, number: int | float) -> str:
        variable = self.book.variables.get(name)
        if variable is not None and _has_spoken_codes(variable):
            for category in variable.categories:
                if category.code == number:
                    return self.quoted(category.short[self.language])
        return number_text(number, self.language)

    def quoted(self, text: str) -> str:
        return f"“{text}”"


def _has_spoken_codes(variable: Variable) -> bool:
    if not variable.type.shape.has_codes:
        return False
    labels: Sequence[Text] = [category.label for category in variable.categories]
    return not all(label[language].isdigit() for label in labels for language in label)
