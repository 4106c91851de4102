"""The shared floor of the web: settings, headers, health, catalogues, colours, vendored files."""

from __future__ import annotations

import base64
import hashlib
import os
import re
import shutil
import stat
import subprocess
import sys
import threading
import tomllib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import pytest
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import select

import surveyapp
from surveyapp.config import Settings
from surveyapp.errors import ConfigurationError, StorageBusy
from surveyapp.storage.accounts import RoleRow
from surveyapp.storage.database import Database
from surveyapp.web import security
from tests.web.browsing import Visitor

PACKAGE = Path(surveyapp.__file__).parent
PROJECT = PACKAGE.parent


def test_health_answers_while_the_process_lives_and_readiness_asks_the_database(
    client: FlaskClient, make_app: Callable[..., Flask], tmp_path: Path
) -> None:
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 200
    empty = Database(f"sqlite:///{tmp_path / 'empty.sqlite3'}")
    fresh = make_app(empty).test_client()
    assert (fresh.get("/healthz").status_code, fresh.get("/readyz").status_code) == (200, 503)
    empty.close()


def test_a_database_file_that_was_moved_away_under_the_server_takes_no_save_and_is_not_ready(
    client: FlaskClient, sqlite_database: Database, tmp_path: Path
) -> None:
    """A connection from before writes on into the moved file: what somebody saved would be in no database."""

    def said() -> tuple[int, object]:
        answer = client.get("/readyz")
        assert answer.json is not None
        return answer.status_code, answer.json["status"]

    def save(name: str) -> None:
        with sqlite_database.write() as session:
            session.add(RoleRow(name=name))

    file, away = sqlite_database.file, tmp_path / "away.sqlite3"
    assert file is not None
    assert said() == (200, "ready")
    save("before")
    file.rename(away)
    assert said() == (503, "database away")
    with pytest.raises(StorageBusy, match="There is no database file"):
        save("lost")
    away.rename(file)
    assert said() == (200, "ready")
    save("after")
    with sqlite_database.read() as session:
        assert sorted(row.name for row in session.exec(select(RoleRow))) == ["after", "before"]


def test_another_file_in_the_place_of_the_database_is_the_one_that_is_served(
    sqlite_database: Database, sqlite_template: Path, tmp_path: Path
) -> None:
    file = sqlite_database.file
    assert file is not None
    with sqlite_database.write() as session:
        session.add(RoleRow(name="before"))
    with sqlite_database.read() as session:
        assert len(session.exec(select(RoleRow)).all()) == 1
    assert sqlite_database.fold_journal()
    shutil.copyfile(sqlite_template, tmp_path / "new.sqlite3")
    (tmp_path / "new.sqlite3").replace(file)
    with sqlite_database.read() as session:
        assert session.exec(select(RoleRow)).all() == []


def test_the_secret_key_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    settings = Settings(instance=tmp_path / "new")
    first = security.secret_key(settings)
    assert len(first) >= 48
    assert security.secret_key(settings) == first
    assert stat.S_IMODE(os.stat(tmp_path / "new" / "secret_key").st_mode) == 0o600


