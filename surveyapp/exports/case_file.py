"""The frame of the cases, read back from the ``csv`` export: the same codes, the same metadata, no database."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import Any

from surveyapp.catalogues import LANGUAGES
from surveyapp.errors import ExportError
from surveyapp.exports.case_columns import CATEGORIES, described
from surveyapp.exports.case_frame import DAYS, MINUTES, TEXT, numbers, with_attrs
from surveyapp.exports.flat_files import LIVE
from surveyapp.exports.flat_tables import INTERNATIONAL
from surveyapp.exports.words import Words
from surveyapp.frames import pd

_MISSING = re.compile(r"^(-\d+): (.+)$", re.MULTILINE)


def case_file(path: Path) -> pd.DataFrame:
    """The cases in an exported ``.zip``, as :func:`surveyapp.exports.case_frame.case_frame` gives them.

    Names of the platform's own columns that occur in no case are not known here. A ``'`` that was put before a text
    which looked like a formula is taken off again.

    Raises
    ------
    ExportError     this is no such file
    """
    try:
        with zipfile.ZipFile(path) as archive:
            readme = archive.read("readme.txt").decode("utf-8")
            codes, labels, variables, values = (
                _table(archive, name) for name in ("data-codes", "data-labels", "variables", "values")
            )
    except (KeyError, zipfile.BadZipFile, UnicodeDecodeError, pd.errors.ParserError):
        raise ExportError("“%(file)s” is no csv export of this platform.", file=path.name) from None
    words = _words(readme, path)
    keys = {name: dict(zip(codes[name], labels[name], strict=True)) for name in CATEGORIES}
    return with_attrs(
        pd.DataFrame({name: _typed(codes[name]) for name in codes}),
        title=readme.partition("\n")[0],
        language=words.language,
        moment=_told(readme, words("Data of")),
        definition=_told(readme, words("Definition")),
        made_up=words.made_up(words.made_up(True) in readme),
        columns=described(
            list(codes),
            variables.to_dict("records"),
            values.to_dict("records"),
            {int(code): label for code, label in _MISSING.findall(readme)},
            keys,
            words,
        ),
    )


def _table(archive: zipfile.ZipFile, name: str) -> pd.DataFrame:
    with archive.open(f"{name}-{INTERNATIONAL.name}.csv") as content:
        table = pd.read_csv(content, dtype=TEXT, keep_default_na=False, encoding="utf-8")
    return table.apply(
        lambda column: column.where(~column.str.startswith(tuple(f"'{one}" for one in LIVE)), column.str[1:])
    )


def _typed(column: pd.Series[Any]) -> Any:
    if column.name in CATEGORIES:
        return pd.Categorical(column)
    if column.name in DAYS:
        return pd.to_datetime(column.replace("", None), format="%Y-%m-%d").astype("datetime64[s]")
    if column.name == "response_id":
        return column
    values = column.to_numpy(dtype=float)
    return pd.array(values, dtype="Float64") if column.name == MINUTES else numbers(values)


def _words(readme: str, path: Path) -> Words:
    """The language the file was made in."""
    for words in map(Words, LANGUAGES):
        if words("Restricted: single answers. Do not pass on.") in readme:
            return words
    raise ExportError("“%(file)s” is no csv export of this platform.", file=path.name)


def _told(readme: str, what: str) -> str:
    return readme.partition(f"\n{what}: ")[2].partition("\n")[0]
