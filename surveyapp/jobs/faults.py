"""What the log may know of a fault nobody foresaw: its own text may quote a row, an address included."""

from __future__ import annotations

import traceback


def place(error: BaseException) -> str:
    """Where it happened, e.g. ``…/jobs/mail.py:61``; empty when nobody raised it."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{frames[-1].filename}:{frames[-1].lineno}" if frames else ""
