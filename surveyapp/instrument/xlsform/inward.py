"""An XLSForm as the files of a study, with a list of everything in the form that has no place here.

Pages are the outermost groups; a group inside one whose questions share a list of choices is a set of statements. What
comes out is a draft: who runs the study, its roles and its tables are for people to write.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from surveyapp.catalogues import LANGUAGES
from surveyapp.errors import DefinitionRefused, Message
from surveyapp.instrument.registry import OTHER_LABELS
from surveyapp.instrument.xlsform.form import Form, Loss, Row, column_language, type_of, where_of
from surveyapp.instrument.xlsform.questions_in import CONSENT, CONSENT_LIST, Questions
from surveyapp.instrument.xlsform.skeleton import consent_list, study_file

MOST_REASONS = 5
READ_SETTINGS = frozenset({"form_title", "form_id", "version", "default_language", "style"})
Documents = dict[str, Any]
"""File name inside the study's folder → its data."""


def inward(form: Form, study: str, year: int, language: str = "nl") -> tuple[Documents, tuple[Loss, ...]]:
    """The files of a new study, and what of the form is not in them.

    ``language``: of labels in columns that name no language.

    Raises DefinitionRefused: the form has no questions, or its groups do not close.
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
class _Inward(Questions):
    """Groups become pages and sets."""

    def documents(self) -> tuple[Documents, tuple[Loss, ...]]:
        for column, cell in self.form.settings.items():
            if column not in READ_SETTINGS or (column == "style" and cell != "pages"):
                self.lose("settings", f"{column}: {cell}")
        self.read()
        if len(self.variables) < 2:
            raise self.nothing()
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

    def nothing(self) -> DefinitionRefused:
        """The refusal of a form of which no question is left."""
        dropped = list(dict.fromkeys(self.dropped))[:MOST_REASONS]
        if not dropped:
            return DefinitionRefused(
                "The form holds no question that can be carried (it asks none); nothing was written."
            )
        told = [(each.where, each.in_both()) for each in dropped]
        why = {language: "; ".join(f"{where}: {what[language]}" for where, what in told) for language in LANGUAGES}
        return DefinitionRefused(
            "The form holds no question that can be carried (%(why)s); nothing was written.", why=why
        )

    def read(self) -> None:
        open_groups: list[_Group] = []
        loose: _Group | None = None
        skipping = unnamed = 0
        rows = self.form.survey
        at = 0
        while at < len(rows):
            row = rows[at]
            type_ = type_of(row)
            at += 1
            if type_ and not row.get("name") and not type_.startswith("end_"):
                unnamed += 1
                row = {**row, "name": f"unnamed_{unnamed}"}
                if type_ not in ("note", "begin_group"):
                    said = Message("it has no name; it is called %(name)s here", name=row["name"])
                    self.lose(f"a row of type '{type_}'", said)
            if skipping or type_ == "begin_repeat":
                skipping += (type_ == "begin_repeat") - (type_ == "end_repeat")
                self.drop(where_of(row), Message("'%(type)s': repeated questions are not carried", type=type_))
            elif type_ == "begin_group":
                if not open_groups and loose is not None:
                    self.close_page(loose)
                    loose = None
                self.unread(row)
                # Conditions of groups inside pages go to each question.
                condition = self.condition(row) if open_groups else ""
                open_groups.append(_Group(row, (condition,) if condition else ()))
            elif type_ == "end_group":
                if not open_groups:
                    raise DefinitionRefused(
                        "'end_group' closes no group (%(where)s); nothing was written.", where=where_of(row)
                    )
                self.close(open_groups)
            elif type_:
                if not open_groups and loose is None:
                    loose = _Group({"type": "begin_group", "name": f"page-{len(self.pages) + 1}"})
                    self.lose(where_of(row), Message("questions outside groups stand on a page of their own"))
                group = open_groups[-1] if open_groups else loose
                if group is not None:
                    at += self.row(row, rows[at : at + 1], type_, group)
            elif row.get("name") or any(column_language(column) for column in row):
                self.lose(where_of(row), Message("a row without a type"))
        if open_groups:
            raise DefinitionRefused(
                "The group %(name)s is not closed; nothing was written.", name=open_groups[-1].row.get("name", "")
            )
        if loose is not None:
            self.close_page(loose)

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
        self.lose(
            name,
            Message("a group inside a page: its questions stand on the page, each with the group's condition"),
        )
        label = self.texts(group.row, "label", name)
        entries = [{"information": self.id_of(name), "text": label}] if label else []
        for entry in (*entries, *group.entries):
            above.entries.append(_with_conditions(entry, group.conditions))

    def close_page(self, group: _Group) -> None:
        name = group.row.get("name", "") or "page"
        entries = group.entries
        if not entries:
            self.lose(name, Message("a group without questions"))
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

    def row(self, row: Row, after: Sequence[Row], type_: str, group: _Group) -> int:
        """Take one question or note; how many of the rows after it were taken with it."""
        name = row.get("name", "")
        self.unread(row)
        text = self.texts(row, "label", name)
        condition = self.condition(row)
        if type_ == "note":
            if not text:
                self.lose(where_of(row), Message("a note without words"))
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
                said = Message("its own words: the platform names the text beside 'other' itself")
                self.lose(where_of(after[0]), said)
        self.variables[key] = {"type": variable.pop("type"), "label": label, **variable}
        entry = {
            "variable": key,
            "text": text or self.named(row, key),
            "hint": self.texts(row, "hint", name),
            "missing_labels": self.missing_labels(row),
            "required": self.is_required(row, self.variables[key]["type"]),
            "show_if": condition,
            "randomise": "randomize=true" in row.get("parameters", "").split(),
        }
        group.entries.append({name: said for name, said in entry.items() if said})
        return taken


def _with_conditions(entry: dict[str, Any], conditions: Sequence[str]) -> dict[str, Any]:
    parts = [*conditions, *([entry["show_if"]] if "show_if" in entry else [])]
    if not parts:
        return entry
    said = " and ".join(f"({part})" if " or " in part else part for part in parts)
    return {**entry, "show_if": said}
