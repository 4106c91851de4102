"""A session that is one transaction on one connection, from its first statement to its end.

SQLModel's own asks at every statement whether it has a connection and a transaction yet, and keeps books on both for
sessions that go from one transaction to the next. None of ours does: what goes by `connection()`, as everything a
respondent waits for, needs none of it, and rows that are loaded as objects join the transaction that is there.
"""

from __future__ import annotations

from threading import Lock
from typing import Any

import sqlmodel
from sqlalchemy import Connection, Engine

from surveyapp.errors import StorageBusy


class Turns:
    """One writes at a time in this process; the others wait in line and not at SQLite's lock.

    There each looks whether it is free, sleeps up to a tenth of a second, and looks again: who is unlucky waits for
    many who came later. Between processes it stays so, with one of each.

    Parameters
    ----------
    seconds : how long to wait for one's turn
    """

    def __init__(self, seconds: float) -> None:
        self._seconds, self._lock = seconds, Lock()

    def take(self) -> None:
        """Wait for one's turn.

        Raises
        ------
        StorageBusy     it did not come
        """
        if not self._lock.acquire(timeout=self._seconds):
            raise StorageBusy("The database is locked by another write; try again in a moment.", "locked")

    def give(self) -> None:
        """Let the next one write."""
        self._lock.release()


class Session(sqlmodel.Session):
    """One transaction of a database's door (`Database.read`, `Database.write`).

    It begins with the first statement; what was not committed when it is closed is taken back.
    """

    def __init__(self, engine: Engine, *, turns: Turns | None = None, **options: Any) -> None:
        super().__init__(engine, **options)
        self._engine, self._turns = engine, turns
        self._held: Connection | None = None

    def connection(self, *_arguments: Any, **_options: Any) -> Connection:
        """The connection, in its transaction."""
        if self._held is None:
            if self._turns is not None:
                self._turns.take()
            try:
                self._held = self.bind = self._engine.connect()
                self._held.begin()
            except BaseException:
                self._let_go()
                raise
        return self._held

    def get_bind(self, *_arguments: Any, **_options: Any) -> Engine | Connection:
        """The connection: rows that are loaded as objects are asked for on it."""
        return self.connection()

    def commit(self) -> None:
        """End the transaction, and keep what it did."""
        if self.in_transaction():
            super().commit()
        if self._held is not None:
            self._held.commit()

    def rollback(self) -> None:
        """Take back what was not committed; a next statement begins anew."""
        self.close()

    def close(self) -> None:
        """Let go of the connection, and of whatever was not committed."""
        if self.in_transaction() or self.identity_map:
            super().close()
        if self._held is not None:
            self._let_go()

    def _let_go(self) -> None:
        try:
            if self._held is not None:
                self._held.close()
        finally:
            self._held, self.bind = None, self._engine
            if self._turns is not None:
                self._turns.give()
