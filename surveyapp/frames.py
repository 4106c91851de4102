"""pandas, without the library of columns in files that it takes along wherever that is installed.

pandas asks for pyarrow when it is imported, and holds it from then on: 53 MB in every process that makes a book or
reads a list, for the one that makes Parquet. Here pandas does not find it, and who writes Parquet imports it there.
Where pandas was imported before, as in a notebook, it stays as it is.
"""

from __future__ import annotations

import sys
from typing import Any

_ARROW: Any = "pyarrow"
_is_kept_away = not {"pandas", _ARROW} & sys.modules.keys()
if _is_kept_away:
    sys.modules[_ARROW] = None  # type: ignore[assignment]  # what Python knows a missing module by
try:
    import pandas as pd
finally:
    if _is_kept_away:
        del sys.modules[_ARROW]

__all__ = ["pd"]
