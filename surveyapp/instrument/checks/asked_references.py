"""R: everything the questionnaire and the tables name exists."""

from __future__ import annotations

from collections.abc import Iterator

from surveyapp.catalogues import told
from surveyapp.errors import ConditionError, Place
from surveyapp.instrument.checks.context import Context
from surveyapp.instrument.checks.registry import Found, check
from surveyapp.instrument.checks.uses import Path
from surveyapp.instrument.conditions import parse_condition
from surveyapp.instrument.layout import DEFAULT_ROLE, is_per_role, wording
from surveyapp.instrument.near import nearest
from surveyapp.instrument.system_variables import SYSTEM_VARIABLES

LISTED_TYPES = frozenset({"single", "multiple", "mark", "recommendation", "ranking", "allocation", "consent"})
"""Types that need a code list."""


@check(
    "R001",
    "error",
    "files",
    title=("Een gevraagde variabele staat niet in het register.", "A variable that is asked is not in the registry."),
    fix=("Voeg de variabele toe aan variables.yaml of verbeter de naam.", "Add it to variables.yaml or mend the name."),
)
def unknown_variable(context: Context) -> Iterator[Found]:
    """Items, rows and the consent name variables of the registry."""
    uses = [(use.name, context.place(*use.path, "variable")) for use in context.variable_uses]
    if context.questionnaire is not None:
        uses.append((context.questionnaire.consent.variable, context.place("consent", "variable")))
    for name, place in uses:
        if name not in context.registry:
            yield Found(
                place,
                name,
                f"Er is geen variabele ‘{name}’.",
                f"There is no variable '{name}'.",
                nearest(name, context.registry),
            )


@check(
    "R007",
    "error",
    "files",
    title=("Een genoemde rol bestaat niet.", "A role that is named does not exist."),
    fix=("Verbeter de rol; de rollen staan in study.yaml.", "Mend the role; the roles stand in study.yaml."),
)
def unknown_role(context: Context) -> Iterator[Found]:
    """Roles in lists, in texts and conditions per role, in targets and in a mapping."""
    for role, place, name in _roles(context):
        if role not in context.role_ids and role != DEFAULT_ROLE:
            yield Found(
                place,
                name,
                f"Er is geen rol ‘{role}’; er zijn: {', '.join(context.role_ids)}.",
                f"There is no role '{role}'; there are: {', '.join(context.role_ids)}.",
                nearest(role, context.role_ids),
            )


def _roles(context: Context) -> Iterator[tuple[str, Place, str]]:
    if context.wave_entry is not None:
        index, entry = context.wave_entry
        for role in entry.targets:
            yield role, context.study_file.place("waves", index, "targets", role), "targets"
    if context.mapping_file is not None:
        yield context.mapping_file.model.role, context.mapping_file.place("role"), "role"
    for number, page in enumerate(context.questionnaire.pages if context.questionnaire else ()):
        for index, role in enumerate(page.roles or ()):
            yield role, context.place("pages", number, "roles", index), page.id
    for use in context.items:
        name = use.item.variable or use.item.set or use.item.information or use.page.id
        for index, role in enumerate(use.item.roles or ()):
            yield role, context.place(*use.path, "roles", index), name
    for variable in context.variable_uses:
        for index, role in enumerate((variable.row.roles or ()) if variable.row else ()):
            yield role, context.place(*variable.path, "roles", index), variable.name
    for text in context.texts:
        if text.role is not None:
            yield text.role, text.place, text.name
    for condition in context.conditions:
        if condition.role is not None:
            yield condition.role, condition.place, condition.name


