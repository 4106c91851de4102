"""``make bench``: every measurement in one run; writes benchmarks/results.md."""

from __future__ import annotations

import logging
import os
import platform
from pathlib import Path

from benchmarks import (
    books,
    data_files,
    fieldwork,
    figures,
    frames,
    instrument,
    lean,
    live,
    mailings,
    quality,
    sample,
    server,
    slow_network,
    step,
    weighted_banner,
    weights,
)
from surveyapp import clock

# Counted as in use, yet high enough for one machine that does all the asking.
os.environ.setdefault("SURVEYAPP_FLOOD_LIMIT", "1000000000")
RESULTS = Path(__file__).parent / "results.md"


def rows() -> list[tuple[str, str, str, str, str]]:
    """What, measured, allowed, floor, ratio."""
    found: list[tuple[str, str, str, str, str]] = []
    cost = step.measure()
    found.append(
        (
            "a step: post, commit, next page",
            f"{cost['step_ms']:.1f} CPU-ms",
            "2 × the floor",
            f"{cost['bare_ms']:.1f} CPU-ms (bare Flask + Flask-WTF + SQLModel)",
            f"{cost['ratio']:.2f}",
        )
    )
    found += lean.rows()
    found += [
        (
            f"all {size['variables']:.0f} variables by role, {size['cases']:,} cases",
            f"{size['figures_ms']:.0f} ms",
            f"{size['allowed_ms']:.0f} ms",
            f"{size['floor_ms']:.1f} ms (numpy counts alone)",
            f"{size['ratio']:.1f}",
        )
        for size in figures.measure()
    ]
    found += [
        (
            f"{book['book']} book, 1,500 cases",
            f"{float(book['seconds']):.1f} CPU-s, {float(book['megabytes']):.0f} MB",
            "20 s and 300 MB for both",
            f"{float(book['floor_seconds']):.1f} CPU-s, {float(book['floor_megabytes']):.0f} MB (plain cells)",
            f"{float(book['ratio']):.1f}",
        )
        for book in books.measure()
    ]
    found += weighted_banner.rows()
    found += weights.rows()
    found += quality.rows()
    found += sample.rows()
    found += mailings.rows()
    found += frames.rows()
    found += data_files.rows()
    found += live.rows()
    found += fieldwork.rows()
    found += instrument.measure()
    found += [(*row, "") for row in server.measure()]
    found += slow_network.rows()
    return found


def main() -> None:
    """Measure and write the table."""
    logging.disable(logging.CRITICAL)
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows())
    RESULTS.write_text(
        f"""# Results
Measured on {clock.today().isoformat()}, {os.cpu_count()} shared cores, {platform.system()} {platform.machine()},
Python {platform.python_version()}.
Each figure stands beside a floor measured in the same run; on shared cores the ratios say more than the times.
`make bench` writes this page anew.

| what | measured | allowed | floor | ratio |
|---|---|---|---|---|
{table}
""",
        encoding="utf-8",
    )
    print(RESULTS.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
