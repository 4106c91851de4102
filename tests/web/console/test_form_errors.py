"""Every form of the team answers a mistake alike: summary with focus, title, marked fields, what was typed kept."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

import pytest
from flask import Flask

from tests.web.console.people import PASSWORD, STUDY, Person
from tests.web.console.test_sign_in import set_up_second_step


@dataclass
class Seen(HTMLParser):
    """What a page tells of a mistake."""

    title: str = ""
    ids: set[str] = field(default_factory=set)
    focused: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    invalid: dict[str, str] = field(default_factory=dict)  # id → what describes it
    _in: str = ""

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self._in = tag
        self.ids.add(values.get("id", ""))
        if "autofocus" in values:
            self.focused.append(values.get("id", ""))
        if tag == "a" and values.get("href", "").startswith("#"):
            self.links.append(values["href"][1:])
        if values.get("aria-invalid") == "true":
            self.invalid[values.get("id", "")] = values.get("aria-describedby", "")

    def handle_data(self, data: str) -> None:
        if self._in == "title":
            self.title += data.strip()


def check(page: str, language: str, *, fields: set[str]) -> None:
    seen = Seen()
    seen.feed(page)
    assert seen.title.startswith("Fout: " if language == "nl" else "Error: "), seen.title
    assert len(seen.focused) == 1, seen.focused
    assert set(seen.invalid) == fields
    for described in seen.invalid.values():
        assert described
        assert set(described.split()) <= seen.ids, described
    if fields:
        targets = [link for link in seen.links if link != "main"]
        assert targets, "the summary leads to no field"
        assert set(targets) <= fields


def spoken(person: Person, language: str) -> Person:
    person.post("/console/language", language=language)
    return person


@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_refused_sign_in_marks_both_fields_and_keeps_the_address(someone: Person, language: str) -> None:
    page = spoken(someone, language).sign_in("admin@example.org", "niet het goede wachtwoord").text

    check(page, language, fields={"email", "password"})
    assert 'value="admin@example.org"' in page
    assert "niet het goede" not in page
    assert "code" not in re.search(r'id="summary".*?</ul>', page, re.S).group(0).lower()  # type: ignore[union-attr]


def test_an_empty_sign_in_names_what_is_missing(someone: Person) -> None:
    check(spoken(someone, "nl").sign_in("", "").text, "nl", fields={"email", "password"})


@pytest.mark.parametrize("language", ["nl", "en"])
def test_each_mistake_in_a_new_password_stands_at_its_field(signed_in: Callable[[str], Person], language: str) -> None:
    person = spoken(signed_in("viewer"), language)
    new = "zes andere woorden op een rij"

    wrong = person.post("/change", password="onjuist", new_password=new, new_password_confirm=new)
    short = person.post("/change", password=PASSWORD, new_password="kort", new_password_confirm="kort")
    other = person.post("/change", password=PASSWORD, new_password=new, new_password_confirm=new + "!")

    check(wrong.text, language, fields={"password"})
    check(short.text, language, fields={"new_password"})
    check(other.text, language, fields={"new_password_confirm"})


@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_wrong_password_to_confirm_with_is_told_at_its_field(
    signed_in: Callable[[str], Person], language: str
) -> None:
    page = spoken(signed_in("viewer"), language).post("/verify", password="onjuist").text

    check(page, language, fields={"password"})


@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_wrong_code_while_setting_up_keeps_the_key_and_the_right_one_still_fits(
    signed_in: Callable[[str], Person], language: str
) -> None:
    person = spoken(signed_in("admin"), language)
    begun = person.post("/tf-setup", setup="authenticator").text
    key = re.search(r"<code>([A-Z0-9 -]+)</code>", begun)
    target = re.search(r'action="(/tf-setup/[^"]+)"', begun)
    assert key is not None
    assert target is not None

    refused = person.post(target.group(1), code="000000")

    assert refused.status_code == 422
    assert f"<code>{key.group(1)}</code>" in refused.text
    check(refused.text, language, fields={"code"})
    from passlib.totp import TOTP

    code = TOTP(key.group(1).replace(" ", "").replace("-", "")).generate().token
    assert person.post(target.group(1), code=code).status_code == 302
    assert 'class="notice error"' not in person.get("/console/account").text


def test_a_wrong_code_at_signing_in_is_told_at_its_field(app: Flask, signed_in: Callable[[str], Person]) -> None:
    set_up_second_step(signed_in("admin"))
    person = spoken(Person(app.test_client()), "nl")
    person.sign_in("admin@example.org")

    wrong = person.post("/tf-validate", code="000000", csrf_token=person.token_of("/mf-recovery"))
    recovery = person.post("/mf-recovery", code="0000-0000-0000", csrf_token=person.token_of("/mf-recovery"))

    check(wrong.text, "nl", fields={"code"})
    check(recovery.text, "nl", fields={"code"})


@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_wrong_year_to_close_a_wave_with_stays_in_its_field(
    signed_in: Callable[[str], Person], language: str
) -> None:
    page = spoken(signed_in("researcher"), language).post(f"/console/{STUDY}/2026/close", year_typed="2062").text

    check(page, language, fields={"year_typed"})
    assert 'value="2062"' in page


@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_filter_that_cannot_be_read_stands_there_to_be_mended(
    signed_in: Callable[[str], Person], language: str
) -> None:
    person = spoken(signed_in("researcher"), language)
    page = person.get(f"/console/{STUDY}/2026/results/gr_assign?by=role&filter=gr_assign+%3E%3D")

    assert page.status_code == 422
    check(page.text, language, fields={"filter"})
    assert 'name="filter" id="filter" value="gr_assign &gt;="' in page.text
    assert 'id="by-role" value="role" checked' in page.text
    assert "banner-table" not in page.text, "nobody is shown in the place of those who were asked for"


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("role", ["viewer", "researcher"])
def test_too_many_background_variables_stay_ticked_and_are_told_at_their_boxes(
    signed_in: Callable[[str], Person], role: str, language: str
) -> None:
    person = spoken(signed_in(role), language)
    shown = re.findall(r'name="by" id="by-([^"]+)"', person.get(f"/console/{STUDY}/2026/results/gr_assign").text)[:4]
    page = person.get(f"/console/{STUDY}/2026/results/gr_assign?" + "&".join(f"by={name}" for name in shown))

    if len(shown) < 4:
        pytest.fail("the study offers too few background variables for this test")
    assert page.status_code == 422
    check(page.text, language, fields={f"by-{name}" for name in shown})


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize(
    ("role", "path", "field"),
    [
        ("researcher", "results/gr_assign?pick=role&codes=", "code-"),
        ("editor", "filters?pick=role&codes=", "code-"),
        ("editor", "filters?pick=", "pick"),
    ],
)
def test_adding_with_nothing_chosen_says_what_to_do(
    signed_in: Callable[[str], Person], role: str, path: str, field: str, language: str
) -> None:
    """The empty `codes` is what the form of the answers sends along with whatever is ticked."""
    person = spoken(signed_in(role), language)
    page = person.get(f"/console/{STUDY}/2026/{path}")
    fields = {name for name in re.findall(r'<(?:select|input)[^>]* id="([^"]+)"', page.text) if name.startswith(field)}

    assert page.status_code == 422
    assert fields
    check(page.text, language, fields=fields)
    if field == "code-":
        ticked = person.get(f"/console/{STUDY}/2026/{path}&codes=contractor")
        assert ticked.status_code == 302


def test_every_staff_form_that_can_be_refused_uses_the_parts_that_say_so(app: Flask) -> None:
    """A new form without them fails here, before anybody meets it."""
    folder = Path(app.root_path) / "templates"
    without = []
    for path in (*(folder / "security").rglob("*.html"), *(folder / "console").rglob("*.html")):
        source = path.read_text(encoding="utf-8")
        has_field = re.search(r"<input(?![^>]*type=\"(?:hidden|radio|checkbox|search)\")", source)
        posts = re.search(r'<form[^>]*method="post"', source)
        if posts and has_field and "summary(" not in source:
            without.append(path.name)
    assert without == []


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("nl", "Het filter is niet te lezen vanaf teken 13: Hier ontbreekt iets, of hier staat iets wat niet past."),
        (
            "en",
            "The filter cannot be read at position 13: Something is missing here, or stands here that does not fit.",
        ),
    ],
)
def test_a_filter_that_ends_too_early_is_said_once_and_at_its_end(
    signed_in: Callable[[str], Person], language: str, expected: str
) -> None:
    """`gr_assign >=` has twelve characters; the thirteenth is missing."""
    person = spoken(signed_in("researcher"), language)
    page = person.get(f"/console/{STUDY}/2026/results/gr_assign?filter=gr_assign+%3E%3D")
    (said,) = re.findall(r'<a href="#filter">([^<]+)', page.text)
    assert said.endswith(expected)