@check(
    "R008",
    "error",
    "files",
    title=("Een genoemd deel bestaat niet.", "A part that is named does not exist."),
    fix=("Voeg het deel toe onder parts of verbeter de naam.", "Add it under parts or mend the name."),
)
def unknown_part(context: Context) -> Iterator[Found]:
    """``part`` of a page."""
    if context.questionnaire is None:
        return
    known = {part.id for part in context.questionnaire.parts}
    for number, page in enumerate(context.questionnaire.pages):
        if page.part not in known:
            place = context.place("pages", number, "part")
            yield Found(
                place,
                page.id,
                f"Er is geen deel ‘{page.part}’.",
                f"There is no part '{page.part}'.",
                nearest(page.part, known),
            )


@check(
    "R012",
    "error",
    "files",
    title=("Een voorwaarde is niet te lezen.", "A condition cannot be read."),
    fix=(
        "Zie docs/instrument-format.md, ‘Voorwaarden’, voor wat er kan.",
        "See docs/instrument-format.md, 'Conditions', for what is possible.",
    ),
)
def unreadable_condition(context: Context) -> Iterator[Found]:
    """Every expression of the wave's files."""
    for use in context.conditions:
        try:
            parse_condition(use.source)
        except ConditionError as error:
            shown = use.source if len(use.source) <= 60 else use.source[:59] + "…"
            yield Found(
                use.place,
                use.name,
                f"De voorwaarde ‘{shown}’ is niet te lezen bij teken {error.offset + 1}: {told(error, 'nl')}",
                f"The condition '{shown}' cannot be read at character {error.offset + 1}: {error.message}",
            )


@check(
    "R013",
    "error",
    "files",
    title=("Een voorwaarde leest een variabele die er niet is.", "A condition reads a variable that does not exist."),
    fix=("Verbeter de naam.", "Mend the name."),
)
def unknown_variable_in_condition(context: Context) -> Iterator[Found]:
    """Names in expressions are variables of the registry."""
    for use, condition in context.readable():
        for name in sorted(condition.names - set(context.registry)):
            yield Found(
                use.place,
                use.name,
                f"De voorwaarde leest ‘{name}’, maar die variabele is er niet.",
                f"The condition reads '{name}', but there is no such variable.",
                nearest(name, context.registry),
            )


@check(
    "R015",
    "error",
    "files",
    title=("Een uitsplitsing noemt wat er niet is.", "A banner names what does not exist."),
    fix=("Noem een uitsplitsing onder banners of variabelen.", "Name a banner under banners, or variables."),
)
def unknown_banner(context: Context) -> Iterator[Found]:
    """Banners are named ones or variables, the system's own included."""
    file = context.tables_file
    if file is None:
        return
    known = {*context.registry, *SYSTEM_VARIABLES}
    for banner, names in file.model.banners.items():
        for index, name in enumerate(names):
            if name not in known:
                place = file.place("banners", banner, index)
                yield Found(
                    place,
                    banner,
                    f"Er is geen variabele ‘{name}’.",
                    f"There is no variable '{name}'.",
                    nearest(name, known),
                )
    for index, table in enumerate(file.model.tables):
        listed = [table.banner] if isinstance(table.banner, str) else table.banner
        for name in listed:
            is_named = isinstance(table.banner, str) and name in file.model.banners
            if not is_named and name not in known:
                yield Found(
                    file.place("tables", index, "banner"),
                    table.id,
                    f"Er is geen uitsplitsing of variabele ‘{name}’.",
                    f"There is no banner or variable '{name}'.",
                    nearest(name, {*known, *file.model.banners}),
                )


@check(
    "R016",
    "error",
    "files",
    title=("Een tabel noemt een variabele die er niet is.", "A table names a variable that does not exist."),
    fix=("Verbeter de naam, of haal hem uit de tabel.", "Mend the name, or take it out of the table."),
)
def unknown_table_variable(context: Context) -> Iterator[Found]:
    """Tables show variables of the registry, or the text beside "other"."""
    file = context.tables_file
    if file is None:
        return
    for index, table in enumerate(file.model.tables):
        for number, name in enumerate(table.variables):
            if name not in context.registry and name not in context.book.variables:
                place = file.place("tables", index, "variables", number)
                yield Found(
                    place,
                    table.id,
                    f"Er is geen variabele ‘{name}’.",
                    f"There is no variable '{name}'.",
                    nearest(name, {*context.registry, *context.book.variables}),
                )


