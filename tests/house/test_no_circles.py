"""No module needs, by whatever way and however late, a module that needs it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter

import grimp
import pytest


def in_order(imports: Mapping[str, Iterable[str]]) -> list[str]:
    """Modules, each after what it imports.

    Raises
    ------
    CycleError     there is no such order
    """
    return list(TopologicalSorter(imports).static_order())


def test_every_module_can_be_read_after_those_it_imports() -> None:
    graph = grimp.build_graph("surveyapp", cache_dir=None)
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    assert len(imports) > 400
    assert set(in_order(imports)) == set(imports)


def test_two_that_import_each_other_are_seen() -> None:
    with pytest.raises(CycleError):
        in_order({"one": ["other"], "other": ["third"], "third": ["one"]})
