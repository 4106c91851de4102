"""P: the route. Questions come before the conditions that read them, pages can be reached, every role can finish."""

from __future__ import annotations

from collections.abc import Iterator

from surveyapp.instrument.checks.context import Context
from surveyapp.instrument.checks.registry import Found, check
from surveyapp.instrument.checks.route import Route


def _label(route: Route) -> tuple[str, str]:
    role = route.context.instrument.role(route.role) if route.context.instrument else None
    return (role.plural["nl"], role.plural["en"]) if role else (route.role, route.role)


@check(
    "P001",
    "error",
    "instrument",
    title=("Een voorwaarde leest een vraag die later komt.", "A condition reads a question that comes later."),
    fix=("Zet de vraag waar de voorwaarde op rust, ervoor.", "Put the question the condition rests on before it."),
)
def reads_ahead(context: Context) -> Iterator[Found]:
    """A question that was not yet put has no answer."""
    for route in context.routes:
        for condition, place, name, before in route.conditions():
            for read in sorted(condition.names):
                if route.order.get(read, -1) >= before:
                    yield Found(
                        place,
                        name,
                        f"‘{name}’ hangt af van ‘{read}’, dat pas later wordt gevraagd.",
                        f"'{name}' depends on '{read}', which is asked later.",
                    )


@check(
    "P002",
    "error",
    "instrument",
    title=(
        "Een voorwaarde leest wat deze rol nooit wordt gevraagd.",
        "A condition reads what this role is never asked.",
    ),
    fix=("Beperk de rollen, of schrijf de voorwaarde per rol.", "Limit the roles, or write the condition per role."),
)
def reads_unasked(context: Context) -> Iterator[Found]:
    """For this role the answer is always lacking."""
    for route in context.routes:
        nl, en = _label(route)
        for condition, place, name, _ in route.conditions():
            for read in sorted(condition.names - set(route.order)):
                yield Found(
                    place,
                    name,
                    f"‘{name}’ hangt voor {nl} af van ‘{read}’, dat hun nooit wordt gevraagd.",
                    f"For {en} '{name}' depends on '{read}', which they are never asked.",
                )


@check(
    "P003",
    "error",
    "instrument",
    title=("Een pagina is onbereikbaar.", "A page cannot be reached."),
    fix=(
        "Verbeter de voorwaarde; alleen als niemand haar hoort te zien, kan de pagina weg.",
        "Mend the condition; only if nobody is meant to see it can the page go.",
    ),
)
def unreachable_page(context: Context) -> Iterator[Found]:
    """Proved over all answers: nobody of the role ever sees the page."""
    yield from _never(context, "page", "De pagina", "The page")


@check(
    "P004",
    "error",
    "instrument",
    title=("Een vraag is onbereikbaar.", "A question cannot be reached."),
    fix=(
        "Verbeter de voorwaarde; alleen als niemand haar hoort te zien, kan de vraag weg.",
        "Mend the condition; only if nobody is meant to see it can the question go.",
    ),
)
def unreachable_question(context: Context) -> Iterator[Found]:
    """Proved over all answers: nobody of the role ever sees the question, though the page can be reached."""
    yield from _never(context, "item", "De vraag", "The question")


def _never(context: Context, wanted: str, what_nl: str, what_en: str) -> Iterator[Found]:
    for route in context.routes:
        nl, en = _label(route)
        for shown in route.shown:
            if shown.kind != wanted:
                continue
            result, condition, place, name = route.proved(shown), shown.condition, shown.place, shown.name
            # Where what comes before can never hold either, that is the fault to report, not this.
            if result.is_complete and not result.can_be_true and result.can_be_otherwise:
                yield Found(
                    place,
                    name,
                    f"{what_nl} ‘{name}’ is voor {nl} nooit te zien: {condition.source}.",
                    f"{what_en} '{name}' is never seen by {en}: {condition.source}.",
                )


