"""The register of checks: each has a code, a level, a function, and says what it looks for, finds and advises.

A check is a function from a :class:`~surveyapp.instrument.checks.context.Context` to what it found. Those of the letter
R run first: where everything that is named exists there is an instrument, and the others see it too. Codes are
permanent; the letter names the subject. Texts are written once, in English, with blanks that have names; the catalogue
``checks`` has them in Dutch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from surveyapp.errors import Message, Place, SurveyError
from surveyapp.instrument.checks.context import Context
from surveyapp.instrument.findings import Finding, Severity, in_both


class Found:
    """One place where a check struck: what it is about, and what stands in the blanks of the check's message.

    Parameters
    ----------
    name :    what it is about; it stands in the blank ``name`` as well
    says :    where a check has more than one thing to say: the text of this one, or an error that says it
    instead : the name that was probably meant (:func:`surveyapp.instrument.near.nearest`), where one is unknown
    parts :   what stands in the other blanks, as in an error
    """

    __slots__ = ("instead", "name", "parts", "place", "says")

    def __init__(
        self, place: Place, name: str, says: str | SurveyError = "", /, *, instead: str | None = None, **parts: object
    ) -> None:
        self.place, self.name, self.says, self.instead, self.parts = place, name, says, instead, parts


Function = Callable[[Context], Iterator[Found]]
MEANT = "Do you mean '%(instead)s'?"


@dataclass(frozen=True, slots=True)
class Check:
    """One registered check, with its texts in English: ``looks_for``, ``message`` and ``remedy``."""

    code: str
    level: Severity
    looks_for: str
    message: str
    remedy: Message
    function: Function

    @property
    def title(self) -> Mapping[str, str]:
        """What it looks for, in every language."""
        return in_both(Message(self.looks_for))

    @property
    def fix(self) -> Mapping[str, str]:
        """What to do about it, in every language."""
        return in_both(self.remedy, self.code)

    def findings(self, context: Context) -> Iterator[Finding]:
        """Everything it finds."""
        for found in self.function(context):
            says = found.says or self.message
            message = Message(says, name=found.name, **found.parts) if isinstance(says, str) else says
            fix = self.fix
            if found.instead is not None:
                meant = in_both(Message(MEANT, instead=found.instead))
                fix = {language: f"{meant[language]} {words}" for language, words in fix.items()}
            yield Finding(self.code, self.level, found.place, found.name, in_both(message), fix)


CHECKS: dict[str, Check] = {}
"""Every registered check by code."""


def check(
    code: str,
    title: str,
    message: str,
    fix: str,
    /,
    *,
    level: Severity = "error",
    **limits: object,
) -> Callable[[Function], Function]:
    """Register the function below under a code; ``limits`` stand in the blanks of ``fix``."""

    def register(function: Function) -> Function:
        if code in CHECKS:
            raise ValueError(f"Check {code} is registered twice.")
        CHECKS[code] = Check(code, level, title, message, Message(fix, **limits), function)
        return function

    return register
