"""Nothing of an anonymous wave tells in what order or on which day people came

* The change stamp, which was an order, gives way to shards with counters and random marks.
* Days leave the cases of anonymous waves that were fielded here; how many per day and role is counted apart.
* Arrivals are counted per wave, without a day.
* Sources that fewer than ten people came by were declared by nobody we know of: they count as the open link.
* All rows are written anew in random order.

What goes here cannot be brought back, and processes of the version before cannot work beside it: stop them first.
"""

import secrets
import uuid

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

SHARDS, FEW = 256, 10
KINDS = {"sqlite_strict": True, "sqlite_with_rowid": False}
COLUMNS = (
    "study_id", "case_id", "year", "instrument_hash", "role", "language", "source", "device", "state", "is_test",
    "revision", "answers", "pages", "last_page", "seconds", "seed", "consent_version", "started_on", "sent_on",
    "reference", "key_hash", "resume_hash", "resume_box", "flags",
)  # fmt: skip
FIELDED = (
    "EXISTS (SELECT 1 FROM wave WHERE wave.study_id = cases.study_id AND wave.year = cases.year"
    " AND wave.mode = 'anonymous')"
    " AND NOT EXISTS (SELECT 1 FROM import_run WHERE import_run.study_id = cases.study_id"
    " AND import_run.year = cases.year)"
)
"""Cases of anonymous waves; what came in as a file is as public with its days as the file is."""


def upgrade() -> None:
    if "changed" not in {column["name"] for column in sa.inspect(op.get_bind()).get_columns("cases")}:
        return  # done before
    _make_tables()
    _count_arrivals_without_days()
    _count_days()
    _declare_sources()
    if op.get_bind().dialect.name == "sqlite":
        _cases_anew()
    else:
        _cases_changed()
    op.execute(f"UPDATE cases SET started_on = NULL, sent_on = NULL WHERE {FIELDED}")  # noqa: S608
    _deal_and_mark()
    _mix()


