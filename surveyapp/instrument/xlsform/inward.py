"""An XLSForm as the files of a study, with a list of everything in the form that has no place here.

Pages are the outermost groups; a group inside one whose questions share a list of choices is a set of statements. What
comes out is a draft: who runs the study, its roles and its tables are for people to write.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from surveyapp.errors import ConditionError, ImportRefused
from surveyapp.instrument.conditions.nodes import Comparison, leaves
from surveyapp.instrument.conditions.parse import WORDS, parse_condition
from surveyapp.instrument.registry import LONG_TEXT_CHARACTERS, OTHER_LABELS, SHORT_TEXT_CHARACTERS
from surveyapp.instrument.xlsform.choices import ChoiceLists
from surveyapp.instrument.xlsform.form import (
    OTHER_SUFFIX,
    CannotCarry,
    Form,
    Loss,
    Row,
    column_language,
)
from surveyapp.instrument.xlsform.from_xpath import Column, from_xpath
from surveyapp.instrument.xlsform.limits import Limits, limits_of
from surveyapp.instrument.xlsform.outward import EMPTY_FALLBACK
from surveyapp.instrument.xlsform.skeleton import consent_list, study_file

READ_COLUMNS = frozenset({"type", "name", "relevant", "required", "constraint", "appearance", "parameters"})
OF_QUESTIONS = frozenset({"required", "constraint", "parameters"})
READ_SETTINGS = frozenset({"form_title", "form_id", "version", "default_language", "style"})
APPEARANCES = {
    "text": {"multiline"},
    "select_one": {"likert"},
    "date": {"month-year"},
    "begin_group": {"field-list", "table-list"},
}
YES, NO = frozenset({"yes", "true", "true()"}), frozenset({"", "no", "false", "false()"})
MOST_LABEL = 80
CONSENT, CONSENT_LIST = "s_consent", "platform_consent"
_REFERENCE = re.compile(r"\$\{\s*([^}\s]+)\s*\}")
_SELECT = re.compile(r"(select_one|select_multiple|rank)\s+(\S+)(\s+or_other)?")
_TYPE_NAMES = {"begin group": "begin_group", "end group": "end_group", "select one": "select_one"}
_SUFFIX = "_other"
Documents = dict[str, Any]
"""File name inside the study's folder → its data."""


def inward(form: Form, study: str, year: int, language: str = "nl") -> tuple[Documents, tuple[Loss, ...]]:
    """The files of a new study, and what of the form is not in them.

    Parameters
    ----------
    language : of labels in columns that name no language

    Raises
    ------
    ImportRefused     the form has no questions, or its groups do not close
    """
    return _Inward(form, study, year, language).documents()


@dataclass
class _Group:
    """A group that is open: the page's or set's data, and the condition every question in it gets."""

    row: Row
    conditions: tuple[str, ...] = ()
    entries: list[dict[str, Any]] = field(default_factory=list)
    groups: int = 0


