"""Two servers with folders of their own over one PostgreSQL, a worker on a third: nobody notices which one answers."""

from __future__ import annotations

import hashlib
import http.cookiejar
import os
import random
import re
import signal
import subprocess
import sys
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pydantic import SecretStr
from werkzeug.test import TestResponse

from surveyapp import clock
from surveyapp.app import create_app
from surveyapp.config import Settings
from surveyapp.errors import ConfigurationError
from surveyapp.fieldwork.library import InstrumentLibrary
from surveyapp.fieldwork.simulate import simulate
from surveyapp.instrument.model import Instrument
from surveyapp.jobs.worker import Worker
from surveyapp.storage.accounts import add_user
from surveyapp.storage.database import Database
from surveyapp.web import security
from surveyapp.web.accounts import ATTEMPTS_ALLOWED
from surveyapp.web.passwords import password_hash
from tests.cli.test_serve import answers, until
from tests.jobs.mail_servers import free_port
from tests.web.browsing import Visitor
from tests.web.conftest import KINDS, REAL, put_wave
from tests.web.console.people import PASSWORD, Person
from tests.web.console.test_every_address import addresses, rules
from tests.web.console.test_sign_in import set_up_second_step
from tests.web.respondent.test_restless_robots import walked

KEY = "one key for every server and worker here"
BASE = f"/console/{KINDS}/2026"


class Somewhere(FlaskClient):
    """A browser whose every request goes to one of the servers, by lot; it has one set of cookies."""

    servers: Site

    def open(self, *args: Any, **options: Any) -> TestResponse:
        self.application = self.servers.draw()
        return super().open(*args, **options)


class Site:
    """Both servers behind one address."""

    def __init__(self, apps: list[Flask]) -> None:
        self.apps, self.lot, self.served = apps, random.Random(7), Counter[int]()

    def draw(self) -> Flask:
        number = self.lot.randrange(len(self.apps))
        self.served[number] += 1
        return self.apps[number]

    def test_client(self) -> FlaskClient:
        made = Somewhere(self.apps[0], self.apps[0].response_class, use_cookies=True)
        made.servers = self
        return made

    def person(self, role: str = "") -> Person:
        made = Person(self.test_client())
        if role:
            assert made.sign_in(f"{role}@example.org").status_code == 302
        return made


@pytest.fixture
def site(postgres_database: Database, tmp_path: Path) -> Iterator[Site]:
    """Two applications that share nothing but the database and the key."""
    url = postgres_database.url.render_as_string(hide_password=False)
    apps = []
    for name in ("one", "two"):
        settings = Settings(
            environment="development", instance=tmp_path / name, log_level="ERROR", database_url=url,
            secret_key=SecretStr(KEY), instruments=REAL.parent,
        )  # fmt: skip
        apps.append(create_app(settings))
    yield Site(apps)
    for app in apps:
        app.extensions["surveyapp"].database.close()


@pytest.fixture
def team(postgres_database: Database) -> None:
    hashed = password_hash(PASSWORD)
    with postgres_database.write() as session:
        for role in ("researcher", "admin"):
            add_user(session, f"{role}@example.org", hashed, role, "en")


@pytest.fixture
def filled(postgres_database: Database, kinds: Instrument, team: None) -> Callable[[int], None]:
    """A wave with sixty robots in it, and more to come."""
    put_wave(postgres_database, kinds)
    library = InstrumentLibrary(postgres_database)

    def more(seed: int, count: int = 2) -> None:
        simulate(postgres_database, library, KINDS, 2026, count, seed, is_demonstration=True)

    more(7, 60)
    return more


