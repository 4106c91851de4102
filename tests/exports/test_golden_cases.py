"""The cells and bytes of the case files, as they were before there was one frame behind them."""

from __future__ import annotations

import json

import pytest

from tests.exports.golden_cases import GOLDEN, content


@pytest.fixture(scope="module")
def made() -> dict[str, list[object]]:
    return content()


HELD = json.loads(GOLDEN.read_text(encoding="ascii"))


@pytest.mark.parametrize("name", HELD)
def test_every_cell_is_the_one_it_was(made: dict[str, list[object]], name: str) -> None:
    assert made[name] == HELD[name]


def test_no_file_came_or_went(made: dict[str, list[object]]) -> None:
    assert list(made) == list(HELD)
