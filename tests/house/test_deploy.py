"""What stands in ``deploy/`` fits the product it serves."""

from __future__ import annotations

import http.client
import re
import shlex
import shutil
import socket
import ssl
import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import click
import pytest
from ruamel.yaml import YAML

from surveyapp.cli import main, preflight
from surveyapp.config import Settings
from surveyapp.web import security, whole_requests
from tests.cli.test_serve import until
from tests.jobs.mail_servers import free_port

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
UNITS = sorted([*DEPLOY.glob("*.service"), *DEPLOY.glob("*.socket"), *DEPLOY.glob("*.timer")])


def environment() -> dict[str, str]:
    lines = (DEPLOY / "surveyapp.env").read_text(encoding="utf-8").splitlines()
    return dict(line.removeprefix("# ").split("=", 1) for line in lines if re.match(r"(# )?SURVEYAPP_\w+=", line))


def test_the_settings_that_are_shipped_are_settings_the_product_takes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name, value in environment().items():
        monkeypatch.setenv(name, value)
    settings = Settings()
    assert settings.proxy_hops == 1
    assert settings.mail_server is not None
    assert security.configuration(settings.model_copy(update={"instance": tmp_path}))["SESSION_COOKIE_SECURE"]


def test_the_proxy_waits_as_long_and_takes_as_much_as_the_server() -> None:
    conf = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    assert f"client_body_timeout {whole_requests.BODY_SECONDS:.0f}s;" in conf
    assert f"client_max_body_size {security.BODY_LIMIT // 1024}k;" in conf
    assert "proxy_request_buffering on;" in conf
    assert conf.count("{") == conf.count("}")


def test_the_proxys_log_holds_no_address_path_query_or_browser() -> None:
    conf = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    (form,) = re.findall(r"log_format surveyapp .*?;", conf)
    for name in (
        "remote_addr",
        "request_uri",
        "$uri",
        "$request ",
        "args",
        "http_user_agent",
        "http_referer",
        "cookie",
    ):
        assert name not in form
    assert "$proxy_add_x_forwarded_for" not in conf
    assert "non_idempotent" not in re.sub(r"#.*", "", conf)


def services() -> dict[str, dict[str, Any]]:
    """What `compose.yaml` starts."""
    found: dict[str, dict[str, Any]] = YAML(typ="safe").load(DEPLOY / "compose.yaml")["services"]
    return found


def test_the_composition_is_two_servers_and_a_worker_that_share_database_and_key() -> None:
    ours = {name: each for name, each in services().items() if each["image"] == "surveyapp"}
    commands = {name: require_command(each["command"]).name for name, each in ours.items()}
    assert commands == {"upgrade": "upgrade", "one": "serve", "two": "serve", "worker": "worker"}
    upstream = (DEPLOY / "upstream-two.conf").read_text(encoding="utf-8")
    assert re.findall(r"server (\w+):8000", upstream) == ["one", "two"]
    assert all("--no-worker" in ours[name]["command"] for name in ("one", "two"))
    settings = [each["environment"] for each in ours.values()]
    assert all(each == settings[0] for each in settings)
    mounted = [line.partition(":")[0] for line in services()["proxy"]["volumes"]]
    assert all((DEPLOY / name).is_file() for name in mounted if name.endswith(".conf"))
    assert not any("volumes" in each for each in ours.values())  # nothing of the product is kept on a disk of its own


def test_the_settings_of_the_composition_are_settings_the_product_takes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    given = {
        "POSTGRES_PASSWORD": "secret", "SURVEYAPP_SECRET_KEY": "k" * 48,
        "SURVEYAPP_BASE_URL": "https://survey.example.org",
    }  # fmt: skip
    for name, value in services()["one"]["environment"].items():
        monkeypatch.setenv(name, re.sub(r"\$\{(\w+):\?\}", lambda found: given[found[1]], value))
    monkeypatch.setenv("SURVEYAPP_INSTANCE", str(tmp_path))
    settings = Settings()
    preflight.require_public_address(settings, "0.0.0.0")
    assert security.configuration(settings)["SECRET_KEY"] == "k" * 48
    assert settings.url.startswith("postgresql+psycopg://surveyapp:secret@database/")


def test_the_image_copies_what_its_ignore_file_lets_in() -> None:
    copied = re.findall(r"^COPY (.+) \S+$", (DEPLOY / "Dockerfile").read_text(encoding="utf-8"), re.M)
    let_in = re.findall(r"^!(\S+)$", (DEPLOY / "Dockerfile.dockerignore").read_text(encoding="utf-8"), re.M)
    assert sorted(" ".join(copied).split()) == sorted(let_in)
    assert all((DEPLOY.parent / name).exists() for name in let_in)


def require_command(words: list[str]) -> click.Command:
    """The command these words call; a word or option it does not know is an error of click's."""
    command: click.Command = main
    while isinstance(command, click.Group):
        name, *words = words
        found = command.get_command(click.Context(command), name)
        assert found is not None, name
        command = found
    command.make_context(command.name, words)
    return command


