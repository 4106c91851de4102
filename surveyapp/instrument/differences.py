"""One variable in two waves, laid side by side: every difference, with what it says before and after.

Identity is the variable's name: it outlives wording, order and layout. What a difference does to the trend is for
:mod:`surveyapp.instrument.compare`; what would make two years look comparable that are not is found by
:mod:`surveyapp.instrument.identity`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

from surveyapp.catalogues import LANGUAGES
from surveyapp.errors import Message
from surveyapp.instrument.conditions import Condition
from surveyapp.instrument.conditions.nodes import Node
from surveyapp.instrument.derivation_words import derivation_text
from surveyapp.instrument.findings import in_both
from surveyapp.instrument.model import Instrument, Question, QuestionSet
from surveyapp.instrument.rotations import without_draws
from surveyapp.instrument.variables import Category, Draw, MissingCode, Text, Variable

Words = Mapping[str, str]
"""A text by language."""


class Change(StrEnum):
    """What may have happened to a variable between two waves."""

    UNCHANGED = "unchanged"
    TEXT = "text changed"
    CODES = "codes changed"
    LAYOUT = "layout changed"
    ROUTING = "routing changed"
    ROTATION = "rotation changed"
    NEW = "new"
    GONE = "gone"
    BACK = "back"
    MEASURED = "measured otherwise"

    @property
    def words(self) -> Words:
        """What it is called, in nl and en."""
        return in_both(Message(self.value))


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing in which a variable differs.

    ``says`` tells it, or names what was ``old`` and is ``new``; it is worded when somebody reads it, for most who
    compare want to know the effect alone. ``role`` is empty for what all roles share; ``people`` are those of the role.
    """

    change: Change
    says: Message | Words
    role: str = ""
    people: Words = field(default_factory=dict)
    old: Words = field(default_factory=dict)
    new: Words = field(default_factory=dict)

    @property
    def part(self) -> Words:
        """What differs, in nl and en."""
        return worded(self.says)

    @property
    def line(self) -> Words:
        """The whole of it in one line, in nl and en."""
        opening, says = self.people, self.part
        if self.says is _HINT:
            says = in_both(Message("hint changed"))
        elif self.old or self.new:
            opening = opening or says
            says = {each: f"{self.old.get(each, '')} → {self.new.get(each, '')}" for each in LANGUAGES}
        return {each: f"{opening[each]}: {says[each]}" for each in LANGUAGES} if opening else says


_HINT = Message("hint")


def worded(says: Message | Words) -> Words:
    """A text of the catalogue in nl and en; words as they are."""
    return in_both(says) if isinstance(says, Message) else says


@dataclass(frozen=True, slots=True)
class _Asked:
    """A variable as it is put to one role of one wave."""

    question: Question
    introduction: Text | None  # of the set it stands in
    share: Fraction  # the part of the role that chance lets be asked


def differences(name: str, earlier: Instrument, later: Instrument) -> Iterator[Difference]:
    """Everything in which a variable of both waves differs: in codes, in words, in layout, in who is asked.

    Who is asked is compared where both waves have questionnaires: an imported one has none.
    """
    old, new = earlier.variables[name], later.variables[name]
    people = {role.id: role.plural for role in reversed((*later.roles, *earlier.roles))}
    asked = [
        (role, was, now)
        for role in later.questionnaires
        if (was := _asked(name, role, earlier)) is not None and (now := _asked(name, role, later)) is not None
    ]
    yield from _in_codes(old, new)
    if old.derivation != new.derivation:
        said = Message("how it is derived")
        yield Difference(Change.CODES, said, old=derivation_text(old, earlier), new=derivation_text(new, later))
    yield from _in_labels(old, new)
    for role, was, now in asked:
        yield from _in_texts(role, people[role], was, now)
    for role, was, now in asked:
        if was.question.is_randomised != now.question.is_randomised:
            yield Difference(Change.LAYOUT, Message("order of the answers"), role, people[role])
        if (was.introduction is None) != (now.introduction is None):
            yield Difference(Change.LAYOUT, Message("alone or in a set"), role, people[role])
    if old.codes != new.codes and set(old.codes) == set(new.codes):
        yield Difference(Change.LAYOUT, Message("order of the codes"))
    if earlier.questionnaires and later.questionnaires:
        yield from _in_universe(name, earlier, later, people)
    if old.draw != new.draw:
        yield Difference(Change.ROTATION, Message("draw"), old=_drawn(old.draw), new=_drawn(new.draw))
    for role, was, now in asked:
        if was.share != now.share:
            said = Message("put to %(was)s, now %(now)s", was=_part(was.share), now=_part(now.share))
            yield Difference(Change.ROTATION, said, role, people[role])


