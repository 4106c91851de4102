"""A mail server in a process of its own, which writes down the name of each mail it took before it says so.

``python -m tests.jobs.mail_peer FILE [SECONDS]`` prints its port; ``SECONDS`` is how long it looks into each mail.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

ROOT = Path(__file__).parents[2]


class Peer:
    """Takes everything."""

    def __init__(self, file: Path, looks: float) -> None:
        self._file, self._looks = file.open("ab", buffering=0), looks

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self._looks:
            await asyncio.sleep(self._looks)
        assert isinstance(envelope.content, bytes)
        name = next(line for line in envelope.content.split(b"\r\n") if line.lower().startswith(b"message-id:"))
        self._file.write(name.partition(b"<")[2].partition(b"@")[0] + b"\n")
        return "250 OK"


async def serve(file: Path, looks: float) -> None:
    peer = Peer(file, looks)
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(peer, enable_SMTPUTF8=True), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


@contextmanager
def mail_peer(file: Path, looks: float = 0.0) -> Iterator[str]:
    """The URL of such a server, which ends with the block."""
    command = [sys.executable, "-m", "tests.jobs.mail_peer", str(file), str(looks)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        try:
            yield f"smtp://127.0.0.1:{port}?starttls=no"
        finally:
            process.kill()


def taken(file: Path) -> list[str]:
    """The names of the mails a server took, in their order."""
    return file.read_text("ascii").split() if file.exists() else []


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), float(sys.argv[2])))
