"""Taking in a file of an earlier fieldwork: all or nothing, twice the same, faults by row and column."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from surveyapp.errors import ImportRefused, SurveyError, WrongState
from surveyapp.fieldwork.clearing import delete_wave
from surveyapp.fieldwork.import_file import MAXIMUM_SECONDS, linked_answer, read_file
from surveyapp.fieldwork.import_wave import dry_run, import_wave, rehearse
from surveyapp.fieldwork.waves import archive_wave, create_wave, open_wave, wave_info
from surveyapp.fieldwork.waves import test_wave as check_wave
from surveyapp.instrument.loader import load_instrument
from surveyapp.instrument.mapping import ImportMapping, load_mapping
from surveyapp.instrument.model import Instrument
from surveyapp.storage.changes import CASES
from surveyapp.storage.column_files import column_file
from surveyapp.storage.database import Database
from surveyapp.storage.tables import CaseRow, ImportRunRow

ROOT = Path(__file__).resolve().parents[2]
STUDY = ROOT / "instruments" / "goed-opdrachtgeverschap"
RESPONSES = ROOT.parent / "shared" / "study" / "2014" / "responses.csv"


@pytest.fixture(scope="module")
def mapping() -> ImportMapping:
    return load_mapping(STUDY / "2014" / "mapping.yaml")


@pytest.fixture(scope="module")
def instrument() -> Instrument:
    return load_instrument(STUDY, 2014)


def _file(mapping: ImportMapping, *rows: dict[str, str]) -> bytes:
    """A file with all columns; cells not named are empty."""
    columns = sorted(mapping.file_columns)
    dated = {"StartDate": "9-5-2014 10:13", "EndDate": "09/05/2014 10:25:00", "CollectorNm": "Web Link"}
    lines = [";".join(columns)]
    lines += [
        ";".join({**dated, "row_num": str(number), **row}.get(column, "") for column in columns)
        for number, row in enumerate(rows, start=1)
    ]
    return ("\n".join(lines) + "\n").encode()


def _stored(database: Database) -> list[tuple[object, ...]]:
    with database.read() as session:
        statement = select(
            CASES.c.case_id, CASES.c.state, CASES.c.source, CASES.c.started_on, CASES.c.seconds, CASES.c.answers
        ).order_by(CASES.c.case_id)
        return [tuple(row) for row in session.connection().execute(statement)]


def test_both_spellings_of_a_date_are_read_month_first(mapping: ImportMapping) -> None:
    case = read_file(_file(mapping, {"q0004": "2"}), mapping).cases[0]
    assert case.started is not None
    assert case.started.date() == date(2014, 9, 5)
    assert case.seconds == 12 * 60


def test_a_duration_is_at_most_an_hour_and_never_negative(mapping: ImportMapping) -> None:
    data = _file(
        mapping,
        {"q0004": "1", "EndDate": "9-7-2014 10:13"},
        {"q0004": "1", "EndDate": "9-4-2014 10:13"},
    )
    assert [case.seconds for case in read_file(data, mapping).cases] == [MAXIMUM_SECONDS, 0]


def test_a_gap_is_skipped_and_an_empty_tail_was_not_asked(mapping: ImportMapping) -> None:
    case = read_file(_file(mapping, {"q0003": "39", "q0005": "6"}), mapping).cases[0]
    assert case.answers["go14_q0003"] == 39
    assert case.answers["go14_q0004"] == -9
    assert "go14_q0022" not in case.answers
    assert not case.reached_the_end


def test_nought_in_the_phase_items_is_not_applicable_here_and_under_the_registrys_name(mapping: ImportMapping) -> None:
    case = read_file(_file(mapping, {"q0028_0007": "0"}), mapping).cases[0]
    assert case.answers["go14_q0028_0007"] == -1
    assert case.answers["ph_close"] == -1


def test_the_year_of_birth_index_becomes_a_year(mapping: ImportMapping) -> None:
    # ../shared/study/2014/README.md: "index, 1 = 1930, so 39 = 1968"
    case = read_file(_file(mapping, {"q0003": "39"}), mapping).cases[0]
    assert case.answers["b_birth"] == 1968


def test_an_outlier_is_kept_and_flagged(mapping: ImportMapping) -> None:
    read = read_file(_file(mapping, {"q0014_0001": "1.00E+09"}), mapping)
    assert read.cases[0].answers["go14_q0014_0001"] == 1_000_000_000
    assert read.cases[0].implausible == ("go14_q0014_0001",)
    report = next(column for column in read.columns if column.column == "q0014_0001")
    assert (report.valid, report.implausible) == (1, 1)


def test_a_code_without_an_equal_answers_nothing_under_the_registrys_name(mapping: ImportMapping) -> None:
    link = next(link for link in mapping.links if link.recode)
    outside = max(link.recode) + 1
    assert linked_answer(link, outside) is None
    assert linked_answer(link, -9) == -9


@pytest.mark.parametrize(
    ("cells", "row", "column"),
    [
        ({"q0022": "11"}, 3, "q0022"),
        ({"q0022": "acht"}, 3, "q0022"),
        ({"q0022": "7.5"}, 3, "q0022"),
        ({"q0013_0001": "-5"}, 3, "q0013_0001"),
        ({"StartDate": "31-31-2014 10:13"}, 3, "StartDate"),
        ({"q0022": "٧"}, 3, "q0022"),
    ],
)
def test_a_cell_that_does_not_fit_is_refused_with_row_and_column(
    mapping: ImportMapping, cells: dict[str, str], row: int, column: str
) -> None:
    with pytest.raises(ImportRefused) as refused:
        read_file(_file(mapping, {"q0022": "8"}, cells), mapping)
    assert (refused.value.faults[0].row, refused.value.faults[0].column) == (row, column)
    assert f"Row {row}, column {column}" in str(refused.value)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda data: data[:200], "no rows"),
        (lambda data: b"", "no rows"),
        (lambda data: data.replace(b"q0022", b"q0022x"), "columns"),
        (lambda data: data.replace(b";q0022;", b";q0026;"), "columns"),
        (lambda data: data.replace(b"Web Link", b"Web \0Link"), "NUL"),
        (lambda data: data.replace(b"Web Link", b"Web \xff\xfeLink"), "utf-8"),
        (lambda data: data + b"1;2;3\n", "more or fewer columns"),
        (lambda data: data + b'"open quote;;\n', "no table"),
        (lambda data: b"PK\x03\x04" + data, "zip archive"),
    ],
)
def test_a_file_that_does_not_fit_is_refused_as_a_whole(mapping: ImportMapping, spoil: object, said: str) -> None:
    data = spoil(_file(mapping, {"q0022": "8"}))  # type: ignore[operator]
    with pytest.raises(ImportRefused, match=said):
        read_file(data, mapping)


def test_an_import_writes_all_and_says_per_column_what_it_did(
    database: Database, mapping: ImportMapping, instrument: Instrument
) -> None:
    data = _file(mapping, {"q0022": "8", "q0038_0005": "4"}, {"q0022": "7"})
    with database.write() as session:
        report = import_wave(session, data, mapping, instrument)
    assert (report.cases, report.complete, report.replaced) == (2, 1, 0)
    assert len(_stored(database)) == 2
    by_column = {column.column: column for column in report.columns}
    assert by_column["q0022"].linked == ("gr_assign",)
    assert by_column["q0022"].valid == 2
    with database.read() as session:
        info = wave_info(session, "goed-opdrachtgeverschap", 2014)
        assert info.state == "closed"
        assert session.scalar(select(func.count()).select_from(ImportRunRow)) == 1


def test_importing_twice_gives_the_same_cases(
    database: Database, mapping: ImportMapping, instrument: Instrument
) -> None:
    data = _file(mapping, {"q0022": "8"}, {"q0022": "7"})
    with database.write() as session:
        import_wave(session, data, mapping, instrument)
    first = _stored(database)
    with database.write() as session:
        report = import_wave(session, data, mapping, instrument)
    assert report.replaced == 2
    assert _stored(database) == first


def test_a_row_that_left_the_file_leaves_an_empty_erased_case(
    database: Database, mapping: ImportMapping, instrument: Instrument
) -> None:
    with database.write() as session:
        import_wave(session, _file(mapping, {"q0022": "8"}, {"q0022": "7"}), mapping, instrument)
    with database.write() as session:
        import_wave(session, _file(mapping, {"q0022": "8"}), mapping, instrument, reason="a row was double")
    assert sorted(str(row[1]) for row in _stored(database)) == ["erased", "started"]
    assert [row[5] for row in _stored(database) if row[1] == "erased"] == [{}]


def test_what_was_imported_before_stays_on_no_disk(
    database: Database, mapping: ImportMapping, instrument: Instrument, tmp_path: Path
) -> None:
    """Whoever is no longer in the file stood in that of the columns until somebody looked at the wave."""
    database.columns = tmp_path
    file = column_file(tmp_path, instrument.study.id, instrument.wave.year)
    for attempt, reason, stays in ((import_wave, "", True), (rehearse, "less", True), (import_wave, "less", False)):
        file.touch()
        with database.write() as session:
            rows = [{"q0022": "8"}] if reason else [{"q0022": "8"}, {"q0022": "7"}]
            attempt(session, _file(mapping, *rows), mapping, instrument, reason=reason)
        assert file.exists() is stays, attempt


def test_a_refused_file_leaves_everything_as_it_was(
    database: Database, mapping: ImportMapping, instrument: Instrument
) -> None:
    with database.write() as session:
        import_wave(session, _file(mapping, {"q0022": "8"}), mapping, instrument)
    before = _stored(database)
    with pytest.raises(ImportRefused), database.write() as session:
        import_wave(session, _file(mapping, {"q0022": "9"}, {"q0022": "99"}), mapping, instrument)
    assert _stored(database) == before


def test_a_wave_that_was_fielded_here_is_never_overwritten(
    database: Database, mapping: ImportMapping, instrument: Instrument
) -> None:
    with database.write() as session:
        create_wave(session, instrument)
        keys = {"study_id": instrument.study.id, "year": instrument.wave.year, "instrument_hash": instrument.hash}
        person = {"role": "contractor", "language": "nl", "source": "open", "state": "started", "consent_version": "1"}
        session.add(CaseRow(**keys, **person, case_id=uuid4()))
    for attempt in (import_wave, rehearse):
        with pytest.raises(WrongState, match="fielded"), database.write() as session:
            attempt(session, _file(mapping, {"q0022": "8"}), mapping, instrument)
    assert len(_stored(database)) == 1


def test_a_wave_that_was_made_before_its_answers_came_in_is_no_dead_end(
    database: Database, mapping: ImportMapping, instrument: Instrument
) -> None:
    with database.write() as session:
        create_wave(session, instrument)
    with database.write() as session:
        said = rehearse(session, _file(mapping, {"q0022": "8"}), mapping, instrument)
    assert _stored(database) == []
    with database.write() as session:
        assert wave_info(session, instrument.study.id, 2014).state == "draft"
        done = import_wave(session, _file(mapping, {"q0022": "8"}), mapping, instrument)
        assert wave_info(session, instrument.study.id, 2014).state == "closed"
    assert said == done
    assert len(_stored(database)) == 1


Given = Callable[[Database, ImportMapping, Instrument], None]


def _nothing(database: Database, mapping: ImportMapping, instrument: Instrument) -> None:
    """No such wave yet."""


def _made(database: Database, mapping: ImportMapping, instrument: Instrument) -> None:
    """As `wave create` leaves it."""
    with database.write() as session:
        create_wave(session, instrument)


def _imported(database: Database, mapping: ImportMapping, instrument: Instrument) -> None:
    """Another file came in before."""
    with database.write() as session:
        import_wave(session, _file(mapping, {"q0022": "5"}), mapping, instrument)


def _archived(database: Database, mapping: ImportMapping, instrument: Instrument) -> None:
    """And was put away."""
    _imported(database, mapping, instrument)
    with database.write() as session:
        archive_wave(session, instrument.study.id, 2014)


def _fielded(database: Database, mapping: ImportMapping, instrument: Instrument) -> None:
    """Somebody answered here."""
    _made(database, mapping, instrument)
    keys = {"study_id": instrument.study.id, "year": 2014, "instrument_hash": instrument.hash}
    person = {"role": "contractor", "language": "nl", "source": "open", "state": "started", "consent_version": "1"}
    with database.write() as session:
        session.add(CaseRow(**keys, **person, case_id=uuid4()))


FILES: dict[str, Callable[[ImportMapping], bytes]] = {
    "good": lambda mapping: _file(mapping, {"q0022": "8"}, {"q0022": "7"}),
    "the same as before": lambda mapping: _file(mapping, {"q0022": "5"}),
    "no code": lambda mapping: _file(mapping, {"q0022": "11"}, {"q0022": "acht"}),
    "no number": lambda mapping: _file(mapping, {"q0014_0001": "1,250"}),
    "no day": lambda mapping: _file(mapping, {"StartDate": "31-31-2014 10:13"}),
    "a number twice": lambda mapping: _file(mapping, {"q0022": "8"}, {"q0022": "8", "row_num": "1"}),
    "no rows": lambda mapping: b"",
    "other columns": lambda mapping: _file(mapping, {"q0022": "8"}).replace(b"q0022", b"q0022x"),
    "no text": lambda mapping: _file(mapping, {"q0022": "8"}).replace(b"Web Link", b"Web \0Link"),
    "too many columns": lambda mapping: _file(mapping, {"q0022": "8"}) + b"1;2;3\n",
}


def _outcome(
    attempt: Callable[..., object], database: Database, *given: object, reason: str
) -> tuple[str, str, tuple[object, ...]] | object:
    try:
        with database.write() as session:
            return attempt(session, *given, reason=reason)
    except SurveyError as error:
        return type(error).__name__, str(error), tuple(getattr(error, "faults", ()))


@pytest.mark.parametrize("reason", ["", "A row was read wrongly"])
@pytest.mark.parametrize("given", [_nothing, _made, _imported, _archived, _fielded])
@pytest.mark.parametrize("file", sorted(FILES))
def test_a_dry_run_promises_what_the_real_run_does(
    file: str, given: Given, reason: str, sqlite_database: Database, mapping: ImportMapping, instrument: Instrument
) -> None:
    given(sqlite_database, mapping, instrument)
    before = _stored(sqlite_database)
    asked = (FILES[file](mapping), mapping, instrument)
    promised = _outcome(rehearse, sqlite_database, *asked, reason=reason)
    assert _stored(sqlite_database) == before
    assert _outcome(import_wave, sqlite_database, *asked, reason=reason) == promised


def test_a_wave_that_comes_as_a_file_is_neither_tried_nor_opened(database: Database, instrument: Instrument) -> None:
    with database.write() as session:
        create_wave(session, instrument)
    for move in (check_wave, open_wave):
        with pytest.raises(WrongState, match="no published questionnaire"), database.write() as session:
            move(session, instrument.study.id, 2014)
    with database.write() as session:
        assert wave_info(session, instrument.study.id, 2014).state == "draft"
        delete_wave(session, instrument.study.id, 2014, "command line")


def test_the_fieldwork_of_2014_comes_in_whole(mapping: ImportMapping, instrument: Instrument) -> None:
    if not RESPONSES.exists():
        pytest.skip("the public answers of 2014 are not part of the repository")
    report = dry_run(RESPONSES.read_bytes(), mapping, instrument)
    by_column = {column.column: column for column in report.columns}
    # ../shared/study/domain.md 1.1: 908 rows, 5 September 2014 to 6 January 2015
    assert (report.cases, report.first_day, report.last_day) == (908, date(2014, 9, 5), date(2015, 1, 6))
    # counted with pandas: 765 marks for the assignment; 250 times 0 for the closing, which is not applicable
    assert by_column["q0022"].valid == 765
    assert by_column["q0028_0007"].missing[-1] == 250
    assert by_column["q0028_0007"].valid == 470
