"""A worker that is killed while it sends: nobody gets two, nobody is lost."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from surveyapp import clock
from surveyapp.jobs.invitation_queue import InvitationQueue
from surveyapp.storage import invitation_messages
from surveyapp.storage.database import Database
from tests.builders import STUDY, YEAR, running_wave
from tests.jobs.mail_peer import mail_peer, taken
from tests.jobs.mailings import INSTRUMENT, SALT, TUESDAY, Library, go, invite, office, states

ROOT = Path(__file__).parents[2]
KILLS = 3
"""Of a process, at a random moment; ``python -m tests.jobs.test_killed_mailings 200`` does as many as it is told."""


def kill_while_sending(database: Database, kills: int, people: int, seed: int = 7) -> Counter[str]:
    """Send to so many people, with a worker that is killed again and again; the states it ends with.

    Each message must arrive once where it is called sent, and at most once where nobody can know.
    """
    chance = random.Random(seed)
    running_wave(database, INSTRUMENT)
    with clock.stopped_at(TUESDAY):
        invite(database, *(f"p{n:05}" for n in range(people)))
        number = go(database)
    file = Path(database.file or "").with_suffix(".taken")
    with mail_peer(file, looks=0.002) as url:
        for _ in range(kills):
            command = [sys.executable, "-m", "tests.jobs.mailings", str(database.file), url]
            with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as worker:
                before, ends = len(taken(file)), time.monotonic() + 60
                while len(taken(file)) == before and worker.poll() is None and time.monotonic() < ends:
                    time.sleep(0.002)
                time.sleep(chance.uniform(0, 0.06))
                worker.kill()
        with clock.stopped_at(TUESDAY + timedelta(minutes=11)):  # what was in hand has lapsed by then
            queue = InvitationQueue(database, Library(database), office(url), salt=SALT)
            while queue.deliver().taken:
                pass
        found = states(database, number)
    arrived = Counter(taken(file))
    with database.read() as session:
        rows = invitation_messages.listed(session, STUDY, YEAR, number, state="", start=0, most=people)
    assert max(arrived.values()) == 1
    for row in rows:
        assert arrived[row.message_id.hex] == 1 if row.state == "sent" else row.state == "unsure", row.state
    assert found["sent"] + found["unsure"] == people
    assert found["unsure"] <= kills
    return found


@pytest.mark.slow
def test_a_worker_that_is_killed_while_it_sends_sends_nobody_two_and_loses_nobody(sqlite_database: Database) -> None:
    assert kill_while_sending(sqlite_database, KILLS, 60)["sent"] >= 60 - KILLS


def main(kills: int) -> None:
    """As many kills as somebody has time for."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/survey.sqlite3")
        database.upgrade()
        print(kills, "kills:", dict(kill_while_sending(database, kills, kills * 20)))
        database.close()


if __name__ == "__main__":
    main(int(sys.argv[1]))
