"""How many definitions are generated: a few in every run, thousands with ``HYPOTHESIS_PROFILE=long``."""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("long", max_examples=5_000, deadline=None)
if os.environ.get("HYPOTHESIS_PROFILE") == "long":
    settings.load_profile("long")
