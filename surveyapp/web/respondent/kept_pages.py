"""Pages that look the same to everybody, drawn once: what is one person's own is filled into their blanks.

A page that repeats something somebody said is never kept (`PageView.is_personal`), so what is kept tells of nobody.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Mapping
from typing import Any

from markupsafe import escape

from surveyapp.recent import Recent

KEPT = 256
"""Pages, some fifteen kilobytes each."""
_BLANK = re.compile("\ufdd0([a-z_]+)\ufdd1")
"""A blank stands between two signs that Unicode has given to no text."""
_recent: Recent[Hashable, list[str]] = Recent(KEPT)


def filled_in(key: Hashable, blanks: Mapping[str, object], draw: Callable[[Mapping[str, Any]], str]) -> str:
    """A page with everything that is this person's own.

    Parameters
    ----------
    key :    all that the page shows but for its blanks
    blanks : what is filled in, by name
    draw :   makes the page of what stands in place of its blanks, by name; asked where the page is not kept
    """
    pieces = _recent.get(key, lambda: _BLANK.split(draw({name: f"\ufdd0{name}\ufdd1" for name in blanks})))
    own = {name: str(escape(value)) for name, value in blanks.items()}
    return "".join(own.get(piece, "") if at % 2 else piece for at, piece in enumerate(pieces))
