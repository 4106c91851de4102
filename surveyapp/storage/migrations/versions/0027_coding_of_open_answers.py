"""Code frames, codes per answer and coder, codes in the figures, quotations, and who may read open answers"""

from typing import Any

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

OPTIONS = {"sqlite_strict": True, "sqlite_with_rowid": False}


def _json() -> sa.types.TypeEngine[Any]:
    return sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def _wave(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["study_id", "year"], ["wave.study_id", "wave.year"], name=op.f(f"fk_{table}_wave")
    )


def _case(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["study_id", "case_id"],
        ["cases.study_id", "cases.case_id"],
        name=op.f(f"fk_{table}_cases"),
        ondelete="CASCADE",
    )


def _question() -> list[sa.Column[Any]]:
    return [
        sa.Column("study_id", sa.String(64), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("question", sa.String(64), nullable=False),
    ]


def upgrade() -> None:
    op.create_table(
        "code_frame",
        *_question(),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sqlmodel.UTCDateTime(), nullable=False),
        sa.Column("actor", sa.String(254), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("study_id", "year", "question", "number", name=op.f("pk_code_frame")),
        _wave("code_frame"),
        sa.CheckConstraint("number > 0", name="ck_code_frame"),
        **OPTIONS,
    )
    op.create_table(
        "coding",
        *_question(),
        sa.Column("first_coder", sa.String(254), nullable=True),
        sa.Column("second_coder", sa.String(254), nullable=True),
        sa.Column("mark", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("study_id", "year", "question", name=op.f("pk_coding")),
        _wave("coding"),
        **OPTIONS,
    )
    op.create_table(
        "coding_edition",
        *_question(),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sqlmodel.UTCDateTime(), nullable=False),
        sa.Column("actor", sa.String(254), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("study_id", "year", "question", "number", name=op.f("pk_coding_edition")),
        _wave("coding_edition"),
        sa.CheckConstraint("number > 0", name="ck_coding_edition"),
        **OPTIONS,
    )
    op.create_table(
        "coder_code",
        *_question(),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("seat", sa.Integer(), nullable=False),
        sa.Column("codes", _json(), nullable=False),
        sa.Column("suggested", _json(), nullable=False),
        sa.PrimaryKeyConstraint("study_id", "case_id", "question", "seat", name=op.f("pk_coder_code")),
        _case("coder_code"),
        sa.CheckConstraint("seat IN (1, 2, 3)", name="ck_coder_code_seat"),
        **OPTIONS,
    )
    op.create_index("ix_coder_code_wave", "coder_code", ["study_id", "year", "question"])
    op.create_table(
        "coded_answer",
        *_question(),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("codes", _json(), nullable=False),
        sa.PrimaryKeyConstraint("study_id", "case_id", "question", name=op.f("pk_coded_answer")),
        _case("coded_answer"),
        **OPTIONS,
    )
    op.create_index("ix_coded_answer_wave", "coded_answer", ["study_id", "year", "question"])
    op.create_table(
        "quotation",
        *_question(),
        sa.Column("quotation_id", sa.String(32), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("role", sa.String(32), nullable=True),
        sa.Column("actor", sa.String(254), nullable=False),
        sa.Column("released_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("study_id", "quotation_id", name=op.f("pk_quotation")),
        _case("quotation"),
        **OPTIONS,
    )
    op.create_index("ix_quotation_wave", "quotation", ["study_id", "year", "question"])
    op.create_table(
        "text_reader",
        sa.Column("study_id", sa.String(64), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("given_by", sa.String(254), nullable=False),
        sa.Column("given_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("study_id", "email", name=op.f("pk_text_reader")),
        **OPTIONS,
    )


def downgrade() -> None:
    raise RuntimeError("There is no way back: restore the back-up that was made before the upgrade.")
