"""Answers given under several versions of a wave's instrument, stacked in one column per variable."""

from __future__ import annotations

import numpy as np

from surveyapp.analysis.columns import AllocationColumn, ChoiceColumn, Column, RankColumn
from surveyapp.instrument.model import Variable


def fitted(column: Column, variable: Variable) -> Column:
    """The column of an earlier version in the shape of this variable, which may have codes and places added since."""
    n, codes = len(column.missing), variable.codes
    match column:
        case ChoiceColumn() if column.codes != codes:
            chosen = np.zeros((n, len(codes)), dtype=np.bool_)
            for place, code in enumerate(codes):
                if code in column.codes:
                    chosen[:, place] = column.chosen[:, column.codes.index(code)]
            return ChoiceColumn(codes, chosen, column.missing)
        case AllocationColumn() if column.codes != codes:
            amounts = np.zeros((n, len(codes)))
            for place, code in enumerate(codes):
                if code in column.codes:
                    amounts[:, place] = column.amounts[:, column.codes.index(code)]
            return AllocationColumn(codes, amounts, column.missing)
        case RankColumn():
            places = np.full((n, max(variable.ranks, 1)), -1, dtype=np.int16)
            shared = min(places.shape[1], column.places.shape[1])
            places[:, :shared] = column.places[:, :shared]
            return RankColumn(codes, places, column.missing)
        case _:
            return column
