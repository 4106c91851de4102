"""Rows of the sheet survey as questions: entries of the registry, conditions, limits, texts and names."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from surveyapp.errors import ConditionError, Counted, Message
from surveyapp.instrument.conditions.nodes import Audience, Comparison, leaves
from surveyapp.instrument.conditions.parse import parse_condition
from surveyapp.instrument.findings import in_both
from surveyapp.instrument.types import VariableType
from surveyapp.instrument.xlsform.aliases import language_code
from surveyapp.instrument.xlsform.choices import ChoiceLists
from surveyapp.instrument.xlsform.form import (
    OTHER_SUFFIX,
    UNFIT,
    CannotCarry,
    Form,
    Loss,
    Row,
    column_language,
    type_of,
    unread_cells,
    where_of,
)
from surveyapp.instrument.xlsform.from_xpath import Column, from_xpath
from surveyapp.instrument.xlsform.limits import Limits, limits_of
from surveyapp.instrument.xlsform.names_in import id_of, variable_of
from surveyapp.instrument.xlsform.outward import EMPTY_FALLBACK
from surveyapp.instrument.xlsform.spelling import in_one_spelling

YES, NO = frozenset({"yes", "true", "true()"}), frozenset({"", "no", "false", "false()"})
MOST_LABEL = 80
COUNTS: Mapping[str, tuple[float, float]] = {
    "percentage": (0, 100),
    "number of days in last month": (0, 31),
    "number of days in last six months": (0, 183),
    "number of days in last year": (0, 365),
}
"""Types of whole numbers whose bounds are in their name."""
OPEN = ("short_text", "long_text")
TEXTS = ("text", "phone number", "phonenumber")
CONSENT, CONSENT_LIST = "s_consent", "platform_consent"
_REFERENCE = re.compile(r"\$\{\s*([^}\s]+)\s*\}")
_SELECT = re.compile(r"(select_one|select_multiple|rank)\s+(\S+)(\s+or_other)?")
_SUFFIX = "_other"


@dataclass
class Questions:
    """The questions read so far: ``columns`` by the name the form uses, ``variables`` as they go into the registry."""

    form: Form
    study: str
    year: int
    language: str

    def __post_init__(self) -> None:
        self.form = in_one_spelling(self.form, self.language)
        self.losses: list[Loss] = list(self.form.losses)
        self.dropped: list[Loss] = []
        self.languages = self.found_languages()
        self.lists = ChoiceLists(self.form.choices, self.texts, self.lose, self.languages)
        self.columns: dict[str, Column] = {}
        consent = {"type": "consent", "label": self.said(nl="Toestemming", en="Consent"), "codes": CONSENT_LIST}
        self.variables: dict[str, dict[str, Any]] = {CONSENT: {**consent, "use": "admin"}}
        self.ids: set[str] = set()
        self.pages: list[dict[str, Any]] = []
        self.title = self.clean(self.form.settings.get("form_title", ""), "settings").strip() or self.study

    def lose(self, where: str, what: str | Message) -> None:
        """Put something on the list of what could not be carried."""
        self.losses.append(Loss.of(where, what))

    def drop(self, where: str, what: Message) -> None:
        """The same of a whole question."""
        self.dropped.append(Loss.of(where, what))
        self.lose(where, what)

    def found_languages(self) -> list[str]:
        """The languages of labels and hints, the form's own first; a form without words is asked in its own."""
        found: list[str] = []
        for row in (*self.form.survey, *self.form.choices):
            for column in row:
                named = column_language(column)
                if named is not None and named[1] is not None and named[1] not in found:
                    found.append(named[1])
        first = language_code(self.form.settings.get("default_language", "")) or ("nl" if "nl" in found else None)
        return sorted(found, key=lambda code: code != first) or [self.language]

    def texts(self, row: Row, column: str, where: str) -> dict[str, str]:
        """The words of a row per language, references to answers as placeholders."""
        found: dict[str, str] = {}
        for name, cell in row.items():
            named = column_language(name)
            said = self.clean(cell, where).strip() if named is not None and named[0] == column else ""
            if named is not None and said:
                found[named[1] or self.language] = self.piped(said, where)
        return {code: found[code] for code in self.languages if code in found}

    def clean(self, words: str, where: str) -> str:
        """The words without control characters."""
        cleaned, hits = UNFIT.subn(" ", words)
        if hits:
            self.lose(
                where, Message("%(signs)s in a text", signs=Counted(hits, "control character", "control characters"))
            )
        return cleaned

    def piped(self, words: str, where: str) -> str:
        """``${x}`` as a placeholder of ours."""

        def put(match: re.Match[str]) -> str:
            column = self.columns.get(match[1])
            if column is None:
                self.lose(where, Message("the answer to '%(name)s' in a text", name=match[1]))
                return EMPTY_FALLBACK
            form = "label" if column.kind == "single" else "value"
            if column.kind == "multiple":
                self.lose(where, Message("the answers to '%(name)s' in a text", name=match[1]))
                return EMPTY_FALLBACK
            return f"{{{column.name}.{form}|{EMPTY_FALLBACK}}}"

        return _REFERENCE.sub(put, words)

    def said(self, **words: str) -> dict[str, str]:
        """Words of the platform in the form's languages."""
        return {code: words.get(code, words["en"]) for code in self.languages}

    def missing_labels(self, row: Row) -> Mapping[str, dict[str, str]]:
        """Words for missing codes that this question's list has for itself."""
        select = _SELECT.fullmatch(type_of(row))
        choices = self.lists.take(select[2], with_other=select[3] is not None) if select else None
        return choices.labels if choices else {}

    def named(self, row: Row, key: str) -> dict[str, str]:
        """What is asked where the form has no words."""
        self.lose(where_of(row), Message("a question without words: its name is asked"))
        return dict.fromkeys(self.languages, key)

    def short(self, text: Mapping[str, str], key: str) -> dict[str, str]:
        """The label of a variable: the question's first words, without placeholders."""
        found = {}
        for code in self.languages:
            words = re.sub(r"\{[^{}|]*\|?([^{}]*)\}", r"\1", text.get(code, key)).split("\n")[0].strip() or key
            found[code] = words if len(words) <= MOST_LABEL else words[: MOST_LABEL - 1].rstrip() + "…"
        return found

    def variable(self, row: Row, type_: str) -> dict[str, Any] | None:
        """The entry in the registry, or None for a kind of row that is not carried."""
        name, appearance = row.get("name", ""), row.get("appearance", "")
        if not _is_carried(type_, appearance):
            self.drop(where_of(row), Message("the row of type '%(type)s': there is nothing like it here", type=type_))
            return None
        if self.variable_name(name) in self.variables:
            self.drop(where_of(row), Message("a second question of this name"))
            return None
        limits = self.limits(row)
        select = _SELECT.fullmatch(type_)
        if select is not None:
            return self.choosing(row, select, limits)
        if type_ in ("integer", "decimal", "range", *COUNTS):
            low, high = COUNTS.get(type_) or (_steps(row) if type_ == "range" else (limits.minimum, limits.maximum))
            bounds = {"min": _bound(low), "max": _bound(high)}
            found: dict[str, Any] = {key: bound for key, bound in bounds.items() if bound is not None}
            if type_ == "decimal":
                found["decimals"] = 2
            self.remember(name, "number")
            return {"type": "number", "range": found} if found else {"type": "number"}
        if type_ in TEXTS:
            self.remember(name, "text")
            if type_ != "text":
                self.lose(where_of(row), Message("that the text is a telephone number"))
            kind = "long_text" if appearance == "multiline" else "short_text"
            if limits.length is None:
                most = VariableType(kind).traits.usual_characters
                self.lose(
                    where_of(row), Message("an answer of any length: %(most)s characters is the limit here", most=most)
                )
            return {"type": kind, **({"max_characters": limits.length} if limits.length else {})}
        self.remember(name, "text")  # a month is compared with no text of XPath
        return {"type": "month"}

    def choosing(self, row: Row, select: re.Match[str], limits: Limits) -> dict[str, Any] | None:
        """The entry of a question with choices, or None when its list is not there."""
        name, kind, list_name = row.get("name", ""), select[1], select[2]
        codes = self.lists.take(list_name, with_other=select[3] is not None)
        if codes is None or not codes.codes:
            self.drop(
                where_of(row), Message("the question: the form has no choices for the list '%(list)s'", list=list_name)
            )
            return None
        found: dict[str, Any] = {"type": {"select_one": "single", "select_multiple": "multiple"}.get(kind, "ranking")}
        if row.get("appearance") == "likert":
            values = tuple(codes.codes.values())
            scale = {tuple(range(1, 11)): "mark", tuple(range(11)): "recommendation"}.get(values)
            if scale is None:
                self.lose(where_of(row), "appearance: likert")
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
                    self.lose(where_of(row), Message("that '%(choice)s' excludes the other choices", choice=choice))
        self.remember(name, "single" if kind == "select_one" else "multiple", codes.codes, codes.missing)
        return found

    def take_other_text(self, name: str, after: Sequence[Row], variable: Mapping[str, Any]) -> int:
        """A text ``<name>_other`` right after, shown with one choice, is what the platform asks beside that choice."""
        following = after[0] if after else {}
        column = self.columns.get(name)
        if type_of(following) != "text" or following.get("name") != name + _SUFFIX or column is None:
            return 0
        for choice in column.codes:
            single, multiple = f"${{{name}}} = '{choice}'", f"selected(${{{name}}}, '{choice}')"
            if following.get("relevant") in (single, multiple) and not str(variable["codes"]).endswith(OTHER_SUFFIX):
                self.lists.mark(variable["codes"], choice, "other")
                return 1
        return 0

    def limits(self, row: Row) -> Limits:
        """The limits of a row; whatever else its constraint says is named."""
        source = row.get("constraint", "").strip()
        found = limits_of(source)
        if found is None:
            self.lose(where_of(row), f"constraint: {source}")
            return Limits()
        type_ = type_of(row).split(" ")[0]
        allowed = {
            "integer": {"minimum", "maximum"},
            "decimal": {"minimum", "maximum"},
            "text": {"length"},
            "select_multiple": {"least", "most", "exclusive"},
        }.get(type_, set())
        for kind in ("minimum", "maximum", "least", "most", "length", "exclusive"):
            if getattr(found, kind) not in (None, ()) and kind not in allowed:
                self.lose(where_of(row), f"constraint: {source}")
                break
        return found

    def condition(self, row: Row) -> str:
        """The condition of a row in our language, '' for always; one that cannot be said is named."""
        source = row.get("relevant", "").strip()
        if not source:
            return ""
        try:
            carried = from_xpath(source, self.columns)
            for leaf in leaves(parse_condition(carried).tree):
                if not isinstance(leaf, Audience) and self.variables[leaf.name]["type"] in OPEN:
                    raise CannotCarry(Message("'%(name)s', an open answer", name=leaf.name))
                if isinstance(leaf, Comparison) and leaf.operator != "==":
                    codes = self.variables[leaf.name].get("codes")
                    if codes is not None:
                        self.lists.order(codes)
            return carried
        except (CannotCarry, ConditionError) as problem:
            why = problem.why if isinstance(problem, CannotCarry) else _told(problem)
            said = Message("relevant: %(source)s (%(why)s); it is always shown", source=source, why=why)
            self.lose(where_of(row), said)
            return ""

    def unread(self, row: Row) -> None:
        """Name every cell nobody reads."""
        for cell in unread_cells(row):
            self.lose(where_of(row), cell)

    def is_required(self, row: Row, kind: str) -> bool:
        """Whether the form insists on an answer; nobody here has to write in their own words."""
        said = row.get("required", "").strip().lower()
        is_carried = said in YES and kind not in OPEN
        if said not in NO and not is_carried:
            self.lose(where_of(row), f"required: {said}")
        return is_carried

    def remember(
        self, name: str, kind: str, codes: Mapping[str, int] | None = None, missing: tuple[str, ...] = ()
    ) -> None:
        """What conditions can know of a question from here on."""
        self.columns[name] = Column(self.variable_name(name), kind, codes or {}, missing)

    def variable_name(self, name: str) -> str:
        """The name of a question in the registry."""
        if name in self.columns:
            return self.columns[name].name
        made = variable_of(name)
        if made != name:
            self.lose(name, Message("the name; it is %(name)s here", name=made))
        return made

    def id_of(self, name: str) -> str:
        """The id of a page, set or note; unique."""
        made = id_of(name)
        if made.replace("-", "_") != name and made != name:
            self.lose(name, Message("the name; it is %(name)s here", name=made))
        unique, number = made, 1
        while unique in self.ids:
            number += 1
            unique = f"{made}-{number}"
        self.ids.add(unique)
        return unique


def _told(problem: ConditionError) -> Mapping[str, str]:
    """Why a condition is none, in English where the catalogue does not know it."""
    return {language: words or problem.message for language, words in in_both(problem).items()}


def _is_carried(type_: str, appearance: str) -> bool:
    """Whether a row of this type becomes a question here."""
    if _SELECT.fullmatch(type_) or type_ in ("integer", "decimal", "range", *COUNTS, *TEXTS):
        return True
    return type_ == "date" and appearance == "month-year"


def _bound(number: float | None) -> int | float | None:
    if number is None:
        return None
    return int(number) if float(number).is_integer() else number


def _steps(row: Row) -> tuple[float | None, float | None]:
    """Where a row of type range begins and ends; its steps are not kept."""
    said = dict(part.split("=", 1) for part in re.split(r"[\s;,]+", row.get("parameters", "")) if "=" in part)
    ends = [said.get(name, ordinary) for name, ordinary in (("start", "1"), ("end", "10"))]
    low, high = (float(end) if re.fullmatch(r"-?\d{1,9}(\.\d{1,3})?", end, re.ASCII) else None for end in ends)
    return low, high
