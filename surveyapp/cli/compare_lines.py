"""What ``surveyapp check --against`` prints: lines for people, data for programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from surveyapp.cli.against import Compared
from surveyapp.instrument.compare import Comparability
from surveyapp.instrument.differences import Change

EFFECTS: Mapping[str, Mapping[str, str]] = {
    "nl": {"continue": "reeks loopt door", "recode": "omcoderen", "indicative": "indicatief", "break": "breuk"},
    "en": {"continue": "series continues", "recode": "recode", "indicative": "indicative", "break": "break"},
}

SOURCES: Mapping[str, tuple[str, str]] = {
    "nl": ("de eerdere zoals de bestanden nu zijn", "de eerdere zoals gepubliceerd"),
    "en": ("the earlier as its files stand now", "the earlier as it was published"),
}
"""Where the earlier wave was read: its files, or what was published."""


def comparison_lines(compared: Compared, language: str) -> Iterator[str]:
    """The faults first, then every variable to which something happened, then the count of each change."""
    comparison = compared.comparison
    yield f"{compared.study} {comparison.earlier} → {comparison.later} ({SOURCES[language][bool(compared.published)]})"
    for finding in comparison.findings:
        yield (
            f"  {finding.place} {finding.level} {finding.code} {finding.name}: {finding.message[language]} "
            f"→ {finding.fix[language]}"
        )
    for difference in comparison.changed():
        yield from _lines(difference, language)
    counts = Counter(change for difference in comparison.differences for change in difference.changes)
    yield "  " + ", ".join(f"{counts[change]} {change.words[language]}" for change in Change if counts[change])


def _lines(difference: Comparability, language: str) -> Iterator[str]:
    changes = ", ".join(change.words[language] for change in difference.changes)
    yield f"  {difference.name}: {changes} → {EFFECTS[language][difference.effect.value]}"
    for reason in difference.reasons:
        yield f"      {reason[language]}"
    for detail in difference.details:
        yield f"    - {detail[language]}"


def comparison_data(compared: Compared) -> dict[str, object]:
    """The same as plain data, unchanged variables included."""
    comparison = compared.comparison
    return {
        "study": compared.study,
        "published": compared.published or None,
        "earlier": comparison.earlier,
        "later": comparison.later,
        "findings": [finding.as_dict() for finding in comparison.findings],
        "variables": [
            {
                "name": difference.name,
                "changes": [change.value for change in difference.changes],
                "effect": difference.effect.value,
                "reasons": [dict(reason) for reason in difference.reasons],
                "details": [dict(detail) for detail in difference.details],
                "texts": [
                    {"role": text.role, "part": dict(text.part), "old": dict(text.old), "new": dict(text.new)}
                    for text in difference.texts
                ],
            }
            for difference in comparison.differences
        ],
    }
