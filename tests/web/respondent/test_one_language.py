"""Every page and mail speaks one language from head to foot, and says who sends it and whom to ask."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from html import unescape
from typing import Any

import pytest
from babel.messages.pofile import read_po
from flask import Flask
from pydantic import SecretStr

from surveyapp.catalogues import FOLDER, LANGUAGES
from surveyapp.fieldwork import contacts, personal_links
from surveyapp.instrument.loader import load_instrument
from surveyapp.instrument.model import Instrument
from surveyapp.jobs.mail import TEMPLATES, Letter, written
from surveyapp.storage.database import Database
from tests.instrument.definitions import definition, patched, write
from tests.jobs.mail_servers import mail_server
from tests.web.browsing import Visitor
from tests.web.conftest import KINDS, put_wave
from tests.web.respondent.test_flow import fill_all

CLOSED, NAMED = "later", "named"
SHOWS_NO_PAGE = {"visible", "draft", "root", "notify"}
"""Endpoints that answer scripts, or only lead on."""


@cache
def sentences() -> dict[str, frozenset[str]]:
    """By language what only that language says: of the catalogues, and of the study's own texts."""
    pairs: list[tuple[str, str]] = []
    for domain in ("respondent", "shared"):
        with (FOLDER / "nl" / f"{domain}.po").open("rb") as source:
            for message in read_po(source, locale="nl"):
                english = message.id if isinstance(message.id, tuple) else (message.id,)
                dutch = message.string if isinstance(message.string, tuple) else (message.string,)
                pairs += zip(dutch, english, strict=False)
    pairs += _texts(definition("kinds"))
    said: dict[str, set[str]] = {language: set() for language in LANGUAGES}
    for dutch, english in pairs:
        for language, text in (("nl", dutch), ("en", english)):
            said[language] |= {part.strip() for part in re.split(r"%\(\w+\)\w|\{[^}]*\}", text)}
    told = {language: {part for part in parts if len(part.split()) >= 3} for language, parts in said.items()}
    return {"nl": frozenset(told["nl"] - told["en"]), "en": frozenset(told["en"] - told["nl"])}


def _texts(value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        if isinstance(value.get("nl"), str):
            yield value["nl"], value["en"]
        else:
            for inner in value.values():
                yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)


def words(html: str) -> str:
    """What a person reads of a page, the parts that say themselves to be in another language left out."""
    kept = re.sub(r"<(script|style)\b.*?</\1>", " ", html, flags=re.S)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", kept)))


def foreign(text: str, language: str) -> list[str]:
    """Sentences of the other language in a text."""
    (other,) = set(LANGUAGES) - {language}
    return [part for part in sentences()[other] if part in text]


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory) -> Instrument:
    changes = (("study.study", NAMED), ("study.waves.0.mode", "confidential"))
    return load_instrument(write(tmp_path_factory.mktemp(NAMED), patched(*changes, name="kinds")), 2026)


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Instrument:
    folder = tmp_path_factory.mktemp(CLOSED)
    return load_instrument(write(folder, patched(("study.study", CLOSED), name="kinds")), 2026)


@pytest.fixture
def site(
    make_app: Callable[..., Flask], sqlite_database: Database, kinds: Instrument, named: Instrument, closed: Instrument
) -> Iterator[Flask]:
    put_wave(sqlite_database, kinds)
    put_wave(sqlite_database, named)
    put_wave(sqlite_database, closed, "closed")
    with mail_server() as box:
        made = make_app(smtp_url=SecretStr(box.url), mail_from="survey@example.org", base_url="http://127.0.0.1:8000")
        made.config["WTF_CSRF_ENABLED"] = False
        yield made


def link(site: Flask, database: Database, instrument: Instrument, email: str) -> str:
    with database.write() as session:
        listed = contacts.read_contacts(f"email;role\n{email};contractor\n".encode(), instrument)
        contacts.import_contacts(session, instrument, listed)
        made = personal_links.make_links(session, NAMED, 2026, salt=site.config["SECRET_KEY"])
    return made[-1].token