@check(
    "P005",
    "warning",
    "instrument",
    title=("Een voorwaarde is altijd waar.", "A condition is always true."),
    fix=("Haal de voorwaarde weg of verbeter haar.", "Remove the condition or mend it."),
)
def always_true(context: Context) -> Iterator[Found]:
    """Proved over all answers: everyone of the role who gets this far sees it."""
    for route in context.routes:
        nl, en = _label(route)
        for shown in route.shown:
            condition, place, name = shown.condition, shown.place, shown.name
            if not condition.names:
                continue  # a condition on the role alone is meant to hold for all of a role
            result = route.proved(shown)
            if result.is_complete and result.can_be_true and not result.can_be_otherwise:
                yield Found(
                    place,
                    name,
                    f"De voorwaarde van ‘{name}’ is voor {nl} altijd waar: {condition.source}.",
                    f"The condition of '{name}' is always true for {en}: {condition.source}.",
                )


@check(
    "P006",
    "error",
    "instrument",
    title=("Een rol kan de vragenlijst niet afmaken.", "A role cannot finish the questionnaire."),
    fix=("Verbeter de voorwaarden onder end_if.", "Mend the conditions under end_if."),
)
def cannot_finish(context: Context) -> Iterator[Found]:
    """Proved over all answers: everyone of the role is turned away."""
    for route in context.routes:
        nl, en = _label(route)
        result = route.finish
        if result.is_complete and not result.can_be_true:
            page = next((page for page in route.questionnaire.pages if page.endings), None)
            if page is None:
                continue
            yield Found(
                route.ending_place(page, page.endings[0]),
                route.role,
                f"De vragenlijst eindigt voor alle {nl} voortijdig.",
                f"The questionnaire ends early for all {en}.",
            )


@check(
    "P007",
    "error",
    "instrument",
    title=("Een rol krijgt geen vragen.", "A role is asked nothing."),
    fix=(
        "Geef de rol vragen; doet zij in geen enkele meting mee, dan kan zij uit study.yaml.",
        "Give the role questions; if it takes part in no wave at all, it can leave study.yaml.",
    ),
)
def role_without_questions(context: Context) -> Iterator[Found]:
    """Every role of the study has at least one page."""
    for route in context.routes:
        if not route.questionnaire.questions:
            nl, en = _label(route)
            role = context.role_ids.index(route.role)
            yield Found(
                context.study_file.place("roles", role, "id"),
                route.role,
                f"Aan {nl} wordt niets gevraagd.",
                f"Nothing is asked of {en}.",
            )


@check(
    "P008",
    "warning",
    "instrument",
    title=(
        "Een vraag is verplicht zonder dat de route ervan afhangt.",
        "A question is required though nothing rests on it.",
    ),
    fix=("Haal required weg; een vriendelijke herinnering volstaat.", "Remove required; a friendly prompt will do."),
)
def required_without_need(context: Context) -> Iterator[Found]:
    """Required answers cost completes and honesty; only routing needs them."""
    for route in context.routes:
        read = {name for condition, *_ in route.conditions() for name in condition.names}
        for question in route.questionnaire.questions.values():
            if question.is_required and question.name not in read:
                nl, en = _label(route)
                yield Found(
                    context.cause(question.place, "required"),
                    question.name,
                    f"‘{question.name}’ is verplicht, maar voor {nl} hangt er niets van af.",
                    f"'{question.name}' is required, but for {en} nothing depends on it.",
                )


@check(
    "P009",
    "error",
    "instrument",
    title=("Een vroeg einde komt nooit voor.", "An ending never happens."),
    fix=("Verbeter de voorwaarde onder end_if.", "Mend the condition under end_if."),
)
def ending_never(context: Context) -> Iterator[Found]:
    """Proved over all answers: the condition of the ending is never true."""
    for route in context.routes:
        nl, en = _label(route)
        for page in route.questionnaire.pages:
            for ending in page.endings:
                if ending.condition.names - set(route.order):
                    continue  # P002 speaks of this
                result = route.ends(page, ending)
                if result.is_complete and not result.can_be_true:
                    yield Found(
                        route.ending_place(page, ending),
                        ending.id,
                        f"Het einde ‘{ending.id}’ komt voor {nl} nooit voor.",
                        f"The ending '{ending.id}' never happens to {en}.",
                    )


