"""How the fieldwork of a wave goes, gathered once: what the page, the command, the book and the daily mail say.

Nothing here is about an answer. Every count is one over the cases of the wave (`fieldwork.wave_cases`) or over who was
invited (`fieldwork.sample_progress`), and the lists behind them choose among the same.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from surveyapp.fieldwork.arrival_counts import arrivals_by_role
from surveyapp.fieldwork.case_lines import CaseChoice
from surveyapp.fieldwork.earlier_progress import EarlierWave
from surveyapp.fieldwork.figures import Arrivals, FieldworkFigures, fieldwork_figures
from surveyapp.fieldwork.participation import is_cut
from surveyapp.fieldwork.sample_progress import SampleProgress, sample_progress, sample_tally
from surveyapp.fieldwork.targets import role_targets, segment_targets
from surveyapp.fieldwork.wave_cases import WaveCases
from surveyapp.fieldwork.waves import WaveInfo
from surveyapp.instrument.model import Instrument
from surveyapp.reports.alert_gathering import Signs, gathered_alerts
from surveyapp.reports.alerts import Alert
from surveyapp.reports.funnel import FunnelStep, funnel
from surveyapp.reports.live import LiveWaves
from surveyapp.reports.outlook import Outlook, outlook
from surveyapp.reports.round_lines import RoundLine, round_lines
from surveyapp.storage import stop_reasons
from surveyapp.storage.database import Session

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class FieldworkState:
    """Everything a look at the fieldwork shows; ``cases`` are what the lists behind the counts choose among.

    ``sample`` is None where nobody can know who of the invited took part.
    """

    info: WaveInfo
    instrument: Instrument
    choice: CaseChoice
    cases: WaveCases
    figures: FieldworkFigures
    introductions: Mapping[str, Arrivals | None]  # by role; None: the choice speaks of what is only known of cases
    steps: Mapping[str, tuple[FunnelStep, ...]]  # by role
    outlooks: Mapping[str, Outlook | None]  # by role, and under "" of all
    sample: SampleProgress | None
    rounds: tuple[RoundLine, ...]
    alerts: tuple[Alert, ...]
    earlier: EarlierWave | None
    said_why: int  # who said in their own words why they stopped; of all, whatever the choice

    @property
    def today(self) -> date:
        """The day on which it was looked."""
        return self.cases.today


def fieldwork_state(
    session: Session, live: LiveWaves, info: WaveInfo, instrument: Instrument, choice: CaseChoice | None = None
) -> FieldworkState:
    """Gather how the fieldwork goes as it stands in this session's picture of the database.

    Parameters
    ----------
    choice : limits everything to these cases and to the invited who answer to it
    """
    choice = choice or CaseChoice()
    cases = live.cases(session, info.study, info.year)
    roles = [role.id for role in instrument.study.roles if _takes_part(role.id, instrument, cases)]
    people = arrivals_by_role(session, info.study, info.year, choice, roles, is_test=info.state == "test")
    targets = role_targets(session, instrument)
    figures = fieldwork_figures(cases, people[""], targets, roles, choice)
    closes, today = instrument.wave.closes, cases.today
    sample = _sample(session, live, info, instrument, choice, roles, targets)
    most = _most(sample)
    outlooks = cases.once(
        ("outlooks", info.state, closes, choice, tuple(roles), tuple(most.items())),
        lambda: {
            role: outlook(info.state, closes, figures, today, role or None, most.get(role)) for role in ("", *roles)
        },
    )
    steps = funnel(cases, instrument, choice)
    rounds = () if choice.parts() else round_lines(session, live, info)
    signs = Signs(session, live, info, instrument, choice, cases, figures, steps, outlooks, rounds)
    return FieldworkState(
        info,
        instrument,
        choice,
        cases,
        figures,
        people,
        steps,
        outlooks,
        sample,
        rounds,
        gathered_alerts(signs),
        live.wave_before(session, info.study, info.year),
        stop_reasons.count(session, info.study, info.year),
    )


def _most(sample: SampleProgress | None) -> dict[str, int]:
    """How many of a role, and of all under "", can finish at the most; empty where not only the invited take part."""
    if sample is None:
        return {}
    invited = {role.total.role: role.total.invited for role in sample.roles}
    anybody = invited.get("", 0)  # whose role the list does not say
    return {role: n + anybody for role, n in invited.items() if role} | {"": sample.total.invited}


def _takes_part(role: str, instrument: Instrument, cases: WaveCases) -> bool:
    """A wave that came in as a file asks nobody anything: there only the roles that occur have a place."""
    return role in instrument.questionnaires or role in cases.values("role")


def _sample(
    session: Session,
    live: LiveWaves,
    info: WaveInfo,
    instrument: Instrument,
    choice: CaseChoice,
    roles: Sequence[str],
    targets: Mapping[str, int],
) -> SampleProgress | None:
    segments = segment_targets(session, instrument)
    made_of = (info, is_cut(session, info), instrument.hash)

    def kept(name: Hashable, make: Callable[[], T]) -> T:
        return live.kept(session, info.study, info.year, (name, made_of), make)

    def made() -> SampleProgress | None:
        tally = kept("tally", lambda: sample_tally(session, info, instrument))
        if tally is None or not tally.people:
            return None
        return sample_progress(tally, {role: targets.get(role) for role in roles}, segments, choice)

    wanted = (tuple(sorted(targets.items())), tuple(sorted(segments.items())), tuple(roles))
    return kept(("sample", wanted, choice), made)