@check(
    "R017",
    "error",
    "files",
    title=("Een tekst zegt niets tegen een rol.", "A text has no words for a role."),
    fix=("Schrijf de tekst ook voor deze rol, of onder default.", "Write it for this role too, or under default."),
)
def words_lacking_for_role(context: Context) -> Iterator[Found]:
    """Where a text is written per role, every role that sees it has words."""
    if context.questionnaire is None:
        return
    for number, page in enumerate(context.questionnaire.pages):
        seen = {role for use in context.variable_uses if use.page is page for role in context.roles_of(use)}
        texts: list[tuple[dict[str, str | dict[str, str]], Path]] = [(page.title, ("pages", number, "title"))]
        for index, ending in enumerate(page.end_if):
            texts.append((ending.title, ("pages", number, "end_if", index, "title")))
            texts.append((ending.text, ("pages", number, "end_if", index, "text")))
        for text, path in texts:
            yield from _wordless(context, text, path, page.id, seen)
    for use in context.variable_uses:
        roles = set(context.roles_of(use))
        if use.row is not None:
            yield from _wordless(context, use.row.text, (*use.path, "text"), use.name, roles)
            set_path = use.path[:-2]
            yield from _wordless(context, use.item.text, (*set_path, "text"), use.item.set or use.name, roles)
        else:
            yield from _wordless(context, use.item.text, (*use.path, "text"), use.name, roles)


def _wordless(
    context: Context,
    text: dict[str, str | dict[str, str]],
    path: Path,
    name: str,
    roles: set[str],
) -> Iterator[Found]:
    if not is_per_role(text):
        return
    lacking = [role for role in context.role_ids if role in roles and wording(text, role) is None]
    if lacking:
        yield Found(
            context.place(*path),
            name,
            f"‘{name}’ heeft geen tekst voor: {', '.join(lacking)}.",
            f"'{name}' has no text for: {', '.join(lacking)}.",
        )


@check(
    "R018",
    "error",
    "files",
    title=("Een item is niet één ding.", "An item is not one thing."),
    fix=(
        "Gebruik precies één van variable, set (met rows) en information.",
        "Use exactly one of variable, set (with rows) and information.",
    ),
)
def item_of_no_kind(context: Context) -> Iterator[Found]:
    """An item is a question, a set of statements with rows, or information."""
    for use in context.items:
        item = use.item
        kinds = [kind for kind in (item.variable, item.set, item.information) if kind is not None]
        if len(kinds) != 1 or (item.set is None) != (not item.rows):
            yield Found(
                context.place(*use.path),
                kinds[0] if kinds else use.page.id,
                "Dit item is geen vraag, geen stellingenblok met rijen en geen mededeling.",
                "This item is no question, no set of statements with rows and no information.",
            )


@check(
    "R021",
    "error",
    "files",
    title=("De toestemming is geen toestemming.", "The consent is no consent."),
    fix=("Gebruik type consent, en alleen onder consent.", "Use type consent, and only under consent."),
)
def consent_of_wrong_type(context: Context) -> Iterator[Found]:
    """``consent`` names a variable of type consent, and no item does."""
    if context.questionnaire is None:
        return
    name = context.questionnaire.consent.variable
    entry = context.registry.get(name)
    if entry is not None and entry.type != "consent":
        place = context.place("consent", "variable")
        yield Found(place, name, f"‘{name}’ is niet van type consent.", f"'{name}' is not of type consent.")
    for use in context.variable_uses:
        asked = context.registry.get(use.name)
        if asked is not None and asked.type == "consent":
            yield Found(
                context.place(*use.path, "variable"),
                use.name,
                "De toestemming vraagt het platform zelf; zet haar niet op een pagina.",
                "The platform asks for consent itself; do not put it on a page.",
            )
