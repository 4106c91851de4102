"""What a form does not say and a study must: a first study.yaml, to be completed by people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

ROLE = "respondent"
MISSING: Mapping[str, tuple[int, str, str]] = {
    "na": (-1, "niet van toepassing", "not applicable"),
    "dk": (-2, "weet ik niet", "don't know"),
    "refused": (-3, "zeg ik liever niet", "prefer not to say"),
    "not_asked": (-8, "niet gesteld", "not asked"),
    "skipped": (-9, "overgeslagen", "skipped"),
}


def in_languages(languages: Sequence[str], nl: str, en: str) -> dict[str, str]:
    """A text in the languages of the study; English where there is nothing better."""
    return {language: nl if language == "nl" else en for language in languages}


def consent_list(languages: Sequence[str]) -> dict[str, Any]:
    """The code list of the consent page."""
    yes = in_languages(languages, "Ja, ik doe mee", "Yes, I will take part")
    no = in_languages(languages, "Nee", "No")
    return {"categories": [{"code": 1, "key": "yes", "label": yes}, {"code": 2, "key": "no", "label": no}]}


def study_file(
    study: str, year: int, title: Mapping[str, str], languages: Sequence[str], missing: Mapping[str, Mapping[str, str]]
) -> dict[str, Any]:
    """study.yaml of a new study with one role and one wave."""
    return {
        "study": study,
        "title": dict(title),
        "introduction": dict(title),
        "languages": list(languages),
        "organisation": {
            "name": study,
            "contact": study,
            "email": "onderzoek@example.org",
            "telephone": "000 000 00 00",
            "address": "Voorbeeldstraat 1, Utrecht",
            "payer": in_languages(languages, "Wij betalen het onderzoek zelf.", "We pay for the study ourselves."),
        },
        "roles": [
            {
                "id": ROLE,
                "label": in_languages(languages, "deelnemer", "participant"),
                "plural": in_languages(languages, "deelnemers", "participants"),
                "description": in_languages(languages, "Ik doe mee aan dit onderzoek.", "I take part in this study."),
            }
        ],
        "missing": {
            key: {"code": code, "label": dict(missing.get(key) or in_languages(languages, nl, en))}
            for key, (code, nl, en) in MISSING.items()
        },
        "waves": [{"year": year, "title": {**title}, "mode": "anonymous"}],
    }
