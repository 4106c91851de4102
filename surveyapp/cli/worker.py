"""``surveyapp worker``: mail, books and files, and what else runs beside the requests."""

from __future__ import annotations

import os
import signal
import threading
from shutil import rmtree

import click

from surveyapp.cli import preflight
from surveyapp.config import Settings
from surveyapp.fieldwork.library import InstrumentLibrary
from surveyapp.numerals import counted
from surveyapp.storage import outbox
from surveyapp.storage.database import Database


@click.command("worker")
@click.option("--once", "is_once", is_flag=True, help="Do what is due now and end.")
@click.option("--beside", type=int, hidden=True, help="End when this process, our parent, has ended.")
def worker(is_once: bool, beside: int | None) -> None:
    """Send mail that waits, make files, tell people that a wave opened, and delete what is kept no longer.

    A wave whose closing day is over is closed, except on a development machine.
    `surveyapp serve` does this too, unless it is told --no-worker. Any number of workers may run at once.
    """
    preflight.compute_in_one_thread()
    from surveyapp.jobs.post import files_office, post_office
    from surveyapp.jobs.worker import Worker
    from surveyapp.web import logs
    from surveyapp.web.security import secret_key

    settings = Settings()
    logs.configure(settings) if is_once else logs.take_over(settings, "worker")
    with Database.of(settings) as database:
        preflight.require_all(settings, database)
        post = post_office(settings)
        # Files of a version that kept them on this disk; they would have been cleared away within a week.
        rmtree(settings.instance / "exports", ignore_errors=True)
        # The demonstration of a development machine must not end with the day its definition names.
        made = Worker(
            database,
            InstrumentLibrary(database),
            post,
            salt=secret_key(settings),
            files=files_office(settings),
            keeps_days=not settings.is_development,
            folder=settings.instance / "making",
            mailbox=settings.mailbox,
            a_minute=settings.mails_a_minute,
        )
        if is_once:
            done = made.once()
            with database.read_primary() as session:
                left = outbox.waiting(session)
            click.echo(
                f"{counted(done.sent, 'mail', 'mails')} sent, {done.put_off} put off, {done.given_up} given up; "
                f"waiting: {left.mails}."
            )
            if post is None and left.mails:
                click.echo("No mail server is set (SURVEYAPP_SMTP_URL): they wait until one is.")
            return
        stopped = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: stopped.set())
        made.run(lambda: stopped.is_set() or beside not in (None, os.getppid()), pause=stopped.wait)
        logs.log.info("process", process="worker", outcome="stopped", pid=os.getpid())


commands = (worker,)
