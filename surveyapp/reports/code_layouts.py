"""What is counted of a variable's codes: which have a share, alone or together, and whether they have a mean."""

from __future__ import annotations

from collections.abc import Sequence

from surveyapp.analysis.code_tables import CodeLayout, CodeTable, code_tables
from surveyapp.analysis.columns import CodeColumn, Column, NumberColumn
from surveyapp.analysis.design import Design
from surveyapp.analysis.moments import Split
from surveyapp.instrument.model import Category, Instrument, Level, Variable
from surveyapp.reports.sentences import Words, both
from surveyapp.reports.subjects import Subject, region_codes, regions

HIGH_MARKS, LOW_MARKS = both("8 or higher"), both("Below 6")
PROMOTERS, PASSIVES, DETRACTORS = both("Promoters (9 or 10)"), both("Passives (7 or 8)"), both("Detractors (0 to 6)")
HIGHEST, LOWEST = both("Highest two"), both("Lowest two")


def tables(
    subjects: Sequence[Subject],
    columns: Sequence[Column],
    splits: tuple[Split, ...],
    instrument: Instrument,
    design: Design,
) -> list[CodeTable]:
    """What is counted of the codes and missing codes of some variables, in one go."""
    coded = [as_codes(*one) for one in zip(subjects, columns, strict=True)]
    layouts = [_layout(*one, instrument) for one in coded]
    # Errors of strata and clusters come of the cases, once the rest is there.
    return code_tables([column.coded for _, column in coded], layouts, splits, design.alone())


def as_codes(subject: Subject, column: Column) -> tuple[Subject, Column]:
    """A region in the place of its number: what is counted of a place."""
    variable = subject.variable
    if not (variable.type.traits.is_region and isinstance(column, NumberColumn)):
        return subject, column
    keys: dict[int, int | str] = {category.code: category.code for category in regions()}
    return Subject(variable, keys), CodeColumn(region_codes(column.values, column.missing))


def _layout(subject: Subject, column: Column, instrument: Instrument) -> CodeLayout:
    if not isinstance(column, CodeColumn):
        return CodeLayout()
    variable = subject.variable
    codes = tuple(category.code for category in categories_of(variable) if category.code in subject.keys)
    if not codes:  # it speaks of several questions, and only its bases are counted
        return CodeLayout(highest=max((*subject.keys, 0)))
    members = tuple(members for _, _, members in nets(variable, instrument))
    return CodeLayout(codes, members, variable.level is Level.SCORE, max(*subject.keys, 0))


def categories_of(variable: Variable) -> Sequence[Category]:
    """Its categories; of a place the regions."""
    return regions() if variable.type.traits.is_region else variable.categories


def nets(variable: Variable, instrument: Instrument) -> tuple[tuple[str, Words, tuple[int, ...]], ...]:
    """The groups of codes that are shown together: code of the row, label, codes."""
    codes = tuple(category.code for category in variable.categories)
    if variable.type.traits.headline == "mean":
        return (
            ("high_marks", HIGH_MARKS, tuple(code for code in codes if code >= 8)),
            ("low_marks", LOW_MARKS, tuple(code for code in codes if code < 6)),
        )
    if variable.type.traits.headline == "score":
        return (
            ("promoters", PROMOTERS, tuple(code for code in codes if code >= 9)),
            ("passives", PASSIVES, tuple(code for code in codes if 7 <= code <= 8)),
            ("detractors", DETRACTORS, tuple(code for code in codes if code <= 6)),
        )
    scale = instrument.scales.get(variable.scale) if variable.scale else None
    if scale is None or not scale.is_ordered or len(codes) != 5 or not variable.type.picks_one:
        return ()
    ordered = sorted(codes, reverse=scale.is_descending)
    return (
        ("top2", HIGHEST, tuple(ordered[-2:])),
        ("bottom2", LOWEST, tuple(ordered[:2])),
    )