def _in_codes(old: Variable, new: Variable) -> Iterator[Difference]:
    if old.type != new.type:
        yield Difference(Change.CODES, dict.fromkeys(LANGUAGES, f"type {old.type} → {new.type}"))
    before = {category.code: category for category in old.categories}
    after = {category.code: category for category in new.categories}
    for code in sorted({*before, *after}):
        match before.get(code), after.get(code):
            case None, Category(label=label):
                yield Difference(Change.CODES, Message("code %(code)s added: %(label)s", code=code, label=label))
            case Category(label=label), None:
                yield Difference(Change.CODES, Message("code %(code)s gone: %(label)s", code=code, label=label))
            case Category() as was, Category() as now if was.key != now.key:
                named = dict.fromkeys(LANGUAGES, f"code {code}")
                yield Difference(Change.CODES, named, old=was.label, new=now.label)
            case Category(retired=False), Category(retired=True):
                yield Difference(Change.CODES, Message("code %(code)s no longer offered", code=code))
            case Category(retired=True), Category(retired=False):
                yield Difference(Change.CODES, Message("code %(code)s offered again", code=code))
    if {one.code for one in old.missing} != {one.code for one in new.missing}:
        said = Message("beside the answers")
        yield Difference(Change.CODES, said, old=_listed(old.missing), new=_listed(new.missing))


def _in_labels(old: Variable, new: Variable) -> Iterator[Difference]:
    before = {category.code: category.label for category in old.categories}
    for category in new.categories:
        if before.get(category.code, category.label) != category.label:
            said = Message("label of code %(code)s", code=category.code)
            yield Difference(Change.TEXT, said, old=before[category.code], new=category.label)


def _asked(name: str, role: str, instrument: Instrument) -> _Asked | None:
    """None where the role is not asked it."""
    questionnaire = instrument.questionnaires.get(role)
    question = questionnaire.questions.get(name) if questionnaire is not None else None
    if questionnaire is None or question is None:
        return None
    page = questionnaire.by_id[questionnaire.page_of[name]]
    sets = (item for item in page.items if isinstance(item, QuestionSet))
    introduction = next((each.text for each in sets if any(one.name == name for one in each.questions)), None)
    return _Asked(question, introduction, Fraction(1) if page.block is None else page.block.share)


def _in_texts(role: str, people: Text, was: _Asked, now: _Asked) -> Iterator[Difference]:
    for said, before, after in (
        (Message("question"), was.question.text, now.question.text),
        (_HINT, was.question.hint or {}, now.question.hint or {}),
        (Message("introduction of the set"), was.introduction, now.introduction),
    ):
        if before is not None and after is not None and before != after:
            yield Difference(Change.TEXT, said, role, people, before, after)


def _in_universe(name: str, earlier: Instrument, later: Instrument, people: Mapping[str, Text]) -> Iterator[Difference]:
    was, now = earlier.universes[name].by_role, later.universes[name].by_role
    for role in {**now, **was}:
        if role not in was:
            yield Difference(Change.ROUTING, Message("now asked too"), role, people[role])
        elif role not in now:
            yield Difference(Change.ROUTING, Message("no longer asked"), role, people[role])
        elif _routed(was[role], earlier) != _routed(now[role], later):
            yield Difference(Change.ROUTING, Message("condition changed"), role, people[role])


def _routed(condition: Condition | None, instrument: Instrument) -> Node | None:
    """What answers must be for a question to be asked; a draw is no answer."""
    found = without_draws(condition, instrument)
    return None if found is None else found.tree


def _listed(missing: Sequence[MissingCode]) -> Words:
    listed = {language: ", ".join(one.label[language] for one in missing) for language in LANGUAGES}
    return listed if missing else in_both(Message("nothing"))


def _part(share: Fraction) -> str:
    return f"{share.numerator}/{share.denominator}"


def _drawn(draw: Draw | None) -> Words:
    """Which blocks somebody is asked, in words."""
    if draw is None:
        return in_both(Message("none"))
    return in_both(Message("%(take)s of %(blocks)s blocks", take=draw.take, blocks=len(draw.codes)))
