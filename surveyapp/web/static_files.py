"""Static files under names that change with their content, compressed once, served by WhiteNoise.

At start each file of ``surveyapp/static`` is copied to the instance folder as ``css/base.<hash>.css`` with a ``.gz``
beside it. A browser may keep such a file for ever; a new version has a new name. Copies are written under another name
and moved into place, so that several processes may start at once.
"""

from __future__ import annotations

import gzip
import hashlib
import os
from collections.abc import Mapping
from pathlib import Path

from flask import Flask
from whitenoise import WhiteNoise

SOURCE = Path(__file__).parent.parent / "static"
PREFIX = "/static/"
SERVED = frozenset({".css", ".js", ".svg", ".png", ".ico", ".woff2"})
COMPRESSED = frozenset({".css", ".js", ".svg"})


def _place(target: Path, content: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(f".{target.name}.{os.getpid()}")
    beside.write_bytes(content)
    beside.replace(target)


def published(folder: Path) -> Mapping[str, str]:
    """Copy every static file into ``folder`` and answer its address by name (``css/base.css``)."""
    addresses: dict[str, str] = {}
    for source in sorted(SOURCE.rglob("*")):
        if source.suffix not in SERVED:
            continue
        content = source.read_bytes()
        digest = hashlib.sha256(content).hexdigest()[:12]
        relative = source.relative_to(SOURCE)
        named = relative.with_name(f"{source.stem}.{digest}{source.suffix}")
        if not (target := folder / named).exists():
            _place(target, content)
        if source.suffix in COMPRESSED and not (target := folder / f"{named}.gz").exists():
            _place(target, gzip.compress(content, 9, mtime=0))  # what is there already costs a start nothing
        addresses[relative.as_posix()] = PREFIX + named.as_posix()
    return addresses


def install(app: Flask, folder: Path) -> Mapping[str, str]:
    """Serve the static files in front of the application; the answer is their addresses by name."""
    addresses = published(folder)
    server = WhiteNoise(
        app.wsgi_app,
        root=str(folder),
        prefix=PREFIX,
        max_age=31_536_000,
        immutable_file_test=lambda _path, _url: True,
        allow_all_origins=False,
        add_headers_function=_headers,
    )
    app.wsgi_app = server  # type: ignore[method-assign]
    return addresses


def _headers(headers: dict[str, str], _path: str, _url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
