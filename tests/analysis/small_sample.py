"""Twelve people in three strata and seven clusters, in R: d <- data.frame(h, c, w, y, x, g, o, N), and

des1 <- svydesign(ids = ~1, weights = ~w, data = d)
des2 <- svydesign(ids = ~c, strata = ~h, weights = ~w, data = d, nest = TRUE)
des3 <- svydesign(ids = ~1, strata = ~h, weights = ~w, fpc = ~N, data = d)
"""

from __future__ import annotations

import numpy as np

from surveyapp.analysis.design import Design

H = list("aaaabbbbbccc")
C = [1, 1, 2, 3, 1, 1, 2, 2, 3, 1, 2, 2]
W = np.array([1.2, 0.8, 2.5, 0.5, 1, 1.5, 0.7, 3, 0.4, 1.1, 0.9, 1.4])
Y = np.array([8.0, 7, 9, 6, 8, 5, 7, 6, 9, 4, 7, 6])
X = np.array([10.0, 9, 12, np.nan, 11, 7, 8, 9, 10, 5, 8, 7])
G = np.array([1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 1], dtype=bool)
O = np.array([1, 0, 1, 1, 0, 1, 1, 0, 1, 0, 1, 1], dtype=bool)  # noqa: E741  as in R
N = np.array([40] * 4 + [60] * 5 + [30] * 3)
WEIGHTED = Design(W)
CLUSTERED = Design(W, H, C)
FINITE = Design(W, H, population=N)
DESIGNS = (WEIGHTED, CLUSTERED, FINITE)
