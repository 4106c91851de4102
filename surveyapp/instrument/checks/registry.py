"""The register of checks: each has a code, a level, a function, and says in nl and en what it looks for and what to do.

A check is a function from a :class:`~surveyapp.instrument.checks.context.Context` to what it found. Checks of the
stage ``files`` see the models of the files and run first; those of the stage ``instrument`` see the resolved instrument
too. Codes are permanent; the letter names the subject.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from surveyapp.errors import Place
from surveyapp.instrument.checks.context import Context
from surveyapp.instrument.findings import Finding, Severity

Stage = Literal["files", "instrument"]


@dataclass(frozen=True, slots=True)
class Found:
    """One place where a check struck, with its sentence in Dutch and English.

    ``instead`` is the name that was probably meant (:func:`surveyapp.instrument.near.nearest`), where one is unknown.
    """

    place: Place
    name: str
    nl: str
    en: str
    instead: str | None = None


Function = Callable[[Context], Iterator[Found]]


@dataclass(frozen=True, slots=True)
class Check:
    """One registered check; ``name`` is the function's name in words."""

    code: str
    level: Severity
    stage: Stage
    name: str
    title: Mapping[str, str]
    fix: Mapping[str, str]
    function: Function

    def findings(self, context: Context) -> Iterator[Finding]:
        """Everything it finds."""
        for found in self.function(context):
            fix = self.fix
            if found.instead is not None:
                meant = {"nl": f"Bedoelt u ‘{found.instead}’?", "en": f"Do you mean '{found.instead}'?"}
                fix = {language: f"{meant[language]} {words}" for language, words in self.fix.items()}
            yield Finding(self.code, self.level, found.place, found.name, {"nl": found.nl, "en": found.en}, fix)


CHECKS: dict[str, Check] = {}
"""Every registered check by code."""


def check(
    code: str, level: Severity, stage: Stage, *, title: tuple[str, str], fix: tuple[str, str]
) -> Callable[[Function], Function]:
    """Register the function below under a code; ``title`` and ``fix`` are (nl, en)."""

    def register(function: Function) -> Function:
        if code in CHECKS:
            raise ValueError(f"Check {code} is registered twice.")
        CHECKS[code] = Check(
            code,
            level,
            stage,
            function.__name__.replace("_", " "),
            {"nl": title[0], "en": title[1]},
            {"nl": fix[0], "en": fix[1]},
            function,
        )
        return function

    return register
