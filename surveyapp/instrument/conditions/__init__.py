"""The expression language: one parse, four uses (one respondent, a mask over all cases, a type check, a sentence).

Grammar (a short list of Python's expression nodes, read with ``ast``, never executed)::

    role == 'contractor' and gr_assign >= 7            comparisons and chains: 5 <= gr_assign < 8
    a_via in [2, 3, 4]     language == 'nl'            membership
    answered(x)  valid(x)  missing(x)                  a given answer · a valid code · any missing code, skipped too
    x == dk                                            na, dk, refused, skipped, not_asked are the missing codes
    count(b_channels) >= 2   any_of(b_channels, [2, 3])   all_of(b_channels, [2, 3])
    holds(…)                                           true when … is true, false when it is false or unknown
    not …   … and …   … or …   true   false

Three values (Kleene): comparing a missing answer with a valid code is unknown, and unknown stays unknown; ``show_if``
shows and a base counts only what is true. Comparing with a missing code compares with exactly that code.
"""

from surveyapp.instrument.conditions.parse import Condition, conjunction, parse_condition, unless

__all__ = ["Condition", "conjunction", "parse_condition", "unless"]
