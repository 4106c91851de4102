"""A small questionnaire as a spreadsheet form, and what is typed of its first wave."""

from __future__ import annotations

import io

import openpyxl

HEAD = ("type", "name", "label::Nederlands (nl)", "label::English (en)", "relevant")
CHOICES = (
    ("list_name", "name", "label::Nederlands (nl)", "label::English (en)"),
    ("yn", "1", "Ja", "Yes"),
    ("yn", "2", "Nee", "No"),
)
ASKED = (
    ("begin_group", "about", "Over uw werk", "About your work", None),
    ("select_one yn", "works", "Werkt u?", "Do you work?", None),
    ("integer", "hours", "Hoeveel uur per week?", "How many hours a week?", "${works} = '1'"),
    ("end_group", None, None, None, None),
)
SET = {
    "title-nl": "Werk en tijd", "title-en": "Work and time",
    "introduction-nl": "Wij vragen naar uw werk.", "introduction-en": "We ask about your work.",
    "opens": "4-1-2027", "closes": "29-1-2027", "report_on": "3-2027", "kept_until": "2031",
    "mode": "anonymous", "earlier_answers": "hidden", "target-respondent": "40",
    "name": "Bureau Werk", "contact": "Els Jansen", "email": "els@example.org", "telephone": "020 000 00 00",
    "postal": "Straat 1, Utrecht", "payer-nl": "Wij betalen zelf.", "payer-en": "We pay ourselves.",
    "country-nl": "Nederland", "country-en": "the Netherlands",
}  # fmt: skip


def form_of(*rows: tuple[str | None, ...]) -> bytes:
    made = openpyxl.Workbook()
    made.worksheets[0].title = "survey"
    for row in (HEAD, *rows):
        made.worksheets[0].append(row)
    choices = made.create_sheet("choices")
    for row in CHOICES:
        choices.append(row)
    written = io.BytesIO()
    made.save(written)
    return written.getvalue()
