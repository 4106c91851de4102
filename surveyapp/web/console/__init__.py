"""The console: waves, fieldwork, results, exports and the definition, for the team."""

from __future__ import annotations

from flask import Flask


def register_console(app: Flask) -> None:
    """Add sign-in and the console to the application; what computes figures is imported when a page first asks."""
    from surveyapp.web import sign_in
    from surveyapp.web.console import (  # noqa: F401  each adds its addresses
        account_views,
        answers_views,
        coding_views,
        contact_views,
        exchange_views,
        first_study_views,
        instrument_views,
        invitation_step_views,
        invitation_views,
        links_views,
        person_views,
        quality_views,
        retention_views,
        sample_views,
        settings_views,
        stopped_views,
        views,
        waves_views,
    )

    sign_in.install(app)
    views.install(app)
