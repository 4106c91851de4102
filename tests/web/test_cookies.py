"""The cookie changes when a visit did, and no answer that comes late undoes what another tab got."""

from __future__ import annotations

from datetime import timedelta

import pytest

from surveyapp import clock
from tests.web.browsing import Visitor
from tests.web.conftest import KINDS

PAGE = "/nl/vragenlijst/kinds-2026/p"
QUIET = {
    "a page of questions": f"{PAGE}/single",
    "the page where one goes on": "/nl/vragenlijst/verder",
    "one's own answers": "/nl/vragenlijst/kinds-2026/mijn-antwoorden",
    "the question before stopping": "/nl/vragenlijst/kinds-2026/afmelden",
    "the list of questionnaires": "/nl/",
    "the privacy page": f"/nl/privacy?wave={KINDS}-2026",
    "a page that does not exist": f"{PAGE}/niets",
    "health": "/healthz",
}


@pytest.fixture
def answering(visitor: Visitor) -> Visitor:
    """Somebody on the second page, who has looked at it before."""
    return visitor.begin(KINDS, "contractor").press("next", {"q_k_elig": "1"}).go("single")


def cookie(visitor: Visitor) -> str:
    found = visitor.client.get_cookie(f"survey-{KINDS}-2026")
    assert found is not None
    return str(found.value)


@pytest.mark.parametrize("what", QUIET)
def test_what_changes_nothing_leaves_the_cookie_alone(what: str, answering: Visitor) -> None:
    response = answering.client.get(QUIET[what])
    assert response.status_code == (404 if what.endswith("does not exist") else 200)
    assert "Set-Cookie" not in response.headers


@pytest.mark.parametrize("asked", ["concept", "zicht"])
def test_what_a_script_asks_for_beside_the_page_never_sets_the_cookie(asked: str, answering: Visitor) -> None:
    """Also where it has something to write: an hour has gone by, or another device's answers are to be hidden."""
    fields = {**answering.form.fields, "q_k_single": ["1"], "action": ["next"]}
    with clock.stopped_at(clock.now() + timedelta(hours=2)):
        response = answering.client.post(f"{PAGE}/single/{asked}", data=fields)
        assert response.status_code in (200, 204)
        assert "Set-Cookie" not in response.headers
        assert "Set-Cookie" in answering.client.get(f"{PAGE}/single").headers


def test_a_draft_that_arrives_late_takes_no_code_away(answering: Visitor) -> None:
    fields = {**answering.form.fields, "q_k_single": ["1"], "action": ["next"]}
    before = cookie(answering)
    answering.press("save")
    code = answering.html.partition('class="code">')[2].partition("<")[0]
    shown, where = cookie(answering), answering.url
    assert code
    answering.client.set_cookie(
        f"survey-{KINDS}-2026", before
    )  # as the request was sent, before the other tab's answer came
    late = answering.client.post(f"{PAGE}/single/concept", data=fields)
    assert (late.status_code, "Set-Cookie" in late.headers) == (204, False)
    answering.client.set_cookie(f"survey-{KINDS}-2026", shown)
    assert code in answering.get(where).html


def test_a_visit_is_renewed_once_an_hour(answering: Visitor) -> None:
    first = clock.now().replace(minute=30, second=0, microsecond=0) + timedelta(hours=1)
    for minutes, is_renewed in ((0, True), (10, False), (29, False), (31, True), (40, False)):
        with clock.stopped_at(first + timedelta(minutes=minutes)):
            response = answering.client.get(f"{PAGE}/single")
        assert ("Set-Cookie" in response.headers) == is_renewed, minutes
        if is_renewed:
            assert "Expires=" in response.headers["Set-Cookie"]
