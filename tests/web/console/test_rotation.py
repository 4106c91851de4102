"""Rotating blocks on the console: every draw can be looked at, and each page says of which block it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path

import pytest
from flask import Flask

from surveyapp.app import create_app
from surveyapp.config import Settings
from surveyapp.fieldwork import waves
from surveyapp.instrument.loader import load_instrument
from surveyapp.storage.accounts import add_user
from surveyapp.storage.database import Database
from surveyapp.web.passwords import password_hash
from tests.instrument.definitions import definition, write
from tests.web.console.people import PASSWORD, Person

BASE = "/console/rotation/2026/instrument"


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    folder = tmp_path_factory.mktemp("rotation")
    study = write(folder / "instruments" / "rotation", definition("rotation"))
    database = Database(f"sqlite:///{folder / 'surveyapp.sqlite3'}")
    database.upgrade()
    with database.write() as session:
        add_user(session, "viewer@example.org", password_hash(PASSWORD), "viewer", "en")
        waves.create_wave(session, load_instrument(study, 2026))
    database.close()
    made = create_app(Settings(instance=folder, environment="development", instruments=folder / "instruments"))
    yield made
    made.extensions["surveyapp"].database.close()


@pytest.fixture
def viewer(prepared: Flask) -> Person:
    person = Person(prepared.test_client())
    assert person.sign_in("viewer@example.org").status_code == 302
    return person


def options(page: str, name: str) -> dict[str, str]:
    inside = re.search(rf'<select name="{name}".*?</select>', page, re.DOTALL)
    assert inside is not None
    return {value: unescape(text) for value, text in re.findall(r'<option value="([^"]*)"[^>]*>([^<]*)<', inside[0])}


def ids_of(page: str) -> list[str]:
    return re.findall(r'<h3 id="page-([a-z-]+)"', page)


def test_the_preview_offers_every_draw_and_then_only_its_pages(viewer: Person) -> None:
    page = viewer.get(f"{BASE}/preview?role=contractor").text
    draws = options(page, "draw")
    assert draws == {
        "": "any", "1.2-1": "Pay + Guidance · Tools", "1.2-2": "Pay + Guidance · Travel",
        "1.3-1": "Pay + Goodbye · Tools", "1.3-2": "Pay + Goodbye · Travel",
        "2.3-1": "Guidance + Goodbye · Tools", "2.3-2": "Guidance + Goodbye · Travel",
    }  # fmt: skip
    assert options(page, "page")["tools"] == "6. Tools (block Tools)"
    chosen = viewer.get(f"{BASE}/preview?role=contractor&draw=2.3-2&page=travel").text
    assert list(options(chosen, "page")) == ["first", "guidance", "goodbye", "travel", "last"]
    assert "This page is put to a random half (block “Travel”)." in unescape(chosen)


def test_a_page_in_its_frame_is_reached_with_the_draw_that_was_chosen(viewer: Person) -> None:
    page = viewer.get(f"{BASE}/preview?role=contractor&draw=2.3-2&page=last&tongues=en").text
    frame = re.search(r'<iframe src="([^"]+)"', page)
    assert frame is not None
    drawn = viewer.get(unescape(frame[1]))
    assert drawn.status_code == 200
    assert "Part 3 of 3 · page 2 of 2: End" in drawn.text


@pytest.mark.parametrize("page", ["pay", "pay-late", "guidance", "goodbye", "tools", "travel"])
def test_every_page_of_a_block_can_be_previewed_without_choosing_a_draw(viewer: Person, page: str) -> None:
    assert viewer.get(f"{BASE}/preview?role=contractor&page={page}").status_code == 200
    assert viewer.get(f"{BASE}/preview/contractor/nl/{page}").status_code == 200


def test_an_address_without_a_draw_gets_the_first(viewer: Person) -> None:
    assert viewer.get(f"{BASE}/preview/contractor/nl/pay?a=eJyrrgUAAXUA-Q").status_code == 200


def test_on_paper_every_block_is_named_and_one_draw_can_be_printed(viewer: Person) -> None:
    page = unescape(viewer.get(f"{BASE}/print/contractor/nl").text)
    assert len(ids_of(page)) == 8
    assert "Voorgelegd aan een willekeurige helft (blok “Middelen”)" in page
    one = unescape(viewer.get(f"{BASE}/print/contractor/nl?draw=1.3-2").text)
    assert ids_of(one) == ["first", "pay", "pay-late", "goodbye", "travel", "last"]
    assert "Getrokken blokken: Betaling + Afscheid · Reizen" in one
    assert viewer.get(f"{BASE}/print/contractor/nl?draw=9.9-9").status_code == 400


def test_the_map_of_who_is_asked_what_names_the_part(viewer: Person) -> None:
    page = unescape(viewer.get(BASE).text)
    assert "put to a random two thirds (block “Guidance”); asked if" in page


def test_robots_tell_how_many_draws_they_walked(viewer: Person) -> None:
    page = viewer.get(f"{BASE}/robots?role=contractor&language=en").text
    assert "draws of blocks" in page


@pytest.fixture
def no_rotation(signed_in: Callable[[str], Person]) -> Person:
    return signed_in("viewer")


def test_a_study_without_rotations_offers_no_draw(no_rotation: Person) -> None:
    page = no_rotation.get("/console/goed-opdrachtgeverschap/2025/instrument/preview").text
    assert 'name="draw"' not in page


def test_the_folder_holds_what_the_example_says(tmp_path: Path) -> None:
    assert (
        load_instrument(write(tmp_path / "rotation", definition("rotation")), 2026).questionnaires["manager"].rotations
    )
