"""A study made of a form, written as a folder: whole, and only where nothing stood."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from surveyapp.errors import DefinitionError, ImportRefused, WrongState
from surveyapp.instrument.findings import Finding
from surveyapp.instrument.loader import read_instrument
from surveyapp.instrument.xlsform.yaml_text import yaml_text

COMMENT = "Made of an XLSForm by surveyapp xlsform in; complete it and run surveyapp check."


def write_study(documents: Mapping[str, Any], folder: Path, year: int) -> tuple[Finding, ...]:
    """Write the files and say what the checks find in them.

    Raises
    ------
    WrongState          there is something at ``folder``
    DefinitionError     the name is none of a study, or the files cannot be written
    ImportRefused       the form makes no questionnaire that can be read; nothing was written
    """
    if not re.fullmatch(r"[a-z][a-z0-9-]{1,63}", folder.name):
        raise DefinitionError(f"'{folder.name}' is no name for a study; use small letters, digits and hyphens.")
    if folder.exists():
        raise WrongState(f"{folder} is there already; choose another study or folder.")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(mkdtemp(prefix=".xlsform-", dir=folder.parent)) / folder.name
    except OSError as error:
        raise DefinitionError(f"{folder.parent} cannot be written ({error.strerror}).") from None
    try:
        for name, data in documents.items():
            path = draft / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(yaml_text(data, COMMENT), "utf-8", newline="\n")
        instrument, findings = read_instrument(draft, year)
        if instrument is None:
            faults = tuple(each.as_fault() for each in findings if each.level == "error")
            raise ImportRefused("The form makes no questionnaire that can be read; nothing was written.", faults)
        draft.rename(folder)
    except OSError as error:
        raise DefinitionError(f"{folder} cannot be written ({error.strerror}).") from None
    finally:
        shutil.rmtree(draft.parent, ignore_errors=True)
    return read_instrument(folder, year)[1]
