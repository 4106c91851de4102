"""The personal links of a wave as a list to mail by, once; and texts that no spreadsheet takes for a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from surveyapp.fieldwork.personal_links import Link

HEADER = ("email", "name", "role", "language", "source", "link", "opt_out")
OPT_OUT = {"nl": "afmelden", "en": "opt-out"}
"""Per language the last word of the address where somebody wants no more mail, as `web.respondent` has it."""


def link_line(link: Link, base_url: str) -> tuple[str, ...]:
    """One link with whose it is, and the address where they want no more mail."""
    address = f"{base_url.rstrip('/')}/i/{link.token}"
    away = f"{address}/{OPT_OUT[link.language]}"
    return link.email, link.name or "", link.role or "", link.language, link.source, address, away


def harmless(text: str) -> str:
    """A text no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def csv_bytes(header: Sequence[str], lines: Iterable[Sequence[str]]) -> bytes:
    """A small file in the form spreadsheets open: semicolons, UTF-8 with its mark."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=";", lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([harmless(text) for text in line] for line in lines)
    return ("\ufeff" + buffer.getvalue()).encode("utf-8", "replace")