@dataclass
class _Inward:
    form: Form
    study: str
    year: int
    language: str

    def __post_init__(self) -> None:
        self.losses: list[Loss] = []
        self.languages = self.found_languages()
        self.lists = ChoiceLists(self.form.choices, self.texts, self.lose)
        self.columns: dict[str, Column] = {}
        consent = {"type": "consent", "label": self.said(nl="Toestemming", en="Consent"), "codes": CONSENT_LIST}
        self.variables: dict[str, dict[str, Any]] = {CONSENT: {**consent, "use": "admin"}}
        self.ids: set[str] = set()
        self.pages: list[dict[str, Any]] = []
        self.title = self.form.settings.get("form_title", "").strip() or self.study

    def lose(self, where: str, what: str) -> None:
        self.losses.append(Loss(where, what))

    def documents(self) -> tuple[Documents, tuple[Loss, ...]]:
        for column, cell in self.form.settings.items():
            if column not in READ_SETTINGS or (column == "style" and cell != "pages"):
                self.lose("settings", f"{column}: {cell}")
        self.read()
        if len(self.variables) < 2:
            raise ImportRefused("The form holds no question that can be carried; nothing was written.")
        title = dict.fromkeys(self.languages, self.title)
        questionnaire = {
            "wave": self.year,
            "consent": {"variable": CONSENT, "version": f"{self.year}-1"},
            "parts": [{"id": "form", "title": title}],
            "pages": self.pages,
        }
        registry = {
            "code_lists": {CONSENT_LIST: consent_list(self.languages), **self.lists.used()},
            "variables": self.variables,
        }
        documents: Documents = {
            "study.yaml": study_file(self.study, self.year, title, self.languages, self.lists.missing),
            "variables.yaml": registry,
            f"{self.year}/questionnaire.yaml": questionnaire,
        }
        return documents, tuple(dict.fromkeys(self.losses))

    # languages and texts

    def found_languages(self) -> list[str]:
        found: list[str] = []
        for row in (*self.form.survey, *self.form.choices):
            for column in row:
                named = column_language(column)
                code = (named[1] or self.language) if named else None
                if code is not None and code not in found:
                    found.append(code)
        wanted = column_language(f"label::{self.form.settings.get('default_language', '')}")
        first = (wanted[1] if wanted else None) or ("nl" if "nl" in found else None)
        if not found:
            raise ImportRefused("The form has no column 'label'; nothing was written.")
        return sorted(found, key=lambda code: code != first)

    def texts(self, row: Row, column: str, where: str) -> dict[str, str]:
        """The words of a row per language, references to answers as placeholders."""
        found: dict[str, str] = {}
        for name, cell in row.items():
            named = column_language(name)
            if named is not None and named[0] == column and cell.strip():
                found[named[1] or self.language] = self.piped(cell.strip(), where)
        return {code: found[code] for code in self.languages if code in found}

    def piped(self, words: str, where: str) -> str:
        def put(match: re.Match[str]) -> str:
            column = self.columns.get(match[1])
            if column is None:
                self.lose(where, f"the answer to '{match[1]}' in a text")
                return EMPTY_FALLBACK
            form = "label" if column.kind == "single" else "value"
            if column.kind == "multiple":
                self.lose(where, f"the answers to '{match[1]}' in a text")
                return EMPTY_FALLBACK
            return f"{{{column.name}.{form}|{EMPTY_FALLBACK}}}"

        return _REFERENCE.sub(put, words)

    def said(self, **words: str) -> dict[str, str]:
        return {code: words.get(code, words["en"]) for code in self.languages}

    # rows

    def read(self) -> None:
        open_groups: list[_Group] = []
        loose: _Group | None = None
        skipping = 0
        rows = self.form.survey
        at = 0
        while at < len(rows):
            row = rows[at]
            type_ = _type(row)
            at += 1
            if skipping or type_ == "begin_repeat":
                skipping += (type_ == "begin_repeat") - (type_ == "end_repeat")
                self.lose(_where(row), f"'{type_}': repeated questions are not carried")
            elif type_ == "begin_group":
                if not open_groups and loose is not None:
                    self.close_page(loose)
                    loose = None
                self.unread(row, type_)
                open_groups.append(self.group(row, open_groups))
            elif type_ == "end_group":
                if not open_groups:
                    raise ImportRefused(f"'end_group' closes no group ({_where(row)}); nothing was written.")
                self.close(open_groups)
            elif type_:
                if not open_groups and loose is None:
                    loose = _Group({"type": "begin_group", "name": f"page-{len(self.pages) + 1}"})
                    self.lose(_where(row), "questions outside groups stand on a page of their own")
                group = open_groups[-1] if open_groups else loose
                if group is not None:
                    at += self.row(row, rows[at : at + 1], type_, group, bool(open_groups))
        if open_groups:
            raise ImportRefused(f"The group {open_groups[-1].row.get('name', '')} is not closed; nothing was written.")
        if loose is not None:
            self.close_page(loose)

    def group(self, row: Row, above: Sequence[_Group]) -> _Group:
        """A group that opens; conditions of groups inside pages go to each question."""
        condition = self.condition(row) if above else ""
        return _Group(row, (condition,) if condition else ())

    def close(self, open_groups: list[_Group]) -> None:
        group = open_groups.pop()
        if not open_groups:
            self.close_page(group)
            return
        above = open_groups[-1]
        above.groups += 1
        name = group.row.get("name", "")
        kinds = {self.variables[entry["variable"]].get("codes") for entry in group.entries if "variable" in entry}
        is_set = (
            len(kinds) == 1
            and None not in kinds
            and not group.groups
            and group.entries
            and all(set(entry) <= {"variable", "text", "show_if", "missing_labels"} for entry in group.entries)
            and all(entry.get("missing_labels") == group.entries[0].get("missing_labels") for entry in group.entries)
            and all(self.variables[entry["variable"]]["type"] == "single" for entry in group.entries)
            and bool(self.texts(group.row, "label", name))
        )
        if is_set and len(open_groups) == 1:
            entry = {"set": self.id_of(name), "text": self.texts(group.row, "label", name)}
            if group.conditions:
                entry["show_if"] = " and ".join(group.conditions)
            if "missing_labels" in group.entries[0]:
                entry["missing_labels"] = group.entries[0]["missing_labels"]
            rows = [{key: row[key] for key in row if key != "missing_labels"} for row in group.entries]
            above.entries.append({**entry, "rows": rows})
            return
        self.lose(name, "a group inside a page: its questions stand on the page, each with the group's condition")
        label = self.texts(group.row, "label", name)
        entries = [{"information": self.id_of(name), "text": label}] if label else []
        for entry in (*entries, *group.entries):
            above.entries.append(_with_conditions(entry, group.conditions))

    def close_page(self, group: _Group) -> None:
        name = group.row.get("name", "") or "page"
        entries = group.entries
        if not entries:
            self.lose(name, "a group without questions")
            return
        title = self.texts(group.row, "label", name)
        page: dict[str, Any] = {"id": self.id_of(name), "part": "form"}
        page["title"] = title or dict.fromkeys(self.languages, self.title)
        first = entries[0]
        if first.get("information") == f"{page['id']}-intro" and len(entries) > 1 and "show_if" not in first:
            page["intro"] = first["text"]
            entries = entries[1:]
        condition = self.condition(group.row)
        if condition:
            page["show_if"] = condition
        self.pages.append({**page, "items": entries})

    def row(self, row: Row, after: Sequence[Row], type_: str, group: _Group, is_grouped: bool) -> int:
        """Take one question or note; how many of the rows after it were taken with it."""
        name = row.get("name", "")
        self.unread(row, type_)
        text = self.texts(row, "label", name)
        condition = self.condition(row)
        if type_ == "note":
            if not text:
                self.lose(_where(row), "a note without words")
                return 0
            entry: dict[str, Any] = {"information": self.id_of(name), "text": text}
            group.entries.append({**entry, "show_if": condition} if condition else entry)
            return 0
        variable = self.variable(row, type_)
        if variable is None:
            return 0
        key = self.variable_name(name)
        taken = self.take_other_text(name, after, variable)
        label = self.short(text, key)
        if taken:
            given = {code: f"{label[code]}: {OTHER_LABELS.get(code, OTHER_LABELS['en'])}" for code in label}
            if self.texts(after[0], "label", name) != given:
                self.lose(_where(after[0]), "its own words: the platform names the text beside 'other' itself")
        self.variables[key] = {"type": variable.pop("type"), "label": label, **variable}
        entry = {"variable": key, "text": text or self.named(row, key)}
        hint = self.texts(row, "hint", name)
        entry.update({"hint": hint} if hint else {})
        labels = self.missing_labels(row)
        entry.update({"missing_labels": labels} if labels else {})
        entry.update({"required": True} if self.is_required(row) else {})
        entry.update({"show_if": condition} if condition else {})
        entry.update({"randomise": True} if "randomize=true" in row.get("parameters", "").split() else {})
        group.entries.append(entry)
        return taken

    def missing_labels(self, row: Row) -> Mapping[str, dict[str, str]]:
        """Words for missing codes that this question's list has for itself."""
        select = _SELECT.fullmatch(_type(row))
        choices = self.lists.take(select[2], with_other=select[3] is not None) if select else None
        return choices.labels if choices else {}

    def named(self, row: Row, key: str) -> dict[str, str]:
        self.lose(_where(row), "a question without words: its name is asked")
        return dict.fromkeys(self.languages, key)

    def short(self, text: Mapping[str, str], key: str) -> dict[str, str]:
        """The label of a variable: the question's first words, without placeholders."""
        found = {}
        for code in self.languages:
            words = re.sub(r"\{[^{}|]*\|?([^{}]*)\}", r"\1", text.get(code, key)).split("\n")[0].strip() or key
            found[code] = words if len(words) <= MOST_LABEL else words[: MOST_LABEL - 1].rstrip() + "…"
        return found

    # one question

    def variable(self, row: Row, type_: str) -> dict[str, Any] | None:
        """The entry in the registry, or None for a kind of row that is not carried."""
        name, appearance = row.get("name", ""), row.get("appearance", "")
        if self.variable_name(name) in self.variables:
            self.lose(_where(row), "a second question of this name")
            return None
        limits = self.limits(row)
        select = _SELECT.fullmatch(type_)
        if select is not None:
            return self.choosing(row, select, limits)
        if type_ in ("integer", "decimal"):
            bounds = {"min": _bound(limits.minimum), "max": _bound(limits.maximum)}
            found: dict[str, Any] = {key: bound for key, bound in bounds.items() if bound is not None}
            if type_ == "decimal":
                found["decimals"] = 2
            self.remember(name, "number")
            return {"type": "number", "range": found} if found else {"type": "number"}
        if type_ == "text":
            self.remember(name, "text")
            kind = "long_text" if appearance == "multiline" else "short_text"
            if limits.length is None:
                most = LONG_TEXT_CHARACTERS if kind == "long_text" else SHORT_TEXT_CHARACTERS
                self.lose(_where(row), f"an answer of any length: {most} characters is the limit here")
            return {"type": kind, **({"max_characters": limits.length} if limits.length else {})}
        if type_ == "date" and appearance == "month-year":
            self.remember(name, "text")  # a month is compared with no text of XPath
            return {"type": "month"}
        self.lose(_where(row), f"the row of type '{type_}': there is nothing like it here")
        return None

    def choosing(self, row: Row, select: re.Match[str], limits: Limits) -> dict[str, Any] | None:
        name, kind, list_name = row.get("name", ""), select[1], select[2]
        codes = self.lists.take(list_name, with_other=select[3] is not None)
        if codes is None:
            self.lose(_where(row), f"the question: the form has no list of choices '{list_name}'")
            return None
        found: dict[str, Any] = {"type": {"select_one": "single", "select_multiple": "multiple"}.get(kind, "ranking")}
        if row.get("appearance") == "likert":
            values = tuple(codes.codes.values())
            scale = {tuple(range(1, 11)): "mark", tuple(range(11)): "recommendation"}.get(values)
            if scale is None:
                self.lose(_where(row), "appearance: likert")
            found["type"] = scale or found["type"]
        found["codes"] = codes.name
        if codes.missing:
            found["missing"] = list(codes.missing)
        if kind == "rank":
            found["ranks"] = len(codes.codes)
        if kind == "select_multiple":
            found.update({"min_choices": limits.least} if limits.least else {})
            found.update({"max_choices": limits.most} if limits.most else {})
            for choice in limits.exclusive:
                if choice not in codes.missing and not self.lists.mark(codes.name, choice, "exclusive"):
                    self.lose(_where(row), f"that '{choice}' excludes the other choices")
        self.remember(name, "single" if kind == "select_one" else "multiple", codes.codes, codes.missing)
        return found

    def take_other_text(self, name: str, after: Sequence[Row], variable: Mapping[str, Any]) -> int:
        """A text ``<name>_other`` right after, shown with one choice, is what the platform asks beside that choice."""
        following = after[0] if after else {}
        column = self.columns.get(name)
        if _type(following) != "text" or following.get("name") != name + _SUFFIX or column is None:
            return 0
        for choice in column.codes:
            single, multiple = f"${{{name}}} = '{choice}'", f"selected(${{{name}}}, '{choice}')"
            if following.get("relevant") in (single, multiple) and not str(variable["codes"]).endswith(OTHER_SUFFIX):
                self.lists.mark(variable["codes"], choice, "other")
                return 1
        return 0

    def limits(self, row: Row) -> Limits:
        source = row.get("constraint", "").strip()
        found = limits_of(source)
        if found is None:
            self.lose(_where(row), f"constraint: {source}")
            return Limits()
        type_ = _type(row).split(" ")[0]
        allowed = {
            "integer": {"minimum", "maximum"},
            "decimal": {"minimum", "maximum"},
            "text": {"length"},
            "select_multiple": {"least", "most", "exclusive"},
        }.get(type_, set())
        for kind in ("minimum", "maximum", "least", "most", "length", "exclusive"):
            if getattr(found, kind) not in (None, ()) and kind not in allowed:
                self.lose(_where(row), f"constraint: {source}")
                break
        return found

    def condition(self, row: Row) -> str:
        source = row.get("relevant", "").strip()
        if not source:
            return ""
        try:
            said = from_xpath(source, self.columns)
            for leaf in leaves(parse_condition(said).tree):
                if isinstance(leaf, Comparison) and leaf.operator != "==":
                    codes = self.variables[leaf.name].get("codes")
                    if codes is not None:
                        self.lists.order(codes)
            return said
        except (CannotCarry, ConditionError) as problem:
            self.lose(_where(row), f"relevant: {source} ({problem}); it is always shown")
            return ""

    def is_required(self, row: Row) -> bool:
        said = row.get("required", "").strip().lower()
        if said not in YES | NO:
            self.lose(_where(row), f"required: {said}")
        return said in YES

    def unread(self, row: Row, type_: str) -> None:
        """Name every cell nobody reads."""
        kind = type_.split(" ")[0]
        is_group_or_note = kind in ("begin_group", "note")
        for column, cell in row.items():
            named = column_language(column)
            if named is not None:
                if named[0] == "hint" and is_group_or_note:
                    self.lose(_where(row), f"{column}: {cell}")
            elif column not in READ_COLUMNS or (
                is_group_or_note and column in ("required", "constraint", "parameters")
            ):
                self.lose(_where(row), f"{column}: {cell}")
            elif column == "appearance" and cell not in APPEARANCES.get(kind, ()):
                self.lose(_where(row), f"appearance: {cell}")
            elif column == "parameters" and (
                cell.strip() != "randomize=true" or kind not in ("select_one", "select_multiple", "rank")
            ):
                self.lose(_where(row), f"parameters: {cell}")

    # names

    def remember(
        self, name: str, kind: str, codes: Mapping[str, int] | None = None, missing: tuple[str, ...] = ()
    ) -> None:
        self.columns[name] = Column(self.variable_name(name), kind, codes or {}, missing)

    def variable_name(self, name: str) -> str:
        if name in self.columns:
            return self.columns[name].name
        made = re.sub(r"[^a-z0-9_]+", "_", name.lower()).strip("_")
        made = (made if re.match(r"[a-z]", made) else f"q_{made}")[:32]
        made = f"q_{made}"[:32] if len(made) < 2 or made in WORDS else made
        if made != name:
            self.lose(name, f"the name; it is {made} here")
        return made

    def id_of(self, name: str) -> str:
        made = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
        made = (made if re.match(r"[a-z]", made) else f"p-{made}")[:36]
        if made.replace("-", "_") != name and made != name:
            self.lose(name, f"the name; it is {made} here")
        unique, number = made, 1
        while unique in self.ids:
            number += 1
            unique = f"{made}-{number}"
        self.ids.add(unique)
        return unique


def _type(row: Row) -> str:
    said = " ".join(row.get("type", "").split())
    return _TYPE_NAMES.get(said, said)


def _where(row: Row) -> str:
    return row.get("name") or row.get("type") or "row"


def _bound(number: float | None) -> int | float | None:
    if number is None:
        return None
    return int(number) if float(number).is_integer() else number


def _with_conditions(entry: dict[str, Any], conditions: Sequence[str]) -> dict[str, Any]:
    parts = [*conditions, *([entry["show_if"]] if "show_if" in entry else [])]
    if not parts:
        return entry
    said = " and ".join(f"({part})" if " or " in part else part for part in parts)
    return {**entry, "show_if": said}
