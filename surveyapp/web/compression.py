"""Pages leave the house compressed: on a slow phone the bytes are the wait.

Static files are compressed once, at start (`static_files`); pages are made per request, so they are compressed as they
leave, with the least memory and time: a page of 15 kB takes about half a millisecond.

On BREACH, the attack that reads a secret from the length of compressed pages: it needs a browser that sends somebody's
cookie along with thousands of requests made by another site, each with a guess that comes back in the page. The cookie
is ``SameSite=Lax`` and Flask-WTF signs a form's token anew each second, but neither was made against this. So what
another site asks for with our cookie is not compressed at all: a link in a web mail costs a returning person one
larger page, and there is nothing left to measure.
"""

from __future__ import annotations

import gzip

from flask import Flask, Response, request

from surveyapp.web.application import vary_by

SMALLEST = 1_000
"""Bytes below which a page fits one packet anyway."""
LEVEL = 6
FOREIGN = frozenset({"cross-site", "same-site"})


def install(app: Flask) -> None:
    """Compress the pages of this application. To be installed first: the hooks installed last run first."""
    app.after_request(compressed)


def compressed(response: Response) -> Response:
    """The response, as gzip where it is a page worth it and the browser takes it."""
    if 300 <= response.status_code < 400 or response.mimetype != "text/html":
        return response
    if response.is_streamed or response.direct_passthrough or "Content-Encoding" in response.headers:
        return response
    vary_by(response, "Accept-Encoding")
    if request.accept_encodings.quality("gzip") <= 0 or _is_asked_by_another_site():
        return response
    page = response.get_data()
    if len(page) < SMALLEST:
        return response
    response.set_data(gzip.compress(page, LEVEL, mtime=0))
    response.headers["Content-Encoding"] = "gzip"
    return response


def _is_asked_by_another_site() -> bool:
    """Whether a page of another site made this request, and the browser sent our cookie with it."""
    return request.headers.get("Sec-Fetch-Site") in FOREIGN and bool(request.cookies)
