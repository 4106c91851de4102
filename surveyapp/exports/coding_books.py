"""One coder's codes as a workbook, to go on with in a spreadsheet, and the same coming back."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from surveyapp.errors import ListRefused
from surveyapp.exports.contact_books import read_upload
from surveyapp.exports.safe_cells import SafeCells
from surveyapp.instrument.coding import CANNOT_BE_CODED, Frame
from surveyapp.reports.coding_state import label_of_code

HEADS = {"nl": ("Antwoord", "Woorden", "Codes"), "en": ("Answer", "Words", "Codes")}
CODE_HEADS = {"nl": ("Code", "Label", "Omschrijving"), "en": ("Code", "Label", "Description")}
SHEETS = {"nl": ("Antwoorden", "Codeschema"), "en": ("Answers", "Code frame")}
_NUMBERS = re.compile(r"\d{1,5}(?:\s*[,;]\s*\d{1,5})*")


@dataclass(frozen=True, slots=True)
class BookLine:
    """One answer: what it is called, its words, and the codes that this coder gave it."""

    name: str
    words: str
    codes: Sequence[int]


def coding_book(frame: Frame, lines: Sequence[BookLine], language: str) -> bytes:
    """The answers with one coder's codes, and the frame on a sheet of its own; every cell is text."""
    book, safe = Workbook(write_only=True), SafeCells()
    answers, codes = (book.create_sheet(name) for name in SHEETS[language])
    for sheet, heads, widths in ((answers, HEADS, (22, 90, 16)), (codes, CODE_HEADS, (8, 50, 70))):
        for letter, width in zip("ABC", widths, strict=True):
            sheet.column_dimensions[letter].width = width
        sheet.freeze_panes = "A2"
        cells = [WriteOnlyCell(sheet, value=safe.text(name)) for name in heads[language]]
        for cell in cells:
            cell.font = Font(bold=True)
        sheet.append(cells)
    for line in lines:
        row = [safe.streamed(answers, text) for text in (line.name, line.words, ", ".join(map(str, line.codes)))]
        answers.append(row)
    for code in (*(one.code for one in frame.in_use), CANNOT_BE_CODED):
        entry = frame.find(code)
        said = entry.description[language] if entry is not None and entry.description else ""
        label = label_of_code(frame, code)[language]
        codes.append([safe.streamed(codes, text) for text in (str(code), label, said)])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def read_coding_book(data: bytes, frame: Frame, known: Mapping[str, object]) -> dict[str, tuple[int, ...]]:
    """The codes of each answer that has any, by what the answer is called; what was left empty is not in it.

    Raises
    ------
    ListRefused     it is no such workbook, or one of its rows cannot be taken in; then none is
    """
    found = read_upload(data)
    heads = [name.strip().casefold() for name in found.header]
    places = [next((at for at, head in enumerate(heads) if head in names), None) for names in _NAMES]
    if None in places:
        raise ListRefused("The first sheet needs the columns Answer and Codes, as in the book that you downloaded.")
    answer_at, codes_at = (at for at in places if at is not None)
    usable = {one.code for one in frame.in_use} | {CANNOT_BE_CODED}
    read: dict[str, tuple[int, ...]] = {}
    for number, row in sorted(found.rows.items()):
        name, typed = (row[at].strip() if at < len(row) else "" for at in (answer_at, codes_at))
        if not name or not typed:
            continue
        if name not in known:
            raise ListRefused("Row %(row)s: there is no such answer.", row=number)
        if not _NUMBERS.fullmatch(typed):
            raise ListRefused("Row %(row)s: codes are numbers with commas between them.", row=number)
        codes = tuple(dict.fromkeys(int(part) for part in re.findall(r"\d+", typed)))
        if not set(codes) <= usable or (CANNOT_BE_CODED in codes and len(codes) > 1):
            raise ListRefused("Row %(row)s: these codes cannot be given together, or one is not in use.", row=number)
        read[name] = codes
    return read


_NAMES = tuple({heads[at].casefold() for heads in HEADS.values()} for at in (0, 2))
