"""The audit log as a page: entries in words, the way to older ones, and whether the chain holds."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import request, url_for

from surveyapp.storage import audit
from surveyapp.storage.audit import AuditChoice, entries
from surveyapp.storage.database import Session
from surveyapp.web.console.admin_forms import AuditForm


@dataclass(frozen=True, slots=True)
class AuditPage:
    """The newest entries that fit. ``verdict`` is there when the whole log was read to check it."""

    lines: Sequence[Any]  # of `storage.audit.entries`
    older: str  # address; empty on the last page
    check: str
    verdict: audit.Verdict | None


def audit_page(session: Session, form: AuditForm, *, is_valid: bool, most: int, is_checked: bool) -> AuditPage:
    """The entries this form asks for; of one that cannot be read, the newest of all."""
    choice = form.choice() if is_valid else AuditChoice()
    found = entries(session, choice, most + 1)
    lines = found[:most]
    asked: dict[str, Any] = {
        name: value for name, value in request.args.items() if value and name not in ("before", "check")
    }
    return AuditPage(
        lines=lines,
        older=url_for("admin.audit_log", **asked, before=lines[-1].entry) if len(found) > most else "",
        check=url_for("admin.audit_log", **asked, check="1"),
        verdict=audit.verify(session) if is_checked else None,
    )


def details_in_words(details: Mapping[str, Any]) -> str:
    """Names and values, as they were noted."""
    return " · ".join(
        f"{name}: {value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}"
        for name, value in details.items()
    )