@check(
    "P010",
    "warning",
    "files",
    title=("Een deel heeft geen pagina's.", "A part has no pages."),
    fix=("Noem het deel bij een pagina, of haal het weg.", "Name the part at a page, or remove it."),
)
def part_without_pages(context: Context) -> Iterator[Found]:
    """Parts are named in the progress line."""
    if context.questionnaire is None:
        return
    used = {page.part for page in context.questionnaire.pages}
    for number, part in enumerate(context.questionnaire.parts):
        if part.id not in used:
            yield Found(
                context.place("parts", number),
                part.id,
                f"Geen pagina hoort bij ‘{part.id}’.",
                f"No page belongs to '{part.id}'.",
            )


@check(
    "P011",
    "warning",
    "instrument",
    title=("De pagina's van een deel staan niet bij elkaar.", "The pages of a part do not stand together."),
    fix=("Zet de pagina's van een deel achter elkaar.", "Put the pages of a part one after the other."),
)
def part_broken_up(context: Context) -> Iterator[Found]:
    """A progress line that goes back unsettles people."""
    for route in context.routes:
        nl, en = _label(route)
        left: set[str] = set()
        current = ""
        for page in route.questionnaire.pages:
            if page.part != current:
                if page.part in left:
                    yield Found(
                        context.cause(page.place, "part"),
                        page.id,
                        f"‘{page.id}’ keert voor {nl} terug naar het deel ‘{page.part}’.",
                        f"'{page.id}' goes back to the part '{page.part}' for {en}.",
                    )
                left.add(current)
                current = page.part


@check(
    "P012",
    "warning",
    "files",
    title=("Een rol in de lijst ziet de vraag nooit.", "A role in the list never sees the question."),
    fix=("Maak de rollen van pagina, vraag en rij gelijk.", "Make the roles of page, item and row agree."),
)
def role_shut_out(context: Context) -> Iterator[Found]:
    """Roles of an item lie within those of its page."""
    for use in context.items:
        for index, role in enumerate(use.item.roles or ()):
            if use.page.roles is not None and role not in use.page.roles and role in context.role_ids:
                yield Found(
                    context.place(*use.path, "roles", index),
                    use.item.variable or use.item.set or use.page.id,
                    f"De pagina ‘{use.page.id}’ laat de rol ‘{role}’ niet toe.",
                    f"The page '{use.page.id}' does not let the role '{role}' in.",
                )


@check(
    "P013",
    "hint",
    "instrument",
    title=("Een voorwaarde is niet te bewijzen.", "A condition cannot be proved."),
    fix=(
        "Ga zelf na of dit voor iemand geldt en voor iemand niet, of verdeel de voorwaarde.",
        "See for yourself that it holds for some and not for others, or divide the condition.",
    ),
)
def not_proven(context: Context) -> Iterator[Found]:
    """Too many answers to try them all: whether it can hold, or can fail, is not known, and is said to be so."""
    for route in context.routes:
        nl, en = _label(route)
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
            yield Found(
                place,
                name,
                f"Niet bewezen: of ‘{name}’ voor {nl} ooit geldt, of altijd.",
                f"Not proven: whether '{name}' ever holds for {en}, or always.",
            )
    for index, table in enumerate(context.instrument.tables if context.instrument else ()):
        if table.filter is None or context.tables_file is None or not context.routes:
            continue
        found = [route.holds(table.filter) for route in context.routes]
        if not any(each.can_be_true for each in found) and not all(each.is_complete for each in found):
            yield Found(
                context.tables_file.place("tables", index, "filter"),
                table.id,
                f"Niet bewezen: of het filter van ‘{table.id}’ ooit iemand overhoudt.",
                f"Not proven: whether the filter of '{table.id}' ever leaves anybody.",
            )
