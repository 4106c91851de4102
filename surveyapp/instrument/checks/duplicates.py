"""D: nothing bears a name, a code or a text twice."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator

from surveyapp.errors import Place
from surveyapp.instrument.checks.context import Context
from surveyapp.instrument.checks.registry import Found, check

RENAME = ("Geef een van beide een andere naam.", "Give one of the two another name.")


def _repeated(entries: Iterable[tuple[Hashable, Place, str]]) -> Iterator[tuple[str, Place, Place]]:
    """(name, place of the repetition, place of the first) for keys that come back."""
    first: dict[Hashable, Place] = {}
    for key, place, name in entries:
        if key in first:
            yield name, place, first[key]
        else:
            first[key] = place


def _found(what_nl: str, what_en: str, entries: Iterable[tuple[Hashable, Place, str]]) -> Iterator[Found]:
    for name, place, first in _repeated(entries):
        yield Found(
            place,
            name,
            f"{what_nl} ‘{name}’ komt dubbel voor; de eerste staat op regel {first.line}.",
            f"{what_en} '{name}' occurs twice; the first is on line {first.line}.",
        )


@check("D001", "error", "files", title=("Twee pagina's heten gelijk.", "Two pages have one name."), fix=RENAME)
def page_twice(context: Context) -> Iterator[Found]:
    """Ids of pages."""
    pages = context.questionnaire.pages if context.questionnaire else []
    yield from _found(
        "De pagina",
        "The page",
        ((page.id, context.place("pages", number, "id"), page.id) for number, page in enumerate(pages)),
    )


@check("D002", "error", "files", title=("Twee delen heten gelijk.", "Two parts have one name."), fix=RENAME)
def part_twice(context: Context) -> Iterator[Found]:
    """Ids of parts."""
    parts = context.questionnaire.parts if context.questionnaire else []
    yield from _found(
        "Het deel",
        "The part",
        ((part.id, context.place("parts", number, "id"), part.id) for number, part in enumerate(parts)),
    )


@check(
    "D003",
    "error",
    "files",
    title=("Twee stellingenblokken of mededelingen heten gelijk.", "Two sets or informations have one name."),
    fix=RENAME,
)
def set_twice(context: Context) -> Iterator[Found]:
    """Ids of sets and informations."""
    entries = [
        (name, context.place(*use.path, "set" if use.item.set else "information"), name)
        for use in context.items
        if (name := use.item.set or use.item.information)
    ]
    yield from _found("Het blok", "The set", entries)


@check(
    "D004",
    "error",
    "files",
    title=("Een variabele wordt een rol tweemaal gevraagd.", "A role is asked a variable twice."),
    fix=(
        "Vraag haar één keer, of verdeel de rollen over de plaatsen.",
        "Ask it once, or divide the roles over the places.",
    ),
)
def asked_twice(context: Context) -> Iterator[Found]:
    """A role meets a variable on one page only."""
    entries = (
        ((use.name, role), context.place(*use.path, "variable"), f"{use.name} ({role})")
        for use in context.variable_uses
        for role in context.roles_of(use)
    )
    yield from _found("De vraag", "The question", entries)


@check(
    "D005",
    "error",
    "files",
    title=("Een code komt dubbel voor.", "A code occurs twice."),
    fix=(
        "Geef de nieuwste een eigen code; wat al is gevraagd, houdt de zijne.",
        "Give the newest a code of its own; what was asked before keeps its own.",
    ),
)
def code_twice(context: Context) -> Iterator[Found]:
    """Codes within a code list."""
    for name, (file, entry) in context.code_lists.items():
        yield from _found(
            f"In ‘{name}’: de code",
            f"In '{name}': the code",
            (
                (category.code, file.place("code_lists", name, "categories", number, "code"), str(category.code))
                for number, category in enumerate(entry.categories)
            ),
        )


@check(
    "D006",
    "error",
    "files",
    title=("Een sleutel van een categorie komt dubbel voor.", "A category's key occurs twice."),
    fix=RENAME,
)
def key_twice(context: Context) -> Iterator[Found]:
    """Keys within a code list."""
    for name, (file, entry) in context.code_lists.items():
        yield from _found(
            f"In ‘{name}’: de sleutel",
            f"In '{name}': the key",
            (
                (category.key, file.place("code_lists", name, "categories", number, "key"), category.key)
                for number, category in enumerate(entry.categories)
            ),
        )


@check(
    "D007",
    "error",
    "files",
    title=("Twee categorieën heten hetzelfde.", "Two categories have one label."),
    fix=("Maak de labels verschillend.", "Make the labels differ."),
)
def label_twice(context: Context) -> Iterator[Found]:
    """Labels within a code list, per language; retired categories may share one."""
    for name, (file, entry) in context.code_lists.items():
        for language in context.study.languages:
            yield from _found(
                f"In ‘{name}’: het label",
                f"In '{name}': the label",
                (
                    (
                        category.label[language].strip().casefold(),
                        file.place("code_lists", name, "categories", number, "label", language),
                        category.label[language],
                    )
                    for number, category in enumerate(entry.categories)
                    if language in category.label and not category.retired
                ),
            )


@check(
    "D008",
    "error",
    "files",
    title=("Een rol, fase of construct komt dubbel voor.", "A role, phase or construct occurs twice."),
    fix=RENAME,
)
def study_id_twice(context: Context) -> Iterator[Found]:
    """Ids of roles, phases and constructs."""
    lists: tuple[tuple[str, str, str, list[str]], ...] = (
        ("roles", "De rol", "The role", [role.id for role in context.study.roles]),
        ("phases", "De fase", "The phase", [phase.id for phase in context.study.phases]),
        ("constructs", "Het construct", "The construct", [construct.id for construct in context.study.constructs]),
    )
    for key, nl, en, names in lists:
        place = context.study_file.place
        yield from _found(nl, en, ((name, place(key, number, "id"), name) for number, name in enumerate(names)))


@check("D009", "error", "files", title=("Twee tabellen heten gelijk.", "Two tables have one id."), fix=RENAME)
def table_twice(context: Context) -> Iterator[Found]:
    """Ids of tables."""
    file = context.tables_file
    if file is not None:
        yield from _found(
            "De tabel",
            "The table",
            (
                (table.id, file.place("tables", number, "id"), table.id)
                for number, table in enumerate(file.model.tables)
            ),
        )


@check(
    "D010",
    "warning",
    "instrument",
    title=("Twee vragen aan één rol luiden gelijk.", "Two questions to one role read the same."),
    fix=("Maak duidelijk waarin ze verschillen, of schrap er een.", "Make clear how they differ, or drop one."),
)
def same_question_twice(context: Context) -> Iterator[Found]:
    """Texts of questions, per role, in the source language; statements count with their set's introduction."""
    language = context.study.languages[0]
    for role, questionnaire in context.questionnaires.items():
        yield from _found(
            f"Voor {role}: de vraag",
            f"For {role}: the question",
            (
                (
                    (intro, question.text[language].strip().casefold()),
                    context.cause(question.place, "text", role, "default", language),
                    question.name,
                )
                for intro, question in context.introduced(questionnaire, language)
            ),
        )


