"""Queries on cases and page saves: Core statements built once, because they are the respondent's hot path.

Nothing here decides anything; the rules of an interview stand in `fieldwork.interviews`.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal

from sqlalchemy import Row, bindparam, delete, exists, func, insert, literal_column, or_, select, update
from sqlmodel import Session

from surveyapp.storage import coding, statements, stop_reasons
from surveyapp.storage.changes import CASES, new_mark, shard_of, touch
from surveyapp.storage.statements import batches, in_wave, insert_for, put
from surveyapp.storage.tables import DraftRow, PageSaveRow, WaveRow

WAVES: Any = WaveRow.__table__  # type: ignore[attr-defined]
SAVES: Any = PageSaveRow.__table__  # type: ignore[attr-defined]
DRAFTS: Any = DraftRow.__table__  # type: ignore[attr-defined]

StoredCase = Row[*tuple[Any, ...]]
"""A row of a query on cases."""
DIALECTS = ("sqlite", "postgresql")
ANSWERABLE = ("test", "open")
"""States of a wave in which answers come in."""

_STATE_FIELDS = (
    "study_id", "year", "case_id", "role", "language", "state", "is_test", "revision", "answers", "pages",
    "last_page", "instrument_hash", "seed", "seconds", "reference", "source", "device", "started_on", "sent_on",
    "resume_box",
)  # fmt: skip
_STATE = select(*(CASES.c[name] for name in _STATE_FIELDS), WAVES.c.state.label("wave_state")).join_from(
    CASES, WAVES, (WAVES.c.study_id == CASES.c.study_id) & (WAVES.c.year == CASES.c.year)
)
_THIS = (CASES.c.study_id == bindparam("study"), CASES.c.case_id == bindparam("case"))
_OF_CASE = (SAVES.c.study_id == CASES.c.study_id, SAVES.c.case_id == CASES.c.case_id)
_HAS_DRAFTS = exists().where(DRAFTS.c.study_id == CASES.c.study_id, DRAFTS.c.case_id == CASES.c.case_id)
_BY_KEY = _STATE.add_columns(
    exists()
    .where(
        *_OF_CASE,
        SAVES.c.page != bindparam("aside"),
        func.substr(SAVES.c.client_key, 1, bindparam("length")) != bindparam("own"),
    )
    .label("may_be_shared"),
    _HAS_DRAFTS.label("may_have_drafts"),
).where(CASES.c.study_id == bindparam("study"), CASES.c.key_hash == bindparam("hash"))
_BY_ID = _STATE.where(*_THIS)
_BY_ID_LOCKED = _BY_ID.with_for_update(of=CASES)

_IS_ANSWERABLE = exists().where(
    WAVES.c.study_id == CASES.c.study_id,
    WAVES.c.year == CASES.c.year,
    or_(*(WAVES.c.state == literal_column(f"'{state}'") for state in ANSWERABLE)),
)
_ADVANCE = (
    update(CASES)
    .where(*_THIS, CASES.c.revision == bindparam("known"), CASES.c.state == "started", _IS_ANSWERABLE)
    .values(
        answers=bindparam("document"),
        pages=bindparam("seqs"),
        last_page=bindparam("page"),
        language=bindparam("tongue"),
        seconds=CASES.c.seconds + bindparam("spent"),
        revision=CASES.c.revision + 1,
        mark=bindparam("marked"),
    )
    # Of drafts it tells truly on PostgreSQL too: by its foreign key the page save before it holds the case, which who
    # keeps a draft holds first.
    .returning(CASES.c.year, _HAS_DRAFTS.label("has_drafts"))
)
_INSERT_SAVE = {
    dialect: insert_for(dialect, SAVES).on_conflict_do_nothing().returning(SAVES.c.seq) for dialect in DIALECTS
}
_SAVES_OF_CASE = (SAVES.c.study_id == bindparam("study"), SAVES.c.case_id == bindparam("case"))
_DRAFTS_OF_CASE = (DRAFTS.c.study_id == bindparam("study"), DRAFTS.c.case_id == bindparam("case"))
_SAVED_AS = select(SAVES.c.seq).where(*_SAVES_OF_CASE, SAVES.c.client_key == bindparam("client"))
_CLIENT_KEYS = select(SAVES.c.seq, SAVES.c.client_key).where(*_SAVES_OF_CASE)
_UNSAVE = delete(SAVES).where(*_SAVES_OF_CASE, SAVES.c.client_key == bindparam("client"))
_FORGET_DRAFT = delete(DRAFTS).where(*_DRAFTS_OF_CASE, DRAFTS.c.page == bindparam("of"))
_FORGET_PAGE_DRAFTS = (
    delete(DRAFTS)
    .where(
        *_DRAFTS_OF_CASE,
        or_(
            DRAFTS.c.page == bindparam("of"),
            func.substr(DRAFTS.c.page, 1, bindparam("length")) == bindparam("others"),
        ),
    )
    .returning(DRAFTS.c.page, DRAFTS.c.typed, DRAFTS.c.form)
)
_INSERT_CASE = {
    dialect: insert_for(dialect, CASES)
    .on_conflict_do_nothing(index_elements=["study_id", "key_hash"])
    .returning(CASES.c.case_id)
    for dialect in DIALECTS
}


def _dialect(session: Session) -> str:
    return session.get_bind().dialect.name


def by_key(session: Session, study: str, key_hash: str, own: str = "", aside: str = "") -> StoredCase | None:
    """The case a key opens, with its wave's state: one indexed query.

    Parameters
    ----------
    own :   how the forms of this browser's saves are named; ``may_be_shared`` tells whether a save is named otherwise
    aside : a page of which it need not tell
    """
    parameters = {"study": study, "hash": key_hash, "own": own, "length": len(own), "aside": aside}
    return session.connection().execute(_BY_KEY, parameters).first()


def count(session: Session, study: str, year: int) -> int:
    """How many cases a wave has, in whatever state."""
    return statements.count(session, CASES, *in_wave(CASES, study, year))


def by_id(session: Session, study: str, case_id: uuid.UUID, *, lock: bool = False) -> StoredCase | None:
    """The case as it stands now; locked, nobody else changes it before this transaction ends."""
    statement = _BY_ID_LOCKED if lock else _BY_ID
    return session.connection().execute(statement, {"study": study, "case": case_id}).first()


def insert_case(session: Session, values: Mapping[str, Any]) -> bool:
    """Make a case; False when its key opens one already."""
    statement = _INSERT_CASE[_dialect(session)]
    is_new = session.connection().execute(statement, _marked(values)).first() is not None
    if is_new:
        touch(session, values["study_id"], values["year"], values["case_id"])
    return is_new


def _marked(values: Mapping[str, Any]) -> dict[str, Any]:
    return {**values, "shard": shard_of(values["case_id"]), "mark": new_mark()}


def insert_cases(session: Session, rows: Iterable[Mapping[str, Any]]) -> None:
    """Make many cases in one statement; each row names the same columns, without ``shard`` and ``mark``."""
    listed = [_marked(row) for row in rows]
    if listed:
        session.connection().execute(insert(CASES), listed)
    for row in listed:
        touch(session, row["study_id"], row["year"], row["case_id"])


def insert_save(session: Session, values: Mapping[str, Any]) -> bool:
    """Append a page save; False when its number or its client key stands there already."""
    return session.connection().execute(_INSERT_SAVE[_dialect(session)], dict(values)).first() is not None


def flags(session: Session, study: str, case_id: uuid.UUID) -> dict[str, Any]:
    """What was noted of a case beside its answers: orders shown, names off the path, implausible numbers."""
    statement = select(CASES.c.flags).where(*_THIS)
    found: dict[str, Any] | None = session.connection().execute(statement, {"study": study, "case": case_id}).scalar()
    return found or {}


def unsave(session: Session, study: str, case_id: uuid.UUID, client_key: str) -> None:
    """Take back a page save of this same transaction."""
    session.connection().execute(_UNSAVE, {"study": study, "case": case_id, "client": client_key})


def client_keys(session: Session, study: str, case_id: uuid.UUID) -> dict[int, str]:
    """Of every page save of a case the number and the key of the form that brought it."""
    rows = session.connection().execute(_CLIENT_KEYS, {"study": study, "case": case_id})
    return {row.seq: row.client_key for row in rows}


def is_saved(session: Session, study: str, case_id: uuid.UUID, client_key: str) -> bool:
    """Whether a submit with this client key was stored before."""
    parameters = {"study": study, "case": case_id, "client": client_key}
    return session.connection().execute(_SAVED_AS, parameters).first() is not None


def advance(
    session: Session,
    study: str,
    case_id: uuid.UUID,
    *,
    known: int,
    document: Mapping[str, Any],
    seqs: Mapping[str, int],
    page: str,
    language: str,
    seconds: int,
) -> Literal["moved", "advanced", "advanced past drafts"]:
    """Put the new current answers in place; ``moved`` when the case moved on, was sent, or its wave closed.

    It also tells whether something of the case was typed and not saved, on whatever page.
    """
    parameters = {
        "study": study, "case": case_id, "known": known, "document": document, "seqs": seqs,
        "page": page, "tongue": language, "spent": seconds, "marked": new_mark(),
    }  # fmt: skip
    row = session.connection().execute(_ADVANCE, parameters).first()
    if row is None:
        return "moved"
    touch(session, study, row.year, case_id)
    return "advanced past drafts" if row.has_drafts else "advanced"


def change(session: Session, study: str, case_id: uuid.UUID, values: Mapping[str, Any]) -> None:
    """Set columns of a case, and let whoever looks for changes find it."""
    statement = update(CASES).where(CASES.c.study_id == study, CASES.c.case_id == case_id)
    year = session.connection().execute(statement.values(mark=new_mark(), **values).returning(CASES.c.year)).scalar()
    if year is not None:
        touch(session, study, year, case_id)


def set_unmarked(session: Session, study: str, case_id: uuid.UUID, values: Mapping[str, Any]) -> None:
    """Set columns that no figure rests on."""
    statement = update(CASES).where(CASES.c.study_id == study, CASES.c.case_id == case_id)
    session.connection().execute(statement.values(**values))


def saves(session: Session, study: str, case_id: uuid.UUID) -> list[StoredCase]:
    """Every page save of a case, first to last."""
    statement = select(SAVES).where(SAVES.c.study_id == study, SAVES.c.case_id == case_id)
    return list(session.connection().execute(statement.order_by(SAVES.c.seq)))


def saves_of_wave(session: Session, study: str, year: int) -> Iterator[StoredCase]:
    """Every page save of a wave, case by case, first to last; read a part at a time."""
    statement = (
        select(SAVES)
        .join(CASES, (CASES.c.study_id == SAVES.c.study_id) & (CASES.c.case_id == SAVES.c.case_id))
        .where(*in_wave(CASES, study, year))
        .order_by(SAVES.c.case_id, SAVES.c.seq)
    )
    yield from session.connection().execute(statement.execution_options(yield_per=500))


def forget_draft(session: Session, study: str, case_id: uuid.UUID, page: str) -> None:
    """Drop what was typed on a page and not sent in."""
    session.connection().execute(_FORGET_DRAFT, {"study": study, "case": case_id, "of": page})


def forget_page_drafts(session: Session, study: str, case_id: uuid.UUID, page: str, others: str) -> list[StoredCase]:
    """Drop what was typed on a page and not sent in, and give what went.

    Names of other browsers' drafts of the page begin with ``others``.
    """
    parameters = {"study": study, "case": case_id, "of": page, "others": others, "length": len(others)}
    return list(session.connection().execute(_FORGET_PAGE_DRAFTS, parameters))


def forget_drafts(session: Session, study: str, case_id: uuid.UUID) -> None:
    """Drop whatever was typed and not sent in, on any page and in any browser."""
    session.connection().execute(delete(DRAFTS).where(DRAFTS.c.study_id == study, DRAFTS.c.case_id == case_id))


def keep_draft(
    session: Session, study: str, case_id: uuid.UUID, page: str, typed: Mapping[str, Any], form: Mapping[str, Any]
) -> None:
    """Keep what was typed on a page and what its form brought besides, in place of what was kept before."""
    key = {"study_id": study, "case_id": case_id, "page": page}
    values = {**key, "typed": dict(typed), "form": dict(form)}
    put(session, DRAFTS, values, key=tuple(key), replaced=("typed", "form"))


def draft(session: Session, study: str, case_id: uuid.UUID, page: str) -> StoredCase | None:
    """What was typed on a page and not sent in (``typed``), and what its form brought besides (``form``)."""
    statement = select(DRAFTS.c.typed, DRAFTS.c.form).where(
        DRAFTS.c.study_id == study, DRAFTS.c.case_id == case_id, DRAFTS.c.page == page
    )
    return session.connection().execute(statement).one_or_none()


def drafts(session: Session, study: str, case_id: uuid.UUID) -> list[StoredCase]:
    """Everything that was typed and not sent in, by ``page`` as `keep_draft` was given it."""
    statement = select(DRAFTS.c.page, DRAFTS.c.typed, DRAFTS.c.form).where(
        DRAFTS.c.study_id == study, DRAFTS.c.case_id == case_id
    )
    return list(session.connection().execute(statement.order_by(DRAFTS.c.page)))


def forget_content(session: Session, study: str, case_id: uuid.UUID) -> None:
    """Delete every page save and draft of a case, why it stopped, and what was read into its open answers."""
    for table in (SAVES, DRAFTS):
        session.connection().execute(delete(table).where(table.c.study_id == study, table.c.case_id == case_id))
    stop_reasons.forget(session, study, case_id)
    coding.forget_answer(session, study, case_id)


def answers_of(session: Session, study: str, case_ids: Sequence[str]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Key and answers of these cases, read some hundreds at a time."""
    for some in batches([uuid.UUID(case) for case in case_ids]):
        statement = select(CASES.c.case_id, CASES.c.answers).where(CASES.c.study_id == study, CASES.c.case_id.in_(some))
        for row in session.execute(statement):
            yield str(row.case_id), row.answers


def complete_seconds(session: Session, study: str, year: int) -> list[tuple[str, int]]:
    """Role and seconds of every complete case of a wave that was timed; tests left out."""
    rows = session.execute(
        select(CASES.c.role, CASES.c.seconds).where(
            *in_wave(CASES, study, year),
            CASES.c.state == "complete",
            CASES.c.is_test.is_(False),
            CASES.c.seconds > 0,
        )
    )
    return [(row.role, row.seconds) for row in rows]
