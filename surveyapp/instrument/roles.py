"""The sides that answer a study."""

from __future__ import annotations

from dataclasses import dataclass

from surveyapp.instrument.variables import Text


@dataclass(frozen=True, slots=True)
class Role:
    """A side of the market that answers its own questionnaire."""

    id: str
    label: Text
    plural: Text
    description: Text  # on the landing page: "I work for clients as an independent professional"
