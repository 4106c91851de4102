"""Mails that became files because no mail server is set: what would have gone, for an administrator to look at."""

from __future__ import annotations

import re
from email import message_from_bytes
from email.policy import default
from pathlib import Path

from flask import render_template
from flask.typing import ResponseReturnValue

from surveyapp.errors import NotFound
from surveyapp.web.accounts import note, requires
from surveyapp.web.console.admin_views import blueprint
from surveyapp.web.console.sample_words import masked
from surveyapp.web.sessions import services

READS_MAIL = "admin"
"""The role that may read mails to others: they bear links that open questionnaires."""
MOST = 200
_NAME = re.compile(r"[0-9A-Za-z-]{1,60}\.eml")


def _folder() -> Path:
    folder = services().settings.mailing_folder
    if folder is None:
        raise NotFound("Mails are sent here; none becomes a file.")
    return folder


@blueprint.get("/mail")
@requires(READS_MAIL)
def mail_files() -> ResponseReturnValue:
    """The newest of them."""
    folder = _folder()
    names = sorted((path.name for path in folder.glob("*.eml")), reverse=True)[:MOST] if folder.is_dir() else []
    read = [(name, message_from_bytes((folder / name).read_bytes(), policy=default)) for name in names]
    listed = [(name, masked(str(mail["To"])), mail) for name, mail in read]
    return render_template("console/admin/mail.html", mails=listed, most=MOST)


@blueprint.post("/mail/<name>")
@requires(READS_MAIL)
def mail_file(name: str) -> ResponseReturnValue:
    """One of them as text; that it was read is noted."""
    path = _folder() / name
    if not _NAME.fullmatch(name) or not path.is_file():
        raise NotFound("There is no such mail.")
    content = path.read_bytes()
    body = message_from_bytes(content, policy=default).get_body(("plain",))
    note("mail.read", name)
    text = "" if body is None else str(body.get_content())
    return render_template(
        "console/admin/mail_text.html", name=name, text=text, source=content.decode(errors="replace")
    )
