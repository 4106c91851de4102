"""Drafts of questionnaires that were sent, screened out or removed go

They went with sending and removing only since this version; nobody could see them any more, nor delete them.
"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "DELETE FROM draft WHERE EXISTS (SELECT 1 FROM cases WHERE cases.study_id = draft.study_id"
        " AND cases.case_id = draft.case_id AND cases.state <> 'started')"
    )


def downgrade() -> None:
    raise RuntimeError("There is no way back: restore the back-up that was made before the upgrade.")