def everything(site: Flask, database: Database, named: Instrument, language: str) -> Iterator[tuple[str, Visitor]]:
    """Every page of the respondent's side in one language, by who looks at it: (endpoint, the page)."""

    def nobody() -> Visitor:
        return Visitor(site.test_client())

    def begun() -> Visitor:
        return nobody().begin(KINDS, "contractor", language).press("next", q_k_elig="1")

    def sent() -> Visitor:
        return fill_all(nobody().begin(KINDS, "contractor", language)).press("")

    token = link(site, database, named, "one@example.org")
    other = fill_all(nobody().get(f"/i/{token}?language={language}").press("next").press("next", agree="yes")).press("")
    done_elsewhere, fresh = token, link(site, database, named, "two@example.org")
    assert other.status == 200
    rules = [rule for rule in site.url_map.iter_rules() if rule.endpoint.startswith("respondent.")]
    for visitor in (nobody(), begun(), sent()):
        for rule in rules:
            if (rule.defaults or {}).get("language", language) != language:
                continue
            for wave in (f"{KINDS}-2026", f"{NAMED}-2026", f"{CLOSED}-2026") if "wave" in rule.arguments else ("",):
                for tried in (fresh, done_elsewhere, "unknown") if "token" in rule.arguments else ("",):
                    values = {"wave": wave, "page": "short", "token": tried}
                    url = re.sub(r"<(?:\w+:)?(\w+)>", lambda found, v=values: v[found[1]], rule.rule)
                    asked = f"?language={language}" if rule.endpoint == "respondent.personal" else ""
                    yield rule.endpoint.partition(".")[2], visitor.get(url + asked)
    for code in ("", "ABCD 2345 EFGH"):
        yield (
            "resume",
            nobody()
            .get("/nl/vragenlijst/verder" if language == "nl" else "/en/questionnaire/resume")
            .press("", code=code),
        )
    yield "landing", begun().get(_landing(language)).press("fresh")
    yield "consent", nobody().get(_landing(language)).press("next", role="contractor").press("next")
    yield "page", nobody().post(f"{begun().url}", {"action": "next"})
    yield "nothing", nobody().get(f"/{language}/nothing")
    yield "nothing", nobody().get(f"{_landing(language)}/nothing")


def _landing(language: str) -> str:
    return f"/nl/onderzoek/{KINDS}-2026" if language == "nl" else f"/en/survey/{KINDS}-2026"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_in_its_own_language_and_names_who_sends_it_and_whom_to_ask(
    site: Flask, sqlite_database: Database, named: Instrument, language: str
) -> None:
    seen, mixed, nameless = set(), [], []
    asked = named.study.organisation
    for endpoint, visitor in everything(site, sqlite_database, named, language):
        if endpoint in SHOWS_NO_PAGE or "<html" not in visitor.html:
            continue
        seen.add(endpoint)
        assert visitor.page.language == language, visitor.url
        text = words(visitor.html)
        mixed += [(visitor.url, part) for part in foreign(text, language)]
        if not all(each in text for each in (asked.name, asked.email, asked.telephone)):
            nameless.append(visitor.url)
    assert mixed == []
    assert nameless == []
    endpoints = {
        rule.endpoint.partition(".")[2] for rule in site.url_map.iter_rules() if "respondent." in rule.endpoint
    }
    assert endpoints - SHOWS_NO_PAGE - seen == set()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", sorted(path.stem for path in TEMPLATES.glob("[!_]*.txt")))
def test_every_mail_is_in_its_own_language_and_says_who_sends_it(kind: str, language: str, kinds: Instrument) -> None:
    study = kinds.study
    values = {"title": "2026", "address": "http://x", "closes": "2026-12-18", "hours": 24}
    values |= {"waves": (), "account": "http://x"}
    letter = Letter(
        kind,
        "jan@example.org",
        language,
        study.organisation,
        {**values, "code": "ABCD2345EFGH"},
        study.explained(language),
    )
    text = re.sub(r"\s+", " ", " ".join(written(letter)))
    assert foreign(text, language) == []
    assert all(each in text for each in (study.organisation.name, study.organisation.email))
    (other,) = set(LANGUAGES) - {language}
    assert foreign(text, other) != []  # the measure finds a mail in the other language
