"""What a name of a form is called here, and in which row of the workbook it stands."""

from __future__ import annotations

import re

from surveyapp.instrument.conditions.parse import WORDS
from surveyapp.instrument.xlsform.form import Form, Spot


def variable_of(name: str) -> str:
    """The name of a question as a variable."""
    made = re.sub(r"[^a-z0-9_]+", "_", name.lower()).strip("_")
    made = (made if re.match(r"[a-z]", made) else f"q_{made}")[:32]
    return f"q_{made}"[:32] if len(made) < 2 or made in WORDS else made


def id_of(name: str) -> str:
    """The name of a group or note as the id of a page, set or information."""
    made = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    return (made if re.match(r"[a-z]", made) else f"p-{made}")[:36]


def list_of(name: str) -> str:
    """The name of a list of choices as a code list."""
    made = re.sub(r"[^a-z0-9_]+", "_", name.lower()).strip("_")[:39]
    return made if re.match(r"[a-z]", made) else f"l_{made}"


def spots_of(form: Form) -> dict[str, Spot]:
    """Where what is named in a questionnaire made of a form stands in its workbook: by its name there and here."""
    found: dict[str, Spot] = {}
    for called, spots in form.places.items():
        of_list = called.removeprefix("list ") if called.startswith("list ") else ""
        names = (called, list_of(of_list)) if of_list else (called, variable_of(called), id_of(called))
        for name in names:
            found.setdefault(name, spots[0])
    return found
