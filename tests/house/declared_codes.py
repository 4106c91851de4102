"""By which codes a study and the platform call what has a label too; no reader should meet them in its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from surveyapp.fieldwork.case_lines import Standing
from surveyapp.instrument.model import Instrument
from surveyapp.instrument.system_variables import SYSTEM_VARIABLES
from surveyapp.reports.analyses import ANALYSES
from surveyapp.reports.grid import KINDS

NETS = ("top2", "bottom2", "high_marks", "low_marks", "promoters", "passives", "detractors")
STATES = ("started", "draft", "in_progress", "screened_out")


def _labelled(instrument: Instrument) -> Iterator[tuple[str, Mapping[str, str]]]:
    yield instrument.study.id, instrument.study.title
    for known in SYSTEM_VARIABLES.values():
        yield known.name, known.label
        yield from known.values.items()
    for role in instrument.study.roles:
        yield role.id, role.label
        yield role.id, role.plural
    for one in (*instrument.constructs.values(), *instrument.phases.values()):
        yield one.id, one.label
    for questionnaire in instrument.questionnaires.values():
        for part in questionnaire.parts:
            yield part.id, part.title
        for page in questionnaire.pages:
            yield page.id, page.title
            yield from ((ending.id, ending.title) for ending in page.endings)
    for variable in instrument.variables.values():
        yield variable.name, variable.label
        for category in variable.categories:
            yield category.key, category.label
            yield category.key, category.short
        yield from ((missing.key, missing.label) for missing in variable.missing)
    yield from ((named.id, named.label) for named in instrument.filters)
    yield from ((kind, analysis.name) for kind, analysis in ANALYSES.items())


def declared_codes(instrument: Instrument, language: str) -> frozenset[str]:
    """Every code that has a label, where nothing is called by that very word in this language.

    In English many a label is its code, so that it is the Dutch pages and sheets that tell one from the other.
    """
    pairs = [(code, label[language].casefold()) for code, label in _labelled(instrument)]
    # A chart of labels that begin alike, such as “Maturity: brief”, drops their beginning.
    labels = {part for _, label in pairs for part in (label, label.rpartition(": ")[2])}
    codes = {code for code, _ in pairs} | {*NETS, *STATES, *KINDS, *Standing}
    labels |= {"score"} if language == "nl" else {*STATES, *KINDS, *Standing}
    return frozenset(code for code in codes if not code.isdecimal() and code.casefold() not in labels)
