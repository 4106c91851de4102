"""Twenty questions with five answers each, one to a page: the same journey as :mod:`benchmarks.lean_app`'s."""

from __future__ import annotations

import json
from pathlib import Path

from benchmarks.lean_app import QUESTIONS

STUDY, YEAR, ROLE = "journey", 2026, "person"


def _both(text: str) -> dict[str, str]:
    return {"nl": text, "en": text}


def write_study(folder: Path) -> None:
    """A study of one role in an empty folder of instruments; JSON is YAML."""
    home = folder / STUDY
    (home / str(YEAR)).mkdir(parents=True)
    agree = [{"code": code, "key": f"answer_{code}", "label": _both(f"Antwoord {code}")} for code in range(1, 6)]
    consent = [{"code": 1, "key": "yes", "label": _both("Ja")}, {"code": 2, "key": "no", "label": _both("Nee")}]
    names = [f"q_{number:02}" for number in range(1, QUESTIONS + 1)]
    files = {
        "study.yaml": {
            "study": STUDY,
            "title": _both("Twintig vragen"),
            "introduction": _both("Twintig vragen om te meten wat een stap kost."),
            "languages": ["nl", "en"],
            "organisation": {
                "name": "Meetbank",
                "contact": "Bureau Meten",
                "email": "meten@example.org",
                "telephone": "030 000 00 02",
                "address": "Voorbeeldplein 3, 3500 AA Utrecht",
                "payer": _both("De meetbank betaalt dit zelf."),
            },
            "threshold": 10,
            "low_base": 30,
            "roles": [
                {"id": ROLE, "label": _both("iemand"), "plural": _both("mensen"), "description": _both("Ik doe mee.")}
            ],
            "constructs": [
                {"id": "consent", "kind": "admin", "label": _both("Toestemming")},
                {"id": "verdict", "kind": "outcome", "label": _both("Oordeel")},
            ],
            "missing": {
                "not_asked": {"code": -8, "label": _both("niet gesteld")},
                "skipped": {"code": -9, "label": _both("overgeslagen")},
            },
            "waves": [
                {
                    "year": YEAR,
                    "title": _both("Twintig vragen"),
                    "mode": "anonymous",
                    "opens": "2026-01-01",
                    "closes": "2026-12-31",
                    "report_month": _both("januari 2027"),
                    "report_on": "2027-01",
                    "targets": {ROLE: 100},
                    "kept_until": 2028,
                    "country": _both("Nederland"),
                }
            ],
        },
        "variables.yaml": {
            "code_lists": {"consent": {"categories": consent}, "agree": {"ordered": True, "categories": agree}},
            "variables": {
                "s_consent": {
                    "type": "consent",
                    "label": _both("Toestemming"),
                    "codes": "consent",
                    "construct": "consent",
                },
                **{
                    name: {
                        "type": "single",
                        "label": _both(f"Uitspraak {name}"),
                        "codes": "agree",
                        "construct": "verdict",
                    }
                    for name in names
                },
            },
        },
        f"{YEAR}/questionnaire.yaml": {
            "wave": YEAR,
            "consent": {"variable": "s_consent", "version": "2026-1"},
            "parts": [{"id": "all", "title": _both("Uitspraken")}],
            "pages": [
                {
                    "id": name.replace("_", "-"),
                    "part": "all",
                    "title": _both(f"Vraag {name}"),
                    "items": [{"variable": name, "text": _both(f"In hoeverre bent u het eens met uitspraak {name}?")}],
                }
                for name in names
            ],
        },
        f"{YEAR}/tables.yaml": {
            "banners": {"all": ["language"]},
            "tables": [
                {
                    "id": "ALL01",
                    "title": _both("Alle uitspraken"),
                    "section": "verdict",
                    "kind": "frequencies",
                    "variables": names,
                    "banner": "all",
                }
            ],
        },
    }
    for name, content in files.items():
        (home / name).write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
