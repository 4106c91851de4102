"""R: everything the study and its registry name exists. Without it there is no instrument, so these come first."""

from __future__ import annotations

from collections.abc import Iterator

from surveyapp.errors import Place
from surveyapp.instrument.checks.context import Context
from surveyapp.instrument.checks.registry import Found, check
from surveyapp.instrument.near import nearest

LISTED_TYPES = frozenset({"single", "multiple", "mark", "recommendation", "ranking", "allocation", "consent"})
"""Types that need a code list."""


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
                nearest(codes, context.code_lists),
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
            yield Found(
                place,
                name,
                f"Er is geen construct ‘{construct}’.",
                f"There is no construct '{construct}'.",
                nearest(construct, known),
            )


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
            yield Found(
                place,
                name,
                f"Er is geen fase ‘{phase}’.",
                f"There is no phase '{phase}'.",
                nearest(phase, known),
            )


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
    "R009",
    "error",
    "files",
    title=("Een item van een construct bestaat niet.", "An item of a construct does not exist."),
    fix=(
        "Verbeter de naam, of voeg de variabele toe aan variables.yaml.",
        "Mend the name, or add the variable to variables.yaml.",
    ),
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
                    nearest(name, known),
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
                    nearest(name, construct.items),
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
                nearest(entry.mirror, set(context.registry) - {name}),
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
            f"De meting {context.year} staat niet onder waves in study.yaml.",
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
