"""Privacy and accessibility speak of one study: the one in hand or in the address, and never of another."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask

from surveyapp.instrument.model import Instrument
from surveyapp.storage.database import Database
from tests.web.browsing import Visitor
from tests.web.conftest import put_wave

PAGES = {"privacy": "Privacy", "toegankelijkheid": "Toegankelijkheid"}


@pytest.fixture
def two(
    make_app: Callable[..., Flask], sqlite_database: Database, kinds: Instrument, real: Instrument
) -> Callable[[], Visitor]:
    """Two studies of two organisations are open."""
    put_wave(sqlite_database, kinds)
    put_wave(sqlite_database, real)
    site = make_app()
    return lambda: Visitor(site.test_client())


@pytest.mark.parametrize("page", PAGES)
def test_the_footer_of_a_study_leads_to_its_own_page_also_without_a_session(
    two: Callable[[], Visitor], kinds: Instrument, real: Instrument, page: str
) -> None:
    for own, other in ((kinds, real), (real, kinds)):
        landing = two().get(f"/nl/onderzoek/{own.study.id}-2026")
        (link,) = [href for href, words in landing.page.links if words == PAGES[page]]
        shown = two().get(link)
        assert own.study.organisation.email in shown.html
        assert own.wave.title["nl"] in shown.html
        assert other.study.organisation.email not in shown.html
        (switch,) = [href for href, words in shown.page.links if words == "English"]
        assert own.study.organisation.email in two().get(switch).html


@pytest.mark.parametrize("page", PAGES)
def test_without_a_study_none_is_named_and_each_open_one_can_be_chosen(
    two: Callable[[], Visitor], kinds: Instrument, real: Instrument, page: str
) -> None:
    shown = two().get(f"/nl/{page}")
    around, main, footer = re.split(r"<main|<footer", shown.html)
    for each in (kinds, real):
        assert each.study.organisation.email not in around + main
        assert each.study.organisation.name not in around + main
        assert each.study.organisation.email in footer  # every sender with what is theirs
        (link,) = [href for href, words in shown.page.links if words == each.wave.title["nl"]]
        assert link == f"/nl/{page}?wave={each.study.id}-2026"
    assert shown.page.title == PAGES[page]


def test_the_only_open_study_needs_no_choice(visitor: Visitor, kinds: Instrument) -> None:
    for page in PAGES:
        assert kinds.study.organisation.email in visitor.get(f"/nl/{page}").html


@pytest.mark.parametrize("wave", ["nothing", "nobody-2026", "%00a-2026", "kinds-1_26", "kinds-٢٠٢٦"])
@pytest.mark.parametrize("page", PAGES)
def test_an_address_that_names_no_wave_leads_nowhere(visitor: Visitor, page: str, wave: str) -> None:
    assert visitor.get(f"/nl/{page}?wave={wave}").status == 404


def test_who_looks_at_a_draft_tells_nobody_else_of_it(
    make_app: Callable[..., Flask], sqlite_database: Database, kinds: Instrument, real: Instrument
) -> None:
    put_wave(sqlite_database, kinds)
    put_wave(sqlite_database, real, "draft")
    app = make_app()
    shown = app.test_client().post(f"/nl/onderzoek/{real.study.id}-2026").text  # without a token: a page of errors
    assert real.study.organisation.email in shown
    assert [each.study.id for each in app.extensions["surveyapp_senders"]] == [kinds.study.id]
