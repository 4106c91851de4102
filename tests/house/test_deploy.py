"""What stands in ``deploy/`` fits the product it serves."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from surveyapp.cli import COMMANDS
from surveyapp.cli.db import db
from surveyapp.config import Settings
from surveyapp.web import security, whole_requests

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


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_a_unit_calls_commands_that_exist(unit: Path) -> None:
    said = unit.read_text(encoding="utf-8")
    for command in re.findall(r"bin/surveyapp ([a-z]+)(?: ([a-z]+))?", said):
        assert command[0] in COMMANDS
        if command[0] == "db":
            assert command[1] in db.commands
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
def test_nginx_reads_its_configuration(tmp_path: Path) -> None:
    said = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "privkey.pem", "-out", "fullchain.pem",
         "-subj", "/CN=survey.example.org", "-days", "1"], cwd=tmp_path, check=True, capture_output=True,
    )  # fmt: skip
    said = said.replace("/etc/ssl/survey.example.org", str(tmp_path)).replace("/var/log/nginx", str(tmp_path))
    whole = f"pid {tmp_path}/pid;\nerror_log {tmp_path}/e;\nevents {{}}\nhttp {{\n{said}\n}}\n"
    (tmp_path / "nginx.conf").write_text(whole, encoding="utf-8")
    done = subprocess.run(
        ["nginx", "-t", "-c", str(tmp_path / "nginx.conf")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
