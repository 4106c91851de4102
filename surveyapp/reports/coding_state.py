"""How far the coding of a question is: per coder, how far two agree, what is settled, and whether suggestions help."""

from __future__ import annotations

import math
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from surveyapp.analysis.multiple_coding import PooledAgreement, code_table, pooled_agreement
from surveyapp.fieldwork import coding
from surveyapp.fieldwork.coding import NOTHING, FrameVersion, Given
from surveyapp.instrument.coding import CANNOT_BE_CODED, CANNOT_BE_CODED_LABEL, Frame
from surveyapp.instrument.variables import Coded
from surveyapp.reports.open_answers import cases_answering, is_shown
from surveyapp.reports.sentences import in_both
from surveyapp.reports.wave_data import WaveData
from surveyapp.storage.database import Session


@dataclass(frozen=True, slots=True)
class CodingState:
    """The coding of one question as it stands.

    Parameters
    ----------
    answers : the finished questionnaires with an answer, by key
    given :   what each seat gave them
    """

    version: FrameVersion
    coders: tuple[str | None, str | None]
    answers: tuple[uuid.UUID, ...]
    given: Mapping[uuid.UUID, Given]
    settled: Mapping[uuid.UUID, tuple[int, ...]]
    agreement: PooledAgreement | None  # None: nothing was coded by two people
    is_shown: bool = True  # the release shows these answers; else nothing is counted of them either

    @property
    def frame(self) -> Frame:
        """The frame in force."""
        return self.version.frame

    def done(self, seat: int) -> int:
        """How many answers a coder has coded."""
        return sum(self.of(case).counted(self.frame, seat) is not None for case in self.answers)

    def of(self, case: uuid.UUID) -> Given:
        """What was given to one answer."""
        return self.given.get(case, NOTHING)

    @property
    def twice(self) -> int:
        """How many answers both coders coded."""
        return sum(self._both(case) is not None for case in self.answers)

    def _both(self, case: uuid.UUID) -> tuple[tuple[int, ...], tuple[int, ...]] | None:
        one, other = (self.of(case).counted(self.frame, seat) for seat in (1, 2))
        return None if one is None or other is None else (one, other)

    @property
    def disputed(self) -> tuple[uuid.UUID, ...]:
        """The answers both coded, otherwise, that nobody settled yet."""
        return tuple(case for case in self.answers if self._both(case) is not None and case not in self.settled)

    @property
    def alone(self) -> tuple[uuid.UUID, ...]:
        """The answers one coder coded and the other did not, that nobody settled yet."""
        return tuple(
            case
            for case in self.answers
            if case not in self.settled
            and sum(self.of(case).counted(self.frame, seat) is not None for seat in (1, 2)) == 1
        )

    @property
    def is_settled(self) -> bool:
        """Whether every answer has its codes."""
        return bool(self.answers) and len(self.settled) == len(self.answers)

    @property
    def suggestions(self) -> tuple[int, int]:
        """How many codes were suggested to the coders, and how many of these they gave."""
        shown = followed = 0
        for case in self.answers:
            found = self.of(case)
            for seat in (1, 2):
                suggested = found.suggested.get(seat, ())
                shown += len(suggested)
                followed += len(set(suggested) & set(found.codes.get(seat, ())))
        return shown, followed

    @property
    def made(self) -> Coded:
        """What figures of these codes say of how they came to be."""
        found = self.agreement
        return Coded(
            self.frame.question,
            len(self.answers),
            len(self.settled),
            self.twice,
            *((found.kappa, found.low, found.high) if found else ()),
        )

    def as_dict(self) -> dict[str, object]:
        """The state as plain data, without an answer or a case in it."""
        shown, followed = self.suggestions
        known: dict[str, object] = {
            "question": self.frame.question,
            "variable": self.frame.variable,
            "frame": self.version.number,
            "is_shown": self.is_shown,
        }
        if not self.is_shown:
            return known
        return {
            **known,
            "answers": len(self.answers),
            "coders": [self.done(seat) if self.coders[seat - 1] or self.done(seat) else None for seat in (1, 2)],
            "coded_twice": self.twice,
            "disputed": len(self.disputed),
            "coded_alone": len(self.alone),
            "settled": len(self.settled),
            "is_settled": self.is_settled,
            "suggested": shown,
            "suggestions_followed": followed,
            "agreement": _agreement(self.frame, self.agreement),
        }


def coding_state(session: Session, data: WaveData, question: str) -> CodingState:
    """How far the coding of a question is.

    Raises
    ------
    NotFound     it is not coded
    """
    study, year = data.instrument.study.id, data.instrument.wave.year
    version = coding.frame_in_force(session, study, year, question)
    answers = cases_answering(data, question)
    given = coding.given(session, study, year, question)
    settled = {
        case: codes for case in answers if (codes := given.get(case, NOTHING).settled(version.frame)) is not None
    }
    return CodingState(
        version,
        coding.coders(session, study, year, question),
        answers,
        given,
        settled,
        agreement_of(version.frame, answers, given),
        is_shown(data, question),
    )


def agreement_of(
    frame: Frame, answers: Sequence[uuid.UUID], given: Mapping[uuid.UUID, Given]
) -> PooledAgreement | None:
    """How far the coders agree over what both coded, before anything was settled; None where there is nothing."""
    pairs = [
        (one, other)
        for case in answers
        if (one := given.get(case, NOTHING).counted(frame, 1)) is not None
        and (other := given.get(case, NOTHING).counted(frame, 2)) is not None
    ]
    if not pairs:
        return None
    codes = codes_of(frame)
    return pooled_agreement(*(code_table([pair[at] for pair in pairs], codes) for at in (0, 1)))


def codes_of(frame: Frame) -> tuple[int, ...]:
    """The codes that agreement is looked at for, in their order, "cannot be coded" last."""
    return (*(one.code for one in frame.codes if not one.into), CANNOT_BE_CODED)


def label_of_code(frame: Frame, code: int) -> dict[str, str]:
    """What a code is called."""
    found = frame.find(code)
    return in_both(CANNOT_BE_CODED_LABEL if found is None else found.label)


def _agreement(frame: Frame, found: PooledAgreement | None) -> dict[str, object] | None:
    if found is None:
        return None
    by_code = zip(codes_of(frame), found.by_code, strict=True)
    return {
        "measure": "pooled kappa",
        "kappa": _number(found.kappa),
        "low": _number(found.low),
        "high": _number(found.high),
        "observed": _number(found.observed),
        "expected": _number(found.expected),
        "identical": _number(found.identical),
        "answers": found.answers,
        "codes": [
            {
                "code": code,
                "label": label_of_code(frame, code),
                "kappa": _number(one.kappa),
                "low": _number(one.low),
                "high": _number(one.high),
            }
            for code, one in by_code
        ],
    }


def _number(value: float) -> float | None:
    return None if math.isnan(value) else value
