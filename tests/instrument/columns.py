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

    def is_role(self, role: str) -> NDArray[np.bool_]:
        return np.array([own == role for _, own, _ in self.cases], dtype=np.bool_)

    def is_language(self, language: str) -> NDArray[np.bool_]:
        return np.array([own == language for _, _, own in self.cases], dtype=np.bool_)

    def _list(self, answers: Mapping[str, Any], name: str) -> list[int]:
        value = answers.get(name, -8)
        return value if isinstance(value, list) else []
