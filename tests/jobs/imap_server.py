"""A server that speaks as much IMAP as fetching mail takes, for the tests: real bytes over a real socket."""

from __future__ import annotations

import base64
import re
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Mailbox:
    """What lies there, and what was done with it; ``flags`` by place."""

    mails: list[bytes]
    user: str = "bounces@example.org"
    password: str = "correct horse"
    token: str = ""
    breaks_at: int = 0  # the connection ends when this mail is asked for; 0: never
    flags: dict[int, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    port: int = 0


class _Conversation(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self.say("* OK ready")
        for line in self.rfile:
            tag, _, rest = line.decode().strip().partition(" ")
            verb = rest.partition(" ")[0].upper()
            if verb == "LOGOUT":
                self.say("* BYE", f"{tag} OK done")
                return
            if not self.answer(tag, verb, rest):
                return

    def answer(self, tag: str, verb: str, rest: str) -> bool:
        box: Mailbox = self.server.box  # type: ignore[attr-defined]
        if not rest.upper().startswith("LOGIN"):
            box.asked.append(rest)
        match verb:
            case "CAPABILITY":
                self.say("* CAPABILITY IMAP4rev1 AUTH=XOAUTH2", f"{tag} OK done")
            case "LOGIN":
                right = box.password in rest and box.user in rest
                self.say(f"{tag} OK done" if right else f"{tag} NO {box.user} is not welcome")
            case "AUTHENTICATE":
                self.say("+ ")
                said = base64.b64decode(self.rfile.readline().strip()).decode()
                if said == f"user={box.user}\x01auth=Bearer {box.token}\x01\x01":
                    self.say(f"{tag} OK done")
                else:
                    self.say("+ eyJzdGF0dXMiOiI0MDEifQ==")
                    assert self.rfile.readline() == b"\r\n"  # the empty line that ends it
                    self.say(f"{tag} NO sorry")
            case "SELECT":
                self.say(f"* {len(box.mails)} EXISTS", f"{tag} OK done" if "INBOX" in rest else f"{tag} NO sorry")
            case _:
                return self.look(tag, rest, box)
        return True

    def look(self, tag: str, rest: str, box: Mailbox) -> bool:
        if "SEARCH" in rest:
            unseen = (str(n) for n in range(1, len(box.mails) + 1) if "\\Seen" not in box.flags.get(n, ""))
            self.say(f"* SEARCH {' '.join(unseen)}", f"{tag} OK done")
        elif fetched := re.match(r"UID FETCH (\d+) \(BODY\.PEEK\[\]<0\.(\d+)>\)", rest):
            number = int(fetched[1])
            if number == box.breaks_at:
                return False
            raw = box.mails[number - 1][: int(fetched[2])]
            self.wfile.write(b"* %d FETCH (UID %d BODY[]<0> {%d}\r\n" % (number, number, len(raw)) + raw + b")\r\n")
            self.say(f"{tag} OK done")
        elif stored := re.match(r"UID STORE (\d+) \+FLAGS\.SILENT \((.+)\)", rest):
            box.flags[int(stored[1])] = stored[2]
            self.say(f"{tag} OK done")
        else:
            self.say(f"{tag} BAD what")
        return True

    def say(self, *lines: str) -> None:
        self.wfile.write("".join(f"{line}\r\n" for line in lines).encode())


@contextmanager
def serving(box: Mailbox) -> Iterator[Mailbox]:
    """The mailbox at a port of this machine."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Conversation) as server:
        server.daemon_threads = True
        server.box = box  # type: ignore[attr-defined]
        box.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield box
        finally:
            server.shutdown()
            thread.join()
