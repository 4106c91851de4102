"""What a request works with: the services of the application and its database sessions.

The only place on the web floor where a transaction begins and ends: a view asks for :func:`reading` or :func:`writing`
and never commits itself.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from flask import current_app

from surveyapp.config import Settings
from surveyapp.fieldwork.library import InstrumentLibrary
from surveyapp.fieldwork.made_up import MadeUpWaves
from surveyapp.fieldwork.measured_minutes import MeasuredMinutes
from surveyapp.storage.database import Database, Session

if TYPE_CHECKING:
    from surveyapp.jobs.post import Post
    from surveyapp.reports.comparison import Comparisons
    from surveyapp.reports.live import LiveWaves


@dataclass
class Services:
    """Everything an application holds beside its addresses; one per process."""

    settings: Settings
    database: Database
    library: InstrumentLibrary

    @cached_property
    def minutes(self) -> MeasuredMinutes:
        """How long questionnaires took the last time."""
        return MeasuredMinutes(self.library)

    @cached_property
    def made_up(self) -> MadeUpWaves:
        """Which waves are filled with people who do not exist."""
        return MadeUpWaves(self.database)

    @cached_property
    def post(self) -> Post | None:
        """The way out for mail; None where none can be sent, and so none may be offered."""
        from surveyapp.jobs.post import post_office

        return post_office(self.settings)

    @cached_property
    def live(self) -> LiveWaves:
        """The cases of waves as columns; made on first use, so that a respondent's process never pays for numpy."""
        from surveyapp.reports.live import LiveWaves

        return LiveWaves(self.database, self.library)

    @cached_property
    def comparisons(self) -> Comparisons:
        """What a respondent's answers are set beside; made when somebody first asks, for the same reason."""
        from surveyapp.reports.comparison import Comparisons

        return Comparisons(self.live)


def services() -> Services:
    """The services of the application that handles this request."""
    found: Services = current_app.extensions["surveyapp"]
    return found


def secret() -> str:
    """The application's secret, under which links and counts of attempts are kept."""
    return str(current_app.config["SECRET_KEY"])


def reading() -> AbstractContextManager[Session]:
    """A database session for figures and lists; may be a replica, refuses to write."""
    return services().database.read()


def reading_primary() -> AbstractContextManager[Session]:
    """A database session for respondents: sees what was saved a moment ago, refuses to write."""
    return services().database.read_primary()


def writing() -> AbstractContextManager[Session]:
    """A database session that commits on leaving and rolls back on an error."""
    return services().database.write()
