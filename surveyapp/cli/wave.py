"""``surveyapp wave``: make, open, close and list waves."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import click

from surveyapp import clock
from surveyapp.cli.arguments import YEAR_OR_NONE, of_wave
from surveyapp.cli.preflight import instrument_in_files, instrument_worked_on, opened
from surveyapp.cli.wave_opening import looked_at, require_opening, warn_of_overtime
from surveyapp.config import Settings
from surveyapp.errors import WrongState
from surveyapp.fieldwork import (
    clearing,
    editions,
    link_cutting,
    versions,
    waves,
    weightings,
)
from surveyapp.fieldwork.library import InstrumentLibrary
from surveyapp.fieldwork.waves import WaveInfo
from surveyapp.numerals import counted
from surveyapp.storage import audit
from surveyapp.storage.database import Database, Session

ACTOR = "command line"


def _database() -> Database:
    return opened(Settings())


def told(info: WaveInfo) -> None:
    """Print a wave and its state."""
    click.echo(f"{info.study} {info.year}: {info.state} ({info.mode}, version {info.instrument_hash[:12]})")


@click.group("wave")
def wave() -> None:
    """Make, open, close and list waves."""


@wave.command("create")
@of_wave
def create(study: str, year: int) -> None:
    """Publish the definition of STUDY for YEAR and make its wave, as a draft.

    A wave that is there and has not opened yet takes over the definition as it stands now. One that comes in as a file
    stays a draft until its file does. Refused where the console changed the definition: that stands in the database.
    """
    with _database() as database:
        instrument = instrument_in_files(database, Settings(), study, year)
        with database.write() as session:
            if any(info.year == year for info in waves.wave_list(session, study)):
                info, action = waves.adopt(session, instrument), "wave.adopt"
            else:
                info, action = waves.create_wave(session, instrument), "wave.create"
            audit.add(session, ACTOR, action, f"{study} {year}", {"version": info.instrument_hash})
            weightings.weigh_from_the_start(session, instrument, ACTOR)
    told(info)


def _change(study: str, year: int, action: str, change: Callable[[Session, str, int], WaveInfo]) -> None:
    with _database() as database:
        with database.write() as session:
            late = looked_at(session, InstrumentLibrary(database), study, year) if action == waves.OPEN else None
            info = change(session, study, year)
            audit.add(session, ACTOR, action, f"{study} {year}")
        if info.state == "closed":
            database.fold_journal()
    told(info)
    if late is not None:
        warn_of_overtime(f"{study} {year}", late)


@wave.command("test")
@of_wave
def test(study: str, year: int) -> None:
    """Let people try the wave; their answers are kept apart and never counted."""
    _change(study, year, "wave.test", waves.test_wave)


@wave.command("open")
@of_wave
def open_(study: str, year: int) -> None:
    """Let answers come in; refused while anything is missing that the console's checklist asks for.

    That is: no error or stale translation, a privacy text, days, targets, contacts, and a trial in each language. After
    the closing day of the wave it says when the wave closes then, and how it gets another day.
    """
    with _database() as database:
        require_opening(database, study, year)
    _change(study, year, waves.OPEN, partial(waves.open_wave, actor=ACTOR))


@wave.command("close")
@of_wave
def close(study: str, year: int) -> None:
    """Let no more answers in; what was saved stays."""
    _change(study, year, waves.CLOSE, partial(waves.close_wave, actor=ACTOR))


@wave.command("archive")
@of_wave
def archive(study: str, year: int) -> None:
    """Put a closed wave away for good; it stays readable."""
    _change(study, year, "wave.archive", waves.archive_wave)


@wave.command("cut-links")
@of_wave
@click.option("--early", "is_early", is_flag=True, help="Do it before the day that was named to who took part.")
def cut_links(study: str, year: int, is_early: bool) -> None:
    """Cut the link between people and answers in a closed confidential wave, for good.

    Nobody can have answers looked up, changed or deleted afterwards. It is due thirty days after closing. When the
    database was in use, do it again: it then only rewrites what was left in its files.
    """
    with _database() as database:
        if link_cutting.sweep_links(database, study, year, ACTOR):
            click.echo(f"{study} {year}: the link was cut before; now nothing of it is left in the database's files.")
            return
        with database.write() as session:
            info = waves.wave_info(session, study, year)
            at = link_cutting.standing(session, InstrumentLibrary(database), info)
            if at is not None and at.due is not None and not (is_early or at.is_due(clock.today())):
                raise WrongState(
                    f"Until {at.due:%d-%m-%Y} people may have their answers changed or deleted; "
                    "cut the link before that day with --early."
                )
            done = link_cutting.cut_links(session, study, year, ACTOR)
        click.echo(
            f"{study} {year}: {counted(done.links, 'link', 'links')} cut; "
            f"{counted(done.contacts, 'contact', 'contacts')} and {counted(done.cases, 'case', 'cases')} written anew. "
            "Throw away the files with personal links and the back-ups from before today."
        )
        link_cutting.sweep_links(database, study, year, ACTOR)


@wave.command("correct")
@of_wave
@click.option(
    "--reason",
    default="",
    help="Why, and why a translation still holds; logged with the change. Needed once the wave is closed.",
)
def correct(study: str, year: int, reason: str) -> None:
    """Put corrected texts in force in a wave that has opened.

    Refused when more than words differs from the version in force, when labels changed places, and while a
    translation of what changed is stale. People who are answering see the new words from
    their next page on; every changed text is logged, old and new.
    """
    with _database() as database:
        instrument = instrument_in_files(database, Settings(), study, year)
        require_opening(database, study, year)  # a stale translation goes in force no more than it opens
        with database.write() as session:
            made = versions.correct(session, instrument, ACTOR, reason)
    for text in made.difference.texts:
        for language, old in text.old.items():
            if old != text.new.get(language):
                click.echo(f"{text.places[0]} ({language}): {old} → {text.new.get(language, '')}")
    click.echo(
        f"{study} {year}: version {made.hash[:12]} corrects {made.replaces[:12]}; "
        f"{counted(len(made.difference.texts), 'text', 'texts')} changed; "
        f"cases under way that go on with it: {made.moved}."
    )


@wave.command("revise")
@of_wave
@click.option("--reason", required=True, help="Why; kept with the log of the change.")
def revise(study: str, year: int, reason: str) -> None:
    """Put a new version beside the one in force, for who begins from now on.

    People who began keep their version. Refused when answers under both could not be counted together.
    """
    with _database() as database:
        instrument = instrument_in_files(database, Settings(), study, year)
        with database.write() as session:
            made = versions.revise(session, instrument, ACTOR, reason)
    for place in made.difference.others:
        click.echo(f"changed: {place}")
    click.echo(
        f"{study} {year}: version {made.hash[:12]} stands beside {made.replaces[:12]}; "
        f"different: {counted(len(made.difference.texts), 'text', 'texts')} and "
        f"{counted(len(made.difference.others), 'other place', 'other places')}."
    )


@wave.command("weigh")
@of_wave
@click.option("--reason", default="", help="Why; listed with the wave. Needed once it is closed.")
def weigh(study: str, year: int, reason: str) -> None:
    """Put the targets of weighting.yaml in force; figures that are weighted follow at once.

    Each scheme has a version, which every figure that is weighted by it names. What is asked does not change, and
    neither do figures without weights.
    """
    with _database() as database:
        instrument = instrument_worked_on(database, Settings(), study, year)
        with database.write() as session:
            made = weightings.weigh(session, instrument, ACTOR, reason)
    said = ", ".join(made.names) or "nothing is weighted any more"
    book = f"the report is weighted by {made.report}" if made.report else "the report is not weighted"
    click.echo(f"{study} {year}: {said}; {book}.")


@wave.command("edition")
@of_wave
@click.option(
    "--compare-with",
    "other",
    type=YEAR_OR_NONE,
    metavar="YEAR|none",
    help="Compare with this earlier wave.",
)
@click.option("--reason", default="", help="Why; it is listed with the wave and stands in its book.")
def edition(study: str, year: int, other: int | str | None, reason: str) -> None:
    """List the editions of a closed wave's figures, or compare them with another earlier wave from now on.

    A closed wave stays compared with the wave it was compared with when it closed, whatever other year comes in later.
    """
    with _database() as database:
        if other is not None:
            with database.write() as session:
                chosen = other if isinstance(other, int) else None
                editions.compare_with(session, study, year, chosen, ACTOR, reason)
        with database.read_primary() as session:
            waves.wave_info(session, study, year)
            made = editions.of_wave(session, study, year)
    if not made:
        click.echo(f"{study} {year} never closed, so its figures have no editions yet.")
    for each in made:
        beside = f"compared with {each.compared_with}" if each.compared_with else "compared with no other wave"
        why = f": {each.reason}" if each.reason else ""
        click.echo(f"{each.number:3}  {clock.local(each.at):%d-%m-%Y}  {each.act}, by {each.actor}, {beside}{why}")


@wave.command("remove-tests")
@of_wave
@click.option("--yes", is_flag=True, help="Do not ask.")
def remove_tests(study: str, year: int, yes: bool) -> None:
    """Remove every test case and test arrival of a wave, robots among them; what people answered stays."""
    with _database() as database:
        with database.read_primary() as session:
            held = clearing.tests_held(session, study, year)
        if not yes:
            also = f" and {counted(held.addresses, 'address', 'addresses')} that testers left" if held.addresses else ""
            tests = counted(held.cases, "test case", "test cases")
            click.confirm(f"Remove {tests}{also} of {study} {year} for good?", abort=True)
        with database.write() as session:
            done = clearing.remove_tests(session, study, year, ACTOR)
    left = f" and {counted(done.addresses, 'address', 'addresses')} that testers left" if done.addresses else ""
    click.echo(f"{study} {year}: {counted(done.cases, 'test case', 'test cases')}{left} removed.")


@wave.command("delete")
@of_wave
@click.option("--yes", is_flag=True, help="Do not ask.")
def delete(study: str, year: int, yes: bool) -> None:
    """Delete a draft wave that was never open, with its test cases and contacts."""
    with _database() as database:
        with database.read_primary() as session:
            goes = clearing.deletion(session, study, year)
        if not yes:
            also = (
                f" with {counted(goes.tests, 'test case', 'test cases')} and "
                f"{counted(goes.contacts, 'contact', 'contacts')}"
            )
            click.confirm(f"Delete the wave {study} {year}{also} for good?", abort=True)
        with database.write() as session:
            clearing.delete_wave(session, study, year, ACTOR)
    click.echo(f"{study} {year}: deleted. Its published definitions stay.")


@wave.command("list")
@click.argument("study", required=False)
def list_(study: str | None) -> None:
    """Every wave and its state."""
    with _database() as database, database.read() as session:
        library = InstrumentLibrary(database)
        found = waves.wave_list(session, study)
        links = {info: _link(link_cutting.standing(session, library, info)) for info in found}
    if not found:
        click.echo("There are no waves yet; make one with: surveyapp wave create STUDY YEAR")
    for info in found:
        opened = f"opened {clock.local(info.opened_at):%d-%m-%Y}" if info.opened_at else ""
        closed = f"closed {clock.local(info.closed_at):%d-%m-%Y}" if info.closed_at else ""
        line = f"{info.study:32} {info.year}  {info.state:9} {info.mode:13} {info.instrument_hash[:12]}"
        click.echo(f"{line}  {opened} {closed} {links[info]}".rstrip())


def _link(at: link_cutting.Standing | None) -> str:
    """What is said of the link between people and answers; empty where none ever existed."""
    if at is None:
        return ""
    if at.cut_on is not None:
        left = "" if at.is_swept else "; its old rows are still in the database's files"
        return f"link cut {at.cut_on:%d-%m-%Y}{left}"
    if at.due is None:
        return f"{at.links} linked"
    said = "link due to be cut since" if at.is_due(clock.today()) else "link to be cut"
    return f"{said} {at.due:%d-%m-%Y}, {at.links} linked"


commands = (wave,)
