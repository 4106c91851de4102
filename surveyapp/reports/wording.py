"""What stands around the figures: the question as it was put, who was asked, how it was computed, and remarks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set

from surveyapp.analysis.significance import Comparison
from surveyapp.catalogues import LANGUAGES
from surveyapp.engine.pipe import piped
from surveyapp.instrument.conditions.sentence import universe_text
from surveyapp.instrument.derivation_words import derivation_text
from surveyapp.instrument.model import (
    Information,
    Instrument,
    Question,
    QuestionSet,
    Shape,
    TrendEffect,
    Universe,
    Variable,
)
from surveyapp.reports.coding_words import coded_remarks
from surveyapp.reports.exclusions import excluded_note
from surveyapp.reports.filter_words import codebook
from surveyapp.reports.formatting import moment
from surveyapp.reports.grid import Grid
from surveyapp.reports.publishing import least_for_step
from surveyapp.reports.sentences import Words, both
from surveyapp.reports.tests_in_words import Compared, tests_line
from surveyapp.reports.wave_data import WaveData


def base_titles(grid: Grid, language: str) -> Iterator[str]:
    """What each line of bases is called: its item, and where several bear that name, first what is measured of it."""
    titles = [item.title[language] for item in grid.items]
    measured = {measure.item: measure.label[language] for measure in reversed(grid.measures)}
    for item, title in zip(grid.items, titles, strict=True):
        yield f"{measured[item.variable]}: {title}" if titles.count(title) > 1 and item.variable in measured else title


def question_texts(variable: Variable, instrument: Instrument) -> dict[str, Words]:
    """The question as it was put to each role, by role id; statements after the words that introduce them."""
    found: dict[str, Words] = {}
    for role, questionnaire in instrument.questionnaires.items():
        page = questionnaire.page_of.get(variable.name)
        if page is None:
            continue
        for item in questionnaire.by_id[page].items:
            if isinstance(item, Information):
                continue
            for question in item.questions if isinstance(item, QuestionSet) else (item,):
                if question.name == variable.name:
                    found[role] = _asked(question, item, instrument)
    return found


def _asked(question: Question, item: Question | QuestionSet, instrument: Instrument) -> Words:
    said: dict[str, str] = {}
    for language in LANGUAGES:
        text = piped(question.text[language], instrument, {}, language)
        if isinstance(item, QuestionSet):
            text = f"{piped(item.text[language], instrument, {}, language)} – {text}"
        said[language] = text
    return said


def question_text(variable: Variable, instrument: Instrument, roles: Mapping[str, Words]) -> Words:
    """The wording a table shows: of the first role it was put to, or the variable's label where nobody was asked."""
    for role in instrument.study.roles:
        if role.id in roles:
            return roles[role.id]
    return {language: variable.label[language] for language in LANGUAGES}


def wordings_note(texts: Mapping[str, Words], instrument: Instrument) -> Words | None:
    """Every wording with the roles it was put to, where they differ: figures side by side then answer other questions.

    Roles whose words are the same are named together; None where all had the same.
    """
    languages = LANGUAGES
    roles = {role.id: role.plural for role in instrument.study.roles}
    groups: dict[tuple[str, ...], list[str]] = {}
    for role in roles:
        if role in texts:
            groups.setdefault(tuple(texts[role][language] for language in languages), []).append(role)
    if len(groups) < 2:
        return None
    said = {
        language: " · ".join(
            f"{', '.join(roles[role][language] for role in asked)}: “{text[place]}”" for text, asked in groups.items()
        )
        for place, language in enumerate(languages)
    }
    return both("Asked differently per role: %(wordings)s", wordings=said)


def titled(variable: Variable, instrument: Instrument) -> Words:
    """What a table is called: the variable's label, a number's with its unit."""
    languages = LANGUAGES
    if variable.unit is None:
        return {language: variable.label[language] for language in languages}
    return {language: f"{variable.label[language]} ({variable.unit[language]})" for language in languages}


def base_text(
    variable: Variable,
    instrument: Instrument,
    *,
    is_derived: bool,
    roles: frozenset[str] | None = None,
    earlier: Sequence[Instrument] = (),
) -> Words:
    """Who was asked, in words.

    Parameters
    ----------
    roles :   those a filter leaves, None for all
    earlier : other versions that some of the cases were asked by; where another group was asked then, it is said too
    """
    now = _asked_by(variable, instrument, is_derived, roles)
    if is_derived:
        return now
    before: list[Words] = []
    for version in earlier:
        was = _in_version(variable, version)
        said = both("nobody") if was is None else _asked_by(was, version, is_derived, roles)
        if dict(said) != dict(now) and dict(said) not in [dict(each) for each in before]:
            before.append(said)
    if not before:
        return now
    joined = {language: "; ".join(each[language] for each in before) for language in LANGUAGES}
    return both(
        "%(now)s; whoever began with an earlier version of the questionnaire: %(before)s", now=now, before=joined
    )


