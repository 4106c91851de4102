"""What it costs to hand 5,000 invitations to a mail server on this machine, from the table to the last note.

The floor is smtplib that hands over mails of the same size, one after another on one connection, and does nothing else.
The server is a process of its own (`tests.jobs.mail_peer`).

``python -m benchmarks.mailings``
"""

from __future__ import annotations

import smtplib
import tempfile
import time
from pathlib import Path

from surveyapp import clock
from surveyapp.jobs.invitation_mail import message, previewed
from surveyapp.jobs.invitation_queue import InvitationQueue
from surveyapp.storage.database import Database
from tests.builders import running_wave
from tests.jobs.mail_peer import mail_peer, taken
from tests.jobs.mailings import INSTRUMENT, SALT, SENDER, SITE, TUESDAY, Library, go, invite, office, states

MESSAGES = 5_000
ALLOWED_SECONDS = 60.0


def _floor(url: str) -> float:
    from surveyapp.fieldwork.invitation_texts import default_texts

    text = default_texts(INSTRUMENT, "invitation", 1, None)["nl"]
    shown = previewed(INSTRUMENT, "confidential", text, "nl", "person@example.org", "Jan Jansen", SITE)
    content = message(shown, SENDER).as_bytes()
    port = int(url.rpartition(":")[2].partition("?")[0])
    begun = time.perf_counter()
    with smtplib.SMTP("127.0.0.1", port, "survey.example.org") as smtp:
        for _ in range(MESSAGES):
            smtp.sendmail(SENDER.address, ["person@example.org"], content)
    return time.perf_counter() - begun


def measure() -> dict[str, float]:
    """Seconds and CPU-seconds of ours, and seconds of the floor."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/survey.sqlite3")
        database.upgrade()
        running_wave(database, INSTRUMENT)
        with clock.stopped_at(TUESDAY), mail_peer(Path(folder) / "taken") as url:
            invite(database, *(f"person.{n}" for n in range(MESSAGES)))
            number = go(database)
            queue = InvitationQueue(database, Library(database), office(url), salt=SALT)
            begun, busy = time.perf_counter(), time.process_time()
            while queue.deliver().taken:
                pass
            seconds, cpu = time.perf_counter() - begun, time.process_time() - busy
            if states(database, number) != {"sent": MESSAGES} or len(taken(Path(folder) / "taken")) != MESSAGES:
                raise AssertionError("Not every message went.")
            floor = _floor(url)
        database.close()
    return {"seconds": seconds, "cpu": cpu, "floor_seconds": floor, "ratio": seconds / floor}


def rows() -> list[tuple[str, str, str, str, str]]:
    """The row of the results."""
    found = measure()
    return [
        (
            f"{MESSAGES:,} invitations handed to a mail server on this machine",
            f"{found['seconds']:.0f} s, {found['cpu']:.0f} CPU-s",
            f"{ALLOWED_SECONDS:.0f} s",
            f"{found['floor_seconds']:.0f} s (smtplib alone, mails of the same size)",
            f"{found['ratio']:.1f}",
        )
    ]


if __name__ == "__main__":
    for row in rows():
        print(" | ".join(row))
