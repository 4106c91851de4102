"""What a table found, in a sentence: made of its printed figures, its letters and its tests, and of nothing else.

A difference is named only where a letter (an arrow, against the rest) stands for it, and "not significant" only where
something was tested. So what is hidden, too imprecise or too small to be tested is in no sentence, and a reader can lay
each word beside the table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from surveyapp.analysis.verdict import Verdict
from surveyapp.catalogues import LANGUAGES
from surveyapp.instrument.model import Study
from surveyapp.instrument.weighting import UNWEIGHTED
from surveyapp.reports import formatting
from surveyapp.reports.differences import HIGHER, LOWER
from surveyapp.reports.finding_words import (
    MOST_NAMED,
    largest_difference,
    listed,
    marks_given,
    measured,
    named,
    said,
    with_value,
)
from surveyapp.reports.grid import Bases, Figure, Grid, Item, Line, Measure
from surveyapp.reports.lettered_differences import BannerColumns, Difference, banner_columns, differences
from surveyapp.reports.sentences import Words, both, joined, quoted

SHARES, SUMS = ("code", "first", "net"), ("mean", "score", "points")
UNSAID = ("count", "year", "month")
"""Units of which nobody says "higher": counts are not tested, and a year is later or earlier."""


@dataclass(frozen=True, slots=True)
class _Found:
    """What is said of one banner; ``equal`` says in short that nothing differs, where nothing does."""

    text: Words
    equal: Words | None = None


def with_finding(grid: Grid, study: Study, *, is_against_rest: bool = False) -> Grid:
    """The table with what it found."""
    return replace(grid, finding=table_finding(grid, study.significance, is_against_rest=is_against_rest))


def table_finding(
    grid: Grid, level: float, lines: Sequence[Line] | None = None, *, is_against_rest: bool = False
) -> Words | None:
    """What a table of one or more variables over its banners found; None where no test says anything.

    Parameters
    ----------
    level :           below which a p-value is significant, as its letters were given
    lines :           those of its lines that are printed; absent: all
    is_against_rest : its columns were tested against all others together, and not against each other
    """
    if any(_is_silent(bases[0]) for bases in grid.bases):
        return None
    banners = list(banner_columns(grid, level))
    shown = [line for line in (grid.lines if lines is None else lines) if line[0].unit not in UNSAID]
    of_items = [[line for line in shown if line[0].item == item.variable] for item in grid.items]
    made = [(one, _of_banner(of_items, one, is_against_rest)) for one in banners]
    found = [(one.label, said) for one, said in made if said is not None]
    text = [_headed(label, one.text) for label, one in found if len(banners) == 1 or one.equal is None]
    alike: dict[str, list[tuple[Words, Words]]] = {}
    for label, one in found:
        if len(banners) > 1 and one.equal is not None:
            alike.setdefault(one.equal["en"], []).append((label, one.equal))
    text += [
        _headed({at: ", ".join(label[at] for label, _ in same) for at in LANGUAGES}, same[0][1])
        for same in alike.values()
    ]
    if not text:
        return None
    if grid.weight != UNWEIGHTED:
        text.append(both("These figures are weighted."))
    return {language: " ".join(one[language] for one in text) for language in LANGUAGES}


def _of_banner(of_items: Sequence[Sequence[Line]], banner: BannerColumns, is_against_rest: bool) -> _Found | None:
    """By the lines that say most; by means where no test says anything of the shares."""
    items = banner.grid.items
    make = _beside_rest if is_against_rest else _of_items if len(items) > 1 else _of_one
    pairs = list(zip(of_items, items, strict=True))
    first = [headline(lines, item) for lines, item in pairs]
    found = make(first, banner)
    if found is not None or any(banner.has_letters(lines) for lines in first):
        return found
    return make([_sums(lines, item) for lines, item in pairs], banner)


def _headed(label: Words, text: Words) -> Words:
    return {language: f"{label[language]}: {text[language]}" for language in LANGUAGES}


def headline(lines: Sequence[Line], item: Item) -> list[Line]:
    """The lines that a sentence may be about: a score or a mark by itself, otherwise shares, nets before codes."""
    sums = _sums(lines, item)
    if sums and (sums[0][0].kind == "score" or sums[0][0].unit == "mark"):
        return sums[:1]
    shares = [line for line in lines if line[0].kind in SHARES]
    nets = [line for line in shares if line[0].kind == "net"]
    return nets if any(one.letters for _, figures in nets for one in figures) else shares or sums


def _sums(lines: Sequence[Line], item: Item) -> list[Line]:
    """Means, scores and points; none of a scale that descends, whose higher mean says less."""
    return [] if item.is_descending else [line for line in lines if line[0].kind in SUMS]


def _of_one(of_items: Sequence[Sequence[Line]], banner: BannerColumns) -> _Found | None:
    (lines,) = of_items
    pairs = [pair for pair in differences(lines, banner) if pair.is_seen]
    if pairs and len(lines) == 1 and pairs[0].measure.unit != "share":
        return _Found(_on_average(pairs[0].measure, _higher_than(pairs, banner)))
    if pairs:
        return _Found(_difference(max(pairs, key=lambda pair: pair.size), banner))
    if banner.has_letters(lines):
        return None  # a difference that rounding took away
    if lines and lines[0][0].kind in ("mean", "score"):
        text = _not_higher(lines[0], banner)
        return None if text is None else _Found(_on_average(lines[0][0], text), _none_of(lines[0][0]))
    return _whole(banner)


def _none_of(measure: Measure) -> Words:
    """That no mean or score differs; beside shares that do it would mislead not to say of what."""
    if measure.kind == "score":
        return both("none of the tested differences between scores is significant.")
    return both("none of the tested differences between means is significant.")


def _on_average(measure: Measure, text: Words) -> Words:
    """A mark speaks for itself; of another mean the sentence says that it is one."""
    return both("on average %(text)s", text=text) if (measure.kind, measure.unit) == ("mean", "mean") else text


def _higher_than(pairs: Sequence[Difference], banner: BannerColumns) -> Words:
    """The highest group that is significantly higher than others, and those it is."""
    top = max(pairs, key=lambda pair: pair.figures[pair.higher].value or 0.0)
    groups, figures, measure = banner.grid.groups, top.figures, top.measure
    others = sorted(
        (pair.lower for pair in pairs if pair.higher == top.higher), key=lambda at: figures[at].value or 0.0
    )
    if _are_two_roles(banner, (measure, figures)):
        sides = [(groups[at], figures[at]) for at in (top.higher, others[0])]
        return marks_given(sides[0], sides[1], measure, is_different=True)
    return both(
        "%(value)s for %(one)s, significantly higher than for %(others)s.",
        value=said(figures[top.higher], measure),
        one=named(groups[top.higher]),
        others=listed([with_value(groups[at], figures[at], measure) for at in others]),
    )


def _difference(pair: Difference, banner: BannerColumns, of: Words | None = None) -> Words:
    groups = banner.grid.groups
    return largest_difference(
        measured(pair.measure, of),
        (groups[pair.higher], pair.figures[pair.higher]),
        (groups[pair.lower], pair.figures[pair.lower]),
        pair.measure,
    )


def _not_higher(line: Line, banner: BannerColumns) -> Words | None:
    """What the groups come to whose mean or score was tested, where no difference is one."""
    (measure, figures), groups = line, banner.grid.groups
    tested = banner.tested(line)
    if len(tested) < 2 or banner.is_nested:
        return None
    tested_high_first = sorted(tested, key=lambda at: -(figures[at].value or 0.0))
    if _are_two_roles(banner, line):
        sides = [(groups[at], figures[at]) for at in tested_high_first]
        return marks_given(sides[0], sides[1], measure, is_different=False)
    highest, lowest = tested_high_first[0], tested_high_first[-1]
    if len(tested) <= MOST_NAMED:
        each = [both("%(value)s for %(one)s", value=said(figures[at], measure), one=named(groups[at])) for at in tested]
        if len(tested) == 2:
            return both("%(values)s; the difference is not significant.", values=joined(each))
        values, none = joined(each), _none_of(measure)
        return {language: f"{values[language]}; {none[language]}" for language in LANGUAGES}
    return both(
        "from %(low)s for %(lowest)s to %(high)s for %(highest)s; %(none)s",
        none=_none_of(measure),
        low=said(figures[lowest], measure),
        lowest=named(groups[lowest]),
        high=said(figures[highest], measure),
        highest=named(groups[highest]),
    )


def _are_two_roles(banner: BannerColumns, line: Line) -> bool:
    """Whether two sides give each other or the work a mark: people who give one, and not something that gets it."""
    return banner.name == "role" and line[0].unit == "mark" and len(banner.tested(line)) == 2


def _whole(banner: BannerColumns) -> _Found | None:
    """What the test of all shares together says, where no letter stands."""
    for test in banner.grid.item.tests:
        if test.banner == banner.name and test.p is not None:
            p = {language: formatting.p_value(test.p, language) for language in LANGUAGES}
            if test.p >= banner.level:
                text = both("the answers do not differ significantly (%(p)s).", p=p)
                return _Found(text, both("the answers do not differ significantly."))
            return _Found(
                both("the answers differ significantly as a whole (%(p)s), but no two groups on a single answer.", p=p)
            )
    return None


def _of_items(of_items: Sequence[Sequence[Line]], banner: BannerColumns) -> _Found | None:
    """Of several questions the one with the largest difference, and on which others there are differences."""
    items = banner.grid.items
    lines = [line for same in of_items for line in same]
    if len({measure.unit for measure, _ in lines}) != 1:
        return None
    largest: dict[str, Difference] = {}
    for pair in differences(lines, banner):
        before = largest.get(pair.measure.item)
        if pair.is_seen and (before is None or pair.size > before.size):
            largest[pair.measure.item] = pair
    if largest:
        first = max(largest.values(), key=lambda pair: pair.size)
        titles = {item.variable: item.title for item in items}
        text = _difference(first, banner, titles[first.measure.item])
        others = [quoted([titles[name]]) for name in titles if name in largest and name != first.measure.item]
        also = [both("Also significant: %(items)s.", items=listed(others))] if others else []
        return _Found({language: " ".join(one[language] for one in (text, *also)) for language in LANGUAGES})
    if banner.has_letters(lines) or banner.is_nested:
        return None
    if lines[0][0].unit == "share":
        tests = [next((one.p for one in item.tests if one.banner == banner.name), None) for item in items]
        if all(p is not None and p >= banner.level for p in tests):
            text = both("on none of these questions do the answers differ significantly.")
            return _Found(text, text)
        return None
    if any(len(banner.tested(line)) > 1 for line in lines):
        return _Found(_none_of(lines[0][0]), _none_of(lines[0][0]))
    return None


def _beside_rest(of_items: Sequence[Sequence[Line]], banner: BannerColumns) -> _Found | None:
    """Who lies above or below all others together, on the line where somebody lies farthest from the whole."""
    lines = [line for same in of_items for line in same]
    if len({measure.unit for measure, _ in lines}) != 1:
        return None
    if not banner.has_letters(lines):
        are_tested = lines[0][0].kind in ("mean", "score") and all(len(banner.tested(line)) > 1 for line in lines)
        if not are_tested:
            return None
        text = both("no group that was tested has a significantly different mean from all others together.")
        if lines[0][0].kind == "score":
            text = both("no group that was tested has a significantly different score from all others together.")
        return _Found(text, text)
    measure, figures = max(lines, key=lambda line: _farthest(line[1], banner))
    groups, items = banner.grid.groups, banner.grid.items
    sides = {
        mark: [with_value(groups[at], figures[at], measure) for at in banner.columns if figures[at].letters == mark]
        for mark in (HIGHER, LOWER)
    }
    higher, lower = (listed(sides[mark]) if sides[mark] else None for mark in (HIGHER, LOWER))
    if higher and lower:
        text = both(
            "significantly higher than all others together: %(higher)s; significantly lower: %(lower)s.",
            higher=higher,
            lower=lower,
        )
    elif higher:
        text = both("significantly higher than all others together: %(higher)s.", higher=higher)
    else:
        text = both("significantly lower than all others together: %(lower)s.", lower=lower or {})
    title = next((item.title for item in items if item.variable == measure.item), None) if len(items) > 1 else None
    if title is None and measure.kind in ("mean", "score"):
        return _Found(text)
    return _Found(_headed(quoted([measured(measure, title)]), text))


def _farthest(figures: Sequence[Figure], banner: BannerColumns) -> float:
    """How far somebody who differs lies from the whole."""
    whole = figures[0].value or 0.0
    return max((abs((figures[at].value or 0.0) - whole) for at in banner.columns if figures[at].letters), default=-1.0)


def _is_silent(bases: Bases) -> bool:
    return bases.is_hidden or bases.precision is Verdict.NOT_SHOWN
