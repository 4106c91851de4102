"""Problems and prompts in words: what is wrong, and an example or limit that shows how to mend it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from babel.dates import format_date
from babel.numbers import format_decimal

from surveyapp.catalogues import LOCALES
from surveyapp.engine.answers import Problem
from surveyapp.engine.examples import USUAL_YEAR
from surveyapp.engine.numbers import spell_number
from surveyapp.instrument.model import Question
from surveyapp.web import languages
from surveyapp.web.languages import translate as _
from surveyapp.web.rendering import whole

Words = Callable[[Problem, Question], str]


def message(problem: Problem, question: Question) -> str:
    """The sentence for a problem or prompt, in the language of the request."""
    return WORDS[problem.code](problem, question)


def _spelled(value: object) -> str:
    return spell_number(value, languages.current()) if isinstance(value, int | float) else str(value)


def _grouped(value: object) -> str:
    """A limit or an amount as the language writes it in a sentence: 20.000 and 20,000, which may be typed as well."""
    if isinstance(value, int | float):
        return format_decimal(value, locale=LOCALES[languages.current()], decimal_quantization=False)
    return str(value)


def _label(question: Question, code: object) -> str:
    language = languages.current()
    if isinstance(code, int):
        for missing in question.missing:
            if missing.code == code:
                return missing.label[language]
        if code in question.variable.codes:
            return question.variable.category(code).label[language]
    return ""


def _required(_problem: Problem, question: Question) -> str:
    if question.variable.type.traits.scale:
        scale = question.variable.codes
        ends = {"low": scale[0], "high": scale[-1]}
        if question.missing:
            apart = question.missing[0].label[languages.current()]
            return _("Choose a score from %(low)s to %(high)s, or choose “%(apart)s”.", apart=apart, **ends)
        return _("Choose a score from %(low)s to %(high)s.", **ends)
    return _("Choose an answer. The questions that follow depend on it.")


def _out_of_range(problem: Problem, question: Question) -> str:
    if question.variable.type.traits.has_years:
        return _not_a_year(problem, question)
    low, high = problem.parameters.get("minimum"), problem.parameters.get("maximum")
    if high is None:
        return _("Enter a number of %(low)s or more.", low=_grouped(low))
    return _("Enter a number from %(low)s to %(high)s.", low=_grouped(low), high=_grouped(high))


def _not_a_year(problem: Problem, _question: Question) -> str:
    low, high = problem.parameters.get("minimum"), problem.parameters.get("maximum")
    if low is None and high is None:
        return _("Enter a year in four digits, for example %(example)s.", example=USUAL_YEAR)
    if high is None:
        return _("Enter a year in four digits, %(low)s or later.", low=_spelled(low))
    if low is None:
        return _("Enter a year in four digits, %(high)s or earlier.", high=_spelled(high))
    return _("Enter a year in four digits, from %(low)s to %(high)s.", low=_spelled(low), high=_spelled(high))


def _decimal_sign(problem: Problem, question: Question) -> str:
    example = str(problem.parameters["example"])
    if not any(sign in example for sign in ",."):
        return _("Enter a number in figures without a point or comma, for example %(example)s.", example=example)
    unit = question.variable.unit
    if unit is not None and "euro" in unit["en"]:
        return _("Use a point for the cents, for example %(example)s.", example=example)
    return _("Use a point as the decimal sign, for example %(example)s.", example=example)


def _too_many_decimals(problem: Problem, _question: Question) -> str:
    decimals = problem.parameters["decimals"]
    if not decimals:
        return _("Enter a whole number, without decimals.")
    return languages.translate_plural(
        "Use at most %(n)s digit after the point, for example %(example)s.",
        "Use at most %(n)s digits after the point, for example %(example)s.",
        int(str(decimals)),
        example=problem.parameters["example"],
    )


def _exclusive(problem: Problem, question: Question) -> str:
    apart = _label(question, problem.parameters["exclusive"])
    return _("You chose “%(apart)s” and another answer. Which one applies?", apart=apart)


def _missing_and_value(problem: Problem, question: Question) -> str:
    apart = _label(question, problem.parameters["missing"])
    return _("You filled in an answer and chose “%(apart)s”. Which one applies?", apart=apart)


def _skipped(problem: Problem, _question: Question) -> str:
    if problem.parameters.get("appeared"):
        return _("This question came up because of your answer.")
    return _("You skipped this question.")


def _other_text(_problem: Problem, question: Question) -> str:
    other = next(category for category in question.variable.categories if category.other)
    label = other.label[languages.current()]
    return _("You chose “%(other)s”. Would you like to say what? You can also simply continue.", other=label)


def _implausible(problem: Problem, question: Question) -> str:
    value = (_grouped if question.variable.type.traits.is_amount else _spelled)(problem.parameters["value"])
    return _("You entered %(value)s. Is that right? If so, simply continue.", value=value)


def _incomplete_month(problem: Problem, _question: Question) -> str:
    march = date(int(str(problem.parameters["example"])), 3, 1)
    example = format_date(march, "MMMM yyyy", locale=LOCALES[languages.current()])
    return _("Enter both the month and the year, for example %(example)s.", example=example)


def _duplicate(problem: Problem, question: Question) -> str:
    option = _label(question, problem.parameters["category"])
    return _("You chose “%(option)s” more than once. Choose it for one place only.", option=option)


def _too_long(problem: Problem, _question: Question) -> str:
    maximum, length = (int(str(problem.parameters[name])) for name in ("maximum", "length"))
    return languages.translate_plural(
        "Your text is %(over)s character too long: %(maximum)s at most.",
        "Your text is %(over)s characters too long: %(maximum)s at most.",
        length - maximum,
        over=whole(length - maximum),
        maximum=whole(maximum),
    )


def _plain(text: str, *names: str) -> Words:
    def words(problem: Problem, _question: Question) -> str:
        return _(text, **{name: _spelled(problem.parameters[name]) for name in names})

    return words


def N_(text: str) -> str:  # noqa: N802  (gettext's own name: marks a text for the catalogue, translated later)
    """Mark a text for the catalogue."""
    return text


WORDS: Mapping[str, Words] = {
    "required": _required,
    "not_a_number": _plain(N_("Enter a number in figures, for example %(example)s."), "example"),
    "decimal_sign": _decimal_sign,
    "too_many_decimals": _too_many_decimals,
    "other_currency": _plain(
        N_("Enter the amount in euros, without another currency sign, for example %(example)s."), "example"
    ),
    "out_of_range": _out_of_range,
    "not_a_year": _not_a_year,
    "not_a_month": _plain(N_("Choose a month from the list.")),
    "incomplete_month": _incomplete_month,
    "not_a_region": _plain(N_("Enter the first two digits of a postcode, for example %(example)s."), "example"),
    "too_many": _plain(N_("Choose %(maximum)s at most. You chose %(chosen)s."), "maximum", "chosen"),
    "too_few": _plain(N_("Choose at least %(minimum)s. You chose %(chosen)s."), "minimum", "chosen"),
    "exclusive": _exclusive,
    "missing_and_value": _missing_and_value,
    "ranking_duplicate": _duplicate,
    "ranking_gap": _plain(N_("Choose your number %(place)s too, or move your choices up."), "place"),
    "allocation_sum": _plain(N_("Together this has to be %(total)s. It is now %(sum)s."), "total", "sum"),
    "too_long": _too_long,
    "unusable_characters": _plain(N_("Your text holds a character that cannot be stored. Type that piece again.")),
    "skipped": _skipped,
    "other_text": _other_text,
    "implausible": _implausible,
    "characters_removed": _plain(
        N_("Some characters in your text cannot be kept and were taken out. Look the text over, then simply continue.")
    ),
}
"""Every code of `surveyapp.engine.validate`; a test holds the two equal."""
