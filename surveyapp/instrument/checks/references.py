"""R: everything that is named exists. Without this there is no instrument, so these checks come first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from surveyapp.errors import ConditionError, Place
from surveyapp.instrument.checks.context import Context
from surveyapp.instrument.checks.registry import Found, check
from surveyapp.instrument.checks.uses import Path
from surveyapp.instrument.conditions import parse_condition
from surveyapp.instrument.layout import DEFAULT_ROLE, is_per_role, wording

SYSTEM_VARIABLES = ("role", "language", "source")
"""Variables every case has without being asked; they can stand in banners."""
LISTED_TYPES = frozenset({"single", "multiple", "mark", "recommendation", "ranking", "allocation", "consent"})
"""Types that need a code list."""


def _options(names: Sequence[str]) -> str:
    return ", ".join(names)


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
            yield Found(place, name, f"Er is geen variabele ‘{name}’.", f"There is no variable '{name}'.")


@check(
    "R002",
    "error",
    "files",
    title=("Een genoemde codelijst bestaat niet.", "A code list that is named does not exist."),
    fix=("Voeg de codelijst toe onder code_lists of verbeter de naam.", "Add it under code_lists or mend the name."),
)
def unknown_code_list(context: Context) -> Iterator[Found]:
    """``codes`` of a variable or of an imported column."""
    for name, place, codes, _ in _coded(context):
        if codes is not None and codes not in context.code_lists:
            yield Found(
                place,
                name,
                f"‘{name}’ noemt de codelijst ‘{codes}’, maar die is er niet.",
                f"'{name}' names the code list '{codes}', but there is none.",
            )


@check(
    "R003",
    "error",
    "files",
    title=("Een variabele met codes mist een codelijst.", "A coded variable lacks a code list."),
    fix=("Noem bij codes een codelijst.", "Name a code list under codes."),
)
def code_list_lacking(context: Context) -> Iterator[Found]:
    """Choices, marks, recommendations, rankings and consents need codes."""
    for name, place, codes, kind in _coded(context):
        if codes is None and kind in LISTED_TYPES:
            yield Found(place, name, f"‘{name}’ ({kind}) heeft geen codelijst.", f"'{name}' ({kind}) has no code list.")


@check(
    "R004",
    "error",
    "files",
    title=("Een getal of tekst heeft een codelijst.", "A number or text has a code list."),
    fix=("Haal codes weg of kies een ander type.", "Remove codes or choose another type."),
)
def code_list_unwanted(context: Context) -> Iterator[Found]:
    """Numbers and texts have no codes."""
    for name, place, codes, kind in _coded(context):
        if codes is not None and kind is not None and kind not in LISTED_TYPES:
            yield Found(
                place,
                name,
                f"‘{name}’ is van het type {kind} en heeft dus geen codelijst.",
                f"'{name}' is of type {kind} and so has no code list.",
            )


def _coded(context: Context) -> Iterator[tuple[str, Place, str | None, str | None]]:
    for name, entry in context.registry.items():
        yield name, context.variable_place(name, "codes"), entry.codes, entry.type
    if context.mapping_file is not None:
        for name, column in context.mapping_file.model.columns.items():
            if column.skip is None:
                yield name, context.mapping_file.place("columns", name, "codes"), column.codes, column.type


@check(
    "R005",
    "error",
    "files",
    title=("Een genoemd construct bestaat niet.", "A construct that is named does not exist."),
    fix=("Voeg het construct toe aan study.yaml of verbeter de naam.", "Add it to study.yaml or mend the name."),
)
def unknown_construct(context: Context) -> Iterator[Found]:
    """``construct`` of a variable or column."""
    known = [construct.id for construct in context.study.constructs]
    for name, place, construct, _, _ in _placed(context):
        if construct is not None and construct not in known:
            yield Found(place, name, f"Er is geen construct ‘{construct}’.", f"There is no construct '{construct}'.")


@check(
    "R006",
    "error",
    "files",
    title=("Een genoemde fase bestaat niet.", "A phase that is named does not exist."),
    fix=("Voeg de fase toe aan study.yaml of verbeter de naam.", "Add it to study.yaml or mend the name."),
)
def unknown_phase(context: Context) -> Iterator[Found]:
    """``phase`` of a variable or column."""
    known = [phase.id for phase in context.study.phases]
    for name, _, _, place, phase in _placed(context):
        if phase is not None and phase not in known:
            yield Found(place, name, f"Er is geen fase ‘{phase}’.", f"There is no phase '{phase}'.")


def _placed(context: Context) -> Iterator[tuple[str, Place, str | None, Place, str | None]]:
    for name, entry in context.registry.items():
        yield (
            name,
            context.variable_place(name, "construct"),
            entry.construct_id,
            context.variable_place(name, "phase"),
            entry.phase,
        )
    file = context.mapping_file
    if file is not None:
        for name, column in file.model.columns.items():
            yield (
                name,
                file.place("columns", name, "construct"),
                column.construct_id,
                file.place("columns", name, "phase"),
                column.phase,
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
                f"Er is geen rol ‘{role}’; er zijn: {_options(context.role_ids)}.",
                f"There is no role '{role}'; there are: {_options(context.role_ids)}.",
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
            yield Found(place, page.id, f"Er is geen deel ‘{page.part}’.", f"There is no part '{page.part}'.")


@check(
    "R009",
    "error",
    "files",
    title=("Een item van een construct bestaat niet.", "An item of a construct does not exist."),
    fix=("Verbeter de naam of haal het item weg.", "Mend the name or remove the item."),
)
def unknown_construct_item(context: Context) -> Iterator[Found]:
    """Items are variables of the registry, or columns of an imported wave under its prefix."""
    known = set(context.registry)
    for wave in context.files.waves.values():
        if wave.mapping is not None:
            known.update(wave.mapping.model.prefix + column for column in wave.mapping.model.columns)
    imported = any(entry.imported and entry.year not in context.files.waves for entry in context.study.waves)
    for index, construct in enumerate(context.study.constructs):
        for number, name in enumerate(construct.items):
            # With only one wave read, the columns of an imported one are not known here.
            if name not in known and not (imported and "_" in name and name.split("_")[0] not in _prefixes(context)):
                yield Found(
                    context.study_file.place("constructs", index, "items", number),
                    construct.id,
                    f"Er is geen variabele ‘{name}’.",
                    f"There is no variable '{name}'.",
                )


def _prefixes(context: Context) -> frozenset[str]:
    return frozenset(name.split("_")[0] for name in context.registry)


@check(
    "R010",
    "error",
    "files",
    title=("Een omgekeerd item hoort niet bij het construct.", "A reversed item is not of the construct."),
    fix=("Noem het item ook onder items.", "Name the item under items too."),
)
def reversed_without_item(context: Context) -> Iterator[Found]:
    """``reversed`` is a choice from ``items``."""
    for index, construct in enumerate(context.study.constructs):
        for number, name in enumerate(construct.reversed):
            if name not in construct.items:
                yield Found(
                    context.study_file.place("constructs", index, "reversed", number),
                    construct.id,
                    f"‘{name}’ is omgekeerd maar geen item van ‘{construct.id}’.",
                    f"'{name}' is reversed but no item of '{construct.id}'.",
                )


@check(
    "R011",
    "error",
    "files",
    title=("Een spiegelvariabele bestaat niet.", "A mirror variable does not exist."),
    fix=("Noem een andere variabele van het register.", "Name another variable of the registry."),
)
def unknown_mirror(context: Context) -> Iterator[Found]:
    """``mirror`` names another variable of the registry."""
    for name, entry in context.registry.items():
        if entry.mirror is not None and (entry.mirror not in context.registry or entry.mirror == name):
            yield Found(
                context.variable_place(name, "mirror"),
                name,
                f"‘{entry.mirror}’ is geen andere variabele om mee te spiegelen.",
                f"'{entry.mirror}' is no other variable to mirror with.",
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
                f"De voorwaarde ‘{shown}’ is niet te lezen bij teken {error.offset + 1}.",
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
            )


@check(
    "R014",
    "error",
    "files",
    title=("Een aangeboden missende code is niet vastgelegd.", "A missing code that is offered is not defined."),
    fix=("Voeg de code toe onder missing in study.yaml.", "Add the code under missing in study.yaml."),
)
def undefined_missing_code(context: Context) -> Iterator[Found]:
    """``missing`` of a variable names codes of the study."""
    for name, entry in context.registry.items():
        for index, key in enumerate(entry.missing):
            if key not in context.study.missing:
                yield Found(
                    context.variable_place(name, "missing", index),
                    name,
                    f"De missende code ‘{key}’ staat niet in study.yaml.",
                    f"The missing code '{key}' is not in study.yaml.",
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
                yield Found(place, banner, f"Er is geen variabele ‘{name}’.", f"There is no variable '{name}'.")
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
                )


@check(
    "R016",
    "error",
    "files",
    title=("Een tabel noemt een variabele die er niet is.", "A table names a variable that does not exist."),
    fix=("Verbeter de naam of haal de tabel weg.", "Mend the name or remove the table."),
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
                yield Found(place, table.id, f"Er is geen variabele ‘{name}’.", f"There is no variable '{name}'.")


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
            f"‘{name}’ heeft geen tekst voor: {_options(lacking)}.",
            f"'{name}' has no text for: {_options(lacking)}.",
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
    "R019",
    "error",
    "files",
    title=("Het jaartal klopt niet met de map of met study.yaml.", "The year does not fit the folder or study.yaml."),
    fix=("Maak jaartal, map en waves gelijk.", "Make year, folder and waves agree."),
)
def year_out_of_place(context: Context) -> Iterator[Found]:
    """The folder's name, ``wave`` in its file and ``waves`` of the study agree."""
    if context.wave_entry is None:
        yield Found(
            context.study_file.place("waves"),
            str(context.year),
            f"De ronde {context.year} staat niet onder waves in study.yaml.",
            f"Wave {context.year} is not under waves in study.yaml.",
        )
    for file in (context.questionnaire_file, context.mapping_file):
        if file is not None and file.model.wave != context.year:
            yield Found(
                file.place("wave"),
                str(context.year),
                f"Het bestand is van {file.model.wave}, de map van {context.year}.",
                f"The file is of {file.model.wave}, the folder of {context.year}.",
            )


@check(
    "R020",
    "error",
    "files",
    title=("Een kolom is niet vertaald en niet overgeslagen.", "A column is neither mapped nor skipped."),
    fix=("Geef type en label, of een reden bij skip.", "Give type and label, or a reason under skip."),
)
def column_undecided(context: Context) -> Iterator[Found]:
    """An imported column has a type and a label, or a reason to be left out, never both."""
    file = context.mapping_file
    if file is None:
        return
    for name, column in file.model.columns.items():
        mapped = column.type is not None and column.label is not None
        if mapped == (column.skip is not None) or (column.type is None) != (column.label is None):
            yield Found(
                file.place("columns", name),
                name,
                f"Kolom ‘{name}’ heeft geen type met label, of ook een reden om hem over te slaan.",
                f"Column '{name}' has no type with a label, or also a reason to skip it.",
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
