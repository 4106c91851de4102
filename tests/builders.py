"""Small things to test with, made in one line."""

from __future__ import annotations

from surveyapp import clock
from surveyapp.fieldwork.waves import WaveInfo, wave_info
from surveyapp.instrument.model import (
    Category,
    Instrument,
    Level,
    Organisation,
    Page,
    Part,
    Question,
    Questionnaire,
    Role,
    Study,
    Text,
    Universe,
    Variable,
    VariableType,
    Wave,
)
from surveyapp.storage import waves
from surveyapp.storage.database import Database

STUDY, YEAR = "klein", 2026


def text(dutch: str, english: str | None = None) -> Text:
    return Text({"nl": dutch, "en": english or dutch})


def small_instrument(*, hash_: str = "a" * 64, mode: str = "anonymous", pages: int = 3) -> Instrument:
    """Two roles; each page asks one variable ``v<n>`` with codes 1 and 2."""
    categories = tuple(
        Category(code=code, key=f"k{code}", label=text(f"code {code}"), short=text(f"{code}")) for code in (1, 2)
    )
    variables = {
        f"v{number}": Variable(
            name=f"v{number}",
            type=VariableType.SINGLE,
            level=Level.NOMINAL,
            label=text(f"vraag {number}", f"question {number}"),
            categories=categories,
        )
        for number in range(1, pages + 1)
    }
    asked = tuple(
        Page(
            id=f"p{number}",
            part="deel",
            title=text(f"pagina {number}"),
            items=(Question(variable=variables[f"v{number}"], text=text(f"vraag {number}?")),),
        )
        for number in range(1, pages + 1)
    )
    part = Part(id="deel", title=text("deel", "part"))
    roles = tuple(
        Role(id=name, label=text(name), plural=text(name), description=text(name)) for name in ("contractor", "manager")
    )
    return Instrument(
        study=Study(
            id=STUDY,
            title=text("Klein"),
            introduction=text("Een klein onderzoek."),
            languages=("nl", "en"),
            organisation=Organisation("Bureau", "iemand", "iemand@example.org", "000", "straat 1", text("wij")),
            roles=roles,
        ),
        wave=Wave(year=YEAR, title=text("Klein 2026"), mode=mode),
        variables=variables,
        scales={},
        missing={},
        constructs={},
        phases={},
        questionnaires={role.id: Questionnaire(role=role.id, pages=asked, parts=(part,), minutes=3) for role in roles},
        universes={name: Universe({role.id: None for role in roles}) for name in variables},
        tables=(),
        hash=hash_,
        documents={"klein": True},
    )


def running_wave(database: Database, instrument: Instrument, state: str = "open") -> WaveInfo:
    """A wave of this instrument, straight in the state asked for."""
    study, year = instrument.study.id, instrument.wave.year
    with database.write() as session:
        waves.add_version(session, study, instrument.hash, year, dict(instrument.documents), clock.now())
        waves.add(session, study, year, state, instrument.wave.mode, instrument.hash, clock.now())
        return wave_info(session, study, year)