@pytest.mark.parametrize("count", [2, 6])
def test_processes_that_start_at_once_sign_with_one_key(
    count: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each makes its own while the others do, and reads the file only when all of them have one."""
    settings, barrier = Settings(instance=tmp_path / "new"), threading.Barrier(count)
    made = security.secrets.token_urlsafe

    def slowly(length: int) -> str:
        barrier.wait(10)
        return made(length)

    monkeypatch.setattr(security, "secrets", SimpleNamespace(token_urlsafe=slowly))
    with ThreadPoolExecutor(count) as pool:
        keys = set(pool.map(lambda _: security.secret_key(settings), range(count)))
    assert len(keys) == 1
    assert os.listdir(tmp_path / "new") == ["secret_key"]


def test_a_process_that_stops_while_it_makes_the_key_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(_length: int) -> str:
        raise KeyboardInterrupt

    settings = Settings(instance=tmp_path / "new")
    with monkeypatch.context() as patch:
        patch.setattr(security, "secrets", SimpleNamespace(token_urlsafe=stopped))
        with pytest.raises(KeyboardInterrupt):
            security.secret_key(settings)
    assert os.listdir(tmp_path / "new") == []
    assert len(security.secret_key(settings)) >= 48


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize(
    "address", ["/nl/", "/nl/vragenlijst/kinds-2026/p/start", "/login", "/tf-setup", "/console/", "/change"]
)
@pytest.mark.parametrize("body", ["{}", "[" * 100_000, "nonsense"], ids=["small", "deep", "none"])
def test_a_body_of_json_is_refused_unread(method: str, address: str, body: str, client: FlaskClient) -> None:
    """Nothing here reads it, but the library that signs people in would; a deep one exhausts the stack."""
    response = client.open(address, method=method, data=body, content_type="application/json")
    assert response.status_code == 415
    assert not response.is_json


@pytest.mark.parametrize(
    "settings",
    [{"secret_key": "short"}, {"base_url": "http://survey.example.org"}],
    ids=["a short key", "plain http for the public"],
)
def test_unsafe_settings_are_refused_at_start(settings: dict[str, object], tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError):
        security.configuration(Settings(instance=tmp_path, **settings))  # type: ignore[arg-type]


def test_over_https_the_cookie_is_bound_to_the_host_and_posting_works_with_our_own_referrer_policy(
    make_app: Callable[..., Flask], sqlite_database: Database, app: Flask
) -> None:
    secure = make_app(environment="production", base_url="https://survey.example.org")
    visitor = Visitor(secure.test_client())
    root, url = "https://survey.example.org", "/nl/onderzoek/kinds-2026"
    visitor.get(url, base_url=root)
    cookies = visitor.response.headers.getlist("Set-Cookie")
    assert sorted(cookie.partition("=")[0] for cookie in cookies) == ["__Host-survey", "__Host-survey-kinds-2026"]
    for cookie in cookies:
        for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
            assert part in cookie
        assert "Domain" not in cookie
    assert "max-age=31536000" in visitor.response.headers["Strict-Transport-Security"]
    assert visitor.response.headers["Referrer-Policy"] == "same-origin"
    fields = {**visitor.form.fields, "role": ["contractor"], "action": ["next"]}
    sent = secure.test_client()
    for each in visitor.client._cookies.values():  # type: ignore[attr-defined]  # carry the session over
        sent.set_cookie(each.key, each.value, domain="survey.example.org", secure=True)
    response = sent.post(url, data=fields, base_url=root, headers={"Referer": root + url})
    assert response.status_code == 303


def test_every_page_says_what_a_browser_may_do_with_it(client: FlaskClient) -> None:
    headers = client.get("/nl/").headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "http" not in policy
    for name in ("X-Content-Type-Options", "Permissions-Policy", "Cross-Origin-Opener-Policy"):
        assert headers[name]


def test_a_respondents_process_starts_without_numpy_pandas_and_openpyxl(tmp_path: Path) -> None:
    code = (
        "import sys; from surveyapp.app import create_app; from surveyapp.config import Settings;"
        f"create_app(Settings(instance={str(tmp_path)!r}));"
        "print([name for name in ('numpy', 'pandas', 'openpyxl', 'scipy', 'huey') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=PROJECT, check=True)
    assert done.stdout.strip() == "[]"


WALK = """
import sys
from surveyapp.app import create_app
from surveyapp.config import Settings
from tests.web.browsing import Visitor

app = create_app(Settings(environment="development", instance=sys.argv[1], database_url=sys.argv[2], log_level="ERROR"))
visitor = Visitor(app.test_client()).begin("kinds", "contractor").press("next", q_k_elig="1")
assert visitor.status == 200 and visitor.at not in ("", "elig"), visitor.url
visitor.go("long")
assert visitor.status == 200, visitor.url
import surveyapp.web.console.exports_page as page  # what lists the kinds of files makes none of them
import surveyapp.exports.registry
heavy = ("pandas", "pyarrow", "pyreadstat", "surveyapp.exports.case_frame")
print([name for name in heavy if name in sys.modules])
"""


def test_no_page_of_a_respondent_and_no_list_of_files_brings_a_frame_into_the_process(
    client: FlaskClient, sqlite_database: Database, tmp_path: Path
) -> None:
    """Seen red: with the writers imported at the top of the registry it prints both names."""
    given = [str(tmp_path), f"sqlite:///{sqlite_database.file}"]
    done = subprocess.run(
        [sys.executable, "-c", WALK, *given], capture_output=True, text=True, cwd=PROJECT, check=False
    )
    assert (done.stdout.strip(), done.returncode) == ("[]", 0), done.stderr


# ------------------------------------------------------------------------------------------------------- catalogues
def _messages(paths: list[Path]) -> Iterator[str | tuple[str, str]]:
    for path in paths:
        if path.suffix == ".py":
            keywords = {"_": None, "N_": None, "translate": None, "translate_plural": (1, 2)}
            found = extract_from_file("python", str(path), keywords=keywords)
        else:
            keywords = {"_": None, "gettext": None, "ngettext": (1, 2)}
            options = {"extensions": "jinja2.ext.i18n", "silent": "false"}
            found = extract_from_file("jinja2.ext:babel_extract", str(path), keywords=keywords, options=options)
        for _, message, _, _ in found:
            yield message


def _catalogue(domain: str) -> dict[str | tuple[str, str], object]:
    with (PACKAGE / "translations" / "nl" / f"{domain}.po").open("rb") as file:
        return {
            message.id if isinstance(message.id, str) else tuple(message.id): message.string  # type: ignore[misc]
            for message in read_po(file)
            if message.id
        }


def _sources() -> tuple[list[Path], list[Path]]:
    templates = PACKAGE / "templates"
    shared = [templates / "base.html", templates / "respondent" / "layout.html"]
    shared += [path for folder in ("components", "errors") for path in sorted((templates / folder).glob("*.html"))]
    own = [
        path
        for folder in ("questions", "respondent")
        for path in sorted((templates / folder).glob("*.html"))
        if path not in shared
    ] + sorted((templates / "email").glob("*.txt"))
    return shared, own + sorted((PACKAGE / "web" / "respondent").glob("*.py")) + sorted(
        (PACKAGE / "web" / "questionnaire").glob("*.py")
    )


def test_every_text_of_the_respondents_side_has_its_dutch_and_no_dutch_is_left_over() -> None:
    shared, own = _sources()
    in_shared, in_own = set(_messages(shared)), set(_messages(own))
    assert in_shared == set(_catalogue("shared"))
    assert in_own - in_shared == set(_catalogue("respondent"))


def test_dutch_texts_fill_the_same_places_say_u_and_never_sigh() -> None:
    for domain in ("shared", "respondent"):
        for english, dutch in _catalogue(domain).items():
            forms = dutch if isinstance(dutch, tuple | list) else [dutch]
            source = english if isinstance(english, str) else english[1]
            for text in forms:
                assert text, english
                places = re.compile(r"%\((\w+)\)s")
                assert sorted(places.findall(str(text))) == sorted(places.findall(source)), english
                assert not re.search(r"\b(je|jij|jouw|jullie|helaas|oeps)\b|!", str(text), re.I), text


# ----------------------------------------------------------------------------------------------------------- colours
def _luminance(colour: str) -> float:
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _tokens() -> dict[str, dict[str, str]]:
    sheets = PACKAGE / "static" / "css"
    text = (sheets / "tokens.css").read_text(encoding="utf-8")
    console = (sheets / "console.css").read_text(encoding="utf-8")
    blocks = {
        "light": text.partition(":root {")[2].partition("}")[0],
        "dark": text.partition(':root:not([data-theme="light"]) {')[2].partition("}")[0],
        "switched": console.partition(':root[data-theme="dark"] {')[2].partition("}")[0],
    }
    return {name: dict(re.findall(r"--([a-z-]+): (#[0-9A-F]{6});", block)) for name, block in blocks.items()}


# Colour, ground and the least contrast: WCAG's 4.5 for text and 3 for what one presses, 7 where there is much to read
PAIRS = [
    ("text", "paper", 7.0), ("text", "wash", 7.0), ("muted", "paper", 7.0), ("muted", "wash", 4.5),
    ("primary", "paper", 7.0), ("primary", "wash", 4.5), ("primary", "selected", 4.5), ("text", "selected", 7.0),
    ("control", "paper", 3.0), ("control", "wash", 3.0), ("error", "paper", 4.5), ("error", "error-ground", 4.5),
    ("success", "success-ground", 4.5), ("warning", "paper", 4.5), ("warning", "warning-ground", 4.5),
    ("on-primary", "primary", 7.0),
]  # fmt: skip


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_pair_of_colours_has_the_contrast_it_was_chosen_for(scheme: str) -> None:
    tokens = {**_tokens()["light"], **_tokens()[scheme]}
    for colour, ground, least in PAIRS:
        assert _contrast(tokens[colour], tokens[ground]) >= least, (colour, ground)


def test_the_consoles_own_dark_switch_gives_the_same_colours() -> None:
    tokens = _tokens()
    assert tokens["switched"] == tokens["dark"]


# ---------------------------------------------------------------------------------------------------- vendored files
@pytest.mark.parametrize("folder", ["surveyapp/static/vendor", "tests/browser/vendor"])
def test_vendored_files_are_the_ones_named_in_their_list(folder: str) -> None:
    place = PROJECT / folder
    packages = tomllib.loads((place / "VENDOR.toml").read_text(encoding="utf-8"))["package"]
    named = {"VENDOR.toml"}
    for package in packages:
        kind, _, wanted = package["file_integrity"].partition("-")
        digest = hashlib.new(kind, (place / package["file"]).read_bytes()).digest()
        assert base64.b64encode(digest).decode() == wanted
        assert package["licence"]
        assert package["version"]
        named |= {package["file"], package["licence_file"]}
    assert {path.name for path in place.iterdir()} == named


def _modules_after(statement: str) -> set[str]:
    told = f"{statement}; import sys; print(' '.join(name for name, made in sys.modules.items() if made is not None))"
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True, cwd=PROJECT)
    return set(done.stdout.split())


def test_a_server_process_holds_no_library_for_coloured_terminals_and_no_arithmetic() -> None:
    held = _modules_after("import surveyapp.app")
    assert held.isdisjoint({"rich", "pygments", "numpy", "pandas", "alembic"})
    assert "pyarrow" not in _modules_after("import surveyapp.exports.data_book, surveyapp.exports.spss_files")
    assert "rich" in _modules_after("import surveyapp.journal, rich")  # who wants it finds it


def test_the_leanest_floor_holds_nothing_of_the_product_but_its_bridge() -> None:
    held = _modules_after("import benchmarks.lean_app, surveyapp.web.whole_requests")
    bridge = {"surveyapp", "surveyapp.journal", "surveyapp.web", "surveyapp.web.whole_requests"}
    assert {name for name in held if name.startswith("surveyapp")} == bridge
