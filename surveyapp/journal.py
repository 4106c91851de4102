"""The log's library, without what it would colour a terminal with.

Where `rich` is installed, as flask-limiter has it installed, structlog imports it at once: eighty modules and some five
megabytes in every process, for lines of JSON. Who wants `rich` elsewhere still finds it.
"""

from __future__ import annotations

import sys

_is_there = "rich" in sys.modules
if not _is_there:
    sys.modules["rich"] = None  # type: ignore[assignment]  # to an import it is not installed
try:
    import structlog
finally:
    if not _is_there:
        del sys.modules["rich"]

__all__ = ["structlog"]
