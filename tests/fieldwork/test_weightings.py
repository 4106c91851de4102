"""Targets have versions of their own: put in force beside a wave, and seen at the next look by every figure."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from surveyapp.errors import BadQuery, NotFound, WrongState
from surveyapp.exports.registry import gather, name_of, write
from surveyapp.fieldwork import clearing, editions, weightings
from surveyapp.fieldwork.library import InstrumentLibrary
from surveyapp.fieldwork.simulate import simulate
from surveyapp.fieldwork.waves import archive_wave, close_wave, create_wave, open_wave
from surveyapp.instrument.checks import run_checks
from surveyapp.instrument.files import StudyFiles
from surveyapp.instrument.model import Instrument
from surveyapp.instrument.resolve import resolved
from surveyapp.instrument.schemes import schemes_of
from surveyapp.reports.key_figures import key_figures
from surveyapp.reports.live import LiveWaves
from surveyapp.reports.plan import planned_grids
from surveyapp.reports.tabulate import tabulate
from surveyapp.storage import audit
from surveyapp.storage import weightings as stored
from surveyapp.storage.database import Database
from tests.instrument.definitions import in_memory
from tests.instrument.examples_of_checks import band, category, derived, margin, weighted

ID = "tiny"


def instrument(*margins: dict[str, Any], **part: Any) -> Instrument:
    from surveyapp.instrument.resolve import resolved

    return resolved(in_memory(weighted(*(margins or (margin(),)), **part)), 2026)


def opened(database: Database, made: Instrument) -> None:
    with database.write() as session:
        create_wave(session, made)
        weightings.weigh_from_the_start(session, made, "karin@example.org")
        open_wave(session, made.study.id, 2026)


def test_a_scheme_is_no_part_of_the_instrument(database: Database) -> None:
    first, second = instrument(), instrument(margin(shares={"1": 41, "2": 59}))
    assert first.hash == second.hash
    assert schemes_of(first.weighting).all[0].version != schemes_of(second.weighting).all[0].version
    opened(database, first)
    with database.read() as session:
        assert stored.in_force(session, first.study.id, 2026) == (1, dict(first.weighting))


def test_new_targets_reach_the_figures_at_the_next_look_and_nothing_else_moves(database: Database) -> None:
    made = instrument()
    opened(database, made)
    study = made.study.id
    simulate(database, InstrumentLibrary(database), study, 2026, 120, 3, is_demonstration=True)
    live = LiveWaves(database, InstrumentLibrary(database))
    before = live.data(study, 2026)
    plain, first = tabulate(before, "b_gender"), tabulate(before, "b_gender", weight="all")
    assert first.figure(1).value == pytest.approx(0.4)
    assert first.weight == before.schemes.all[0].name
    other = instrument(margin(shares={"1": 70, "2": 30}))
    with database.write() as session:
        put = weightings.weigh(session, other, "karin@example.org")
    after = live.data(study, 2026)
    assert after.version == before.version
    assert tabulate(after, "b_gender").figures == plain.figures
    second = tabulate(after, "b_gender", weight="all")
    assert second.figure(1).value == pytest.approx(0.7)
    assert put.names == (second.weight,) != (first.weight,)
    assert {grid.weight for grid in (key_figures(after), *planned_grids(after))} == {second.weight}  # report: all
    with database.read() as session:
        found = audit.last(session, weightings.WEIGH, f"{study} 2026")
    assert found is not None


def test_a_margin_of_a_derived_variable_is_reached_and_checked_as_any_other(sqlite_database: Database) -> None:
    fit = {"merge": [category(1, "not", codes=[1, 2]), category(2, "fits", codes=[3])]}
    ages = {"age": True, "bands": [band(1, "young", below=40), band(2, "old", 40)]}
    made = derived(x_fit=("dr_fit", fit), x_age=("b_birth", ages))

    def weighing(*margins: dict[str, Any]) -> StudyFiles:
        return in_memory(made, weighted(*margins, roles=["contractor"]))

    by_both = weighing(margin("x_fit", shares={"1": 70, "2": 30}), margin("x_age", shares={"1": 20, "2": 80}))
    assert [one.code for one in run_checks(by_both, 2026) if one.code[0] in "MR"] == []
    for code, shares in (("M003", {"1": 50, "2": 40, "3": 10}), ("M004", {"1": 100})):
        assert code in [one.code for one in run_checks(weighing(margin("x_fit", shares=shares)), 2026)]
    instrument = resolved(by_both, 2026)
    opened(sqlite_database, instrument)
    simulate(sqlite_database, InstrumentLibrary(sqlite_database), ID, 2026, 150, 3, is_demonstration=True)
    data = LiveWaves(sqlite_database, InstrumentLibrary(sqlite_database)).data(ID, 2026)
    only = "role == 'contractor'"
    for name, share in (("x_fit", 0.7), ("x_age", 0.2)):
        plain, found = (tabulate(data, name, filter=only, weight=one) for one in ("none", "all"))
        assert found.figure(1).value == pytest.approx(share, abs=1e-6)
        assert plain.figure(1).value != pytest.approx(share, abs=0.01)


def test_who_may_not_see_cases_gets_weights_of_the_cases_that_are_published(database: Database) -> None:
    made = instrument()
    opened(database, made)
    study = made.study.id
    simulate(database, InstrumentLibrary(database), study, 2026, 160, 3, is_demonstration=True)
    live = LiveWaves(database, InstrumentLibrary(database))
    public = live.published(study, 2026)
    grid = tabulate(public, "b_gender", weight="all")
    assert 0 < (grid.total.valid or 0) < (tabulate(live.data(study, 2026), "b_gender").total.valid or 0)
    assert grid.figure(1).value == pytest.approx(0.4)
    with database.write() as session:
        weightings.weigh(session, instrument(margin(shares={"1": 70, "2": 30})), "karin@example.org")
    later = live.published(study, 2026)
    assert later.version == public.version
    assert tabulate(later, "b_gender", weight="all").figure(1).value == pytest.approx(0.7)


def test_targets_that_hold_already_are_refused_and_so_is_an_unknown_or_archived_wave(database: Database) -> None:
    made = instrument()
    with database.write() as session, pytest.raises(NotFound, match="There is no wave"):
        weightings.weigh(session, made, "karin@example.org")
    opened(database, made)
    with database.write() as session, pytest.raises(WrongState, match="these targets are in force already"):
        weightings.weigh(session, made, "karin@example.org")
    with database.write() as session:
        close_wave(session, made.study.id, 2026)
        archive_wave(session, made.study.id, 2026)
    with database.write() as session, pytest.raises(WrongState, match="in it nothing changes any more"):
        weightings.weigh(session, instrument(margin(shares={"1": 1, "2": 99})), "karin@example.org")


def test_a_closed_wave_gets_new_targets_with_a_reason_and_an_edition(database: Database) -> None:
    made = instrument()
    opened(database, made)
    study, other = made.study.id, instrument(margin(shares={"1": 70, "2": 30}))
    with database.write() as session:
        close_wave(session, study, 2026)
    with database.write() as session, pytest.raises(WrongState, match="say with --reason why its figures change"):
        weightings.weigh(session, other, "karin@example.org")
    with database.write() as session:
        weightings.weigh(session, other, "karin@example.org", "the count of 2026 came out")
    with database.read() as session:
        last = editions.of_wave(session, study, 2026)[-1]
    assert (last.act, last.reason) == (weightings.WEIGH, "the count of 2026 came out")


def test_without_its_file_a_wave_is_not_weighted_any_more(database: Database) -> None:
    made = instrument()
    opened(database, made)
    with database.write() as session:
        put = weightings.weigh(session, replace(made, weighting={}), "karin@example.org")
    assert put == weightings.PutInForce((), None)
    live = LiveWaves(database, InstrumentLibrary(database))
    assert live.data(made.study.id, 2026).schemes.all == ()


def test_targets_go_with_their_wave(database: Database) -> None:
    made = instrument()
    with database.write() as session:
        create_wave(session, made)
        weightings.weigh_from_the_start(session, made, "karin@example.org")
    with database.write() as session:
        clearing.delete_wave(session, made.study.id, 2026, "karin@example.org")
    with database.read() as session:
        assert stored.in_force(session, made.study.id, 2026) == (0, {})


def test_the_book_is_weighted_as_the_targets_say_and_its_guide_names_the_scheme(
    sqlite_database: Database, tmp_path: Path
) -> None:
    made = instrument(report="all")
    opened(sqlite_database, made)
    study, library = made.study.id, InstrumentLibrary(sqlite_database)
    simulate(sqlite_database, library, study, 2026, 120, 3, is_demonstration=True)
    with sqlite_database.write() as session:
        close_wave(session, study, 2026)
    source = gather(sqlite_database, LiveWaves(sqlite_database, library), study, 2026)
    write("report", source, tmp_path / "weighted.xlsx", "nl")
    scheme = source.data.schemes.all[0]
    guide = load_workbook(tmp_path / "weighted.xlsx")["Leeswijzer"]
    said = {row[0].value: row[1].value for row in guide.iter_rows() if row[0].value}
    assert said["Weging"] == f"Alles: {scheme.name}; elk blad geeft n, n gewogen en n effectief"
    told = " ".join(str(cell.value) for row in guide.iter_rows() for cell in row if cell.value)
    assert f"Gewogen met “Alles” (all, versie {scheme.version}; raking; streefaandelen: Telling, 2026-01-01)." in told
    assert "ongewogen" not in told
    live = LiveWaves(sqlite_database, library)
    chosen = gather(sqlite_database, live, study, 2026, weight="none")
    write("report", chosen, tmp_path / "chosen.xlsx", "nl")
    book = load_workbook(tmp_path / "chosen.xlsx")
    told = [row[1].value for row in book["Leeswijzer"].iter_rows() if row[0].value == "Weging"]
    assert told[0].startswith("geen: elke respondent telt één keer")
    assert told[1:] == ["gekozen voor dit boek, in plaats van wat het onderzoek van het rapport zegt"]
    lists = {
        name: [*made["Lang"].iter_rows(values_only=True)]
        for name, made in (("none", book), (scheme.name, load_workbook(tmp_path / "weighted.xlsx")))
    }
    for name, (header, *lines) in lists.items():
        assert {line[header.index("weight")] for line in lines if line[0]} == {name}
    assert lists["none"] != lists[scheme.name]
    assert chosen.publication(chosen.public).evidence()["weighting"] == {
        "name": "none",
        "label": None,
        "is_asked": True,
    }
    weighted = source.publication(source.public).evidence()["weighting"]
    assert weighted == {"name": scheme.name, "label": {"nl": "Alles", "en": "Alles"}, "is_asked": False}
    assert name_of("report", chosen, "nl").startswith(f"{study}-2026-report-unweighted-nl-v1-")
    assert name_of("codebook", chosen, "nl").startswith(f"{study}-2026-codebook-nl-v1-")
    named = gather(sqlite_database, live, study, 2026, weight="all")
    assert named.publication(named.public).tables == source.publication(source.public).tables
    with pytest.raises(BadQuery, match="available: none, all"):
        gather(sqlite_database, live, study, 2026, weight="people")
    with sqlite_database.write() as session:
        weightings.weigh(session, replace(made, weighting={}), "karin@example.org", "there is no such count")
    plain = gather(sqlite_database, LiveWaves(sqlite_database, library), study, 2026)
    write("report", plain, tmp_path / "plain.xlsx", "nl")
    guide = load_workbook(tmp_path / "plain.xlsx")["Leeswijzer"]
    said = {row[0].value: row[1].value for row in guide.iter_rows() if row[0].value}
    assert said["Weging"].startswith("geen: elke respondent telt één keer")
    assert "de streefaandelen van de weging zijn gewijzigd (there is no such count)" in said["Uitgave van de cijfers"]
