"""When people may be written to: a day and hour that suit, and never a Dutch public holiday."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from functools import cache

from dateutil.easter import easter

from surveyapp import clock

HOUR = time(10, 0)
WEEKDAYS = (1, 2, 3)
"""Tuesday to Thursday: the days on which most mail of this kind is answered."""
_FIXED = {(1, 1): "new_year", (5, 5): "liberation", (12, 25): "christmas", (12, 26): "second_christmas"}
_FROM_EASTER = {
    -2: "good_friday",
    0: "easter",
    1: "easter_monday",
    39: "ascension",
    49: "pentecost",
    50: "pentecost_monday",
}
NAMES: Mapping[str, Mapping[str, str]] = {
    "new_year": {"nl": "Nieuwjaarsdag", "en": "New Year’s Day"},
    "good_friday": {"nl": "Goede Vrijdag", "en": "Good Friday"},
    "easter": {"nl": "eerste paasdag", "en": "Easter Sunday"},
    "easter_monday": {"nl": "tweede paasdag", "en": "Easter Monday"},
    "kings_day": {"nl": "Koningsdag", "en": "King’s Day"},
    "liberation": {"nl": "Bevrijdingsdag", "en": "Liberation Day"},
    "ascension": {"nl": "Hemelvaartsdag", "en": "Ascension Day"},
    "pentecost": {"nl": "eerste pinksterdag", "en": "Whit Sunday"},
    "pentecost_monday": {"nl": "tweede pinksterdag", "en": "Whit Monday"},
    "christmas": {"nl": "eerste kerstdag", "en": "Christmas Day"},
    "second_christmas": {"nl": "tweede kerstdag", "en": "Boxing Day"},
}


@cache
def _of_year(year: int) -> Mapping[date, str]:
    found = {date(year, month, day): name for (month, day), name in _FIXED.items()}
    found |= {easter(year) + timedelta(days=days): name for days, name in _FROM_EASTER.items()}
    king = date(year, 4, 27)
    found[king - timedelta(days=1) if king.weekday() == 6 else king] = "kings_day"
    return found


def holiday(day: date) -> Mapping[str, str] | None:
    """What a day is called in each language where it is a Dutch public holiday; None where it is none.

    References
    ----------
    The Dutch government's list of public holidays (rijksoverheid.nl, "Wat zijn de officiële feestdagen in
    Nederland?"), Good Friday and 5 May of every year included: many do not work on them.
    """
    name = _of_year(day.year).get(day)
    return NAMES[name] if name is not None else None


def suggested(after: datetime) -> datetime:
    """The first Tuesday, Wednesday or Thursday at ten o'clock after this moment that is no holiday."""
    day = clock.local(after).date()
    while True:
        moment = datetime.combine(day, HOUR, clock.ZONE)
        if moment > after and day.weekday() in WEEKDAYS and holiday(day) is None:
            return moment
        day += timedelta(days=1)


def is_held(now: datetime) -> bool:
    """Whether nothing goes now because it is a holiday."""
    return holiday(clock.local(now).date()) is not None
