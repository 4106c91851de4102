"""P: the route. Questions come before the conditions that read them, pages can be reached, every role can finish."""

from __future__ import annotations

from collections.abc import Iterator

from surveyapp.instrument.checks.context import Context
from surveyapp.instrument.checks.registry import Found, Function, check


@check(
    "P001",
    "A condition reads a question that comes later.",
    "'%(name)s' depends on '%(read)s', which is asked later.",
    "Put the question the condition rests on before it.",
)
def reads_ahead(context: Context) -> Iterator[Found]:
    """A question that was not yet put has no answer."""
    for route in context.routes:
        for condition, place, name, before in route.conditions():
            for read in sorted(condition.names):
                if route.order.get(read, -1) >= before:
                    yield Found(place, name, read=read)


@check(
    "P002",
    "A condition reads what this role is never asked.",
    "For %(people)s '%(name)s' depends on '%(read)s', which they are never asked.",
    "Limit the roles, or write the condition per role.",
)
def reads_unasked(context: Context) -> Iterator[Found]:
    """For this role the answer is always lacking."""
    for route in context.routes:
        for condition, place, name, _ in route.conditions():
            for read in sorted(condition.names - set(route.order)):
                yield Found(place, name, people=route.people, read=read)


def unreachable(kind: str) -> Function:
    """The check that no page, or no item of a page that can be reached, is seen by nobody of a role."""

    def found(context: Context) -> Iterator[Found]:
        """Of every role what nobody sees: proved over all answers."""
        for route in context.routes:
            for shown in route.shown:
                if shown.kind != kind:
                    continue
                result = route.proved(shown)
                # Where what comes before can never hold either, that is the fault to report, not this.
                if result.is_complete and not result.can_be_true and result.can_be_otherwise:
                    yield Found(shown.place, shown.name, people=route.people, condition=shown.condition.source)

    return found


check(
    "P003",
    "A page cannot be reached.",
    "The page '%(name)s' is never seen by %(people)s: %(condition)s.",
    "Mend the condition; only if nobody is meant to see it can the page go.",
)(unreachable("page"))
check(
    "P004",
    "A question cannot be reached.",
    "The question '%(name)s' is never seen by %(people)s: %(condition)s.",
    "Mend the condition; only if nobody is meant to see it can the question go.",
)(unreachable("item"))


@check(
    "P005",
    "A condition is always true.",
    "The condition of '%(name)s' is always true for %(people)s: %(condition)s.",
    "Remove the condition or mend it.",
    level="warning",
)
def always_true(context: Context) -> Iterator[Found]:
    """Proved over all answers: everyone of the role who gets this far sees it."""
    for route in context.routes:
        for shown in route.shown:
            condition, place, name = shown.condition, shown.place, shown.name
            if not condition.names:
                continue  # a condition on the role alone is meant to hold for all of a role
            result = route.proved(shown)
            if result.is_complete and result.can_be_true and not result.can_be_otherwise:
                yield Found(place, name, people=route.people, condition=condition.source)


@check(
    "P006",
    "A role cannot finish the questionnaire.",
    "The questionnaire ends early for all %(people)s.",
    "Mend the conditions under end_if.",
)
def cannot_finish(context: Context) -> Iterator[Found]:
    """Proved over all answers: everyone of the role is turned away."""
    for route in context.routes:
        result = route.finish
        if result.is_complete and not result.can_be_true:
            page = next((page for page in route.questionnaire.pages if page.endings), None)
            if page is None:
                continue
            yield Found(route.ending_place(page, page.endings[0]), route.role, people=route.people)


@check(
    "P007",
    "A role is asked nothing.",
    "Nothing is asked of %(people)s.",
    "Give the role questions; if it takes part in no wave at all, it can leave study.yaml.",
)
def role_without_questions(context: Context) -> Iterator[Found]:
    """Every role of the study has at least one page."""
    for route in context.routes:
        if not route.questionnaire.questions:
            role = context.study.roles[context.role_ids.index(route.role)]
            yield Found(role.at("id"), route.role, people=route.people)


