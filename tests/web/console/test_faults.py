"""A fault on a page of the team: in the reader's language, without codes of ours, and with a way back."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask, abort

from surveyapp.errors import NotFound, WrongState
from tests.web.browsing import PageReader
from tests.web.console.people import BASE, STUDY, Person

ENGLISH = re.compile(r"\b(the|this|there|cannot|try again|go back|number:)\b", re.IGNORECASE)
STATUSES = (400, 401, 403, 404, 405, 409, 410, 413, 415, 418, 429, 500, 503)


def told(page: str) -> str:
    """The words of a page's middle, but for what it says is English: a question in both languages."""
    middle = re.search(r"<main.*</main>", page, re.DOTALL)
    assert middle is not None
    own = re.sub(r'<(\w+)[^>]* lang="en"[^>]*>.*?</\1>', " ", middle.group(0), flags=re.DOTALL)
    return re.sub(r"<[^>]+>", " ", own)


def in_dutch(person: Person) -> Person:
    person.post("/console/language", language="nl")
    return person


@pytest.fixture
def failing(app: Flask) -> Flask:
    """The application with an address that fails in every way."""
    app.config["PROPAGATE_EXCEPTIONS"] = False

    def fail(status: int) -> str:
        abort(status)

    def unknown(kind: str) -> str:
        raise {"found": NotFound, "state": WrongState}[kind]("Nobody ever translated this.")

    app.add_url_rule("/console/fails/<int:status>", "console.fails", fail)
    app.add_url_rule("/console/fails/<kind>", "console.fails_so", unknown)
    return app


@pytest.mark.parametrize("status", STATUSES)
def test_every_status_has_words_of_its_own_in_both_languages(
    failing: Flask, signed_in: Callable[[str], Person], status: int
) -> None:
    person = signed_in("viewer")
    english = person.get(f"/console/fails/{status}")
    dutch = in_dutch(person).get(f"/console/fails/{status}")

    assert (english.status_code, dutch.status_code) == (status, status)
    assert "browser (or proxy)" not in english.text  # werkzeug's own words
    assert not ENGLISH.search(told(dutch.text)), told(dutch.text)
    assert '<html lang="nl"' in dutch.text
    assert told(english.text) != told(dutch.text)


@pytest.mark.parametrize("kind", ["found", "state"])
def test_an_error_without_a_translation_never_stands_in_english_on_a_dutch_page(
    failing: Flask, signed_in: Callable[[str], Person], kind: str
) -> None:
    person = signed_in("viewer")

    assert "Nobody ever translated this." in person.get(f"/console/fails/{kind}").text
    assert not ENGLISH.search(told(in_dutch(person).get(f"/console/fails/{kind}").text))


@pytest.mark.parametrize(
    "address",
    [
        "/console/nothing/here/at/all",
        f"{BASE}/results/gr_asign",
        f"{BASE}/results/gr_assign?filter=gr_assign+%3E%3D",
        f"{BASE}/results/gr_assign?by=gr_asign",
        f"{BASE}/results/gr_assign?nonsense=1",
        f"{BASE}/results/gr_assign?pick=role&codes=9",
        f"{BASE}/fieldwork?role=nobody",
        f"{BASE}/exports/0123/file",
        f"{BASE}/preview/contractor/fr/start",
        f"{BASE}/preview/contractor/nl/nowhere",
        f"{BASE}/compare?year=1999",
        f"/console/{STUDY}/2026/archive",
        f"/console/{STUDY}/1999/fieldwork",
    ],
)
def test_what_the_floors_below_refuse_is_said_in_dutch(signed_in: Callable[[str], Person], address: str) -> None:
    answer = in_dutch(signed_in("admin")).get(address)

    assert answer.status_code in (400, 404, 409, 422)
    assert not ENGLISH.search(told(answer.text)), told(answer.text)
    assert PageReader(answer.text).language == "nl"


def test_an_address_of_the_team_that_does_not_exist_stands_in_the_teams_frame(someone: Person) -> None:
    answer = someone.get("/console/nowhere/at/all/ever", headers={"Accept-Language": "nl"})

    assert answer.status_code == 404
    assert "Deze pagina bestaat niet" in answer.text
    assert 'class="console"' in answer.text


def test_a_wrong_method_at_the_sign_in_is_refused_in_the_teams_frame(someone: Person) -> None:
    answer = someone.client.delete("/login", headers={"Accept-Language": "nl"})

    assert answer.status_code in (400, 405)
    assert 'class="console"' in answer.text
    assert not ENGLISH.search(told(answer.text)), told(answer.text)


def test_a_refused_address_leads_back_to_where_one_was(signed_in: Callable[[str], Person]) -> None:
    page = signed_in("researcher").get(
        f"{BASE}/fieldwork?role=nobody", headers={"Referer": f"http://localhost{BASE}/results?q=mark"}
    )

    assert page.status_code == 400
    assert f'<a href="{BASE}/results?q=mark">' in page.text


def test_a_refused_address_without_a_past_leads_to_the_same_page_without_the_filter(
    signed_in: Callable[[str], Person],
) -> None:
    page = signed_in("researcher").get(f"{BASE}/fieldwork?role=nobody")

    assert f'<a href="{BASE}/fieldwork">' in page.text


@pytest.mark.parametrize("came", ["http://elsewhere.example/x", "http://localhost//elsewhere.example", "nonsense"])
def test_nobody_is_led_to_another_site(signed_in: Callable[[str], Person], came: str) -> None:
    page = signed_in("viewer").get(f"{BASE}/fieldwork?role=nobody", headers={"Referer": came})

    assert "elsewhere" not in page.text


def test_every_address_of_a_study_that_does_not_exist_answers_404(
    app: Flask, signed_in: Callable[[str], Person]
) -> None:
    from tests.web.console.test_rights import VALUES

    person, met = in_dutch(signed_in("admin")), 0
    for rule in app.url_map.iter_rules():
        if not ({"study", "wave"} & rule.arguments) or "GET" not in (rule.methods or ()):
            continue
        with app.test_request_context():
            unknown = {"study": "no-such-study", "wave": None, "change": "open", "token": "x" * 22, "language": "nl"}
            values = {name: unknown.get(name, VALUES.get(name, "start")) for name in rule.arguments}
            if "wave" in values:
                values["wave"] = app.url_map.converters["wave"](app.url_map).to_python("no-such-study-2026")
            built = rule.build({**values, **(rule.defaults or {})})
        assert built is not None, rule
        answer = person.get(built[1])
        assert answer.status_code == 404, (built[1], answer.status_code)
        wanted = (rule.defaults or {}).get("language") or "nl"
        assert built[1].endswith(".json") or PageReader(answer.text).language == wanted, built[1]
        met += 1
    assert met > 20
