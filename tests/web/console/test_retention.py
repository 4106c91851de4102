"""What is kept until when, on its page: listed, let go of by the worker, and with certificates to keep."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from flask import Flask

from surveyapp.fieldwork import certificates
from surveyapp.jobs import retention
from tests.web.console.people import Person, work

HERE = "/admin/retention"


def test_the_page_lists_each_end_and_a_press_hands_what_is_due_to_the_worker(
    signed_in: Callable[[str], Person],
    app: Flask,
) -> None:
    admin = signed_in("admin")
    page = admin.get(HERE).text
    assert "What is kept, and until when" in page
    assert "Nothing was removed yet" in page
    assert signed_in("researcher").get(HERE).status_code == 403
    assert admin.post(HERE).status_code == 303
    going = admin.get(HERE).text
    assert "The worker is removing what is due." in going
    assert re.search(r'<progress max="100" value="0"[^>]*>', going)
    assert admin.post(HERE).status_code == 303  # a second press changes nothing
    part, by_htmx = f"{HERE}?_part=removing", {"HX-Request": "true"}
    assert "removed" in admin.get(part, headers=by_htmx).text
    work(app)
    assert "What was due is removed." in admin.get(part, headers=by_htmx).text
    assert "The worker is removing what is due." not in admin.get(HERE).text


def test_a_certificate_is_listed_can_be_kept_and_says_when_it_was_changed(
    signed_in: Callable[[str], Person], app: Flask
) -> None:
    with app.extensions["surveyapp"].database.write() as session:
        number = certificates.issue(session, "contacts", 1005, study="x", year=2014, days=90, actor="system")
    admin = signed_in("admin")
    page = admin.get(HERE).text
    assert "1,005" in page
    assert "all as they were written" in page or "as it was written" in page
    kept = json.loads(admin.get(f"{HERE}/certificates/{number}").text)
    assert (kept["kind"], kept["removed"], kept["rule_days"], len(kept["sha256"])) == ("contacts", 1005, 90, 64)
    assert json.loads(admin.get(f"{HERE}/certificates/0").text)[0] == kept
    assert admin.get(f"{HERE}/certificates/{number + 1}").status_code == 404


def test_a_removal_tells_how_much_is_gone_of_what_was_due_at_the_press(
    signed_in: Callable[[str], Person], app: Flask
) -> None:
    with app.extensions["surveyapp"].database.write() as session:
        assert retention.ask(session, "admin@example.org", 8)
        assert not retention.ask(session, "admin@example.org", 3)
    page = signed_in("admin").get(HERE).text  # nothing is due here any more
    assert re.search(r'<progress max="100" value="100"[^>]*>100 %</progress> 8 of 8 removed', page)