@check(
    "D011",
    "warning",
    "files",
    title=("Twee variabelen hebben één label.", "Two variables have one label."),
    fix=(
        "Maak de labels verschillend; tabellen tonen alleen het label.",
        "Make them differ; tables show the label only.",
    ),
)
def variable_label_twice(context: Context) -> Iterator[Found]:
    """Labels in the registry, in the source language."""
    language = context.study.languages[0]
    yield from _found(
        "Het label van",
        "The label of",
        (
            (entry.label[language].strip().casefold(), context.variable_place(name, "label", language), name)
            for name, entry in context.registry.items()
            if language in entry.label
        ),
    )


@check("D012", "error", "files", title=("Twee vroege eindes heten gelijk.", "Two endings have one name."), fix=RENAME)
def ending_twice(context: Context) -> Iterator[Found]:
    """Ids of endings."""
    pages = context.questionnaire.pages if context.questionnaire else []
    entries = (
        (ending.id, context.place("pages", number, "end_if", index, "id"), ending.id)
        for number, page in enumerate(pages)
        for index, ending in enumerate(page.end_if)
    )
    yield from _found("Het einde", "The ending", entries)


@check(
    "D013",
    "error",
    "files",
    title=("Een meting staat er dubbel.", "A wave stands twice."),
    fix=("Houd één ingang per jaar, met de gegevens van beide.", "Keep one entry for each year, with what both say."),
)
def wave_twice(context: Context) -> Iterator[Found]:
    """Years under ``waves``."""
    entries = (
        (wave.year, context.study_file.place("waves", number, "year"), str(wave.year))
        for number, wave in enumerate(context.study.waves)
    )
    yield from _found("De meting", "The wave", entries)


@check(
    "D014",
    "error",
    "files",
    title=("Twee fasen staan op dezelfde plaats.", "Two phases take one place."),
    fix=("Geef elke fase haar eigen order.", "Give each phase its own order."),
)
def phase_order_twice(context: Context) -> Iterator[Found]:
    """``order`` of phases; it is the horizontal axis of the profile."""
    entries = (
        (phase.order, context.study_file.place("phases", number, "order"), phase.id)
        for number, phase in enumerate(context.study.phases)
    )
    yield from _found("De plaats van fase", "The place of phase", entries)


@check(
    "D015",
    "warning",
    "instrument",
    title=("Twee pagina's van één rol hebben dezelfde titel.", "Two pages of one role have one title."),
    fix=("Geef elke pagina haar eigen titel.", "Give each page a title of its own."),
)
def page_title_twice(context: Context) -> Iterator[Found]:
    """Titles per role and language: a browser's history and a screen reader tell pages apart by them."""
    for role, questionnaire in context.questionnaires.items():
        for language in context.study.languages:
            yield from _found(
                f"Voor {role}: de titel van",
                f"For {role}: the title of",
                (
                    (page.title[language], context.cause(page.place, "title", role, "default", language), page.id)
                    for page in questionnaire.pages
                ),
            )
