"""A respondent without JavaScript: reads the form of a page, ticks something, posts it, follows the redirect."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from time import process_time
from urllib.parse import urljoin

Send = Callable[[str, str, list[tuple[str, str]] | None], tuple[int, str, str]]
"""Method, address, fields → status, address it leads to (or the same), page."""


class FormParser(HTMLParser):
    """The fields of the form with id ``q``."""

    def __init__(self) -> None:
        super().__init__()
        self.action = ""
        self.fixed: list[tuple[str, str]] = []
        self.radios: dict[str, list[str]] = {}
        self.boxes: dict[str, str] = {}
        self.inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note fields; those outside the form count when they name it."""
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.inside = given.get("id") == "q"
            if self.inside:
                self.action = given.get("action", "")
            return
        if tag != "input" or not (self.inside or given.get("form") == "q"):
            return
        name, value, kind = given.get("name", ""), given.get("value", ""), given.get("type", "text")
        if kind == "hidden":
            self.fixed.append((name, value))
        elif kind == "radio":
            self.radios.setdefault(name, []).append(value)
        elif kind == "checkbox":
            self.boxes.setdefault(name, value)

    def handle_endtag(self, tag: str) -> None:
        """The form ends."""
        if tag == "form":
            self.inside = False


@dataclass
class HttpRobot:
    """One respondent. ``steps`` counts acknowledged pages, ``seconds`` the processor time of posting and showing."""

    send: Send
    role: str
    language: str = "nl"
    study: str = "goed-opdrachtgeverschap-2026"
    steps: int = 0
    seconds: float = 0.0
    acknowledged: list[str] = field(default_factory=list)

    def fields(self, page: str) -> tuple[str, list[tuple[str, str]]]:
        """Where the page's form goes, and what this robot answers: the first valid option of every group."""
        form = FormParser()
        form.feed(page)
        answers = list(form.fixed)
        for name, values in form.radios.items():
            if name == "role":
                answers.append((name, self.role))
            elif name == "q_s_elig":
                answers.append((name, "1"))
            else:
                answers.append((name, next((value for value in values if not value.startswith("-")), values[0])))
        answers += [(name, value) for name, value in form.boxes.items() if name == "agree"]
        return form.action, answers

    def start(self) -> tuple[str, str]:
        """Landing and consent; returns address and content of the first page."""
        landing = f"/{self.language}/{'onderzoek' if self.language == 'nl' else 'survey'}/{self.study}"
        address, page = landing, self.send("GET", landing, None)[2]
        for _ in range(2):
            action, fields = self.fields(page)
            status, address, page = self.send("POST", action or address, [*fields, ("action", "next")])
            if status != 303:
                raise RuntimeError(f"{address} answered {status} before the first page")
            status, address, page = self.send("GET", address, None)
        return address, page

    def walk(self, limit: int = 60) -> None:
        """Answer page after page up to the receipt; every 303 after a post is an acknowledged page."""
        address, page = self.start()
        for _ in range(limit):
            action, fields = self.fields(page)
            target = urljoin(address, action) if action else address
            began = process_time()
            status, onward, shown = self.send("POST", target, [*fields, ("action", "next")])
            if status == 422:  # asked once about what was skipped
                action, fields = self.fields(shown)
                began = process_time()
                status, onward, shown = self.send("POST", target, [*fields, ("action", "next")])
            if status != 303:
                raise RuntimeError(f"{target} answered {status}")
            self.acknowledged.append(address)
            address = onward
            _, _, page = self.send("GET", address, None)
            self.seconds += process_time() - began
            self.steps += 1
            if address.endswith(("/klaar", "/done", "/controle", "/review")):
                return
        raise RuntimeError("the questionnaire did not end")