def _make_tables() -> None:
    op.create_table(
        "day_count",
        sa.Column("study_id", sa.String(length=64), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("is_test", sa.Boolean(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("event", sa.String(length=16), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.CheckConstraint("event IN ('begun', 'complete')", name="ck_day_count_event"),
        sa.PrimaryKeyConstraint("study_id", "year", "is_test", "day", "event", "role", name=op.f("pk_day_count")),
        **KINDS,
    )
    op.create_table(
        "case_turn",
        sa.Column("study_id", sa.String(length=64), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("shard", sa.Integer(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("study_id", "year", "shard", name=op.f("pk_case_turn")),
        **KINDS,
    )
    op.create_table(
        "wave_source",
        sa.Column("study_id", sa.String(length=64), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["study_id", "year"], ["wave.study_id", "wave.year"], name=op.f("fk_wave_source_wave")),
        sa.PrimaryKeyConstraint("study_id", "year", "source", name=op.f("pk_wave_source")),
        **KINDS,
    )


def _count_arrivals_without_days() -> None:
    op.execute("ALTER TABLE arrival RENAME TO arrival_by_day")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE arrival_by_day RENAME CONSTRAINT pk_arrival TO pk_arrival_by_day")
    op.create_table(
        "arrival",
        sa.Column("study_id", sa.String(length=64), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("is_test", sa.Boolean(), nullable=False),
        sa.Column("event", sa.String(length=16), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.CheckConstraint("event IN ('role_chosen', 'consent_given', 'declined')", name="ck_arrival_event"),
        sa.CheckConstraint("times > 0", name="ck_arrival_times"),
        sa.ForeignKeyConstraint(["study_id", "year"], ["wave.study_id", "wave.year"], name=op.f("fk_arrival_wave")),
        sa.PrimaryKeyConstraint(
            "study_id", "year", "is_test", "event", "role", "language", "source", name=op.f("pk_arrival")
        ),
        **KINDS,
    )
    # Whoever was counted before a wave opened was trying it.
    yes, no = ("1", "0") if op.get_bind().dialect.name == "sqlite" else ("true", "false")
    op.execute(
        "INSERT INTO arrival (study_id, year, is_test, event, role, language, source, times)"  # noqa: S608
        f" SELECT a.study_id, a.year, CASE WHEN w.state IN ('draft', 'test') THEN {yes} ELSE {no} END,"
        " a.event, a.role, a.language, a.source, sum(a.times) FROM arrival_by_day a"
        " JOIN wave w ON w.study_id = a.study_id AND w.year = a.year"
        " GROUP BY a.study_id, a.year, w.state, a.event, a.role, a.language, a.source"
    )
    op.drop_table("arrival_by_day")


def _count_days() -> None:
    for event, day, which in (
        ("begun", "started_on", "state <> 'erased'"),
        ("complete", "sent_on", "state = 'complete' AND sent_on IS NOT NULL"),
    ):
        op.execute(
            "INSERT INTO day_count (study_id, year, is_test, day, event, role, times)"  # noqa: S608
            f" SELECT study_id, year, is_test, {day}, '{event}', role, count(*) FROM cases"
            f" WHERE {which} AND {FIELDED} GROUP BY study_id, year, is_test, {day}, role"
        )


def _declare_sources() -> None:
    op.execute(
        "INSERT INTO wave_source (study_id, year, source)"  # noqa: S608
        " SELECT study_id, year, source FROM contact"
        " UNION SELECT study_id, year, source FROM cases WHERE source <> 'open'"
        f" AND NOT ({FIELDED}) AND NOT EXISTS (SELECT 1 FROM import_run"
        " WHERE import_run.study_id = cases.study_id AND import_run.year = cases.year)"
        f" UNION SELECT study_id, year, source FROM cases WHERE source <> 'open' AND {FIELDED}"
        f" GROUP BY study_id, year, source HAVING count(*) >= {FEW}"
    )
    undeclared = (
        "NOT EXISTS (SELECT 1 FROM wave_source WHERE wave_source.study_id = {0}.study_id"
        " AND wave_source.year = {0}.year AND wave_source.source = {0}.source)"
    )
    op.execute(f"UPDATE cases SET source = 'open' WHERE {FIELDED} AND {undeclared.format('cases')}")  # noqa: S608
    op.execute("CREATE TEMPORARY TABLE arrival_kept AS SELECT * FROM arrival")
    op.execute("DELETE FROM arrival")
    known = undeclared.format("arrival_kept")
    op.execute(
        "INSERT INTO arrival (study_id, year, is_test, event, role, language, source, times)"  # noqa: S608
        " SELECT study_id, year, is_test, event, role, language, kept, sum(times) FROM (SELECT arrival_kept.*,"
        f" CASE WHEN {known} THEN 'open' ELSE source END AS kept FROM arrival_kept) AS named"
        " GROUP BY study_id, year, is_test, event, role, language, kept"
    )
    op.execute("DROP TABLE arrival_kept")


def _cases_changed() -> None:
    op.drop_index("ix_cases_changed", table_name="cases")
    op.drop_index("ix_cases_wave", table_name="cases")
    op.drop_constraint("ck_cases_sent", "cases", type_="check")
    op.drop_column("cases", "changed")
    op.alter_column("cases", "started_on", nullable=True)
    for name in ("shard", "mark"):
        op.add_column("cases", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
    op.create_index("ix_cases_shard", "cases", ["study_id", "year", "shard"])


def _cases_anew() -> None:
    """SQLite changes a table by making it anew; spelt out, because the rules of the old one are not read back."""
    json = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
    op.create_table(
        "cases_new",
        sa.Column("study_id", sa.String(length=64), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("instrument_hash", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("device", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("is_test", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("shard", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("mark", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("answers", json, nullable=False),
        sa.Column("pages", json, nullable=False),
        sa.Column("last_page", sa.String(length=40), nullable=True),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("consent_version", sa.String(length=32), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=True),
        sa.Column("sent_on", sa.Date(), nullable=True),
        sa.Column("reference", sa.String(length=16), nullable=True),
        sa.Column("key_hash", sa.String(length=64), nullable=True),
        sa.Column("resume_hash", sa.String(length=64), nullable=True),
        sa.Column("resume_box", sa.String(length=64), nullable=True),
        sa.Column("flags", json, nullable=False),
        sa.CheckConstraint(
            "state IN ('started', 'complete', 'screened_out', 'withdrawn', 'erased')", name="ck_cases_state"
        ),
        sa.CheckConstraint("revision >= 0", name="ck_cases_revision"),
        sa.CheckConstraint("seconds >= 0", name="ck_cases_seconds"),
        sa.ForeignKeyConstraint(
            ["study_id", "instrument_hash"],
            ["instrument_version.study_id", "instrument_version.hash"],
            name=op.f("fk_cases_instrument_version"),
        ),
        sa.ForeignKeyConstraint(["study_id", "year"], ["wave.study_id", "wave.year"], name=op.f("fk_cases_wave")),
        sa.PrimaryKeyConstraint("study_id", "case_id", name=op.f("pk_cases")),
        sa.UniqueConstraint("study_id", "key_hash", name="uq_cases_key"),
        sa.UniqueConstraint("study_id", "reference", name="uq_cases_reference"),
        sa.UniqueConstraint("study_id", "resume_hash", name="uq_cases_resume"),
        **KINDS,
    )
    names = ", ".join(COLUMNS)
    op.execute(f"INSERT INTO cases_new ({names}) SELECT {names} FROM cases")  # noqa: S608
    op.drop_table("cases")
    op.rename_table("cases_new", "cases")
    op.create_index("ix_cases_shard", "cases", ["study_id", "year", "shard"])


def _deal_and_mark() -> None:
    connection = op.get_bind()
    cases = sa.table("cases", sa.column("study_id", sa.String), sa.column("case_id", sa.Uuid), sa.column("year"),
                     sa.column("shard"), sa.column("mark"))  # fmt: skip
    turns = sa.table("case_turn", *(sa.column(name) for name in ("study_id", "year", "shard", "turn")))
    found = connection.execute(sa.select(cases.c.study_id, cases.c.case_id, cases.c.year)).all()
    dealt = [
        {"study": study, "of": case, "into": uuid.UUID(str(case)).int % SHARDS, "marked": secrets.randbits(31)}
        for study, case, _ in found
    ]
    if dealt:
        connection.execute(
            sa.update(cases)
            .where(cases.c.study_id == sa.bindparam("study"), cases.c.case_id == sa.bindparam("of"))
            .values(shard=sa.bindparam("into"), mark=sa.bindparam("marked")),
            dealt,
        )
        moved = {(study, year, each["into"]) for (study, _, year), each in zip(found, dealt, strict=True)}
        connection.execute(
            sa.insert(turns),
            [
                {"study_id": study, "year": year, "shard": shard, "turn": secrets.randbits(30)}
                for study, year, shard in sorted(moved)
            ],
        )


def _mix() -> None:
    """Write cases, page saves and drafts anew in random order; nothing of the old order or stamp is left in a row."""
    tables = ("cases", "page_save", "draft")
    for table in tables:
        op.execute(f"CREATE TEMPORARY TABLE mixed_{table} AS SELECT * FROM {table}")
    for table in reversed(tables):
        op.execute(f"DELETE FROM {table}")  # noqa: S608
    for table in tables:
        names = ", ".join(column["name"] for column in sa.inspect(op.get_bind()).get_columns(table))
        op.execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM mixed_{table} ORDER BY random()")  # noqa: S608
        op.execute(f"DROP TABLE mixed_{table}")


def downgrade() -> None:
    raise RuntimeError("There is no way back: restore the back-up that was made before the upgrade.")
