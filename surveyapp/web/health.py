"""Whether the process lives and whether it can serve."""

from __future__ import annotations

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from surveyapp.errors import StorageError
from surveyapp.web.sessions import services

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def alive() -> ResponseReturnValue:
    """Answers as long as the process does."""
    return jsonify(status="alive")


@blueprint.get("/readyz")
def ready() -> ResponseReturnValue:
    """Answers 200 when the database can be reached and its tables are those of this version."""
    try:
        services().database.ping()
        is_current = services().database.is_current()
    except StorageError:
        return jsonify(status="database away"), 503
    return (jsonify(status="ready"), 200) if is_current else (jsonify(status="database not migrated"), 503)