def _in_version(variable: Variable, version: Instrument) -> Variable | None:
    """The variable as an earlier version had it; what was not derived then follows from what was asked."""
    was = version.variables.get(variable.name)
    if was is None and variable.coded is not None:
        return version.variables.get(variable.coded.source)
    if was is None and variable.derivation is not None:
        return next((version.variables[one] for one in variable.derivation.sources if one in version.variables), None)
    return was


def _asked_by(variable: Variable, instrument: Instrument, is_derived: bool, roles: frozenset[str] | None) -> Words:
    universe = instrument.universes.get(variable.name)
    if is_derived or universe is None or not instrument.questionnaires:
        if roles is None:
            return both("everyone")
        universe = Universe({role.id: None for role in instrument.study.roles})
    if roles is not None:
        universe = Universe({role: asked for role, asked in universe.by_role.items() if role in roles})
    return universe_text(universe, codebook(instrument))


def method_line(
    data: WaveData,
    compared: Set[Comparison | None],
    *,
    has_letters: bool,
    has_partials: bool,
    made: Words | None = None,
    how: Compared | None = None,
    weighted: Words | None = None,
) -> Words:
    """How the figures were computed and on which data, in one line.

    Parameters
    ----------
    compared : how its rows are tested
    made :     what an analysis says of its own figures
    how :      what the tests of its columns must allow for
    weighted : by what cases were weighted, and what the figures rest on; None: nothing was
    """
    study = data.instrument.study
    parts: list[Words] = [weighted or both("Unweighted."), *([made] if made else [])]
    if Comparison.SHARE in compared:
        parts.append(both("Shares of valid answers with 95%% Wilson intervals."))
    if Comparison.MEAN in compared:
        parts.append(both("Means with 95%% t intervals."))
    if has_letters:
        parts += tests_line(study, compared, how or Compared())
    parts.append(
        both(
            "Groups under %(threshold)s, and groups from which one could be derived, are not shown.",
            threshold=study.threshold,
        )
    )
    parts.append(
        both("Finished and unfinished questionnaires.") if has_partials else both("Finished questionnaires only.")
    )
    parts += [note] if (note := excluded_note(data)) is not None else []
    stand = {language: moment(data.stand, language) for language in LANGUAGES}
    parts.append(both("Data as of %(stand)s, definition %(hash)s.", stand=stand, hash=data.instrument.hash[:12]))
    return {language: " ".join(part[language] for part in parts) for language in LANGUAGES}


def steps_note(data: WaveData) -> Words | None:
    """How the figures of an open wave move and whom they count, for whoever may not see its cases.

    One sentence for pages, JSON and books; None where everybody counts, or nobody yet.
    """
    extent = data.extent
    if extent is None or extent.is_over or not extent.steps:
        return None
    return both(
        "While the wave is open, figures move in steps of at least %(n)s finished questionnaires. Half of all that "
        "were sent count, drawn by lot anew at every step.",
        n=least_for_step(data.instrument.study.threshold),
    )


def remarks(variable: Variable, instrument: Instrument) -> Iterator[Words]:
    """What a reader must know of this variable in this wave."""
    series = instrument.wave.imported_series
    if series is not None:
        yield both(
            "This wave came in as a file that does not tell who was not asked: an empty cell counts as skipped, and "
            "after someone’s last answer as not asked. Everyone in the file counts, also who did not reach the end."
        )
        for link in variable.trend:
            if link.series == series:
                yield _link_remark(link.effect, link.column, link.reason)
    if variable.coded is not None:
        yield from coded_remarks(variable.coded)
    if variable.derivation is not None:
        yield {
            language: f"{text[:1].upper()}{text[1:]}."
            for language, text in derivation_text(variable, codebook(instrument)).items()
        }
    if variable.draw is not None:
        yield both(
            "Filled in by the platform: %(take)s of %(blocks)s blocks of pages, drawn at random for each person and "
            "evenly per role. The pages of the other blocks were not asked.",
            take=variable.draw.take,
            blocks=len(variable.draw.codes),
        )
        return
    if variable.type.shape is Shape.TEXT:
        yield both("Only counted here. What people wrote stands in the data book, which researchers can make.")
    if variable.type.shape is Shape.CHOICE:
        yield both("Several answers possible: shares add up to more than 100%%.")
    if variable.type.shape is Shape.RANKING:
        yield both(
            "Shares of those who ranked: named among the first %(ranks)s, then named first; points run from "
            "%(ranks)s for the first place to 1 for the last, 0 when not named.",
            ranks=variable.ranks,
        )


def _link_remark(effect: TrendEffect, column: str, reason: Words | None) -> Words:
    messages = {
        TrendEffect.CONTINUE: both("Column %(column)s of that fieldwork: same question, same codes.", column=column),
        TrendEffect.RECODE: both("Column %(column)s of that fieldwork, codes mapped.", column=column),
        TrendEffect.INDICATIVE: both(
            "Column %(column)s of that fieldwork, worded differently: indicative, not tested against other waves.",
            column=column,
        ),
        TrendEffect.BREAK: both("Not comparable with column %(column)s of that fieldwork.", column=column),
    }
    said = messages[effect]
    return said if reason is None else {language: f"{text} {reason[language]}" for language, text in said.items()}
