"""The quality of a wave at a look: what each rule says, what waits, what leaving out does, what overlaps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from surveyapp.jobs import quality_runs
from surveyapp.reports.formatting import moment, share
from surveyapp.reports.quality_flags import SMALL
from surveyapp.reports.quality_rules import RULES
from surveyapp.reports.quality_summary import EXCLUDED, KEPT, QualitySummary, RuleLine, summary
from surveyapp.storage.database import Session
from surveyapp.web.console.frame import WaveFrame
from surveyapp.web.console.quality_data import quality_data
from surveyapp.web.console.quality_words import EffectView, effect_views
from surveyapp.web.languages import current, translate


@dataclass(frozen=True, slots=True)
class RuleView:
    """One rule with its counts; ``why`` where it says nothing."""

    title: str
    words: str
    address: str
    mild: int
    strong: int
    count: int
    share: str
    waiting: int
    why: str
    effects: tuple[EffectView, ...]
    is_hidden: bool  # it strikes for too few people to show headlines without them


@dataclass(frozen=True, slots=True)
class Overlap:
    """For how many each rule strikes together with each other."""

    titles: tuple[str, ...]
    rows: tuple[tuple[str, tuple[int, ...]], ...]


@dataclass(frozen=True, slots=True)
class QualityPage:
    """The whole page; nothing was checked yet where ``at`` is empty."""

    at: str
    checked: int
    flagged: int
    waiting: int
    kept: int
    excluded: int
    not_run: tuple[str, ...]
    rules: tuple[RuleView, ...]
    overlap: Overlap | None
    effects: tuple[EffectView, ...]
    without_flagged: tuple[EffectView, ...]
    few: bool  # so few are excluded that headlines with them are not shown
    is_by_worker: bool
    is_under_way: bool
    threshold: int


def quality_page(session: Session, wave: WaveFrame) -> QualityPage:
    """The page of a wave's quality."""
    found = quality_data(session, wave)
    is_under_way = quality_runs.is_under_way(session, wave.study, wave.year)
    threshold = wave.instrument.study.threshold
    is_large = found.data.finished.n > SMALL
    if found.flags is None:
        return QualityPage("", 0, 0, 0, 0, 0, (), (), None, (), (), False, is_large, is_under_way, threshold)
    made = summary(found.data, found.flags, found.decisions)
    effects = effect_views(made.effects)
    return QualityPage(
        at=moment(found.flags.at, current()),
        checked=found.flags.checked,
        flagged=made.flagged,
        waiting=made.waiting,
        kept=made.count(KEPT),
        excluded=made.count(EXCLUDED),
        not_run=tuple(RULES[code].title[current()] for code in found.flags.not_run),
        rules=tuple(_rule(wave, line, made) for line in made.lines),
        overlap=_overlap(made),
        effects=effects,
        without_flagged=effect_views(made.without_flagged),
        few=bool(made.count(EXCLUDED)) and not effects,
        is_by_worker=is_large,
        is_under_way=is_under_way,
        threshold=threshold,
    )


def _rule(wave: WaveFrame, line: RuleLine, made: QualitySummary) -> RuleView:
    why = ""
    if not line.is_run:
        why = translate("Not run: the rule failed. The exports say so too.")
    elif line.lacking is not None:
        why = line.lacking[current()]
    effects = effect_views(line.effects)
    checked = made.flags.checked
    return RuleView(
        title=line.rule.title[current()],
        words=line.rule.words[current()],
        address=wave.address("console.quality_cases", rule=line.rule.code, decision=""),
        mild=line.mild,
        strong=line.strong,
        count=line.count,
        share=share(line.count / checked, current(), 1) if checked else "–",
        waiting=line.waiting,
        why=why,
        effects=effects,
        is_hidden=bool(line.count) and not effects,
    )


def _overlap(made: QualitySummary) -> Overlap | None:
    codes: Sequence[str] = tuple(RULES)
    here = [at for at in range(len(codes)) if made.overlap[at][at]]
    if len(here) < 2:
        return None
    titles = tuple(RULES[codes[at]].title[current()] for at in here)
    return Overlap(titles, tuple((titles[n], tuple(made.overlap[at][to] for to in here)) for n, at in enumerate(here)))
