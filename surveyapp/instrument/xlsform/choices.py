"""The sheet ``choices`` as code lists: names become codes, and ``na``, ``dk`` and ``refused`` become missing codes."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from surveyapp.errors import Message
from surveyapp.instrument.xlsform.form import (
    MISSING_NAMES,
    OTHER_CODE,
    OTHER_LABEL,
    OTHER_SUFFIX,
    Row,
    column_language,
)
from surveyapp.instrument.xlsform.names_in import list_of

HIGHEST_CODE = 9999


@dataclass(frozen=True, slots=True)
class Choices:
    """A code list as one question uses it: its name, the code of each choice's name, and the missing codes offered.

    ``labels`` are words for missing codes that differ from those of the study.
    """

    name: str
    codes: Mapping[str, int]
    missing: tuple[str, ...]
    labels: Mapping[str, dict[str, str]]


class ChoiceLists:
    """The lists of one form; ``take`` hands one out and remembers that it is used."""

    def __init__(
        self,
        rows: Sequence[Row],
        texts: Callable[[Row, str, str], dict[str, str]],
        lose: Callable[[str, str | Message], None],
        languages: Sequence[str],
    ) -> None:
        self.texts, self.lose, self.languages = texts, lose, languages
        self.rows: dict[str, list[Row]] = {}
        self.missing: dict[str, dict[str, str]] = {}
        self.made: dict[str, dict[str, Any]] = {}
        self._taken: dict[tuple[str, bool], Choices] = {}
        for row in rows:
            name = row.get("list_name", "")
            if name:
                self.rows.setdefault(name, []).append(row)
            else:
                lose(row.get("name", "row"), Message("a choice that names no list"))

    def used(self) -> dict[str, dict[str, Any]]:
        """The code lists that questions use, as they stand in variables.yaml; names what stayed behind."""
        for name in self.rows:
            if not any(taken == name for taken, _ in self._taken):
                self.lose(f"list {name}", Message("a list of choices no carried question uses"))
        return {name: made for name, made in self.made.items() if made["categories"]}

    def take(self, name: str, *, with_other: bool) -> Choices | None:
        """The list of a question; None when the form has no such list."""
        if name not in self.rows:
            return None
        found = self._taken.get((name, with_other))
        if found is None:
            found = self._taken[name, with_other] = self._list(name, with_other)
        return found

    def mark(self, name: str, choice: str, quality: str) -> bool:
        """Mark a category ``other`` or ``exclusive``; False when the list has no such choice."""
        choices = next((taken for taken in self._taken.values() if taken.name == name), None)
        code = choices.codes.get(choice) if choices else None
        for category in self.made[name]["categories"]:
            if category["code"] == code:
                category[quality] = True
                return True
        return False

    def order(self, name: str) -> None:
        """The form compares codes of this list as if they had an order, so they have one."""
        self.made[name]["ordered"] = True

    def _list(self, name: str, with_other: bool) -> Choices:
        rows = self.rows[name]
        missing = tuple(row["name"] for row in rows if row.get("name") in MISSING_NAMES)
        valid = self._once(name, [row for row in rows if row.get("name") not in MISSING_NAMES])
        codes = self._codes(name, [row["name"] for row in valid])
        categories: list[dict[str, Any]] = []
        keys: set[str] = set()
        for row in valid:
            self._unread(name, row)
            said, code = row["name"], codes[row["name"]]
            categories.append({"code": code, "key": _key(said, code, keys), "label": self._label(row, name)})
        labels = {row["name"]: self._missing(row, name) for row in rows if row.get("name") in missing}
        labels = {key: label for key, label in labels.items() if label != self.missing[key]}
        base = name.removesuffix("_" + "_".join(missing)) if missing else name
        if with_other:
            other = dict.fromkeys(categories[0]["label"] if categories else {"en": ""}, OTHER_LABEL["en"])
            label = {language: OTHER_LABEL.get(language, words) for language, words in other.items()}
            categories.append({"code": OTHER_CODE, "key": "other", "label": label, "other": True})
            base += OTHER_SUFFIX
        content = {"categories": categories}
        made = next(
            said
            for said in (
                list_of(base),
                list_of(name),
                *(list_of(f"{name}_{number}") for number in range(2, 99)),
            )
            if said not in self.made or self.made[said] == content
        )
        self.made.setdefault(made, copy.deepcopy(content))
        return Choices(made, codes, missing, labels)

    def _once(self, name: str, rows: Sequence[Row]) -> list[Row]:
        """The choices that have a name, the first of each."""
        found: dict[str, Row] = {}
        for row in rows:
            said = row.get("name")
            if not said:
                words = " / ".join(self.texts(row, "label", name).values())
                self.lose(f"list {name}", Message("a choice without a name: %(words)s", words=words))
            elif said in found:
                self.lose(f"list {name}", Message("a second choice named '%(name)s'", name=said))
            else:
                found[said] = row
        return [*found.values()]

    def _codes(self, name: str, names: Sequence[str]) -> dict[str, int]:
        """The choices' own numbers where all are whole numbers from 0, otherwise 1, 2, 3."""
        if all(re.fullmatch(r"0|[1-9]\d{0,3}", said) for said in names):
            return {said: int(said) for said in names}
        self.lose(
            f"list {name}",
            Message("the names of choices as what is stored: codes 1, 2, 3 are, the names are keys"),
        )
        free = (code for code in range(1, HIGHEST_CODE) if code != OTHER_CODE)
        return {said: next(free) for said in dict.fromkeys(names)}

    def _label(self, row: Row, name: str) -> dict[str, str]:
        label = self.texts(row, "label", f"list {name}")
        if label:
            return label
        self.lose(f"list {name}", Message("a choice without words: its name '%(name)s' is shown", name=row["name"]))
        return dict.fromkeys(self.languages, row["name"])

    def _missing(self, row: Row, name: str) -> dict[str, str]:
        """The words of a missing code; the first found become the study's."""
        self._unread(name, row)
        label = self._label(row, name)
        self.missing.setdefault(row["name"], label)
        return label

    def _unread(self, name: str, row: Row) -> None:
        for column, cell in row.items():
            named = column_language(column)
            if column not in ("list_name", "name") and (named is None or named[0] != "label"):
                self.lose(f"list {name}", f"{column}: {cell} ({row['name']})")


def _key(said: str, code: int, taken: set[str]) -> str:
    made = re.sub(r"[^a-z0-9_]+", "_", said.lower()).strip("_")[:36]
    if not re.match(r"[a-z]", made) or made in taken:
        made = f"code_{code}"
    taken.add(made)
    return made
