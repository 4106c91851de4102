"""What a check has to say: a code, a place, and a sentence in Dutch and English with what to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from surveyapp.catalogues import LANGUAGES, told
from surveyapp.errors import DefinitionError, Message, Place, RowFault, SurveyError

Severity = Literal["error", "warning", "hint"]
BLOCKS_OPENING = frozenset({"T014"})
"""Warnings that may stand while a questionnaire is written and tried, and not when it opens: a stale translation."""
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "hint")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a check found.

    ``level`` error blocks the launch of a wave, warning asks for a decision, hint is advice. ``name`` is the variable,
    page, table, role or file it is about. ``message`` and ``fix`` hold one sentence per language (nl, en).
    """

    code: str
    level: Severity
    place: Place
    name: str
    message: Mapping[str, str]
    fix: Mapping[str, str]

    def as_dict(self) -> dict[str, object]:
        """Plain data for ``surveyapp check --json``."""
        return {
            "code": self.code,
            "level": self.level,
            "file": self.place.file,
            "line": self.place.line,
            "column": self.place.column,
            "name": self.name,
            "message": dict(self.message),
            "fix": dict(self.fix),
        }

    def as_fault(self) -> RowFault:
        """The same thing as a fault of what comes in."""
        told = f"{self.code} {self.message['en']} {self.fix['en']}"
        said = Message(
            "%(place)s: %(what)s %(fix)s", place=self.place.short, what=dict(self.message), fix=dict(self.fix)
        )
        return RowFault(None, self.name, told, said)

    def as_error(self) -> DefinitionError:
        """The same thing as an exception, for who cannot go on without the definition."""
        return DefinitionError(f"{self.message['en']} {self.fix['en']}", self.place)


def in_both(message: Message | SurveyError, context: str = "") -> Mapping[str, str]:
    """A message of the catalogue ``checks``, or an error, in every language."""
    domain = "errors" if isinstance(message, SurveyError) else "checks"
    return {language: told(message, language, domain, context) for language in LANGUAGES}


def shortened(text: str) -> str:
    """A text of a file as a message quotes it: at most 60 characters."""
    return text if len(text) <= 60 else text[:59] + "…"


def fault(code: str, place: Place, name: str, message: Message, fix: Message) -> Finding:
    """An error in a file itself, of which no check could speak: what is wrong, and what to do."""
    return Finding(code, "error", place, name, in_both(message), in_both(fix))


def by_place(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Each finding once, in the order in which an author meets them: file, line, column, code."""
    unique = {
        (finding.place.file, finding.place.line, finding.place.column, finding.code, finding.name): finding
        for finding in findings
    }
    return tuple(unique[key] for key in sorted(unique))


def has_errors(findings: Iterable[Finding]) -> bool:
    """Whether anything found blocks the launch."""
    return any(finding.level == "error" for finding in findings)


def tally(findings: Iterable[Finding]) -> str:
    """How many there are of each severity, the worst first: "1 error, 2 hints"; empty where there are none."""
    counts = Counter(finding.level for finding in findings)
    return ", ".join(f"{counts[each]} {each}{'' if counts[each] == 1 else 's'}" for each in SEVERITIES if counts[each])


def opening_blockers(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """What must be mended, or waived with a reason, before the wave may open."""
    return tuple(finding for finding in findings if finding.level == "error" or finding.code in BLOCKS_OPENING)
