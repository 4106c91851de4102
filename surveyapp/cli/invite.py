"""``surveyapp invite``: mailings to the people of a wave, without the console."""

from __future__ import annotations

import json

import click

from surveyapp import clock
from surveyapp.cli.arguments import of_wave
from surveyapp.cli.preflight import opened
from surveyapp.cli.wave import ACTOR
from surveyapp.cli.wave_links import warn_of_loopback
from surveyapp.config import Settings
from surveyapp.fieldwork import invitation_rounds
from surveyapp.fieldwork.invitation_yield import yields
from surveyapp.fieldwork.library import InstrumentLibrary
from surveyapp.fieldwork.recipients import recipients
from surveyapp.fieldwork.waves import wave_info
from surveyapp.numerals import counted


@click.group("invite")
def invite() -> None:
    """Write to the people of a wave in mailings: invitations, reminders, a thank-you."""


@invite.command("list")
@of_wave
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
def list_(study: str, year: int, as_json: bool) -> None:
    """Tell the mailings of STUDY YEAR and what came of each."""
    with opened(Settings()) as database, database.read() as session:
        info = wave_info(session, study, year)
        found = invitation_rounds.rounds(session, study, year)
        figures = yields(session, info)
    if as_json:
        rows = [
            {
                "kind": one.kind,
                "nth": one.nth,
                "state": str(one.state),
                "send_at": one.send_at.isoformat() if one.send_at else None,
                "delivered": figures[one.number].delivered,
                **figures[one.number].stored(),
            }
            for one in found
        ]
        click.echo(json.dumps(rows, indent=2))
        return
    if not found:
        click.echo(f"{study} {year} has no mailing yet; make one with: surveyapp invite new {study} {year} invitation")
    for one in found:
        came = figures[one.number]
        when = f"{clock.local(one.send_at):%d-%m-%Y %H:%M}" if one.send_at else "-"
        finished = "-" if came.completes is None else came.completes
        click.echo(
            f"{one.number:>3}  {f'{one.kind} {one.nth}':<14} {one.state:<8} {when:<17} to {came.messages}, "
            f"sent {came.sent}, came back {came.bounced}, finished within 3 days {finished}, opted out {came.opt_outs}"
        )


@invite.command("new")
@of_wave
@click.argument("kind", type=click.Choice(invitation_rounds.KINDS))
def new(study: str, year: int, kind: str) -> None:
    """Make a draft with the texts such a mailing begins from; the console changes them and chooses who gets it."""
    settings = Settings()
    with opened(settings) as database, database.write() as session:
        instrument = InstrumentLibrary(database).of_wave(session, study, year)
        number = invitation_rounds.create(session, instrument, kind, ACTOR, instruments=settings.instruments)
        one = invitation_rounds.round_of(session, study, year, number)
        people = len(recipients(session, wave_info(session, study, year), instrument, kind, one.rule, number))
    click.echo(f"Mailing {number} is a draft; {counted(people, 'person', 'people')} would get it now.")


@invite.command("send")
@of_wave
@click.argument("number", type=click.IntRange(1, 9999))
@click.option("--count", type=click.IntRange(1), help="How many people get it; without it the number is told.")
def send(study: str, year: int, number: int, count: int | None) -> None:
    """Let mailing NUMBER of STUDY YEAR go, or go on with it where it was stopped. `surveyapp worker` sends it."""
    settings = Settings()
    with opened(settings) as database, database.write() as session:
        instrument = InstrumentLibrary(database).of_wave(session, study, year)
        one = invitation_rounds.round_of(session, study, year, number)
        if one.state == "stopped":
            invitation_rounds.go_on(session, study, year, number, ACTOR)
            click.echo(f"Mailing {number} goes on.")
            return
        if count is None and one.is_draft:
            people = recipients(session, wave_info(session, study, year), instrument, one.kind, one.rule, number)
            click.echo(f"{counted(len(people), 'person', 'people')} would get it now; give --count {len(people)}.")
            return
        sent = invitation_rounds.confirm(
            session, instrument, number, count or 0, ACTOR, as_files=settings.mail_server is None
        )
        one = invitation_rounds.round_of(session, study, year, number)
    when = f"{clock.local(one.send_at):%d-%m-%Y %H:%M}" if one.send_at else ""
    click.echo(f"Mailing {number} goes to {counted(sent, 'person', 'people')}, from {when}.")
    if one.as_files:
        click.echo(
            f"No mail server is set (SURVEYAPP_SMTP_URL): the messages become files in {settings.mailing_folder}."
        )
    warn_of_loopback(settings.base_url)


@invite.command("stop")
@of_wave
@click.argument("number", type=click.IntRange(1, 9999))
def stop(study: str, year: int, number: int) -> None:
    """Send nothing more of mailing NUMBER of STUDY YEAR until it goes on."""
    with opened(Settings()) as database, database.write() as session:
        InstrumentLibrary(database).of_wave(session, study, year)
        invitation_rounds.stop(session, study, year, number, ACTOR)
        left = {row.number: row for row in yields(session, wave_info(session, study, year)).values()}[number]
    click.echo(f"Mailing {number} is stopped; {counted(left.waiting, 'message waits', 'messages wait')}.")


commands = (invite,)
