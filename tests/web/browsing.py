"""A browser without JavaScript: reads pages, fills in forms as a person could, presses buttons, follows redirects."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

Fields = dict[str, list[str]]


@dataclass
class Form:
    """A form as it stands on the page: where it goes and what it would send if nobody touched it."""

    id: str
    action: str
    fields: Fields = field(default_factory=dict)
    offered: dict[str, set[str]] = field(default_factory=dict)  # choices by field
    typing: set[str] = field(default_factory=set)  # fields to type in
    buttons: list[tuple[str, str, str]] = field(default_factory=list)  # name, value, label


class PageReader(HTMLParser):
    """Forms, links and texts of one page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.language = ""
        self.title = ""
        self.headings: list[tuple[str, str]] = []
        self.links: list[tuple[str, str]] = []
        self.ids: list[str] = []
        self.tags: list[str] = []
        self.first_of_body: dict[str, str | None] | None = None
        self.forms: dict[str, Form] = {}
        self._open: Form | None = None
        self._select: str | None = None
        self._textarea: str | None = None
        self._texts: list[str] = []
        self._loose: list[tuple[str, tuple[str, str]]] = []
        self._button: tuple[str, dict[str, str | None]] | None = None
        self._in_body = False
        self.feed(html)
        for owner, (name, value) in self._loose:
            if owner in self.forms:
                self.forms[owner].buttons.append((name, value, ""))

    def updatepos(self, i: int, j: int) -> int:
        """Nobody asks on which line something stands; counting them takes a fifth of the reading."""
        return j

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.tags.append(tag)
        if self._in_body and self.first_of_body is None:
            self.first_of_body = {"tag": tag, **values}
        if values.get("id"):
            self.ids.append(str(values["id"]))
        match tag:
            case "html":
                self.language = values.get("lang") or ""
            case "body":
                self._in_body = True
            case "form":
                form = Form(values.get("id") or f"form{len(self.forms)}", values.get("action") or "")
                self._open = self.forms[form.id] = form
            case "input":
                self._input(values)
            case "select":
                self._select = values.get("name")
            case "option" if self._select and self._open:
                self._open.offered.setdefault(self._select, set()).add(values.get("value") or "")
                if "selected" in values:
                    self._open.fields[self._select] = [values.get("value") or ""]
            case "textarea":
                self._textarea, self._texts = values.get("name"), []
            case "button":
                self._button, self._texts = (tag, values), []
            case "a" | "h1" | "h2" | "h3" | "title":
                self._texts = []
                self._href = values.get("href") or ""

    def _input(self, values: dict[str, str | None]) -> None:
        name, kind = values.get("name"), values.get("type") or "text"
        if name is None or self._open is None:
            return
        value = values.get("value") or ""
        if kind in ("radio", "checkbox"):
            self._open.offered.setdefault(name, set()).add(value)
            if "checked" in values:
                self._open.fields.setdefault(name, []).append(value)
        else:
            if kind != "hidden":
                self._open.typing.add(name)
            self._open.fields.setdefault(name, []).append(value)

    def handle_data(self, data: str) -> None:
        self._texts.append(data)

    def handle_endtag(self, tag: str) -> None:
        text = "".join(self._texts).strip()
        match tag:
            case "form":
                self._open = None
            case "select":
                if self._open and self._select and self._select not in self._open.fields:
                    self._open.fields[self._select] = [""]
                self._select = None
            case "textarea" if self._open and self._textarea:
                self._open.typing.add(self._textarea)
                self._open.fields[self._textarea] = ["".join(self._texts).removeprefix("\n")]
                self._textarea = None
            case "button" if self._button:
                values = self._button[1]
                name, value = values.get("name") or "", values.get("value") or ""
                if values.get("form"):
                    self._loose.append((str(values["form"]), (name, value)))
                elif self._open:
                    self._open.buttons.append((name, value, text))
                self._button = None
            case "a":
                self.links.append((self._href, text))
            case "h1" | "h2" | "h3":
                self.headings.append((tag, text))
            case "title":
                self.title = text


def cookies_of(client: FlaskClient) -> dict[str, str]:
    """Every cookie of a browser."""
    return {each.key: each.value for each in client._cookies.values()}  # type: ignore[attr-defined]


def lend(client: FlaskClient, cookies: Mapping[str, str]) -> None:
    """Let a browser have these cookies, whatever it had under their names."""
    for name, value in cookies.items():
        client.set_cookie(name, value)


