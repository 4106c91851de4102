"""Flask as it runs here: without what it looks for at every request and never finds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, MutableMapping
from typing import Any, TypeVar

from flask import Flask, Response
from flask.templating import Environment

F = TypeVar("F", bound=Callable[..., Any])


class Templates(Environment):
    """Templates that all know the same globals: none is given some of its own.

    With a mapping of its own each, an import within a template compares two chains of mappings, key by key.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """The globals of a template."""
        return super().make_globals(d) if d else self.globals


def vary_by(response: Response, header: str) -> None:
    """Say that the answer differs by a header of its request; the library takes the list to pieces for each."""
    said = response.headers.get("Vary")
    if said is None or header.lower() not in said.lower():
        response.headers["Vary"] = header if said is None else f"{said}, {header}"


class Application(Flask):
    """The application, none of whose functions is asynchronous."""

    jinja_environment = Templates

    def ensure_sync(self, func: F) -> F:
        """The function itself; Flask asks this of some twenty of them for every request."""
        return func


class WithHeaders:
    """Puts headers behind every answer of an application that does not have them itself.

    Parameters
    ----------
    always : these also where the application gave others by their names
    """

    def __init__(self, wsgi: Any, headers: Iterable[tuple[str, str]], always: Iterable[tuple[str, str]]) -> None:
        self._wsgi = wsgi
        self._always = tuple(always)
        self._replaced = frozenset(name.lower() for name, _ in self._always)
        self._headers = tuple((name.lower(), (name, value)) for name, value in headers)

    def __call__(self, environ: Any, start_response: Any) -> Any:
        """Answer one request."""

        def start(status: str, headers: list[tuple[str, str]], *fault: Any) -> Any:
            there = {name.lower() for name, _ in headers}
            if there & self._replaced:
                headers = [(name, value) for name, value in headers if name.lower() not in self._replaced]
            added = [header for name, header in self._headers if name not in there]
            return start_response(status, [*headers, *added, *self._always], *fault)

        return self._wsgi(environ, start)
