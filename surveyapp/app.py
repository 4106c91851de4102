"""The web application, put together."""

from __future__ import annotations

import sys
from contextlib import suppress

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from surveyapp.config import Settings
from surveyapp.errors import StorageBusy, SurveyError
from surveyapp.fieldwork.library import InstrumentLibrary
from surveyapp.storage.database import Database
from surveyapp.web import (
    address_parts,
    compression,
    cookies,
    error_pages,
    fragments,
    health,
    logs,
    rendering,
    security,
    static_files,
)
from surveyapp.web.application import Application
from surveyapp.web.console import register_console
from surveyapp.web.respondent import views as respondent
from surveyapp.web.sessions import Services
from surveyapp.web.whole_requests import SWITCH_SECONDS, THREADS, WholeRequests


def create_app(settings: Settings | None = None, *, database: Database | None = None) -> Flask:
    """The application for these settings.

    Parameters
    ----------
    settings : from the environment when absent
    database : an open database; made from the settings when absent

    Raises
    ------
    ConfigurationError     a setting is missing or unsafe
    UnsafeDatabase         the database would lose acknowledged answers
    """
    settings = settings or Settings()
    app = Application("surveyapp", static_folder=None)
    address_parts.install(app)
    app.config.from_mapping(security.configuration(settings))
    database = database or Database.of(settings)
    with suppress(StorageBusy):  # away for a moment: /readyz says so, and pages answer 503 until it is back
        database.ping()
    app.extensions["surveyapp"] = Services(settings, database, InstrumentLibrary(database))
    cookies.install(app)
    compression.install(app)
    logs.configure(settings)
    logs.install(app)
    security.install(app, settings)
    fragments.install(app)
    rendering.install(app, static_files.install(app, settings.instance / "static"))
    error_pages.install(app)
    app.register_blueprint(health.blueprint)
    respondent.install(app, settings.flood_limit)
    register_console(app)
    if settings.proxy_hops:
        hops = settings.proxy_hops
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    return app


def create_server_app() -> WholeRequests:
    """The application as `surveyapp serve` runs it, in each of its processes.

    Raises
    ------
    SystemExit     it cannot start; why stands in the log
    """
    settings = Settings()
    logs.take_over(settings, "server process")
    sys.setswitchinterval(SWITCH_SECONDS)
    try:
        app = create_app(settings)
    except Exception as error:
        why = {"reason": str(error)} if isinstance(error, SurveyError) else {"frames": logs.frames(error)}
        logs.log.critical("process", process="server process", outcome="cannot start", kind=type(error).__name__, **why)
        raise SystemExit(1) from None
    return WholeRequests(app, threads=THREADS, body_limit=security.BODY_LIMIT, limit_of=security.body_limit)
