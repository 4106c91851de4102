"""A list of answers as columns, for masks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray


class SmallColumns:
    """Columns made of answers, roles and languages case by case."""

    def __init__(self, cases: Sequence[tuple[Mapping[str, Any], str, str]]) -> None:
        self.cases = cases

    def __len__(self) -> int:
        return len(self.cases)

    def codes(self, name: str) -> NDArray[np.int64]:
        found = [answers.get(name, -8) for answers, _, _ in self.cases]
        values = [value if isinstance(value, int) else int(value) if isinstance(value, float) else 0 for value in found]
        return np.array(values, dtype=np.int64)

    def numbers(self, name: str) -> NDArray[np.float64]:
        return np.array([float(answers.get(name, -8)) for answers, _, _ in self.cases], dtype=np.float64)

    def chosen(self, name: str, code: int) -> NDArray[np.bool_]:
        return np.array([code in self._list(answers, name) for answers, _, _ in self.cases], dtype=np.bool_)

    def count(self, name: str) -> NDArray[np.int64]:
        return np.array([len(self._list(answers, name)) for answers, _, _ in self.cases], dtype=np.int64)

    def has(self, system_variable: str, value: str) -> NDArray[np.bool_]:
        known = [{"role": role, "language": language} for _, role, language in self.cases]
        return np.array([one[system_variable] == value for one in known], dtype=np.bool_)

    def _list(self, answers: Mapping[str, Any], name: str) -> list[int]:
        value = answers.get(name, -8)
        return value if isinstance(value, list) else []
