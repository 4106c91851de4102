"""Pure statistics: arrays in, dataclasses out. Nothing here sees a case, a database or a request.

The names below are a library for a notebook, ``from surveyapp.analysis import Design, proportions``. A module is
imported when the first of its names is asked for, so whoever imports one submodule imports no other for it. No name is
also a module's: which of the two it is would depend on what was imported before.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from surveyapp.analysis.alpha import ItemOfScale, Reliability, reliability
    from surveyapp.analysis.column_comparison import ColumnTests, GroupFigures, column_tests, group_figures
    from surveyapp.analysis.columns import (
        AllocationColumn,
        ChoiceColumn,
        CodeColumn,
        Column,
        NumberColumn,
        RankColumn,
        TextColumn,
    )
    from surveyapp.analysis.corrections import Correction, adjusted, benjamini_hochberg, bonferroni, holm
    from surveyapp.analysis.crosstab import bases, code_moments, code_place, number_means, number_quantiles
    from surveyapp.analysis.dataset import Dataset
    from surveyapp.analysis.descriptives import design_effect, mean, quantile, ratio, share, total, variance
    from surveyapp.analysis.design import Design
    from surveyapp.analysis.differences import (
        Contrast,
        Mean,
        mean_difference,
        mean_of,
        paired_difference,
        share_difference,
    )
    from surveyapp.analysis.disclosure import Division, Family, hidden_populations
    from surveyapp.analysis.domains import Base, Difference, DomainFigure, base_of, difference
    from surveyapp.analysis.drivers import Driver, Importance, Method, Quadrant, relative_importance
    from surveyapp.analysis.estimates import (
        Estimate,
        Means,
        Weighted,
        means,
        means_of_codes,
        proportions,
        quantiles_of_codes,
        recommendation_scores,
        weighted_means,
        weighted_quantiles,
    )
    from surveyapp.analysis.factors import Loading, OneFactor, one_factor
    from surveyapp.analysis.importance import johnson, lmg
    from surveyapp.analysis.intervals import Interval, share_interval
    from surveyapp.analysis.kappa import Agreement, Disagreement, coder_agreement
    from surveyapp.analysis.mirrored import Gap, gaps
    from surveyapp.analysis.moments import Moments, Overlapping, Partition, banner_moments
    from surveyapp.analysis.multiple import Ranking, choice_moments, mean_amounts, ranking
    from surveyapp.analysis.multiple_coding import PooledAgreement, code_table, pooled_agreement
    from surveyapp.analysis.precision import Precision, PrecisionRule, precision_of
    from surveyapp.analysis.profiles import Profile, Step, profile_steps
    from surveyapp.analysis.promoters import Recommendation, recommendation, recommendation_change
    from surveyapp.analysis.quality import (
        Distances,
        NonResponse,
        even_odd_consistency,
        item_non_response,
        longest_runs,
        mahalanobis_distances,
        relative_speeds,
        spreads,
        straight_lines,
    )
    from surveyapp.analysis.recoding import banded, mean_steps, merged, netted
    from surveyapp.analysis.response_rates import DispositionCounts, Rate, outcome_rates
    from surveyapp.analysis.scales import scale_scores, share_of_items
    from surveyapp.analysis.significance import (
        Comparison,
        ComparisonRule,
        Mode,
        Rows,
        column_letters,
        score_tests,
        share_tests,
        welch_tests,
    )
    from surveyapp.analysis.suppression import HiddenCell, Reason, Suppression, suppressed_cells
    from surveyapp.analysis.two_way_tables import Independence, independence, of_counts, of_sums
    from surveyapp.analysis.verdict import Verdict
    from surveyapp.analysis.waves import Change, Trend, WaveValues, trend
    from surveyapp.analysis.weighting.calibration import calibrate
    from surveyapp.analysis.weighting.quality import Caps, MarginLine, Quality, Weighting, weight_quality
    from surveyapp.analysis.weighting.raking import poststratify, rake
    from surveyapp.analysis.weighting.trimming import trim_weights

_NAMES: dict[str, tuple[str, ...]] = {
    "alpha": (
        "ItemOfScale",
        "Reliability",
        "reliability",
    ),
    "column_comparison": (
        "ColumnTests",
        "GroupFigures",
        "column_tests",
        "group_figures",
    ),
    "columns": (
        "AllocationColumn",
        "ChoiceColumn",
        "CodeColumn",
        "Column",
        "NumberColumn",
        "RankColumn",
        "TextColumn",
    ),
    "corrections": (
        "Correction",
        "adjusted",
        "benjamini_hochberg",
        "bonferroni",
        "holm",
    ),
    "crosstab": (
        "bases",
        "code_moments",
        "code_place",
        "number_means",
        "number_quantiles",
    ),
    "dataset": ("Dataset",),
    "descriptives": (
        "design_effect",
        "mean",
        "quantile",
        "ratio",
        "share",
        "total",
        "variance",
    ),
    "design": ("Design",),
    "differences": (
        "Contrast",
        "Mean",
        "mean_difference",
        "mean_of",
        "paired_difference",
        "share_difference",
    ),
    "disclosure": (
        "Division",
        "Family",
        "hidden_populations",
    ),
    "domains": (
        "Base",
        "Difference",
        "DomainFigure",
        "base_of",
        "difference",
    ),
    "drivers": (
        "Driver",
        "Importance",
        "Method",
        "Quadrant",
        "relative_importance",
    ),
    "estimates": (
        "Estimate",
        "Means",
        "Weighted",
        "means",
        "means_of_codes",
        "proportions",
        "quantiles_of_codes",
        "recommendation_scores",
        "weighted_means",
        "weighted_quantiles",
    ),
    "factors": (
        "Loading",
        "OneFactor",
        "one_factor",
    ),
    "importance": (
        "johnson",
        "lmg",
    ),
    "intervals": (
        "Interval",
        "share_interval",
    ),
    "kappa": (
        "Agreement",
        "Disagreement",
        "coder_agreement",
    ),
    "mirrored": (
        "Gap",
        "gaps",
    ),
    "moments": (
        "Moments",
        "Overlapping",
        "Partition",
        "banner_moments",
    ),
    "multiple": (
        "Ranking",
        "choice_moments",
        "mean_amounts",
        "ranking",
    ),
    "multiple_coding": (
        "PooledAgreement",
        "code_table",
        "pooled_agreement",
    ),
    "precision": (
        "Precision",
        "PrecisionRule",
        "precision_of",
    ),
    "profiles": (
        "Profile",
        "Step",
        "profile_steps",
    ),
    "promoters": (
        "Recommendation",
        "recommendation",
        "recommendation_change",
    ),
    "quality": (
        "Distances",
        "NonResponse",
        "even_odd_consistency",
        "item_non_response",
        "longest_runs",
        "mahalanobis_distances",
        "relative_speeds",
        "spreads",
        "straight_lines",
    ),
    "recoding": ("banded", "mean_steps", "merged", "netted"),
    "response_rates": (
        "DispositionCounts",
        "Rate",
        "outcome_rates",
    ),
    "scales": (
        "scale_scores",
        "share_of_items",
    ),
    "significance": (
        "Comparison",
        "ComparisonRule",
        "Mode",
        "Rows",
        "column_letters",
        "score_tests",
        "share_tests",
        "welch_tests",
    ),
    "suppression": (
        "HiddenCell",
        "Reason",
        "Suppression",
        "suppressed_cells",
    ),
    "two_way_tables": (
        "Independence",
        "independence",
        "of_counts",
        "of_sums",
    ),
    "verdict": ("Verdict",),
    "waves": (
        "Change",
        "Trend",
        "WaveValues",
        "trend",
    ),
    "weighting.calibration": ("calibrate",),
    "weighting.quality": (
        "Caps",
        "MarginLine",
        "Quality",
        "Weighting",
        "weight_quality",
    ),
    "weighting.raking": (
        "poststratify",
        "rake",
    ),
    "weighting.trimming": ("trim_weights",),
}
"""Per module what it gives; the imports above say the same to who checks types, and a test holds the two equal."""

_HOMES = {name: module for module, names in _NAMES.items() for name in names}

__all__ = [*_HOMES]

if not TYPE_CHECKING:  # or a name that nobody gives would pass for one

    def __getattr__(name: str) -> object:
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        found = globals()[name] = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
        return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
