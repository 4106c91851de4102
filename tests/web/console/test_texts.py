"""Every word of the console in Dutch: complete, with the same blanks, and in the polite form."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po
from flask import Flask

from surveyapp.catalogues import catalogue
from surveyapp.storage.accounts import ROLES
from surveyapp.web import account_settings, accounts, passwords
from surveyapp.web.languages import interface

BLANK = re.compile(r"%\(\w+\)s|\{\w+\}")
ROOT = Path(accounts.__file__).parents[1]
PYTHON = (
    *(ROOT / "web" / "console").glob("*.py"),
    *(ROOT / "web" / f"{name}.py" for name in ("accounts", "sign_in", "sign_in_forms")),
)
TEMPLATES = (*(ROOT / "templates" / "console").rglob("*.html"), *(ROOT / "templates" / "security").rglob("*.html"))


def used() -> Iterator[tuple[str, ...]]:
    for path in PYTHON:
        for _, message, _, _ in extract_from_file(
            "python", str(path), keywords={"translate": None, "translate_plural": (1, 2)}
        ):
            yield message if isinstance(message, tuple) else (message,)
    for path in TEMPLATES:
        options = {"trimmed": "true", "silent": "false"}
        words = {"_": None, "ngettext": (1, 2)}
        for _, message, _, _ in extract_from_file(
            "jinja2.ext:babel_extract", str(path), keywords=words, options=options
        ):
            yield message if isinstance(message, tuple) else (message,)
    for text in ROLES.values():
        yield (text,)
    for fault in ("kort", "x" * 200, "aaaaaaaaaaaaaaaa"):
        for has_second_factor in (True, False):
            for message in passwords.password_faults(fault, "a@example.org", has_second_factor=has_second_factor):
                yield (message,)
    for name, value in account_settings.configuration("secret").items():
        if name.startswith("SECURITY_MSG_"):
            yield (value[0],)  # type: ignore[index]


def test_every_text_of_the_console_has_a_dutch_one() -> None:
    known = set()
    for domain in ("console", "shared"):
        with (ROOT / "translations" / "nl" / f"{domain}.po").open("rb") as source:
            messages = read_po(source, locale="nl")
        known |= {one.id if isinstance(one.id, str) else one.id[0] for one in messages if one.id and one.string}

    assert {message[0] for message in used()} - known == set()


def test_no_dutch_text_is_there_for_nothing() -> None:
    with (ROOT / "translations" / "nl" / "console.po").open("rb") as source:
        messages = read_po(source, locale="nl")
    known = {one.id if isinstance(one.id, str) else one.id[0] for one in messages if one.id}

    assert known - {message[0] for message in used()} == set()


def test_blanks_are_the_same_in_both_languages() -> None:
    dutch = interface("console", "nl")
    for message in used():
        said = [dutch.gettext(message[0])] if len(message) == 1 else [dutch.ngettext(*message, n) for n in (1, 2)]
        for text in said:
            assert set(re.findall(r"%\(\w+\)s|\{\w+\}", text)) == set(re.findall(r"%\(\w+\)s|\{\w+\}", message[0])), (
                text
            )


def test_dutch_says_u() -> None:
    dutch = catalogue("console", "nl")
    said = " ".join(dutch.gettext(message[0]) for message in used())

    assert not re.search(r"\b(je|jij|jou|jouw|jullie|helaas|oeps)\b", said, re.IGNORECASE)


def test_a_template_fills_in_every_blank_of_a_plural(app: Flask) -> None:
    made = app.jinja_env.from_string('{{ ngettext("%(n)s of %(all)s (1%%)", "%(n)s of all %(all)s (1%%)", n, all=7) }}')
    with app.test_request_context("/console/"):
        assert [made.render(n=1), made.render(n=2)] == ["1 of 7 (1%)", "2 of all 7 (1%)"]
