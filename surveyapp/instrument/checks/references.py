"""R: everything that is named exists, and is what it is named for. Without it there is no instrument."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from surveyapp.errors import ConditionError
from surveyapp.instrument.checks.conditions import AFTERWARDS
from surveyapp.instrument.checks.context import Context
from surveyapp.instrument.checks.registry import Found, Function, check
from surveyapp.instrument.conditions import parse_condition
from surveyapp.instrument.definition import VariableEntry
from surveyapp.instrument.findings import shortened
from surveyapp.instrument.layout import DEFAULT_ROLE, is_per_role, wording
from surveyapp.instrument.mapping_definition import ColumnEntry
from surveyapp.instrument.mentions import Mention
from surveyapp.instrument.near import nearest
from surveyapp.instrument.nesting import nested_in
from surveyapp.instrument.notation import FileModel, Refers, Unique
from surveyapp.instrument.system_variables import SYSTEM_VARIABLES
from surveyapp.instrument.types import VariableType


def unknown(kind: str, known: Callable[[Context, Mention], Collection[str]] | None = None) -> Function:
    """The check that everything marked ``Refers`` with this kind exists.

    ``known`` says what there is where it is named; without it, whatever the files mark ``Unique`` with the kind.
    """

    def found(context: Context) -> Iterator[Found]:
        """Of everything that is named, what does not exist."""
        for use in context.mentions(Refers, kind):
            there = known(context, use) if known else [each.value for each in context.mentions(Unique, kind)]
            if use.value not in there:
                yield Found(use.place, use.name, instead=nearest(use.value, there), value=use.value)

    return found


check(
    "R001",
    "A variable that is asked is not in the registry.",
    "There is no variable '%(value)s'.",
    "Add it to variables.yaml or mend the name.",
)(unknown("variable", lambda context, _: context.registry))
check(
    "R002",
    "A code list that is named does not exist.",
    "'%(name)s' names the code list '%(value)s', but there is none.",
    "Add it under code_lists or mend the name.",
)(unknown("code list", lambda context, use: (use.value,) if "skip" in use.entry else context.code_lists))
check(
    "R005",
    "A construct that is named does not exist.",
    "There is no construct '%(value)s'.",
    "Add it to study.yaml or mend the name.",
)(unknown("construct"))
check(
    "R006",
    "A phase that is named does not exist.",
    "There is no phase '%(value)s'.",
    "Add it to study.yaml or mend the name.",
)(unknown("phase"))
check(
    "R008",
    "A part that is named does not exist.",
    "There is no part '%(value)s'.",
    "Add it under parts or mend the name.",
)(unknown("part"))
check(
    "R010",
    "A reversed item is not of the construct.",
    "'%(value)s' is reversed but no item of '%(name)s'.",
    "Name the item under items too.",
)(unknown("item of the construct", lambda _, use: use.entry.get("items", [])))
check(
    "R011",
    "A mirror variable does not exist.",
    "'%(value)s' is no other variable to mirror with.",
    "Name another variable of the registry.",
)(unknown("mirror", lambda context, use: set(context.registry) - {use.name}))
check(
    "R014",
    "A missing code that is offered is not defined.",
    "The missing code '%(value)s' is not in study.yaml.",
    "Add the code under missing in study.yaml.",
)(unknown("missing code", lambda context, _: [str(key) for key in context.study.missing]))
check(
    "R016",
    "A table names a variable that does not exist.",
    "There is no variable '%(value)s'.",
    "Mend the name, or take it out of the table.",
)(unknown("variable of a table", lambda context, _: {*context.registry, *context.book.variables, *context.mapped}))
check(
    "R031",
    "A weighting names a variable that does not exist.",
    "There is no variable '%(value)s'.",
    "Mend the name, or take it out of the weighting.",
)(unknown("variable of a weighting", lambda context, _: {*context.registry, *context.book.variables, "role"}))
check(
    "R032",
    "The report is weighted by what does not exist.",
    "There is no weighting '%(value)s'.",
    "Name one of the schemes, or leave it out: the report is unweighted then.",
)(unknown("scheme"))
check(
    "N004",
    "A link names a series that does not exist.",
    "There is no imported series '%(value)s'.",
    "Name a series that is imported under waves.",
)(unknown("series", lambda context, _: {wave.imported for wave in context.study.waves if wave.imported}))


@check(
    "R007",
    "A role that is named does not exist.",
    "There is no role '%(role)s'; there are: %(roles)s.",
    "Mend the role; the roles stand in study.yaml.",
)
def unknown_role(context: Context) -> Iterator[Found]:
    """Roles in lists, in texts and conditions per role, in targets and in a mapping."""
    for use in context.mentions(Refers, "role"):
        if use.value not in (*context.role_ids, DEFAULT_ROLE):
            meant, roles = nearest(use.value, context.role_ids), ", ".join(context.role_ids)
            yield Found(use.place, use.name, instead=meant, role=use.value, roles=roles)


def items_known(context: Context, use: Mention) -> Collection[str]:
    """The variables that can be named here, those of imported waves included."""
    known = set(context.registry)
    for wave in context.files.waves.values():
        if wave.mapping is not None:
            known.update(wave.mapping.model.prefix + column for column in wave.mapping.model.columns)
    # With only one wave read, the columns of an imported one are not known here.
    start, sign, _ = use.value.partition("_")
    if context.has_unread_imports and sign and start not in {name.split("_")[0] for name in context.registry}:
        known.add(use.value)
    return known


check(
    "R009",
    "An item of a construct does not exist.",
    "There is no variable '%(value)s'.",
    "Mend the name, or add the variable to variables.yaml.",
)(unknown("item", items_known))


def wrongly_coded(*, has_codes: bool) -> Function:
    """The check that no variable or column names a code list, or lacks one, against its type."""

    def found(context: Context) -> Iterator[Found]:
        """Every variable and mapped column with a code list that its type has not, or without one that it needs."""
        mapped = {name: column for name, column in context.columns.items() if column.skip is None}
        entries: list[tuple[str, VariableEntry | ColumnEntry]] = [*context.registry.items(), *mapped.items()]
        for name, entry in entries:
            is_wrong = entry.type is not None and VariableType(entry.type).shape.has_codes != has_codes
            if is_wrong and (entry.codes is not None) == has_codes:
                yield Found(entry.at("codes"), name, kind=entry.type)

    return found


check(
    "R003",
    "A coded variable lacks a code list.",
    "'%(name)s' (%(kind)s) has no code list.",
    "Name a code list under codes.",
)(wrongly_coded(has_codes=False))
check(
    "R004",
    "A number or text has a code list.",
    "'%(name)s' is of type %(kind)s and so has no code list.",
    "Remove codes or choose another type.",
)(wrongly_coded(has_codes=True))


@check(
    "R012",
    "A condition cannot be read.",
    "The condition '%(shown)s' cannot be read at character %(place)s: %(why)s",
    "See docs/instrument-format.md, 'Conditions', for what is possible.",
)
def unreadable_condition(context: Context) -> Iterator[Found]:
    """Every expression of the wave's files."""
    for use in context.conditions:
        try:
            parse_condition(use.value)
        except ConditionError as error:
            yield Found(use.place, use.name, shown=shortened(use.value), place=error.offset + 1, why=error)


