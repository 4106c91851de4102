"""Every condition of one role's questionnaire proved in a single walk along its pages.

What is carried along is not what was answered but what that leaves of the conditions still to come: two answers after
which the same remains to be decided are one. So a chain of pages, each depending on the one before, costs as much as
it is long, and a contradiction over many questions falls away with its first half. Conditions that share no question
are walked apart. Where too much remains undecided at once the walk is given up, and :mod:`proofs` tries each
condition by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from surveyapp.instrument.checks.proofs import Proof, drawn_answers, tried_answers
from surveyapp.instrument.conditions import Condition, nodes
from surveyapp.instrument.conditions.parse import condition_of
from surveyapp.instrument.questions import Page, Questionnaire
from surveyapp.instrument.variables import NOT_ASKED

MOST_STATES = 256
MOST_STEPS = 20_000
UNKNOWN = "?"
Remains = bool | str | nodes.Leaf | tuple[Any, ...]
"""What is left of a condition: true, false, ``?`` for unknown, a leaf not answered yet, or one of & | ! h and parts."""
State = tuple[tuple[str, Remains], ...]
Place = tuple[int, int]
"""Where a condition stands: number of the page, and of the ending on it; -1 for what stands before the endings."""


def slot(kind: str, page: Page, name: str = "") -> str:
    """The name under which a condition's proof is found."""
    return f"{kind} {page.id} {name}"


class Walk:
    """The proofs of one questionnaire, by :func:`slot`; a slot that is absent was given up."""

    def __init__(self, questionnaire: Questionnaire, languages: Sequence[str]) -> None:
        self.questionnaire = questionnaire
        self.languages = languages
        self.ends_all = False  # known with the proofs: nobody comes to the end
        self.conditions: dict[str, Condition] = {}
        self.context: dict[str, tuple[str, ...]] = {}
        self.asked_within: dict[str, tuple[str, ...]] = {}
        self.places: dict[str, Place] = {}
        for number, page in enumerate(questionnaire.pages):
            before = len(self.conditions)
            self._page(page)
            endings = [slot("ending", page, ending.id) for ending in page.endings]
            for name in list(self.conditions)[before:]:
                self.places[name] = (number, endings.index(name) if name in endings else -1)
        self.reading: dict[str, list[str]] = {}
        for name, condition in self.conditions.items():
            for read in condition.names:
                self.reading.setdefault(read, []).append(name)

    def _page(self, page: Page) -> None:
        within = [
            self._note(slot(kind, page), condition, ())
            for kind, condition in (("drawn", page.drawn), ("page", page.show_if))
            if condition is not None
        ]
        if len(within) == 2:
            self.context[within[1]] = (within[0],)
        for number, item in enumerate(page.items):
            here = list(within)
            if item.show_if is not None:
                here.append(self._note(slot("item", page, f"{number} {item.id}"), item.show_if, within))
            for question in item.questions:
                inner = list(here)
                if question is not item and question.show_if is not None:
                    inner.append(self._note(slot("row", page, question.name), question.show_if, here))
                self.asked_within[question.name] = tuple(inner)
        for ending in page.endings:
            self._note(slot("ending", page, ending.id), ending.condition, within)

    def _note(self, name: str, condition: Condition, within: Iterable[str]) -> str:
        self.conditions[name] = condition
        self.context[name] = tuple(within)
        return name

    @cached_property
    def proofs(self) -> Mapping[str, Proof]:
        """What was proved, by slot."""
        found: dict[str, Proof] = {}
        last: list[Place] = []
        for group in self._groups():
            reads_language = any("language" in nodes.system_names(self.conditions[name].tree) for name in group)
            seen: dict[str, list[bool]] = {name: [False, False] for name in group}
            languages = self.languages if reads_language else self.languages[:1]
            walks = [_Group(self, group, seen) for _ in languages]
            if all(walk.walked(language) for walk, language in zip(walks, languages, strict=True)):
                found.update({name: Proof(true, other, True) for name, (true, other) in seen.items()})
                over = [walk.over_at for walk in walks if walk.over_at is not None]
                if len(over) == len(walks):  # in every language nobody is left
                    last.append(max(over))
        self.ends_all = bool(last)
        # Groups are walked apart: where one of them lets nobody pass, nobody comes to what stands behind in another.
        nobody = {name for name in found for over in last if self.places[name] > over}
        return found | dict.fromkeys(nobody, Proof(False, False, True))

    def _groups(self) -> Iterator[frozenset[str]]:
        """Slots that have a bearing on each other: through a variable, or by standing within one another."""
        parent: dict[str, str] = {}

        def root(name: str) -> str:
            while (above := parent.setdefault(name, name)) != name:
                parent[name] = parent.setdefault(above, above)
                name = parent[name]
            return name

        for name, condition in self.conditions.items():
            for other in (*(f"var {read}" for read in condition.names), *self.context[name]):
                parent[root(other)] = root(name)
        for read in self.reading:
            for other in self.asked_within.get(read, ()):
                parent[root(other)] = root(f"var {read}")
        groups: dict[str, set[str]] = {}
        for name in self.conditions:
            groups.setdefault(root(name), set()).add(name)
        yield from (frozenset(group) for group in groups.values())


