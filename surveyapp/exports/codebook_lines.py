"""The codebook as lines: for the data book's sheets and for the codebook's own files."""

from __future__ import annotations

from collections.abc import Iterator

from surveyapp.exports.words import Words
from surveyapp.reports.codebook import Codebook, CodebookEntry

VARIABLE_HEADER = (
    "position",
    "name",
    "label_nl",
    "label_en",
    "question_nl",
    "question_en",
    "kind",
    "level",
    "asked_to",
    "table_ids",
    "missing_codes",
    "note",
    "n_valid",
    "construct",
    "routing",
    "history",
)
VALUE_HEADER = ("name", "code", "label_nl", "label_en", "order", "missing")


def variable_lines(codebook: Codebook, words: Words) -> Iterator[tuple[object, ...]]:
    """One tuple per variable, in the order of :func:`variable_header`."""
    width = len(variable_header(codebook))
    for entry in codebook.entries:
        line = (
            entry.position,
            entry.name,
            entry.label["nl"],
            entry.label["en"],
            question(codebook, entry, "nl"),
            question(codebook, entry, "en"),
            entry.type,
            entry.level,
            words.pick(entry.base),
            ", ".join(entry.tables) or None,
            ", ".join(str(value.code) for value in entry.values if value.is_missing) or None,
            " ".join(words.pick(note) for note in entry.notes) or None,
            entry.valid,
            " · ".join(words.pick(part) for part in (entry.construct, entry.phase) if part is not None) or None,
            "\n".join(routing_lines(codebook, entry, words)) or None,
            "\n".join(history_lines(entry, words)) or None,
        )
        yield line[:width]


def variable_header(codebook: Codebook) -> tuple[str, ...]:
    """The columns there is something to say in: a codebook that knows no earlier waves has none about them."""
    return VARIABLE_HEADER if any(entry.history for entry in codebook.entries) else VARIABLE_HEADER[:-1]


def value_lines(codebook: Codebook) -> Iterator[tuple[object, ...]]:
    """One tuple per code of each variable, in the order of :data:`VALUE_HEADER`; missing codes after the others."""
    for entry in codebook.entries:
        for order, value in enumerate(entry.values, 1):
            yield entry.name, value.code, value.label["nl"], value.label["en"], order, int(value.is_missing)


def question(codebook: Codebook, entry: CodebookEntry, language: str) -> str | None:
    """The wording put to people; per role, one per line, where the roles were asked in other words."""
    texts = {role: text[language] for role, text in entry.questions.items()}
    if len(set(texts.values())) <= 1:
        return next(iter(texts.values()), None)
    return "\n".join(f"{codebook.roles[role][language]}: {text}" for role, text in texts.items())


def routing_lines(codebook: Codebook, entry: CodebookEntry, words: Words) -> list[str]:
    """Where the question stands and when it is put, one line per role; roles with the same line are named together."""
    roles: dict[str, list[str]] = {}
    for role, said in entry.routing.items():
        roles.setdefault(words.pick(said), []).append(words.pick(codebook.roles[role]))
    return [f"{', '.join(names)}: {said}" for said, names in roles.items()]


def history_lines(entry: CodebookEntry, words: Words) -> list[str]:
    """What became of the variable since each earlier wave, one line per wave."""
    return [
        f"{year.year}: {' '.join(words.pick(reason) for reason in (*year.reasons, *year.details))}"
        for year in entry.history
    ]