@check(
    "P008",
    "A question is required though nothing rests on it.",
    "'%(name)s' is required, but for %(people)s nothing depends on it.",
    "Remove required; a friendly prompt will do.",
    level="warning",
)
def required_without_need(context: Context) -> Iterator[Found]:
    """Required answers cost completes and honesty; only routing needs them."""
    for route in context.routes:
        read = {name for condition, *_ in route.conditions() for name in condition.names}
        for question in route.questionnaire.questions.values():
            if question.is_required and question.name not in read:
                yield Found(context.cause(question.place, "required"), question.name, people=route.people)


@check(
    "P009",
    "An ending never happens.",
    "The ending '%(name)s' never happens to %(people)s.",
    "Mend the condition under end_if.",
)
def ending_never(context: Context) -> Iterator[Found]:
    """Proved over all answers: the condition of the ending is never true."""
    for route in context.routes:
        for page in route.questionnaire.pages:
            for ending in page.endings:
                if ending.condition.names - set(route.order):
                    continue  # P002 speaks of this
                result = route.ends(page, ending)
                if result.is_complete and not result.can_be_true:
                    yield Found(route.ending_place(page, ending), ending.id, people=route.people)


@check(
    "P010",
    "A part has no pages.",
    "No page belongs to '%(name)s'.",
    "Name the part at a page, or remove it.",
    level="warning",
)
def part_without_pages(context: Context) -> Iterator[Found]:
    """Parts are named in the progress line."""
    if context.questionnaire is None:
        return
    used = {page.part for page in context.questionnaire.pages}
    for part in context.questionnaire.parts:
        if part.id not in used:
            yield Found(part.at(), part.id)


@check(
    "P011",
    "The pages of a part do not stand together.",
    "'%(name)s' goes back to the part '%(part)s' for %(people)s.",
    "Put the pages of a part one after the other.",
    level="warning",
)
def part_broken_up(context: Context) -> Iterator[Found]:
    """A progress line that goes back unsettles people."""
    for route in context.routes:
        left: set[str] = set()
        current = ""
        for page in route.questionnaire.pages:
            if page.part != current:
                if page.part in left:
                    yield Found(context.cause(page.place, "part"), page.id, part=page.part, people=route.people)
                left.add(current)
                current = page.part


@check(
    "P012",
    "A role in the list never sees the question.",
    "The page '%(page)s' does not let the role '%(role)s' in.",
    "Make the roles of page, item and row agree.",
    level="warning",
)
def role_shut_out(context: Context) -> Iterator[Found]:
    """Roles of an item lie within those of its page."""
    for page, item in context.items:
        for index, role in enumerate(item.roles or ()):
            if page.roles is not None and role not in page.roles and role in context.role_ids:
                name = item.variable or item.set or page.id
                yield Found(item.at("roles", index), name, page=page.id, role=role)


@check(
    "P013",
    "A condition cannot be proved.",
    "Not proven: whether '%(name)s' ever holds for %(people)s, or always.",
    "See for yourself that it holds for some and not for others, or divide the condition.",
    level="hint",
)
def not_proven(context: Context) -> Iterator[Found]:
    """Too many answers to try them all: whether it can hold, or can fail, is not known, and is said to be so."""
    for route in context.routes:
        unknown = [(each.place, each.name) for each in route.shown if not route.proved(each).is_complete]
        for page in route.questionnaire.pages:
            unknown += [
                (route.ending_place(page, ending), ending.id)
                for ending in page.endings
                if not route.ends(page, ending).is_complete
            ]
        if not route.finish.is_complete:
            unknown.append((context.place("pages"), route.role))
        for place, name in unknown:
            yield Found(place, name, people=route.people)
    for entry, table in context.tables if context.routes else ():
        if table.filter is None:
            continue
        found = [route.holds(table.filter) for route in context.routes]
        if not any(each.can_be_true for each in found) and not all(each.is_complete for each in found):
            place = entry.at("filter")
            yield Found(place, table.id, "Not proven: whether the filter of '%(name)s' ever leaves anybody.")
