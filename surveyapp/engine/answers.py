"""The shape of answers and of what a form brings.

A case's answers are one document: ``{variable name: value}``.

| type                                   | value                                          |
|----------------------------------------|------------------------------------------------|
| single, mark, recommendation, consent  | int code                                       |
| number, year, month, region            | int, or float when it has decimals             |
| multiple                               | list of int codes in the code list's order     |
| ranking                                | list of int codes, first choice first          |
| allocation                             | dict of str(code) → number, together 100       |
| short_text, long_text, text of "other" | str, NFC, LF, never empty                      |
| any                                    | negative int: a missing code                   |

Off-path answers stay in the document and are left out wherever answers count. A name that is absent was never asked.

Form fields: ``q_<name>`` (repeated for multiple), ``q_<name>__other`` (text beside "other"), ``q_<name>__missing``
(a missing code chosen beside a number, text, ranking or allocation), ``q_<name>__1`` … (ranking places),
``q_<name>__<code>`` (allocation), ``q_<name>__month`` and ``q_<name>__year``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as default

from surveyapp.instrument.model import NOT_ASKED, SKIPPED

Value = int | float | str | list[int] | dict[str, float]
Answers = Mapping[str, Value]
Form = Mapping[str, Sequence[str]]
"""What a browser posts: each field name with its values, undecoded."""
UNANSWERED: tuple[Value | None, ...] = (None, SKIPPED, NOT_ASKED)
"""What stands for a question without an answer."""


def field_name(name: str, part: object = "") -> str:
    """The form field of a question, or of one part of its answer."""
    return f"q_{name}__{part}" if part != "" else f"q_{name}"


def is_missing(value: Value | None) -> bool:
    """Whether this is one of the five kinds of missing rather than an answer with content."""
    return value is None or (isinstance(value, int) and not isinstance(value, bool) and value < 0)


@dataclass(frozen=True, slots=True)
class Problem:
    """Something a page's form holds that cannot be stored, as a code and its parameters.

    The sentence in nl and en is made on the web floor from ``code``; robots and imports use the code itself.
    ``field`` is the form field the message is tied to.
    """

    variable: str
    field: str
    code: str  # e.g. "not_a_number", "decimal_sign", "too_many", "exclusive", "out_of_range", "required"
    parameters: Mapping[str, object] = default(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PageCheck:
    """What became of a posted page.

    ``values`` are complete and storable when there are no ``problems``: every visible question of the page has a value,
    skipped (-9) where it was left empty. ``prompts`` name what a friendly question is asked about once (skipped
    questions, implausible numbers); they never block. ``typed`` is the form as it came, to be shown again.
    """

    values: Mapping[str, Value]
    problems: tuple[Problem, ...]
    prompts: tuple[Problem, ...]
    typed: Form
    visible: tuple[str, ...]  # names of the questions that were visible with these answers
