"""What weights cost: raking five margins, against one ``bincount`` per margin.

The floor is the least that one round of raking can be without working in groups: what each category of each margin adds
up to, once, over all cases.

``python -m benchmarks.weights``
"""

from __future__ import annotations

from statistics import median
from time import process_time

import numpy as np

from surveyapp.analysis.weighting import Caps, rake

ROUNDS = 9
SIZES = {5_000: 100.0, 100_000: 250.0}
"""Cases, and the milliseconds allowed."""
SHARES = ([0.5, 0.5], [0.2, 0.3, 0.5], [0.1, 0.2, 0.3, 0.4], [0.15, 0.25, 0.2, 0.3, 0.1], [1 / 12] * 12)


def rows() -> list[tuple[str, str, str, str, str]]:
    """What, measured, allowed, floor, ratio."""
    found = []
    for n, allowed in SIZES.items():
        draws = np.random.default_rng(n)
        cases = {f"m{place}": draws.choice(len(of), n, p=of[::-1]) for place, of in enumerate(SHARES)}
        targets = {f"m{place}": dict(enumerate(of)) for place, of in enumerate(SHARES)}
        base = draws.choice([0.5, 1.0, 1.5], n)
        for said, caps in (("", None), (", trimmed", Caps(0.3, 3))):
            spent, bare = [], []
            for _ in range(ROUNDS):
                began = process_time()
                rake(cases, targets, base, caps=caps)
                spent.append((process_time() - began) * 1000)
                began = process_time()
                for column in cases.values():
                    np.bincount(column, weights=base)
                bare.append((process_time() - began) * 1000)
            time, floor = median(spent), median(bare)
            what = f"raking 5 margins of {n:,} cases{said}"
            least = f"{floor:.2f} CPU-ms (one sum per margin)"
            found.append((what, f"{time:.1f} CPU-ms", f"{allowed:.0f} ms", least, f"{time / floor:.0f}"))
    return found


if __name__ == "__main__":
    for line in rows():
        print(*line, sep=" | ")
