"""What a list of 20,000 contacts costs: read, kept, looked at, confirmed; as a workbook and as CSV.

The floor is the same file read by openpyxl row by row, or by csv, and nothing done with it. Each measurement runs in a
process of its own, so that its peak of memory is its own.

``python -m benchmarks.sample``
"""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import openpyxl

from benchmarks.peaks import measured
from surveyapp.exports.contact_books import book_bytes, read_upload
from surveyapp.exports.link_files import csv_bytes
from surveyapp.fieldwork import staged_lists
from surveyapp.fieldwork.sample_columns import TEMPLATE
from surveyapp.instrument.model import Instrument
from surveyapp.storage import samples
from surveyapp.storage.database import Database
from tests.builders import STUDY, YEAR, running_wave, small_instrument

CONTACTS = 20_000
ALLOWED_SECONDS, ALLOWED_MEGABYTES = 20.0, 200.0
KINDS = ("xlsx", "csv")
SALT = "a secret of the application, long enough to measure with"


def made(kind: str) -> bytes:
    """A list as a team sends it in."""
    lines = [
        (f"person.{n}@organisation-{n % 900}.nl", f"Jan van der {n}", "contractor" if n % 3 else "manager",
         "nl" if n % 9 else "en", "newsletter", f"segment {n % 12}", f"Organisation {n % 900}")
        for n in range(CONTACTS)
    ]  # fmt: skip
    return book_bytes("contacts", TEMPLATE["en"], lines) if kind == "xlsx" else csv_bytes(TEMPLATE["en"], lines)


def upload(data: bytes, database: Database) -> str:
    """The first request: the name under which the list waits."""
    listed = read_upload(data)
    with database.write() as session:
        return staged_lists.stage(session, STUDY, YEAR, listed, "researcher", salt=SALT).id


def look(run: str, database: Database, instrument: Instrument) -> str:
    """The second: the digest of what the list comes to."""
    with database.read_primary() as session:
        waiting = staged_lists.staged(session, STUDY, YEAR, run, "researcher", salt=SALT)
        return staged_lists.reviewed(session, instrument, waiting, salt=SALT).digest


def upload_to_confirmation(data: bytes, database: Database, instrument: Instrument) -> None:
    """What a researcher asks for in three requests."""
    run = upload(data, database)
    digest = look(run, database, instrument)
    with database.write() as session:
        staged_lists.take_in(session, instrument, run, "researcher", salt=SALT, expected=digest)
    with database.read_primary() as session:
        assert samples.count(session, STUDY, YEAR, samples.ContactChoice()) == CONTACTS


def floor(kind: str, data: bytes) -> None:
    """The same file read, and no more."""
    if kind == "csv":
        rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig")), delimiter=";"))
    else:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True)
        rows = [list(map(str, row)) for row in book.worksheets[0].iter_rows(values_only=True)]
    assert len(rows) == CONTACTS + 1


def child(task: str, kind: str, path: Path) -> dict[str, float]:
    """One measurement, in this process."""
    data = path.read_bytes()
    if task == "floor":
        return measured(lambda: floor(kind, data))
    instrument = small_instrument(mode="confidential")
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/sample.sqlite3")
        database.upgrade()
        running_wave(database, instrument, "draft")
        found = measured(lambda: upload_to_confirmation(data, database, instrument))
        database.close()
    return found


def _in_a_process(task: str, kind: str, path: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.sample", task, kind, str(path)]
    found: dict[str, float] = json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout)
    return found


def rows() -> list[tuple[str, str, str, str, str]]:
    """What, measured, allowed, floor, ratio."""
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for kind in KINDS:
            path = Path(folder) / f"list.{kind}"
            path.write_bytes(made(kind))
            cost, least = (_in_a_process(task, kind, path) for task in ("whole", "floor"))
            found.append(
                (
                    f"{CONTACTS:,} contacts as {kind}: upload, look, confirm",
                    f"{cost['seconds']:.1f} CPU-s, {cost['megabytes']:.0f} MB",
                    f"{ALLOWED_SECONDS:.0f} s and {ALLOWED_MEGABYTES:.0f} MB",
                    f"{least['seconds']:.1f} CPU-s, {least['megabytes']:.0f} MB (the file read, no more)",
                    f"{cost['seconds'] / least['seconds']:.1f}",
                )
            )
    return found


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(child(sys.argv[1], sys.argv[2], Path(sys.argv[3]))))
    else:
        print("\n".join(" | ".join(row) for row in rows()))