def test_a_questionnaire_goes_on_wherever_the_next_request_lands(
    site: Site, postgres_database: Database, real: Instrument, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Robots with bad habits: they type and leave, come back by a code, lose their cookies, send twice."""
    did: Counter[str] = Counter()
    stored = walked(site, postgres_database, real, (0, 9), monkeypatch, did)  # type: ignore[arg-type]
    assert len(stored) == 2
    assert min(site.served.values()) > 20
    assert sum(did.values()) > 20


def test_drafts_codes_and_the_wait_after_wrong_ones_are_the_same_everywhere(
    site: Site, postgres_database: Database, kinds: Instrument, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_wave(postgres_database, kinds)
    visitor = Visitor(site.test_client()).begin(KINDS, "contractor").press("next", q_k_elig="1")
    rate = visitor.go("rate").form
    visitor.client.post(f"{rate.action}/concept", data={**rate.fields, "q_k_rate": "85 of zo"})
    for _ in range(6):
        assert visitor.go("rate").form.fields["q_k_rate"] == ["85 of zo"]
    visitor.press("save", q_k_rate="85")
    code = re.search(r'class="code">([A-Z0-9 ]{14})<', visitor.html)
    assert code is not None
    other = Visitor(site.test_client()).get("/en/questionnaire/resume").press("", code=code[1])
    for _ in range(6):
        assert other.go("rate", "en").form.fields["q_k_rate"] == ["85"]

    from surveyapp.web.respondent import returning

    monkeypatch.setattr(returning, "RESUME_ATTEMPTS", 5)
    guesser = Visitor(site.test_client())
    said = [guesser.get("/en/questionnaire/resume").press("", code=f"ABCD2345EFG{n}").status for n in "HJKMNPQ"]
    assert said[:5] == [422] * 5 or said[:5] == [200] * 5
    assert said[5:] == [429] * 2
    assert len(site.served) == 2


def test_signing_in_with_two_steps_and_every_limit_hold_at_both(site: Site, team: None) -> None:
    totp = set_up_second_step(site.person("admin"))
    first, second = site.person(), site.person()
    for person in (first, second):
        person.sign_in("admin@example.org")
        assert person.get("/console/").status_code == 302
    later = clock.now() + timedelta(seconds=30)
    code = totp.generate(later.timestamp()).token
    first.post("/tf-validate", code=code, csrf_token=first.token_of("/mf-recovery"))
    again = second.post("/tf-validate", code=code, csrf_token=second.token_of("/mf-recovery"))
    assert [first.get("/console/").status_code for _ in range(4)] == [200] * 4
    assert again.status_code == 422

    stolen = site.test_client()
    stolen._cookies = dict(first.client._cookies)  # type: ignore[attr-defined]
    assert stolen.get("/console/").status_code == 200
    first.post("/logout")
    assert [stolen.get("/console/").status_code for _ in range(4)] == [302] * 4

    guesser = site.person()
    said = [guesser.sign_in("researcher@example.org", "een verkeerde zin als sleutel").status_code for _ in range(12)]
    assert said == [422] * ATTEMPTS_ALLOWED + [429] * 2


def lasting(page: str) -> str:
    """A page without the token of its form."""
    return re.sub(r'name="csrf_token" value="[^"]+"', "", page)


def test_figures_follow_at_both_servers_and_pages_find_their_files(site: Site, filled: Callable[[int], None]) -> None:
    person = site.person("researcher")

    def at_both(address: str) -> str:
        found = []
        for app in site.apps:
            client = app.test_client()
            client._cookies = person.client._cookies  # type: ignore[attr-defined]
            found.append(lasting(client.get(address).text))
        assert found[0] == found[1]
        return found[0]

    for address in (f"{BASE}/results/k_mark", f"{BASE}/fieldwork"):
        with clock.stopped_at(clock.now()):  # a page says at which minute it was made
            before = at_both(address)
            filled(len(address))
            assert at_both(address) != before
    files = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', before))
    assert files
    for path in files:
        for app in site.apps:
            with app.test_client().get(path) as found:
                assert found.status_code == 200


def test_a_file_asked_for_at_one_server_is_made_on_a_third_machine_and_fetched_at_the_other(
    site: Site, filled: Callable[[int], None], postgres_database: Database, tmp_path: Path
) -> None:
    person = site.person("researcher")
    for kind in ("codebook", "csv", "data"):
        assert person.post(f"{BASE}/exports/{kind}", language="nl").status_code == 303
    assert person.get(f"{BASE}/exports").text.count('class="pill queued"') == 3
    worker = Worker(
        Database(postgres_database.url.render_as_string(hide_password=False)),
        InstrumentLibrary(postgres_database), None, salt=KEY, keeps_days=False, folder=tmp_path / "three",
    )  # fmt: skip
    worker.once()
    worker._database.close()

    addresses = re.findall(r'href="([^"]+/file)"', person.get(f"{BASE}/exports").text)
    assert len(addresses) == 3
    for address in addresses:
        got = [person.get(address) for _ in range(6)]
        assert {answer.status_code for answer in got} == {200}
        (digest,) = {hashlib.sha256(answer.data).hexdigest() for answer in got}
        assert digest[:12] in person.get(f"{BASE}/exports").text
    left = [path.name for path in tmp_path.rglob("*") if path.suffix in (".xlsx", ".zip") or path.name == "secret_key"]
    assert left == []


def test_no_control_character_of_an_address_reaches_the_database(site: Site, team: None) -> None:
    """PostgreSQL takes no NUL in what it is asked for: a fault, where SQLite only finds nothing."""
    person = site.person("researcher")
    asked = [one for rule in rules(site.apps[0]) for one in addresses(rule, ("%00", "a%00b", "%1f")) if "%" in one]
    assert len(asked) > 50
    assert {one: status for one in asked if (status := person.get(one).status_code) != 404} == {}


def test_no_key_is_made_where_machines_must_share_one(tmp_path: Path) -> None:
    settings = Settings(instance=tmp_path, database_url="postgresql+psycopg://me@db.example.org/survey")
    with pytest.raises(ConfigurationError, match="every server and worker must be given the same key; none is made"):
        security.secret_key(settings)
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "secret_key").write_text("made by the version before, on this machine alone")
    with pytest.raises(ConfigurationError, match=r"so far stands in .*secret_key"):
        security.secret_key(settings)
    assert security.secret_key(settings.model_copy(update={"secret_key": SecretStr(KEY)})) == KEY


# ----------------------------------------------------------------------------------------------- processes of their own
@contextmanager
def running(folder: Path, url: str, *command: str) -> Iterator[subprocess.Popen[bytes]]:
    folder.mkdir(exist_ok=True)
    environment = {
        **os.environ, "SURVEYAPP_INSTANCE": str(folder), "SURVEYAPP_DATABASE_URL": url, "SURVEYAPP_SECRET_KEY": KEY,
        "SURVEYAPP_INSTRUMENTS": str(REAL.parent),
    }  # fmt: skip
    with (folder / "said").open("ab") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "surveyapp.cli", *command], env=environment, stdout=said, stderr=said,
            start_new_session=True,
        )  # fmt: skip
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(30)


@pytest.mark.slow
def test_two_servers_and_a_worker_in_processes_of_their_own(
    postgres_database: Database, filled: Callable[[int], None], tmp_path: Path
) -> None:
    url = postgres_database.url.render_as_string(hide_password=False)
    ports = [free_port(), free_port()]
    sites = [f"http://127.0.0.1:{port}" for port in ports]
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))

    def get(site: str, path: str) -> bytes:
        with browser.open(f"{site}{path}", timeout=60) as answer:
            found: bytes = answer.read()
            return found

    def post(site: str, path: str, form: str, **fields: str) -> None:
        token = re.search(rb'name="csrf_token" value="([^"]+)"', get(sites[0], form))
        assert token is not None
        sent = urllib.parse.urlencode({**fields, "csrf_token": token[1].decode()}).encode()
        with browser.open(urllib.request.Request(f"{site}{path}", sent, {"Referer": site}), timeout=60):
            pass

    serve = [(tmp_path / f"server{n}", url, "serve", "--no-worker", "--workers", "1", "--port", str(port))
             for n, port in enumerate(ports)]  # fmt: skip
    with running(*serve[0]), running(*serve[1]):
        until(lambda: all(answers(site) for site in sites))
        post(sites[1], "/login", "/login", email="researcher@example.org", password=PASSWORD)
        post(sites[0], f"{BASE}/exports/codebook", f"{BASE}/exports", language="en")
        assert b"No files are being made now" in get(sites[1], f"{BASE}/exports")
        with running(tmp_path / "worker", url, "worker"):
            until(lambda: b"/file" in get(sites[1], f"{BASE}/exports"), 60)
            page = get(sites[1], f"{BASE}/exports").decode()
            assert "No files are being made now" not in page
        (address,) = re.findall(r'href="([^"]+/file)"', page)
        whole = get(sites[1], address)
        assert whole == get(sites[0], address)
        assert hashlib.sha256(whole).hexdigest()[:12] in page
        assert b"No files are being made now" in get(sites[0], f"{BASE}/exports")  # it said that it ends
