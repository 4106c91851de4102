"""Weights by which cases take the shares of a population: raking, cells, bounded calibration, trimming, and how good
they are."""

from surveyapp.analysis.weighting.calibration import calibrate
from surveyapp.analysis.weighting.margins import MISSING, Category, Columns
from surveyapp.analysis.weighting.quality import Caps, MarginLine, Quality, Weighting, weight_quality
from surveyapp.analysis.weighting.raking import poststratify, rake
from surveyapp.analysis.weighting.trimming import trim_weights

__all__ = [
    "MISSING",
    "Caps",
    "Category",
    "Columns",
    "MarginLine",
    "Quality",
    "Weighting",
    "calibrate",
    "poststratify",
    "rake",
    "trim_weights",
    "weight_quality",
]
