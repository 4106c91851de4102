"""How Alembic reaches the database: always over a connection that `storage.migrate` opened and locked."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from sqlalchemy import JSON
from sqlmodel import UTCDateTime

from surveyapp.storage.migrate import every_table


def render_item(kind: str, item: Any, autogen: Any) -> str | Literal[False]:
    """Spell our own column types so that the script can run."""
    if kind == "type" and isinstance(item, JSON) and "postgresql" in item._variant_mapping:
        autogen.imports.add("from sqlalchemy.dialects import postgresql")
        return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
    if kind == "type" and isinstance(item, UTCDateTime):
        return "sqlmodel.UTCDateTime()"
    return False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=every_table(),
    render_as_batch=True,
    render_item=render_item,
    compare_type=True,
    # SQLite's DDL is transactional once the driver begins nothing by itself.
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