class _Group:
    """One walk over the slots of one group."""

    def __init__(self, walk: Walk, slots: frozenset[str], seen: dict[str, list[bool]]) -> None:
        self.walk, self.slots, self.seen = walk, slots, seen
        self.memo: dict[tuple[Remains, str, int], Remains] = {}
        self.domains: dict[str, list[dict[nodes.Leaf, Remains]]] = {}
        self.steps = 0
        self.is_whole = True
        self.over_at: Place | None = None  # the ending behind which nobody is left

    def walked(self, language: str) -> bool:
        """Go along the pages; False when it was given up."""
        self.language = language
        role = self.walk.questionnaire.role
        self.base = {name: _folded(self.walk.conditions[name].tree, role, language) for name in self.slots}
        self.memo.clear()
        self.domains.clear()
        states: set[State] = {()}
        judged: set[str] = set()
        for variable in self.walk.questionnaire.rotations:
            if variable.name in self.walk.reading:
                states = self._asked(states, variable.name, (), judged)
        for place, page in enumerate(self.walk.questionnaire.pages):
            here: list[str] = []
            for kind in ("drawn", "page"):
                states = self._judged(states, slot(kind, page), here, judged)
            for number, item in enumerate(page.items):
                states = self._judged(states, slot("item", page, f"{number} {item.id}"), here, judged)
                for question in item.questions:
                    if question is not item:
                        states = self._judged(states, slot("row", page, question.name), here, judged)
                    states = self._asked(states, question.name, self.walk.asked_within[question.name], judged)
                if self.steps > MOST_STEPS or len(states) > MOST_STATES:
                    return False
            for at, ending in enumerate(page.endings):
                name = slot("ending", page, ending.id)
                states = self._judged(states, name, here, judged)
                if name in self.slots:
                    ended = {(each, True) for each in (name, *self.walk.context[name])}
                    states = {state for state in states if not ended <= set(state)}
                    if not states and self.over_at is None:
                        self.over_at = (place, at)
            if here:
                gone = frozenset(here)
                states = {tuple(pair for pair in state if pair[0] not in gone) for state in states}
        return self.is_whole

    def _judged(self, states: set[State], name: str, here: list[str], judged: set[str]) -> set[State]:
        """Decide a condition where it stands; what it still waits for was not asked."""
        if name not in self.slots:
            return states
        here.append(name)
        judged.add(name)
        made: set[State] = set()
        seen, context = self.seen[name], self.walk.context[name]
        for state in states:
            self.steps += 1
            held = dict(state)
            value = self._closed(held.get(name, self.base[name]))
            # An ending speaks of whoever came this far; whether its page is ever shown is for the page to say.
            if name.startswith("ending") or all(held.get(each) is True for each in context):
                seen[0 if value is True else 1] = True
            held[name] = value
            made.add(tuple(sorted(held.items())))
        return made

    def _asked(self, states: set[State], name: str, within: tuple[str, ...], judged: set[str]) -> set[State]:
        """Put a question: each answer that makes a difference leads on, or none where it is not put."""
        waiting = [each for each in self.walk.reading.get(name, ()) if each in self.slots and each not in judged]
        if not waiting:
            return states
        answers = self._domain(name)
        made: set[State] = set()
        for state in states:
            held = dict(state)
            is_asked = all(held.get(each) is True for each in within)
            for number in range(len(answers) - 1) if is_asked else (len(answers) - 1,):
                self.steps += 1
                after = dict(held)
                for each in waiting:
                    after[each] = self._left(after.get(each, self.base[each]), name, number)
                made.add(tuple(sorted(after.items())))
            if self.steps > MOST_STEPS or len(made) > MOST_STATES:
                self.steps = MOST_STEPS + 1
                return states
        return made

    def _domain(self, name: str) -> list[dict[nodes.Leaf, Remains]]:
        """Per answer that differs to the conditions what each leaf becomes; the last is for who was not asked."""
        if name not in self.domains:
            conditions = [self.walk.conditions[each] for each in self.walk.reading[name] if each in self.slots]
            read = {
                leaf for each in conditions for leaf in nodes.leaves(each.tree) if getattr(leaf, "name", None) == name
            }
            question = self.walk.questionnaire.questions.get(name)
            if question is not None:
                values, is_whole = tried_answers(question, conditions)
            else:
                values, is_whole = drawn_answers(self.walk.questionnaire, name), True
            self.is_whole = self.is_whole and is_whole
            found = {tuple(self._truth(leaf, name, value) for leaf in read): None for value in values}
            vectors = [*found, tuple(self._truth(leaf, name, NOT_ASKED) for leaf in read)]
            self.domains[name] = [
                {leaf: truth for leaf, truth in zip(read, vector, strict=True) if not isinstance(leaf, nodes.Audience)}
                for vector in vectors
            ]
        return self.domains[name]

    def _truth(self, leaf: nodes.Leaf | nodes.Audience, name: str, value: object) -> Remains:
        role = self.walk.questionnaire.role
        found = condition_of(leaf, "").evaluate({name: value}, role=role, language=self.language)
        return UNKNOWN if found is None else found

    def _left(self, expression: Remains, name: str, number: int) -> Remains:
        key = (expression, name, number)
        if key not in self.memo:
            self.memo[key] = _put(expression, self.domains[name][number])
        return self.memo[key]

    def _closed(self, expression: Remains) -> Remains:
        if isinstance(expression, bool | str):
            return expression
        waiting = {leaf: self._truth(leaf, leaf.name, NOT_ASKED) for leaf in _waiting(expression)}
        return _put(expression, waiting)