@check(
    "R013",
    "A condition reads a variable that does not exist.",
    "The condition reads '%(variable)s', but there is no such variable.",
    "Mend the name.",
)
def unknown_variable_in_condition(context: Context) -> Iterator[Found]:
    """Names in expressions are variables of the registry."""
    for use, condition in context.readable():
        known = {*context.registry, *(context.derived if use.kind in AFTERWARDS else ())}
        for name in sorted(condition.names - known):
            if name in context.derived:
                said = "The condition reads '%(variable)s', which is derived when all answers are there."
                yield Found(use.place, use.name, said, variable=name)
            else:
                yield Found(use.place, use.name, instead=nearest(name, known), variable=name)


@check(
    "R015",
    "A banner names what does not exist.",
    "There is no variable '%(value)s'.",
    "Name a banner under %(key)s, or variables.",
    key="banners",
)
def unknown_banner(context: Context) -> Iterator[Found]:
    """Banners are named ones or variables, the system's own included."""
    known = {*context.registry, *context.derived, *SYSTEM_VARIABLES}
    banners = context.tables_file.banners if context.tables_file else {}
    for use in context.mentions(Refers, "banner"):
        is_one = use.key == "banner" and use.path[-1] == "banner"  # the name of one, or a single variable
        if is_one and use.value in banners:
            continue
        strange = [name for name in nested_in(use.value) if name not in known]
        if not strange:
            continue
        if use.key != "banner" or len(nested_in(use.value)) > 1:
            place = use.place if use.key != "banner" else use.document.place(*use.path[:3])
            yield Found(place, use.name, instead=nearest(strange[0], known), value=strange[0])
        else:
            yield Found(
                use.document.place(*use.path[:3]),
                use.name,
                "There is no banner or variable '%(value)s'.",
                instead=nearest(use.value, {*known, *banners}),
                value=use.value,
            )


