"""What a shaded figure says to who sees no shade, and what stands under a table that has one."""

from __future__ import annotations

from surveyapp.reports.grid import Grid
from surveyapp.web.languages import translate


def apart(step: int) -> str:
    """How far a figure lies from those of all others together."""
    return {
        -3: translate("far lower than the others"),
        -2: translate("clearly lower than the others"),
        -1: translate("somewhat lower than the others"),
        1: translate("somewhat higher than the others"),
        2: translate("clearly higher than the others"),
        3: translate("far higher than the others"),
    }.get(step, "")


def shades(grid: Grid) -> tuple[str, ...]:
    """What the shades mean; nothing where there are none."""
    if not any(one.step for figures in grid.figures for one in figures):
        return ()
    return (
        translate(
            "Shaded: differs significantly, blue for higher and amber for lower, the darker the further from all "
            "others together, by effect size (Cohen’s h of shares, d of means): from 0.2, 0.5 and 0.8."
        ),
    )