@pytest.mark.parametrize("unit", [*UNITS, DEPLOY / "surveyapp-several.conf"], ids=lambda path: path.name)
def test_a_unit_calls_commands_that_exist(unit: Path) -> None:
    said = unit.read_text(encoding="utf-8")
    for line in re.findall(r"bin/surveyapp ([^\n']+)", said):
        require_command(shlex.split(line))
    assert "EnvironmentFile" not in said or "EnvironmentFile=/etc/surveyapp.env" in said


def test_the_server_stands_on_the_socket_and_is_given_time_to_finish() -> None:
    from surveyapp.cli import listening

    service = (DEPLOY / "surveyapp.service").read_text(encoding="utf-8")
    assert "Requires=surveyapp.socket" in service
    assert "ExecReload=/bin/kill -HUP $MAINPID" in service
    assert int(re.search(r"TimeoutStopSec=(\d+)", service)[1]) > 2 * listening.STOP_SECONDS  # type: ignore[index]
    socket = (DEPLOY / "surveyapp.socket").read_text(encoding="utf-8")
    assert f"Backlog={listening.BACKLOG}" in socket


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is missing; part of systemd")
@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_systemd_reads_the_units(unit: Path, tmp_path: Path) -> None:
    for path in UNITS:  # with commands that are there: it looks for them
        said = re.sub(r"/opt/surveyapp/\.venv/bin/surveyapp", "/bin/true", path.read_text(encoding="utf-8"))
        (tmp_path / path.name).write_text(said, encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(tmp_path / unit.name)],
        capture_output=True,
        text=True,
        check=False,
    )
    ours = [line for line in done.stderr.splitlines() if "surveyapp" in line and "postgresql" not in line]
    assert not [line for line in ours if "Unknown" in line or "Failed to parse" in line or "Invalid" in line], ours


@pytest.mark.skipif(
    shutil.which("nginx") is None, reason="nginx is missing; install it with: apt-get install nginx-light"
)
@pytest.mark.parametrize("upstream", ["upstream.conf", "upstream-two.conf"])
def test_nginx_reads_its_configuration(upstream: str, tmp_path: Path) -> None:
    servers = (DEPLOY / upstream).read_text(encoding="utf-8").replace("one:", "127.0.0.1:").replace("two:", "[::1]:")
    done = subprocess.run(
        ["nginx", "-t", "-c", str(proxy(tmp_path, servers))], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def proxy(folder: Path, servers: str, port: int = 443) -> Path:
    """The shipped configuration with a certificate of its own, at this port."""
    said = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "privkey.pem", "-out", "fullchain.pem",
         "-subj", "/CN=survey.example.org", "-days", "1"], cwd=folder, check=True, capture_output=True,
    )  # fmt: skip
    said = said.replace("/etc/ssl/survey.example.org", str(folder)).replace("/var/log/nginx", str(folder))
    if port != 443:
        said = re.sub(r"listen (\[::\]:)?443", rf"listen \g<1>{port}", re.sub(r" +listen \S*80;\n", "", said))
        said = said.replace("server {\n", f"server {{\n    listen 127.0.0.1:{free_port()};\n", 1)
    events = "worker_connections 768;"  # as Debian ships it
    whole = f"pid {folder}/pid;\nerror_log {folder}/e;\nevents {{ {events} }}\nhttp {{\n{servers}{said}\n}}\n"
    path = folder / "nginx.conf"
    path.write_text(whole, encoding="utf-8")
    return path


@pytest.mark.slow
@pytest.mark.skipif(
    shutil.which("nginx") is None, reason="nginx is missing; install it with: apt-get install nginx-light"
)
def test_two_hundred_half_sent_requests_of_an_office_keep_its_people_from_nothing(tmp_path: Path) -> None:
    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    behind = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=behind.serve_forever, daemon=True).start()
    port, anybody = free_port(), ssl._create_unverified_context()
    servers = f"upstream surveyapp {{ server 127.0.0.1:{behind.server_port} max_fails=0; }}\n"
    command = ["nginx", "-c", str(proxy(tmp_path, servers, port)), "-g", "daemon off;"]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as nginx:
        try:
            until(lambda: (tmp_path / "pid").exists() and bool((tmp_path / "pid").read_text()))
            head = b"POST /login HTTP/1.1\r\nHost: survey.example.org\r\nContent-Length: 100\r\n\r\nemail=a"
            held = [anybody.wrap_socket(socket.create_connection(("127.0.0.1", port), 10)) for _ in range(200)]
            for connection in held:
                connection.sendall(head)
            time.sleep(1)  # until the last of them was read
            site = http.client.HTTPSConnection("127.0.0.1", port, timeout=10, context=anybody)
            site.request("GET", "/", headers={"Host": "survey.example.org"})
            status = site.getresponse().status
            for connection in (*held, site):
                connection.close()
            assert status == 204
        finally:
            nginx.terminate()
            behind.shutdown()
            behind.server_close()
