"""Where a long word may be parted at the end of a line of a table.

Browsers hyphenate by the language of the page where they have its patterns; these seams serve where they have none.
Nowhere is a word broken without a hyphen: a column is as wide as the longest piece in it.
"""

from __future__ import annotations

import re

JOINER = "\u2060"  # takes no room; no line ends there: 10–49 stays whole
_DASH = re.compile(r"(?<=\d)–(?=\d)")
SHY = "\u00ad"  # shown only where the line ends there
_PARTED = """
aan-beveling aan-bestedings arbeids-voor-waarden bemid-delaar beoor-deling be-trouwbaar-heid dienst-verlening
duide-lijk-heid financi-eel hoofd-aannemer inde-pendent in-hurend inter-mediar inter-mediair maat-schappelijk
onder-neming onder-handel op-dracht-gever op-dracht-nemer orga-nisatie orga-nisation procure-ment
profes-sional recom-men-dation respon-dent respons-percen-tage samen-werking satis-faction standaard-afwijking stan-dard
ter-beschik-king tevreden-heid uit-voering verant-woorde verwach-tingen voor-bereiding voor-waarde
volle-dig-heid zelf-standig
"""
_SEAMS = {parted.replace("-", ""): parted.replace("-", SHY) for parted in _PARTED.split()}
_WORDS = re.compile("|".join(sorted(_SEAMS, key=len, reverse=True)), re.IGNORECASE)


def soft(text: str) -> str:
    """The text with soft hyphens where long words may be parted (op|dracht|gever), and its ranges held together."""
    parted = _WORDS.sub(lambda word: _as_written(word.group(), _SEAMS[word.group().lower()]), text)
    return _DASH.sub(f"–{JOINER}", parted)


def _as_written(word: str, parted: str) -> str:
    """The parted word with the capitals of the word as it stands."""
    letters = iter(word)
    return "".join(one if one == SHY else next(letters) for one in parted)
