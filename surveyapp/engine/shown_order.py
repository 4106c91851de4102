"""In which order one person saw options, statements and items.

The page draws by these functions and whoever asks later gets the answer from them too: a case keeps its seed and the
hash of the definition it began with, and those two say the order for ever. Nothing else need be stored.

Fixed places: a category that is anchored, "other" or exclusive stays last; so do anchored statements and items;
information between questions keeps its place, for it speaks of what stands around it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import TypeVar

from surveyapp.instrument.model import Category, Information, Item, Page, Question, Questionnaire, QuestionSet

T = TypeVar("T")


def order(keys: Sequence[T], seed: int, salt: str, anchored: Collection[T] = ()) -> tuple[T, ...]:
    """The keys in this person's order; anchored ones stay last, in the order given.

    It follows from the case's seed alone: the same in every language, on every visit, machine and Python version, which
    is why it rests on a hash and not on a random generator.

    ``salt`` names what is ordered (a set's id, a variable's name), so that two lists of one person differ. Keys must
    have a ``str`` that tells them apart.
    """

    def place(key: T) -> bytes:
        return blake2b(f"{seed}\0{salt}\0{key}".encode(), digest_size=16).digest()

    loose = sorted((key for key in keys if key not in anchored), key=place)
    return (*loose, *(key for key in keys if key in anchored))


@dataclass(frozen=True, slots=True)
class ShownOrder:
    """One list as a person saw it: codes of a question, variables of a set, or variables and set ids of a page."""

    kind: str  # options · statements · items
    name: str  # the question's variable, the set's id or the page's id
    keys: tuple[str, ...]


def shown_categories(question: Question, seed: int) -> tuple[Category, ...]:
    """The categories a question offers, as this person sees them; retired ones are not offered."""
    offered = tuple(category for category in question.variable.categories if not category.retired)
    if not question.is_randomised:
        return offered
    by_code = {category.code: category for category in offered}
    last = {category.code for category in offered if category.anchored or category.other or category.exclusive}
    return tuple(by_code[code] for code in order(tuple(by_code), seed, question.name, last))


def shown_statements(item: QuestionSet, seed: int, questions: Sequence[Question] | None = None) -> tuple[Question, ...]:
    """The statements of a set as this person sees them; ``questions`` are the visible ones, absent: all.

    A statement that comes up later does not change the order of the others.
    """
    given = item.questions if questions is None else questions
    if not item.is_randomised:
        return tuple(given)
    by_name = {question.name: question for question in given}
    last = {question.name for question in given if question.is_anchored}
    return tuple(by_name[name] for name in order(tuple(by_name), seed, item.id, last))


def shown_items(page: Page, seed: int) -> tuple[Item, ...]:
    """The items of a page as this person sees them, visible or not."""
    if not page.is_randomised:
        return page.items
    movable = {item.id: item for item in page.items if not isinstance(item, Information)}
    last = {key for key, item in movable.items() if item.is_anchored}
    shuffled = iter(order(tuple(movable), seed, page.id, last))
    return tuple(item if isinstance(item, Information) else movable[next(shuffled)] for item in page.items)


def shown_orders(questionnaire: Questionnaire, seed: int) -> tuple[ShownOrder, ...]:
    """Every shuffled list of a questionnaire as the person with this seed saw it, page by page.

    ``questionnaire`` is that of the version the case began with. Lists in a fixed order are left out: the definition
    says theirs.
    """
    found: list[ShownOrder] = []
    for page in questionnaire.pages:
        if page.is_randomised:
            found.append(ShownOrder("items", page.id, tuple(item.id for item in shown_items(page, seed))))
        for item in page.items:
            if isinstance(item, QuestionSet) and item.is_randomised:
                names = tuple(question.name for question in shown_statements(item, seed))
                found.append(ShownOrder("statements", item.id, names))
        for question in page.questions():
            if question.is_randomised:
                codes = tuple(str(category.code) for category in shown_categories(question, seed))
                found.append(ShownOrder("options", question.name, codes))
    return tuple(found)
