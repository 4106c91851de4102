"""M: targets that can be weighted by: of what was asked, of every category, adding up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import product

from surveyapp.instrument.checks.context import Context
from surveyapp.instrument.checks.registry import Found, check
from surveyapp.instrument.near import nearest
from surveyapp.instrument.types import Shape
from surveyapp.instrument.weighting_definition import CellEntry, MarginEntry, SchemeEntry, SchemePartEntry

ROLE = "role"
MOST_OFF = 0.1
"""Percentage points by which shares that were rounded may miss 100."""


def _parts(context: Context) -> Iterator[tuple[SchemeEntry, SchemePartEntry]]:
    """Every part of every scheme; none without an instrument."""
    if context.instrument is not None and context.weighting is not None:
        for scheme in context.weighting.schemes:
            yield from ((scheme, part) for part in scheme.parts)


def _margins(context: Context) -> Iterator[tuple[SchemeEntry, SchemePartEntry, MarginEntry]]:
    for scheme, part in _parts(context):
        yield from ((scheme, part, margin) for margin in part.margins)


def _known_codes(context: Context, name: str, roles: list[str]) -> tuple[list[str], list[str]]:
    """The categories of a background, and those of them that can still be chosen."""
    if name == ROLE:
        return list(context.role_ids), roles or list(context.role_ids)
    categories = context.variables[name].categories if name in context.variables else ()
    return [str(one.code) for one in categories], [str(one.code) for one in categories if not one.retired]


def _is_usable(context: Context, name: str) -> bool:
    variable = context.variables.get(name)
    return name == ROLE or (variable is not None and variable.type.shape is Shape.CODE and bool(variable.categories))


@check(
    "M001",
    "A weighting rests on what cannot be weighted by.",
    "'%(name)s' weights by '%(variable)s', which is no question with one answer that %(year)s asks.",
    "Weight by a question with one answer of a list, or by the role.",
)
def unfit_variable(context: Context) -> Iterator[Found]:
    """Margins and cells are of questions of the wave with one answer; base weights are a number."""
    for scheme, part in _parts(context):
        for margin in part.margins:
            if not _is_usable(context, margin.variable):
                yield Found(margin.at("variable"), scheme.id, variable=margin.variable, year=context.year)
        for at, name in enumerate(part.by):
            if not _is_usable(context, name):
                yield Found(part.at("by", at), scheme.id, variable=name, year=context.year)
        base = context.variables.get(part.base or "")
        if part.base is not None and (base is None or base.type.shape is not Shape.NUMBER):
            yield Found(
                part.at("base"),
                scheme.id,
                "The base weights of '%(name)s' are '%(variable)s', which is no number that %(year)s asks.",
                variable=part.base,
                year=context.year,
            )


@check(
    "M002",
    "A weighting rests on what not everyone is asked.",
    "'%(name)s' weights '%(role)s' by '%(variable)s', which they are not asked.",
    "Give these roles a part of their own.",
)
def not_asked(context: Context) -> Iterator[Found]:
    """A background that a role is never asked is missing for all of it."""
    for scheme, part in _parts(context):
        used = [(margin.variable, margin.at("variable")) for margin in part.margins]
        used += [(name, part.at("by", at)) for at, name in enumerate(part.by)]
        if part.base is not None:
            used.append((part.base, part.at("base")))
        for name, place in used:
            universe = context.instrument.universes.get(name) if context.instrument else None
            if universe is None or name == ROLE:
                continue
            for role in part.roles or context.role_ids:
                if role in context.role_ids and role not in universe.by_role:
                    yield Found(place, scheme.id, role=role, variable=name)


@check(
    "M003",
    "A target is of a category that does not exist.",
    "'%(variable)s' has no category '%(category)s'.",
    "Name the code of a category, or of the margin 'role' a role.",
)
def unknown_category(context: Context) -> Iterator[Found]:
    """Codes of targets are in the list of their variable."""
    for _, part, margin in _margins(context):
        known, _ = _known_codes(context, margin.variable, part.roles)
        key = "shares" if margin.shares else "counts"
        for category in margin.shares or margin.counts if _is_usable(context, margin.variable) else ():
            if category not in known:
                instead = nearest(category, known)
                place = margin.at(key, category)
                yield Found(place, margin.variable, instead=instead, variable=margin.variable, category=category)
        for at, code in enumerate(margin.kept if _is_usable(context, margin.variable) else ()):
            if str(code) not in known:
                yield Found(margin.at("kept", at), margin.variable, variable=margin.variable, category=code)
    for _, part in _parts(context):
        for at, cell in enumerate(part.cells):
            for name, codes in zip(part.by, _lists(cell), strict=False):
                known, _ = _known_codes(context, name, part.roles)
                for code in codes if _is_usable(context, name) else ():
                    if str(code) not in known:
                        yield Found(part.at("cells", at, "codes"), name, variable=name, category=code)


@check(
    "M004",
    "A category has no target.",
    "'%(name)s' gives no target for '%(category)s'.",
    "Give every category that can be chosen a share, or name it under kept: it keeps the share it has then.",
)
def no_target(context: Context) -> Iterator[Found]:
    """Who answers what has no target could not be weighted."""
    for _, part, margin in _margins(context):
        given = margin.shares or margin.counts
        _, wanted = _known_codes(context, margin.variable, part.roles)
        for category in wanted if given and _is_usable(context, margin.variable) else ():
            if category not in given and category not in map(str, margin.kept):
                place = margin.at("shares" if margin.shares else "counts")
                yield Found(place, margin.variable, category=category)
    for scheme, part in _parts(context):
        if not part.cells or not all(_is_usable(context, name) for name in part.by):
            continue
        covered = Counter(cell for entry in part.cells for cell in product(*_lists(entry)))
        asked = [_known_codes(context, name, part.roles)[1] for name in part.by]
        for wanted_cell in product(*([int(code) for code in codes if code.isdecimal()] for codes in asked)):
            if wanted_cell not in covered:
                yield Found(part.at("cells"), scheme.id, category=" × ".join(map(str, wanted_cell)))


@check(
    "M005",
    "Targets do not add up.",
    "The shares of '%(name)s' add up to %(total)s instead of 100.",
    "Mend the shares; rounded to one decimal they may be 0.1 off.",
)
def not_adding_up(context: Context) -> Iterator[Found]:
    """Shares add up to 100, counts of one part to the same number."""
    for scheme, part in _parts(context):
        counted: dict[int, MarginEntry] = {}
        for margin in part.margins:
            if margin.shares and abs(sum(margin.shares.values()) - 100) > MOST_OFF + 1e-9:
                yield Found(margin.at("shares"), margin.variable, total=f"{sum(margin.shares.values()):g}")
            if margin.counts:
                counted.setdefault(sum(margin.counts.values()), margin)
        if len(counted) > 1:
            (total, first), (other_total, other) = list(counted.items())[:2]
            yield Found(
                other.at("counts"),
                other.variable,
                "The counts of '%(name)s' add up to %(other)s, those of '%(first)s' to %(total)s: margins of one "
                "population.",
                first=first.variable,
                total=total,
                other=other_total,
            )
        shares = [cell.share for cell in part.cells if cell.share is not None]
        if shares and abs(sum(shares) - 100) > MOST_OFF + 1e-9:
            yield Found(part.at("cells"), scheme.id, total=f"{sum(shares):g}")


@check(
    "M006",
    "The method and the targets of a weighting do not fit each other.",
    "'%(name)s' is made by '%(method)s' and does not hold what that needs, and that alone.",
    "Raking takes margins with shares or counts; cells take by and cells: a code for each of by, and a share or count.",
)
def unfit_method(context: Context) -> Iterator[Found]:
    """Raking has margins and no cells; cells have variables and no margins; a target is a share or a count."""
    for scheme, part in _parts(context):
        if part.method == "raking":
            is_fit = bool(part.margins) and not part.by and not part.cells
        else:
            is_fit = bool(part.by) and bool(part.cells) and not part.margins
        margins_fit = all(
            bool(margin.shares) != bool(margin.counts)
            and not {str(code) for code in margin.kept} & {*margin.shares, *margin.counts}
            for margin in part.margins
        )
        kinds = {(cell.share is None, cell.count is None) for cell in part.cells}
        cells_fit = kinds <= {(True, False)} or kinds <= {(False, True)}
        widths_fit = all(len(cell.codes) == len(part.by) for cell in part.cells)
        seen = Counter(cell for entry in part.cells for cell in product(*_lists(entry)))
        if not (is_fit and margins_fit and cells_fit and widths_fit) or any(n > 1 for n in seen.values()):
            yield Found(part.at("method"), scheme.id, method=part.method)


@check(
    "M007",
    "A role is weighted twice in one scheme.",
    "'%(name)s' weights '%(role)s' in more than one part.",
    "Name each role in one part; a part without roles is of all.",
)
def role_twice(context: Context) -> Iterator[Found]:
    """Parts of a scheme share no role."""
    if context.instrument is None or context.weighting is None:
        return
    for scheme in context.weighting.schemes:
        seen: set[str] = set()
        for part in scheme.parts:
            for role in part.roles or context.role_ids:
                if role in seen:
                    yield Found(part.at("roles") if part.roles else part.at("method"), scheme.id, role=role)
                    break
                seen.add(role)


def _lists(cell: CellEntry) -> list[list[int]]:
    return [code if isinstance(code, list) else [code] for code in cell.codes]
