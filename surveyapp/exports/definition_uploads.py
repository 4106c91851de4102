"""What was sent in for a definition: an archive of its files, a translators' workbook, or a form of a spreadsheet.

Size, parts and what they unfold to are looked at before any of it is read.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from surveyapp.errors import DefinitionRefused, ImportRefused
from surveyapp.exports.incoming_books import read_book
from surveyapp.exports.translators_book import ABOUT, TEXTS, ReturnedBook, read_translators_book
from surveyapp.exports.xlsform_book import read_xlsform
from surveyapp.instrument.study_archive import require_honest
from surveyapp.instrument.xlsform.aliases import SURVEY
from surveyapp.instrument.xlsform.form import Form

_OF_A_WORKBOOK = "xl/workbook.xml"


def read_upload(data: bytes) -> ReturnedBook | Form | None:
    """The workbook that was sent in; None for an archive.

    Raises
    ------
    DefinitionRefused     it is none of them, too large, or a workbook of another kind
    """
    if _OF_A_WORKBOOK not in require_honest(data):
        return None
    with TemporaryDirectory() as folder:
        path = Path(folder) / "sent.xlsx"
        path.write_bytes(data)
        try:
            sheets = read_book(path, (TEXTS, ABOUT, SURVEY))
            if SURVEY in sheets:
                return read_xlsform(path)
            return read_translators_book(path)
        except DefinitionRefused:
            raise
        except ImportRefused as refused:
            raise DefinitionRefused(
                "The workbook cannot be read; save it anew as .xlsx, of at most 5 MB.", refused.faults
            ) from None
