"""The sheet ``choices`` of a form that goes out: one list per set of categories and missing codes that is offered."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from surveyapp.instrument.questions import Question
from surveyapp.instrument.variables import Category, Variable
from surveyapp.instrument.xlsform.form import OTHER_CODE, OTHER_LABEL, OTHER_SUFFIX, Row


class ListsOut:
    """The lists made so far; two questions with the same choices in the same words share one."""

    def __init__(
        self,
        use_keys: bool,
        lose: Callable[[str, str], None],
        cells: Callable[[str, Mapping[str, str], str], dict[str, str]],
    ) -> None:
        self.use_keys, self.lose, self.cells = use_keys, lose, cells
        self.lists: dict[str, tuple[tuple[object, ...], list[Row]]] = {}

    @property
    def rows(self) -> tuple[Row, ...]:
        """All choices, list by list."""
        return tuple(row for _, rows in self.lists.values() for row in rows)

    def choice_name(self, category: Category) -> str:
        """What a choice is called in the form."""
        return category.key if self.use_keys else str(category.code)

    def list_of(self, question: Question) -> tuple[str | None, bool]:
        """The name of the list of choices, made when it is not there yet, and whether it is ``or_other``."""
        variable = question.variable
        if not variable.categories:
            return None, False
        base = variable.scale or variable.name
        categories = list(offered(variable))
        if len(categories) < len(variable.categories):
            self.lose(variable.name, "retired categories")
        or_other = base.endswith(OTHER_SUFFIX) and any(_is_or_other(category) for category in categories)
        if or_other:
            base = base.removesuffix(OTHER_SUFFIX)
            categories = [category for category in categories if not _is_or_other(category)]
        name = "_".join((base, *(code.key for code in question.missing)))
        pairs = [(self.choice_name(category), category.label) for category in categories]
        pairs += [(code.key, code.label) for code in question.missing]
        content = tuple((said, tuple(label.items())) for said, label in pairs)
        made, number = name, 1
        while made in self.lists and self.lists[made][0] != content:
            number += 1
            made = f"{name}_{number}"
        if made not in self.lists:
            rows: list[Row] = [
                {"list_name": made, "name": said, **self.cells("label", label, f"list {made}")} for said, label in pairs
            ]
            self.lists[made] = (content, rows)
        return made, or_other


def offered(variable: Variable) -> Sequence[Category]:
    """The categories a respondent can choose."""
    return [category for category in variable.categories if not category.retired]


def _is_or_other(category: Category) -> bool:
    return (
        category.other
        and category.code == OTHER_CODE
        and all(OTHER_LABEL.get(language, OTHER_LABEL["en"]) == words for language, words in category.label.items())
    )
