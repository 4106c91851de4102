"""The benchmarks run by hand, so that nothing else notices when a name they use has gone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).parents[2]


def test_every_benchmark_finds_what_it_measures() -> None:
    """In a process of their own: their floors have tables, which would join ours."""
    names = sorted(f"benchmarks.{path.stem}" for path in (PROJECT / "benchmarks").glob("[!_]*.py"))
    assert names
    asked = [sys.executable, "-c", f"import {', '.join(names)}"]
    answer = subprocess.run(asked, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
