"""What can be done to a code frame: each is a function from a frame to the next, and a code is never deleted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from surveyapp.errors import NotFound, WrongState
from surveyapp.instrument.coding import CANNOT_BE_CODED, IN_USE, MERGED, RETIRED, SPLIT, Frame, FrameCode
from surveyapp.instrument.variables import Text

LONGEST_LABEL = 80
LONGEST_DESCRIPTION = 400
MOST_CODES = 100


def added(frame: Frame, label: Mapping[str, str], description: Mapping[str, str] | None = None) -> Frame:
    """With one more code, under the next number, at the end."""
    if len(frame.codes) >= MOST_CODES:
        raise WrongState("A frame has at most %(most)s codes; merge some first.", most=MOST_CODES)
    code = next(number for number in range(1, CANNOT_BE_CODED) if frame.find(number) is None)
    _require_own_label(frame, label, None)
    described = Text(description) if description and any(description.values()) else None
    made = FrameCode(code, _key(frame, label), Text(label), described)
    return replace(frame, codes=(*frame.codes, made))


def worded(frame: Frame, code: int, label: Mapping[str, str], description: Mapping[str, str] | None) -> Frame:
    """With other words for a code; its number and key stay."""
    entry = _entry(frame, code)
    _require_own_label(frame, label, code)
    described = Text(description) if description and any(description.values()) else None
    return _with(frame, replace(entry, label=Text(label), description=described))


def moved(frame: Frame, code: int, by: int) -> Frame:
    """With a code one place earlier (-1) or later (1) among those in use."""
    _require_in_use(frame, code)
    order = list(frame.codes)
    places = [at for at, one in enumerate(order) if one.is_in_use]
    here = next(at for at, place in enumerate(places) if order[place].code == code)
    there = here + by
    if 0 <= there < len(places):
        first, second = places[here], places[there]
        order[first], order[second] = order[second], order[first]
    return replace(frame, codes=tuple(order))


def retired(frame: Frame, code: int) -> Frame:
    """With a code that is given to nothing any more; where it was given it stays."""
    _require_another(frame, code)
    return _with(frame, replace(_require_in_use(frame, code), state=RETIRED))


def revived(frame: Frame, code: int) -> Frame:
    """With a retired code in use again."""
    entry = _entry(frame, code)
    if entry.state != RETIRED:
        raise WrongState("Code %(code)s is not retired.", code=code)
    _require_own_label(frame, entry.label, code)
    return _with(frame, replace(entry, state=IN_USE))


def merged(frame: Frame, code: int, into: int) -> Frame:
    """With a code that counts as another one from now on, wherever it was given."""
    entry = _require_in_use(frame, code)
    _require_in_use(frame, into)
    if code == into:
        raise WrongState("A code cannot be merged into itself.")
    return _with(frame, replace(entry, state=MERGED, into=(into,)))


def split(frame: Frame, code: int, labels: Sequence[Mapping[str, str]]) -> Frame:
    """With new codes in the place of one; every answer that has it waits to be coded again."""
    _require_in_use(frame, code)
    if len(labels) < 2:
        raise WrongState("A code is split into two or more: give each a label.")
    before = {one.code for one in frame.codes}
    made = frame
    for label in labels:
        made = added(made, label)
    new = [one for one in made.codes if one.code not in before]
    kept = [one for one in made.codes if one.code in before]
    at = next(place for place, one in enumerate(kept) if one.code == code)
    kept[at] = replace(kept[at], state=SPLIT, into=tuple(one.code for one in new))
    return replace(made, codes=(*kept[: at + 1], *new, *kept[at + 1 :]))


def _with(frame: Frame, entry: FrameCode) -> Frame:
    return replace(frame, codes=tuple(entry if one.code == entry.code else one for one in frame.codes))


def _entry(frame: Frame, code: int) -> FrameCode:
    found = frame.find(code)
    if found is None:
        raise NotFound("The frame has no code %(code)s.", code=code)
    return found


def _require_in_use(frame: Frame, code: int) -> FrameCode:
    found = _entry(frame, code)
    if not found.is_in_use:
        raise WrongState("Code %(code)s is not in use any more.", code=code)
    return found


def _require_another(frame: Frame, code: int) -> None:
    if [one.code for one in frame.in_use] == [code]:
        raise WrongState("This is the last code in use; add another one first.")


def _require_own_label(frame: Frame, label: Mapping[str, str], but: int | None) -> None:
    for one in frame.in_use:
        for language, words in label.items():
            if one.code != but and one.label[language].strip().casefold() == words.strip().casefold():
                raise WrongState("There is a code with the label “%(label)s” already.", label=words)


def _key(frame: Frame, label: Mapping[str, str]) -> str:
    """A key of the label's own words, which no code of the frame has; English where there is any."""
    words = label.get("en") or next(iter(label.values()), "")
    plain = "".join(sign if sign.isascii() and sign.isalnum() else "_" for sign in words.casefold())
    parts = [part for part in plain.split("_") if part]
    start = "_".join(parts)[:30].strip("_")
    key = start if start[:1].isalpha() else f"code_{start}".rstrip("_")
    number = 2
    found = key
    while frame.by_key(found) is not None:
        found, number = f"{key}_{number}", number + 1
    return found
