"""The console's addresses stand on this; each module of views adds its own."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("console", __name__, url_prefix="/console")