@check(
    "R017",
    "A text has no words for a role.",
    "'%(name)s' has no text for: %(lacking)s.",
    "Write it for this role too, or under default.",
)
def words_lacking_for_role(context: Context) -> Iterator[Found]:
    """Where a text is written per role, every role that sees it has words."""
    for page in context.questionnaire.pages if context.questionnaire else ():
        seen = {role for use in context.variable_uses if use.page is page for role in context.roles_of(use)}
        yield from _wordless(context, page, "title", page.id, seen)
        for ending in page.end_if:
            yield from _wordless(context, ending, "title", page.id, seen)
            yield from _wordless(context, ending, "text", page.id, seen)
    for use in context.variable_uses:
        roles = set(context.roles_of(use))
        yield from _wordless(context, use.entry, "text", use.name, roles)
        if use.row is not None:
            yield from _wordless(context, use.item, "text", use.item.set or use.name, roles)


def _wordless(context: Context, entry: FileModel, key: str, name: str, roles: set[str]) -> Iterator[Found]:
    text = getattr(entry, key)
    lacking = [role for role in context.role_ids if role in roles and wording(text, role) is None]
    if is_per_role(text) and lacking:
        yield Found(entry.at(key), name, lacking=", ".join(lacking))


@check(
    "R018",
    "An item is not one thing.",
    "This item is no question, no set of statements with rows and no information.",
    "Use exactly one of variable, set (with rows) and information.",
)
def item_of_no_kind(context: Context) -> Iterator[Found]:
    """An item is a question, a set of statements with rows, or information."""
    for page, item in context.items:
        kinds = [kind for kind in (item.variable, item.set, item.information) if kind is not None]
        if len(kinds) != 1 or (item.set is None) != (not item.rows):
            yield Found(item.at(), kinds[0] if kinds else page.id)


@check(
    "R019",
    "The year does not fit the folder or study.yaml.",
    "Wave %(year)s is not under waves in study.yaml.",
    "Make year, folder and waves agree.",
)
def year_out_of_place(context: Context) -> Iterator[Found]:
    """The folder's name, ``wave`` in its file and ``waves`` of the study agree."""
    if context.wave_entry is None:
        yield Found(context.study.at("waves"), str(context.year), year=context.year)
    for file in (context.questionnaire, context.mapping):
        if file is not None and file.wave != context.year:
            yield Found(
                file.at("wave"),
                str(context.year),
                "The file is of %(wave)s, the folder of %(year)s.",
                wave=file.wave,
                year=context.year,
            )


@check(
    "R020",
    "A column is neither mapped nor skipped.",
    "Column '%(name)s' has no type with a label, or also a reason to skip it.",
    "Give type and label, or a reason under skip.",
)
def column_undecided(context: Context) -> Iterator[Found]:
    """An imported column has a type and a label, or a reason to be left out, never both."""
    for name, column in context.columns.items():
        mapped = column.type is not None and column.label is not None
        if mapped == (column.skip is not None) or (column.type is None) != (column.label is None):
            yield Found(column.at(), name)


@check(
    "R021",
    "The consent is no consent.",
    "'%(name)s' is not of type consent.",
    "Use type consent, and only under consent.",
)
def consent_of_wrong_type(context: Context) -> Iterator[Found]:
    """``consent`` names a variable of type consent, and no item does."""
    if context.questionnaire is None:
        return
    name = context.questionnaire.consent.variable
    entry = context.registry.get(name)
    if entry is not None and entry.type != "consent":
        place = context.place("consent", "variable")
        yield Found(place, name)
    for use in context.variable_uses:
        asked = context.registry.get(use.name)
        if asked is not None and asked.type == "consent":
            yield Found(
                use.entry.at("variable"),
                use.name,
                "The platform asks for consent itself; do not put it on a page.",
            )
