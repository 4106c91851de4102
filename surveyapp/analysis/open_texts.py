"""What can be told of an open answer without understanding it: whether it is noise, and whether another is the same.

Made for Dutch and English. It knows no words, only what keyboards and both languages do not do by themselves: whoever
types a sentence that means nothing is not found, and neither is a sentence that a machine wrote.
"""

from __future__ import annotations

import re
import unicodedata

LEAST_LETTERS = 5
"""Fewer letters are an abbreviation as easily as noise."""
LEAST_COPY = 25
LEAST_WORDS = 4
"""Shorter answers are the same by chance: "no", "everything was fine"."""
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "azertyuiop")
_ALONG = tuple(row[at : at + 4] for line in _ROWS for row in (line, line[::-1]) for at in range(len(row) - 3))
_PAIRS = frozenset(
    [
        "bq",
        "bx",
        "cb",
        "cg",
        "cj",
        "cv",
        "cx",
        "cz",
        "dx",
        "fq",
        "fx",
        "gq",
        "gx",
        "hq",
        "hx",
        "jf",
        "jq",
        "jx",
        "jy",
        "jz",
        "kq",
        "kx",
        "lq",
        "mq",
        "mx",
        "pq",
        "px",
        "sx",
        "tq",
        "vb",
        "vc",
        "vf",
        "vg",
        "vh",
        "vj",
        "vk",
        "vp",
        "vq",
        "vt",
        "vw",
        "vx",
        "vz",
        "wq",
        "wx",
        "xj",
        "xk",
        "xz",
        "yq",
        "zb",
        "zc",
        "zf",
        "zg",
        "zj",
        "zk",
        "zm",
        "zn",
        "zp",
        "zq",
        "zr",
        "zs",
        "zt",
        "zv",
        "zx",
        "qa",
        "qb",
        "qc",
        "qd",
        "qe",
        "qf",
        "qg",
        "qh",
        "qi",
        "qj",
        "qk",
        "ql",
        "qm",
        "qn",
        "qo",
        "qp",
        "qr",
        "qs",
        "qt",
        "qv",
        "qw",
        "qx",
        "qy",
        "qz",
    ]
)
"""Letters that stand beside each other in neither language."""
_WORD = re.compile(r"[^\W\d_]+")
_PART = re.compile(r"[^\W_]+")
_REPEATED = re.compile(r"(.)\1{3}")


def normal_text(text: str) -> str:
    """The text without capitals, accents, punctuation and double spaces: what is equal then is a copy."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return " ".join(_PART.findall("".join(sign for sign in plain if not unicodedata.combining(sign))))


def is_long(normal: str) -> bool:
    """Whether two people would not write this by chance; ``normal`` as :func:`normal_text` gives it."""
    return len(normal) >= LEAST_COPY and normal.count(" ") + 1 >= LEAST_WORDS


def is_gibberish(text: str) -> bool:
    """Whether at least half of the letters stand in words that no Dutch or English word looks like.

    A word is noise where a letter comes four times in a row, four letters lie side by side on a keyboard, five letters
    and more have no vowel, or two pairs of letters that neither language has. The same word and nothing else four times
    is noise too. Fewer than five letters are never judged.

    References
    ----------
    By hand: "asdfg hjkl", "xxxxx", "sdfkjh vbvb zqx" and "test test test test" are; "angstschreeuw", "ja" and
    "duidelijke opdracht" are not.
    """
    words = _WORD.findall(text)
    letters = sum(map(len, words))
    if letters < LEAST_LETTERS:
        return False
    if len(words) >= 4 and len({word.casefold() for word in words}) == 1:
        return True
    noise = sum(len(word) for word in words if _is_noise(word))
    return noise * 2 >= letters


def _is_noise(word: str) -> bool:
    low = word.casefold()
    if _REPEATED.search(low) or any(run in low for run in _ALONG):
        return True
    if len(low) >= LEAST_LETTERS and not word.isupper() and low.isascii() and not set(low) & set("aeiouy"):
        return True
    return sum(low[at : at + 2] in _PAIRS for at in range(len(low) - 1)) >= 2