def questionnaire(wave: str, language: str = "nl") -> str:
    """Where the addresses of a wave's questionnaire begin."""
    return f"/{'nl/vragenlijst' if language == 'nl' else 'en/questionnaire'}/{wave}"


def wave_in(url: str) -> str | None:
    """What an address calls its wave; None where it names none."""
    named = re.search(r"/([a-z][a-z0-9-]+-[0-9]{4})(/|$)", urlsplit(url).path)
    return named[1] if named else None


class Visitor:
    """One person with one browser."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.response: TestResponse
        self._page: PageReader | None = None
        self.url = ""
        self.statuses: list[int] = []
        self.wave = "kinds-2026"  # that of the last address that named one

    def get(self, url: str, **options: object) -> Visitor:
        """Open an address and follow where it leads."""
        return self._arrive(self.client.get(url, **options), url)  # type: ignore[arg-type]

    def post(self, url: str, fields: Mapping[str, object], **options: object) -> Visitor:
        """Send a form and follow where it leads."""
        return self._arrive(self.client.post(url, data=dict(fields), **options), url)  # type: ignore[arg-type]

    def _arrive(self, response: TestResponse, url: str) -> Visitor:
        self.statuses = [response.status_code]
        while response.status_code in (301, 302, 303):
            url = urljoin(url, response.headers["Location"])
            parts = urlsplit(url)
            response = self.client.get(parts.path + (f"?{parts.query}" if parts.query else ""))
            self.statuses.append(response.status_code)
        self.response, self.url = response, url
        self.wave = wave_in(url) or self.wave
        self._page = None
        return self

    @property
    def page(self) -> PageReader:
        """What stands on the page; read when somebody first looks."""
        if self._page is None:
            self._page = PageReader(self.html)
        return self._page

    @property
    def html(self) -> str:
        """The page as it came, without what only tells a browser where a line may end."""
        return self.response.get_data(as_text=True).replace("\u2011", "-").replace("<wbr>", "")

    @property
    def status(self) -> int:
        """The status of the page that is shown."""
        return self.response.status_code

    @property
    def is_asked(self) -> bool:
        """Whether the page says at its top that something needs attention, or was changed elsewhere."""
        return "summary" in self.page.ids or "notice" in self.page.ids

    @property
    def h1(self) -> str:
        """The heading of the page."""
        return next(text for tag, text in self.page.headings if tag == "h1")

    @property
    def form(self) -> Form:
        """The form of the page."""
        return self.page.forms.get("q") or next(iter(self.page.forms.values()))

    def press(self, action: str = "next", answers: Mapping[str, object] | None = None, **more: object) -> Visitor:
        """Fill in what is given, leave the rest as it stands, press the button with this value.

        A field that is not on the page, or a choice that is not offered, is a fault of the test.
        """
        given = {**(answers or {}), **more}
        form = self.form_with(action) if action else self.form
        fields: Fields = dict(form.fields)
        for name, value in given.items():
            values = [str(each) for each in value] if isinstance(value, list | tuple) else [str(value)]
            if name in form.offered:
                assert set(values) <= form.offered[name], f"{name} offers {form.offered[name]}, not {values}"
            else:
                assert name in form.typing, f"{self.url} has no field {name}"
            fields[name] = values
        if action:
            fields["action"] = [action]
        return self.post(form.action or self.url, fields)

    def form_with(self, action: str) -> Form:
        """The form of the page that has a button with this value."""
        for form in self.page.forms.values():
            if any(value == action for _, value, _ in form.buttons):
                return form
        raise AssertionError(f"{self.url} has no button {action}")

    def tamper(self, **changes: object) -> Visitor:
        """Send the form with fields no browser would send; None takes a field away."""
        fields: dict[str, object] = {**self.form.fields, "action": "next", **changes}
        return self.post(
            self.form.action or self.url, {name: value for name, value in fields.items() if value is not None}
        )

    # ------------------------------------------------------------------------------------------------- ways to a page
    def begin(self, study: str, role: str, language: str = "nl", year: int = 2026) -> Visitor:
        """From the landing page through consent to the first page."""
        self.get(f"/{'nl/onderzoek' if language == 'nl' else 'en/survey'}/{study}-{year}")
        self.press("next", role=role)
        return self.press("next", agree="yes")

    def go(self, page: str, language: str = "nl") -> Visitor:
        """Open a page of the questionnaire by its address."""
        return self.get(f"{questionnaire(self.wave, language)}/p/{page}")

    @property
    def at(self) -> str:
        """The id of the page of the questionnaire; empty elsewhere."""
        return urlsplit(self.url).path.partition("/p/")[2]