def _folded(node: nodes.Node, role: str, language: str) -> Remains:
    if isinstance(node, nodes.And | nodes.Or):
        return _joined(
            "&" if isinstance(node, nodes.And) else "|", [_folded(each, role, language) for each in node.operands]
        )
    if isinstance(node, nodes.Not | nodes.Holds):
        return _turned("!" if isinstance(node, nodes.Not) else "h", _folded(node.operand, role, language))
    if isinstance(node, nodes.Always):
        return node.value
    if isinstance(node, nodes.Audience):
        return condition_of(node, "").evaluate({}, role=role, language=language) is True
    return node


def _put(expression: Remains, truths: Mapping[nodes.Leaf, Remains]) -> Remains:
    if isinstance(expression, bool | str):
        return expression
    if isinstance(expression, tuple):
        sign, *parts = expression
        left = [_put(part, truths) for part in parts]
        return _joined(sign, left) if sign in "&|" else _turned(sign, left[0])
    return truths.get(expression, expression)


def _joined(sign: str, parts: Sequence[Remains]) -> Remains:
    """And, or: decided as soon as one part decides it; what is unknown stays, once."""
    deciding = sign == "|"
    if any(part is deciding for part in parts):
        return deciding
    left = [part for part in dict.fromkeys(parts) if not isinstance(part, bool)]
    if len(left) < 2:
        return left[0] if left else not deciding
    return (sign, *left)


def _turned(sign: str, part: Remains) -> Remains:
    if isinstance(part, bool):
        return not part if sign == "!" else part
    if part == UNKNOWN:
        return UNKNOWN if sign == "!" else False
    return (sign, part)


def _waiting(expression: Remains) -> Iterator[nodes.Leaf]:
    if isinstance(expression, tuple):
        for part in expression[1:]:
            yield from _waiting(part)
    elif not isinstance(expression, bool | str):
        yield expression
