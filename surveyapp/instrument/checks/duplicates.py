"""D: nothing bears a name, a code or a text twice."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator

from surveyapp.errors import Place
from surveyapp.instrument.checks.context import Context
from surveyapp.instrument.checks.registry import Found, Function, check
from surveyapp.instrument.mentions import Mention
from surveyapp.instrument.notation import Unique

RENAME = "Give one of the two another name."
SAYS = {
    "phase": "The phase '%(name)s' occurs twice; the first is on line %(line)s.",
    "construct": "The construct '%(name)s' occurs twice; the first is on line %(line)s.",
    "margin": "The margin '%(name)s' occurs twice; the first is on line %(line)s.",
}
"""What a check says of a kind it looks for besides its own."""


def twice(*kinds: str, is_of_owner: bool = False) -> Function:
    """The check that nothing marked ``Unique`` with one of these kinds occurs twice.

    Each finding is about the value, or about what has it (``is_of_owner``).
    """

    def found(context: Context) -> Iterator[Found]:
        """Of every list, or of the whole file, what comes back."""
        for kind in kinds:
            first: dict[tuple[object, ...], Mention] = {}
            for use in context.mentions(Unique, kind):
                other = first.setdefault((use.group, use.value), use)
                if other is not use:
                    yield Found(
                        use.place,
                        use.name if is_of_owner else str(use.value),
                        SAYS.get(kind, ""),
                        line=other.place.line,
                        value=use.value,
                        within=use.steps[1],
                        first=other.name,
                        owner=use.name,
                    )

    return found


check("D001", "Two pages have one name.", "The page '%(name)s' occurs twice; the first is on line %(line)s.", RENAME)(
    twice("page")
)
check("D002", "Two parts have one name.", "The part '%(name)s' occurs twice; the first is on line %(line)s.", RENAME)(
    twice("part")
)
check(
    "D003",
    "Two sets or informations have one name.",
    "The set '%(name)s' occurs twice; the first is on line %(line)s.",
    RENAME,
)(twice("set"))
check(
    "D005",
    "A code occurs twice.",
    "In '%(within)s': the code '%(name)s' occurs twice; the first is on line %(line)s.",
    "Give the newest a code of its own; what was asked before keeps its own.",
)(twice("code"))
check(
    "D006",
    "A category's key occurs twice.",
    "In '%(within)s': the key '%(name)s' occurs twice; the first is on line %(line)s.",
    RENAME,
)(twice("key"))
check(
    "D008",
    "A role, phase or construct occurs twice.",
    "The role '%(name)s' occurs twice; the first is on line %(line)s.",
    RENAME,
)(twice("role", "phase", "construct"))
check("D009", "Two tables have one id.", "The table '%(name)s' occurs twice; the first is on line %(line)s.", RENAME)(
    twice("table")
)
check(
    "D012", "Two endings have one name.", "The ending '%(name)s' occurs twice; the first is on line %(line)s.", RENAME
)(twice("ending"))
check(
    "D013",
    "A wave stands twice.",
    "The wave '%(name)s' occurs twice; the first is on line %(line)s.",
    "Keep one entry for each year, with what both say.",
)(twice("wave"))
check(
    "D014",
    "Two phases take one place.",
    "The place of phase '%(name)s' occurs twice; the first is on line %(line)s.",
    "Give each phase its own order.",
)(twice("place of phase", is_of_owner=True))
check(
    "D016",
    "A table or banner names a variable twice.",
    "The variable '%(name)s' occurs twice; the first is on line %(line)s.",
    "Name it once.",
)(twice("variable"))
check(
    "D017",
    "A scheme or a margin of a weighting occurs twice.",
    "The scheme '%(name)s' occurs twice; the first is on line %(line)s.",
    "Name it once.",
)(twice("scheme", "margin"))
check(
    "D018",
    "A question is coded twice, or two coded variables have one name.",
    "'%(name)s' occurs twice; the first is on line %(line)s.",
    "Code each question by one frame, and give each coded variable a name of its own.",
)(twice("coded question", "coded variable"))
check("B015", "Two filters have one id.", "The filter '%(name)s' stands there twice.", "Give one of them another id.")(
    twice("filter")
)
check(
    "D019",
    "An attention item or an impossible combination stands twice.",
    "'%(name)s' stands there twice; the first is on line %(line)s.",
    "Name it once, or give the second an id of its own.",
)(twice("attention item", "impossible combination"))
check(
    "K003", "An item belongs to two constructs.", "'%(name)s' belongs to '%(first)s' already.", "Choose one construct."
)(twice("item"))
check(
    "N005",
    "A variable is linked to one series twice.",
    "'%(name)s' is linked to '%(value)s' already.",
    "Keep the link that is right.",
)(twice("series", is_of_owner=True))
check(
    "O004",
    "A page belongs to more than one block.",
    "'%(name)s' stands in %(first)s and in %(owner)s.",
    "Name each page once; a rotation in a rotation is not possible.",
)(twice("page of a block"))


def _again(entries: Iterable[tuple[Hashable, Place, str]], within: str = "") -> Iterator[Found]:
    """For every (key, place, name) of which the key comes back."""
    first: dict[Hashable, Place] = {}
    for key, place, name in entries:
        if first.setdefault(key, place) is not place:
            yield Found(place, name, line=first[key].line, within=within)


@check(
    "D004",
    "A role is asked a variable twice.",
    "The question '%(name)s' occurs twice; the first is on line %(line)s.",
    "Ask it once, or divide the roles over the places.",
)
def asked_twice(context: Context) -> Iterator[Found]:
    """A role meets a variable on one page only."""
    entries = (
        ((use.name, role), use.entry.at("variable"), f"{use.name} ({role})")
        for use in context.variable_uses
        for role in context.roles_of(use)
    )
    yield from _again(entries)


@check(
    "D007",
    "Two categories have one label.",
    "In '%(within)s': the label '%(name)s' occurs twice; the first is on line %(line)s.",
    "Make the labels differ.",
)
def label_twice(context: Context) -> Iterator[Found]:
    """Labels within a code list, per language; retired categories may share one."""
    for name, entry in context.code_lists.items():
        for language in context.study.languages:
            labels = (
                (words.strip().casefold(), category.at("label", language), words)
                for category in entry.categories
                if not category.retired and (words := category.label.get(language)) is not None
            )
            yield from _again(labels, within=name)


@check(
    "D010",
    "Two questions to one role read the same.",
    "For %(within)s: the question '%(name)s' occurs twice; the first is on line %(line)s.",
    "Make clear how they differ, or drop one.",
    level="warning",
)
def same_question_twice(context: Context) -> Iterator[Found]:
    """Texts of questions, per role, in the source language; statements count with their set's introduction."""
    language = context.study.languages[0]
    for role, questionnaire in context.questionnaires.items():
        asked = (
            (
                (item.text[language] if question is not item else "", question.text[language].strip().casefold()),
                context.cause(question.place, "text", role, "default", language),
                question.name,
            )
            for page in questionnaire.pages
            for item in page.items
            for question in item.questions
        )
        yield from _again(asked, within=role)


@check(
    "D011",
    "Two variables have one label.",
    "The label of '%(name)s' occurs twice; the first is on line %(line)s.",
    "Make them differ; tables show the label only.",
    level="warning",
)
def variable_label_twice(context: Context) -> Iterator[Found]:
    """Labels in the registry, in the source language."""
    language = context.study.languages[0]
    yield from _again(
        (
            (entry.label[language].strip().casefold(), entry.at("label", language), name)
            for name, entry in context.registry.items()
            if language in entry.label
        ),
    )


@check(
    "D015",
    "Two pages of one role have one title.",
    "For %(within)s: the title of '%(name)s' occurs twice; the first is on line %(line)s.",
    "Give each page a title of its own.",
    level="warning",
)
def page_title_twice(context: Context) -> Iterator[Found]:
    """Titles per role and language: a browser's history and a screen reader tell pages apart by them."""
    for role, questionnaire in context.questionnaires.items():
        for language in context.study.languages:
            yield from _again(
                (
                    (page.title[language], context.cause(page.place, "title", role, "default", language), page.id)
                    for page in questionnaire.pages
                ),
                within=role,
            )
