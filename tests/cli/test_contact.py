"""Inviting from the command line: contacts in, links out once, QR codes of the open link."""

from __future__ import annotations

import csv
import stat
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from surveyapp import clock
from surveyapp.cli import main
from surveyapp.exports.qr_codes import qr_code
from surveyapp.fieldwork import waves
from surveyapp.instrument.loader import load_instrument
from surveyapp.storage import audit, contacts, report_requests, sqlite
from surveyapp.storage.database import Database
from tests.instrument.definitions import patched, write

LIST = "email;name;role;language;source\njan@example.org;=1+1;contractor;nl;nieuwsbrief\nels@example.org;Els;;en;\n"


OPENED = datetime(2026, 11, 23, 12, tzinfo=UTC)
"""Before every moment at which a test stops the clock, whenever it runs."""


@pytest.fixture
def place(sqlite_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    documents = patched(("study.waves.0.mode", "confidential"), name="kinds")
    instrument = load_instrument(write(tmp_path / "kinds", documents), 2026)
    assert instrument.wave.mode == "confidential"
    with clock.stopped_at(OPENED), sqlite_database.write() as session:
        waves.create_wave(session, instrument)
        waves.open_wave(session, "kinds", 2026)
    monkeypatch.setenv("SURVEYAPP_DATABASE_URL", f"sqlite:///{sqlite_database.file}")
    monkeypatch.setenv("SURVEYAPP_INSTANCE", str(tmp_path / "instance"))
    monkeypatch.setenv("SURVEYAPP_BASE_URL", "https://survey.example.org/")
    (tmp_path / "list.csv").write_text(LIST, encoding="utf-8")
    return tmp_path


@pytest.fixture
def anonymous_place(sqlite_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same study, for everybody."""
    instrument = load_instrument(write(tmp_path / "anonymous", patched(name="kinds")), 2026)
    with sqlite_database.write() as session:
        waves.create_wave(session, instrument)
        waves.open_wave(session, "kinds", 2026)
    monkeypatch.setenv("SURVEYAPP_DATABASE_URL", f"sqlite:///{sqlite_database.file}")
    monkeypatch.setenv("SURVEYAPP_INSTANCE", str(tmp_path / "instance"))
    monkeypatch.setenv("SURVEYAPP_BASE_URL", "https://survey.example.org/")
    return tmp_path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def known(database: Database) -> int:
    with database.read() as session:
        return len(contacts.listed(session, "kinds", 2026))


def test_a_dry_run_says_what_would_happen_and_writes_nothing(place: Path, sqlite_database: Database) -> None:
    done = run("contact", "import", place / "list.csv", "kinds", 2026, "--dry-run")
    assert done.exit_code == 0, done.output
    assert "2 contacts would be taken in; nothing was written (role unknown 1, contractor 1)." in done.output
    assert known(sqlite_database) == 0


def test_a_list_with_a_fault_names_the_row_and_takes_in_nothing(place: Path, sqlite_database: Database) -> None:
    (place / "list.csv").write_text(LIST + "jan@example.org;;;;\n", encoding="utf-8")
    done = run("contact", "import", place / "list.csv", "kinds", 2026)
    assert done.exit_code == 2
    assert "row 4, email: jan@example.org stands in row 2 too" in done.output
    assert known(sqlite_database) == 0


def test_links_are_written_once_to_a_file_only_its_owner_reads(place: Path) -> None:
    assert run("contact", "import", place / "list.csv", "kinds", 2026).exit_code == 0
    done = run("contact", "links", "kinds", 2026, "--out", place / "links.csv")
    assert done.exit_code == 0, done.output
    assert stat.S_IMODE((place / "links.csv").stat().st_mode) == 0o600
    with (place / "links.csv").open(encoding="utf-8-sig", newline="") as file:
        els, jan = csv.DictReader(file, delimiter=";")
    assert jan["name"] == "'=1+1"  # a spreadsheet shows it and computes nothing
    assert jan["link"].startswith("https://survey.example.org/i/")
    assert len(jan["link"].rpartition("/")[2]) == 22
    assert jan["opt_out"] == jan["link"] + "/afmelden"
    assert els["opt_out"] == els["link"] + "/opt-out"
    assert jan["link"] not in done.output
    again = run("contact", "links", "kinds", 2026, "--out", place / "links.csv")
    assert again.exit_code == 2
    assert "is there already" in again.output


def test_links_made_again_say_that_those_before_no_longer_work(place: Path) -> None:
    run("contact", "import", place / "list.csv", "kinds", 2026)
    first = run("contact", "links", "kinds", 2026, "--out", place / "first.csv")
    assert "no longer work" not in first.output
    second = run("contact", "links", "kinds", 2026, "--out", place / "second.csv", "--anew", 2026)
    assert "2 of these contacts had before no longer work" in second.output


def test_a_list_for_an_anonymous_wave_is_refused_with_the_command_that_works(anonymous_place: Path) -> None:
    (anonymous_place / "list.csv").write_text(LIST, encoding="utf-8")
    for more in ((), ("--dry-run",)):
        done = run("contact", "import", anonymous_place / "list.csv", "kinds", 2026, *more)
        assert done.exit_code == 2
        assert "surveyapp wave links kinds 2026 --sources NAME,NAME --out FOLDER" in " ".join(done.output.split())


def test_a_year_that_is_not_there_is_answered_with_those_that_are(place: Path) -> None:
    assert "kinds has 2026" in run("wave", "close", "kinds", 2019).output


def test_each_source_gets_a_link_and_a_qr_code_per_language(anonymous_place: Path) -> None:
    done = run("wave", "links", "kinds", 2026, "--sources", "nieuwsbrief, partner-1", "--out", anonymous_place / "qr")
    assert done.exit_code == 0, done.output
    names = {path.name for path in (anonymous_place / "qr").iterdir()}
    assert names == {
        f"{source}-{language}.{kind}"
        for source in ("nieuwsbrief", "partner-1")
        for language in ("nl", "en")
        for kind in ("svg", "png")
    } | {"links.csv"}
    with (anonymous_place / "qr" / "links.csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file, delimiter=";"))
    assert lines[0]["link"] == "https://survey.example.org/nl/onderzoek/kinds-2026?bron=nieuwsbrief"
    assert lines[3]["link"] == "https://survey.example.org/en/survey/kinds-2026?source=partner-1"


@pytest.mark.parametrize("sources", ["", "open", "Nieuws Brief", "ünie", "other", "a" * 33])
def test_a_source_that_would_be_counted_under_another_name_is_refused(anonymous_place: Path, sources: str) -> None:
    done = run("wave", "links", "kinds", 2026, "--sources", sources, "--out", anonymous_place / "qr")
    assert done.exit_code == 2
    assert not (anonymous_place / "qr").exists()


def test_a_confidential_wave_has_no_open_link(place: Path) -> None:
    done = run("wave", "links", "kinds", 2026, "--sources", "nieuwsbrief", "--out", place / "qr")
    assert done.exit_code == 2
    assert "nobody can begin in it without a personal link" in done.output
    assert not (place / "qr").exists()


MASKS: tuple[Callable[[int, int], bool], ...] = (
    lambda r, c: (r + c) % 2 == 0,
    lambda r, _: r % 2 == 0,
    lambda _, c: c % 3 == 0,
    lambda r, c: (r + c) % 3 == 0,
    lambda r, c: (r // 2 + c // 3) % 2 == 0,
    lambda r, c: r * c % 2 + r * c % 3 == 0,
    lambda r, c: (r * c % 2 + r * c % 3) % 2 == 0,
    lambda r, c: ((r + c) % 2 + r * c % 3) % 2 == 0,
)


def payload(matrix: Sequence[Sequence[int]], mask: int) -> str:
    """What a scanner reads from a code of version 5, level M (ISO/IEC 18004, 7.7 and table 9: two blocks of 43)."""
    size = 37
    assert len(matrix) == size
    bits = []
    column, upwards = size - 1, True
    while column > 0:
        column -= column == 6  # the timing pattern
        for row in range(size - 1, -1, -1) if upwards else range(size):
            for at in (column, column - 1):
                corner = (row < 9 and (at < 9 or at >= size - 8)) or (row >= size - 8 and at < 9)
                if not (corner or row == 6 or (28 <= row <= 32 and 28 <= at <= 32)):
                    bits.append(bool(matrix[row][at]) ^ MASKS[mask](row, at))
        column, upwards = column - 2, not upwards
    words = [int("".join("01"[bit] for bit in bits[start : start + 8]), 2) for start in range(0, 86 * 8, 8)]
    data = "".join(f"{word:08b}" for word in words[0::2] + words[1::2])
    assert data[:4] == "0100"  # bytes
    length = int(data[4:12], 2)
    return bytes(int(data[at : at + 8], 2) for at in range(12, 12 + 8 * length, 8)).decode()


def test_a_scanner_reads_the_address_from_the_qr_code() -> None:
    address = "https://survey.example.org/nl/onderzoek/kinds-2026?bron=nieuwsbrief"
    code = qr_code(address)
    assert code.designator == "5-M"
    assert payload(code.matrix, code.mask) == address


def test_the_svg_bears_its_address_as_title(anonymous_place: Path) -> None:
    run("wave", "links", "kinds", 2026, "--sources", "partner", "--out", anonymous_place / "qr")
    svg = (anonymous_place / "qr" / "partner-en.svg").read_text(encoding="utf-8")
    assert "<title>https://survey.example.org/en/survey/kinds-2026?source=partner</title>" in svg
    assert (anonymous_place / "qr" / "partner-en.png").read_bytes().startswith(b"\x89PNG")


def test_the_link_is_cut_on_its_day_or_early_and_the_list_says_so(
    place: Path, sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with clock.stopped_at(OPENED):
        run("contact", "import", place / "list.csv", "kinds", 2026)
    with clock.stopped_at(datetime(2026, 12, 1, 12, tzinfo=UTC)):
        assert "link to be cut 17-01-2027, 0 linked" in run("wave", "list").output
        refused = run("wave", "cut-links", "kinds", 2026, "--early")
        assert (refused.exit_code, "close it first" in refused.output) == (2, True)
        with sqlite_database.write() as session:
            waves.close_wave(session, "kinds", 2026)
        refused = run("wave", "cut-links", "kinds", 2026)
        assert "Until 31-12-2026 people may have their answers changed or deleted" in refused.output
    with clock.stopped_at(datetime(2026, 12, 31, 12, tzinfo=UTC)):
        assert "link due to be cut since 31-12-2026" in run("wave", "list").output
        with sqlite_database.read() as reader:
            waves.wave_list(reader)
            monkeypatch.setitem(sqlite.PRAGMAS, "busy_timeout", 100)
            done = run("wave", "cut-links", "kinds", 2026)
        assert "0 links cut; 2 contacts and 0 cases written anew." in done.output
        assert (done.exit_code, "journal could not be emptied" in done.output) == (2, True)
        assert "link cut 31-12-2026; its old rows are still in the database" in run("wave", "list").output
        again = run("wave", "cut-links", "kinds", 2026)
        assert (again.exit_code, "nothing of it is left" in again.output) == (0, True)
        assert run("wave", "list").output.rstrip().endswith("link cut 31-12-2026")
        assert run("wave", "cut-links", "kinds", 2026).exit_code == 2
    with sqlite_database.read() as session:
        entries = audit.latest(session)[:2]
    assert [(entry.actor, entry.action) for entry in entries] == [
        ("command line", "wave.sweep-links"),
        ("command line", "wave.cut-links"),
    ]


def test_addresses_left_after_sending_come_out_once_each_by_name_of_the_wish(
    place: Path, sqlite_database: Database
) -> None:
    zoe = ("zoe@example.org", "en", [1])
    twice = ("bo@example.org", "en")
    for email, language, codes in (zoe, ("an@example.org", "nl", []), (*twice, []), zoe, (*twice, [1])):
        with sqlite_database.write() as session:
            report_requests.add(session, "kinds", 2026, email, language, codes)
    out = place / "wishes.csv"
    done = run("contact", "wishes", "kinds", 2026, "--out", out)
    assert done.exit_code == 0, done.output
    with out.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file, delimiter=";"))
    assert rows == [
        ["email", "language", "report", "wishes"],
        ["an@example.org", "nl", "yes", ""],
        ["bo@example.org", "en", "yes", "Send me the report"],
        ["zoe@example.org", "en", "", "Send me the report"],
    ]
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    with sqlite_database.read() as session:
        (entry,) = audit.latest(session, 1)
    assert (entry.action, entry.details) == ("contact.wishes", {"addresses": 3})
    assert run("contact", "wishes", "kinds", 2026, "--out", out).exit_code == 2
