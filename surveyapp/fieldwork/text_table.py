"""A table somebody saved as a text file, read strictly: every row has its number, and what is unsure is refused.

Rows are numbered as a spreadsheet numbers them: the header is row 1, and a first line ``sep=;``, which tells a
spreadsheet what stands between the columns and which none shows, is no row. Nothing is guessed that could be wrong in
silence: a file in another encoding than was declared, or one that was once saved in the wrong one, is refused with the
row that shows it. Rows without a cell filled in are left out. What is read is a frame of texts; why `csv` and not
`read_csv` takes it apart stands in `docs/decisions/0031-one-frame.md`.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from surveyapp.errors import ImportRefused, RowFault
from surveyapp.instrument.encodings import kind_of_file, spoilt_at
from surveyapp.instrument.near import do_you_mean, nearest
from surveyapp.numerals import counted

if TYPE_CHECKING:
    from surveyapp.frames import pd

MOST_FAULTS = 50
HEADER_ROW = 1
SEPARATORS = (";", ",", "\t")
_CONTROLS = re.compile("[\x80-\x9f]")
_SEPARATOR_LINE = re.compile(r"(\"?)sep=([^\r\n])\1[;,\t]*(?:\r\n|\r|\n|$)", re.IGNORECASE)
_ERROR = re.compile(
    r"#(?:N/A|N/B|REF!|VERW!|VALUE!|WAARDE!|DIV/0!|DEEL/0!|NAME\?|NAAM\?|NUM!|GETAL!|NULL!|LEEG!|#{2,})", re.IGNORECASE
)
"""What a spreadsheet writes for a formula that failed, in English and Dutch, or for a column that was too narrow."""
_OF_ANOTHER_PROGRAM = re.compile(
    "[A-Za-z][\u201a\u0192\u201e\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u017d\u0178\u2018\u2022\u02dc](?=[a-z\\s]|$)"
)
"""What é, ë and è of DOS and of old Macs look like when they are read as what Windows programs write."""


def read_text_table(
    data: bytes,
    *,
    separator: str | None,
    encoding: str | None,
    most_bytes: int,
    most_rows: int,
    may_be_short: bool = False,
    marks: Iterable[str] = (),
) -> pd.DataFrame:
    """Read a file of separated values.

    Returns
    -------
    A column for each name of the header, a row for each that holds something under its number; every cell is a text
    without blanks around it, '' behind the end of a row.

    Parameters
    ----------
    separator : absent: the one the file names or, where it names none, the one of ``; , tab`` the header has most of
    encoding :  ``utf-8``, ``latin-1`` or ``cp1252``; absent: UTF-8, or else what a Windows spreadsheet saves
    may_be_short : a row may leave out cells at its end
    marks :     cells that mean "no answer", even where they look like an error of a spreadsheet

    Raises
    ------
    ImportRefused     it cannot be read with certainty; ``faults`` name the rows, at most fifty
    """
    if len(data) > most_bytes:
        raise ImportRefused(f"The file has {len(data):,} bytes; at most {most_bytes:,} are read.")
    text = _decoded(data, encoding, separator)
    said = _SEPARATOR_LINE.match(text)
    if said is not None:
        text = text[said.end() :]
        if separator is not None and said[2] != separator:
            raise ImportRefused(f"The file says {said[0].strip()!r}, and '{separator}' was declared; declare the same.")
    separator = separator or (said[2] if said is not None else _separator_of(text))
    lines = _lines(text, separator)
    header = lines.pop(HEADER_ROW, None)
    if len(lines) > most_rows:
        raise ImportRefused(f"The file has {len(lines):,} rows; at most {most_rows:,} are read.")
    if header is not None and not any(header):
        fault = RowFault(HEADER_ROW, None, "holds nothing; the names of the columns belong here")
        raise ImportRefused("The file does not begin with the names of its columns.", (fault,))
    if header is None or not lines:
        raise ImportRefused("The file has no rows below its header.")
    if len(header) * len(lines) > most_bytes:  # rows that end early cost no bytes, but cells all the same
        raise ImportRefused(f"The header has {len(header):,} columns for {counted(len(lines), 'row', 'rows')}.")
    _require_separator(header, separator)
    _require_width(header, lines, may_be_short)
    _require_well_saved(header, lines, {*marks}, is_guessed=encoding is None and not _is_utf8(data))
    from surveyapp.frames import pd  # only then: most commands of a group that reads a file read none

    whole = [row + [""] * (len(header) - len(row)) for row in lines.values()]
    return pd.DataFrame(whole, index=list(lines), columns=header, dtype=object)


def require_columns(header: Sequence[str], known: Sequence[str], needed: Iterable[str], why: str) -> None:
    """Refuse a header that has a column twice, one that is not known (the nearest is named), or lacks one.

    Parameters
    ----------
    why : what is wrong with a column that is not known, behind its name
    """
    counts = Counter(name for name in header if name)
    free = [name for name in known if name not in counts]
    unknown = {name: nearest(name, free) for name in counts if name not in known}
    faults = [
        *(RowFault(HEADER_ROW, name, "stands twice in the header") for name, times in counts.items() if times > 1),
        *(
            RowFault(HEADER_ROW, name, why + (do_you_mean(meant, "en") if meant else ""))
            for name, meant in unknown.items()
        ),
        *(
            RowFault(HEADER_ROW, name, "is not in the file")
            for name in needed
            if name not in counts and name not in unknown.values()
        ),
    ]
    if "" in header:
        faults.append(RowFault(HEADER_ROW, None, f"the column in place {header.index('') + 1} has no name"))
    if faults:
        raise ImportRefused("The file's columns are not those that are read.", tuple(faults[:MOST_FAULTS]))


def _decoded(data: bytes, encoding: str | None, separator: str | None) -> str:
    kind = kind_of_file(data)
    if kind is not None:
        raise ImportRefused(f"The file is {kind}; save it as CSV UTF-8.")
    if b"\0" in data:
        row = _row_of(data[: data.index(b"\0")].decode("latin-1"), separator)
        raise ImportRefused("The file holds a NUL byte: it is no text file.", (RowFault(row, None, "NUL byte"),))
    is_utf8 = _is_utf8(data)
    if encoding in ("latin-1", "cp1252") and is_utf8 and not data.isascii():
        raise ImportRefused(f"The file was declared {encoding} and is utf-8; declare encoding: utf-8.")
    wanted = encoding or ("utf-8" if is_utf8 else "cp1252")
    try:
        text = data.decode("utf-8-sig" if wanted == "utf-8" else wanted)
    except UnicodeDecodeError as error:
        row = _row_of(data[: error.start].decode("latin-1"), separator)
        fault = RowFault(row, None, f"byte {data[error.start]:#04x} is not {wanted}")
        raise ImportRefused(f"The file is not {wanted}; save it as CSV UTF-8.", (fault,)) from error
    if wanted == "latin-1" and (control := _CONTROLS.search(text)) is not None:
        row = _row_of(text[: control.start()], separator)
        fault = RowFault(row, None, "a sign that is a control character in latin-1")
        raise ImportRefused("The file was declared latin-1 and is probably cp1252; declare the right one.", (fault,))
    return text


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _row_of(before: str, separator: str | None) -> int:
    """The row in which what was read so far ends, as a spreadsheet counts: a cell of many lines stands in one row."""
    said = _SEPARATOR_LINE.match(before)
    before = before[said.end() :] if said is not None else before
    separator = separator or (said[2] if said is not None else _separator_of(before))
    return max(1, sum(1 for _ in csv.reader(io.StringIO(f"{before}.", newline=""), delimiter=separator)))


def _separator_of(text: str) -> str:
    return max(SEPARATORS, key=text.partition("\n")[0].count)


def _lines(text: str, separator: str) -> dict[int, list[str]]:
    """Every row that holds something, by its number; the header counts whatever it holds."""
    found: dict[int, list[str]] = {}
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    number = 0
    try:
        for number, row in enumerate(reader, HEADER_ROW):
            cells = [cell.strip() for cell in row]
            if number == HEADER_ROW or any(cells):
                found[number] = cells
    except csv.Error as error:
        fault = RowFault(number + 1, None, f"line {reader.line_num}: {error}")
        raise ImportRefused(
            f"The file is no table with '{separator}' between its columns: {error}.", (fault,)
        ) from error
    return found


def _require_separator(header: Sequence[str], separator: str) -> None:
    """A header in one piece that another separator would divide."""
    other = max((*SEPARATORS, "|"), key=header[0].count)
    if len(header) == 1 and header[0].count(other) and separator != other:
        named = {"\t": "a tab"}
        fault = RowFault(
            HEADER_ROW,
            None,
            f"{named.get(other, repr(other))} stands there, not {named.get(separator, repr(separator))}",
        )
        raise ImportRefused("Another sign stands between the columns than the one they are read by.", (fault,))


def _require_width(header: Sequence[str], rows: Mapping[int, list[str]], may_be_short: bool) -> None:
    ragged = [
        RowFault(number, None, f"{counted(len(row), 'column', 'columns')} where the header has {len(header)}")
        for number, row in rows.items()
        if len(row) > len(header) or (len(row) < len(header) and not may_be_short)
    ]
    if ragged:
        raise ImportRefused("Rows have more or fewer columns than the header.", tuple(ragged[:MOST_FAULTS]))


def _require_well_saved(
    header: Sequence[str], rows: Mapping[int, list[str]], marks: set[str], *, is_guessed: bool
) -> None:
    """Refuse letters that were lost or doubled on the way ("Ã©", "�"), and what a failed formula left in a cell."""
    letters: list[RowFault] = []
    errors: list[RowFault] = []
    for number, row in {HEADER_ROW: header, **rows}.items():
        for column, cell in zip(header, row, strict=False):
            where = number, None if number == HEADER_ROW else column
            if not cell.isascii():
                if spoilt_at(cell) is not None or (is_guessed and _OF_ANOTHER_PROGRAM.search(cell)):
                    letters.append(RowFault(*where, f"'{cell[:40]}' has letters that were saved in the wrong encoding"))
            elif cell[:1] == "#" and cell not in marks and _ERROR.fullmatch(cell):
                errors.append(RowFault(*where, f"'{cell}' is an error of the spreadsheet, and no value"))
    if letters:
        raise ImportRefused(
            "Letters were lost or doubled when this file was saved; export it again as CSV UTF-8.",
            tuple(letters[:MOST_FAULTS]),
        )
    if errors:
        raise ImportRefused(
            "The spreadsheet could not compute some cells; mend them there.", tuple(errors[:MOST_FAULTS])
        )
